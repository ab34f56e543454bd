"""Joins in brackets, `a LEFT JOIN (b JOIN c ON ...) ON ...`, as the subqueries that they are."""

from collections.abc import Iterator

from sqlglot import exp

from gateway.sql.dialect import quoted
from gateway.sql.names.scopes import Scopes
from gateway.sql.nodes import Nodes

JOINED = "joined"
NOTHING = "nothing"


def name_brackets(nodes: Nodes) -> None:
    """`(a JOIN b ON ...) AS x` is `(SELECT * FROM a JOIN b ON ...) AS x`. Changes the tree."""
    for bracket in filter(_is_bracket, nodes.of(exp.Subquery)):
        if bracket.alias:
            first, joins = _taken(bracket)
            bracket.set("this", exp.Select(expressions=[exp.Star()], from_=exp.From(this=first), joins=joins))


def open_brackets(tree: exp.Expr) -> bool:
    """Put a SELECT in the place of each join in brackets, with what the rest of its query uses of it; of a table alone
    the brackets go. Columns are qualified. Whether the tree was changed."""
    found = list(filter(_is_bracket, tree.find_all(exp.Subquery)))
    taken = {alias.name for alias in tree.find_all(exp.TableAlias)} if found else set()
    for bracket in reversed(found):  # those within others first
        used = list(_used(tree, bracket))
        first, joins = _taken(bracket)
        if joins:
            bracket.replace(_selected(first, joins, used, _fresh(taken)))
        else:
            bracket.replace(first)
    return bool(found)


def _is_bracket(node: exp.Subquery) -> bool:
    inside = node.this
    return isinstance(inside, exp.Table) or (isinstance(inside, exp.Subquery) and _is_item(inside))


def _is_item(node: exp.Subquery) -> bool:
    """Whether it is joined to something: a query in two pairs of brackets is no join."""
    return bool(node.args.get("joins")) or bool(node.alias) or _is_bracket(node)


def _taken(bracket: exp.Subquery) -> tuple[exp.Expr, list[exp.Join]]:
    """What stands first in the brackets, and what is joined to it there."""
    joins: list[exp.Join] = []
    for item in (bracket.this, bracket):
        joins += item.args.get("joins") or []
        item.set("joins", None)
    return bracket.this, joins


def _used(tree: exp.Expr, bracket: exp.Subquery) -> Iterator[exp.Column]:
    """Columns of what the brackets hold, in the rest of the statement."""
    inside = {id(node) for node in bracket.walk()}
    scopes = Scopes()
    for column in tree.find_all(exp.Column):
        if id(column) not in inside and id(scopes.source(column)) in inside:
            yield column


def _fresh(taken: set[str]) -> str:
    name, number = JOINED, 1
    while name in taken:
        name, number = f"{JOINED}_{number}", number + 1
    taken.add(name)
    return name


def _selected(first: exp.Expr, joins: list[exp.Join], used: list[exp.Column], alias: str) -> exp.Subquery:
    """`used` become columns of it."""
    names: dict[tuple[str, str], str] = {}
    for column in used:
        key = (column.table, column.name)
        if key not in names:
            names[key] = f"{column.name}_{len(names)}" if column.name in names.values() else column.name
        column.set("table", quoted(alias))
        column.set("this", quoted(names[key]))
    items = [
        exp.alias_(exp.Column(this=quoted(name), table=quoted(table)), shown, quoted=True)
        for (table, name), shown in names.items()
    ]
    items = items or [exp.alias_(exp.Literal.number("1"), NOTHING, quoted=True)]
    select = exp.Select(expressions=items, from_=exp.From(this=first), joins=joins)
    return exp.Subquery(this=select, alias=exp.TableAlias(this=quoted(alias)))
