"""Several scans of one query in one state of a PostgreSQL, and queries that cannot wait for each other."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceDown, SourceError
from connectors.postgres import PostgresConnector
from connectors.snapshots import Snapshots
from tests.connectors.sources import ask, one, read, rows, run
from tests.servers import PostgresServer, free_port, postgres_server

WIDE = 60_000
"""Rows of more bytes than any buffer between server and client holds."""


def scan(query: str) -> Scan:
    return Scan((SourceColumn("a", "BIGINT", ""), SourceColumn("b", "VARCHAR", "")), query=query)


@pytest.fixture
def table(uri: str) -> str:
    name = f"w{uuid4().hex}"
    run(
        uri,
        f"CREATE TABLE {name} (a bigint, b text)",
        f"INSERT INTO {name} SELECT i, repeat('x', 200) FROM generate_series(1, {WIDE}) AS g(i)",
    )
    return name


@pytest.fixture(params=[4, 2, 1], ids=lambda size: f"pool of {size}")
def pooled(uri: str, request: pytest.FixtureRequest) -> Iterator[PostgresConnector]:
    made = PostgresConnector(uri, pool=request.param, pool_timeout=20)
    yield made
    made.close()


@pytest.mark.parametrize("scans", [None, 3])
def test_streams_of_one_snapshot_see_one_state_while_a_writer_commits(
    uri: str, table: str, pooled: PostgresConnector, scans: int | None
) -> None:
    snapshot = pooled.snapshot("same", scans)
    first = snapshot.open(scan(f"SELECT a, b FROM {table}"))
    reader = first.reader()
    begun = reader.read_next_batch().num_rows
    run(uri, f"INSERT INTO {table} VALUES (0, 'late')", f"DELETE FROM {table} WHERE a = 1")
    second = snapshot.open(scan(f"SELECT a, b FROM {table}"))
    assert read(second).num_rows == WIDE
    assert begun + reader.read_all().num_rows == WIDE
    first.close()
    run(uri, f"DELETE FROM {table} WHERE a = 2")
    third = snapshot.open(scan(f"SELECT count(*) AS a, min(b) AS b FROM {table}"))
    assert rows(read(third)) == [(WIDE, "x" * 200)]
    snapshot.close()
    assert rows(ask(pooled, f"SELECT count(*) AS a FROM {table}", ("a", "BIGINT"))) == [(WIDE - 1,)]


def test_scans_one_after_another_share_a_connection(source: PostgresConnector) -> None:
    snapshot = source.snapshot()
    asked = Scan((SourceColumn("a", "INTEGER", ""),), query="SELECT pg_backend_pid() AS a")
    assert rows(read(snapshot.open(asked))) == rows(read(snapshot.open(asked)))
    snapshot.close()


def test_a_stream_that_is_closed_early_or_fails_does_not_lose_the_state(
    uri: str, table: str, pooled: PostgresConnector
) -> None:
    snapshot = pooled.snapshot("early")
    begun = snapshot.open(scan(f"SELECT a, b FROM {table}"))
    begun.reader().read_next_batch()
    begun.close()
    run(uri, f"TRUNCATE {table}")
    with pytest.raises(SourceError, match="division by zero"):
        read(snapshot.open(scan("SELECT 1 / 0 AS a, '' AS b")))
    run(uri, f"INSERT INTO {table} VALUES (1, 'late')")
    assert rows(read(snapshot.open(scan("SELECT 7 AS a, '' AS b")))) == [(7, "")]
    snapshot.close()


def test_the_state_survives_a_stream_that_is_closed_early(
    uri: str, pooled: PostgresConnector, table: str
) -> None:
    snapshot = pooled.snapshot("early")
    begun = snapshot.open(scan(f"SELECT a, b FROM {table}"))
    begun.reader().read_next_batch()
    begun.close()
    run(uri, f"INSERT INTO {table} VALUES (0, 'late')")
    assert read(snapshot.open(scan(f"SELECT a, b FROM {table}"))).num_rows == WIDE
    snapshot.close()


def test_an_error_after_the_rest_was_put_aside_is_raised_where_it_belongs(uri: str, table: str) -> None:
    source = PostgresConnector(uri, pool=1)
    snapshot = source.snapshot()
    failing = snapshot.open(scan(f"SELECT 1 / ({WIDE} - a) AS a, b FROM {table}"))
    reader = failing.reader()
    reader.read_next_batch()
    assert read(snapshot.open(scan(f"SELECT a, b FROM {table}"))).num_rows == WIDE
    with pytest.raises(SourceError, match="division by zero"):
        reader.read_all()
    failing.close()
    snapshot.close()
    source.close()


def test_a_stream_can_be_canceled_while_its_rest_is_put_aside(uri: str) -> None:
    source = PostgresConnector(uri, pool=1)
    snapshot = source.snapshot()
    endless = "SELECT x AS a, repeat('x', 200) AS b FROM generate_series(1, 100000000) AS g(x)"
    first = snapshot.open(scan(endless))
    first.reader().read_next_batch()
    second = snapshot.open(scan("SELECT 1 AS a, '' AS b"))
    threading.Timer(0.5, second.cancel).start()
    with pytest.raises(ScanCanceled):
        read(second)
    began = time.monotonic()
    snapshot.close()
    assert time.monotonic() - began < 3
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]
    source.close()


def test_a_closed_snapshot_gives_nothing_more(pooled: PostgresConnector) -> None:
    snapshot = pooled.snapshot()
    unread = snapshot.open(scan("SELECT 1 AS a, '' AS b"))
    snapshot.close()
    snapshot.close()
    with pytest.raises(SourceError):
        read(unread)
    with pytest.raises(SourceError):
        snapshot.open(scan("SELECT 1 AS a, '' AS b"))


def test_queries_that_fill_the_pools_of_two_sources_do_not_wait_for_each_other(uri: str, table: str) -> None:
    """Every query reads both sources at the same time, half of them the one first, half the other."""
    sources = {name: PostgresConnector(uri, pool=2, pool_timeout=30) for name in ("x", "y")}

    def query(number: int) -> int:
        order = ("x", "y", "x") if number % 2 else ("y", "x", "y")
        snapshots = Snapshots(sources, f"q{number}")
        try:
            readers = []
            seen = 0
            for name in order:
                readers.append(snapshots.open(name, scan(f"SELECT a, b FROM {table}")).reader())
                seen += readers[-1].read_next_batch().num_rows
            return seen + sum(reader.read_all().num_rows for reader in readers)
        finally:
            snapshots.close()

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(query, range(16))) == [3 * WIDE] * 16
    for source in sources.values():
        source.close()


def test_a_query_on_no_connection_leaves_the_pool_as_it_was(uri: str) -> None:
    source = PostgresConnector(uri, pool=1, pool_timeout=0.2)
    for number in range(3):
        snapshots = Snapshots({"x": source, "y": source}, f"q{number}", {"x": 1})
        held = snapshots.open("x", scan("SELECT 1 AS a, '' AS b"))
        with pytest.raises(SourceError, match="all 1 connections are busy"):  # one source under two names
            read(held)
        snapshots.close()
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]
    source.close()


def test_a_source_that_does_not_answer_costs_the_next_queries_no_wait() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        source = PostgresConnector(f"postgresql://127.0.0.1:{silent.getsockname()[1]}/x", connect_timeout=2)
        with pytest.raises(SourceDown):
            source.tables()
        began = time.monotonic()
        with ThreadPoolExecutor(8) as threads:
            refused = [threads.submit(read, one(source, scan("SELECT 1 AS a, '' AS b"))) for _ in range(40)]
        assert all(isinstance(each.exception(), SourceDown) for each in refused)
        assert time.monotonic() - began < 2  # one of them would have waited as long, 40 much longer
        source.close()


def test_a_source_that_comes_back_is_used_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    port = free_port()
    source = PostgresConnector(f"postgresql://postgres@127.0.0.1:{port}/postgres")
    with pytest.raises(SourceDown):
        source.tables()
    with postgres_server(port) as server:
        assert server.port == port
        deadline = time.monotonic() + 20
        while True:
            try:
                assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]
                break
            except SourceDown:
                assert time.monotonic() < deadline
                time.sleep(0.1)
    source.close()


def test_a_transaction_that_the_server_ends_is_no_other_state(
    uri: str, table: str, postgres: PostgresServer
) -> None:
    source = PostgresConnector(uri)
    snapshot = source.snapshot("killed")
    assert read(snapshot.open(scan(f"SELECT a, b FROM {table}"))).num_rows == WIDE
    with psycopg.connect(uri, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'meshgate killed'"
        )
    for _ in range(2):
        with pytest.raises(SourceError):
            read(snapshot.open(scan(f"SELECT a, b FROM {table}")))
    snapshot.close()
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]
    source.close()
