"""psycopg 3 against the endpoint, text and binary."""

import asyncio
import datetime as dt
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.rows import dict_row
from psycopg.types import TypeInfo

from tests.clients.values import EXPECTED, PARAMETERS, SELECT_ALL, Parameter
from tests.frontends.fake_gateway import Endpoint


@pytest.fixture
def connection(served: Endpoint) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**served.arguments) as opened:
        yield opened


@pytest.mark.parametrize("binary", [False, True])
def test_every_type(connection: psycopg.Connection, binary: bool) -> None:
    cursor = connection.cursor(binary=binary, row_factory=dict_row)
    assert cursor.execute(SELECT_ALL).fetchone() == EXPECTED


@pytest.mark.parametrize("form", ["%t", "%b"])
@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter[0])
def test_parameters(connection: psycopg.Connection, form: str, parameter: Parameter) -> None:
    kind, value = parameter
    if form == "%b" and isinstance(value, str | type(None)):
        form = "%t"
    assert connection.execute(f"select {form}::{kind}", (value,)).fetchone() == (value,)


def test_numbers_keep_every_digit(connection: psycopg.Connection) -> None:
    from decimal import Decimal

    value = Decimal("1.2345678901234567890123456789")
    assert connection.execute("select %b = 1.2345678901234567890123456789", (value,)).fetchone() == (True,)


def test_auto_prepare(connection: psycopg.Connection) -> None:
    rows = [connection.execute("select %s::int", (number,)).fetchone() for number in range(8)]
    assert rows == [(number,) for number in range(8)]
    assert connection.execute("select 1", prepare=True).fetchone() == (1,)


def test_transactions(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable):
        connection.execute("select * from nope")
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        connection.execute("select 1")
    connection.rollback()
    with connection.transaction():
        with pytest.raises(psycopg.errors.SyntaxError), connection.transaction():
            connection.execute("selec")
        assert connection.execute("select 1").fetchone() == (1,)
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_session_characteristics(served: Endpoint) -> None:
    with psycopg.connect(**served.arguments) as connection:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        assert connection.execute("select 1").fetchone() == (1,)


def test_pipeline(connection: psycopg.Connection) -> None:
    with connection.pipeline():
        cursors = [connection.execute("select %s::int", (number,)) for number in range(5)]
    assert [cursor.fetchone() for cursor in cursors] == [(number,) for number in range(5)]


def test_a_pipeline_after_an_error(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.UndefinedTable), connection.pipeline():
        connection.cursor().executemany("select n from nope where n = %s", [(1,), (2,)])
    connection.rollback()
    assert connection.execute("select 1").fetchone() == (1,)


def test_executemany(connection: psycopg.Connection) -> None:
    cursor = connection.cursor()
    cursor.executemany("select %s::int", [(1,), (2,)], returning=True)
    assert cursor.fetchone() == (1,)
    assert cursor.nextset()
    assert cursor.fetchone() == (2,)


def test_stream(connection: psycopg.Connection) -> None:
    assert sum(row[0] for row in connection.cursor().stream("select n from numbers")) == 12_497_500


def test_type_lookup(connection: psycopg.Connection) -> None:
    found = TypeInfo.fetch(connection, "text")
    assert found is not None
    assert (found.oid, found.array_oid) == (25, 1009)
    assert TypeInfo.fetch(connection, "hstore") is None
    assert TypeInfo.fetch(connection, "sales.secret") is None


def test_error_fields(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.SyntaxError) as caught:
        connection.execute("selec")
    assert caught.value.diag.statement_position == "1"
    assert caught.value.diag.severity_nonlocalized == "ERROR"


def test_infinite_dates_as_text(connection: psycopg.Connection) -> None:
    connection.adapters.register_loader("date", psycopg.types.string.TextLoader)
    assert connection.execute("select 'infinity'::date, date '0044-03-15 (BC)'").fetchone() == (
        "infinity",
        "0044-03-15 BC",
    )


def test_async(served: Endpoint) -> None:
    async def ask() -> tuple[object, ...] | None:
        async with await psycopg.AsyncConnection.connect(**served.arguments) as connection:
            cursor = await connection.execute("select %s::date", (dt.date(2026, 1, 1),))
            return await cursor.fetchone()

    assert asyncio.run(ask()) == (dt.date(2026, 1, 1),)
