"""Rule: leaves of one account that equalities connect are joined there: a unit.

Leaves that nothing connects are never fused (their product would cross the wire), nor are those whose join has more
rows than the larger of them by far.
"""

from sqlglot import exp

from gateway.query.plan.blocks import (
    conjuncts,
    drop_item,
    equality,
    inner_items,
    is_left,
    is_loose,
    items,
    joins,
    reads,
    set_where,
    where,
)
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.leaves import ENGINE
from gateway.query.plan.push import fits_beside, is_pushable
from gateway.query.plan.take import take, taken
from gateway.sql.dialect import quoted

GROWTH = 1.5
"""A join may have so many times the rows of its larger side."""


def fuse(select: exp.Select, draft: Draft) -> None:
    """Every leaf that stands in this FROM becomes (a part of) a unit. Changes the SELECT."""
    for item in items(select):
        if (
            isinstance(item, exp.Table)
            and item.alias in draft.leaves
            and draft.leaves[item.alias].site == ENGINE
        ):
            take(item, draft.leaves[item.alias])
    loose = is_loose(select)
    if loose:
        _connect(select, draft)
    for item in items(select):
        if isinstance(item, exp.Table) and item.alias in draft.leaves:
            beside = () if loose else taken(item, draft.leaves[item.alias].raw)
            unit = _unit_of(item, draft)
            if unit.site != ENGINE:
                set_where(unit.select, [one for one in beside if is_pushable(one, unit, draft)])


def _unit_of(item: exp.Table, draft: Draft) -> Unit:
    """A leaf alone."""
    leaf = draft.leaves[item.alias]
    select = exp.Select(from_=exp.From(this=item.copy()))
    for key in ("joins", "laterals"):
        select.args["from_"].this.set(key, None)
    unit = Unit(draft.namer.unit(), leaf.site, leaf.source, {leaf.alias}, select, kept=leaf.kept)
    draft.units[unit.alias] = unit
    node = exp.Table(this=quoted(unit.alias), alias=exp.TableAlias(this=quoted(unit.alias)))
    for key in ("joins", "laterals"):
        if item.args.get(key):
            node.set(key, item.args[key])
    item.replace(node)
    return unit


def _connect(select: exp.Select, draft: Draft) -> None:
    """Leaf after leaf, each is joined to a unit that an equality connects it with."""
    estimator = Estimator(draft)
    units: list[Unit] = []
    for item in inner_items(select):
        if isinstance(item, exp.Table) and item.alias in draft.leaves:
            units.append(_unit_of(item, draft))
        elif item.alias in draft.units and not draft.units[item.alias].grouped:
            units.append(draft.units[item.alias])
    while pair := _joinable(units, select, draft, estimator):
        _join(*pair, select, draft)
        units.remove(pair[1])
    for join in list(joins(select)):
        if is_left(join) and isinstance(join.this, exp.Table) and join.this.alias in draft.leaves:
            _attach(join, units, select, draft)


def _joinable(
    units: list[Unit], select: exp.Select, draft: Draft, estimator: Estimator
) -> tuple[Unit, Unit] | None:
    edges = [(condition, pair) for condition in where(select) if (pair := equality(condition))]
    for one in units:
        for other in units:
            if one is other or one.site != other.site:
                continue
            pairs = [
                pair
                for condition, pair in edges
                if _crosses(pair, one, other) and _may_join(condition, one, other, draft)
            ]
            if pairs and _is_worth(one, other, pairs, estimator):
                return one, other
    return None


def _crosses(pair: tuple[exp.Column, exp.Column], one: Unit, other: Unit) -> bool:
    tables = {pair[0].table, pair[1].table}
    return bool(tables & one.members) and bool(tables & other.members)


def _may_join(condition: exp.Expr, one: Unit, other: Unit, draft: Draft) -> bool:
    joined = Unit("", one.site, one.source, one.members | other.members, one.select)
    return is_pushable(condition, joined, draft) and fits_beside(condition, joined, draft)


def _is_worth(
    one: Unit, other: Unit, pairs: list[tuple[exp.Column, exp.Column]], estimator: Estimator
) -> bool:
    rows = [estimator.unit_rows(one), estimator.unit_rows(other)]
    return rows[0] * rows[1] * estimator.join_share(pairs) <= GROWTH * max(*rows, 1000.0)


def _join(one: Unit, other: Unit, select: exp.Select, draft: Draft) -> None:
    """`other` becomes part of `one`. Conditions stay where they are: they are pushed later."""
    for item in [other.select.args["from_"].this, *(join.this for join in joins(other.select))]:
        one.select.append("joins", exp.Join(this=item, kind="CROSS"))
    set_where(one.select, [*where(one.select), *where(other.select)])
    one.members |= other.members
    drop_item(select, _item(other.alias, select))
    del draft.units[other.alias]


def _item(alias: str, select: exp.Select) -> exp.Expr:
    return next(item for item in items(select) if item.alias == alias)


def _attach(join: exp.Join, units: list[Unit], select: exp.Select, draft: Draft) -> None:
    """A leaf that a LEFT JOIN adds to one unit's rows is added at the source, if all that the join asks may be."""
    alias = join.this.alias
    leaf = draft.leaves[alias]
    conditions = list(conjuncts(join.args.get("on")))
    for unit in units:
        if unit.site != leaf.site or leaf.site == ENGINE:
            continue
        joined = Unit("", unit.site, unit.source, unit.members | {alias}, unit.select)
        inside = all(reads(one) <= joined.members for one in conditions) and any(map(equality, conditions))
        if inside and all(
            is_pushable(one, joined, draft) and fits_beside(one, joined, draft) for one in conditions
        ):
            unit.select.append(
                "joins", exp.Join(this=join.this.copy(), side="LEFT", on=join.args["on"].copy())
            )
            unit.members.add(alias)
            drop_item(select, join.this)
            return
