"""Rule: an average of exact numbers is their sum divided by their count, whoever adds them up.

DuckDB's own `avg` rounds such a quotient twice, by way of the 80 bits of some processors. If the engine were asked for
it here, and a source for sum and count there, the last digit would tell which plan was chosen, and so of sizes.
"""

from sqlglot import exp

from gateway.sql.exact import is_whole, scale_of
from gateway.sql.literals import cast
from gateway.sql.nodes import copied, nodes_of

WRAPPED = (exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls)
"""Never taken apart, so always the same."""


def average(tree: exp.Query) -> None:
    """Changes the tree."""
    for node in nodes_of(tree, exp.Avg):
        if not isinstance(node.parent, WRAPPED) and (scale_of(node.this) is not None or is_whole(node.this)):
            node.replace(_quotient(node.this))


def _quotient(value: exp.Expr) -> exp.Expr:
    """One whole number divided by another, rounded once. Of decimals the sum's digits are divided by as many times the
    count: 0.3 as a DOUBLE, divided by 3, is less than 0.1."""
    summed: exp.Expr = cast(exp.Sum(this=copied(value)), "DOUBLE")
    count: exp.Expr = exp.Count(this=copied(value), big_int=True)
    scale = scale_of(value)
    if scale:
        digits = exp.Literal.number(f"1e{scale}")
        summed = exp.Round(this=exp.Mul(this=summed, expression=digits))
        count = exp.Paren(this=exp.Mul(this=count, expression=copied(digits)))
    return exp.Paren(this=exp.Div(this=summed, expression=count))
