-- a leakproof condition goes to a relation that the engine runs, and stays
SELECT q.text FROM desk.notes AS q JOIN sales.orders AS o ON o.id = q.order_id WHERE q.order_id = 7
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r" WHERE "r"."order_id" = 7) AS "notes" WHERE "notes"."order_id" = 7
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."text" AS "text" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 3" AS "u2" WHERE "u2"."id" = "u1"."order_id"

-- beside an outer join that keeps its rows, to the source
SELECT o.id, n.text FROM desk.notes AS n JOIN shop.items AS i ON i.id = n.order_id RIGHT JOIN sales.orders AS o ON o.id = n.order_id WHERE o.status = 'open'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders" WHERE "orders"."status" = 'open'
SELECT "u3"."id" AS "id", "u1"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."order_id" RIGHT JOIN "#scan 3" AS "u3" ON "u3"."id" = "u1"."order_id" WHERE "u3"."status" = 'open'

-- not through a join that would then keep more
SELECT o.id, n.text FROM desk.notes AS n FULL JOIN sales.orders AS o ON o.id = n.order_id WHERE o.status = 'open'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "u1"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" FULL JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."order_id" WHERE "u2"."status" = 'open'

-- not by a column that compares otherwise at its source
SELECT c.id, n.text FROM desk.notes AS n JOIN shop.items AS i ON i.id = n.order_id RIGHT JOIN sales.customers AS c ON c.id = n.order_id WHERE c.kind <> 'x'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 3 @ sales: SELECT "customers"."id" AS "id", "customers"."kind" AS "kind" FROM "customers" AS "customers"
SELECT "u3"."id" AS "id", "u1"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."order_id" RIGHT JOIN "#scan 3" AS "u3" ON "u3"."id" = "u1"."order_id" WHERE "u3"."kind" <> 'x'

-- not what is not leakproof
SELECT o.id, n.text FROM desk.notes AS n JOIN shop.items AS i ON i.id = n.order_id RIGHT JOIN sales.orders AS o ON o.id = n.order_id WHERE length(o.status) > 3
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u3"."id" AS "id", "u1"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."order_id" RIGHT JOIN "#scan 3" AS "u3" ON "u3"."id" = "u1"."order_id" WHERE LENGTH("u3"."status") > 3
