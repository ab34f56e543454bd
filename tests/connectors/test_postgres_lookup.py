"""One row that is asked for ahead: as the driver that streams reads it, by a connection of the same pool."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import duckdb
import pyarrow as pa
import pytest

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceError
from connectors.postgres import PostgresConnector
from connectors.streams import PulledStream
from tests.connectors.sources import answer, one, read, rows, run

SHAPE = ("what the queries of a test have in common",)
PROCESS = (SourceColumn("a", "INTEGER", ""),)
TEXT = (SourceColumn("a", "VARCHAR", ""),)


def looked_up(
    source: PostgresConnector, query: str, columns: tuple[SourceColumn, ...], reference: str = "test"
) -> PulledStream:
    stream = one(source, Scan(columns, query=query, shape=SHAPE, one=True), reference)
    assert isinstance(stream, PulledStream)
    stream.ask()
    return stream


def process(source: PostgresConnector, reference: str = "test") -> object:
    """Of the server, that answers the lookup."""
    return rows(read(looked_up(source, "SELECT pg_backend_pid() AS a", PROCESS, reference)))[0][0]


def texts(table: pa.Table) -> list[object]:
    """Python knows no day before Christ, and NaN equals nothing."""
    with duckdb.connect() as engine:
        engine.execute("SET timezone = 'UTC'")
        engine.register("t", table)
        return list(engine.execute("SELECT COLUMNS(*)::VARCHAR FROM t").fetchall())


VALUES = (
    ("boolean", "true", "false"),
    ("smallint", "-32768", "32767"),
    ("integer", "-2147483648", "2147483647"),
    ("bigint", "-9223372036854775808", "9223372036854775807"),
    ("real", "'-Infinity'", "1.1"),
    ("double precision", "'NaN'", "-5e-324"),
    ("text", "''", "'Straße 東京 🐘'"),
    ("varchar(9)", "'a'", "''"),
    ("char(4)", "'a '", "''"),
    ("numeric(12,2)", "-9999999999.99", "0.01"),
    ("numeric(9,0)", "-1", "999999999"),
    ("numeric(30,4)", "-12345678901234567890123456.7891", "0"),
    ("date", "'0044-03-15 BC'", "'9999-12-31'"),
    ("timestamp", "'4713-01-02 BC'", "'294246-12-31 23:59:59.999999'"),
    ("timestamptz", "'1969-12-31 23:59:59.999999+00'", "'2000-01-01 00:00:00+00'"),
)
OTHERS = (
    ("uuid", "'e9933170-5c89-446c-97a8-5853263d0662'"),
    ("jsonb", "'{\"a\": 1}'"),
    ("int[]", "'{1,2}'"),
    ("interval", "'1 day'"),
)
"""Types that are left to the driver that streams."""


def test_values_are_those_of_the_driver_that_streams(uri: str, source: PostgresConnector) -> None:
    table = f"t{uuid4().hex}"
    declared = ", ".join(f"c{place} {kind}" for place, (kind, *_) in enumerate(VALUES))
    run(uri, f"CREATE TABLE {table} ({declared}, k int)", f"INSERT INTO {table} (k) VALUES (3)")
    for k in (1, 2):
        run(uri, f"INSERT INTO {table} VALUES ({', '.join(value[k] for value in VALUES)}, {k})")
    columns = source.tables()[(table,)].columns

    def found(k: int) -> pa.Table:
        return read(looked_up(source, f"SELECT * FROM {table} WHERE k = {k}", columns))

    for k in (1, 2, 3, 4):
        streamed = read(one(source, Scan(columns, query=f"SELECT * FROM {table} WHERE k = {k}")))
        for _ in range(3):
            asked = found(k)
            asked.validate(full=True)
            assert asked.schema == streamed.schema
            assert texts(asked) == texts(streamed)
        assert asked.num_rows == (k < 4)


@pytest.mark.parametrize(("kind", "value"), OTHERS)
def test_other_types_are_read_all_the_same(
    uri: str, source: PostgresConnector, kind: str, value: str
) -> None:
    table = f"t{uuid4().hex}"
    run(uri, f"CREATE TABLE {table} (a {kind})", f"INSERT INTO {table} VALUES ({value})")
    columns = source.tables()[(table,)].columns
    first, *others = (read(looked_up(source, f"SELECT a FROM {table}", columns)) for _ in range(3))
    assert all(other.equals(first) for other in others)


@pytest.mark.parametrize(
    ("kind", "good", "bad", "why"),
    [
        ("DATE", "'2020-01-01'::date", "'infinity'::date", "infinite date"),
        ("TIMESTAMP", "'2020-01-01'::timestamp", "'-infinity'::timestamp", "infinite time"),
        ("DECIMAL(4,2)", "1.5", "1.505", "fractional digits"),
        ("DECIMAL(4,2)", "1.5", "'NaN'::numeric", "NaN"),
        ("INTEGER", "1", "1/(SELECT 0)", "division by zero"),
        ("INTEGER", "1", "'1'::text", "expected int32"),
    ],
)
def test_what_cannot_be_had_is_the_same_error(
    source: PostgresConnector, kind: str, good: str, bad: str, why: str
) -> None:
    columns = (SourceColumn("a", kind, ""),)
    for _ in range(2):
        assert read(looked_up(source, f"SELECT {good} AS a", columns)).num_rows == 1
        with pytest.raises(SourceError, match=why):
            read(looked_up(source, f"SELECT {bad} AS a", columns))


def test_more_rows_than_one_all_come(source: PostgresConnector) -> None:
    for there in (1, 2, 3_000, 0):
        query = f"SELECT x::text AS a FROM generate_series(1, {there}) AS g(x)"
        assert read(looked_up(source, query, TEXT)).num_rows == there


def test_a_session_is_kept_replaced_and_named(uri: str, source: PostgresConnector) -> None:
    streaming = process(source)
    assert process(source) == streaming, "a session was opened for what was asked once"
    kept = process(source)
    assert streaming != kept
    assert process(source) == kept, "the session was not used again"
    named = "SELECT current_setting('application_name') || current_setting('transaction_read_only') AS a"
    assert {rows(read(looked_up(source, named, TEXT, "here")))[0] for _ in range(2)} == {("meshgate hereon",)}
    answer(uri, f"SELECT pg_terminate_backend({kept})")
    assert process(source) == streaming
    assert process(source) not in (streaming, kept)


@pytest.mark.parametrize("ends", ["canceled", "closed"])
def test_what_is_asked_can_be_given_up(uri: str, source: PostgresConnector, ends: str) -> None:
    name = f"gone {ends}"
    for _ in range(2):
        read(looked_up(source, "SELECT pg_sleep(0)::text AS a", TEXT))
    stream = looked_up(source, "SELECT pg_sleep(30)::text AS a", TEXT, name)
    start = time.monotonic()
    if ends == "canceled":
        threading.Timer(0.2, stream.cancel).start()
        with pytest.raises(ScanCanceled):
            stream.reader().read_all()
    stream.close()
    while answer(uri, f"SELECT 1 FROM pg_stat_activity WHERE application_name = 'meshgate {name}'"):
        assert time.monotonic() < start + 1.5
    assert process(source)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_lookups_and_streams_share_the_pool(uri: str, size: int) -> None:
    source = PostgresConnector(uri, pool=size, pool_timeout=20)
    name = f"shared {uuid4().hex}"
    open_now = f"SELECT count(*) FROM pg_stat_activity WHERE application_name = 'meshgate {name}'"

    def work(number: int) -> int:
        if number % 3:
            process(source, name)
        else:
            read(one(source, Scan(TEXT, query="SELECT x::text AS a FROM generate_series(1, 99) g(x)"), name))
        return int(str(answer(uri, open_now)[0][0]))

    with ThreadPoolExecutor(6) as threads:
        assert max(threads.map(work, range(40))) <= size
    source.close()
    deadline = time.monotonic() + 5
    while answer(uri, open_now) != [(0,)]:
        assert time.monotonic() < deadline
