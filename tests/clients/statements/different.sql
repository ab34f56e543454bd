-- / divides exactly, and so gives a double: DuckDB's meaning
SELECT 7/2
SELECT 7.0/2
SELECT amount / 3 FROM sales.orders WHERE order_id = 1
SELECT order_id / 2 FROM sales.orders WHERE order_id = 3
SELECT 1/3.0
SELECT trunc(extract(epoch from interval '90 min') / 60)
SELECT 5 / 2
SELECT -5 / 2
SELECT 10 / 4.0

-- NULL comes last in descending order too: DuckDB's meaning
SELECT name FROM shipping.carriers ORDER BY name DESC

-- jsonb is json here, written without blanks: one type in DuckDB
SELECT '{"a": 1}'::jsonb
SELECT '{"a": {"b": 2}}'::json -> 'a'
SELECT json_agg(name ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT json_object_agg(customer_id, name) FROM sales.customers WHERE customer_id = 1
SELECT json_build_object('a', 1, 'b', 'x')
SELECT json_build_array(1, 'a')
SELECT json_array_length('[1,2]')
SELECT jsonb_build_object('a', 1)

-- lengths, positions, series and the like are bigint: DuckDB's types
SELECT length('abc')
SELECT char_length('abc')
SELECT bit_length('a')
SELECT position('b' in 'abc')
SELECT strpos('abc', 'b')
SELECT gcd(12, 8)
SELECT lcm(4, 6)
SELECT array_length(ARRAY[1,2], 1)
SELECT cardinality(ARRAY[1,2])
SELECT array_length('{}'::int[], 1)
SELECT cardinality('{}'::int[])
SELECT generate_series(1, 3)
SELECT * FROM generate_series(1, 3)
SELECT * FROM generate_series(1, 10, 3) AS g(n)
SELECT * FROM generate_series(date '2020-01-01', date '2020-01-03', interval '1 day') AS d
SELECT * FROM generate_series(3, 1, -1)
SELECT ntile(2) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT length(name) FROM sales.customers WHERE customer_id = 1
SELECT array_length(tags, 1) FROM sales.customers WHERE customer_id = 1

-- modifier: a numeric tells the number of digits that DuckDB's decimals always have
SELECT 1.5
SELECT 1 + 1.5
SELECT sum(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT min(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT max(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(1.5)
SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT ceil(1.5)
SELECT floor(1.5)
SELECT round(1.5)
SELECT round(1.255, 2)
SELECT trunc(1.9)
SELECT trunc(1.259, 2)
SELECT abs(-1.5)
SELECT floor(-1.5)
SELECT round(2.5)
SELECT round(-2.5)
SELECT amount * 2 FROM sales.orders WHERE order_id = 1
SELECT -amount FROM sales.orders WHERE order_id = 1
SELECT sum(amount) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT 0.1 + 0.2
SELECT 1.1 * 1.1
SELECT date_trunc('month', ordered_on)::date AS m, sum(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 3000 GROUP BY 1 ORDER BY 1 LIMIT 3
SELECT interval '1' day
SELECT round(123.456, -1)
SELECT round(-1.5)
SELECT round(0.5)

-- other types and spellings of DuckDB
SELECT @ -5
SELECT 1e10
SELECT 1.5e-3
SELECT 1.5::numeric
SELECT '123.456'::numeric
SELECT concat('a', 1, NULL, true)
SELECT sha256('abc'::bytea)
SELECT regexp_matches('foobar', 'o(.)b')
SELECT regexp_count('abcabc', 'b')
SELECT sign(-1)
SELECT round(2.5::float8)
SELECT sign(-1.5)
SELECT sign(2::float8)
SELECT log(2, 8)
SELECT * FROM shipping.parcels WHERE order_id <= 3 ORDER BY order_id
SELECT 1, 'a' UNION ALL SELECT 2.5, 'b'
SELECT profile FROM sales.customers WHERE customer_id = 1
SELECT 10.0/4
SELECT 2.0 ^ 0.5

-- parts of dates are whole numbers, and date differences bigint: DuckDB's types
SELECT extract(year from date '2020-02-03')
SELECT extract(epoch from timestamp '2020-01-01')
SELECT date_part('month', date '2020-02-03')
SELECT extract(dow from date '2020-02-03')
SELECT extract(isodow from date '2020-02-03')
SELECT extract(doy from date '2020-02-03')
SELECT extract(week from date '2020-02-03')
SELECT extract(quarter from date '2020-02-03')
SELECT extract(second from timestamp '2020-01-01 10:00:01.5')
SELECT extract(milliseconds from timestamp '2020-01-01 10:00:01.5')
SELECT extract(microseconds from time '10:00:01.5')
SELECT extract(epoch from interval '1 day 1 second')
SELECT extract(day from interval '3 days')
SELECT extract(hour from time '10:11:12')
SELECT extract(century from date '2020-02-03')
SELECT extract(decade from date '2020-02-03')
SELECT extract(isoyear from date '2020-01-01')
SELECT date_trunc('month', date '2020-02-03')
SELECT date_trunc('week', date '2020-02-03')
SELECT date '2020-01-10' - date '2020-01-01'
SELECT extract(year from created_at) FROM sales.customers WHERE customer_id = 1
SELECT ordered_at::date - ordered_on FROM sales.orders WHERE order_id = 1
SELECT max(ordered_on) - min(ordered_on) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT extract(epoch from timestamptz '2020-01-01 00:00:00.5+00')
SELECT date_part('year', ordered_on), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 10 GROUP BY 1

-- refused: not supported (functions.md says which functions are)
SELECT |/ 25.0
SELECT E'\u00e9'
SELECT U&'\00e9'
SELECT octet_length('é')
SELECT format('%s-%I-%L', 'a', 'b c', 'd')
SELECT regexp_match('foobar', 'o(.)b')
SELECT regexp_instr('abc', 'c')
SELECT div(7, 2)
SELECT width_bucket(5, 0, 10, 5)
SELECT 5 # 3
SELECT to_char(timestamp '2020-02-03 14:05:06', 'Day, DD Month YYYY')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'Q')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'D')
SELECT to_char(date '2020-02-03', 'MON')
SELECT to_char(date '2020-02-03', 'WW')
SELECT to_char(1234.5, '9,999.99')
SELECT to_char(1234.5, 'FM9999.00')
SELECT to_char(42, '0000')
SELECT to_char(42, 'FM999')
SELECT to_char(interval '1 day 02:03:04', 'HH24:MI:SS')
SELECT to_number('1,234.5', '9,999.9')
SELECT make_interval(days => 1)
SELECT make_interval(1,2,3,4,5,6,7)
SELECT justify_days(interval '35 days')
SELECT justify_hours(interval '27 hours')
SELECT justify_interval(interval '1 mon -1 hour')
SELECT (date '2020-01-01', date '2020-02-01') OVERLAPS (date '2020-01-15', date '2020-03-01')
SELECT ARRAY[1] || 2
SELECT 0 || ARRAY[1]
SELECT array_upper(ARRAY[1,2], 1)
SELECT array_lower(ARRAY[1,2], 1)
SELECT array_ndims(ARRAY[1,2])
SELECT array_positions(ARRAY[1,2,1], 1)
SELECT array_fill(0, ARRAY[2])
SELECT * FROM unnest(ARRAY['a','b']) AS u
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b']) AS u(a, b)
SELECT d::date FROM generate_series(timestamp '2020-01-01', timestamp '2020-01-03', '1 day') AS d
SELECT generate_subscripts(ARRAY[5,6], 1)
SELECT row_to_json(row(1,2))
SELECT json_typeof('1')
SELECT * FROM json_array_elements('[1,2]'::json)
SELECT * FROM json_array_elements_text('["a","b"]'::json)
SELECT * FROM json_each('{"a":1}'::json)
SELECT '{"a":1}'::jsonb @> '{"a":1}'::jsonb
SELECT '{"a":1}'::jsonb ? 'a'
SELECT ROW(1, 'a')
SELECT (1, 2)
SELECT carrier_id FROM shipping.carriers FOR UPDATE
SELECT
SELECT created_at::time FROM sales.customers WHERE customer_id = 1
SELECT 'abc'::name
SELECT 5::oid
SELECT gen_random_uuid() IS NOT NULL
SELECT random() < 1
SELECT string_to_table('a,b', ',')
SELECT num_nulls(1, NULL)
SELECT num_nonnulls(1, NULL)
SELECT scale(1.50)
SELECT trim_scale(1.50)
SELECT min_scale(1.50)
SELECT substring('abc' similar '%#"b#"_' escape '#')
SELECT normalize('é')
SELECT interval '1-2' year to month
SELECT interval 'P1DT2H'
SELECT user
SELECT date_trunc('day', timestamptz '2020-01-01 23:00+00', 'Europe/Berlin')
SELECT 1 WHERE 'a' LIKE ANY (ARRAY['a%', 'b'])
SELECT 1::bit(3)
SELECT B'101'
SELECT X'1F'

-- sums of whole numbers are numeric and averages and deviations are doubles: DuckDB's types
SELECT sum(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(discount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(1)
SELECT avg(1)
SELECT avg(1.5)
SELECT stddev(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT variance(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT stddev(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT var_pop(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT corr(amount::float8, score) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(n) FROM generate_series(1, 10) AS g(n)
SELECT sum(n::numeric) FROM generate_series(1, 10) AS g(n)
SELECT avg(n) FROM generate_series(1, 10) AS g(n)

-- upper and lower know letters beyond ASCII; PostgreSQL does as the database's locale says, here C
SELECT lower('ÄÖ')
SELECT upper('straße')
SELECT initcap('ÉCOLE d''été')

-- varchar(n), char(n), name, oid and enums are text here, or have no type of their own in DuckDB
SELECT 'x'::varchar(10)
SELECT 'x'::char(3)
SELECT 'x'::bpchar
SELECT * FROM sales.orders WHERE order_id <= 3 AND order_id > 0 ORDER BY order_id
SELECT * FROM sales.customers WHERE customer_id <= 3 ORDER BY customer_id
SELECT country, count(*), sum(credit), avg(credit), max(created_at) FROM sales.customers WHERE customer_id > 0 GROUP BY country ORDER BY country
SELECT country, count(*) FROM sales.customers GROUP BY ROLLUP(country) ORDER BY country NULLS LAST
SELECT DISTINCT country FROM sales.customers ORDER BY country
SELECT current_schema
SELECT name::varchar(3) FROM sales.customers WHERE customer_id = 1
SELECT 'a'::"char"
SELECT status FROM sales.orders WHERE order_id = 1
SELECT session_user
SELECT current_role
SELECT current_catalog
