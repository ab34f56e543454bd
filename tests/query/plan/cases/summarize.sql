-- groups are made at the source
SELECT o.status, count(*) AS n, sum(o.total) AS t, avg(o.total) AS a, max(o.day) AS d FROM sales.orders AS o GROUP BY o.status
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status", COUNT(*) AS "count", SUM("orders"."total") AS "sum", COUNT("orders"."total") AS "count_2", MAX("orders"."day") AS "max" FROM "orders" AS "orders" GROUP BY "orders"."status"
SELECT "u1"."status" AS "status", "u1"."count" AS "n", "u1"."sum" AS "t", (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count_2" * 1e2)) AS "a", "u1"."max" AS "d" FROM "#scan 1" AS "u1"

-- not of a join that leaves all rows: the engine joins and adds up faster
SELECT c.region, sum(o.total) AS t FROM sales.orders AS o JOIN sales.customers AS c ON c.id = o.customer GROUP BY c.region HAVING count(*) > 3
-- =>
-- scan 1 @ sales: SELECT "customers"."region" AS "region", "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region", SUM("u1"."total") AS "t" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer" GROUP BY "u2"."region" HAVING COUNT(*) > 3

-- DISTINCT in the order of text
SELECT DISTINCT o.status FROM sales.orders AS o ORDER BY o.status LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status" FROM "orders" AS "orders" GROUP BY "orders"."status" ORDER BY "orders"."status" COLLATE "C" LIMIT 3
SELECT DISTINCT "u1"."status" AS "status" FROM "#scan 1" AS "u1" ORDER BY "u1"."status" LIMIT 3

-- what is added up is evaluated on shown rows only: no fence
SELECT sum(s.wage) AS w, count(s.code) AS c FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT SUM(CAST(NULL AS DECIMAL(12, 2))) AS "sum", COUNT("staff"."code") AS "count" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."sum" AS "w", "u1"."count" AS "c" FROM "#scan 1" AS "u1"

-- groups by a part of a date
SELECT extract(year FROM o.day) AS y, count(*) AS n FROM sales.orders AS o GROUP BY extract(year FROM o.day)
-- =>
-- scan 1 @ sales: SELECT (CAST(EXTRACT(YEAR FROM "orders"."day") AS BIGINT) + CASE WHEN "orders"."day" < CAST('0001-01-01' AS DATE) THEN 1 ELSE 0 END) AS "extract", COUNT(*) AS "count" FROM "orders" AS "orders" GROUP BY (CAST(EXTRACT(YEAR FROM "orders"."day") AS BIGINT) + CASE WHEN "orders"."day" < CAST('0001-01-01' AS DATE) THEN 1 ELSE 0 END)
SELECT "u1"."extract" AS "y", "u1"."count" AS "n" FROM "#scan 1" AS "u1"

-- twice: what was grouped first has a name of its own
SELECT max(g.n) AS most FROM (SELECT o.status, count(*) AS n FROM sales.orders AS o GROUP BY o.status) AS g
-- =>
-- scan 1 @ sales: SELECT MAX("u1.1"."count") AS "max" FROM (SELECT "orders"."status" AS "status", COUNT(*) AS "count" FROM "orders" AS "orders" GROUP BY "orders"."status") AS "u1.1"
SELECT "u1"."max" AS "most" FROM "#scan 1" AS "u1"

-- not a hashed column
SELECT s.email, count(*) AS n FROM hr.staff AS s GROUP BY s.email
-- =>
-- scan 1 @ hr: SELECT "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
SELECT "u1"."email" AS "email", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY "u1"."email"

-- not with FILTER
SELECT count(*) FILTER (WHERE o.status = 'open') AS n FROM sales.orders AS o
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT COUNT(*) FILTER(WHERE "u1"."status" = 'open') AS "n" FROM "#scan 1" AS "u1"

-- not grouping sets
SELECT o.status, count(*) AS n FROM sales.orders AS o GROUP BY ROLLUP (o.status)
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u1"."status" AS "status", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY ROLLUP ("u1"."status")

-- not sums of distinct or approximate numbers
SELECT sum(DISTINCT l.quantity) AS a, sum(l.weight) AS b FROM depot.lines AS l
-- =>
-- scan 1 @ depot: SELECT "lines"."weight" AS "weight", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT SUM(DISTINCT "u1"."quantity") AS "a", SUM("u1"."weight") AS "b" FROM "#scan 1" AS "u1"

-- not an aggregate over a subquery
SELECT sum(CASE WHEN o.id IN (SELECT c.id FROM sales.customers AS c) THEN o.total ELSE 0 END) AS t FROM sales.orders AS o
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT SUM(CASE WHEN "u2"."id" IN (SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1") THEN "u2"."total" ELSE 0 END) AS "t" FROM "#scan 2" AS "u2"

-- not at SQLite
SELECT i.name, count(*) AS n FROM shop.items AS i GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name" FROM "items" AS "items"
SELECT "u1"."name" AS "name", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY "u1"."name"
