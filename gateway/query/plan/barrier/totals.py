"""Aggregates of a product's SQL that may fail by themselves over the rows of a group, as others that cannot and a
calculation with their values, which can be attempted for each group (`attempts`, `levels`).

Of a sum of wide numbers only those are kept one by one that few of could overflow; of what nearly nobody asks for, all
values are.
"""

from collections.abc import Mapping
from decimal import Decimal

from sqlglot import exp

from gateway.query.plan.barrier.macros import write_out
from gateway.sql.exact import shape_of
from gateway.sql.nodes import copied
from gateway.sql.totality import T, kind_of

SMALL_DIGITS = 28
"""Ten billion numbers of these digits do not overflow 38."""
UNTOLD = 20, 18
"""Digits before and after the point of a decimal of which the tree tells none."""
NUMBERS = frozenset({T.FLOAT, T.DOUBLE, T.INT128, T.UINT128, T.DECIMAL, T.UNKNOWN})
TIMES = frozenset({T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ, T.INTERVAL})
BITS = frozenset({T.BIT, T.UNKNOWN})
MAYBE_TIMES = TIMES | {T.UNKNOWN}
FAILING = {
    "avg": TIMES, "mean": TIMES, "mad": MAYBE_TIMES, "median": MAYBE_TIMES, "quantile_cont": MAYBE_TIMES,
    "kurtosis": NUMBERS, "kurtosis_pop": NUMBERS, "skewness": NUMBERS,
    "bit_and": BITS, "bit_or": BITS, "bit_xor": BITS,
}  # fmt: skip
"""Aggregate -> types of values over which it may fail, sums of wide numbers aside."""
UNFAILING = "unfailing"
"""Key in the meta of an aggregate that stands for one that may fail."""
NAMES: Mapping[type[exp.Expr], str] = {
    exp.BitwiseAndAgg: "bit_and",
    exp.BitwiseOrAgg: "bit_or",
    exp.BitwiseXorAgg: "bit_xor",
    exp.PercentileCont: "quantile_cont",
}


def unfailing(part: exp.Expr) -> None:
    """Changes a part of a SELECT, all but the queries in it."""
    write_out(part, ("json_group_object",))
    for node in reversed(list(part.walk(bfs=False, prune=lambda node: isinstance(node, exp.Query)))):
        made = _total(node) if isinstance(node, exp.Func) and UNFAILING not in node.meta else None
        if made is not None:
            kind, unit = node.type, _unit(node)
            made.type = kind
            whole = exp.Paren(this=made)
            whole.type = kind
            unit.replace(whole)


def _total(node: exp.Expr) -> exp.Expr | None:
    """None: it does not fail by itself."""
    name, (value, *others) = _name(node), _arguments(node) or [exp.Null()]
    if isinstance(value, exp.Star | exp.Null) or isinstance(node.parent, exp.WithinGroup):
        return None
    if name in ("wavg", "weighted_avg") and len(others) == 1:
        return _weighted(node, value, others[0])
    if name in ("sum", "avg", "mean") and (small := _smallness(value)) is not None:
        return _sum(node, value, small) if name == "sum" else _average(node, value, small)
    if kind_of(value) in FAILING.get(name, ()):
        listed = _like(node, exp.ArrayAgg(this=_operand(node, value)))
        named = [listed, exp.Literal.string(name), *map(copied, others)]
        return exp.Anonymous(this="list_aggregate", expressions=named)
    return None


def _sum(node: exp.Expr, value: exp.Expr, small: exp.Expr) -> exp.Expr:
    few, many = _large(node, value, small), _like(node, exp.Sum(this=_operand(node, value)), small)
    added = exp.Anonymous(this="list_sum", expressions=[few])
    added.type = node.type
    both = exp.Add(this=many, expression=added)
    both.type = node.type
    return exp.Coalesce(this=both, expressions=[copied(many), copied(added)])


def _average(node: exp.Expr, value: exp.Expr, small: exp.Expr) -> exp.Expr:
    total = _sum(node, value, small)
    total.type = value.type
    count = _like(node, exp.Count(this=_operand(node, value)))
    count.type = exp.DataType.build(T.BIGINT)
    double = exp.Cast(this=total, to=exp.DataType.build(T.DOUBLE))
    double.type = double.to
    some = exp.Not(this=exp.Is(this=_large(node, value, small), expression=exp.null()))
    usual = _like(node, exp.Avg(this=_operand(node, value)), small)
    return exp.Case(ifs=[exp.If(this=some, true=exp.Div(this=double, expression=count))], default=usual)


def _weighted(node: exp.Expr, value: exp.Expr, weight: exp.Expr) -> exp.Expr:
    """As DuckDB's macro has it."""
    product = exp.Mul(this=exp.Paren(this=copied(value)), expression=exp.Paren(this=copied(weight)))
    given = exp.Not(this=exp.Is(this=copied(value), expression=exp.null()))
    counted = exp.Case(ifs=[exp.If(this=given, true=copied(weight))], default=exp.Literal.number(0))
    above, below = (_like(node, exp.Sum(this=one)) for one in (product, counted))
    return exp.Div(this=above, expression=below)


def _large(node: exp.Expr, value: exp.Expr, small: exp.Expr) -> exp.Expr:
    """The list of the values that few of could overflow; NULL: there are none."""
    return _like(node, exp.ArrayAgg(this=_operand(node, value)), exp.Not(this=exp.Paren(this=small)))


def _smallness(value: exp.Expr) -> exp.Expr | None:
    """Whether a number is so small that sums of many do not overflow; None: all are."""
    kind, given = kind_of(value), value.type.expressions if value.type is not None else []
    if kind is T.DECIMAL and len(given) == 2:
        digits, scale = (int(one.name) for one in given)
        return _within(copied(value), scale, scale) if digits > SMALL_DIGITS else None
    if kind is T.DECIMAL:
        before, scale = shape_of(value) or UNTOLD
        return _within(_double(value), scale) if before + scale > SMALL_DIGITS else None
    if kind is T.INT128:
        return _within(copied(value), 0)
    return _within(_double(value), 0) if kind is T.UINT128 else None


def _within(value: exp.Expr, scale: int, written: int = 0) -> exp.Expr:
    """`written`: digits of the bound after its point, so that a decimal is compared as it is. As DOUBLE that would take
    ten times as long."""
    bound = exp.Literal.number(f"{Decimal(10) ** (SMALL_DIGITS - scale):.{written}f}")
    return exp.Between(this=value, low=exp.Neg(this=bound), high=bound.copy())


def _double(value: exp.Expr) -> exp.Expr:
    double = exp.Cast(this=copied(value), to=exp.DataType.build(T.DOUBLE))
    double.type = double.to
    return double


def _like(node: exp.Expr, function: exp.Expr, condition: exp.Expr | None = None) -> exp.Expr:
    """A function of the rows that an aggregate looks at, or of those with a condition."""
    function.type = node.type
    function.meta[UNFAILING] = True
    place = node.parent
    asked = [place.expression.this] if isinstance(place, exp.Filter) else []
    asked = [copied(one) for one in (*asked, condition) if one is not None]
    if asked:
        function = exp.Filter(this=function, expression=exp.Where(this=exp.and_(*asked, copy=False)))
        function.type = node.type
    unit = _unit(node)
    if not isinstance(unit, exp.Window):
        return function
    window = copied(unit)
    window.set("this", function)
    return window


def _unit(node: exp.Expr) -> exp.Expr:
    """With its FILTER and its OVER."""
    while isinstance(node.parent, exp.Filter | exp.Window) and node.arg_key == "this":
        node = node.parent
    return node


def _operand(node: exp.Expr, value: exp.Expr) -> exp.Expr:
    return exp.Distinct(expressions=[copied(value)]) if isinstance(node.this, exp.Distinct) else copied(value)


def _arguments(node: exp.Expr) -> list[exp.Expr]:
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    value = node.this
    if isinstance(value, exp.Distinct) and len(value.expressions) == 1:
        value = value.expressions[0]
    others = [node.expression] if node.args.get("expression") is not None else []
    return [value, *others] if isinstance(value, exp.Expr) else []


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    return NAMES.get(type(node)) or str(node.sql_name()).lower() if isinstance(node, exp.Func) else ""
