"""An SQLite file, read-only.

Everything goes through Python's own module. Another copy of SQLite in the process, such as the one in a driver, would
be faster by a fifth, but cannot be interrupted; and with two copies each would drop the other's locks when it closes
the file (sqlite.org/howtocorrupt.html, 2.2.1): a writer could change what is being read.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Lock, local
from typing import Any, ClassVar
from urllib.parse import quote

import pyarrow as pa

from connectors.base import (
    KeySet,
    Scan,
    ScanCanceled,
    Snapshot,
    SourceColumn,
    SourceDown,
    SourceError,
    SourceTable,
    Stream,
    TableStatistics,
)
from connectors.options import Option
from connectors.sqlite_statistics import table_statistics
from connectors.sqlite_values import (
    KEY_TYPES,
    affinity_type,
    carrier,
    checked_values,
    delivered,
    lost,
    read_texts,
    sparing,
)
from connectors.streams import Batches, PulledStream, Scans, scan_schema
from connectors.types import duckdb_type

BATCH_ROWS = 2_048
"""More rows at a time are slower: their Python objects no longer fit the processor's cache."""

STEPS = 20_000
"""Of SQLite's machine between two looks whether a scan was cancelled: well below a millisecond."""

TABLES = """
SELECT name, type FROM sqlite_schema
WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name
"""


class SqliteConnector:
    """Every snapshot opens the file anew."""

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

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        with self._asking() as connection:
            found = [_table(connection, name, kind) for name, kind in connection.execute(TABLES).fetchall()]
            return {table.name: table for table in found if table is not None}

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        with self._asking() as connection:
            told = {name: table_statistics(_answers(connection), name[-1]) for name in names}
            return {name: found for name, found in told.items() if found is not None}

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        return _Snapshot(self._connected)

    def transferable(self, kind: str) -> bool:
        """The types that SQLite has itself; its doubles include whole numbers and NaN as NULL."""
        return kind in KEY_TYPES

    def close(self) -> None:
        """Nothing is kept open between snapshots."""

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        """For the gateway's own questions."""
        try:
            with closing(self._connected()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise SourceError(f"{self._path.name}: {error}") from error

    def _connected(self) -> sqlite3.Connection:
        """In a transaction, whose state is that of its first read. SQLite lets one thread at a time use it."""
        if not self._path.is_file():
            raise SourceDown(f"{self._path.name}: no such file")
        uri = f"file:{quote(str(self._path))}?mode=ro"
        try:
            connection = sqlite3.connect(
                uri, uri=True, timeout=self._busy_timeout, check_same_thread=False, isolation_level=None
            )
        except sqlite3.Error as error:
            raise SourceDown(f"{self._path.name} cannot be opened") from error
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("BEGIN")
        return connection


class _Snapshot:
    """One connection, with a running statement per stream.

    Interrupting it would stop them all. So SQLite asks every few steps, in the thread that works for a stream, whether
    that stream was cancelled.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._connect = connect
        self._connecting = Lock()
        self._connection: sqlite3.Connection | None = None
        self._working = local()
        self._using = Lock()
        self._key_tables = 0
        self._scans = Scans(self._open)

    def open(self, scan: Scan) -> Stream:
        return self._scans.open(scan)

    def close(self) -> None:
        self._scans.close()
        with self._connecting:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self, scan: Scan) -> Stream:
        schema = scan_schema(scan.columns)
        canceled = Event()
        return PulledStream(schema, self._batches(scan, schema, canceled), canceled.set)

    def _batches(self, scan: Scan, schema: pa.Schema, canceled: Event) -> Batches:
        received = _Received(scan.columns, schema)
        with self._at_work(canceled):
            connection = self._connected()
            cursor = connection.execute(self._sql(connection, scan))
            rows = cursor.fetchmany(BATCH_ROWS)
        try:
            while rows:
                yield received.batch(rows)
                with self._at_work(canceled):
                    rows = cursor.fetchmany(BATCH_ROWS)
        finally:
            with self._using:
                cursor.close()

    def _connected(self) -> sqlite3.Connection:
        with self._connecting:
            if self._connection is None:
                self._connection = self._connect()
                self._connection.set_progress_handler(self._is_canceled, STEPS)
            return self._connection

    @contextmanager
    def _at_work(self, canceled: Event) -> Iterator[None]:
        """What SQLite does in this thread is for the stream that `canceled` belongs to.

        One thread at a time: SQLite's own lock would be waited for by one that has Python's, while the other, inside
        SQLite, asks Python whether it was cancelled.
        """
        while not self._using.acquire(timeout=0.05):
            if canceled.is_set():
                raise ScanCanceled("the scan was cancelled")
        self._working.canceled = canceled
        try:
            yield
        finally:
            self._working.canceled = None
            self._using.release()

    def _is_canceled(self) -> bool:
        canceled: Event | None = getattr(self._working, "canceled", None)
        return canceled is not None and canceled.is_set()

    def _sql(self, connection: sqlite3.Connection, scan: Scan) -> str:
        columns = ", ".join(_selected(scan.columns))
        source = f"(\n{scan.query}\n)" if scan.query is not None else _quoted((scan.table or ("",))[-1])
        keys = ", ".join(self._transferred(connection, keys) for keys in scan.keys)
        return f"{f'WITH {keys} ' if keys else ''}SELECT {columns} FROM {source} AS s"

    def _transferred(self, connection: sqlite3.Connection, keys: KeySet) -> str:
        """The keys in a temporary table of a new name, because a running scan may read one of the same: SQL that gives
        it the name of the keys."""
        with self._connecting:
            self._key_tables += 1
            table = _quoted(f"keys {self._key_tables}")
        names = ", ".join(map(_quoted, keys.table.column_names))
        typed = ", ".join(f"{_quoted(field.name)} {_key_type(field)}" for field in keys.table.schema)
        connection.execute(f"CREATE TEMPORARY TABLE {table} ({typed})")
        marks = ", ".join("?" for _ in keys.table.column_names)
        rows = keys.table.drop_null()
        values = zip(*(column.to_pylist() for column in rows.columns), strict=True)
        connection.executemany(f"INSERT INTO temp.{table} VALUES ({marks})", values)
        connection.execute(f"ANALYZE temp.{table}")
        return f"{_quoted(keys.name)}({names}) AS (SELECT {names} FROM temp.{table})"


class _Received:
    """What comes of the rows of a scan."""

    def __init__(self, columns: tuple[SourceColumn, ...], schema: pa.Schema) -> None:
        self._columns = columns
        self._kinds = [carrier(column.type) for column in columns]
        self._schema = schema
        self._marks = {column.marks: column.name for column in columns}

    def batch(self, rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
        values: dict[str, Any] = dict(zip(self._schema.names, zip(*rows, strict=True), strict=True))
        for column in self._columns:
            mark = self._marks.get(column.name)
            if mark is not None and column.type == "VARCHAR":
                values[column.name], unread = read_texts(values[column.name])
                values[mark] = tuple(map(max, values[mark], unread))
        arrays = [
            _delivered(column, checked_values(column.name, values[column.name], kind))
            for column, kind in zip(self._columns, self._kinds, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self._schema)


def _selected(columns: tuple[SourceColumn, ...]) -> Iterator[str]:
    kinds = {column.name: column.type for column in columns}
    marked = {column.marks for column in columns}
    for column in columns:
        value = f"s.{_quoted(column.marks or column.name)}"
        if column.marks is not None:
            yield lost(value, kinds[column.marks])
        else:
            yield sparing(value, column.type) if column.name in marked else value


def _key_type(field: Any) -> str:
    kind = duckdb_type(field.type)
    if kind not in KEY_TYPES:
        raise SourceError(f"keys of type {kind} cannot be sent")
    return KEY_TYPES[kind]


def _table(connection: sqlite3.Connection, name: str, kind: str) -> SourceTable | None:
    """None: a view that SQLite itself cannot read, because what it reads is gone."""
    try:
        rows = connection.execute(
            'SELECT name, type, "notnull", hidden FROM pragma_table_xinfo(?)', (name,)
        ).fetchall()
    except sqlite3.OperationalError:
        if kind == "view":
            return None
        raise
    columns = tuple(
        SourceColumn(column, affinity_type(declared), declared, nullable=not filled, unsure=True)
        for column, declared, filled, hidden in rows
        if hidden != 1
    )
    return SourceTable((name,), columns, weak=True, view=kind == "view")


def _answers(connection: sqlite3.Connection) -> Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]:
    def ask(sql: str, parameters: tuple[object, ...]) -> list[tuple[Any, ...]]:
        try:
            return connection.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError:
            return []

    return ask


def _delivered(column: SourceColumn, array: Any) -> Any:
    try:
        return delivered(array, column.type)
    except pa.ArrowInvalid as error:
        raise ValueError(f"column {column.name}: {error}") from error


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
