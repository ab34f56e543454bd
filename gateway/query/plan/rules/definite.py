"""Rule: where some of joined rows are asked for and no order says which, or in which order, what they show decides.

Else it would be the order in which their source joins them, which it chooses by what it knows of all rows, hidden ones
too.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.barrier.arrival import AGGREGATES, NAMED, PLACES
from gateway.query.plan.barrier.macros import MACROS, write_out
from gateway.query.plan.blocks import takes_some
from gateway.query.rewrite import GovernedQuery, GovernedSelect
from gateway.sql.nodes import copied, text_of
from gateway.sql.resolve import base_tables
from gateway.sql.scopes import USE

COMPUTED = (exp.AggFunc, exp.Window, exp.Explode, exp.Unnest, exp.Lambda, exp.Query)


def definite(query: GovernedQuery) -> None:
    """Changes the tree, if something is hidden."""
    if not any(relation.barrier for relation in query.relations.values()) or not _joins(query):
        return
    if any(_tables(relation) > 1 for relation in query.relations.values()):
        _order_what_is_looked_at(query.tree)
    for asked in query.tree.find_all(exp.Select, exp.SetOperation):
        if asked.args.get("order") is None and takes_some(asked) and not isinstance(asked.parent, exp.Exists):
            ordered = [exp.Ordered(this=value) for value in _deciding(asked)]
            asked.set("order", exp.Order(expressions=ordered) if ordered else None)


def _order_what_is_looked_at(tree: exp.Query) -> None:
    """By aggregates and windows: the rows of a relation that joins in its own SQL come as its source joins them."""
    write_out(tree, MACROS)
    for node in tree.find_all(*AGGREGATES):
        if not isinstance(node, exp.Mode):
            _order_aggregate(node)
    for named in tree.find_all(exp.Anonymous):
        if named.name.lower() in NAMED:
            _order_by_values(named)
    for window in tree.find_all(exp.Window):
        select = window.find_ancestor(exp.Select)
        if isinstance(window.this, PLACES) and select is not None and select.args.get("group") is None:
            order = window.args.get("order") or exp.Order(expressions=[])
            columns = {text_of(column): column for column in select.find_all(exp.Column) if column.table}
            order.set(
                "expressions", [*order.expressions, *(exp.Ordered(this=copied(c)) for c in columns.values())]
            )
            window.set("order", order if order.expressions else None)


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


def _joins(query: GovernedQuery) -> bool:
    """Whether one SELECT, with all that is inside of it, reads several tables."""
    return any(_read(select, query) > 1 for select in query.tree.find_all(exp.Select))


def _read(select: exp.Select, query: GovernedQuery) -> int:
    used = (table for table in select.find_all(exp.Table) if USE in table.meta)
    return sum(_tables(query.relations[table.meta[USE]]) for table in used)


def _tables(select: GovernedSelect) -> int:
    tables = base_tables(select.select)
    return sum(1 if table.catalog else _tables(select.inputs[table.db, table.name]) for table in tables)


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
