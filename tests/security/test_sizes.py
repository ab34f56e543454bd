"""How many rows are hidden changes nothing that is told: neither an answer nor which of several errors it is."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import Builder, ask, close_mesh
from tests.security.drivers import texts
from tests.security.sizes import FEW, LAST, MANY, PRINCIPAL, builder, statements
from tests.servers import PostgresServer

SOURCES = ("memory", "parquet", "sqlite", "postgres")


@pytest.fixture(scope="module", params=SOURCES)
def worlds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[tuple[str, tuple[Mesh, Mesh]]]:
    makers: dict[str, Callable[[Builder, Path], Mesh]] = {
        "memory": lambda plan, _: plan.memory(),
        "parquet": lambda plan, folder: plan.parquet(folder),
        "sqlite": lambda plan, folder: plan.sqlite(folder),
        "postgres": lambda plan, folder: plan.postgres(postgres, f"sizes_{folder.name}"),
    }
    folder = tmp_path_factory.mktemp(request.param)
    made = tuple(
        makers[request.param](builder(hidden), folder / name)
        for name, hidden in (("few", FEW), ("many", MANY))
    )
    yield request.param, (made[0], made[1])
    for mesh in made:
        close_mesh(mesh)


def test_the_number_of_hidden_rows_tells_nothing(worlds: tuple[str, tuple[Mesh, Mesh]]) -> None:
    """A quarter of the statements at each kind of source."""
    kind, meshes = worlds
    own = [*LAST, *statements()[len(LAST) + SOURCES.index(kind) :: len(SOURCES)]]
    for sql in own:
        told = [ask(mesh, sql, PRINCIPAL).unordered() for mesh in meshes]
        assert told[0] == told[1], sql
        assert not any("canary" in text.lower() for each in told for text in texts(each)), sql
        assert told[0].error != "InternalFailure", sql


def test_several_kinds_of_errors_are_told_as_one(worlds: tuple[str, tuple[Mesh, Mesh]]) -> None:
    """Which of them comes first is a matter of where hidden rows lie; where nothing is hidden, it may be told.

    A text of a Parquet file may be unreadable, too, that by which rows are hidden as any other: always two kinds.
    """
    kind, (mesh, _) = worlds
    one = "DataError" if kind == "parquet" else ""
    told = ask(mesh, "select cast(bad as int) as a, big * 4 as b from sales.orders", PRINCIPAL)
    assert (told.error, told.sqlstate) == ("DataError", "22000")
    for sql, error in (
        ("select cast(bad as int) as a from sales.orders", one or "InvalidText"),
        ("select big * 4 as b from sales.orders", one or "NumericOutOfRange"),
        ("select cast(bad as int) as a, id + 1 as b from shipping.depots", "InvalidText"),
    ):
        assert ask(mesh, sql, PRINCIPAL).error == error, sql
