"""Arrow columns as texts for CSV and JSON, a whole column at a time.

The texts mean what `gateway.render` writes: where a column holds a value that Arrow's own casts write otherwise (an
infinite date, a NaN, a nested value), the column is written there.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as _pc

from gateway.render import Column, json_texts, texts

pc: Any = _pc  # the stubs lack most kernels

_SAFE_INTEGER = 2**53
_EXACT_DIGITS = 6
"""Decimals with a longer fraction Arrow may write with an exponent."""

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31, in days since 1970
_INFINITE = 2**63 - 1
_TICKS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_CSV_QUOTED = '[",\r\n]|^$'
_QUOTE, _BACKSLASH, _FIRST_SHOWN = b'"'[0], b"\\"[0], b" "[0]

Part = Column | str
"""Of the texts of all rows: one for each row, or the same in all of them."""


def json_parts(column: Column, type_name: str) -> tuple[Part, ...]:
    """One JSON text a value, in parts, as `gateway.render.json_texts`: `null`, and no Arrow null."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        escaped = _escaped(column.cast(pa.string()))
        return _whole(escaped) if escaped is not None else (_written(column, "VARCHAR"),)
    plain = _plain(column)
    if plain is None:
        return (_written(column, type_name),)
    if pa.types.is_integer(kind):
        return (_or_null(_safe_integers(plain, column)),)
    if pa.types.is_boolean(kind) or pa.types.is_floating(kind):
        return (_or_null(plain),)
    if pa.types.is_timestamp(kind):
        plain = pc.replace_substring(plain, " ", "T", max_replacements=1)
        return _whole(plain, '"' if kind.tz is None else ':00"')
    return _whole(plain)


def _whole(values: Column, end: str = '"') -> tuple[Part, ...]:
    """Between quotes, which nothing but a row's parts need to hold where there is no NULL."""
    return ('"', values, end) if not values.null_count else (_or_null(_joined('"', values, end)),)


def _written(column: Column, type_name: str) -> Column:
    return pa.array(json_texts(column, type_name), pa.string())


def csv_column(column: Column, type_name: str) -> Column:
    """One field a value, quoted where RFC 4180 asks for it. NULL is the empty field, the empty string `""`."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        fields = _quoted_csv(column.cast(pa.string()))
    elif (plain := _plain(column)) is not None:
        fields = plain
    else:
        fields = _quoted_csv(pa.array(texts(column, type_name), pa.string()))
    return pc.fill_null(fields, "")


def _or_null(values: Column) -> Column:
    return pc.fill_null(values, "null")


def _safe_integers(plain: Column, column: Column) -> Column:
    """Outside of what every reader of JSON keeps, as strings."""
    if column.type.bit_width < 64 or _within(column, -_SAFE_INTEGER, _SAFE_INTEGER):
        return plain
    wide = pc.greater(column, pa.scalar(_SAFE_INTEGER, column.type))
    if pa.types.is_signed_integer(column.type):
        wide = pc.or_(wide, pc.less(column, -_SAFE_INTEGER))
    return pc.if_else(wide, _joined('"', plain, '"'), plain)


def _escaped(values: Column) -> Column | None:
    """What stands between the quotes. None: a character that only `gateway.render` escapes."""
    held = _bytes(values)
    if (held < _FIRST_SHOWN).any():
        return None
    if (held == _BACKSLASH).any():
        values = pc.replace_substring(values, "\\", "\\\\")
    return pc.replace_substring(values, '"', '\\"') if (held == _QUOTE).any() else values


def _quoted_csv(values: Column) -> Column:
    held = _bytes(values)
    if any((held == byte).any() for byte in b'",\r\n'):
        quoted = _joined('"', pc.replace_substring(values, '"', '""'), '"')
        return pc.if_else(pc.match_substring_regex(values, _CSV_QUOTED), quoted, values)
    empty = pc.equal(pc.binary_length(values), 0)
    return pc.if_else(empty, '""', values) if pc.any(empty).as_py() else values


def _bytes(values: Column) -> "np.ndarray[Any, np.dtype[np.uint8]]":
    """Of all texts, one after the other. A NULL may have some too."""
    _, offsets, data = values.buffers()
    if data is None or not len(values):
        return np.empty(0, np.uint8)
    ends = np.frombuffer(offsets, np.int32)[values.offset : values.offset + len(values) + 1]
    return np.frombuffer(data, np.uint8)[ends[0] : ends[-1]]


def _joined(*parts: Column | str) -> Column:
    return pc.binary_join_element_wise(*parts, "")


# --- values without quotes -------------------------------------------------------------------------------


def _plain(column: Column) -> Column | None:
    """As `gateway.render.texts` has them. None: only that can write all of them."""
    for known, written in _WRITTEN:
        if known(column.type):
            return written(column)
    return None


def _cast(column: Column) -> Column:
    return column.cast(pa.string())


def _finite(column: Column) -> Column | None:
    return _cast(column) if pc.all(pc.is_finite(column)).as_py() in (True, None) else None


def _decimal(column: Column) -> Column | None:
    return _cast(column) if 0 <= column.type.scale <= _EXACT_DIGITS else None


def _date(column: Column) -> Column | None:
    days = column.view(pa.int32())
    return _cast(column) if _within(days, _FIRST_DAY, _LAST_DAY) else None


def _timestamp(column: Column) -> Column | None:
    kind, instants = column.type, column.view(pa.int64())
    day = 86_400 * _TICKS[kind.unit]
    least, most = max(_FIRST_DAY * day, 1 - _INFINITE), min((_LAST_DAY + 1) * day, _INFINITE) - 1
    if not _within(instants, least, most):
        return None
    written = _cast(instants.view(pa.timestamp(kind.unit)))
    if kind.unit != "s":
        written = pc.ascii_rtrim(pc.ascii_rtrim(written, "0"), ".")
    return written if kind.tz is None else _joined(written, "+00")


def _within(values: Column, least: int, most: int) -> bool:
    """NULLs aside."""
    bounds = pc.min_max(values).as_py()
    return bounds["min"] is None or (bounds["min"] >= least and bounds["max"] <= most)


_WRITTEN: tuple[tuple[Callable[[pa.DataType], bool], Callable[[Column], Column | None]], ...] = (
    (pa.types.is_boolean, _cast),
    (pa.types.is_integer, _cast),
    (pa.types.is_floating, _finite),
    (pa.types.is_decimal, _decimal),
    (pa.types.is_date32, _date),
    (pa.types.is_timestamp, _timestamp),
)


# --- rows ------------------------------------------------------------------------------------------------


def row_bytes(parts: list[Part], rows: int) -> memoryview:
    """The texts of all rows, one after the other, each joined from its parts. No part holds an Arrow null."""
    assert rows
    joined = pc.binary_join_element_wise(*_neighbors_joined(parts), "")
    _, offsets, data = joined.buffers()
    last = np.frombuffer(offsets, np.int32)[joined.offset + rows]
    return memoryview(data)[: int(last)]


def _neighbors_joined(parts: list[Part]) -> list[Part]:
    """Each part costs as much in every row."""
    found: list[Part] = []
    for part in parts:
        if isinstance(part, str) and found and isinstance(found[-1], str):
            found[-1] += part
        else:
            found.append(part)
    return found
