-- natural
SELECT * FROM sales.orders AS o NATURAL JOIN sales.customers AS c
-- =>
SELECT "o"."id" AS "id", COALESCE("o"."customer", "c"."customer") AS "customer", COALESCE("o"."region", "c"."region") AS "region", "o"."Amount" AS "amount", "o"."info" AS "info", "c"."name" AS "name" FROM "sales"."orders" AS "o" JOIN "sales"."customers" AS "c" ON "o"."customer" = "c"."customer" AND "o"."region" = "c"."region"

-- natural without a common column
SELECT o.id FROM sales.customers AS c NATURAL JOIN (SELECT id FROM sales.orders) AS o
-- =>
SELECT "o"."id" AS "id" FROM "sales"."customers" AS "c" CROSS JOIN (SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders") AS "o"

-- using
SELECT customer, o.id FROM sales.orders AS o LEFT JOIN sales.customers AS c USING (customer)
-- =>
SELECT COALESCE("o"."customer", "c"."customer") AS "customer", "o"."id" AS "id" FROM "sales"."orders" AS "o" LEFT JOIN "sales"."customers" AS "c" ON "o"."customer" = "c"."customer"

-- full join using
SELECT customer FROM sales.orders AS o FULL JOIN sales.customers AS c USING (customer)
-- =>
SELECT COALESCE("o"."customer", "c"."customer") AS "customer" FROM "sales"."orders" AS "o" FULL JOIN "sales"."customers" AS "c" ON "o"."customer" = "c"."customer"

-- using an unknown column
SELECT 1 FROM sales.orders AS o JOIN sales.customers AS c USING (nope)
-- =>
-- UndefinedColumn: column "nope" does not exist

-- semi join
SELECT id FROM sales.orders AS o SEMI JOIN sales.customers AS c ON o.customer = c.customer
-- =>
SELECT "o"."id" AS "id" FROM "sales"."orders" AS "o" SEMI JOIN "sales"."customers" AS "c" ON "o"."customer" = "c"."customer"

-- lateral
SELECT o.id, l.w FROM sales.orders AS o, LATERAL (SELECT max(weight) AS w FROM shipping.parcels AS p WHERE p.id = o.id) AS l
-- =>
SELECT "o"."id" AS "id", "l"."w" AS "w" FROM "sales"."orders" AS "o", LATERAL (SELECT MAX("p"."weight") AS "w" FROM "shipping"."parcels" AS "p" WHERE "p"."id" = "o"."id") AS "l"

-- positional
SELECT o.id FROM sales.orders AS o POSITIONAL JOIN shipping.parcels AS p
-- =>
SELECT "o"."id" AS "id" FROM "sales"."orders" AS "o" POSITIONAL JOIN "shipping"."parcels" AS "p"

-- asof
SELECT o.id FROM sales.orders AS o ASOF JOIN shipping.parcels AS p ON o.id >= p.id
-- =>
SELECT "o"."id" AS "id" FROM "sales"."orders" AS "o" ASOF JOIN "shipping"."parcels" AS "p" ON "o"."id" >= "p"."id"
