"""What a product's SQL computes and may fail on a row, as attempts: NULL where it fails, with a mark that says so.

Each function by itself, what it is given being attempted before: DuckDB 2.0 computes what several expressions have in
common ahead of them, out of their TRY.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.barrier.raising import raising
from gateway.sql.allowed.functions import AGGREGATES, WINDOWS
from gateway.sql.nodes import copied
from gateway.sql.totality import COMPARISONS, T, kind_of, operands_of

HARMLESS = (exp.Alias, exp.Distinct, exp.Ordered, exp.Order, exp.Star, exp.Paren)
NO_VALUES = (exp.PropertyEQ, exp.Kwarg, exp.Slice)
ROWS = frozenset((*AGGREGATES, *WINDOWS))
TEXTS = (T.TEXT, T.VARCHAR)
FIELD = "v"


def attempted(part: exp.Expr) -> dict[int, exp.Expr]:
    """Changes a part of a SELECT, all but the queries in it. id of an attempt -> its mark."""
    _cast_texts(part)
    marks: dict[int, exp.Expr] = {}
    for node in list(_failing(part)):
        attempt = exp.Try()
        value = exp.Anonymous(this="struct_extract", expressions=[attempt, exp.Literal.string(FIELD)])
        value.type = node.type
        node.replace(value)
        field = exp.PropertyEQ(this=exp.to_identifier(FIELD), expression=node)
        attempt.set("this", exp.Struct(expressions=[field]))
        marks[id(value)] = exp.Paren(this=exp.Is(this=copied(attempt), expression=exp.null()))
    return marks


def over_rows(node: exp.Expr) -> bool:
    """Whether it is a function of several rows."""
    if not isinstance(node, exp.Func) or isinstance(node, exp.AggFunc):
        return isinstance(node, exp.AggFunc)
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
    return name.lower() in ROWS


def _failing(part: exp.Expr) -> Iterator[exp.Expr]:
    """The functions that may fail, innermost first."""
    found = {id(node) for node in raising(part, HARMLESS)}
    walked = list(part.walk(bfs=False, prune=lambda node: isinstance(node, exp.Query | exp.Lambda)))
    for node in reversed(walked):
        if id(node) in found and node.parent is not None and _can_be_tried(node):
            yield node


def _can_be_tried(node: exp.Expr) -> bool:
    if not isinstance(node, exp.Condition) or isinstance(node, NO_VALUES):
        return False
    return not any(
        isinstance(one, exp.Query | exp.Window | exp.UDTF) or over_rows(one) for one in node.walk()
    )


def _cast_texts(part: exp.Expr) -> None:
    """What the engine would cast without being told, to compare it."""
    for node in list(part.walk(prune=lambda node: isinstance(node, exp.Query | exp.Lambda))):
        operands = operands_of(node) if isinstance(node, COMPARISONS) else []
        others = [one.type for one in operands if kind_of(one) not in (*TEXTS, T.NULL, T.UNKNOWN)]
        for text in operands if others else []:
            if kind_of(text) in TEXTS and isinstance(others[0], exp.DataType):
                cast = exp.Cast(this=copied(text), to=others[0].copy())
                cast.type = others[0]
                text.replace(cast)
