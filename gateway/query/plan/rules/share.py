"""Rule: what several units read by the same conditions is read once, with the columns of all of them.

A statement that compares each row with the average of its kind looks at one relation twice; its source would look at
all its rows twice.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE, Leaf
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.schedule import Schedule
from gateway.sql.dialect import quoted
from gateway.sql.nodes import copied


@dataclass(frozen=True, slots=True)
class Twin:
    """A unit that reads what `first`, which comes before it, reads. `leaves` maps its leaves to those of `first`."""

    first: str
    leaves: Mapping[str, str]


def share(draft: Draft, schedule: Schedule) -> Mapping[str, Twin]:
    """Twins by the alias of their unit; the leaves of the first get their columns."""
    found: dict[str, Twin] = {}
    firsts: dict[object, Unit] = {}
    for unit in _candidates(draft, schedule):
        first = firsts.setdefault(_asked(unit, draft, schedule, found), unit)
        if first is not unit:
            leaves = dict(zip(_leaves(unit), _leaves(first), strict=True))
            found[unit.alias] = Twin(first.alias, leaves)
            for own, other in leaves.items():
                _widen(draft.leaves[other], draft.leaves[own])
    return found


def _candidates(draft: Draft, schedule: Schedule) -> list[Unit]:
    """Units that read the same relations as others, in order; those that the engine runs, if they run ahead."""
    givers = {sent.origin for sent in schedule.sent}
    units = [draft.units[alias] for alias in schedule.order]
    able = [
        unit
        for unit in units
        if not (unit.grouped or unit.needs) and (unit.site != ENGINE or unit.alias in givers)
    ]
    relations = {unit.alias: _relations(unit, draft) for unit in able}
    counts = Counter(relations.values())
    return [unit for unit in able if counts[relations[unit.alias]] > 1]


def _relations(unit: Unit, draft: Draft) -> tuple[str, ...]:
    return tuple(sorted(draft.leaves[alias].governed.relation for alias in unit.members))


def _leaves(unit: Unit) -> list[str]:
    tables = unit.select.find_all(exp.Table, bfs=False)
    return [table.alias for table in tables if table.alias in unit.members]


def _asked(unit: Unit, draft: Draft, schedule: Schedule, found: Mapping[str, Twin]) -> object:
    """All that decides which rows it reads, in names that do not depend on the unit."""
    leaves = _leaves(unit)
    names = {alias: f"m{number}" for number, alias in enumerate(leaves)}
    sent = []
    for one in schedule.sent:
        if one.target == unit.alias:
            twin = found.get(one.origin)
            ours = twin.leaves if twin is not None else {}
            pairs = [(_renamed(left, ours), _renamed(right, names)) for left, right in one.pairs]
            sent.append((twin.first if twin is not None else one.origin, one.form, *pairs))
    read = tuple(_read(draft.leaves[alias]) for alias in leaves)
    return unit.site, unit.source, read, _renamed(_without_list(unit.select), names), *sent


def _read(leaf: Leaf) -> object:
    """A use of a relation is governed as every other of the same statement is: its columns may be others."""
    inputs = () if leaf.site != ENGINE else tuple(map(id, leaf.governed.inputs.values()))
    return leaf.governed.relation, leaf.fenced, leaf.keyed, _without_list(leaf.select).sql(), *inputs


def _without_list(select: exp.Select) -> exp.Select:
    rest = copied(select)
    rest.set("expressions", None)
    return rest


def _renamed(node: exp.Expr, names: Mapping[str, str]) -> str:
    node = copied(node)
    for each in node.find_all(exp.Column):
        if each.table in names:
            each.set("table", quoted(names[each.table]))
    for table in node.find_all(exp.Table):
        if table.alias in names:
            table.args["alias"].set("this", quoted(names[table.alias]))
    return node.sql()


def _widen(leaf: Leaf, other: Leaf) -> None:
    """Give a leaf the columns that another of the same relation has."""
    known = {item.alias_or_name for item in leaf.select.expressions}
    added = [copied(item) for item in other.select.expressions if item.alias_or_name not in known]
    leaf.select.set("expressions", [*leaf.select.expressions, *added])
    own, theirs = leaf.governed, other.governed
    leaf.governed = replace(
        own,
        columns=_union(own.columns, theirs.columns),
        arriving=_union(own.arriving, theirs.arriving),
        hashed=_union(own.hashed, theirs.hashed),
        tokens=own.tokens | theirs.tokens,
        confined={**own.confined, **theirs.confined},
    )
    leaf.raw, leaf.sound = leaf.raw | other.raw, leaf.sound | other.sound
    leaf.late = {**leaf.late, **other.late}


Each = TypeVar("Each")


def _union(own: tuple[Each, ...], other: tuple[Each, ...]) -> tuple[Each, ...]:
    return tuple(dict.fromkeys((*own, *other)))
