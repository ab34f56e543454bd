"""A client that goes without a word leaves nothing behind at the source: PostgreSQL's own view of it is the oracle."""

import socket
import struct
import time
from collections.abc import Callable

import psycopg
import pytest

from tests.clients.real_gateway import Real

ROWS = "SELECT a.order_id, b.note FROM sales.orders AS a JOIN sales.orders AS b ON a.status = b.status"
"""Two million rows, which the client does not read."""

SUM = "SELECT max(md5(concat(a.note, b.note, c.name))) FROM sales.orders AS a, sales.orders AS b, sales.customers AS c"
"""Half a billion hashes of joined rows, and no answer before that: minutes."""

Client = "psycopg.Connection[tuple[Any, ...]]"


def running(text: str) -> Callable[[Client], None]:
    return lambda client: client.pgconn.send_query(text.encode())


def fetching(client: Client) -> None:
    client.execute("BEGIN")
    client.execute(f"DECLARE c CURSOR FOR {ROWS}".encode())
    assert len(client.execute("FETCH 5 FROM c").fetchall()) == 5


def fin(client: Client) -> None:
    with socket.socket(fileno=socket.dup(client.pgconn.socket)) as connection:
        connection.shutdown(socket.SHUT_RDWR)


def reset(client: Client) -> None:
    with socket.socket(fileno=socket.dup(client.pgconn.socket)) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.pgconn.finish()


def at_work(real: Real) -> int:
    """Connections of the source that run something, or hold a transaction."""
    with psycopg.connect(real.source) as source:
        row = source.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    return int(row[0])


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


@pytest.mark.parametrize("vanish", [fin, reset])
@pytest.mark.parametrize(
    "begin",
    [running(ROWS), running(SUM), running(f"COPY ({ROWS}) TO STDOUT"), fetching],
    ids=lambda begin: "",
)
def test_source_and_engine_are_free_at_once(
    real: Real, begin: Callable[[Client], None], vanish: Callable[[Client], None]
) -> None:
    """They take some hundredths of a second; whoever was not told of the end would go on for minutes."""
    client = real.connect()
    begin(client)
    records = real.server._live.running._open  # type: ignore[union-attr]
    wait_for(lambda: at_work(real) > 0)
    time.sleep(0.5)
    assert records
    vanish(client)
    wait_for(lambda: at_work(real) == 0 and not records)
    client.close()
