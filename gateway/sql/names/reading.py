"""What the SQL of a product reads of other products."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.sql.names.resolve import base_tables
from gateway.sql.names.scopes import Scopes

Read = Mapping[tuple[str, str], Mapping[str, bool]]
"""(domain, name) -> columns used -> whether as text, whatever their own type is: a token of `hash`."""


def relations_read(body: exp.Select) -> Read:
    """All references of a finished body to other products."""
    tables = [table for table in base_tables(body) if not table.catalog]
    found: dict[tuple[str, str], dict[str, bool]] = {_key(table): {} for table in tables}
    if not found:
        return found
    scopes = Scopes()
    for column in body.find_all(exp.Column, bfs=False):
        table = scopes.source(column)
        if isinstance(table, exp.Table) and not table.catalog and _key(table) in found:
            as_text = column.type is not None and column.type.this in exp.DataType.TEXT_TYPES
            found[_key(table)].setdefault(column.name, as_text)
    return found


def _key(table: exp.Table) -> tuple[str, str]:
    return table.db.lower(), table.name.lower()
