"""Rule: of rows in order, a source sends as many of the first as the answer can need.

A LEFT JOIN keeps every row of its left side: the first rows of a block are among those that the first rows of its left
side are joined to, if the order asks for nothing else. The engine orders and cuts off again: a source's order is but a
hint.
"""

from sqlglot import exp

from gateway.query.plan.blocks import inner_items, is_loose, items, where
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.rules.push import is_pushable
from gateway.query.plan.rules.summarize import LATER
from gateway.query.plan.summing import parts_nodes
from gateway.sql.nodes import by_level, copied, holds, text_of

COMPUTING = (exp.AggFunc, exp.Window, exp.Explode, exp.Unnest)
"""What looks at several rows for one, or makes several of one."""


def cutoff(select: exp.Select, draft: Draft) -> None:
    """Changes the unit that the block's rows come from."""
    unit, count = _kept_unit(select, draft), rows_needed(select)
    if unit is None or count is None or not _shows_every_row(select, unit):
        return
    order = select.args.get("order")
    ordered = [ordered_by(one, select, unit, draft) for one in order.expressions] if order is not None else []
    known = [one for one in ordered if one is not None]
    if len(known) == len(ordered):
        known += _ties(known, unit, draft) if known else []
        unit.select.set("order", exp.Order(expressions=known) if known else None)
        unit.select.set("limit", exp.Limit(expression=exp.Literal.number(count)))


def _kept_unit(select: exp.Select, draft: Draft) -> Unit | None:
    """The unit whose rows are all kept: the only one, or what everything else is joined to by LEFT JOIN."""
    found = inner_items(select) if is_loose(select) else []
    unit = draft.units.get(found[0].alias) if len(found) == 1 else None
    if unit is None or draft.dialect(unit) != "postgres" or unit.select.args.get("limit"):
        return None
    return unit


def _shows_every_row(select: exp.Select, unit: Unit) -> bool:
    """Whether each of the unit's rows is in the answer, once at least."""
    if where(select) or any(select.args.get(key) for key in ("having", "group", *LATER)):
        return False
    if any(isinstance(node, COMPUTING) for node in parts_nodes(select, ())):
        return False
    return not select.args.get("distinct") or (
        len(items(select)) == 1 and bool(unit.select.args.get("distinct"))
    )


def rows_needed(select: exp.Query) -> int | None:
    """Of a SELECT or set operation with a LIMIT; None: all, or it is not known."""
    offset = select.args.get("offset")
    counts = [rows_wanted(select), _count(offset.expression) if offset is not None else 0]
    return sum(one for one in counts if one is not None) if None not in counts else None


def rows_wanted(select: exp.Query) -> int | None:
    """What its LIMIT says; None: there is none, or it is not known."""
    limit = select.args.get("limit")
    if not isinstance(limit, exp.Limit) or limit.args.get("limit_options"):
        return None
    return _count(limit.expression)


def _count(node: exp.Expr) -> int | None:
    literal = node.this if isinstance(node, exp.Cast) else node
    return int(literal.this) if isinstance(literal, exp.Literal) and literal.is_int else None


def _ties(known: list[exp.Ordered], unit: Unit, draft: Draft) -> list[exp.Ordered]:
    """By what else is shown of a governed unit's rows: which of them is among the first must not depend on the way in
    which the source finds them (`ties.py`)."""
    if unit.grouped or not draft.governed(unit.members):
        return []
    shown = {
        text_of(column): column for column in by_level(draft.tree, exp.Column) if column.table in unit.members
    }
    ordered = [one.this for one in known]
    able = [one for one in shown.values() if one not in ordered and is_pushable(one, unit, draft)]
    return [exp.Ordered(this=column.copy()) for column in able]


def ordered_by(ordered: exp.Expr, select: exp.Select, unit: Unit, draft: Draft) -> exp.Ordered | None:
    """One item of ORDER BY over what the unit reads, for its source."""
    value = ordered.this
    if isinstance(value, exp.Column) and not value.table:
        value = next(
            (item.unalias() for item in select.expressions if item.alias_or_name == value.name), value
        )
    if isinstance(value, exp.Column) and value.table == unit.alias and unit.grouped:
        value = unit.item(value.name)
    elif unit.grouped or not isinstance(value, exp.Column) or not is_pushable(value, unit, draft):
        return None
    new = exp.Ordered(
        this=copied(value), desc=ordered.args.get("desc"), nulls_first=ordered.args.get("nulls_first")
    )
    return new if not isinstance(value, exp.Column) or not holds(value, exp.Query) else None
