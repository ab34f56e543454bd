-- keys of groups that the engine makes
SELECT o.note, sum(m.quantity) AS q FROM sales.orders AS o JOIN depot.lines AS m ON m.order_id = o.id WHERE o.id IN (SELECT l.order_id FROM depot.lines AS l GROUP BY l.order_id HAVING sum(l.quantity) > 300) GROUP BY o.note
-- =>
-- scan 1 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
-- scan 2 @ engine, first: SELECT "u1"."order_id" AS "order_id" FROM "#scan 1" AS "u1" GROUP BY "u1"."order_id" HAVING SUM("u1"."quantity") > 300
-- scan 3 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
-- scan 4 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 3.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note", SUM("u3"."quantity") AS "q" FROM "#scan 3" AS "u2" CROSS JOIN "#scan 4" AS "u3" WHERE "u2"."id" IN (SELECT "u4"."order_id" AS "order_id" FROM "#scan 2" AS "u4") AND "u3"."order_id" = "u2"."id" GROUP BY "u2"."note"

-- not what a source shows by itself
SELECT o.note FROM sales.orders AS o WHERE o.id IN (SELECT l.order_id FROM depot.lines AS l WHERE l.item = 7)
-- =>
-- scan 1 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE "lines"."item" = 7
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE "u2"."id" IN (SELECT "u1"."order_id" AS "order_id" FROM "#scan 1" AS "u1")

-- not what looks at the rows around it
SELECT o.note FROM sales.orders AS o WHERE o.id IN (SELECT l.order_id FROM depot.lines AS l WHERE l.item = o.customer GROUP BY l.order_id HAVING sum(l.weight) > 300)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."item" AS "item", "lines"."weight" AS "weight" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" IN (SELECT "u1"."order_id" AS "order_id" FROM "#scan 2" AS "u1" WHERE "u1"."item" = "u2"."customer" GROUP BY "u1"."order_id" HAVING SUM("u1"."weight") > 300)

-- not for NOT IN: a NULL among its values decides for all rows
SELECT o.note FROM sales.orders AS o WHERE o.id NOT IN (SELECT l.order_id FROM depot.lines AS l GROUP BY l.order_id HAVING sum(l.weight) > 300)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."weight" AS "weight" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE NOT "u2"."id" IN (SELECT "u1"."order_id" AS "order_id" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id" HAVING SUM("u1"."weight") > 300)

-- a value that the engine finds among rows that it joins
SELECT l.flag FROM depot.lines AS l WHERE l.order_id = (SELECT min(o.id) FROM sales.orders AS o JOIN shop.items AS i ON i.name = o.note)
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name" FROM "items" AS "items"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders"
-- scan 3 @ engine, first: SELECT MIN("u1"."id") AS "min" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."name" = "u1"."note"
-- scan 4 @ depot: SELECT "lines"."flag" AS "flag", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 3.min: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u3"."flag" AS "flag" FROM "#scan 4" AS "u3" WHERE "u3"."order_id" IN (SELECT "u4"."min" AS "min" FROM "#scan 3" AS "u4")

-- a value of a source that adds nothing up
SELECT l.flag FROM depot.lines AS l WHERE l.item = (SELECT max(i.id) FROM shop.items AS i)
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 2 @ engine, first: SELECT MAX("u1"."id") AS "max" FROM "#scan 1" AS "u1"
-- scan 3 @ depot: SELECT "lines"."flag" AS "flag", "lines"."item" AS "item" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 2.max: "lines"."item" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."flag" AS "flag" FROM "#scan 3" AS "u2" WHERE "u2"."item" IN (SELECT "u3"."max" AS "max" FROM "#scan 2" AS "u3")
