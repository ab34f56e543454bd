-- one aggregate per key
SELECT c.id FROM sales.customers AS c WHERE c.id > (SELECT max(n.order_id) FROM desk.notes AS n WHERE n.order_id = c.id)
-- =>
-- scan 1 @ desk: order_id of notes
-- scan 2 @ engine, first: SELECT "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "customers"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id" FROM "#scan 3" AS "u2" CROSS JOIN (SELECT "u1"."order_id" AS "k1", MAX("u1"."order_id") AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id") AS "d1" WHERE "u2"."id" > "d1"."v" AND "d1"."k1" = "u2"."id"

-- with so many keys that the engine adds up
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT avg(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" CROSS JOIN (SELECT "u1"."order_id" AS "k1", (ROUND(CAST(SUM("u1"."quantity") AS DOUBLE) * 1e2) / (COUNT("u1"."quantity") * 1e2)) AS "v" FROM "#scan 2" AS "u1" GROUP BY "u1"."order_id") AS "d1" WHERE "u2"."total" > "d1"."v" AND "d1"."k1" = "u2"."id"

-- not a count, which is 0 for what it does not find
SELECT o.id FROM sales.orders AS o WHERE 3 > (SELECT count(*) FROM depot.lines AS l WHERE l.order_id = o.id)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE 3 > (SELECT COUNT(*) AS "count" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id")

-- not where a NULL may pass
SELECT o.id FROM sales.orders AS o WHERE coalesce((SELECT max(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id), 0) < 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE COALESCE((SELECT MAX("u1"."quantity") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id"), 0) < 3

-- not what is tied by more than equalities
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT max(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id AND l.quantity < o.total)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."total" > (SELECT MAX("u1"."quantity") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id" AND "u1"."quantity" < "u2"."total")

-- not what may raise over more rows
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT max(l.quantity) FROM depot.lines AS l WHERE l.order_id = o.id AND CAST(l.flag AS BIGINT) = 1)
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."quantity" AS "quantity", "lines"."order_id" AS "order_id", "lines"."flag" AS "flag" FROM "lines" AS "lines"
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE "u2"."total" > (SELECT MAX("u1"."quantity") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."order_id" = "u2"."id" AND CAST("u1"."flag" AS BIGINT) = 1)
