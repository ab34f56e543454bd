-- a condition is evaluated at its source
SELECT o.id FROM sales.orders AS o WHERE o.status = 'open' AND length(o.note) > 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" = 'open' AND LENGTH("orders"."note") > 3
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- a leakproof one beside a filter
SELECT s.id FROM hr.staff AS s WHERE s.id > 7
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."id" > 7 AND "staff"."region" = 'EU'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- one that is not, behind a fence
SELECT s.id FROM hr.staff AS s WHERE length(s.code) > 3
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM (SELECT "r"."id" AS "id", "r"."code" AS "code" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE LENGTH("staff"."code") > 3
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- one on a masked column, behind a fence, on what the mask shows
SELECT s.id FROM hr.staff AS s WHERE s.name = 'A***'
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM (SELECT "r"."id" AS "id", LEFT("r"."name", 1) || '***' AS "name" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE "staff"."name" = 'A***'
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1"

-- a subquery at the same source
SELECT o.id FROM sales.orders AS o WHERE EXISTS (SELECT 1 FROM sales.customers AS c WHERE c.id = o.customer AND c.region = 'EU')
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE EXISTS(SELECT 1 AS "one" FROM "customers" AS "customers" WHERE "customers"."region" = 'EU' AND "customers"."id" = "orders"."customer")
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2"

-- what a LEFT JOIN asks of its right side alone
SELECT n.text, o.id FROM desk.notes AS n LEFT JOIN sales.orders AS o ON o.id = n.order_id AND o.status = 'open'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ engine, first: SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes"
-- scan 3 @ sales: SELECT "orders"."id" AS "id" FROM "orders" AS "orders" WHERE "orders"."status" = 'open' AND |keys 1|
--   keys 1 = scan 2.order_id: "orders"."id" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."text" AS "text", "u2"."id" AS "id" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 3" AS "u2" ON "u2"."id" = "u1"."order_id"

-- not what may raise
SELECT o.id FROM sales.orders AS o WHERE CAST(o.note AS BIGINT) > 3
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."note" AS "note" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE CAST("u1"."note" AS BIGINT) > 3

-- not on a hashed column
SELECT s.id FROM hr.staff AS s WHERE s.email = 'x'
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id", "staff"."email" AS "email" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
--   hashed: email
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE "u1"."email" = 'x'

-- not what means something else there
SELECT l.item FROM depot.lines AS l WHERE l.weight > 1.5 AND round(l.quantity) = 3
-- =>
-- scan 1 @ depot: SELECT "lines"."item" AS "item", "lines"."weight" AS "weight", "lines"."quantity" AS "quantity" FROM "lines" AS "lines"
SELECT "u1"."item" AS "item" FROM "#scan 1" AS "u1" WHERE "u1"."weight" > 1.5 AND ROUND("u1"."quantity") = 3

-- not a column that compares otherwise
SELECT c.id FROM sales.customers AS c WHERE c.kind = 'x'
-- =>
-- scan 1 @ sales: SELECT "customers"."id" AS "id", "customers"."kind" AS "kind" FROM "customers" AS "customers"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE "u1"."kind" = 'x'

-- not a number taken for truth
SELECT o.id FROM sales.orders AS o WHERE o.customer
-- =>
-- scan 1 @ sales: SELECT "orders"."id" AS "id", "orders"."customer" AS "customer" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id" FROM "#scan 1" AS "u1" WHERE "u1"."customer"

-- not what a LEFT JOIN asks of its left side
SELECT o.id, n.text FROM sales.orders AS o LEFT JOIN desk.notes AS n ON n.order_id = o.id AND o.status = 'open'
-- =>
-- scan 1 @ desk: order_id, text of notes
-- scan 2 @ sales: SELECT "orders"."id" AS "id", "orders"."status" AS "status" FROM "orders" AS "orders"
SELECT "u1"."id" AS "id", "u2"."text" AS "text" FROM "#scan 2" AS "u1" LEFT JOIN (SELECT "notes"."text" AS "text", "notes"."order_id" AS "order_id" FROM (SELECT "r"."order_id" AS "order_id", "r"."text" AS "text" FROM "#scan 1" AS "r") AS "notes") AS "u2" ON "u2"."order_id" = "u1"."id" AND "u1"."status" = 'open'

-- not below groups
SELECT q.n FROM (SELECT status, count(*) AS n FROM sales.orders GROUP BY status) AS q WHERE q.n > 3
-- =>
-- scan 1 @ sales: SELECT "orders"."status" AS "status", COUNT(*) AS "count" FROM "orders" AS "orders" GROUP BY "orders"."status"
SELECT "u1"."count" AS "n" FROM "#scan 1" AS "u1" WHERE "u1"."count" > 3

-- a subquery whose conditions are leakproof, beside the filters of both
SELECT s.id FROM hr.staff AS s WHERE s.customer IN (1, 2) AND NOT EXISTS (SELECT 1 FROM hr.staff AS t WHERE t.customer = s.customer AND t.id <> s.id)
-- =>
-- scan 1 @ hr: SELECT "staff"."id" AS "id" FROM "staff" AS "staff" WHERE "staff"."customer" IN (1, 2) AND NOT EXISTS(SELECT 1 AS "one" FROM "staff" AS "staff_2" WHERE "staff_2"."customer" = "staff"."customer" AND "staff_2"."id" <> "staff"."id" AND "staff_2"."region" = 'EU') AND "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2"

-- not a subquery that asks what is not leakproof, of filtered rows
SELECT s.id FROM hr.staff AS s WHERE EXISTS (SELECT 1 FROM hr.staff AS t WHERE t.customer = s.customer AND length(t.code) > 3)
-- =>
-- scan 1 @ hr: SELECT "staff"."customer" AS "customer" FROM (SELECT "r"."code" AS "code", "r"."customer" AS "customer" FROM "staff" AS "r" WHERE "r"."region" = 'EU' OFFSET 0) AS "staff" WHERE LENGTH("staff"."code") > 3
-- scan 2 @ hr: SELECT "staff"."id" AS "id", "staff"."customer" AS "customer" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 2" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" WHERE "u1"."customer" = "u2"."customer")

-- not one that asks so of the row outside
SELECT s.id FROM hr.staff AS s WHERE EXISTS (SELECT 1 FROM hr.staff AS t WHERE t.customer = s.customer AND t.id = length(s.code))
-- =>
-- scan 1 @ hr: SELECT "staff"."customer" AS "customer", "staff"."id" AS "id", "staff"."code" AS "code" FROM "staff" AS "staff" WHERE "staff"."region" = 'EU'
SELECT "u2"."id" AS "id" FROM "#scan 1" AS "u2" WHERE EXISTS(SELECT 1 AS "one" FROM "#scan 1" AS "u1" WHERE "u1"."customer" = "u2"."customer" AND "u1"."id" = LENGTH("u2"."code"))
