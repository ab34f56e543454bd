"""Arrow batches to DataRow messages: whole batches at a time, in text or binary format a column."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from gateway.frontends.pgwire.encoding.arrays import encode_array_binary, encode_array_text
from gateway.frontends.pgwire.encoding.arrow import storage, validity
from gateway.frontends.pgwire.encoding.binary import encode_binary
from gateway.frontends.pgwire.encoding.convert import converted
from gateway.frontends.pgwire.encoding.few import FEW, few_rows
from gateway.frontends.pgwire.encoding.kernels import Array
from gateway.frontends.pgwire.encoding.pieces import Field, Piece, data_rows
from gateway.frontends.pgwire.encoding.text import encode_text
from gateway.frontends.pgwire.types import ColumnType

TEXT, BINARY = 0, 1

_CHUNK = 1 << 20  # bytes of Arrow data encoded at a time: bounds the memory of one answer
_UNQUOTED = frozenset({"bool", "int2", "int4", "int8", "oid", "numeric", "float4", "float8", "time", "uuid"})


@dataclass(frozen=True, slots=True)
class Encoder:
    """`formats` has one format code a column."""

    columns: tuple[ColumnType, ...]
    formats: tuple[int, ...]

    def step(self, batch: pa.RecordBatch) -> int:
        """How many of the batch's rows to encode at once."""
        return step_of(batch)

    def encode(self, batch: pa.RecordBatch) -> memoryview:
        """All rows at once. Errors: DataError for a value that the protocol cannot carry without loss."""
        if not batch.num_rows:
            return memoryview(b"")
        few = few_rows(batch, self.columns, self.formats) if batch.num_rows <= FEW else None
        if few is not None:
            return memoryview(few)
        return data_rows(fields_of(batch, self.columns, self.formats), batch.num_rows)

    def end(self) -> bytes:
        """After the last row."""
        return b""


def step_of(batch: pa.RecordBatch) -> int:
    rows = int(batch.num_rows)
    if rows <= 1:
        return 1
    size = batch.nbytes
    if (
        size < 2 * _CHUNK
    ):  # most batches: the rest of one would be a small part, which takes longer for each row
        return rows
    return max(1, rows * _CHUNK // size)


def fields_of(batch: pa.RecordBatch, columns: Sequence[ColumnType], formats: Sequence[int]) -> list[Field]:
    """The values of each column, encoded."""
    return [
        _field(array, column, code)
        for array, column, code in zip(batch.columns, columns, formats, strict=True)
    ]


def formats_of(codes: Sequence[int], columns: int) -> tuple[int, ...]:
    """Bind's format codes, one a column: none means text, a single one means all."""
    if not codes:
        return (TEXT,) * columns
    return tuple(codes) * columns if len(codes) == 1 else tuple(codes)


def _field(array: Array, column: ColumnType, code: int) -> Field:
    array = storage(array)
    valid = validity(array)
    if valid is not None and not valid.any():
        return Field((), valid)
    element = partial(_element, column=column, code=code)
    if not column.is_array:
        return Field(element(array), valid)
    if code == BINARY:
        return Field(encode_array_binary(array, element, column.element.oid), valid)
    return Field(encode_array_text(array, element, quotable=column.element.name not in _UNQUOTED), valid)


def _element(array: Array, column: ColumnType, code: int) -> tuple[Piece, ...]:
    encode = encode_binary if code == BINARY else encode_text
    return encode(converted(array, column), column)
