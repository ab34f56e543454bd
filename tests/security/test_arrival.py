"""Which of joined rows an answer shows, where no order says so, is not what a source chooses by its own statistics:
they know the hidden rows."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import Builder, ask, close_mesh
from tests.security.sizes import FEW, MANY, PRINCIPAL, builder
from tests.servers import PostgresServer

JOINED = "sales.orders AS o JOIN sales.customers AS c ON o.customer = c.id"
STATEMENTS = (
    f"SELECT o.id, c.id AS other FROM {JOINED} LIMIT 5",
    f"SELECT o.note, upper(c.note) AS u FROM {JOINED} LIMIT 5",
    f"SELECT o.id FROM {JOINED} OFFSET 38",
    f"SELECT DISTINCT o.tie, c.tie AS other FROM {JOINED} LIMIT 2",
    f"SELECT o.tie, count(*) FROM {JOINED} GROUP BY o.tie LIMIT 1",
    f"SELECT id FROM ({JOINED.join(('SELECT o.id FROM ', ' LIMIT 3'))}) AS q",
    f"SELECT o.id FROM {JOINED} UNION ALL SELECT id FROM sales.orders LIMIT 3",
    f"SELECT DISTINCT ON (o.tie) o.tie, o.id FROM {JOINED}",
    f"SELECT array_agg(o.id) FROM {JOINED}",
    f"SELECT first(o.id), any_value(c.note) FROM {JOINED}",
    f"SELECT o.id, row_number() OVER () AS r FROM {JOINED}",
    "SELECT array_agg(o.id) FROM sales.orders AS o WHERE o.customer IN (SELECT c.id FROM sales.customers AS c)",
    "SELECT o.id FROM sales.orders AS o LEFT JOIN sales.customers AS c ON o.customer = c.id LIMIT 5",
    "SELECT id FROM sales.pairs LIMIT 7",
    "SELECT id FROM sales.pairs OFFSET 33",
    "SELECT array_agg(id), array_agg(note ORDER BY id % 3), list(DISTINCT note) FROM sales.pairs",
    "SELECT string_agg(note, ','), string_agg(DISTINCT note, ';' ORDER BY note) FROM sales.pairs",
    "SELECT first(id), last(note), any_value(note) FROM sales.pairs",
    "SELECT arg_max(note, id % 3), arg_min(id, note IS NULL), arg_max(id, id % 2, 3) FROM sales.pairs",
    "SELECT json_group_array(note), json_group_object(id, note), arbitrary(id) FROM sales.pairs",
    "SELECT id, json_group_array(id) OVER (PARTITION BY id % 3) AS g FROM sales.pairs ORDER BY id",
    "SELECT approx_quantile(id, 0.5) FROM sales.pairs",
    "SELECT id, note, row_number() OVER () AS r, ntile(3) OVER (ORDER BY id % 2) AS n FROM sales.pairs",
    "SELECT id, lag(note) OVER (PARTITION BY id % 2) AS b FROM sales.pairs ORDER BY id",
    "SELECT id, first_value(id) OVER (ORDER BY id % 5) AS f FROM sales.pairs",
)


def mesh_builder(hidden: int) -> Builder:
    """All of it joined by the source itself, where it may be."""
    plain = builder(hidden)
    lines = "p, s9, role:any, sales, sales.pairs, select, *, -, -, allow\n"
    return replace(
        plain,
        policies={**plain.policies, "sales": plain.policies["sales"] + lines},
        filters={**plain.filters, "any_case": "region = 'EU'"},
        bodies={
            "sales.pairs": "SELECT o.id, c.note FROM _src.orders AS o JOIN _src.customers AS c "
            "ON o.customer = c.id WHERE o.region = 'EU' AND c.region = 'EU'"
        },
    )


@pytest.fixture(scope="module")
def meshes(postgres: PostgresServer) -> Iterator[tuple[Mesh, Mesh]]:
    made = []
    for name, hidden in (("few", FEW), ("many", MANY)):
        mesh = mesh_builder(hidden).postgres(postgres, f"arrival_{name}")
        own = f'"arrival_{name}_sales"'
        postgres.run(
            *(f"CREATE INDEX ON {own}.{table} (id)" for table in ("orders", "customers")),
            f"CREATE INDEX ON {own}.orders (customer)",
            f"ANALYZE {own}.orders",
            f"ANALYZE {own}.customers",
        )
        made.append(mesh)
    yield made[0], made[1]
    for mesh in made:
        close_mesh(mesh)


def test_the_source_itself_joins_in_another_order(
    meshes: tuple[Mesh, Mesh], postgres: PostgresServer
) -> None:
    """So that the statements below have something to hide."""
    asked = (
        "SELECT o.id FROM arrival_{0}_sales.orders AS o JOIN arrival_{0}_sales.customers AS c ON o.customer = c.id"
        " WHERE o.region = 'EU' AND c.region = 'EU' LIMIT 5"
    )
    assert meshes
    assert list(postgres.query(asked.format("few"))) != list(postgres.query(asked.format("many")))


@pytest.mark.parametrize("sql", STATEMENTS)
def test_hidden_rows_do_not_decide_which_joined_rows_come_first(meshes: tuple[Mesh, Mesh], sql: str) -> None:
    few, many = (ask(mesh, sql, PRINCIPAL) for mesh in meshes)
    assert few == many
    assert few.error == ""
    assert few.rows
