"""How key sets get to a PostgreSQL: as arrays in the statement, or many of them in a temporary table.

Arrays are read by `unnest` in a common table expression of the key set's name. Its estimates are good, because the
planner sees the arrays. Measured (`benchmarks/bench_connectors.py`, half a million to two million rows): up to some ten
thousand keys it is the fastest way, and a list of VALUES is never faster; at 100,000 both take the same time, beyond
a temporary table takes less, for the arrays are parsed twice. A temporary table costs two more round trips.

Its rows must be written in the transaction that reads them: in a snapshot of another session, rows of a transaction
that ended since are not visible. PostgreSQL allows that in a read-only transaction, but not making the table. The
driver's own bulk insert takes half the time at a million keys, but does not find a table that is younger than the
snapshot.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import KeySet, SourceError
from connectors.postgres_types import DAY_MICROSECONDS, FIRST_DAY, LAST_MICROSECOND, literal, quoted
from connectors.types import duckdb_type

TEMPORARY_ROWS = 100_000

LAST_DAY = 2_145_042_905
"""PostgreSQL's last date, 31 December 5874897, in days since 1970."""

WORDS = {
    **dict.fromkeys(
        ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), "bigint"
    ),
    "BOOLEAN": "boolean",
    "VARCHAR": "text",
    "DATE": "date",
    "TIMESTAMP": "timestamp",
    "TIMESTAMP WITH TIME ZONE": "timestamptz",
    "UUID": "uuid",
}


def transferable(kind: str) -> bool:
    """Not floating point, whose NaN and zeros compare in their own ways, and nothing that is not listed."""
    return kind in WORDS or kind.startswith("DECIMAL(")


@dataclass(frozen=True, slots=True)
class SentKeys:
    """A key set in PostgreSQL's SQL. `values` are the select list over `arrays`, an item of FROM; `words` are the
    types of the columns `names`. No text of it may be shown to anybody but the source."""

    name: str
    many: bool
    names: tuple[str, ...]
    words: tuple[str, ...]
    values: str
    arrays: str

    @property
    def as_expression(self) -> str:
        """For WITH."""
        return f"{self._head} (SELECT {self.values} FROM {self.arrays})"

    @property
    def creation(self) -> str:
        columns = ", ".join(f"{name} {word}" for name, word in zip(self.names, self.words, strict=True))
        return f"CREATE TEMPORARY TABLE {quoted(self.name)} ({columns})"

    @property
    def filling(self) -> str:
        """Statements that put the keys into the table of `creation`."""
        table = f"pg_temp.{quoted(self.name)}"
        return f"INSERT INTO {table} SELECT {self.values} FROM {self.arrays}; ANALYZE {table}"

    @property
    def description(self) -> str:
        """For WITH, in a statement that is only described: the same columns, no key."""
        return f"{self._head} (SELECT {', '.join(f'NULL::{word}' for word in self.words)})"

    @property
    def _head(self) -> str:
        return f"{quoted(self.name)}({', '.join(self.names)}) AS"


def sent(keys: KeySet) -> SentKeys:
    """Rows that equal nothing are left out: with a NULL, or a text that PostgreSQL cannot hold. SourceError: a type or
    a value that cannot be sent."""
    table = keys.table.drop_null()
    for field in keys.table.schema:
        kind = duckdb_type(field.type)
        if not transferable(kind):
            raise SourceError(f"keys of type {kind} cannot be sent")
        if kind == "VARCHAR":
            table = table.filter(pc.invert(pc.match_substring(table.column(field.name), "\0")))
    words = tuple(_word(field.type) for field in table.schema)
    values, arrays = _expressions(table, words)
    names = tuple(map(quoted, table.column_names))
    return SentKeys(keys.name, table.num_rows > TEMPORARY_ROWS, names, words, values, arrays)


ARRAY = r"= ANY \(+(?:\$\d|InitPlan)"
"""An array that is known when the plan runs, as the server's plan tells of it before version 17 and since."""
BY_INDEX = re.compile(rf"\s*Index Cond: .*{ARRAY}")
ROW_BY_ROW = re.compile(rf"\s*(?:Filter|Recheck Cond|Join Filter): .*{ARRAY}")


def is_passed_once(plan: Iterable[str]) -> bool:
    """Whether by these lines of EXPLAIN an index is gone through for keys that are sent as an array, whose values are
    sorted for it. Row by row, each would be compared with each."""
    lines = list(plan)
    return any(map(BY_INDEX.match, lines)) and not any(map(ROW_BY_ROW.match, lines))


def _word(kind: pa.DataType) -> str:
    name = duckdb_type(kind)
    return "numeric" if name.startswith("DECIMAL(") else WORDS[name]


# --- arrays ----------------------------------------------------------------------------------------------
# Days and microseconds travel as numbers: no text of a date can be misread, before Christ or after 9999.

_Sender = Callable[[Any, str, list[str], list[str]], None]


def _expressions(table: pa.Table, words: tuple[str, ...]) -> tuple[str, str]:
    """A select list, and the FROM item that it reads."""
    arrays: list[str] = []
    values: list[str] = []
    for column, word in zip(table.columns, words, strict=True):
        _SENT[word](column.combine_chunks(), word, arrays, values)
    names = ", ".join(f"u{index}" for index in range(len(arrays)))
    return ", ".join(values), f"unnest({', '.join(arrays)}) AS u({names})"


def _send(array: Iterable[str], word: str, arrays: list[str]) -> str:
    arrays.append(f"{literal('{' + ','.join(array) + '}')}::{word}[]")
    return f"u{len(arrays) - 1}"


def _numbers(array: Any) -> list[str]:
    texts: list[str] = pc.cast(array, pa.string()).to_pylist()
    return texts


def _send_plain(array: Any, word: str, arrays: list[str], values: list[str]) -> None:
    values.append(_send(_numbers(array), word, arrays))


def _send_text(array: Any, word: str, arrays: list[str], values: list[str]) -> None:
    escaped = pc.replace_substring(pc.replace_substring(array, "\\", "\\\\"), '"', '\\"')
    values.append(_send((f'"{text}"' for text in escaped.to_pylist()), word, arrays))


def _send_uuid(array: Any, word: str, arrays: list[str], values: list[str]) -> None:
    text = b"".join(array.storage.to_pylist()).hex()
    values.append(_send((text[start : start + 32] for start in range(0, len(text), 32)), word, arrays))


def _send_date(array: Any, _: str, arrays: list[str], values: list[str]) -> None:
    days = _in_range(array.view(pa.int32()), FIRST_DAY, LAST_DAY)
    values.append(f"('1970-01-01'::date + {_send(_numbers(days), 'integer', arrays)})")


def _send_time(array: Any, word: str, arrays: list[str], values: list[str]) -> None:
    micros = _in_range(array.view(pa.int64()), FIRST_DAY * DAY_MICROSECONDS, LAST_MICROSECOND)
    days, rest = np.divmod(micros.to_numpy(zero_copy_only=False), DAY_MICROSECONDS)
    date = f"'1970-01-01'::date + {_send(map(str, days.tolist()), 'integer', arrays)}"
    time = f"{_send(map(str, rest.tolist()), 'bigint', arrays)} * interval '1 microsecond'"
    values.append(f"({date} + {time})::{word}")


_SENT: dict[str, _Sender] = {
    **dict.fromkeys(("bigint", "numeric", "boolean"), _send_plain),
    "text": _send_text,
    "uuid": _send_uuid,
    "date": _send_date,
    **dict.fromkeys(("timestamp", "timestamptz"), _send_time),
}


def _in_range(numbers: Any, first: int, last: int) -> Any:
    span: Any = pc.min_max(numbers).as_py()
    if span["min"] is not None and not first <= span["min"] <= span["max"] <= last:
        raise SourceError("a key is a date that PostgreSQL does not know")
    return numbers
