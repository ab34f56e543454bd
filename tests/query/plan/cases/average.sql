-- the average of decimals
SELECT i.name, avg(i.size) AS s, avg(l.quantity) AS q FROM shop.items AS i LEFT JOIN desk.notes AS n ON n.order_id = i.id JOIN depot.lines AS l ON l.item = i.id AND l.weight > 1.5 GROUP BY i.name
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id", "items"."size" AS "size" FROM "items" AS "items"
-- scan 3 @ depot: SELECT "lines"."item" AS "item", "lines"."weight" AS "weight", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u1"."name" AS "name", (CAST(SUM("u1"."size") AS DOUBLE) / COUNT("u1"."size")) AS "s", (ROUND(CAST(SUM("u3"."quantity") AS DOUBLE) * 1e2) / (COUNT("u3"."quantity") * 1e2)) AS "q" FROM "#scan 2" AS "u1" LEFT JOIN (SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes") AS "u2" ON "u2"."order_id" = "u1"."id" CROSS JOIN "#scan 3" AS "u3" WHERE "u3"."item" = "u1"."id" AND "u3"."weight" > 1.5 GROUP BY "u1"."name"

-- not of approximate numbers
SELECT avg(l.weight) AS w FROM depot.lines AS l
-- =>
-- scan 1 @ depot: SELECT "lines"."weight" AS "weight" FROM "lines" AS "lines"
SELECT AVG("u1"."weight") AS "w" FROM "#scan 1" AS "u1"

-- not of distinct values, filtered, nor over a window
SELECT avg(DISTINCT l.quantity) AS d, avg(l.quantity) FILTER (WHERE l.flag = 'R') AS f, avg(sum(l.quantity)) OVER () AS w FROM depot.lines AS l GROUP BY l.item
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item", "lines"."quantity" AS "quantity", "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT AVG(DISTINCT "u1"."quantity") AS "d", AVG("u1"."quantity") FILTER(WHERE "u1"."flag" = 'R') AS "f", AVG(SUM("u1"."quantity")) OVER () AS "w" FROM "#scan 1" AS "u1" GROUP BY "u1"."item"
