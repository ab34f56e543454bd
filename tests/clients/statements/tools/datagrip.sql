-- differs: the gateway says what it is
select version()

select current_database(), current_schema, current_schemas(false)

-- differs: nothing is told of the host
select round(extract(epoch from pg_postmaster_start_time() at time zone 'UTC')) > 0 as startup_time

select L.transactionid::varchar::bigint as transaction_id from pg_catalog.pg_locks L where L.transactionid is not null order by pg_catalog.age(L.transactionid) desc limit 1

select case when pg_catalog.pg_is_in_recovery() then null else (pg_catalog.txid_current() % 4294967296)::varchar::bigint end > 0 as current_txid

select N.oid::bigint as id, datname as name, D.description, datistemplate as is_template, datallowconn as allow_connections, pg_catalog.pg_get_userbyid(N.datdba) = '' as "owner"
from pg_catalog.pg_database N left join pg_catalog.pg_shdescription D on N.oid = D.objoid
where datname = pg_catalog.current_database()
order by case when datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end

select N.oid::bigint as id, N.xmin as state_number, nspname as name, D.description, pg_catalog.pg_get_userbyid(N.nspowner) as "owner"
from pg_catalog.pg_namespace N left join pg_catalog.pg_description D on N.oid = D.objoid
where nspname in ('sales', 'shipping')
order by case when nspname = pg_catalog.current_schema() then -1::bigint else N.oid::bigint end

select R.oid::bigint as role_id, rolname as role_name, rolsuper is_super, rolinherit is_inherit, rolcreaterole can_createrole, rolcreatedb can_createdb,
rolcanlogin can_login, rolreplication is_replication, rolconnlimit conn_limit, rolvaliduntil valid_until, rolbypassrls bypass_rls, rolconfig config, D.description
from pg_catalog.pg_roles R left join pg_catalog.pg_shdescription D on D.objoid = R.oid where rolname = 'analyst'

select member id, roleid role_id, admin_option from pg_catalog.pg_auth_members where member = 1 order by id, roleid::text

select T.oid::bigint as id, T.spcname as name, T.xmin as state_number, pg_catalog.pg_get_userbyid(T.spcowner) <> '' as owner,
pg_catalog.pg_tablespace_location(T.oid) as location, T.spcoptions as options, D.description as comment
from pg_catalog.pg_tablespace T left join pg_catalog.pg_shdescription D on D.objoid = T.oid

select T.oid as id, T.xmin as state_number, T.amname as name from pg_catalog.pg_am T

select E.oid as id, E.xmin as state_number, extname as name, extversion as version, extnamespace as schema_id, nspname as schema_name,
array(select unnest from unnest(available_versions) where unnest > extversion) as available_updates
from pg_catalog.pg_extension E join pg_namespace N on E.extnamespace = N.oid
left join (select name, array_agg(version) as available_versions from pg_available_extension_versions() group by name) V on E.extname = V.name

select L.oid as id, L.xmin as state_number, L.lanname as name, L.lanpltrusted as trusted, H.proname as handler, I.proname as inline
from pg_catalog.pg_language L left join pg_catalog.pg_proc H on H.oid = L.lanplcallfoid left join pg_catalog.pg_proc I on I.oid = L.laninline order by lower(L.lanname)

with schema_procs as (select prorettype, proargtypes, proallargtypes from pg_catalog.pg_proc where pronamespace = {sales}::oid),
schema_opers as (select oprleft, oprright, oprresult from pg_catalog.pg_operator where oprnamespace = {sales}::oid),
schema_aggregates as (select A.aggtranstype from pg_catalog.pg_aggregate A join pg_catalog.pg_proc P on A.aggfnoid = P.oid where P.pronamespace = {sales}::oid),
schema_arg_types as (select prorettype as type_id from schema_procs union select distinct unnest(proargtypes) as type_id from schema_procs
union select distinct unnest(proallargtypes) as type_id from schema_procs union select oprleft as type_id from schema_opers where oprleft is not null
union select aggtranstype::oid as type_id from schema_aggregates)
select type_id, pg_catalog.format_type(type_id, null) as type_spec from schema_arg_types where type_id <> 0

select T.oid as type_id, T.xmin as type_state_number, T.typname as type_name, T.typtype as type_sub_kind, T.typcategory as type_category,
T.typrelid as class_id, T.typbasetype as base_type_id,
case when T.typtype in ('c','e') then null else pg_catalog.format_type(T.typbasetype, T.typtypmod) end as type_def,
T.typndims as dimensions_number, T.typdefault as default_expression, T.typnotnull as mandatory, pg_catalog.pg_get_userbyid(T.typowner) as "owner"
from pg_catalog.pg_type T where T.typnamespace = {sales}::oid
and (T.typtype in ('d','e') or T.typtype = 'b' and T.typelem = 0 and T.typcategory <> 'A')
order by 1

select T.relkind as table_kind, T.relname as table_name, T.oid as table_id, T.xmin as table_state_number, false /* T.relhasoids */ as table_with_oids,
T.reltablespace as tablespace_id, T.reloptions as options, T.relpersistence as persistence,
(select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where T.oid = inhrelid) as ancestors,
(select pg_catalog.array_agg(inhrelid::bigint order by inhrelid)::varchar from pg_catalog.pg_inherits where T.oid = inhparent) as successors,
T.relispartition as is_partition, pg_catalog.pg_get_partkeydef(T.oid) as partition_key, pg_catalog.pg_get_expr(T.relpartbound, T.oid) as partition_expression,
T.relam am_id, pg_catalog.pg_get_userbyid(T.relowner) as "owner"
from pg_catalog.pg_class T where relnamespace = {sales}::oid and relkind in ('r', 'm', 'v', 'f', 'p') order by table_kind, table_id

with T as ( select distinct T.oid as table_id, T.relname as table_name from pg_catalog.pg_class T, pg_catalog.pg_attribute A
where T.relnamespace = {sales}::oid and T.relkind in ('r', 'm', 'v', 'f', 'p') and A.attrelid = T.oid )
select T.table_id, C.attnum as column_position, C.attname as column_name, C.xmin as column_state_number, C.atttypmod as type_mod, C.attndims as dimensions_number,
pg_catalog.format_type(C.atttypid, C.atttypmod) as type_spec, C.atttypid as type_id, C.attnotnull as mandatory,
pg_catalog.pg_get_expr(D.adbin, D.adrelid) as column_default_expression, not C.attislocal as column_is_inherited, C.attfdwoptions as options,
C.attisdropped as column_is_dropped, C.attidentity as identity_kind, C.attgenerated as generated
from T join pg_catalog.pg_attribute C on T.table_id = C.attrelid left join pg_catalog.pg_attrdef D on (C.attrelid, C.attnum) = (D.adrelid, D.adnum)
where attnum > 0 order by table_id, attnum

select tab.oid table_id, tab.relkind table_kind, ind_stor.relname index_name, ind_head.indexrelid index_id, ind_stor.xmin state_number,
ind_head.indisunique is_unique, ind_head.indisprimary is_primary, ind_head.indnullsnotdistinct nulls_not_distinct,
pg_catalog.pg_get_expr(ind_head.indpred, ind_head.indrelid) as condition,
(select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where ind_stor.oid = inhrelid) as ancestors,
ind_stor.reltablespace tablespace_id, opcmethod as access_method_id
from pg_catalog.pg_class tab join pg_catalog.pg_index ind_head on ind_head.indrelid = tab.oid
join pg_catalog.pg_class ind_stor on tab.relnamespace = ind_stor.relnamespace and ind_stor.oid = ind_head.indexrelid
left join pg_catalog.pg_opclass on pg_opclass.oid = ANY(indclass)
where tab.relnamespace = {sales}::oid and tab.relkind in ('r', 'm', 'v', 'p') and ind_stor.relkind in ('i', 'I')

select ind_stor.oid index_id, ind_stor.relname, ind_head.indrelid, k, pg_catalog.pg_get_indexdef(ind_head.indexrelid, k, true) as expression,
ind_head.indoption[k - 1] as "option", case when (am.amname = 'btree') then case ind_head.indoption[k - 1] & 1 when 1 then 'DESC' else 'ASC' end end as ordering
from pg_catalog.pg_index ind_head join pg_catalog.pg_class ind_stor on ind_stor.oid = ind_head.indexrelid
cross join pg_catalog.unnest(ind_head.indkey) with ordinality u(u, k) left join pg_catalog.pg_am am on am.oid = ind_stor.relam
where ind_stor.relnamespace = {sales}::oid order by index_id, k

select T.oid table_id, relkind table_kind, C.oid::bigint con_id, C.xmin::varchar::bigint con_state_id, conname con_name, contype con_kind, conkey con_columns,
conindid index_id, confrelid ref_table_id, condeferrable is_deferrable, condeferred is_init_deferred, confupdtype on_update, confdeltype on_delete,
connoinherit no_inherit, pg_catalog.pg_get_expr(conbin, T.oid) con_expression, confkey ref_columns, conexclop::int[] excl_operators,
array(select unnest::regoper::varchar from unnest(conexclop)) excl_operators_str
from pg_catalog.pg_constraint C join pg_catalog.pg_class T on C.conrelid = T.oid
where relkind in ('r', 'v', 'f', 'p') and relnamespace = {sales}::oid and contype in ('p', 'u', 'f', 'c', 'x') and connamespace = {sales}::oid

with languages as (select oid as lang_oid, lanname as lang from pg_catalog.pg_language),
routines as (select proname as r_name, prolang as lang_oid, oid as r_id, xmin as r_state_number, proargnames as arg_names, proargmodes as arg_modes,
proargtypes::int[] as in_arg_types, proallargtypes::int[] as all_arg_types, pg_catalog.pg_get_expr(proargdefaults, 0) as arg_defaults,
provariadic as arg_variadic_id, prorettype as ret_type_id, proretset as ret_set, prokind as kind, provolatile as volatile_kind,
proisstrict as is_strict, prosecdef as is_security_definer, proconfig as configuration_parameters, procost as cost,
pg_catalog.pg_get_userbyid(proowner) as "owner", prorows as rows, proleakproof as is_leakproof, proparallel as concurrency_kind
from pg_catalog.pg_proc where pronamespace = {sales}::oid and not (prokind = 'a'))
select * from routines natural join languages

select T.relkind as view_kind, T.oid as view_id, pg_catalog.pg_get_viewdef(T.oid, true) is not null as source_text
from pg_catalog.pg_class T join pg_catalog.pg_namespace N on T.relnamespace = N.oid
where N.oid = {sales}::oid and T.relkind in ('m','v') order by 2

select R.ev_class as table_id, R.oid as rule_id, R.xmin as rule_state_number, R.rulename as rule_name,
pg_catalog.translate(ev_type,'1234','SUID') as rule_event_code, R.ev_enabled as rule_fire_mode, R.is_instead as rule_is_instead
from pg_catalog.pg_rewrite R where R.ev_class in (select oid from pg_catalog.pg_class where relnamespace = {sales}::oid) and R.rulename != '_RETURN'::name order by R.ev_class::bigint, ev_type

select t.tgrelid as table_id, t.oid as trigger_id, t.xmin as trigger_state_number, t.tgname as trigger_name, t.tgfoid as function_id,
pg_catalog.encode(t.tgargs, 'escape') as function_args, t.tgtype as bits, t.tgdeferrable as is_deferrable, t.tginitdeferred as is_init_deferred,
t.tgenabled as trigger_fire_mode, t.tgattr as columns, t.tgconstraint != 0 as is_constraint, t.tgoldtable as old_table_name, t.tgnewtable as new_table_name,
pg_catalog.pg_get_triggerdef(t.oid, true) as source_code
from pg_catalog.pg_trigger t where t.tgrelid in (select oid from pg_catalog.pg_class where relnamespace = {sales}::oid) and not t.tgisinternal

select D.objoid id, C.relkind::char as kind, D.objsubid sub_id, D.description
from pg_catalog.pg_description D join pg_catalog.pg_class C on D.objoid = C.oid
where C.relnamespace = {sales}::oid and C.relkind != 'c' and D.classoid = 'pg_catalog.pg_class'::regclass
union all
select T.oid id, 'T' as kind, 0 sub_id, D.description from pg_catalog.pg_type T join pg_catalog.pg_description D on T.oid = D.objoid where T.typnamespace = {sales}::oid

select D.objid as dependent_id, D.refobjid as owner_id, D.refobjsubid as owner_subobject_id
from pg_depend D join pg_class C_SEQ on D.objid = C_SEQ.oid and D.classid = 'pg_class'::regclass::oid
join pg_class C_TAB on D.refobjid = C_TAB.oid and D.refclassid = 'pg_class'::regclass::oid
where C_SEQ.relkind = 'S' and C_TAB.relkind = 'r' and D.refobjsubid <> 0 and (D.deptype = 'a' or D.deptype = 'i') order by owner_id

select cls.xmin as sequence_state_number, sq.seqrelid as sequence_id, cls.relname as sequence_name, pg_catalog.format_type(sq.seqtypid, null) as data_type,
sq.seqstart as start_value, sq.seqincrement as inc_value, sq.seqmin as min_value, sq.seqmax as max_value, sq.seqcache as cache_size, sq.seqcycle as cycle_option
from pg_catalog.pg_sequence sq join pg_class cls on sq.seqrelid = cls.oid where cls.relnamespace = {sales}::oid

select O.oid as op_id, O.xmin as state_number, oprname as op_name, oprkind as op_kind, oprleft as arg_left_type_id, oprright as arg_right_type_id,
oprresult as arg_result_type_id, oprcode as main_id, oprrest as restrict_id, oprjoin as join_id, oprcom as com_id, oprnegate as neg_id
from pg_catalog.pg_operator O where oprnamespace = {sales}::oid

select oid as id, xmin as state_number, collname as name, collcollate as lc_collate, collctype as lc_ctype from pg_catalog.pg_collation where collnamespace = {sales}::oid

select name, is_dst from pg_catalog.pg_timezone_names where name in ('UTC', 'Europe/Berlin') order by 1

select name, setting, source from pg_catalog.pg_settings where name = 'standard_conforming_strings'
