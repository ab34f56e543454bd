"""What crosses the wire: a proxy between gateway and PostgreSQL keeps every byte that the server sends.

governance.md, "The barrier": row filters and masks run in the source's own query where it can, so hidden rows and raw
values never leave the domain.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

import pyarrow as pa
import pytest

from connectors.postgres import PostgresConnector
from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import Builder, ask, close_mesh, postgres_source
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU", "regions": ("EU", "UK")})
HIDDEN, RAW = b"HIDDENROW", b"RAWVALUE"

FILTERS = {
    "equal": "region = principal.region",
    "listed": "region IN principal.regions",
    "either": "region = 'EU' OR amount < 0",
    "not": "NOT (region = 'US') AND region IS NOT NULL",
}
MASKS = ("null", "redact", "partial", "last4", "email")

STATEMENTS = (
    "SELECT * FROM sales.orders",
    "SELECT count(*) FROM sales.orders",
    "SELECT id, email FROM sales.orders WHERE amount > 5",
    "SELECT email, count(*) FROM sales.orders GROUP BY email",
    "SELECT note FROM sales.orders ORDER BY amount DESC LIMIT 3",
    "SELECT id FROM sales.orders WHERE note::INT > 0",
    "SELECT id FROM sales.orders WHERE email LIKE 'R%'",
    "SELECT max(note), min(email) FROM sales.orders",
    "SELECT a.note, b.email FROM sales.orders AS a JOIN sales.orders AS b ON a.id = b.id",
    "SELECT o.note FROM sales.orders AS o JOIN sales.keys ON o.id = k",
    "SELECT k, o.note FROM sales.keys LEFT JOIN sales.orders AS o ON o.id = k",
    "SELECT k FROM sales.keys WHERE EXISTS (SELECT 1 FROM sales.orders AS o WHERE o.id = k AND o.note <> '1')",
    "SELECT row_number() OVER (ORDER BY note), email FROM sales.orders",
    "SELECT DISTINCT region, note FROM sales.orders",
    "SELECT upper(note) || email FROM sales.orders WHERE length(note) > 0",
    "SELECT id FROM sales.orders UNION SELECT k FROM sales.keys",
    "WITH x AS (SELECT * FROM sales.orders) SELECT x.note FROM x JOIN x AS y ON x.email = y.email",
)


@dataclass
class Recorder:
    """A proxy before one server. `received` is what the server said, over all connections."""

    target: int
    received: bytearray = field(default_factory=bytearray)
    port: int = 0

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self._start(lambda one=client, other=server: self._between(one, other))

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _between(self, client: socket.socket, server: socket.socket) -> None:
        answering = threading.Thread(target=self._pump, args=(server, client, self.received), daemon=True)
        answering.start()
        with client, server:
            self._pump(client, server, None)
            answering.join()

    def _pump(self, source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if kept is not None:
                    kept += data
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        self._listener.close()


def tables() -> dict[str, pa.Table]:
    rows = [
        {
            "id": number,
            "region": region,
            "amount": number * 10,
            "note": str(number) if region == "EU" else f"{HIDDEN.decode()}{number}",
            "email": f"x{number}{RAW.decode()}@example.org",
        }
        for number, region in enumerate(["EU", "US", "EU", "US", None, "EU"], start=1)
    ]
    return {"sales.orders": pa.Table.from_pylist(rows), "sales.keys": pa.table({"k": [1, 2, 3, 5]})}


def builder(row_filter: str, mask: str) -> Builder:
    lines = f"""p, g, role:any, sales, sales.orders, select, rows, -, -, allow
p3, m, role:any, sales, sales.orders.email, {mask}, 1, -, -
p, k, role:any, sales, sales.keys, select, *, -, -, allow
"""
    return Builder(tables(), policies={"sales": lines}, filters={"rows": FILTERS[row_filter]})


def behind(recorder: Recorder, server: PostgresServer, plan: Builder, schema: str) -> Mesh:
    def source(domain: str, rows: dict[str, pa.Table]) -> PostgresConnector:
        postgres_source(server, schema, rows).close()
        uri = f"postgresql://postgres@127.0.0.1:{recorder.port}/postgres?sslmode=disable"
        return PostgresConnector(uri, schema=schema)

    return plan.over(source)


@pytest.fixture(scope="module")
def recorder(postgres: PostgresServer) -> Iterator[Recorder]:
    made = Recorder(postgres.port)
    yield made
    made.close()


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("row_filter", FILTERS)
def test_neither_hidden_rows_nor_raw_values_leave_the_source(
    row_filter: str, mask: str, recorder: Recorder, postgres: PostgresServer
) -> None:
    mesh = behind(recorder, postgres, builder(row_filter, mask), f"wire_{row_filter}_{mask}")
    recorder.received.clear()  # statistics and types are the gateway's own business
    for sql in STATEMENTS:
        ask(mesh, sql, ANA)
        shown = bytes(recorder.received)
        assert HIDDEN not in shown, sql
        assert RAW not in shown, sql
    assert b"EU" in recorder.received
    close_mesh(mesh)


def test_the_proxy_sees_what_is_asked_for(recorder: Recorder, postgres: PostgresServer) -> None:
    """Without filter and mask the same bytes are there, else nothing would have been shown above."""
    open_to_all = replace(builder("equal", "null"), policies={})
    mesh = behind(recorder, postgres, open_to_all, "wire_open")
    recorder.received.clear()
    assert ask(mesh, STATEMENTS[0]).rows
    assert HIDDEN in recorder.received
    assert RAW in recorder.received
    close_mesh(mesh)
