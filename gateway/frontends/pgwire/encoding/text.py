"""Values in text format, one function a type: an Arrow array in, the pieces of each value's text out."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from gateway.errors import InternalFailure
from gateway.frontends.pgwire.encoding.arrow import byte_strings, text_strings, values
from gateway.frontends.pgwire.encoding.floats import float_text
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.numerics import numeric_text
from gateway.frontends.pgwire.encoding.pieces import (
    Fixed,
    Matrix,
    Piece,
    Variable,
    constant,
    data_of,
    offsets_of,
    variable,
)
from gateway.frontends.pgwire.encoding.times import date_text, interval_text, time_text, timestamp_text
from gateway.frontends.pgwire.types import ColumnType, style_of

_UUID_TEXT = 36
_DASHES = (8, 13, 18, 23)
_ESCAPED = [
    b"\\\\" if byte == 92 else b"%c" % byte if 32 <= byte < 127 else b"\\%03o" % byte for byte in range(256)
]
_HEX = np.frombuffer(b"".join(b"%02x" % byte for byte in range(256)), "<u2")


def encode_text(array: Array, column: ColumnType) -> tuple[Piece, ...]:  # noqa: C901
    """Of `converted` values of the column's element type. What stands at NULLs is arbitrary."""
    match column.element.name:
        case "text" if column.origin == "BIT":
            return (bits(array),)
        case "json" if pa.types.is_nested(array.type):
            return (json_values(array),)
        case "text" | "varchar" | "bpchar" | "json" | "jsonb" | "name" | "char":
            return (text_strings(nothing(array)),)
        case "int2" | "int4" | "int8" | "oid":
            return (byte_strings(pc.cast(array, pa.string())),)
        case "numeric":
            return numeric_text(array, column)
        case "float4":
            return float_text(array, "f4")
        case "float8":
            return float_text(array, "f8")
        case "bool":
            return (_bool(array),)
        case "date":
            return date_text(array)
        case "time":
            return time_text(array)
        case "timestamp" | "timestamptz":
            return timestamp_text(array, column.zone)
        case "interval":
            return interval_text(array, style_of(column.origin) or "postgres")
        case "uuid":
            return (Fixed(uuid_text(array)),)
        case "bytea" if style_of(column.origin) == "escape":
            return (_escaped(array),)
        case "bytea":
            return (constant(b"\\x"), _hex(byte_strings(array)))
        case "void":
            return ()
        case _:
            raise InternalFailure


def nothing(array: Array) -> Array:
    """The type of a bare NULL has no values; text stands in."""
    return pc.cast(array, pa.string()) if pa.types.is_null(array.type) else array


def _bool(array: Array) -> Fixed:
    return Fixed(np.where(booleans(array), np.uint8(ord("t")), np.uint8(ord("f"))).reshape(-1, 1))


def booleans(array: Array) -> Matrix:
    """1 or 0 a row, 0 at NULLs."""
    filled = pc.fill_null(array, fill_value=False) if array.null_count else array
    return np.asarray(pc.cast(filled, pa.uint8()).to_numpy(), np.uint8)


def _escaped(array: Array) -> Variable:
    texts = [
        None if value is None else b"".join(map(_ESCAPED.__getitem__, value)) for value in array.to_pylist()
    ]
    return Variable(pa.array([text or b"" for text in texts], pa.binary()))


def _hex(raw: Variable) -> Variable:
    offsets = offsets_of(raw.array)
    data = np.frombuffer(data_of(raw), np.uint8)
    return variable((offsets - offsets[0]) * 2, _HEX.take(data).view(np.uint8))


def uuid_text(array: Array) -> Matrix:
    """rows x 36; zeros at NULLs."""
    if pa.types.is_fixed_size_binary(array.type):
        return _dashed(_HEX.take(values(array, "V16").view(np.uint8)).view(np.uint8).reshape(-1, 32))
    strings = byte_strings(array if not array.null_count else pc.fill_null(array, str(uuid.UUID(int=0))))
    data = np.frombuffer(data_of(strings), np.uint8)
    if not (np.diff(offsets_of(strings.array)) == _UUID_TEXT).all():
        raise InternalFailure
    return data.reshape(-1, _UUID_TEXT)


def _dashed(digits: Matrix) -> Matrix:
    text = np.empty((len(digits), _UUID_TEXT), np.uint8)
    text[:, _DASHES] = ord("-")
    text[:, [place for place in range(_UUID_TEXT) if place not in _DASHES]] = digits
    return text


def bits(array: Array) -> Variable:
    """DuckDB's BIT: one byte that counts the padding, then the padded bits."""
    raw = array.cast(pa.binary()).to_pylist()
    return Variable(pa.array([b"" if value is None else _bits(value) for value in raw], pa.binary()))


def _bits(value: bytes) -> bytes:
    return "".join(f"{byte:08b}" for byte in value[1:])[value[0] :].encode()


def json_values(array: Array) -> Variable:
    """Structs, maps, unions and lists of them as json, one value at a time."""
    texts = [_json(value, array.type) for value in array.to_pylist()]
    return Variable(pa.array([text.encode() for text in texts], pa.binary()))


def _json(value: Any, kind: Any) -> str:
    """`kind` is the Arrow type, which alone says what is a map; None within unions."""
    if value is None:
        return "null"
    if kind is not None and pa.types.is_map(kind):
        return _object((str(key), _json(item, kind.item_type)) for key, item in value)
    if isinstance(value, Mapping):
        types = {one.name: one.type for one in kind} if kind is not None and pa.types.is_struct(kind) else {}
        return _object((key, _json(item, types.get(key))) for key, item in value.items())
    if isinstance(value, list):
        inner = kind.value_type if kind is not None and hasattr(kind, "value_type") else None
        return "[" + ", ".join(_json(item, inner) for item in value) + "]"
    return _json_scalar(value)


def _object(members: Iterable[tuple[str, str]]) -> str:
    return "{" + ", ".join(f"{json.dumps(key, ensure_ascii=False)}: {text}" for key, text in members) + "}"


def _json_scalar(value: object) -> str:
    match value:
        case Decimal():
            return f"{value:f}"
        case float() if value != value or abs(value) == float("inf"):
            return json.dumps(str(value))
        case bool() | int() | float() | str():
            return json.dumps(value, ensure_ascii=False)
        case bytes():
            return json.dumps("\\x" + value.hex())
        case dt.date() | dt.time():
            return json.dumps(value.isoformat())
        case _:
            return json.dumps(str(value))
