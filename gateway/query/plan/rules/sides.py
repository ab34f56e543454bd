"""Rule: what is asked of the rows of a set operation in FROM is asked of the rows of each of its sides.

Equal rows pass or do not pass together, so it is the same before rows are united, intersected or subtracted as after.
Only where nothing can raise, as a side has rows that the whole has not, and where columns have one type in all sides.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.blocks import (
    BARE,
    add_where,
    clauses_of,
    enclosed,
    inner_items,
    is_loose,
    is_wrapped,
    reads,
    selects,
    set_where,
    where,
)
from gateway.query.plan.rules.inline import CLAUSES
from gateway.sql.nodes import by_level, copied, holds
from gateway.sql.totality import may_raise

OPERATION = {"this", "expression", "distinct"}


def sides(tree: exp.Query) -> None:
    """Changes the tree."""
    for select in reversed(selects(tree)):
        for item in inner_items(select) if where(select) and is_loose(select) else ():
            found = _sides(item)
            if found:
                set_where(select, [one for one in where(select) if not _is_asked(one, item, found)])


def _sides(item: exp.Expr) -> list[exp.Select]:
    """Of a set operation in FROM; empty: it is none, or one of them is more than a filtered join."""
    plain = isinstance(item, exp.Subquery) and not any(item.args.get(key) for key in BARE)
    if not plain or item.args["alias"].args.get("columns") or not isinstance(item.this, exp.SetOperation):
        return []
    found = list(_below(item.this))
    return [one for one in found if isinstance(one, exp.Select)] if all(map(_is_plain, found)) else []


def _below(node: exp.Expr) -> Iterator[exp.Expr]:
    if isinstance(node, exp.Subquery) and is_wrapped(node):
        yield from _below(node.this)
    elif isinstance(node, exp.SetOperation) and clauses_of(node) <= OPERATION:
        yield from _below(node.left)
        yield from _below(node.right)
    else:
        yield node


def _is_plain(side: exp.Expr) -> bool:
    if not isinstance(side, exp.Select) or clauses_of(side) - CLAUSES - {"distinct"} or not is_loose(side):
        return False
    distinct = side.args.get("distinct")
    computed = any(holds(item, exp.AggFunc, exp.Window, exp.Explode, exp.Query) for item in side.expressions)
    return not computed and not (distinct and distinct.args.get("on")) and "from_" in clauses_of(side)


def _is_asked(condition: exp.Expr, item: exp.Expr, found: list[exp.Select]) -> bool:
    if not _is_askable(condition, item, found):
        return False
    for side in found:
        add_where(side, _over(condition, _values(side, found[0])))
    return True


def _is_askable(condition: exp.Expr, item: exp.Expr, found: list[exp.Select]) -> bool:
    if holds(condition, exp.Query) or reads(condition) != {item.alias}:
        return False
    for side in found:
        values = _values(side, found[0])
        for column in by_level(condition, exp.Column):
            value = values.get(column.name)
            if (
                value is None
                or value.type is None
                or value.type != column.type
                or not holds(value, exp.Column)
            ):
                return False
        if may_raise(_over(condition, values)) is not None:
            return False
    return True


def _values(side: exp.Select, first: exp.Select) -> dict[str, exp.Expr]:
    """What a side shows, by the names of the first one's; without names that stand for several."""
    names = [item.alias_or_name for item in first.expressions]
    values = [item.unalias() for item in side.expressions]
    return {name: value for name, value in zip(names, values, strict=False) if names.count(name) == 1}


def _over(condition: exp.Expr, values: dict[str, exp.Expr]) -> exp.Expr:
    def put(node: exp.Expr) -> exp.Expr:
        return enclosed(copied(values[node.name])) if isinstance(node, exp.Column) else node

    return copied(condition).transform(put)
