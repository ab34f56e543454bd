-- what an equality connects is joined at its source
SELECT o.id, c.name FROM sales.orders AS o JOIN sales.customers AS c ON c.id = o.customer WHERE c.region = 'EU'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "customers"."name" AS "name" FROM "orders" AS "orders" CROSS JOIN "customers" AS "customers" WHERE "customers"."region" = 'EU' AND "customers"."id" = "orders"."customer"
SELECT "u1"."id" AS "id", "u1"."name" AS "name" FROM "#scan 1" AS "u1"

-- a LEFT JOIN too
SELECT c.id, o.total FROM sales.customers AS c LEFT JOIN sales.orders AS o ON o.customer = c.id AND o.status = 'open' WHERE c.region = 'EU'
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "orders"."total" AS "total" FROM "customers" AS "customers" LEFT JOIN "orders" AS "orders" ON "orders"."customer" = "customers"."id" AND "orders"."status" = 'open' WHERE "customers"."region" = 'EU'
SELECT "u1"."id" AS "id", "u1"."total" AS "total" FROM "#scan 1" AS "u1"

-- a governed relation by a raw column, beside its filter
SELECT a.id FROM hr.staff AS a JOIN hr.staff AS b ON a.id = b.id
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" CROSS JOIN "staff" AS "staff_2" WHERE "staff"."id" = "staff_2"."id" AND "staff"."region" = 'EU' AND "staff_2"."region" = 'EU'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- not by a column that is masked
SELECT a.id FROM hr.staff AS a JOIN hr.staff AS b ON a.name = b.name
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", (LEFT("staff"."name", 1) || '***') AS "name" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u1"."name" = "u2"."name"

-- not by a column that is hashed
SELECT a.id FROM hr.staff AS a JOIN hr.staff AS b ON a.email = b.email
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u1"."email" = "u2"."email"

-- not what nothing connects
SELECT o.id, c.id AS customer FROM sales.orders AS o, sales.customers AS c WHERE o.status = 'open'
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" = 'open'
SELECT "u1"."id" AS "id", "u2"."id" AS "customer" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2"

-- not what would have far more rows than either
SELECT a.id FROM sales.orders AS a JOIN sales.orders AS b ON a.status = b.status
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u1"."status" = "u2"."status"

-- not around a FULL JOIN
SELECT o.id, c.id AS customer FROM sales.orders AS o FULL JOIN sales.customers AS c ON c.id = o.customer
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."id" AS "customer" FROM "#scan 2" AS "u1" FULL JOIN "#scan 1" AS "u2" ON "u2"."id" = "u1"."customer"

-- not by a column that compares otherwise at its source
SELECT a.id FROM sales.customers AS a JOIN sales.customers AS b ON a.kind = b.kind
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "customers"."kind" AS "kind" FROM "customers" AS "customers"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u1"."kind" = "u2"."kind"

-- not across servers
SELECT o.id, l.item FROM sales.orders AS o LEFT JOIN depot.lines AS l ON l.order_id = o.id WHERE o.id = 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."id" = 7
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."order_id" = "u1"."id"
