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

-- not an EXISTS of an aggregate, which always is
SELECT o.id FROM sales.orders AS o WHERE EXISTS (SELECT max(n.text) FROM desk.notes AS n WHERE n.order_id = o.id)
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT MAX("u1"."text") AS "max" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" WHERE "u1"."order_id" = "u2"."id")
