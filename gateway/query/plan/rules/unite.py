"""Rule: a set operation whose sides one source has is asked of it whole.

Column by column both sides are of one type, so that none is cast. Which of their rows are equal, NULLs among them, both
say alike of what they compare alike. UNION ALL stays in parts where the answer is nothing more: they are read side by
side. SQLite is asked for rows only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlglot import exp

from gateway.query.plan.blocks import clauses_of, is_wrapped, items
from gateway.query.plan.costs import is_worth_uniting
from gateway.query.plan.draft import Draft, Unit, inner_name
from gateway.query.plan.estimate import Estimator, combined_rows
from gateway.query.plan.rules.cutoff import cutoff
from gateway.query.plan.rules.summarize import fence, is_known
from gateway.query.plan.summing import type_of
from gateway.sql.dialect import quoted
from gateway.sql.literals import cast, shared_type
from gateway.sql.nodes import copied

SIDE = {"expressions", "from_", "distinct"}
OPERATION = {"this", "expression", "distinct", "order", "limit", "offset"}
LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class _Side:
    """What a unit shows: values over what the unit reads, and their DuckDB types."""

    unit: Unit
    values: Sequence[exp.Expr]
    types: Sequence[str]


def unite(select: exp.Select, draft: Draft) -> None:
    """Changes the tree: a set operation that the SELECT is a side of becomes a SELECT over a unit."""
    around = None if draft.apart else _operation(select)
    while around is not None:
        new = _united(around, draft)
        if new is None:
            return
        _put(new, around, draft)
        cutoff(new, draft)
        around = _operation(new)


def _operation(select: exp.Select) -> exp.SetOperation | None:
    node = select.parent
    while isinstance(node, exp.Subquery) and is_wrapped(node):
        node = node.parent
    if not isinstance(node, exp.SetOperation) or clauses_of(node) - OPERATION:
        return None
    clause = node.parent.parent if isinstance(node.parent, exp.CTE) else None
    return None if isinstance(clause, exp.With) and clause.args.get("recursive") else node


def _united(operation: exp.SetOperation, draft: Draft) -> exp.Select | None:
    distinct = bool(operation.args.get("distinct"))
    sides = [_side(side, draft) for side in (operation.left, operation.right)]
    left, right = sides
    if left is None or right is None or left.unit.site != right.unit.site or left.types != right.types:
        return None
    if not distinct and isinstance(operation, exp.Union) and _is_answer(operation, draft):
        return None
    if not _is_worth(operation, left, right, Estimator(draft)):
        return None
    unit = _unit(operation, left, right, draft)
    if distinct:
        for side in (left, right):
            fence([] if side.unit.grouped else side.values, draft)
    for side in (left, right):
        draft.units.pop(side.unit.alias, None)
    draft.units[unit.alias] = unit
    return _over(unit, operation)


def _is_worth(operation: exp.SetOperation, left: _Side, right: _Side, estimator: Estimator) -> bool:
    """What is only put together costs nothing. Where the source says nothing of its sizes, the least is sent."""
    units = left.unit, right.unit
    if not (operation.args.get("distinct") or isinstance(operation, exp.Intersect | exp.Except)):
        return True
    if _may_give_keys(operation) or not all(map(estimator.is_known, units)):
        return True
    kinds = [estimator.kinds_of(side.unit, side.values) for side in (left, right)]
    found = combined_rows(operation, *kinds)
    return is_worth_uniting(sum(map(estimator.rows, units)), found, left.values)


def _may_give_keys(operation: exp.SetOperation) -> bool:
    """Whether others are joined with its rows, or look for them: as a unit it can tell their sources which."""
    node = operation.parent
    while isinstance(node, exp.Subquery):
        node = node.parent
    if not isinstance(node, exp.From | exp.Join):
        return isinstance(node, exp.In)
    return isinstance(node.parent, exp.Select) and len(items(node.parent)) > 1


def _is_answer(operation: exp.SetOperation, draft: Draft) -> bool:
    """Whether its rows are the statement's, or are united with others to be that."""
    node: exp.Expr | None = operation
    while isinstance(node, exp.Subquery) or (isinstance(node, exp.Union) and not node.args.get("distinct")):
        if node is draft.tree:
            return True
        node = node.parent
    return False


def _side(node: exp.Expr, draft: Draft) -> _Side | None:
    while isinstance(node, exp.Subquery) and is_wrapped(node):
        node = node.this
    if not isinstance(node, exp.Select) or clauses_of(node) - SIDE or len(items(node)) != 1:
        return None
    unit = draft.units.get(items(node)[0].alias)
    if unit is None or draft.dialect(unit) != "postgres" or unit.select.args.get("limit"):
        return None
    shown = [item.unalias() for item in node.expressions]
    distinct = node.args.get("distinct")
    if distinct and (distinct.args.get("on") or not _is_distinct(unit, shown)):
        return None
    types = [_type(value, unit, draft) for value in shown]
    known = [kind for kind in types if kind is not None]
    return _Side(unit, [_inside(value, unit) for value in shown], known) if len(known) == len(types) else None


def _is_distinct(unit: Unit, shown: Sequence[exp.Expr]) -> bool:
    """Whether the unit, made distinct itself, shows just these columns."""
    names = {value.name for value in shown if isinstance(value, exp.Column) and value.table == unit.alias}
    return bool(unit.select.args.get("distinct")) and names == unit.types.keys()


def _type(value: exp.Expr, unit: Unit, draft: Draft) -> str | None:
    if isinstance(value, exp.Literal):
        return "VARCHAR" if value.is_string else _type_of_number(value)
    if unit.grouped and not isinstance(value, exp.Column):
        return None
    return type_of(value, draft) if is_known(value, unit, draft) else None


def _type_of_number(value: exp.Literal) -> str | None:
    return "INTEGER" if value.is_int and int(value.this) <= LARGEST_INTEGER else None


def _inside(value: exp.Expr, unit: Unit) -> exp.Expr:
    if isinstance(value, exp.Literal):
        return cast(value.copy(), "VARCHAR") if value.is_string else value.copy()
    return copied(unit.item(value.name) if unit.grouped else value)


def _unit(operation: exp.SetOperation, left: _Side, right: _Side, draft: Draft) -> Unit:
    distinct = bool(operation.args.get("distinct"))
    names = [f"k{number}" for number in range(1, len(left.values) + 1)]
    sides = [_select(side, names, distinct=distinct) for side in (left, right)]
    whole = type(operation)(this=sides[0], expression=sides[1], distinct=distinct)
    alias, types = draft.namer.unit(), dict(zip(names, left.types, strict=True))
    inner = inner_name(alias, whole)
    listed = [exp.alias_(_column(name, inner, kind), name, quoted=True) for name, kind in types.items()]
    rows = exp.Subquery(this=whole, alias=exp.TableAlias(this=quoted(inner)))
    select = exp.Select(expressions=listed, from_=exp.From(this=rows))
    one, other = left.unit, right.unit
    return Unit(alias, one.site, one.source, one.members | other.members, select, types)


def _select(side: _Side, names: Sequence[str], *, distinct: bool) -> exp.Select:
    """`distinct`: the operation looks at each row once, so that the side need not be made distinct."""
    select = copied(side.unit.select)
    listed = [exp.alias_(value, name, quoted=True) for value, name in zip(side.values, names, strict=True)]
    select.set("expressions", listed)
    if distinct:
        select.set("distinct", None)
    return select


def _over(unit: Unit, operation: exp.SetOperation) -> exp.Select:
    """The unit's rows under the names of the operation's, in its order."""
    listed = [
        exp.alias_(_column(name, unit.alias, kind), shown.alias_or_name, quoted=True)
        for (name, kind), shown in zip(unit.types.items(), operation.selects, strict=True)
    ]
    table = exp.Table(this=quoted(unit.alias), alias=exp.TableAlias(this=quoted(unit.alias)))
    after = {key: operation.args.get(key) for key in ("order", "limit", "offset")}
    return exp.Select(expressions=listed, from_=exp.From(this=table), **after)


def _column(name: str, table: str, kind: str) -> exp.Column:
    column = exp.Column(this=quoted(name), table=quoted(table))
    column.type = shared_type(kind)
    return column


def _put(new: exp.Select, operation: exp.SetOperation, draft: Draft) -> None:
    if operation is draft.tree:
        draft.tree = new
    else:
        operation.replace(new)
