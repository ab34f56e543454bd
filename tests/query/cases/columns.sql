-- columns by a pattern
SELECT COLUMNS('^(a|id)'), COLUMNS('Amount') FROM sales.orders
-- =>
SELECT "orders"."id" AS "id", "orders"."Amount" AS "amount" FROM "sales"."orders" AS "orders"

-- columns by a lambda
SELECT max(COLUMNS(lambda c: c LIKE '%o%' AND c <> 'info')) FROM sales.orders
-- =>
SELECT MAX("orders"."customer") AS "customer", MAX("orders"."region") AS "region", MAX("orders"."Amount") AS "amount" FROM "sales"."orders" AS "orders"

-- columns by a list, an unknown one
SELECT COLUMNS(['id', 'nope']) FROM sales.orders
-- =>
-- UndefinedColumn: column "nope" does not exist

-- columns but some, an unknown one
SELECT COLUMNS(* EXCLUDE (nope)) FROM sales.orders
-- =>
-- UndefinedColumn: column "nope" does not exist

-- columns that nothing matches
SELECT COLUMNS('nope') FROM sales.orders
-- =>
-- UndefinedColumn: no column matches what COLUMNS asks for

-- columns of one relation in an expression
SELECT COLUMNS(c.*)::VARCHAR FROM sales.orders AS o JOIN sales.customers AS c USING (customer)
-- =>
SELECT CAST("c"."customer" AS TEXT) AS "customer", CAST("c"."region" AS TEXT) AS "region", CAST("c"."name" AS TEXT) AS "name" FROM "sales"."orders" AS "o" JOIN "sales"."customers" AS "c" ON "o"."customer" = "c"."customer"

-- an alias with groups of no pattern
SELECT COLUMNS(*) AS '\0_text' FROM sales.orders
-- =>
-- SyntaxNotSupported: an alias with groups needs COLUMNS('a regular expression')

-- columns of a USING join
SELECT COLUMNS('customer') FROM sales.orders JOIN sales.customers USING (customer)
-- =>
SELECT COALESCE("orders"."customer", "customers"."customer") AS "customer" FROM "sales"."orders" AS "orders" JOIN "sales"."customers" AS "customers" ON "orders"."customer" = "customers"."customer"

-- columns in WHERE and ORDER BY
SELECT id FROM sales.orders WHERE COLUMNS(['id', 'customer']) > 1 ORDER BY COLUMNS('id')
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" WHERE "orders"."id" > 1 AND "orders"."customer" > 1 ORDER BY "orders"."id"

-- columns as arguments
SELECT coalesce(*COLUMNS('region|name')) AS first FROM sales.customers
-- =>
SELECT COALESCE("customers"."region", "customers"."name") AS "first" FROM "sales"."customers" AS "customers"

-- columns of a CTE and a subquery without a name
WITH x AS (SELECT id, region FROM sales.orders) SELECT COLUMNS('.*') FROM x, (SELECT weight FROM shipping.parcels)
-- =>
WITH "x" AS (SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "sales"."orders" AS "orders") SELECT "x"."id" AS "id", "x"."region" AS "region", "#derived 0"."weight" AS "weight" FROM "x" AS "x", (SELECT "parcels"."weight" AS "weight" FROM "shipping"."parcels" AS "parcels") AS "#derived 0"

-- columns in GROUP BY
SELECT 1 FROM sales.orders GROUP BY COLUMNS('id')
-- =>
-- SyntaxNotSupported: COLUMNS may stand in SELECT, WHERE, HAVING, QUALIFY and ORDER BY only

-- different columns in one expression
SELECT COLUMNS('id') + COLUMNS('customer') FROM sales.orders
-- =>
-- SyntaxNotSupported: several different COLUMNS in one expression are not supported

-- a malformed pattern
SELECT COLUMNS('(') FROM sales.orders
-- =>
-- SyntaxRefused: COLUMNS has a malformed regular expression

-- a star by a pattern
SELECT * LIKE '%o%' FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", "customers"."region" AS "region" FROM "sales"."customers" AS "customers"

-- a star by a pattern it must not have
SELECT c.* NOT ILIKE 'N%' FROM sales.customers AS c
-- =>
SELECT "c"."customer" AS "customer", "c"."region" AS "region" FROM "sales"."customers" AS "c"

-- a comprehension
SELECT [x * id FOR x IN [1, 2] IF x > customer] FROM sales.orders
-- =>
SELECT LIST_TRANSFORM(LIST_FILTER([1, 2], LAMBDA "x" : "x" > "orders"."customer"), LAMBDA "x" : "x" * "orders"."id") AS "transform" FROM "sales"."orders" AS "orders"
