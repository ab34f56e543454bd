"""Rule: a condition over the leaves of one unit is evaluated there, where it means the same and tells nothing.

Over a governed leaf, a leakproof condition may stand beside the leaf's filters (governance.md, "The barrier"). Any
other waits behind a fence: it is evaluated on rows that the filters let through.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.blocks import (
    BARE,
    add_where,
    all_of,
    conditions,
    conjuncts,
    inner_items,
    is_left,
    is_loose,
    joins,
    own_names,
    reads,
    set_where,
    spread,
    where,
)
from gateway.query.plan.draft import Draft, Unit
from gateway.sql.leakproof import is_leakproof
from gateway.sql.nodes import by_level, copied, holds
from gateway.sql.remote import not_pushable
from gateway.sql.totality import is_truth


def push(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT and its units."""
    if not is_loose(select):
        return
    here = [draft.units[item.alias] for item in inner_items(select) if item.alias in draft.units]
    left = [condition for condition in where(select) if not _pushed(condition, here, draft)]
    set_where(select, left)
    for join in joins(select):
        if is_left(join) and join.this.alias in draft.units:
            _push_into_right(join, draft)


def _push_into_right(join: exp.Join, draft: Draft) -> None:
    """What a LEFT JOIN asks of its right side alone decides which rows that side has to offer."""
    conditions = list(conjuncts(join.args.get("on")))
    left = [one for one in conditions if not _pushed(one, [draft.units[join.this.alias]], draft)]
    if len(left) < len(conditions):
        join.set("on", all_of(left) if left else exp.true())


def _pushed(condition: exp.Expr, units: list[Unit], draft: Draft) -> bool:
    outside = reads(condition).difference(*(inner.members for inner in _units_in(condition, draft)))
    unit = next((unit for unit in units if outside and outside <= unit.members), None)
    if unit is None or unit.grouped or not (is_truth(condition) and is_pushable(condition, unit, draft)):
        return False
    if draft.apart and _units_in(condition, draft):
        return False
    if not is_placed(condition, unit, draft):
        return False
    add_where(unit.select, condition)
    _adopt(condition, unit, draft)
    return True


def is_placed(condition: exp.Expr, unit: Unit, draft: Draft) -> bool:
    """Whether it stands beside the filters, or behind a fence that is put around each governed leaf that it looks at.
    Not a subquery behind one: PostgreSQL knows nothing of how many rows a fence lets through, and has joined two such
    in nested loops."""
    if unit.site == ENGINE or fits_beside(condition, unit, draft):
        return True
    if draft.dialect(unit) != "postgres" or _units_in(condition, draft):
        return False
    for alias in _leaves_in(condition, draft):
        if draft.leaves[alias].governed.barrier:
            draft.leaves[alias].fenced = True
    return True


def fits_beside(condition: exp.Expr, unit: Unit, draft: Draft) -> bool:
    """Whether it may be evaluated on rows that the filters of the unit's leaves have not seen."""
    looked_at = [alias for alias in _leaves_in(condition, draft) if draft.leaves[alias].governed.barrier]
    if not looked_at or unit.site == ENGINE:
        return True
    raw = all(
        column.name in draft.leaves[column.table].raw
        for column in by_level(condition, exp.Column)
        if column.table in looked_at
    )
    return raw and _tells_nothing(condition, draft)


def _tells_nothing(condition: exp.Expr, draft: Draft) -> bool:
    """Whether it is leakproof, what its subqueries ask included: no hidden row may be why one of them raises."""
    node = condition.unnest()
    if isinstance(node, exp.Not):
        return _tells_nothing(node.this, draft)
    query = node.this if isinstance(node, exp.Exists) else node.args.get("query")
    select = query.unnest() if isinstance(query, exp.Expr) else None
    if select is None:
        return is_leakproof(node)
    return isinstance(select, exp.Select) and all(
        asked is not None and _tells_nothing(asked, draft) for asked in _asked_inside(node, select, draft)
    )


def _asked_inside(node: exp.Expr, select: exp.Select, draft: Draft) -> Iterator[exp.Expr | None]:
    """The conditions that an EXISTS or IN asks of the rows of its subquery; None: something else is done to them."""
    inner = _units_in(select, draft)
    fenced = any(draft.leaves[alias].fenced for unit in inner for alias in unit.members)
    if fenced or any(select.args.get(key) for key in ("joins", *BARE)):
        yield None
    for each in (select, *(unit.select for unit in inner)):
        yield from conditions(each)
    for item in select.expressions:
        value = item.unalias()
        if isinstance(node, exp.In):
            yield exp.EQ(this=copied(node.this), expression=copied(value))
        elif not isinstance(value, exp.Column | exp.Literal):
            yield None


def _leaves_in(condition: exp.Expr, draft: Draft) -> set[str]:
    own = {name for unit in _units_in(condition, draft) for name in unit.members}
    return {alias for alias in reads(condition) if alias in draft.leaves} | own


def is_pushable(node: exp.Expr, unit: Unit, draft: Draft) -> bool:
    """Whether the unit's site understands an expression over its own leaves as DuckDB does."""
    if unit.site == ENGINE:
        return not _units_in(node, draft) and not holds(node, exp.Query)
    inner = _units_in(node, draft)
    members = unit.members.union(*(each.members for each in inner))
    if any(each.site != unit.site or each.grouped for each in inner) or not _is_all_known(node, inner):
        return False
    for column in by_level(node, exp.Column):
        if column.table not in members or column.name not in draft.leaves[column.table].sound:
            return False
        if column.name in draft.leaves[column.table].governed.hashed:
            return False
    inside = [unit.select for unit in inner]
    return all(not_pushable(part, draft.dialect(unit)) is None for part in (node, *inside))


def _units_in(node: exp.Expr, draft: Draft) -> list[Unit]:
    return [draft.units[table.alias] for table in by_level(node, exp.Table) if table.alias in draft.units]


def _is_all_known(node: exp.Expr, inner: list[Unit]) -> bool:
    """Whether nothing but units stands in the FROMs of a condition's subqueries."""
    return own_names(node) <= {unit.alias for unit in inner}


def _adopt(condition: exp.Expr, unit: Unit, draft: Draft) -> None:
    """The units of a condition's subqueries are written out inside of the unit that takes the condition."""
    for table in by_level(condition, exp.Table):
        inner = draft.units.pop(table.alias, None)
        if inner is None:
            continue
        select = table.find_ancestor(exp.Select)
        assert select is not None
        spread(table, select, inner.select)
        unit.members |= inner.members
