-- names of a subquery's own are told apart from those around it
SELECT o.id FROM sales.orders AS o WHERE EXISTS (SELECT 1 FROM sales.customers AS o WHERE o.region = 'EU')
-- =>
-- scan 1 @ sales: SELECT 1 AS "nothing" FROM "customers" AS "customers" WHERE "customers"."region" = 'EU' LIMIT 1
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" LIMIT 1)

-- one relation read twice
SELECT a.id, b.id AS other FROM sales.customers AS a JOIN sales.customers AS b ON a.id = b.id
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "customers_2"."id" AS "id_2" FROM "customers" AS "customers" CROSS JOIN "customers" AS "customers_2" WHERE "customers"."id" = "customers_2"."id"
SELECT "u1"."id" AS "id", "u1"."id_2" AS "other" FROM "#scan 1" AS "u1"

-- not the names that the consumer gets
SELECT o.n FROM (SELECT count(*) AS n FROM desk.notes AS o) AS o
-- =>
-- scan 1 @ desk: order_id of notes
SELECT "q0"."n" AS "n" FROM (SELECT COUNT(*) AS "n" FROM (SELECT 1 AS "nothing" FROM (SELECT TRUE AS "nothing" FROM "#scan 1" AS "r") AS "notes") AS "u1") AS "q0"
