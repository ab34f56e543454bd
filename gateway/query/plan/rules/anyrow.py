"""Rule: an EXISTS that looks at nothing around it asks for one row, so that its source sends no more.

Not where a condition may raise: which rows are looked at before one is found is nobody's to say.
"""

from sqlglot import exp

from gateway.query.plan.blocks import BARE, conditions, is_loose, reads
from gateway.sql.totality import may_raise


def anyrow(tree: exp.Query) -> None:
    """Changes the tree."""
    for node in tree.find_all(exp.Exists):
        select = node.this
        if isinstance(select, exp.Select) and _is_alone(select) and not _may_raise(select):
            select.set("limit", exp.Limit(expression=exp.Literal.number(1)))


def _is_alone(select: exp.Select) -> bool:
    """Whether it has a row or not for all rows around it; without FROM it always has one."""
    if any(select.args.get(key) for key in BARE) or not select.args.get("from_") or reads(select):
        return False
    return is_loose(select) and not any(
        item.find(exp.AggFunc, exp.Window, exp.Explode) for item in select.expressions
    )


def _may_raise(select: exp.Select) -> bool:
    return any(may_raise(condition) for condition in conditions(select))
