-- the only value goes as a key
SELECT o.note FROM sales.orders AS o WHERE o.id = (SELECT max(l.order_id) FROM depot.lines AS l WHERE l.item = 7)
-- =>
-- scan 1 @ depot: SELECT MAX("lines"."order_id") AS "max" FROM "lines" AS "lines" WHERE "lines"."item" = 7
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.max: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE "u2"."id" IN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- whichever side it is on
SELECT s.id FROM hr.staff AS s WHERE (SELECT max(o.customer) FROM sales.orders AS o) = s.customer
-- =>
-- scan 1 @ sales: SELECT MAX("orders"."customer") AS "max" FROM "orders" AS "orders"
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM (SELECT "staff"."id", "staff"."customer", "staff"."region" FROM "staff" AS "staff" WHERE |keys 1| OFFSET 0) AS "staff" WHERE "staff"."region" = 'EU'
--   keys 1 = scan 1.max: "staff"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE "u2"."customer" IN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- what a filter lets see
SELECT o.note FROM sales.orders AS o WHERE o.customer = (SELECT max(s.customer) FROM hr.staff AS s)
-- =>
-- scan 1 @ hr: SELECT MAX("staff"."customer") AS "max" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."customer" AS "customer" FROM "orders" AS "orders" WHERE |keys 1|
--   keys 1 = scan 1.max: "orders"."customer" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE "u2"."customer" IN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not where one of another domain is tagged: it is calculated, and stays
SELECT o.note FROM sales.orders AS o WHERE o.status = (SELECT max(s.code) FROM hr.staff AS s)
-- =>
-- scan 1 @ hr: SELECT MAX("staff"."code" COLLATE "C") AS "max" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE "u2"."status" IN (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")

-- not of another type
SELECT o.note FROM sales.orders AS o WHERE o.id = (SELECT max(l.weight) FROM depot.lines AS l)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."weight" AS "weight" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" = (SELECT MAX("u1"."weight") AS "max" FROM "#scan 2" AS "u1")

-- not what looks at the rows around it
SELECT o.note FROM sales.orders AS o WHERE o.id = (SELECT max(l.order_id) FROM depot.lines AS l WHERE l.item > o.customer)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."order_id" AS "order_id", "lines"."item" AS "item" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" = (SELECT MAX("u1"."order_id") AS "max" FROM "#scan 2" AS "u1" WHERE "u1"."item" > "u2"."customer")

-- not of groups: more than one row is an error
SELECT o.note FROM sales.orders AS o WHERE o.id = (SELECT max(l.order_id) FROM depot.lines AS l GROUP BY l.flag)
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."flag" AS "flag", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u2"."note" AS "note" FROM "#scan 1" AS "u2" WHERE "u2"."id" = (SELECT MAX("u1"."order_id") AS "max" FROM "#scan 2" AS "u1" GROUP BY "u1"."flag")

-- not below NOT: nothing and NULL differ there
SELECT o.note FROM sales.orders AS o WHERE NOT o.id = (SELECT max(l.order_id) FROM depot.lines AS l)
-- =>
-- scan 1 @ depot: SELECT MAX("lines"."order_id") AS "max" FROM "lines" AS "lines"
-- scan 2 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
SELECT "u2"."note" AS "note" FROM "#scan 2" AS "u2" WHERE NOT "u2"."id" = (SELECT "u1"."max" AS "max" FROM "#scan 1" AS "u1")
