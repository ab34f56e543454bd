"""Rule: rows are added up in the order in which they lie, if an index has it and there are many groups.

PostgreSQL takes a hash table for it, where each row misses the processor's caches, as it believes a sample that groups
are few: 6 million rows in 1.5 million groups take 3.7 s of a processor so, and 1.5 s in order.
"""

from gateway.query.plan.costs import MANY_GROUPS
from gateway.query.plan.draft import Draft, Unit, is_regrouped
from gateway.query.plan.estimate import Estimator


def inorder(draft: Draft) -> None:
    """Changes leaves."""
    estimator = Estimator(draft)
    for unit in draft.units.values():
        if draft.dialect(unit) == "postgres" and _is_added_up_in_order(unit, estimator):
            leaf = draft.leaves[min(unit.members)]
            leaf.ordered = not (leaf.fenced or leaf.keyed)


def _is_added_up_in_order(unit: Unit, estimator: Estimator) -> bool:
    group = unit.select.args.get("group")
    if group is None or is_regrouped(unit.select) or not estimator.are_in_order(unit, group.expressions):
        return False
    return estimator.groups(unit, group.expressions) > MANY_GROUPS
