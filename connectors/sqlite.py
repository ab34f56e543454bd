"""An SQLite file, read-only.

Whole tables come over ADBC, which takes less than half the time of Python's own module. It cannot interrupt SQLite,
which does not matter while rows keep coming, but a query or a view may work for hours before its first row: those
run in the module `sqlite3`, which can.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import Any, ClassVar
from urllib.parse import quote

import adbc_driver_manager
import adbc_driver_sqlite
import pyarrow as pa

from connectors.base import Scan, Snapshot, SourceColumn, SourceDown, SourceError, SourceTable, Stream
from connectors.options import Option
from connectors.sqlite_values import (
    affinity_type,
    carried,
    carrier,
    checked_sql,
    checked_values,
    delivered,
    sentinels,
)
from connectors.streams import Batches, PulledStream, Scans, scan_schema

BATCH_ROWS = 8_192

TABLES = """
SELECT name, type FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
"""


class SqliteConnector:
    """Every scan opens the file anew: it sees one snapshot, and nothing is shared between threads."""

    dialect: str | None = "sqlite"

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option("path", Path, "the database file, from the domain's folder", required=True),
        Option("busy_timeout", float, "seconds to wait for a writer's lock", default=5.0),
    )

    @classmethod
    def configured(cls, options: Mapping[str, Any]) -> "SqliteConnector":
        return cls(**options)

    def __init__(self, path: Path, *, busy_timeout: float = 5.0) -> None:
        self._path = path
        self._busy_timeout = busy_timeout
        self._uri = f"file:{quote(str(path))}?mode=ro"

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        try:
            with self._adbc() as connection:
                found = [_table(connection, row["name"], row["type"]) for row in _rows(connection, TABLES)]
                return {table.name: table for table in found if table is not None}
        except (adbc_driver_manager.Error, pa.ArrowException, OSError) as error:
            raise SourceError(f"{self._path.name}: {error}") from error

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        return Scans(self._open)

    def _open(self, scan: Scan) -> Stream:
        schema = scan_schema(scan.columns)
        work = _Interruptible()
        return PulledStream(schema, self._batches(scan, schema, work), work.interrupt)

    def close(self) -> None:
        """Nothing is kept open between scans."""

    def _batches(self, scan: Scan, schema: pa.Schema, work: "_Interruptible") -> Batches:
        self._refuse_if_absent()
        if scan.query is None and scan.table is not None:
            with self._adbc() as connection:
                if not self._is_view(connection, scan.table[-1]):
                    yield from _table_batches(connection, scan, schema, work)
                    return
        yield from self._query_batches(scan, schema, work)

    def _query_batches(self, scan: Scan, schema: pa.Schema, work: "_Interruptible") -> Batches:
        source = f"(\n{scan.query}\n)" if scan.query is not None else _quoted((scan.table or ("",))[-1])
        columns = ", ".join(f"s.{_quoted(column.name)}" for column in scan.columns)
        with work.connected(self._uri, self._busy_timeout) as connection:
            cursor = connection.execute(f"SELECT {columns} FROM {source} AS s")
            while rows := cursor.fetchmany(BATCH_ROWS):
                arrays = [
                    _delivered(column, checked_values(column.name, values, carrier(column.type)))
                    for column, values in zip(scan.columns, zip(*rows, strict=True), strict=True)
                ]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _is_view(self, connection: Any, name: str) -> bool:
        found = _rows(
            connection, f"SELECT type FROM sqlite_schema WHERE lower(name) = lower({_literal(name)})"
        )
        return any(row["type"] == "view" for row in found)

    @contextmanager
    def _adbc(self) -> Iterator[Any]:
        self._refuse_if_absent()
        try:
            database = adbc_driver_sqlite.connect(self._uri)
        except adbc_driver_manager.Error as error:
            raise SourceDown(f"{self._path.name} cannot be opened") from error
        with database, adbc_driver_manager.AdbcConnection(database) as connection:
            _rows(connection, f"PRAGMA busy_timeout = {round(self._busy_timeout * 1000)}")
            yield connection

    def _refuse_if_absent(self) -> None:
        if not self._path.is_file():
            raise SourceDown(f"{self._path.name}: no such file")


class _Interruptible:
    """One scan's connection of the module `sqlite3`, that another thread may interrupt."""

    def __init__(self) -> None:
        self.canceled = Event()
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def interrupt(self) -> None:
        self.canceled.set()
        with self._lock:
            if self._connection is not None:
                self._connection.interrupt()

    @contextmanager
    def connected(self, uri: str, busy_timeout: float) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(uri, uri=True, timeout=busy_timeout, check_same_thread=False)
        with self._lock:
            self._connection = connection
        try:
            yield connection
        finally:
            with self._lock:
                self._connection = None
                connection.close()


def _table(connection: Any, name: str, kind: str) -> SourceTable | None:
    """None: a view that SQLite itself cannot read, because what it reads is gone."""
    none = "SELECT '' AS name, '' AS type, 0 AS filled, 1 AS hidden"  # gives the columns their types
    sql = f'SELECT name, type, "notnull" AS filled, hidden FROM pragma_table_xinfo({_literal(name)})'
    try:
        rows = _rows(connection, f"{none} UNION ALL {sql}")
    except (adbc_driver_manager.Error, OSError):
        if kind == "view":
            return None
        raise
    columns = tuple(
        SourceColumn(row["name"], affinity_type(row["type"]), row["type"], nullable=not row["filled"])
        for row in rows
        if row["hidden"] != 1
    )
    return SourceTable((name,), columns, weak=True)


def _table_batches(connection: Any, scan: Scan, schema: pa.Schema, work: _Interruptible) -> Batches:
    """The sentinel row goes first and is dropped on arrival."""
    kinds = [(column, carrier(column.type)) for column in scan.columns]
    expressions = [checked_sql(column.name, f"s.{_quoted(column.name)}", kind) for column, kind in kinds]
    first = ", ".join(value for _, kind in kinds for value in sentinels(kind))
    rest = ", ".join(value for of_column in expressions for value in of_column)
    sql = f"SELECT {first} UNION ALL SELECT {rest} FROM {_quoted((scan.table or ('',))[-1])} AS s"
    skipped = 1
    with _reader(connection, sql) as reader:
        for batch in reader:
            if work.canceled.is_set():
                return
            batch.validate(full=True)  # SQLite takes any bytes for text
            came = iter(batch.slice(skipped).columns)
            arrays = [
                _delivered(column, carried(list(islice(came, len(of_column)))))
                for column, of_column in zip(scan.columns, expressions, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
            skipped = 0


def _delivered(column: SourceColumn, array: Any) -> Any:
    try:
        return delivered(array, column.type)
    except pa.ArrowInvalid as error:
        raise ValueError(f"column {column.name}: {error}") from error


@contextmanager
def _reader(connection: Any, sql: str) -> Iterator[pa.RecordBatchReader]:
    with adbc_driver_manager.AdbcStatement(connection) as statement:
        statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)})
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        with pa.RecordBatchReader.from_stream(stream) as reader:
            yield reader


def _rows(connection: Any, sql: str) -> list[dict[str, Any]]:
    with _reader(connection, sql) as reader:
        return reader.read_all().to_pylist()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
