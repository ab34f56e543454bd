-- the source is asked for one row
SELECT c.id FROM sales.customers AS c WHERE EXISTS (SELECT 1 FROM depot.lines AS l WHERE l.flag = 'x')
-- =>
-- scan 1 @ depot: SELECT 1 AS "nothing" FROM "lines" AS "lines" WHERE "lines"."flag" = 'x' LIMIT 1
-- scan 2 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" LIMIT 1)

-- also where none may be
SELECT c.id FROM sales.customers AS c WHERE NOT EXISTS (SELECT * FROM hr.staff AS s WHERE s.customer > 7)
-- =>
-- scan 1 @ hr: SELECT 1 AS "nothing" FROM "staff" AS "staff" WHERE "staff"."customer" > 7 AND "staff"."region" = 'EU' LIMIT 1
-- scan 2 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE NOT EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" LIMIT 1)

-- not where it looks at the row around it
SELECT c.id FROM sales.customers AS c WHERE EXISTS (SELECT 1 FROM depot.lines AS l WHERE l.item = c.id)
-- =>
-- scan 1 @ depot: SELECT DISTINCT "lines"."item" AS "item" FROM "lines" AS "lines"
-- scan 2 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" WHERE "u1"."item" = "u2"."id")

-- not of groups
SELECT c.id FROM sales.customers AS c WHERE EXISTS (SELECT l.item FROM depot.lines AS l GROUP BY l.item HAVING count(*) > 9)
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item" HAVING COUNT(*) > 9
-- scan 2 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT "u1"."item" AS "item" FROM "#scan 1" AS "u1")

-- not where a condition may raise, on a row that is looked at or not
SELECT c.id FROM sales.customers AS c WHERE EXISTS (SELECT 1 FROM depot.lines AS l WHERE l.flag::BIGINT = 7)
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ depot: SELECT "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 2" AS "u1" WHERE CAST("u1"."flag" AS BIGINT) = 7)
