"""What a domain team could do so that the next plan is better."""

from collections.abc import Iterator

from sqlglot import exp

from connectors.base import KeepsStatistics
from gateway.query.plan.barrier.leaves import Leaf
from gateway.query.plan.draft import Draft
from gateway.query.plan.schedule import Schedule
from gateway.sql.names.resolve import base_tables


def advice(draft: Draft, schedule: Schedule) -> tuple[str, ...]:
    """Of a draft that is not yet emitted."""
    return tuple(dict.fromkeys((*_without_statistics(draft), *_without_index(draft, schedule))))


def _without_statistics(draft: Draft) -> Iterator[str]:
    for leaf in draft.leaves.values():
        for table in base_tables(leaf.select):
            keeps = isinstance(draft.sources.connectors.get(table.catalog), KeepsStatistics)
            if keeps and draft.sources.known(table).rows is None:
                yield f"no statistics of {_name(table)} at {table.catalog}: ANALYZE {_name(table)} there"


def _without_index(draft: Draft, schedule: Schedule) -> Iterator[str]:
    for sent in schedule.sent:
        columns = [found for _, theirs in sent.pairs if (found := _read(theirs, draft)) is not None]
        if not columns or any(name in draft.sources.known(table).indexed for table, name in columns):
            continue
        table, name = columns[0]
        if draft.sources.dialect(table.catalog) is not None:
            where = f"no index on {_name(table)}.{name} at {table.catalog}"
            yield f"{where}: with one, about {sent.keys:,.0f} keys would not have to read all of the table"


def _read(column: exp.Column, draft: Draft) -> tuple[exp.Table, str] | None:
    """The source's table and column that a unit's column shows as it is."""
    unit = draft.units.get(column.table)
    value = unit.item(column.name) if unit is not None and unit.grouped else column
    leaf = draft.leaves.get(value.table) if isinstance(value, exp.Column) else None
    return _of_leaf(value, leaf) if isinstance(value, exp.Column) and leaf is not None else None


def _of_leaf(column: exp.Column, leaf: Leaf) -> tuple[exp.Table, str] | None:
    value = leaf.value(column.name)
    table = leaf.table
    return (table, value.name) if table is not None and isinstance(value, exp.Column) else None


def _name(table: exp.Table) -> str:
    return ".".join(part for part in (table.db, table.name) if part)
