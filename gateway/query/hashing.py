"""The `hash` mask: keyed, the same for the same value whatever its source, computed outside every SQL text.

Token: the first 32 hexadecimal digits of HMAC-SHA-256(key, canonical text of the value).
"""

import hmac
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

TOKEN_DIGITS = 32


def hashed_schema(schema: pa.Schema, columns: tuple[str, ...]) -> pa.Schema:
    for name in columns:
        schema = schema.set(schema.get_field_index(name), pa.field(name, pa.string()))
    return schema


def hash_columns(batch: pa.RecordBatch, columns: tuple[str, ...], key: bytes) -> pa.RecordBatch:
    """The batch with tokens in the place of the values of `columns`; NULL stays NULL."""
    arrays = list(batch.columns)
    for name in columns:
        index = batch.schema.get_field_index(name)
        arrays[index] = _tokens(arrays[index], key)
    return pa.RecordBatch.from_arrays(arrays, schema=hashed_schema(batch.schema, columns))


def _tokens(values: "pa.Array[Any]", key: bytes) -> "pa.Array[Any]":
    """Each distinct value is hashed once, where Arrow can tell them apart."""
    wide = _encodable(values)
    if wide is None:
        return pa.array([_token_of(value, key) for value in values.to_pylist()], pa.string())
    encoded: Any = pc.dictionary_encode(wide)
    tokens = [_token_of(value, key) for value in encoded.dictionary.to_pylist()]
    return pc.take(pa.array(tokens, pa.string()), encoded.indices)


def _encodable(values: "pa.Array[Any]") -> "pa.Array[Any] | None":
    """The same values in a type that `dictionary_encode` takes; None: there is none (lists, structs, UUIDs)."""
    kind = values.type
    if pa.types.is_decimal32(kind) or pa.types.is_decimal64(kind):
        return values.cast(pa.decimal128(kind.precision, kind.scale))
    return None if pa.types.is_nested(kind) or isinstance(kind, pa.BaseExtensionType) else values


def _token_of(value: object, key: bytes) -> str | None:
    return None if value is None else _token(canonical(value), key)


def _token(text: str, key: bytes) -> str:
    return hmac.digest(key, text.encode(), "sha256").hex()[:TOKEN_DIGITS]


def canonical(value: object) -> str:
    """One text per value: 7, 7.0 and 7.00 are equal, whatever type their sources give them."""
    if isinstance(value, Decimal | float | int) and not isinstance(value, bool):
        number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not number.is_finite():
            return str(number)
        text = f"{number:f}"
        plain = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if plain in ("-0", "") else plain
    if isinstance(value, bytes):
        return value.hex()
    isoformat = getattr(value, "isoformat", None)
    return isoformat() if isoformat is not None else str(value)
