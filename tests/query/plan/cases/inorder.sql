-- many groups by what the rows lie in the order of
SELECT p.weighed, sum(p.item) AS s FROM depot.parcels AS p WHERE p.item > 7 GROUP BY p.weighed
-- =>
-- scan 1 @ depot: SELECT "parcels"."weighed" AS "weighed", SUM("parcels"."item") AS "sum" FROM (SELECT "parcels"."item", "parcels"."weighed" FROM "parcels" AS "parcels" WHERE "parcels"."item" > 7 ORDER BY "parcels"."weighed" OFFSET 0) AS "parcels" GROUP BY "parcels"."weighed"
SELECT "u1"."weighed" AS "weighed", "u1"."sum" AS "s" FROM "#scan 1" AS "u1"

-- not by what they do not lie in the order of
SELECT b.order_id, max(b.order_id) AS s FROM depot.boxes AS b GROUP BY b.order_id
-- =>
-- scan 1 @ depot: SELECT "boxes"."order_id" AS "order_id" FROM "boxes" AS "boxes"
SELECT "u1"."order_id" AS "order_id", MAX("u1"."order_id") AS "s" FROM "#scan 1" AS "u1" GROUP BY "u1"."order_id"

-- not by several
SELECT p.weighed, p.item, count(*) AS n FROM depot.parcels AS p GROUP BY p.weighed, p.item
-- =>
-- scan 1 @ depot: SELECT "parcels"."weighed" AS "weighed", "parcels"."item" AS "item" FROM "parcels" AS "parcels"
SELECT "u1"."weighed" AS "weighed", "u1"."item" AS "item", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY "u1"."weighed", "u1"."item"
