"""What stands behind a unit's leaves, written out in the place of their names."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.query.plan.barrier.leaves import NOTHING, Leaf
from gateway.query.plan.barrier.reader import EngineReader
from gateway.query.plan.blocks import enclosed, set_where, where
from gateway.query.plan.draft import Draft
from gateway.query.rewrite import SELF
from gateway.sql.dialect import quoted
from gateway.sql.literals import shared_type
from gateway.sql.nodes import by_level, copied, nodes_of


def expand(select: exp.Select, draft: Draft, reader: EngineReader | None) -> None:
    """Put what they stand for in the place of leaves. `reader`: the engine reads them. Changes the SELECT."""
    tables = [table for table in by_level(select, exp.Table) if table.alias in draft.leaves]
    called = _aliases([draft.leaves[table.alias] for table in tables])
    used = _used(select)
    for table in tables:
        leaf = draft.leaves[table.alias]
        if reader is not None:
            _put_item(table, reader.item(leaf.select, leaf.governed, leaf.kept))
        elif leaf.keyed:
            _put_keyed(table, leaf)
        elif leaf.ordered:
            _put_ordered(table, leaf)
        elif leaf.plain and not leaf.fenced and not (_is_nullable(table) and where(leaf.select)):
            _put_table(table, leaf)
        else:
            _put_item(table, _subquery(leaf, used.get(leaf.alias, ())))
    _write_values(select, draft, {table.alias for table in tables}, reader)
    _rename(select, called)


def _used(select: exp.Select) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for column in nodes_of(select, exp.Column):
        found.setdefault(column.table, {})[column.name] = None
    return {alias: tuple(names) for alias, names in found.items()}


def _is_nullable(table: exp.Table) -> bool:
    return isinstance(table.parent, exp.Join) and table.parent.side == "LEFT"


def _put_item(table: exp.Table, node: exp.Expr) -> None:
    node.set("alias", copied(table.args["alias"]))
    node.meta["leaf"] = True
    table.replace(node)


def _put_table(table: exp.Table, leaf: Leaf) -> None:
    """The source's own table, the leaf's filters beside the conditions of the SELECT around it."""
    around = table.find_ancestor(exp.Select)
    assert around is not None
    set_where(
        around, [*where(around), *_filters(leaf)]
    )  # what a consumer asks mostly leaves out more than a filter
    table.replace(_source(table, leaf))


def _put_keyed(table: exp.Table, leaf: Leaf) -> None:
    """Of rows that all conditions of the SELECT around it let through, its keys among them; the leaf's filters take
    their place."""
    around = table.find_ancestor(exp.Select)
    assert around is not None
    _put_item(table, _fenced(table, leaf, where(around)))
    set_where(around, _filters(leaf))


def _put_ordered(table: exp.Table, leaf: Leaf) -> None:
    """Of rows that all conditions and filters let through, in the order of what the SELECT around it groups by."""
    around = table.find_ancestor(exp.Select)
    assert around is not None
    key = leaf.value(around.args["group"].expressions[0].name)
    inner = _fenced(table, leaf, [*where(around), *_filters(leaf)])
    inner.this.set("order", exp.Order(expressions=[exp.Ordered(this=_own_column(key.name, leaf.alias))]))
    _put_item(table, inner)
    set_where(around, [])


def _fenced(table: exp.Table, leaf: Leaf, conditions: list[exp.Expr]) -> exp.Subquery:
    """The source's own columns, behind a fence."""
    names = dict.fromkeys(column.name for column in by_level(leaf.select, exp.Column))
    inner = exp.Select(expressions=[_own_column(name, leaf.alias) for name in names])
    inner.set("from_", exp.From(this=_source(table, leaf)))
    set_where(inner, conditions)
    inner.set("offset", exp.Offset(expression=exp.Literal.number("0")))
    return exp.Subquery(this=inner)


def _filters(leaf: Leaf) -> list[exp.Expr]:
    return [_called(copied(condition), leaf.alias) for condition in where(leaf.select)]


def _source(table: exp.Table, leaf: Leaf) -> exp.Table:
    assert leaf.table is not None
    new = copied(leaf.table)
    new.set("alias", copied(table.args["alias"]))
    new.meta["plain"] = leaf.alias
    return new


def _own_column(name: str, alias: str) -> exp.Column:
    column = exp.Column(this=quoted(name), table=quoted(alias))
    column.meta["source"] = True
    return column


def _called(node: exp.Expr, alias: str) -> exp.Expr:
    for column in nodes_of(node, exp.Column):
        if column.table == SELF:
            column.set("table", quoted(alias))
            column.meta["source"] = True
    return node


def _subquery(leaf: Leaf, used: tuple[str, ...]) -> exp.Subquery:
    """The relation as it is, with the columns that are used, behind a fence if one is asked for."""
    select = leaf.select
    kept = [item for item in select.expressions if item.alias_or_name in used]
    select.set("expressions", kept or [exp.alias_(exp.Literal.number("1"), NOTHING, quoted=True)])
    if leaf.fenced:
        select.set("offset", exp.Offset(expression=exp.Literal.number("0")))
    return exp.Subquery(this=select)


def _write_values(select: exp.Select, draft: Draft, aliases: set[str], reader: EngineReader | None) -> None:
    """Columns of a leaf whose table stands in FROM itself become what the leaf shows for them."""
    if reader is not None:
        return
    found = nodes_of(select, (exp.Table, exp.Column))
    plain = aliases & {table.meta_get("plain") for table in found if isinstance(table, exp.Table)}
    for column in found:
        if isinstance(column, exp.Column) and column.table in plain and not column.meta_get("source"):
            value = _called(copied(draft.leaves[column.table].value(column.name)), column.table)
            value = enclosed(value)
            if value.type is None:
                value.type = column.type or shared_type(draft.leaves[column.table].types[column.name])
            column.replace(value)


def _aliases(leaves: list[Leaf]) -> Mapping[str, str]:
    """Leaf -> the relation's name, as far as it is free: what a domain team reads in its log should speak."""
    names: dict[str, str] = {}
    for leaf in leaves:
        name = base = leaf.governed.relation.split(".")[1]
        count = 1
        while name in names.values():
            count += 1
            name = f"{base}_{count}"
        names[leaf.alias] = name
    return names


def _rename(select: exp.Select, called: Mapping[str, str]) -> None:
    for node in nodes_of(select, (exp.Table, exp.Subquery, exp.Column)):
        if isinstance(node, exp.Column):
            if node.table in called:
                node.set("table", quoted(called[node.table]))
        elif node.alias in called:
            node.args["alias"].set("this", quoted(called[node.alias]))
