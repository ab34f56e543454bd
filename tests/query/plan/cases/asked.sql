-- an expression with a subquery is grouped by its name
SELECT CASE WHEN o.customer IN (SELECT v.visit FROM sales.visits AS v) THEN 'seen' ELSE 'not' END AS kind, count(*) AS n FROM sales.orders AS o GROUP BY kind
-- =>
-- scan 1 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
-- scan 2 @ sales: SELECT "visits"."visit" AS "visit" FROM "visits" AS "visits"
SELECT "g2"."k1" AS "kind", COUNT(*) AS "n" FROM (SELECT CASE WHEN "u2"."customer" IN (SELECT "u1"."visit" AS "visit" FROM "#scan 2" AS "u1") THEN 'seen' ELSE 'not' END AS "k1" FROM "#scan 1" AS "u2") AS "g2" GROUP BY "g2"."k1"

-- in sets
SELECT EXISTS (SELECT 1 FROM depot.lines AS l WHERE l.order_id = o.id) AS sent, count(*) AS n FROM sales.orders AS o GROUP BY ROLLUP (sent)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "g2"."k1" AS "sent", COUNT(*) AS "n" FROM (SELECT EXISTS(SELECT 1 AS "one" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id") AS "k1" FROM "#scan 1" AS "u2") AS "g2" GROUP BY ROLLUP ("g2"."k1")

-- not what asks no subquery
SELECT upper(o.status) AS kind, count(*) AS n FROM sales.orders AS o GROUP BY kind
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT UPPER("u1"."status") AS "kind", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY UPPER("u1"."status")

-- not a subquery beside the keys
SELECT o.status, (SELECT max(v.visit) FROM sales.visits AS v) AS last, count(*) AS n FROM sales.orders AS o GROUP BY o.status
-- =>
-- scan 1 @ sales: SELECT MAX("visits"."visit") AS "max" FROM "visits" AS "visits"
-- scan 2 @ sales: SELECT "orders"."status" AS "status", COUNT(*) AS "count" FROM "orders" AS "orders" GROUP BY "orders"."status"
SELECT "u2"."status" AS "status", (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") AS "last", "u2"."count" AS "n" FROM "#scan 2" AS "u2"
