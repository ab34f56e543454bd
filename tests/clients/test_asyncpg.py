"""asyncpg against the endpoint: the extended protocol, binary throughout."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from tests.clients.values import EXPECTED, PARAMETERS, SELECT_ALL, Parameter
from tests.frontends.fake_gateway import Endpoint


def asked(served: Endpoint, ask: Callable[[asyncpg.Connection], Awaitable[object]], **more: object) -> object:
    arguments = {**served.arguments, **more}
    arguments["database"] = arguments.pop("dbname")

    async def run() -> object:
        connection = await asyncpg.connect(**arguments)
        try:
            return await ask(connection)
        finally:
            await connection.close()

    return asyncio.run(run())


def test_every_type(served: Endpoint) -> None:
    row = dict(asked(served, lambda connection: connection.fetchrow(SELECT_ALL)))  # type: ignore[call-overload]
    row["json"], row["struct"] = json.loads(row["json"]), json.loads(row["struct"])
    assert row == EXPECTED


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda parameter: parameter[0])
def test_parameters(served: Endpoint, parameter: Parameter) -> None:
    kind, value = parameter
    assert asked(served, lambda connection: connection.fetchval(f"select $1::{kind}", value)) == value


def test_prepared_statements(served: Endpoint) -> None:
    async def ask(connection: asyncpg.Connection) -> list[object]:
        prepared = await connection.prepare("select t from numbers where n = $1::int")
        assert prepared.get_parameters()[0].name == "int4"
        assert prepared.get_attributes()[0].name == "t"
        return [await prepared.fetchval(number) for number in (1, 2, 3)]

    assert asked(served, ask) == ["x1", "x2", "x3"]


def test_cursor_in_a_transaction(served: Endpoint) -> None:
    async def ask(connection: asyncpg.Connection) -> int:
        async with connection.transaction(readonly=True, isolation="repeatable_read"):
            return len([row async for row in connection.cursor("select n from numbers", prefetch=500)])

    assert asked(served, ask) == 5000


def test_nested_transactions_and_errors(served: Endpoint) -> None:
    async def ask(connection: asyncpg.Connection) -> object:
        async with connection.transaction():
            with pytest.raises(asyncpg.UndefinedTableError):
                async with connection.transaction():
                    await connection.fetch("select * from nope")
            return await connection.fetchval("select 1")

    assert asked(served, ask) == 1


def test_timeout_cancels(served: Endpoint) -> None:
    endless = "select sum(a.range * b.range) from range(10000000) a, range(10000000) b"

    async def ask(connection: asyncpg.Connection) -> object:
        with pytest.raises(TimeoutError):
            await connection.fetch(endless, timeout=0.5)
        return await connection.fetchval("select 1")

    assert asked(served, ask) == 1


def test_codecs_and_reset(served: Endpoint) -> None:
    async def ask(connection: asyncpg.Connection) -> object:
        for name in ("json", "jsonb"):
            await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
        await connection.execute("set application_name = 'x'")
        await connection.reset()
        assert connection.get_settings().application_name == ""
        return await connection.fetchval("""select '{"a": 1}'::json""")

    assert asked(served, ask) == {"a": 1}


def test_pool_with_settings(served: Endpoint) -> None:
    arguments = {**served.arguments}
    arguments["database"] = arguments.pop("dbname")

    async def run() -> list[object]:
        settings = {"application_name": "probe", "jit": "off"}
        async with asyncpg.create_pool(**arguments, min_size=1, max_size=3, server_settings=settings) as pool:
            return await asyncio.gather(*[pool.fetchval("select $1::int", number) for number in range(6)])

    assert asyncio.run(run()) == list(range(6))


def test_without_a_statement_cache(served: Endpoint) -> None:
    day = dt.date(2026, 1, 1)
    assert asked(served, lambda c: c.fetchval("select $1::date", day), statement_cache_size=0) == day


def test_wrong_password(served: Endpoint) -> None:
    with pytest.raises(asyncpg.InvalidPasswordError):
        asked(served, lambda connection: connection.fetchval("select 1"), password="no")
