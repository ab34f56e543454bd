"""Rule: where keys leave few of a relation's rows, its filter looks at those only.

PostgreSQL evaluates a filter on every row of the scan, and joins the keys after it. The keys come first here, with what
else the consumer asks of the relation: all of it may stand beside the filter (`push`), so it may stand before it.
"""

from math import prod

from sqlglot import exp

from gateway.query.plan.barrier.leaves import Leaf
from gateway.query.plan.blocks import where
from gateway.query.plan.draft import Draft
from gateway.query.plan.model import Form
from gateway.query.plan.schedule import Schedule
from gateway.sql.nodes import by_level

WORTH = 0.25
"""Share of the rows that keys leave at most: behind the fence one process filters, in a scan several do."""


def keyed(draft: Draft, schedule: Schedule) -> None:
    """Changes leaves."""
    for alias in schedule.order:
        unit = draft.units[alias]
        shares = [sent.share for sent in schedule.sent if sent.target == alias and sent.form is Form.KEYS]
        if shares and prod(shares) <= WORTH and len(unit.members) == 1 and draft.dialect(unit) == "postgres":
            leaf = draft.leaves[min(unit.members)]
            leaf.keyed = _has_filter(leaf, draft) and not leaf.fenced


def _has_filter(leaf: Leaf, draft: Draft) -> bool:
    """One that its source has no index for: by that it would find few rows without looking at the others."""
    if leaf.table is None:
        return False
    indexed = draft.sources.known(leaf.table).indexed
    columns = {column.name for one in where(leaf.select) for column in by_level(one, exp.Column)}
    return bool(columns) and columns.isdisjoint(indexed)
