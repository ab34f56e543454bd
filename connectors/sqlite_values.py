"""What a value of SQLite becomes, which types values and not columns: exactly the asked type, or an error.

The same rules twice, because scans come over two roads (see sqlite.py): as SQL expressions and as Python functions.
Texts of numbers are equal on both; a test holds it.
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.types import arrow_type

CARRIERS = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BLOB": pa.binary()}
"""The types in which SQLite itself holds values."""

SENTINELS = {"BIGINT": "0", "DOUBLE": "0.0", "VARCHAR": "''", "BLOB": "x''"}
"""A value of each: as the first row it makes the driver, which looks at values only, choose the right type."""

LARGEST_WHOLE = 2**53
"""Beyond it a double does not hold every whole number."""

WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "HUGEINT", "BOOLEAN")


def affinity_type(declared: str) -> str:
    """The type in which a column declared so is delivered, by SQLite's rules of affinity (datatype3.html, 3.1).

    NUMERIC affinity (decimals, dates, booleans, JSON) holds anything: it is delivered as exact text.
    """
    word = declared.upper()
    if "INT" in word:
        return "BIGINT"
    if any(part in word for part in ("CHAR", "CLOB", "TEXT")):
        return "VARCHAR"
    if "BLOB" in word:
        return "BLOB"
    if any(part in word for part in ("REAL", "FLOA", "DOUB")):
        return "DOUBLE"
    return "VARCHAR"


def carrier(kind: str) -> str:
    """The type of `CARRIERS` that brings a column of the DuckDB type `kind`. ValueError: none does."""
    if kind in CARRIERS:
        return kind
    if kind in WHOLE:
        return "BIGINT"
    raise ValueError(f"SQLite cannot deliver {kind}")


def checked_sql(name: str, value: str, kind: str) -> str:
    """`value` in the carrier `kind`; evaluating it fails for a value of another class."""
    refused = (
        f"json_extract('{{}}', {_literal(f'column {name} holds ')} || typeof({value}))"  # a path that is none
    )
    cases = {
        "BIGINT": f"WHEN 'integer' THEN {value}",
        "DOUBLE": f"WHEN 'real' THEN {value} WHEN 'integer' THEN CASE WHEN {value} BETWEEN -{LARGEST_WHOLE} AND"
        f" {LARGEST_WHOLE} THEN CAST({value} AS REAL) ELSE {refused} END",
        "VARCHAR": f"WHEN 'text' THEN {value} WHEN 'integer' THEN CAST({value} AS TEXT)"
        f" WHEN 'real' THEN {_real_text_sql(value)}",
        "BLOB": f"WHEN 'blob' THEN {value}",
    }
    return f"CASE typeof({value}) {cases[kind]} WHEN 'null' THEN NULL ELSE {refused} END"


def checked_values(name: str, values: tuple[Any, ...], kind: str) -> Any:
    """An Arrow array of the carrier `kind`; ValueError for a value of another class."""
    check = _CHECKS[kind]
    try:
        return pa.array([None if value is None else check(value) for value in values], CARRIERS[kind])
    except (TypeError, UnicodeError) as error:
        raise ValueError(f"column {name} holds {error}") from error


def delivered(array: Any, kind: str) -> Any:
    """The array of a carrier as the DuckDB type `kind`; pa.ArrowInvalid if a value is out of its range."""
    if kind == "BOOLEAN":
        span: Any = pc.min_max(array).as_py()
        if span["min"] is not None and (span["min"] < 0 or span["max"] > 1):
            raise pa.ArrowInvalid("a BOOLEAN must be 0 or 1")
        return pc.cast(array, pa.bool_())
    if kind == "HUGEINT":
        wide = pc.cast(array, pa.decimal128(38, 0))  # the same 16 bytes under another name
        raw = pa.Array.from_buffers(pa.binary(16), len(wide), wide.buffers(), wide.null_count, wide.offset)
        hugeint: Any = arrow_type(kind)
        return pa.ExtensionArray.from_storage(hugeint, raw)
    return pc.cast(array, arrow_type(kind), safe=True)


def real_text(value: float) -> str:
    """A double as the shortest of 15 or 17 digits that reads back the same, with a point always, as SQLite prints."""
    if value in (float("inf"), float("-inf")):
        return "Inf" if value > 0 else "-Inf"
    text = f"{value + 0.0:.15g}"
    if float(text) != value:
        text = f"{value:.17g}"
    digits, mark, exponent = text.partition("e")
    return digits + ("" if "." in digits else ".0") + mark + exponent


def _real_text_sql(value: str) -> str:
    short, long = f"printf('%!.15g', {value})", f"printf('%!.17g', {value})"
    return f"CASE WHEN CAST({short} AS REAL) = {value} THEN {short} ELSE {long} END"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _whole(value: object) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(type(value).__name__)


def _real(value: object) -> float:
    if isinstance(value, float):
        return value
    if isinstance(value, int) and -LARGEST_WHOLE <= value <= LARGEST_WHOLE:
        return float(value)
    raise TypeError(type(value).__name__)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return real_text(value)
    raise TypeError(type(value).__name__)


def _blob(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    raise TypeError(type(value).__name__)


_CHECKS: dict[str, Callable[[object], object]] = {
    "BIGINT": _whole,
    "DOUBLE": _real,
    "VARCHAR": _text,
    "BLOB": _blob,
}
