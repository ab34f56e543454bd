"""DuckDB, locked down: no files but the ones named at start, no network, no extensions, no settings.

One instance is shared; each query has its own cursor, whose registered inputs no other cursor sees.
"""

import errno
import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path

import duckdb
import pyarrow as pa

from connectors.base import SourceError
from gateway.engines.answers import BATCH_ROWS, bounded, even
from gateway.engines.base import Input, OutputColumn, source_failure
from gateway.engines.whole_files import WholeFiles
from gateway.errors import (
    DataError,
    DatatypeMismatch,
    DiskFull,
    Failed,
    GroupingRefused,
    InternalFailure,
    InvalidText,
    LimitExceeded,
    MeshgateError,
    NumericOutOfRange,
    OutOfMemory,
    OutOfSpill,
    QueryCanceled,
    Refused,
    SyntaxNotSupported,
    SyntaxRefused,
    UndefinedFunction,
    Unreadable,
)

LOG = logging.getLogger(__name__)
INTERRUPT_SECONDS = 0.05
SPILL_BYTES = 10_000_000_000
SURE = "SET disabled_optimizers = 'common_subplan';"
"""DuckDB 2.0.0 takes `a LEFT JOIN b` for the same where other columns of it are read, and gives wrong rows."""
STREAMING = "SET read_ahead_depth = 0; SET streaming_buffer_size = '1MB';"
"""What an answer that is not read holds back is bounded so; local files and readers in this process gain nothing by
more."""
DESCRIBED = 1_024
LONGEST = 2**15
"""How many results are remembered by their SQL, and of how many characters at most."""
READS_FILES = re.compile("read_parquet", re.IGNORECASE)
ENGINE_ERRORS = (duckdb.Error, pa.ArrowException, OSError, SourceError)


class DuckDBEngine:
    """An `Engine`. `files` are the only paths that may be read.

    `memory_bytes` and `spill_bytes` bound what all queries together hold in memory (None: half the machine) and in
    `temp_directory`.
    """

    def __init__(
        self,
        files: Iterable[Path] = (),
        memory_bytes: int | None = None,
        threads: int | None = None,
        temp_directory: Path | None = None,
        spill_bytes: int = SPILL_BYTES,
    ) -> None:
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
                "python_enable_replacements": False,
                "python_scan_all_frames": False,
                "memory_limit": f"{memory_bytes or _half_the_memory()}B",
                **({"threads": threads} if threads else {}),
            },
        )
        paths = ", ".join(_text(str(path)) for path in sorted(files))
        if temp_directory is not None:
            self._connection.execute(f"SET temp_directory = {_text(str(temp_directory))}")
        # After the folder: setting that forgets it.
        self._connection.execute(f"SET max_temp_directory_size = '{spill_bytes}B'")
        # In this order: the paths cannot be set once external access is off, nothing once configuration is locked.
        self._connection.execute(
            f"SET TimeZone = 'UTC'; {SURE} {STREAMING} SET allowed_paths = [{paths}]; "
            "SET enable_external_access = false; SET lock_configuration = true"
        )
        self.can_read = WholeFiles(self._can_read).can_read
        self._described = lru_cache(DESCRIBED)(partial(_described, self._connection))

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        if len(sql) > LONGEST or READS_FILES.search(sql):  # a file may get other columns
            return _described(self._connection, sql, tuple(inputs.items()))
        return self._described(sql, tuple(inputs.items()))

    def run(self, sql: str, inputs: Mapping[str, Input | pa.Table]) -> "DuckDBAnswer":
        cursor = self._connection.cursor()
        tables = {name: source for name, source in inputs.items() if isinstance(source, pa.Table)}
        streams = {
            name: _Stream(source) for name, source in inputs.items() if not isinstance(source, pa.Table)
        }
        try:
            for name, read in (*tables.items(), *streams.items()):
                cursor.register(name, read)
            relation = cursor.sql(sql)
            return DuckDBAnswer(cursor, relation, tuple(streams.values()))
        except duckdb.Error as error:
            cursor.close()
            raise translated(error, *streams.values()) from error

    def _can_read(self, file: Path, column: str) -> bool:
        """What has no use for the values (`count`, `strlen`) lets DuckDB skip the looking."""
        cursor = self._connection.cursor()
        try:
            cursor.execute(
                f"SELECT max(hash({_name(column)})) FROM read_parquet([{_text(str(file))}])"
            ).fetchall()
        except duckdb.Error as error:
            LOG.info("engine error", exc_info=error)
            return False
        finally:
            cursor.close()
        return True

    def close(self) -> None:
        self._connection.close()


class DuckDBAnswer:
    """An `Answer` over one cursor. Execution starts with the first batch asked for."""

    def __init__(
        self,
        cursor: duckdb.DuckDBPyConnection,
        relation: duckdb.DuckDBPyRelation,
        streams: tuple["_Stream", ...],
    ) -> None:
        self.columns = _columns(relation)
        self._cursor = cursor
        self._relation: duckdb.DuckDBPyRelation | None = relation
        self._streams = streams
        self._canceled = threading.Event()
        self._over = threading.Event()
        self._closed = False
        self._lock = threading.Lock()
        self._reader: pa.RecordBatchReader | None = None

    @property
    def schema(self) -> pa.Schema:
        """Starts the query if nothing has yet."""
        return self._opened().schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        reader = self._opened()
        try:
            for batch in even(reader):
                yield from bounded(batch)
        except ENGINE_ERRORS as error:
            raise self._translated(error) from error
        if self._canceled.is_set():
            raise QueryCanceled
        for stream in self._streams:
            if stream.error is not None:
                raise translated(stream.error, stream)

    def _opened(self) -> pa.RecordBatchReader:
        relation, self._relation = self._relation, None
        if self._canceled.is_set():
            raise QueryCanceled
        if relation is not None:
            try:
                self._reader = relation.to_arrow_reader(BATCH_ROWS)
            except ENGINE_ERRORS as error:
                raise self._translated(error) from error
        if self._reader is None:
            raise InternalFailure
        return self._reader

    def _translated(self, error: Exception) -> MeshgateError:
        return QueryCanceled() if self._canceled.is_set() else translated(error, *self._streams)

    def cancel(self) -> None:
        self._canceled.set()
        self._interrupt()
        threading.Thread(target=self._interrupt_until_closed, name="interrupt", daemon=True).start()

    def _interrupt_until_closed(self) -> None:
        """DuckDB forgets an interrupt that comes before its query has begun."""
        while not self._over.wait(INTERRUPT_SECONDS):
            self._interrupt()

    def _interrupt(self) -> None:
        with self._lock:
            if not self._closed:
                with suppress(duckdb.Error):
                    self._cursor.interrupt()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._over.set()
            self._relation = None
            reader, self._reader = self._reader, None
            if reader is not None:
                with suppress(pa.ArrowException, OSError):
                    reader.close()
            with suppress(duckdb.Error):
                self._cursor.close()


class _Stream:
    """What DuckDB scans: the Arrow PyCapsule protocol, opened anew for each scan. Keeps its source's first error."""

    def __init__(self, source: Input) -> None:
        self._source = source
        self.error: Exception | None = None

    def __arrow_c_schema__(self) -> object:
        return self._source.schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        try:
            reader = self._source.open()
        except Exception as error:
            self.error = error
            raise
        watched = pa.RecordBatchReader.from_batches(self._source.schema, self._watched(reader))
        return watched.__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]

    def _watched(self, reader: pa.RecordBatchReader) -> Iterator[pa.RecordBatch]:
        try:
            yield from reader
        except Exception as error:
            self.error = self.error or error
            raise


class _EmptyStream:
    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema

    def __arrow_c_schema__(self) -> object:
        return self._schema.__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        empty = self._schema.empty_table().to_reader()
        return empty.__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]


def _described(
    connection: duckdb.DuckDBPyConnection, sql: str, inputs: tuple[tuple[str, pa.Schema], ...]
) -> tuple[OutputColumn, ...]:
    cursor = connection.cursor()
    try:
        for name, schema in inputs:
            cursor.register(name, _EmptyStream(schema))
        return _columns(cursor.sql(sql))
    except duckdb.Error as error:
        raise translated(error) from error
    finally:
        cursor.close()


def _columns(relation: duckdb.DuckDBPyRelation) -> tuple[OutputColumn, ...]:
    return tuple(
        OutputColumn(name, str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)
    )


def _half_the_memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def _name(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


CLASSES: tuple[tuple[type[duckdb.Error], type[Failed]], ...] = (
    (duckdb.ConversionException, InvalidText),
    (duckdb.OutOfRangeException, NumericOutOfRange),
    (duckdb.OutOfMemoryException, OutOfMemory),
    (duckdb.InterruptException, QueryCanceled),
    (duckdb.InvalidInputException, DataError),
    (duckdb.TypeMismatchException, DataError),
    (duckdb.ConstraintException, DataError),
)


STREAMED: tuple[tuple[str, type[Failed]], ...] = (
    ("Conversion Error:", InvalidText),
    ("Out of Range Error:", NumericOutOfRange),
    ("Out of Memory Error:", OutOfMemory),
    ("INTERRUPT Error:", QueryCanceled),
    ("Invalid Input Error:", DataError),
    ("Type Mismatch Error:", DataError),
    ("Constraint Error:", DataError),
)


NO_SPACE = os.strerror(errno.ENOSPC)
LIMIT = re.compile(r"Invalid Input Error: #limit (recursion|generated_rows) (\d{1,18})")
"""What `gateway.sql.bounds.recursion` lets the engine raise."""
UNREADABLE = re.compile("Invalid Input Error: #unreadable")
"""What `gateway.query.plan.barrier.unreadable` lets the engine raise."""
BROKEN_TEXT = re.compile("Invalid Input Error: Invalid string encoding found in Parquet file")


def translated(error: Exception, *streams: _Stream) -> MeshgateError:
    """The error that a consumer gets. What the engine or a source said goes to the log: it may hold values."""
    source_error = next((stream.error for stream in streams if stream.error is not None), None)
    LOG.info("engine error", exc_info=source_error or error)
    if source_error is not None:
        return source_failure(source_error)
    if isinstance(error, duckdb.BinderException):
        return _refused_by_binder(str(error))
    if isinstance(error, duckdb.CatalogException):
        return UndefinedFunction("a function of this statement does not exist for these argument types")
    if isinstance(error, duckdb.ParserException | duckdb.NotImplementedException):
        return SyntaxNotSupported("this statement uses syntax that is not supported")
    reached = LIMIT.fullmatch(str(error).strip())
    if reached is not None:
        return LimitExceeded(f"a recursive CTE goes beyond limits.{reached[1]} ({int(reached[2]):,})")
    if UNREADABLE.fullmatch(str(error).strip()) or BROKEN_TEXT.match(str(error)):
        return Unreadable()
    if (room := _out_of_room(str(error))) is not None:
        return room
    classes = (made() for kind, made in CLASSES if isinstance(error, kind))
    return next(classes, None) or _broken_off(str(error))


def _out_of_room(text: str) -> DiskFull | None:
    """What DuckDB says when it may not or cannot write to its folder: kinds of error that say other things too."""
    if text.startswith("Out of Memory Error: failed to offload") and "'max_temp_directory_size'" in text:
        return OutOfSpill()
    no_space = text.startswith("IO Error: Could not write file") and NO_SPACE in text
    return DiskFull() if no_space else None


def _broken_off(text: str) -> Failed:
    """An error while the answer streams arrives through Arrow: its class is but the first words of its text."""
    return next((made() for words, made in STREAMED if text.startswith(words)), InternalFailure())


BINDER: tuple[tuple[str, type[Refused], str], ...] = (
    (
        "WHERE clause cannot contain aggregates",
        GroupingRefused,
        "aggregate functions are not allowed in WHERE",
    ),
    ("function calls cannot be nested", GroupingRefused, "aggregate function calls cannot be nested"),
    ("GROUP BY", GroupingRefused, "a column must appear in GROUP BY or be used in an aggregate function"),
    (
        "same number of result columns",
        SyntaxRefused,
        "each query of a set operation must have the same number of columns",
    ),
    ("columns - expected 1", SyntaxRefused, "a subquery must return only one column"),
)
"""Words of DuckDB's, and what is told instead."""


def _refused_by_binder(text: str) -> MeshgateError:
    """Binding looks at names and types only, never at rows; still only the kind of trouble is told."""
    known = next((made(told) for words, made, told in BINDER if words in text), None)
    if known is not None:
        return known
    if "No function matches" in text:
        return UndefinedFunction(
            "a function or operator of this statement does not exist for these argument types"
        )
    return DatatypeMismatch("the types or the structure of this statement do not fit together")
