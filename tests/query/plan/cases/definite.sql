-- rows that their source joins
SELECT a.id, b.code FROM hr.staff AS a JOIN hr.staff AS b ON a.code = b.code WHERE b.id < 9 LIMIT 10
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff_2"."code" AS "code" FROM "staff" AS "staff" CROSS JOIN "staff" AS "staff_2" WHERE "staff_2"."id" < 9 AND "staff"."code" = "staff_2"."code" AND "staff"."region" = 'EU' AND "staff_2"."region" = 'EU' ORDER BY "staff"."id", "staff_2"."code" COLLATE "C" LIMIT 10
SELECT "u1"."id" AS "id", "u1"."code" AS "code" FROM "#scan 1" AS "u1" ORDER BY "u1"."id", "u1"."code" LIMIT 10

-- the items of the answer, where rows are added up
SELECT s.code, count(*) AS n FROM hr.staff AS s JOIN sales.orders AS o ON o.customer = s.id GROUP BY s.code LIMIT 3
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code", "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."code" AS "code", COUNT(*) AS "n" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."id" GROUP BY "u1"."code" ORDER BY 1, 2 LIMIT 3

-- groups of one table
SELECT s.code, count(*) AS n FROM hr.staff AS s GROUP BY s.code LIMIT 3
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."code" AS "code", COUNT(*) AS "n" FROM "#scan 1" AS "u1" GROUP BY "u1"."code" ORDER BY 1, 2 LIMIT 3

-- values that are put together
SELECT array_agg(s.code) AS codes FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT ARRAY_AGG("u1"."code" ORDER BY "u1"."code") AS "codes" FROM "#scan 1" AS "u1"

-- not where rows that are put together have got an order
SELECT array_agg(q.id) AS ids FROM (SELECT s.id FROM hr.staff AS s ORDER BY s.code) AS q
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT ARRAY_AGG("q0"."id") AS "ids" FROM (SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" ORDER BY "u1"."code", 1) AS "q0"

-- not where an order says which
SELECT s.id, o.note FROM hr.staff AS s JOIN sales.orders AS o ON o.customer = s.id ORDER BY o.note LIMIT 3
-- =>
-- trial, 1000 rows for 3:
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."customer" AS "customer" FROM "orders" AS "orders" ORDER BY "orders"."note" COLLATE "C" LIMIT 1000
-- scan 2 @ hr: SELECT "staff"."id" AS "id" FROM (SELECT "staff"."id", "staff"."region" FROM "staff" AS "staff" WHERE |keys 1| OFFSET 0) AS "staff" WHERE "staff"."region" = 'EU'
--   keys 1 = scan 1.customer: "staff"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."note" AS "note" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."customer" = "u1"."id" ORDER BY "u2"."note", 1 LIMIT 3
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."note" AS "note" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."id" ORDER BY "u2"."note", 1 LIMIT 3

-- not of one table, whose rows come as they are stored
SELECT s.id FROM hr.staff AS s LIMIT 3
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU' LIMIT 3
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" LIMIT 3

-- not where nothing is hidden
SELECT o.id FROM sales.orders AS o JOIN sales.customers AS c ON c.id = o.customer LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer" LIMIT 3
