"""What a SELECT of a product computes of aggregates or windows, one level above them where it may fail on a row: no
attempt (`attempts`) may have those in it."""

from collections.abc import Callable, Iterator

from sqlglot import exp

from gateway.query.plan.barrier.attempts import over_rows
from gateway.query.plan.barrier.raising import raising
from gateway.query.plan.blocks import items
from gateway.sql.dialect import quoted
from gateway.sql.nodes import by_level, copied

BELOW = ("from_", "joins", "laterals", "where")
ABOVE = ("distinct", "having", "qualify", "order")
LEVEL = "#level"
SEVERAL = exp.Rollup | exp.Cube | exp.GroupingSets | exp.Tuple
HARMLESS = (
    exp.Alias, exp.Distinct, exp.Ordered, exp.Order, exp.Star, exp.Having, exp.Qualify, exp.Window, exp.WindowSpec,
    exp.Filter, exp.Where,
)  # fmt: skip


def apart(select: exp.Select) -> None:
    """Changes the SELECT where something above its aggregates may fail, and then above its windows."""
    group = select.args.get("group")
    if (group is None or _is_plain(group)) and _may_fail_above(select, is_aggregate):
        _lift(select, is_aggregate, list(_keys(group)) if group is not None else [], (*BELOW, "group"))
        _filter_above(select, "having")
    if select.args.get("group") is None and _may_fail_above(select, _is_window):
        _lift(select, _is_window, _own_columns(select), (*BELOW, "windows"))
        _filter_above(select, "qualify")


def _is_plain(group: exp.Expr) -> bool:
    others = {key for key, value in group.args.items() if value} - {"expressions"}
    return not others and not any(isinstance(key, exp.Literal) for key in _keys(group))


def _keys(group: exp.Expr) -> Iterator[exp.Expr]:
    for key in group.expressions:
        if isinstance(key, SEVERAL):
            yield from _keys(key)
        else:
            yield key


def is_aggregate(node: exp.Expr) -> bool:
    """The whole of one: its FILTER and its order, too."""
    if isinstance(node, exp.Filter | exp.WithinGroup):
        return is_aggregate(node.this)
    parent = node.parent
    while isinstance(parent, exp.Filter | exp.IgnoreNulls | exp.RespectNulls):
        parent = parent.parent
    return over_rows(node) and not isinstance(parent, exp.Window)


def _is_window(node: exp.Expr) -> bool:
    """Or a query of which one value is asked for."""
    return isinstance(node, exp.Window) or (
        isinstance(node, exp.Subquery) and not isinstance(node.parent, exp.In)
    )


def _units(node: exp.Expr, is_unit: Callable[[exp.Expr], bool]) -> list[exp.Expr]:
    return [one for one in node.walk(prune=lambda one: isinstance(one, exp.Query)) if is_unit(one)]


def _parts(select: exp.Select) -> list[exp.Expr]:
    clauses = (select.args.get(key) for key in ABOVE)
    return [*select.expressions, *(clause for clause in clauses if clause is not None)]


def _may_fail_above(select: exp.Select, is_unit: Callable[[exp.Expr], bool]) -> bool:
    failing = (node for part in _parts(select) for node in raising(part, HARMLESS))
    return any(not is_unit(node) and _units(node, is_unit) for node in failing)


def _own_columns(select: exp.Select) -> list[exp.Expr]:
    own = {item.alias_or_name for item in items(select)}
    return [one for part in _parts(select) for one in by_level(part, exp.Column) if one.table in own]


def _lift(
    select: exp.Select, is_unit: Callable[[exp.Expr], bool], keys: list[exp.Expr], below: tuple[str, ...]
) -> None:
    shown: list[exp.Expr] = []
    units = {id(one) for part in _parts(select) for one in _units(part, is_unit)}

    def put(node: exp.Expr) -> exp.Expr:
        if id(node) not in units and not any(node == key for key in keys):
            return node
        at = next((at for at, one in enumerate(shown) if one == node), len(shown))
        if at == len(shown):
            shown.append(copied(node))
        value = exp.column(f"#{at}", LEVEL, quoted=True)
        value.type = node.type
        return value

    named = [(item.alias_or_name, item.unalias().transform(put, copy=False)) for item in select.expressions]
    select.set("expressions", [exp.alias_(value, name, quoted=True, copy=False) for name, value in named])
    for clause in ABOVE:
        if select.args.get(clause) is not None:
            select.args[clause].transform(put, copy=False)
    listed = [exp.alias_(value, f"#{at}", quoted=True) for at, value in enumerate(shown)]
    inner = exp.Select(expressions=listed)
    for clause in below:
        inner.set(clause, select.args.pop(clause, None))
    alias = exp.TableAlias(this=quoted(LEVEL))
    select.set("from_", exp.From(this=exp.Subquery(this=inner, alias=alias)))


def _filter_above(select: exp.Select, clause: str) -> None:
    condition = select.args.pop(clause, None)
    if condition is not None:
        select.set("where", exp.Where(this=condition.this))
