"""A few rows, value by value: beside so few values the calls that encode whole columns at once take long.

The bytes are those of the encoders of whole columns. What is rare or wrong is left to them, with all that they say of
it.
"""

import struct
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa

from gateway.frontends.pgwire.encoding.arrow import storage
from gateway.frontends.pgwire.encoding.kernels import Array
from gateway.frontends.pgwire.messages import framed
from gateway.frontends.pgwire.types import ColumnType

FEW = 16
"""From some thirty rows on whole columns are faster."""

_EPOCH_DAYS = 10_957  # 1970-01-01 to 2000-01-01, PostgreSQL's epoch
_EPOCH_MICROSECONDS = _EPOCH_DAYS * 86_400_000_000
_FIRST_ORDINAL = date(1970, 1, 1).toordinal()
_FIRST_INSTANT = datetime(1970, 1, 1)
_NULL = b"\xff\xff\xff\xff"
_PLAIN_FLOATS = (1e-4, 1e15)


class _Unusual(Exception):
    """For the encoders of whole columns."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How values of a type are read from arrays of certain types, and written in both formats."""

    arrays: frozenset[int]
    read: Callable[[Array], list[Any]]
    text: Callable[[Any, ColumnType], bytes]
    binary: Callable[[Any, ColumnType], bytes]


def few_rows(batch: pa.RecordBatch, columns: Sequence[ColumnType], formats: Sequence[int]) -> bytes | None:
    """One DataRow message a row. None: some value, type or format is not for this module."""
    try:
        cells = [
            _cells(storage(array), column, code)
            for array, column, code in zip(batch.columns, columns, formats, strict=True)
        ]
    except (_Unusual, struct.error, OverflowError):
        return None
    return b"".join(map(data_row, zip(*cells, strict=True))) if cells else None


def data_row(values: Sequence[bytes | None]) -> bytes:
    """Values as they are encoded already; None: NULL."""
    parts = [_NULL if value is None else len(value).to_bytes(4, "big") + value for value in values]
    return framed(b"D", len(parts).to_bytes(2, "big") + b"".join(parts))


def _cells(array: Array, column: ColumnType, code: int) -> list[bytes | None]:
    kind = _KINDS.get(column.element.name)
    if kind is None or column.is_array or array.type.id not in kind.arrays:
        raise _Unusual
    write = kind.binary if code else kind.text
    return [None if value is None else write(value, column) for value in kind.read(array)]


# --- numbers -----------------------------------------------------------------------------------------------


def _whole(code: str) -> _Kind:
    pack = struct.Struct(code).pack

    def text(value: int, _: ColumnType) -> bytes:
        pack(value)  # out of range is an error here too
        return b"%d" % value

    return _Kind(_INTEGERS, _listed, text, lambda value, _: pack(value))


def _float_text(value: float, _: ColumnType) -> bytes:
    if not _PLAIN_FLOATS[0] <= abs(value) < _PLAIN_FLOATS[1]:
        raise _Unusual
    return repr(value).removesuffix(".0").encode()


def _numeric_text(value: Decimal, column: ColumnType) -> bytes:
    return _digits(value, column).encode()


def _numeric_binary(value: Decimal, column: ColumnType) -> bytes:
    """ndigits, weight, sign, dscale (int16 each), then ndigits base-10000 digits without zeros at the ends."""
    shown = _digits(value, column)
    whole, _, fraction = shown.lstrip("-").partition(".")
    digits = whole.zfill(-(-len(whole) // 4) * 4) + fraction.ljust(-(-len(fraction) // 4) * 4, "0")
    groups = [int(digits[place : place + 4]) for place in range(0, len(digits), 4)]
    weight = -(-len(whole) // 4) - 1
    while groups and not groups[0]:
        del groups[0]
        weight -= 1
    while groups and not groups[-1]:
        del groups[-1]
    sign = 0x4000 if value < 0 else 0
    header = len(groups), weight if groups else 0, sign, len(fraction)
    return struct.pack(f">hhHH{len(groups)}H", *header, *groups)


def _digits(value: Decimal, column: ColumnType) -> str:
    if column.origin != "DECIMAL":
        raise _Unusual
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if column.normalized and "." in shown else shown


# --- times -------------------------------------------------------------------------------------------------


def _days(array: Array) -> list[int | None]:
    return _listed(array.view(pa.int32()))


def _microseconds(array: Array) -> list[int | None]:
    if array.type.unit != "us":
        raise _Unusual
    return _listed(array.view(pa.int64()))


def _date_text(days: int, _: ColumnType) -> bytes:
    try:
        return date.fromordinal(days + _FIRST_ORDINAL).isoformat().encode()
    except ValueError as error:  # before year 1, after 9999, infinite
        raise _Unusual from error


def _date_binary(days: int, _: ColumnType) -> bytes:
    if abs(days) == 2**31 - 1:  # infinite
        raise _Unusual
    return struct.pack(">i", days - _EPOCH_DAYS)


def _timestamp_text(microseconds: int, column: ColumnType) -> bytes:
    if column.zone:
        raise _Unusual
    shown = (_FIRST_INSTANT + timedelta(microseconds=microseconds)).isoformat(" ")
    shown = shown.rstrip("0") if "." in shown else shown
    return f"{shown}+00".encode() if column.element.name == "timestamptz" else shown.encode()


def _timestamp_binary(microseconds: int, _: ColumnType) -> bytes:
    if abs(microseconds) == 2**63 - 1:  # infinite
        raise _Unusual
    return struct.pack(">q", microseconds - _EPOCH_MICROSECONDS)


# --- texts -------------------------------------------------------------------------------------------------


def _bytes(array: Array) -> list[bytes | None]:
    return _listed(array.view(pa.binary()))


def _text(value: bytes, column: ColumnType) -> bytes:
    if b"\0" in value or column.origin == "BIT":
        raise _Unusual
    return value


def _listed(array: Array) -> list[Any]:
    found: list[Any] = array.to_pylist()
    return found


_lib: Any = pa.lib
_INTEGERS = frozenset(
    {
        _lib.Type_INT8, _lib.Type_INT16, _lib.Type_INT32, _lib.Type_INT64,
        _lib.Type_UINT8, _lib.Type_UINT16, _lib.Type_UINT32, _lib.Type_UINT64,
    }
)  # fmt: skip
_STRINGS = _Kind(frozenset({_lib.Type_STRING}), _bytes, _text, _text)
_TIMESTAMPS = _Kind(frozenset({_lib.Type_TIMESTAMP}), _microseconds, _timestamp_text, _timestamp_binary)
_KINDS: Mapping[str, _Kind] = {
    "int2": _whole(">h"),
    "int4": _whole(">i"),
    "int8": _whole(">q"),
    "float8": _Kind(
        frozenset({_lib.Type_DOUBLE}), _listed, _float_text, lambda value, _: struct.pack(">d", value)
    ),
    "numeric": _Kind(
        frozenset({_lib.Type_DECIMAL32, _lib.Type_DECIMAL64, _lib.Type_DECIMAL128}),
        _listed,
        _numeric_text,
        _numeric_binary,
    ),
    "bool": _Kind(
        frozenset({_lib.Type_BOOL}),
        _listed,
        lambda value, _: b"t" if value else b"f",
        lambda value, _: b"\1" if value else b"\0",
    ),
    "date": _Kind(frozenset({_lib.Type_DATE32}), _days, _date_text, _date_binary),
    "timestamp": _TIMESTAMPS,
    "timestamptz": _TIMESTAMPS,
    "uuid": _Kind(
        frozenset({_lib.Type_FIXED_SIZE_BINARY}),
        _listed,
        lambda value, _: str(uuid.UUID(bytes=value)).encode(),
        lambda value, _: bytes(value),
    ),
    "text": _STRINGS,
    "varchar": _STRINGS,
    "json": _STRINGS,
}
