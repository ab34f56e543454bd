-- the first of all
SELECT c.id, c.region FROM sales.customers AS c UNION ALL SELECT o.id, o.region FROM sales.orders AS o ORDER BY region DESC, 1 LIMIT 3 OFFSET 2
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders" ORDER BY "orders"."region" COLLATE "C" DESC NULLS LAST, "orders"."id" LIMIT 5
-- scan 2 @ sales: SELECT "customers"."id" AS "id", "customers"."region" AS "region" FROM "customers" AS "customers" ORDER BY "customers"."region" COLLATE "C" DESC NULLS LAST, "customers"."id" LIMIT 5
(SELECT "u2"."id" AS "id", "u2"."region" AS "region" FROM "#scan 2" AS "u2" ORDER BY "region" DESC, "id" LIMIT 5) UNION ALL (SELECT "u1"."id" AS "id", "u1"."region" AS "region" FROM "#scan 1" AS "u1" ORDER BY "region" DESC, "id" LIMIT 5) ORDER BY "region" DESC, "id" LIMIT 3 OFFSET 2

-- any rows of three
SELECT c.id FROM sales.customers AS c UNION ALL (SELECT o.id FROM sales.orders AS o UNION ALL SELECT l.item FROM depot.lines AS l WHERE l.flag = 'x') LIMIT 10
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines" WHERE "lines"."flag" = 'x' LIMIT 10
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" LIMIT 10
-- scan 3 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers" LIMIT 10
(SELECT "u3"."id" AS "id" FROM "#scan 3" AS "u3" LIMIT 10) UNION ALL ((SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" LIMIT 10) UNION ALL (SELECT "u1"."item" AS "item" FROM "#scan 1" AS "u1" LIMIT 10)) LIMIT 10

-- what a filter lets see
SELECT s.id FROM hr.staff AS s UNION ALL SELECT o.id FROM sales.orders AS o LIMIT 10
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" LIMIT 10
-- scan 2 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU' LIMIT 10
(SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" LIMIT 10) UNION ALL (SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" LIMIT 10) LIMIT 10

-- not where equal rows become one
SELECT s.region FROM hr.staff AS s UNION SELECT o.region FROM sales.orders AS o ORDER BY region LIMIT 3
-- =>
-- scan 1 @ sales: SELECT DISTINCT "orders"."region" AS "region" FROM "orders" AS "orders"
-- scan 2 @ hr: SELECT DISTINCT "staff"."region" AS "region" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT DISTINCT "u2"."region" AS "region" FROM "#scan 2" AS "u2" UNION SELECT DISTINCT "u1"."region" AS "region" FROM "#scan 1" AS "u1" ORDER BY "region" LIMIT 3

-- not where the whole has another type
SELECT c.id AS x FROM sales.customers AS c UNION ALL SELECT o.total FROM sales.orders AS o ORDER BY x LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."total" AS "total" FROM "orders" AS "orders"
SELECT "u2"."id" AS "x" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."total" AS "total" FROM "#scan 2" AS "u1" ORDER BY "x" LIMIT 3

-- not without a LIMIT
SELECT c.id FROM sales.customers AS c UNION ALL SELECT o.id FROM sales.orders AS o ORDER BY id
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."id" AS "id" FROM "#scan 2" AS "u1" ORDER BY "id"
