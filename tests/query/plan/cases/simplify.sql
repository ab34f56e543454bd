-- EXISTS asks for no column
SELECT o.id FROM sales.orders AS o WHERE EXISTS (SELECT n.text FROM desk.notes AS n WHERE n.order_id = o.id)
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM (SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" WHERE "u1"."order_id" = "u2"."id")

-- a difference of constants is one
SELECT o.id FROM sales.orders AS o WHERE o.total > 0.5 - 0.2
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."total" > 0.3
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- a sum of whole constants is one
SELECT o.id FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id WHERE o.customer < 1 + 10
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" < 11 AND |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not an EXISTS of an aggregate, which always is
SELECT o.id FROM sales.orders AS o WHERE EXISTS (SELECT max(n.text) FROM desk.notes AS n WHERE n.order_id = o.id)
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT MAX("u1"."text") AS "max" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" WHERE "u1"."order_id" = "u2"."id")

-- not one that its type may not hold
SELECT o.id FROM sales.orders AS o WHERE o.customer < 2147483647 + 10
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE "u1"."customer" < 2147483647 + 10
