"""PostgreSQL's operators and functions that are others in DuckDB only for some types: decided on typed trees."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.sql.literals import cast
from gateway.sql.nodes import Nodes
from gateway.sql.postgres_spellings import written
from gateway.sql.scopes import Scopes
from gateway.sql.series import counts
from gateway.sql.totality import FAMILIES, T, kind_of

TEXT = next(family for family in FAMILIES if T.TEXT in family)
LISTS = (T.ARRAY, T.LIST)


def respell_typed(nodes: Nodes) -> None:
    """Changes their tree."""
    for node in nodes.of_any((exp.Anonymous, exp.DPipe, exp.Add, exp.Sub)):
        made = _BY_NODE[type(node)](node)
        if made is not None:
            made.type = node.type
            node.replace(made)


def _bytes(node: exp.Expr) -> exp.Expr | None:
    """`octet_length` of a text; the engine's is of bytes only."""
    if node.name.lower() != "octet_length" or len(node.expressions) != 1:
        return None
    (value,) = node.expressions
    return written("strlen($1)", [value]) if kind_of(value) in TEXT else None


def _joined(node: exp.Expr) -> exp.Expr | None:
    """A list and one more item."""
    assert isinstance(node, exp.Binary)
    left, right = kind_of(node.left) in LISTS, kind_of(node.right) in LISTS
    if left is right or T.UNKNOWN in (kind_of(node.left), kind_of(node.right)):
        return None
    other = (node.right if left else node.left).unnest()
    if isinstance(other, exp.Null) or other.is_string:  # which would be a list, to PostgreSQL
        return None
    template = "list_append($1, $2)" if left else "list_prepend($1, $2)"
    return written(template, [node.left, node.right])


def _days_later(node: exp.Expr) -> None:
    """A date and a number of days of any width."""
    assert isinstance(node, exp.Binary)
    days = node.right.unnest()
    whole = kind_of(days) in (T.BIGINT, T.INT128) or (
        isinstance(days, exp.Column) and counts(Scopes().source(days))
    )
    if kind_of(node.left) is T.DATE and whole:
        node.set("expression", cast(node.right.copy(), "INTEGER"))


_BY_NODE: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Anonymous: _bytes,
    exp.DPipe: _joined,
    exp.Add: _days_later,
    exp.Sub: _days_later,
}
