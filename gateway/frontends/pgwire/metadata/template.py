"""What every database has beside a principal's relations: stand-ins for what would tell of the host and of others, in
the schema `pg_meshgate`, and rights that allow nothing else.

Enforced by PostgreSQL's own rights, so it does not matter how a statement spells a name: whatever is not granted to the
reader is refused. The stand-ins only make allowed questions answerable.
"""

from gateway.frontends.pgwire.metadata.names import GENERAL, HIDDEN, INFORMATION, READABLE

READER = "meshgate_reader"
OWNER = "meshgate"
SCHEMA = "pg_meshgate"

SETTINGS = frozenset(
    """
    block_size constraint_exclusion cursor_tuple_fraction default_statistics_target default_table_access_method
    default_text_search_config default_toast_compression from_collapse_limit geqo integer_datetimes join_collapse_limit
    lc_collate lc_ctype lc_messages lc_monetary lc_numeric lc_time max_function_args max_index_keys
    max_prepared_transactions quote_all_identifiers segment_size array_nulls backslash_quote
    """.split()
)
"""Of PostgreSQL's own settings, what tells of no host."""


def _array(names: frozenset[str]) -> str:
    return f"'{{{','.join(sorted(names))}}}'::name[]"


_GUC = "pg_catalog.current_setting('meshgate.{}', true)"


def _function(signature: str, returns: str, body: str) -> str:
    return (
        f"CREATE FUNCTION {SCHEMA}.{signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog AS $body$ {body} $body$"
    )


def _told(name: str, kind: str) -> str:
    return f"SELECT {_GUC.format(name)}::{kind}"


_OWN_DATABASE = "(SELECT oid FROM pg_database WHERE datname = pg_catalog.current_database())"
_FUNCTIONS = (
    _function("current_user()", "name", _told("principal", "name")),
    _function("session_user()", "name", _told("principal", "name")),
    _function('"user"()', "name", _told("principal", "name")),
    _function("current_role()", "name", _told("principal", "name")),
    _function("current_database()", "name", _told("database", "name")),
    _function("current_catalog()", "name", _told("database", "name")),
    _function("version()", "text", _told("version", "text")),
    _function("pg_backend_pid()", "integer", "SELECT 0"),
    _function("inet_client_addr()", "inet", "SELECT NULL::inet"),
    _function("inet_client_port()", "integer", "SELECT NULL::integer"),
    _function("inet_server_addr()", "inet", "SELECT NULL::inet"),
    _function("inet_server_port()", "integer", "SELECT NULL::integer"),
    _function("pg_postmaster_start_time()", "timestamptz", "SELECT NULL::timestamptz"),
    _function("pg_conf_load_time()", "timestamptz", "SELECT NULL::timestamptz"),
    _function("pg_advisory_unlock_all()", "void", "SELECT"),
    _function("pg_database_size(name)", "bigint", "SELECT 0::bigint"),
    _function("pg_database_size(oid)", "bigint", "SELECT 0::bigint"),
    _function("pg_tablespace_location(oid)", "text", "SELECT ''::text"),
    _function("txid_current()", "bigint", "SELECT 1::bigint"),
    _function("set_config(text, text, boolean)", "text", "SELECT $2"),
    _function(
        "role_of(name)", "name", f"SELECT CASE WHEN $1 = {SCHEMA}.current_user() THEN '{READER}'::name END"
    ),
    *(
        _function(
            f"has_database_privilege({signature})",
            "boolean",
            f"SELECT lower({asked}) ~ 'connect' WHERE {known}",
        )
        for signature, known, asked in (
            ("text, text", f"$1 = {SCHEMA}.current_database()", "$2"),
            ("oid, text", f"$1 = {_OWN_DATABASE}", "$2"),
            ("name, text, text", f"$2 = {SCHEMA}.current_database()", "$3"),
            ("name, oid, text", f"$2 = {_OWN_DATABASE}", "$3"),
            ("oid, text, text", f"$2 = {SCHEMA}.current_database()", "$3"),
            ("oid, oid, text", f"$2 = {_OWN_DATABASE}", "$3"),
        )
    ),
    _function("real_database()", "name", "SELECT pg_catalog.current_database()"),
    _function(
        "settings()",
        "TABLE (name text, setting text)",
        f"""SELECT key, value FROM json_each_text({_GUC.format("settings")}::json)
            UNION ALL SELECT s.name, s.setting FROM pg_settings AS s WHERE s.name = ANY ({_array(SETTINGS)})
            AND lower(s.name) NOT IN (SELECT lower(key) FROM json_each_text({_GUC.format("settings")}::json))""",
    ),
    _function(
        "pg_get_userbyid(oid)",
        "name",
        f"""SELECT coalesce((SELECT CASE rolname WHEN '{READER}' THEN {SCHEMA}.current_user()
            WHEN '{OWNER}' THEN rolname ELSE 'postgres' END FROM pg_authid WHERE oid = $1),
            ('unknown (OID=' || $1 || ')')::name)""",
    ),
    _function(
        "current_setting(text, boolean)",
        "text",
        f"SELECT setting FROM {SCHEMA}.settings() AS s WHERE lower(s.name) = lower($1)",
    ),
    f"""CREATE FUNCTION {SCHEMA}.current_setting(text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER
        SET search_path = pg_catalog AS $body$
        DECLARE found text := {SCHEMA}.current_setting($1, true);
        BEGIN
            IF found IS NULL THEN
                RAISE EXCEPTION 'unrecognized configuration parameter "%"', $1 USING ERRCODE = '42704';
            END IF;
            RETURN found;
        END $body$""",
)

_PRIVILEGES = f"""
DO $do$
DECLARE
    each record; arguments text; passed text; place integer; word text;
BEGIN
    FOR each IN
        SELECT p.oid, p.proname, p.pronargs, p.proargtypes FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
          AND (p.proname ~ '^has_.*_privilege$' OR p.proname = 'pg_has_role') AND p.proname <> 'has_parameter_privilege'
          AND p.proname <> 'has_largeobject_privilege' AND p.proname <> 'has_database_privilege'
    LOOP
        passed := '';
        FOR place IN 1 .. each.pronargs LOOP
            word := '$' || place;
            -- SELECT is not granted, so that no relation is read here where it is empty; REFERENCES stands for it
            IF place = each.pronargs AND each.proname ~ '(table|column)_privilege' THEN
                word := 'pg_catalog.regexp_replace(' || word || ', ''select'', ''REFERENCES'', ''gi'')';
            ELSIF place = 1 AND each.pronargs > 2 AND each.proargtypes[0] = 'name'::regtype THEN
                word := '{SCHEMA}.role_of($1)';
            END IF;
            passed := passed || CASE WHEN place > 1 THEN ', ' ELSE '' END || word;
        END LOOP;
        SELECT pg_catalog.string_agg(kind::regtype::text, ', ' ORDER BY nth) INTO arguments
            FROM pg_catalog.unnest(each.proargtypes) WITH ORDINALITY AS t(kind, nth);
        EXECUTE pg_catalog.format(
            'CREATE FUNCTION {SCHEMA}.%I(%s) RETURNS boolean LANGUAGE sql STABLE'
            ' AS $body$ SELECT pg_catalog.%I(%s) $body$', each.proname, arguments, each.proname, passed);
    END LOOP;
END $do$
"""

_ROLE = f"""
SELECT r.oid, CASE r.rolname WHEN '{READER}' THEN {SCHEMA}.current_user() ELSE r.rolname END AS rolname,
       r.rolname = '{READER}' AS own
FROM pg_catalog.pg_authid AS r WHERE r.rolname IN ('{READER}', '{OWNER}')
"""
_VIEWS = (
    f"""CREATE VIEW {SCHEMA}.pg_roles AS SELECT r.rolname, false AS rolsuper, true AS rolinherit,
        false AS rolcreaterole, false AS rolcreatedb, r.own AS rolcanlogin, false AS rolreplication,
        -1 AS rolconnlimit, '********'::text AS rolpassword, NULL::timestamptz AS rolvaliduntil,
        false AS rolbypassrls, NULL::text[] AS rolconfig, r.oid FROM ({_ROLE}) AS r""",
    f"""CREATE VIEW {SCHEMA}.pg_user AS SELECT r.rolname AS usename, r.oid AS usesysid, false AS usecreatedb,
        false AS usesuper, false AS userepl, false AS usebypassrls, '********'::text AS passwd,
        NULL::timestamptz AS valuntil, NULL::text[] AS useconfig FROM ({_ROLE}) AS r WHERE r.own""",
    f"""CREATE VIEW {SCHEMA}.pg_settings AS SELECT s.name, s.setting, NULL::text AS unit,
        'Session'::text AS category, ''::text AS short_desc, NULL::text AS extra_desc, 'user'::text AS context,
        'string'::text AS vartype, 'session'::text AS source, NULL::text AS min_val, NULL::text AS max_val,
        NULL::text[] AS enumvals, s.setting AS boot_val, s.setting AS reset_val, NULL::text AS sourcefile,
        NULL::integer AS sourceline, false AS pending_restart FROM {SCHEMA}.settings() AS s""",
)
_DATABASE = f"""
DO $do$
DECLARE listed text;
BEGIN
    SELECT pg_catalog.string_agg(CASE attname WHEN 'datname' THEN '{SCHEMA}.current_database() AS datname'
                                 WHEN 'datacl' THEN 'NULL::aclitem[] AS datacl' ELSE 'd.' || attname END,
                                 ', ' ORDER BY attnum)
        INTO listed FROM pg_catalog.pg_attribute
        WHERE attrelid = 'pg_catalog.pg_database'::regclass AND attnum > 0 AND NOT attisdropped;
    IF listed NOT LIKE '%daticulocale%' THEN
        listed := listed || ', NULL::text AS daticulocale';
    END IF;
    EXECUTE 'CREATE VIEW {SCHEMA}.pg_database AS SELECT d.oid AS ' || pg_catalog.quote_ident('oid') || ', '
        || pg_catalog.regexp_replace(listed, '^d\\.oid, ', '') ||
        ' FROM pg_catalog.pg_database AS d WHERE d.datname = {SCHEMA}.real_database()';
END $do$
"""
_EMPTY = """
DO $do$
DECLARE each record;
BEGIN
    FOR each IN SELECT c.relname, pg_catalog.string_agg(
                    pg_catalog.format('NULL::%s AS %I', pg_catalog.format_type(a.atttypid, a.atttypmod), a.attname),
                    ', ' ORDER BY a.attnum) AS columns
                FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
                WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relname = ANY ($1)
                  AND a.atttypid <> 'anyarray'::regtype GROUP BY c.relname LOOP
        EXECUTE pg_catalog.format('CREATE VIEW {schema}.%I AS SELECT %s WHERE false', each.relname, each.columns);
    END LOOP;
END $do$
"""
_STANDARD = f"""
DO $do$
DECLARE each record; changed text;
BEGIN
    FOR each IN SELECT oid, relname, pg_catalog.pg_get_viewdef(oid) AS body FROM pg_catalog.pg_class
                WHERE relnamespace = 'information_schema'::regnamespace AND relkind = 'v' LOOP
        changed := pg_catalog.replace(each.body, 'current_database()', '{SCHEMA}.current_database()');
        changed := pg_catalog.replace(changed, 'CURRENT_USER', '{SCHEMA}.current_user()');
        changed := pg_catalog.replace(changed, 'pg_get_userbyid(', '{SCHEMA}.pg_get_userbyid(');
        IF each.relname = 'enabled_roles' THEN
            changed := pg_catalog.regexp_replace(changed, '(\\w*\\.)?rolname', '{SCHEMA}.pg_get_userbyid(\\1oid)');
        END IF;
        IF changed <> each.body THEN
            EXECUTE pg_catalog.format('CREATE OR REPLACE VIEW information_schema.%I AS %s', each.relname, changed);
        END IF;
    END LOOP;
END $do$
"""
_RIGHTS = """
DO $do$
DECLARE each record;
BEGIN
    REVOKE ALL ON ALL TABLES IN SCHEMA pg_catalog FROM PUBLIC;
    REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA pg_catalog FROM PUBLIC;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;
    FOR each IN SELECT relname FROM pg_catalog.pg_class
                WHERE relnamespace = 'pg_catalog'::regnamespace AND relname = ANY ({readable}) LOOP
        EXECUTE pg_catalog.format('GRANT SELECT ON pg_catalog.%I TO {reader}', each.relname);
    END LOOP;
    FOR each IN SELECT p.oid::regprocedure AS signature, p.prokind FROM pg_catalog.pg_proc AS p
                WHERE p.pronamespace = 'pg_catalog'::regnamespace
                  AND (p.oid IN (SELECT oprcode FROM pg_catalog.pg_operator)
                       OR p.oid IN (SELECT castfunc FROM pg_catalog.pg_cast)
                       OR p.oid IN (SELECT typoutput FROM pg_catalog.pg_type)
                       OR p.oid IN (SELECT typinput FROM pg_catalog.pg_type)
                       OR p.oid IN (SELECT amproc FROM pg_catalog.pg_amproc) OR p.proname = ANY ({functions})) LOOP
        EXECUTE pg_catalog.format('GRANT EXECUTE ON %s %s TO {reader}, {owner}',
            CASE each.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, each.signature);
    END LOOP;
END $do$
"""


def statements(database: str) -> tuple[str, ...]:
    """Run by the administrator, in a new database, one after the other."""
    return (
        "SET allow_system_table_mods = on",
        f"CREATE SCHEMA {SCHEMA}",
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO PUBLIC",
        *_FUNCTIONS,
        _PRIVILEGES,
        *_VIEWS,
        _DATABASE,
        _EMPTY.replace("{schema}", SCHEMA).replace("$1", _array(HIDDEN)),
        _STANDARD,
        "ALTER FUNCTION information_schema._pg_char_octet_length(oid, integer) SECURITY DEFINER",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO PUBLIC",
        _RIGHTS.replace("{database}", f'"{database}"')
        .replace("{reader}", READER)
        .replace("{owner}", OWNER)
        .replace("{readable}", _array(READABLE))
        .replace("{functions}", _array(INFORMATION | GENERAL)),
    )
