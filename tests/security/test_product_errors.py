"""What a product's own SQL cannot compute of a row is told of only where the row is seen."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import Builder, ask, close_mesh
from tests.security.product_errors import QUIET, SHAPES, generated
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU"})
SEEN = ("22P02", "22003", "22008", "22000", "58030")
KINDS = ("memory", "parquet", "sqlite", "postgres")
FILTERS = {"pushed": "region = principal.region", "kept": "lower(region) = 'eu'"}


def items(*, hidden: bool = False, seen: bool = False) -> pa.Table:
    """Two rows that are seen and one that is not; what is `hidden` or `seen` is what cannot be computed with."""
    return pa.table(
        {
            "id": [1, 2, 3],
            "raw": ["1", "x" if seen else "2", "CANARY" if hidden else "3"],
            "kind": ["n", "t", "t"],
            "region": ["EU", "EU", "US"],
            "big": [1, 2**63 - 1 if seen else 2, 2**63 - 1 if hidden else 3],
            "low": [1, -(2**63) if seen else 2, -(2**63) if hidden else 3],
        }
    )


def builder(table: pa.Table, bodies: Mapping[str, str], row_filter: str) -> Builder:
    lines = [f"p, {name}, role:any, sales, sales.{name}, select, own, -, -, allow\n" for name in bodies]
    shared = "p, shared, domain:sales, sales, sales.*, share, *, -, -, allow\n"
    return Builder(
        {"sales.items": table},
        policies={"sales": "".join(lines) + shared},
        filters={"own": row_filter},
        bodies={f"sales.{name}": body for name, body in bodies.items()},
    )


@contextmanager
def opened(kind: str, plan: Builder, folder: Path, postgres: PostgresServer) -> Iterator[Mesh]:
    mesh = plan.of_kind(kind, folder, postgres)
    try:
        yield mesh
    finally:
        close_mesh(mesh)


@pytest.mark.parametrize("row_filter", FILTERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_is_hidden_fails_nothing(
    kind: str, row_filter: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    bodies = {**generated(), **SHAPES, **QUIET}
    with ExitStack() as stack:
        good, bad = (
            stack.enter_context(
                opened(
                    kind,
                    builder(items(hidden=hidden), bodies, FILTERS[row_filter]),
                    tmp_path / f"{kind}{row_filter}{hidden}",
                    postgres,
                )
            )
            for hidden in (False, True)
        )
        for name in bodies:
            for sql in (
                f"SELECT * FROM sales.{name}",
                f"SELECT region FROM sales.{name} WHERE n IS NOT NULL",
            ):
                told = ask(good, sql, ANA).unordered()
                assert ask(bad, sql, ANA).unordered() == told, (name, sql)
                assert told.error == "", (name, told)


@pytest.mark.parametrize("kind", KINDS)
def test_the_rows_that_are_seen_are_the_products(kind: str, tmp_path: Path, postgres: PostgresServer) -> None:
    """Beside a hidden row that fails, the answer is what DuckDB makes of the body where none does."""
    raw = duckdb.connect()
    raw.register("items", items())
    bodies = {**SHAPES, **QUIET}
    with opened(
        kind, builder(items(hidden=True), bodies, FILTERS["kept"]), tmp_path / f"seen{kind}", postgres
    ) as mesh:
        for name, body in bodies.items():
            query = f"SELECT CAST(n AS VARCHAR), region FROM ({body.replace('_src.items', 'items')}) AS q"
            expected = raw.execute(f"{query} WHERE lower(region) = 'eu'").fetchall()
            told = ask(mesh, f"SELECT CAST(n AS VARCHAR), region FROM sales.{name}", ANA)
            assert sorted(told.rows) == sorted(map(str, expected)), (name, told)


@pytest.mark.parametrize("kind", KINDS)
def test_a_row_that_is_seen_is_not_left_out_and_its_value_not_invented(
    kind: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    bodies = {name: body for name, body in generated().items() if not name.endswith("_looked_up")} | SHAPES
    with opened(
        kind, builder(items(seen=True), bodies, FILTERS["kept"]), tmp_path / f"bad{kind}", postgres
    ) as mesh:
        for name in bodies:
            told = ask(mesh, f"SELECT * FROM sales.{name}", ANA)
            assert told.sqlstate in SEEN, (name, told)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_evaluated_of_a_row_that_is_seen_fails_nothing(
    kind: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    raw = duckdb.connect()
    raw.register("items", items(seen=True))
    with opened(
        kind, builder(items(seen=True), QUIET, FILTERS["kept"]), tmp_path / f"quiet{kind}", postgres
    ) as mesh:
        for name, body in QUIET.items():
            told = ask(mesh, f"SELECT * FROM sales.{name}", ANA)
            assert told.error == "", (name, told)
            if name not in ("before", "match"):  # DuckDB casts the values that these do not show
                query = (
                    f"SELECT * FROM ({body.replace('_src.items', 'items')}) AS q WHERE lower(region) = 'eu'"
                )
                assert sorted(told.rows) == sorted(map(str, raw.execute(query).fetchall())), name
