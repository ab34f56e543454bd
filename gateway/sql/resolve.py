"""Names to columns: every column of a tree gets the table it belongs to, every star its columns."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

TableName = tuple[str, ...]
Columns = Mapping[str, str]
"""Column name -> DuckDB type name, in order."""


@dataclass(frozen=True, slots=True)
class TableUse:
    """One table in FROM, by its (unique in the tree) alias, and the columns that the text uses of it, stars expanded."""

    alias: str
    table: TableName
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """`tree`: all columns qualified, identifiers quoted, stars and alias references expanded, types annotated,
    result columns named as PostgreSQL names them. Its tables carry the canonical names of `tables`."""

    tree: exp.Query
    uses: tuple[TableUse, ...]


def resolve(tree: exp.Query, tables: Mapping[TableName, Columns]) -> Resolved:
    """Resolve against `tables` (names as written in SQL: `("crm", "orders")`), case-insensitively.

    Raises UndefinedTable, UndefinedColumn, AmbiguousColumn; each names only what the text said.
    """
    raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Origin:
    """A base column that a derived value depends on."""

    table: TableName
    column: str


def lineage(resolved: Resolved) -> Mapping[str, frozenset[Origin]]:
    """For each result column the base columns its value, its grouping and the join keys beside it depend on."""
    raise NotImplementedError


def filtering(resolved: Resolved) -> frozenset[Origin]:
    """The base columns that decide which rows there are (WHERE, HAVING, QUALIFY, LIMIT order), for `check`'s report."""
    raise NotImplementedError


def is_plain(resolved: Resolved) -> bool:
    """Whether the tree only renames columns of one table: no filter, join, grouping, limit, order or expression."""
    raise NotImplementedError
