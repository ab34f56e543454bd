-- the condition of an inner join is found by its sources
SELECT o.id FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id AND o.status = 'open'
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" = 'open' AND |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not that of a LEFT JOIN
SELECT o.id, n.text FROM desk.notes AS n LEFT JOIN sales.orders AS o ON n.order_id = o.id AND n.text = 'x'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id", "u1"."text" AS "text" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 3" AS "u2" ON "u1"."order_id" = "u2"."id" AND "u1"."text" = 'x'

-- not where a FULL JOIN stands
SELECT o.id, n.text FROM desk.notes AS n FULL JOIN sales.orders AS o ON n.order_id = o.id JOIN desk.notes AS m ON m.text = n.text
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ desk: text of notes
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "u1"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" FULL JOIN "#scan 3" AS "u2" ON "u1"."order_id" = "u2"."id" JOIN (SELECT "notes"."text" AS "text" FROM (SELECT "r"."text" AS "text" FROM "#scan 2" AS "r") AS "notes") AS "u3" ON "u3"."text" = "u1"."text"
