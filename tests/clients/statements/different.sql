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
SELECT 1::float8 / 3, 1::real / 3, 10::float8 / 4
SELECT amount * 100 / sum(amount) OVER () FROM sales.orders WHERE order_id BETWEEN 1 AND 4 ORDER BY order_id
SELECT order_id / 2, order_id % 2, order_id * 2, -order_id, order_id + 1.5 FROM sales.orders WHERE order_id = 5
SELECT amount / 4, amount * 1.19, amount + 1, amount - 0.5, round(amount, 1), amount::int FROM sales.orders WHERE order_id = 5
SELECT 100.0 * count(*) / 3 FROM sales.customers WHERE customer_id > 0
SELECT count(*)::float / 7, round(count(*)::numeric / 7, 2) FROM sales.customers WHERE customer_id > 0
SELECT max(amount) - min(amount), sum(amount * 2), sum(amount) / count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT numeric '1.50' * 2, numeric '3' / 1, 1.0::numeric(5,1), 10::numeric, 7::numeric(10,3)
SELECT extract(epoch from (timestamp '2024-03-10 12:00' - timestamp '2024-03-10 11:30')) / 60
SELECT round(extract(epoch from interval '90 seconds') / 60, 2)
SELECT 5 / 2.0, 7 % 3, -7 % 3, mod(-7, 3), abs(-5), sign(-2.5), ceil(1.2), floor(-1.2), round(2.5), round(-2.5), round(1.255, 2), trunc(1.99), trunc(1.255, 2)
SELECT count(*) FILTER (WHERE amount > 10) * 100.0 / count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 20
SELECT round(100.0 * count(*) FILTER (WHERE amount > 10) / count(*), 1) FROM sales.orders WHERE order_id BETWEEN 1 AND 20
SELECT round(sum(amount) / count(*), 2), round(avg(amount), 2), round(avg(amount)::numeric, 2) FROM sales.orders WHERE order_id BETWEEN 1 AND 20

-- NULL comes last in descending order too: DuckDB's meaning
SELECT name FROM shipping.carriers ORDER BY name DESC

-- json is written without blanks: DuckDB's
SELECT '{"a": {"b": 2}}'::json -> 'a'
SELECT json_agg(name ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT json_object_agg(customer_id, name) FROM sales.customers WHERE customer_id = 1
SELECT json_build_object('a', 1, 'b', 'x')
SELECT json_build_array(1, 'a')
SELECT json_build_object('a', 1, 'b', NULL), json_build_array(1, 'x', true, NULL)
SELECT to_json('x'::text), to_json(1), to_json(true), to_json(ARRAY[1,2]), to_jsonb('x'::text), to_jsonb(1.50)
SELECT json_agg(x ORDER BY x) FROM (VALUES (1),(2)) v(x)
SELECT json_object_agg(k, v) FROM (VALUES ('a', 1), ('b', 2)) t(k, v)
SELECT json_build_object('id', customer_id, 'tags', tags)::text FROM sales.customers WHERE customer_id = 1
SELECT jsonb_build_object('id', customer_id, 'name', name, 'vip', vip, 'credit', credit, 'on', created_at::date) FROM sales.customers WHERE customer_id = 1
SELECT '{"a":{"b":[1,2]}}'::jsonb -> 'a' -> 'b' -> 1, '{"a":{"b":[1,2]}}'::jsonb -> 'a' ->> 'b', '[1,2]'::jsonb -> 5, '"x"'::jsonb -> 'a'

-- a series is a list where it stands in a list of values, and of timestamps: DuckDB's
SELECT generate_series(1, 3)
SELECT * FROM generate_series(date '2020-01-01', date '2020-01-03', interval '1 day') AS d
SELECT generate_series(5, 1, -2) AS n
SELECT generate_series(1, 3) AS n
SELECT generate_series(1, 10, 4)

-- modifier: a numeric tells the number of digits that DuckDB's decimals always have
SELECT interval '1' day

-- other types and spellings of DuckDB
SELECT 1e10
SELECT 1.5e-3
SELECT concat('a', 1, NULL, true)
SELECT sha256('abc'::bytea)
SELECT regexp_matches('foobar', 'o(.)b')
SELECT round(2.5::float8)
SELECT log(2, 8)
SELECT 1, 'a' UNION ALL SELECT 2.5, 'b'
SELECT 10.0/4
SELECT 2.0 ^ 0.5
SELECT 5::oid
SELECT * FROM sales.orders WHERE order_id <= 3 AND order_id > 0 ORDER BY order_id
SELECT 'a'::"char"
SELECT status FROM sales.orders WHERE order_id = 1
SELECT user
SELECT 17::oid, '17'::oid
SELECT concat('a', 1, NULL, 2.5), concat_ws('-', 'a', NULL, 1, true)
SELECT concat('x', true), concat('x', date '2020-01-01'), concat('x', 1.50)
SELECT string_to_array('xx~~yy~~zz', '~~'), string_to_array('xx~~yy~~zz', '~~', 'yy'), string_to_array('abc', NULL)
SELECT 'abc'::bpchar, 'abc '::bpchar = 'abc'
SELECT extract(millennium from date '2024-02-16'), extract(century from date '2024-02-16'), extract(decade from date '2024-02-16'), extract(quarter from date '2024-02-16'), extract(julian from date '2024-02-16')
SELECT ARRAY[1,2,3], ARRAY['a','b'], ARRAY[1.5, 2], ARRAY[]::int[], ARRAY[NULL, 1]
SELECT mode() WITHIN GROUP (ORDER BY country) FROM sales.customers WHERE customer_id BETWEEN 1 AND 4
SELECT lag(amount) OVER w, lead(amount, 1, 0) OVER w, first_value(amount) OVER w, last_value(amount) OVER w, nth_value(amount, 2) OVER w FROM sales.orders WHERE order_id BETWEEN 1 AND 4 WINDOW w AS (ORDER BY order_id) ORDER BY order_id
SELECT 5::text || 'x', 1.50::text, 1e20::float8::text, true::text, date '2024-01-01'::text, ARRAY[1,2]::text, interval '1 day'::text, '\x01'::bytea::text
SELECT * FROM sales.orders WHERE order_id = 1
SELECT * FROM sales.order_summary WHERE country = 'DE' ORDER BY ordered_on LIMIT 2
SELECT c FROM shipping.carriers c WHERE c.carrier_id = 1
SELECT md5(name), sha256(name::bytea) FROM sales.customers WHERE customer_id = 1
SELECT email FROM sales.customers WHERE customer_id = 1 UNION ALL SELECT 'x' ORDER BY 1
SELECT regexp_matches('foobarbaz', 'b(.)(.)')
SELECT * FROM sales.orders WHERE (order_id, customer_id) = (1, 2)
SELECT to_number('  -12.5', 'S99.9'), to_number('12.5-', '99.9S'), to_number('1,234,567', '9,999,999'), to_number('$5.00', '$9.99'), to_number('45%', '99%')
SELECT country FROM sales.customers WHERE customer_id > 0 INTERSECT SELECT 'DE' ORDER BY 1
SELECT country FROM sales.customers WHERE customer_id > 0 EXCEPT SELECT 'DE' ORDER BY 1
SELECT '12'::int + 1, '1.5'::numeric * 2, '3'::text || 4, 1.0::text, 1e3::numeric, 100::numeric(10,2), 3.7::int, -3.5::int, 2.5::int
SELECT customer_id::text, amount::text, ordered_on::text, ordered_at::text, score::text FROM sales.orders WHERE order_id = 3
SELECT o.*, c.name FROM sales.orders o JOIN sales.customers c USING (customer_id) WHERE o.order_id = 2
SELECT status, count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 100 GROUP BY status HAVING count(*) > 5 ORDER BY 2 DESC, 1
SELECT DISTINCT status FROM sales.orders WHERE status IS NOT NULL ORDER BY status
SELECT extract(century from date '2024-01-01'), extract(millennium from date '2024-01-01'), extract(decade from date '2024-01-01'), extract(julian from date '2024-01-01')
SELECT a, b FROM (VALUES (1, 2.5), (2, 3)) AS t(a, b)

-- date_trunc of a date is a timestamp: DuckDB's
SELECT date_trunc('month', date '2020-02-03')
SELECT date_trunc('week', date '2020-02-03')
SELECT extract(year from ordered_on), extract(month from ordered_at), date_trunc('month', ordered_at), date_trunc('month', ordered_on), ordered_at::date, to_char(ordered_at, 'YYYY-MM-DD') FROM sales.orders WHERE order_id = 5
SELECT date_trunc('month', ordered_on) AS m, count(*) FILTER (WHERE amount > 100), round(avg(amount)::numeric, 1) FROM sales.orders WHERE order_id BETWEEN 1 AND 200 GROUP BY m ORDER BY m

-- refused: not supported (functions.md says which functions are)
SELECT array_ndims(ARRAY[1,2])
SELECT generate_subscripts(ARRAY[5,6], 1)
SELECT row_to_json(row(1,2))
SELECT ROW(1, 'a')
SELECT (1, 2)
SELECT carrier_id FROM shipping.carriers FOR UPDATE
SELECT
SELECT gen_random_uuid() IS NOT NULL
SELECT random() < 1
SELECT scale(1.50)
SELECT trim_scale(1.50)
SELECT min_scale(1.50)
SELECT substring('abc' similar '%#"b#"_' escape '#')
SELECT normalize('é')
SELECT 1::bit(3)
SELECT B'101'
SELECT X'1F'
SELECT scale(8.4100), min_scale(8.4100), trim_scale(8.4100)
SELECT to_char(485, 'RN'), to_char(1, 'FM9th')
SELECT random() BETWEEN 0 AND 1
SELECT regexp_matches('foobarbequebazilbarfbonk', '(b[^b]+)(b[^b]+)', 'g')
SELECT (regexp_matches('ab12', '([a-z]+)(\d+)'))[2]
SELECT to_char(date '2024-02-03', 'Q'), to_char(date '2024-02-03', 'WW'), to_char(date '2024-02-03', 'IW'), to_char(date '2024-02-03', 'D'), to_char(date '2024-02-03', 'ID'), to_char(date '2024-02-03', 'DDD'), to_char(date '2024-02-03', 'J'), to_char(date '2024-02-03', 'CC'), to_char(date '2024-02-03', 'W')
SELECT to_char(timestamptz '2024-02-03 14:05:06+00', 'YYYY-MM-DD HH24:MI:SS TZ'), to_char(timestamptz '2024-02-03 14:05:06+00', 'OF'), to_char(timestamptz '2024-02-03 14:05:06+00', 'YYYY-MM-DD"T"HH24:MI:SSOF')
SELECT isfinite(timestamp '2001-02-16'), isfinite(interval '4 hours'), date '2024-01-01' BETWEEN date '2023-01-01' AND timestamp '2025-01-01'
SELECT array_length(ARRAY[1,2,3], 1), cardinality(ARRAY[[1,2],[3,4]]), array_upper(ARRAY[1,2,3], 1), array_lower(ARRAY[1,2,3], 1), array_ndims(ARRAY[[1,2],[3,4]]), array_dims(ARRAY[1,2])
SELECT '{"a": {"b": {"c": 1}}}'::json #> '{a,b}', '{"a": ["x","y"]}'::json #>> '{a,1}'
SELECT jsonb_path_query('{"a":[1,2,3]}'::jsonb, '$.a[*]'), jsonb_path_exists('{"a":1}'::jsonb, '$.a')
SELECT * FROM generate_series(1.1, 4, 1.3)
SELECT ROW(1, 'a', NULL), (1, 2) = (1, 2), ROW(1, 2) < ROW(1, 3), (1, NULL) IS NULL
SELECT pg_typeof(amount), pg_typeof(order_id), pg_typeof(customer_id), pg_typeof(ordered_at) FROM sales.orders WHERE order_id = 1
SELECT clock_timestamp() > now() - interval '1 hour', statement_timestamp() = now(), transaction_timestamp() = now(), timeofday() IS NOT NULL
SELECT '12.34'::money
SELECT '192.168.1.1'::inet
SELECT int4range(1, 5), daterange('2024-01-01', '2024-02-01')
SELECT point(1, 2)
SELECT to_tsvector('a b') @@ to_tsquery('a')
SELECT B'101', X'1F', 5::bit(4)
SELECT '{a,b,"c d"}'::text[], '{1,NULL,3}'::int[], '{{1,2},{3,4}}'::int[]
SELECT '{1,2}'::int[], '{a,"b c"}'::text[], '{{1,2},{3,4}}'::int[], '{}'::text[]
SELECT rank(5) WITHIN GROUP (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT array_dims(ARRAY[1,2,3])
SELECT array_ndims(ARRAY[1,2]), array_ndims(ARRAY[[1],[2]])
SELECT array_fill(0, ARRAY[2,2])
SELECT regexp_instr('foobarbaz', 'b'), regexp_instr('foobarbaz', 'b', 5)
SELECT jsonb_insert('{"a":[0,1]}', '{a,1}', '"n"')
SELECT jsonb_path_query_first('{"a":[1,2]}'::jsonb, '$.a[0]'), jsonb_path_exists('{"a":1}', '$.a')
SELECT count(*) >= 0 FROM sales.customers TABLESAMPLE SYSTEM (10) REPEATABLE (1)
SELECT profile @> '{"age": 21}'::jsonb, profile <@ '{"age": 21}'::jsonb FROM sales.customers WHERE customer_id = 1
SELECT div(order_id, 7), div(amount, 3), div(-7, 2), div(7.9, -2), div(1e20::numeric, 3) FROM sales.orders WHERE order_id = 50
SELECT to_char(1234567.891, 'FM999,999,999.00'), to_char(5, 'FM00'), to_char(-1234, '9,999PR'), to_char(12, 'L99'), to_char(485, 'RN')
SELECT encode('123\000\001'::bytea, 'base64'), encode('abc'::bytea, 'hex'), decode('MTIz', 'base64'), encode('abc', 'escape'), '\x616263'::bytea
SELECT customer_id FROM sales.customers WHERE customer_id BETWEEN 1 AND 2 ORDER BY random()
SELECT setseed(0.5)
SELECT a.n, b.n FROM generate_series(1, 2) a(n), generate_series(a.n, 2) b(n) ORDER BY 1, 2
SELECT point(1,2)
SELECT to_tsvector('english', 'a cat') @@ to_tsquery('cat')
SELECT hashtext('a')
SELECT pg_column_size(1)
SELECT regexp_replace('Hello World', '(\w+) (\w+)', '\2 \1'), regexp_replace('aaa', 'a', 'b', 2, 1)
SELECT * FROM ROWS FROM (generate_series(1, 2), generate_series(5, 7)) AS t(a, b)
SELECT substring(photo from 1 for 2) FROM sales.customers WHERE customer_id = -3

-- modifier: all but the modifier of the type is the same
SELECT interval '1-2' year to month
SELECT char 'c', varchar 'abc', text 'abc'
SELECT interval '1' year, interval '2' month, interval '3' hour, interval '10' second, interval '5' minute
SELECT CASE WHEN true THEN 'a'::varchar(5) END, coalesce(email, 'x') FROM sales.customers WHERE customer_id = 1

-- averages and deviations are doubles, sums of reals are added up as doubles: DuckDB's
SELECT avg(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(discount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(1)
SELECT avg(1.5)
SELECT stddev(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT variance(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT var_pop(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT avg(n) FROM generate_series(1, 10) AS g(n)
SELECT country, count(*), sum(credit), avg(credit), max(created_at) FROM sales.customers WHERE customer_id > 0 GROUP BY country ORDER BY country
SELECT avg(customer_id), avg(amount), avg(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT avg(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 7
SELECT round(avg(amount), 2) FROM sales.orders WHERE order_id BETWEEN 1 AND 7
SELECT stddev_samp(customer_id), var_samp(customer_id), stddev_pop(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT sum(x), avg(x), count(x), max(x) FROM (VALUES (NULL::int)) v(x)
SELECT date_trunc('month', ordered_on)::date AS month, count(*), sum(amount), avg(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 500 GROUP BY 1 ORDER BY 1
SELECT avg(amount) OVER (ORDER BY order_id ROWS 2 PRECEDING) FROM sales.orders WHERE order_id BETWEEN 1 AND 4 ORDER BY order_id
SELECT stddev_pop(order_id), var_pop(order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 4

-- other meanings, types and last digits of DuckDB's functions
SELECT date_trunc('century', timestamp '2000-02-16')
SELECT regexp_split_to_array('the  quick', '\s*')
SELECT greatest(1, 2.5, 3)
SELECT stddev(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT corr(amount::float8, score) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT 2 ^ 10, 2.5 ^ 2
SELECT sqrt(2), sqrt(2.0), cbrt(8)
SELECT exp(1.0), ln(10.0), log(1000.0)
SELECT power(2.0, 3), power(2, 0.5)
SELECT substring('PostgreSQL' from 5), substring('PostgreSQL', 1, 4), substr('abc', 0, 2), substr('abc', -1, 3)
SELECT stddev(score), variance(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT corr(score, score), covar_pop(score, score), regr_slope(score, score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT percentile_cont(ARRAY[0.25, 0.5, 0.75]) WITHIN GROUP (ORDER BY score) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT power(2, 10), sqrt(16), exp(0), ln(1), log(100), log(2.0, 8.0), pi(), degrees(pi()), radians(180), cbrt(27)
SELECT (ARRAY[1,2,3])[-1], (ARRAY[1,2,3])[0], (ARRAY[1,2,3])[4], (ARRAY[1,2,3])[2:1], (ARRAY[1,2,3])[0:2], (ARRAY[1,2,3])[-1:2]
SELECT country, country = 'DE', length(country), country || 'x', country LIKE 'D%' FROM sales.customers WHERE customer_id IN (-1, 3) ORDER BY customer_id
SELECT 1e308::float8 * 10
SELECT sqrt(-1)
SELECT ln(0)
SELECT timestamp '2024-01-01 23:59:59.9999995', time '23:59:59.9999995', timestamp '2024-01-01 00:00:00.123456'
SELECT round(0.5), round(1.5), round(-0.5), round(0.5::float8), round(1.5::float8), round(2.5::float8), round(1234.567, -2), trunc(-1.5), ceil(-1.5), floor(-1.5)
SELECT regexp_replace('a.b.c', '\.', '-'), regexp_replace('a.b.c', '\.', '-', 'g'), regexp_replace('abc', '(.)', '\1\1', 'g'), regexp_replace('abc', '', '-', 'g'), 'a\b' ~ '\\', 'foo' ~ '^f.*o$', 'FOO' ~ '(?i)foo', E'a\nb' ~ 'a.b'
SELECT (1, 2) IN ((1, 2), (3, 4)), (1, NULL) = (1, 2), (1, 2) IS NULL, ROW(NULL, NULL) IS NULL
SELECT x, lag(x) OVER (ORDER BY x), lead(x, 2) OVER (ORDER BY x), sum(x) OVER (ORDER BY x), rank() OVER (ORDER BY x DESC) FROM (VALUES (1),(2),(2),(NULL)) t(x) ORDER BY x

-- upper and lower know letters beyond ASCII; PostgreSQL does as the database's locale says, here C
SELECT lower('ÄÖ')
SELECT upper('straße')
SELECT initcap('ÉCOLE d''été')

-- who asks, and what would tell of the host
SELECT session_user
SELECT current_role
SELECT current_catalog
SELECT pg_backend_pid() IS NOT NULL, pg_is_in_recovery(), inet_client_addr() IS NULL
SELECT pg_postmaster_start_time() IS NOT NULL

-- NOT before a test of a whole row is read as IS NOT NULL
SELECT carrier_id, NOT c IS NULL FROM shipping.carriers c ORDER BY 1

-- refused: what would not be PostgreSQL's answer
SELECT DISTINCT country FROM sales.customers ORDER BY country FETCH FIRST 1 ROW WITH TIES
SELECT q IS NULL FROM (SELECT NULL::int AS a, NULL::int AS b) q
WITH o AS (SELECT * FROM shipping.carriers) SELECT count(o) FROM shipping.carriers c LEFT JOIN o ON false
SELECT 'a - b' ~ '\s\m.'
SELECT c.carrier_id, g FROM shipping.carriers c, generate_series(1, c.carrier_id) g WHERE c.carrier_id > 0 ORDER BY 1, 2
SELECT timestamptz '2024-02-03 10:00:00+00' AT LOCAL
SELECT 0b101
SELECT jsonb_object_agg(carrier_id, name) FILTER (WHERE carrier_id > 0) FROM shipping.carriers
