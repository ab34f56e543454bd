"""Rows as PostgreSQL copies them: in binary, as text with backslashes, as CSV."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from gateway.frontends.pgwire.encoding.arrow import byte_strings
from gateway.frontends.pgwire.encoding.batches import fields_of, step_of
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import (
    Field,
    Mask,
    Piece,
    Variable,
    big_endian,
    constant,
    data_of,
    data_rows,
    joined,
    lengths_of,
    offsets_of,
    without_nulls,
)
from gateway.frontends.pgwire.messages import framed
from gateway.frontends.pgwire.statements.copy_options import CopyTo
from gateway.frontends.pgwire.types import ColumnType

SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = framed(b"d", b"\xff\xff")
COPY_DONE = framed(b"c")
_ESCAPES = {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
_SIMPLE = frozenset(
    "bool int2 int4 int8 oid numeric float4 float8 date time timestamp timestamptz interval uuid".split()
)
"""Types whose values are written in `_SIMPLE_MARKS` only, and never empty."""
_SIMPLE_MARKS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-.: ")


@dataclass(slots=True)
class CopyEncoder:
    """Rows as CopyData messages, one a row. The first call brings the header too: some clients want both in one."""

    names: tuple[str, ...]
    columns: tuple[ColumnType, ...]
    options: CopyTo
    _begun: bool = field(default=False)

    def step(self, batch: pa.RecordBatch) -> int:
        return step_of(batch) if self._begun else 1

    def encode(self, batch: pa.RecordBatch) -> memoryview:
        codes = self.options.codes * len(self.columns)
        fields = fields_of(batch, self.columns, codes)
        rows = batch.num_rows
        if self.options.format == "binary":
            data = data_rows(fields, rows, b"d")
            if self._begun:
                return data
            self._begun = True
            return memoryview(framed(b"d", SIGNATURE + bytes(data[5:])))
        header = b"" if self._begun else self._header()
        self._begun = True
        lines = _lines(
            [self._value(each, place, rows) for place, each in enumerate(fields)], self._delimiter, rows
        )
        return memoryview(header + bytes(lines)) if header else lines

    def end(self) -> bytes:
        """After the last row."""
        if self.options.format == "binary":
            return TRAILER if self._begun else framed(b"d", SIGNATURE + b"\xff\xff")
        return b"" if self._begun else self._header()

    @property
    def _is_csv(self) -> bool:
        return self.options.format == "csv"

    @property
    def _delimiter(self) -> bytes:
        return (self.options.delimiter or ("," if self._is_csv else "\t")).encode()

    @property
    def _null(self) -> str:
        default = "" if self._is_csv else "\\N"
        return default if self.options.null is None else self.options.null

    def _header(self) -> bytes:
        if not self.options.header:
            return b""
        texts = pa.array(self.names, pa.string())
        shown = self._quoted(texts, forced=False) if self._is_csv else self._escaped(texts)
        return framed(b"d", self._delimiter.join(text.encode() for text in shown.to_pylist()) + b"\n")

    def _value(self, value: Field, place: int, rows: int) -> tuple[Piece, ...]:
        """What stands between two delimiters."""
        pieces = without_nulls(value, rows)
        if not self._is_simple(place):
            pieces = self._marked(pieces, value.valid, rows, forced=self._is_forced(place))
        if value.valid is None or not self._null:
            return pieces
        valid, null = pa.array(value.valid), self._null.encode()
        if len(pieces) == 1 and isinstance(pieces[0], Variable):
            return (Variable(pc.if_else(valid, pieces[0].array, null)),)
        return (*pieces, Variable(pc.if_else(valid, b"", null)))

    def _is_simple(self, place: int) -> bool:
        """Whether the column's values are written as they are, whatever they are."""
        kind, marks = self.columns[place], {self._delimiter.decode()}
        if self._is_csv:
            marks.add(self.options.quote)
        if (
            kind.is_array
            or kind.element.name not in _SIMPLE
            or marks & _SIMPLE_MARKS
            or self._is_forced(place)
        ):
            return False
        return not self._is_csv or not self._null or not _SIMPLE_MARKS.issuperset(self._null)

    def _is_forced(self, place: int) -> bool:
        return self._is_csv and (self.options.forced is None or self.names[place] in self.options.forced)

    def _marked(
        self, pieces: Sequence[Piece], valid: Mask | None, rows: int, *, forced: bool
    ) -> tuple[Piece, ...]:
        """With quotes or backslashes where they are needed; looked for in all values at once, since most have none."""
        whole = joined(pieces, rows) if pieces else Variable(pa.array([b""] * rows, pa.binary()))
        if not forced and not self._has_marks(bytes(data_of(whole))):
            plain = self._null or not self._is_csv
            return (whole if plain else self._empty_quoted(whole, valid),)
        text = whole.array.cast(pa.string())
        shown = self._quoted(text, forced=forced) if self._is_csv else self._escaped(text)
        if valid is not None:
            shown = pc.if_else(pa.array(valid), shown, "")
        return (Variable(shown.cast(pa.binary())),)

    def _has_marks(self, data: bytes) -> bool:
        """Whether there is anything in all values' bytes that a value may need quotes or backslashes for."""
        if not self._is_csv:
            return any(mark in data for mark in map(str.encode, (*_ESCAPES, self._delimiter.decode())))
        if any(mark in data for mark in (self._delimiter, self.options.quote.encode(), b"\n", b"\r")):
            return True
        if b"\\" in data and b"\\." in data:  # one byte is looked for a hundred times as fast as two
            return True
        return bool(self._null) and self._null.encode() in data

    def _empty_quoted(self, values: Variable, valid: Mask | None) -> Variable:
        """Empty texts in quotes, beside NULLs that are nothing."""
        empty = np.diff(offsets_of(values.array)) == 0
        empty = empty if valid is None else empty & valid
        if not empty.any():
            return values
        return Variable(pc.if_else(pa.array(empty), (self.options.quote * 2).encode(), values.array))

    def _escaped(self, text: Array) -> Array:
        marks = dict(_ESCAPES)
        delimiter = self._delimiter.decode()
        marks.setdefault(delimiter, "\\" + delimiter)
        for mark, spelled in marks.items():
            text = pc.replace_substring(text, mark, spelled)
        return text

    def _quoted(self, text: Array, *, forced: bool) -> Array:
        """All values if `forced`, else those that need it."""
        quote, escape = self.options.quote, self.options.escape or self.options.quote
        data = bytes(data_of(byte_strings(text)))
        if forced:
            needed, body = None, text
        else:
            needed = self._needing_quotes(text, data)
            body = text.filter(needed)
        if escape != quote and escape.encode() in data:
            body = pc.replace_substring(body, escape, escape + escape)
        if quote.encode() in data:
            body = pc.replace_substring(body, quote, escape + quote)
        shown = pc.binary_join_element_wise(quote, body, quote, "")
        return shown if needed is None else pc.replace_with_mask(text, needed, shown)

    def _needing_quotes(self, text: Array, data: bytes) -> Array:
        """`data` are all of the texts: most marks are nowhere in them."""
        needed = pc.equal(text, self._null)
        for mark in (self._delimiter.decode(), self.options.quote, "\n", "\r"):
            if mark.encode() in data:
                needed = pc.or_(needed, pc.match_substring(text, mark))
        if len(self.names) == 1:  # where it would be the end of the copy
            needed = pc.or_(needed, pc.equal(text, "\\."))
        return needed


def _lines(values: Sequence[tuple[Piece, ...]], delimiter: bytes, rows: int) -> memoryview:
    """A CopyData message for each row."""
    parts: list[Piece] = []
    for place, value in enumerate(values):
        parts += [constant(delimiter)] if place else []
        parts += value
    parts.append(constant(b"\n"))
    sizes = big_endian(lengths_of(parts, rows) + 4, ">i4")
    return data_of(joined([constant(b"d"), sizes, *parts], rows))


def copy_out_response(options: CopyTo, columns: int) -> bytes:
    code = options.codes[0]
    return framed(b"H", struct.pack(f"!bH{columns}H", code, columns, *([code] * columns)))
