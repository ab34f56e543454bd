"""Rule: `x = (SELECT max(y) ...)` asks whether x is in a list of one value, which can go to sources as a key.

In WHERE both keep the same rows: a single NULL, or no row at all, equals nothing, and nothing is in it.
"""

from sqlglot import exp

from gateway.query.plan.blocks import is_loose, reads, selects, set_where, where


def single(tree: exp.Query) -> None:
    """Changes the tree."""
    for select in selects(tree):
        conditions = where(select) if is_loose(select) else []
        if any(isinstance(one, exp.EQ) for one in conditions):
            set_where(select, [_looked_up(one) or one for one in conditions])


def _looked_up(condition: exp.Expr) -> exp.In | None:
    if not isinstance(condition, exp.EQ):
        return None
    for column, query in (condition.left, condition.right), (condition.right, condition.left):
        if isinstance(column, exp.Column) and isinstance(query, exp.Subquery) and _is_one_of(column, query):
            new = exp.In(this=column, query=query)
            new.type = condition.type
            return new
    return None


def _is_one_of(column: exp.Column, query: exp.Subquery) -> bool:
    """Whether a subquery that looks at nothing around it shows one row at most, of a value that is the column's type
    and compared as it is."""
    select = query.this
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or select.args.get("group"):
        return False
    value = select.expressions[0].unalias()
    extreme = isinstance(value, exp.Min | exp.Max) and isinstance(value.this, exp.Column)
    return extreme and not value.expressions and value.type == column.type is not None and not reads(query)
