"""Relations that stand in for what would tell of the host and of others, beside the functions of `stand_ins`."""

from gateway.frontends.pgwire.metadata.names import COUNTED, HIDDEN, TOLD
from gateway.frontends.pgwire.metadata.stand_ins import (
    CALLER,
    DATABASE_OID,
    OWNER,
    OWNER_OID,
    PRINCIPAL_OID,
    SCHEMA,
    array,
)

_ROLES = f"(VALUES ({PRINCIPAL_OID}::oid, {CALLER}, true), ({OWNER_OID}, '{OWNER}', false))"
_IN_ITS_UNIT = """CASE WHEN k.unit IS NULL OR s.setting !~ '^[0-9]+[a-zA-Z]+$' THEN s.setting
        WHEN k.unit IN ('ms', 's', 'min') THEN trunc(extract(epoch FROM s.setting::interval)
            / extract(epoch FROM ('1' || k.unit)::interval))::text
        ELSE (pg_size_bytes(s.setting)
            / pg_size_bytes(CASE WHEN k.unit ~ '^[0-9]' THEN k.unit ELSE '1' || k.unit END))::text END"""
"""SHOW says `4MB` where this view says 4096 of kB."""
_VIEWS = (
    f"""CREATE VIEW {SCHEMA}.pg_roles AS SELECT r.rolname, false AS rolsuper, true AS rolinherit,
        false AS rolcreaterole, false AS rolcreatedb, r.own AS rolcanlogin, false AS rolreplication,
        -1 AS rolconnlimit, '********'::text AS rolpassword, NULL::timestamptz AS rolvaliduntil,
        false AS rolbypassrls, NULL::text[] AS rolconfig, r.oid FROM {_ROLES} AS r (oid, rolname, own)""",
    f"""CREATE VIEW {SCHEMA}.pg_user AS SELECT r.rolname AS usename, r.oid AS usesysid, false AS usecreatedb,
        false AS usesuper, false AS userepl, false AS usebypassrls, '********'::text AS passwd,
        NULL::timestamptz AS valuntil, NULL::text[] AS useconfig
        FROM {_ROLES} AS r (oid, rolname, own) WHERE r.own""",
    f"""CREATE VIEW {SCHEMA}.pg_settings AS SELECT s.name, {_IN_ITS_UNIT} AS setting, k.unit,
        coalesce(k.category, 'Customized Options') AS category, coalesce(k.short_desc, '') AS short_desc, k.extra_desc,
        coalesce(k.context, 'user') AS context, coalesce(k.vartype, 'string') AS vartype,
        CASE WHEN {_IN_ITS_UNIT} = k.boot_val THEN 'default' ELSE 'session' END AS source,
        k.min_val, k.max_val, k.enumvals,
        coalesce(k.boot_val, s.setting) AS boot_val, {_IN_ITS_UNIT} AS reset_val, NULL::text AS sourcefile,
        NULL::integer AS sourceline, false AS pending_restart
        FROM {SCHEMA}.settings() AS s LEFT JOIN {SCHEMA}.known_settings() AS k ON lower(k.name) = lower(s.name)""",
    f"""CREATE VIEW {SCHEMA}.pg_tablespace AS SELECT s.oid::oid, s.spcname::name, {OWNER_OID}::oid AS spcowner,
        NULL::aclitem[] AS spcacl, NULL::text[] AS spcoptions
        FROM (VALUES (1663, 'pg_default'), (1664, 'pg_global')) AS s (oid, spcname)""",
)
_SHOWN = f"""CREATE FUNCTION {SCHEMA}.pg_show_all_settings() RETURNS SETOF {SCHEMA}.pg_settings LANGUAGE sql STABLE
    AS 'SELECT * FROM {SCHEMA}.pg_settings'"""
_DATABASE_ROW = {
    "oid": f"{DATABASE_OID}::oid",
    "datname": f"{SCHEMA}.current_database()",
    "datdba": f"{OWNER_OID}::oid",
    "encoding": "6",
    "datlocprovider": "''c''::\"char\"",
    "datistemplate": "false",
    "datallowconn": "true",
    "dathasloginevt": "false",
    "datconnlimit": "-1",
    "datfrozenxid": "''1''::xid",
    "datminmxid": "''1''::xid",
    "dattablespace": "1663::oid",
    "datcollate": "''C''::text",
    "datctype": "''C''::text",
    "datlocale": "NULL::text",
    "daticulocale": "NULL::text",
    "daticurules": "NULL::text",
    "datcollversion": "NULL::text",
    "datacl": "NULL::aclitem[]",
}
_DATABASE = f"""
DO $do$
DECLARE listed text;
BEGIN
    SELECT pg_catalog.string_agg(CASE attname
                {" ".join(f"WHEN '{name}' THEN '{value} AS {name}'" for name, value in _DATABASE_ROW.items())}
                ELSE 'd.' || attname END, ', ' ORDER BY attnum) INTO listed FROM pg_catalog.pg_attribute
        WHERE attrelid = 'pg_catalog.pg_database'::regclass AND attnum > 0 AND NOT attisdropped;
    IF listed NOT LIKE '%daticulocale%' THEN
        listed := listed || ', NULL::text AS daticulocale';
    END IF;
    EXECUTE 'CREATE VIEW {SCHEMA}.pg_database AS SELECT ' || listed ||
        ' FROM pg_catalog.pg_database AS d WHERE d.datname = ''template0''';
END $do$
"""
_ACTIVITY_ROW = {
    "datid": f"{DATABASE_OID}",
    "datname": f"{SCHEMA}.current_database()",
    "pid": f"{SCHEMA}.pg_backend_pid()",
    "usesysid": f"{PRINCIPAL_OID}",
    "usename": CALLER,
    "application_name": f"{SCHEMA}.current_setting(''application_name'')",
    "client_port": "-1",
    "xact_start": "now()",
    "query_start": "now()",
    "state_change": "now()",
    "state": "''active''",
    "backend_type": "''client backend''",
}
"""The session that asks; of when it began and what it says nothing is told."""
_ACTIVITY = f"""
DO $do$
DECLARE listed text;
BEGIN
    SELECT pg_catalog.string_agg(pg_catalog.format('(%s)::%s AS %I', CASE attname
                {" ".join(f"WHEN '{name}' THEN '{value}'" for name, value in _ACTIVITY_ROW.items())}
                ELSE 'NULL' END, pg_catalog.format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum)
        INTO listed FROM pg_catalog.pg_attribute
        WHERE attrelid = 'pg_catalog.pg_stat_activity'::regclass AND attnum > 0;
    EXECUTE 'CREATE VIEW {SCHEMA}.pg_stat_activity AS SELECT ' || listed;
END $do$
"""
_COUNTED = f"""
DO $do$
DECLARE each record; listed text; schemas text;
BEGIN
    FOR each IN SELECT oid, relname FROM pg_catalog.pg_class
                WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = ANY ({array(COUNTED)}) LOOP
        SELECT pg_catalog.string_agg(pg_catalog.format('(%s)::%s AS %I', CASE attname
                    WHEN 'relid' THEN 'c.oid' WHEN 'relname' THEN 'c.relname' WHEN 'schemaname' THEN 'n.nspname'
                    WHEN 'indexrelid' THEN 'i.oid' WHEN 'indexrelname' THEN 'i.relname'
                    ELSE CASE atttypid WHEN 'bigint'::regtype THEN '0' ELSE 'NULL' END END,
                    pg_catalog.format_type(atttypid, atttypmod), attname), ', ' ORDER BY attnum)
            INTO listed FROM pg_catalog.pg_attribute WHERE attrelid = each.oid AND attnum > 0;
        schemas := pg_catalog.concat('(n.nspname ~ ''^(pg_catalog|information_schema|pg_toast)'')',
            CASE WHEN each.relname ~ '_all_' THEN ' IS NOT NULL' WHEN each.relname ~ '_user_' THEN ' IS FALSE' END);
        EXECUTE pg_catalog.format('CREATE VIEW {SCHEMA}.%I AS SELECT %s FROM pg_catalog.pg_class AS c JOIN
            pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace %s WHERE c.relkind IN (''r'', ''t'', ''m'') AND %s',
            each.relname, listed, CASE WHEN each.relname ~ 'indexes$' THEN
                'JOIN pg_catalog.pg_index AS x ON x.indrelid = c.oid
                 JOIN pg_catalog.pg_class AS i ON i.oid = x.indexrelid'
            ELSE '' END, schemas);
    END LOOP;
END $do$
"""
_EMPTY = f"""
DO $do$
DECLARE each record;
BEGIN
    FOR each IN SELECT c.relname, pg_catalog.string_agg(
                    pg_catalog.format('NULL::%s AS %I', pg_catalog.format_type(a.atttypid, a.atttypmod), a.attname),
                    ', ' ORDER BY a.attnum) AS columns
                FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relname = ANY ({array(HIDDEN)})
                  AND a.atttypid <> 'anyarray'::regtype GROUP BY c.relname LOOP
        EXECUTE pg_catalog.format('CREATE VIEW {SCHEMA}.%I AS SELECT %s WHERE false', each.relname, each.columns);
    END LOOP;
END $do$
"""
_STANDARD = f"""
DO $do$
DECLARE each record; changed text;
BEGIN
    FOR each IN SELECT oid::regclass AS name, relname, pg_catalog.pg_get_viewdef(oid) AS body FROM pg_catalog.pg_class
                WHERE relkind = 'v' AND (relnamespace = 'pg_catalog'::regnamespace
                  OR relnamespace = '{SCHEMA}'::regnamespace AND relname <> ALL ({array(HIDDEN | TOLD | COUNTED)})) LOOP
        changed := pg_catalog.replace(each.body, 'current_database()', '{SCHEMA}.current_database()');
        changed := pg_catalog.replace(changed, 'CURRENT_USER', '{SCHEMA}.current_user()');
        changed := pg_catalog.regexp_replace(changed, '\\m(acldefault|pg_get_userbyid|pg_has_role)\\(',
                                             '{SCHEMA}.\\1(', 'g');
        changed := pg_catalog.replace(changed, 'FROM (pg_database d', 'FROM ({SCHEMA}.pg_database d');
        IF each.relname = 'enabled_roles' THEN
            changed := 'SELECT {CALLER}::information_schema.sql_identifier AS role_name';
        END IF;
        IF changed <> each.body THEN
            EXECUTE pg_catalog.format('CREATE OR REPLACE VIEW %s AS %s', each.name, changed);
        END IF;
    END LOOP;
END $do$
"""
_ROLE_NAMES = (
    # a value of the type of roles becomes a name, and a name a value, whatever rights there are: so it holds no names
    """UPDATE pg_catalog.pg_type SET typname = 'pg_regrole', typinput = 'oidin'::regproc, typoutput = 'oidout'::regproc,
        typreceive = 'oidrecv'::regproc, typsend = 'oidsend'::regproc WHERE oid = 'pg_catalog.regrole'::regtype""",
    "UPDATE pg_catalog.pg_type SET typinput = 'shell_in'::regproc WHERE oid = 'pg_catalog.aclitem'::regtype",
    "CREATE DOMAIN pg_catalog.regrole AS name",
    f"CREATE CAST (oid AS name) WITH FUNCTION {SCHEMA}.pg_get_userbyid(oid)",
    f"CREATE CAST (name AS oid) WITH FUNCTION {SCHEMA}.role_oid(name)",
)

STATEMENTS = (*_VIEWS, _SHOWN, _DATABASE, _ACTIVITY, _COUNTED, _EMPTY, _STANDARD, *_ROLE_NAMES)
"""Run by the administrator, who may change system tables, in a new database."""
