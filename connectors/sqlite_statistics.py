"""What SQLite knows about its tables: what ANALYZE left, the greatest rowid, and unique indexes."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.base import ColumnStatistics, TableStatistics

Ask = Callable[[str, tuple[object, ...]], list[tuple[Any, ...]]]
"""SQL and its parameters -> rows; no rows where SQLite refuses."""


def table_statistics(ask: Ask, name: str) -> TableStatistics | None:
    """None: there is no such table."""
    columns = ask("SELECT name, type, pk FROM pragma_table_info(?)", (name,))
    if not columns or ask("SELECT 1 FROM sqlite_schema WHERE type = 'view' AND name = ?", (name,)):
        return None
    analyzed = {
        index: str(stat) for index, stat in ask("SELECT idx, stat FROM sqlite_stat1 WHERE tbl = ?", (name,))
    }
    rows = _rows(ask, name, analyzed)
    indexes = _indexes(ask, name)
    key = [column for column, _, place in sorted(columns, key=lambda row: row[2]) if place]
    unique = {tuple(parts) for parts, is_unique in indexes.values() if is_unique} | (
        {tuple(key)} if key else set()
    )
    leading = {index: parts[0] for index, (parts, _) in indexes.items()}
    distinct = {leading[index]: _distinct(stat) for index, stat in analyzed.items() if index in leading}
    for (alone,) in (parts for parts in unique if len(parts) == 1):
        distinct[alone] = rows
    known = {column: ColumnStatistics(distinct=count) for column, count in distinct.items()}
    return TableStatistics(
        rows, known, tuple(sorted(unique)), tuple(dict.fromkeys([*key[:1], *leading.values()]))
    )


def _rows(ask: Ask, name: str, analyzed: Mapping[str | None, str]) -> float | None:
    """The first number of every statistic is the table's rows. Rowids are given in sequence, if nobody else does."""
    counted = [float(stat.split()[0]) for stat in analyzed.values() if stat.split()[0].isdigit()]
    if counted:
        return max(counted)
    found = ask(
        f"SELECT max(rowid) FROM {_quoted(name)}", ()
    )  # not in a table WITHOUT ROWID, nor in a virtual one
    return float(found[0][0] or 0) if found and isinstance(found[0][0], int | None) else None


def _indexes(ask: Ask, name: str) -> dict[str, tuple[list[str], bool]]:
    """Name -> columns in order, and whether together they are unique; none of an expression or of some rows only."""
    found = {}
    for index, unique, partial in ask('SELECT name, "unique", partial FROM pragma_index_list(?)', (name,)):
        parts = [part for (part,) in ask("SELECT name FROM pragma_index_info(?) ORDER BY seqno", (index,))]
        if parts and not partial and None not in parts:
            found[index] = (parts, bool(unique))
    return found


def _distinct(stat: str) -> float | None:
    """Rows, and the rows for each value of the first column."""
    numbers = [float(word) for word in stat.split() if word.isdigit()]
    return numbers[0] / numbers[1] if len(numbers) > 1 and numbers[1] else None


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
