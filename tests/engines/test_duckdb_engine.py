"""The engine is locked down, and what it answers is whole or an error."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from connectors.base import SourceDown, SourceError
from gateway.engines.answers import BATCH_BYTES, BATCH_ROWS
from gateway.engines.duckdb_engine import DuckDBEngine, translated
from gateway.errors import (
    DataError,
    DatatypeMismatch,
    DiskFull,
    GroupingRefused,
    InvalidText,
    MeshgateError,
    NumericOutOfRange,
    OutOfMemory,
    OutOfSpill,
    QueryCanceled,
    SourceFailed,
    SourceUnavailable,
    SyntaxRefused,
    UndefinedFunction,
)
from tests.engines.inputs import Rows, rows

NUMBERS = pa.schema([("id", pa.int64())])


@dataclass
class Breaking:
    """An Input that raises after `good` batches of 1,000 rows, out of ten."""

    good: int
    error: Exception
    schema: pa.Schema = NUMBERS

    def open(self) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self.schema, self._batches())

    def _batches(self) -> Iterator[pa.RecordBatch]:
        for number in range(10):
            if number == self.good:
                raise self.error
            start = number * 1_000
            yield pa.record_batch([pa.array(range(start, start + 1_000), pa.int64())], schema=self.schema)


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(memory_bytes=500_000_000, threads=2)
    yield made
    made.close()


# --- locked down -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM read_csv('{0}/secret.csv')",
        "SELECT * FROM read_text('{0}/secret.csv')",
        "SELECT * FROM read_blob('{0}/*')",
        "SELECT * FROM glob('{0}/*')",
        "SELECT * FROM '{0}/secret.csv'",
        "SELECT * FROM read_parquet('{0}/other.parquet')",
        "COPY (SELECT 1) TO '{0}/out.csv'",
        "ATTACH '{0}/x.db' AS x",
        "INSTALL httpfs",
        "LOAD json_not_there",
        "SET threads = 1",
        "SET memory_limit = '1TB'",
        "RESET lock_configuration",
        "SET lock_configuration = false",
        "SET enable_external_access = true",
        "SET allowed_paths = ['/']",
        "SELECT getenv('HOME')",
        "SELECT * FROM python_variable",
    ],
)
def test_it_is_locked_down(sql: str, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("a\nSECRET\n")
    table = pa.table({"a": [1]})
    pq.write_table(table, tmp_path / "named.parquet")
    pq.write_table(table, tmp_path / "other.parquet")
    python_variable = table  # a replacement scan would find it
    engine = DuckDBEngine([tmp_path / "named.parquet"])
    with pytest.raises(MeshgateError) as caught:
        rows(engine, sql.format(tmp_path))
    assert "SECRET" not in str(caught.value)
    assert rows(engine, f"SELECT * FROM read_parquet('{tmp_path}/named.parquet')") == [(1,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "named.parquet",
        "other.parquet",
        "secret.csv",
    ]
    assert python_variable.num_rows == 1
    engine.close()


def test_nothing_of_one_query_is_seen_by_another(engine: DuckDBEngine) -> None:
    answer = engine.run('SELECT * FROM "scan"', {"scan": Rows(pa.table({"a": [1]}))})
    with pytest.raises(MeshgateError):
        engine.run('SELECT * FROM "scan"', {})
    assert [batch.num_rows for batch in answer.batches()] == [1]
    answer.close()
    with pytest.raises(MeshgateError):
        engine.run('SELECT * FROM "scan"', {})


def test_times_are_in_utc_whatever_the_host_says(engine: DuckDBEngine) -> None:
    assert rows(engine, "SELECT CAST(TIMESTAMPTZ '2024-06-01 12:00:00+02' AS VARCHAR)") == [
        ("2024-06-01 10:00:00+00",)
    ]


# --- errors tell no value --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("SELECT a::INT FROM t", InvalidText),
        ("SELECT a::INT FROM t LIMIT 3", InvalidText),
        ("SELECT max(a::DATE) FROM t", InvalidText),
        ("SELECT strptime(a, '%Y') FROM t", DataError),
        ("SELECT 9223372036854775807 + length(a) FROM t", NumericOutOfRange),
        ("SELECT length(a)::TINYINT + 127::TINYINT FROM t", NumericOutOfRange),
        ("SELECT regexp_matches('x', a || '(') FROM t", DataError),
        ("SELECT a FROM t WHERE a = DATE '2020-01-01'", InvalidText),
        ("SELECT year(a) FROM t", UndefinedFunction),
        ("SELECT nothing_like_it(a) FROM t", UndefinedFunction),
        ("SELECT a, count(*) FROM t", GroupingRefused),
        ("SELECT a FROM t UNION SELECT 1, 2", SyntaxRefused),
        ("SELECT a FROM t WHERE a = (SELECT 1, 2)", SyntaxRefused),
        ("SELECT a FROM t WHERE sum(a) > 1", GroupingRefused),
        ("SELECT a FROM t LIMIT -1", DatatypeMismatch),
        ("SELECT (SELECT a FROM t) FROM t", DataError),
        ("SELECT list(range) FROM range(200000000)", OutOfMemory),
    ],
)
def test_an_error_has_a_class_and_no_value(engine: DuckDBEngine, sql: str, kind: type[MeshgateError]) -> None:
    table = pa.table({"a": ["SECRET", "SECRET2"]})
    with pytest.raises(MeshgateError) as caught:
        rows(engine, sql, t=Rows(table))
    assert type(caught.value) is kind
    assert "SECRET" not in str(caught.value)


SORT = "SELECT range, md5(range::VARCHAR) AS text FROM range(6000000) ORDER BY hash(range)"


def test_what_it_may_write_is_bounded_by_name(tmp_path: Path) -> None:
    """A sort larger than memory goes to disk, up to the limit; beyond it that query fails, others go on."""
    engine = DuckDBEngine((), 200_000_000, 2, tmp_path / "spill", spill_bytes=30_000_000)
    with pytest.raises(OutOfSpill, match=r"limits\.spill"):
        rows(engine, SORT)
    assert rows(engine, "SELECT sum(range) FROM range(10)") == [(45,)]
    engine.close()


def test_what_is_larger_than_memory_goes_to_disk(tmp_path: Path) -> None:
    engine = DuckDBEngine((), 200_000_000, 2, tmp_path / "spill")
    assert rows(engine, f"SELECT count(*), count(DISTINCT text) FROM ({SORT})") == [(6_000_000, 6_000_000)]
    engine.close()


def test_a_query_without_memory_fails_alone() -> None:
    engine = DuckDBEngine((), 300_000_000, 2)
    beside = engine.run("SELECT range FROM range(3000000)", {})
    batches = beside.batches()
    seen = next(batches).num_rows
    with pytest.raises(OutOfMemory, match=r"limits\.memory"):
        rows(engine, "SELECT list(range) FROM range(100000000)")
    assert seen + sum(batch.num_rows for batch in batches) == 3_000_000
    beside.close()
    engine.close()


def test_a_full_disk_is_said_without_its_paths() -> None:
    """The text that DuckDB 2.0 was seen to raise on a full file system."""
    text = 'IO Error: Could not write file "/var/spill/duckdb_temp_1_storage_DEFAULT-0.tmp": No space left on device'
    for error in (duckdb.IOException(text), OSError(text)):
        told = translated(error)
        assert type(told) is DiskFull
        assert "spill" not in str(told)
        assert told.sqlstate == "53100"


def test_an_error_after_the_first_batch_has_the_same_class(engine: DuckDBEngine) -> None:
    texts = pa.table({"a": [str(number) for number in range(200_000)] + ["SECRET"]})
    answer = engine.run("SELECT a::INT FROM t", {"t": Rows(texts)})
    with pytest.raises(InvalidText) as caught:
        for _ in answer.batches():
            pass
    assert "SECRET" not in str(caught.value)
    answer.close()


# --- streaming -------------------------------------------------------------------------------------------


def test_batches_are_bounded(engine: DuckDBEngine) -> None:
    answer = engine.run("SELECT range AS i, repeat('x', 1000) AS text FROM range(100000)", {})
    sizes = [(batch.num_rows, batch.get_total_buffer_size()) for batch in answer.batches()]
    answer.close()
    assert sum(count for count, _ in sizes) == 100_000
    assert max(count for count, _ in sizes) <= BATCH_ROWS
    assert len(sizes) >= 100_000 * 1_000 // (2 * BATCH_BYTES)


def test_an_answer_streams(engine: DuckDBEngine) -> None:
    """The first batch is there long before the last row of an endless-looking input is."""
    answer = engine.run("SELECT range * 2 FROM range(100000000000)", {})
    first = next(iter(answer.batches()))
    assert first.num_rows > 0
    answer.close()


def test_each_scan_opens_its_input(engine: DuckDBEngine) -> None:
    table = Rows(pa.table({"a": [1, 2]}))
    assert rows(engine, "SELECT count(*) FROM t AS x, t AS y", t=table) == [(4,)]
    assert table.opened == 2


def test_describe_reads_nothing(engine: DuckDBEngine) -> None:
    schema = pa.schema([("a", pa.int64()), ("b", pa.decimal128(12, 2))])
    found = engine.describe("SELECT a, b * 2 AS c, 'x' AS d FROM t", {"t": schema})
    assert [(column.name, column.type) for column in found] == [
        ("a", "BIGINT"), ("c", "DECIMAL(18,2)"), ("d", "VARCHAR"),
    ]  # fmt: skip


def test_what_was_described_before_is_not_told_of_other_inputs_or_a_changed_file(tmp_path: Path) -> None:
    file = tmp_path / "a.parquet"
    engine = DuckDBEngine([file])
    scan = f"SELECT * FROM read_parquet('{file}')"
    for kind, told in ((pa.int64(), "BIGINT"), (pa.string(), "VARCHAR")):
        schema = pa.schema([("a", kind)])
        pq.write_table(schema.empty_table(), file)
        assert [c.type for c in engine.describe("SELECT a FROM t", {"t": schema})] == [told]
        assert [c.type for c in engine.describe(scan, {})] == [told]
    engine.close()


def test_a_cancelled_answer_ends_within_a_second(engine: DuckDBEngine) -> None:
    answer = engine.run(
        "SELECT count(*) FROM range(10000000) AS a, range(1000000) AS b WHERE hash(a.range, b.range) = 1", {}
    )
    threading.Timer(0.3, answer.cancel).start()
    start = time.monotonic()
    with pytest.raises(QueryCanceled):
        list(answer.batches())
    assert time.monotonic() - start < 1.5
    answer.close()
    assert rows(engine, "SELECT 1") == [(1,)]


def test_cancel_before_reading_and_close_twice(engine: DuckDBEngine) -> None:
    answer = engine.run("SELECT 1", {})
    answer.cancel()
    with pytest.raises(QueryCanceled):
        list(answer.batches())
    answer.close()
    answer.close()


# --- a source that breaks off ----------------------------------------------------------------------------

READING = [
    "SELECT * FROM t",
    "SELECT count(*) FROM t",
    "SELECT max(id) FROM t",
    "SELECT * FROM t ORDER BY id LIMIT 1",
    "SELECT id FROM t WHERE id < 0",
    "SELECT * FROM range(3) AS k(i) JOIN t ON t.id = k.i",
    "SELECT * FROM range(3) AS k(i) LEFT JOIN t ON t.id = k.i",
    "SELECT * FROM t ANTI JOIN range(3) AS k(i) ON t.id = k.i",
    "SELECT * FROM range(3) AS k(i) WHERE i NOT IN (SELECT id FROM t)",
    "SELECT * FROM range(3) AS k(i) WHERE EXISTS (SELECT 1 FROM t WHERE id = i)",
    "SELECT id FROM t UNION ALL SELECT id FROM t",
    "SELECT id FROM t EXCEPT SELECT 1",
    "SELECT row_number() OVER (ORDER BY id) FROM t",
    "SELECT * FROM (SELECT id FROM t OFFSET 0) AS f WHERE id > 5",
]


@pytest.mark.parametrize("good", [0, 1, 9])
@pytest.mark.parametrize("sql", READING)
def test_an_input_that_breaks_off_is_an_error(engine: DuckDBEngine, sql: str, good: int) -> None:
    with pytest.raises(SourceFailed) as caught:
        rows(engine, sql, t=Breaking(good, SourceError("SECRET value")))
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM t LIMIT 5",
        "SELECT * FROM range(3) AS k(i) JOIN t ON t.id = k.i LIMIT 1",
        "SELECT * FROM t JOIN range(0) AS k(i) ON t.id = k.i",
        "SELECT * FROM range(3) AS k(i) WHERE EXISTS (SELECT 1 FROM t)",
        "SELECT * FROM range(5) AS k(i) POSITIONAL JOIN t LIMIT 5",
        "SELECT id FROM t UNION ALL SELECT 1 LIMIT 3",
    ],
)
def test_a_side_that_is_not_read_to_the_end_gives_an_error_or_the_whole_answer(
    engine: DuckDBEngine, sql: str
) -> None:
    whole = Breaking(10, SourceError("never raised"))
    try:
        found = rows(engine, sql, t=Breaking(2, SourceError("broke off")))
    except SourceFailed:
        return
    assert found == rows(engine, sql, t=whole)


def test_each_kind_of_failure_has_its_error(engine: DuckDBEngine) -> None:
    def failing(error: Exception) -> Callable[[], object]:
        return lambda: rows(engine, "SELECT count(*) FROM t", t=Breaking(1, error))

    with pytest.raises(SourceUnavailable):
        failing(SourceDown("down"))()
    with pytest.raises(SourceFailed):
        failing(ValueError("anything else"))()
    with pytest.raises(QueryCanceled):
        failing(QueryCanceled())()


def test_the_engine_is_the_pinned_one() -> None:
    """Fences, streams and the allow-list were measured on this line of versions."""
    assert duckdb.__version__.startswith("2.0.")
