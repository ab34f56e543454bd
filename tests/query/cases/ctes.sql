-- a CTE
WITH x AS (SELECT id FROM sales.orders) SELECT id FROM x
-- =>
WITH "x" AS (SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders") SELECT "x"."id" AS "id" FROM "x" AS "x"

-- a CTE shadows no relation of two parts
WITH orders AS (SELECT 1 AS id) SELECT a.id FROM orders AS a, sales.orders AS b
-- =>
WITH "orders" AS (SELECT 1 AS "id") SELECT "a"."id" AS "id" FROM "orders" AS "a", "sales"."orders" AS "b"

-- an inner CTE shadows an outer one
WITH x AS (SELECT id FROM sales.orders) SELECT * FROM (WITH x AS (SELECT name FROM sales.customers) SELECT * FROM x) AS y
-- =>
WITH "x" AS (SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders") SELECT "y"."name" AS "name" FROM (WITH "x" AS (SELECT "customers"."name" AS "name" FROM "sales"."customers" AS "customers") SELECT "x"."name" AS "name" FROM "x" AS "x") AS "y"

-- a CTE is not seen outside
SELECT * FROM (WITH x AS (SELECT 1 AS a) SELECT a FROM x) AS y, x
-- =>
-- UndefinedTable: relation "x" does not exist

-- a later CTE is not seen by an earlier one
WITH a AS (SELECT * FROM b), b AS (SELECT 1 AS c) SELECT * FROM a
-- =>
-- UndefinedTable: relation "b" does not exist

-- names of a CTE's columns
WITH x(n) AS (SELECT id FROM sales.orders) SELECT n FROM x
-- =>
WITH "x" AS (SELECT "orders"."id" AS "n" FROM "sales"."orders" AS "orders") SELECT "x"."n" AS "n" FROM "x" AS "x"

-- a CTE that refers to itself
WITH RECURSIVE x AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM x) SELECT n FROM x
-- =>
WITH RECURSIVE "x" AS (SELECT 1 AS "n" UNION ALL SELECT "x"."n" + 1 AS "?column?" FROM "x" AS "x") SELECT "x"."n" AS "n" FROM "x" AS "x"

-- a CTE with the gateway's own kind of name
WITH "#0" AS (SELECT 1 AS a) SELECT a FROM "#0"
-- =>
-- SyntaxNotSupported: the name of a CTE cannot begin with #
