"""Rule: an aggregate over the rows that match an outer row becomes one aggregate per key, joined by the key.

PostgreSQL would run the subquery once for each outer row. As a table of its own it is a fragment like others: it may
be aggregated at its source, and take keys. Where an outer row counts though the subquery finds nothing for it, a LEFT
JOIN keeps it, and a count of nothing is 0.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from gateway.query.plan.blocks import (
    all_of,
    equality,
    is_loose,
    items,
    own_names,
    reads,
    selects,
    set_where,
    where,
)
from gateway.query.plan.rules.inline import CLAUSES
from gateway.query.plan.summing import parts_nodes
from gateway.sql.dialect import quoted
from gateway.sql.exact import fits
from gateway.sql.nodes import QUERIES, by_level, copied, everything, holds
from gateway.sql.totality import may_raise

STRICT = (
    exp.Add,
    exp.Sub,
    exp.Mul,
    exp.Div,
    exp.Neg,
    exp.Paren,
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
)
"""NULL in, NULL out: a row for which the subquery finds nothing does not pass."""

AROUND = (*STRICT, exp.Alias, exp.Case, exp.Cast, exp.Coalesce, exp.If, exp.Is)
"""What reads a subquery as a value."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Pairs of an inner column and the outer one that it must equal, and what else the subquery's WHERE says."""

    pairs: tuple[tuple[exp.Column, exp.Column], ...]
    rest: tuple[exp.Expr, ...]


def decorrelate(tree: exp.Query) -> None:
    """Changes the tree."""
    count = 0
    for select in selects(tree):
        for subquery in list(_scalars(select)) if is_loose(select) else ():
            keys = _keys(subquery.this, select)
            if keys is not None:
                count += 1
                _join(subquery, select, keys, f"d{count}")


def _scalars(select: exp.Select) -> Iterator[exp.Subquery]:
    """Subqueries whose value a condition needs, or an item of a list of single rows."""
    later = parts_nodes(select, ("having", "order", "qualify"))
    single = not select.args.get("group") and not any(isinstance(node, exp.AggFunc) for node in later)
    for part in (*where(select), *(select.expressions if single else ())):
        for node in everything(part, QUERIES):
            if isinstance(node, exp.Subquery) and isinstance(node.parent, AROUND):
                yield node


def _drops_rows(subquery: exp.Subquery, outer: exp.Select) -> bool:
    """Whether an outer row does not pass a condition if the subquery is NULL."""
    node, conditions = subquery.parent, {id(one) for one in where(outer)}
    while isinstance(node, STRICT):
        if id(node) in conditions:
            return True
        node = node.parent
    return False


def _keys(inner: exp.Expr, outer: exp.Select) -> _Keys | None:
    """None: it is not one aggregate over rows that equalities alone tie to the outer row, or may raise."""
    if (
        not isinstance(inner, exp.Select)
        or {key for key, value in inner.args.items() if value} - CLAUSES
        or len(inner.expressions) != 1
    ):
        return None
    value = inner.expressions[0].unalias()
    if not is_loose(inner) or not (_is_aggregate(value) or _is_count(value)):
        return None
    own = own_names(inner)
    pairs, rest = [], []
    for condition in where(inner):
        if reads(condition) <= own:
            rest.append(condition)
        elif pair := _outwards(condition, own):
            pairs.append(pair)
        else:
            return None
    near = {item.alias for item in items(outer)}
    if not pairs or not {outside.table for _, outside in pairs} <= near or reads(value) - own:
        return None
    return None if any(may_raise(one) for one in rest) else _Keys(tuple(pairs), tuple(rest))


def _is_aggregate(value: exp.Expr) -> bool:
    """One that is NULL over no rows, and cannot raise over more of them than before."""
    found = by_level(value, exp.AggFunc)
    known = all(isinstance(one, exp.Sum | exp.Avg | exp.Min | exp.Max) for one in found)
    if not found or not known or holds(value, exp.Window, exp.Filter, exp.Query, exp.Distinct):
        return False
    inside = {id(column) for one in found for column in by_level(one, exp.Column)}
    plain = all(isinstance(one.this, exp.Column) or fits(one.this) for one in found)
    return plain and all(id(column) in inside for column in by_level(value, exp.Column))


def _is_count(value: exp.Expr) -> bool:
    plain = isinstance(value, exp.Count) and not value.expressions
    return plain and isinstance(value.this, exp.Star | exp.Column)


def _outwards(condition: exp.Expr, own: frozenset[str]) -> tuple[exp.Column, exp.Column] | None:
    pair = equality(condition)
    if pair is None or len({pair[0].table, pair[1].table} & own) != 1:
        return None
    return pair if pair[0].table in own else pair[::-1]


def _join(subquery: exp.Subquery, outer: exp.Select, keys: _Keys, name: str) -> None:
    inner = subquery.this
    columns = [copied(inside) for inside, _ in keys.pairs]
    value = inner.expressions[0].unalias()
    inner.set("expressions", [exp.alias_(column, f"k{n}", quoted=True) for n, column in enumerate(columns, 1)]
              + [exp.alias_(value, "v", quoted=True)])  # fmt: skip
    set_where(inner, keys.rest)
    inner.set("group", exp.Group(expressions=[copied(column) for column in columns]))
    inside = not _is_count(value) and _drops_rows(subquery, outer)
    subquery.replace(_value_of(_column("v", name, value), value))
    equalities: list[exp.Expr] = [
        exp.EQ(this=_column(f"k{n}", name, inside), expression=copied(outside))
        for n, (inside, outside) in enumerate(keys.pairs, 1)
    ]
    table = exp.Subquery(this=inner, alias=exp.TableAlias(this=quoted(name)))
    if inside:
        outer.append("joins", exp.Join(this=table, kind="CROSS"))
        set_where(outer, [*where(outer), *equalities])
    else:
        outer.append("joins", exp.Join(this=table, side="LEFT", on=all_of(equalities)))


def _value_of(column: exp.Column, value: exp.Expr) -> exp.Expr:
    """A count of nothing is 0, all other aggregates are NULL."""
    if not _is_count(value):
        return column
    counted = exp.Coalesce(this=column, expressions=[exp.Literal.number(0)])
    counted.type = value.type
    return counted


def _column(name: str, table: str, like: exp.Expr) -> exp.Column:
    column = exp.Column(this=quoted(name), table=quoted(table))
    column.type = like.type
    return column
