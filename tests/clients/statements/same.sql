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
