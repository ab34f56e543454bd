"""A SELECT as the planner's rules look at it: items of FROM, conjuncts, columns by the alias of their table.

Every alias is unique in a statement that is planned (`names`), so a column's table says all.
"""

from collections.abc import Iterable, Iterator

from sqlglot import exp

from gateway.sql.nodes import copied, nodes_of

BARE = frozenset({"distinct", "group", "having", "order", "limit", "offset", "qualify", "windows", "sample"})
"""Clauses without which a SELECT shows what its FROM and WHERE let through."""
MOVABLE_JOINS = frozenset({"", "INNER", "CROSS"})


PARTLY = "partly"
"""Key in the meta of a statement of which it may be that only the first rows are read (`Request.partly`)."""


def items(select: exp.Select) -> list[exp.Expr]:
    """What stands in FROM, in order, joined or not."""
    start = select.args.get("from_")
    return ([start.this] if start is not None else []) + [join.this for join in joins(select)]


def joins(select: exp.Select) -> list[exp.Join]:
    return select.args.get("joins") or []


def clauses_of(node: exp.Expr) -> set[str]:
    """What is given of a node, by its keys."""
    return {key for key, value in node.args.items() if value}


def is_wrapped(subquery: exp.Subquery) -> bool:
    """Whether it is but parentheses around a query."""
    return clauses_of(subquery) == {"this"}


def is_left(join: exp.Join) -> bool:
    return join.side == "LEFT" and not join.kind.removeprefix("OUTER")


def is_loose(select: exp.Select) -> bool:
    """Whether only inner and left joins of ordinary items stand in FROM, so that their order means nothing, and no
    sample of their rows is taken before WHERE looks at them."""
    if select.args.get("sample"):
        return False
    for join in joins(select):
        if join.method or join.args.get("using") or isinstance(join.this, exp.Lateral | exp.Unnest):
            return False
        if not is_left(join) and (join.side or join.kind not in MOVABLE_JOINS):
            return False
    return all(
        isinstance(item, exp.Table | exp.Subquery) and not item.args.get("joins") for item in items(select)
    )


def inner_items(select: exp.Select) -> list[exp.Expr]:
    """Of a loose SELECT: the items whose rows the joins neither keep nor fill up with NULLs."""
    nullable = {id(join.this) for join in joins(select) if is_left(join)}
    return [item for item in items(select) if id(item) not in nullable]


def conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    stack = [condition] if condition is not None else []
    while stack:
        node = stack.pop().unnest()
        if isinstance(node, exp.And):
            stack += [node.right, node.left]
        else:
            yield node


def where(select: exp.Select) -> list[exp.Expr]:
    clause = select.args.get("where")
    return list(conjuncts(clause.this)) if clause is not None else []


def conditions(select: exp.Select) -> list[exp.Expr]:
    """Of WHERE and of its joins."""
    return where(select) + [one for join in joins(select) for one in conjuncts(join.args.get("on"))]


def calculated(query: exp.Expr) -> Iterator[exp.Expr]:
    """All that the SELECTs of a query calculate, one by one: conditions, what they list, and what makes their order."""
    for select in query.find_all(exp.Select):
        yield from conditions(select)
        yield from (item.unalias() for item in select.expressions)
        for clause in ("order", "having"):
            if select.args.get(clause) is not None:
                yield from (one.this for one in select.args[clause].expressions or [select.args[clause]])


def set_where(select: exp.Select, conditions: Iterable[exp.Expr]) -> None:
    listed = list(conditions)
    select.set("where", exp.Where(this=all_of(listed)) if listed else None)


def add_where(select: exp.Select, condition: exp.Expr) -> None:
    """As `set_where` with one condition more. `Select.where` would put all that were there before into parentheses, and
    those into others."""
    clause = select.args.get("where")
    select.set("where", exp.Where(this=condition if clause is None else all_of([clause.this, condition])))


def all_of(conditions: list[exp.Expr]) -> exp.Expr:
    """The conditions joined by AND, as they are: not copied."""
    result = _closed(conditions[0]) if len(conditions) > 1 else conditions[0]
    for condition in conditions[1:]:
        result = exp.And(this=result, expression=_closed(condition))
    return result


def enclosed(value: exp.Expr) -> exp.Expr:
    """A value that can stand wherever a column could. AND and OR are functions to sqlglot, as are some operators."""
    whole = isinstance(value, exp.Column | exp.Literal | exp.Case) or (
        isinstance(value, exp.Func) and not isinstance(value, exp.Binary | exp.Unary | exp.Predicate)
    )
    return value if whole else exp.Paren(this=value)


def _closed(condition: exp.Expr) -> exp.Expr:
    return exp.Paren(this=condition) if isinstance(condition, exp.Or) else condition


def tables_of(node: exp.Expr) -> frozenset[str]:
    """Aliases that the columns of an expression belong to, subqueries included."""
    return frozenset(column.table for column in nodes_of(node, exp.Column) if column.table)


def own_names(node: exp.Expr) -> frozenset[str]:
    """Aliases that stand in a FROM inside of the node."""
    found = nodes_of(node, (exp.Table, exp.Subquery, exp.Lateral, exp.Unnest, exp.Values))
    return frozenset(item.alias for item in found if item is not node and item.alias)


def reads(node: exp.Expr) -> frozenset[str]:
    """Aliases of its surroundings that an expression depends on."""
    return tables_of(node) - own_names(node)


def equality(node: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    """The two columns of different tables that a condition equates."""
    if not isinstance(node, exp.EQ):
        return None
    left, right = node.left.unnest(), node.right.unnest()
    if isinstance(left, exp.Column) and isinstance(right, exp.Column) and left.table != right.table:
        return left, right
    return None


def first_of_each(query: exp.Expr) -> exp.Expr | None:
    """By what DISTINCT ON keeps the first rows."""
    distinct = query.args.get("distinct")
    return distinct.args.get("on") if isinstance(distinct, exp.Distinct) else None


def takes_some(query: exp.Expr) -> bool:
    """Whether some of its rows are asked for, by LIMIT, OFFSET or DISTINCT ON, or by whoever reads its answer."""
    cut = any(query.args.get(key) is not None for key in ("limit", "offset")) or bool(query.meta_get(PARTLY))
    return cut or first_of_each(query) is not None


def listing(tree: exp.Expr) -> Iterator[exp.Select]:
    """The SELECTs whose lists are the answer: one, or each of those that are united, intersected or subtracted."""
    if isinstance(tree, exp.Select):
        yield tree
    elif isinstance(tree, exp.SetOperation):
        yield from listing(tree.left)
        yield from listing(tree.right)
    elif isinstance(tree, exp.Subquery):
        yield from listing(tree.this)


def selects(tree: exp.Expr) -> list[exp.Select]:
    """All of a statement's, innermost first."""
    return nodes_of(tree, exp.Select)[::-1]


def replace_item(item: exp.Expr, node: exp.Expr) -> None:
    """Put another item in the place of one of FROM, with its alias."""
    node.set("alias", copied(item.args["alias"]))
    item.replace(node)


def drop_item(select: exp.Select, item: exp.Expr) -> None:
    """Take an item out of the FROM of a loose SELECT. The first may be followed by inner items only."""
    if item.parent is select.args.get("from_"):
        first = next(join for join in joins(select) if not is_left(join))
        select.set("joins", [join for join in joins(select) if join is not first])
        select.args["from_"].set("this", first.this)
    else:
        select.set("joins", [join for join in joins(select) if join.this is not item])


def spread(item: exp.Expr, select: exp.Select, inner: exp.Select) -> None:
    """Put what stands in the FROM and WHERE of another loose SELECT in the place of an inner item. Uses `inner` up."""
    own, outer = joins(inner), joins(select)
    set_where(select, [*where(inner), *where(select)])
    if item.parent is select.args.get("from_"):
        select.set("joins", [*own, *outer])
    else:
        at = next(index for index, join in enumerate(outer) if join.this is item)
        select.set("joins", [*outer[: at + 1], *own, *outer[at + 1 :]])
    item.replace(items(inner)[0])
