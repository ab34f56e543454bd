"""Whether a condition that the engine evaluates may raise: on some row, whatever its values."""

from collections.abc import Iterator

from sqlglot import exp

from gateway.sql.exact import fits
from gateway.sql.totality import (
    COMPARISONS,
    T,
    is_constant,
    is_total_node,
    kind_of,
    numeric,
    one_family,
    operands_of,
)

APPROXIMATE = (T.FLOAT, T.DOUBLE)
TEXTS = (T.TEXT, T.VARCHAR)
ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div)
SUMS = (exp.Sum, exp.Count)
SHORT = 10


def raises(condition: exp.Expr, harmless: tuple[type[exp.Expr], ...] = ()) -> bool:
    """Beside what is total (`totality`) or `harmless`, exact arithmetic within 38 digits, approximate arithmetic and
    casts to text cannot: DuckDB calculates infinities and NaN as IEEE 754 says. Subqueries are looked at where they
    stand."""
    return next(raising(condition, harmless), None) is not None


def raising(condition: exp.Expr, harmless: tuple[type[exp.Expr], ...] = ()) -> Iterator[exp.Expr]:
    """The parts that may raise of themselves."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if type(node) is exp.Column and type(node.this) is exp.Identifier:
            continue
        if is_constant(node) or isinstance(node, exp.Query) or fits(node):
            continue
        known = isinstance(node, harmless) or is_total_node(node) or _is_unfailing(node) or _is_part(node)
        if not (known or _compares_numbers(node) or _compares_with_one(node) or _looks_up(node)):
            yield node
        stack += node.iter_expressions()


def _is_unfailing(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return _is_sure(node)
    if isinstance(node, exp.Round):
        return _is_double(node) and node.args.get("decimals") is None
    if not isinstance(node, ARITHMETIC):
        return False
    sides = node.left.unnest(), node.right.unnest()
    if isinstance(node, exp.Div) and all(kind_of(side) in NUMBERS for side in sides):
        return True  # "/" is never exact
    return any(map(_is_double, sides)) or (any(map(_is_sum, sides)) and any(map(_is_short, sides)))


def _is_sum(node: exp.Expr) -> bool:
    return isinstance(node, SUMS)


def _is_short(node: exp.Expr) -> bool:
    """A number that takes no sum beyond the range of its type."""
    return isinstance(node, exp.Literal) and not node.is_string and len(node.this) < SHORT


def _is_part(node: exp.Expr) -> bool:
    """A part of a date, or of a text from its start, in numbers that are written out."""
    if isinstance(node, exp.Extract):
        return kind_of(node.expression) in TIMES
    if isinstance(node, exp.Substring):
        ends = node.args.get("start"), node.args.get("length")
        return all(isinstance(end, exp.Literal) and end.is_int for end in ends)
    return isinstance(node.parent, exp.Extract)


def _is_sure(node: exp.Cast) -> bool:
    """Every value has a text; every number is about a double."""
    if node.to.this in TEXTS:
        return True
    number = kind_of(node.this) in NUMBERS or isinstance(node.this, SUMS) or fits(node.this)
    return node.to.this is T.DOUBLE and number


def _is_double(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Round):
        return _is_double(node.this)
    if isinstance(node, ARITHMETIC):
        return _is_double(node.left) or _is_double(node.right)
    return kind_of(node) in APPROXIMATE


def _compares_numbers(node: exp.Expr) -> bool:
    if not isinstance(node, COMPARISONS):
        return False
    operands = operands_of(node)
    return numeric(*operands) or (len(operands) == 2 and any(map(_is_double, operands)))


def _compares_with_one(node: exp.Expr) -> bool:
    """With the one value of a subquery, of the same type or a number that is compared as DOUBLE."""
    if not (isinstance(node, COMPARISONS) and isinstance(node, exp.Binary)):
        return False
    sides = node.left, node.right
    if not any(isinstance(side, exp.Subquery) for side in sides) or None in (sides[0].type, sides[1].type):
        return False
    kinds = {side.type.this for side in sides if side.type is not None}
    return sides[0].type == sides[1].type or kinds <= WHOLE or (kinds <= NUMBERS and T.DOUBLE in kinds)


def _looks_up(node: exp.Expr) -> bool:
    """IN over a subquery of one column whose values are compared as they are."""
    query = node.args.get("query") if isinstance(node, exp.In) else None
    select = query.unnest() if isinstance(query, exp.Expr) else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return False
    value = select.expressions[0].unalias()
    return one_family(node.this, value) or numeric(node.this, value)


TIMES = (T.DATE, T.TIMESTAMP)
WHOLE = frozenset({T.SMALLINT, T.INT, T.BIGINT})
NUMBERS = frozenset({T.SMALLINT, T.INT, T.BIGINT, T.INT128, T.DECIMAL, T.FLOAT, T.DOUBLE})
