"""Which expressions can be evaluated on any row without raising."""

from sqlglot import exp


def totalized(expression: exp.Expression) -> exp.Expression:
    """The expression with every cast a TRY_CAST. The argument stays as it is."""
    raise NotImplementedError


def may_raise(expression: exp.Expression) -> str | None:
    """SQL text of the first sub-expression that is not known to be total, or None. Casts count as raising, TRY_CAST does not."""
    raise NotImplementedError
