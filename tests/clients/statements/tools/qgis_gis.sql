SELECT current_schemas(true)

-- differs: names are texts
SELECT current_schema()

SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'sales' AND relkind = 'r'

SELECT postgis_version()

SELECT count(*) FROM information_schema.tables WHERE table_name in ('geometry_columns', 'geography_columns', 'raster_columns')

SELECT has_schema_privilege('sales','USAGE'),has_table_privilege('"sales"."orders"','SELECT'),has_table_privilege('"sales"."orders"','DELETE'),has_any_column_privilege('"sales"."orders"','UPDATE'),has_table_privilege('"sales"."orders"','INSERT'),current_schema()

SELECT pg_is_in_recovery()

SELECT relkind FROM pg_class WHERE oid=regclass('"sales"."orders"')::oid

SELECT regclass('"sales"."orders"')::oid

SELECT regclass('"sales"."orders"')::oid = (SELECT oid FROM pg_class WHERE relname = 'orders')

SELECT description FROM pg_description WHERE objoid=regclass('"sales"."orders"')::oid AND objsubid=0

SELECT indexrelid FROM pg_index WHERE indrelid='"sales"."orders"'::regclass AND (indisprimary OR indisunique) ORDER BY CASE WHEN indisprimary THEN 1 ELSE 2 END LIMIT 1

SELECT attname,attnotnull FROM pg_index,pg_attribute WHERE indrelid = '"sales"."orders"'::regclass AND indexrelid=attrelid ORDER BY attname

SELECT indkey FROM pg_index WHERE indrelid='"sales"."orders"'::regclass AND (indisprimary OR indisunique) ORDER BY CASE WHEN indisprimary THEN 1 ELSE 2 END LIMIT 1

SELECT oid,typname,typtype,typelem,typlen FROM pg_type WHERE oid < 16384 AND typname !~ 'regrole'

SELECT attrelid, attnum, pg_catalog.format_type(atttypid,atttypmod), pg_catalog.col_description(attrelid,attnum), pg_catalog.pg_get_expr(adbin,adrelid), atttypid, attnotnull::int, indisunique::int, attidentity, attgenerated
FROM pg_attribute LEFT OUTER JOIN pg_attrdef ON attrelid=adrelid AND attnum=adnum
LEFT OUTER JOIN ( SELECT DISTINCT indrelid, indkey, indisunique FROM pg_index WHERE indisunique ) uniq ON attnum=indkey[0]::smallint AND attrelid=indrelid WHERE attrelid IN ({sales.orders})

SELECT l.f_table_name FROM geometry_columns l

SELECT oid FROM pg_catalog.pg_proc WHERE proname = 'postgis_lib_version'

SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = regclass('"sales"."orders"') AND contype = 'f'

SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname != 'information_schema' AND nspname <> 'public' ORDER BY nspname

SELECT n.nspname AS schema, c.relname, c.relkind, (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.atttypid IN (SELECT oid FROM pg_type WHERE typname IN ('geometry', 'geography', 'raster', 'pcpatch', 'pcpoint', 'topogeometry')))
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v','r','m','p','f') AND has_schema_privilege(n.nspname, 'usage') AND has_table_privilege(c.oid, 'select') AND n.nspname = 'sales'

SELECT count(*) FROM (SELECT "order_id" FROM "sales"."orders") AS sub

SELECT "order_id"::text FROM "sales"."orders" ORDER BY 1 LIMIT 1

SELECT min("order_id") AS "min_order_id" FROM "sales"."orders"

SELECT DISTINCT "customer_id" FROM "sales"."orders" WHERE "customer_id" IS NOT NULL ORDER BY "customer_id" LIMIT 10

SELECT reltuples::bigint <= 0 FROM pg_catalog.pg_class WHERE oid = '"shipping"."parcels"'::regclass::oid

SELECT "order_id",cast("amount" as text) FROM "sales"."orders" WHERE ("order_id")=(1)
