"""What the planner knows of the sources: their tables, what runs there, and how large they are."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from connectors.base import Connector, SourceColumn, SourceTable, TableStatistics
from gateway.errors import InternalFailure

Tables = Mapping[str, Mapping[tuple[str, ...], SourceTable]]
"""Source key -> the source's tables, as they were at load."""

Statistics = Mapping[str, Mapping[tuple[str, ...], TableStatistics]]
"""Source key -> what the source knows of its tables' sizes, as it was at load."""

UNKNOWN = TableStatistics()

CanRead = Callable[[Collection[Path], Collection[str]], bool]
"""`Engine.can_read`"""


def unasked(files: Collection[Path], columns: Collection[str]) -> bool:  # noqa: ARG001
    """Of no file it is known that the engine can read it."""
    return False


@dataclass(frozen=True, slots=True)
class Sources:
    """`accounts` maps a source's key to the first source that reaches the same server under the same account.
    `settled`: no size of a governed relation is known, and none may decide anything (`settled.py`)."""

    tables: Tables
    connectors: Mapping[str, Connector]
    statistics: Statistics
    accounts: Mapping[str, str]
    settled: bool
    can_read: CanRead

    def dialect(self, key: str) -> str | None:
        return self.connectors[key].dialect

    def account(self, key: str) -> str:
        return self.accounts.get(key, key)

    def table(self, table: exp.Table) -> SourceTable:
        return table_of(self.tables, table)

    def column(self, table: exp.Table, name: str) -> SourceColumn:
        found = next((column for column in self.table(table).columns if column.name == name), None)
        if found is None:
            raise InternalFailure
        return found

    def known(self, table: exp.Table) -> TableStatistics:
        return self.statistics.get(table.catalog, {}).get(_name(table), UNKNOWN)


def table_of(tables: Tables, table: exp.Table) -> SourceTable:
    """What a source told of the table that a tree names."""
    found = tables.get(table.catalog, {}).get(_name(table))
    if found is None:
        raise InternalFailure
    return found


def _name(table: exp.Table) -> tuple[str, ...]:
    return (table.db, table.name) if table.db else (table.name,)
