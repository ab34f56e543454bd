-- the first rows of one side give keys to the other
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.day DESC, l.item LIMIT 20
-- =>
-- trial, 1000 rows for 20:
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders" ORDER BY "orders"."day" DESC NULLS LAST LIMIT 1000
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 1.id: "lines"."order_id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."day" DESC, "u2"."item" LIMIT 20
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."day" DESC, "u2"."item" LIMIT 20

-- behind a filter
SELECT s.id, o.total FROM hr.staff AS s JOIN sales.orders AS o ON o.customer = s.customer ORDER BY s.id LIMIT 10 OFFSET 5
-- =>
-- trial, 1000 rows for 10:
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU' ORDER BY "staff"."id" LIMIT 1000
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.customer: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."total" AS "total" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."customer" ORDER BY "u1"."id", 2 LIMIT 10 OFFSET 5
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."total" AS "total" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."customer" ORDER BY "u1"."id", 2 LIMIT 10 OFFSET 5

-- not where what is shown may raise, which rows are read would show
SELECT CAST(s.code AS INTEGER) AS code, o.total FROM hr.staff AS s JOIN sales.orders AS o ON o.customer = s.customer ORDER BY s.id LIMIT 10
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code", "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."total" AS "total", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT CAST("u1"."code" AS INT) AS "code", "u2"."total" AS "total" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."customer" ORDER BY "u1"."id", 1, 2 LIMIT 10

-- not where the order looks at both sides first
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.total * l.quantity, o.id LIMIT 20
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."total" * "u2"."quantity", "u1"."id" LIMIT 20

-- not of what is grouped after the join
SELECT o.day, count(*) FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id GROUP BY o.day ORDER BY o.day LIMIT 20
-- =>
-- scan 1 @ sales: SELECT "orders"."day" AS "day", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."day" AS "day", COUNT(*) AS "count" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" GROUP BY "u1"."day" ORDER BY "day" LIMIT 20

-- not where few of the rows can be found in the other
SELECT o.id, n.text FROM sales.orders AS o JOIN desk.notes AS n ON n.order_id = o.id ORDER BY o.day LIMIT 20
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."text" AS "text" FROM "#scan 3" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."day" LIMIT 20

-- not where many are asked for
SELECT o.id, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id ORDER BY o.day DESC LIMIT 9000
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."day" AS "day" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."id" AS "id", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id" ORDER BY "u1"."day" DESC LIMIT 9000
