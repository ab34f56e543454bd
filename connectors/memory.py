"""A source made of Arrow tables, for tests. Not in the connector table: whoever wants one constructs it."""

from collections.abc import Collection, Mapping
from threading import Event
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import (
    ColumnStatistics,
    Scan,
    Snapshot,
    SourceColumn,
    SourceDown,
    SourceError,
    SourceTable,
    Stream,
    TableStatistics,
)
from connectors.streams import Batches, PulledStream, Scans, scan_schema
from connectors.types import duckdb_type, exact_batch, is_unsure

BATCH_ROWS = 32_768


class MemoryConnector:
    """Reads whole columns of tables named `table` or `schema.table`.

    `scans` keeps every scan that was opened, and `references` every query that asked, in order; `rows` counts the
    rows handed out, and `closed` says whether `close` was called. For tests of failure: `down` makes every use
    SourceDown, `breaks_after` rows a scan raises SourceError, and while `held` is an unset Event a scan waits before
    its first batch, until it is cancelled.
    """

    dialect: str | None = None

    def __init__(
        self,
        tables: Mapping[str, pa.Table],
        *,
        down: bool = False,
        breaks_after: int | None = None,
        held: Event | None = None,
        weak: bool = False,
    ) -> None:
        self._tables = {tuple(name.split(".")): table for name, table in tables.items()}
        self._weak = weak
        self.down = down
        self.breaks_after = breaks_after
        self.held = held
        self.scans: list[Scan] = []
        self.references: list[str] = []
        self.rows = 0
        self.closed = False

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        self._refuse_if_down()
        return {
            name: SourceTable(name, _columns(table), weak=self._weak) for name, table in self._tables.items()
        }

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        """Exact, but that only columns of Arrow types with an order have a minimum."""
        self._refuse_if_down()
        return {name: _statistics(self._tables[name]) for name in names if name in self._tables}

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        self.references.append(reference)
        return Scans(self._open)

    def _open(self, scan: Scan) -> Stream:
        if scan.query is not None or scan.table is None or scan.keys:
            raise SourceError("a memory source reads tables, not queries")
        self.scans.append(scan)
        schema = scan_schema(scan.columns)
        canceled = Event()
        return PulledStream(schema, self._batches(scan.table, schema, canceled), canceled.set)

    def close(self) -> None:
        self.closed = True

    def _batches(self, name: tuple[str, ...], schema: pa.Schema, canceled: Event) -> Batches:
        self._refuse_if_down()
        if name not in self._tables:
            raise SourceError(f"no table {'.'.join(name)}")
        while self.held is not None and not self.held.wait(0.01) and not canceled.is_set():
            pass
        given = 0
        for batch in self._tables[name].to_batches(max_chunksize=BATCH_ROWS):
            rest = batch.num_rows if self.breaks_after is None else max(self.breaks_after - given, 0)
            given += batch.num_rows
            if rest:
                self.rows += min(rest, batch.num_rows)
                yield exact_batch(batch.slice(0, rest), schema)
            if rest < batch.num_rows:
                raise SourceError("the source broke off")

    def _refuse_if_down(self) -> None:
        if self.down:
            raise SourceDown("the source is down")


def _columns(table: pa.Table) -> tuple[SourceColumn, ...]:
    return tuple(
        SourceColumn(
            field.name, duckdb_type(field.type), str(field.type), field.nullable, unsure=is_unsure(field.type)
        )
        for field in table.schema
    )


def _statistics(table: pa.Table) -> TableStatistics:
    columns = {name: _column_statistics(table.column(name)) for name in table.column_names}
    unique = [(name,) for name, found in columns.items() if found.distinct == table.num_rows]
    return TableStatistics(table.num_rows, columns, tuple(unique))


def _column_statistics(column: Any) -> ColumnStatistics:
    rows, filled = len(column), len(column) - column.null_count
    try:
        span: Any = pc.min_max(column).as_py()
        distinct = pc.count_distinct(column, mode="only_valid").as_py()
    except pa.ArrowNotImplementedError:
        span, distinct = {"min": None, "max": None}, None
    return ColumnStatistics(
        distinct,
        column.null_count / rows if rows else None,
        column.nbytes / filled if filled else None,
        span["min"],
        span["max"],
    )
