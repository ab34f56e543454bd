"""PostgreSQL over ADBC: whole queries run at the source, results arrive as exact Arrow."""

from collections.abc import Callable, Mapping
from threading import Event, Lock
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

import adbc_driver_manager
import pyarrow as pa

from connectors.base import Scan, ScanCanceled, Snapshot, SourceColumn, SourceTable, Stream
from connectors.options import Option, OptionError
from connectors.postgres_pool import Connection, Pool
from connectors.postgres_types import Arrival, arrival, natural_type, quoted
from connectors.streams import Batches, PulledStream, Scans, scan_schema

# A domain is read as its base type, which is also what the server sends. An array counts as one only if it
# is its element's array type: int2vector and oidvector look alike and are not.
TABLES = """
WITH RECURSIVE resolved(oid, base, typmod) AS (
  SELECT oid, oid, -1 FROM pg_catalog.pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, r.base, CASE WHEN d.typtypmod <> -1 THEN d.typtypmod ELSE r.typmod END
  FROM pg_catalog.pg_type d JOIN resolved r ON d.typbasetype = r.oid WHERE d.typtype = 'd'
)
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
  pg_catalog.format_type(a.atttypid, a.atttypmod) AS native, a.attnotnull AS not_null,
  CASE WHEN e.oid IS NOT NULL THEN '_' || coalesce(CASE WHEN e.typnamespace = i.oid THEN e.typname END, '')
       WHEN t.typnamespace = i.oid THEN t.typname::text END AS type,
  CASE WHEN a.atttypmod <> -1 THEN a.atttypmod ELSE r.typmod END AS typmod
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN resolved r ON r.oid = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = r.base
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_catalog.pg_namespace i ON i.nspname = 'pg_catalog'
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum
"""


PARTS = ("host", "port", "database", "user", "password")


class PostgresConnector:
    """Every scan is one read-only transaction on a pooled connection, named after its statement."""

    dialect: str | None = "postgres"

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            "uri", str, "postgresql://user:password@host:port/database, or host, port and the rest one by one"
        ),
        Option("host", str, "name, address, or folder of the server's socket"),
        Option("port", int, "5432 if left out"),
        Option("database", str, "the database's name"),
        Option("user", str, "the account the gateway reads as"),
        Option("password", str, "its password"),
        Option("schema", str, "the schema whose tables need no schema in their name", default="public"),
        Option("pool", int, "how many connections the gateway opens at most", default=4),
        Option("pool_timeout", float, "seconds to wait for a free connection", default=60.0),
        Option("connect_timeout", float, "seconds to wait for the server", default=10.0),
        Option("statement_timeout", float, "seconds after which the source stops a query", default=3600.0),
    )

    @classmethod
    def configured(cls, options: Mapping[str, Any]) -> "PostgresConnector":
        parts = {name: options.get(name) for name in PARTS}
        given = [name for name, value in parts.items() if value is not None]
        if options["uri"] is not None and given:
            raise OptionError(given[0], "is part of uri already: give either uri or host, port and the rest")
        if options["uri"] is None and (parts["host"] is None or parts["database"] is None):
            raise OptionError(
                "uri", "missing: postgresql://user:password@host:port/database, or at least host and database"
            )
        uri = options["uri"] or _uri(parts)
        return cls(**{**{name: value for name, value in options.items() if name not in PARTS}, "uri": uri})

    def __init__(
        self,
        uri: str,
        *,
        schema: str = "public",
        pool: int = 4,
        pool_timeout: float = 60.0,
        connect_timeout: float = 10.0,
        statement_timeout: float | None = None,
    ) -> None:
        session: tuple[str, ...] = (f"SET search_path = {quoted(schema)}",)
        if statement_timeout is not None:
            session += (f"SET statement_timeout = {max(1, round(statement_timeout * 1000))}",)
        self._schema = schema
        self._pool = Pool(uri, pool, connect_timeout, pool_timeout, session)

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        with _Work(self._pool, "tables") as work, work.connection.query(TABLES) as rows:
            found = rows.read_all().to_pylist()
        columns: dict[tuple[str, str], list[SourceColumn]] = {}
        for row in found:
            columns.setdefault((row["schema"], row["name"]), []).append(_column(row))
        tables: dict[tuple[str, ...], SourceTable] = {}
        for name, of_table in columns.items():
            tables[name] = SourceTable(name, tuple(of_table))
            if name[0] == self._schema:
                tables[name[1:]] = tables[name]
        return tables

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        return Scans(lambda scan: self._open(scan, reference))

    def _open(self, scan: Scan, reference: str) -> Stream:
        schema = scan_schema(scan.columns)
        work = _Work(self._pool, reference)
        return PulledStream(schema, self._batches(scan, schema, work), work.interrupt)

    def close(self) -> None:
        self._pool.close()

    def _batches(self, scan: Scan, schema: pa.Schema, work: "_Work") -> Batches:
        source = self._source(scan)
        with work:
            arrivals = _arrivals(scan, work.connection.describe(_select(scan, source, _plain)))
            sql = _select(scan, source, lambda column: arrivals[column.name].sql)
            check_text = work.connection.unchecked_text
            with work.connection.query(sql) as rows:
                _refuse_other_types(scan, arrivals, rows.schema)
                for batch in rows:
                    yield _finished(batch, schema, arrivals, check_text=check_text)

    def _source(self, scan: Scan) -> str:
        if scan.query is not None:
            return f"(\n{scan.query}\n)"
        table = scan.table or ()
        return ".".join(quoted(part) for part in ((self._schema, *table) if len(table) == 1 else table))


class _Work:
    """A context: one transaction on one connection, that another thread may interrupt."""

    def __init__(self, pool: Pool, reference: str) -> None:
        self._pool = pool
        self._reference = reference
        self._lock = Lock()
        self._canceled = Event()
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection:
        assert self._connection is not None
        return self._connection

    def interrupt(self) -> None:
        self._canceled.set()
        with self._lock:
            if self._connection is not None:
                self._connection.cancel()

    def __enter__(self) -> "_Work":
        connection = self._pool.take(self._reference, self._canceled)
        with self._lock:
            self._connection = connection
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        connection = self.connection
        clean = kind is None and self._ended(connection)
        with self._lock:  # from here on a cancel finds nothing; one that was sent may still be on its way
            self._connection = None
            clean = clean and not self._canceled.is_set()
        self._pool.give(connection, clean=clean)
        if self._canceled.is_set() and isinstance(error, Exception):
            raise ScanCanceled("the scan was cancelled") from error
        if isinstance(error, Exception):
            raise self._pool.failure(error) from error

    def _ended(self, connection: Connection) -> bool:
        try:
            connection.run("ROLLBACK")
        except adbc_driver_manager.Error:
            return False  # the rows are complete; the connection is of no more use
        return True


def _uri(parts: Mapping[str, Any]) -> str:
    """Everything as a parameter: a host may be a folder, and no text can be taken for another part."""
    named = {
        "dbname" if name == "database" else name: str(value)
        for name, value in parts.items()
        if value is not None
    }
    return f"postgresql://?{urlencode(named, quote_via=quote)}"


def _column(row: Mapping[str, Any]) -> SourceColumn:
    kind = natural_type(row["type"], row["typmod"])
    return SourceColumn(row["column"], kind, row["native"], nullable=not row["not_null"])


def _plain(column: SourceColumn) -> str:
    return f"s.{quoted(column.name)}"


def _select(scan: Scan, source: str, expression: Callable[[SourceColumn], str]) -> str:
    columns = ", ".join(f"{expression(column)} AS {quoted(column.name)}" for column in scan.columns)
    return f"SELECT {columns} FROM {source} AS s"


def _arrivals(scan: Scan, described: pa.Schema) -> dict[str, Arrival]:
    pairs = zip(scan.columns, described, strict=True)
    return {column.name: arrival(column, field) for column, field in pairs}


def _refuse_other_types(scan: Scan, arrivals: Mapping[str, Arrival], delivered: pa.Schema) -> None:
    for column, field in zip(scan.columns, delivered, strict=True):
        if field.type != arrivals[column.name].type:
            raise TypeError(f"column {column.name}: expected {arrivals[column.name].type}, got {field.type}")


def _finished(
    batch: pa.RecordBatch, schema: pa.Schema, arrivals: Mapping[str, Arrival], *, check_text: bool
) -> pa.RecordBatch:
    if check_text:
        batch.validate(full=True)
    arrays = []
    for field, array in zip(schema, batch.columns, strict=True):
        try:
            arrays.append(arrivals[field.name].finish(array))
        except pa.ArrowInvalid as error:
            raise ValueError(f"column {field.name}: {error}") from error
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
