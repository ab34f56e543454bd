"""A narrowed SELECT has the rows of the whole one, whatever it is and whichever columns are wanted."""

import itertools

import duckdb
import pytest

from gateway.settings import Limits
from gateway.sql.names.narrowing import narrowed
from gateway.sql.names.resolve import Resolved, resolve
from gateway.sql.syntax import parse_query
from tests.query.mesh import multiset

DATA = {
    "people(id, name, mail, age)": "(1, 'a', 'x', 5), (2, 'b', 'x', 7), (3, 'c', NULL, 7), (3, 'c', 'y', 1)",
    "orders(id, person, mail)": "(1, 1, 'x'), (2, 1, 'y'), (3, 9, NULL)",
}
TABLES = {
    ("c", "people"): {"id": "INTEGER", "name": "VARCHAR", "mail": "VARCHAR", "age": "INTEGER"},
    ("c", "orders"): {"id": "INTEGER", "person": "INTEGER", "mail": "VARCHAR"},
}
KEEPS = [  # without the mail
    "SELECT id, upper(mail) AS m, name FROM c.people",
    "SELECT p.id, o.mail AS m, p.name FROM c.people p LEFT JOIN c.orders o ON o.person = p.id",
    "SELECT count(*) AS id, max(mail) AS m, name FROM c.people GROUP BY name",
    "SELECT q.id, q.m, q.name FROM (SELECT id, mail AS m, name FROM c.people) AS q",
    "WITH t AS (SELECT id, mail AS m, name FROM c.people), u AS (SELECT * FROM t) SELECT id, m, name FROM u",
    "WITH t AS (SELECT id, mail AS m, name FROM c.people) SELECT a.id, b.m, b.name FROM t a JOIN t b ON a.id = b.id",
    "SELECT id, row_number() OVER () > 0 AS m, name FROM (SELECT id, mail, name FROM c.people) AS q",
]
WHOLE = [
    "SELECT DISTINCT id, mail AS m, name FROM c.people",
    "SELECT id, mail AS m, name FROM c.people ORDER BY mail LIMIT 2",
    "SELECT max(id) AS id, max(mail) AS m, max(name) AS name FROM c.people",
    "SELECT id, unnest([mail, name]) AS m, name FROM c.people",
    "SELECT count(*) AS id, mail AS m, name FROM c.people GROUP BY ALL",
    "SELECT id, mail AS m, name FROM c.people QUALIFY row_number() OVER (PARTITION BY mail ORDER BY id) = 1",
    "WITH t AS (SELECT DISTINCT mail AS m, name FROM c.people) SELECT 1 AS id, m, name FROM t",
    "SELECT q.id, q.m, q.name FROM (SELECT id, mail, name FROM c.people UNION SELECT id, mail, 'z' FROM c.orders) "
    "AS q(id, m, name)",
]  # fmt: skip


def resolved(sql: str) -> Resolved:
    return resolve(parse_query(sql, Limits()), TABLES)


def rows(sql: str, wanted: tuple[str, ...]) -> object:
    database = duckdb.connect()
    database.execute("CREATE SCHEMA c")
    for name, data in DATA.items():
        database.execute(f"CREATE VIEW c.{name} AS VALUES {data}")
    found = database.execute(f"SELECT {', '.join(wanted) or '1'} FROM ({sql}) AS q").fetchall()
    database.close()
    return multiset(found)


@pytest.mark.parametrize("sql", KEEPS + WHOLE)
def test_rule_08_the_rows_are_the_same(sql: str) -> None:
    tree = resolved(sql).tree
    for count in range(4):
        for wanted in itertools.combinations(("id", "m", "name"), count):
            short = narrowed(tree, wanted).sql("duckdb", identify=True)
            assert rows(short, wanted) == rows(tree.sql("duckdb", identify=True), wanted), (wanted, short)


@pytest.mark.parametrize("sql", KEEPS[:-1])
def test_rule_08_what_nobody_asked_for_is_not_read(sql: str) -> None:
    assert "mail" not in narrowed(resolved(sql).tree, ("id", "name")).sql("duckdb")
