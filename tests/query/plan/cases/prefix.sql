-- the beginning of a text, beside a filter
SELECT s.id FROM hr.staff AS s WHERE substring(s.code FROM 1 FOR 2) IN ('13', '31') AND left(s.region, 1) = 'E'
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE ("staff"."code" LIKE '13%' OR "staff"."code" LIKE '31%') AND "staff"."region" LIKE 'E%' AND "staff"."region" = 'EU'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- at SQLite too
SELECT i.id FROM shop.items AS i WHERE left(i.name, 3) = 'Bob'
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."name" GLOB 'Bob*'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- in a CASE of the list
SELECT CASE WHEN substr(o.note, 1, 1) <> 'x' OR substr(o.note, 1, 1) = 'y' THEN 1 END AS n FROM sales.orders AS o
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note" FROM "orders" AS "orders"
SELECT CASE WHEN SUBSTRING("u1"."note", 1, 1) <> 'x' OR "u1"."note" LIKE 'y%' THEN 1 END AS "n" FROM "#scan 1" AS "u1"

-- not a text of another length, nor one that means more in a pattern
SELECT o.id FROM sales.orders AS o WHERE left(o.note, 2) IN ('ab', 'c') AND left(o.region, 1) = '%'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE LEFT("orders"."note", 2) IN ('ab', 'c') AND LEFT("orders"."region", 1) = '%'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- not what begins later, nor what is calculated
SELECT o.id FROM sales.orders AS o WHERE substr(o.note, 2, 1) = 'a' AND left(upper(o.region), 1) = 'A'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders" WHERE SUBSTRING("orders"."note" FROM 2 FOR 1) = 'a'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE LEFT(UPPER("u1"."region"), 1) = 'A'
