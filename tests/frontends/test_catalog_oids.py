"""The OIDs of a database of the catalog say what stands in it, not what was made before it or beside it."""

from contextlib import closing

import psycopg

from gateway.frontends.pgwire.metadata.cluster import Cluster
from tests.servers import PostgresServer

OWNED = (
    "CREATE SCHEMA a AUTHORIZATION pg_database_owner",
    "GRANT USAGE ON SCHEMA a TO PUBLIC",
    "SET ROLE pg_database_owner",
    "CREATE TABLE a.t (x integer PRIMARY KEY, y text, z varchar(20)[])",
    "COMMENT ON COLUMN a.t.y IS 'why'",
    "CREATE TABLE a.u (x integer REFERENCES a.t (x), n numeric(10,2))",
    "CREATE VIEW a.v AS SELECT NULL::integer AS q, NULL::text AS r",
    "RESET ROLE",
)
OTHERS = (*(f"CREATE TABLE public.other{number} (x integer PRIMARY KEY, y text)" for number in range(20)),)
COUNTED = """
    SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND NOT c.relisshared AND a.attnum > 0
      AND a.atttypid IN ('oid'::regtype, 'regproc'::regtype, 'xid'::regtype, 'oidvector'::regtype, 'name'::regtype,
                         'pg_node_tree'::regtype)
      AND c.relname NOT IN ('pg_statistic', 'pg_largeobject') ORDER BY 1, 2"""
TOLD = """
    SELECT c.oid, c.relname, c.relkind, pg_get_viewdef(c.oid) FROM pg_class AS c
    WHERE c.relnamespace = 'a'::regnamespace ORDER BY 1"""


def all_of(uri: str) -> dict[tuple[str, str], list[str]]:
    """Every column of the catalog that could hold a count of the server's."""
    with psycopg.connect(uri, autocommit=True) as connection:
        found = {}
        for table, column in connection.execute(COUNTED).fetchall():
            rows = connection.execute(f"SELECT {column}::text FROM pg_catalog.{table}".encode()).fetchall()
            found[table, column] = sorted(str(value) for (value,) in rows)
        return found


def test_two_databases_of_the_same_are_the_same_whatever_was_made_in_between(
    postgres: PostgresServer,
) -> None:
    with closing(Cluster(postgres.uri())) as cluster:
        first = all_of(postgres.uri(cluster.create(OWNED)))
        cluster.create(OTHERS)
        again = all_of(postgres.uri(cluster.create(OWNED)))
    with closing(Cluster(postgres.uri())) as later:
        name = later.create(OWNED)
        restarted = all_of(postgres.uri(name))
        with psycopg.connect(postgres.uri(name), autocommit=True) as connection:
            described = connection.execute(TOLD).fetchall()
            keys = connection.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
            ).fetchall()
            comment = connection.execute("SELECT col_description('a.t'::regclass, 2)").fetchone()
    assert {key: again[key] for key in again if again[key] != first[key]} == {}
    assert {key: restarted[key] for key in restarted if restarted[key] != first[key]} == {}
    assert [(name, kind) for _, name, kind, _ in described] == [
        ("t", "r"),
        ("t_pkey", "i"),
        ("u", "r"),
        ("v", "v"),
    ]
    assert "NULL::integer AS q" in described[-1][3]
    assert keys == [("FOREIGN KEY (x) REFERENCES a.t(x)",)]
    assert comment == ("why",)
