"""Rule: UNION, INTERSECT and EXCEPT look at each row of a side once, so its source sends each once.

Not with ALL, which counts rows.
"""

from sqlglot import exp

from gateway.query.plan.blocks import BARE, is_loose, is_wrapped, items, where
from gateway.query.plan.costs import is_worth_adding_up
from gateway.query.plan.draft import Draft
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.summarize import is_known
from gateway.sql.nodes import holds


def eachside(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT."""
    if not _is_side(select) or not is_loose(select) or any(select.args.get(key) for key in ("joins", *BARE)):
        return
    found = items(select)
    unit = draft.units.get(found[0].alias) if found else None
    values = [item.unalias() for item in select.expressions]
    if unit is None or unit.grouped or draft.dialect(unit) != "postgres" or where(select):
        return
    computed = any(holds(value, exp.AggFunc, exp.Window, exp.Explode) for value in values)
    if computed or not all(is_known(value, unit, draft) for value in values):
        return
    if is_worth_adding_up(unit, [], values, Estimator(draft)):
        select.set("distinct", exp.Distinct())


def _is_side(select: exp.Select) -> bool:
    around = select.parent
    if isinstance(around, exp.Subquery) and is_wrapped(around):
        around = around.parent
    return isinstance(around, exp.SetOperation) and bool(around.args.get("distinct"))
