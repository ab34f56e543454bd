"""How many rows a FROM clause makes: the product of its sources, narrowed by the equalities that connect them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

REPEATED = 2.0
"""Matches that each row finds in a relation that stands in the FROM clause a second time: its columns need not be
unique, and a chain of such joins doubles with each link."""


@dataclass(frozen=True, slots=True)
class Side:
    """One operand of an equality. `distinct` as of `Value`; `sources` are the aliases of its columns."""

    sources: frozenset[str]
    distinct: float | None


@dataclass(frozen=True, slots=True)
class Edge:
    left: Side
    right: Side


@dataclass(slots=True)
class _Part:
    """Sources that equalities connect."""

    names: set[str]
    rows: float


def joined_rows(
    rows: Mapping[str, float], edges: Iterable[Edge], repeated: Collection[str]
) -> tuple[float, bool]:
    """Rows of the FROM clause, and whether they are a product that no equality narrows.

    `rows` are those of each source; `repeated` the sources whose relation stands in it already.
    """
    parts = [_Part({name}, count) for name, count in rows.items()]
    for edge in edges:
        parts = _connected(parts, edge, rows, repeated)
    total = 1.0
    for part in parts:
        total *= max(1.0, part.rows)
    return total, len([part for part in parts if part.rows > 1]) > 1


def _connected(
    parts: Sequence[_Part], edge: Edge, rows: Mapping[str, float], repeated: Collection[str]
) -> list[_Part]:
    touched = [part for part in parts if not part.names.isdisjoint(edge.left.sources | edge.right.sources)]
    if len(touched) < 2:
        return list(parts)
    product = 1.0
    for part in touched:
        product *= max(1.0, part.rows)
    matched = max(_distinct(edge.left, rows), _distinct(edge.right, rows), 1.0)
    again = REPEATED if (edge.left.sources | edge.right.sources) & set(repeated) else 1.0
    whole = _Part(set().union(*(part.names for part in touched)), again * product / matched)
    return [part for part in parts if part not in touched] + [whole]


def _distinct(side: Side, rows: Mapping[str, float]) -> float:
    """A source's own column may be a key; of generated ones it is known."""
    return (
        side.distinct
        if side.distinct is not None
        else max((rows.get(n, 1.0) for n in side.sources), default=1.0)
    )


def conjuncts(condition: exp.Expr | None) -> list[exp.Expr]:
    """The parts of an AND, without recursion."""
    found: list[exp.Expr] = []
    stack = [condition] if condition is not None else []
    while stack:
        node = stack.pop().unnest()
        if isinstance(node, exp.And):
            stack += [node.left, node.right]
        else:
            found.append(node)
    return found
