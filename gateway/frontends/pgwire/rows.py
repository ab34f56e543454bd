"""The rows that a portal still has to give: their shape, and how they are pulled."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.errors import ProtocolViolation
from gateway.frontends.pgwire.copying import CopyEncoder, CopyTo
from gateway.frontends.pgwire.encode import Encoder, formats_of
from gateway.frontends.pgwire.messages import ColumnDescription, framed
from gateway.frontends.pgwire.metadata.question import Field
from gateway.frontends.pgwire.types import BY_NAME, ColumnType, PgType, column_type

_ROWS_AT_ONCE = 1 << 31
RAW = ColumnType(BY_NAME["bytea"])
"""Values that are encoded already, whatever their type: bytes, in binary format, are sent as they are."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Names and types of result columns. None in place of a shape: no rows at all."""

    names: tuple[str, ...]
    types: tuple[ColumnType, ...]

    def description(self, codes: tuple[int, ...]) -> tuple[ColumnDescription, ...]:
        formats = self.formats(codes)
        return tuple(
            ColumnDescription(name, kind.oid, kind.length, kind.modifier, code)
            for name, kind, code in zip(self.names, self.types, formats, strict=True)
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


def shape_of(columns: Sequence[OutputColumn]) -> Shape:
    return Shape(
        tuple(column.name for column in columns), tuple(column_type(column.type) for column in columns)
    )


def catalog_shape(fields: Sequence[Field]) -> Shape:
    return Shape(
        tuple(each.name for each in fields),
        tuple(ColumnType(PgType("", each.oid, each.length, 0), modifier=each.modifier) for each in fields),
    )


@dataclass(frozen=True, slots=True)
class Pulled:
    """Some rows as DataRow messages. `done`: there are no more."""

    data: memoryview
    rows: int
    done: bool


class Rows:
    """The rows of one execution, encoded as they are asked for. Not for two threads at once."""

    __slots__ = ("_batches", "_encoder", "_rest", "shape")

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
        self.shape = shape

    def use(self, codes: tuple[int, ...]) -> None:
        """Encode what is left in other formats."""
        self._encoder = Encoder(self.shape.types, self.shape.formats(codes))

    def end(self) -> bytes:
        """What follows the last row."""
        return self._encoder.end()

    def pull(self, limit: int = 0) -> Pulled:
        """The next rows: at most `limit` (0: any number), about a megabyte. Blocks on the query."""
        batch = self._rest if self._rest is not None else next(self._batches, None)
        while batch is not None and not batch.num_rows:
            batch = next(self._batches, None)
        self._rest = None
        if batch is None:
            return Pulled(memoryview(b""), 0, done=True)
        count = min(limit or _ROWS_AT_ONCE, self._encoder.step(batch))
        if count < batch.num_rows:
            self._rest = batch.slice(count)
        part = batch.slice(0, count)
        return Pulled(self._encoder.encode(part), part.num_rows, done=False)


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

    def pull(self, limit: int = 0) -> Pulled:
        taken = self._rest[:limit] if limit else self._rest
        self._rest = self._rest[len(taken) :]
        return Pulled(memoryview(b"".join(map(_data_row, taken))), len(taken), done=not taken)


def _data_row(values: Sequence[bytes | None]) -> bytes:
    """Values as they are encoded already; None: NULL."""
    parts = [
        b"\xff\xff\xff\xff" if value is None else struct.pack("!I", len(value)) + value for value in values
    ]
    return framed(b"D", len(parts).to_bytes(2, "big") + b"".join(parts))
