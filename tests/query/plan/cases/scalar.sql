-- what a column is compared with, and then all is added up there
SELECT count(*), sum(o.total) FROM sales.orders AS o WHERE o.total > (SELECT max(p.total) FROM sales.orders AS p WHERE p.status = 'x')
-- =>
-- scan 1 @ sales: SELECT COUNT(*) AS "count", SUM("orders"."total") AS "sum" FROM "orders" AS "orders" WHERE "orders"."total" > (SELECT MAX("orders_2"."total") AS "max" FROM "orders" AS "orders_2" WHERE "orders_2"."status" = 'x')
SELECT "u2"."count" AS "count", "u2"."sum" AS "sum" FROM "#scan 1" AS "u2"

-- what a column equals
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id WHERE o.day = (SELECT max(p.day) FROM sales.orders AS p)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."day" = (SELECT MAX("orders_2"."day") AS "max" FROM "orders" AS "orders_2")
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id", "u3"."item" AS "item" FROM "#scan 1" AS "u2" CROSS JOIN "#scan 2" AS "u3" WHERE "u3"."order_id" = "u2"."id"

-- what sums are compared with
SELECT o.region, sum(o.total) FROM sales.orders AS o GROUP BY o.region HAVING sum(o.total) > (SELECT sum(p.total) FROM sales.orders AS p WHERE p.status = 'x')
-- =>
-- scan 1 @ sales: SELECT "orders"."region" AS "region", SUM("orders"."total") AS "sum" FROM "orders" AS "orders" GROUP BY "orders"."region" HAVING SUM("orders"."total") > (SELECT SUM("orders_2"."total") AS "sum" FROM "orders" AS "orders_2" WHERE "orders_2"."status" = 'x')
SELECT "u2"."region" AS "region", "u2"."sum" AS "sum" FROM "#scan 1" AS "u2"

-- beside a filter
SELECT s.id FROM hr.staff AS s WHERE s.id > (SELECT max(p.id) FROM hr.staff AS p WHERE p.customer = 5)
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."id" > (SELECT MAX("staff_2"."id") AS "max" FROM "staff" AS "staff_2" WHERE "staff_2"."customer" = 5 AND "staff_2"."region" = 'EU') AND "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2"

-- a mask waits behind a fence
SELECT s.id FROM hr.staff AS s WHERE s.name > (SELECT max(p.name) FROM hr.staff AS p)
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM (SELECT "r"."id" AS "id", LEFT("r"."name", 1) || '***' AS "name" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE "staff"."name" COLLATE "C" > (SELECT MAX((LEFT("staff_2"."name", 1) || '***') COLLATE "C") AS "max" FROM "staff" AS "staff_2" WHERE "staff_2"."region" = 'EU')
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2"

-- not where something in it may raise, which hidden rows would tell
SELECT s.id FROM hr.staff AS s WHERE s.id > (SELECT max(p.id) FROM hr.staff AS p WHERE extract(year FROM DATE '2024-01-01') * p.id * p.customer * p.id > 5)
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."id" > (SELECT MAX("u1"."id") AS "max" FROM "#scan 1" AS "u1" WHERE EXTRACT(YEAR FROM CAST('2024-01-01' AS DATE)) * "u1"."id" * "u1"."customer" * "u1"."id" > 5)

-- not of another source
SELECT s.id FROM hr.staff AS s WHERE s.id = (SELECT count(*) FROM sales.orders AS o)
-- =>
-- scan 1 @ sales: SELECT COUNT(*) AS "count" FROM "orders" AS "orders"
-- scan 2 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."id" = (SELECT "u1"."count" AS "count" FROM "#scan 1" AS "u1")

-- not where it may have several rows
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT max(p.total) FROM sales.orders AS p GROUP BY p.status)
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status", MAX("orders"."total") AS "max" FROM "orders" AS "orders" GROUP BY "orders"."status"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."total" > (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not what sources calculate in another way
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT avg(p.total) FROM sales.orders AS p)
-- =>
-- scan 1 @ sales: SELECT SUM("orders"."total") AS "sum", COUNT("orders"."total") AS "count" FROM "orders" AS "orders"
-- scan 2 @ engine, first: SELECT CASE WHEN (SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1") BETWEEN -9e15 AND 9e15 THEN CAST(FLOOR((SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1")) AS BIGINT) END AS "bound"
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.bound: "orders"."total" >= (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id" FROM "#scan 3" AS "u2" WHERE "u2"."total" > (SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1")
