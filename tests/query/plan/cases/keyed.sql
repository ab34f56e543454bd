-- the filter looks at the rows that keys and the consumer's conditions leave
SELECT s.id, s.name, i.name FROM hr.staff AS s JOIN shop.items AS i ON i.id = s.customer WHERE i.size = 3 AND s.id < 1000
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ hr: SELECT "staff"."id" AS "id", (LEFT("staff"."name", 1) || '***') AS "name", "staff"."customer" AS "customer" FROM (SELECT "staff"."id", "staff"."customer", "staff"."region", "staff"."name" FROM "staff" AS "staff" WHERE "staff"."id" < 1000 AND |keys 1| OFFSET 0) AS "staff" WHERE "staff"."region" = 'EU'
--   keys 1 = scan 1.id: "staff"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u1"."name" AS "name", "u2"."name" AS "name" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer"

-- sums are of what the filter leaves
SELECT i.name, sum(s.id) FROM hr.staff AS s JOIN shop.items AS i ON i.id = s.customer WHERE i.size = 3 GROUP BY i.name
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM (SELECT "staff"."id", "staff"."customer", "staff"."region" FROM "staff" AS "staff" WHERE |keys 1| OFFSET 0) AS "staff" WHERE "staff"."region" = 'EU'
--   keys 1 = scan 1.id: "staff"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."name" AS "name", SUM("u1"."id") AS "sum" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer" GROUP BY "u2"."name"

-- not where keys leave many rows
SELECT s.id, c.region FROM hr.staff AS s JOIN sales.customers AS c ON c.id = s.customer WHERE c.region IN ('a', 'b', 'c', 'd', 'e', 'f', 'g')
-- =>
-- scan 1 @ sales: SELECT "customers"."region" AS "region", "customers"."id" AS "id" FROM "customers" AS "customers" WHERE "customers"."region" IN ('a', 'b', 'c', 'd', 'e', 'f', 'g')
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE |keys 1| AND "staff"."region" = 'EU'
--   keys 1 = scan 1.id: "staff"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."region" AS "region" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer"

-- not where a condition waits for the filter
SELECT s.id FROM hr.staff AS s JOIN shop.items AS i ON i.id = s.customer WHERE i.size = 3 AND length(s.code) > 7
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM (SELECT "r"."id" AS "id", "r"."code" AS "code", "r"."customer" AS "customer" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE LENGTH("staff"."code") > 7 AND |keys 1|
--   keys 1 = scan 1.id: "staff"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer"

-- not without a filter
SELECT o.id, i.name FROM sales.orders AS o JOIN shop.items AS i ON i.id = o.customer WHERE i.size = 3
-- =>
-- scan 1 @ shop: SELECT "items"."name" AS "name", "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.id: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."id" AS "id", "u2"."name" AS "name" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer"
