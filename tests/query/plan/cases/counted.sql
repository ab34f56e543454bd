-- how many rows are found: the column by which they are
SELECT i.id, count(l.quantity) AS n, max(i.size) AS m FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id AND l.flag = 'R' GROUP BY i.id
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines" WHERE "lines"."flag" = 'R' AND NOT "lines"."quantity" IS NULL
-- scan 2 @ shop: SELECT "items"."id" AS "id", "items"."size" AS "size" FROM "items" AS "items"
SELECT "u1"."id" AS "id", COUNT("u2"."item") AS "n", MAX("u1"."size") AS "m" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 1" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not where rows count that have no value
SELECT i.id, count(l.quantity) AS n, count(*) AS m FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", COUNT("u2"."quantity") AS "n", COUNT(*) AS "m" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not of distinct values
SELECT i.id, count(DISTINCT l.quantity) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", COUNT(DISTINCT "u2"."quantity") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not of two columns
SELECT i.id, count(l.quantity) AS n, count(l.flag) AS m FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT COUNT("lines"."quantity") AS "count", COUNT("lines"."flag") AS "count_2", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n", CAST(COALESCE(SUM("u2"."count_2"), 0) AS BIGINT) AS "m" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not of one that is looked at besides
SELECT l.quantity, count(l.quantity) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY l.quantity
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u2"."quantity" AS "quantity", COUNT("u2"."quantity") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u2"."quantity"

-- not of the rows of an inner join, which would be fewer
SELECT i.id, count(l.quantity) AS n FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT COUNT("lines"."quantity") AS "count", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id" GROUP BY "u1"."id"
