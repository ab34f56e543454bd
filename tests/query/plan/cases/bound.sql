-- the days of the last week
SELECT o.note FROM sales.orders AS o WHERE o.day >= (SELECT max(n.day) FROM sales.orders AS n) - INTERVAL 7 DAY
-- =>
-- scan 1 @ sales: SELECT MAX("orders"."day") AS "max" FROM "orders" AS "orders"
-- scan 2 @ engine, first: SELECT CASE WHEN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") - INTERVAL '7' DAY BETWEEN CAST('0001-01-01' AS TIMESTAMP) AND CAST('9999-12-31' AS TIMESTAMP) THEN CAST((SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") - INTERVAL '7' DAY AS DATE) END AS "bound"
-- scan 3 @ sales: SELECT "orders"."note" AS "note", "orders"."day" AS "day" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.bound: "orders"."day" >= (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note" FROM "#scan 3" AS "u2" WHERE "u2"."day" >= (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") - INTERVAL '7' DAY

-- more than the average, which is rounded towards less
SELECT o.id FROM sales.orders AS o WHERE o.total > (SELECT avg(total) FROM sales.orders)
-- =>
-- scan 1 @ sales: SELECT SUM("orders"."total") AS "sum", COUNT("orders"."total") AS "count" FROM "orders" AS "orders"
-- scan 2 @ engine, first: SELECT CASE WHEN (SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1") BETWEEN -9e15 AND 9e15 THEN CAST(FLOOR((SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1")) AS BIGINT) END AS "bound"
-- scan 3 @ sales: SELECT "orders"."id" AS "id", "orders"."total" AS "total" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.bound: "orders"."total" >= (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id" FROM "#scan 3" AS "u2" WHERE "u2"."total" > (SELECT (ROUND(CAST("u1"."sum" AS DOUBLE) * 1e2) / ("u1"."count" * 1e2)) AS "avg" FROM "#scan 1" AS "u1")

-- less than what the engine finds, whichever side it is on
SELECT l.flag FROM depot.lines AS l WHERE (SELECT min(i.id) FROM shop.items AS i WHERE i.size = 3) > l.item
-- =>
-- scan 1 @ shop: SELECT "items"."id" AS "id" FROM "items" AS "items" WHERE "items"."size" = 3
-- scan 2 @ engine, first: SELECT CASE WHEN (SELECT MIN("u1"."id") AS "min" FROM "#scan 1" AS "u1") BETWEEN -9e15 AND 9e15 THEN CAST(CEIL((SELECT MIN("u1"."id") AS "min" FROM "#scan 1" AS "u1")) AS BIGINT) END AS "bound"
-- scan 3 @ depot: SELECT "lines"."flag" AS "flag", "lines"."item" AS "item" FROM "lines" AS "lines" WHERE |keys 1|
--   keys 1 = scan 2.bound: "lines"."item" <= (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."flag" AS "flag" FROM "#scan 3" AS "u2" WHERE (SELECT MIN("u1"."id") AS "min" FROM "#scan 1" AS "u1") > "u2"."item"

-- of what a filter lets see
SELECT o.note FROM sales.orders AS o WHERE o.customer <= (SELECT max(s.customer) FROM hr.staff AS s WHERE s.id < 9)
-- =>
-- scan 1 @ hr: SELECT MAX("staff"."customer") AS "max" FROM "staff" AS "staff" WHERE "staff"."id" < 9 AND "staff"."region" = 'EU'
-- scan 2 @ engine, first: SELECT CASE WHEN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") BETWEEN -9e15 AND 9e15 THEN CAST(CEIL((SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")) AS BIGINT) END AS "bound"
-- scan 3 @ sales: SELECT "orders"."note" AS "note", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 2.bound: "orders"."customer" <= (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note" FROM "#scan 3" AS "u2" WHERE "u2"."customer" <= (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not where something of another domain is tagged
SELECT o.note FROM sales.orders AS o WHERE o.id > (SELECT max(s.id) FROM hr.staff AS s WHERE s.code = 'x')
-- =>
-- scan 1 @ hr: SELECT MAX("staff"."id") AS "max" FROM "staff" AS "staff" WHERE "staff"."code" = 'x' AND "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE "u2"."id" > (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not what looks at the rows around it
SELECT o.note FROM sales.orders AS o WHERE o.id > (SELECT max(l.order_id) FROM depot.lines AS l WHERE l.item > o.customer)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" > (SELECT MAX("u1"."order_id") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."item" > "u2"."customer")

-- not of groups, of which there may be several
SELECT o.note FROM sales.orders AS o WHERE o.id > (SELECT max(l.order_id) FROM depot.lines AS l GROUP BY l.flag)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."flag" AS "flag", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" > (SELECT MAX("u1"."order_id") AS "max" FROM "#scan 2" AS "u1" GROUP BY "u1"."flag")

-- not by a text, whose order is the source's
SELECT s.id FROM hr.staff AS s WHERE s.code > (SELECT max(c.name) FROM sales.customers AS c)
-- =>
-- scan 1 @ sales: SELECT MAX("customers"."name" COLLATE "C") AS "max" FROM "customers" AS "customers"
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."code" > (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not of the side that a LEFT JOIN fills up
SELECT c.id FROM sales.customers AS c LEFT JOIN sales.orders AS o ON o.customer = c.id WHERE o.day > (SELECT min(n.day) FROM sales.orders AS n)
-- =>
-- scan 1 @ sales: SELECT MIN("orders"."day") AS "min" FROM "orders" AS "orders"
-- scan 2 @ sales: SELECT "customers"."id" AS "id" FROM "customers" AS "customers"
-- scan 3 @ sales: SELECT "orders"."customer" AS "customer", "orders"."day" AS "day" FROM "orders" AS "orders"
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" LEFT JOIN "#scan 3" AS "u3" ON "u3"."customer" = "u2"."id" WHERE "u3"."day" > (SELECT "u1"."min" AS "min" FROM "#scan 1" AS "u1")

-- not beside what may raise, where rows are hidden
SELECT s.id FROM hr.staff AS s WHERE s.customer > (SELECT max(c.id) FROM sales.customers AS c) AND s.region::BIGINT = 3
-- =>
-- scan 1 @ sales: SELECT MAX("customers"."id") AS "max" FROM "customers" AS "customers"
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer", "staff"."region" AS "region" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."customer" > (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1") AND CAST("u2"."region" AS BIGINT) = 3

-- not of a masked column
SELECT s.id FROM hr.staff AS s WHERE s.wage > (SELECT max(o.total) FROM sales.orders AS o)
-- =>
-- scan 1 @ sales: SELECT MAX("orders"."total") AS "max" FROM "orders" AS "orders"
-- scan 2 @ hr: SELECT "staff"."id" AS "id", CAST(NULL AS DECIMAL(12, 2)) AS "wage" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."wage" > (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")
