SELECT lag(order_id, $1) OVER (ORDER BY order_id), ntile($2) OVER (ORDER BY order_id) FROM sales.orders
SELECT order_id FROM sales.orders WHERE (order_id, ordered_on) = ($1, $2) OR (order_id, note) IN (($3, $4))
SELECT ordered_at + $1, transit * $2 FROM sales.orders JOIN shipping.parcels USING (order_id)
SELECT CASE WHEN $1 THEN amount ELSE $2 END FROM sales.orders
SELECT CASE WHEN $1 THEN ordered_on ELSE $2 END FROM sales.orders
SELECT count(*) FROM sales.customers WHERE tags && $1 AND tags @> $2 AND $3 <@ tags AND external_id = $4
SELECT tags[$1], make_date($2, $3, $4) FROM sales.customers
SELECT extract(year FROM $1::date), extract(day FROM $2::timestamp)
SELECT count(*) FROM sales.orders WHERE ordered_on BETWEEN $1 AND $2 AND order_id = ANY($3) AND score > $4 LIMIT $5
SELECT chr($1), coalesce(note, $2), nullif(ordered_on, $3) FROM sales.orders
SELECT date_trunc($1, ordered_at), position($2 in note), strpos(note, $3), replace(note, $4, $5) FROM sales.orders
SELECT array_append(tags, $1), array_position(tags, $2), array_to_string(tags, $3) FROM sales.customers
SELECT string_agg(note, $1), percentile_cont($2) WITHIN GROUP (ORDER BY amount) FROM sales.orders
SELECT note LIKE $1, note ~ $2, note ILIKE $3, note || $4, starts_with(note, $5) FROM sales.orders
SELECT ordered_on + $1::int, ordered_at - $2::interval, ordered_at AT TIME ZONE $3 FROM sales.orders
SELECT profile -> $1::text, profile ->> $2::text FROM sales.customers
SELECT vip = $1, NOT $2, vip AND $3 FROM sales.customers
SELECT greatest(amount, $1), least(ordered_on, $2) FROM sales.orders
SELECT amount + $1, amount * $2, amount / $3, -$4::int, score - $5 FROM sales.orders
SELECT order_id % $1, order_id + $2, cutoff + $3 FROM sales.orders JOIN shipping.parcels USING (order_id)
SELECT order_id FROM sales.orders WHERE order_id NOT IN ($1, $2) AND ordered_on <> ALL ($3)
SELECT count(*) FILTER (WHERE amount > $1), sum(amount) FROM sales.orders HAVING sum(amount) > $2
SELECT customer_id FROM sales.orders WHERE customer_id = (SELECT $1::int) OR EXISTS (SELECT FROM sales.customers WHERE name = $2)
SELECT $1::int[], $2::text[], $3::timestamptz, $4::uuid, $5::bool
SELECT transit / $1, age($2::timestamp, $3::timestamp) FROM shipping.parcels
SELECT order_id FROM sales.orders WHERE note IS DISTINCT FROM $1 AND ordered_at < $2 AND discount = $3
SELECT left(note, $1), right(note, $2), split_part(note, ',', $3) FROM sales.orders
SELECT round(amount, $1), trunc(amount, $2), power(score, $3), mod(order_id, $4) FROM sales.orders
SELECT to_timestamp($1), make_interval(days => $2)
SELECT * FROM generate_series(1, $1)
SELECT * FROM generate_series(date '2024-01-01', $1::date, '1 day')
SELECT * FROM generate_series(timestamp '2024-01-01', $1, interval '1 day')
SELECT * FROM generate_series(timestamp '2024-01-01', $1, $2)
SELECT name FROM sales.customers ORDER BY name FETCH FIRST $1 ROWS WITH TIES
