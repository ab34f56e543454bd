-- a condition on the rows of both
SELECT t.id FROM (SELECT o.id, o.region FROM sales.orders AS o UNION ALL SELECT l.order_id, l.flag FROM depot.lines AS l) AS t WHERE t.region = 'EU' AND t.id > 7
-- =>
-- scan 1 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines" WHERE "lines"."flag" = 'EU' AND "lines"."order_id" > 7
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders" WHERE "orders"."region" = 'EU' AND "orders"."id" > 7
SELECT "q0"."id" AS "id" FROM (SELECT "u2"."id" AS "id", "u2"."region" AS "region" FROM "#scan 2" AS "u2" UNION ALL SELECT "u1"."order_id" AS "order_id", "u1"."flag" AS "flag" FROM "#scan 1" AS "u1") AS "q0"

-- also below what is subtracted, and inside of another
SELECT t.id FROM (SELECT u.id FROM (SELECT o.id, o.region FROM sales.orders AS o INTERSECT SELECT l.order_id, l.flag FROM depot.lines AS l) AS u EXCEPT ALL SELECT s.id FROM hr.staff AS s) AS t WHERE t.id = 5
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."id" = 5 AND "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders" WHERE "orders"."id" = 5
-- scan 3 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines" WHERE "lines"."order_id" = 5
SELECT "q0"."id" AS "id" FROM (SELECT "q1"."id" AS "id" FROM (SELECT "u3"."id" AS "id", "u3"."region" AS "region" FROM "#scan 2" AS "u3" INTERSECT SELECT "u2"."order_id" AS "order_id", "u2"."flag" AS "flag" FROM "#scan 3" AS "u2") AS "q1" EXCEPT ALL SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1") AS "q0"

-- behind the filter and on the mask of a side
SELECT t.id FROM (SELECT s.id, s.name FROM hr.staff AS s UNION ALL SELECT l.order_id, l.flag FROM depot.lines AS l) AS t WHERE t.name = 'A***' AND t.id < 9
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."name" AS "name" FROM (SELECT "r"."id" AS "id", LEFT("r"."name", 1) || '***' AS "name" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE "staff"."name" = 'A***' AND "staff"."id" < 9
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines" WHERE "lines"."flag" = 'A***' AND "lines"."order_id" < 9
SELECT "q0"."id" AS "id" FROM (SELECT "u2"."id" AS "id", "u2"."name" AS "name" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."order_id" AS "order_id", "u1"."flag" AS "flag" FROM "#scan 2" AS "u1") AS "q0"

-- not what may raise
SELECT t.id FROM (SELECT s.id, s.code FROM hr.staff AS s UNION SELECT l.order_id, l.flag FROM depot.lines AS l) AS t WHERE CAST(t.code AS INTEGER) = 3
-- =>
-- scan 1 @ hr: SELECT DISTINCT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "q0"."id" AS "id" FROM (SELECT DISTINCT "u2"."id" AS "id", "u2"."code" AS "code" FROM "#scan 1" AS "u2" UNION SELECT "u1"."order_id" AS "order_id", "u1"."flag" AS "flag" FROM "#scan 2" AS "u1") AS "q0" WHERE CAST("q0"."code" AS INT) = 3

-- not where a side calculates what may raise
SELECT t.id FROM (SELECT CAST(s.code AS BIGINT) AS id FROM hr.staff AS s UNION ALL SELECT l.order_id FROM depot.lines AS l) AS t WHERE t.id = 3
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "q0"."id" AS "id" FROM (SELECT CAST("u2"."code" AS BIGINT) AS "id" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."order_id" AS "order_id" FROM "#scan 2" AS "u1") AS "q0" WHERE "q0"."id" = 3

-- not of groups, nor of the first rows
SELECT t.n FROM (SELECT max(o.id) AS n FROM sales.orders AS o GROUP BY o.region UNION ALL (SELECT l.order_id FROM depot.lines AS l ORDER BY l.item LIMIT 3)) AS t WHERE t.n = 3
-- =>
-- scan 1 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."item" AS "item" FROM "lines" AS "lines" ORDER BY "lines"."item" LIMIT 3
-- scan 2 @ sales: SELECT "orders"."region" AS "region", MAX("orders"."id") AS "max" FROM "orders" AS "orders" GROUP BY "orders"."region"
SELECT "q0"."n" AS "n" FROM (SELECT "u2"."max" AS "n" FROM "#scan 2" AS "u2" UNION ALL (SELECT "u1"."order_id" AS "order_id" FROM "#scan 1" AS "u1" ORDER BY "u1"."item" LIMIT 3)) AS "q0" WHERE "q0"."n" = 3

-- not where columns are of several types
SELECT t.id FROM (SELECT o.id FROM sales.orders AS o UNION ALL SELECT l.quantity FROM depot.lines AS l) AS t WHERE t.id = 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "q0"."id" AS "id" FROM (SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."quantity" AS "quantity" FROM "#scan 2" AS "u1") AS "q0" WHERE "q0"."id" = 3

-- not below a LEFT JOIN, which keeps rows that it does not find
SELECT o.id FROM sales.orders AS o LEFT JOIN (SELECT l.order_id FROM depot.lines AS l UNION ALL SELECT s.id FROM hr.staff AS s) AS t ON t.order_id = o.id WHERE t.order_id IS NULL
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 3 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u3"."id" AS "id" FROM "#scan 2" AS "u3" LEFT JOIN (SELECT "u2"."order_id" AS "order_id" FROM "#scan 3" AS "u2" UNION ALL SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1") AS "q1" ON "q1"."order_id" = "u3"."id" WHERE "q1"."order_id" IS NULL
