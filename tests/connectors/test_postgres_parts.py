"""A large table of a PostgreSQL, read by several connections: the rows of one scan, in its order, or an error."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceError, Stream
from connectors.postgres import PostgresConnector
from connectors.postgres_parts import AHEAD_BYTES
from connectors.snapshots import Snapshots
from tests.connectors.sources import Row, read, rows, run
from tests.servers import PostgresServer

COUNT = 60_000
ROWS_OF_BLOCK = 30
"""At least, of 200 bytes each."""
TRIES = 20
"""On a busy machine the second connection may come when all is read."""
COLUMNS = (SourceColumn("a", "BIGINT", ""), SourceColumn("b", "VARCHAR", ""))


@pytest.fixture(scope="module")
def uri(postgres: PostgresServer) -> str:
    return postgres.database(f"p{uuid4().hex}")


@pytest.fixture
def table(uri: str) -> str:
    name = f"t{uuid4().hex}"
    run(
        uri,
        f"CREATE TABLE {name} (a bigint, b text)",
        f"INSERT INTO {name} SELECT i, repeat('x', 200) FROM generate_series(1, {COUNT}) AS g(i)",
    )
    return name


@pytest.fixture
def source(uri: str) -> Iterator[PostgresConnector]:
    made = PostgresConnector(uri, parallel=2)
    yield made
    made.close()


def in_parts(table: str, selected: str = "a, b", count: int = 2) -> Scan:
    """The blocks of the table in so many ranges of the same size."""
    ends = [f"'({COUNT // ROWS_OF_BLOCK * number // count},0)'" for number in range(1, count)]
    between = [f"ctid >= {low} AND ctid < {high}" for low, high in pairwise(ends)]
    query = f"SELECT {selected} FROM {table}"
    ranges = (f"ctid < {ends[0]}", *between, f"ctid >= {ends[-1]}")
    return Scan(COLUMNS, query=query, parts=tuple(f"{query} WHERE {each}" for each in ranges))


@contextmanager
def begun(made: PostgresConnector, scan: Scan, reference: str = "parts") -> Iterator[Stream]:
    """With a snapshot of its own, in which there may be other scans."""
    with closing(made.snapshot(reference)) as snapshot:
        yield snapshot.open(scan)


def asked(uri: str, sql: str) -> list[Row]:
    with psycopg.connect(uri) as connection:
        return connection.execute(sql.encode()).fetchall()


@pytest.mark.parametrize("count", [2, 3, 7, 40])
def test_the_rows_of_one_scan_in_its_order(
    uri: str, table: str, source: PostgresConnector, count: int
) -> None:
    expected, seen = asked(uri, f"SELECT a, b FROM {table}"), set()
    for _ in range(TRIES):
        with begun(source, in_parts(table, count=count)) as stream:
            assert rows(read(stream)) == expected
            seen.add(stream.connections)
        if 2 in seen:
            break
    assert 2 in seen


def test_no_row_is_lost_or_seen_twice_while_others_write(
    uri: str, table: str, source: PostgresConnector
) -> None:
    """An updated row lies at another place: one part would miss it, or two would see it."""
    run(uri, f"ALTER TABLE {table} ADD COLUMN c int DEFAULT 0")
    over = threading.Event()
    changed = 0

    def write() -> None:
        nonlocal changed
        with psycopg.connect(uri, autocommit=True) as connection:
            while not over.is_set():
                number = 1 + changed * 997 % (COUNT - 1)
                connection.execute(f"UPDATE {table} SET c = c + 1, b = b || 'y' WHERE a = {number}".encode())
                with connection.transaction():
                    connection.execute(f"DELETE FROM {table} WHERE a = {number + 1}".encode())
                    connection.execute(f"INSERT INTO {table} VALUES ({number + 1}, 'new')".encode())
                changed += 1

    run(uri, f"CREATE INDEX ON {table} (a)")
    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(6):
            with closing(source.snapshot("writing")) as snapshot:
                found = rows(read(snapshot.open(in_parts(table, count=6))))
                whole = rows(read(snapshot.open(Scan(COLUMNS, query=f"SELECT a, b FROM {table}"))))
            assert sorted(row[0] for row in found if isinstance(row[0], int)) == list(range(1, COUNT + 1))
            assert sorted(map(repr, found)) == sorted(map(repr, whole))
    finally:
        over.set()
        writer.join()
    assert changed > 0


def test_rows_that_move_after_the_first_batch_stay_where_they_were(
    uri: str, table: str, source: PostgresConnector
) -> None:
    before = asked(uri, f"SELECT a, b FROM {table}")
    snapshot = source.snapshot("moved")
    assert rows(read(snapshot.open(Scan(COLUMNS[:1], query="SELECT 1::int8 AS a")))) == [(1,)]
    run(uri, f"UPDATE {table} SET b = 'moved'", f"DELETE FROM {table} WHERE a % 2 = 0")
    run(uri, f"INSERT INTO {table} VALUES (0, 'late')")
    stream = snapshot.open(in_parts(table, count=5))
    assert rows(read(stream)) == before
    snapshot.close()


@pytest.mark.parametrize(("pool", "connections"), [(1, 1), (2, 1), (3, 2)])
def test_a_second_connection_leaves_one_to_others(uri: str, table: str, pool: int, connections: int) -> None:
    source = PostgresConnector(uri, pool=pool, parallel=4)
    seen = set()
    for _ in range(TRIES):
        with begun(source, in_parts(table, count=4)) as stream:
            assert read(stream).num_rows == COUNT
            seen.add(stream.connections)
    assert max(seen) == connections
    source.close()


def test_no_second_connection_where_another_query_has_it(uri: str, table: str) -> None:
    source = PostgresConnector(uri, pool=3, parallel=2)
    with begun(source, Scan(COLUMNS, query=f"SELECT a, b FROM {table}")) as held:
        held.reader().read_next_batch()
        with begun(source, in_parts(table)) as stream:
            assert read(stream).num_rows == COUNT
            assert stream.connections == 1
    source.close()


@pytest.mark.parametrize(("setting", "scans"), [(1, None), (2, 1)])
def test_one_connection_where_it_shall_be_one_or_nothing_keeps_the_state(
    uri: str, table: str, setting: int, scans: int | None
) -> None:
    source = PostgresConnector(uri, parallel=setting)
    with closing(source.snapshot("alone", scans)) as snapshot:
        stream = snapshot.open(in_parts(table))
        assert read(stream).num_rows == COUNT
        assert stream.connections == 1
    source.close()


@pytest.mark.parametrize("row", [1, COUNT // 2, COUNT])
def test_a_part_that_fails_fails_the_scan(uri: str, table: str, source: PostgresConnector, row: int) -> None:
    with closing(source.snapshot("fails")) as snapshot:
        with pytest.raises(SourceError, match="division by zero"):
            read(snapshot.open(in_parts(table, f"1 / (a - {row}) AS a, b", count=4)))
        assert read(snapshot.open(in_parts(table))).num_rows == COUNT


def test_a_connection_that_dies_fails_the_scan(uri: str, table: str, source: PostgresConnector) -> None:
    for victim in ("min", "max"):
        with begun(source, in_parts(table, "a, repeat(b, 40) AS b"), "dies") as stream:
            reader = stream.reader()
            reader.read_next_batch()
            working(uri, "dies", 2)
            run(
                uri,
                f"SELECT pg_terminate_backend((SELECT {victim}(pid) FROM pg_stat_activity "
                "WHERE application_name = 'meshgate dies'))",
            )
            with pytest.raises(SourceError):
                reader.read_all()


def working(uri: str, reference: str, wanted: int) -> None:
    """Until so many sessions of a query are at work."""
    count = (
        f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'meshgate {reference}' "
        "AND state = 'active'"
    )
    deadline = time.monotonic() + 30
    while asked(uri, count) != [(wanted,)]:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_cancel_stops_all_parts(uri: str, table: str, source: PostgresConnector) -> None:
    slow = in_parts(table, "a, pg_sleep(0.01)::text AS b")
    with begun(source, slow, "canceled") as stream, ThreadPoolExecutor(1) as threads:
        reading = threads.submit(stream.reader().read_all)
        working(uri, "canceled", 2)
        stream.cancel()
        with pytest.raises(ScanCanceled):
            reading.result(timeout=30)
        working(uri, "canceled", 0)
    assert not [thread for thread in threading.enumerate() if thread.name == "part"]


def test_a_stream_that_is_closed_early_stops_all_parts(
    uri: str, table: str, source: PostgresConnector
) -> None:
    for number in range(3):
        snapshot = source.snapshot(f"closed {number}")
        stream = snapshot.open(in_parts(table, "a, repeat(b, 40) AS b", count=1 + 3**number))
        stream.reader().read_next_batch()
        stream.close()
        assert not [thread for thread in threading.enumerate() if thread.name == "part"]
        working(uri, f"closed {number}", 0)
        assert read(snapshot.open(in_parts(table))).num_rows == COUNT
        snapshot.close()


def test_what_waits_is_bounded(uri: str, table: str, source: PostgresConnector) -> None:
    """480 MB in all, of which nobody reads more than a batch."""
    before = resident()
    with begun(source, in_parts(table, "a, repeat(b, 40) AS b", count=6)) as stream:
        reader = stream.reader()
        first = reader.read_next_batch()
        seen, grown = -1, 0
        while seen != grown:
            seen = grown
            time.sleep(0.5)
            grown = resident() - before
        assert grown < AHEAD_BYTES * 3
        assert first.num_rows + reader.read_all().num_rows == COUNT


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_another_scan_of_the_query_need_not_wait_for_the_parts(uri: str, table: str) -> None:
    """The parts have taken what there is, and nobody reads on before the other scan has ended."""
    source = PostgresConnector(uri, pool=3, parallel=2)
    snapshot, other = source.snapshot("crowded"), source.snapshot("other")
    reader = snapshot.open(in_parts(table, "a, repeat(b, 40) AS b", count=4)).reader()
    seen = reader.read_next_batch().num_rows
    working(uri, "crowded", 2)
    other.open(Scan(COLUMNS, query=f"SELECT a, b FROM {table}")).reader().read_next_batch()
    assert rows(read(snapshot.open(Scan(COLUMNS, query="SELECT 7::int8 AS a, '' AS b")))) == [(7, "")]
    assert seen + reader.read_all().num_rows == COUNT
    snapshot.close()
    other.close()
    source.close()


def test_queries_in_parts_do_not_wait_for_each_other(uri: str, table: str) -> None:
    sources = {name: PostgresConnector(uri, pool=3, pool_timeout=60, parallel=3) for name in ("x", "y")}

    def query(number: int) -> int:
        snapshots = Snapshots(sources, f"q{number}")
        try:
            readers, seen = [], 0
            for name in ("x", "y", "x") if number % 2 else ("y", "x", "y"):
                readers.append(snapshots.open(name, in_parts(table, count=5)).reader())
                seen += readers[-1].read_next_batch().num_rows
            return seen + sum(reader.read_all().num_rows for reader in readers)
        finally:
            snapshots.close()

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(query, range(12))) == [3 * COUNT] * 12
    for source in sources.values():
        source.close()


def test_what_broke_off_beside_the_parts_fails_those_that_had_not_begun(uri: str, table: str) -> None:
    """With its savepoint its line gave up what kept others from writing the table anew."""
    source = PostgresConnector(uri, pool=4, parallel=2)
    with closing(source.snapshot("unlocked")) as snapshot:
        reader = snapshot.open(in_parts(table, "a, repeat(b, 40) AS b", count=40)).reader()
        reader.read_next_batch()
        with pytest.raises(SourceError, match="division by zero"):
            read(snapshot.open(Scan(COLUMNS, query="SELECT 1 / 0 AS a, '' AS b")))
        with pytest.raises(SourceError, match="broke off"):
            reader.read_all()
    source.close()


# --- which tables ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def kinds(uri: str) -> str:
    """A schema with a table of some 40 MB in several shapes."""
    name = f"k{uuid4().hex}"
    rows_of_all = "SELECT i, repeat('x', 1000) FROM generate_series(1, 35000) AS g(i)"
    run(
        uri,
        f"CREATE SCHEMA {name}",
        f"SET search_path = {name}; CREATE TABLE large (a bigint, b text); INSERT INTO large {rows_of_all}; "
        f"CREATE TABLE small AS SELECT * FROM large LIMIT 10; CREATE VIEW seen AS SELECT * FROM large; "
        f"CREATE MATERIALIZED VIEW kept AS SELECT * FROM large; "
        f"CREATE TABLE parent (a bigint, b text); INSERT INTO parent {rows_of_all}; "
        f"CREATE TABLE child () INHERITS (parent); "
        f"CREATE TABLE whole (a bigint, b text) PARTITION BY RANGE (a); "
        f"CREATE TABLE leaf PARTITION OF whole FOR VALUES FROM (0) TO (100000); INSERT INTO whole {rows_of_all}",
    )
    return name


def test_only_large_tables_are_read_in_parts(uri: str, kinds: str) -> None:
    tables = ("large", "small", "seen", "kept", "parent", "child", "whole", "leaf")
    parted = {}
    for parallel in (1, 2, 3):
        source = PostgresConnector(uri, schema=kinds, parallel=parallel)
        found = source.statistics([(table,) for table in tables])
        parted[parallel] = {name[0]: len(known.parts) for name, known in found.items() if known.parts}
        source.close()
    assert parted == {1: {}, 2: {"large": 2, "leaf": 2}, 3: {"large": 3, "leaf": 3}}


def test_each_row_is_in_one_part_also_when_the_table_has_changed(uri: str, kinds: str) -> None:
    source = PostgresConnector(uri, schema=kinds, parallel=3)
    parts = source.statistics([("large",)])["large",].parts
    source.close()
    counted = ", ".join(f"count(*) FILTER (WHERE {part})" for part in parts)
    for part in parts:
        plan = asked(uri, f"EXPLAIN SELECT a FROM {kinds}.large WHERE {part}")
        assert "Tid Range Scan" in str(plan)
    changes = (
        f"INSERT INTO {kinds}.large SELECT * FROM {kinds}.large",
        f"DELETE FROM {kinds}.large WHERE a > 100",
        f"VACUUM FULL {kinds}.large",
        f"TRUNCATE {kinds}.large",
    )
    for change in changes:
        run(uri, change)
        ((*found, whole),) = asked(uri, f"SELECT {counted}, count(*) FROM {kinds}.large")
        assert sum(map(int, map(str, found))) == whole
