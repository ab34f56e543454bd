"""What two parsers read differently and what is no query shows nothing: in process and at the PostgreSQL endpoint."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from gateway.query.mesh import Mesh
from gateway.query.request import Parameter
from policies.principal import Principal
from tests.query.mesh import Told, ask
from tests.security.differences import AROUND, COMMANDS, TEXTS, commands, hidden_texts
from tests.security.drivers import OverPostgres, RecordingEngine, texts
from tests.security.worlds import ANA, builder

ANSWERED = {around.replace("{}", "show tables from hr") for around in AROUND}
"""Of a domain that has nothing for her: no rows, as of one that nobody ever had."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Mesh, ...]]:
    made = [builder(world).memory() for world in "AB"]
    yield tuple(replace(mesh, engine=RecordingEngine(mesh.engine, [])) for mesh in made)
    for mesh in made:
        mesh.engine.close()


def check(told: list[Told], sql: str) -> Told:
    """Equal in both worlds, without a word of what is hidden. The answer."""
    first, second = (each.unordered() for each in told)
    assert first == second, f"the worlds can be told apart: {sql!r}"
    for word in ("canary", "_src"):
        assert not any(word in text.lower() for each in told for text in texts(each)), sql
    assert (first.error, first.sqlstate) != ("InternalFailure", "XX000"), sql
    return first


def test_nothing_is_said_by_another_way_of_reading(worlds: tuple[Mesh, ...]) -> None:
    for sql in hidden_texts():
        check([ask(mesh, sql, ANA) for mesh in worlds], sql)


@pytest.mark.parametrize("around", AROUND)
def test_what_is_no_query_does_not_reach_the_engine(worlds: tuple[Mesh, ...], around: str) -> None:
    for command in COMMANDS:
        sql = around.replace("{}", command)
        for mesh in worlds:
            assert isinstance(mesh.engine, RecordingEngine)
            mesh.engine.ran.clear()
        told = check([ask(mesh, sql, ANA) for mesh in worlds], sql)
        if told.error:
            assert all(
                mesh.engine.ran == [] for mesh in worlds if isinstance(mesh.engine, RecordingEngine)
            ), sql
        else:
            assert sql in ANSWERED
            assert told.rows == (), sql


@pytest.fixture(scope="module")
def clients(worlds: tuple[Mesh, ...]) -> Iterator[tuple[OverPostgres, list["psycopg.Connection[Any]"]]]:
    over = OverPostgres()
    with ExitStack() as stack:
        stack.callback(over.close)
        yield over, [stack.enter_context(over.connected(mesh, ANA)) for mesh in worlds]


@pytest.mark.parametrize("part", range(4))
def test_the_endpoint_says_no_more(
    clients: tuple[OverPostgres, list["psycopg.Connection[Any]"]], part: int
) -> None:
    over, connections = clients
    for sql in [*hidden_texts(), *commands()[::5]][part::4]:
        if "\x00" in sql:
            continue  # libpq ends the text there
        told = []
        for connection in connections:
            told.append(over.asked(connection, sql))
            if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                connection.execute("rollback")
        check(told, sql)


@pytest.mark.parametrize("text", TEXTS)
def test_an_attribute_is_one_value(worlds: tuple[Mesh, ...], text: str) -> None:
    """A value that is no region shows no row, alone or as one of a list; a name is answered as it is."""
    for attributes in (
        {"region": text},
        {"region": (text, "EU")},
        {"regions": (text,)},
        {"region": {"EU": text}},
    ):
        principal = Principal("ana", attributes=attributes)  # type: ignore[arg-type]
        told = check([ask(mesh, "select id from sales.orders", principal) for mesh in worlds], text)
        assert told.rows == (), (attributes, told)
    named = Principal(text, attributes={"region": "EU"})
    told = check(
        [ask(mesh, "select current_user, id from sales.orders where id = 1", named) for mesh in worlds], text
    )
    assert told.rows == (f"({text!r}, 1)",) or ("\0" in text and told.error == "InvalidParameterValue")


@pytest.mark.parametrize("text", TEXTS)
def test_a_parameter_is_one_value(worlds: tuple[Mesh, ...], text: str) -> None:
    told = check([ask(mesh, "select $1::text as a", ANA, (Parameter(text),)) for mesh in worlds], text)
    assert told.rows == (f"({text!r},)",) or ("\0" in text and told.error == "InvalidParameterValue")
    for sql in PARAMETERS:
        check([ask(mesh, sql, ANA, (Parameter(text),)) for mesh in worlds], sql)
    listed = (Parameter([text, "x"]),)
    for sql in (
        "select $1::text[] as a",
        "select id from sales.orders where list_contains($1::text[], note)",
    ):
        check([ask(mesh, sql, ANA, listed) for mesh in worlds], sql)


PARAMETERS = (
    "select id from sales.orders where note = $1",
    "select id from sales.orders where note like $1",
    "select id from sales.orders where regexp_matches(note, $1)",
    "select id from sales.orders where id = $1::int",
    "select id from sales.orders where customer in ($1, $1)",
    "select cast($1 as date), $1::timestamp from sales.orders",
    "select $1::interval, $1::uuid, $1::json, $1::blob from sales.orders",
    "select $1::decimal(10, 2) + amount from sales.orders",
    "select id from sales.orders order by $1",
    "select id from sales.orders limit $1::int",
    "select strftime(date '2024-01-01', $1), printf($1, id), format($1, id) from sales.orders",
    "select json_extract('{}', $1), split(note, $1), replace(note, $1, $1) from sales.orders",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_purpose_is_one_of_hers(worlds: tuple[Mesh, ...], text: str) -> None:
    told = check([ask(mesh, "select id from sales.orders", ANA, purpose=text) for mesh in worlds], text)
    assert told.error == "AccessDenied"
