"""Rule: a subquery of IN that looks at nothing around it runs ahead, so that its answer can go to sources as keys."""

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.blocks import is_loose, items, selects, tables_of, where
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.summing import type_of
from gateway.sql.dialect import quoted
from gateway.sql.literals import shared_type
from gateway.sql.nodes import by_level, holds


def ahead(draft: Draft) -> None:
    """Changes the tree: the subquery reads a unit of its own, a block over other units."""
    for select in selects(draft.tree):
        for condition in where(select) if is_loose(select) else ():
            query = condition.args.get("query") if isinstance(condition, exp.In) else None
            if isinstance(query, exp.Subquery) and isinstance(query.this, exp.Select):
                _set_apart(query, query.this, draft)


def _set_apart(query: exp.Subquery, block: exp.Select, draft: Draft) -> None:
    read = [table.alias for table in by_level(block, exp.Table)]
    units = {alias: draft.units[alias] for alias in read if alias in draft.units}
    if not units or len(units) < len(read) or block.args.get("with_") or _is_unit_alone(block):
        return
    own = {node.alias for node in by_level(block, exp.Subquery)}.union(
        units, *(u.members for u in units.values())
    )
    value = block.expressions[0].unalias() if len(block.expressions) == 1 else None
    kind = type_of(value, draft) if isinstance(value, exp.Column | exp.Min | exp.Max) else None
    if kind is None or tables_of(block) - own:
        return
    name = block.expressions[0].alias_or_name
    unit = Unit(draft.namer.unit(), ENGINE, "", set(), block, {name: kind}, needs=frozenset(units))
    draft.units[unit.alias] = unit
    column = exp.Column(this=quoted(name), table=quoted(unit.alias))
    column.type = shared_type(kind)
    table = exp.Table(this=quoted(unit.alias), alias=exp.TableAlias(this=quoted(unit.alias)))
    item = exp.alias_(column, name, quoted=True)
    query.set("this", exp.Select(expressions=[item], from_=exp.From(this=table)))


def _is_unit_alone(block: exp.Select) -> bool:
    """Whether it only shows what a unit has: the unit's own answer can go as keys."""
    clauses = {key for key, value in block.args.items() if value} - {"expressions", "from_", "distinct"}
    return len(items(block)) == 1 and not clauses and not holds(block.expressions[0], exp.AggFunc)
