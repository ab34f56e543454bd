"""Rules: EXISTS asks for no column, and what is calculated from constants alone is one.

What the list of an EXISTS names would have to be read all the same; `0.06 - 0.01` and `1 + 10` would be calculated for
each row, by an engine, while sources understand constants only, and are taken for something that may raise.
"""

import re
from decimal import Decimal

from sqlglot import exp

from gateway.query.plan.blocks import BARE
from gateway.sql.nodes import holds, nodes_of
from gateway.sql.totality import COMPARISONS


def simplify(tree: exp.Query) -> None:
    """Changes the tree."""
    for node in nodes_of(tree, (exp.Add, exp.Sub, exp.Exists)):
        if not isinstance(node, exp.Exists):
            value = _calculated(node)
            if value is not None and isinstance(node.parent, COMPARISONS):
                node.replace(value)
            continue
        select = node.this
        if not isinstance(select, exp.Select) or any(select.args.get(key) for key in BARE):
            continue
        if not any(holds(item, exp.AggFunc, exp.Window, exp.Explode) for item in select.expressions):
            select.set("expressions", [exp.alias_(exp.Literal.number("1"), "one", quoted=True)])


def _calculated(node: exp.Expr) -> exp.Expr | None:
    """The exact number that a sum or difference of two written ones is; None: it is not of that kind."""
    left, right = node.this.unnest(), node.expression.unnest()
    if not all(isinstance(one, exp.Literal) and not one.is_string for one in (left, right)):
        return None
    if not any(kind.fullmatch(left.this) and kind.fullmatch(right.this) for kind in (FRACTION, WHOLE)):
        return None
    first, second = Decimal(left.this), Decimal(right.this)
    value = first + second if isinstance(node, exp.Add) else first - second
    return exp.Literal.number(f"{value:f}") if value >= 0 else None


FRACTION = re.compile(r"\d{1,15}\.\d{1,15}")
WHOLE = re.compile(r"\d{1,9}")
"""Of so few digits that the sum has the type of both: INTEGER."""
