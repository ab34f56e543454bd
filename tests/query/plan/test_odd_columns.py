"""Columns that mean something else at their source than in DuckDB.

What they hold is what the gateway reads of them, so that the tests ask only whether the plan changes the answer.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.base import Connector
from connectors.postgres import PostgresConnector
from connectors.sqlite import SqliteConnector
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from gateway.sql.remote import same_meaning
from tests.query.mesh import ANYBODY, Builder
from tests.query.plan.alike import Pair, alike
from tests.query.plan.mesh import eager, oracle
from tests.servers import PostgresServer

STRANGE = """
CREATE TABLE {0}.odd (id integer PRIMARY KEY, padded char(5), amount numeric, day date, noted timestamp, ratio float8,
                      short varchar(4), big numeric(38, 2), moment timestamptz);
INSERT INTO {0}.odd VALUES
  (1, 'ab', 1.5, '2024-02-03', '2024-02-03 10:00', 1.5, 'ab', 1, '2024-02-03 23:30+00'),
  (2, 'ab ', 2, '2024-12-31', '2024-12-31 23:59:59', 'NaN', 'ab ', 99999999999999999999999999999999999.99,
    '2024-01-01 00:00+14'),
  (3, 'abc', 10, '1969-12-31', '1969-12-31 12:00', 'Infinity', 'AB', -1, '1969-12-31 23:00-05'),
  (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (5, '', 0, '0044-03-15 BC', '0044-03-15 10:00 BC', '-Infinity', '', 0, '0044-03-15 10:00+00 BC'),
  (6, 'a', 0.0000000001, '9999-12-31', '9999-12-31 23:59:59.999999', '-0', 'a', 5, '2024-06-30 23:30-05');
ANALYZE {0}.odd
"""
SQLITE_ODD = """
CREATE TABLE odd (id INTEGER PRIMARY KEY, name TEXT COLLATE NOCASE, spaced TEXT COLLATE RTRIM, code VARCHAR(3));
INSERT INTO odd VALUES (1, 'ab', 'x', 'a'), (2, 'AB', 'x ', 'A'), (3, 'Ab', 'x  ', NULL), (4, NULL, NULL, 'é'),
                       (5, 'É', '', ''), (6, 'é', ' ', '[')
"""


@pytest.fixture(scope="module")
def odd(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    file = tmp_path_factory.mktemp("odd") / "odd.sqlite"

    def source(domain: str, _tables: Mapping[str, pa.Table]) -> Connector:
        return postgres_odd(postgres) if domain == "pg" else sqlite_odd(file)

    nothing = pa.table({})
    mesh = Builder({"pg.odd": nothing, "lite.odd": nothing}).over(source)
    tables = {name: read_whole(mesh, name) for name in ("pg.odd", "lite.odd")}
    with eager():
        yield Pair(mesh, oracle(tables))
    mesh.engine.close()


def postgres_odd(server: PostgresServer) -> Connector:
    server.run("DROP SCHEMA IF EXISTS odd CASCADE", "CREATE SCHEMA odd")
    server.run(*STRANGE.format("odd").strip().split(";\n"))
    return PostgresConnector(server.uri(), schema="odd")


def sqlite_odd(file: Path) -> Connector:
    database = sqlite3.connect(file)
    database.executescript(SQLITE_ODD)
    database.close()
    return SqliteConnector(file)


def read_whole(mesh: Mesh, name: str) -> pa.Table:
    result = run(Request(f"SELECT * FROM {name}", ANYBODY, "postgres"), mesh)
    return pa.Table.from_batches(list(result.batches()))


ODD: Mapping[str, str] = {
    "char(n) equals what it shows": "SELECT id FROM pg.odd WHERE padded = 'ab'",
    "char(n) with its spaces": "SELECT id FROM pg.odd WHERE padded = 'ab   '",
    "char(n) differs": "SELECT id FROM pg.odd WHERE padded <> 'ab'",
    "char(n) in groups": "SELECT padded, count(*) AS n FROM pg.odd GROUP BY padded",
    "char(n) joined": "SELECT a.id, b.id AS b FROM pg.odd a JOIN pg.odd b ON a.padded = b.short",
    "char(n) kept by a RIGHT JOIN": """
        SELECT a.id, b.id AS b FROM lite.odd b RIGHT JOIN pg.odd a ON a.id = b.id WHERE a.padded <> 'ab'""",
    "char(n) LIKE": "SELECT id FROM pg.odd WHERE padded LIKE '%b'",
    "varchar with spaces": "SELECT id FROM pg.odd WHERE short = 'ab'",
    "an unbounded number": "SELECT id FROM pg.odd WHERE amount > 1 AND amount < 10.5",
    "sums of an unbounded number": "SELECT sum(amount) AS a, avg(amount) AS b, max(amount) AS c FROM pg.odd",
    "a number of 38 digits": "SELECT id FROM pg.odd WHERE big > 5 OR big = -1",
    "days": "SELECT id FROM pg.odd WHERE day > DATE '2024-01-01'",
    "the last day": "SELECT max(day) AS a, max(noted) AS b FROM pg.odd",
    "years before the first": "SELECT extract(year FROM day) AS y, count(*) AS n FROM pg.odd GROUP BY 1",
    "years of times": "SELECT extract(year FROM noted) AS y, count(*) AS n FROM pg.odd GROUP BY 1",
    "parts of days": """
        SELECT extract(month FROM day) AS y, extract(day FROM day) AS d
        FROM pg.odd GROUP BY 1, 2""",
    "a year in a condition": "SELECT id FROM pg.odd WHERE extract(year FROM day) < 2024",
    "months": "SELECT id FROM pg.odd WHERE date_trunc('month', day) = DATE '2024-02-01'",
    "NaN": "SELECT id FROM pg.odd WHERE ratio > 1",
    "NaN in groups": "SELECT ratio, count(*) AS n FROM pg.odd GROUP BY ratio",
    "NaN as the greatest": "SELECT max(ratio) AS a, min(ratio) AS b FROM pg.odd",
    "zeros are equal": "SELECT id FROM pg.odd WHERE ratio = 0",
    "moments": "SELECT id FROM pg.odd WHERE moment > TIMESTAMPTZ '2024-02-03 23:00:00+00'",
    "days of moments": """
        SELECT count(*) AS n, date_trunc('day', moment) > TIMESTAMPTZ '2024-02-01 00:00:00+00' AS d
        FROM pg.odd GROUP BY 2""",
    "a collation without case": "SELECT id FROM lite.odd WHERE name = 'ab'",
    "a collation without case, otherwise": "SELECT id FROM lite.odd WHERE name <> 'ab' OR name IN ('AB')",
    "a collation without case, ordered": "SELECT id FROM lite.odd WHERE name > 'B'",
    "a collation without case, joined": """
        SELECT a.id, b.id AS b FROM lite.odd a
        JOIN lite.odd b ON a.name = b.name""",
    "a collation without case, distinct": "SELECT DISTINCT name FROM lite.odd",
    "a collation without case in IN": """
        SELECT id FROM pg.odd
        WHERE short IN (SELECT upper(name) FROM lite.odd)""",
    "a collation without case in NOT IN": """
        SELECT id FROM pg.odd WHERE short NOT IN (SELECT name FROM lite.odd WHERE name IS NOT NULL)""",
    "a collation without case in EXISTS": """
        SELECT p.id FROM pg.odd p WHERE EXISTS (SELECT 1 FROM lite.odd l WHERE l.name = p.short)""",
    "a collation without spaces in IN": """
        SELECT id FROM pg.odd
        WHERE short || ' ' IN (SELECT spaced FROM lite.odd)""",
    "a collation without spaces": "SELECT id FROM lite.odd WHERE spaced = 'x' OR spaced <> ''",
    "a collation kept by a RIGHT JOIN": """
        SELECT b.id, a.id AS a FROM pg.odd a RIGHT JOIN lite.odd b ON a.id = b.id WHERE b.name <> 'ab'""",
    "keys into a collation": "SELECT b.id FROM pg.odd a JOIN lite.odd b ON a.short = b.name WHERE a.id < 4",
    "patterns": "SELECT id FROM lite.odd WHERE name LIKE 'a%' OR code LIKE '[' OR code LIKE '_'",
}


@pytest.mark.parametrize("sql", ODD.values(), ids=ODD.keys())
def test_columns_that_mean_something_else_at_their_source(odd: Pair, sql: str) -> None:
    alike(odd, sql)


def test_texts_that_postgresql_takes_for_equal_are_compared_by_the_engine(postgres: PostgresServer) -> None:
    """The tests' server is built without the library that such collations need: one is only declared here."""
    postgres.run(
        "DROP SCHEMA IF EXISTS loose CASCADE",
        "CREATE SCHEMA loose",
        'CREATE COLLATION loose.alike FROM "C"',
        "UPDATE pg_collation SET collisdeterministic = false WHERE collname = 'alike'",
        "CREATE TABLE loose.odd (id integer, name text COLLATE loose.alike, short varchar(4) COLLATE loose.alike)",
    )
    connector = PostgresConnector(postgres.uri(), schema="loose")
    natives = [column.native_type for column in connector.tables()[("odd",)].columns]
    connector.close()
    assert natives == ["integer", "text COLLATE alike", "character varying(4) COLLATE alike"]
    assert [same_meaning(native, "VARCHAR", "postgres") for native in natives[1:]] == [False, False]
