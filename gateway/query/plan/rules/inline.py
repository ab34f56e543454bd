"""Rule: subqueries in FROM, and CTEs that are read once, become part of the SELECT that reads them.

What is one block can be cut into fragments along its joins; what is two blocks can be cut between them only.
"""

from collections import Counter
from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.blocks import (
    BARE,
    enclosed,
    inner_items,
    is_loose,
    items,
    selects,
    spread,
)
from gateway.sql.nodes import by_level, copied, holds, nodes_of

CLAUSES = {"expressions", "from_", "joins", "where"}


def inline(tree: exp.Query) -> None:
    """Changes the tree."""
    _inline_ctes(tree)
    for select in selects(tree):
        merge(select, tree)


def merge(select: exp.Select, tree: exp.Query) -> None:
    """Take in the subqueries of one FROM that only pick, rename, calculate and filter."""
    if is_loose(select):
        for item in inner_items(select):
            if isinstance(item, exp.Subquery) and _is_mergeable(item) and item.alias not in _rows(tree):
                _merge(item, select, tree)


def _rows(tree: exp.Query) -> set[str]:
    """Items of FROM that are looked at as a whole."""
    return {row.name for row in nodes_of(tree, exp.TableColumn)}


# --- CTEs --------------------------------------------------------------------------------------------------


def _inline_ctes(tree: exp.Query) -> None:
    clauses = nodes_of(tree, exp.With)
    if not clauses:
        return
    names = Counter(cte.alias.lower() for cte in nodes_of(tree, exp.CTE))
    reads: dict[str, list[exp.Table]] = {}
    for table in nodes_of(tree, exp.Table):
        if isinstance(table.this, exp.Identifier) and not table.db:
            reads.setdefault(table.name.lower(), []).append(table)
    for clause in clauses:
        if not clause.args.get("recursive"):
            for cte in list(clause.expressions):
                name = cte.alias.lower()
                if names[name] == 1 and len(reads.get(name, ())) == 1 and _is_free(cte):
                    _put(cte, reads[name][0], clause)


def _is_free(cte: exp.CTE) -> bool:
    return cte.args.get("materialized") is None and not cte.args["alias"].args.get("columns")


def _put(cte: exp.CTE, table: exp.Table, clause: exp.With) -> None:
    body = exp.Subquery(this=cte.this, alias=copied(table.args["alias"]))
    for key in ("joins", "laterals", "sample"):
        if table.args.get(key):
            body.set(key, table.args[key])
    table.replace(body)
    cte.pop()
    if not clause.expressions:
        clause.pop()


# --- subqueries in FROM ------------------------------------------------------------------------------------


def _is_mergeable(item: exp.Subquery) -> bool:
    select = item.this
    if not isinstance(select, exp.Select) or {key for key, value in select.args.items() if value} - CLAUSES:
        return False
    if (
        item.args["alias"].args.get("columns")
        or any(item.args.get(key) for key in BARE)
        or not is_loose(select)
    ):
        return False
    return bool(items(select)) and all(_is_simple(value.unalias()) for value in select.expressions)


def _is_simple(value: exp.Expr) -> bool:
    """Of each row by itself. A constant would become a position where the outer SELECT groups or orders by it."""
    if holds(value, exp.AggFunc, exp.Window, exp.Explode, exp.Unnest, exp.Query):
        return False
    return holds(value, exp.Column)


def _merge(item: exp.Subquery, select: exp.Select, tree: exp.Query) -> None:
    inner = item.this
    values = {value.alias_or_name: value.unalias() for value in inner.expressions}
    for column in _columns_of(item.alias, tree):
        _substitute(column, values[column.name])
    spread(item, select, inner)


def _columns_of(alias: str, tree: exp.Query) -> Iterator[exp.Column]:
    return (column for column in by_level(tree, exp.Column) if column.table == alias)


def _substitute(column: exp.Column, value: exp.Expr) -> None:
    new = copied(value)
    if isinstance(column.parent, exp.Select):  # an item of the list, which keeps its name
        new = exp.alias_(new, column.name, quoted=True)
    elif not isinstance(column.parent, exp.Alias):
        new = enclosed(new)
    column.replace(new)
