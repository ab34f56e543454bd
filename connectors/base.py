"""What the gateway asks of a source, and nothing more.

A connector turns a `Scan` into a stream of Arrow batches. It knows sources and Arrow; it knows neither
principals nor policies.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from types import MappingProxyType
from typing import Protocol, runtime_checkable

import pyarrow as pa


class SourceError(Exception):
    """A source refused, failed or broke off. The text is for the owner's log, never for a consumer."""


class SourceDown(SourceError):
    """The source cannot be reached at all."""


class ScanCanceled(SourceError):
    """The scan was cancelled by `Stream.cancel`."""


ROW = ""
"""What is marked where no column is."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source declares it.

    `type` is a DuckDB type name in DuckDB's own spelling (`BIGINT`, `DECIMAL(12,2)`,
    `TIMESTAMP WITH TIME ZONE`, `VARCHAR[]`): the type in which this connector delivers the column.
    `native_type` is the source's own word for it. `unsure`: it may hold values that cannot be delivered as `type`.
    Such a value fails a scan, unless another column of the scan `marks` the column: that one is BOOLEAN, and true where
    the marked column's value cannot be delivered and is NULL instead. A column that marks `ROW` is true where what
    the source holds cannot be read as a row: all values of that one are NULL, and marked.
    """

    name: str
    type: str
    native_type: str
    nullable: bool = True
    unsure: bool = False
    marks: str | None = None


@dataclass(frozen=True, slots=True)
class SourceTable:
    """`name` is (table,) or (schema, table).

    `files` are Parquet files which an engine may read natively instead.
    `weak` marks a source that does not enforce its declared types (SQLite, CSV, JSON lines). `view`: it is a query over
    others. `unsure`: it may hold what cannot be read as a row; that fails a scan which does not mark `ROW`.
    """

    name: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    files: tuple[Path, ...] = ()
    weak: bool = False
    view: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class KeySet:
    """Rows of values that a scan's query reads as the table `name`, whose columns are those of `table`.

    Types are Arrow's of the DuckDB types that `TakesKeys.transferable` accepts. A row with a NULL in it is
    never sent: it equals nothing.
    """

    name: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class Scan:
    """A request to read `columns`, in that order, either of `table` or of the result of `query`.

    `query` is SQL in the connector's `dialect`; its result has exactly these column names. Each column
    arrives in its `type`, exactly: a connector converts at the source where the driver would lose something.
    `keys` are tables that the query reads by their names as if they were the source's own; how they get there
    is the connector's business. Queries of one `shape` differ at most in the values of conditions, and those of none
    may differ in anything. `one`: one row at most is expected, which more must not harm. `otherwise` is a query for
    the same rows and others, for a source that would find those of `query` without an index. `parts` are queries for
    some of the rows each, one after the other for all of them, in an order that `query` may give them, too: a source
    may run them side by side, and gives what comes in that order. `as_stored`: rows of one
    table that are not put in order come in the order in which they lie in it, whatever the source believes of their
    number: it knows rows, too, of which the order may not tell.
    """

    columns: tuple[SourceColumn, ...]
    table: tuple[str, ...] | None = None
    query: str | None = None
    keys: tuple[KeySet, ...] = ()
    shape: tuple[str, ...] | None = None
    one: bool = False
    otherwise: str | None = None
    parts: tuple[str, ...] = ()
    as_stored: bool = False

    @property
    def asked(self) -> str:
        """What the source is asked, in words for a record: no value of a key is in it."""
        return (
            self.query
            or f"{', '.join(column.name for column in self.columns)} of {'.'.join(self.table or ())}"
        )


@dataclass(frozen=True, slots=True)
class ColumnStatistics:
    """What a source knows about a column; None: it does not say, or the account may not see it.

    `distinct` counts different values that are not NULL, `null_fraction` is between 0 and 1, `average_bytes` is
    of values that are not NULL. `minimum` and `maximum` are Python values of the delivered type; they may be
    outdated, or of a sample.
    """

    distinct: float | None = None
    null_fraction: float | None = None
    average_bytes: float | None = None
    minimum: object | None = None
    maximum: object | None = None


@dataclass(frozen=True, slots=True)
class TableStatistics:
    """Estimates, but for `unique`: sets of columns which the source keeps unique (NULLs may repeat).

    `indexed` are the columns by which the source finds rows without reading all: leading columns of indexes; `ordered`
    those of them in whose order the rows lie, on the whole. `parts` are conditions of the source's own SQL: for each
    row one of them holds, whatever the table has become since, and each finds its rows without reading the others'.
    In their order they follow the rows as they lie. Empty: the table is not worth being read in parts, or cannot be.
    """

    rows: float | None = None
    columns: Mapping[str, ColumnStatistics] = field(default_factory=lambda: MappingProxyType({}))
    unique: tuple[tuple[str, ...], ...] = ()
    indexed: tuple[str, ...] = ()
    ordered: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Stream(Protocol):
    """An open scan. Reading ends in StopIteration or raises SourceError: never a shorter answer."""

    schema: pa.Schema

    @property
    def connections(self) -> int:
        """How many of the source's connections have read for it, so far."""
        ...

    def reader(self) -> pa.RecordBatchReader:
        """The batches, once."""
        ...

    def cancel(self) -> None:
        """Stop the source's work now, from any thread; a blocked read raises ScanCanceled."""
        ...

    def close(self) -> None:
        """Give back connection and memory; idempotent; cancels what still runs."""
        ...


class Snapshot(Protocol):
    """One state of one source, for one query. Several streams of it may be open at once, in several threads.

    A source that has no snapshots (files) gives each scan the state it finds.
    """

    def open(self, scan: Scan) -> Stream:
        """Does not connect: the source is asked, and errors arise, when the first batch is read."""
        ...

    def close(self) -> None:
        """Close every stream and let the source go; idempotent; cancels what still runs."""
        ...


class Connector(Protocol):
    """One source. Making a connector does not connect; a source that is down is SourceDown on use."""

    dialect: str | None
    """The sqlglot dialect of `Scan.query`; None: this source reads whole columns only."""

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        """Every table that may be read, introspected now. The default schema may be left out of a name."""
        ...

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:
        """The one way to read. Does not connect either.

        `reference` names the query in the source's own log (`application_name`, a comment, or nothing). `scans`
        says how many scans will be opened, if that is known: with the last one's end the source is let go.
        """
        ...

    def close(self) -> None: ...


@runtime_checkable
class KeepsStatistics(Protocol):
    """A connector that can estimate what its tables hold."""

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        """Of those tables that it knows something about, at little cost. A missing statistic is no error; SourceError
        is: the source is down, or refuses to be asked at all."""
        ...


@runtime_checkable
class TakesKeys(Protocol):
    """A connector whose queries may read key sets."""

    def transferable(self, kind: str) -> bool:
        """Whether a key column may be of this DuckDB type: it arrives exactly, and equals there what it equals here.

        That the source's own column compares as DuckDB does (no padding, no collation that ignores case) is for
        the caller to know.
        """
        ...


@runtime_checkable
class Reserves(Protocol):
    """A snapshot that has to wait for a place before it can read."""

    def reserve(self, canceled: Event) -> None:
        """Wait for the first place. Whoever reads several sources reserves all, in one order for all queries, before
        reading one: so no two queries wait for each other. SourceDown at once for a source known to be down."""
        ...
