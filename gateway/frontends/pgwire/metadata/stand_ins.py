"""Stand-ins for what would tell of the host and of others, in the schema `pg_meshgate` of every database.

They only make allowed questions answerable; what is refused without them is in `rights`. None of them names an account:
two roles are seen, the principal and the owner of everything.
"""

import itertools
from collections.abc import Iterator

from gateway.frontends.pgwire.metadata.names import HIDDEN

SCHEMA = "pg_meshgate"
OWNER = "pg_database_owner"
"""A role that every PostgreSQL has under one name and one OID, whatever else there is."""
OWNER_OID = 6171
PRINCIPAL_OID = 9999
DATABASE_OID = 9998
"""Of these two there is no real one: below 16384 PostgreSQL gives out none after it is made."""

TOO_LONG = "54000"
"""The SQLSTATE of a row that is longer than it may be."""

SETTINGS = frozenset(
    """
    block_size constraint_exclusion cursor_tuple_fraction default_statistics_target default_table_access_method
    default_text_search_config default_toast_compression from_collapse_limit geqo integer_datetimes join_collapse_limit
    max_function_args max_index_keys max_prepared_transactions quote_all_identifiers segment_size array_nulls
    backslash_quote
    """.split()
)
"""Of PostgreSQL's own settings, as they are where nobody has changed them."""
LOCALES = ("lc_collate", "lc_ctype", "lc_messages", "lc_monetary", "lc_numeric", "lc_time")


def array(names: frozenset[str]) -> str:
    return f"'{{{','.join(sorted(names))}}}'::name[]"


_GUC = "pg_catalog.current_setting('meshgate.{}', true)"


def _function(signature: str, returns: str, body: str) -> str:
    return (
        f"CREATE FUNCTION {SCHEMA}.{signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER"
        f" SET search_path = pg_catalog AS $body$ {body} $body$"
    )


def _told(name: str, kind: str) -> str:
    return f"SELECT {_GUC.format(name)}::{kind}"


_CALLER = f"{SCHEMA}.current_user()"
_IDENTITY = (
    *(
        _function(f'"{name}"()', "name", _told("principal", "name"))
        for name in ("current_user", "session_user", "user", "current_role")
    ),
    *(
        _function(f"{name}()", "name", _told("database", "name"))
        for name in ("current_database", "current_catalog")
    ),
    _function("version()", "text", _told("version", "text")),
    _function(
        "pg_get_userbyid(oid)",
        "name",
        f"""SELECT CASE $1 WHEN {PRINCIPAL_OID} THEN {_CALLER} WHEN {OWNER_OID} THEN '{OWNER}'::name
            ELSE ('unknown (OID=' || $1 || ')')::name END""",
    ),
    _function(
        "role_oid(name)",
        "oid",
        f"SELECT CASE $1 WHEN {_CALLER} THEN {PRINCIPAL_OID}::oid WHEN '{OWNER}' THEN {OWNER_OID}::oid END",
    ),
)
_CONSTANT = (
    ("pg_backend_pid()", "integer", "0"),
    ("inet_client_addr()", "inet", "NULL"),
    ("inet_client_port()", "integer", "NULL"),
    ("inet_server_addr()", "inet", "NULL"),
    ("inet_server_port()", "integer", "NULL"),
    ("pg_postmaster_start_time()", "timestamptz", "NULL"),
    ("pg_conf_load_time()", "timestamptz", "NULL"),
    ("pg_database_size(name)", "bigint", "0"),
    ("pg_database_size(oid)", "bigint", "0"),
    ("pg_relation_size(regclass)", "bigint", "0"),
    ("pg_relation_size(regclass, text)", "bigint", "0"),
    ("pg_table_size(regclass)", "bigint", "0"),
    ("pg_indexes_size(regclass)", "bigint", "0"),
    ("pg_total_relation_size(regclass)", "bigint", "0"),
    ("pg_tablespace_size(name)", "bigint", "0"),
    ("pg_tablespace_size(oid)", "bigint", "0"),
    ("pg_tablespace_location(oid)", "text", "''"),
    ("shobj_description(oid, name)", "text", "NULL"),
    ("txid_current()", "bigint", "1"),
    ("age(xid)", "integer", "0"),
    ("mxid_age(xid)", "integer", "0"),
    ("set_config(text, text, boolean)", "text", "$2"),
)
_AGES = ("timestamp", "timestamp, timestamp", "timestamptz", "timestamptz, timestamptz")
_ACL = f"SELECT CASE WHEN $2 = {OWNER_OID} THEN pg_catalog.acldefault($1, $2) END"
_SHARED = {
    "database": (f"{{}} = {SCHEMA}.current_database()", f"{{}} = {DATABASE_OID}", "lower({}) ~ 'connect'"),
    "tablespace": ("{} IN ('pg_default', 'pg_global')", "{} IN (1663, 1664)", "false"),
}
"""What all databases share: which one is seen by its name, which by its OID, and whether there is a right on it."""


def _shared_rights(kind: str) -> Iterator[str]:
    by_name, by_oid, right = _SHARED[kind]
    for seen, known in (("text", by_name), ("oid", by_oid)):
        for role in ("", "name, ", "oid, "):
            place = 2 if role else 1
            yield _function(
                f"has_{kind}_privilege({role}{seen}, text)",
                "boolean",
                f"SELECT {right.format(f'${place + 1}')} WHERE {known.format(f'${place}')}",
            )


_SETTINGS = (
    _function(
        "settings()",
        "TABLE (name text, setting text)",
        f"""SELECT key, value FROM json_each_text({_GUC.format("settings")}::json)
            UNION ALL SELECT s.name, s.setting FROM (
                SELECT name, boot_val FROM pg_settings WHERE name = ANY ({array(SETTINGS)})
                UNION ALL SELECT unnest('{{{",".join(LOCALES)}}}'::text[]), 'C') AS s (name, setting)
            WHERE lower(s.name) NOT IN (SELECT lower(key) FROM json_each_text({_GUC.format("settings")}::json))""",
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
_BOUND = f"""CREATE FUNCTION {SCHEMA}.too_long() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$
    BEGIN RAISE EXCEPTION 'too long' USING ERRCODE = '{TOO_LONG}'; END $body$"""
_FUNCTIONS = (
    _BOUND,
    *_IDENTITY,
    *(_function(name, kind, f"SELECT {value}::{kind}") for name, kind, value in _CONSTANT),
    *(
        _function(f"age({kinds})", "interval", f"SELECT pg_catalog.age({'$1, $2' if ',' in kinds else '$1'})")
        for kinds in _AGES
    ),
    _function("pg_advisory_unlock_all()", "void", "SELECT"),
    _function(
        "pg_available_extensions()",
        "TABLE (name name, default_version text, comment text)",
        "SELECT NULL::name, NULL::text, NULL::text WHERE false",
    ),
    _function('acldefault("char", oid)', "aclitem[]", _ACL),
    *itertools.chain.from_iterable(map(_shared_rights, _SHARED)),
    *_SETTINGS,
)

_IS_PRINCIPAL = {"name": f"$%s = {_CALLER}", "oid": f"$%s = {PRINCIPAL_OID}"}
_IS_OWNER = {"name": f"$%s = '{OWNER}'", "oid": f"$%s = {OWNER_OID}"}


def _member(kinds: tuple[str, ...]) -> str:
    """`pg_has_role`: the principal has its own role and no other."""
    first, role = kinds[0], kinds[-1]
    asked = len(kinds)
    result = (
        f"CASE WHEN {_IS_PRINCIPAL[role] % asked} THEN true WHEN {_IS_OWNER[role] % asked} THEN false END"
    )
    if asked == 2:
        result = f"CASE WHEN {_IS_PRINCIPAL[first] % 1} THEN {result} END"
    return _function(f"pg_has_role({', '.join(kinds)}, text)", "boolean", f"SELECT {result}")


_MEMBERS = tuple(
    _member(kinds)
    for kinds in (
        ("name",),
        ("oid",),
        ("name", "name"),
        ("name", "oid"),
        ("oid", "name"),
        ("oid", "oid"),
    )
)
_PRIVILEGES = f"""
DO $do$
DECLARE
    each record; arguments text; passed text; known text; place integer; word text;
BEGIN
    FOR each IN
        SELECT p.oid, p.proname, p.pronargs, p.proargtypes,
               p.pronargs = pg_catalog.max(p.pronargs) OVER (PARTITION BY p.proname) AS of_role
        FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proname ~ '^has_.*_privilege$'
          AND p.proname NOT IN ('has_parameter_privilege', 'has_largeobject_privilege', 'has_database_privilege',
                                'has_tablespace_privilege')
    LOOP
        passed := NULL;
        FOR place IN CASE WHEN each.of_role THEN 2 ELSE 1 END .. each.pronargs LOOP
            word := '$' || place;
            -- SELECT is not granted, so that no relation is read here where it is empty; REFERENCES stands for it
            IF place = each.pronargs AND each.proname ~ '(table|column)_privilege' THEN
                word := 'pg_catalog.regexp_replace(' || word || ', ''select'', ''REFERENCES'', ''gi'')';
            END IF;
            passed := pg_catalog.concat_ws(', ', passed, word);
        END LOOP;
        known := CASE WHEN NOT each.of_role THEN 'true'
                      WHEN each.proargtypes[0] = 'name'::regtype THEN '{_IS_PRINCIPAL["name"] % 1}'
                      ELSE '{_IS_PRINCIPAL["oid"] % 1}' END;
        SELECT pg_catalog.string_agg(kind::regtype::text, ', ' ORDER BY nth) INTO arguments
            FROM pg_catalog.unnest(each.proargtypes) WITH ORDINALITY AS t(kind, nth);
        EXECUTE pg_catalog.format(
            'CREATE FUNCTION {SCHEMA}.%I(%s) RETURNS boolean LANGUAGE sql STABLE'
            ' AS $body$ SELECT CASE WHEN %s THEN pg_catalog.%I(%s) END $body$',
            each.proname, arguments, known, each.proname, passed);
    END LOOP;
END $do$
"""

_ROLES = f"(VALUES ({PRINCIPAL_OID}::oid, {_CALLER}, true), ({OWNER_OID}, '{OWNER}', false))"
_VIEWS = (
    f"""CREATE VIEW {SCHEMA}.pg_roles AS SELECT r.rolname, false AS rolsuper, true AS rolinherit,
        false AS rolcreaterole, false AS rolcreatedb, r.own AS rolcanlogin, false AS rolreplication,
        -1 AS rolconnlimit, '********'::text AS rolpassword, NULL::timestamptz AS rolvaliduntil,
        false AS rolbypassrls, NULL::text[] AS rolconfig, r.oid FROM {_ROLES} AS r (oid, rolname, own)""",
    f"""CREATE VIEW {SCHEMA}.pg_user AS SELECT r.rolname AS usename, r.oid AS usesysid, false AS usecreatedb,
        false AS usesuper, false AS userepl, false AS usebypassrls, '********'::text AS passwd,
        NULL::timestamptz AS valuntil, NULL::text[] AS useconfig
        FROM {_ROLES} AS r (oid, rolname, own) WHERE r.own""",
    f"""CREATE VIEW {SCHEMA}.pg_settings AS SELECT s.name, s.setting, NULL::text AS unit,
        'Session'::text AS category, ''::text AS short_desc, NULL::text AS extra_desc, 'user'::text AS context,
        'string'::text AS vartype, 'session'::text AS source, NULL::text AS min_val, NULL::text AS max_val,
        NULL::text[] AS enumvals, s.setting AS boot_val, s.setting AS reset_val, NULL::text AS sourcefile,
        NULL::integer AS sourceline, false AS pending_restart FROM {SCHEMA}.settings() AS s""",
    f"""CREATE VIEW {SCHEMA}.pg_tablespace AS SELECT s.oid::oid, s.spcname::name, {OWNER_OID}::oid AS spcowner,
        NULL::aclitem[] AS spcacl, NULL::text[] AS spcoptions
        FROM (VALUES (1663, 'pg_default'), (1664, 'pg_global')) AS s (oid, spcname)""",
)
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
                WHERE relnamespace IN ('information_schema'::regnamespace, 'pg_catalog'::regnamespace)
                  AND relkind = 'v' LOOP
        changed := pg_catalog.replace(each.body, 'current_database()', '{SCHEMA}.current_database()');
        changed := pg_catalog.replace(changed, 'CURRENT_USER', '{SCHEMA}.current_user()');
        changed := pg_catalog.regexp_replace(changed, '\\m(acldefault|pg_get_userbyid|pg_has_role)\\(',
                                             '{SCHEMA}.\\1(', 'g');
        IF each.relname = 'enabled_roles' THEN
            changed := 'SELECT {_CALLER}::information_schema.sql_identifier AS role_name';
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

STATEMENTS = (
    f"CREATE SCHEMA {SCHEMA}",
    *_FUNCTIONS,
    *_MEMBERS,
    _PRIVILEGES,
    *_VIEWS,
    _DATABASE,
    _EMPTY,
    _STANDARD,
    *_ROLE_NAMES,
)
"""Run by the administrator, who may change system tables, in a new database."""
