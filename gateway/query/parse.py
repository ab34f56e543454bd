"""Step 1: text to tree."""

from dataclasses import dataclass

from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.resolve import TableName, base_tables, table_name
from gateway.sql.syntax import parse_query


@dataclass(frozen=True, slots=True)
class Statement:
    """One query; nothing in it is outside the allow-lists, no name in it is resolved yet.

    `tables` are the names in FROM that mean relations of the catalog, as written, each once. `limits` are those it
    was held against, and will be when it runs.
    """

    text: str
    tree: exp.Query
    tables: tuple[TableName, ...]
    limits: Limits

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations asked for, as written, for the record of a statement that is refused later."""
        return tuple(dict.fromkeys(map(".".join, self.tables)))


def parse(text: str, limits: Limits) -> Statement:
    tree = parse_query(text, limits)
    return Statement(text, tree, tuple(dict.fromkeys(map(table_name, base_tables(tree)))), limits)
