"""Rule: whether a text begins with another is asked by LIKE, which tells nothing else.

`substring(phone FROM 1 FOR 2) = '13'` is `phone LIKE '13%'`: a leakproof condition, which needs no fence, and which
SQLite knows too.
"""

from sqlglot import exp

from gateway.sql.nodes import copied, nodes_of
from gateway.sql.remote import TEXT_FAMILY
from gateway.sql.totality import kind_of

MOST = 16
"""More texts than this are sooner looked up in a list than compared one by one."""


def prefix(tree: exp.Query) -> None:
    """Changes the tree."""
    for comparison in nodes_of(tree, (exp.EQ, exp.In)):
        asked = _asked(comparison)
        if asked is not None:
            comparison.replace(asked)


def _asked(comparison: exp.Expr) -> exp.Expr | None:
    beginning = _beginning(comparison.this.unnest())
    if beginning is None or comparison.args.get("query") or comparison.args.get("unnest"):
        return None
    column, length = beginning
    texts = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
    if not 0 < len(texts) <= MOST or not all(_is_plain(text, length) for text in texts):
        return None
    likes = [exp.Like(this=copied(column), expression=exp.Literal.string(f"{text.this}%")) for text in texts]
    return likes[0] if len(likes) == 1 else exp.Paren(this=exp.or_(*likes, copy=False))


def _beginning(node: exp.Expr) -> tuple[exp.Column, int] | None:
    """The column and the number of characters that an expression takes from its start."""
    column = node.this
    if not isinstance(column, exp.Column) or kind_of(column) not in TEXT_FAMILY:
        return None
    if isinstance(node, exp.Left):
        length = node.expression
    elif isinstance(node, exp.Substring) and node.args.get("start") == exp.Literal.number(1):
        length = node.args.get("length")
    else:
        return None
    known = isinstance(length, exp.Literal) and length.is_int
    return (column, int(length.this)) if known else None


def _is_plain(text: exp.Expr, length: int) -> bool:
    """A shorter text begins nothing so long; in a pattern, some characters mean others."""
    if not isinstance(text, exp.Literal) or not text.is_string:
        return False
    return len(text.this) == length > 0 and not set(text.this) & set("%_\\")
