"""Rule: where rows or values are alike in what decides their order, what they show decides.

Else it would be decided by the order in which they arrive, which sources and the engine choose by sizes.
"""

from sqlglot import exp

from gateway.query.plan.draft import Draft
from gateway.sql.nodes import nodes_of

ALL = exp.Var(this="ALL")
"""`ORDER BY ALL` as the parser has it: DuckDB takes nothing beside it."""


def ties(draft: Draft) -> None:
    """Changes the tree."""
    if not draft.governed(draft.leaves):
        return
    for tree in draft.trees():
        for query in nodes_of(tree, (exp.Select, exp.SetOperation)):
            if query.args.get("order") is not None:
                _order_by_all(query)
        for mode in nodes_of(tree, exp.Mode):
            _least_of_most_frequent(mode)


def _order_by_all(query: exp.Query) -> None:
    """By the columns of the answer as well, by number: their names may mean other columns, too."""
    order = query.args["order"]
    ordered = [one.this for one in order.expressions]
    if ordered == [ALL]:
        return
    for number, item in enumerate(query.selects, start=1):
        place = exp.Literal.number(number)
        known = item.unalias(), exp.column(item.alias_or_name, quoted=True), place
        if not any(each in ordered for each in known):
            order.append("expressions", exp.Ordered(this=place))


def _least_of_most_frequent(mode: exp.Mode) -> None:
    value = mode.this
    if isinstance(value, exp.Column) and not isinstance(mode.parent, exp.Window | exp.WithinGroup):
        order = exp.Ordered(this=value.copy())
        mode.set("this", exp.Order(this=value, expressions=[order]))
