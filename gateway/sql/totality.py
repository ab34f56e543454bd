"""Which expressions can be evaluated on any row without raising.

Decided on typed trees (`resolve` annotates them): an implicit cast raises like a written one, so a comparison is
total only between operands of one family of types. Whatever is not listed may raise.
"""

import re
from datetime import datetime

from sqlglot import exp

from gateway.sql.dialect import generate
from gateway.sql.nodes import closed

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

UNTYPED = frozenset({T.NULL})

MAX_DIGITS = 38
INT128_DIGITS = 39
DIGITS = {
    T.TINYINT: 3, T.SMALLINT: 5, T.INT: 10, T.BIGINT: 19, T.INT128: 39, T.UTINYINT: 3, T.USMALLINT: 5, T.UINT: 10,
    T.UBIGINT: 20,
}  # fmt: skip

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

TOTAL = closed(*TOTAL_NODES, *TOTAL_FUNCTIONS)

ATTEMPT = "attempt"
"""Key in the meta of a TRY_CAST that was written as a cast."""


def totalized(expression: exp.Expr) -> exp.Expr:
    """The expression with every cast a TRY_CAST. The argument stays as it is."""

    copied = expression.copy()
    for node in [node for node in copied.find_all(exp.Cast) if type(node) is exp.Cast]:
        attempt = exp.TryCast(this=node.this, to=node.to)
        attempt.type = node.to.copy()
        attempt.meta[ATTEMPT] = True
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
    if isinstance(node, exp.And | exp.Or | exp.Not | exp.Case | exp.If | exp.Is | exp.Nullif):
        return is_constant(node) or is_plainly_typed(node)
    if type(node) in TOTAL or is_constant(node):
        return True
    if isinstance(node, COMPARISONS):
        return one_family(*operands_of(node))
    if isinstance(node, LIKES):
        return is_valid_pattern(node.expression) and one_family(node.this, node.expression)
    return False


def is_plainly_typed(node: exp.Expr) -> bool:
    """Where a truth value is asked for, anything else is cast to one; NULLIF compares."""
    if isinstance(node, exp.Nullif):
        return one_family(node.this, node.expression)
    if isinstance(node, exp.Case):
        first = node.this
        return first is None or one_family(first, *(branch.this for branch in node.args["ifs"]))
    if isinstance(node, exp.If):
        simple = isinstance(node.parent, exp.Case) and node.parent.this is not None
        return simple or is_truth(node.this)
    if isinstance(node, exp.Is):
        return isinstance(node.expression, exp.Null) or is_truth(node.this)
    operands = (node.this,) if isinstance(node, exp.Not) else (node.this, node.expression)
    return all(is_truth(operand) for operand in operands)


def is_truth(node: exp.Expr) -> bool:
    """Whether it is a truth value without a cast."""
    node = node.unnest()
    return (
        isinstance(node, exp.Predicate | exp.Connector | exp.Not | exp.Boolean | exp.Null)
        or kind_of(node) is T.BOOLEAN
    )


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
    kinds = {kind_of(operand) for operand in operands} - UNTYPED
    if not operands or not any(kinds <= family for family in FAMILIES):
        return False
    return kinds.isdisjoint(FAMILIES[0]) or _fit_one_decimal(operands)


def numeric(*operands: exp.Expr) -> bool:
    """Whether they are numbers of which one is approximate: all are compared as DOUBLE then, which none fails to be."""
    exact, approximate, *_ = FAMILIES
    kinds = {kind_of(operand) for operand in operands} - UNTYPED
    return bool(operands) and kinds <= exact | approximate and not kinds.isdisjoint(approximate)


def _fit_one_decimal(operands: tuple[exp.Expr, ...]) -> bool:
    """Exact numbers are compared as one DECIMAL wide enough for all of them, which ends at 38 digits: beyond it
    the cast of a column's value fails, and only for some values."""
    shapes = [shape for operand in operands if (shape := _digits_of(operand)) is not None]
    before, after = (max((shape[part] for shape in shapes), default=0) for part in (0, 1))
    decimal = any(kind_of(operand) is T.DECIMAL and not _is_whole(operand) for operand in operands)
    return before + after <= MAX_DIGITS if decimal else all(shape[0] <= INT128_DIGITS for shape in shapes)


def _is_whole(node: exp.Expr) -> bool:
    node = node.unnest()
    node = node.this.unnest() if isinstance(node, exp.Neg) else node
    return isinstance(node, exp.Literal) and node.is_int


def _digits_of(node: exp.Expr) -> tuple[int, int] | None:
    """Digits before and after the point that a value of an exact type can have; None: no exact number."""
    node = node.unnest()
    if isinstance(node, exp.Neg):
        return _digits_of(node.this)
    if isinstance(node, exp.Literal):
        whole, _, fraction = str(node.this).replace("_", "").partition(".")
        return (len(whole), len(fraction)) if kind_of(node) is T.DECIMAL else None
    kind = node.to if isinstance(node, exp.Cast | exp.TryCast) else node.type
    if kind is None or kind.this is not T.DECIMAL:
        digits = DIGITS.get(kind_of(node))
        return None if digits is None else (digits, 0)
    sizes = [int(size.name) for size in kind.expressions]
    precision, scale = sizes if len(sizes) == 2 else (sizes[0], 0) if sizes else (18, 3)
    return precision - scale, scale


def kind_of(node: exp.Expr) -> exp.DType:
    """A bare number is read as exact, a bare text as text."""
    if type(node) is not exp.Column:  # which most nodes are that this is asked of
        node = node.unnest()
        if (found := _kind_of_computed(node)) is not None:
            return found
    kind = node.type.this if node.type is not None else T.UNKNOWN
    return kind if isinstance(kind, T) else T.UNKNOWN


def _kind_of_computed(node: exp.Expr) -> exp.DType | None:
    """Of what is no column; None: what it was annotated with."""
    if isinstance(node, exp.Neg):
        return kind_of(node.this)
    if isinstance(node, TEXTS):
        return T.TEXT
    if isinstance(node, COUNTS):
        return T.BIGINT
    if isinstance(node, exp.Literal):
        return T.TEXT if node.is_string else T.DOUBLE if "e" in str(node.this).lower() else T.DECIMAL
    if isinstance(node, exp.Cast | exp.TryCast):
        kind = node.to.this
        return kind if isinstance(kind, T) else T.UNKNOWN
    return None


def is_valid_pattern(pattern: exp.Expr) -> bool:
    """A LIKE pattern written in the text, without the escapes that PostgreSQL and DuckDB read differently."""
    return isinstance(pattern, exp.Literal) and pattern.is_string and "\\" not in pattern.this


COUNTS = (exp.Length, exp.StrPosition)
"""Of known types also in trees that are not annotated, as masks are: else no source could be asked for them."""
TEXTS = (exp.DPipe, exp.Upper, exp.Lower, exp.Left, exp.Right, exp.Trim, exp.Concat, exp.SplitPart)

TIME_SHAPE = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?")
SHAPES = {
    T.DATE: re.compile(r"\d{4}-\d{2}-\d{2}"),
    T.TIMESTAMP: TIME_SHAPE,
    T.TIMESTAMPNTZ: TIME_SHAPE,
    T.TIMESTAMPTZ: re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:\d{2})?)"),
    T.UUID: re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE),
    T.TEXT: re.compile(r"[^\0]*"),
    T.VARCHAR: re.compile(r"[^\0]*"),
}

RANGES = {T.SMALLINT: 2**15, T.INT: 2**31, T.BIGINT: 2**63}


def is_constant(node: exp.Expr) -> bool:
    """A literal, or the cast of one whose text surely fits the type: the same for every row, and cannot raise."""
    if type(node) is exp.Column:  # which most nodes are that this is asked of
        return False
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
    return digits is value and isinstance(node.to.this, T) and fits(digits.this, node.to.this)


def fits(text: str, kind: exp.DType) -> bool:
    """The text's shape is the type's and the day exists (the calendar's years 1 to 9999, which every source knows)."""
    shape = SHAPES.get(kind)
    if shape is None or not shape.fullmatch(text):
        return False
    if kind not in (T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ):
        return True
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
