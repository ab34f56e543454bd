-- how often a key is found, which has many rows
SELECT f.id, count(o.customer) AS n, max(f.id) AS m FROM shop.firms AS f LEFT JOIN sales.orders AS o ON o.customer = f.id GROUP BY f.id HAVING count(o.customer) > 2
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("ku2"."n"), 0) AS BIGINT) AS "n", MAX("u1"."id") AS "m" FROM "#scan 1" AS "u1" LEFT JOIN (SELECT "u2"."customer" AS "k", COUNT(*) AS "n" FROM "#scan 2" AS "u2" GROUP BY "u2"."customer") AS "ku2" ON "ku2"."k" = "u1"."id" GROUP BY "u1"."id" HAVING CAST(COALESCE(SUM("ku2"."n"), 0) AS BIGINT) > 2

-- of those that it has keys of, too
SELECT f.id, count(p.order_id) AS n FROM shop.firms AS f LEFT JOIN depot.parcels AS p ON p.order_id = f.id GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ depot: SELECT "parcels"."order_id" AS "order_id" FROM "parcels" AS "parcels" WHERE |keys 1|
--   keys 1 = scan 1.id: "parcels"."order_id" = ANY(ARRAY(SELECT "k"."k1" FROM "keys 1" AS "k"))
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("ku2"."n"), 0) AS BIGINT) AS "n" FROM "#scan 1" AS "u1" LEFT JOIN (SELECT "u2"."order_id" AS "k", COUNT(*) AS "n" FROM "#scan 2" AS "u2" GROUP BY "u2"."order_id") AS "ku2" ON "ku2"."k" = "u1"."id" GROUP BY "u1"."id"

-- not where a key has few rows
SELECT f.id, count(o.customer) AS n FROM shop.firms AS f LEFT JOIN hr.staff AS o ON o.customer = f.id GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ hr: SELECT "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", COUNT("u2"."customer") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."id" GROUP BY "u1"."id"

-- not where its source counts
SELECT i.id, count(l.item) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT COUNT("lines"."item") AS "count", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not beside what is added up of each row
SELECT f.id, count(o.customer) AS n, sum(f.id) AS s FROM shop.firms AS f LEFT JOIN sales.orders AS o ON o.customer = f.id GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", COUNT("u2"."customer") AS "n", SUM("u1"."id") AS "s" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."id" GROUP BY "u1"."id"

-- not of rows of which there is none
SELECT f.id, count(*) AS n FROM shop.firms AS f LEFT JOIN sales.orders AS o ON o.customer = f.id GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", COUNT(*) AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."id" GROUP BY "u1"."id"

-- not of distinct values
SELECT f.id, count(DISTINCT o.customer) AS n FROM shop.firms AS f LEFT JOIN sales.orders AS o ON o.customer = f.id GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id" FROM "firms" AS "firms"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", COUNT(DISTINCT "u2"."customer") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."id" GROUP BY "u1"."id"

-- not where the join asks more
SELECT f.id, count(o.customer) AS n FROM shop.firms AS f LEFT JOIN sales.orders AS o ON o.customer = f.id AND f.name > 'K' GROUP BY f.id
-- =>
-- scan 1 @ shop: SELECT "firms"."id" AS "id", "firms"."name" AS "name" FROM "firms" AS "firms"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", COUNT("u2"."customer") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."id" AND "u1"."name" > 'K' GROUP BY "u1"."id"
