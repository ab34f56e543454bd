"""Byte strings of many rows at once, and their joining into one stream of DataRow messages.

A *piece* is one byte string per row: `Fixed` where all have one width, `Variable` otherwise. A field (the value of one
column) is a sequence of pieces. Neighboring fixed pieces fuse into one matrix; the rest is one call of
`binary_join_element_wise`, whose data buffer *is* the stream.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.frontends.pgwire.encoding.kernels import Array, pc

Matrix = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Lengths = npt.NDArray[np.int64]

_NULL = -1
_ITEMS = {1: "u1", 2: "u2", 4: "u4", 8: "u8"}


@dataclass(frozen=True, slots=True)
class Fixed:
    """`data` is rows x width; one row stands for a constant."""

    data: Matrix


@dataclass(frozen=True, slots=True)
class Variable:
    """`array` is a BinaryArray without nulls."""

    array: Array


Piece = Fixed | Variable


@dataclass(frozen=True, slots=True)
class Field:
    """The values of one column. `valid` is None where no value is NULL; pieces of a NULL may hold anything."""

    pieces: tuple[Piece, ...]
    valid: Mask | None = None


def buffer_of(values: npt.NDArray[Any]) -> pa.Buffer:
    """The array's memory as an Arrow buffer."""
    contiguous: Any = np.ascontiguousarray(values)
    return pa.py_buffer(contiguous)


def constant(text: bytes) -> Fixed:
    return Fixed(np.frombuffer(text, np.uint8).reshape(1, -1))


def variable(offsets: npt.NDArray[np.int32], data: Matrix | pa.Buffer) -> Variable:
    """Byte strings from n+1 offsets into `data`."""
    buffer = data if isinstance(data, pa.Buffer) else buffer_of(data)
    offset_buffer = buffer_of(offsets.astype(np.int32, copy=False))
    return Variable(pa.Array.from_buffers(pa.binary(), len(offsets) - 1, [None, offset_buffer, buffer]))


def offsets_of(array: Array) -> npt.NDArray[np.int32]:
    """The n+1 offsets of a binary or string array, its own slice only."""
    buffer = array.buffers()[1]
    if buffer is None or not len(array):
        return np.zeros(len(array) + 1, np.int32)
    return np.frombuffer(buffer, np.int32)[array.offset : array.offset + len(array) + 1]


def from_lengths(lengths: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Offsets of byte strings of these lengths that lie one after the other."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return offsets.astype(np.int32)


def compacted(matrix: Matrix, keep: Mask, lengths: Lengths) -> Variable:
    """Each row's kept bytes, `lengths` of them. `matrix` and `keep` are rows x width."""
    return variable(from_lengths(lengths), matrix[keep])


def big_endian(values: npt.NDArray[np.generic], code: str) -> Fixed:
    """One number a row in network byte order; `code` as in numpy (`>i4`)."""
    width = np.dtype(code).itemsize
    return Fixed(np.ascontiguousarray(values, dtype=code).view(np.uint8).reshape(len(values), width))


def lengths_of(pieces: Sequence[Piece], rows: int) -> Lengths:
    """Bytes a row of all pieces together."""
    total = np.zeros(rows, np.int64)
    for piece in pieces:
        total += (
            piece.data.shape[1]
            if isinstance(piece, Fixed)
            else np.diff(offsets_of(piece.array)).astype(np.int64)
        )
    return total


def joined(pieces: Iterable[Piece], rows: int) -> Variable:
    """All pieces of each row, one after the other."""
    fused = [_fuse(list(group), rows) for _, group in groupby(pieces, key=_kind)]
    if len(fused) == 1:
        return fused[0]
    return Variable(pc.binary_join_element_wise(*(piece.array for piece in fused), b""))


def data_of(piece: Variable) -> memoryview:
    """The bytes of all rows, without a copy."""
    offsets = offsets_of(piece.array)
    return memoryview(piece.array.buffers()[2])[int(offsets[0]) : int(offsets[-1])]


def _kind(piece: Piece) -> object:
    return "fixed" if isinstance(piece, Fixed) else id(piece)


def _fuse(group: list[Piece], rows: int) -> Variable:
    """One variable piece of a run of fixed ones; a variable piece stands alone."""
    first = group[0]
    if isinstance(first, Variable):
        return first
    columns = [_as_items(piece.data) for piece in group if isinstance(piece, Fixed)]
    record = np.empty(rows, [(f"f{place}", column.dtype) for place, column in enumerate(columns)])
    for place, column in enumerate(columns):
        record[f"f{place}"] = column
    width = record.dtype.itemsize
    return variable(np.arange(rows + 1, dtype=np.int32) * width, record.view(np.uint8))


def _as_items(matrix: Matrix) -> npt.NDArray[Any]:
    """One item a row instead of bytes, which numpy copies faster."""
    width = matrix.shape[1]
    return np.ascontiguousarray(matrix).view(_ITEMS.get(width, f"V{width}")).reshape(-1)


def without_nulls(field: Field, rows: int) -> tuple[Piece, ...]:
    """The field's pieces, empty where the value is NULL."""
    if field.valid is None:
        return field.pieces
    return tuple(_blanked(piece, field.valid, rows) for piece in field.pieces)


def _blanked(piece: Piece, valid: Mask, rows: int) -> Variable:
    if isinstance(piece, Fixed):
        width = piece.data.shape[1]
        kept = np.broadcast_to(piece.data, (rows, width))[valid]
        return variable(from_lengths(valid * np.int64(width)), kept)
    if np.diff(offsets_of(piece.array))[~valid].any():
        return Variable(pc.if_else(pa.array(valid), piece.array, b""))
    return piece


def cell(field: Field, rows: int) -> tuple[tuple[Piece, ...], Lengths]:
    """A value as it stands in a message: its length (-1: NULL) as int32, its bytes. Also the bytes a row."""
    pieces = without_nulls(field, rows)
    lengths = lengths_of(pieces, rows)
    if field.valid is None and all(isinstance(piece, Fixed) for piece in pieces):
        return (big_endian(lengths[:1], ">i4"), *pieces), lengths + 4
    shown = lengths if field.valid is None else np.where(field.valid, lengths, _NULL)
    return (big_endian(shown, ">i4"), *pieces), lengths + 4


def data_rows(fields: Sequence[Field], rows: int, kind: bytes = b"D") -> memoryview:
    """`rows` (at least one) DataRow messages, one after the other. `kind` d: the rows of a binary COPY, whose bytes are
    the same."""
    pieces: list[Piece] = []
    total = np.full(rows, 6, np.int64)
    for field in fields:
        parts, lengths = cell(field, rows)
        pieces.extend(parts)
        total += lengths
    count = constant(len(fields).to_bytes(2, "big"))
    header = (constant(kind), big_endian(total, ">i4"), count)
    return data_of(joined([*header, *pieces], rows))
