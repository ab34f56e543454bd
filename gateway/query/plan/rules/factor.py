"""Rule: what all branches of an OR say, the OR says; and what each says of one table, some branch says of it.

`(a.k = b.k AND a.x = 1) OR (a.k = b.k AND a.x = 2)` joins by `k` and reads `a` where `x` is 1 or 2.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.blocks import (
    all_of,
    conjuncts,
    inner_items,
    is_loose,
    reads,
    selects,
    set_where,
    where,
)
from gateway.sql.nodes import copied, text_of
from gateway.sql.totality import may_raise


def factor(tree: exp.Query) -> None:
    """Changes the tree."""
    for select in selects(tree):
        if is_loose(select):
            found = where(select)
            if any(isinstance(condition, exp.Or) for condition in found):
                aliases = [item.alias for item in inner_items(select)]
                set_where(select, [new for condition in found for new in _factored(condition, aliases)])


def _factored(condition: exp.Expr, aliases: list[str]) -> list[exp.Expr]:
    if not isinstance(condition, exp.Or):
        return [condition]
    branches = [list(conjuncts(branch)) for branch in _branches(condition)]
    common = _common(branches)
    rest = [[one for one in branch if text_of(one) not in common] for branch in branches]
    found = [one for one in branches[0] if text_of(one) in common]
    if all(rest):
        found.append(_any_of([all_of(branch) for branch in rest]))
        looked_at = reads(found[-1])
        found += [new for alias in aliases if looked_at != {alias} for new in _implied(rest, alias)]
    return found


def _branches(condition: exp.Expr) -> Iterator[exp.Expr]:
    stack = [condition]
    while stack:
        node = stack.pop().unnest()
        if isinstance(node, exp.Or):
            stack += [node.right, node.left]
        else:
            yield node


def _common(branches: list[list[exp.Expr]]) -> frozenset[str]:
    """SQL texts of the conjuncts that stand in every branch."""
    return frozenset.intersection(*(frozenset(text_of(one) for one in branch) for branch in branches))


def _implied(branches: list[list[exp.Expr]], alias: str) -> list[exp.Expr]:
    """What the branches say about one table alone. Only what cannot raise: it is evaluated on more rows now."""
    own = [[copied(one) for one in branch if reads(one) == {alias}] for branch in branches]
    if not all(own) or any(may_raise(one) for branch in own for one in branch):
        return []
    return [_any_of([all_of(branch) for branch in own])]


def _any_of(branches: list[exp.Expr]) -> exp.Expr:
    result = branches[0]
    for branch in branches[1:]:
        result = exp.Or(this=result, expression=branch)
    return result
