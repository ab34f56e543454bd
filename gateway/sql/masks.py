"""Built-in masks as SQL over a value. Total, NULL stays NULL, and only functions that DuckDB and PostgreSQL share.

`hash` is not here: it is keyed and computed by the gateway (governance.md, rule 6).
"""

from collections.abc import Callable

from sqlglot import exp

from gateway.sql.literals import cast, data_type, literal

STARS = "***"
BUCKET = 10
"""Width of the `bucket` mask of numbers."""


def masked(value: exp.Expr, mask: str, kind: str) -> exp.Expr:
    """What a built-in mask puts in the place of `value`, a column of type `kind`. KeyError: no such mask."""
    return BUILT_IN[mask](value, kind)


def substituted(mask: exp.Expr, value: exp.Expr) -> exp.Expr:
    """A domain's own mask, an expression over the column `value`."""

    def put(node: exp.Expr) -> exp.Expr:
        is_value = isinstance(node, exp.Column) and not node.table and node.name.lower() == "value"
        return value.copy() if is_value else node

    return mask.copy().transform(put)


def _null(_value: exp.Expr, kind: str) -> exp.Expr:
    return literal(None, kind)


def _redact(value: exp.Expr, _kind: str) -> exp.Expr:
    return _unless_null(value, exp.Literal.string(STARS))


def _partial(value: exp.Expr, _kind: str) -> exp.Expr:
    return exp.DPipe(this=_left(value, 1), expression=exp.Literal.string(STARS))


def _last4(value: exp.Expr, _kind: str) -> exp.Expr:
    """A value of four characters or fewer shows none of them."""
    tail = exp.Right(this=value.copy(), expression=exp.Literal.number("4"))
    short = exp.LTE(this=exp.Length(this=value.copy()), expression=exp.Literal.number("4"))
    shown = exp.DPipe(this=exp.Literal.string(STARS), expression=tail)
    return _when(short, _redact(value, "VARCHAR"), shown)


def _email(value: exp.Expr, _kind: str) -> exp.Expr:
    """The first character and the domain; what holds no @ is redacted."""
    position = exp.StrPosition(this=value.copy(), substr=exp.Literal.string("@"))
    domain = exp.SplitPart(
        this=value.copy(), delimiter=exp.Literal.string("@"), part_index=exp.Literal.number("2")
    )
    shown = exp.DPipe(
        this=exp.DPipe(this=_left(value, 1), expression=exp.Literal.string(STARS + "@")), expression=domain
    )
    has_at = exp.GT(this=position, expression=exp.Literal.number("1"))
    return _when(has_at, shown, _redact(value, "VARCHAR"))


def _year(value: exp.Expr, kind: str) -> exp.Expr:
    return cast(exp.TimestampTrunc(this=value.copy(), unit=exp.Literal.string("YEAR")), kind)


def _bucket(value: exp.Expr, kind: str) -> exp.Expr:
    """The lower end of the value's range of BUCKET numbers; of a date or time its month."""
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return cast(exp.TimestampTrunc(this=value.copy(), unit=exp.Literal.string("MONTH")), kind)
    width = exp.Literal.number(str(BUCKET))
    floor = exp.Floor(this=exp.Div(this=cast(value.copy(), "DOUBLE"), expression=width))
    return exp.TryCast(this=exp.Mul(this=floor, expression=width.copy()), to=data_type(kind))


def _left(value: exp.Expr, length: int) -> exp.Expr:
    return exp.Left(this=value.copy(), expression=exp.Literal.number(str(length)))


def _unless_null(value: exp.Expr, shown: exp.Expr) -> exp.Expr:
    missing = exp.Is(this=value.copy(), expression=exp.Null())
    return _when(missing, exp.Null(), shown)


def _when(condition: exp.Expr, then: exp.Expr, otherwise: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


BUILT_IN: dict[str, Callable[[exp.Expr, str], exp.Expr]] = {
    "null": _null,
    "redact": _redact,
    "partial": _partial,
    "email": _email,
    "last4": _last4,
    "year": _year,
    "bucket": _bucket,
}
