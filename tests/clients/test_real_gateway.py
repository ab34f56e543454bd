"""Real clients, the real gateway, a real PostgreSQL behind it: what arrives is what that PostgreSQL would send."""

import asyncio
import datetime as dt
import socket
import struct
import threading
import time
from contextlib import closing
from decimal import Decimal
from typing import Any, LiteralString
from uuid import UUID

import asyncpg
import psycopg
import psycopg2
import psycopg2.extras
import pytest
import sqlalchemy as sa
from psycopg import pq

from tests.clients.real_gateway import Real
from tests.clients.real_mesh import RELATIONS

LONG: LiteralString = (
    "SELECT count(*) FROM generate_series(1, 6000000) AS a(i) WHERE md5(md5(i::text)) LIKE '%7777%'"
)


# --- values ----------------------------------------------------------------------------------------------


def bytes_of(
    uri: str, sql: str, binary: bool
) -> tuple[list[tuple[object, ...]], list[tuple[bytes | None, ...]]]:
    """Names and types, and the rows as they came over the wire, in an order of their own."""
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.pgconn.exec_params(sql.encode(), None, result_format=int(binary))
        assert found.status == pq.ExecStatus.TUPLES_OK, found.error_message
        columns = range(found.nfields)
        rows = [tuple(found.get_value(row, column) for column in columns) for row in range(found.ntuples)]
        return [(found.fname(at), found.ftype(at), found.fmod(at)) for at in columns], sorted(rows, key=repr)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("relation", RELATIONS)
def test_every_byte_is_what_postgresql_sends(real: Real, relation: str, binary: bool) -> None:
    columns = [column.replace(";", ",").split(" ", 1) for column in RELATIONS[relation].split(", ")]
    casts = {name: f"{name}::{kind}" for name, kind in columns}
    published = ", ".join(f"{cast} AS {name}" for name, cast in casts.items())
    expected = bytes_of(real.source, f"SELECT {published} FROM {relation}", binary)
    assert bytes_of(real.uri(), f"SELECT * FROM {relation}", binary) == expected


UTC = dt.UTC
ASKED: tuple[tuple[LiteralString, object], ...] = (
    ("SELECT count(*) FROM sales.orders WHERE ordered_on >= $1", dt.date(2026, 3, 1)),
    ("SELECT count(*) FROM sales.orders WHERE ordered_at < $1", dt.datetime(2026, 1, 5, tzinfo=UTC)),
    ("SELECT sum(amount) FROM sales.orders WHERE amount < $1", Decimal("100.25")),
    ("SELECT count(*) FROM sales.orders WHERE order_id = ANY($1)", [1, 2, -1]),
    ("SELECT count(*) FROM sales.orders WHERE order_id <> ALL($1)", [1, 2, -1]),
    ("SELECT count(*) FROM sales.orders WHERE status::text = ANY($1::text[])", ["new", "paid", None]),
    ("SELECT order_id FROM sales.orders WHERE note LIKE $1 ORDER BY order_id LIMIT 3", "n_"),
    ("SELECT count(*) FROM sales.orders WHERE note IS NOT DISTINCT FROM $1", None),
    ("SELECT count(*) FROM sales.orders WHERE score = $1", 0.1),
    ("SELECT name FROM sales.customers WHERE external_id = $1", UUID("c4ca4238-a0b9-2382-0dcc-509a6f75849b")),
    ("SELECT customer_id FROM sales.customers WHERE photo = $1", b"\x00\xff\x5c"),
    ("SELECT count(*) FROM sales.customers WHERE vip = $1", True),
    ("SELECT count(*) FROM sales.customers WHERE $1 = ANY(tags)", "t1"),
    ("SELECT name FROM sales.customers WHERE name = $1", 'Köln "\\" \t \U0001f600'),
    ("SELECT count(*) FROM shipping.parcels WHERE cutoff < $1", dt.time(17, 0, 1)),
    ("SELECT count(*) FROM shipping.parcels WHERE transit = $1", dt.timedelta(1, 7384)),
    ("SELECT count(*) FROM marketing.touches WHERE at > $1", dt.datetime(2026, 3, 2)),
    ("SELECT $1::numeric = 1.2345678901", Decimal("1.2345678901")),
)


@pytest.mark.parametrize(("statement", "value"), ASKED, ids=[statement for statement, _ in ASKED])
def test_parameters_mean_the_same(real: Real, statement: LiteralString, value: object) -> None:
    def psycopg_says(uri: str, form: LiteralString) -> object:
        with psycopg.connect(uri, autocommit=True) as connection:
            cursor = (
                psycopg.RawCursor(connection) if form == "raw" else connection.cursor(binary=form == "%b")
            )
            text = statement if form == "raw" else statement.replace("%", "%%").replace("$1", form)
            return cursor.execute(text, (value,)).fetchall()

    async def asyncpg_says(uri: str) -> object:
        connection = await asyncpg.connect(uri)
        try:
            prepared = await connection.prepare(statement)
            types = [parameter.name for parameter in prepared.get_parameters()]
            return types, [tuple(row) for row in await prepared.fetch(value)]
        finally:
            await connection.close()

    for form in ("raw", "%s", "%t"):
        assert psycopg_says(real.uri(), form) == psycopg_says(real.source, form)
    assert asyncio.run(asyncpg_says(real.uri())) == asyncio.run(asyncpg_says(real.source))


WHOLE: LiteralString = """
    SELECT c.customer_id, c.name, c.vip, c.credit, c.tags, c.profile, c.external_id, c.photo, c.created_at,
           o.ordered_on, o.score, o.discount, p.weight_kg, p.cutoff, p.transit, t.at
    FROM sales.customers AS c JOIN sales.orders AS o ON o.customer_id = c.customer_id
    LEFT JOIN shipping.parcels AS p ON p.order_id = o.order_id
    LEFT JOIN marketing.touches AS t ON t.customer_id = c.customer_id
    WHERE o.order_id < 120 ORDER BY o.order_id
"""


def test_psycopg2_sees_the_same_values(real: Real) -> None:
    def said(uri: str) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(uri)) as connection, connection.cursor() as cursor:
            psycopg2.extras.register_uuid(conn_or_curs=connection)  # type: ignore[no-untyped-call]
            cursor.execute(WHOLE)
            return [
                tuple(bytes(item) if isinstance(item, memoryview) else item for item in row) for row in cursor
            ]

    assert len(said(real.uri())) == 119
    assert said(real.uri()) == said(real.source)


def test_sqlalchemy_sees_the_same_values(real: Real) -> None:
    orders = sa.table(
        "orders", *map(sa.column, ("order_id", "customer_id", "status", "amount")), schema="sales"
    )
    amount = sa.func.sum(orders.c.amount)
    asked = (
        sa.select(sa.cast(orders.c.status, sa.Text), sa.func.count(), amount)
        .where(orders.c.customer_id.in_([1, 2, 3]), orders.c.amount > Decimal("10.5"))
        .group_by(orders.c.status)
        .having(amount > 5)
        .order_by(amount)
        .limit(3)
    )

    def said(uri: str, driver: str) -> list[tuple[Any, ...]]:
        engine = sa.create_engine(uri.replace("postgresql:", f"postgresql+{driver}:"), poolclass=sa.NullPool)
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(asked)]

    for driver in ("psycopg2", "psycopg"):
        assert said(real.uri(), driver)
        assert said(real.uri(), driver) == said(real.source, driver)


# --- errors and cancelling -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "selec",
        "select * from sales.nope",
        "select nope from sales.orders",
        "select nope(1)",
        "select 'x'::int",
        "select 9223372036854775807 + 1",
        "select name from sales.customers group by country",
        "select customer_id from sales.orders o join sales.customers c on true",
        "select 'abc",
        "select * from sales.orders where",
        "deallocate nope",
        "rollback to savepoint nope",
        "set timezone = 'Nowhere/Such'",
        "show nope",
    ],
)
def test_errors_have_the_same_state(real: Real, statement: str) -> None:
    def state(uri: str) -> str | None:
        with psycopg.connect(uri, autocommit=True) as connection:
            with pytest.raises(psycopg.Error) as caught:
                connection.execute(statement.encode())
            assert connection.execute("SELECT 1").fetchone() == (1,)
            return caught.value.sqlstate

    assert state(real.uri()) == state(real.source)


def test_a_running_statement_can_be_cancelled(real: Real) -> None:
    with real.connect() as connection:
        timer = threading.Timer(0.3, connection.cancel_safe)
        timer.start()
        started = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(LONG)
        assert time.monotonic() - started < 10
        timer.join()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_guessed_cancel_key_stops_nothing(real: Real) -> None:
    with real.connect() as connection:
        answers: list[object] = []
        statement = LONG.replace("6000000", "600000")
        running = threading.Thread(
            target=lambda: answers.append(connection.execute(statement.encode()).fetchone())
        )
        running.start()
        for secret in (0, 1, 2**31 - 1):
            packet = struct.pack("!iiii", 16, 80877102, connection.info.backend_pid, secret)
            address = ("127.0.0.1", real.server.addresses["postgres"].port)
            with socket.create_connection(address, timeout=5) as cancelling:
                cancelling.sendall(packet)
                assert cancelling.recv(1) == b""
        running.join(30)
        assert len(answers) == 1


# --- what a principal may see ------------------------------------------------------------------------------


def test_a_wrong_password_or_name_is_refused_alike(real: Real) -> None:
    texts = set()
    for name, password in (("analyst", "bob-pw"), ("analyst", ""), ("nobody", "analyst-pw")):
        with pytest.raises(psycopg.OperationalError) as caught:
            psycopg.connect(real.uri(), user=name, password=password)
        texts.add(str(caught.value).replace(name, "?").rpartition("FATAL")[2])
    assert len(texts) == 1 or "no password supplied" in " ".join(texts)


def test_a_relation_without_a_grant_is_as_one_that_is_not_there(real: Real) -> None:
    with real.connect("bob") as connection:
        for name in ("orders", "nothing"):
            with pytest.raises(psycopg.errors.UndefinedTable) as caught:
                connection.execute(f"SELECT * FROM sales.{name}".encode())
            assert str(caught.value).startswith(f'relation "sales.{name}" does not exist')


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT o.order_id FROM sales.orders AS o JOIN pg_class AS c ON c.relname = o.note",
        "SELECT count(*) FROM sales.orders WHERE EXISTS (SELECT 1 FROM pg_catalog.pg_class)",
    ],
)
def test_the_catalog_and_data_together_are_refused_with_a_sentence(
    real: Real, statement: LiteralString
) -> None:
    with real.connect() as connection, pytest.raises(psycopg.errors.InsufficientPrivilege) as raised:
        connection.execute(statement)
    assert raised.value.diag.message_hint == "ask data products in a statement of their own"


def test_a_denied_column_is_as_one_that_is_not_there(real: Real) -> None:
    with real.connect("carl") as connection:
        for statement in ("SELECT {} FROM sales.orders", "SELECT 1 FROM sales.orders ORDER BY length({})"):
            for name in ("note", "nothing"):
                with pytest.raises(psycopg.errors.UndefinedColumn, match=f'column "{name}" does not exist'):
                    connection.execute(statement.format(name).encode())
        assert connection.execute("SELECT DISTINCT customer_id FROM sales.orders").fetchall() == [(1,)]


def test_a_result_says_of_which_columns_it_is_as_the_catalog_numbers_them(real: Real) -> None:
    asked: LiteralString = (
        "SELECT o.amount, count(*) OVER () AS n, o.order_id AS id FROM sales.orders AS o LIMIT 1"
    )
    numbers: LiteralString = (
        "SELECT attrelid, attnum FROM pg_attribute WHERE attrelid = 'sales.orders'::regclass"
    )
    for name in ("analyst", "carl"):
        with real.connect(name) as connection:
            told = connection.execute(asked).pgresult
            assert told is not None
            base = [(told.ftable(at), told.ftablecol(at)) for at in range(told.nfields)]
            known = connection.execute(
                f"{numbers} AND attname IN ('amount', 'order_id') ORDER BY attname"
            ).fetchall()
            assert base == [known[0], (0, 0), known[1]]


def test_a_purpose_opens_what_needs_it_and_only_to_whom_has_it(real: Real) -> None:
    asked: LiteralString = "SELECT count(*) FROM sales.customers"
    with real.connect("carl") as connection:
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute(asked)
        connection.execute("SET mesh.purpose = 'audit'")
        assert connection.execute(asked).fetchone() == (53,)
        connection.execute("RESET mesh.purpose")
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute(asked)
    with psycopg.connect(real.uri("carl"), options="-c mesh.purpose=audit") as connection:
        assert connection.execute(asked).fetchone() == (53,)
    with (
        pytest.raises(psycopg.Error),
        psycopg.connect(real.uri("bob"), options="-c mesh.purpose=audit") as connection,
    ):
        connection.execute(asked)


def test_a_grant_taken_away_ends_prepared_statements_and_portals(real: Real) -> None:
    policies = real.folder / "domains/shipping/policies.csv"
    before = policies.read_text()
    asked: LiteralString = "SELECT carrier_id FROM shipping.carriers"

    async def ask(connection: asyncpg.Connection) -> None:
        prepared = await connection.prepare(asked)
        transaction = connection.transaction()
        await transaction.start()
        cursor = await connection.cursor(asked)
        assert len(await cursor.fetch(1)) == 1
        policies.write_text("".join(line for line in before.splitlines(True) if "dora" not in line))
        real.server.reload()
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="what you may see has changed"):
            await cursor.fetch(1)
        await transaction.rollback()
        with pytest.raises(asyncpg.UndefinedTableError):
            await prepared.fetch()

    async def connected() -> None:
        connection = await asyncpg.connect(real.uri("dora"))
        try:
            await ask(connection)
        finally:
            await connection.close()

    with real.connect("dora") as connection:
        for _ in range(2):
            assert len(connection.execute(asked, prepare=True).fetchall()) == 3
        asyncio.run(connected())
        with pytest.raises(psycopg.errors.UndefinedTable):
            connection.execute(asked, prepare=True)
        policies.write_text(before)
        real.server.reload()
        assert len(connection.execute(asked, prepare=True).fetchall()) == 3
