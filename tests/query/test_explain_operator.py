"""`meshgate explain`: what each source runs and why, with estimates, what really came, and what a domain could do."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pyarrow as pa
import pytest

from connectors.base import Connector
from connectors.memory import MemoryConnector
from connectors.postgres import PostgresConnector
from gateway.errors import DataError, UndefinedColumn
from gateway.query.explain.operator import Explanation, explain
from gateway.query.mesh import Mesh
from gateway.query.request import Request
from policies.principal import Principal
from tests.query.mesh import Builder, close_mesh, records, values
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU"})
ITEMS = 20_000

BUILDER = Builder(
    {
        "sales.orders": pa.table({"id": [1], "item": [1], "region": ["EU"], "note": ["1"], "margin": [1]}),
        "sales.customers": pa.table({"id": [1], "name": ["x"]}),
        "shop.items": pa.table({"id": [1], "kind": ["a"], "price": [1]}),
        "lake.days": pa.table({"item": [1, 2, 3], "day": ["mon", "tue", "wed"]}),
    },
    policies={
        "*": "p3, keep-names, role:any, *, sales.customers.name, hash, 1, -, -\n",
        "sales": """p, own, role:any, sales, sales.orders, select, own_rows, -, -, allow
p, no-margin, role:any, sales, sales.orders.margin, select, *, -, -, deny
p, people, role:any, sales, sales.customers, select, *, -, -, allow
p3, initial, role:any, sales, sales.customers.name, partial, 1, -, -
p, for-shop, domain:shop, sales, sales.orders, share, *, -, -, allow
""",
        "shop": "p, items, role:any, shop, shop.*, select, *, -, -, allow\n",
        "lake": "p, days, role:any, lake, lake.days, select, *, -, -, allow\n",
    },
    filters={"own_rows": "region = principal.region"},
    bodies={"shop.sold": "SELECT item, count(*) AS times FROM sales.orders GROUP BY item"},
)

TABLES = {
    "sales": [
        "CREATE TABLE {0}.orders AS SELECT g AS id, g AS item, CASE WHEN g % 4 = 0 THEN 'EU' ELSE 'US' END AS region,"
        " g::text AS note, g AS margin FROM generate_series(1::bigint, 400) AS g",
        "CREATE TABLE {0}.customers AS SELECT g AS id, 'name ' || g AS name FROM generate_series(1::bigint, 40) AS g",
        "ANALYZE {0}.orders",
    ],
    "shop": [
        "CREATE TABLE {0}.items AS SELECT g AS id, 'kind ' || g % 10 AS kind, g % 7 AS price"
        f" FROM generate_series(1::bigint, {ITEMS}) AS g",
        "ANALYZE {0}.items",
    ],
}


@pytest.fixture(scope="module")
def mesh(postgres: PostgresServer) -> Iterator[Mesh]:
    made = BUILDER.over(lambda domain, tables: source(postgres, domain, tables))
    yield made
    close_mesh(made)


def source(server: PostgresServer, domain: str, tables: dict[str, pa.Table]) -> Connector:
    if domain not in TABLES:
        return MemoryConnector(tables)
    schema = f"operator_{domain}"
    made = [statement.format(schema) for statement in TABLES[domain]]
    server.run(f"DROP SCHEMA IF EXISTS {schema} CASCADE", f"CREATE SCHEMA {schema}", *made)
    return PostgresConnector(server.uri(), schema=schema)


def told(mesh: Mesh, sql: str, *, analyze: bool = False) -> Explanation:
    return explain(Request(sql, ANA, "cli"), mesh, analyze=analyze)


JOIN = "SELECT sum(i.price) AS total FROM sales.orders AS o JOIN shop.items AS i ON i.id = o.item"


def test_estimates_stand_beside_what_came(mesh: Mesh) -> None:
    found = told(mesh, JOIN, analyze=True)
    by_source = {place.source: place for place in found.places}
    orders, items = by_source["sales._src"], by_source["shop._src"]
    assert orders.rows is not None
    assert items.rows == pytest.approx(ITEMS, rel=0.1)
    assert items.reduced is not None
    assert items.reduced < 1_000
    assert orders.actual is not None
    assert items.actual is not None
    assert (orders.actual.rows, items.actual.rows) == (100, 100)
    assert (items.actual.bytes or 0) > 0
    assert (items.actual.seconds or 0) > 0
    text = found.text()
    assert f"keys from {orders.name} (item): about" in text
    assert "actual   100 rows" in text
    assert "estimate about 20,000 rows, with keys about" in text


def test_analyze_runs_as_the_principal_and_is_on_record(mesh: Mesh) -> None:
    before = len(records(mesh).written)
    found = told(mesh, JOIN, analyze=True)
    written = records(mesh).written[before:]
    assert [(record.statement, record.outcome) for record in written] == [
        (f"EXPLAIN {JOIN}", "done"), (JOIN, "started"), (JOIN, "done")]  # fmt: skip
    assert {record.principal for record in written} == {"ana"}
    assert found.ran == written[-1]
    assert written[-1].rows == len(values(mesh, JOIN, ANA)) == 1


def test_without_analyze_no_source_is_asked(mesh: Mesh) -> None:
    before = len(records(mesh).written)
    found = told(mesh, JOIN)
    assert found.ran is None
    assert [place.actual for place in found.places] == [None] * len(found.places)
    assert [record.sources for record in records(mesh).written[before:]] == [()]


def test_what_a_run_raises_is_raised(mesh: Mesh) -> None:
    sql = "SELECT CAST(kind AS BIGINT) FROM shop.items"
    told(mesh, sql)
    with pytest.raises(DataError):
        told(mesh, sql, analyze=True)
    with pytest.raises(UndefinedColumn):
        told(mesh, "SELECT margin FROM sales.orders")


def test_json_has_the_exact_sql_and_text_the_same_over_lines(mesh: Mesh, postgres: PostgresServer) -> None:
    found = told(mesh, "SELECT id FROM sales.orders WHERE item < 9", analyze=True)
    (place,) = found.places
    document = found.json()["sources"]
    assert isinstance(document, list)
    assert document[0]["query"] == place.query
    there = place.query.replace('FROM "orders"', "FROM operator_sales.orders")
    assert sorted(postgres.query(there)) == [(4,), (8,)]
    assert "        | SELECT\n" in found.text()


RELATION = """relation sales.orders, read by user:ana
  columns  id
  rows     own_rows: "region" = "principal"."region" (own)
  denied   margin, by no-margin
  grant    own        domains/sales/policies.csv:1
  deny     no-margin  domains/sales/policies.csv:2
  ask      Team <team@example.com>
"""
MASKED = """  mask     name: hash (keep-names)
  mask     keep-names  policies.csv:1
  grant    people      domains/sales/policies.csv:3
  weaker   initial     domains/sales/policies.csv:4
"""


def test_rules_have_their_effect_and_place(mesh: Mesh) -> None:
    assert RELATION in told(mesh, "SELECT id FROM sales.orders").text()
    assert MASKED in told(mesh, "SELECT name FROM sales.customers").text()


def test_inputs_of_a_product_are_read_by_its_domain(mesh: Mesh) -> None:
    notes = told(mesh, "SELECT times FROM shop.sold").relations
    assert [(note.relation, note.reader) for note in notes] == [
        ("shop.sold", "user:ana"), ("sales.orders", "domain:shop")]  # fmt: skip
    assert [rule.id for rule in notes[1].rules] == ["for-shop"]


ITEM = "SELECT id FROM shop.items"
LATE = "SELECT o.id FROM sales.orders AS o FULL JOIN shop.items AS i ON i.id = o.item WHERE i.price = 1"
TWO = "SELECT o.id FROM sales.orders AS o, shop.items AS i WHERE o.item + i.id = 4"
FIRST = (
    "SELECT i.id, o.note FROM shop.items AS i JOIN sales.orders AS o ON o.item = i.id ORDER BY i.id LIMIT 5"
)
OTHERS = (
    "SELECT t.kind FROM (SELECT kind FROM shop.items EXCEPT SELECT kind FROM shop.items WHERE price = 1) AS t "
    "WHERE strip_accents(t.kind) = 'a'"
)
KEPT = (
    (f"{ITEM} WHERE strip_accents(kind) = 'a'", "STRIP_ACCENTS(items.kind) = 'a'", "may mean something else"),
    (JOIN, "items.id = orders.item", "at different places"),
    (JOIN, "SUM(items.price)", "rows of several places are joined first"),
    ("SELECT id FROM sales.customers WHERE name = 'x'", "customers.name = 'x'", "is hashed by the gateway"),
    (
        "SELECT day FROM lake.days WHERE item + 1 = 2",
        "days.item + 1 = 2",
        "lake.days: its source runs no SQL",
    ),
    ("SELECT count(*) FROM lake.days", "COUNT(*)", "the engine runs lake.days"),
    (
        "SELECT median(price) FROM shop.items",
        "MEDIAN(items.price)",
        "sources are asked for sum, count, min, max",
    ),
    ("SELECT row_number() OVER () FROM shop.items", "ROW_NUMBER() OVER ()", "a window"),
    (LATE, "items.price = 1", "FULL"),
    (f"{JOIN.replace('sum(i.price) AS total', 'o.id')} LIMIT 2", "LIMIT 2", "rows of several places"),
    (TWO, "orders.item + items.id = 4", "it needs rows of several places"),
    (FIRST, "LIMIT 5", "tried with the first 1,000 rows of shop.items; all is read where these are too few"),
    (OTHERS, "STRIP_ACCENTS(groups.k1) = 'a'", "what a UNION, INTERSECT or EXCEPT leaves"),
)


@pytest.mark.parametrize(("sql", "part", "reason"), KEPT)
def test_what_stays_with_the_engine_has_a_reason(sql: str, part: str, reason: str, mesh: Mesh) -> None:
    kept = dict(told(mesh, sql).kept)
    assert part in kept, kept
    assert reason in kept[part], kept


def test_a_statement_that_one_source_runs_keeps_nothing(mesh: Mesh) -> None:
    found = told(mesh, "SELECT max(kind), sum(price) FROM shop.items WHERE id < 9")
    assert found.kept == ()
    assert found.advice == ()


def test_a_fence_is_told(mesh: Mesh) -> None:
    kept = dict(told(mesh, "SELECT id FROM sales.orders WHERE length(note) > 1").kept)
    assert "filters of sales.orders" in kept["conditions that are not leakproof"]


def test_advice_names_table_column_and_source(postgres: PostgresServer) -> None:
    made = BUILDER.over(lambda domain, tables: source(postgres, domain, tables))
    with closing(made.engine):
        found = told(made, JOIN)
        assert any(line.startswith("no index on items.id at shop._src: ") for line in found.advice)
        assert not any("no statistics" in line for line in found.advice)
        postgres.run("CREATE INDEX ON operator_shop.items (id)")
        indexed = BUILDER.over(lambda domain, tables: _again(postgres, domain, tables))
        assert told(indexed, JOIN).advice == ()
        unknown = replace(made, catalog=replace(made.catalog, statistics={}))
        assert "no statistics of orders at sales._src: ANALYZE orders there" in told(unknown, JOIN).advice


def _again(server: PostgresServer, domain: str, tables: dict[str, pa.Table]) -> Connector:
    """The sources as they are."""
    if domain not in TABLES:
        return MemoryConnector(tables)
    return PostgresConnector(server.uri(), schema=f"operator_{domain}")
