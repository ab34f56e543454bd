"""Rule: leaves of one account that equalities connect are joined there: a unit.

Leaves that nothing connects are never fused (their product would cross the wire), nor are those whose join leaves most
of their rows (`costs`): the engine joins them faster.
"""

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.blocks import (
    all_of,
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
from gateway.query.plan.costs import JOIN_KEEPS
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.push import fits_beside, is_pushable
from gateway.query.plan.rules.take import take, taken
from gateway.sql.dialect import quoted
from gateway.sql.nodes import copied


def separate(select: exp.Select, draft: Draft) -> None:
    """Rule: every leaf of a FROM is a unit of its own at first. Changes the SELECT."""
    loose = is_loose(select)
    for item in items(select):
        if not isinstance(item, exp.Table) or item.alias not in draft.leaves:
            continue
        leaf = draft.leaves[item.alias]
        if leaf.site == ENGINE:
            take(item, leaf)
        beside = () if loose or leaf.site == ENGINE else taken(item, leaf.raw)
        unit = _unit_of(item, draft)
        set_where(unit.select, [one for one in beside if is_pushable(one, unit, draft)])


def _unit_of(item: exp.Table, draft: Draft) -> Unit:
    leaf = draft.leaves[item.alias]
    read = exp.Table(this=copied(item.this), alias=copied(item.args["alias"]))
    select = exp.Select(from_=exp.From(this=read))
    unit = Unit(draft.namer.unit(), leaf.site, leaf.source, {leaf.alias}, select, kept=leaf.kept)
    draft.units[unit.alias] = unit
    node = exp.Table(this=quoted(unit.alias), alias=exp.TableAlias(this=quoted(unit.alias)))
    for key in ("joins", "laterals", "sample"):
        if item.args.get(key):
            node.set(key, item.args[key])
    item.replace(node)
    return unit


def fuse(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT: a unit that joins another leaves its FROM."""
    if draft.apart or not is_loose(select):
        return
    estimator = Estimator(draft)
    here = [draft.units[item.alias] for item in inner_items(select) if item.alias in draft.units]
    units = [unit for unit in here if not unit.grouped]
    while pair := _joinable(units, select, draft, estimator):
        _join(*pair, select, draft)
        units.remove(pair[1])
    for join in list(joins(select)):
        if is_left(join) and join.this.alias in draft.units:
            _attach(join, units, select, draft, estimator)


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
    return _leaves_few(one, other, estimator.unit_rows(other) * estimator.join_share(pairs), estimator)


def _leaves_few(one: Unit, other: Unit, each: float, estimator: Estimator) -> bool:
    """Whether a join that leaves so many rows for each of `one`'s pays at the source. Where sizes are unknown, all that
    can be done there is: the least crosses the wire."""
    if not estimator.is_known(one) or not estimator.is_known(other):
        return True
    rows = estimator.unit_rows(one)
    return rows * each <= JOIN_KEEPS * (rows + estimator.unit_rows(other))


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


def _attach(
    join: exp.Join, units: list[Unit], select: exp.Select, draft: Draft, estimator: Estimator
) -> None:
    """What a LEFT JOIN adds to one unit's rows is added at the source, if all that the join asks may be. It leaves all
    of the unit's rows."""
    right = draft.units[join.this.alias]
    conditions = list(conjuncts(join.args.get("on")))
    if right.grouped or right.site == ENGINE or not any(map(equality, conditions)):
        return
    for unit in units:
        pairs = [pair for one in conditions if (pair := equality(one)) and _crosses(pair, unit, right)]
        if unit.site != right.site or len(right.members) > 1 or not pairs:
            continue
        each = max(1.0, estimator.unit_rows(right) * estimator.join_share(pairs))
        if not _leaves_few(unit, right, each, estimator):
            continue
        joined = Unit("", unit.site, unit.source, unit.members | right.members, unit.select)
        able = (is_pushable(one, joined, draft) and fits_beside(one, joined, draft) for one in conditions)
        if all(reads(one) <= joined.members for one in conditions) and all(able):
            on = all_of([*conditions, *where(right.select)])
            unit.select.append("joins", exp.Join(this=items(right.select)[0], side="LEFT", on=on))
            unit.members |= right.members
            drop_item(select, join.this)
            del draft.units[right.alias]
            return
