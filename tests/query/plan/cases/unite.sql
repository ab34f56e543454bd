-- what both have, asked where both are
SELECT o.customer FROM sales.orders AS o INTERSECT SELECT c.id FROM sales.customers AS c
-- =>
-- scan 1 @ sales: SELECT "u3.1"."k1" AS "k1" FROM (SELECT "orders"."customer" AS "k1" FROM "orders" AS "orders" INTERSECT SELECT "customers"."id" AS "k1" FROM "customers" AS "customers") AS "u3.1"
SELECT "u3"."k1" AS "customer" FROM "#scan 1" AS "u3"

-- in its order, the first of it only
SELECT o.region FROM sales.orders AS o WHERE o.status = 'x' UNION SELECT c.region FROM sales.customers AS c ORDER BY region DESC LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "u3.1"."k1" AS "k1" FROM (SELECT "orders"."region" AS "k1" FROM "orders" AS "orders" WHERE "orders"."status" = 'x' UNION SELECT "customers"."region" AS "k1" FROM "customers" AS "customers") AS "u3.1" ORDER BY "u3.1"."k1" COLLATE "C" DESC NULLS LAST LIMIT 3
SELECT "u3"."k1" AS "region" FROM "#scan 1" AS "u3" ORDER BY "region" DESC LIMIT 3

-- three sides, and one in brackets
SELECT o.region FROM sales.orders AS o EXCEPT (SELECT c.region FROM sales.customers AS c UNION SELECT p.page FROM sales.visits AS p)
-- =>
-- scan 1 @ sales: SELECT "u5.2"."k1" AS "k1" FROM (SELECT "orders"."region" AS "k1" FROM "orders" AS "orders" EXCEPT SELECT "u3.1"."k1" AS "k1" FROM (SELECT "customers"."region" AS "k1" FROM "customers" AS "customers" UNION SELECT "visits"."page" AS "k1" FROM "visits" AS "visits") AS "u3.1") AS "u5.2"
SELECT "u5"."k1" AS "region" FROM "#scan 1" AS "u5"

-- UNION ALL that is added up
SELECT t.kind, t.region, count(*) FROM (SELECT 'order' AS kind, o.region FROM sales.orders AS o UNION ALL SELECT 'customer', c.region FROM sales.customers AS c) AS t GROUP BY t.kind, t.region
-- =>
-- scan 1 @ sales: SELECT "u3.2"."k1" AS "k1", "u3.2"."k2" AS "k2", COUNT(*) AS "count" FROM (SELECT "u3.1"."k1" AS "k1", "u3.1"."k2" AS "k2" FROM (SELECT CAST('order' AS TEXT) AS "k1", "orders"."region" AS "k2" FROM "orders" AS "orders" UNION ALL SELECT CAST('customer' AS TEXT) AS "k1", "customers"."region" AS "k2" FROM "customers" AS "customers") AS "u3.1") AS "u3.2" GROUP BY "u3.2"."k1", "u3.2"."k2"
SELECT "u3"."k1" AS "kind", "u3"."k2" AS "region", "u3"."count" AS "count" FROM "#scan 1" AS "u3"

-- its rows give keys
SELECT l.quantity FROM depot.lines AS l WHERE l.order_id IN (SELECT o.id FROM sales.orders AS o WHERE o.region = 'EU' INTERSECT SELECT o.id FROM sales.orders AS o WHERE o.status = 'x')
-- =>
-- scan 1 @ sales: SELECT "u3.1"."k1" AS "k1" FROM (SELECT "orders"."id" AS "k1" FROM "orders" AS "orders" WHERE "orders"."region" = 'EU' INTERSECT SELECT "orders_2"."id" AS "k1" FROM "orders" AS "orders_2" WHERE "orders_2"."status" = 'x') AS "u3.1"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.k1: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u4"."quantity" AS "quantity" FROM "#scan 2" AS "u4" WHERE "u4"."order_id" IN (SELECT "u3"."k1" AS "id" FROM "#scan 1" AS "u3")

-- sides with a filter and a mask of their own
SELECT s.name FROM hr.staff AS s INTERSECT SELECT s.code FROM hr.staff AS s WHERE s.id < 500
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."id" < 500 AND "staff"."region" = 'EU'
-- scan 2 @ hr: SELECT (LEFT("staff"."name", 1) || '***') AS "name" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."name" AS "name" FROM "#scan 2" AS "u2" INTERSECT SELECT "u1"."code" AS "code" FROM "#scan 1" AS "u1"

-- not of two sources
SELECT o.id FROM sales.orders AS o INTERSECT SELECT s.id FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" INTERSECT SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- not where a side would be cast
SELECT o.id FROM sales.orders AS o WHERE o.region = 'EU' INTERSECT SELECT 3 FROM sales.customers AS c
-- =>
-- scan 1 @ sales: SELECT 1 AS "nothing" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" INTERSECT SELECT 3 AS "?column?" FROM "#scan 1" AS "u1"

-- not UNION ALL that is the answer: its branches are read side by side
SELECT o.region FROM sales.orders AS o UNION ALL SELECT c.region FROM sales.customers AS c
-- =>
-- scan 1 @ sales: SELECT "customers"."region" AS "region" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region" FROM "#scan 2" AS "u2" UNION ALL SELECT "u1"."region" AS "region" FROM "#scan 1" AS "u1"

-- not what is different in most rows
SELECT o.id FROM sales.orders AS o UNION SELECT v.visit FROM sales.visits AS v
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ sales: SELECT "visits"."visit" AS "visit" FROM "visits" AS "visits"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" UNION SELECT "u1"."visit" AS "visit" FROM "#scan 2" AS "u1"

-- not what the gateway hashes
SELECT s.email FROM hr.staff AS s UNION SELECT s.code FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code", "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
SELECT "u2"."email" AS "email" FROM "#scan 1" AS "u2" UNION SELECT "u1"."code" AS "code" FROM "#scan 1" AS "u1"

-- not of rows only
SELECT i.name FROM shop.items AS i UNION SELECT m.town FROM shop.makers AS m
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name" FROM "items" AS "items"
-- scan 2 @ shop: SELECT "r"."town" AS "town" FROM "makers" AS "r"
SELECT "u2"."name" AS "name" FROM "#scan 1" AS "u2" UNION SELECT "u1"."town" AS "town" FROM (SELECT "makers"."town" AS "town" FROM (SELECT LEFT("r"."town", 1) || '***' AS "town" FROM "#scan 2" AS "r" OFFSET 0) AS "makers") AS "u1"

-- not what the engine still filters
SELECT o.region FROM sales.orders AS o WHERE round(o.total) = 3 EXCEPT SELECT c.region FROM sales.customers AS c
-- =>
-- scan 1 @ sales: SELECT DISTINCT "customers"."region" AS "region" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."region" AS "region", "orders"."total" AS "total" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region" FROM "#scan 2" AS "u2" WHERE ROUND("u2"."total") = 3 EXCEPT SELECT DISTINCT "u1"."region" AS "region" FROM "#scan 1" AS "u1"

-- not what refers to itself
WITH RECURSIVE t AS (SELECT c.id FROM sales.customers AS c UNION SELECT o.customer FROM sales.orders AS o) SELECT t.id FROM t, t AS u WHERE u.id = t.id
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
WITH RECURSIVE "t" AS (SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" UNION SELECT "u1"."customer" AS "customer" FROM "#scan 2" AS "u1") SELECT "q0"."id" AS "id" FROM "t" AS "q0" CROSS JOIN "t" AS "q1" WHERE "q1"."id" = "q0"."id"
