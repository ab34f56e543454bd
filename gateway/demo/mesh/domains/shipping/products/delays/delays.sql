-- The scanners' SQLite file holds dates as text, so they are read as what they are meant to be.
SELECT
    o.order_id,
    o.region,
    p.carrier,
    o.promised_on,
    TRY_CAST(p.delivered_on AS date) AS delivered_on,
    TRY_CAST(p.delivered_on AS date) - o.promised_on AS days_late
FROM sales.orders AS o
JOIN scans.parcels AS p ON p.order_id = o.order_id
WHERE p.attempt = 1 AND p.delivered_on IS NOT NULL
