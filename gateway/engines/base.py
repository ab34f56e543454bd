"""What the gateway asks of the engine that runs the federated part of a query."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import pyarrow as pa

from connectors.base import ScanCanceled, SourceDown
from gateway.errors import MeshgateError, QueryCanceled, SourceFailed, SourceUnavailable


class Base(NamedTuple):
    """A relation's column: `place` counts those that the principal sees, from 1."""

    domain: str
    relation: str
    place: int


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """`type` is a DuckDB type name. `presented`: what PostgreSQL would call it, where that is something else. `base`:
    the relation's column that it shows, masked or not; None: it is calculated."""

    name: str
    type: str
    presented: str = ""
    base: Base | None = None


class Input(Protocol):
    """A stream of Arrow batches that the engine reads under a name; opened once per time it is scanned."""

    schema: pa.Schema

    def open(self) -> pa.RecordBatchReader: ...


def source_failure(error: Exception) -> MeshgateError:
    """What a consumer is told of a source's error. Its text is for the log: it may hold values."""
    if isinstance(error, MeshgateError):
        return error
    if isinstance(error, SourceDown):
        return SourceUnavailable()
    return QueryCanceled() if isinstance(error, ScanCanceled) else SourceFailed()


class Answer(Protocol):
    """A running query. `columns` and `schema` are known before the first batch; `batches` is read once."""

    columns: tuple[OutputColumn, ...]

    @property
    def schema(self) -> pa.Schema: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...

    def cancel(self) -> None:
        """Stop now, from any thread; the reading thread gets QueryCanceled."""
        ...

    def close(self) -> None:
        """Give everything back; idempotent."""
        ...


class Engine(Protocol):
    """SQL texts come from our own trees only, never from a consumer. Errors are of `gateway.errors`."""

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        """The result's columns, by binding only: nothing is read."""
        ...

    def run(self, sql: str, inputs: Mapping[str, Input | pa.Table]) -> Answer:
        """Of a table the engine knows the size, by which it orders joins; of a stream nothing."""
        ...

    def can_read(self, files: Collection[Path], columns: Collection[str]) -> bool:
        """Whether no value of these columns of Parquet files fails a scan: read once for every state of a file."""
        ...

    def close(self) -> None: ...
