"""Text to syntax tree, bounded before the parser sees it."""

from sqlglot import exp

from gateway.settings import Limits


def parse_query(text: str, limits: Limits) -> exp.Query:
    """One SELECT (or set operation, VALUES, FROM-first) as a tree in which every node and function is allowed.

    Raises SyntaxRefused, SyntaxNotSupported, WriteRefused, UndefinedFunction or LimitExceeded.
    """
    raise NotImplementedError


def parse_expression(text: str, limits: Limits) -> exp.Expression:
    """One scalar expression (a row filter, a mask), under the same allow-lists. Raises as `parse_query`."""
    raise NotImplementedError
