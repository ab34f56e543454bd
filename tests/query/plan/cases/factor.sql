-- what all branches say
SELECT o.id FROM sales.orders AS o, desk.notes AS n WHERE (n.order_id = o.id AND n.text = 'a') OR (n.order_id = o.id AND n.text = 'b')
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r" WHERE "r"."text" = 'a' OR "r"."text" = 'b') AS "notes" WHERE "notes"."text" = 'a' OR "notes"."text" = 'b'
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- what each branch says of one relation
SELECT o.id FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id WHERE (o.status = 'open' AND n.text = 'a') OR (o.status = 'late' AND n.text = 'b')
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r" WHERE "r"."text" = 'a' OR "r"."text" = 'b') AS "notes" WHERE "notes"."text" = 'a' OR "notes"."text" = 'b'
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders" WHERE ("orders"."status" = 'open' OR "orders"."status" = 'late') AND |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE ("u1"."status" = 'open' AND "u2"."text" = 'a' OR "u1"."status" = 'late' AND "u2"."text" = 'b') AND "u2"."order_id" = "u1"."id"

-- not where a branch says nothing of it
SELECT o.id FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id WHERE (o.status = 'open' AND n.text = 'a') OR n.text = 'b'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r" WHERE "r"."text" = 'a' OR "r"."text" = 'b') AS "notes" WHERE "notes"."text" = 'a' OR "notes"."text" = 'b'
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE ("u1"."status" = 'open' AND "u2"."text" = 'a' OR "u2"."text" = 'b') AND "u2"."order_id" = "u1"."id"

-- not what may raise, of which more rows would be asked
SELECT o.id FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id WHERE (CAST(o.note AS BIGINT) = 1 AND n.text = 'a') OR (CAST(o.note AS BIGINT) = 2 AND n.text = 'b')
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r" WHERE "r"."text" = 'a' OR "r"."text" = 'b') AS "notes" WHERE "notes"."text" = 'a' OR "notes"."text" = 'b'
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE (CAST("u1"."note" AS BIGINT) = 1 AND "u2"."text" = 'a' OR CAST("u1"."note" AS BIGINT) = 2 AND "u2"."text" = 'b') AND "u2"."order_id" = "u1"."id"
