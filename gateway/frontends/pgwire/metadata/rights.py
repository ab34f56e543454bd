"""Rights that allow what tells of the principal's relations and nothing else.

Enforced by PostgreSQL itself, so it does not matter how a statement spells a name. Whatever is allowed is allowed to
everybody who may connect, and everything has one owner: no account's name or OID is anywhere in the database.
"""

from gateway.frontends.pgwire.metadata.names import GENERAL, INFORMATION, READABLE, STAND_INS
from gateway.frontends.pgwire.metadata.stand_ins import OWNER_OID, SCHEMA, array

_OWNED = f"""
DO $do$
DECLARE each record;
BEGIN
    FOR each IN SELECT k.fktable, k.fkcols[1] AS owner FROM pg_catalog.pg_get_catalog_foreign_keys() AS k
                JOIN pg_catalog.pg_class AS c ON c.oid = k.fktable
                WHERE k.pktable = 'pg_catalog.pg_authid'::regclass AND NOT k.is_array AND NOT c.relisshared LOOP
        EXECUTE pg_catalog.format('UPDATE %s SET %I = {OWNER_OID}', each.fktable, each.owner);
    END LOOP;
    FOR each IN SELECT a.attrelid::regclass AS place, a.attname FROM pg_catalog.pg_attribute AS a
                JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
                WHERE a.atttypid = 'aclitem[]'::regtype AND c.relkind = 'r' AND NOT c.relisshared
                  AND c.relname NOT IN ('pg_init_privs', 'pg_default_acl') LOOP
        EXECUTE pg_catalog.format('UPDATE %s SET %I = NULL', each.place, each.attname);
    END LOOP;
    DELETE FROM pg_catalog.pg_init_privs;
END $do$
"""
# what the host's own list of locales would tell
_COLLATIONS = "DELETE FROM pg_catalog.pg_collation WHERE oid >= 12000"
# statistics of what all databases share are kept in each: their counts of rows would tell of others
_STILL = """UPDATE pg_catalog.pg_class SET reloptions = '{autovacuum_enabled=false}', reltuples = -1, relpages = 0
            WHERE relkind IN ('r', 't')"""
_FUNCTIONS = f"""
DO $do$
DECLARE each record;
BEGIN
    FOR each IN
        SELECT p.oid::regprocedure AS signature, p.prokind
        FROM (SELECT *, pronargs = pg_catalog.max(pronargs) OVER (PARTITION BY proname) AS of_role
              FROM pg_catalog.pg_proc) AS p
        WHERE p.pronamespace = 'pg_catalog'::regnamespace AND NOT (
            p.proname = ANY ({array((INFORMATION | GENERAL) - STAND_INS)})
            OR p.proname ~ '^has_.*_privilege$' AND p.proname = ANY ({array(STAND_INS)}) AND NOT p.of_role
               AND p.proname NOT IN ('has_database_privilege', 'has_tablespace_privilege')
            OR p.proname <> ALL ({array(STAND_INS)})
               AND p.prorettype NOT IN ('aclitem'::regtype, 'pg_regrole'::regtype)
               AND 'pg_regrole'::regtype <> ALL (p.proargtypes::oid[])
               AND (p.oid IN (SELECT oprcode FROM pg_catalog.pg_operator)
                    OR p.oid IN (SELECT castfunc FROM pg_catalog.pg_cast)
                    OR p.oid IN (SELECT typoutput FROM pg_catalog.pg_type)
                    OR p.oid IN (SELECT typinput FROM pg_catalog.pg_type)
                    OR p.oid IN (SELECT amproc FROM pg_catalog.pg_amproc))
            OR p.proname = 'age' AND p.proargtypes[0] <> 'xid'::regtype) LOOP
        EXECUTE pg_catalog.format('REVOKE EXECUTE ON %s %s FROM PUBLIC',
            CASE each.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, each.signature);
    END LOOP;
END $do$
"""
_RELATIONS = f"""
DO $do$
DECLARE each record;
BEGIN
    -- of tables by column, without those of the system: they count the transactions of everybody
    FOR each IN SELECT c.oid::regclass AS name,
                       pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), ', ') AS columns
                FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid
                WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
                  AND c.relname = ANY ({array(READABLE)})
                  AND (a.attnum > 0 OR a.attname = 'tableoid') GROUP BY c.oid LOOP
        EXECUTE pg_catalog.format('GRANT SELECT (%s) ON %s TO PUBLIC', each.columns, each.name);
    END LOOP;
END $do$
"""

STATEMENTS = (
    _COLLATIONS,
    _OWNED,
    _STILL,
    f"GRANT USAGE ON SCHEMA pg_catalog, public, {SCHEMA} TO PUBLIC",
    _FUNCTIONS,
    _RELATIONS,
    f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO PUBLIC",
    "ALTER FUNCTION information_schema._pg_char_octet_length(oid, integer) SECURITY DEFINER",
)
"""Run by the administrator after the stand-ins are there."""
