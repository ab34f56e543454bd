"""Arrow columns as texts: exact, and readable by what reads PostgreSQL's texts.

Dates and times are computed from the columns' integers, not through Python's types: a date outside the years
1 to 9999, an infinite one and the time 24:00:00 have texts too.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gateway.errors import DatatypeMismatch

Texts = list[str | None]
Column = Any
"""A pyarrow array of any type; its stubs have no type with what all of them can do."""

_TICKS = MappingProxyType({"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000})
_INFINITE_DAY = 2**31 - 1
_INFINITE_TICK = 2**63 - 1
_DAY_OF_1970 = date(1970, 1, 1).toordinal()
_DAYS_IN_400_YEARS = 146_097
_SAFE_INTEGER = 2**53
_TIMETZ_MAX_OFFSET = 16 * 3600 - 1
_ELEMENT = re.compile(r"\[\d*\]$")
_quoted = json.JSONEncoder(ensure_ascii=False).encode


def texts(column: Column, type_name: str) -> Texts:
    """One text a value, None for NULL. `type_name` is the column's DuckDB type. Nested values are JSON.

    Raises DatatypeMismatch for a type that has no text here.
    """
    column, type_name = _unwrapped(column, type_name)
    if _is_nested(column.type):
        encoded = json_texts(column, type_name)
        return [None if null else text for text, null in zip(encoded, _nulls(column), strict=True)]
    return _scalar_texts(column, type_name)


def json_texts(column: Column, type_name: str) -> list[str]:
    """One JSON text a value.

    Decimals, dates and integers outside 2^53 are strings, instants ISO 8601 with offset, NULL is `null`,
    floats that JSON does not know (`NaN`, `Infinity`) strings; a value of type JSON stands as it is.
    """
    column, type_name = _unwrapped(column, type_name)
    kind = column.type
    if "UHUGEINT" in type_name and (pa.types.is_struct(kind) or pa.types.is_map(kind)):
        raise _without_text(type_name)  # which of the fields has no sign is not known below
    if pa.types.is_struct(kind):
        return _objects(column)
    if _is_nested(kind):
        return _lists(column, type_name)
    encode = _json_encoder(kind, type_name)
    return ["null" if text is None else encode(text) for text in _scalar_texts(column, type_name)]


def is_numeric(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


# --- JSON ------------------------------------------------------------------------------------------------


def _json_encoder(kind: pa.DataType, type_name: str) -> Callable[[str], str]:
    if pa.types.is_boolean(kind):
        return str
    if pa.types.is_integer(kind) or type_name in ("HUGEINT", "UHUGEINT"):
        return _json_integer
    if pa.types.is_floating(kind):
        return _json_float
    if pa.types.is_timestamp(kind):
        return _json_instant
    return _json_document if type_name == "JSON" else _quoted


def _json_integer(text: str) -> str:
    return text if abs(int(text)) <= _SAFE_INTEGER else _quoted(text)


def _json_float(text: str) -> str:
    return _quoted(text) if text in ("NaN", "Infinity", "-Infinity") else text


def _json_instant(text: str) -> str:
    """`2020-01-01 10:00:00+00` to ISO 8601; what has no ISO 8601 form (infinity, BC) stays as it is."""
    if text.endswith(("infinity", "BC")):
        return _quoted(text)
    return _quoted(text.replace(" ", "T", 1) + (":00" if text.endswith("+00") else ""))


def _json_document(text: str) -> str:
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return _quoted(text)
    return text


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _lists(column: Column, type_name: str) -> list[str]:
    if pa.types.is_map(column.type):
        pair = pa.struct([("key", column.type.key_type), ("value", column.type.item_type)])
        column = column.cast(pa.list_(pair))
    elements = iter(json_texts(column.flatten(), _ELEMENT.sub("", type_name)))
    return [_list(elements, length) for length in pc.list_value_length(column).to_pylist()]


def _list(elements: Iterator[str], length: int | None) -> str:
    return "null" if length is None else f"[{','.join([next(elements) for _ in range(length)])}]"


def _objects(column: Column) -> list[str]:
    names = [_quoted(field.name) for field in column.type]
    fields = [json_texts(child, "") for child in column.flatten()]
    rows = zip(*fields, strict=True) if fields else [()] * len(column)
    return [
        "null"
        if null
        else "{" + ",".join(f"{name}:{text}" for name, text in zip(names, row, strict=True)) + "}"
        for row, null in zip(rows, _nulls(column), strict=True)
    ]


def _is_nested(kind: pa.DataType) -> bool:
    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists or pa.types.is_map(kind) or pa.types.is_struct(kind))


def _nulls(column: Column) -> list[bool]:
    return list(column.is_null().to_pylist())


# --- scalars ---------------------------------------------------------------------------------------------


def _scalar_texts(column: Column, type_name: str) -> Texts:
    kind = column.type
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_timestamp(kind):
        return _temporal_texts(column, type_name)
    return _mapped(column.to_pylist(), _formatter(kind, type_name))


def _formatter(kind: pa.DataType, type_name: str) -> Callable[..., str]:
    """How one Python value of this type is written."""
    if pa.types.is_float32(kind):
        return _single_text
    if type_name == "UHUGEINT" and pa.types.is_decimal(kind):
        return _unsigned_decimal_text
    for known, formatter in _FORMATTERS:
        if known(kind):
            return _BINARY.get(type_name, formatter) if formatter is _bytes_text else formatter
    raise _without_text(type_name or str(kind))


def _without_text(type_name: str) -> DatatypeMismatch:
    return DatatypeMismatch(f"a column of type {type_name} has no text form here, cast it to VARCHAR")


def _mapped(values: Sequence[Any], formatter: Callable[..., str]) -> Texts:
    return [None if value is None else formatter(value) for value in values]


def _decimal_text(value: object) -> str:
    return format(value, "f")


def _unsigned_decimal_text(value: Any) -> str:
    """The engine hands out the 128 bits as those of a number with a sign."""
    return str(int(value) % 2**128)


def _double_text(value: float) -> str:
    return _special(repr(value))


def _single_text(value: float) -> str:
    """The shortest text that reads back as the same 32-bit number."""
    return _special(str(np.float32(value)))


def _special(text: str) -> str:
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _bytes_text(value: bytes) -> str:
    return "\\x" + value.hex()


def _bits_text(value: bytes) -> str:
    """DuckDB's BIT: the first byte counts the padding bits that follow it."""
    return "".join(format(byte, "08b") for byte in value[1:])[value[0] :]


def _wide_text(value: bytes) -> str:
    return str(int.from_bytes(value, "little", signed=True))


def _unsigned_wide_text(value: bytes) -> str:
    return str(int.from_bytes(value, "little"))


def _timetz_text(value: bytes) -> str:
    """DuckDB packs microseconds into the upper 40 bits, the negated offset in seconds into the lower 24."""
    packed = int.from_bytes(value, "little")
    return _clock(packed >> 24, 1_000_000) + _offset(_TIMETZ_MAX_OFFSET - (packed & 0xFFFFFF))


def _offset(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    tail = f":{minutes:02d}:{rest:02d}" if rest else f":{minutes:02d}" if minutes else ""
    return f"{'-' if seconds < 0 else '+'}{hours:02d}{tail}"


def _interval_text(value: tuple[int, int, int]) -> str:
    """As PostgreSQL writes it: `1 year 2 mons -3 days 04:05:06.7`."""
    months, days, nanoseconds = value
    years, months = int(months / 12), months - 12 * int(months / 12)
    named = ((years, "year"), (months, "mon"), (days, "day"))
    parts = [f"{count} {name}{'' if count == 1 else 's'}" for count, name in named if count]
    if nanoseconds or not parts:
        sign = "-" if nanoseconds < 0 else ""
        parts.append(sign + _clock(abs(nanoseconds) // 1_000, 1_000_000))
    return " ".join(parts)


# --- dates and times -------------------------------------------------------------------------------------


def _temporal_texts(column: Column, type_name: str) -> Texts:
    kind = column.type
    if pa.types.is_date(kind):
        return _mapped(column.cast(pa.date32()).view(pa.int32()).to_pylist(), _day_text)
    if pa.types.is_time(kind):
        if type_name == "TIME WITH TIME ZONE":  # the offset is gone already
            raise _without_text(type_name)
        stored = pa.int32() if pa.types.is_time32(kind) else pa.int64()
        ticks = _TICKS[kind.unit]
        return _mapped(column.view(stored).to_pylist(), lambda value: _clock(value, ticks))
    ticks, suffix = _TICKS[kind.unit], "" if kind.tz is None else "+00"
    return _mapped(column.view(pa.int64()).to_pylist(), lambda value: _instant_text(value, ticks, suffix))


def _day_text(day: int) -> str:
    if abs(day) == _INFINITE_DAY:
        return "infinity" if day > 0 else "-infinity"
    text, before_christ = _calendar(day)
    return text + before_christ


def _instant_text(value: int, ticks: int, suffix: str) -> str:
    """An instant is kept in UTC, so that is how it is shown; one without a zone has no suffix."""
    if abs(value) == _INFINITE_TICK:
        return "infinity" if value > 0 else "-infinity"
    day, rest = divmod(value, 86_400 * ticks)
    text, before_christ = _calendar(day)
    return f"{text} {_clock(rest, ticks)}{suffix}{before_christ}"


@lru_cache(maxsize=20_000)
def _calendar(day: int) -> tuple[str, str]:
    """Days since 1970-01-01, any size, as `2020-01-31` and ` BC` where it is."""
    ordinal = day + _DAY_OF_1970
    if 1 <= ordinal <= date.max.toordinal():
        return date.fromordinal(ordinal).isoformat(), ""
    cycles, ordinal = divmod(ordinal - 1, _DAYS_IN_400_YEARS)
    within = date.fromordinal(ordinal + 1)
    year = within.year + 400 * cycles
    shown, before_christ = (year, "") if year > 0 else (1 - year, " BC")
    return f"{shown:04d}-{within:%m-%d}", before_christ


def _clock(value: int, ticks: int) -> str:
    seconds, fraction = divmod(value, ticks)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    return f"{text}.{fraction:0{len(str(ticks)) - 1}d}".rstrip("0") if fraction else text


# --- types -----------------------------------------------------------------------------------------------


def _unwrapped(column: Column, type_name: str) -> tuple[Column, str]:
    """The storage of extension and dictionary types, with the DuckDB type that says how to read it."""
    if pa.types.is_dictionary(column.type):
        return column.dictionary_decode(), type_name
    if not isinstance(column.type, pa.BaseExtensionType):
        return column, type_name
    kind = column.type
    name = str(kind.type_name) if isinstance(kind, pa.OpaqueType) else kind.extension_name
    if name == "arrow.bool8":
        return column.storage.cast(pa.bool_()), "BOOLEAN"
    if name not in _EXTENSIONS:
        raise _without_text(type_name or name)
    return column.storage, _EXTENSIONS[name]


_EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {
        "arrow.json": "JSON",
        "arrow.uuid": "UUID",
        "hugeint": "HUGEINT",
        "uhugeint": "UHUGEINT",
        "bit": "BIT",
        "time_tz": "TIME WITH TIME ZONE",
    }
)

_BINARY: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "UUID": lambda value: str(UUID(bytes=value)),
        "HUGEINT": _wide_text,
        "UHUGEINT": _unsigned_wide_text,
        "BIT": _bits_text,
        "TIME WITH TIME ZONE": _timetz_text,
    }
)

_FORMATTERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[..., str]], ...] = (
    (pa.types.is_null, str),
    (pa.types.is_boolean, lambda value: "true" if value else "false"),
    (pa.types.is_integer, str),
    (pa.types.is_decimal, _decimal_text),
    (pa.types.is_float64, _double_text),
    (pa.types.is_string, str),
    (pa.types.is_large_string, str),
    (pa.types.is_string_view, str),
    (pa.types.is_interval, _interval_text),
    (pa.types.is_binary, _bytes_text),
    (pa.types.is_large_binary, _bytes_text),
    (pa.types.is_binary_view, _bytes_text),
    (pa.types.is_fixed_size_binary, _bytes_text),
)
