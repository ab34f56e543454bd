-- case is folded, spelling is the table's
SELECT ID, "REGION", amount FROM SALES.Orders
-- =>
SELECT "orders"."id" AS "id", "orders"."region" AS "region", "orders"."Amount" AS "amount" FROM "sales"."orders" AS "orders"

-- a relation may be called in full
SELECT sales.orders.id FROM sales.orders
-- =>
SELECT "orders"."id" AS "id" FROM "sales"."orders" AS "orders"

-- an alias hides the relation's name
SELECT sales.orders.id FROM sales.orders AS o
-- =>
-- UndefinedColumn: column "orders.id" does not exist

-- an alias in capitals
SELECT O.id FROM sales.orders AS O
-- =>
SELECT "o"."id" AS "id" FROM "sales"."orders" AS "o"

-- an unknown column
SELECT nope FROM sales.orders
-- =>
-- UndefinedColumn: column "nope" does not exist

-- an unknown column of an alias
SELECT o.nope FROM sales.orders AS o
-- =>
-- UndefinedColumn: column "nope" does not exist

-- an unknown relation
SELECT 1 FROM sales.nope
-- =>
-- UndefinedTable: relation "sales.nope" does not exist

-- an unknown alias
SELECT x.id FROM sales.orders AS o
-- =>
-- UndefinedColumn: column "x.id" does not exist

-- two relations have it
SELECT region FROM sales.orders, sales.customers
-- =>
-- AmbiguousColumn: column reference "region" is ambiguous

-- a struct's field
SELECT info.a, o.info.b FROM sales.orders AS o
-- =>
SELECT "o"."info"."a" AS "a", "o"."info"."b" AS "b" FROM "sales"."orders" AS "o"

-- a whole row
SELECT o FROM sales.customers AS o
-- =>
SELECT {'customer': "o"."customer", 'region': "o"."region", 'name': "o"."name"} AS "o" FROM "sales"."customers" AS "o"
