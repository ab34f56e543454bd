-- so many keys, in a tenth of what the source has
SELECT v.page, c.item FROM sales.visits AS v JOIN depot.clicks AS c ON c.visit = v.visit
-- =>
-- scan 1 @ sales: SELECT "visits"."page" AS "page", "visits"."visit" AS "visit" FROM "visits" AS "visits"
-- scan 2 @ depot: SELECT "clicks"."item" AS "item", "clicks"."visit" AS "visit" FROM "clicks" AS "clicks" WHERE |keys 1|
--   keys 1 = scan 1.visit: "clicks"."visit" BETWEEN (SELECT "k"."k1" FROM "keys 1" AS "k") AND (SELECT "k"."k2" FROM "keys 1" AS "k")
SELECT "u1"."page" AS "page", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."visit" = "u1"."visit"

-- a part of them, which a condition tells
SELECT v.page, c.item FROM sales.visits AS v LEFT JOIN depot.clicks AS c ON c.visit = v.visit WHERE v.visit BETWEEN 1000000 AND 1600000
-- =>
-- scan 1 @ sales: SELECT "visits"."page" AS "page", "visits"."visit" AS "visit" FROM "visits" AS "visits" WHERE "visits"."visit" BETWEEN 1000000 AND 1600000
-- scan 2 @ depot: SELECT "clicks"."item" AS "item", "clicks"."visit" AS "visit" FROM "clicks" AS "clicks" WHERE |keys 1|
--   keys 1 = scan 1.visit: "clicks"."visit" BETWEEN (SELECT "k"."k1" FROM "keys 1" AS "k") AND (SELECT "k"."k2" FROM "keys 1" AS "k")
SELECT "u1"."page" AS "page", "u2"."item" AS "item" FROM "#scan 1" AS "u1" LEFT JOIN "#scan 2" AS "u2" ON "u2"."visit" = "u1"."visit"

-- not where the others lie in less
SELECT v.page, c.item FROM depot.clicks AS c LEFT JOIN sales.visits AS v ON c.visit = v.visit
-- =>
-- scan 1 @ sales: SELECT "visits"."page" AS "page", "visits"."visit" AS "visit" FROM "visits" AS "visits"
-- scan 2 @ depot: SELECT "clicks"."item" AS "item", "clicks"."visit" AS "visit" FROM "clicks" AS "clicks"
SELECT "u2"."page" AS "page", "u1"."item" AS "item" FROM "#scan 2" AS "u1" LEFT JOIN "#scan 1" AS "u2" ON "u1"."visit" = "u2"."visit"

-- not where nothing is known of where they lie
SELECT o.note, l.item FROM sales.orders AS o JOIN depot.lines AS l ON l.order_id = o.id
-- =>
-- scan 1 @ sales: SELECT "orders"."note" AS "note", "orders"."id" AS "id" FROM "orders" AS "orders"
-- scan 2 @ depot: SELECT "lines"."item" AS "item", "lines"."order_id" AS "order_id" FROM "lines" AS "lines"
SELECT "u1"."note" AS "note", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."order_id" = "u1"."id"

-- not where they are few
SELECT v.page, c.item FROM sales.visits AS v JOIN depot.clicks AS c ON c.visit = v.visit WHERE v.visit < 1000
-- =>
-- scan 1 @ sales: SELECT "visits"."page" AS "page", "visits"."visit" AS "visit" FROM "visits" AS "visits" WHERE "visits"."visit" < 1000
-- scan 2 @ depot: SELECT "clicks"."item" AS "item", "clicks"."visit" AS "visit" FROM "clicks" AS "clicks" WHERE |keys 1|
--   keys 1 = scan 1.visit: "clicks"."visit" IN (SELECT "k"."k1" FROM "keys 1" AS "k")
SELECT "u1"."page" AS "page", "u2"."item" AS "item" FROM "#scan 1" AS "u1" CROSS JOIN "#scan 2" AS "u2" WHERE "u2"."visit" = "u1"."visit"
