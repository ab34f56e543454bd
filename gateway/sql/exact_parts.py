"""Parts of dates and times that have a fraction: `extract(second ...)`, `extract(epoch ...)`, as exact numbers.

The engine's seconds and milliseconds are whole, and its epoch is a double.
"""

from sqlglot import exp

from gateway.sql.literals import cast, is_null
from gateway.sql.nodes import Nodes
from gateway.sql.templates import written
from gateway.sql.totality import T, kind_of

DIGITS = {"SECOND": 6, "SECONDS": 6, "MILLISECOND": 3, "MILLISECONDS": 3}
"""After the point."""
MOMENTS = (T.DATE, T.TIMESTAMP, T.TIMESTAMPNTZ, T.TIMESTAMPTZ, T.TIME)


def give_fractions(nodes: Nodes) -> bool:
    """Changes their tree; whether it did, and the nodes are no longer those of the tree."""
    changed = False
    for node in nodes.of_any((exp.Extract, exp.Anonymous)):
        if _of_nothing(node):
            node.replace(cast(exp.Null(), "BIGINT"))
            continue
        found = _exact(node)
        if found is not None:
            found.type = exp.DataType.build("DECIMAL(26, 6)", dialect="duckdb")
            node.replace(found)
            changed = True
    return changed


def _of_nothing(node: exp.Expr) -> bool:
    """A whole part of a constant NULL, of which the engine makes a double."""
    if not isinstance(node, exp.Extract) or node.this.name.upper() in (*DIGITS, "EPOCH", "JULIAN"):
        return False
    return is_null(node.expression)


def _exact(node: exp.Expr) -> exp.Expr | None:
    if isinstance(node, exp.Extract):
        part, value = node.this.name.upper(), node.expression
    elif node.name.lower() in ("date_part", "datepart") and len(node.expressions) == 2:
        part, value = node.expressions[0].name.upper(), node.expressions[1]
    else:
        return None
    if part in DIGITS:
        unit = exp.Literal.number(f"{10 ** -DIGITS[part]:.{DIGITS[part]}f}")
        return written("(CAST(extract(microseconds FROM $1) AS DECIMAL(19, 0)) * $2)", [value, unit])
    if part != "EPOCH" or not isinstance(node, exp.Extract):
        return None
    kind = kind_of(value)
    if kind in MOMENTS:
        return written("(CAST(epoch_us($1) AS DECIMAL(19, 0)) * 0.000001)", [value])
    return written("CAST(epoch($1) AS DECIMAL(22, 6))", [value]) if kind is T.INTERVAL else None
