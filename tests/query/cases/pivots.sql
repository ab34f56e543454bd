-- a pivot groups by the columns that are left
PIVOT sales.customers ON region IN ('EU', 'US') USING count(*)
-- =>
SELECT "#derived 0"."customer" AS "customer", "#derived 0"."name" AS "name", "#derived 0"."eu" AS "eu", "#derived 0"."us" AS "us" FROM (SELECT "customers"."customer" AS "customer", "customers"."name" AS "name", COUNT(*) FILTER(WHERE "customers"."region" IS NOT DISTINCT FROM 'EU') AS "eu", COUNT(*) FILTER(WHERE "customers"."region" IS NOT DISTINCT FROM 'US') AS "us" FROM "sales"."customers" AS "customers" GROUP BY "customers"."customer", "customers"."name") AS "#derived 0"

-- a pivot with several aggregates and a group
PIVOT sales.orders ON region IN ('EU', NULL) USING sum(amount) AS total, max(id) GROUP BY customer
-- =>
SELECT "#derived 0"."customer" AS "customer", "#derived 0"."eu_total" AS "eu_total", "#derived 0"."eu_max(id)" AS "eu_max(id)", "#derived 0"."null_total" AS "null_total", "#derived 0"."null_max(id)" AS "null_max(id)" FROM (SELECT "orders"."customer" AS "customer", SUM("orders"."Amount") FILTER(WHERE "orders"."region" IS NOT DISTINCT FROM 'EU') AS "eu_total", MAX("orders"."id") FILTER(WHERE "orders"."region" IS NOT DISTINCT FROM 'EU') AS "eu_max(id)", SUM("orders"."Amount") FILTER(WHERE "orders"."region" IS NOT DISTINCT FROM NULL) AS "null_total", MAX("orders"."id") FILTER(WHERE "orders"."region" IS NOT DISTINCT FROM NULL) AS "null_max(id)" FROM "sales"."orders" AS "orders" GROUP BY "orders"."customer") AS "#derived 0"

-- a pivot of two columns
SELECT * FROM sales.customers PIVOT (count(*) FOR region IN ('EU' AS europe) customer IN (1, 2) GROUP BY name) AS p
-- =>
SELECT "p"."name" AS "name", "p"."europe_1" AS "europe_1", "p"."europe_2" AS "europe_2" FROM (SELECT "customers"."name" AS "name", COUNT(*) FILTER(WHERE "customers"."region" IS NOT DISTINCT FROM 'EU' AND "customers"."customer" IS NOT DISTINCT FROM 1) AS "europe_1", COUNT(*) FILTER(WHERE "customers"."region" IS NOT DISTINCT FROM 'EU' AND "customers"."customer" IS NOT DISTINCT FROM 2) AS "europe_2" FROM "sales"."customers" AS "customers" GROUP BY "customers"."name") AS "p"

-- a pivot's aggregate over an unknown column
PIVOT sales.orders ON region IN ('EU') USING sum(nope)
-- =>
-- UndefinedColumn: column "nope" does not exist

-- a pivot over an unknown column
PIVOT sales.orders ON nope IN ('EU') USING sum(amount)
-- =>
-- UndefinedColumn: column "nope" does not exist

-- a pivot without its values
PIVOT sales.orders ON region USING sum(amount)
-- =>
-- SyntaxNotSupported: PIVOT needs the values that become columns: ON column IN (value, ...)

-- a pivot over a CTE
WITH x AS (SELECT region, id FROM sales.orders) PIVOT x ON region IN ('EU') USING max(id)
-- =>
SELECT "#derived 0"."eu" AS "eu" FROM (WITH "x" AS (SELECT "orders"."region" AS "region", "orders"."id" AS "id" FROM "sales"."orders" AS "orders") SELECT MAX("x"."id") FILTER(WHERE "x"."region" IS NOT DISTINCT FROM 'EU') AS "eu" FROM "x" AS "x") AS "#derived 0"

-- a pivot beside a join
SELECT * FROM sales.orders AS o JOIN sales.customers PIVOT (max(name) FOR region IN ('EU')) ON true
-- =>
-- SyntaxNotSupported: PIVOT beside a join needs brackets of its own: JOIN (SELECT * FROM t PIVOT (...))

-- a pivot of no aggregate
PIVOT sales.orders ON region IN ('EU') USING upper(region)
-- =>
-- SyntaxNotSupported: PIVOT ... USING takes aggregate functions

-- an unpivot
UNPIVOT sales.customers ON region, name INTO NAME n VALUE v
-- =>
SELECT "#derived 0"."customer" AS "customer", "#derived 0"."n" AS "n", "#derived 0"."v" AS "v" FROM (SELECT "unpivoted"."customer" AS "customer", "unpivoted"."n" AS "n", "unpivoted"."v" AS "v" FROM (SELECT "customers"."customer" AS "customer", UNNEST(['region', 'name']) AS "n", UNNEST(["customers"."region", "customers"."name"]) AS "v" FROM "sales"."customers" AS "customers") AS "unpivoted" WHERE NOT "unpivoted"."v" IS NULL) AS "#derived 0"

-- an unpivot by a pattern, with NULLs
SELECT v FROM sales.customers UNPIVOT INCLUDE NULLS (v FOR n IN (region, name AS 'the name'))
-- =>
SELECT "#turned 0 0"."v" AS "v" FROM (SELECT "customers"."customer" AS "customer", UNNEST(['region', 'the name']) AS "n", UNNEST(["customers"."region", "customers"."name"]) AS "v" FROM "sales"."customers" AS "customers") AS "#turned 0 0"

-- an unpivot of groups
SELECT * FROM sales.customers UNPIVOT ((a, b) FOR n IN ((region, name), (name, region)))
-- =>
SELECT "#turned 0 0"."customer" AS "customer", "#turned 0 0"."n" AS "n", "#turned 0 0"."a" AS "a", "#turned 0 0"."b" AS "b" FROM (SELECT "unpivoted"."customer" AS "customer", "unpivoted"."n" AS "n", "unpivoted"."a" AS "a", "unpivoted"."b" AS "b" FROM (SELECT "customers"."customer" AS "customer", UNNEST(['region_name', 'name_region']) AS "n", UNNEST(["customers"."region", "customers"."name"]) AS "a", UNNEST(["customers"."name", "customers"."region"]) AS "b" FROM "sales"."customers" AS "customers") AS "unpivoted" WHERE NOT "unpivoted"."a" IS NULL AND NOT "unpivoted"."b" IS NULL) AS "#turned 0 0"

-- an unpivot of an unknown column
UNPIVOT sales.customers ON nope
-- =>
-- UndefinedColumn: column "nope" does not exist
