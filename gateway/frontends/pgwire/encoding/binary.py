"""Values in binary format, one function a type: an Arrow array in, the pieces of each value's bytes out."""

import numpy as np
import pyarrow as pa

from gateway.errors import InternalFailure
from gateway.frontends.pgwire.encoding.arrow import byte_strings, values
from gateway.frontends.pgwire.encoding.kernels import Array
from gateway.frontends.pgwire.encoding.numerics import numeric_binary
from gateway.frontends.pgwire.encoding.pieces import Fixed, Matrix, Piece, big_endian, constant
from gateway.frontends.pgwire.encoding.text import booleans, encode_text, uuid_text
from gateway.frontends.pgwire.encoding.times import (
    date_binary,
    interval_binary,
    time_binary,
    timestamp_binary,
)
from gateway.frontends.pgwire.types import ColumnType

_INTEGERS = {"int2": "i2", "int4": "i4", "int8": "i8"}
_UUID_DIGITS = [place for place in range(36) if place not in (8, 13, 18, 23)]
_NIBBLE = np.zeros(256, np.uint8)
_NIBBLE[np.frombuffer(b"0123456789abcdef", np.uint8)] = np.arange(16)
_NIBBLE[np.frombuffer(b"ABCDEF", np.uint8)] = np.arange(10, 16)


def encode_binary(array: Array, column: ColumnType) -> tuple[Piece, ...]:  # noqa: C901
    """Of `converted` values of the column's element type. What stands at NULLs is arbitrary."""
    match column.element.name:
        case "int2" | "int4" | "int8" as name:
            return (big_endian(values(array, _INTEGERS[name]), ">" + _INTEGERS[name]),)
        case "oid":
            return (big_endian(values(array, "i8"), ">u4"),)
        case "numeric":
            return numeric_binary(array, column)
        case "float4":
            return (big_endian(values(array, "f4"), ">f4"),)
        case "float8":
            return (big_endian(values(array, "f8"), ">f8"),)
        case "bool":
            return (Fixed(booleans(array).reshape(-1, 1)),)
        case "date":
            return date_binary(array)
        case "time":
            return time_binary(array)
        case "timestamp" | "timestamptz":
            return timestamp_binary(array)
        case "interval":
            return interval_binary(array)
        case "uuid":
            return (Fixed(_uuid(array)),)
        case "bytea":
            return (byte_strings(array),)
        case "jsonb":
            return (constant(b"\x01"), byte_strings(array))
        case "text" | "varchar" | "bpchar" | "json" | "name" | "char" | "void":
            return encode_text(array, column)
        case _:
            raise InternalFailure


def _uuid(array: Array) -> Matrix:
    if pa.types.is_fixed_size_binary(array.type):
        return values(array, "V16").view(np.uint8).reshape(-1, 16)
    nibbles = _NIBBLE[uuid_text(array)[:, _UUID_DIGITS]]
    return np.asarray(nibbles[:, 0::2] * 16 + nibbles[:, 1::2], np.uint8)
