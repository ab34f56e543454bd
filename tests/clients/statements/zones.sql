SELECT created_at FROM sales.customers WHERE customer_id BETWEEN 1 AND 3 ORDER BY 1
SELECT created_at FROM sales.customers ORDER BY customer_id LIMIT 4
SELECT timestamptz '2024-07-01 10:00+00', timestamptz '2024-01-01 10:00', timestamptz '2024-07-01', timestamptz '1880-01-01 00:00+00'
SELECT timestamptz '2024-03-31 02:30', timestamptz '2024-10-27 02:30', timestamptz '2024-10-27 01:30+00', timestamptz '2024-10-27 00:30+00'
SELECT ordered_at::date, ordered_at::timestamp, ordered_at::time FROM sales.orders WHERE order_id = 2500
SELECT date_trunc('day', ordered_at), count(*) FROM sales.orders WHERE order_id BETWEEN 1 AND 1000 GROUP BY 1 ORDER BY 1
SELECT date_trunc('month', ordered_at), date_trunc('week', ordered_at), date_trunc('hour', ordered_at), date_trunc('minute', ordered_at) FROM sales.orders WHERE order_id = 2500
SELECT extract(hour from ordered_at), extract(day from ordered_at), extract(epoch from ordered_at), date_part('hour', ordered_at), extract(second from ordered_at) FROM sales.orders WHERE order_id = 2500
SELECT to_char(ordered_at, 'YYYY-MM-DD HH24:MI:SS') FROM sales.orders WHERE order_id = 2500
SELECT count(*) FROM sales.orders WHERE ordered_at >= '2026-01-05' AND ordered_at < '2026-01-06'
SELECT count(*) FROM sales.orders WHERE ordered_at BETWEEN '2026-01-05 12:00' AND '2026-01-06 12:00:00.5'
SELECT count(*) FROM sales.orders WHERE ordered_at >= date '2026-01-05' AND ordered_at < timestamp '2026-01-06 10:00'
SELECT count(*) FROM sales.orders WHERE ordered_at::date = '2026-01-05'
SELECT count(*) FROM sales.orders WHERE ordered_at::date = ordered_on
SELECT ordered_at + interval '1 day', ordered_at - interval '1 month', ordered_at + interval '3 hours', ordered_at + interval '1 day 2 hours' FROM sales.orders WHERE order_id = 2500
SELECT timestamptz '2024-03-30 12:00+01' + interval '1 day', timestamptz '2024-03-30 12:00+01' + interval '24 hours', timestamptz '2024-03-30 12:00+01' + interval '1 month 1 hour'
SELECT max(ordered_at), min(ordered_at) FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT ordered_at AT TIME ZONE 'UTC', ordered_at AT TIME ZONE 'America/New_York' FROM sales.orders WHERE order_id = 5
SELECT coalesce(ordered_at, '2024-01-01 00:00+00'::timestamptz) FROM sales.orders WHERE order_id = 5
SELECT max(ordered_at) - min(ordered_at) FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT now()::date = current_date, now() > '2020-01-01', current_timestamp::time = localtime, localtimestamp = now()::timestamp
SELECT timestamp '2024-07-01 10:00'::timestamptz, date '2024-07-01'::timestamptz, timestamp '2024-07-01 10:00' AT TIME ZONE 'Europe/Berlin'
SELECT to_timestamp(0), to_timestamp(1719828000.5), to_timestamp('2024-07-01 10:00', 'YYYY-MM-DD HH24:MI')
SELECT array_agg(ordered_at ORDER BY order_id) FROM sales.orders WHERE order_id IN (1, 2)
SELECT lag(ordered_at) OVER (ORDER BY order_id) FROM sales.orders WHERE order_id IN (1, 2) ORDER BY order_id
SELECT d FROM (SELECT date_trunc('day', ordered_at) AS d FROM sales.orders WHERE order_id = 5) t WHERE d >= '2026-01-01'
WITH x AS (SELECT date_trunc('month', ordered_at)::date AS m, amount FROM sales.orders WHERE order_id BETWEEN 1 AND 10) SELECT m, sum(amount) FROM x GROUP BY m
SELECT count(DISTINCT ordered_at::date) FROM sales.orders
SELECT CASE WHEN ordered_at > '2026-01-01' THEN ordered_at END FROM sales.orders WHERE order_id = 5
SELECT ordered_at IS NULL, ordered_at IN ('2026-01-01 09:35:00', now()) FROM sales.orders WHERE order_id = 5
SELECT age(ordered_at, '2026-01-01'::timestamptz) FROM sales.orders WHERE order_id = 2500
SELECT date_bin('1 hour', ordered_at, timestamptz '2026-01-01 00:00+00') FROM sales.orders WHERE order_id = 2500
SELECT timezone('Asia/Tokyo', ordered_at) FROM sales.orders WHERE order_id = 5
SELECT o.ordered_at FROM sales.orders o JOIN sales.customers c ON c.created_at < o.ordered_at AND c.customer_id = o.customer_id WHERE o.order_id = 5
SELECT ordered_at FROM sales.orders WHERE order_id < 3 AND order_id > 0 UNION ALL SELECT shipped_at FROM shipping.parcels WHERE order_id = 1 ORDER BY 1
SELECT created_at::date, created_at::time FROM sales.customers WHERE customer_id = 1
SELECT shipped_at::date - delivered_on FROM shipping.parcels WHERE order_id = 1
SELECT extract(isodow from ordered_at), extract(week from ordered_at), extract(doy from ordered_at) FROM sales.orders WHERE order_id = 2500
SELECT now() - ordered_at > interval '1 day' FROM sales.orders WHERE order_id = 5
SELECT timestamptz 'infinity', timestamptz '-infinity'
SELECT timestamptz '9999-12-31 23:59:59+00', timestamptz '0001-01-01 00:00+00'
SELECT ordered_at::text, cast(ordered_at AS varchar(13)) FROM sales.orders WHERE order_id < 9 ORDER BY order_id
SELECT created_at::text FROM sales.customers ORDER BY customer_id
SELECT timestamptz '1880-07-01 10:00:00+00'::text, timestamptz 'infinity'::text, NULL::timestamptz::text
SELECT 'at ' || ordered_at, ordered_at || '', 'from ' || ordered_at || ' to ' || created_at FROM sales.orders JOIN sales.customers USING (customer_id) WHERE order_id = 2500
SELECT concat('x', ordered_at, NULL), concat_ws(', ', ordered_at, created_at) FROM sales.orders JOIN sales.customers USING (customer_id) WHERE order_id = 2500
SELECT format('%s', ordered_at) FROM sales.orders WHERE order_id = 2500
SELECT now() - (now() - interval '30 hours'), now() - (now() - interval '30 minutes') > interval '1 minute'
SELECT count(*) FROM generate_series(timestamptz '2024-03-31 00:00', timestamptz '2024-04-01 00:00', '1 hour') AS g
SELECT count(*) FROM generate_series(now() - interval '6 hours', now(), '1 hour') AS g
SELECT to_char(max(ordered_at) - min(ordered_at), 'DD HH24:MI') FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT justify_hours(max(ordered_at) - min(ordered_at)) FROM sales.orders WHERE order_id BETWEEN 1 AND 3000
SELECT date '16 Feb 2024', 'February 16, 2024'::date, '16-Feb-2024'::date
