"""What of a statement stays with the engine, and why no source was given it. Asked by `explain` only."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.blocks import (
    conjuncts,
    equality,
    inner_items,
    is_left,
    is_loose,
    items,
    joins,
    reads,
    selects,
    where,
)
from gateway.query.plan.costs import is_worth_adding_up
from gateway.query.plan.draft import Draft, Unit, operation_of
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.push import fits_beside, is_pushable
from gateway.query.plan.summing import KNOWN, aggregates_of, keys_of, parts_nodes
from gateway.sql.remote import not_pushable

SUMMED = ", ".join(kind.key for kind in KNOWN)
FAR_APART = "they are at different places"
GROUPED_LATER = "it looks at groups, which are complete only here"
COMBINED_LATER = "it looks at what a UNION, INTERSECT or EXCEPT leaves, which is complete only here"
SEVERAL = "it needs rows of several places"
CALCULATED = "it looks at what the engine has calculated"
NO_SUMS = "this kind of source is asked for rows only: its sums may differ from the engine's"


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of the statement, over the names of a draft, and why the engine does it."""

    part: exp.Expr
    reason: str


def why(draft: Draft) -> tuple[Kept, ...]:
    """Of a draft that is cut and not yet emitted, outermost block first. The draft stays as it is."""
    blocks = [select for tree in draft.trees() for select in selects(tree)[::-1]]
    of_blocks = [kept for select in blocks for kept in _of_block(select, draft)]
    return (*of_blocks, *(kept for unit in draft.units.values() for kept in _of_engine_unit(unit, draft)))


def fenced(draft: Draft) -> tuple[str, ...]:
    """The relations at whose source a condition waits behind a fence for their filters."""
    return tuple(dict.fromkeys(leaf.governed.relation for leaf in draft.leaves.values() if leaf.fenced))


def _of_block(select: exp.Select, draft: Draft) -> Iterator[Kept]:
    if not any(item.alias in draft.units for item in items(select)):
        return
    loose = is_loose(select)
    for condition in where(select):
        yield Kept(condition, _why_condition(condition, draft) if loose else _strange_joins(select))
    for join in joins(select):
        for condition in conjuncts(join.args.get("on")):
            if not isinstance(condition, exp.Boolean):
                yield Kept(condition, _why_on(join, condition, draft) if loose else _strange_joins(select))
    yield from _of_groups(select, draft)
    if select.args.get("limit") is not None and not _is_cut_off(select, draft):
        yield Kept(exp.Limit(expression=select.args["limit"].expression.copy()), _why_whole(select, draft))


def _of_engine_unit(unit: Unit, draft: Draft) -> Iterator[Kept]:
    """The engine joins and filters what it reads itself, before the blocks above."""
    if unit.site == ENGINE and not unit.needs:
        for condition in where(unit.select):
            yield Kept(condition, _why_engine(unit, draft))


def _strange_joins(select: exp.Select) -> str:
    words = [word for join in joins(select) if (word := f"{join.method} {join.side} {join.kind}".strip())]
    return f"rows are left out or filled up by its joins ({', '.join(dict.fromkeys(words)) or 'LATERAL'})"


# --- conditions --------------------------------------------------------------------------------------------


def _why_condition(condition: exp.Expr, draft: Draft) -> str:
    units = _units(condition, draft)
    if not _reads_units_only(condition, draft):
        return CALCULATED
    if len(units) == 1:
        return why_not(condition, units[0], draft)
    if equality(condition) is not None:
        return _why_join(condition, units, draft)
    return SEVERAL if units else CALCULATED


def _why_on(join: exp.Join, condition: exp.Expr, draft: Draft) -> str:
    if is_left(join) and len(_units(condition, draft)) == 1 and join.this.alias not in draft.units:
        return CALCULATED
    return _why_condition(condition, draft)


def _why_join(condition: exp.Expr, units: list[Unit], draft: Draft) -> str:
    if len(units) < 2:
        return "one side is what the engine has calculated"
    one, other = units[:2]
    if one.site != other.site or one.site == ENGINE:
        return FAR_APART
    if one.grouped or other.grouped:
        return "one side is grouped at its source first"
    joined = Unit("", one.site, one.source, one.members | other.members, one.select)
    if not is_pushable(condition, joined, draft):
        return why_not(condition, joined, draft)
    if not fits_beside(condition, joined, draft):
        return f"{_governed(condition, draft)} is filtered or masked: rows meet once that is done"
    return "the join would leave most of their rows, which the engine joins faster, or stands beside an outer join"


def why_not(node: exp.Expr, unit: Unit, draft: Draft) -> str:
    """Why an expression over one unit is not evaluated where the unit is."""
    if unit.site == ENGINE:
        return _why_engine(unit, draft)
    if unit.grouped:
        return COMBINED_LATER if operation_of(unit.select) is not None else GROUPED_LATER
    for column in node.find_all(exp.Column):
        leaf = draft.leaf(column)
        if leaf is not None and column.name in leaf.governed.hashed:
            return (
                f"{leaf.governed.relation}.{column.name} is hashed by the gateway, the source knows no token"
            )
        if leaf is not None and column.name not in leaf.sound:
            return f"the type of {leaf.governed.relation}.{column.name} means something else at its source"
    if node.find(exp.Query) is not None:
        return "the engine looks up what its subquery finds; keys or a bound of that are sent where they pay"
    dialect = draft.dialect(unit)
    meaning = not_pushable(node, dialect)
    if meaning is not None:
        return meaning
    if not fits_beside(node, unit, draft) and dialect != "postgres":
        return f"it waits for the filters and masks of {_governed(node, draft)}, and {dialect} has no fence"
    return "an outer join stands before it"


def _why_engine(unit: Unit, draft: Draft) -> str:
    if unit.needs:
        return "it reads what the engine has calculated ahead"
    leaf = draft.leaves[min(unit.members)]
    return f"the engine runs {leaf.governed.relation}: {leaf.kept}"


def _governed(node: exp.Expr, draft: Draft) -> str:
    names = [
        draft.leaves[alias].governed.relation
        for alias in sorted(reads(node))
        if alias in draft.leaves and draft.leaves[alias].governed.barrier
    ]
    return " and ".join(dict.fromkeys(names))


def _reads_units_only(node: exp.Expr, draft: Draft) -> bool:
    return all(alias in draft.units or alias in draft.leaves for alias in reads(node))


def _units(node: exp.Expr, draft: Draft) -> list[Unit]:
    read = reads(node)
    return [unit for unit in draft.units.values() if unit.alias in read or unit.members & read]


# --- groups and what comes after them ----------------------------------------------------------------------


def _of_groups(select: exp.Select, draft: Draft) -> Iterator[Kept]:
    clauses = ("having", "order", "qualify")
    aggregates = [node for node in parts_nodes(select, clauses) if isinstance(node, exp.AggFunc | exp.Window)]
    outermost = [
        one for one in aggregates if one.find_ancestor(exp.AggFunc, exp.Window, exp.Select) is select
    ]
    reason = _why_whole(select, draft)
    for node in outermost:
        yield Kept(node, _why_aggregate(node, select, draft) or reason)
    group = select.args.get("group")
    if group is not None and not outermost:
        yield Kept(group, reason)
    if select.args.get("distinct") and not _is_distinct(select, draft):
        yield Kept(exp.Distinct(), reason)


def _why_aggregate(node: exp.Expr, select: exp.Select, draft: Draft) -> str | None:
    if isinstance(node, exp.Window):
        return "a window sees all rows of the block"
    if not isinstance(node, KNOWN):
        return f"sources are asked for {SUMMED} only"
    unit = _only_unit(select, draft)
    if unit is None or unit.site == ENGINE or unit.grouped or draft.dialect(unit) != "postgres":
        return None
    if isinstance(node.this, exp.Distinct):
        return "different values are counted once all rows are here"
    return why_not(node.this, unit, draft) if not is_pushable(node.this, unit, draft) else None


def _why_whole(select: exp.Select, draft: Draft) -> str:
    """Why a block's grouping, DISTINCT or LIMIT is the engine's."""
    if not is_loose(select):
        return _strange_joins(select)
    unit = _only_unit(select, draft)
    if unit is None:
        added = [
            one
            for item in inner_items(select)
            if (one := draft.units.get(item.alias)) is not None and one.grouped
        ]
        relations = ", ".join(_relations(one, draft) for one in added)
        parts = f"; rows of {relations} come added up per key" if added else ""
        return f"rows of several places are joined first{parts}"
    if unit.site == ENGINE:
        return _why_engine(unit, draft)
    if draft.dialect(unit) != "postgres":
        return NO_SUMS
    if unit.grouped and operation_of(unit.select) is None:
        return "the source has added up parts of it, the engine makes the whole of them"
    if where(select):
        return "conditions come first that the engine evaluates"
    aggregates, keys = aggregates_of(select), keys_of(select)
    if aggregates and keys and not is_worth_adding_up(unit, aggregates, keys, Estimator(draft)):
        return "its groups are so many that sending the rows costs less"
    return "it is not one of the forms that are taken apart"


def _only_unit(select: exp.Select, draft: Draft) -> Unit | None:
    found = items(select)
    return draft.units.get(found[0].alias) if len(found) == 1 else None


def _relations(unit: Unit, draft: Draft) -> str:
    return " and ".join(dict.fromkeys(draft.leaves[one].governed.relation for one in sorted(unit.members)))


def _is_cut_off(select: exp.Select, draft: Draft) -> bool:
    units = [draft.units[item.alias] for item in inner_items(select) if item.alias in draft.units]
    return len(units) == 1 and units[0].select.args.get("limit") is not None


def _is_distinct(select: exp.Select, draft: Draft) -> bool:
    unit = _only_unit(select, draft)
    return unit is not None and unit.select.args.get("distinct") is not None
