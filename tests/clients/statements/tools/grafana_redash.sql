SELECT current_setting('server_version_num')::int/100 >= 900 as version

SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'

SELECT
    CASE WHEN
          quote_ident(table_schema) IN (
      SELECT
      CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
      FROM
        generate_series(
          array_lower(string_to_array(current_setting('search_path'),','),1),
          array_upper(string_to_array(current_setting('search_path'),','),1)
        ) as i,
        string_to_array(current_setting('search_path'),',') s
      )
  THEN quote_ident(table_name)
      ELSE quote_ident(table_schema) || '.' || quote_ident(table_name)
    END AS "table"
FROM information_schema.tables
WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog', '_timescaledb_cache', '_timescaledb_catalog', '_timescaledb_internal', '_timescaledb_config', 'timescaledb_information', 'timescaledb_experimental')
ORDER BY 1

SELECT quote_ident(column_name) AS "column", data_type AS "type"
FROM information_schema.columns
WHERE
  CASE WHEN array_length(parse_ident('sales.orders'),1) = 2
  THEN quote_ident(table_schema) = (parse_ident('sales.orders'))[1]
    AND quote_ident(table_name) = (parse_ident('sales.orders'))[2]
  ELSE quote_ident(table_name) = 'sales.orders'
    AND quote_ident(table_schema) IN (
      SELECT CASE WHEN trim(s[i]) = '"$user"' THEN user ELSE trim(s[i]) END
      FROM generate_series(array_lower(string_to_array(current_setting('search_path'),','),1), array_upper(string_to_array(current_setting('search_path'),','),1)) as i,
        string_to_array(current_setting('search_path'),',') s
    )
  END

SELECT quote_ident(column_name) FROM information_schema.columns
WHERE quote_ident(table_schema) = 'sales' AND quote_ident(table_name) = 'orders' AND data_type IN ('timestamp without time zone','timestamp with time zone','bigint','integer','double precision','real') ORDER BY ordinal_position

-- differs: parts of dates are doubles
SELECT floor(extract(epoch from ordered_at)/86400)*86400 AS "time", count(order_id) AS "n" FROM sales.orders WHERE ordered_at BETWEEN '2019-01-01T00:00:00Z' AND '2031-01-01T00:00:00Z' GROUP BY 1 ORDER BY 1

SELECT s.nspname as table_schema, c.relname as table_name, a.attname as column_name, null as data_type
FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid AND s.nspname NOT IN ('pg_catalog', 'information_schema')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind = 'm' AND has_table_privilege(s.nspname || '.' || c.relname, 'select')
UNION
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
AND has_table_privilege(format('%I.%I', table_schema, table_name), 'select')

SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' AND nspname <> 'public' ORDER BY nspname

SELECT datname FROM pg_database WHERE datistemplate = false AND datname = current_database()

SELECT nspname || '.' || relname AS "relation", pg_size_pretty(pg_total_relation_size(C.oid)) IS NOT NULL AS "total_size" FROM pg_class C LEFT JOIN pg_namespace N ON (N.oid = C.relnamespace)
WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND C.relkind <> 'i' AND nspname !~ '^pg_toast' ORDER BY pg_total_relation_size(C.oid) DESC LIMIT 20

SELECT c.column_name, c.column_default, c.data_type FROM information_schema.columns AS c WHERE c.table_schema = 'sales' AND c.table_name = 'orders' ORDER BY c.ordinal_position

SELECT columns.column_name as column_name, columns.table_name as table_name, columns.table_schema as table_schema, columns.data_type as data_type FROM information_schema.columns
WHERE columns.table_schema NOT IN ('pg_catalog', 'information_schema', 'mysql', 'performance_schema', 'sys', 'INFORMATION_SCHEMA') AND columns.table_schema <> 'public'

SELECT * FROM (SELECT order_id, amount FROM sales.orders) AS t ORDER BY 1 LIMIT 100

SELECT * FROM (SELECT * FROM sales.customers) spark_gen_1 WHERE 1=0

SELECT 1 FROM sales.orders WHERE 1=0

SELECT pk.constraint_type as "Constraint", c.column_name as "Field", c.column_default as "Default", c.is_nullable as "Null",
(CASE WHEN c.udt_name = 'hstore' THEN c.udt_name ELSE c.data_type END) || (CASE WHEN c.character_maximum_length IS NOT NULL THEN '(' || c.character_maximum_length || ')' ELSE '' END) as "Type",
(SELECT array_agg(e.enumlabel) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON t.oid=e.enumtypid WHERE t.typname=c.udt_name) AS "special",
(SELECT pgd.description FROM pg_catalog.pg_statio_all_tables AS st INNER JOIN pg_catalog.pg_description pgd on (pgd.objoid=st.relid)
WHERE c.ordinal_position=pgd.objsubid AND c.table_name=st.relname) AS "Comment"
FROM information_schema.columns c LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.constraint_type
FROM information_schema.TABLE_CONSTRAINTS tc JOIN information_schema.KEY_COLUMN_USAGE cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name
and tc.constraint_name=cu.constraint_name and tc.constraint_type='PRIMARY KEY') pk
ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name
WHERE c.table_name = 'customers' AND c.table_schema = 'sales'

SELECT schemaname, relname, relid, n_live_tup >= 0 AS known, last_vacuum FROM pg_stat_user_tables ORDER BY 1, 2

SELECT schemaname, relname, indexrelname, idx_scan >= 0 AS known FROM pg_stat_user_indexes ORDER BY 1, 2, 3

SELECT relname, heap_blks_read >= 0 AS known FROM pg_statio_user_tables ORDER BY 1
