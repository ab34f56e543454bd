"""The engine's values as values of the type that they are presented as."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from gateway.errors import NumericOutOfRange
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.types import ColumnType

_ARROW: Mapping[str, pa.DataType] = {
    "int2": pa.int16(), "int4": pa.int32(), "int8": pa.int64(), "oid": pa.int64(), "float4": pa.float32(),
    "float8": pa.float64(),
}  # fmt: skip
"""How the encoders take numbers."""
_HEADER = 4


def converted(array: Array, column: ColumnType) -> Array:
    """Elements, not lists of them. Errors: NumericOutOfRange."""
    name = column.element.name
    wanted = _ARROW.get(name)
    if wanted is not None and array.type != wanted:
        return _number(array, wanted)
    if name == "bpchar" and column.modifier >= 0:
        return pc.utf8_rpad(array, column.modifier - _HEADER, " ")
    if name == "jsonb" and column.normalized:
        return pa.array(
            [None if text is None else jsonb_text(text) for text in array.to_pylist()], pa.string()
        )
    return array


def _number(array: Array, wanted: pa.DataType) -> Array:
    try:
        return pc.cast(array, wanted, safe=not pa.types.is_floating(wanted))
    except pa.ArrowInvalid as error:
        raise NumericOutOfRange from error


def jsonb_text(text: str) -> str:
    """As PostgreSQL writes a jsonb: one blank after each colon and comma, the keys by length and bytes, each once."""
    return _laid_out(json.loads(text, parse_float=Decimal, parse_int=Decimal))


def _laid_out(value: Any) -> str:
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        return "{" + ", ".join(f"{_text(key)}: {_laid_out(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_laid_out, value)) + "]"
    return f"{value or abs(value):f}" if isinstance(value, Decimal) else _text(value)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
