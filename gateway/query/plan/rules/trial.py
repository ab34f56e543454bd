"""Rule: the first rows of an inner join are looked for among the first rows of the side that the order is of.

A join leaves out rows, so these may be too few: then all is read, once. What is found is the answer if it is enough,
since no row that was not read comes before one that was. Of rows that are alike in the order some may not have been
read: those like the last one are left out (`execute`), so that it is the answer to the last row, and nothing shows
whether a trial was made, or whether it was enough.
"""

from dataclasses import dataclass
from itertools import takewhile

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.barrier.raising import raises
from gateway.query.plan.blocks import calculated, equality, inner_items, is_loose, items, where
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.cutoff import COMPUTING, ordered_by, rows_needed, rows_wanted
from gateway.query.plan.rules.summarize import LATER
from gateway.query.plan.summing import parts_nodes

LEAST_ROWS = 1_000
EACH = 10
"""Rows that are read for one that is needed, but LEAST_ROWS at least."""
MOST_NEEDED = 5_000
FOUND = 1.0
"""Rows that are found for one that is needed, by an estimate, at least."""
OTHER = ("having", "group", "distinct", *LATER)


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft in which one unit sends its first `most` rows only; `wanted` rows of the answer are hoped for."""

    draft: Draft
    most: int
    wanted: int


def trial(draft: Draft) -> Tried | None:
    """The draft stays as it is."""
    tree, needed = draft.tree, rows_needed(draft.tree)
    if not isinstance(tree, exp.Select) or not needed or needed > MOST_NEEDED or not _is_join(tree):
        return None
    unit, ordered = _first(tree, draft)
    most, wanted = max(LEAST_ROWS, EACH * needed), rows_wanted(tree)
    if unit is None or draft.apart or not wanted or not _is_promising(tree, unit, most / needed, draft):
        return None
    if draft.governed(draft.leaves) and _may_raise(draft):
        return None
    tried = draft.fork()
    select = tried.units[unit.alias].select
    select.set("order", exp.Order(expressions=ordered))
    select.set("limit", exp.Limit(expression=exp.Literal.number(most)))
    tried.units[unit.alias].tried = True
    return Tried(tried, most, wanted)


def _is_join(tree: exp.Select) -> bool:
    """Whether each row of the answer is one that the joins make, whatever the others are."""
    if not is_loose(tree) or len(items(tree)) < 2 or any(tree.args.get(key) for key in OTHER):
        return False
    return tree.args.get("order") is not None and not any(
        isinstance(node, COMPUTING) for node in parts_nodes(tree, ())
    )


def _first(tree: exp.Select, draft: Draft) -> tuple[Unit | None, list[exp.Ordered]]:
    """The unit whose columns make the order, or come first in it, and these."""
    for item in inner_items(tree):
        unit = draft.units.get(item.alias)
        if unit is None or unit.needs or draft.dialect(unit) != "postgres" or unit.select.args.get("limit"):
            continue
        known = [ordered_by(one, tree, unit, draft) for one in tree.args["order"].expressions]
        ordered = [one for one in takewhile(lambda one: one is not None, known) if one is not None]
        if ordered:
            return unit, ordered
    return None, []


def _is_promising(tree: exp.Select, unit: Unit, each: float, draft: Draft) -> bool:
    """Whether enough may come of `each` row for one that is needed, and there are more than these."""
    estimator = Estimator(draft)
    if estimator.is_known(unit) and estimator.rows(unit) <= LEAST_ROWS:
        return False
    share = 1.0
    for condition in where(tree):
        pair = equality(condition)
        share *= _found(pair, unit, draft, estimator) if pair is not None else estimator.share(condition)
    return each * share >= FOUND


def _found(pair: tuple[exp.Column, exp.Column], unit: Unit, draft: Draft, estimator: Estimator) -> float:
    """Share of the unit's rows for which an equality finds rows of another unit, at most."""
    ours = [column for column in pair if column.table in unit.members]
    theirs = next((column for column in pair if column.table not in unit.members), None)
    others = [one for one in draft.units.values() if theirs is not None and theirs.table in one.members]
    if not ours or theirs is None or not others:
        return 1.0
    return min(1.0, estimator.rows(others[0]) / estimator.distinct(theirs))


def _may_raise(draft: Draft) -> bool:
    """Whether it would show which rows are read, as their number depends on sizes, which tell of hidden ones."""
    if any(leaf.site == ENGINE and leaf.governed.inputs for leaf in draft.leaves.values()):
        return True
    trees = [*draft.trees(), *(unit.select for unit in draft.units.values() if unit.site == ENGINE)]
    read = [*trees, *(leaf.select for leaf in draft.leaves.values())]
    return any(raises(part) for tree in read for part in calculated(tree))
