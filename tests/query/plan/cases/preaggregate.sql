-- sums per join key, added up after the join
SELECT i.name, sum(l.quantity) AS q, count(*) AS n, avg(l.quantity) AS a FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT SUM("lines"."quantity") AS "sum", COUNT(*) AS "count", COUNT("lines"."quantity") AS "count_2", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT "u1"."name" AS "name", SUM("u2"."sum") AS "q", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n", (ROUND(CAST(SUM("u2"."sum") AS DOUBLE) * 1e2) / (CAST(COALESCE(SUM("u2"."count_2"), 0) AS BIGINT) * 1e2)) AS "a" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id" GROUP BY "u1"."name"

-- a CASE of the other side's
SELECT sum(CASE WHEN i.size = 1 THEN l.quantity ELSE 0 END) AS q FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id", "items"."size" AS "size" FROM "items" AS "items"
-- scan 2 @ depot: SELECT SUM("lines"."quantity") AS "sum", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT SUM(CASE WHEN "u1"."size" = 1 THEN "u2"."sum" ELSE 0 END) AS "q" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id"

-- without keys, no group of no rows
SELECT i.name, count(*) AS n FROM shop.items AS i, depot.lines AS l GROUP BY i.name
-- =>
-- scan 1 @ depot: SELECT COUNT(*) AS "count" FROM "lines" AS "lines" HAVING COUNT(*) > 0
-- scan 2 @ shop: SELECT "items"."name" AS "name" FROM "items" AS "items"
SELECT "u1"."name" AS "name", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" GROUP BY "u1"."name"

-- not distinct values
SELECT i.name, count(DISTINCT l.flag) AS n FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "u1"."name" AS "name", COUNT(DISTINCT "u2"."flag") AS "n" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id" GROUP BY "u1"."name"

-- not where there are hardly fewer groups than rows
SELECT n.text, sum(o.total) AS t FROM desk.notes AS n JOIN sales.orders AS o ON o.id = n.order_id GROUP BY n.text
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."total" AS "total", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."text" AS "text", SUM("u2"."total") AS "t" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 3" AS "u2" WHERE "u2"."id" = "u1"."order_id" GROUP BY "u1"."text"

-- not a sum of the other side's
SELECT i.name, sum(i.size) AS s FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."size" AS "size", "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u1"."name" AS "name", SUM("u1"."size") AS "s" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id" GROUP BY "u1"."name"

-- the nullable side of a LEFT JOIN, of which columns alone are added up
SELECT i.name, sum(l.quantity) AS q FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT SUM("lines"."quantity") AS "sum", "lines"."item" AS "item" FROM "lines" AS "lines" GROUP BY "lines"."item"
SELECT "u1"."name" AS "name", SUM("u2"."sum") AS "q" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."name"

-- not with FILTER
SELECT i.name, sum(l.quantity) FILTER (WHERE i.size = 1) AS q FROM shop.items AS i JOIN depot.lines AS l ON l.item = i.id GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id", "items"."size" AS "size" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u1"."name" AS "name", SUM("u2"."quantity") FILTER(WHERE "u1"."size" = 1) AS "q" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."item" = "u1"."id" GROUP BY "u1"."name"

-- of what a LEFT JOIN adds, columns are added up at the source
SELECT i.id, count(l.order_id) AS n, max(l.flag) FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id AND l.flag NOT LIKE '%x%' GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT COUNT("lines"."order_id") AS "count", MAX("lines"."flag" COLLATE "C") AS "max", "lines"."item" AS "item" FROM "lines" AS "lines" WHERE "lines"."flag" NOT LIKE '%x%' GROUP BY "lines"."item"
SELECT "u1"."id" AS "id", CAST(COALESCE(SUM("u2"."count"), 0) AS BIGINT) AS "n", MAX("u2"."max") AS "max" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not the rows of NULLs that a LEFT JOIN fills up with
SELECT i.id, count(*) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", COUNT(*) AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not what is calculated of NULLs that a LEFT JOIN fills up with
SELECT i.id, sum(CASE WHEN l.order_id IS NULL THEN 1 ELSE 0 END) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY i.id
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", SUM(CASE WHEN "u2"."order_id" IS NULL THEN 1 ELSE 0 END) AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY "u1"."id"

-- not by what is calculated of NULLs that a LEFT JOIN fills up with
SELECT coalesce(l.flag, '-') AS f, count(l.order_id) AS n FROM shop.items AS i LEFT JOIN depot.lines AS l ON l.item = i.id GROUP BY coalesce(l.flag, '-')
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."flag" AS "flag", "lines"."order_id" AS "order_id", "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT COALESCE("u2"."flag", '-') AS "f", COUNT("u2"."order_id") AS "n" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."item" = "u1"."id" GROUP BY COALESCE("u2"."flag", '-')
