"""Rule: of the branches of UNION ALL each gives as many of its first rows as the whole can need."""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.blocks import clauses_of, is_wrapped
from gateway.query.plan.rules.cutoff import rows_needed
from gateway.sql.totality import T

PLAIN = {"expressions", "from_", "joins", "where", "group", "having", "distinct"}
"""Clauses of a branch, and of no branch that is ordered or cut off by itself."""
UNITED = {"this", "expression"}
WHOLE = frozenset({T.SMALLINT, T.INT, T.BIGINT})
"""Of whatever width, they are ordered alike."""

Order = list[tuple[int, exp.Ordered]]
"""Output columns by number, and how they are ordered."""


def branches(tree: exp.Query) -> None:
    """Changes the tree."""
    for union in list(tree.find_all(exp.Union)):
        count = None if union.find_ancestor(exp.With) else rows_needed(union)
        if count is None or clauses_of(union) - UNITED - {"order", "limit", "offset"}:
            continue
        found = [*_branches(union.left), *_branches(union.right)]
        selects = [one for one in found if isinstance(one, exp.Select) and not clauses_of(one) - PLAIN]
        order = _order(union, selects) if len(selects) == len(found) else None
        for select in selects if order is not None else ():
            _cut_off(select, order or [], count)


def _branches(side: exp.Expr) -> Iterator[exp.Expr]:
    node = side.this if isinstance(side, exp.Subquery) and is_wrapped(side) else side
    if isinstance(node, exp.Union) and clauses_of(node) == UNITED:
        yield from _branches(node.left)
        yield from _branches(node.right)
    else:
        yield node


def _order(union: exp.Union, selects: list[exp.Select]) -> Order | None:
    """Empty: any rows will do. None: it is not by columns that are of one type in all branches."""
    clause = union.args.get("order")
    names = [item.alias_or_name for item in selects[0].expressions]
    found = []
    for ordered in clause.expressions if clause is not None else ():
        column = ordered.this
        if not isinstance(column, exp.Column) or column.table or column.name not in names:
            return None
        position = names.index(column.name)
        if not _is_alike(position, selects):
            return None
        found.append((position, ordered))
    return found


def _is_alike(position: int, selects: list[exp.Select]) -> bool:
    """Whether the column is ordered alike, and has its name for itself, in each branch."""
    kinds = [select.expressions[position].type for select in selects]
    whole = all(kind is not None and kind.this in WHOLE for kind in kinds)
    listed = [[item.alias_or_name for item in select.expressions] for select in selects]
    alone = all(names.count(names[position]) == 1 for names in listed)
    return alone and (whole or (kinds[0] is not None and all(kind == kinds[0] for kind in kinds)))


def _cut_off(select: exp.Select, order: Order, count: int) -> None:
    ordered = []
    for position, like in order:
        item = select.expressions[position]
        column = exp.column(item.alias_or_name, quoted=True)
        column.type = item.type
        directions = {key: like.args.get(key) for key in ("desc", "nulls_first")}
        ordered.append(exp.Ordered(this=column, **directions))
    if not isinstance(select.parent, exp.Subquery):
        around = exp.Subquery()
        select.replace(around)
        around.set("this", select)
    select.set("order", exp.Order(expressions=ordered) if ordered else None)
    select.set("limit", exp.Limit(expression=exp.Literal.number(count)))
