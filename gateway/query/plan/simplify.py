"""Rule: EXISTS asks for no column. What its SELECT list names would have to be read all the same."""

from sqlglot import exp

from gateway.query.plan.draft import BARE


def simplify(tree: exp.Query) -> None:
    """Changes the tree."""
    for node in tree.find_all(exp.Exists):
        select = node.this
        if not isinstance(select, exp.Select) or any(select.args.get(key) for key in BARE):
            continue
        if not any(item.find(exp.AggFunc, exp.Window, exp.Explode) for item in select.expressions):
            select.set("expressions", [exp.alias_(exp.Literal.number("1"), "one", quoted=True)])
