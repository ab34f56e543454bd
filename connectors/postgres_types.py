"""How each column of a PostgreSQL query is asked for and received, so that no value changes on the way.

The driver is wrong without a word about numeric in bulk (slow text), two-dimensional arrays (flattened),
infinite dates and timestamps (garbage) and very long intervals (overflow), and delivers inet, timetz, ranges
and the like as raw bytes. Each is repaired at the source, or raises there or on arrival; nothing is trusted to be
absent.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import SourceColumn, SourceError
from connectors.types import arrow_type, hugeints

SCALARS = {
    "bool": "BOOLEAN",
    "int2": "SMALLINT",
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float4": "FLOAT",
    "float8": "DOUBLE",
    "text": "VARCHAR",
    "varchar": "VARCHAR",
    "bpchar": "VARCHAR",
    "name": "VARCHAR",
    "bytea": "BLOB",
    "date": "DATE",
    "time": "TIME",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "interval": "INTERVAL",
    "uuid": "UUID",
    "json": "JSON",
    "jsonb": "JSON",
}
"""PostgreSQL types that the driver delivers exactly, once the guards below hold."""

INTEGERS = frozenset(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"))
UNSURE = frozenset(("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "HUGEINT"))
TEXTS = frozenset(("VARCHAR", "JSON"))
TEXT_ITEMS = frozenset(("text", "varchar", "bpchar"))
UNCHECKED = "SQL_ASCII"
NUMBERS = frozenset(("int2", "int4", "int8", "numeric"))
LAST_TIMESTAMP = "294247-01-01"
"""Later ones do not fit 64 bits of microseconds since 1970; PostgreSQL counts from 2000."""
FIRST_DAY = -2_440_588
"""PostgreSQL's first date, 24 November 4714 BC, in days since 1970."""
DAY_MICROSECONDS = 86_400_000_000
LAST_MICROSECOND = 2**63 - 2
"""Of timestamps; the number after it is DuckDB's infinity."""
FEW = 16
LONGEST_HOURS = 2_562_047
"""An Arrow interval counts nanoseconds in 64 bits."""


_MORE = r"[\x80-\xbf]"
UTF_8 = (
    rf"^([\x01-\x7f]|[\xc2-\xdf]{_MORE}|\xe0[\xa0-\xbf]{_MORE}|[\xe1-\xec\xee\xef]{_MORE}{_MORE}|\xed[\x80-\x9f]{_MORE}"
    rf"|\xf0[\x90-\xbf]{_MORE}{_MORE}|[\xf1-\xf3]{_MORE}{_MORE}{_MORE}|\xf4[\x80-\x8f]{_MORE}{_MORE})*$"
)
"""A regular expression over bytes (RFC 3629, 4)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """`sql` selects the column from the alias `s`, the driver delivers `type`, `finish` makes it exact.

    `lasting`: if the source's column gets another type, `sql` fails or delivers another `type`, or the same values.
    `lost`: a condition on the values that `sql` or `finish` fails at, NULL or false for all others; empty: for none.
    `plain` delivers the others.
    """

    sql: str
    type: Any
    finish: Callable[[Any], Any]
    lasting: bool = True
    lost: str = ""
    plain: str = ""

    def sparing(self) -> "Arrival":
        """NULL in the place of values that are `lost`."""
        if not self.lost:
            return self
        return replace(self, sql=f"CASE WHEN ({self.lost}) IS NOT TRUE THEN {self.plain} END")

    def mark(self) -> "Arrival":
        return Arrival(f"coalesce({self.lost or 'false'}, false)", pa.bool_(), _unchanged, self.lasting)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Needs `standard_conforming_strings`, which the session sets."""
    return "'" + text.replace("'", "''") + "'"


def is_unsure(kind: str, encoding: str) -> bool:
    """Whether a column of PostgreSQL that is delivered as this DuckDB type may hold values that cannot be: infinite
    ones, NaN, those of too many digits, arrays in arrays, texts of a database that takes any bytes for a text."""
    return (
        kind in UNSURE
        or (kind in TEXTS and encoding == UNCHECKED)
        or kind.startswith("DECIMAL(")
        or kind.endswith("[]")
    )


def natural_type(name: str | None, typmod: int) -> str:
    """The DuckDB type in which a column of the built-in type `name` is delivered; None: any other type."""
    if name == "numeric":
        return _numeric_type(typmod)
    if name is not None and name.startswith("_"):
        element = _numeric_type(typmod) if name == "_numeric" else SCALARS.get(name[1:], "VARCHAR")
        return f"{element}[]"
    return SCALARS.get(name or "", "VARCHAR")


def numeric_digits(typmod: int) -> tuple[int, int] | None:
    """Precision and scale of a numeric's type modifier; None: unbounded. A negative scale adds zeros."""
    if typmod < 4:
        return None
    precision = (typmod - 4) >> 16 & 0xFFFF
    scale = ((typmod - 4 & 0x7FF) ^ 1024) - 1024
    if scale < 0:
        return precision - scale, 0
    return max(precision, scale), scale


def _numeric_type(typmod: int) -> str:
    precision, scale = numeric_digits(typmod) or (38, 10)
    return f"DECIMAL({precision},{scale})" if precision <= 38 else "VARCHAR"


def arrival(column: SourceColumn, field: Any) -> Arrival:
    """How to ask for `column`, given the `field` that the driver describes; SourceError: another type."""
    remote = _metadata(field, b"POSTGRESQL:type")
    value = f"s.{quoted(column.name)}"
    found = (
        _list(column, value, remote, field.type)
        if column.type.endswith("[]")
        else _scalar(column, value, remote, field)
    )
    if found is None:
        raise SourceError(f"column {column.name}: the source has {remote}, which is no {column.type}")
    return found


def _scalar(column: SourceColumn, value: str, remote: str, field: Any) -> Arrival | None:
    wanted = column.type
    if SCALARS.get(remote) == wanted and field.type == arrow_type(wanted):
        finish = _CHECKED.get(remote, _unchanged)
        lost = _lost_text(value) if wanted in TEXTS else _lost(value, remote)
        return Arrival(_guarded(column.name, value, remote), field.type, finish, lost=lost, plain=value)
    if remote in NUMBERS and (wanted.startswith("DECIMAL(") or wanted == "HUGEINT"):
        typmod = int(_metadata(field, b"POSTGRESQL:typmod") or -1)
        return _number(column, value, numeric_digits(typmod) if remote == "numeric" else None)
    if remote in NUMBERS and wanted in INTEGERS:
        whole = f"CASE WHEN {value} = trunc({value}) THEN {value}::int8 ELSE "
        fraction = _raised(column.name, "a fraction", value, "int8")
        sql = f"{whole}{fraction} END" if remote == "numeric" else f"{value}::int8"
        return Arrival(
            sql, pa.int64(), lambda array: pc.cast(array, arrow_type(wanted), safe=True), lasting=False
        )
    if (remote, wanted) == ("float4", "DOUBLE"):
        return Arrival(f"{value}::float8", pa.float64(), _unchanged, lasting=False)
    if wanted == "VARCHAR" and SCALARS.get(remote, "VARCHAR") == "VARCHAR":
        text = f"{value}::text"
        return Arrival(text, pa.string(), _unchanged, lasting=False, lost=_lost_text(value), plain=text)
    return None


def _number(column: SourceColumn, value: str, digits: tuple[int, int] | None) -> Arrival:
    """`digits` are of a column that is declared with them: all its values have that many fractional ones.

    `scale` and `numeric_out` take no floating point: what is asked here is exact whatever the column becomes.
    """
    wanted = arrow_type(column.type)
    lost = _lost_number(value, wanted)
    if not pa.types.is_decimal64(wanted):
        places = wanted.scale if pa.types.is_decimal(wanted) else 0
        text, plain = f"numeric_out({value})::text", f"numeric_out(trunc({value}, {places}))::text"
        return Arrival(text, pa.string(), lambda array: _from_text(array, wanted), lost=lost, plain=plain)
    places = wanted.scale
    plain = f"({value} * {10**places}::numeric)::int8"
    refused = _raised(column.name, f"more than {places} fractional digits", value, "int8")
    if digits is not None and digits[1] == places:  # twice as fast as a multiplication
        whole = f"replace({value}::text, '.', '')::int8" if places else f"{value}::int8"
        sql = f"CASE WHEN scale({value}) = {places} THEN {whole} ELSE {refused} END"
    else:  # the cast would round
        fits = f"scale({value}) <= {places} OR {value} = trunc({value}, {places})"
        sql = f"CASE WHEN {fits} THEN ({value} * {10**places}::numeric)::int8 ELSE {refused} END"
    return Arrival(sql, pa.int64(), lambda array: _relabeled(array, wanted), lost=lost, plain=plain)


def _list(column: SourceColumn, value: str, remote: str, delivered: Any) -> Arrival | None:
    wanted, element = arrow_type(column.type), column.type[:-2]
    if element.endswith("]"):
        return None
    flat = f"CASE WHEN array_ndims({value}) > 1 THEN "
    if SCALARS.get(remote[1:]) == element and delivered == wanted:
        array = f"{remote[1:]}[]"
        refused = _raised(column.name, "an array of more than one dimension", value, array)
        lost = _lost_items(value, remote[1:])
        items = (
            f"WHEN {lost} THEN {_raised(column.name, f'an infinite or too great {remote[1:]}', value, array)} "
            if lost
            else ""
        )
        texts = _lost_texts(value) if remote[1:] in TEXT_ITEMS else ""
        lost = " OR ".join(filter(None, (_nested(value), lost, texts)))
        return Arrival(f"{flat}{refused} {items}ELSE {value} END", wanted, _unchanged, lost=lost, plain=value)
    refused = _raised(column.name, "an array of more than one dimension", value, "text[]")
    sql = f"{flat}{refused} ELSE {value}::text[] END"
    lost, plain = _nested(value), f"{value}::text[]"
    if element == "VARCHAR" and (remote not in _EXACT_LISTS):
        return Arrival(sql, wanted, _unchanged, lasting=False, lost=lost, plain=plain)
    if element.startswith("DECIMAL(") and remote == "_numeric":
        item = _lost_number("i", arrow_type(element))
        lost = f"{lost} OR EXISTS (SELECT FROM unnest({value}) AS u(i) WHERE {item})"
        finish = partial(_list_from_text, wanted=wanted)
        return Arrival(sql, pa.list_(pa.string()), finish, lasting=False, lost=lost, plain=plain)
    return None


_EXACT_LISTS = frozenset(f"_{name}" for name, kind in SCALARS.items() if kind != "VARCHAR")


def _guarded(name: str, value: str, remote: str) -> str:
    if remote != "interval":
        return value
    why = f"an interval of {LONGEST_HOURS} hours or more"
    return f"CASE WHEN {_lost(value, remote)} THEN {_raised(name, why, value, remote)} ELSE {value} END"


def _lost(value: str, remote: str) -> str:
    """The condition on a value that the driver does not deliver; empty: it delivers all."""
    if remote == "date":
        return f"NOT isfinite({value})"
    if remote in ("timestamp", "timestamptz"):
        return f"NOT isfinite({value}) OR {value} >= '{LAST_TIMESTAMP}'"
    if remote == "interval":
        return f"NOT isfinite({value}) OR abs(date_part('hour', {value})) >= {LONGEST_HOURS}"
    return ""


def _lost_items(value: str, item: str) -> str:
    if item == "date":
        return f"'infinity' = ANY({value}) OR '-infinity' = ANY({value})"
    if item in ("timestamp", "timestamptz"):
        return f"'{LAST_TIMESTAMP}' <= ANY({value}) OR '-infinity' = ANY({value})"
    return (
        f"EXISTS (SELECT FROM unnest({value}) AS u(i) WHERE {_lost('i', item)})" if item == "interval" else ""
    )


def _lost_text(value: str) -> str:
    """Of a database without an encoding, whose texts are any bytes: the server fails to send those."""
    return f"pg_catalog.getdatabaseencoding() = '{UNCHECKED}' AND {value}::text !~ '{UTF_8}'"


def _lost_texts(value: str) -> str:
    items = f"EXISTS (SELECT FROM unnest({value}) AS u(i) WHERE i::text !~ '{UTF_8}')"
    return f"pg_catalog.getdatabaseencoding() = '{UNCHECKED}' AND {items}"


def _nested(value: str) -> str:
    return f"array_ndims({value}) > 1"


def _lost_number(value: str, wanted: Any) -> str:
    """NaN is greater than every number, and `trunc` of it is itself."""
    digits, places = (wanted.precision, wanted.scale) if pa.types.is_decimal(wanted) else (38, 0)
    return f"{value} <> trunc({value}, {places}) OR abs({value}) >= {10 ** (digits - places)}::numeric"


def _raised(name: str, why: str, value: str, kind: str) -> str:
    """An expression of type `kind` that fails when evaluated, and is NULL for NULL.

    It depends on the value, so that it is not evaluated before a row needs it, and does not show the value.
    """
    return f"CAST({literal(f'column {name} holds {why} ')} || left({value}::text, 0) AS {kind})"


def _metadata(field: Any, key: bytes) -> str:
    return bytes((field.metadata or {}).get(key, b"")).decode()


def _unchanged(array: Any) -> Any:
    return array


def _finite_dates(array: Any) -> Any:
    """The driver adds the days between 1970 and 2000 to both infinities: they arrive before PostgreSQL's first day."""
    return _none_below(array, pa.int32(), FIRST_DAY, "an infinite date")


def _finite_times(array: Any) -> Any:
    """The driver adds the years between 1970 and 2000: infinities, and times that then overflow, arrive before the
    first one."""
    return _none_below(
        array, pa.int64(), FIRST_DAY * DAY_MICROSECONDS, f"an infinite time or one after {LAST_TIMESTAMP}"
    )


def _none_below(array: Any, plain: Any, first: int, what: str) -> Any:
    span = _span(array.view(plain))
    if span is not None and (span[0] < first or span[1] > LAST_MICROSECOND):
        raise pa.ArrowInvalid(f"holds {what}")
    return array


_CHECKED = MappingProxyType({"date": _finite_dates, "timestamp": _finite_times, "timestamptz": _finite_times})


def _relabeled(array: Any, wanted: Any) -> Any:
    """Scaled integers as decimals, without a copy; pa.ArrowInvalid for one of too many digits."""
    span, limit = _span(array), 10**wanted.precision
    if span is not None and not -limit < span[0] <= span[1] < limit:
        raise pa.ArrowInvalid(f"a number does not fit {wanted}")
    return pa.Array.from_buffers(wanted, len(array), array.buffers(), array.null_count, array.offset)


def _span(numbers: Any) -> tuple[int, int] | None:
    """The least and the greatest; None: there is none. Beside a few numbers the call for many takes long."""
    if len(numbers) <= FEW:
        known = [number for number in numbers.to_pylist() if number is not None]
        return (min(known), max(known)) if known else None
    span: Any = pc.min_max(numbers).as_py()
    return None if span["min"] is None else (span["min"], span["max"])


def _from_text(array: Any, wanted: Any) -> Any:
    if pa.types.is_decimal(wanted):
        wide = pa.decimal128(wanted.precision, wanted.scale)
        return pc.cast(pc.cast(array, wide, safe=True), wanted, safe=True)
    return hugeints(pc.cast(array, pa.decimal128(38, 0), safe=True))


def _list_from_text(array: Any, wanted: Any) -> Any:
    items = _from_text(array.flatten(), wanted.value_type)
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    ends = pc.cast(pc.cumulative_sum(lengths), pa.int32())
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
    return pa.ListArray.from_arrays(offsets, items, type=wanted, mask=array.is_null())
