-- the first rows of a governed relation
SELECT s.id, s.name, s.code FROM hr.staff AS s ORDER BY s.code LIMIT 3
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", (LEFT("staff"."name", 1) || '***') AS "name", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU' ORDER BY "staff"."code" COLLATE "C", "staff"."id", (LEFT("staff"."name", 1) || '***') COLLATE "C" LIMIT 3
SELECT "u1"."id" AS "id", "u1"."name" AS "name", "u1"."code" AS "code" FROM "#scan 1" AS "u1" ORDER BY "u1"."code", 1, 2 LIMIT 3

-- rows of several sources
SELECT s.name, o.note FROM hr.staff AS s JOIN sales.orders AS o ON o.customer = s.id ORDER BY o.note OFFSET 2
-- =>
-- scan 1 @ hr: SELECT (LEFT("staff"."name", 1) || '***') AS "name", "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."name" AS "name", "u2"."note" AS "note" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."customer" = "u1"."id" ORDER BY "u2"."note", 1 OFFSET 2

-- the first of each
SELECT DISTINCT ON (s.code) s.code, s.id FROM hr.staff AS s ORDER BY s.code
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code", "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT DISTINCT ON ("u1"."code") "u1"."code" AS "code", "u1"."id" AS "id" FROM "#scan 1" AS "u1" ORDER BY "u1"."code", 2

-- the most frequent value
SELECT mode(s.code) AS m FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT MODE("u1"."code" ORDER BY "u1"."code") AS "m" FROM "#scan 1" AS "u1"

-- all rows, in an order that leaves some alike
SELECT s.id, s.code FROM hr.staff AS s ORDER BY s.code
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", "u1"."code" AS "code" FROM "#scan 1" AS "u1" ORDER BY "u1"."code", 1

-- nothing stands beside ALL, which is all that is shown
SELECT s.id, s.code FROM hr.staff AS s ORDER BY ALL
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", "u1"."code" AS "code" FROM "#scan 1" AS "u1" ORDER BY ALL

-- not where nothing is hidden
SELECT o.id, o.note FROM sales.orders AS o ORDER BY o.note LIMIT 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" ORDER BY "orders"."note" COLLATE "C" LIMIT 3
SELECT "u1"."id" AS "id", "u1"."note" AS "note" FROM "#scan 1" AS "u1" ORDER BY "u1"."note" LIMIT 3
