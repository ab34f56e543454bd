-- keys of the smaller side
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id WHERE o.customer = 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- to the right side of a LEFT JOIN
SELECT o.id, l.item FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id WHERE o.customer = 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id"

-- of a relation that runs no SQL
SELECT n.text, o.total FROM desk.notes AS n JOIN sales.orders AS o ON o.id = n.order_id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."total" AS "total", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."text" AS "text", "u2"."total" AS "total" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 3" AS "u2" WHERE "u2"."id" = "u1"."order_id"

-- of what stands behind IN
SELECT o.total FROM sales.orders AS o WHERE o.id IN (SELECT n.order_id FROM desk.notes AS n)
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."total" AS "total", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."total" AS "total" FROM "#scan 3" AS "u2" WHERE "u2"."id" IN (SELECT "u1"."order_id" AS "order_id" FROM "#scan 2" AS "u1")

-- into groups, by what they are grouped by
SELECT n.text, q.t FROM desk.notes AS n JOIN (SELECT customer, sum(total) AS t FROM sales.orders GROUP BY customer) AS q ON q.customer = n.order_id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."customer" AS "customer", "orders"."total" AS "total" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."text" AS "text", "q1"."t" AS "t" FROM "#scan 2" AS "u2" CROSS JOIN (SELECT "u1"."customer" AS "customer", SUM("u1"."total") AS "t" FROM "#scan 3" AS "u1" GROUP BY "u1"."customer") AS "q1" WHERE "q1"."customer" = "u2"."order_id"

-- into a governed relation, by a raw column
SELECT n.text, s.id FROM desk.notes AS n JOIN hr.staff AS s ON s.id = n.order_id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ hr: SELECT "staff"."id" AS "id" FROM (SELECT "staff"."id", "staff"."region" FROM "staff" AS "staff" WHERE |keys 1| OFFSET 0) AS "staff" WHERE "staff"."region" = 'EU'
--   keys 1 = scan 2.order_id: "staff"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."text" AS "text", "u2"."id" AS "id" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 3" AS "u2" WHERE "u2"."id" = "u1"."order_id"

-- into a relation that the engine runs, by a raw column
SELECT o.id, f.town FROM shop.firms AS f JOIN sales.orders AS o ON o.customer = f.id WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ shop: SELECT "r"."id" AS "id", "r"."town" AS "town" FROM "firms" AS "r" WHERE |keys 1|
--   keys 1 = scan 1.customer: "r"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id", "u1"."town" AS "town" FROM (SELECT "firms"."town" AS "town", "firms"."id" AS "id" FROM (SELECT "r"."id" AS "id", LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0) AS "firms") AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."customer" = "u1"."id"

-- and from there on
SELECT l.flag, f.town FROM shop.firms AS f JOIN depot.lines AS l ON l.item = f.id WHERE f.id < 50 AND f.name LIKE 'a%'
-- =>
-- scan 1 @ shop: SELECT "r"."id" AS "id", "r"."name" AS "name", "r"."town" AS "town" FROM "firms" AS "r" WHERE "r"."id" < 50 AND "r"."name" GLOB 'a*'
-- scan 2 @ engine, first: SELECT "firms"."town" AS "town", "firms"."id" AS "id" FROM (SELECT "r"."id" AS "id", "r"."name" AS "name", LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 1" AS "r" WHERE "r"."id" < 50 AND "r"."name" LIKE 'a%' OFFSET 0) AS "firms" WHERE "firms"."id" < 50 AND "firms"."name" LIKE 'a%'
-- scan 3 @ depot: SELECT "lines"."flag" AS "flag", "lines"."item" AS "item" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 2.id: "lines"."item" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."flag" AS "flag", "u1"."town" AS "town" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 3" AS "u2" WHERE "u2"."item" = "u1"."id"

-- through a relation that the engine runs
SELECT l.weight, f.town FROM sales.orders AS o JOIN shop.firms AS f ON o.customer = f.id JOIN depot.lines AS l ON l.flag = f.name WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ shop: SELECT "r"."id" AS "id", "r"."name" AS "name", "r"."town" AS "town" FROM "firms" AS "r" WHERE |keys 1|
--   keys 1 = scan 1.customer: "r"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
-- scan 3 @ engine, first: SELECT "firms"."town" AS "town", "firms"."id" AS "id", "firms"."name" AS "name" FROM (SELECT "r"."id" AS "id", "r"."name" AS "name", LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0) AS "firms"
-- scan 4 @ depot: SELECT "lines"."weight" AS "weight", "lines"."flag" AS "flag" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 3.name: "lines"."flag" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u3"."weight" AS "weight", "u2"."town" AS "town" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 3" AS "u2" CROSS JOIN "#scan 4" AS "u3" WHERE "u1"."customer" = "u2"."id" AND "u3"."flag" = "u2"."name"

-- not to the left side of a LEFT JOIN
SELECT o.id, n.text FROM sales.orders AS o LEFT JOIN desk.notes AS n ON n.order_id = o.id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."text" AS "text" FROM "#scan 2" AS "u1" LEFT JOIN (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u2" ON "u2"."order_id" = "u1"."id"

-- not through a FULL JOIN
SELECT o.id, n.text FROM sales.orders AS o FULL JOIN desk.notes AS n ON n.order_id = o.id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."text" AS "text" FROM "#scan 2" AS "u1" FULL JOIN (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u2" ON "u2"."order_id" = "u1"."id"

-- not for NOT IN
SELECT o.id FROM sales.orders AS o WHERE o.id NOT IN (SELECT n.order_id FROM desk.notes AS n)
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE NOT "u2"."id" IN (SELECT "u1"."order_id" AS "order_id" FROM (SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes") AS "u1")

-- not below LIMIT
SELECT q.id FROM (SELECT id FROM sales.orders ORDER BY total LIMIT 5000) AS q JOIN desk.notes AS n ON n.order_id = q.id
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders" ORDER BY "orders"."total" LIMIT 5000
SELECT "q0"."id" AS "id" FROM (SELECT "u1"."id" AS "id" FROM "#scan 2" AS "u1" ORDER BY "u1"."total" LIMIT 5000) AS "q0" CROSS JOIN (SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes") AS "u2" WHERE "u2"."order_id" = "q0"."id"

-- not below a window
SELECT q.id, q.r FROM (SELECT id, rank() OVER (ORDER BY total) AS r FROM sales.orders) AS q JOIN desk.notes AS n ON n.order_id = q.id
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
SELECT "q0"."id" AS "id", "q0"."r" AS "r" FROM (SELECT "u1"."id" AS "id", RANK() OVER (ORDER BY "u1"."total") AS "r" FROM "#scan 2" AS "u1") AS "q0" CROSS JOIN (SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes") AS "u2" WHERE "u2"."order_id" = "q0"."id"

-- not into groups by what is added up
SELECT n.text FROM desk.notes AS n JOIN (SELECT customer, max(id) AS m FROM sales.orders GROUP BY customer) AS q ON q.m = n.order_id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer", "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."text" AS "text" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u2" CROSS JOIN (SELECT "u1"."customer" AS "customer", MAX("u1"."id") AS "m" FROM "#scan 2" AS "u1" GROUP BY "u1"."customer") AS "q1" WHERE "q1"."m" = "u2"."order_id"

-- not by a masked column
SELECT n.order_id, s.id FROM desk.notes AS n JOIN hr.staff AS s ON s.name = n.text
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ hr: SELECT "staff"."id" AS "id", (LEFT("staff"."name", 1) || '***') AS "name" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."order_id" AS "order_id", "u2"."id" AS "id" FROM (SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."name" = "u1"."text"

-- not by a hashed column
SELECT n.order_id, s.id FROM desk.notes AS n JOIN hr.staff AS s ON s.email = n.text
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
SELECT "u1"."order_id" AS "order_id", "u2"."id" AS "id" FROM (SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."email" = "u1"."text"

-- not those of a tagged column into another domain
SELECT s.id, o.id AS o FROM hr.staff AS s JOIN sales.orders AS o ON o.note = s.code WHERE s.id = 7
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."id" = 7 AND "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."id" AS "o" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."note" = "u1"."code"

-- not by a column that compares otherwise
SELECT n.order_id, c.id FROM desk.notes AS n JOIN sales.customers AS c ON c.kind = n.text
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "customers"."id" AS "id", "customers"."kind" AS "kind" FROM "customers" AS "customers"
SELECT "u1"."order_id" AS "order_id", "u2"."id" AS "id" FROM (SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."kind" = "u1"."text"

-- not beside what may raise over a governed relation
SELECT n.text, s.id FROM desk.notes AS n JOIN hr.staff AS s ON s.id = n.order_id WHERE CAST(s.code AS BIGINT) > 3
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ desk: order_id, text of notes
SELECT "u1"."text" AS "text", "u2"."id" AS "id" FROM (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 2" AS "r") AS "notes") AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE CAST("u2"."code" AS BIGINT) > 3 AND "u2"."id" = "u1"."order_id"

-- not by what the engine masks
SELECT o.id, f.town FROM shop.firms AS f JOIN sales.orders AS o ON o.note = f.town WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ shop: SELECT "r"."town" AS "town" FROM "firms" AS "r"
SELECT "u2"."id" AS "id", "u1"."town" AS "town" FROM (SELECT "firms"."town" AS "town" FROM (SELECT LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0) AS "firms") AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."note" = "u1"."town"

-- keys go below the stage that hashes, where they leave out rows by what is not masked
SELECT m.name, m.town FROM shop.makers AS m JOIN sales.orders AS o ON o.customer = m.id WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ shop: SELECT "r"."id" AS "id", "r"."name" AS "name", "r"."town" AS "town" FROM "makers" AS "r" WHERE |keys 1|
--   keys 1 = scan 1.customer: "r"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
-- scan 3 @ engine, first: SELECT "r"."id" AS "id", "r"."name" AS "name", LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0
SELECT "u1"."name" AS "name", "u1"."town" AS "town" FROM (SELECT "makers"."name" AS "name", "makers"."town" AS "town", "makers"."id" AS "id" FROM "#scan 3" AS "makers") AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."customer" = "u1"."id"

-- not by what is hashed
SELECT o.id, m.town FROM shop.makers AS m JOIN sales.orders AS o ON o.note = m.name WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ shop: SELECT "r"."name" AS "name", "r"."town" AS "town" FROM "makers" AS "r"
-- scan 3 @ engine, first: SELECT "r"."name" AS "name", LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0
SELECT "u2"."id" AS "id", "u1"."town" AS "town" FROM (SELECT "makers"."town" AS "town", "makers"."name" AS "name" FROM "#scan 3" AS "makers") AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."note" = "u1"."name"
