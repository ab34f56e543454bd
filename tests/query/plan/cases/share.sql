-- two blocks over the same rows are one scan, and so is what sends them their keys
SELECT o.id, o.note FROM sales.orders AS o JOIN shop.items AS i ON i.id = o.customer WHERE i.size = 3 UNION ALL SELECT p.customer, p.status FROM sales.orders AS p JOIN shop.items AS j ON j.id = p.customer WHERE j.size = 3
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ sales: SELECT "orders"."customer" AS "customer", "orders"."status" AS "status", "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.id: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u3"."id" AS "id", "u3"."note" AS "note" FROM "#scan 2" AS "u3" CROSS JOIN "#scan 1" AS "u4" WHERE "u4"."id" = "u3"."customer" UNION ALL SELECT "u1"."customer" AS "customer", "u1"."status" AS "status" FROM "#scan 2" AS "u1" CROSS JOIN "#scan 1" AS "u2" WHERE "u2"."id" = "u1"."customer"

-- columns are masked and hashed each in their own way
SELECT s.id, s.name FROM hr.staff AS s WHERE s.id < 9 UNION ALL SELECT t.customer, t.email FROM hr.staff AS t WHERE t.id < 9
-- =>
-- scan 1 @ hr: SELECT "staff"."customer" AS "customer", "staff"."email" AS "email", "staff"."id" AS "id", (LEFT("staff"."name", 1) || '***') AS "name" FROM "staff" AS "staff" WHERE "staff"."id" < 9 AND "staff"."region" = 'EU'
--   hashed: email
SELECT "u2"."id" AS "id", "u2"."name" AS "name" FROM "#scan 1" AS "u2" UNION ALL SELECT "u1"."customer" AS "customer", "u1"."email" AS "email" FROM "#scan 1" AS "u1"

-- not what is asked by one condition more
SELECT o.id, o.note FROM sales.orders AS o WHERE o.region = 'x' UNION ALL SELECT p.customer, p.status FROM sales.orders AS p WHERE p.region = 'x' AND p.id < 7
-- =>
-- scan 1 @ sales: SELECT "orders"."customer" AS "customer", "orders"."status" AS "status" FROM "orders" AS "orders" WHERE "orders"."region" = 'x' AND "orders"."id" < 7
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders" WHERE "orders"."region" = 'x'
SELECT "u2"."id" AS "id", "u2"."note" AS "note" FROM "#scan 2" AS "u2" UNION ALL SELECT "u1"."customer" AS "customer", "u1"."status" AS "status" FROM "#scan 1" AS "u1"

-- not what is added up
SELECT o.id, o.note FROM sales.orders AS o UNION ALL SELECT count(*), p.status FROM sales.orders AS p GROUP BY p.status
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status", COUNT(*) AS "count" FROM "orders" AS "orders" GROUP BY "orders"."status"
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id", "u2"."note" AS "note" FROM "#scan 2" AS "u2" UNION ALL SELECT "u1"."count" AS "count", "u1"."status" AS "status" FROM "#scan 1" AS "u1"
