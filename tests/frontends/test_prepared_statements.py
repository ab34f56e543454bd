"""What prepared statements may hold: bounded for each session, and for all sessions of one principal."""

from collections.abc import Iterator

import duckdb
import pytest

from gateway.frontends.pgwire.prepared_statements import (
    COLUMN_BYTES,
    SESSION_BYTES,
    STATEMENT_BYTES,
    STATEMENTS,
    Room,
)
from tests.frontends.fake_gateway import DuckGateway
from tests.frontends.session_driver import Replay, session_over
from tests.frontends.wire_messages import (
    FLUSH,
    SYNC,
    answers,
    bind,
    close,
    describe,
    execute,
    kinds,
    parse,
    query,
)

LONG = f"SELECT '{'x' * 9_000}' AS n"
SIZE = STATEMENT_BYTES + len(LONG)
COLUMN = COLUMN_BYTES


@pytest.fixture
def mesh() -> Iterator[DuckGateway]:
    with duckdb.connect() as connection:
        yield DuckGateway(connection)


def refused(stream: bytes) -> bool:
    found = [answer.fields["C"] for answer in answers(stream) if answer.kind == "E"]
    assert set(found) <= {"54000"}
    return bool(found)


def test_sessions_of_one_principal_share_their_room(mesh: DuckGateway) -> None:
    room = Room(3 * (SIZE + COLUMN))
    one, two = (Replay(session_over(mesh, room)) for _ in range(2))
    assert not refused(one.send(parse(LONG, "a"), parse(LONG, "b"), SYNC))
    assert not refused(two.send(parse(LONG, "c"), SYNC))
    assert refused(two.send(parse(LONG, "d"), SYNC))
    assert kinds(two.send(bind(statement="c"), execute(), SYNC)) == "2DCZ", "what is there is kept"
    assert not refused(one.send(close("S", "a"), SYNC))
    assert not refused(two.send(parse(LONG, "d"), SYNC))
    one.close()
    assert not refused(two.send(parse(LONG, "e"), SYNC)), "a session that has ended holds nothing"
    two.close()
    assert room.take(3 * (SIZE + COLUMN)), "all of it came back"


@pytest.mark.parametrize(
    "again",
    [
        (parse(LONG), SYNC),
        (parse(LONG, "a"), close("S", "a"), SYNC),
        (query(f"PREPARE a AS {LONG}"), query("DEALLOCATE a")),
        (query(f"PREPARE a AS {LONG}"), query("DISCARD ALL")),
        (parse(LONG, "a"), bind(statement="a"), describe("S", "a"), execute(), close("S", "a"), SYNC),
        (parse(LONG), FLUSH, query("SELECT 1 AS n")),
    ],
    ids=["unnamed", "closed", "deallocated", "discarded", "described", "replaced"],
)
def test_what_is_given_up_takes_no_room(mesh: DuckGateway, again: tuple[bytes, ...]) -> None:
    client = Replay(session_over(mesh, Room(SIZE + COLUMN)))
    for _ in range(5):
        assert not refused(client.send(*again))
    client.close()


def test_the_columns_that_a_statement_is_known_to_have_count(mesh: DuckGateway) -> None:
    client = Replay(session_over(mesh, Room(STATEMENT_BYTES + 2_000)))
    text = "SELECT 1 AS a, 2 AS b, 3 AS c, 4 AS d, 5 AS e, 6 AS f, 7 AS g"
    assert refused(client.send(parse(text, "wide"), describe("S", "wide"), SYNC))
    client.close()


def test_a_session_holds_no_more_than_its_own_share(mesh: DuckGateway) -> None:
    client = Replay(session_over(mesh))
    text = f"SELECT '{'x' * 900_000}' AS n"
    held = 0
    while not refused(client.send(parse(text, f"s{held}"), SYNC)):
        held += 1
    assert held == SESSION_BYTES // (STATEMENT_BYTES + len(text))
    client.close()


def test_a_session_holds_so_many_statements(mesh: DuckGateway) -> None:
    client = Replay(session_over(mesh))
    assert not refused(
        client.send(*(parse("SELECT 1 AS n", f"s{number}") for number in range(STATEMENTS)), SYNC)
    )
    assert refused(client.send(parse("SELECT 1 AS n", "one more"), SYNC))
    client.close()
