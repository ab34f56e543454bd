-- a sample of a relation is taken above it
SELECT id FROM sales.orders TABLESAMPLE 10% WHERE region = 'EU'
-- =>
SELECT "orders"."id" AS "id" FROM (SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "sales"."orders" AS "orders") AS "orders" TABLESAMPLE BERNOULLI (10 PERCENT) WHERE "orders"."region" = 'EU'

-- a sample of a relation in a join
SELECT o.id FROM sales.customers AS c JOIN sales.orders AS o TABLESAMPLE reservoir(5 ROWS) USING (customer)
-- =>
SELECT "o"."id" AS "id" FROM "sales"."customers" AS "c" JOIN (SELECT "o"."id" AS "id", "o"."customer" AS "customer" FROM "sales"."orders" AS "o") AS "o" TABLESAMPLE RESERVOIR (5 ROWS) ON "c"."customer" = "o"."customer"

-- a sample of counted rows
SELECT count(*) FROM sales.customers TABLESAMPLE bernoulli(50%)
-- =>
SELECT COUNT(*) AS "count" FROM (SELECT TRUE AS "nothing" FROM "sales"."customers" AS "customers") AS "customers" TABLESAMPLE BERNOULLI (50 PERCENT)

-- a sample of a query
SELECT id FROM sales.orders WHERE id > 3 USING SAMPLE 10 ROWS
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" WHERE "orders"."id" > 3 USING SAMPLE RESERVOIR (10 ROWS)
