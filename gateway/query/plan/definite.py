"""Rule: where some of joined rows are asked for and no order says which, what they show decides.

Else it would be the order in which their source joins them, which it chooses by what it knows of all rows, hidden ones
too.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.rewrite import GovernedQuery, GovernedSelect
from gateway.sql.nodes import copied, text_of
from gateway.sql.resolve import base_tables
from gateway.sql.scopes import USE

COMPUTED = (exp.AggFunc, exp.Window, exp.Explode, exp.Unnest, exp.Lambda, exp.Query)


def definite(query: GovernedQuery) -> None:
    """Changes the tree, if something is hidden."""
    if not any(relation.barrier for relation in query.relations.values()) or not _joins(query):
        return
    for asked in query.tree.find_all(exp.Select, exp.SetOperation):
        if (
            asked.args.get("order") is None
            and _takes_some(asked)
            and not isinstance(asked.parent, exp.Exists)
        ):
            ordered = [exp.Ordered(this=value) for value in _deciding(asked)]
            asked.set("order", exp.Order(expressions=ordered) if ordered else None)


def _joins(query: GovernedQuery) -> bool:
    """Whether one SELECT, with all that is inside of it, reads several tables."""
    return any(_read(select, query) > 1 for select in query.tree.find_all(exp.Select))


def _read(select: exp.Select, query: GovernedQuery) -> int:
    used = (table for table in select.find_all(exp.Table) if USE in table.meta)
    return sum(_tables(query.relations[table.meta[USE]]) for table in used)


def _tables(select: GovernedSelect) -> int:
    tables = base_tables(select.select)
    return sum(1 if table.catalog else _tables(select.inputs[table.db, table.name]) for table in tables)


def _takes_some(query: exp.Query) -> bool:
    distinct = query.args.get("distinct")
    first_of_each = isinstance(distinct, exp.Distinct) and distinct.args.get("on") is not None
    return first_of_each or any(query.args.get(key) is not None for key in ("limit", "offset"))


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
