"""Which rows come first where no order says so, or where an order leaves rows alike, is not what a source or the engine
chooses by how many rows there are: hidden ones count there, too."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import asyncpg
import psycopg
import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import ask
from tests.security.drivers import PASSWORD, OverPostgres
from tests.security.stored import PLACED, QUERIES, SORTED, worlds
from tests.security.worlds import ANA
from tests.servers import PostgresServer

KINDS = ("memory", "parquet", "sqlite", "postgres")


@pytest.fixture(scope="module", params=KINDS)
def meshes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[tuple[Mesh, Mesh]]:
    yield from worlds(request.param, tmp_path_factory.mktemp("stored"), postgres)


def compared(meshes: tuple[Mesh, Mesh], sql: str) -> tuple[str, ...]:
    few, many = (ask(mesh, sql, ANA) for mesh in meshes)
    assert few == many, sql
    assert few.error == "", (sql, few.text)
    assert few.rows, sql
    return few.rows


def test_some_rows_are_the_same_ones(meshes: tuple[Mesh, Mesh]) -> None:
    for sql in QUERIES:
        whole = [ask(mesh, sql, ANA).unordered().rows for mesh in meshes]
        assert whole[0] == whole[1], sql
        for text in (f"{sql} LIMIT 1", f"{sql} OFFSET 3", f"SELECT * FROM ({sql}) AS q LIMIT 4"):
            assert set(compared(meshes, text)) <= set(whole[0])


def test_an_order_that_leaves_rows_alike_says_no_more(meshes: tuple[Mesh, Mesh]) -> None:
    for sql in SORTED:
        compared(meshes, sql)


def test_places_among_rows_that_are_alike_are_the_same(meshes: tuple[Mesh, Mesh]) -> None:
    for sql in PLACED:
        compared(meshes, sql)


@pytest.fixture
def clients(meshes: tuple[Mesh, Mesh]) -> Iterator[list["psycopg.Connection[Any]"]]:
    over = OverPostgres()
    with ExitStack() as stack:
        stack.callback(over.close)
        yield [stack.enter_context(over.connected(mesh, ANA)) for mesh in meshes]


MOVES = (
    "FETCH 1",
    "FETCH 3",
    "MOVE 2",
    "FETCH NEXT",
    "FETCH RELATIVE 2",
    "FETCH FORWARD 4",
    "MOVE ALL",
    "FETCH 1",
)
SCROLLED = (
    "FETCH 4",
    "FETCH PRIOR",
    "FETCH ABSOLUTE 6",
    "FETCH LAST",
    "MOVE BACKWARD 3",
    "FETCH BACKWARD 2",
    "FETCH ALL",
)


@pytest.mark.parametrize("declared", ["CURSOR WITH HOLD", "SCROLL CURSOR"])
def test_a_cursor_shows_the_same_rows_first(clients: list["psycopg.Connection[Any]"], declared: str) -> None:
    for sql in (*QUERIES, *SORTED):
        moves = SCROLLED if "SCROLL" in declared else MOVES
        told = [list(_moved(client, declared, sql, moves)) for client in clients]
        assert told[0] == told[1], sql
        assert any(rows for rows, _ in told[0]), sql


def _moved(
    client: "psycopg.Connection[Any]", declared: str, sql: str, moves: tuple[str, ...]
) -> Iterator[tuple[object, str | None]]:
    with client.transaction():
        options = declared.partition("CURSOR")
        client.execute(f"DECLARE c {options[0]}CURSOR{options[2]} FOR {sql}".encode())
        for move in moves:
            cursor = client.execute(f"{move} FROM c".encode())
            yield (cursor.fetchall() if cursor.description else []), cursor.statusmessage
        client.execute("CLOSE c")


def test_a_portal_that_is_not_read_to_its_end_shows_the_same_rows(
    clients: list["psycopg.Connection[Any]"],
) -> None:
    """Execute with a limit of rows, as of JDBC's fetch size."""
    told = [asyncio.run(_executed(client.info.port)) for client in clients]
    for sql, few, many in zip(QUERIES, *told, strict=True):
        assert few == many, sql
        assert len(few) == 1 + 3


async def _executed(port: int) -> list[list[object]]:
    connection = await asyncpg.connect(
        host="127.0.0.1", port=port, user="ana", password=PASSWORD, database="mesh"
    )
    found = []
    for sql in QUERIES:
        async with connection.transaction():
            cursor = await connection.cursor(sql)
            found.append([*await cursor.fetch(1), *await cursor.fetch(3)])
    await connection.close()
    return found
