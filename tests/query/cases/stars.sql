-- a star
SELECT * FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", "customers"."region" AS "region", "customers"."name" AS "name" FROM "sales"."customers" AS "customers"

-- a star of one relation
SELECT c.* FROM sales.orders AS o, sales.customers AS c
-- =>
SELECT "c"."customer" AS "customer", "c"."region" AS "region", "c"."name" AS "name" FROM "sales"."orders" AS "o", "sales"."customers" AS "c"

-- exclude
SELECT * EXCLUDE (region) FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", "customers"."name" AS "name" FROM "sales"."customers" AS "customers"

-- exclude an unknown column
SELECT * EXCLUDE (nope) FROM sales.customers
-- =>
-- UndefinedColumn: column "nope" does not exist

-- replace
SELECT * REPLACE (upper(region) AS region) FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", UPPER("customers"."region") AS "region", "customers"."name" AS "name" FROM "sales"."customers" AS "customers"

-- rename
SELECT * RENAME (region AS place) FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", "customers"."region" AS "place", "customers"."name" AS "name" FROM "sales"."customers" AS "customers"

-- a star over a series
SELECT * FROM range(3)
-- =>
SELECT "range"."range" AS "range" FROM RANGE(0, 3) AS "range"("range")

-- a star over an unnamed list
SELECT * FROM unnest([1, 2])
-- =>
-- SyntaxNotSupported: * over a function in FROM needs names for its columns: f(...) AS t(a, b)
