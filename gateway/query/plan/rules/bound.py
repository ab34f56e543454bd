"""Rule: what a column is compared with, the one value of a subquery that looks at nothing around it, runs ahead.

The source is asked for rows up to the value, or from it on; the engine compares all that come. So the value may be
rounded away from the rows that are wanted, and need not be of the column's type.
"""

from dataclasses import dataclass

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.barrier.raising import raises
from gateway.query.plan.blocks import BARE, inner_items, is_loose, items, reads, selects, where
from gateway.query.plan.draft import Bound, Draft, Unit, operation_of
from gateway.query.plan.summing import type_of
from gateway.sql.dialect import quoted
from gateway.sql.literals import cast, shared_type
from gateway.sql.nodes import copied
from gateway.sql.totality import T

MORE, LESS = (exp.GT, exp.GTE), (exp.LT, exp.LTE)
NUMBERS = frozenset({T.SMALLINT, T.INT, T.BIGINT, T.INT128, T.DECIMAL, T.DOUBLE})
TIMES = frozenset({T.DATE, T.TIMESTAMP})
TIME_SPAN = (
    cast(exp.Literal.string("0001-01-01"), "TIMESTAMP"),
    cast(exp.Literal.string("9999-12-31"), "TIMESTAMP"),
)
"""Times that every source knows."""
NUMBER_SPAN = exp.Neg(this=exp.Literal.number("9e15")), exp.Literal.number("9e15")
"""Between them whole numbers are exact as DOUBLE."""
PLAIN = (exp.Min, exp.Max, exp.Count)
"""Aggregates that cannot raise."""
NAME = "bound"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A column of an inner item of FROM, and what its values are at least, or at most."""

    column: exp.Column
    value: exp.Expr
    lower: bool


def bound(draft: Draft) -> None:
    """Adds units to the draft, each for a value that is calculated ahead; the tree stays as it is."""
    guarded = draft.governed(draft.leaves)
    for select in selects(draft.tree):
        conditions = where(select) if is_loose(select) else []
        for condition in conditions:
            asked = _asked(condition)
            others = [one for one in conditions if one is not condition]
            if asked is None or (guarded and (_may_fail(asked) or any(map(raises, others)))):
                continue
            if _is_inside(asked.column, select, draft):
                _calculate_ahead(asked, draft)


def _asked(condition: exp.Expr) -> _Asked | None:
    if not isinstance(condition, (*MORE, *LESS)):
        return None
    left, right, more = condition.left, condition.right, isinstance(condition, MORE)
    for side, value, lower in ((left, right, more), (right, left, not more)):
        column = side.unnest()
        if isinstance(column, exp.Column) and _is_one_value(value):
            return _Asked(column, value, lower)
    return None


def _is_one_value(value: exp.Expr) -> bool:
    """Whether it is calculated from subqueries that have one row each."""
    nodes = list(value.walk(prune=lambda node: isinstance(node, exp.Query)))
    found = [node.this for node in nodes if isinstance(node, exp.Subquery)]
    plain = not any(isinstance(node, exp.Column | exp.In | exp.Exists | exp.Any | exp.All) for node in nodes)
    return bool(found) and plain and all(map(_has_one_row, found))


def _has_one_row(select: exp.Expr) -> bool:
    """Whether it can be an aggregate of everything, whoever adds it up."""
    if not isinstance(select, exp.Select) or len(select.expressions) != 1 or not is_loose(select):
        return False
    return not any(select.args.get(key) for key in ("with_", *BARE))


def _is_inside(column: exp.Column, select: exp.Select, draft: Draft) -> bool:
    """Whether the column is of a unit that PostgreSQL reads, and whose rows the block is free to leave out."""
    units = [draft.units[item.alias] for item in inner_items(select) if item.alias in draft.units]
    return any(column.table in unit.members and draft.dialect(unit) == "postgres" for unit in units)


def _calculate_ahead(asked: _Asked, draft: Draft) -> None:
    tables = [table.alias for table in asked.value.find_all(exp.Table)]
    needs = frozenset(alias for alias in tables if alias in draft.units)
    blocks = [query.this for query in asked.value.find_all(exp.Subquery)]
    known = _rounded(asked, type_of(asked.column, draft) or "")
    inside = frozenset().union(*(draft.units[alias].members for alias in needs))
    if known is None or reads(asked.value) - inside or len(needs) < len(tables):
        return
    if not all(_is_added_up(block, draft) for block in blocks):
        return
    value, kind = known
    select = exp.Select(expressions=[exp.alias_(value, NAME, quoted=True)])
    unit = Unit(draft.namer.unit(), ENGINE, "", set(), select, {NAME: kind}, needs=needs)
    draft.units[unit.alias] = unit
    own = exp.Column(this=quoted(NAME), table=quoted(unit.alias))
    own.type = shared_type(kind)
    draft.bounds.append(Bound(own, copied(asked.column), lower=asked.lower))


def _is_added_up(block: exp.Select, draft: Draft) -> bool:
    """Whether a block adds up all its rows, itself or by the only unit that it reads."""
    value, found = block.expressions[0], items(block)
    if value.find(exp.AggFunc, exp.Window) is not None:
        return value.find(exp.Window) is None
    unit = draft.units.get(found[0].alias) if len(found) == 1 else None
    if unit is None or not unit.grouped or where(block) or operation_of(unit.select) is not None:
        return False
    return not any(unit.select.args.get(key) for key in ("group", "having", "distinct", "limit"))


def _rounded(asked: _Asked, column: str) -> tuple[exp.Expr, str] | None:
    """The value as a type that sources compare with the column's, away from the rows that are wanted, with the type's
    name; NULL if that cannot be. None: the types are not of one kind."""
    value, kind = copied(asked.value), _kind(asked.value)
    if kind in TIMES and column in ("DATE", "TIMESTAMP"):
        return _inside(asked.value, cast(value, column), TIME_SPAN), column
    if kind in NUMBERS and (column in ("SMALLINT", "INTEGER", "BIGINT") or column.startswith("DECIMAL(")):
        whole = exp.Floor(this=value) if asked.lower else exp.Ceil(this=value)
        return _inside(asked.value, cast(whole, "BIGINT"), NUMBER_SPAN), "BIGINT"
    return None


def _inside(value: exp.Expr, rounded: exp.Expr, span: tuple[exp.Expr, exp.Expr]) -> exp.Case:
    low, high = span
    inside = exp.Between(this=copied(value), low=copied(low), high=copied(high))
    return exp.Case(ifs=[exp.If(this=inside, true=rounded)])


def _kind(value: exp.Expr) -> object:
    return value.type.this if value.type is not None else T.UNKNOWN


def _may_fail(asked: _Asked) -> bool:
    """Whether comparing may raise, or calculating what is compared: that must not depend on sizes, which tell of
    hidden rows."""
    ours, theirs = asked.column.type, asked.value.type
    if ours is None or theirs is None or (ours != theirs and theirs.this is not T.DOUBLE):
        return True
    blocks = [query.this for query in asked.value.find_all(exp.Subquery)]
    asks = [condition for block in blocks for condition in where(block)]
    values = [block.expressions[0].unalias() for block in blocks]
    values += [] if isinstance(asked.value, exp.Subquery) else [asked.value]
    return any(map(raises, asks)) or any(raises(one) for one in values if not isinstance(one, PLAIN))
