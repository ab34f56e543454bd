"""Which expressions can be evaluated on any row without raising.

Decided on typed trees (`resolve` annotates them): an implicit cast raises like a written one, so a comparison is
total only between operands of one family of types. Whatever is not listed may raise.
"""

import re
from datetime import datetime

from sqlglot import exp

from gateway.sql.dialect import generate

T = exp.DType

FAMILIES: tuple[frozenset[exp.DType], ...] = (
    frozenset({T.TINYINT, T.SMALLINT, T.INT, T.BIGINT, T.INT128, T.UTINYINT, T.USMALLINT, T.UINT, T.UBIGINT,
               T.DECIMAL}),
    frozenset({T.FLOAT, T.DOUBLE}),
    frozenset({T.TEXT, T.VARCHAR, T.CHAR, T.NCHAR, T.NVARCHAR, T.BPCHAR}),
    frozenset({T.BOOLEAN}),
    frozenset({T.DATE}),
    frozenset({T.TIME}),
    frozenset({T.TIMESTAMP, T.TIMESTAMPNTZ, T.DATETIME}),
    frozenset({T.TIMESTAMPTZ}),
    frozenset({T.UUID}),
)  # fmt: skip

COMPARISONS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.NullSafeEQ,
    exp.NullSafeNEQ,
    exp.In,
    exp.Between,
)
LIKES = (exp.Like, exp.ILike)

TOTAL_NODES = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is,
    exp.Tuple, exp.Case, exp.If, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.DPipe, exp.Var,
)  # fmt: skip

TOTAL_FUNCTIONS = (
    exp.Upper, exp.Lower, exp.Length, exp.Left, exp.Right, exp.Trim, exp.Concat, exp.Coalesce, exp.Nullif,
    exp.Greatest, exp.Least, exp.StartsWith, exp.Contains, exp.StrPosition, exp.MD5, exp.Year, exp.Month, exp.Day,
    exp.TimestampTrunc, exp.DateTrunc,
)  # fmt: skip


def totalized(expression: exp.Expr) -> exp.Expr:
    """The expression with every cast a TRY_CAST. The argument stays as it is."""

    copied = expression.copy()
    for node in [node for node in copied.find_all(exp.Cast) if type(node) is exp.Cast]:
        attempt = exp.TryCast(this=node.this, to=node.to)
        attempt.type = node.to.copy()
        copied = attempt if node is copied else copied
        node.replace(attempt)
    return copied


def may_raise(expression: exp.Expr) -> str | None:
    """SQL text of the first sub-expression that is not known to be total, or None.

    Casts count as raising, TRY_CAST does not; a cast of a literal that is fit for its type cannot raise.
    """
    for node in expression.walk(prune=is_constant):
        if not is_total_node(node):
            return generate(node)
    return None


def is_total_node(node: exp.Expr) -> bool:
    """Whether the node itself cannot raise, given that its operands did not."""
    if is_constant(node) or isinstance(node, TOTAL_NODES + TOTAL_FUNCTIONS):
        return True
    if isinstance(node, COMPARISONS):
        return one_family(*operands_of(node))
    if isinstance(node, LIKES):
        return is_valid_pattern(node.expression) and one_family(node.this, node.expression)
    return False


def operands_of(node: exp.Expr) -> list[exp.Expr]:
    """What a comparison compares; empty: not a list of plain values."""
    if isinstance(node, exp.In):
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field"):
            return []
        return [node.this, *node.expressions]
    if isinstance(node, exp.Between):
        return [node.this, node.args["low"], node.args["high"]]
    return [node.this, node.expression]


def one_family(*operands: exp.Expr) -> bool:
    """Whether comparing the operands needs no cast that could fail. Empty: not known."""
    kinds = {kind_of(operand) for operand in operands} - {T.NULL}
    return bool(operands) and any(kinds <= family for family in FAMILIES)


def kind_of(node: exp.Expr) -> exp.DType:
    """A bare number is read as exact, a bare text as text."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        return kind_of(node.this)
    if isinstance(node, TEXTS):
        return T.TEXT
    if isinstance(node, exp.Literal):
        return T.TEXT if node.is_string else T.DOUBLE if "e" in str(node.this).lower() else T.DECIMAL
    if isinstance(node, exp.Cast | exp.TryCast):
        kind = node.to.this
    else:
        kind = node.type.this if node.type is not None else T.UNKNOWN
    return kind if isinstance(kind, T) else T.UNKNOWN


def is_valid_pattern(pattern: exp.Expr) -> bool:
    """A LIKE pattern written in the text, without the escapes that PostgreSQL and DuckDB read differently."""
    return isinstance(pattern, exp.Literal) and pattern.is_string and "\\" not in pattern.this


TEXTS = (exp.DPipe, exp.Upper, exp.Lower, exp.Left, exp.Right, exp.Trim, exp.Concat, exp.SplitPart)

SHAPES = {
    T.DATE: re.compile(r"\d{4}-\d{2}-\d{2}"),
    T.TIMESTAMP: re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?"),
    T.TIMESTAMPTZ: re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:\d{2})?)"),
    T.UUID: re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    T.TEXT: re.compile(r"[^\0]*"),
    T.VARCHAR: re.compile(r"[^\0]*"),
}

RANGES = {T.SMALLINT: 2**15, T.INT: 2**31, T.BIGINT: 2**63}


def is_constant(node: exp.Expr) -> bool:
    """A literal, or the cast of one whose text surely fits the type: the same for every row, and cannot raise."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        return isinstance(node.this, exp.Literal) and not node.this.is_string
    if isinstance(node, exp.Literal | exp.Boolean | exp.Null):
        return True
    if not isinstance(node, exp.Cast | exp.TryCast):
        return False
    value = node.this.unnest()
    if isinstance(value, exp.Null):
        return True
    digits = value.this if isinstance(value, exp.Neg) else value
    if not isinstance(digits, exp.Literal):
        return False
    if not digits.is_string:
        return digits.is_int and int(digits.this) < RANGES.get(node.to.this, 0)
    shape = SHAPES.get(node.to.this)
    return digits is value and shape is not None and _is_real(digits.this, node.to.this, shape)


def _is_real(text: str, kind: exp.DType, shape: re.Pattern[str]) -> bool:
    """The shape fits and the day exists (the calendar's years 1 to 9999, which every source knows)."""
    if not shape.fullmatch(text):
        return False
    if kind not in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
