"""Which of a consumer's predicates may stand beside a row filter in the source's own query.

Rule: governance.md, "The barrier". Such a predicate cannot raise, whatever the row, and tells nothing but its truth
on rows that the filter lets through.
"""

from sqlglot import exp

from gateway.sql.totality import (
    COMPARISONS,
    T,
    is_constant,
    is_valid_pattern,
    kind_of,
    one_family,
    operands_of,
)

TYPES = frozenset(
    {
        T.SMALLINT,
        T.INT,
        T.BIGINT,
        T.DECIMAL,
        T.TEXT,
        T.VARCHAR,
        T.BOOLEAN,
        T.DATE,
        T.TIMESTAMP,
        T.TIMESTAMPTZ,
        T.UUID,
    }
)


def is_leakproof(node: exp.Expr) -> bool:
    """AND, OR and NOT of comparisons between columns and constants of one type, from a list of types."""
    node = node.unnest()
    if isinstance(node, exp.And | exp.Or):
        return is_leakproof(node.left) and is_leakproof(node.right)
    if isinstance(node, exp.Not):
        return is_leakproof(node.this)
    if isinstance(node, exp.Is):
        return _is_column(node.this) and isinstance(node.expression, exp.Null)
    if isinstance(node, exp.Like):
        return (
            _is_column(node.this)
            and one_family(node.this, node.expression)
            and is_valid_pattern(node.expression)
        )
    return isinstance(node, COMPARISONS) and _compares_values(node)


def _compares_values(node: exp.Expr) -> bool:
    """Columns and constants of one type. Two columns too: PostgreSQL marks the operators of these types leakproof,
    whatever they compare, and joins by them without a security barrier in between."""
    operands = operands_of(node)
    columns = [operand for operand in operands if _is_column(operand)]
    constants = [operand for operand in operands if is_constant(operand)]
    return bool(columns) and len(columns) + len(constants) == len(operands) and one_family(*operands)


def _is_column(node: exp.Expr) -> bool:
    return isinstance(node.unnest(), exp.Column) and kind_of(node) in TYPES
