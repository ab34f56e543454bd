-- one aggregate per key
SELECT c.id FROM sales.customers AS c WHERE c.id > (SELECT max(n.order_id) FROM desk.notes AS n WHERE n.order_id = c.id)
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "customers"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id" FROM "#scan 3" AS "u2" CROSS JOIN (SELECT "u1"."order_id" AS "k1", MAX("u1"."order_id") AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id") AS "d1" WHERE "u2"."id" > "d1"."v" AND "d1"."k1" = "u2"."id"

-- with so many keys that the engine adds up
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT avg(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" CROSS JOIN (SELECT "u1"."order_id" AS "k1", (ROUND(CAST(SUM("u1"."quantity") AS DOUBLE) * 1e2) / (COUNT("u1"."quantity") * 1e2)) AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id") AS "d1" WHERE "u2"."total" > "d1"."v" AND "d1"."k1" = "u2"."id"

-- a count of nothing is 0
SELECT c.id FROM sales.customers AS c WHERE (SELECT count(*) FROM sales.orders AS o WHERE o.customer = c.id) = 0
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" LEFT JOIN (SELECT "u1"."customer" AS "k1", COUNT(*) AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."customer") AS "d1" ON "d1"."k1" = "u2"."id" WHERE COALESCE("d1"."v", 0) = 0

-- values beside each row, found for some only
SELECT c.name, (SELECT count(*) FROM sales.orders AS o WHERE o.customer = c.id) AS n, (SELECT max(o.day) FROM sales.orders AS o WHERE o.customer = c.id) AS d FROM sales.customers AS c WHERE c.region = 'EU' ORDER BY c.id LIMIT 5
-- =>
-- scan 1 @ sales: SELECT "customers"."name" AS "name", "customers"."id" AS "id" FROM "customers" AS "customers" WHERE "customers"."region" = 'EU' ORDER BY "customers"."id" LIMIT 5
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer", "orders"."day" AS "day" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.id: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u3"."name" AS "name", COALESCE("d1"."v", 0) AS "n", "d2"."v" AS "d" FROM "#scan 1" AS "u3" LEFT JOIN (SELECT "u2"."customer" AS "k1", COUNT(*) AS "v" FROM "#scan 2" AS "u2" GROUP BY "u2"."customer") AS "d1" ON "d1"."k1" = "u3"."id" LEFT JOIN (SELECT "u1"."customer" AS "k1", MAX("u1"."day") AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."customer") AS "d2" ON "d2"."k1" = "u3"."id" ORDER BY "u3"."id" LIMIT 5

-- where NULL may pass
SELECT o.id FROM sales.orders AS o WHERE coalesce((SELECT sum(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id), 0) < 5
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" LEFT JOIN (SELECT "u1"."order_id" AS "k1", SUM("u1"."quantity") AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id") AS "d1" ON "d1"."k1" = "u2"."id" WHERE COALESCE("d1"."v", 0) < 5

-- not what is tied by more than equalities
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT max(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id AND l.quantity < o.total)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."total" > (SELECT MAX("u1"."quantity") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id" AND "u1"."quantity" < "u2"."total")

-- not what may raise over more rows
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT max(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id AND CAST(l.flag AS BIGINT) = 1)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."total" > (SELECT MAX("u1"."quantity") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id" AND CAST("u1"."flag" AS BIGINT) = 1)

-- not beside groups
SELECT c.region, count(*) AS n, (SELECT count(*) FROM sales.orders AS o WHERE o.region = c.region) AS m FROM sales.customers AS c GROUP BY c.region
-- =>
-- scan 1 @ sales: SELECT "customers"."region" AS "region", COUNT(*) AS "count" FROM "customers" AS "customers" GROUP BY "customers"."region"
-- scan 2 @ sales: SELECT "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region", "u2"."count" AS "n", (SELECT COUNT(*) AS "count" FROM "#scan 2" AS "u1" WHERE "u1"."region" = "u2"."region") AS "m" FROM "#scan 1" AS "u2"

-- not a count that something is added to: of nothing it is not 0
SELECT c.id FROM sales.customers AS c WHERE (SELECT count(*) + 1 FROM sales.orders AS o WHERE o.customer = c.id) = 1
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE (SELECT COUNT(*) + 1 AS "?column?" FROM "#scan 2" AS "u1" WHERE "u1"."customer" = "u2"."id") = 1
