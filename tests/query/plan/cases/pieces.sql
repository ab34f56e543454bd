-- most rows of a large table
SELECT o.id, e.weight FROM depot.entries AS e LEFT JOIN sales.orders AS o ON o.customer = e.customer AND o.note LIKE '%late%'
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."note" LIKE '%late%'
-- scan 2 @ depot: SELECT "entries"."weight" AS "weight", "entries"."customer" AS "customer" FROM "entries" AS "entries" WHERE |part|
--   in 2 parts
SELECT "u2"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 1" AS "u2" ON "u2"."customer" = "u1"."customer"

-- a condition stands beside that of the part
SELECT o.id, e.weight FROM depot.entries AS e LEFT JOIN sales.orders AS o ON o.customer = e.customer AND o.note LIKE '%late%' WHERE e.visit < 1000 OR e.customer > 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."note" LIKE '%late%'
-- scan 2 @ depot: SELECT "entries"."weight" AS "weight", "entries"."customer" AS "customer" FROM "entries" AS "entries" WHERE |part| AND ("entries"."visit" < 1000 OR "entries"."customer" > 7)
--   in 2 parts
SELECT "u2"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 1" AS "u2" ON "u2"."customer" = "u1"."customer"

-- not of few rows
SELECT o.id, e.weight FROM depot.entries AS e LEFT JOIN sales.orders AS o ON o.customer = e.customer WHERE e.region = 'north'
-- =>
-- scan 1 @ depot: SELECT "entries"."weight" AS "weight", "entries"."customer" AS "customer" FROM "entries" AS "entries" WHERE "entries"."region" = 'north'
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."customer"

-- not where something is hidden
SELECT o.id, e.weight FROM depot.hidden AS e LEFT JOIN sales.orders AS o ON o.customer = e.customer AND o.note LIKE '%late%'
-- =>
-- scan 1 @ depot: SELECT "hidden"."weight" AS "weight", "hidden"."customer" AS "customer" FROM "hidden" AS "hidden" WHERE "hidden"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE "orders"."note" LIKE '%late%'
SELECT "u2"."id" AS "id", "u1"."weight" AS "weight" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "u1"."customer"

-- not where keys leave few rows
SELECT e.weight FROM depot.entries AS e JOIN sales.orders AS o ON o.id = e.visit WHERE o.customer = 7
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."customer" = 7
-- scan 2 @ depot: SELECT "entries"."weight" AS "weight", "entries"."visit" AS "visit" FROM "entries" AS "entries" WHERE |keys 1|
--   keys 1 = scan 1.id: "entries"."visit" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."weight" AS "weight" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."visit"

-- not what streams
SELECT weight, region FROM depot.entries
-- =>
-- scan 1 @ depot: SELECT "entries"."weight" AS "weight", "entries"."region" AS "region" FROM "entries" AS "entries"
SELECT "u1"."weight" AS "weight", "u1"."region" AS "region" FROM "#scan 1" AS "u1"

-- not what streams into the engine
SELECT region, string_agg(CAST(weight AS VARCHAR), ',' ORDER BY visit) AS w FROM depot.entries GROUP BY region
-- =>
-- scan 1 @ depot: SELECT "entries"."region" AS "region", "entries"."weight" AS "weight", "entries"."visit" AS "visit" FROM "entries" AS "entries"
SELECT "u1"."region" AS "region", LISTAGG(CAST("u1"."weight" AS TEXT), ',' ORDER BY "u1"."visit") AS "w" FROM "#scan 1" AS "u1" GROUP BY "u1"."region"

-- not what is added up
SELECT o.id, e.n FROM sales.orders AS o LEFT JOIN (SELECT region, count(*) AS n FROM depot.entries GROUP BY region) AS e ON o.region = e.region
-- =>
-- scan 1 @ depot: SELECT "entries"."region" AS "region", COUNT(*) AS "count" FROM "entries" AS "entries" GROUP BY "entries"."region"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "q1"."n" AS "n" FROM "#scan 2" AS "u2" LEFT JOIN (SELECT "u1"."region" AS "region", "u1"."count" AS "n" FROM "#scan 1" AS "u1") AS "q1" ON "u2"."region" = "q1"."region"

-- not the first rows
SELECT o.id, e.weight FROM (SELECT customer, weight FROM depot.entries ORDER BY visit LIMIT 500000) AS e LEFT JOIN sales.orders AS o ON o.customer = e.customer
-- =>
-- scan 1 @ depot: SELECT "entries"."customer" AS "customer", "entries"."weight" AS "weight", "entries"."visit" AS "visit" FROM "entries" AS "entries" ORDER BY "entries"."visit" LIMIT 500000
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "q0"."weight" AS "weight" FROM (SELECT "u1"."customer" AS "customer", "u1"."weight" AS "weight" FROM "#scan 1" AS "u1" ORDER BY "u1"."visit" LIMIT 500000) AS "q0" LEFT JOIN "#scan 2" AS "u2" ON "u2"."customer" = "q0"."customer"

-- not different rows
SELECT o.id, e.region FROM (SELECT DISTINCT region FROM depot.entries) AS e LEFT JOIN sales.orders AS o ON o.region = e.region
-- =>
-- scan 1 @ depot: SELECT DISTINCT "entries"."region" AS "region" FROM "entries" AS "entries"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."region" AS "region" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "q0"."region" AS "region" FROM (SELECT DISTINCT "u1"."region" AS "region" FROM "#scan 1" AS "u1") AS "q0" LEFT JOIN "#scan 2" AS "u2" ON "u2"."region" = "q0"."region"

-- not the branches of what may be read side by side
SELECT customer FROM depot.entries UNION ALL SELECT id FROM sales.orders
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "entries"."customer" AS "customer" FROM "entries" AS "entries"
SELECT "u2"."customer" AS "customer" FROM "#scan 2" AS "u2" UNION ALL SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"
