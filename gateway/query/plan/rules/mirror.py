"""Rule: `a RIGHT JOIN b` is `b LEFT JOIN a`, which the other rules know."""

from sqlglot import exp

from gateway.query.plan.blocks import joins, selects


def mirror(tree: exp.Query) -> None:
    """Changes the tree. Of several joins, the first: what follows joins the same rows."""
    for select in selects(tree):
        listed = joins(select)
        if listed and _is_right(listed[0]) and _is_whole(select.args["from_"].this):
            first, right = select.args["from_"].this, listed[0].this
            select.args["from_"].set("this", right)
            listed[0].set("this", first)
            listed[0].set("side", "LEFT")


def _is_right(join: exp.Join) -> bool:
    plain = not (join.method or join.args.get("using") or join.kind.removeprefix("OUTER"))
    return join.side == "RIGHT" and plain and _is_whole(join.this)


def _is_whole(item: exp.Expr) -> bool:
    """Whether nothing else is joined inside of it, or looks at what stands before it."""
    return isinstance(item, exp.Table | exp.Subquery) and not (
        item.args.get("joins") or item.args.get("laterals") or item.args.get("sample")
    )
