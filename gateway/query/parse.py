"""Step 1: text to tree."""

from dataclasses import dataclass

from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.resolve import base_tables, table_name
from gateway.sql.syntax import parse_query


@dataclass(frozen=True, slots=True)
class Statement:
    """One query; nothing in it is outside the allow-lists, no name in it is resolved yet."""

    text: str
    tree: exp.Query

    @property
    def relations(self) -> tuple[str, ...]:
        """The relations asked for, as written, for the record of a statement that is refused later."""
        return tuple(dict.fromkeys(".".join(table_name(table)) for table in base_tables(self.tree)))


def parse(text: str, limits: Limits) -> Statement:
    return Statement(text, parse_query(text, limits))
