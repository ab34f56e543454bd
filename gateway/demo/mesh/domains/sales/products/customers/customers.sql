-- The order system calls the name full_name and keeps more than we publish.
SELECT
    customer_id,
    full_name AS name,
    email,
    phone,
    region,
    segment,
    customer_since,
    lead_id
FROM crm.customers
