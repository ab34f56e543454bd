"""What the gateway asks of a source, and nothing more.

A connector turns a `Scan` into a stream of Arrow batches. It knows sources and Arrow; it knows neither
principals nor policies.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pyarrow as pa


class SourceError(Exception):
    """A source refused, failed or broke off. The text is for the owner's log, never for a consumer."""


class SourceDown(SourceError):
    """The source cannot be reached at all."""


class ScanCanceled(SourceError):
    """The scan was cancelled by `Stream.cancel`."""


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """A column as the source declares it.

    `type` is a DuckDB type name in DuckDB's own spelling (`BIGINT`, `DECIMAL(12,2)`,
    `TIMESTAMP WITH TIME ZONE`, `VARCHAR[]`): the type in which this connector delivers the column.
    `native_type` is the source's own word for it.
    """

    name: str
    type: str
    native_type: str
    nullable: bool = True


@dataclass(frozen=True, slots=True)
class SourceTable:
    """`name` is (table,) or (schema, table).

    `files` are Parquet files which an engine may read natively instead.
    `weak` marks a source that does not enforce its declared types (SQLite, CSV, JSON lines).
    """

    name: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    files: tuple[Path, ...] = ()
    weak: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """A request to read `columns`, in that order, either of `table` or of the result of `query`.

    `query` is SQL in the connector's `dialect`; its result has exactly these column names. Each column
    arrives in its `type`, exactly: a connector converts at the source where the driver would lose something.
    `reference` names the statement in the source's own log (`application_name`, a comment, or nothing).
    """

    columns: tuple[SourceColumn, ...]
    table: tuple[str, ...] | None = None
    query: str | None = None
    reference: str = ""

    @property
    def asked(self) -> str:
        """What the source is asked, in words for a record."""
        return (
            self.query
            or f"{', '.join(column.name for column in self.columns)} of {'.'.join(self.table or ())}"
        )


class Stream(Protocol):
    """An open scan. Reading ends in StopIteration or raises SourceError: never a shorter answer."""

    schema: pa.Schema

    def reader(self) -> pa.RecordBatchReader:
        """The batches, once."""
        ...

    def cancel(self) -> None:
        """Stop the source's work now, from any thread; a blocked read raises ScanCanceled."""
        ...

    def close(self) -> None:
        """Give back connection and memory; idempotent; cancels what still runs."""
        ...


class Connector(Protocol):
    """One source. Making a connector does not connect; a source that is down is SourceDown on use.

    `open` does not connect either: the source is asked, and errors arise, when the first batch is read.
    """

    dialect: str | None
    """The sqlglot dialect of `Scan.query`; None: this source reads whole columns only."""

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        """Every table that may be read, introspected now. The default schema may be left out of a name."""
        ...

    def open(self, scan: Scan) -> Stream: ...

    def close(self) -> None: ...
