SELECT 1
SELECT 'a'
SELECT NULL
SELECT true
SELECT -1
SELECT +1
SELECT 7 % 3
SELECT 2^3
SELECT 5!=4
SELECT 2147483648
SELECT 9223372036854775808
SELECT 'a' || 'b'
SELECT 'a' || 1
SELECT 0.1::float8
SELECT 1e15::float8
SELECT 1e16::float8
SELECT 123456789012345680::float8
SELECT 1e-5::float8
SELECT 0.0001::float8
SELECT 0.1::float4
SELECT 1e10::float4
SELECT 16777216::float4
SELECT 'NaN'::float8
SELECT 'Infinity'::float8
SELECT '-Infinity'::float8
SELECT 1::int2
SELECT 1::int4
SELECT 1::int8
SELECT 1.50::numeric(10,2)
SELECT 1.005::numeric(10,2)
SELECT 'x'::text
SELECT cast('2020-01-01' as date)
SELECT date '2020-01-01'
SELECT timestamp '2020-01-01 10:00:00'
SELECT timestamptz '2020-01-01 10:00:00+02'
SELECT time '10:11:12.5'
SELECT interval '1 day'
SELECT interval '1 year 2 mons 3 days 04:05:06.789'
SELECT interval '-1 day'
SELECT interval '1 day -02:00:00'
SELECT interval '0'
SELECT '\x00ff'::bytea
SELECT E'a\nb\t\\c'
SELECT $$dollar$$, $tag$x$y$tag$
SELECT ARRAY[1,2,3]
SELECT ARRAY['a',NULL,'c']
SELECT '{1,2}'::int[]
SELECT (ARRAY['a','b'])[1]
SELECT ARRAY[[1,2],[3,4]]
SELECT '{"a": 1}'::json
SELECT '{"a": 1}'::json ->> 'a'
SELECT '{"a": {"b": 2}}'::json #> '{a,b}'
SELECT '{"a": {"b": 2}}'::json #>> '{a,b}'
SELECT count(*) FROM sales.orders
SELECT count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT count(note) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(score) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT avg(discount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(customer_id::int8) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT bool_and(vip) FROM sales.customers
SELECT bool_or(vip) FROM sales.customers
SELECT every(vip) FROM sales.customers
SELECT string_agg(name, ',' ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT array_agg(customer_id ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT mode() WITHIN GROUP (ORDER BY status::text) FROM sales.orders WHERE order_id BETWEEN 1 AND 101
SELECT count(DISTINCT country) FROM sales.customers
SELECT count(*) FILTER (WHERE vip) FROM sales.customers
SELECT CASE WHEN true THEN 1 ELSE 2 END
SELECT COALESCE(NULL, 1)
SELECT NULLIF(1, 2)
SELECT GREATEST(1,2)
SELECT LEAST(1,2)
SELECT CASE WHEN true THEN 'a' END
SELECT upper('a')
SELECT lower('A')
SELECT initcap('hello world')
SELECT substring('hello' from 2 for 3)
SELECT substring('hello', 2)
SELECT substr('hello', 2, 3)
SELECT left('hello', 2)
SELECT right('hello', 2)
SELECT left('hello', -2)
SELECT right('hello', -2)
SELECT substring('foobar' from 'o(.)b')
SELECT substring('foobar', 'o.b')
SELECT trim('  a ')
SELECT ltrim(' a')
SELECT rtrim('a ')
SELECT btrim('xax', 'x')
SELECT trim(both 'x' from 'xax')
SELECT trim(leading 'x' from 'xax')
SELECT trim(trailing from 'a ')
SELECT replace('abc', 'b', 'x')
SELECT translate('abc', 'ab', 'xy')
SELECT reverse('abc')
SELECT repeat('ab', 3)
SELECT lpad('a', 3, 'x')
SELECT rpad('a', 3, 'x')
SELECT lpad('a', 3)
SELECT split_part('a,b,c', ',', 2)
SELECT split_part('a,b,c', ',', -1)
SELECT concat_ws(',', 'a', NULL, 'b')
SELECT md5('a')
SELECT ascii('a')
SELECT chr(97)
SELECT to_hex(255)
SELECT encode('abc'::bytea, 'hex')
SELECT encode('abc'::bytea, 'base64')
SELECT decode('616263', 'hex')
SELECT quote_ident('a b')
SELECT quote_literal('a''b')
SELECT regexp_replace('foobar', 'o', 'x')
SELECT regexp_replace('foobar', 'o', 'x', 'g')
SELECT regexp_replace('foo', '(f)', '\1\1')
SELECT regexp_split_to_array('a b c', ' ')
SELECT string_to_array('a,b,c', ',')
SELECT array_to_string(ARRAY[1,2,3], ',')
SELECT regexp_like('abc', 'B', 'i')
SELECT regexp_substr('abc', 'b.')
SELECT 'abc' ~ 'b'
SELECT 'abc' ~* 'B'
SELECT 'abc' !~ 'x'
SELECT 'abc' !~* 'B'
SELECT 'abc' LIKE 'a%'
SELECT 'abc' ILIKE 'A%'
SELECT 'abc' NOT LIKE 'b%'
SELECT 'abc' SIMILAR TO 'a(b|c)+'
SELECT 'abc' ~~ 'a%'
SELECT 'abc' !~~ 'a%'
SELECT 'abc' ~~* 'A%'
SELECT starts_with('abc', 'a')
SELECT 'abc' ^@ 'a'
SELECT abs(-1)
SELECT mod(7, 3)
SELECT power(2, 3)
SELECT sqrt(4)
SELECT exp(1)
SELECT ln(2)
SELECT log(100)
SELECT pi()
SELECT ceil(1.5::float8)
SELECT log10(100)
SELECT cbrt(27)
SELECT degrees(pi())
SELECT radians(180)
SELECT sin(1)
SELECT cos(1)
SELECT tan(1)
SELECT asin(1)
SELECT acos(1)
SELECT atan(1)
SELECT atan2(1,2)
SELECT cot(1)
SELECT factorial(5)
SELECT 5 & 3
SELECT 5 | 3
SELECT ~5
SELECT 1 << 3
SELECT 8 >> 1
SELECT date_trunc('month', timestamp '2020-02-03 10:00')
SELECT date_trunc('hour', timestamptz '2020-02-03 10:11+00')
SELECT date_trunc('quarter', timestamp '2020-02-03')
SELECT date_trunc('day', interval '3 days 10:00')
SELECT age(timestamp '2020-03-01', timestamp '2019-01-15')
SELECT age(date '2020-03-01', date '2019-01-15')
SELECT date '2020-01-01' + 1
SELECT date '2020-01-01' + interval '1 day'
SELECT date '2020-01-01' - 1
SELECT date '2020-01-01' + time '10:00'
SELECT timestamp '2020-01-02' - timestamp '2020-01-01 10:00'
SELECT timestamp '2020-01-01' + interval '1 month'
SELECT interval '1 day' * 2
SELECT interval '1 day' / 2
SELECT 2 * interval '1 day'
SELECT interval '1 day' + interval '2 hours'
SELECT interval '1.5 days'
SELECT - interval '1 day'
SELECT to_char(timestamp '2020-02-03 14:05:06', 'YYYY-MM-DD HH24:MI:SS')
SELECT to_char(date '2020-02-03', 'DD Mon YYYY')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'HH12:MI AM')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'IYYY-IW')
SELECT to_date('2020-02-03', 'YYYY-MM-DD')
SELECT to_timestamp('2020-02-03 10:11:12', 'YYYY-MM-DD HH24:MI:SS')
SELECT to_timestamp(0)
SELECT make_date(2020, 1, 2)
SELECT make_time(10, 11, 12.5)
SELECT make_timestamp(2020,1,2,3,4,5.5)
SELECT timestamp '2020-01-01 10:00' AT TIME ZONE 'UTC'
SELECT timestamptz '2020-01-01 10:00+00' AT TIME ZONE 'Europe/Berlin'
SELECT timezone('UTC', timestamp '2020-01-01')
SELECT date_bin('15 minutes', timestamp '2020-02-03 10:11:12', timestamp '2001-01-01')
SELECT isfinite(date '2020-01-01')
SELECT 'infinity'::timestamp
SELECT '-infinity'::date
SELECT now() > timestamp '2020-01-01'
SELECT current_date > date '2020-01-01'
SELECT localtimestamp > timestamp '2020-01-01'
SELECT pg_typeof(now())
SELECT pg_typeof(current_date)
SELECT pg_typeof(1)
SELECT pg_typeof('a')
SELECT pg_typeof(1.5)
SELECT 1 = ANY(ARRAY[1,2])
SELECT 1 = ALL(ARRAY[1,1])
SELECT 1 <> ALL(ARRAY[2,3])
SELECT 3 > ANY('{1,2}'::int[])
SELECT ARRAY[1,2] @> ARRAY[1]
SELECT ARRAY[1] <@ ARRAY[1,2]
SELECT ARRAY[1,2] && ARRAY[2,3]
SELECT ARRAY[1] || ARRAY[2]
SELECT array_position(ARRAY['a','b'], 'b')
SELECT array_append(ARRAY[1], 2)
SELECT array_prepend(0, ARRAY[1])
SELECT array_cat(ARRAY[1], ARRAY[2])
SELECT array_remove(ARRAY[1,2,1], 1)
SELECT array_replace(ARRAY[1,2], 2, 3)
SELECT (ARRAY[1,2,3,4])[2:3]
SELECT unnest(ARRAY[1,2,3])
SELECT * FROM unnest(ARRAY['a','b']) WITH ORDINALITY AS u(x, n)
SELECT to_json('a'::text)
SELECT json_extract_path_text('{"a":{"b":"c"}}'::json, 'a', 'b')
SELECT 1 IS NULL, NULL IS NOT NULL, 1 IS DISTINCT FROM 2, true IS TRUE, true IS NOT FALSE, NULL::bool IS UNKNOWN
SELECT 1 BETWEEN 0 AND 2
SELECT 1 BETWEEN SYMMETRIC 2 AND 0
SELECT 1 IN (1,2)
SELECT 1 NOT IN (3)
SELECT true AND false
SELECT NOT true
SELECT true::int
SELECT 1::bool
SELECT 'yes'::bool
SELECT (1,2) = (1,2)
SELECT (1,2) < (1,3)
SELECT ROW(1,2) IN (SELECT 1,2)
SELECT EXISTS (SELECT 1)
SELECT (SELECT 1)
SELECT ARRAY(SELECT 1)
SELECT 1 AS "A"
SELECT 2 AS b
SELECT order_id FROM sales.orders WHERE order_id = 1
SELECT order_id + 1 FROM sales.orders WHERE order_id = 1
SELECT score FROM sales.orders WHERE order_id = 1
SELECT order_id % 2 FROM sales.orders WHERE order_id = 3
SELECT * FROM marketing.campaigns ORDER BY campaign_id
SELECT * FROM marketing.touches ORDER BY at LIMIT 3
SELECT row_number() OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT rank() OVER (ORDER BY status::text) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT lag(order_id) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT percent_rank() OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT cume_dist() OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT first_value(order_id) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT dense_rank() OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT o.order_id, c.name FROM sales.orders o JOIN sales.customers c ON c.customer_id = o.customer_id WHERE o.order_id BETWEEN 1 AND 3 ORDER BY 1
SELECT o.order_id, c.name FROM sales.orders o LEFT JOIN sales.customers c USING (customer_id) WHERE o.order_id BETWEEN 1 AND 3 ORDER BY 1
SELECT DISTINCT ON (customer_id) customer_id, order_id FROM sales.orders WHERE order_id BETWEEN 1 AND 100 ORDER BY customer_id, order_id LIMIT 3
WITH t AS (SELECT 1 AS a UNION ALL SELECT 2) SELECT * FROM t ORDER BY a
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT * FROM t
SELECT 1 UNION SELECT 2 ORDER BY 1
SELECT 1 EXCEPT SELECT 2
VALUES (1, 'a'), (2, 'b')
SELECT * FROM (VALUES (1, 'a')) AS v(x, y)
TABLE shipping.carriers
SELECT name FROM shipping.carriers ORDER BY name
SELECT name FROM shipping.carriers ORDER BY carrier_id LIMIT 1 OFFSET 1
SELECT name FROM shipping.carriers ORDER BY carrier_id FETCH FIRST 1 ROW ONLY
SELECT 1 WHERE 1 = 2
SELECT 1;
SELECT current_user IS NOT NULL
SELECT max(name) FROM sales.customers WHERE customer_id > 0
SELECT min(created_at) FROM sales.customers WHERE customer_id > 0
SELECT max(external_id::text) FROM sales.customers WHERE customer_id > 0
SELECT name || ' ' || email FROM sales.customers WHERE customer_id = 1
SELECT upper(country) FROM sales.customers WHERE customer_id = 1
SELECT tags[1] FROM sales.customers WHERE customer_id = 1
SELECT 'x' = ANY(tags) FROM sales.customers WHERE customer_id = 1
SELECT profile->>'age' FROM sales.customers WHERE customer_id = 1
SELECT (profile->>'age')::int FROM sales.customers WHERE customer_id = 1
SELECT created_at::date FROM sales.customers WHERE customer_id = 1
SELECT created_at::timestamp FROM sales.customers WHERE customer_id = 1
SELECT created_at::text FROM sales.customers WHERE customer_id = 1
SELECT ordered_on - 1 FROM sales.orders WHERE order_id = 1
SELECT ordered_on + interval '1 day' FROM sales.orders WHERE order_id = 1
SELECT ordered_at - interval '1 hour' FROM sales.orders WHERE order_id = 1
SELECT transit FROM shipping.parcels WHERE order_id = 1
SELECT transit * 2 FROM shipping.parcels WHERE order_id = 1
SELECT transit::text FROM shipping.parcels WHERE order_id = 1
SELECT cutoff::text FROM shipping.parcels WHERE order_id = 1
SELECT weight_kg::text FROM shipping.parcels WHERE order_id = 1
SELECT parcel_id::text FROM shipping.parcels WHERE order_id = 1
SELECT order_id::text FROM sales.orders WHERE order_id = 5
SELECT amount::text FROM sales.orders WHERE order_id = 5
SELECT score::text FROM sales.orders WHERE order_id = 5
SELECT discount::text FROM sales.orders WHERE order_id = 5
SELECT ordered_at::text FROM sales.orders WHERE order_id = 5
SELECT ordered_on::text FROM sales.orders WHERE order_id = 5
SELECT vip::text FROM sales.customers WHERE customer_id = 1
SELECT vip::int FROM sales.customers WHERE customer_id = 1
SELECT customer_id::bool FROM sales.customers WHERE customer_id = 1
SELECT credit::int FROM sales.customers WHERE customer_id = 1
SELECT credit::float8 FROM sales.customers WHERE customer_id = 1
SELECT credit::numeric(6,1) FROM sales.customers WHERE customer_id = 1
SELECT 1::text
SELECT 1.0::text
SELECT true::text
SELECT null::text
SELECT 1e20::float8::text
SELECT 12345678901234567890
SELECT max(x) FROM (VALUES ('b'), ('A'), ('a')) v(x)
SELECT min(x) FROM (VALUES ('b'), ('A'), ('a')) v(x)
SELECT x FROM (VALUES ('b'), ('A'), ('a'), (NULL)) v(x) ORDER BY x
SELECT 'a' < 'B'
SELECT 'a' COLLATE "C" < 'B'
SELECT version() LIKE 'PostgreSQL%'
SELECT date_part('epoch', interval '1 hour')
SELECT to_char(ordered_at, 'YYYY-MM'), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 50 GROUP BY 1 ORDER BY 1
SELECT coalesce(note, 'none') FROM sales.orders WHERE order_id BETWEEN 1 AND 8 ORDER BY order_id
SELECT status::text FROM sales.orders WHERE order_id = 1
SELECT overlay('hello' placing 'XX' from 2 for 3)
SELECT bit_and(x) FROM (VALUES (5), (3)) v(x)
SELECT bit_or(x) FROM (VALUES (5), (3)) v(x)
SELECT ascii('')
SELECT chr(8364)
SELECT min(ordered_on) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT max(ordered_at) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT a.x FROM (SELECT 1 AS x) a CROSS JOIN LATERAL (SELECT a.x + 1 AS y) b
SELECT host FROM (SELECT 'h' AS host) t
SELECT 1 OPERATOR(pg_catalog.+) 2
SELECT pg_catalog.upper('a')
SELECT pg_catalog.now() IS NOT NULL
SELECT cast(1.5 as int)
SELECT cast(2.5 as int)
SELECT 2.5::numeric::int
SELECT 2.5::float8::int
SELECT (-2.5)::int
SELECT '10'::int
SELECT ' 10 '::int
SELECT '1e3'::float8
SELECT 1::int8 + 1::int4
SELECT 1::int2 + 1::int2
SELECT 1::int4 * 1.5::float8
SELECT 1.5::numeric + 1.5::float8
SELECT 1::float4 + 1::float8
SELECT interval '1 day 02:00:00'
SELECT '1 day -02:00:00'::interval
SELECT interval '2 hours 30 minutes'
SELECT regexp_replace('foobar', 'o', 'x', 'gi')
SELECT row_to_json(t) FROM (SELECT 1 AS a) t
SELECT substring('foobar' from 'o.b')
SELECT 1 = ANY('{1,2}'::int[])
SELECT lpad('abc', 2)
SELECT timestamp '2020-01-01' AT TIME ZONE 'Europe/Berlin'
SELECT count(*) FROM generate_series(1, 5) WITH ORDINALITY
SELECT * FROM (SELECT 1 AS a) t(b)
SELECT a FROM unnest(ARRAY[3,4]) AS t(a)
SELECT name FROM shipping.carriers WHERE name = 'DHL' LIMIT ALL
SELECT name FROM shipping.carriers ORDER BY 1 OFFSET 1 ROWS FETCH NEXT 1 ROWS ONLY
SELECT DATE '2020-01-31' + INTERVAL '1 month'
SELECT '2020-01-01'::date::text
SELECT '10:00'::time::text
SELECT now()::text IS NOT NULL
SELECT round(1.5::float8)
SELECT 5 % -3
SELECT mod(-5, 3)
SELECT 'abc' < 'abd'
SELECT 'a' = 'a '
SELECT 'x'::char(3) = 'x'
SELECT 1 = 1.0
SELECT 'a' || NULL
SELECT nullif('', '')
SELECT coalesce(null, 'x')
SELECT date '2020-01-01' = timestamp '2020-01-01'
SELECT current_timestamp(0) IS NOT NULL
SELECT age(timestamp '2020-03-01') IS NOT NULL
SELECT * FROM pg_catalog.generate_series(1, 2) AS g(x)
SELECT 1 ::int
SELECT lower(name) COLLATE "C" FROM shipping.carriers WHERE carrier_id = 1
SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_name = 'touches' ORDER BY ordinal_position
SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema = 'shipping' AND table_name = 'carriers'
SELECT typname, typlen, typtype, typcategory FROM pg_type WHERE oid IN (16, 20, 23, 25, 1700) ORDER BY oid
SELECT oid, typname FROM pg_catalog.pg_type WHERE typname IN ('int4', 'text') ORDER BY oid
SELECT attname, format_type(atttypid, atttypmod), attnotnull, attnum FROM pg_attribute WHERE attrelid = 'marketing.touches'::regclass AND attnum > 0 ORDER BY attnum
SELECT relname, relkind FROM pg_class WHERE relname IN ('touches', 'carriers') AND relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('marketing', 'shipping')) ORDER BY 1
SELECT nspname FROM pg_namespace WHERE nspname IN ('sales', 'shipping', 'marketing', 'pg_catalog') ORDER BY nspname
SELECT 'marketing.touches'::regclass::text
SELECT 'int4'::regtype, 'int4'::regtype::oid
SELECT to_regclass('nowhere.at_all'), to_regclass('marketing.touches') IS NOT NULL
SELECT format_type(23, -1), format_type(1700, 655366), format_type(1043, 14)
SELECT has_table_privilege('marketing.touches', 'SELECT')
SELECT pg_get_userbyid(0) IS NULL
SELECT quote_ident('A b'), quote_literal('it''s'), pg_typeof(1::int8)
SELECT count(*) FROM information_schema.schemata WHERE schema_name = 'marketing'
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname OPERATOR(pg_catalog.~) '^(touches)$' COLLATE pg_catalog.default ORDER BY 1
SELECT unnest(conkey) FROM pg_constraint WHERE conname = 'no_such_constraint'
SELECT amname FROM pg_am WHERE amname = 'btree'
SELECT proname FROM pg_proc WHERE proname = 'upper' ORDER BY oid LIMIT 1
SELECT collname FROM pg_collation WHERE collname IN ('default', 'C') ORDER BY 1
SELECT extname FROM pg_extension WHERE extname = 'nothing'
SELECT current_setting('server_encoding')
SELECT current_setting('no.such', true)
SELECT set_config('a.b', 'c', false) AS "X"
SHOW server_encoding
SHOW standard_conforming_strings
SHOW datestyle
SHOW intervalstyle
SHOW transaction_isolation
SHOW search_path
SHOW extra_float_digits
SHOW bytea_output
SHOW max_identifier_length
SHOW integer_datetimes
SET extra_float_digits = 3
SET client_min_messages TO warning
SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY
RESET ALL
DISCARD PLANS
DEALLOCATE ALL
CLOSE ALL
SELECT * FROM sales.nope
SELECT nope FROM sales.orders
SELEC 1
SELECT 1 / (SELECT
SELECT 'a'::int
SELECT nope(1)
DELETE FROM nope WHERE
SELECT pg_sleep(0)
SELECT '{"a": 1}'::jsonb
SELECT json_array_length('[1,2]')
SELECT jsonb_build_object('a', 1)
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
SELECT * FROM generate_series(1, 3)
SELECT * FROM generate_series(1, 10, 3) AS g(n)
SELECT * FROM generate_series(3, 1, -1)
SELECT ntile(2) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT length(name) FROM sales.customers WHERE customer_id = 1
SELECT array_length(tags, 1) FROM sales.customers WHERE customer_id = 1
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
SELECT round(123.456, -1)
SELECT round(-1.5)
SELECT round(0.5)
SELECT 1.5::numeric
SELECT '123.456'::numeric
SELECT regexp_count('abcabc', 'b')
SELECT sign(-1)
SELECT sign(-1.5)
SELECT sign(2::float8)
SELECT * FROM shipping.parcels WHERE order_id <= 3 ORDER BY order_id
SELECT profile FROM sales.customers WHERE customer_id = 1
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
SELECT date '2020-01-10' - date '2020-01-01'
SELECT extract(year from created_at) FROM sales.customers WHERE customer_id = 1
SELECT ordered_at::date - ordered_on FROM sales.orders WHERE order_id = 1
SELECT max(ordered_on) - min(ordered_on) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT extract(epoch from timestamptz '2020-01-01 00:00:00.5+00')
SELECT date_part('year', ordered_on), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 10 GROUP BY 1
SELECT E'\u00e9'
SELECT U&'\00e9'
SELECT 5 # 3
SELECT created_at::time FROM sales.customers WHERE customer_id = 1
SELECT 'abc'::name
SELECT interval 'P1DT2H'
SELECT sum(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(1)
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT sum(n) FROM generate_series(1, 10) AS g(n)
SELECT sum(n::numeric) FROM generate_series(1, 10) AS g(n)
SELECT 'x'::varchar(10)
SELECT 'x'::char(3)
SELECT 'x'::bpchar
SELECT * FROM sales.customers WHERE customer_id <= 3 ORDER BY customer_id
SELECT country, count(*) FROM sales.customers GROUP BY ROLLUP(country) ORDER BY country NULLS LAST
SELECT DISTINCT country FROM sales.customers ORDER BY country
SELECT current_schema
SELECT name::varchar(3) FROM sales.customers WHERE customer_id = 1
SELECT octet_length('é')
SELECT regexp_match('foobar', 'o(.)b')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'Day, DD Month YYYY')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'Q')
SELECT to_char(timestamp '2020-02-03 14:05:06', 'D')
SELECT to_char(date '2020-02-03', 'MON')
SELECT to_char(date '2020-02-03', 'WW')
SELECT to_char(1234.5, '9,999.99')
SELECT to_char(1234.5, 'FM9999.00')
SELECT to_char(42, '0000')
SELECT to_char(42, 'FM999')
SELECT make_interval(days => 1)
SELECT make_interval(1,2,3,4,5,6,7)
SELECT ARRAY[1] || 2
SELECT 0 || ARRAY[1]
SELECT array_upper(ARRAY[1,2], 1)
SELECT array_lower(ARRAY[1,2], 1)
SELECT array_positions(ARRAY[1,2,1], 1)
SELECT * FROM unnest(ARRAY['a','b']) AS u
SELECT d::date FROM generate_series(timestamp '2020-01-01', timestamp '2020-01-03', '1 day') AS d
SELECT json_typeof('1')
SELECT * FROM json_array_elements('[1,2]'::json)
SELECT * FROM json_array_elements_text('["a","b"]'::json)
SELECT current_setting('server_version_num')::int > 100000
SELECT r1.order_id FROM (sales.orders r1 INNER JOIN sales.customers r2 ON (((r1.customer_id = r2.customer_id)) AND ((r1.note ~~ 'n1%')))) ORDER BY 1 LIMIT 3
SELECT count(*) FROM ((sales.orders o LEFT OUTER JOIN sales.customers c ON (o.customer_id = c.customer_id)) LEFT OUTER JOIN shipping.parcels p ON (p.order_id = o.order_id)) WHERE p.weight_kg > 1
SELECT k.name, r1.order_id, r2.name FROM shipping.carriers k LEFT JOIN (sales.orders r1 JOIN sales.customers r2 ON r1.customer_id = r2.customer_id AND r2.country = 'DE') ON k.carrier_id = r1.order_id ORDER BY k.carrier_id
SELECT count(*) FROM marketing.campaigns c FULL JOIN (shipping.carriers k CROSS JOIN marketing.touches t) ON k.carrier_id = c.campaign_id
SELECT name, (SELECT count(*) FROM sales.orders o WHERE o.order_id = k.carrier_id) FROM (shipping.carriers k JOIN marketing.campaigns c ON k.carrier_id = c.campaign_id) WHERE EXISTS (SELECT 1 FROM sales.customers c WHERE c.customer_id = k.carrier_id) ORDER BY c.title
SELECT x.title FROM (shipping.carriers k JOIN marketing.campaigns c ON k.carrier_id = c.campaign_id) AS x ORDER BY 1
SELECT count(*) FROM sales.customers WHERE tags @> '{t1}'
SELECT count(*) FROM sales.customers WHERE '{t1,x}' = tags
SELECT count(*) FROM sales.customers WHERE tags && '{t1,t2}'
SELECT order_id FROM sales.orders WHERE order_id = ANY ('{1,8}') ORDER BY 1
SELECT count(*) FROM sales.orders WHERE customer_id <> ALL ('{1,2,3}')
SELECT count(*) FROM sales.orders WHERE note = ANY ('{n1,NULL,"n2"}')
SELECT '{a,NULL,"b c","d\"e"}'::text[]
SELECT '{{1,2},{3,4}}'::int[][]
SELECT string_to_table('a,b', ',')
SELECT num_nulls(1, NULL)
SELECT num_nonnulls(1, NULL)
SELECT date_trunc('day', timestamptz '2020-01-01 23:00+00', 'Europe/Berlin')
SELECT 1 WHERE 'a' LIKE ANY (ARRAY['a%', 'b'])
SELECT 1::smallint, 2::integer, 3::bigint, 4::real, 5::double precision, 6::numeric
SELECT 1::int2 + 1::int4, 1::int4 + 1::int8
SELECT 7 % 2, -7 % 2, mod(7, -2)
SELECT abs(-1.50), abs(-2::int8), abs(-2.5::float8)
SELECT round(2.567, 1), round(-2.567, 1), round(1234.5, -2)
SELECT round(2.567::float8)
SELECT trunc(2.567, 1), trunc(-2.567)
SELECT ceil(2.1::float8), floor(-2.1::float8), ceiling(2.1)
SELECT sign(5.0), sign(-3::float8), sign(0)
SELECT pi(), degrees(3.14159), radians(90.0)
SELECT greatest(1, 2.5), least(3, 1.5, 2)
SELECT 1000000 * 1000, 100000::int8 * 100000
SELECT 0.1::float8 + 0.2::float8, 0.1 + 0.2, 1e-7::float8
SELECT 3::numeric(10,4), 3.14159::numeric(4,2), '42.5'::numeric(8,3)
SELECT 12345.678::int, 12345.5::bigint, -0.5::int
SELECT 1e3::int, 1e3::numeric(10,2)
SELECT '3.14'::float8, '3.14'::real, ' 42 '::int
SELECT 5 / 2.0::float8, 5::float8 / 2
SELECT to_char(1234567.891, 'FM9,999,999.00')
SELECT to_char(0.5, '0.00'), to_char(-5, '999'), to_char(12, '00000')
SELECT to_char(1234.5, '999G999D99'), to_char(0.123, '99.9%')
SELECT to_char(12345.678, 'FM99999.0'), to_char(12345, 'FM999,999')
SELECT factorial(10), gcd(1071, 462), lcm(1071, 462)
SELECT 5 & 3, 5 | 3, ~5, 1 << 4, 256 >> 2
SELECT 91 # 15
SELECT 1.0 = 1, 1.50 = 1.5, 2 > 1.5
SELECT length('hello'), char_length('héllo'), octet_length('héllo'), bit_length('héllo')
SELECT upper('abc'), lower('ABC'), initcap('hello wORLD')
SELECT 'a' || 'b' || 1 || true
SELECT position('SQL' in 'PostgreSQL'), strpos('high', 'ig')
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), overlay('Txxxxas' placing 'hom' from 2)
SELECT trim(both from '  x  '), trim('xyx', 'x'), trim(leading '0' from '0012')
SELECT ltrim('zzzytest', 'xyz'), rtrim('testxxzx', 'xyz'), btrim('xyxtrimyyx', 'xyz')
SELECT lpad('hi', 5, 'xy'), rpad('hi', 5, 'xy'), lpad('hi', 1)
SELECT repeat('Pg', 4), reverse('abcde')
SELECT replace('abcdefabcdef', 'cd', 'XX'), translate('12345', '143', 'ax')
SELECT split_part('abc~@~def~@~ghi', '~@~', 2), split_part('abc,def,ghi', ',', -2), split_part('a,b', ',', 5)
SELECT left('abcde', 2), left('abcde', -2), right('abcde', 2), right('abcde', -2)
SELECT ascii('x'), chr(65), to_hex(2147483647), md5('abc')
SELECT decode('aGVsbG8=', 'base64'), '\xDEADBEEF'::bytea
SELECT quote_ident('Foo bar'), quote_literal('O''Reilly'), quote_nullable(NULL), quote_literal(42)
SELECT starts_with('alphabet', 'alph'), 'abc' ^@ 'ab'
SELECT array_to_string(ARRAY[1, 2, NULL, 5], ','), array_to_string(ARRAY[1, 2, NULL, 5], ',', '*')
SELECT string_to_table('xx~~yy~~zz', '~~')
SELECT * FROM string_to_table('a,b,c', ',') AS t(x)
SELECT regexp_split_to_table('hello world', '\s+')
SELECT unnest(string_to_array('a,b,c', ','))
SELECT unnest(ARRAY[1,2]), unnest(ARRAY['a','b'])
SELECT 'thomas' ~ 't.*ma', 'thomas' ~* 'T.*ma', 'thomas' !~ 't.*max'
SELECT 'a_c' LIKE 'a\_c', 'abc' LIKE 'a\_c', 'a%' LIKE 'a|%' ESCAPE '|', 'abc' LIKE '_b_'
SELECT 'ABC' ILIKE 'a%', 'a' NOT ILIKE 'B%'
SELECT regexp_replace('Thomas', '.[mN]a.', 'M'), regexp_replace('foobarbaz', 'b..', 'X', 'g'), regexp_replace('foobarbaz','b(..)', 'X\1Y', 'g')
SELECT regexp_match('foobarbequebaz', '(bar)(beque)'), regexp_match('abc', 'x'), regexp_match('foobarbequebaz', 'bar.*que')
SELECT (regexp_match('ab12', '([a-z]+)(\d+)'))[1]
SELECT regexp_split_to_array('the quick brown fox', '\s+')
SELECT 'abc' COLLATE "C" < 'abd', 'B' < 'a' COLLATE "C"
SELECT E'tab\there', E'it''s', E'\x41', E'\101'
SELECT U&'d\0061t\+000061'
SELECT $$it's$$
SELECT length(''), '' IS NULL, coalesce('', 'x')
SELECT 'abc'::char(5) || '|', 'abc'::varchar(2), cast('abcdef' as char(3))
SELECT now()::date = current_date, current_timestamp IS NOT NULL, localtime IS NOT NULL
SELECT date '2024-02-29' + interval '1 year', date '2024-01-31' + interval '1 month'
SELECT date '2024-03-10' - date '2024-02-10', date '2024-03-10' - 5, date '2024-03-10' - interval '5 days'
SELECT timestamp '2024-03-10 12:00' - timestamp '2024-03-09 10:30', timestamp '2024-03-10' - interval '1 hour'
SELECT interval '1 month' * 3, interval '1 day' * 1.5, interval '1 hour' / 3, 3 * interval '1 min'
SELECT interval '1 year 3 months' + interval '2 days', interval '1 day' - interval '3 hours', -interval '2 days'
SELECT interval '90 minutes', interval '36 hours', interval '400 days', interval '14 months'
SELECT interval '1 02:03:04', interval '1-2', interval '3 4:05', interval '02:03'
SELECT interval '1 week', interval '2 decades', interval '1 century', interval '1.5 hours', interval '500 ms', interval '1 day ago'
SELECT interval 'P1Y2M3DT4H5M6S', interval 'PT1H'
SELECT '1 day'::interval, '2 weeks 3 days'::interval, '1 mon 2 h'::interval
SELECT make_interval(days => 10), make_interval(years => 1, months => 2), make_interval(0, 0, 0, 1, 2, 3, 4.5), make_interval(hours => 2, mins => 30), make_interval(secs => 1.5)
SELECT make_date(2024, 2, 29), make_time(8, 15, 23.5), make_timestamp(2024, 7, 15, 8, 15, 23.5), make_timestamptz(2024, 7, 15, 8, 15, 23.5)
SELECT age(timestamp '2001-04-10', timestamp '1957-06-13'), age(date '2024-03-01', date '2024-02-28')
SELECT extract(year from date '2024-02-16'), extract(month from timestamp '2024-02-16 20:38:40'), extract(day from timestamp '2024-02-16 20:38:40')
SELECT extract(hour from timestamp '2024-02-16 20:38:40'), extract(minute from timestamp '2024-02-16 20:38:40'), extract(second from timestamp '2024-02-16 20:38:40.125')
SELECT extract(dow from date '2024-02-18'), extract(isodow from date '2024-02-18'), extract(doy from date '2024-02-18'), extract(week from date '2024-01-01'), extract(isoyear from date '2024-12-30')
SELECT extract(epoch from timestamptz '2024-02-16 20:38:40.12+00'), extract(epoch from interval '5 days 3 hours'), extract(epoch from date '2024-02-16')
SELECT extract(milliseconds from time '17:12:28.5'), extract(microseconds from time '17:12:28.5'), extract(second from time '17:12:28.5')
SELECT extract(day from interval '40 days 1 minute'), extract(month from interval '2 years 3 months'), extract(hour from interval '80 minutes'), extract(second from interval '1 min 30.5 sec')
SELECT extract(timezone from timestamptz '2024-01-01 00:00+00'), extract(timezone_hour from timestamptz '2024-01-01 00:00+00')
SELECT date_part('year', timestamp '2024-02-16 20:38:40'), date_part('hour', interval '4 hours 3 minutes'), date_part('second', timestamp '2024-02-16 20:38:40.5'), date_part('epoch', timestamp '2024-02-16 20:38:40.5')
SELECT date_trunc('hour', timestamp '2024-02-16 20:38:40'), date_trunc('year', timestamp '2024-02-16 20:38:40'), date_trunc('day', timestamptz '2024-02-16 20:38:40+00')
SELECT date_trunc('week', timestamp '2024-02-16 20:38:40'), date_trunc('quarter', timestamp '2024-02-16'), date_trunc('decade', timestamp '2024-02-16'), date_trunc('milliseconds', timestamp '2024-02-16 20:38:40.123456')
SELECT date_trunc('hour', interval '3 days 02:47:33'), date_trunc('month', date '2024-02-16')::date
SELECT date_trunc('day', timestamptz '2024-02-16 20:38:40+00', 'Australia/Sydney')
SELECT date_bin('15 minutes', timestamp '2024-02-11 15:44:17', timestamp '2001-01-01'), date_bin('1 hour', timestamptz '2024-02-11 15:44:17+00', timestamptz '2001-01-01 00:00+00')
SELECT to_char(timestamp '2024-02-03 14:05:06.789', 'YYYY-MM-DD HH24:MI:SS.MS'), to_char(timestamp '2024-02-03 14:05:06.789', 'YYYY-MM-DD"T"HH24:MI:SS.US')
SELECT to_char(date '2024-02-03', 'Day'), to_char(date '2024-02-03', 'FMDay, FMDD FMMonth YYYY'), to_char(date '2024-02-03', 'Dy DD Mon')
SELECT to_char(date '2024-02-03', 'MONTH'), to_char(date '2024-02-03', 'month'), to_char(date '2024-02-03', 'mon'), to_char(date '2024-02-03', 'MON'), to_char(date '2024-02-03', 'DAY'), to_char(date '2024-02-03', 'dy')
SELECT to_char(timestamp '2024-02-03 04:05:06', 'HH12:MI:SS AM'), to_char(timestamp '2024-02-03 14:05:06', 'HH:MI PM'), to_char(timestamp '2024-02-03 14:05:06', 'hh12:mi pm'), to_char(timestamp '2024-02-03 14:05:06', 'FMHH24:MI')
SELECT to_date('05 Dec 2000', 'DD Mon YYYY'), to_date('20240203', 'YYYYMMDD'), to_timestamp('05 Dec 2000', 'DD Mon YYYY'), to_timestamp(1284352323.5)
SELECT timestamp '2024-02-16 20:38:40' AT TIME ZONE 'America/Denver', timestamptz '2024-02-16 20:38:40-05' AT TIME ZONE 'America/Denver'
SELECT timestamptz '2024-02-16 20:38:40-05'::timestamp, timestamp '2024-02-16 20:38:40'::timestamptz, timestamptz '2024-02-16 20:38:40+00'::date, timestamptz '2024-02-16 20:38:40+00'::time
SELECT date 'epoch', timestamp 'epoch', date 'infinity'
SELECT date '2024-01-05' = '2024-01-05', timestamp '2024-01-05' < '2024-01-06', date '2024-01-05' < timestamptz '2024-01-05 01:00+00'
SELECT current_date - 7 < current_date, now() - interval '1 day' < now()
SELECT timezone('America/New_York', timestamptz '2024-06-01 12:00+00'), timestamptz '2024-06-01 12:00+00' AT TIME ZONE 'UTC'
SELECT ARRAY[1,2] || ARRAY[3], ARRAY[1,2] || 3, 0 || ARRAY[1,2], ARRAY['a'] || 'b'::text
SELECT array_append(ARRAY[1,2], 3), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2,3]), array_remove(ARRAY[1,2,3,2], 2), array_replace(ARRAY[1,2,5,4], 5, 3)
SELECT (ARRAY[1,2,3])[1], (ARRAY[1,2,3])[5], (ARRAY[1,2,3])[2:], (ARRAY[1,2,3])[:2]
SELECT 2 = ANY(ARRAY[1,2]), 2 <> ALL(ARRAY[1,3]), ARRAY[1,4,3] @> ARRAY[3,1], ARRAY[2,7] <@ ARRAY[1,7,4,2,6], ARRAY[1,4,3] && ARRAY[2,1]
SELECT ARRAY[1,2] = ARRAY[1,2], ARRAY[1,2] < ARRAY[1,3], '{1,2,3}'::int[] = ARRAY[1,2,3]
SELECT unnest(ARRAY[1,2,3]) AS n
SELECT * FROM unnest(ARRAY[1,2,3]) AS t(n)
SELECT * FROM unnest(ARRAY['a','b','c']) WITH ORDINALITY AS t(v, i)
SELECT x FROM unnest(ARRAY[3,1,2]) AS x ORDER BY x
SELECT array_agg(x ORDER BY x DESC) FROM (VALUES (1),(3),(2)) v(x)
SELECT trim_array(ARRAY[1,2,3,4], 2)
SELECT '{"a": 1, "b": [1, 2]}'::json -> 'b' -> 0, '{"a": 1}'::json ->> 'a', '[1,2,3]'::json -> 1, '[1,2,3]'::json ->> 2
SELECT '{"b": 1, "a": 2}'::jsonb, '[1,   2]'::jsonb, '{"a":1,"a":2}'::jsonb, '"foo"'::jsonb, 'null'::jsonb, '1.50'::jsonb
SELECT json_typeof('{}'::json), json_typeof('[]'::json), json_typeof('1'::json), json_typeof('"x"'::json), json_typeof('true'::json), json_typeof('null'::json), jsonb_typeof('1.5'::jsonb)
SELECT json_array_length('[1,2,3]'::json), jsonb_array_length('[1,2]'::jsonb)
SELECT json_object_keys('{"a":1,"b":2}'::json)
SELECT value FROM json_array_elements('[1,2]'::json)
SELECT jsonb_build_object('b', 1, 'a', 'x'), jsonb_build_array(1, 'x', true, NULL)
SELECT row_to_json(t) FROM (SELECT 1 AS a, 'x' AS b) t
SELECT jsonb_agg(x ORDER BY x) FROM (VALUES (1),(2)) v(x)
SELECT json_agg(t) FROM (SELECT 1 AS a, 'x' AS b) t
SELECT ('{"a": 5}'::json ->> 'a')::int + 1, ('{"a": "2024-01-01"}'::json ->> 'a')::date
SELECT jsonb_extract_path_text('{"a":{"b":"c"}}'::jsonb, 'a', 'b')
SELECT profile -> 'age', profile ->> 'age' FROM sales.customers WHERE customer_id = 1
SELECT count(*), count(customer_id), count(DISTINCT customer_id) FROM sales.orders
SELECT sum(customer_id), sum(order_id), sum(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT min(status::text), max(ordered_on), min(ordered_at), max(note) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT bool_and(vip), bool_or(vip), every(vip) FROM sales.customers WHERE customer_id > 0
SELECT string_agg(name, ', ' ORDER BY customer_id), array_agg(customer_id ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT string_agg(DISTINCT country, ',' ORDER BY country) FROM sales.customers WHERE customer_id > 0
SELECT count(*) FILTER (WHERE amount > 5), sum(amount) FILTER (WHERE order_id < 3) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY score), percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT percentile_cont(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY score) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT country, count(*) AS n FROM sales.customers WHERE customer_id > 0 GROUP BY country HAVING count(*) > 1 ORDER BY n DESC, country
SELECT country, vip, count(*) FROM sales.customers WHERE customer_id > 0 GROUP BY CUBE (country, vip) ORDER BY 1 NULLS LAST, 2 NULLS LAST
SELECT grouping(country), country, count(*) FROM sales.customers WHERE customer_id > 0 GROUP BY GROUPING SETS ((country), ()) ORDER BY 2 NULLS LAST
SELECT count(*) FROM sales.orders WHERE amount IS NULL
SELECT any_value(x) FROM (VALUES (7)) v(x)
SELECT bit_and(x), bit_or(x), bit_xor(x) FROM (VALUES (5), (6)) v(x)
SELECT row_number() OVER (ORDER BY order_id), rank() OVER (ORDER BY customer_id), dense_rank() OVER (ORDER BY customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT ntile(3) OVER (ORDER BY order_id), percent_rank() OVER (ORDER BY order_id), cume_dist() OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT sum(customer_id) OVER (PARTITION BY status ORDER BY order_id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY order_id
SELECT avg(score) OVER (ORDER BY order_id ROWS UNBOUNDED PRECEDING) FROM sales.orders WHERE order_id BETWEEN 1 AND 4 ORDER BY order_id
SELECT count(*) OVER (), sum(amount) OVER () FROM sales.orders WHERE order_id BETWEEN 1 AND 2
SELECT order_id, amount FROM sales.orders WHERE order_id BETWEEN 1 AND 9 ORDER BY amount DESC, order_id LIMIT 3 OFFSET 1
SELECT name FROM shipping.carriers ORDER BY name DESC NULLS LAST
SELECT name FROM shipping.carriers ORDER BY name NULLS FIRST
SELECT DISTINCT ON (customer_id) customer_id, order_id FROM sales.orders WHERE order_id BETWEEN 1 AND 100 ORDER BY customer_id, order_id DESC
SELECT o.order_id, c.name FROM sales.orders o JOIN sales.customers c USING (customer_id) WHERE o.order_id < 4 AND o.order_id > 0 ORDER BY 1
SELECT o.order_id, c.name FROM sales.orders o LEFT JOIN sales.customers c ON c.customer_id = o.customer_id AND c.vip WHERE o.order_id BETWEEN 1 AND 10 ORDER BY 1
SELECT * FROM (VALUES (1, 'one'), (2, 'two')) AS t (num, letter)
SELECT * FROM generate_series(2, 4)
SELECT * FROM generate_series(timestamp '2024-03-01 00:00', timestamp '2024-03-02 12:00', '10 hours')
SELECT * FROM generate_series('2024-03-01 00:00'::timestamp, '2024-03-02 12:00', '10 hours')
SELECT d::date FROM generate_series(date '2024-01-01', date '2024-01-05', interval '1 day') AS d
SELECT current_date + s.a AS dates FROM generate_series(0, 14, 7) AS s(a) LIMIT 0
SELECT s FROM generate_series(1, 3) s
SELECT i, i * i FROM generate_series(1, 3) AS i
SELECT x.n FROM generate_series(1, 3) WITH ORDINALITY AS x(n, o)
SELECT to_char(d, 'YYYY-MM') FROM generate_series(timestamp '2024-01-01', timestamp '2024-03-01', interval '1 month') d
SELECT CASE WHEN 1 > 0 THEN 'a' ELSE 'b' END, CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END, CASE WHEN false THEN 1 END
SELECT coalesce(NULL, NULL, 3), nullif(5, 5), nullif('a', 'b'), greatest(1, NULL, 3), least('b', 'a')
SELECT num_nonnulls(1, NULL, 2), num_nulls(1, NULL, 2)
SELECT true, false, NULL::boolean, 't'::bool, 'no'::bool, 'on'::bool, '0'::bool, 1::bool
SELECT true::text, false::int, true::varchar, (1 = 1)::text
SELECT true AND NULL, true OR NULL, NOT NULL::bool, 1 IS DISTINCT FROM NULL, NULL IS NOT DISTINCT FROM NULL
SELECT true IS TRUE, NULL::bool IS UNKNOWN, false IS NOT TRUE, NULL::bool IS NOT FALSE
SELECT 1 IN (1, 2), 3 NOT IN (1, 2), NULL IN (1), 2 BETWEEN 1 AND 3, 5 NOT BETWEEN 1 AND 3
SELECT EXISTS (SELECT 1 FROM sales.orders), 1 = ANY (SELECT 1), 1 IN (SELECT customer_id FROM sales.orders), 2 > ALL (SELECT 1)
SELECT NULL, NULL::int, NULL::text
SELECT 1 AS "Mixed Case", 2 AS lower, 3 "quoted"
SELECT version() LIKE 'PostgreSQL 1%', current_database() IS NOT NULL, current_schema(), current_catalog IS NOT NULL
SELECT current_user = user, session_user IS NOT NULL, current_role IS NOT NULL
SELECT current_schemas(false), current_schemas(true)
SELECT pg_typeof(1), pg_typeof(1.5), pg_typeof('a'), pg_typeof(now()), pg_typeof(ARRAY[1]), pg_typeof(NULL)
SELECT current_setting('server_version_num')::int >= 150000
SELECT current_setting('TimeZone'), current_setting('search_path'), current_setting('no.such', true)
SELECT set_config('application_name', 'x', false)
SELECT pg_size_pretty(1048576::bigint), pg_size_pretty(10::bigint)
SELECT pg_column_size(1), pg_encoding_to_char(6), pg_client_encoding()
SELECT has_schema_privilege('sales', 'USAGE'), has_table_privilege('sales.orders', 'SELECT')
SELECT to_regclass('sales.orders') IS NOT NULL, 'sales.orders'::regclass::text, to_regtype('int4')
SELECT obj_description('sales.orders'::regclass) IS NULL
SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid, 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'::uuid
SELECT cast(5 as text), cast('5' as integer), cast(date '2024-01-01' as timestamp), cast(1 as boolean), cast('t' as boolean)
SELECT 1.5::float8::numeric, 1.1::real::float8, 3.7::int, (-3.5)::int, 2.5::int
SELECT 'x'::text::varchar(5), 123::varchar(2), 1.2::char(10)
SELECT * FROM sales.customers WHERE customer_id = 1
SELECT email, country FROM sales.customers WHERE customer_id BETWEEN 1 AND 3 ORDER BY 1
SELECT length(name), upper(name), name || '!', left(name, 3), position('o' in name), substring(name from 1 for 4) FROM sales.customers WHERE customer_id = 5
SELECT CAST(ordered_at AS date), CAST(amount AS integer), CAST(order_id AS text), CAST(score AS numeric(10,2)) FROM sales.orders WHERE order_id = 5
SELECT coalesce(discount, 0), nullif(status::text, 'new'), coalesce(note, '') FROM sales.orders WHERE order_id BETWEEN 1 AND 7 ORDER BY order_id
SELECT date_part('dow', ordered_on), date_part('month', ordered_at), ordered_on + 7, ordered_on - 7, ordered_on + interval '1 month', ordered_at - interval '1 day', ordered_on - date '2026-01-01' FROM sales.orders WHERE order_id = 5
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n) FROM t
WITH a AS (SELECT order_id, amount FROM sales.orders WHERE order_id < 3 AND order_id > 0) SELECT * FROM a ORDER BY order_id
SELECT (SELECT max(amount) FROM sales.orders WHERE order_id < 100), (SELECT count(*) FROM sales.customers)
SELECT customer_id FROM sales.customers WHERE customer_id < 3 UNION SELECT carrier_id FROM shipping.carriers ORDER BY 1
SELECT * FROM marketing.campaigns ORDER BY campaign_id LIMIT 2
SELECT * FROM marketing.touches ORDER BY customer_id LIMIT 2
SELECT name FROM shipping.carriers FETCH FIRST 1 ROW ONLY
SELECT 1 LIMIT ALL
SELECT 1 OFFSET 0 ROWS
SELECT c.* FROM shipping.carriers c WHERE c.carrier_id = 1
SELECT (c).name FROM shipping.carriers c WHERE c.carrier_id = 1
SELECT count(c) FROM shipping.carriers c
SELECT x, y FROM (SELECT 1 AS x) a, LATERAL (SELECT x + 1 AS y) b
SELECT 1 WHERE 'a' LIKE ANY (ARRAY['a%', 'b%'])
SELECT 1 WHERE 'a' ILIKE ANY (ARRAY['A%', 'b%'])
SELECT 'a' IN ('a ', 'b'), 'ab' LIKE '%', '' LIKE ''
SELECT localtimestamp(0) IS NOT NULL, current_time IS NOT NULL
SELECT sum(amount)::float8 / count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT unnest(tags) FROM sales.customers WHERE customer_id = 1
SELECT customer_id, t FROM sales.customers, unnest(tags) AS t WHERE customer_id = 1 ORDER BY 2
SELECT created_at::date, created_at::time, created_at::timestamp, created_at::text FROM sales.customers WHERE customer_id = 1
SELECT external_id, photo, vip, credit FROM sales.customers WHERE customer_id = 1
SELECT transit, cutoff, weight_kg FROM shipping.parcels WHERE order_id = 1
SELECT weight_kg * 1000, weight_kg::text, round(weight_kg, 1), trunc(weight_kg) FROM shipping.parcels WHERE order_id = 1
SELECT to_char(0, 'FM999'), to_char(0, '9.99'), to_char(0.5, '9.99'), to_char(-0.5, 'FM0.00'), to_char(12.5, 'FM999.99'), to_char(12, 'FM999.99'), to_char(1234567.8, 'FM999,999,990.00'), to_char(12345, '999')
SELECT to_char(1234567, '9,999,999'), to_char(12, '9,999,999'), to_char(-12, '9,999'), to_char(12, '0,000'), to_char(99.5, '99'), to_char(5, 'FM00'), to_char(12.345, 'FM990.0'), to_char(1234, 'FM9,999')
SELECT to_char(NULL::numeric, '999'), to_char(1e3::float8, 'FM9999'), to_char(5::int8, '9'), to_char(0.126, '0.99'), to_char(50, 'FM999%')
SELECT to_char(amount, 'FM999,990.00') FROM sales.orders WHERE order_id BETWEEN 1 AND 5 ORDER BY order_id
SELECT to_char(ordered_on, 'FMMonth YYYY'), to_char(ordered_on, 'Mon-YY'), to_char(ordered_on, 'YYYY-"W"IW'), to_char(ordered_on, 'DD.MM.YYYY') FROM sales.orders WHERE order_id = 5
SELECT to_char(ordered_at, 'Month'), to_char(ordered_at, 'Q'), to_char(ordered_at, 'D ID WW W') FROM sales.orders WHERE order_id = 5
SELECT x FROM generate_series(1, 3) AS x WHERE x > 1
SELECT t.x FROM generate_series(1, 3) AS t(x)
SELECT d::date AS day, count(o.order_id) FROM generate_series(date '2026-01-01', date '2026-01-03', interval '1 day') AS d LEFT JOIN sales.orders o ON o.ordered_on = d::date GROUP BY 1 ORDER BY 1
SELECT c.customer_id, t FROM sales.customers c, unnest(c.tags) AS t WHERE c.customer_id = 1 ORDER BY 2
SELECT c.customer_id, t.tag FROM sales.customers c CROSS JOIN LATERAL unnest(c.tags) AS t(tag) WHERE c.customer_id IN (1, 2) ORDER BY 1, 2
SELECT e.value FROM json_array_elements('[1,2]'::json) AS e
SELECT e FROM jsonb_array_elements_text('["a","b"]'::jsonb) AS e
SELECT * FROM json_object_keys('{"a":1,"b":2}'::json)
SELECT date '2026-01-01' + n FROM generate_series(0, 2) AS n
SELECT 'a_b' LIKE 'a\_b', 'axb' LIKE 'a\_b', 'a\b' LIKE 'a\\b', 'a_b' NOT LIKE 'a\_b', 'A_B' ILIKE 'a\_b', '10%' LIKE '10\%'
SELECT count(*) FROM sales.customers WHERE email LIKE '%\_%'
SELECT name FROM sales.customers WHERE name LIKE ANY (ARRAY['%er 1', '%er 2']) ORDER BY 1
SELECT name FROM sales.customers WHERE name ILIKE ANY (ARRAY['customer 1', 'CUSTOMER 2']) ORDER BY 1
SELECT string_to_array('', ','), string_to_array('a,b', ','), string_to_array('a,,b', ','), string_to_array(NULL, ',')
SELECT regexp_match('2024-01-15', '(\d+)-(\d+)'), regexp_match('abc', 'b'), regexp_match('abc', 'x'), regexp_match('ABC', 'b', 'i')
SELECT num_nulls(NULL, 1, NULL), num_nonnulls('a', 1, NULL)
SELECT array_upper(ARRAY[5,6,7], 1), array_lower(ARRAY[5,6], 1), array_upper('{}'::int[], 1), array_lower('{}'::int[], 1)
SELECT array_positions(ARRAY['A','B','A'], 'A'), trim_array(ARRAY[1,2,3], 1)
SELECT ARRAY[1,2] || 3, 0 || ARRAY[1,2], ARRAY['a'] || 'b'::text, ARRAY[1] || ARRAY[2]
SELECT octet_length('héllo'), octet_length('abc'::bytea), octet_length(''), bit_length('é')
SELECT json_typeof('{}'::json), json_typeof('[]'::json), json_typeof('1'::json), json_typeof('"x"'::json), json_typeof('true'::json), json_typeof('null'::json), json_typeof('1.5'::json), jsonb_typeof('-1'::jsonb)
SELECT jsonb_array_length('[1,2,3]'::jsonb), json_array_length('[]'::json)
SELECT make_interval(days => 10, hours => 2), make_interval(1, 2), make_interval(secs => 90.5)
SELECT 'on'::bool, 'off'::bool, 'y'::boolean, 'f'::boolean, '1'::bool
SELECT '20240216'::date
SELECT current_setting('TimeZone'), current_setting('server_version_num')::int > 100000, current_setting('no.such', true)
SELECT current_setting('standard_conforming_strings'), current_setting('max_identifier_length')
SELECT date_trunc('day', timestamptz '2024-02-16 20:38:40+00', 'Australia/Sydney'), date_trunc('month', ordered_at, 'America/New_York') FROM sales.orders WHERE order_id = 5
SELECT 'abcdef'::varchar(3), 'ab'::char(4), 'abcdef'::char(2), 'ab '::char(5) = 'ab', length('ab '::char(5))
SELECT max(email), min(country), count(DISTINCT country) FROM sales.customers WHERE customer_id > 0
SELECT email || country, upper(email), lower(country), length(country) FROM sales.customers WHERE customer_id = 1
SELECT profile ->> 'age', (profile ->> 'age')::int, profile -> 'age', profile #>> '{age}' FROM sales.customers WHERE customer_id = 2
SELECT count(*)::float / 3, 1::float / 3, 2::double precision / 3, cast(1 as float) / 3
SELECT timestamp '2024-02-16 20:38:40'::date, date '2024-02-16'::timestamp, time '10:00'::text, timestamptz '2024-02-16 20:38:40+00'::date
SELECT interval '1 day ago', interval '-1 year 2 mons', interval '1 day' * 3, '1 week'::interval, interval '1h30m'
SELECT (interval '1 day')::text, extract(epoch from interval '1 month'), extract(epoch from (timestamp '2024-01-02' - timestamp '2024-01-01 12:00'))
SELECT extract(epoch from (max(ordered_at) - min(ordered_at))) / 3600 > 10 FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT round(extract(epoch from ordered_at)), extract(epoch from ordered_at)::bigint, extract(year from ordered_on)::int FROM sales.orders WHERE order_id = 5
SELECT extract(year from ordered_on) * 100 + extract(month from ordered_on) FROM sales.orders WHERE order_id = 5
SELECT date_part('year', ordered_on) || '-' || date_part('month', ordered_on) FROM sales.orders WHERE order_id = 5
SELECT sum(order_id)::bigint, sum(customer_id) + 1, sum(customer_id) * 2, sum(customer_id)::int FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT count(*) + 1, count(*) * 2, max(customer_id) + 1, min(order_id) - 1 FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT x.n, x.s FROM (SELECT count(*) AS n, sum(customer_id) AS s FROM sales.orders WHERE order_id BETWEEN 1 AND 10) x
WITH t AS (SELECT length(name) AS l, email FROM sales.customers WHERE customer_id = 1) SELECT l, l + 1, email FROM t
SELECT l FROM (SELECT length(name) AS l FROM sales.customers WHERE customer_id = 1 UNION ALL SELECT 5) u ORDER BY 1
SELECT 1 AS a UNION SELECT 2 ORDER BY a
SELECT 'epoch'::timestamp, 'infinity'::timestamptz
SELECT CAST('x' AS name), CAST('abc' AS text), CAST(12 AS varchar(5))
SELECT true IN (true, false), NOT (1 = 2), 1 <> 2, 1 != 2
SELECT position('b' in name), strpos(name, 'o'), left(name, 2), char_length(name) FROM sales.customers WHERE customer_id = 1
SELECT ntile(2) OVER (ORDER BY customer_id), row_number() OVER (ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1
SELECT ordered_on - lag(ordered_on) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 3 ORDER BY order_id
SELECT gcd(12, 8), lcm(4, 6), sign(-2), abs(-3), mod(7, 3), sign(2.5)
SELECT 6 # 3, 5 & 6, 5 | 2
SELECT U&'\0041\+000042', E'\u00e9\t\x41'
SELECT user IS NOT NULL, current_user IS NOT NULL
SELECT created_at::time, created_at::date FROM sales.customers WHERE customer_id = 1
SELECT array_agg(email), array_agg(customer_id) FROM sales.customers WHERE customer_id = 1
SELECT b.n FROM (VALUES (1, 'a'), (2, 'b')) AS b(n, s) WHERE b.s = 'b'
SELECT jsonb_build_object('k', customer_id, 'n', name), to_jsonb(name) FROM sales.customers WHERE customer_id = 1
SELECT jsonb_agg(name ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 2
SELECT coalesce(sum(amount), 0), coalesce(sum(customer_id), 0) FROM sales.orders WHERE order_id BETWEEN 1 AND 3
SELECT nullif(email, ''), nullif(customer_id, 0) FROM sales.customers WHERE customer_id = 1
SELECT least(customer_id, 5), greatest(order_id, 2) FROM sales.orders WHERE order_id = 3
SELECT customer_id % 3, customer_id * 2, customer_id + order_id, -customer_id FROM sales.orders WHERE order_id = 3
SELECT amount, amount::numeric(10,1), amount::int, amount::text, amount::float8 FROM sales.orders WHERE order_id = 3
SELECT min(amount), max(amount), sum(amount), count(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 3
SELECT substring(email from 1 for 2), split_part(email, '@', 2), replace(email, '@', ' at ') FROM sales.customers WHERE customer_id = 1
SELECT localtimestamp = now()::timestamp, current_date = now()::date, clock_timestamp() >= now()
SELECT txid_current() > 0, pg_current_xact_id() IS NOT NULL
SELECT relname FROM pg_class WHERE oid IN (('sales' || '.' || 'orders')::regclass, (current_database() || '.sales.' || 'customers')::regclass) ORDER BY 1
SELECT column_name, col_description(('"' || table_catalog || '"."' || table_schema || '"."' || table_name || '"')::regclass::oid, ordinal_position) FROM information_schema.columns WHERE table_schema = 'sales' AND table_name = 'orders' ORDER BY ordinal_position
SELECT relname, repeat('[]', 2), lpad(relname, 9, '.'), rpad(relkind::text, 3, 'x') FROM pg_class WHERE relname IN ('orders', 'customers') ORDER BY 1
SELECT (date '2020-01-01', date '2020-02-01') OVERLAPS (date '2020-01-15', date '2020-03-01')
SELECT (date '2001-02-16', date '2001-12-21') OVERLAPS (date '2001-10-30', date '2002-10-30')
SELECT * FROM jsonb_array_elements('[1, "a", null]'::jsonb)
SELECT format('%s-%I-%L', 'a', 'b c', 'd')
SELECT regexp_instr('abc', 'c')
SELECT div(7, 2)
SELECT width_bucket(5, 0, 10, 5)
SELECT to_char(interval '1 day 02:03:04', 'HH24:MI:SS')
SELECT to_number('1,234.5', '9,999.9')
SELECT justify_days(interval '35 days')
SELECT justify_hours(interval '27 hours')
SELECT justify_interval(interval '1 mon -1 hour')
SELECT array_fill(0, ARRAY[2])
SELECT * FROM unnest(ARRAY[1,2], ARRAY['a','b']) AS u(a, b)
SELECT * FROM json_each('{"a":1}'::json)
SELECT '{"a":1}'::jsonb @> '{"a":1}'::jsonb
SELECT '{"a":1}'::jsonb ? 'a'
SELECT div(9, 4), div(-9, 4), div(9.5, 2)
SELECT width_bucket(5.35, 0.024, 10.06, 5)
SELECT to_number('12,454.8-', '99G999D9S')
SELECT format('Hello %s', 'World'), format('%s %s %1$s', 'a', 'b'), format('%I.%I', 'a b', 'c'), format('%L', 'O''Reilly'), format('%%'), format('%10s|%-10s|', 'foo', 'bar')
SELECT regexp_count('123456789012', '\d\d\d'), regexp_instr('number of your street, town zip, FR', '[^,]+'), regexp_like('Hello World', 'world$', 'i'), regexp_substr('number of your street, town zip, FR', '[^,]+')
SELECT time '10:00' + interval '90 min', time '10:00' - time '08:30', date '2024-01-01' + time '10:00'
SELECT justify_days(interval '1 year 65 days'), justify_hours(interval '50 hours 10 minutes'), justify_interval(interval '1 month -1 hour')
SELECT to_char(timestamp '2024-02-03 14:05:06', 'SSSS'), to_char(timestamp '2024-02-03 14:05:06', 'YY Y YYY'), to_char(timestamp '2024-02-03 14:05:06', 'FMMM/FMDD/YYYY'), to_char(date '2024-02-03', 'YYYY"Q"Q'), to_char(date '2024-02-03', 'DDth')
SELECT to_char(interval '15h 2m 12s', 'HH24:MI:SS'), to_char(time '15:02', 'HH24:MI'), to_char(interval '3 days', 'DD')
SELECT array_position(ARRAY['sun','mon','tue'], 'mon'), array_positions(ARRAY['A','A','B','A'], 'A'), array_fill(7, ARRAY[3])
SELECT * FROM unnest(ARRAY[1,2], ARRAY['x','y']) AS t(a, b)
SELECT '{"a":1, "b":2}'::jsonb @> '{"b":2}'::jsonb, '{"b":2}'::jsonb <@ '{"a":1, "b":2}'::jsonb
SELECT '{"a":1, "b":2}'::jsonb ? 'b', '{"a":1, "b":2}'::jsonb ?| array['b', 'd'], '{"a":1, "b":2}'::jsonb ?& array['a', 'b']
SELECT '{"a": 1}'::jsonb || '{"b": 2}'::jsonb, '{"a": 1, "b": 2}'::jsonb - 'a'
SELECT * FROM json_each('{"a":1,"b":"x"}'::json)
SELECT * FROM json_each_text('{"a":1,"b":"x"}'::json)
SELECT jsonb_set('{"a":1}'::jsonb, '{a}', '2'), jsonb_pretty('{"a":1}'::jsonb), json_strip_nulls('{"a":null,"b":1}'::json)
SELECT count(*) FROM sales.orders TABLESAMPLE SYSTEM (100)
SELECT extract(epoch from transit), transit * 2, transit + interval '1 hour', justify_hours(transit) FROM shipping.parcels WHERE order_id = 1
SELECT order_id, sum(amount) OVER (ORDER BY order_id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, count(*) OVER (ORDER BY customer_id GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, count(*) OVER (ORDER BY customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, count(*) OVER (ORDER BY customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, count(*) OVER (ORDER BY customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE GROUP) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, count(*) OVER (ORDER BY ordered_on RANGE BETWEEN interval '3 days' PRECEDING AND CURRENT ROW) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT order_id, sum(amount) OVER (ORDER BY order_id RANGE BETWEEN 2 PRECEDING AND 2 FOLLOWING) FROM sales.orders WHERE order_id BETWEEN 1 AND 6 ORDER BY 1
SELECT DISTINCT ON (country) country, customer_id, name FROM sales.customers WHERE customer_id > 0 ORDER BY country, customer_id DESC
SELECT DISTINCT ON (customer_id % 3) customer_id % 3 AS r, customer_id FROM sales.customers WHERE customer_id > 0 ORDER BY customer_id % 3, customer_id
SELECT c.customer_id, o.order_id FROM sales.customers c, LATERAL (SELECT order_id FROM sales.orders o WHERE o.customer_id = c.customer_id ORDER BY order_id DESC LIMIT 2) o WHERE c.customer_id BETWEEN 1 AND 3 ORDER BY 1, 2
SELECT c.customer_id, o.n FROM sales.customers c LEFT JOIN LATERAL (SELECT count(*) AS n FROM sales.orders o WHERE o.customer_id = c.customer_id) o ON true WHERE c.customer_id BETWEEN 1 AND 3 ORDER BY 1
SELECT c.customer_id, t.tag FROM sales.customers c CROSS JOIN LATERAL unnest(c.tags) AS t(tag) WHERE c.customer_id BETWEEN 1 AND 2 ORDER BY 1, 2
SELECT c.customer_id, t.tag, t.n FROM sales.customers c CROSS JOIN LATERAL unnest(c.tags) WITH ORDINALITY AS t(tag, n) WHERE c.customer_id BETWEEN 1 AND 2 ORDER BY 1, 3
SELECT c.customer_id, tag FROM sales.customers c, unnest(c.tags) AS tag WHERE c.customer_id BETWEEN 1 AND 2 ORDER BY 1, 2
SELECT * FROM unnest(ARRAY['a','b','c']) WITH ORDINALITY
SELECT * FROM unnest(ARRAY['a','b','c']) WITH ORDINALITY AS t(x, i)
SELECT * FROM unnest(ARRAY['a','b','c']) WITH ORDINALITY t
SELECT elem, nr FROM sales.customers c LEFT JOIN LATERAL unnest(string_to_array(c.email, '@')) WITH ORDINALITY AS a(elem, nr) ON true WHERE customer_id = 1 ORDER BY nr
SELECT count(*) FILTER (WHERE vip), count(*) FILTER (WHERE NOT vip), sum(credit) FILTER (WHERE country = 'DE') FROM sales.customers WHERE customer_id > 0
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount), percentile_disc(0.5) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT percentile_disc(ARRAY[0.25, 0.5]) WITHIN GROUP (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 100
SELECT mode() WITHIN GROUP (ORDER BY vip) FROM sales.customers WHERE customer_id > 0
SELECT country, vip, count(*) FROM sales.customers WHERE customer_id > 0 GROUP BY GROUPING SETS ((country), (vip), ()) ORDER BY 1, 2, 3
SELECT country, vip, count(*), grouping(country, vip) FROM sales.customers WHERE customer_id > 0 GROUP BY ROLLUP (country, vip) ORDER BY 1, 2, 4
SELECT country, vip, count(*), grouping(country), grouping(vip) FROM sales.customers WHERE customer_id > 0 GROUP BY CUBE (country, vip) ORDER BY 1, 2, 4, 5
SELECT country, count(*) FROM sales.customers WHERE customer_id > 0 GROUP BY country, ROLLUP (vip) ORDER BY 1, 2
SELECT ARRAY[1,2,3] @> ARRAY[2], ARRAY[2] <@ ARRAY[1,2,3], ARRAY[1,2] && ARRAY[2,9], ARRAY[1,2] || ARRAY[3], ARRAY[1] || 2, 0 || ARRAY[1]
SELECT ARRAY[1,2,3] = ARRAY[1,2,3], ARRAY[1,2] < ARRAY[1,3], ARRAY[1,2] <> ARRAY[2,1]
SELECT 2 = ANY (ARRAY[1,2]), 2 = ALL (ARRAY[2,2]), 3 > ALL (ARRAY[1,2]), 1 <> ALL (ARRAY[2,3]), 3 > ANY (ARRAY[9,1])
SELECT (ARRAY[1,2,3,4])[2:3], (ARRAY[1,2,3])[:2], (ARRAY[1,2,3])[2:], (ARRAY[1,2,3])[5]
SELECT array_append(ARRAY[1], 2), array_prepend(0, ARRAY[1]), array_cat(ARRAY[1], ARRAY[2]), array_remove(ARRAY[1,2,1], 1), array_replace(ARRAY[1,2], 2, 5)
SELECT array_to_string(ARRAY[1,NULL,3], ','), array_to_string(ARRAY[1,NULL,3], ',', '*')
SELECT array_agg(x) FILTER (WHERE x > 1) FROM (VALUES (1),(3),(2)) v(x)
SELECT array_fill(7, ARRAY[3])
SELECT array_length(ARRAY[[1,2],[3,4]], 2)
SELECT unnest(ARRAY[1,2,3]), unnest(ARRAY['a','b'])
SELECT * FROM unnest(ARRAY[1,2,3], ARRAY['a','b']) AS t(a, b)
SELECT regexp_matches('foobarbaz', 'b..', 'g')
SELECT regexp_match('foobarbaz', 'b(.)(.)')
SELECT (regexp_match('foobarbaz', 'b(.)(.)'))[1]
SELECT regexp_replace('foobarbaz', 'b..', 'X', 'g'), regexp_replace('foobarbaz', 'b(..)', 'X\1Y', 'g'), regexp_replace('Foo', 'f', 'x', 'i')
SELECT regexp_split_to_array('a,b,,c', ','), regexp_split_to_array('hello world', '\s+')
SELECT * FROM regexp_split_to_table('the quick brown', '\s+') AS w
SELECT regexp_like('Foo', 'foo', 'i'), regexp_like('foo', '^f')
SELECT 'foo' ~ 'F', 'foo' ~* 'F', 'foo' !~ 'F', 'foo' !~* 'F'
SELECT 'abc' LIKE 'a%', 'abc' NOT LIKE 'b%', 'ABC' ILIKE 'a_c', 'a%c' LIKE 'a\%c', 'a%c' LIKE 'a#%c' ESCAPE '#'
SELECT 'abc' ~~ 'a%', 'abc' !~~ 'a%', 'ABC' ~~* 'a%', 'ABC' !~~* 'a%'
SELECT date '2024-01-31' + interval '1 month', date '2024-03-31' - interval '1 month', date '2024-01-01' + 7, date '2024-01-08' - 7, date '2024-03-01' - date '2024-02-01'
SELECT timestamp '2024-03-10 12:00' - timestamp '2024-03-08 10:30', timestamptz '2024-03-10 12:00+00' - timestamptz '2024-03-08 10:30+00'
SELECT timestamp '2024-03-10 12:00' + interval '1 day 2 hours', timestamp '2024-03-10 12:00' - interval '90 minutes'
SELECT interval '1 day' * 3, interval '1 hour' / 2, 2 * interval '1 day', interval '1 day' + interval '2 hours', - interval '1 day'
SELECT interval '1 hour' * 1.5, interval '1 month' * 0.5, interval '10 days' / 3
SELECT make_date(2024, 2, 29), make_time(10, 30, 15.5), make_timestamp(2024, 2, 29, 10, 30, 0), make_interval(days => 10), make_interval(1, 2)
SELECT make_timestamptz(2024, 2, 29, 10, 30, 0)
SELECT make_timestamptz(2024, 2, 29, 10, 30, 0, 'Europe/Berlin')
SELECT age(timestamp '2024-03-10', timestamp '2022-01-05'), age(date '2024-03-10', date '2024-03-01')
SELECT age(timestamp '2024-03-10 10:00', timestamp '2024-03-12 12:30')
SELECT extract(epoch from timestamp '2024-01-01'), extract(epoch from interval '1 day'), extract(epoch from timestamptz '2024-01-01 00:00+00'), extract(epoch from date '2024-01-01')
SELECT extract(dow from date '2024-01-07'), extract(isodow from date '2024-01-07'), extract(doy from date '2024-03-01'), extract(week from date '2024-01-01'), extract(isoyear from date '2024-12-30'), extract(quarter from date '2024-05-01')
SELECT date_part('year', date '2024-01-07'), date_part('dow', timestamp '2024-01-07 10:00'), date_part('hour', interval '5 hours'), date_part('epoch', interval '5 hours')
SELECT extract(hour from time '10:30'), extract(minute from interval '1 hour 30 minutes'), extract(day from interval '40 days 3 hours'), extract(month from interval '14 months')
SELECT to_date('05 Dec 2000', 'DD Mon YYYY'), to_date('20240203', 'YYYYMMDD'), to_date('2024-02-03', 'YYYY-MM-DD'), to_date('03/02/2024', 'DD/MM/YYYY')
SELECT to_timestamp('2024-02-03 14:05:06', 'YYYY-MM-DD HH24:MI:SS'), to_timestamp(1700000000), to_timestamp(1700000000.5)
SELECT to_timestamp('05 Dec 2000', 'DD Mon YYYY')
SELECT * FROM generate_series(timestamp '2024-01-01', timestamp '2024-01-02', interval '6 hours') AS g
SELECT * FROM generate_series('2024-01-01'::timestamp, '2024-01-05'::timestamp, '1 day') AS g(day)
SELECT g::date FROM generate_series('2024-01-01'::date, '2024-03-01'::date, '1 month'::interval) AS g
SELECT * FROM generate_series(timestamptz '2024-01-01 00:00+00', timestamptz '2024-01-02 00:00+00', interval '12 hours') AS g
SELECT date_trunc('week', g)::date AS w, count(*) FROM generate_series('2024-01-01'::timestamp, '2024-01-20'::timestamp, '1 day') AS g GROUP BY 1 ORDER BY 1
SELECT d.day::date, count(o.order_id) FROM generate_series('2026-01-01'::date, '2026-01-04'::date, interval '1 day') AS d(day) LEFT JOIN sales.orders o ON o.ordered_on = d.day::date GROUP BY 1 ORDER BY 1
SELECT n, n * 2 FROM generate_series(3, 1, -1) AS n
SELECT jsonb_build_object('a', 1, 'b', ARRAY[1,2]), jsonb_build_array(1, 'x', null)
SELECT jsonb_agg(x) FROM (VALUES (1),(2)) v(x)
SELECT jsonb_agg(jsonb_build_object('n', x) ORDER BY x) FROM (VALUES (1),(2)) v(x)
SELECT jsonb_object_agg(k, v) FROM (VALUES ('a',1),('b',2)) t(k, v)
SELECT jsonb_array_length('[1,2,3]'::jsonb), jsonb_typeof('{}'::jsonb), jsonb_typeof('1'::jsonb)
SELECT jsonb_object_keys('{"a":1,"b":2}'::jsonb)
SELECT * FROM jsonb_each('{"a":1,"b":"x"}'::jsonb)
SELECT * FROM jsonb_each_text('{"a":1,"b":"x"}'::jsonb)
SELECT key, value FROM sales.customers c, jsonb_each(c.profile) WHERE customer_id = 1
SELECT key, value FROM sales.customers c, jsonb_each_text(c.profile) WHERE customer_id = 1
SELECT * FROM jsonb_array_elements('[1,{"a":2}]'::jsonb) WITH ORDINALITY
SELECT profile->'age', profile->>'age', (profile->>'age')::int, profile #>> '{age}' FROM sales.customers WHERE customer_id = 1
SELECT profile['age'] FROM sales.customers WHERE customer_id = 1
SELECT '{"a":1,"b":2}'::jsonb @> '{"a":1}', '{"a":1}'::jsonb <@ '{"a":1,"b":2}', '{"a":1}'::jsonb ? 'a', '{"a":1}'::jsonb ?| ARRAY['x','a'], '{"a":1}'::jsonb ?& ARRAY['x','a']
SELECT customer_id FROM sales.customers WHERE profile @> '{"age": 21}' ORDER BY 1
SELECT customer_id FROM sales.customers WHERE profile ? 'age' AND customer_id BETWEEN 1 AND 3 ORDER BY 1
SELECT '{"a":1}'::jsonb || '{"b":2}'::jsonb, '{"a":1,"b":2}'::jsonb - 'a', '[1,2,3]'::jsonb - 1, '{"a":{"b":1}}'::jsonb #- '{a,b}'
SELECT jsonb_set('{"a":1}'::jsonb, '{a}', '2'), jsonb_set('{"a":{"b":1}}', '{a,b}', '"x"')
SELECT jsonb_pretty('{"a":[1,2]}'::jsonb)
SELECT jsonb_strip_nulls('{"a":null,"b":1}')
SELECT to_jsonb(ARRAY[1,2]), to_jsonb('a'::text), to_jsonb(1), to_json(now()) IS NOT NULL
SELECT to_jsonb(t) FROM (SELECT 1 AS a, 'x' AS b) t
SELECT jsonb_agg(t ORDER BY a) FROM (VALUES (1,'x'),(2,'y')) t(a, b)
SELECT string_to_array('a,b,c', ','), string_to_array('a,,c', ',', ''), string_to_array('', ',')
SELECT unnest(string_to_array('a,b', ','))
SELECT count(*) FROM sales.customers TABLESAMPLE BERNOULLI (100)
SELECT count(*) FROM sales.customers TABLESAMPLE SYSTEM (100)
SELECT (1, 2) = (1, 2), (1, 2) < (1, 3), (1, 'a') <> (1, 'b'), ROW(1, 2) = ROW(1, 2)
SELECT order_id FROM sales.orders WHERE (order_id, customer_id) IN ((1, 2), (2, 3)) ORDER BY 1
SELECT order_id FROM sales.orders WHERE (order_id, customer_id) > (2998, 49) ORDER BY 1
SELECT order_id FROM sales.orders WHERE (customer_id, order_id) IN (SELECT customer_id, 3 FROM sales.customers) ORDER BY 1
VALUES (1), (2) ORDER BY 1 DESC
SELECT column1, column2 FROM (VALUES (1, 'one'), (2, 'two')) AS t
SELECT width_bucket(5, 0, 10, 5), width_bucket(5.35, 0.024, 10.06, 5), width_bucket(-1, 0, 10, 5), width_bucket(10, 0, 10, 5), width_bucket(3, 10, 0, 5)
SELECT width_bucket(5::float8, 0, 10, 5), width_bucket(amount, 0, 100, 10) FROM sales.orders WHERE order_id BETWEEN 1 AND 3
SELECT justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour')
SELECT justify_days(interval '1 year 65 days'), justify_hours(interval '50 hours 10 minutes'), justify_days(interval '-35 days'), justify_interval(interval '-35 days 30 hours')
SELECT format('%s is %s', name, customer_id) FROM sales.customers WHERE customer_id = 1
SELECT format('%L', NULL), format('%s', NULL), format('plain')
SELECT to_number('1,234.5', '9,999.9'), to_number('12,454.8-', '99G999D9S'), to_number('$1,234.56', 'L9,999.99'), to_number('00123', '99999')
SELECT to_number('1234', '9999'), to_number('-12.5', 'S99.9'), to_number('12.50', '99.99')
SELECT div(7, 2), div(-9, 4), div(9.5, 2), div(order_id, 2) FROM sales.orders WHERE order_id = 5
SELECT a.*, b FROM unnest(ARRAY[1,2]) WITH ORDINALITY a CROSS JOIN generate_series(1,2) AS b ORDER BY 1, 2, 3
SELECT c.customer_id, v, n FROM sales.customers c CROSS JOIN LATERAL jsonb_array_elements('[1,2]'::jsonb) WITH ORDINALITY AS t(v, n) WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1, 3
SELECT c.customer_id, a, b FROM sales.customers c, unnest(c.tags, ARRAY[1,2,3]) AS t(a, b) WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1, 3
SELECT e.key, e.value FROM sales.customers c CROSS JOIN LATERAL jsonb_each(c.profile) AS e WHERE c.customer_id BETWEEN 1 AND 2 ORDER BY 1, 2
SELECT k, v FROM sales.customers c LEFT JOIN LATERAL jsonb_each_text(c.profile) AS e(k, v) ON true WHERE c.customer_id BETWEEN 1 AND 2 ORDER BY 1, 2
SELECT * FROM json_each_text('{"a":1,"b":null}')
SELECT count(*) FROM sales.customers c WHERE EXISTS (SELECT 1 FROM jsonb_each_text(c.profile) e WHERE e.key = 'age' AND e.value::int > 30) AND customer_id > 0
SELECT time '10:00' - time '08:30', time '10:00' + interval '90 min', date '2024-01-01' + time '10:00'
SELECT customer_id, profile @> '[1]', profile @> '[{"a": [null]}]', profile @> '"x"', profile @> '{}', profile @> '[]' FROM sales.customers WHERE customer_id < 3 ORDER BY 1
SELECT '[1,"a",null]'::jsonb @> '"a"', '[1,"a",null]'::jsonb @> 'null', '{"a":[1,2,{"b":3}]}'::jsonb @> '{"a":[{"b":3}]}', '1'::jsonb @> '1.0', '{"a":"1"}'::jsonb @> '{"a":1}', '[[1,2]]'::jsonb @> '[[1]]', '[[1,2]]'::jsonb @> '[1]'
SELECT customer_id, profile ? 'age', profile ? 'x', profile ?| ARRAY['x','age'], profile ?& '{age,x}' FROM sales.customers WHERE customer_id < 3 ORDER BY 1
SELECT '["a","b"]'::jsonb ? 'b', '"x"'::jsonb ? 'x', '[1]'::jsonb ? '1', 'null'::jsonb ? 'a'
SELECT jsonb_exists('{"a":1}', 'a')
SELECT profile || '{"x": 1}' FROM sales.customers WHERE customer_id = 1
SELECT profile || jsonb_build_object('z', customer_id, 'b', 'y') FROM sales.customers WHERE customer_id = 1
SELECT '[1,2]'::jsonb || '3'::jsonb, '{"a":1}'::jsonb || '[2]'::jsonb, '1'::jsonb || '2'::jsonb, '[]'::jsonb || '[1]'::jsonb
SELECT '["a","b","a"]'::jsonb - 'a', '[1,2,3]'::jsonb - (-1), '{"a":1,"b":2,"c":3}'::jsonb - ARRAY['a','c'], '[1,2]'::jsonb - 7
SELECT jsonb_set('{"a":1}'::jsonb, '{b}', '2', false), jsonb_set('{"a":1}'::jsonb, '{x,y}', '2'), jsonb_set('{"a":{"c":0}}'::jsonb, '{a,b}', '[1,2]'::jsonb), jsonb_set(NULL, '{a}', '1')
SELECT jsonb_set(profile, '{age}', '99') FROM sales.customers WHERE customer_id = 1
SELECT width_bucket(amount, 0, 500, 7), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 1000 GROUP BY 1 ORDER BY 1
SELECT width_bucket(score, 0, 1000, 9), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 1000 GROUP BY 1 ORDER BY 1
SELECT width_bucket(customer_id, 0, 100, 100), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 1000 GROUP BY 1 ORDER BY 1
SELECT width_bucket(amount, 300, 100, 7), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 1000 GROUP BY 1 ORDER BY 1
SELECT width_bucket(NULL, 0, 10, 5), width_bucket(1, 0, NULL, 5), width_bucket(29, 0, 100, 100), width_bucket(0.7, 0, 1, 10), width_bucket(0.7::float8, 0, 1, 10)
SELECT justify_days(transit), justify_hours(transit * 10), justify_interval(transit * 40), justify_interval(-transit) FROM shipping.parcels WHERE order_id = 1
SELECT justify_hours(interval '-1 day 30 hours'), justify_hours(interval '1 day -30 hours'), justify_days(interval '-2 months 70 days'), justify_interval(interval '1 month -1 day'), justify_interval(interval '-1 month 1 sec'), justify_interval(interval '3 months -95 days 49 hours'), justify_interval(NULL)
SELECT format('%-10s|%5s|', name, customer_id), format('%1$s %2$I %1$L', name, 'Select') FROM sales.customers WHERE customer_id = 1
SELECT format('%s', 1.50), format('%s|%s', date '2024-01-01', timestamp '2024-01-01 10:00'), format('%s', NULL::text), format('%L', E'a\\b'), format('%I', 'table'), format('%I', 'a"b'), format('%I', 'ABC')
SELECT format('%5s|%-5s|', NULL, 'abcdefgh')
SELECT quote_ident(name), quote_literal(name), quote_nullable(email) FROM sales.customers WHERE customer_id < 2 ORDER BY customer_id
SELECT to_number('0.5', '9.9'), to_number('.5', '9.9'), to_number(amount::text, '99999999.99') FROM sales.orders WHERE order_id = 3
SELECT div(9223372036854775807, 1)
SELECT '{"a":1}'::jsonb #- '{a}', '{"a":{"b":1,"c":2}}'::jsonb #- '{a,b}'
SELECT 5 # 3, 5 # -3
SELECT count(*) FROM sales.customers TABLESAMPLE SYSTEM (0)
SELECT count(*) FROM sales.customers TABLESAMPLE BERNOULLI (100) WHERE customer_id > 0
VALUES (1), (2) ORDER BY 1 DESC LIMIT 1
VALUES (1), (2) LIMIT 1
VALUES (1), (2), (3) ORDER BY 1 OFFSET 1
SELECT t.column2 FROM (VALUES (1, 'one'), (2, 'two')) AS t WHERE t.column1 = 2
SELECT count(*) FROM generate_series(current_date - 30, current_date, '1 day') AS g
SELECT count(*) FROM generate_series(current_date - interval '30 days', current_date, interval '1 day') AS g
SELECT count(*) FROM generate_series(now() - interval '1 day', now(), '1 hour') AS g
SELECT count(*) >= 1 FROM generate_series(date_trunc('month', current_date), current_date, '1 day') AS g
SELECT count(*) FROM generate_series(date_trunc('month', now()) - interval '11 months', date_trunc('month', now()), '1 month') AS g
SELECT count(*) FROM generate_series((current_date - interval '6 days')::date, current_date, interval '1 day') d
SELECT to_char(g, 'YYYY-MM') AS m FROM generate_series('2024-01-01'::date, '2024-03-01'::date, '1 month') g
SELECT to_char(1234.5, '9,999.99'), to_char(-5, 'S999'), to_char(5, 'S999'), to_char(0.5, '0.99'), to_char(12, '0000'), to_char(-12.3, '999D9MI'), to_char(1234567, '9G999G999')
SELECT to_char(42, '99'), to_char(42, 'FM999'), to_char(0, '999'), to_char(1e6::float8, '9999999'), to_char(0.123, 'FM990.00%')
SELECT to_char(timestamp '2024-02-03 14:05:06.789', 'YYYY-MM-DD HH24:MI:SS.MS'), to_char(timestamp '2024-02-03 14:05:06', 'Dy DD Mon YYYY'), to_char(date '2024-02-03', 'Day'), to_char(date '2024-02-03', 'FMMonth YYYY')
SELECT to_char(timestamp '2024-02-03 14:05:06', 'HH12:MI AM'), to_char(timestamp '2024-02-03 14:05:06', 'hh24:mi'), to_char(date '2024-02-03', 'IYYY-IW'), to_char(date '2024-02-03', 'YYYYMMDD'), to_char(date '2024-02-03', 'DDth'), to_char(date '2024-02-03', 'yyyy-mm')
SELECT to_char(interval '15h 2m 12s', 'HH24:MI:SS'), to_char(interval '50 hours', 'HH24:MI'), to_char(interval '3 days 2 hours', 'DD HH24'), to_char(interval '1 day 02:03:04', 'HH24:MI:SS')
SELECT to_char(max(ordered_at) - min(ordered_at), 'HH24:MI') FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT to_char(time '15:02:03', 'HH24:MI'), to_char(time '15:02', 'HH12:MI PM')
SELECT date_bin('15 minutes', timestamp '2024-02-03 14:08:00', timestamp '2024-01-01')
SELECT date_bin(interval '1 hour', ordered_at, timestamptz '2026-01-01 00:00+00') AS h, count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 20 GROUP BY 1 ORDER BY 1
SELECT date_trunc('quarter', timestamp '2024-05-06'), date_trunc('hour', timestamptz '2024-05-06 10:30+00'), date_trunc('day', interval '3 days 5 hours'), date_trunc('decade', timestamp '2024-05-06')
SELECT current_date = now()::date, localtimestamp IS NOT NULL, current_time IS NOT NULL, now() - interval '1 day' < now()
SELECT extract(year from age(date '2024-03-10', date '2000-01-01')), date_part('day', timestamp '2024-03-10' - timestamp '2024-03-01')
SELECT (date '2024-03-10' - date '2024-03-01') || ' days', (date '2024-03-10' - date '2024-03-01') * interval '1 day'
SELECT timestamp '2024-03-10 12:34:56'::date, timestamp '2024-03-10 12:34:56'::time, timestamptz '2024-03-10 12:00+00' AT TIME ZONE 'Europe/Berlin', timestamp '2024-03-10 12:00' AT TIME ZONE 'America/New_York'
SELECT '2024-03-10'::date BETWEEN '2024-03-01' AND '2024-03-31', '2024-03-10' > '2024-03-09'
SELECT coalesce(NULL, 'x'), nullif(1, 1), greatest(1, 3, 2), least('b', 'a'), greatest(1, NULL, 2)
SELECT CASE WHEN 1 = 1 THEN 'yes' ELSE 'no' END, CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END
SELECT string_agg(name, ', ' ORDER BY name), string_agg(DISTINCT country, ',' ORDER BY country) FROM sales.customers WHERE customer_id BETWEEN 1 AND 5
SELECT max(name), min(created_at), count(DISTINCT country) FROM sales.customers WHERE customer_id > 0
SELECT first_value(name) OVER (PARTITION BY country ORDER BY customer_id), lag(name, 1, 'none') OVER (ORDER BY customer_id), ntile(4) OVER (ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 4 ORDER BY customer_id
SELECT row_number() OVER w, rank() OVER w, dense_rank() OVER w, percent_rank() OVER w, cume_dist() OVER w FROM sales.customers WHERE customer_id BETWEEN 1 AND 4 WINDOW w AS (ORDER BY country) ORDER BY 1
SELECT sum(count(*)) OVER (), country FROM sales.customers WHERE customer_id > 0 GROUP BY country ORDER BY 2
WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT sum(n), max(n) FROM t
WITH RECURSIVE t(n, f) AS (SELECT 1, 1 UNION ALL SELECT n + 1, f * (n + 1) FROM t WHERE n < 5) SELECT * FROM t
WITH a AS MATERIALIZED (SELECT 1 AS x), b AS NOT MATERIALIZED (SELECT 2 AS y) SELECT * FROM a, b
SELECT * FROM (SELECT 1 AS a) x NATURAL JOIN (SELECT 1 AS a, 2 AS b) y
SELECT * FROM (SELECT 1 AS a) x FULL JOIN (SELECT 2 AS a) y USING (a) ORDER BY a
SELECT x.a, y.b FROM (VALUES (1),(2)) x(a) CROSS JOIN (VALUES ('u'),('v')) y(b) ORDER BY 1, 2
SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 1 ORDER BY 1 LIMIT 2 OFFSET 1
(SELECT 1 AS a ORDER BY 1) UNION ALL (SELECT 2 ORDER BY 1 LIMIT 1) ORDER BY a DESC
SELECT customer_id FROM sales.customers ORDER BY vip DESC NULLS LAST, customer_id LIMIT 3
SELECT customer_id FROM sales.customers ORDER BY vip NULLS FIRST, customer_id FETCH FIRST 2 ROWS ONLY
SELECT EXISTS (SELECT 1 FROM sales.orders WHERE order_id = 1), NOT EXISTS (SELECT 1 WHERE false)
SELECT (SELECT count(*) FROM sales.orders o WHERE o.customer_id = c.customer_id) FROM sales.customers c WHERE customer_id = 3
SELECT name FROM sales.customers WHERE customer_id = ANY (SELECT customer_id FROM sales.orders WHERE order_id = 7)
SELECT name FROM sales.customers WHERE name SIMILAR TO 'Customer (1|2)' ORDER BY 1
SELECT * FROM sales.customers WHERE false
SELECT NULL::int IS DISTINCT FROM 1, 1 IS NOT DISTINCT FROM 1, true IS TRUE, NULL IS UNKNOWN, NOT NULL::bool IS FALSE
SELECT 1::bool, 0::bool, 't'::bool, 'yes'::bool, true::int, 'on'::bool
SELECT 5 & 3, 5 | 3, 5 # 3, ~5, 1 << 4, 16 >> 2, gcd(12, 18), lcm(4, 6), factorial(5)
SELECT overlay('Txxxxas' placing 'hom' from 2 for 4), position('om' in 'Thomas'), substring('Thomas' from 2 for 3), trim(both 'xyz' from 'yxTomxx'), initcap('hi THOMAS')
SELECT left('abcde', 2), right('abcde', -2), lpad('hi', 5, 'xy'), rpad('hi', 5), repeat('Pg', 3), replace('abc', 'b', ''), reverse('abc'), split_part('a~b~c', '~', 2), strpos('high', 'ig'), translate('12345', '143', 'ax'), ascii('x'), chr(65), starts_with('alphabet', 'alph')
SELECT concat_ws(', ', 'a', NULL, 'b'), concat('a', NULL, 'b'), 'a' || NULL, length('jose'), char_length('jose'), octet_length('jose'), bit_length('jose'), upper('tom'), lower('TOM'), md5('abc')
SELECT ('a' || 'b')::varchar(1), 'abc'::char(5), 'abc'::char(2), cast('abcdef' as varchar(3))
SELECT uuid '550e8400-e29b-41d4-a716-446655440000', '550E8400-E29B-41D4-A716-446655440000'::uuid
SELECT count(*), count(DISTINCT (country, vip)) FROM sales.customers WHERE customer_id > 0
SELECT sum(amount) FILTER (WHERE status = 'paid') AS paid, sum(amount) FILTER (WHERE status <> 'paid') AS other FROM sales.orders WHERE order_id BETWEEN 1 AND 8
SELECT ordered_on, amount, sum(amount) OVER (ORDER BY ordered_on, order_id ROWS UNBOUNDED PRECEDING) FROM sales.orders WHERE order_id BETWEEN 1 AND 4 ORDER BY order_id
SELECT corr(order_id, amount), regr_slope(amount, order_id), regr_intercept(amount, order_id), covar_samp(order_id, amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 10
SELECT pg_typeof(1), pg_typeof('a'::text), pg_typeof(now())
SELECT version() LIKE 'PostgreSQL%', current_database() IS NOT NULL, current_schema, current_user IS NOT NULL
SELECT isfinite(date '2024-01-01'), isfinite(timestamp 'infinity'), 'infinity'::timestamp > now()
SELECT interval '1 day' > interval '23 hours', interval '1 month' = interval '30 days', extract(days from interval '3 days'), extract(hours from interval '5 hours')
SELECT date '2024-02-29' + interval '1 year', date '2024-01-31' + interval '1 mon', (date '2024-01-31' + interval '1 mon')::date
SELECT now()::date - 7 < current_date, current_date + 1 > current_date, date_part('dow', current_date) BETWEEN 0 AND 6
SELECT timestamp '2024-01-01' + make_interval(hours => 5), timestamp '2024-01-01' + 3 * interval '1 hour', '2024-01-01'::date + '10:00'::time
SELECT tags[1], tags[array_upper(tags, 1)], cardinality(tags), array_length(tags, 1), 'x' = ANY(tags), array_position(tags, 'x'), tags @> ARRAY['x'], tags && ARRAY['q','x'] FROM sales.customers WHERE customer_id = 1
SELECT array(SELECT customer_id FROM sales.customers WHERE customer_id BETWEEN 1 AND 3 ORDER BY 1)
SELECT array_to_string(array(SELECT name FROM sales.customers WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1), ';')
SELECT ARRAY[1,2]::text[], ARRAY['1','2']::int[], '{1,2}'::int[] || 3, array_sort(ARRAY[3,1,2])
SELECT sum(x) FROM unnest(ARRAY[1,2,3]) AS x
SELECT unnest(tags) AS tag, count(*) FROM sales.customers WHERE customer_id BETWEEN 1 AND 9 GROUP BY 1 ORDER BY 1
SELECT profile ->> 'age' AS age, count(*) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3 GROUP BY 1 ORDER BY 1
SELECT row_to_json(c) ->> 'name' FROM sales.customers c WHERE customer_id = 1
SELECT '{"a":[1,2,{"b":"x"}]}'::jsonb -> 'a' -> 2 ->> 'b', '{"a":[1,2]}'::jsonb -> 'a' -> -1, '[1,2]'::jsonb ->> 0
SELECT jsonb_array_elements_text('["a","b"]'::jsonb), json_array_length('[1,2]'::json)
SELECT ('{"a":1}'::jsonb ->> 'a')::int + 1, ('{"a":1.5}'::jsonb -> 'a')::numeric, ('{"a":true}'::jsonb -> 'a')::boolean
SELECT '{"a":1}'::jsonb = '{"a": 1}'::jsonb, '{"b":1,"a":2}'::jsonb = '{"a":2,"b":1}'::jsonb, '[1,2]'::jsonb <> '[2,1]'::jsonb
SELECT extract(isodow from ordered_on), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 100 GROUP BY 1 ORDER BY 1
SELECT ordered_at AT TIME ZONE 'UTC', ordered_at::date, date_trunc('day', ordered_at) FROM sales.orders WHERE order_id = 1
SELECT 'new'::text = status::text FROM sales.orders WHERE order_id = 4
SELECT "customer_id" AS "Customer ID", name "n" FROM sales.customers WHERE customer_id = 1
SELECT all name FROM sales.customers WHERE customer_id = 1
SELECT 1 /* c */ + /* nested /* x */ */ 1
SELECT 1 AS "select", 2 AS "from"
SELECT 'it''s', E'it\'s', $q$it's$q$
SELECT 1 WHERE 'a' IN ('a', 'b') AND 1 NOT IN (2, 3)
SELECT count(*) FROM sales.orders WHERE ordered_at >= '2026-01-01' AND ordered_at < '2026-01-01'::date + interval '1 day'
SELECT count(*) FROM sales.orders WHERE ordered_on >= date_trunc('month', date '2026-02-15') AND ordered_on < date_trunc('month', date '2026-02-15') + interval '1 month'
SELECT trim(to_char(amount, '999,999.00')) FROM sales.orders WHERE order_id = 3
SELECT split_part(email, '@', 2), count(*) FROM sales.customers WHERE customer_id BETWEEN 1 AND 4 GROUP BY 1
SELECT name, length(name) AS l FROM sales.customers WHERE customer_id BETWEEN 1 AND 12 ORDER BY l DESC, name LIMIT 3
SELECT substr(name, 1, 3) || '...' AS short FROM sales.customers WHERE customer_id = 1
SELECT CAST(amount AS integer), CAST(amount AS text), amount::float8, amount::numeric(12,1) FROM sales.orders WHERE order_id = 3
SELECT COUNT(*) AS count, 'x' AS text FROM sales.orders
SELECT nth_value(name, 2) OVER (ORDER BY customer_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM sales.customers WHERE customer_id BETWEEN 1 AND 2
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY extract(epoch from ordered_at)) FROM sales.orders WHERE order_id BETWEEN 1 AND 11
SELECT num_nulls(1, NULL), num_nonnulls(1, NULL)
SELECT txid_current() IS NOT NULL
SELECT date '2024-01-01' - interval '1 day' AS d, date '2024-01-01' - 1 AS e
SELECT make_date(2024, 1, 1) + 30, to_timestamp(0)::date, to_timestamp(0) AT TIME ZONE 'UTC'
SELECT extract(microseconds from time '17:12:28.5'), extract(milliseconds from time '17:12:28.5'), extract(second from time '17:12:28.5'), extract(timezone from timestamptz '2024-01-01 00:00+00')
SELECT bool_and(x > 0), bit_and(x), bit_or(x), bit_xor(x) FROM (VALUES (1),(3)) v(x)
SELECT any_value(x), min(x), max(x) FROM (VALUES (5)) v(x)
SELECT 'Tom' COLLATE "C" < 'tom', name COLLATE "C" FROM sales.customers WHERE customer_id = 1
SELECT name FROM sales.customers WHERE customer_id BETWEEN 1 AND 3 ORDER BY name COLLATE "C" DESC
SELECT GREATEST(date '2024-01-01', date '2024-02-01'), LEAST(1.5, 2)
SELECT t.* FROM (VALUES (1, NULL), (2, 'x')) AS t(a, b) WHERE b IS NULL
SELECT 1 AS a, a.x FROM (SELECT 2 AS x) a
SELECT * FROM json_to_recordset('[{"a":1,"b":"x"}]') AS t(a int, b text)
SELECT * FROM jsonb_to_record('{"a":1,"b":"x"}') AS t(a int, b text)
SELECT * FROM jsonb_to_recordset('[{"a":1,"b":"x"},{"a":2}]'::jsonb) AS t(a int, b text)
SELECT customer_id, grouping(customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 2 GROUP BY ROLLUP(customer_id) ORDER BY 1
SELECT cast(date '2024-01-01' as timestamp), cast('10:00' as time), cast(timestamp '2024-01-01 10:00' as text), cast(1.5 as int)
SELECT lower(country) lc, upper(left(name, 1)) || substr(name, 2) FROM sales.customers WHERE customer_id = 1
SELECT tags[customer_id], tags[customer_id + 1], tags[n] FROM sales.customers, generate_series(1, 2) n WHERE customer_id = 1 ORDER BY n
SELECT (ARRAY['a','b','c'])[array_upper(ARRAY['a','b'], 1)], (string_to_array('a,b,c', ','))[array_length(string_to_array('a,b', ','), 1)], (ARRAY['a','b','c'])[ceil(1.5)::int]
SELECT (regexp_split_to_array('a b c', ' '))[div(5, 2)::int], (ARRAY['a','b','c'])[width_bucket(5, 0, 10, 3)], (ARRAY['Mon','Tue','Wed'])[extract(isodow from date '2024-01-02')::int]
SELECT tags[(SELECT 2)] FROM sales.customers WHERE customer_id = 1
SELECT tags[coalesce(NULL, 2)] FROM sales.customers WHERE customer_id = 1
SELECT tags[CASE WHEN true THEN 2 END] FROM sales.customers WHERE customer_id = 1
SELECT tags[length('ab')], tags[1::int], tags[least(2, 3)], tags[2 - 0] FROM sales.customers WHERE customer_id = 1
SELECT tags[1:customer_id], tags[customer_id:2], tags[customer_id + 1 : customer_id + 1] FROM sales.customers WHERE customer_id = 1
SELECT to_char(1234.5, '9,999.99'), to_char(-5, 'S999'), to_char(5, 'S999'), to_char(0.5, '0.99'), to_char(12, '0000'), to_char(-12.3, '999D9MI'), to_char(12.3, '999D9MI'), to_char(1234567, '9G999G999'), to_char(5, '99S'), to_char(-5, 'FM99MI'), to_char(5, 'FM99MI'), to_char(5, 'FMS99')
SELECT to_char(interval '-90 min', 'HH24:MI'), to_char(interval '100 hours', 'HH24:MI:SS'), to_char(interval '1 day', 'HH24'), to_char(NULL::interval, 'HH24'), to_char(interval '90 sec', 'MI:SS')
SELECT to_char(date '2024-02-01', 'DDth'), to_char(date '2024-02-22', 'FMDDth Mon'), to_char(date '2024-02-03', 'FMDDth'), to_char(date '2024-02-13', 'DDth')
SELECT to_char(transit, 'DD HH24:MI:SS') FROM shipping.parcels WHERE order_id = 1
SELECT to_char(delivered_on - shipped_at, 'HH24:MI') FROM shipping.parcels WHERE order_id = 1
SELECT customer_id FROM sales.customers WHERE profile = '{"age":21}' ORDER BY 1
SELECT customer_id FROM sales.customers WHERE profile = '{"age":21}'::jsonb ORDER BY 1
SELECT count(*) FROM sales.customers a JOIN sales.customers b ON a.profile = b.profile
SELECT count(*) FROM sales.customers WHERE profile <> '{"age": 22}'::jsonb
SELECT * FROM jsonb_to_recordset('[{"a":1,"b":"x"},{"a":2,"c":[1]}]'::jsonb) AS t(a int, b text, c jsonb)
SELECT c.customer_id, r.age FROM sales.customers c, jsonb_to_record(c.profile) AS r(age int) WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1
SELECT '2024-02-16'::date, '2024-02-16 10:00'::timestamp, '10:00'::time, '2024-02-16T10:00:00Z'::timestamptz, '20240216'::date, 'February 16, 2024'::date, '16-Feb-2024'::date
SELECT pg_catalog.count(*) FROM sales.orders
SELECT pg_catalog.lower(name) FROM sales.customers WHERE customer_id = 1
SELECT order_id FROM sales.orders WHERE order_id OPERATOR(pg_catalog.=) 5
SELECT * FROM "shipping"."carriers" WHERE "carrier_id" OPERATOR(pg_catalog.=) 1 LIMIT 1
SELECT name FROM sales.customers WHERE customer_id = 1::pg_catalog.int4
SELECT pg_catalog.now() IS NOT NULL, pg_catalog.date_part('year', ordered_on) FROM sales.orders WHERE order_id = 3
SELECT pg_catalog.format_type(x, NULL) FROM (VALUES (23)) v(x)
SELECT n FROM pg_catalog.generate_series(1, 3) AS n
SELECT CAST(customer_id AS pg_catalog.int8) FROM sales.customers WHERE customer_id = 1
SELECT pg_catalog.sum(amount), pg_catalog.max(ordered_on) FROM sales.orders WHERE order_id OPERATOR(pg_catalog.<) 10 AND order_id OPERATOR(pg_catalog.>) 0
SELECT carrier_id FROM shipping.carriers ORDER BY 1 FOR READ ONLY
SELECT ('[1,2,3]'::jsonb)[0], ('{"a":[1,2]}'::jsonb)['a'][1], ('{"a":1}'::jsonb)['b']
SELECT profile -> 'age' = '21'::jsonb, (profile ->> 'age')::int > 20, profile ->> 'none' IS NULL FROM sales.customers WHERE customer_id = 1
SELECT json_array_elements('[1,2]'::json) AS e
SELECT jsonb_typeof(profile), jsonb_typeof(profile -> 'age'), jsonb_typeof(profile -> 'x') FROM sales.customers WHERE customer_id < 3 ORDER BY customer_id
SELECT jsonb_agg(profile -> 'age' ORDER BY customer_id) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT jsonb_object_agg(name, profile) FROM sales.customers WHERE customer_id BETWEEN 1 AND 2
SELECT array_agg(t ORDER BY t) FROM sales.customers c, unnest(c.tags) AS t WHERE customer_id BETWEEN 1 AND 2
SELECT array_remove(tags, 'x'), array_append(tags, 'y'), tags || 'z'::text, tags || ARRAY['q'], array_to_string(tags, '|') FROM sales.customers WHERE customer_id = 1
SELECT tags = ARRAY['t1','x'], tags <> ARRAY['x'], tags @> '{x}', 'x' <> ALL(tags), tags IS NOT NULL FROM sales.customers WHERE customer_id = 1
SELECT string_to_array(name, ' '), (string_to_array(name, ' '))[2], split_part(name, ' ', 2)::int FROM sales.customers WHERE customer_id = 1
SELECT 'abc' < 'abd', 'a' < 'B', 'Z' < 'a', '10' < '9', 'a ' = 'a', '' < 'a'
SELECT email FROM sales.customers ORDER BY email NULLS FIRST LIMIT 3
SELECT DISTINCT vip FROM sales.customers ORDER BY vip
SELECT count(*), count(vip), sum(credit), min(credit), max(credit) FROM sales.customers
SELECT sum(NULL::int), max(NULL::text), count(NULL), string_agg(NULL::text, ','), array_agg(NULL::int)
SELECT sum(x) FROM (SELECT 1 AS x WHERE false) t
SELECT count(*) FROM (SELECT 1 WHERE false) t
SELECT bool_and(x), bool_or(x) FROM (SELECT NULL::bool AS x) t
SELECT 0.1 + 0.2, 0.1::float8 + 0.2::float8, 1.10 * 1.10, 3 * 0.5, 10 % 3.5, -7 % 2, 2 ^ 3 ^ 2, -2 ^ 2
SELECT date '2024-01-31' + interval '1 month' - interval '1 month', date '2024-03-31' - interval '1 month', timestamp '2024-02-29' - interval '1 year'
SELECT age(timestamp '2024-03-31', timestamp '2024-02-29'), age(timestamp '2024-02-29', timestamp '2023-02-28'), age(timestamp '2024-01-01', timestamp '2024-03-31 12:00')
SELECT extract(week from date '2021-01-03'), extract(isoyear from date '2021-01-03'), extract(dow from date '2021-01-03'), extract(doy from date '2020-12-31'), date_trunc('week', timestamp '2021-01-03')
SELECT date_part('month', interval '14 months'), date_part('year', interval '14 months'), extract(hour from interval '26 hours'), extract(epoch from interval '1 month'), extract(epoch from interval '1 year')
SELECT interval '1 month' > interval '30 days', interval '1 month' = interval '30 days', interval '24 hours' = interval '1 day', interval '1 year' = interval '360 days', interval '1 year' > interval '365 days'
SELECT to_char(timestamp '2024-01-01 00:05', 'HH12:MI AM'), to_char(timestamp '2024-01-01 12:05', 'HH:MI pm'), to_char(date '2024-12-30', 'IYYY-"W"IW'), to_char(date '2024-12-30', 'YYYY-WW')
SELECT to_date('2024-02', 'YYYY-MM'), to_date('24-02-03', 'YY-MM-DD'), to_timestamp('2024-02-03 02:05 PM', 'YYYY-MM-DD HH12:MI PM')
SELECT 7.5::int, 8.5::int, 0.5::float8::int, 1.5::float8::int, 2.5::float8::int, -0.5::float8::int
SELECT substring('hello', 2, 100), substring('hello', 10), left('hi', 10), right('hi', -5), repeat('a', 0), lpad('abc', 2), rpad('', 3, 'x'), split_part('a,b', ',', 5), strpos('a', ''), replace('aaa', 'a', ''), position('' in 'a')
SELECT upper(NULL), concat(NULL, 'a'), NULL || 'a', coalesce(NULL, NULL), nullif('a', NULL), greatest(NULL, 1), least(NULL, NULL)
SELECT 'abc' LIKE '%', '' LIKE '%', 'abc' LIKE '_b_', 'a_c' LIKE 'a\_c', 'ABC' ILIKE 'abc', 'abc' SIMILAR TO 'a(b|x)c'
SELECT 1 IN (1, NULL), 2 IN (1, NULL), 2 NOT IN (1, NULL), NULL IN (1), 1 = ANY (ARRAY[NULL, 1]), 2 = ANY (ARRAY[NULL, 1]), 1 = ALL (ARRAY[1, NULL])
SELECT NULL = NULL, NULL <> 1, NULL AND false, NULL OR true, NOT NULL, true AND NULL
SELECT x, sum(x) OVER (PARTITION BY x % 2 ORDER BY x RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) FROM generate_series(1, 5) x ORDER BY x
SELECT first_value(x) OVER w, last_value(x) OVER w, nth_value(x, 2) OVER w FROM (VALUES (3),(1),(2)) t(x) WINDOW w AS (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY 1, 2
SELECT a, count(*) FROM (VALUES (1),(NULL),(NULL)) t(a) GROUP BY a ORDER BY a NULLS FIRST
SELECT a, sum(b) FROM (VALUES (1, 2), (1, 3), (2, 4)) t(a, b) GROUP BY ROLLUP (a) ORDER BY a NULLS LAST
SELECT * FROM (VALUES (1, 'a'), (2, 'b')) t(i, s) WHERE s > 'a' OR i IS NULL
SELECT o.order_id FROM sales.orders o LEFT JOIN shipping.parcels p ON p.order_id = o.order_id WHERE p.order_id IS NULL AND o.order_id BETWEEN 299 AND 302 ORDER BY 1
SELECT c.name, max(o.amount) FROM sales.customers c JOIN sales.orders o USING (customer_id) WHERE c.customer_id < 4 GROUP BY c.name HAVING max(o.amount) > 10 ORDER BY 1
SELECT name FROM sales.customers c WHERE NOT EXISTS (SELECT 1 FROM sales.orders o WHERE o.customer_id = c.customer_id) AND customer_id > 0
SELECT customer_id, (SELECT max(ordered_on) FROM sales.orders o WHERE o.customer_id = c.customer_id) FROM sales.customers c WHERE customer_id IN (1, -1) ORDER BY 1
SELECT width_bucket(credit, 0, 600, 6) AS b, count(*), min(credit), max(credit) FROM sales.customers WHERE customer_id > 0 GROUP BY b ORDER BY b
SELECT external_id::text, upper(external_id::text), external_id = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b' FROM sales.customers WHERE customer_id = 1
SELECT cutoff, cutoff + interval '1 hour', extract(hour from cutoff), cutoff > '12:00', transit, extract(day from transit), transit > interval '1 day' FROM shipping.parcels WHERE order_id = 1
SELECT jsonb_typeof(profile -> 'age') FROM sales.customers WHERE customer_id = 1
SELECT coalesce(profile -> 'x', profile -> 'age', '0'), jsonb_build_array(profile -> 'age', 1) FROM sales.customers WHERE customer_id = 1
SELECT count(profile -> 'age'), max((profile -> 'age')::int), jsonb_array_length(p -> 'a' -> 'b') FROM sales.customers, (SELECT '{"a":{"b":[1,2]}}'::jsonb AS p) t WHERE customer_id > 0 GROUP BY p
SELECT encode(photo, 'hex') FROM sales.customers WHERE customer_id = -3
SELECT length(photo) FROM sales.customers WHERE customer_id = -3
SELECT octet_length(photo) FROM sales.customers WHERE customer_id = -3
SELECT md5(photo) FROM sales.customers WHERE customer_id = -3
SELECT photo = '\x00ff5c'::bytea FROM sales.customers WHERE customer_id = -3
SELECT jsonb_array_length(p -> 'items'), p -> 'items' -> 0 ->> 'name', (p -> 'items' -> 0 ->> 'qty')::int FROM (SELECT '{"items":[{"name":"a","qty":2}]}'::jsonb AS p) t
SELECT i ->> 'name', (i ->> 'qty')::int FROM (SELECT '{"items":[{"name":"a","qty":2}]}'::jsonb AS p) t, jsonb_array_elements(p -> 'items') AS i
SELECT i.value ->> 'name' FROM (SELECT '{"items":[{"name":"a"}]}'::jsonb AS p) t CROSS JOIN LATERAL jsonb_array_elements(t.p -> 'items') i
SELECT e.key, e.value FROM (SELECT '{"a":{"x":1,"y":"z"}}'::jsonb AS p) t, jsonb_each_text(p -> 'a') e ORDER BY 1
SELECT r.* FROM (SELECT '{"items":[{"n":1},{"n":2}]}'::jsonb AS p) t, jsonb_to_recordset(p -> 'items') AS r(n int) ORDER BY 1
SELECT jsonb_object_keys(p -> 'a') FROM (SELECT '{"a":{"x":1,"y":"z"}}'::jsonb AS p) t
SELECT coalesce((p ->> 'a')::numeric, 0) + 1 FROM (SELECT '{"a":"1.5"}'::jsonb AS p) t
SELECT sum((profile ->> 'age')::int), avg((profile ->> 'age')::int) FILTER (WHERE profile ? 'age') > 0, max(profile ->> 'age') FROM sales.customers WHERE customer_id > 0
SELECT profile ->> 'age' FROM sales.customers WHERE profile -> 'age' IS NOT NULL AND profile @> '{"age":30}'
SELECT customer_id FROM sales.customers WHERE (profile ->> 'age')::int BETWEEN 21 AND 23 AND profile ? 'age' ORDER BY profile -> 'age' DESC
SELECT to_jsonb(c) ->> 'name', to_jsonb(c) - 'photo' ? 'photo' FROM sales.customers c WHERE customer_id = 1
SELECT jsonb_agg(to_jsonb(t)) FROM (SELECT customer_id, name FROM sales.customers WHERE customer_id BETWEEN 1 AND 2 ORDER BY 1) t
SELECT json_agg(json_build_object('id', customer_id, 'n', name) ORDER BY customer_id) ->> 0 IS NOT NULL FROM sales.customers WHERE customer_id BETWEEN 1 AND 2
SELECT jsonb_build_object('a', jsonb_build_object('b', ARRAY[1,2]), 'c', NULL, 'd', true, 'e', 1.5)
SELECT to_char(amount, 'FM999990.00'), to_char(amount, '$999,990.00'), to_char(order_id, '000000'), to_char(-amount, '999.99'), to_char(amount, '999.99S') FROM sales.orders WHERE order_id = 3
SELECT '{"a":1}'::jsonb || '{"b":2}'::jsonb ? 'b', NOT '{"a":1}'::jsonb ? 'a', '{"a":{"b":1}}'::jsonb -> 'a' ? 'b', '{"a":1}'::jsonb ? ('a' || '')
SELECT '{"a":1,"b":2}'::jsonb - 'a' ?| ARRAY['a'], '{"a":1,"b":2}'::jsonb - 'a' @> '{"b":2}'
SELECT '{"a":1,"b":2,"c":3}'::jsonb - 'a' - 'b'
SELECT '{"a":1}'::jsonb - 'a' || '{"z":1}'::jsonb
SELECT ('{"a":1}'::jsonb || '{"b":1}'::jsonb) - 'a'
SELECT '{"a":1}'::jsonb || '{"b":1}' || '{"c":1}'
SELECT '{"a":1}'::jsonb || '{"b":1}'::jsonb @> '{"b":1}'
SELECT profile - 'x' || '{"y":1}' FROM sales.customers WHERE customer_id = 1
SELECT 'a' || 'b' || 'c' || customer_id, date '2024-03-10' - date '2024-03-01' - 1 FROM sales.customers WHERE customer_id = 1
SELECT sum(CASE WHEN amount > 5 THEN 1 ELSE 0 END), sum(CASE WHEN vip THEN 1 END) FROM sales.orders o JOIN sales.customers c USING (customer_id) WHERE order_id BETWEEN 1 AND 10
SELECT 'abc' SIMILAR TO 'abc', 'abc' SIMILAR TO 'a', 'abc' SIMILAR TO '%(b|d)%'
SELECT regexp_substr('foobarbaz', 'b..'), regexp_substr('foobarbaz', 'b..', 5)
SELECT @ -5
SELECT |/ 25.0
SELECT array_agg(DISTINCT country ORDER BY country) FROM sales.customers WHERE customer_id > 0
SELECT array_agg(DISTINCT country), bool_and(vip), bool_or(vip), every(vip) FROM sales.customers WHERE customer_id = 1
SELECT regexp_count('ABCABCAXYaxy', 'A.', 1, 'i'), regexp_count('ABCABCAXYaxy', 'A.', 4), regexp_count('abcabc', 'b')
SELECT regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i'), regexp_substr('ABCDEF', 'c(.)(..)', 1, 1, 'i', 2), regexp_substr('foobarbaz', 'ba.', 1, 2), regexp_substr('foobarbaz', 'ba.', 5), regexp_substr('foobarbaz', 'zz', 1, 2)
SELECT 'abc' SIMILAR TO '%(b|d)%', 'abc' NOT SIMILAR TO '(b|c)%', 'a.c' SIMILAR TO 'a.c%', 'abc' SIMILAR TO 'a.c%', NULL SIMILAR TO 'a%', E'a\nb' SIMILAR TO 'a%', 'abc' SIMILAR TO '_b%'
SELECT name FROM sales.customers WHERE name SIMILAR TO '%(1|2)' ORDER BY 1 LIMIT 3
SELECT |/ 25.0, ||/ 64.0, |/ 2, -(|/ 4.0)
SELECT 'today'::date = current_date, date 'yesterday' + 1 = current_date, 'tomorrow'::timestamp = (current_date + 1)::timestamp, 'now'::timestamptz = now(), timestamp 'now' IS NOT NULL
SELECT name FROM sales.customers WHERE name LIKE ALL (ARRAY['Cust%', '%1']) ORDER BY customer_id LIMIT 2
SELECT name FROM sales.customers WHERE name ILIKE ALL (ARRAY['cust%', '%1']) ORDER BY customer_id LIMIT 2
SELECT string_agg(DISTINCT country, '/'), array_agg(DISTINCT country), count(DISTINCT country) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT array_agg(DISTINCT customer_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 6
SELECT string_agg(DISTINCT country::text, ',' ORDER BY country::text DESC) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT array_agg(DISTINCT x) FROM (VALUES (3), (NULL), (1), (3)) v(x)
SELECT array_agg(DISTINCT upper(country)) FILTER (WHERE vip) FROM sales.customers WHERE customer_id > 0
SELECT to_char(date '2024-01-05', 'TMDay'), to_char(date '2024-01-05', 'TMMonth DD'), to_char(date '2024-01-05', 'TMMon-TMDy')
SELECT jsonb_agg(DISTINCT country) FROM sales.customers WHERE customer_id BETWEEN 1 AND 3
SELECT @ -5, @ -1.5, abs(-1), sqrt(4), cbrt(8)
SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY amount) AS p90 FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount DESC), percentile_cont(0.5) WITHIN GROUP (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 4
SELECT customer_id, percentile_cont(0.25) WITHIN GROUP (ORDER BY amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 200 GROUP BY 1 ORDER BY 1 LIMIT 3
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) FILTER (WHERE order_id < 10) FROM sales.orders WHERE order_id BETWEEN 1 AND 20
SELECT customer_id, c.name FROM sales.customers c JOIN sales.orders o USING (customer_id) WHERE order_id = 2
SELECT customer_id FROM sales.customers c LEFT JOIN sales.orders o USING (customer_id) WHERE order_id = 2
SELECT customer_id FROM sales.customers c RIGHT JOIN sales.orders o USING (customer_id) WHERE order_id = 2
SELECT customer_id FROM sales.customers c FULL JOIN sales.orders o USING (customer_id) WHERE order_id = 2
SELECT coalesce(c.customer_id, o.customer_id) FROM sales.customers c JOIN sales.orders o USING (customer_id) WHERE order_id = 2
WITH a(z) AS (SELECT order_id AS x FROM sales.orders) SELECT z FROM a WHERE z = 2
SELECT q FROM (SELECT order_id FROM sales.orders) t(q) WHERE q = 2
SELECT x FROM (SELECT order_id AS x FROM sales.orders UNION ALL SELECT 1) t WHERE x = 2
WITH RECURSIVE r AS (SELECT order_id FROM sales.orders WHERE order_id = 2 UNION ALL SELECT order_id + 1 FROM r WHERE order_id < 3) SELECT * FROM r
SELECT regexp_count('foobarbaz', 'b'), regexp_count('foobarbaz', 'B', 1, 'i')
SELECT percentile_cont(0.5::float8) WITHIN GROUP (ORDER BY amount), percentile_disc(1 - 0.5) WITHIN GROUP (ORDER BY order_id) FROM sales.orders WHERE order_id BETWEEN 1 AND 9
SELECT extract(year FROM NULL::date), extract(day FROM NULL::timestamp)
SELECT n FROM generate_series(1::int, 3::int) AS n
SELECT country, count(*) FROM sales.customers GROUP BY country ORDER BY count(*) DESC, country FETCH FIRST 3 ROWS WITH TIES
SELECT country, count(*) AS n FROM sales.customers WHERE customer_id > 0 GROUP BY 1 ORDER BY n DESC FETCH FIRST ROW WITH TIES
SELECT country, count(*) AS n FROM sales.customers WHERE customer_id > 0 GROUP BY 1 ORDER BY 2 DESC FETCH NEXT 1 ROWS WITH TIES
SELECT amount FROM sales.orders WHERE order_id BETWEEN 1 AND 2000 ORDER BY amount DESC OFFSET 2 FETCH FIRST 3 ROWS WITH TIES
SELECT amount FROM sales.orders WHERE order_id BETWEEN 1 AND 2000 ORDER BY 1 OFFSET 3 ROWS FETCH FIRST 3 ROWS WITH TIES
SELECT name FROM shipping.carriers ORDER BY name NULLS FIRST FETCH FIRST 1 ROW WITH TIES
SELECT * FROM (SELECT carrier_id FROM shipping.carriers ORDER BY carrier_id FETCH FIRST 2 ROWS WITH TIES) t ORDER BY 1
SELECT name FROM shipping.carriers FETCH FIRST 1 ROW WITH TIES
SELECT date_trunc('month', ordered_at) m, sum(amount) FROM sales.orders WHERE order_id BETWEEN 1 AND 900 GROUP BY 1 ORDER BY sum(amount) DESC FETCH FIRST 2 ROWS WITH TIES
SELECT count(*) FROM ONLY sales.customers
SELECT c.name FROM ONLY sales.customers AS c WHERE c.customer_id = 1
SELECT 1_000, 0x1F, 0o17, 0xFFFFFFFF, -0x10, 0x1f_ff, 1_000.5
SELECT 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF
SELECT 0xZ
SELECT order_id FROM sales.orders WHERE order_id = 0x10
SELECT sum(transit), min(transit), max(transit) FROM shipping.parcels
SELECT carrier_id, sum(transit), avg(transit) FROM shipping.parcels GROUP BY carrier_id ORDER BY 1
SELECT avg(x), sum(x) FROM (VALUES (interval '1 day'), (interval '1 hour'), (NULL)) v(x)
SELECT avg(x), sum(x) FROM (VALUES (interval '1 month'), (interval '1 day'), (interval '-7 min')) v(x)
SELECT avg(x), sum(x) FROM (VALUES (interval '1 year 1 mon 1 day 1 s'), (interval '3 days'), (interval '0.000001 s')) v(x)
SELECT avg(x), sum(x) FROM (SELECT interval '1 day' WHERE false) v(x)
SELECT avg(ordered_at - timestamptz '2026-01-01 00:00+00'), sum(ordered_at - timestamptz '2026-01-01 00:00+00') FROM sales.orders WHERE order_id BETWEEN 1 AND 77
SELECT sum(transit) FILTER (WHERE carrier_id = 1), avg(transit) FILTER (WHERE carrier_id = 2) FROM shipping.parcels
SELECT extract(epoch FROM avg(transit)), extract(epoch FROM sum(transit)), extract(hour FROM avg(transit)) FROM shipping.parcels
SELECT avg(transit) > interval '1 day', sum(transit) / 2 FROM shipping.parcels WHERE carrier_id = 1
SELECT order_id % 3 AS k, avg(ordered_at - ordered_on) FROM sales.orders WHERE order_id BETWEEN 1 AND 10 GROUP BY 1 HAVING avg(ordered_at - ordered_on) > interval '1 hour' ORDER BY 2
SELECT justify_hours(sum(transit)), to_char(avg(transit), 'HH24:MI') FROM shipping.parcels WHERE carrier_id = 1
SELECT 'a foo b' ~ '\mfoo\M', 'afoo' ~ '\mfoo', 'foob' ~ 'foo\M', 'a b' ~ '\yb\y', 'ab' ~ 'a\Yb', 'ab' !~ '\mb', 'FOO' ~* '\mfoo'
SELECT regexp_replace('the cat sat', '\mcat\M', 'dog'), regexp_replace('concat cat', '\ycat', 'dog', 'g'), regexp_replace('a1 22', '\m\d{2}\M', '#')
SELECT name ~ '\y1\y', name ~ '\m(?:1|2)\M', name ~ '\m[A-Z]\w+\M' FROM sales.customers WHERE customer_id = 1
SELECT count(*) FROM sales.customers WHERE name ~ '\m(1|2)\M'
SELECT regexp_match('an order', '\m(o\w+)'), substring('an order 12' from '\m\d+\M'), regexp_split_to_array('a-b c', '\y\W\y')
SELECT regexp_count('cat concat cat', '\mcat\M'), regexp_like('a cat', '\mcat\Z'), regexp_substr('x 123', '\m\d{3}\M')
SELECT count(o), count(c) FROM sales.customers c LEFT JOIN sales.orders o ON o.customer_id = c.customer_id + 1000
SELECT count(c), count(o) FROM shipping.carriers c RIGHT JOIN shipping.carriers o ON c.carrier_id = o.carrier_id + 100
SELECT count(c), count(o) FROM shipping.carriers c FULL JOIN shipping.carriers o ON c.carrier_id = o.carrier_id + 100
SELECT c.customer_id FROM sales.customers c LEFT JOIN sales.orders o ON o.customer_id = c.customer_id + 1000 WHERE o IS NULL AND c.customer_id BETWEEN 1 AND 3 ORDER BY 1
SELECT c.customer_id FROM sales.customers c LEFT JOIN sales.orders o ON o.customer_id = c.customer_id + 1000 WHERE o IS NOT NULL
SELECT carrier_id, c IS NULL, c IS NOT NULL FROM shipping.carriers c ORDER BY 1
SELECT to_jsonb(o) FROM shipping.carriers c LEFT JOIN shipping.carriers o ON false WHERE c.carrier_id = 1
SELECT json_agg(o) FROM shipping.carriers c LEFT JOIN shipping.carriers o ON false WHERE c.carrier_id = 1
SELECT CASE WHEN o IS NULL THEN 'none' ELSE o.name END FROM shipping.carriers c LEFT JOIN shipping.carriers o ON o.carrier_id = c.carrier_id + 1 ORDER BY 1
SELECT json_agg(carrier_id) FILTER (WHERE false), json_agg(c) FILTER (WHERE c.carrier_id > 100) FROM shipping.carriers c
SELECT c.carrier_id, coalesce(json_agg(o.order_id) FILTER (WHERE o.order_id IS NOT NULL), '[]') FROM shipping.carriers c LEFT JOIN sales.orders o ON o.order_id = c.carrier_id GROUP BY 1 ORDER BY 1
SELECT jsonb_agg(name) FILTER (WHERE carrier_id = 1) OVER (ORDER BY carrier_id) FROM shipping.carriers ORDER BY carrier_id
