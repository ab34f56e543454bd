-- group by all
SELECT region, count(*) FROM sales.orders GROUP BY ALL
-- =>
SELECT "orders"."region" AS "region", COUNT(*) AS "count" FROM "sales"."orders" AS "orders" GROUP BY ALL

-- group by position
SELECT region, count(*) FROM sales.orders GROUP BY 1
-- =>
SELECT "orders"."region" AS "region", COUNT(*) AS "count" FROM "sales"."orders" AS "orders" GROUP BY "orders"."region"

-- order by position
SELECT id, region FROM sales.orders ORDER BY 2 DESC, 1
-- =>
SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "sales"."orders" AS "orders" ORDER BY "region" DESC, "id"

-- order by an alias
SELECT id + 1 AS n FROM sales.orders ORDER BY n
-- =>
SELECT "orders"."id" + 1 AS "n" FROM "sales"."orders" AS "orders" ORDER BY "n"

-- an alias in WHERE
SELECT id + 1 AS n FROM sales.orders WHERE n > 2
-- =>
SELECT "orders"."id" + 1 AS "n" FROM "sales"."orders" AS "orders" WHERE ("orders"."id" + 1) > 2

-- having an alias
SELECT region, count(*) AS n FROM sales.orders GROUP BY region HAVING n > 1
-- =>
SELECT "orders"."region" AS "region", COUNT(*) AS "n" FROM "sales"."orders" AS "orders" GROUP BY "orders"."region" HAVING COUNT(*) > 1

-- qualify
SELECT id FROM sales.orders QUALIFY row_number() OVER (PARTITION BY region ORDER BY id) = 1
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" QUALIFY ROW_NUMBER() OVER (PARTITION BY "orders"."region" ORDER BY "orders"."id") = 1

-- a named window
SELECT sum(id) OVER w FROM sales.orders WINDOW w AS (PARTITION BY region)
-- =>
SELECT SUM("orders"."id") OVER "w" AS "sum" FROM "sales"."orders" AS "orders" WINDOW "w" AS (PARTITION BY "orders"."region")

-- distinct on
SELECT DISTINCT ON (region) region, id FROM sales.orders ORDER BY region, id
-- =>
SELECT DISTINCT ON ("region") "orders"."region" AS "region", "orders"."id" AS "id" FROM "sales"."orders" AS "orders" ORDER BY "region", "id"

-- grouping sets
SELECT region, customer, count(*) FROM sales.orders GROUP BY GROUPING SETS ((region), (customer), ())
-- =>
SELECT "orders"."region" AS "region", "orders"."customer" AS "customer", COUNT(*) AS "count" FROM "sales"."orders" AS "orders" GROUP BY GROUPING SETS (("orders"."region"), ("orders"."customer"), ())

-- FROM first
FROM sales.customers
-- =>
SELECT "customers"."customer" AS "customer", "customers"."region" AS "region", "customers"."name" AS "name" FROM "sales"."customers" AS "customers"

-- union by name
SELECT id FROM sales.orders UNION ALL BY NAME SELECT weight, id FROM shipping.parcels
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" UNION ALL BY NAME SELECT "parcels"."weight" AS "weight", "parcels"."id" AS "id" FROM "shipping"."parcels" AS "parcels"

-- set operation's order
SELECT id FROM sales.orders UNION SELECT id FROM shipping.parcels ORDER BY id LIMIT 1
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" UNION SELECT "parcels"."id" AS "id" FROM "shipping"."parcels" AS "parcels" ORDER BY "id" LIMIT 1

-- values
VALUES (1, 'a')
-- =>
SELECT "_0"."_col_0" AS "_col_0", "_0"."_col_1" AS "_col_1" FROM (VALUES (1, 'a')) AS "_0"("_col_0", "_col_1")
