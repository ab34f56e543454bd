-- each key once
SELECT i.id FROM shop.items AS i WHERE i.id IN (SELECT l.item FROM depot.lines AS l WHERE l.quantity > 3)
-- =>
-- scan 1 @ depot: SELECT DISTINCT "lines"."item" AS "item" FROM "lines" AS "lines" WHERE "lines"."quantity" > 3
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."id" IN (SELECT "u1"."item" AS "item" FROM "#scan 1" AS "u1")

-- for EXISTS
SELECT i.id FROM shop.items AS i WHERE NOT EXISTS (SELECT 1 FROM depot.lines AS l WHERE l.item = i.id)
-- =>
-- scan 1 @ depot: SELECT DISTINCT "lines"."item" AS "item" FROM "lines" AS "lines"
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE NOT EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" WHERE "u1"."item" = "u2"."id")

-- not what is added up
SELECT i.id FROM shop.items AS i WHERE i.id IN (SELECT sum(l.item + 1) FROM depot.lines AS l)
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."id" IN (SELECT SUM("u1"."item" + 1) AS "sum" FROM "#scan 2" AS "u1")

-- not what is numbered
SELECT i.id FROM shop.items AS i WHERE i.id IN (SELECT row_number() OVER (ORDER BY l.flag) FROM depot.lines AS l)
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ depot: SELECT "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."id" IN (SELECT ROW_NUMBER() OVER (ORDER BY "u1"."flag") AS "row_number" FROM "#scan 2" AS "u1")

-- not what is distinct already
SELECT n.text FROM desk.notes AS n WHERE n.order_id IN (SELECT o.id FROM sales.orders AS o)
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."text" AS "text" FROM "#scan 2" AS "u2" WHERE "u2"."order_id" IN (SELECT "u1"."id" AS "id" FROM "#scan 3" AS "u1")
