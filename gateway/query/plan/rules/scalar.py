"""Rule: a value of all rows that a condition compares with is calculated where the rows are that are compared.

Of a subquery that looks at nothing around it and adds up all its rows: it has one row, so the condition may stand where
it could stand with a constant in that place, and the source calculates the value once. Whether it does so at all may
depend on hidden rows, so that nothing in it may raise. What differs from row to row is not asked for so: PostgreSQL
would run the subquery for each (`decorrelate`); what a SELECT list shows would be sent with each row.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.barrier.raising import raises
from gateway.query.plan.blocks import (
    add_where,
    calculated,
    clauses_of,
    inner_items,
    is_loose,
    items,
    set_where,
    where,
)
from gateway.query.plan.draft import Draft, Unit, operation_of
from gateway.query.plan.rules.push import is_placed, is_pushable
from gateway.sql.literals import cast
from gateway.sql.nodes import copied, nodes_of
from gateway.sql.totality import is_truth

ALONE = {"expressions", "from_"}
SEVERAL = ("group", "having", "distinct", "limit")
HARMLESS = (exp.Sum, exp.Count, exp.Min, exp.Max, exp.Star)


def scalar(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT and its units."""
    if not draft.apart and is_loose(select):
        here = [draft.units[item.alias] for item in inner_items(select) if item.alias in draft.units]
        asking = (one for one in where(select) if not (nodes_of(one, exp.Query) and _taken(one, here, draft)))
        set_where(select, list(asking))


def _taken(condition: exp.Expr, here: list[Unit], draft: Draft) -> bool:
    for unit in here:
        plain = without_values(condition, unit, draft)
        if plain is None or unit.grouped or unit.select.args.get("limit"):
            continue
        if is_truth(plain) and is_pushable(plain, unit, draft) and is_placed(plain, unit, draft):
            add_where(unit.select, with_values(condition, unit, draft))
            return True
    return False


def without_values(condition: exp.Expr, unit: Unit, draft: Draft) -> exp.Expr | None:
    """A copy with constants in the place of values that the unit's source can calculate; None: it looks at none, or at
    something else."""
    plain = _compared(copied(condition))
    queries = list(_queries(plain)) if draft.dialect(unit) == "postgres" else []
    for query in queries:
        inner = _adding_up(query, draft)
        if inner is None or inner.site != unit.site or query is plain or _may_raise(inner, unit, draft):
            return None
        query.replace(cast(exp.Null(), inner.types[query.this.expressions[0].unalias().name]))
    return plain if queries else None


def with_values(condition: exp.Expr, unit: Unit, draft: Draft) -> exp.Expr:
    """What the unit's source is asked instead of a condition of which there is one without values. Changes the unit,
    and uses the condition up."""
    whole = _compared(condition)
    for query in list(_queries(whole)):
        inner = _adding_up(query, draft)
        assert inner is not None
        name = query.this.expressions[0].unalias().name
        inner.select.set("expressions", [exp.alias_(inner.item(name), name, quoted=True)])
        query.set("this", inner.select)
        unit.members |= inner.members
        del draft.units[inner.alias]
    return whole


def _compared(condition: exp.Expr) -> exp.Expr:
    """What `single` made a list of one value is that value again."""
    query = condition.args.get("query") if isinstance(condition, exp.In) else None
    if not isinstance(query, exp.Subquery):
        return condition
    equal = exp.EQ(this=condition.this, expression=query)
    equal.type = condition.type
    return equal


def _queries(condition: exp.Expr) -> Iterator[exp.Subquery]:
    """Of all queries, those that stand for one value."""
    for node in condition.walk(prune=lambda one: isinstance(one, exp.Query)):
        if isinstance(node, exp.Subquery):
            yield node


def _adding_up(query: exp.Subquery, draft: Draft) -> Unit | None:
    """The unit whose only row the subquery shows a column of."""
    select = query.this
    if not isinstance(select, exp.Select) or clauses_of(select) != ALONE or len(items(select)) != 1:
        return None
    inner = draft.units.get(items(select)[0].alias)
    shown = [item.unalias() for item in select.expressions]
    if inner is None or not inner.grouped or len(shown) != 1 or not isinstance(shown[0], exp.Column):
        return None
    several = operation_of(inner.select) is not None or any(inner.select.args.get(key) for key in SEVERAL)
    return None if several else inner


def _may_raise(inner: Unit, unit: Unit, draft: Draft) -> bool:
    """Where it matters: where rows of the unit are hidden."""
    if not draft.governed(unit.members):
        return False
    read = [inner.select, *(draft.leaves[alias].select for alias in inner.members)]
    return any(raises(part, HARMLESS) for select in read for part in calculated(select))
