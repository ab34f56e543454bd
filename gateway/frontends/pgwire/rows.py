"""The rows that a portal still has to give: their shape, and how they are pulled."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.errors import ProtocolViolation
from gateway.frontends.pgwire.encoding.batches import Encoder, formats_of
from gateway.frontends.pgwire.encoding.copy import CopyEncoder
from gateway.frontends.pgwire.encoding.few import data_row
from gateway.frontends.pgwire.messages import ColumnDescription
from gateway.frontends.pgwire.metadata.fixed_oids import relation_oid
from gateway.frontends.pgwire.metadata.question import Field
from gateway.frontends.pgwire.statements.copy_options import CopyTo
from gateway.frontends.pgwire.types import BY_NAME, ColumnType, PgType, column_type, in_style

_ROWS_AT_ONCE = 1 << 31
_ENOUGH = 1 << 16
"""Bytes that are worth a thread's while; a client is not sent less before the end."""
_FEW = 100
"""Rows that are put together in no time."""
RAW = ColumnType(BY_NAME["bytea"])
"""Values that are encoded already, whatever their type: bytes, in binary format, are sent as they are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Names and types of result columns. None in place of a shape: no rows at all. `base`: the OID of the relation that
    each is of, and its number there, or zeros; empty: zeros."""

    names: tuple[str, ...]
    types: tuple[ColumnType, ...]
    base: tuple[tuple[int, int], ...] = ()

    def description(self, codes: tuple[int, ...]) -> tuple[ColumnDescription, ...]:
        formats = self.formats(codes)
        return tuple(
            ColumnDescription(name, kind.oid, kind.length, kind.modifier, code, *base)
            for name, kind, code, base in zip(
                self.names, self.types, formats, self.base or ((0, 0),) * len(self.names), strict=True
            )
        )

    def formats(self, codes: tuple[int, ...]) -> tuple[int, ...]:
        if len(codes) > 1 and len(codes) != len(self.names):
            raise ProtocolViolation(
                f"bind message has {len(codes)} result formats but query has {len(self.names)} columns"
            )
        return formats_of(codes, len(self.names))

    def same(self, other: "Shape") -> bool:
        """As clients see it: a numeric's precision may change with the parameters."""
        return self.names == other.names and [kind.oid for kind in self.types] == [
            kind.oid for kind in other.types
        ]


def shape_of(columns: Sequence[OutputColumn], settings: Mapping[str, str]) -> Shape:
    """`settings`: how the session has values written."""
    types = tuple(in_style(column_type(column.type, column.presented), settings) for column in columns)
    base = tuple(map(_base, columns)) if any(column.base for column in columns) else ()
    return Shape(tuple(column.name for column in columns), types, base)


def _base(column: OutputColumn) -> tuple[int, int]:
    base = column.base
    return (0, 0) if base is None else (relation_oid(base.domain, base.relation), base.place)


def catalog_shape(fields: Sequence[Field]) -> Shape:
    return Shape(
        tuple(each.name for each in fields),
        tuple(ColumnType(PgType("", each.oid, each.length, 0), modifier=each.modifier) for each in fields),
        tuple(each.base for each in fields),
    )


@dataclass(frozen=True, slots=True)
class Pulled:
    """Some rows as DataRow messages. `done`: there are no more after them."""

    data: memoryview
    rows: int
    done: bool


class Rows:
    """The rows of one execution, encoded as they are asked for. Not for two threads at once."""

    __slots__ = ("_ahead", "_batches", "_encoder", "_rest", "shape")

    def __init__(
        self,
        batches: Iterator[pa.RecordBatch],
        shape: Shape,
        codes: tuple[int, ...],
        copy: CopyTo | None = None,
    ) -> None:
        self._batches = batches
        self._encoder: Encoder | CopyEncoder = Encoder(shape.types, shape.formats(codes))
        if copy is not None:
            self._encoder = CopyEncoder(shape.names, shape.types, copy)
        self._rest: pa.RecordBatch | None = None
        self._ahead: Pulled | Exception | None = None
        self.shape = shape

    def use(self, codes: tuple[int, ...]) -> None:
        """Encode what is left in other formats."""
        self._encoder = Encoder(self.shape.types, self.shape.formats(codes))

    def end(self) -> bytes:
        """What follows the last row."""
        return self._encoder.end()

    def read_ahead(self, limit: int) -> None:
        """Do now what the next `pull` would, in the thread that is there. `ready` says what came of it."""
        try:
            self._ahead = self.pull(limit)
        except Exception as error:  # noqa: BLE001 - raised where the rows are asked for
            self._ahead = error

    def ready(self, _limit: int) -> Pulled | None:
        """What was read ahead, once; None: nothing was. Errors: as `pull`."""
        ahead, self._ahead = self._ahead, None
        if isinstance(ahead, Exception):
            raise ahead
        return ahead

    def pull(self, limit: int = 0) -> Pulled:
        """The next rows: at most `limit` (0: any number), all that are left or some tens of kilobytes to a megabyte.
        Blocks on the query."""
        parts: list[memoryview] = []
        rows = size = 0
        while size < _ENOUGH and (not limit or rows < limit):
            batch = self._next()
            if batch is None:
                return Pulled(_whole(parts), rows, done=True)
            count = min(limit - rows if limit else _ROWS_AT_ONCE, self._encoder.step(batch))
            if count < batch.num_rows:
                self._rest = batch.slice(count)
            parts.append(self._encoder.encode(batch.slice(0, count)))
            rows += min(count, batch.num_rows)
            size += len(parts[-1])
        return Pulled(_whole(parts), rows, done=False)

    def _next(self) -> pa.RecordBatch | None:
        batch, self._rest = self._rest, None
        while batch is None or not batch.num_rows:
            batch = next(self._batches, None)
            if batch is None:
                return None
        return batch


def _whole(parts: Sequence[memoryview]) -> memoryview:
    return parts[0] if len(parts) == 1 else memoryview(b"".join(parts))


def values_of(row: memoryview) -> list[bytes | None]:
    """The values of a DataRow message."""
    values: list[bytes | None] = []
    at = 7  # after the kind, the message's length and the number of columns
    while at < len(row):
        size = int.from_bytes(row[at : at + 4], "big", signed=True)
        at += 4
        values.append(None if size < 0 else bytes(row[at : at + size]))
        at += max(size, 0)
    return values


class CatalogRows:
    """Rows of a statement about the catalog, as PostgreSQL encoded them."""

    __slots__ = ("_rest", "shape")

    def __init__(self, rows: Sequence[tuple[bytes | None, ...]], shape: Shape) -> None:
        self._rest = rows
        self.shape = shape

    def batch(self) -> pa.RecordBatch:
        """Those that are left, as columns of bytes."""
        columns = [pa.array(values, pa.binary()) for values in zip(*self._rest, strict=True)]
        columns = columns or [pa.array([], pa.binary()) for _ in self.shape.names]
        return pa.RecordBatch.from_arrays(columns, [str(place) for place in range(len(columns))])

    def copied(self, copy: CopyTo) -> Rows:
        """The same rows, to be copied."""
        batch = self.batch()
        if copy.format == "binary":
            shape = Shape(self.shape.names, (RAW,) * len(self.shape.names))
        else:
            batch = pa.RecordBatch.from_arrays(
                [column.cast(pa.string()) for column in batch.columns], batch.schema.names
            )
            shape = Shape(self.shape.names, (ColumnType(BY_NAME["text"]),) * len(self.shape.names))
        return Rows(iter((batch,)), shape, copy.codes, copy)

    def use(self, codes: tuple[int, ...]) -> None:
        """As they came: rows of the catalog have the formats that they were asked for in."""

    def end(self) -> bytes:
        return b""

    def ready(self, limit: int) -> Pulled | None:
        """The next rows, if there are few."""
        return self.pull(limit) if len(self._rest) <= _FEW else None

    def pull(self, limit: int = 0) -> Pulled:
        taken = self._rest[:limit] if limit else self._rest
        self._rest = self._rest[len(taken) :]
        return Pulled(memoryview(b"".join(map(data_row, taken))), len(taken), done=not limit or not taken)
