"""Conditions about values that cannot be known: there is a value, and it cannot be read, or is none of its type.

Such a value stands as NULL where a policy's filter looks at it. What is NULL of itself then hides the row; what takes
NULL for an answer (`deleted_at IS NULL`, `coalesce`) would show it.
"""

from collections.abc import Callable, Sequence

from sqlglot import exp

from gateway.sql.nodes import copied
from gateway.sql.totality import ATTEMPT, COMPARISONS, LIKES, T

STRICT = (
    *(kind for kind in COMPARISONS if kind not in (exp.NullSafeEQ, exp.NullSafeNEQ)), *LIKES, exp.Column,
    exp.Identifier, exp.Literal, exp.Boolean, exp.Paren, exp.Neg, exp.Cast, exp.TryCast, exp.DataType,
    exp.DataTypeParam, exp.Upper, exp.Lower, exp.Length, exp.Trim,
)  # fmt: skip
"""NULL where an operand is."""


def doubting(condition: exp.Expr, doubts: Callable[[exp.Expr], Sequence[exp.Expr]]) -> exp.Expr:
    """The condition, of which the parts that have `doubts` are NULL where one of those is true. Changes it."""
    if isinstance(condition, exp.Connector | exp.Not | exp.Paren):
        for part in list(condition.iter_expressions()):
            part.replace(doubting(part, doubts))
        return condition
    found = [] if _is_strict(condition) else doubts(condition)
    if not found:
        return condition
    unknown = exp.If(this=exp.or_(*found), true=exp.null())
    judged = exp.Case(ifs=[unknown], default=copied(condition))
    judged.type = exp.DataType.build(T.BOOLEAN)
    return judged


def failed_casts(condition: exp.Expr) -> list[exp.Expr]:
    """For each cast that is attempted in place of one that may fail, whether it has failed."""
    attempts = [node for node in condition.find_all(exp.TryCast) if ATTEMPT in node.meta]
    return [has_failed(attempt) for attempt in attempts]


def has_failed(attempt: exp.TryCast) -> exp.Paren:
    """There is something, and it is none of the type."""
    missing = exp.Is(this=copied(attempt), expression=exp.null())
    given = exp.Not(this=exp.Is(this=exp.Paren(this=copied(attempt.this)), expression=exp.null()))
    return exp.Paren(this=exp.And(this=missing, expression=given))


def _is_strict(condition: exp.Expr) -> bool:
    return all(isinstance(node, STRICT) for node in condition.walk())
