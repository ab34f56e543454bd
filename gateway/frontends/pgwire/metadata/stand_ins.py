"""Functions that stand in for what would tell of the host and of others, in the schema `information_schema` of every
database: a schema of their own would stand in every tool's list of tables.

They only make allowed questions answerable; what is refused without them is in `rights`. None of them names an account:
two roles are seen, the principal and the owner of everything.
"""

import itertools
from collections.abc import Iterator

from gateway.frontends.pgwire.metadata.names import COUNTS

SCHEMA = "information_schema"
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


CALLER = f"{SCHEMA}.current_user()"
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
    _function("pg_backend_pid()", "integer", _told("process", "integer")),
    _function(
        "pg_get_userbyid(oid)",
        "name",
        f"""SELECT CASE $1 WHEN {PRINCIPAL_OID} THEN {CALLER} WHEN {OWNER_OID} THEN '{OWNER}'::name
            ELSE ('unknown (OID=' || $1 || ')')::name END""",
    ),
    _function(
        "role_oid(name)",
        "oid",
        f"SELECT CASE $1 WHEN {CALLER} THEN {PRINCIPAL_OID}::oid WHEN '{OWNER}' THEN {OWNER_OID}::oid END",
    ),
)
_CONSTANT = (
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
    ("pg_blocking_pids(integer)", "integer[]", "'{}'"),
    ("pg_current_wal_lsn()", "pg_lsn", "NULL"),
    ("pg_current_xact_id()", "xid8", "'1'"),
    ("pg_current_xact_id_if_assigned()", "xid8", "NULL"),
    ("pg_is_wal_replay_paused()", "boolean", "false"),
    ("pg_jit_available()", "boolean", "false"),
    ("pg_last_wal_receive_lsn()", "pg_lsn", "NULL"),
    ("pg_last_wal_replay_lsn()", "pg_lsn", "NULL"),
    ("pg_last_xact_replay_timestamp()", "timestamptz", "NULL"),
    ("pg_notification_queue_usage()", "double precision", "0"),
    ("pg_relation_filenode(regclass)", "oid", "0"),
    ("txid_current_if_assigned()", "bigint", "NULL"),
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
        "known_settings()",
        "TABLE (name text, unit text, category text, short_desc text, extra_desc text, context text, vartype text,"
        " min_val text, max_val text, enumvals text[], boot_val text)",
        "SELECT name, unit, category, short_desc, extra_desc, context, vartype, min_val, max_val, enumvals, boot_val"
        " FROM pg_settings",
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
_CONFIGURE = f"""CREATE FUNCTION {SCHEMA}.set_config(text, text, boolean) RETURNS text LANGUAGE plpgsql STABLE
    SECURITY DEFINER SET search_path = pg_catalog AS $body$
    BEGIN
        IF lower({SCHEMA}.current_setting($1)) IS DISTINCT FROM lower($2) THEN
            RAISE EXCEPTION 'set_config is not supported within a larger statement' USING ERRCODE = '0A000';
        END IF;
        RETURN $2;
    END $body$"""
"""Where it would change something the session would not know of it."""
_BOUND = f"""CREATE FUNCTION {SCHEMA}.too_long() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $body$
    BEGIN RAISE EXCEPTION 'too long' USING ERRCODE = '{TOO_LONG}'; END $body$"""
_PART = r'("[^"]+"|\w+)'
_NAMED = f"""SELECT CASE WHEN $1 ~ '^{_PART}\\.{_PART}\\.{_PART}$'
        AND trim(both '"' FROM substring($1 FROM '^{_PART}\\.')) = {SCHEMA}.current_database()
    THEN regexp_replace($1, '^{_PART}\\.', '') ELSE $1 END"""
"""A relation's name without the database's, which is another one here."""
_LONGEST = 100_000
_SIZED = tuple(
    _function(
        f"{name}({', '.join(kinds)})",
        "text",
        f"SELECT CASE WHEN {size} <= {_LONGEST} THEN pg_catalog.{name}({', '.join(('$1', '$2', '$3')[: len(kinds)])})"
        f" ELSE {SCHEMA}.too_long()::text END",
    )
    for name, kinds, size in (
        ("repeat", ("text", "integer"), "octet_length($1)::bigint * $2"),
        ("lpad", ("text", "integer"), "$2"),
        ("lpad", ("text", "integer", "text"), "$2"),
        ("rpad", ("text", "integer"), "$2"),
        ("rpad", ("text", "integer", "text"), "$2"),
    )
)
"""Make texts as long as they are told to."""
_FUNCTIONS = (
    _BOUND,
    *_SIZED,
    *_IDENTITY,
    _function("regclass(text)", "text", _NAMED),
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
    _function(
        "pg_available_extension_versions()",
        "TABLE (name name, version text, superuser boolean, trusted boolean, relocatable boolean, schema name,"
        " requires name[], comment text)",
        "SELECT NULL::name, NULL::text, false, false, false, NULL::name, NULL::name[], NULL::text WHERE false",
    ),
    _function("pg_listening_channels()", "SETOF text", "SELECT NULL::text WHERE false"),
    _function("pg_tablespace_databases(oid)", "SETOF oid", f"SELECT {DATABASE_OID}::oid WHERE $1 = 1663"),
    _function('acldefault("char", oid)', "aclitem[]", _ACL),
    *itertools.chain.from_iterable(map(_shared_rights, _SHARED)),
    *_SETTINGS,
    _CONFIGURE,
)

_IS_PRINCIPAL = {"name": f"$%s = {CALLER}", "oid": f"$%s = {PRINCIPAL_OID}"}
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

_COUNTS = f"""
DO $do$
DECLARE each record;
BEGIN
    FOR each IN SELECT proname, prorettype::regtype AS kind FROM pg_catalog.pg_proc
                WHERE pronamespace = 'pg_catalog'::regnamespace AND starts_with(proname, '{COUNTS}')
                  AND pronargs = 1 AND proargtypes[0] = 'oid'::regtype AND NOT proretset LOOP
        EXECUTE pg_catalog.format('CREATE FUNCTION {SCHEMA}.%I(oid) RETURNS %s LANGUAGE sql IMMUTABLE AS %L',
            each.proname, each.kind, CASE WHEN each.kind IN ('bigint'::regtype, 'integer'::regtype) THEN 'SELECT 0'
                                          ELSE 'SELECT NULL::' || each.kind END);
    END LOOP;
END $do$
"""

STATEMENTS = (*_FUNCTIONS, *_MEMBERS, _PRIVILEGES, _COUNTS)
"""Run by the administrator in a new database, before `stand_in_views`."""
