-- differs: names are texts
SELECT current_schema(),session_user

SELECT db.oid,db.datname,db.datdba,db.encoding,db.datistemplate,db.datallowconn,db.datconnlimit,db.dattablespace,db.datacl FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate AND db.datname =current_database() ORDER BY db.datname

SELECT * FROM pg_catalog.pg_settings WHERE name='standard_conforming_strings'

-- differs: the gateway follows a major version
SELECT setting FROM pg_catalog.pg_settings WHERE name='server_version_num'

select string_agg(word, ',') from pg_catalog.pg_get_keywords() where word <> ALL ('{a,abs,absolute,action,ada,add}'::text[])

SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
FROM pg_catalog.pg_type t
LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem
LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid
WHERE t.typname IS NOT NULL AND t.oid < 16384 AND t.typname !~ 'aclitem|regrole'
AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C')

SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass
ORDER BY nspname

SELECT c.oid,c.*,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr,
pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace={sales} AND c.relkind not in ('i','I','c')

SELECT c.relname,a.*,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a
INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid)
LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum)
LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)
LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.relkind not in ('i','I','c') AND c.oid={sales.orders}
ORDER BY a.attnum

SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description,
case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy
FROM pg_catalog.pg_constraint c
INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid
LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass
WHERE c.conrelid={sales.orders}
ORDER BY c.oid

SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,
pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr,
pg_catalog.pg_relation_size(i.indexrelid) >= 0 as index_rel_size,pg_catalog.pg_stat_get_numscans(i.indexrelid) >= 0 as index_num_scans
FROM pg_catalog.pg_index i
INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid
INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid
LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid
WHERE i.indrelid={sales.orders} ORDER BY tabrelname, c.relname

SELECT x.oid,x.*,p.pronamespace as func_schema_id,d.description
FROM pg_catalog.pg_trigger x
LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=x.tgfoid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=x.oid AND d.objsubid=0
WHERE x.tgrelid={sales.orders} AND NOT x.tgisinternal

SELECT r.oid, r.*, pg_get_ruledef(r.oid) AS definition FROM pg_catalog.pg_rewrite r WHERE r.ev_class={sales.orders} AND r.rulename <> '_RETURN'::name

SELECT con.conname, con.conkey, con.confkey, c.relname, rc.relname FROM pg_catalog.pg_constraint con, pg_catalog.pg_class c, pg_catalog.pg_class rc
WHERE con.contype='f' AND con.confrelid={sales.customers} AND c.oid=con.conrelid AND rc.oid=con.confrelid

SELECT c.oid,c.*,i.inhparent FROM pg_catalog.pg_inherits i,pg_catalog.pg_class c WHERE i.inhparent={sales.orders} AND c.oid=i.inhrelid

SELECT a.oid,a.* FROM pg_catalog.pg_roles a WHERE rolname = 'analyst'

SELECT r.rolname, m.admin_option FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid WHERE m.member = 0

select c.oid,pg_catalog.pg_total_relation_size(c.oid) >= 0 as total_rel_size,pg_catalog.pg_relation_size(c.oid) >= 0 as rel_size
FROM pg_class c WHERE c.relnamespace={sales} AND c.relkind = 'r'

SELECT p.oid as poid,p.*,
pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,d.description
FROM pg_catalog.pg_proc p
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid
WHERE p.pronamespace={sales} ORDER BY p.proname

SELECT c.oid,c.* FROM pg_catalog.pg_collation c WHERE c.oid < 12000 ORDER BY c.oid

SELECT e.oid,e.*, n.nspname FROM pg_catalog.pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace

select e.oid, a.name oname, a.default_version, a.installed_version from pg_catalog.pg_available_extensions a left join pg_catalog.pg_extension e on e.extname = a.name where a.name = 'none'

SELECT fs.oid,fs.*, fdw.fdwname FROM pg_catalog.pg_foreign_server fs JOIN pg_catalog.pg_foreign_data_wrapper fdw ON fdw.oid = fs.srvfdw

SELECT x.oid,x.* FROM pg_catalog.pg_event_trigger x

SELECT oid,* FROM pg_catalog.pg_language ORDER BY oid

SELECT a.oid,a.* FROM pg_catalog.pg_am a ORDER BY a.oid

SELECT t.oid,t.*,pg_catalog.pg_tablespace_location(t.oid) AS loc FROM pg_catalog.pg_tablespace t ORDER BY t.oid

SELECT seqrelid, seqtypid, seqstart FROM pg_catalog.pg_sequence

SELECT pg_catalog.pg_get_viewdef({sales.totals}, true) IS NOT NULL

select pg_catalog.pg_encoding_to_char(encoding), datcollate FROM pg_catalog.pg_database WHERE datname = current_database()

SELECT sa.datname, sa.usename, sa.state FROM pg_catalog.pg_stat_activity sa WHERE sa.pid = pg_backend_pid()

SELECT count(*) >= 0 FROM pg_catalog.pg_locks

SELECT pid, wait_event_type FROM pg_catalog.pg_stat_activity WHERE NOT granted_nothing IS NULL

SELECT (SELECT count(*) FROM pg_catalog.pg_prepared_xacts) AS p, pg_is_in_recovery()

SELECT x.* FROM pg_catalog.pg_policy x WHERE x.polrelid={sales.orders}

SELECT dep.deptype, dep.classid, dep.objid, cl.relkind, attr.attname, pg_get_expr(ad.adbin, ad.adrelid) adefval,
CASE WHEN cl.relkind IS NOT NULL THEN cl.relkind::text || COALESCE(dep.objsubid::text, '') ELSE '' END AS type,
COALESCE(coc.relname, clrw.relname) AS ownertable, CASE WHEN cl.relname IS NOT NULL THEN cl.relname ELSE cl.relname END AS refname
FROM pg_depend dep LEFT JOIN pg_class cl ON dep.objid=cl.oid LEFT JOIN pg_attribute attr ON dep.objid=attr.attrelid and dep.objsubid=attr.attnum
LEFT JOIN pg_constraint co ON dep.objid=co.oid LEFT JOIN pg_class coc ON co.conrelid=coc.oid LEFT JOIN pg_rewrite rw ON dep.objid=rw.oid
LEFT JOIN pg_class clrw ON clrw.oid=rw.ev_class LEFT JOIN pg_attrdef ad ON ad.adrelid=attr.attrelid AND ad.adnum=attr.attnum
WHERE dep.refobjid={sales.orders} AND dep.deptype <> 'i' ORDER BY classid, cl.relkind, objid, dep.objsubid
