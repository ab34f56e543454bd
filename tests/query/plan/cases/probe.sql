-- a table is searched by all keys at once
SELECT o.id, p.item FROM sales.orders AS o JOIN depot.parcels AS p ON p.order_id = o.id WHERE o.customer = 7 AND p.item <> 5
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "parcels"."item" AS "item", "parcels"."order_id" AS "order_id" FROM "parcels" AS "parcels" WHERE "parcels"."item" <> 5 AND |keys 1|
--   keys 1 = scan 1.id: "parcels"."order_id" = ANY(ARRAY(SELECT "k"."k1" FROM "keys 1" AS "k"))
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not where another index may lead to rows
SELECT o.id, p.item FROM sales.orders AS o JOIN depot.parcels AS p ON p.order_id = o.id WHERE o.customer = 7 AND p.weighed > DATE '2026-01-01'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "parcels"."item" AS "item", "parcels"."order_id" AS "order_id" FROM "parcels" AS "parcels" WHERE "parcels"."weighed" > CAST('2026-01-01' AS DATE) AND |keys 1|
--   keys 1 = scan 1.id: "parcels"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not where rows lie in another order
SELECT o.id, b.item FROM sales.orders AS o JOIN depot.boxes AS b ON b.order_id = o.id WHERE o.customer = 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "boxes"."item" AS "item", "boxes"."order_id" AS "order_id" FROM "boxes" AS "boxes" WHERE |keys 1|
--   keys 1 = scan 1.id: "boxes"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not where keys leave many rows
SELECT o.id, p.item FROM sales.orders AS o JOIN depot.parcels AS p ON p.order_id = o.id WHERE o.status IN ('a', 'b')
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" IN ('a', 'b')
-- scan 2 @ depot: SELECT "parcels"."item" AS "item", "parcels"."order_id" AS "order_id" FROM "parcels" AS "parcels" WHERE |keys 1|
--   keys 1 = scan 1.id: "parcels"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"
