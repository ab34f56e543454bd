"""Sources that are down, die half way, are slow or must not be told everything: what a consumer gets then."""

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from gateway.cli import main
from gateway.errors import (
    DeadlineExceeded,
    MeshgateError,
    QueryCanceled,
    SourceFailed,
    SourceUnavailable,
    UndefinedTable,
)
from gateway.opening import OpenMesh
from gateway.query.request import Result
from tests.query.hurt_mesh import (
    MANY,
    TABLES,
    asked,
    connected,
    gateway,
    last_record,
    opened,
    rows,
    running_at,
    wait_for,
    write_mesh,
)
from tests.servers import PostgresServer, free_port, postgres_server

pytestmark = pytest.mark.xdist_group("sources")


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with postgres_server() as running:
        running.run(*TABLES)
        yield running


@pytest.fixture
def mesh(server: PostgresServer, tmp_path: Path) -> Iterator[OpenMesh]:
    with opened(write_mesh(tmp_path / "mesh"), server.uri()) as mesh:
        yield mesh


# --- down ------------------------------------------------------------------------------------------------


@pytest.fixture
def without_north(tmp_path: Path) -> Iterator[OpenMesh]:
    nobody = f"postgresql://postgres:SECRET@127.0.0.1:{free_port()}/postgres"
    with opened(write_mesh(tmp_path / "mesh"), nobody) as mesh:
        yield mesh


def test_a_source_that_is_down_at_start_costs_its_own_products_only(without_north: OpenMesh) -> None:
    with pytest.raises(SourceUnavailable, match=r'the data source of product "north\.orders" is unavailable'):
        asked(without_north, "SELECT id FROM north.orders")
    assert last_record(without_north).outcome == "failed"
    assert rows(asked(without_north, "SELECT title FROM south.regions ORDER BY name")) == [
        ("Europe",),
        ("United States",),
    ]


def test_the_operator_is_told_which_source_is_down_without_its_password(without_north: OpenMesh) -> None:
    assert any(
        warning.startswith("domains/north/domain.yaml: sources.crm: ") and "down" in warning
        for warning in without_north.warnings
    )
    assert "SECRET" not in "".join(without_north.warnings)


def test_a_product_that_is_down_exists_only_for_those_who_may_see_it(without_north: OpenMesh) -> None:
    with pytest.raises(UndefinedTable) as hidden:
        asked(without_north, "SELECT id FROM north.orders", "eve")
    with pytest.raises(UndefinedTable) as unknown:
        asked(without_north, "SELECT id FROM north.orderz", "eve")
    assert str(hidden.value).replace("orders", "orderz") == str(unknown.value)


def test_the_command_says_it_and_prints_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NORTH_URI", f"postgresql://postgres@127.0.0.1:{free_port()}/postgres")
    folder = write_mesh(tmp_path / "mesh")
    assert main(["query", str(folder), "SELECT id FROM north.orders", "--as", "ana"]) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert '58000: the data source of product "north.orders" is unavailable' in told.err


def test_a_source_that_goes_down_after_the_start_is_an_error(tmp_path: Path) -> None:
    with postgres_server() as server:
        server.run(*TABLES)
        with opened(write_mesh(tmp_path / "mesh"), server.uri()) as mesh:
            assert len(rows(asked(mesh, "SELECT id FROM north.orders"))) == 2
            server.stop()
            with pytest.raises(SourceUnavailable):
                rows(asked(mesh, "SELECT id FROM north.orders"))
            record = last_record(mesh)
            assert (record.outcome, record.sqlstate) == ("failed", "58000")
            assert len(rows(asked(mesh, "SELECT name FROM south.regions"))) == 2


# --- dies half way ---------------------------------------------------------------------------------------

STREAMED = "SELECT id, payload FROM north.big"
BREAK_OFF = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'meshgate%'"


def test_a_connection_that_breaks_off_half_way_is_an_error(mesh: OpenMesh, server: PostgresServer) -> None:
    batches = asked(mesh, STREAMED).batches()
    got = [next(batches).num_rows]
    server.run(BREAK_OFF)
    with pytest.raises(SourceFailed, match="incomplete"):
        got.extend(batch.num_rows for batch in batches)
    assert sum(got) < MANY
    assert last_record(mesh).outcome == "failed"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*), sum(length(payload) + ln(id)) FROM north.big WHERE strpos(payload, id::text) = 0",
        "SELECT max(payload) FROM north.big a JOIN north.big b USING (id, payload)",
        "SELECT id FROM north.big ORDER BY payload || id",
    ],
    ids=["aggregated", "joined with itself", "sorted"],
)
def test_nothing_is_answered_from_a_part(sql: str, mesh: OpenMesh, server: PostgresServer) -> None:
    """Answers that are ready only when all has been read: here a shorter one would look like any other."""
    stop = threading.Event()

    def break_off_again_and_again() -> None:
        wait_for(lambda: running_at(server) > 0)
        while not stop.is_set():
            server.run(BREAK_OFF)

    thread = threading.Thread(target=break_off_again_and_again)
    thread.start()
    try:
        with pytest.raises((SourceFailed, SourceUnavailable)):
            rows(asked(mesh, sql))
    finally:
        stop.set()
        thread.join()


def test_a_server_that_is_killed_half_way_is_an_error(tmp_path: Path) -> None:
    with postgres_server() as server:
        server.run(*TABLES)
        with opened(write_mesh(tmp_path / "mesh"), server.uri()) as mesh:
            batches = asked(mesh, STREAMED).batches()
            got = [next(batches).num_rows]
            server.kill()
            with pytest.raises((SourceFailed, SourceUnavailable)):
                got.extend(batch.num_rows for batch in batches)
            assert sum(got) < MANY


def test_after_a_break_the_next_statement_is_answered_whole(mesh: OpenMesh, server: PostgresServer) -> None:
    batches = asked(mesh, STREAMED).batches()
    next(batches)
    server.run(BREAK_OFF)
    with pytest.raises(SourceFailed):
        deque(batches, maxlen=0)
    assert rows(asked(mesh, "SELECT count(*) FROM north.big")) == [(MANY,)]


def test_a_client_is_told_that_what_it_got_is_incomplete(tmp_path: Path, server: PostgresServer) -> None:
    with gateway(write_mesh(tmp_path / "mesh"), server) as port, connected(port) as client:
        arriving = client.cursor().stream(STREAMED.encode())
        next(arriving)
        server.run(BREAK_OFF)
        with pytest.raises(psycopg.OperationalError, match="incomplete") as failure:
            deque(arriving, maxlen=0)
        assert failure.value.sqlstate == "58030"
        assert client.execute("SELECT count(*) FROM north.orders").fetchone() == (2,)


# --- cancelled -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Asking:
    """A statement read to its end in a thread; `error` is how it ended."""

    result: Result
    error: MeshgateError | None = None

    def read(self) -> None:
        try:
            rows(self.result)
        except MeshgateError as error:
            self.error = error


def test_cancelling_ends_the_query_at_its_source(mesh: OpenMesh, server: PostgresServer) -> None:
    asking = Asking(asked(mesh, "SELECT * FROM north.slow"))
    thread = threading.Thread(target=asking.read)
    thread.start()
    wait_for(lambda: running_at(server) == 1)
    asking.result.cancel()
    thread.join(10)
    assert isinstance(asking.error, QueryCanceled)
    wait_for(lambda: running_at(server) == 0, 5)
    assert last_record(mesh).outcome == "cancelled"


def test_a_result_that_is_left_ends_the_query_at_its_source(mesh: OpenMesh, server: PostgresServer) -> None:
    result = asked(mesh, STREAMED)
    batches = result.batches()
    next(batches)
    assert running_at(server) == 1
    result.close()
    wait_for(lambda: running_at(server) == 0, 5)
    assert last_record(mesh).outcome == "cancelled"


def test_the_time_limit_ends_the_query_at_its_source(tmp_path: Path, server: PostgresServer) -> None:
    with opened(write_mesh(tmp_path / "mesh", limits="seconds = 1"), server.uri()) as mesh:
        with pytest.raises(DeadlineExceeded, match=r"limits\.seconds"):
            rows(asked(mesh, "SELECT * FROM north.slow"))
        wait_for(lambda: running_at(server) == 0, 5)


def test_a_clients_cancel_request_reaches_the_source(tmp_path: Path, server: PostgresServer) -> None:
    with gateway(write_mesh(tmp_path / "mesh"), server) as port, connected(port) as client:

        def cancel() -> None:
            wait_for(lambda: running_at(server) == 1)
            client.cancel_safe()

        timer = threading.Thread(target=cancel)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            client.execute("SELECT * FROM north.slow")
        timer.join()
        wait_for(lambda: running_at(server) == 0, 5)
        assert client.execute("SELECT count(*) FROM south.regions").fetchone() == (2,)


def test_a_client_that_vanishes_takes_its_query_along(tmp_path: Path, server: PostgresServer) -> None:
    with gateway(write_mesh(tmp_path / "mesh"), server) as port, connected(port) as client:
        client.pgconn.send_query(b"SELECT * FROM north.slow")
        client.pgconn.flush()
        wait_for(lambda: running_at(server) == 1)
        client.pgconn.finish()
        wait_for(lambda: running_at(server) == 0, 10)


# --- a bounded pool --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            f"SELECT count(*) FROM north.big a {' '.join(f'JOIN north.big b{i} USING (id)' for i in range(4))}",
            MANY,
        ),
        (
            "SELECT sum(n) FROM (" + " UNION ALL ".join(["SELECT count(*) n FROM north.big"] * 6) + ")",
            6 * MANY,
        ),
        ("SELECT " + " + ".join(["(SELECT kind FROM north.big WHERE id = 7 LIMIT 1)"] * 6) + " + 1", 1),
        ("SELECT " + " + ".join(["(SELECT kind - kind FROM north.big LIMIT 1)"] * 6) + " + 1", 1),
    ],
    ids=["joins", "unions", "lookups", "first rows"],
)
def test_a_statement_that_reads_a_source_more_often_than_it_has_connections(
    sql: str, expected: int, tmp_path: Path, server: PostgresServer
) -> None:
    with opened(write_mesh(tmp_path / "mesh", pool=2), server.uri()) as mesh:
        assert rows(asked(mesh, sql)) == [(expected,)]


# --- what does not cross the wire ------------------------------------------------------------------------


class Tap:
    """A TCP relay to a server that keeps all that the server says."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.heard = bytearray()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._to))
            for source, sink, keep in ((client, server, False), (server, client, True)):
                threading.Thread(target=self._pass_on, args=(source, sink, keep), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, keep: bool) -> None:
        try:
            while data := source.recv(65536):
                if keep:
                    self.heard += data
                sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()


@pytest.fixture(scope="module")
def tapped(
    server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[OpenMesh, Tap]]:
    folder = write_mesh(tmp_path_factory.mktemp("tapped") / "mesh")
    with closing(Tap(server.port)) as tap:
        uri = f"postgresql://postgres@127.0.0.1:{tap.port}/postgres?sslmode=disable"
        with opened(folder, uri) as mesh:
            yield mesh, tap


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM north.orders",
        "SELECT email, note FROM north.orders WHERE note <> 'x' ORDER BY email",
        "SELECT id FROM north.orders WHERE email LIKE '%CANARY%'",
        "SELECT id FROM north.orders WHERE CAST(note AS BIGINT) > 0",
        "SELECT id FROM north.orders WHERE upper(note) <> 'a' OR length(email) > 4",
        "SELECT max(email), min(note), sum(amount), count(DISTINCT note) FROM north.orders",
        "SELECT o.email, title FROM north.orders o JOIN south.regions r ON r.name = o.region",
        "SELECT a.email FROM north.orders a JOIN north.orders b ON a.note = b.note WHERE b.amount > 0",
        "WITH o AS (SELECT *, row_number() OVER (ORDER BY email) AS n FROM north.orders) SELECT * FROM o WHERE n = 1",
        "SELECT count(*) FROM north.orders",
        "SELECT CASE WHEN email = 'CANARY-MASKED-1@example.com' THEN note END FROM north.orders",
    ],
)
def test_hidden_rows_and_raw_values_never_leave_the_source(sql: str, tapped: tuple[OpenMesh, Tap]) -> None:
    mesh, tap = tapped
    tap.heard.clear()
    rows(asked(mesh, sql))
    heard = bytes(tap.heard)
    assert len(heard) > 0
    for canary in (b"MASKED", b"HIDDEN", b"DENIED"):
        assert b"CANARY-" + canary not in heard
    queries = [source.query for source in last_record(mesh).sources if source.source == "north.crm"]
    assert queries
    assert all("'EU'" in query for query in queries)


def test_the_tap_hears_what_the_source_says(tapped: tuple[OpenMesh, Tap]) -> None:
    """Without this, the test above would hold for a wire nobody listens to."""
    mesh, tap = tapped
    tap.heard.clear()
    rows(asked(mesh, "SELECT payload FROM north.big WHERE id = 1"))
    assert b"x" * 80 in bytes(tap.heard)


def test_the_record_tells_rows_and_bytes_of_each_source(mesh: OpenMesh) -> None:
    assert len(rows(asked(mesh, "SELECT * FROM north.orders, south.regions"))) == 4
    accesses = {source.source: source for source in last_record(mesh).sources}
    assert {key: access.rows for key, access in accesses.items()} == {"north.crm": 2, "south.lake": 2}
    assert all(access.bytes for access in accesses.values())
    assert "***" in accesses["north.crm"].query
