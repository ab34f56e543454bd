-- a subquery that picks, renames and filters
SELECT q.number FROM (SELECT id AS number, total FROM sales.orders WHERE status = 'open') AS q WHERE q.total > 10
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" = 'open' AND "orders"."total" > 10
SELECT "u1"."id" AS "number" FROM "#scan 1" AS "u1"

-- a CTE that is read once
WITH q AS (SELECT id, region FROM sales.customers) SELECT q.id FROM q WHERE q.region = 'EU'
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers" WHERE "customers"."region" = 'EU'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- OR keeps its parentheses
SELECT q.id FROM (SELECT id, region = 'EU' OR id > 3 AS x FROM sales.customers) AS q WHERE NOT q.x
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers" WHERE NOT ("customers"."region" = 'EU' OR "customers"."id" > 3)
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- not a CTE that is read twice
WITH q AS (SELECT id, region FROM sales.customers) SELECT a.id FROM q AS a JOIN q AS b ON a.id = b.id
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "customers"."region" AS "region" FROM "customers" AS "customers"
WITH "q" AS (SELECT "u1"."id" AS "id", "u1"."region" AS "region" FROM "#scan 1" AS "u1") SELECT "q0"."id" AS "id" FROM "q" AS "q0" CROSS JOIN "q" AS "q1" WHERE "q0"."id" = "q1"."id"

-- not a subquery that is cut off
SELECT q.id FROM (SELECT id, region FROM sales.customers ORDER BY id LIMIT 5) AS q WHERE q.region = 'EU'
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "customers"."region" AS "region" FROM "customers" AS "customers" ORDER BY "customers"."id" LIMIT 5
SELECT "q0"."id" AS "id" FROM (SELECT "u1"."id" AS "id", "u1"."region" AS "region" FROM "#scan 1" AS "u1" ORDER BY "id" LIMIT 5) AS "q0" WHERE "q0"."region" = 'EU'

-- not a constant, which would become a position
SELECT q.one, count(*) AS n FROM (SELECT 1 AS one, id FROM sales.customers) AS q GROUP BY q.one
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
SELECT "q0"."one" AS "one", COUNT(*) AS "n" FROM (SELECT 1 AS "one", "u1"."id" AS "id" FROM "#scan 1" AS "u1") AS "q0" GROUP BY "q0"."one"

-- not the nullable side of a LEFT JOIN
SELECT o.id, q.text FROM sales.orders AS o LEFT JOIN (SELECT order_id, coalesce(text, '?') AS text FROM desk.notes) AS q ON q.order_id = o.id
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "q1"."text" AS "text" FROM "#scan 2" AS "u2" LEFT JOIN (SELECT "u1"."order_id" AS "order_id", COALESCE("u1"."text", '?') AS "text" FROM (SELECT "notes"."order_id" AS "order_id", "notes"."text" AS "text" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u1") AS "q1" ON "q1"."order_id" = "u2"."id"
