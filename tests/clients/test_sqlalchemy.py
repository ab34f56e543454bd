"""SQLAlchemy's dialects against the endpoint, with what each asks while it connects."""

import asyncio
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from tests.clients.values import EXPECTED, SELECT_ALL
from tests.frontends.fake_gateway import Endpoint


@pytest.fixture(params=["psycopg2", "psycopg"])
def engine(served: Endpoint, request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    created = sa.create_engine(served.uri(f"postgresql+{request.param}"))
    yield created
    created.dispose()


TYPED = sa.select(
    sa.literal(7, sa.Integer).label("n"),
    sa.literal(Decimal("1.50"), sa.Numeric(12, 2)).label("d"),
    sa.literal("it's", sa.Text).label("t"),
    sa.literal(dt.date(2026, 1, 1), sa.Date).label("day"),
    sa.literal(value=True, type_=sa.Boolean).label("b"),
)


def test_connects_and_selects(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(TYPED).one() == (7, Decimal("1.50"), "it's", dt.date(2026, 1, 1), True)
    assert engine.dialect.server_version_info[:1] == (18,)


def test_every_type(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        row = dict(connection.exec_driver_sql(SELECT_ALL.replace("%", "%%")).mappings().one())
    row["bytes"] = bytes(row["bytes"])
    row["id"] = str(row["id"])
    assert row == {**EXPECTED, "id": str(EXPECTED["id"])}


def test_text_parameters(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(
            sa.text("select t from numbers where n in (1, 2) and t <> :t"), {"t": "x1"}
        ).all()
    assert rows == [("x2",)]


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "REPEATABLE READ", "SERIALIZABLE"])
def test_isolation_levels(engine: sa.Engine, level: str) -> None:
    options = {"isolation_level": level, "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        assert connection.execute(sa.text("select 1")).scalar() == 1


def test_nested_transactions(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        with pytest.raises(sa.exc.ProgrammingError), connection.begin_nested():
            connection.execute(sa.text("select * from nope"))
        assert connection.execute(sa.text("select 1")).scalar() == 1


def test_asyncpg_dialect(served: Endpoint) -> None:
    async def run() -> tuple[object, ...]:
        engine = create_async_engine(served.uri("postgresql+asyncpg"))
        async with engine.connect() as connection:
            one = (await connection.execute(TYPED)).one()
            streamed = await connection.stream(sa.text("select n from numbers"))
            assert sum([1 async for _ in streamed]) == 5000
        await engine.dispose()
        return tuple(one)

    assert asyncio.run(run()) == (7, Decimal("1.50"), "it's", dt.date(2026, 1, 1), True)
