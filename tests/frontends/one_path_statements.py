"""Statements about the small mesh (tests/meshes.py) and how each must end: a SQLSTATE, or 00000 where it is answered.

Who asks, and for which purpose, stands above them.
"""

from collections.abc import Iterator
from typing import NamedTuple


class Asked(NamedTuple):
    who: str
    purpose: str | None
    sqlstate: str
    sql: str


def table() -> Iterator[Asked]:
    who, purpose, sqlstate = "", "", ""
    for line in filter(None, map(str.strip, _TABLE.splitlines())):
        if line.startswith("#"):
            who, purpose, sqlstate = line[1:].replace("/", " ").split()
        else:
            yield Asked(who, None if purpose == "-" else purpose, sqlstate, line)


_TABLE = """
# ana / - / 00000
SELECT 1 AS n
SELECT 1 AS n, 'x' AS t, NULL AS nothing, true AS b, 1.50 AS d, 2.5e0 AS f
SELECT DATE '2026-03-01' AS d, TIMESTAMP '2026-03-01 10:00:00.25' AS t
SELECT '' AS empty, ' ' AS blank, '"' AS quote, 'a,b' AS comma, 'ä€😀' AS letters
SELECT 9007199254740993 AS big, -9223372036854775807 AS small
SELECT 7 / 2 AS q, 7 // 2 AS i, 7 % 2 AS r
SELECT * FROM (VALUES (1, 'a'), (2, NULL), (NULL, 'c')) AS v(n, t) ORDER BY n
SELECT range AS n FROM range(10)
SELECT range AS n, range * range AS s FROM range(100) WHERE range % 7 = 3
SELECT count(*) AS n, sum(range) AS s, avg(range) AS a FROM range(1000)
SELECT range FROM range(40000)
SELECT * FROM sales.orders ORDER BY order_id
SELECT order_id FROM sales.orders ORDER BY order_id
SELECT count(*) FROM sales.orders
SELECT count(*) AS n, sum(amount) AS s, min(ordered_on) AS first, max(amount) AS most FROM sales.orders
SELECT region, count(*) AS n FROM sales.orders GROUP BY region ORDER BY region
SELECT region, sum(amount) AS s FROM sales.orders GROUP BY ALL HAVING sum(amount) > 0 ORDER BY 1
SELECT DISTINCT region FROM sales.orders ORDER BY 1
SELECT order_id, amount FROM sales.orders WHERE amount > 5 ORDER BY amount DESC, order_id
SELECT order_id FROM sales.orders WHERE amount BETWEEN 1 AND 1000 AND region IN ('EU', 'US') ORDER BY 1
SELECT order_id FROM sales.orders WHERE ordered_on >= DATE '2024-01-01' ORDER BY order_id LIMIT 2
SELECT order_id FROM sales.orders ORDER BY order_id OFFSET 1
SELECT order_id FROM sales.orders WHERE customer_id IS NULL
SELECT order_id FROM sales.orders WHERE region LIKE 'E%' ORDER BY 1
SELECT order_id, CASE WHEN amount > 10 THEN 'much' ELSE 'little' END AS how FROM sales.orders ORDER BY 1
SELECT upper(region) AS r, length(region) AS n FROM sales.orders ORDER BY order_id
SELECT coalesce(deleted_at, TIMESTAMP '2030-01-01 00:00:00') AS d FROM sales.orders ORDER BY order_id
SELECT extract(year FROM ordered_on) AS y, count(*) AS n FROM sales.orders GROUP BY 1 ORDER BY 1
SELECT order_id, row_number() OVER (ORDER BY amount, order_id) AS place FROM sales.orders ORDER BY 1
SELECT order_id, sum(amount) OVER (PARTITION BY region ORDER BY order_id) AS s FROM sales.orders ORDER BY 1
WITH o AS (SELECT * FROM sales.orders) SELECT count(*) AS n FROM o
WITH o AS (SELECT region, amount FROM sales.orders) SELECT region, max(amount) AS m FROM o GROUP BY 1 ORDER BY 1
SELECT * FROM (SELECT order_id AS id FROM sales.orders) AS o ORDER BY id
SELECT order_id FROM sales.orders WHERE amount = (SELECT max(amount) FROM sales.orders) ORDER BY 1
SELECT order_id FROM sales.orders AS o WHERE EXISTS (FROM shipping.parcels AS p WHERE p.order_id = o.order_id)
SELECT order_id FROM sales.orders WHERE order_id IN (SELECT order_id FROM shipping.parcels) ORDER BY 1
SELECT * FROM shipping.parcels ORDER BY parcel_id
SELECT carrier, count(*) AS n, sum(weight) AS w FROM shipping.parcels GROUP BY carrier ORDER BY carrier
SELECT parcel_id, delivered_on FROM shipping.parcels WHERE delivered_on IS NOT NULL ORDER BY 1
SELECT o.order_id, p.carrier FROM sales.orders AS o JOIN shipping.parcels AS p ON p.order_id = o.order_id ORDER BY 1, 2
SELECT o.order_id, p.carrier FROM sales.orders AS o LEFT JOIN shipping.parcels AS p USING (order_id) ORDER BY 1, 2
SELECT p.carrier, sum(o.amount) AS s FROM shipping.parcels AS p NATURAL JOIN sales.orders AS o GROUP BY 1 ORDER BY 1
SELECT count(*) AS n FROM sales.orders AS a CROSS JOIN shipping.parcels AS b
SELECT order_id FROM sales.orders UNION SELECT order_id FROM shipping.parcels ORDER BY 1
SELECT order_id FROM sales.orders EXCEPT SELECT order_id FROM shipping.parcels ORDER BY 1
SELECT order_id FROM sales.orders INTERSECT SELECT order_id FROM shipping.parcels ORDER BY 1
SELECT * FROM marketing.leads ORDER BY lead_id
SELECT lead_id, email FROM marketing.leads ORDER BY lead_id
SELECT source, count(DISTINCT email) AS n FROM marketing.leads GROUP BY source ORDER BY source
SELECT email = 'nobody' AS same FROM marketing.leads ORDER BY lead_id
SELECT count(*) AS n FROM marketing.leads WHERE email LIKE '%@%'
SELECT current_user AS me
SELECT order_id AS a, order_id AS a FROM sales.orders ORDER BY 1
SELECT COUNT(*) FROM "sales"."orders"
SELECT sales.orders.order_id FROM sales.orders ORDER BY 1
SELECT 1 AS n /* a comment */, 2 AS m
SELECT order_id, region FROM sales.orders WHERE NOT (amount > 100 OR region = 'US') ORDER BY 1
SELECT string_agg(region, '+' ORDER BY order_id) AS regions FROM sales.orders
SELECT date_trunc('month', ordered_on) AS month, count(*) AS n FROM sales.orders GROUP BY 1 ORDER BY 1
SELECT carrier FROM shipping.parcels QUALIFY row_number() OVER (PARTITION BY carrier ORDER BY parcel_id) = 1 ORDER BY 1
SELECT region, count(*) AS n FROM sales.orders GROUP BY ROLLUP (region) ORDER BY ALL
DESCRIBE sales.orders
DESCRIBE SELECT order_id FROM sales.orders
SELECT COLUMNS('order.*') FROM sales.orders ORDER BY ALL
SELECT * EXCLUDE (amount) FROM sales.orders ORDER BY order_id
SELECT order_id FROM sales.orders WHERE false
SELECT 1 AS n FROM sales.orders WHERE amount
SELECT order_id, ordered_on + 1 AS next FROM sales.orders ORDER BY 1
# felix / audit / 00000
SELECT * FROM sales.orders ORDER BY order_id
SELECT * FROM sales.customers ORDER BY customer_id
SELECT name, email FROM sales.customers ORDER BY customer_id
SELECT is_big, count(*) AS n FROM sales.customers GROUP BY 1 ORDER BY 1
SELECT region, sum(amount) AS s FROM sales.orders GROUP BY region ORDER BY region
SELECT c.email, sum(o.amount) AS s FROM sales.customers AS c NATURAL JOIN sales.orders AS o GROUP BY 1 ORDER BY 1
SELECT email FROM marketing.leads ORDER BY lead_id
SELECT l.lead_id FROM marketing.leads AS l JOIN sales.customers AS c ON c.email = l.email ORDER BY 1
# felix / billing / 00000
SELECT * FROM sales.customers ORDER BY customer_id
SELECT email FROM sales.customers ORDER BY email
SELECT count(*) AS n FROM sales.orders
# olga / - / 00000
SELECT * FROM shipping.parcels ORDER BY parcel_id
SELECT source, count(*) AS n FROM marketing.leads GROUP BY 1 ORDER BY 1
SELECT DISTINCT email FROM marketing.leads ORDER BY 1
# olga / - / 42501
SELECT * FROM sales.orders
SELECT count(*) FROM sales.orders
SELECT 1 AS n FROM sales.customers
SELECT p.carrier FROM shipping.parcels AS p JOIN sales.orders AS o USING (order_id)
WITH o AS (SELECT * FROM sales.orders) SELECT 1 AS n
SELECT 1 AS n WHERE EXISTS (SELECT 1 FROM sales.orders)
SELECT parcel_id FROM shipping.parcels WHERE order_id IN (SELECT order_id FROM sales.orders)
# felix / - / 42501
SELECT * FROM sales.orders
SELECT email FROM sales.customers
# ana / - / 42501
SELECT * FROM sales.customers
SELECT o.order_id, c.name FROM sales.orders AS o JOIN sales.customers AS c USING (customer_id)
SELECT (SELECT max(email) FROM sales.customers) AS m
# olga / - / 42P01
SELECT * FROM shipping.delays
SELECT count(*) FROM shipping.delays
# ana / - / 42P01
SELECT * FROM shipping.delays
SELECT * FROM shipping.nothing
SELECT * FROM sales.crm
SELECT * FROM crm.orders
SELECT * FROM orders
SELECT * FROM nowhere.orders
SELECT * FROM depot.parcels
SELECT * FROM a.b.c
SELECT 1 AS n FROM sales.orders AS o JOIN sales.secret AS s ON true
SELECT * FROM 'domains/shipping/depot/parcels.parquet'
SELECT * FROM duckdb_tables
WITH x AS (SELECT 1 AS n) SELECT * FROM y
# ana / - / 42703
SELECT note FROM sales.orders
SELECT never_was FROM sales.orders
SELECT order_id FROM sales.orders WHERE note = 'x'
SELECT order_id FROM sales.orders ORDER BY note
SELECT count(note) FROM sales.orders
SELECT o.note FROM sales.orders AS o
SELECT o.amount_eur FROM sales.orders AS o
SELECT max(p.nothing) FROM shipping.parcels AS p
SELECT region, count(*) AS n FROM sales.orders GROUP BY note
# felix / audit / 42703
SELECT note FROM sales.orders
SELECT merged_into FROM sales.customers
# ana / - / 42702
SELECT order_id FROM sales.orders AS o JOIN shipping.parcels AS p ON p.order_id = o.order_id
# ana / - / 42601
SELECT FROM WHERE
SELECT 1 AS n FROM
SELECT (1 AS n
SELECT * FROM sales.orders WHERE
SELECT 'unfinished
# ana / - / 42883
SELECT no_such_function(1)
SELECT region, nothing_like_it(amount) FROM sales.orders
# ana / - / 25006
INSERT INTO sales.orders VALUES (1)
DELETE FROM sales.orders
UPDATE sales.orders SET amount = 0
DROP TABLE sales.orders
CREATE TABLE mine AS SELECT 1 AS n
TRUNCATE sales.orders
# ana / - / 42883
SELECT * FROM read_csv('x.csv')
SELECT * FROM read_parquet('domains/shipping/depot/parcels.parquet')
SELECT * FROM glob('*')
# ana / - / 25006
ATTACH 'x.db'
CALL pragma_version()
# ana / - / 0A000
SELECT repeat('x', 100000000) AS t
# ana / - / 54000
SELECT count(*) FROM range(100000000)
SELECT sum(a.range) FROM range(1000000) AS a, range(1000000) AS b
SELECT repeat('x', 9999) AS t FROM range(9000000)
# ana / - / 42P02
SELECT $1 AS n
# ana / - / 22P02
SELECT 'x'::integer AS n
SELECT carrier::integer AS n FROM shipping.parcels
SELECT 'yesterday-ish'::date AS d
SELECT 300::tinyint AS n
SELECT CASE WHEN range = 30000 THEN 'x' ELSE '1' END::integer AS n FROM range(60000)
# ana / - / 22000
SELECT region::integer AS n FROM sales.orders
# ana / - / 22003
SELECT 9223372036854775807 + 1 AS n
# ana / - / 22012
SELECT 1 / 0 AS n
SELECT 1 % 0 AS n
"""
