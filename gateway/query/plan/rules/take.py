"""Rule: a relation that the engine runs takes leakproof conditions of the consumer's into its own query."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from gateway.query.plan.barrier.leaves import Leaf
from gateway.query.plan.blocks import add_where, conjuncts
from gateway.sql.leakproof import is_leakproof
from gateway.sql.nodes import by_level, copied

PRESERVING_RIGHT = {"RIGHT", "FULL"}
PRESERVING_LEFT = {"LEFT", "FULL"}
SEMI = {"SEMI", "ANTI"}


TAKEN = "taken"
"""Key in the meta of a condition that stands in the statement as well."""


def take(table: exp.Table, leaf: Leaf) -> None:
    """Changes the leaf. The conditions stay where they are: taking one is a hint."""
    values = {item.alias_or_name: item.unalias() for item in leaf.select.expressions}
    for condition in taken(table, leaf.raw):
        copy = _over_values(condition, values)
        copy.meta[TAKEN] = True
        add_where(leaf.select, copy)


def taken(table: exp.Table, raw: frozenset[str]) -> tuple[exp.Expr, ...]:
    """Leakproof conditions over `raw` columns of this one table, which hold for every row that can matter.

    Nothing is taken through the side of an outer, ASOF or POSITIONAL join where leaving a row out would invent or
    change another.
    """
    select = table.find_ancestor(exp.Select)
    if select is None or not _is_direct_source(table, select) or select.args.get("sample"):
        return ()  # a sample is taken of all rows, before any condition
    found = []
    for condition in _conditions(table, select):
        for conjunct in conjuncts(condition):
            columns = by_level(conjunct, exp.Column)
            own = all(column.table == table.alias for column in columns)
            if columns and own and {column.name for column in columns} <= raw and is_leakproof(conjunct):
                found.append(copied(conjunct))
    return tuple(found)


def _is_direct_source(table: exp.Table, select: exp.Select) -> bool:
    return isinstance(table.parent, exp.From | exp.Join) and table.parent.parent is select


def _conditions(table: exp.Table, select: exp.Select) -> Iterator[exp.Expr]:
    joins = select.args.get("joins") or []
    if any(join.method for join in joins):
        return  # ASOF, POSITIONAL: which row meets which depends on the rows left out
    position = joins.index(table.parent) if isinstance(table.parent, exp.Join) else -1
    own = joins[position] if position >= 0 else None
    if any(join.side in PRESERVING_RIGHT for join in joins[position + 1 :]):
        return
    where = select.args.get("where")
    if where is not None and (own is None or (own.side not in PRESERVING_LEFT and own.kind not in SEMI)):
        yield where.this
    if own is not None and own.args.get("on") is not None and own.side not in PRESERVING_RIGHT:
        yield own.args["on"]


def _over_values(conjunct: exp.Expr, values: Mapping[str, exp.Expr]) -> exp.Expr:
    """The condition over the expressions that the columns stand for."""

    def put(node: exp.Expr) -> exp.Expr:
        return copied(values[node.name]) if isinstance(node, exp.Column) else node

    return conjunct.transform(put)
