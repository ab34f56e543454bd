"""Rule: where a window looks at rows one by one that its order leaves equal, what they show decides.

Else it would be the order in which they arrive, which sources and the engine choose by sizes.
"""

from collections.abc import Mapping

from sqlglot import exp

from gateway.query.plan.barrier.arrival import AGGREGATES
from gateway.sql.nodes import copied, holds, text_of

IN_ORDER = (exp.RowNumber, exp.Ntile, exp.Lag, exp.Lead)
"""Whatever their frame: a row's place in the whole of the order decides. As that of the first of all, without one."""
IN_FRAME = (exp.FirstValue, exp.LastValue, exp.NthValue)
OWN = ("partition_by", "order", "spec")
"""What a window may say itself, or have of a named one."""


def peers(tree: exp.Query) -> None:
    """Changes the tree."""
    for window in tree.find_all(exp.Window):
        select = window.find_ancestor(exp.Select)
        if select is not None and window.arg_key != "windows":
            _write_out(window, select)
            _settle(window, select)


def _write_out(window: exp.Window, select: exp.Select) -> None:
    """In the place of the name of a window what it stands for: another may be ordered otherwise."""
    named = {each.name.lower(): each for each in select.args.get("windows") or ()}
    while (base := named.get(window.alias.lower())) is not None:
        for key in OWN:
            if not window.args.get(key) and base.args.get(key):
                given = base.args[key]
                window.set(key, [copied(one) for one in given] if isinstance(given, list) else copied(given))
        window.set("alias", base.args.get("alias"))


def _settle(window: exp.Window, select: exp.Select) -> None:
    function = window.this
    while isinstance(function, exp.IgnoreNulls | exp.RespectNulls | exp.Filter):
        function = function.this
    by_rows = _frame(window) == "ROWS" and not _excludes_peers(window)
    is_first = isinstance(window.this, exp.FirstValue) and window.args.get("spec") is None
    if isinstance(function, IN_ORDER) or is_first or by_rows:
        _order_rows(window, select)
        if not by_rows:  # a frame means nothing here, and may not stand beside an order by several columns
            window.set("spec", None)
    elif isinstance(function, IN_FRAME) and not isinstance(_last_argument(function)[1], exp.Order):
        _order_frame(function, window, select)


def _frame(window: exp.Window) -> str:
    spec = window.args.get("spec")
    return str(spec.args.get("kind") or "").upper() if spec is not None else ""


def _excludes_peers(window: exp.Window) -> bool:
    """Rows that are alike in the order as it was written."""
    left_out = window.args["spec"].args.get("exclude")
    return left_out is not None and left_out.name.upper() in ("TIES", "GROUP")


def _order_rows(window: exp.Window, select: exp.Select) -> None:
    order = window.args.get("order") or exp.Order(expressions=[])
    known = {text_of(one.this) for one in order.expressions}
    more = [value for text, value in _told(select).items() if text not in known]
    order.set("expressions", [*order.expressions, *(exp.Ordered(this=copied(value)) for value in more)])
    window.set("order", order if order.expressions else None)


def _order_frame(function: exp.Expr, window: exp.Window, select: exp.Select) -> None:
    """The rows of its frame, which stays as it is."""
    order = window.args.get("order")
    written = [copied(one) for one in order.expressions] if order is not None else []
    known = {text_of(one.this) for one in written}
    more = [exp.Ordered(this=copied(value)) for text, value in _told(select).items() if text not in known]
    key, last = _last_argument(function)
    if written or more:
        function.set(key, exp.Order(this=last, expressions=[*written, *more]))


def _last_argument(function: exp.Expr) -> tuple[str, exp.Expr]:
    key = "offset" if function.args.get("offset") is not None else "this"
    return key, function.args[key]


def _told(select: exp.Select) -> Mapping[str, exp.Expr]:
    """By their texts: the columns that a SELECT uses; where it makes groups, what it shows of one."""
    if select.args.get("group") is not None:
        items = (item.unalias() for item in select.expressions)
        shown = [item for item in items if not holds(item, exp.Window, exp.Query, *AGGREGATES)]
        return {text_of(item): item for item in shown if not isinstance(item, exp.Literal)}
    columns = (column for column in select.find_all(exp.Column) if column.table)
    return {text_of(column): column for column in columns if column.find_ancestor(exp.Select) is select}
