"""Exact numbers: sums, differences and products of decimals, which PostgreSQL and DuckDB calculate alike.

PostgreSQL's numeric knows no overflow at these sizes, so nothing here raises there. Whole numbers alone are left out:
their results have other types and overflow elsewhere.
"""

from sqlglot import exp

from gateway.sql.totality import DIGITS, MAX_DIGITS, T, kind_of


def scale_of(node: exp.Expr) -> int | None:
    """Digits after the point of an exact decimal expression; None: it is none."""
    shape = shape_of(node)
    return shape[1] if shape is not None and _has_decimal(node) else None


def fits(node: exp.Expr) -> bool:
    """Whether DuckDB calculates an exact decimal expression without ever raising: within its 38 digits."""
    shape = shape_of(node)
    return shape is not None and sum(shape) <= MAX_DIGITS


def shape_of(node: exp.Expr) -> tuple[int, int] | None:
    """Digits before and after the point that the expression's values can have; None: not exact, or not listed."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        return shape_of(node.this)
    if isinstance(node, exp.Literal):
        return _of_literal(node)
    if isinstance(node, exp.Add | exp.Sub | exp.Mul):
        return _of_operation(node)
    if isinstance(node, exp.Case):
        return _of_case(node)
    return _of_column(node) if isinstance(node, exp.Column) else None


def _of_literal(node: exp.Literal) -> tuple[int, int] | None:
    if node.is_string or "e" in node.this.lower():
        return None
    whole, _, fraction = node.this.replace("_", "").partition(".")
    return len(whole), len(fraction)


def _of_operation(node: exp.Add | exp.Sub | exp.Mul) -> tuple[int, int] | None:
    left, right = shape_of(node.left), shape_of(node.right)
    if left is None or right is None or not _has_decimal(node):
        return None
    if isinstance(node, exp.Mul):
        return left[0] + right[0], left[1] + right[1]
    return max(left[0], right[0]) + 1, max(left[1], right[1])


def _of_case(node: exp.Case) -> tuple[int, int] | None:
    shapes = [shape_of(value) for value in _values_of(node) if not isinstance(value.unnest(), exp.Null)]
    known = [shape for shape in shapes if shape is not None]
    if not known or len(known) < len(shapes):
        return None
    return max(before for before, _ in known), max(after for _, after in known)


def _of_column(node: exp.Column) -> tuple[int, int] | None:
    if node.type is not None and node.type.this is T.DECIMAL:
        precision, scale = [int(size.name) for size in node.type.expressions]
        return precision - scale, scale
    digits = DIGITS.get(kind_of(node))
    return None if digits is None else (digits, 0)


def _has_decimal(node: exp.Expr) -> bool:
    """Whether a value is made of a column that is no whole number; what a CASE only looks at is none of its values."""
    if isinstance(node, exp.Case):
        return any(map(_has_decimal, _values_of(node)))
    if isinstance(node, exp.Column):
        return kind_of(node) is T.DECIMAL
    return any(map(_has_decimal, node.iter_expressions()))


def _values_of(case: exp.Case) -> list[exp.Expr]:
    default = case.args.get("default")
    return [*(branch.args["true"] for branch in case.args["ifs"]), *([] if default is None else [default])]


def is_whole(node: exp.Expr) -> bool:
    """Whether every value is a whole number of at most 64 bits: columns, small literals, and CASE of them."""
    node = node.unnest()
    if isinstance(node, exp.Case):
        return all(map(is_whole, _values_of(node)))
    if isinstance(node, exp.Literal):
        return node.is_int and int(node.this) < 2**31
    return isinstance(node, exp.Null) or (isinstance(node, exp.Column) and kind_of(node) in WHOLE)


WHOLE = frozenset({T.SMALLINT, T.INT, T.BIGINT})
