"""Rule: conditions of inner joins stand in WHERE, where every condition of a block is found."""

from sqlglot import exp

from gateway.query.plan.blocks import is_left, is_loose, joins, selects, set_where, where


def hoist(tree: exp.Query) -> None:
    """Changes the tree."""
    for select in selects(tree):
        if not is_loose(select):
            continue
        found = where(select)
        for join in joins(select):
            if not is_left(join):
                found += [join.args["on"]] if join.args.get("on") is not None else []
                join.set("on", None)
                join.set("side", None)
                join.set("kind", "CROSS")
        set_where(select, found)
