-- each region once from both
SELECT o.region FROM sales.orders AS o UNION SELECT s.region FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT DISTINCT "staff"."region" AS "region" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT DISTINCT "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT DISTINCT "u2"."region" AS "region" FROM "#scan 2" AS "u2" UNION SELECT DISTINCT "u1"."region" AS "region" FROM "#scan 1" AS "u1"

-- what one has and the other has not
SELECT o.status FROM sales.orders AS o WHERE o.total > 3 EXCEPT SELECT s.region FROM hr.staff AS s
-- =>
-- scan 1 @ sales: SELECT DISTINCT "orders"."status" AS "status" FROM "orders" AS "orders" WHERE "orders"."total" > 3
-- scan 2 @ hr: SELECT DISTINCT "staff"."region" AS "region" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT DISTINCT "u2"."status" AS "status" FROM "#scan 1" AS "u2" EXCEPT SELECT DISTINCT "u1"."region" AS "region" FROM "#scan 2" AS "u1"

-- not with ALL
SELECT o.region FROM sales.orders AS o INTERSECT ALL SELECT s.region FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."region" AS "region" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region" FROM "#scan 2" AS "u2" INTERSECT ALL SELECT "u1"."region" AS "region" FROM "#scan 1" AS "u1"

-- not what is different in most rows
SELECT o.id FROM sales.orders AS o INTERSECT SELECT l.order_id FROM depot.lines AS l
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" INTERSECT SELECT "u1"."order_id" AS "order_id" FROM "#scan 2" AS "u1"

-- not what the engine still filters
SELECT o.region FROM sales.orders AS o WHERE round(o.total) = 3 UNION SELECT o.status FROM sales.orders AS o WHERE round(o.total) = 4
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status", "orders"."total" AS "total", "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."region" AS "region" FROM "#scan 1" AS "u2" WHERE ROUND("u2"."total") = 3 UNION SELECT "u1"."status" AS "status" FROM "#scan 1" AS "u1" WHERE ROUND("u1"."total") = 4
