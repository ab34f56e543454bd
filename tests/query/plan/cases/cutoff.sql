-- the first rows
SELECT o.id, o.note FROM sales.orders AS o ORDER BY o.total DESC, o.id LIMIT 3 OFFSET 2
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note", "orders"."total" AS "total" FROM "orders" AS "orders" ORDER BY "orders"."total" DESC NULLS LAST, "orders"."id" LIMIT 5
SELECT "u1"."id" AS "id", "u1"."note" AS "note" FROM "#scan 1" AS "u1" ORDER BY "u1"."total" DESC, "u1"."id" LIMIT 3 OFFSET 2

-- what a LEFT JOIN adds to the first rows
SELECT o.id, l.item FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.day DESC, o.id LIMIT 10 OFFSET 5
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders" ORDER BY "orders"."day" DESC NULLS LAST, "orders"."id" LIMIT 15
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" ORDER BY "u1"."day" DESC, "u1"."id" LIMIT 10 OFFSET 5

-- any rows, as nothing says which
SELECT c.name, o.total, n.text FROM sales.orders AS o LEFT JOIN sales.customers AS c ON c.id = o.customer LEFT JOIN desk.notes AS n ON n.order_id = o.id LIMIT 20
-- =>
-- scan 1 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer", "orders"."id" AS "id" FROM "orders" AS "orders" LIMIT 20
-- scan 2 @ sales: SELECT "customers"."name" AS "name", "customers"."id" AS "id" FROM "customers" AS "customers" WHERE |keys 1|
--   keys 1 = scan 1.customer: "customers"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
-- scan 3 @ desk: order_id, text of notes
SELECT "u2"."name" AS "name", "u1"."total" AS "total", "u3"."text" AS "text" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."customer" LEFT JOIN (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 3" AS "r") AS "notes") AS "u3" ON "u3"."order_id" = "u1"."id" LIMIT 20

-- first rows that a filter lets see
SELECT s.name, o.total FROM hr.staff AS s LEFT JOIN sales.orders AS o ON o.customer = s.customer WHERE s.id < 1000 ORDER BY s.id LIMIT 3
-- =>
-- scan 1 @ hr: SELECT (LEFT("staff"."name", 1) || '***') AS "name", "staff"."customer" AS "customer", "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."id" < 1000 AND "staff"."region" = 'EU' ORDER BY "staff"."id", (LEFT("staff"."name", 1) || '***') COLLATE "C", "staff"."customer" LIMIT 3
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.customer: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."name" AS "name", "u2"."total" AS "total" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."customer" ORDER BY "u1"."id", 1, 2 LIMIT 3

-- not the first rows by what the source may order otherwise
SELECT l.item FROM depot.lines AS l ORDER BY l.weight LIMIT 3
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item", "lines"."weight" AS "weight" FROM "lines" AS "lines"
SELECT "u1"."item" AS "item" FROM "#scan 1" AS "u1" ORDER BY "u1"."weight" LIMIT 3

-- not the first rows of what the engine still filters
SELECT o.id FROM sales.orders AS o WHERE round(o.total) = 3 ORDER BY o.id LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE ROUND("u1"."total") = 3 ORDER BY "u1"."id" LIMIT 3

-- not the first rows of a window
SELECT o.id, rank() OVER (ORDER BY o.id) AS r FROM sales.orders AS o ORDER BY o.id LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", RANK() OVER (ORDER BY "u1"."id") AS "r" FROM "#scan 1" AS "u1" ORDER BY "u1"."id" LIMIT 3

-- not of a join that may drop rows
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.id LIMIT 10
-- =>
-- trial, 1000 rows for 10:
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" ORDER BY "orders"."id" LIMIT 1000
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."id" LIMIT 10
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."id" LIMIT 10

-- not by what the other side shows
SELECT o.id, l.item FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.day, l.item LIMIT 10
-- =>
-- trial, 1000 rows for 10:
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders" ORDER BY "orders"."day" LIMIT 1000
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" ORDER BY "u1"."day", "u2"."item" LIMIT 10
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" ORDER BY "u1"."day", "u2"."item" LIMIT 10

-- not of rows that a condition on the other side drops
SELECT o.id FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id WHERE l.order_id IS NULL ORDER BY o.id LIMIT 10
-- =>
-- trial, 1000 rows for 10:
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" ORDER BY "orders"."id" LIMIT 1000
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" WHERE "u2"."order_id" IS NULL ORDER BY "u1"."id" LIMIT 10
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" WHERE "u2"."order_id" IS NULL ORDER BY "u1"."id" LIMIT 10

-- not where equal rows become one
SELECT DISTINCT o.region, l.item FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.region LIMIT 10
-- =>
-- scan 1 @ sales: SELECT "orders"."region" AS "region", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT DISTINCT "u1"."region" AS "region", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" ORDER BY "u1"."region" LIMIT 10

-- not of groups
SELECT o.id, count(l.item) AS n FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id GROUP BY o.id ORDER BY o.id LIMIT 10
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE NOT "lines"."item" IS NULL
SELECT "u1"."id" AS "id", COUNT("u2"."order_id") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id" GROUP BY "u1"."id" ORDER BY "id" LIMIT 10

-- not by a masked column, which is ordered as it is shown
SELECT s.name, o.total FROM hr.staff AS s LEFT JOIN sales.orders AS o ON o.customer = s.customer ORDER BY s.email LIMIT 3
-- =>
-- scan 1 @ hr: SELECT (LEFT("staff"."name", 1) || '***') AS "name", "staff"."customer" AS "customer", "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."name" AS "name", "u2"."total" AS "total" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."customer" ORDER BY "u1"."email", 1, 2 LIMIT 3
