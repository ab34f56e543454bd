"""Rule: where some rows are asked for and no order says which, or in which order, what they show decides.

Else it would be the order in which their source, or the engine, joins or groups them, or which index it takes: it
chooses by what it knows of all rows, hidden ones too. Rows of one table alone may come as they are stored: whoever
reads them has its source see to that (`Scan.as_stored`).
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.barrier.arrival import AGGREGATES, NAMED
from gateway.query.plan.barrier.macros import MACROS, write_out
from gateway.query.plan.blocks import takes_some
from gateway.query.plan.rules.peers import peers
from gateway.query.plan.sources import Tables
from gateway.query.plan.stored import Stored
from gateway.query.rewrite import GovernedQuery
from gateway.sql.names.scopes import cte_of
from gateway.sql.nodes import copied, text_of

COMPUTED = (exp.AggFunc, exp.Window, exp.Explode, exp.Unnest, exp.Lambda, exp.Query)


def definite(query: GovernedQuery, tables: Tables) -> bool:
    """Changes the tree, if something is hidden. Whether rows are taken as they are stored."""
    if not any(relation.barrier for relation in query.relations.values()):
        return False
    stored, as_stored = Stored(query.relations, tables), False
    _order_aggregates(query.tree)
    peers(query.tree)
    for asked in query.tree.find_all(exp.Select, exp.SetOperation):
        if asked.args.get("order") is None and takes_some(asked) and not isinstance(asked.parent, exp.Exists):
            if stored.holds(asked):
                as_stored = True
            else:
                ordered = [exp.Ordered(this=value) for value in _deciding(asked)]
                asked.set("order", exp.Order(expressions=ordered) if ordered else None)
    return as_stored


def _order_aggregates(tree: exp.Query) -> None:
    """Those that tell which value came first; not where the rows that they look at have got an order."""
    write_out(tree, MACROS)
    for node in tree.find_all(*AGGREGATES):
        if not isinstance(node, exp.Mode) and not _has_order(node):
            _order_aggregate(node)
    for named in tree.find_all(exp.Anonymous):
        if named.name.lower() in NAMED and not _has_order(named):
            _order_by_values(named)


def _has_order(node: exp.Expr) -> bool:
    """`array_agg(x) FROM (SELECT ... ORDER BY ...)`, as people write it for PostgreSQL."""
    select = node.find_ancestor(exp.Select)
    start = select.args.get("from_") if select is not None and not select.args.get("joins") else None
    source = start.this if start is not None else None
    if isinstance(source, exp.Table):
        source = cte_of(source)
    return source is not None and isinstance(source.this, exp.Query) and bool(source.this.args.get("order"))


def _order_by_values(node: exp.Anonymous) -> None:
    *others, last = node.expressions
    order = last if isinstance(last, exp.Order) else exp.Order(this=last)
    values = [exp.Ordered(this=copied(one)) for one in (*others, order.this)]
    order.set("expressions", [*order.expressions, *values])
    node.set("expressions", [*others, order])


def _order_aggregate(node: exp.Expr) -> None:
    """By its values, after what it is ordered by."""
    last = next(key for key in ("count", "quantile", "expression", "this") if node.args.get(key) is not None)
    given = node.args[last]
    order = given if isinstance(given, exp.Order) else exp.Order(this=given)
    value = order.this if last == "this" else node.this
    values = value.expressions if isinstance(value, exp.Distinct) else [value]
    order.set("expressions", [*order.expressions, *(exp.Ordered(this=copied(one)) for one in values)])
    node.set(last, order)


def _deciding(query: exp.Query) -> Iterator[exp.Expr]:
    """The columns that its items are made of; numbers of items where there are none of a row."""
    if not isinstance(query, exp.Select) or any(query.args.get(key) for key in ("group", "distinct")):
        yield from (exp.Literal.number(number + 1) for number in range(len(query.selects)))
        return
    columns: dict[str, exp.Expr] = {}
    for number, item in enumerate(query.selects, start=1):
        own = list(item.find_all(exp.Column))
        if item.find(*COMPUTED) or not all(column.table for column in own):
            columns[str(number)] = exp.Literal.number(number)
        else:
            columns.update({text_of(column): copied(column) for column in own})
    yield from columns.values()
