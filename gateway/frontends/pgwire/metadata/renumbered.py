"""The OIDs of a database, counted anew from the first that is nobody's of PostgreSQL's own.

A server gives them out of one counter for all of its databases: as they are, they would tell one principal how much was
made for others. Afterwards they say only what stands in the database itself, in the order in which it was made, but for
those that were fixed (`fixed_oids`).
"""

FIRST = 16_384
FIXED = "meshgate.fixed"
"""The setting that holds what is fixed, as a list of `Fixed` in JSON."""
ASIDE = 2_000_000_000
"""New OIDs are put aside by this much at first, so that none is in the way of another."""

_GIVEN = f"""
SELECT pg_catalog.jsonb_object_agg(k.oid::text, {FIRST} - 1 + k.place) FROM (
    SELECT e.oid, pg_catalog.row_number() OVER (ORDER BY e.oid) AS place FROM (%s) AS e
) AS k WHERE k.oid::bigint <> {FIRST} - 1 + k.place
"""
_OWN = "a.attname = 'oid' AND a.attrelid = c.oid AND c.relkind = 'r' AND c.relnamespace = 'pg_catalog'::regnamespace"

STATEMENT = f"""
CREATE CAST (text AS pg_node_tree) WITHOUT FUNCTION;
DO $do$
DECLARE
    given jsonb; link record; each record; old text; body text;
BEGIN
    EXECUTE pg_catalog.format('{_GIVEN.replace("'", "''")}', (
        SELECT pg_catalog.string_agg(pg_catalog.format('SELECT oid FROM %s WHERE oid >= {FIRST}', c.oid::regclass),
                                     ' UNION ALL ')
        FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON {_OWN} WHERE NOT c.relisshared)) INTO given;
    given := coalesce(given, '{{}}') || coalesce((
        SELECT pg_catalog.jsonb_object_agg(c.oid::text, f ->> 3)
        FROM pg_catalog.jsonb_array_elements(pg_catalog.current_setting('{FIXED}')::jsonb) AS f
        JOIN pg_catalog.pg_namespace AS n ON n.nspname = f ->> 1
        JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid AND c.relname = f ->> 2
        WHERE f ->> 0 = 'pg_class'), '{{}}');
    FOR each IN SELECT r.oid, r.ev_action::text AS body FROM pg_catalog.pg_rewrite AS r
                WHERE EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass
                              AND d.objid = r.oid AND given ? d.refobjid::text) LOOP
        body := each.body;
        FOR old IN SELECT DISTINCT m[1]
                   FROM pg_catalog.regexp_matches(body, ':(?:relid|funcid|resorigtbl) (\\d+)', 'g') AS m
                   WHERE given ? m[1] LOOP
            body := pg_catalog.regexp_replace(body, ':(relid|funcid|resorigtbl) ' || old || '\\M',
                                              ':\\1 ' || pg_catalog.chr(1) || (given ->> old), 'g');
        END LOOP;
        IF body <> each.body THEN
            UPDATE pg_catalog.pg_rewrite SET ev_action = pg_catalog.replace(body, pg_catalog.chr(1), '')::pg_node_tree
                WHERE oid = each.oid;
        END IF;
    END LOOP;
    FOR link IN
        SELECT a.attrelid::regclass AS place, a.attname::text AS name, a.atttypid::regtype AS kind
        FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_class AS c ON {_OWN} WHERE NOT c.relisshared
        UNION SELECT k.fktable, a.attname::text, a.atttypid::regtype
        FROM pg_catalog.pg_get_catalog_foreign_keys() AS k
        JOIN pg_catalog.pg_class AS c ON c.oid = k.fktable AND NOT c.relisshared
        JOIN pg_catalog.pg_class AS p ON p.oid = k.pktable AND NOT p.relisshared
        JOIN pg_catalog.pg_attribute AS a ON a.attrelid = k.fktable AND a.attname = k.fkcols[1]
        WHERE k.pkcols[1] = 'oid' AND NOT k.is_array
        UNION SELECT place::regclass, name, 'oid' FROM (VALUES ('pg_catalog.pg_depend', 'objid'),
            ('pg_catalog.pg_depend', 'refobjid'), ('pg_catalog.pg_description', 'objoid')) AS more (place, name)
    LOOP
        EXECUTE pg_catalog.format(
            'UPDATE %1$s SET %2$I = ({ASIDE} + ($1 ->> %2$I::oid::text)::bigint)::oid::%3$s'
            ' WHERE %2$I::oid >= {FIRST} AND $1 ? %2$I::oid::text', link.place, link.name, link.kind) USING given;
        EXECUTE pg_catalog.format(
            'UPDATE %1$s SET %2$I = (%2$I::oid::bigint - {ASIDE})::oid::%3$s WHERE %2$I::oid >= {ASIDE}',
            link.place, link.name, link.kind);
    END LOOP;
    UPDATE pg_catalog.pg_class AS t SET relname = 'pg_toast_' || c.oid FROM pg_catalog.pg_class AS c
        WHERE c.reltoastrelid = t.oid AND c.oid >= {FIRST};
    UPDATE pg_catalog.pg_class AS i SET relname = t.relname || '_index'
        FROM pg_catalog.pg_index AS x JOIN pg_catalog.pg_class AS t ON t.oid = x.indrelid
        WHERE x.indexrelid = i.oid AND t.relkind = 't' AND t.oid >= {FIRST};
    UPDATE pg_catalog.pg_trigger SET tgname = pg_catalog.regexp_replace(tgname, '\\d+$', oid::text)
        WHERE tgisinternal AND oid >= {FIRST};
    -- nobody may read these relations, which are empty: that their files have other names does not matter, as long as
    -- nothing tends them, and what has no horizon of transactions needs no tending
    UPDATE pg_catalog.pg_class SET relfilenode = oid WHERE oid >= {FIRST} AND relfilenode <> 0;
    UPDATE pg_catalog.pg_class SET relfrozenxid = '0', relminmxid = '0' WHERE oid >= {FIRST} AND relkind IN ('r', 't');
END $do$;
DROP CAST (text AS pg_node_tree)
"""
"""Run by the administrator, who may change system tables, after all else was made."""
