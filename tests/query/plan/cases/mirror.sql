-- a condition on what stays is asked at its source, and what is joined gets keys
SELECT o.id, l.weight FROM depot.lines AS l RIGHT JOIN sales.orders AS o ON l.order_id = o.id WHERE o.day = date '2026-01-01' AND o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "orders"."status" = 'open'
-- scan 2 @ depot: SELECT "lines"."weight" AS "weight", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."weight" AS "weight" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id"

-- what follows joins the same rows
SELECT o.id, c.name FROM depot.lines AS l RIGHT JOIN sales.orders AS o ON l.order_id = o.id JOIN sales.customers AS c ON c.id = o.customer WHERE o.day = date '2026-01-01'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "customers"."name" AS "name" FROM "orders" AS "orders" CROSS JOIN "customers" AS "customers" WHERE "orders"."day" = CAST('2026-01-01' AS DATE) AND "customers"."id" = "orders"."customer"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u1"."name" AS "name" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id"

-- not after another join
SELECT o.id, l.weight FROM depot.lines AS l JOIN shop.items AS i ON i.id = l.item RIGHT JOIN sales.orders AS o ON l.order_id = o.id WHERE o.day = date '2026-01-01'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders" WHERE "orders"."day" = CAST('2026-01-01' AS DATE)
-- scan 2 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items"
-- scan 3 @ depot: SELECT "lines"."weight" AS "weight", "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u3"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 3" AS "u1" JOIN "#scan 2" AS "u2" ON "u2"."id" = "u1"."item" RIGHT JOIN "#scan 1" AS "u3" ON "u1"."order_id" = "u3"."id" WHERE "u3"."day" = CAST('2026-01-01' AS DATE)

-- not a FULL JOIN
SELECT o.id, l.weight FROM depot.lines AS l FULL JOIN sales.orders AS o ON l.order_id = o.id WHERE o.day = date '2026-01-01'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."weight" AS "weight", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 2" AS "u1" FULL JOIN "#scan 1" AS "u2" ON "u1"."order_id" = "u2"."id" WHERE "u2"."day" = CAST('2026-01-01' AS DATE)
