-- correlated
SELECT id FROM sales.orders AS o WHERE EXISTS (SELECT 1 FROM shipping.parcels WHERE id = o.id)
-- =>
SELECT "o"."id" AS "id" FROM "sales"."orders" AS "o" WHERE EXISTS(SELECT 1 AS "?column?" FROM "shipping"."parcels" AS "parcels" WHERE "parcels"."id" = "o"."id")

-- the inner name wins
SELECT (SELECT max(id) FROM shipping.parcels) FROM sales.orders
-- =>
SELECT (SELECT MAX("parcels"."id") AS "max" FROM "shipping"."parcels" AS "parcels") AS "max" FROM "sales"."orders" AS "orders"

-- in
SELECT id FROM sales.orders WHERE id IN (SELECT id FROM shipping.parcels)
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders" WHERE "orders"."id" IN (SELECT "parcels"."id" AS "id" FROM "shipping"."parcels" AS "parcels")

-- an inner alias is not seen outside
SELECT p.weight FROM sales.orders WHERE EXISTS (SELECT 1 FROM shipping.parcels AS p)
-- =>
-- UndefinedColumn: column "p.weight" does not exist

-- a lambda's argument hides a column
SELECT list_transform([1], id -> id + o.customer) FROM sales.orders AS o
-- =>
SELECT LIST_TRANSFORM([1], LAMBDA "id" : "id" + "o"."customer") AS "list_transform" FROM "sales"."orders" AS "o"
