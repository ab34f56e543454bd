"""Whether a condition that the engine evaluates may raise: on some row, whatever its values."""

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


def raises(condition: exp.Expr) -> bool:
    """Beside what is total (`totality`), exact arithmetic within 38 digits, approximate arithmetic and casts to text
    cannot: DuckDB calculates infinities and NaN as IEEE 754 says. Subqueries are looked at where they stand."""
    stack = [condition]
    while stack:
        node = stack.pop()
        if is_constant(node) or isinstance(node, exp.Query) or fits(node):
            continue
        if not (is_total_node(node) or _is_unfailing(node) or _compares_numbers(node) or _looks_up(node)):
            return True
        stack += list(node.iter_expressions())
    return False


def _is_unfailing(node: exp.Expr) -> bool:
    if isinstance(node, exp.Cast):
        return _is_sure(node)
    if isinstance(node, exp.Round):
        return _is_double(node) and node.args.get("decimals") is None
    return isinstance(node, ARITHMETIC) and any(_is_double(side) for side in (node.left, node.right))


def _is_sure(node: exp.Cast) -> bool:
    """Every value has a text; every number is about a double."""
    if node.to.this in TEXTS:
        return True
    return node.to.this is T.DOUBLE and (kind_of(node.this) in NUMBERS or fits(node.this))


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


def _looks_up(node: exp.Expr) -> bool:
    """IN over a subquery of one column whose values are compared as they are."""
    query = node.args.get("query") if isinstance(node, exp.In) else None
    select = query.unnest() if isinstance(query, exp.Expr) else None
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return False
    value = select.expressions[0].unalias()
    return one_family(node.this, value) or numeric(node.this, value)


NUMBERS = frozenset({T.SMALLINT, T.INT, T.BIGINT, T.INT128, T.DECIMAL, T.FLOAT, T.DOUBLE})
