"""What every connector must keep: one suite over all of them."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from connectors.base import (
    KeepsStatistics,
    KeySet,
    Scan,
    ScanCanceled,
    SourceColumn,
    SourceDown,
    SourceError,
    SourceTable,
    TakesKeys,
)
from tests.connectors.sources import MAKERS, Row, Rows, Source, ask, one, opened, read, rows
from tests.servers import PostgresServer

COLUMNS = (("id", "BIGINT"), ("x", "DOUBLE"), ("name", "VARCHAR"))

VALUES: list[Row] = [
    (1, 0.1, "plain"),
    (2**63 - 1, 1e308, "Zoë 🙂 \u2028 'quoted' \"twice\""),
    (-(2**63), 5e-324, ""),
    (0, -2.5, "two\nlines\r\nand a, comma"),
    (None, None, None),
    (3, 1 / 3, "NULL"),
    (4, 123456789.12345679, " \t spaces  "),
    (5, 2.0**53 + 2, "\\N"),
]

ODD_NAMES = ("a b", 'Or""der', "Ünïcode", "select", "1st", "it's", "UPPER", "dotted.name", "per%cent")

MANY = 40_000

Fill = Callable[..., Source]


@pytest.fixture(params=sorted(MAKERS))
def fill(request: pytest.FixtureRequest, tmp_path: Path, postgres: PostgresServer) -> Iterator[Fill]:
    """Makes a source of the given tables; closed after the test."""
    made: list[Source] = []

    def make(**tables: Rows) -> Source:
        made.append(MAKERS[request.param](tables, tmp_path, postgres))
        return made[-1]

    yield make
    for source in made:
        source.connector.close()


def many() -> Rows:
    return Rows(COLUMNS, [(i, i / 7, f"row {i} " + "x" * (i % 50)) for i in range(MANY)])


def test_tables_are_described(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES), u=Rows((("id", "BIGINT"),), [(1,)]))
    tables = source.connector.tables()
    assert {name for name in tables if len(name) == 1} == {("t",), ("u",)}
    described = [(column.name, column.type) for column in tables[("t",)].columns]
    assert described == [(name, source.type_of(kind)) for name, kind in COLUMNS]
    assert tables[("t",)].weak == source.weak
    assert all(column.nullable for column in tables[("t",)].columns)


def test_values_come_back_exactly(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    got = rows(read(opened(source.connector, "t")))
    assert got == [tuple(map(source.expected, row)) for row in VALUES]


def test_the_engine_sees_the_types_that_were_promised(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    stream = opened(source.connector, "t")
    promised = [column.type for column in source.connector.tables()[("t",)].columns]
    with duckdb.connect() as engine:
        engine.register("t", stream.reader())
        relation = engine.sql("SELECT * FROM t")
        assert [str(kind) for kind in relation.types] == promised
        assert len(relation.fetchall()) == len(VALUES)
    stream.close()


def test_the_schema_is_known_before_the_first_batch_and_kept(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    stream = opened(source.connector, "t")
    before = stream.schema
    assert before.names == [name for name, _ in COLUMNS]
    reader = stream.reader()
    assert reader.schema == before
    assert all(batch.schema == before for batch in reader)
    stream.close()


def test_an_empty_table_has_no_rows(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, []), u=Rows(COLUMNS, VALUES))
    got = rows(read(opened(source.connector, "t")))
    assert [row for row in got if row != (None, None, None)] == []  # JSON lines need one line to have columns


def test_a_first_batch_of_nulls_decides_nothing(fill: Fill) -> None:
    nulls: list[tuple[object, ...]] = [(None, None, None)] * 10_000
    source = fill(t=Rows(COLUMNS, nulls + VALUES))
    got = rows(read(opened(source.connector, "t")))
    assert got[:10_000] == nulls
    assert got[10_000:] == [tuple(map(source.expected, row)) for row in VALUES]


def test_columns_come_in_the_order_asked_for(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    got = read(opened(source.connector, "t", "name", "id"))
    assert got.schema.names == ["name", "id"]
    assert rows(got) == [(source.expected(name), source.expected(number)) for number, _, name in VALUES]


def test_odd_names_of_columns_are_names(fill: Fill) -> None:
    columns = tuple((name, "BIGINT") for name in ODD_NAMES)
    source = fill(t=Rows(columns, [tuple(range(len(ODD_NAMES)))]))
    got = read(opened(source.connector, "t", *reversed(ODD_NAMES)))
    assert got.schema.names == list(reversed(ODD_NAMES))
    assert rows(got) == [tuple(source.expected(i) for i in reversed(range(len(ODD_NAMES))))]


@pytest.mark.parametrize("name", ["two words", 'Or""der', "Ünïcode", "select", "per%cent", "it's"])
def test_odd_names_of_tables_are_names(fill: Fill, name: str) -> None:
    source = fill(**{name: Rows((("id", "BIGINT"),), [(7,)])})
    assert rows(read(opened(source.connector, name))) == [(source.expected(7),)]


def test_a_big_table_comes_whole_and_in_bounded_batches(fill: Fill) -> None:
    source = fill(t=many())
    stream = opened(source.connector, "t")
    seen = 0
    for batch in stream.reader():
        assert batch.num_rows <= 32_768
        assert batch.nbytes <= 8 << 20
        first, last = batch.column(0)[0].as_py(), batch.column(0)[batch.num_rows - 1].as_py()
        assert (first, last) == (source.expected(seen), source.expected(seen + batch.num_rows - 1))
        seen += batch.num_rows
    stream.close()
    assert seen == MANY


def test_cancel_ends_a_scan_from_another_thread(fill: Fill) -> None:
    source = fill(t=many())
    stream = opened(source.connector, "t")
    reader = stream.reader()
    reader.read_next_batch()
    canceling = threading.Thread(target=stream.cancel)
    canceling.start()
    canceling.join(5)
    assert not canceling.is_alive()
    with pytest.raises(ScanCanceled):
        reader.read_all()
    stream.close()


def test_cancel_before_reading_counts(fill: Fill) -> None:
    stream = opened(fill(t=many()).connector, "t")
    stream.cancel()
    with pytest.raises(ScanCanceled):
        stream.reader().read_all()
    stream.close()


def test_close_in_the_middle_frees_the_source_at_once(fill: Fill) -> None:
    source = fill(t=many())
    for _ in range(5):  # more than a pool holds
        stream = opened(source.connector, "t")
        stream.reader().read_next_batch()
        began = time.monotonic()
        stream.close()
        assert time.monotonic() - began < 2
    assert read(opened(source.connector, "t")).num_rows == MANY


def test_close_twice_and_after_the_end_is_nothing(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    stream = opened(source.connector, "t")
    stream.reader().read_all()
    stream.close()
    stream.close()
    stream.cancel()
    never_read = opened(source.connector, "t")
    never_read.close()
    never_read.close()
    assert read(opened(source.connector, "t")).num_rows == len(VALUES)


def test_reading_after_close_is_no_empty_answer(fill: Fill) -> None:
    stream = opened(fill(t=Rows(COLUMNS, VALUES)).connector, "t")
    reader = stream.reader()
    stream.close()
    with pytest.raises(SourceError):
        reader.read_all()


def test_a_stream_is_read_once(fill: Fill) -> None:
    stream = opened(fill(t=Rows(COLUMNS, VALUES)).connector, "t")
    stream.reader()
    with pytest.raises(SourceError):
        stream.reader()
    stream.close()


def test_scans_run_side_by_side(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES * 500))
    wanted = [tuple(map(source.expected, row)) for row in VALUES * 500]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: rows(read(opened(source.connector, "t"))), range(12)))
    assert all(answer == wanted for answer in answers)


def test_a_source_that_is_gone_is_down(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    stream = opened(source.connector, "t")
    source.vanish()
    with pytest.raises(SourceDown):
        read(stream)
    with pytest.raises(SourceDown):
        source.connector.tables()


def test_what_is_not_there_is_an_error(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    kind = source.type_of("BIGINT")
    for scan in (
        Scan((SourceColumn("id", kind, ""),), table=("nope",)),
        Scan((SourceColumn("nope", kind, ""),), table=("t",)),
        Scan((SourceColumn("id", "DATE", ""),), table=("t",)),
    ):
        with pytest.raises(SourceError):
            read(one(source.connector, scan))


def test_the_dialect_tells_whether_queries_run(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    assert source.connector.dialect == source.dialect
    sql = 'SELECT "name", "id" + 1 AS "next" FROM "t" WHERE "id" BETWEEN 0 AND 3 ORDER BY "id"'
    if source.dialect is None:
        with pytest.raises(SourceError):
            ask(source.connector, sql, ("name", "VARCHAR"), ("next", "BIGINT"))
        return
    got = ask(source.connector, sql, ("next", "BIGINT"), ("name", "VARCHAR"))
    assert rows(got) == [(1, "two\nlines\r\nand a, comma"), (2, "plain"), (4, "NULL")]


def test_files_named_for_the_engine_hold_the_same(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    tables: Mapping[tuple[str, ...], SourceTable] = source.connector.tables()
    files = [str(file) for file in tables[("t",)].files]
    if not files:
        return
    with duckdb.connect() as engine:
        native = engine.execute("SELECT * FROM read_parquet($1)", [files])
        assert [str(column[1]) for column in native.description or ()] == [kind for _, kind in COLUMNS]
        assert native.fetchall() == VALUES


def test_a_scan_of_no_column_is_refused(fill: Fill) -> None:
    with pytest.raises(ValueError, match="at least one column"):
        one(fill(t=Rows(COLUMNS, VALUES)).connector, Scan((), table=("t",)))


def test_batches_outlive_the_stream(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    stream = opened(source.connector, "t")
    batches = list(stream.reader())
    stream.close()
    source.connector.close()
    got = rows(pa.Table.from_batches(batches))
    assert got == [tuple(map(source.expected, row)) for row in VALUES]


def test_streams_of_one_snapshot_may_be_open_at_once(fill: Fill) -> None:
    source = fill(t=many(), u=Rows(COLUMNS, VALUES))
    tables = source.connector.tables()
    big, small = (Scan(tables[(name,)].columns, tables[(name,)].name) for name in ("t", "u"))
    for scans in (None, 4):
        snapshot = source.connector.snapshot("several", scans)
        held = [snapshot.open(big), snapshot.open(big)]
        readers = [stream.reader() for stream in held]
        seen = [reader.read_next_batch().num_rows for reader in readers]
        assert rows(read(snapshot.open(small))) == [tuple(map(source.expected, row)) for row in VALUES]
        held[0].close()  # what is left of it is nobody's business, and no harm to the others
        assert seen[1] + readers[1].read_all().num_rows == MANY
        assert read(snapshot.open(big)).num_rows == MANY
        snapshot.close()
        with pytest.raises(SourceError):
            read(snapshot.open(small))


def test_closing_a_snapshot_ends_its_streams(fill: Fill) -> None:
    source = fill(t=many())
    found = source.connector.tables()[("t",)]
    snapshot = source.connector.snapshot()
    reader = snapshot.open(Scan(found.columns, found.name)).reader()
    reader.read_next_batch()
    snapshot.close()
    snapshot.close()
    with pytest.raises(SourceError):
        reader.read_all()
    assert read(opened(source.connector, "t")).num_rows == MANY


def test_sources_that_run_queries_take_keys_and_the_others_refuse_them(fill: Fill) -> None:
    source = fill(t=many())
    kind = source.type_of("BIGINT")
    column = (SourceColumn("id", kind, ""),)
    if source.dialect is None:
        assert not isinstance(source.connector, TakesKeys)
        with pytest.raises(SourceError):
            read(one(source.connector, Scan(column, ("t",), keys=(KeySet("k", pa.table({"k": [1]})),))))
        return
    assert isinstance(source.connector, TakesKeys)
    assert source.connector.transferable("BIGINT")
    assert source.connector.transferable("VARCHAR")
    assert not source.connector.transferable("DOUBLE")
    query = """SELECT "id" FROM "t" WHERE "id" IN (SELECT "a key" FROM "k") AND "name" IN (SELECT "word" FROM "w")"""
    for size in (0, 1, 1_000, 200_000):
        numbers = pa.table({"a key": pa.array([None, *range(100, 100 + size)], pa.int64())})
        words = pa.table({"word": [f"row {i} " + "x" * (i % 50) for i in range(0, 10_000, 2)]})
        keys = (KeySet("k", numbers), KeySet("w", words))
        got = rows(read(one(source.connector, Scan(column, query=query, keys=keys))))
        assert sorted(got) == [(i,) for i in range(100, min(100 + size, 10_000), 2)]


def test_keys_of_one_name_are_each_scans_own(fill: Fill) -> None:
    source = fill(t=Rows(COLUMNS, VALUES))
    if source.dialect is None:
        return
    snapshot = source.connector.snapshot()
    column = (SourceColumn("id", "BIGINT", ""),)
    query = 'SELECT "id" FROM "t" WHERE "id" IN (SELECT "id" FROM "k")'
    streams = [
        snapshot.open(Scan(column, query=query, keys=(KeySet("k", pa.table({"id": ids})),)))
        for ids in ([0], [3, 4], [7])
    ]
    assert [sorted(rows(read(stream))) for stream in streams] == [[(0,)], [(3,), (4,)], []]
    snapshot.close()


def test_statistics_tell_about_how_much_is_there(fill: Fill) -> None:
    source = fill(t=many(), u=Rows((("id", "BIGINT"),), [(1,)]))
    assert isinstance(source.connector, KeepsStatistics)
    found = source.connector.statistics([("t",), ("no such",)])
    assert set(found) == {("t",)}
    assert MANY / 4 < (found[("t",)].rows or 0) < MANY * 4
    assert source.connector.statistics([]) == {}
    source.vanish()
    with pytest.raises(SourceDown):
        source.connector.statistics([("t",)])
