"""LIKE as in PostgreSQL: a backslash in a pattern takes the next character as it is."""

from sqlglot import exp

from gateway.errors import InvalidEscape
from gateway.sql.nodes import Nodes


def write_escapes(nodes: Nodes) -> None:
    """Changes their tree, where a pattern that is written out holds one and no ESCAPE says otherwise. Raises
    InvalidEscape."""
    for like in nodes.of_any((exp.Like, exp.ILike)):
        pattern = like.expression
        if (
            isinstance(like.parent, exp.Escape)
            or not isinstance(pattern, exp.Literal)
            or "\\" not in pattern.name
        ):
            continue
        if (len(pattern.name) - len(pattern.name.rstrip("\\"))) % 2:
            raise InvalidEscape("LIKE pattern must not end with escape character")
        whole = like.copy()
        escaped = exp.Escape(this=whole, expression=exp.Literal.string("\\"))
        escaped.type = like.type
        like.replace(escaped)
