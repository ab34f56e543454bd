"""What a value of SQLite becomes, which types values and not columns: exactly the asked type, or an error.

Doubles that shall become text are printed with the fewest digits that read back the same: SQLite's own printing depends
on its version.
"""

from collections.abc import Callable
from types import NoneType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.types import arrow_type

CARRIERS = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string(), "BLOB": pa.binary()}
"""The types in which SQLite itself holds values."""

LARGEST_WHOLE = 2**53
"""Beyond it a double does not hold every whole number."""

KEY_TYPES = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "INTEGER"
    ),
    "VARCHAR": "TEXT",
}
"""DuckDB types of keys that can be sent, and what their column is declared as."""

WHOLE_SPANS = {
    "BOOLEAN": (0, 1),
    "TINYINT": (-(2**7), 2**7 - 1),
    "SMALLINT": (-(2**15), 2**15 - 1),
    "INTEGER": (-(2**31), 2**31 - 1),
}
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


def lost(value: str, kind: str) -> str:
    """SQL for whether a value of SQLite is none of the DuckDB type `kind`, but for texts that are not UTF-8."""
    if kind == "VARCHAR":
        return f"typeof({value}) = 'blob'"
    if kind == "BLOB":
        return f"typeof({value}) NOT IN ('blob', 'null')"
    if kind == "DOUBLE":
        whole = f"typeof({value}) = 'integer' AND {value} BETWEEN {-LARGEST_WHOLE} AND {LARGEST_WHOLE}"
        return f"NOT (typeof({value}) IN ('real', 'null') OR ({whole}))"
    low, high = WHOLE_SPANS.get(kind, (None, None))
    outside = f" OR {value} NOT BETWEEN {low} AND {high}" if low is not None else ""
    return f"typeof({value}) NOT IN ('integer', 'null'){outside}"


def sparing(value: str, kind: str) -> str:
    """SQL for a value, NULL if it is `lost`. Texts come as bytes, which Python does not try to read."""
    text = f"WHEN typeof({value}) = 'text' THEN CAST({value} AS BLOB) " if kind == "VARCHAR" else ""
    return f"CASE WHEN {lost(value, kind)} THEN NULL {text}ELSE {value} END"


def read_texts(values: tuple[Any, ...]) -> tuple[list[Any], list[int]]:
    """Values of a VARCHAR column as `sparing` selects them: NULL for those that are not UTF-8, and where those are."""
    found = [_read(value) if isinstance(value, bytes) else value for value in values]
    return found, [int(text is None is not value) for value, text in zip(values, found, strict=True)]


def _read(text: bytes) -> str | None:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return None


def checked_values(name: str, values: tuple[Any, ...], kind: str) -> Any:
    """An Arrow array of the carrier `kind`; ValueError for a value of another class."""
    carrying: Any = CARRIERS[kind]
    if {*map(type, values)} <= {_CLASSES[kind], NoneType}:
        return pa.array(values, carrying)
    check = _CHECKS[kind]
    try:
        checked: Any = pa.array([None if value is None else check(value) for value in values], carrying)
    except (TypeError, UnicodeError) as error:
        raise ValueError(f"column {name} holds {error}") from error
    if kind != "VARCHAR":
        return checked
    doubles = pa.array([value if isinstance(value, float) else None for value in values], pa.float64())
    return pc.coalesce(checked, pc.cast(doubles, pa.string()))


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


def _text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return None  # printed with all the others at once
    raise TypeError(type(value).__name__)


def _blob(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    raise TypeError(type(value).__name__)


_CLASSES = {"BIGINT": int, "DOUBLE": float, "VARCHAR": str, "BLOB": bytes}

_CHECKS: dict[str, Callable[[object], object]] = {
    "BIGINT": _whole,
    "DOUBLE": _real,
    "VARCHAR": _text,
    "BLOB": _blob,
}
