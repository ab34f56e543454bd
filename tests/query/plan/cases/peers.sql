-- places of rows
SELECT s.id, row_number() OVER (ORDER BY s.code) AS r FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", ROW_NUMBER() OVER (ORDER BY "u1"."code", "u1"."id") AS "r" FROM "#scan 1" AS "u1"

-- rows of a frame, which stays
SELECT s.id, last_value(s.id) OVER (ORDER BY s.code) AS l FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", LAST_VALUE("u1"."id" ORDER BY "u1"."code", "u1"."id") OVER (ORDER BY "u1"."code") AS "l" FROM "#scan 1" AS "u1"

-- a frame of so many rows
SELECT s.id, sum(s.id) OVER (ORDER BY s.code ROWS 1 PRECEDING) AS n FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", SUM("u1"."id") OVER (ORDER BY "u1"."code", "u1"."id" ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS "n" FROM "#scan 1" AS "u1"

-- not where rows that are alike count alike
SELECT s.id, rank() OVER (ORDER BY s.code) AS r, sum(s.id) OVER (ORDER BY s.code) AS n FROM hr.staff AS s
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u1"."id" AS "id", RANK() OVER (ORDER BY "u1"."code") AS "r", SUM("u1"."id") OVER (ORDER BY "u1"."code") AS "n" FROM "#scan 1" AS "u1"

-- not where nothing is hidden
SELECT o.id, row_number() OVER (ORDER BY o.note) AS r FROM sales.orders AS o
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", ROW_NUMBER() OVER (ORDER BY "u1"."note") AS "r" FROM "#scan 1" AS "u1"
