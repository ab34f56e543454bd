"""A large table that several connections read: PostgreSQL's own answer, and nothing of what is hidden decides it."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from connectors.base import Connector
from connectors.postgres import PostgresConnector
from gateway.query.explain.operator import explain
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from tests.query.mesh import ANYBODY, Builder, close_mesh, multiset, records, values
from tests.servers import PostgresServer

VISIBLE = 120_000
TRIES = 20
"""On a busy machine the second connection may come when all is read."""
POLICIES = {
    "sales": "p, o, role:any, sales, sales.orders, select, *, -, -, allow\n"
    "p, g, role:any, sales, sales.governed, select, eu, -, -, allow\n",
    "depot": "p, d, role:any, depot, depot.*, select, *, -, -, allow\n",
}
ORDERS = {"id": [1], "customer": [1], "region": ["EU"], "weight": [0.5], "note": ["x"]}
BUILDER = Builder(
    {
        "sales.orders": pa.table(ORDERS),
        "sales.governed": pa.table(ORDERS),
        "depot.customers": pa.table({"id": [1], "name": ["x"]}),
    },
    POLICIES,
    {"eu": "region = 'EU'"},
)


def mesh_of(server: PostgresServer, name: str, hidden: int) -> Mesh:
    """Orders take 40 MB, governed ones that and more, or, without hidden rows, a fraction."""
    wide = (
        "SELECT g AS id, g % 500 AS customer, '{1}' AS region, g::float8 / 7 AS weight, repeat('x', {2}) AS note "
        "FROM generate_series(1::bigint, {0}) AS g"
    )
    tables = {
        "sales": (
            f"CREATE TABLE {{0}}.orders AS {wide.format(VISIBLE, 'EU', 300)}",
            f"CREATE TABLE {{0}}.governed AS {wide.format(VISIBLE // 2, 'EU', 10)}",
            f"INSERT INTO {{0}}.governed {wide.format(hidden, 'US', 1500)}",
            f"INSERT INTO {{0}}.governed {wide.format(VISIBLE // 2, 'EU', 10)}",
            "ANALYZE {0}.orders",
            "ANALYZE {0}.governed",
        ),
        "depot": (
            "CREATE TABLE {0}.customers AS SELECT g AS id, 'c' || g AS name FROM generate_series(0::bigint, 999) AS g",
            "ANALYZE {0}.customers",
        ),
    }

    def source(domain: str, _: object) -> Connector:
        schema = f"pieces_{name}_{domain}"
        server.run(
            f"DROP SCHEMA IF EXISTS {schema} CASCADE",
            f"CREATE SCHEMA {schema}",
            *(statement.format(schema) for statement in tables[domain]),
        )
        return PostgresConnector(server.uri(), schema=schema, parallel=2)

    return BUILDER.over(source)


@pytest.fixture(scope="module")
def worlds(postgres: PostgresServer) -> Iterator[tuple[Mesh, Mesh]]:
    few, many = mesh_of(postgres, "few", 2), mesh_of(postgres, "many", 30_000)
    yield few, many
    close_mesh(few)
    close_mesh(many)


STATEMENTS = (
    "SELECT c.id, count(o.weight) AS n, min(o.note) AS note FROM {0}customers AS c "
    "LEFT JOIN {1} AS o ON o.customer = c.id GROUP BY c.id",
    "SELECT o.id, c.name FROM {1} AS o LEFT JOIN {0}customers AS c ON c.id = o.customer",
    "SELECT o.id, c.name FROM {1} AS o LEFT JOIN {0}customers AS c ON c.id = o.customer "
    "WHERE o.id > 100 OR o.region = 'x'",
)


def by_postgres(server: PostgresServer, sql: str, world: str, condition: str) -> list[tuple[object, ...]]:
    orders = f"(SELECT * FROM pieces_{world}_sales.{condition})"
    return list(server.query(sql.format(f"pieces_{world}_depot.", orders)))


@pytest.mark.parametrize("sql", STATEMENTS)
def test_the_answer_is_that_of_postgres_and_two_have_read(
    worlds: tuple[Mesh, Mesh], postgres: PostgresServer, sql: str
) -> None:
    mesh, _ = worlds
    expected = multiset(by_postgres(postgres, sql, "few", "orders"))
    for _ in range(TRIES):
        assert multiset(values(mesh, sql.format("depot.", "sales.orders"))) == expected
        asked = {access.source: access for access in records(mesh).written[-1].sources}
        if asked["sales._src"].connections == 2:
            break
    assert asked["sales._src"].connections == 2
    assert asked["sales._src"].rows == (VISIBLE if "WHERE" not in sql else VISIBLE - 100)
    assert "ctid" not in asked["sales._src"].query


@pytest.mark.parametrize("sql", STATEMENTS)
def test_hidden_rows_make_no_parts_and_show_in_no_batch(
    worlds: tuple[Mesh, Mesh], postgres: PostgresServer, sql: str
) -> None:
    sizes = [statistics_of(mesh) for mesh in worlds]
    assert not sizes[0]
    assert sizes[1]  # so that there is something to hide
    told = []
    for mesh in worlds:
        result = run(Request(sql.format("depot.", "sales.governed"), ANYBODY, "flight"), mesh)
        batches = list(result.batches())
        table = pa.Table.from_batches(batches)
        told.append((sorted(batch.num_rows for batch in batches), multiset(map(tuple, rows_of(table)))))
        assert [access.connections for access in records(mesh).written[-1].sources] == [1, 1]
    assert told[0] == told[1]
    expected = by_postgres(postgres, sql, "many", "governed WHERE region = 'EU'")
    assert told[1][1] == multiset(expected)


def rows_of(table: pa.Table) -> list[list[object]]:
    return [list(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


def statistics_of(mesh: Mesh) -> tuple[str, ...]:
    return mesh.catalog.statistics["sales._src"][("governed",)].parts


def test_the_operator_sees_the_parts_and_a_consumer_does_not(worlds: tuple[Mesh, Mesh]) -> None:
    mesh, _ = worlds
    sql = STATEMENTS[1].format("depot.", "sales.orders")
    for _ in range(TRIES):
        found = explain(Request(sql, ANYBODY, "cli"), mesh, analyze=True)
        text = found.text()
        if ", by 2 connections" in text:
            break
    assert "parts    2, read side by side where connections are free" in text
    assert ", by 2 connections" in text
    assert "ctid" not in text
    assert "\0" not in text
    orders = next(place for place in found.places if place.source == "sales._src")
    document = orders.document()
    assert document["parts"] == 2
    for kind in ("EXPLAIN", "EXPLAIN (POLICY)", "EXPLAIN (FORMAT JSON)"):
        shown = repr(values(mesh, f"{kind} {sql}"))
        assert not any(word in shown for word in ("ctid", "parts", "connections", "\\x00"))
