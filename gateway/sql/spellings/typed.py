"""PostgreSQL's operators and functions that are others in DuckDB only for some types: decided on typed trees."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.sql.bounds.series import counts
from gateway.sql.literals import cast, shared_type
from gateway.sql.names.scopes import Scopes
from gateway.sql.nodes import Nodes
from gateway.sql.spellings.interval_functions import interval_text
from gateway.sql.spellings.interval_sums import summed
from gateway.sql.spellings.json_functions import (
    JOINED,
    WITHOUT_KEY,
    WITHOUT_KEYS,
    WITHOUT_PLACE,
    contains,
    is_json,
)
from gateway.sql.templates import written
from gateway.sql.totality import FAMILIES, T, kind_of

TEXT = next(family for family in FAMILIES if T.TEXT in family)
BYTES = (T.BLOB, T.VARBINARY, T.BINARY)
LISTS = (T.ARRAY, T.LIST)
WHOLE = (T.TINYINT, T.SMALLINT, T.INT, T.BIGINT, T.DECIMAL)
CLOCKS = {T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ, T.DATETIME}
NORMALIZED = "json_normalize(CAST($1 AS JSON))"
BETWEEN_TIMES = "((DATE '2000-01-01' + $1) - (DATE '2000-01-01' + $2))"


def respell_typed(nodes: Nodes) -> None:
    """Changes their tree."""
    for node in nodes.inside_out(_BY_NODE.keys()):
        made = _BY_NODE[type(node)](node)
        if made is not None:
            made.type = made.type or node.type
            node.replace(made)


def _bytes(node: exp.Expr) -> exp.Expr | None:
    """`octet_length` of a text; the engine's is of bytes only."""
    if node.name.lower() != "octet_length" or len(node.expressions) != 1:
        return None
    (value,) = node.expressions
    return written("strlen($1)", [value]) if kind_of(value) in TEXT else None


def _length(node: exp.Expr) -> exp.Expr | None:
    """Of bytes too."""
    return written("octet_length($1)", [node.this]) if kind_of(node.this) in BYTES else None


def _json(template: str, *arguments: exp.Expr) -> exp.Expr:
    made = written(template, [*arguments])
    made.type = shared_type("JSON")
    return made


def _joined(node: exp.Expr) -> exp.Expr | None:
    """Two values of jsonb, or a list and one more item."""
    assert isinstance(node, exp.Binary)
    sides = (node.left, node.right)
    if any(map(is_json, sides)) and all(is_json(side) or side.is_string for side in sides):
        return _json(JOINED, *(cast(side.copy(), "JSON") if side.is_string else side for side in sides))
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


def _less(node: exp.Expr) -> exp.Expr | None:
    """jsonb without a key, keys or an item; the time between two times of a day."""
    assert isinstance(node, exp.Binary)
    left, right = kind_of(node.left), kind_of(node.right)
    if is_json(node.left):
        template = WITHOUT_KEYS if right in LISTS else WITHOUT_PLACE if right in WHOLE else WITHOUT_KEY
        return _json(template, node.left, node.right)
    if left is right is T.TIME:
        return written(BETWEEN_TIMES, [node.left, node.right])
    _days_later(node)
    return None


def _contained(node: exp.Expr) -> exp.Expr | None:
    assert isinstance(node, exp.Binary)
    if not is_json(node.left) and not is_json(node.right):
        return None
    reverse = isinstance(node, exp.ArrayContainedBy)
    whole, part = (node.right, node.left) if reverse else (node.left, node.right)
    return contains(whole, part)


def _compared(node: exp.Expr) -> None:
    """Two values of jsonb: the order of keys and blanks mean nothing."""
    assert isinstance(node, exp.Binary)
    sides = (node.left, node.right)
    if all(is_json(side) or side.is_string for side in sides) and any(map(is_json, sides)):
        node.set("this", written(NORMALIZED, [node.left]))
        node.set("expression", written(NORMALIZED, [node.right]))


def _between(node: exp.Expr) -> None:
    """`percentile_cont`: what lies between two exact numbers may have more digits than they have."""
    order = node.expression
    first = order.expressions[0] if isinstance(order, exp.Order) and len(order.expressions) == 1 else None
    # a number with a point is a DOUBLE to the parser and exact to the engine
    exact = first is not None and kind_of(first.this) in (T.DECIMAL, T.DOUBLE)
    if isinstance(node.this, exp.PercentileCont) and first is not None and exact:
        first.set("this", cast(first.this.copy(), "DOUBLE"))
        node.type = node.this.type = shared_type("DOUBLE")


def _shown(node: exp.Expr) -> exp.Expr | None:
    """`to_char` of an interval, whose hours may be more than a day's, or of a time of a day."""
    pattern = node.args.get("format")
    if kind_of(node.this) is T.TIME:
        return (
            written("strftime(DATE '2000-01-01' + $1, $2)", [node.this, pattern])
            if pattern is not None
            else None
        )
    if pattern is None or not pattern.is_string or not _is_interval(node.this):
        return None
    return written(interval_text(pattern.name), [node.this])


def _is_interval(node: exp.Expr) -> bool:
    node = node.unnest()
    if isinstance(node, exp.Sub):
        kinds = {kind_of(node.left), kind_of(node.right)}
        return kinds <= CLOCKS and kinds != {T.DATE}
    return kind_of(node) is T.INTERVAL


def _summed(node: exp.Expr) -> exp.Expr | None:
    """A sum or an average of intervals."""
    plain = not isinstance(node.parent, exp.Filter | exp.Window) and not isinstance(node.this, exp.Distinct)
    return summed(node, node.this) if plain and _is_interval(node.this) else None


def _filtered(node: exp.Expr) -> exp.Expr | None:
    """The same with FILTER."""
    aggregate = node.this
    if not isinstance(aggregate, exp.Sum | exp.Avg) or isinstance(node.parent, exp.Window):
        return None
    if isinstance(aggregate.this, exp.Distinct) or not _is_interval(aggregate.this):
        return None
    return summed(aggregate, written("CASE WHEN $1 THEN $2 END", [node.expression.this, aggregate.this]))


_BY_NODE: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Anonymous: _bytes,
    exp.DPipe: _joined,
    exp.Add: _days_later,
    **dict.fromkeys((exp.Avg, exp.Sum), _summed),
    exp.ArrayContainsAll: _contained,
    exp.ArrayContainedBy: _contained,
    exp.EQ: _compared,
    exp.Filter: _filtered,
    exp.Length: _length,
    exp.NEQ: _compared,
    exp.Sub: _less,
    exp.TimeToStr: _shown,
    exp.WithinGroup: _between,
}
