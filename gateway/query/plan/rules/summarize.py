"""Rule: a block that reads one unit only is grouped and made distinct where the unit is.

The engine keeps what the source does not understand (the quotient of a sum and a count).
"""

from collections.abc import Sequence

from sqlglot import exp

from gateway.query.plan.blocks import all_of, conjuncts, items, joins, set_where, tables_of, where
from gateway.query.plan.costs import is_worth_adding_up
from gateway.query.plan.draft import Draft, Unit, inner_name
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.push import is_pushable
from gateway.query.plan.rules.scalar import with_values, without_values
from gateway.query.plan.summing import (
    Outputs,
    aggregates_of,
    keys_of,
    parts,
    parts_nodes,
    replaced,
    type_of,
)
from gateway.sql.dialect import quoted
from gateway.sql.nodes import by_level, copied, holds, text_of
from gateway.sql.remote import is_plain_aggregate, not_pushable
from gateway.sql.totality import is_truth, may_raise

AFTER_GROUPING = ("having", "order", "qualify")
LATER = ("qualify", "windows", "sample")
"""Clauses that see whole groups, but come before DISTINCT, ORDER BY and LIMIT."""


def summarize(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT and its unit."""
    unit = _only_unit(select, draft)
    if unit is None or draft.dialect(unit) != "postgres" or where(select) or unit.select.args.get("limit"):
        return
    if select.args.get("group") or any(isinstance(node, exp.AggFunc) for node in parts_nodes(select, ())):
        _group(select, unit, draft)
    elif select.args.get("distinct") and not unit.grouped:
        _make_distinct(select, unit, draft)


def _only_unit(select: exp.Select, draft: Draft) -> Unit | None:
    found = items(select)
    alone = len(found) == 1 and not joins(select) and not select.args.get("sample")
    return draft.units.get(found[0].alias) if alone else None


# --- GROUP BY ----------------------------------------------------------------------------------------------


def _group(select: exp.Select, unit: Unit, draft: Draft) -> None:
    aggregates, keys = aggregates_of(select), keys_of(select)
    if aggregates is None or keys is None or not all(_is_askable(one, unit, draft) for one in aggregates):
        return
    if not all(is_known(key, unit, draft) and type_of(key, draft) for key in keys):
        return
    estimator = Estimator(draft)
    in_order = estimator.are_in_order(unit, keys)
    if keys and not is_worth_adding_up(unit, aggregates, keys, estimator, in_order=in_order):
        return
    attempt = copied(select)
    grouped = Unit(unit.alias, unit.site, unit.source, unit.members, _base(unit))
    outputs = Outputs(grouped, draft)
    having = _having(attempt, unit, draft)
    texts = {text_of(key) for key in keys}
    for key in keys:
        outputs.column(key)
    own = {id(node) for node in parts_nodes(attempt, AFTER_GROUPING)}
    for part in parts(attempt, AFTER_GROUPING):
        replaced(part, lambda node: (_outside if id(node) in own else _key)(node, texts, outputs))
    if _raw_columns(attempt, unit) or not outputs.items:
        return
    fence(keys, draft)
    outputs.settle()
    _take_over(select, attempt)
    again = unit.grouped
    unit.select, unit.types = grouped.select, grouped.types
    unit.select.set("group", exp.Group(expressions=[copied(key) for key in keys]) if keys else None)
    asked = [with_values(one, unit, draft) for one in having]
    unit.select.set("having", exp.Having(this=all_of(asked)) if asked else None)
    if again:
        _name_inner(unit)


def _base(unit: Unit) -> exp.Select:
    """A SELECT without items: the unit's, or one over what the unit shows already."""
    if not unit.grouped:
        return copied(unit.select)
    inner = exp.Subquery(this=copied(unit.select), alias=exp.TableAlias(this=quoted(unit.alias)))
    return exp.Select(from_=exp.From(this=inner))


def _name_inner(unit: Unit) -> None:
    """What the unit showed before gets a name of its own, as everything in FROM has one."""
    inner = unit.select.args["from_"].this
    name = inner_name(unit.alias, inner.this)
    for clause in ("expressions", "group", "having"):
        given = unit.select.args.get(clause)
        for part in given if isinstance(given, list) else [given] if given else []:
            for column in by_level(part, exp.Column):
                if column.table == unit.alias:
                    column.set("table", quoted(name))
    inner.set("alias", exp.TableAlias(this=quoted(name)))


def _is_askable(node: exp.AggFunc, unit: Unit, draft: Draft) -> bool:
    return is_plain_aggregate(node) and is_known(node.this, unit, draft)


def is_known(node: exp.Expr, unit: Unit, draft: Draft) -> bool:
    """Whether the site understands an expression over what the unit reads or, grouped, shows. A subquery's rows would
    have to be taken along."""
    if holds(node, exp.Query):
        return False
    if not unit.grouped:
        return is_pushable(node, unit, draft)
    own = all(
        column.table == unit.alias and column.name in unit.types for column in by_level(node, exp.Column)
    )
    return own and not_pushable(node, draft.dialect(unit)) is None


def _having(attempt: exp.Select, unit: Unit, draft: Draft) -> list[exp.Expr]:
    """Conditions on aggregates that the source may be asked; they leave the block. Those without an aggregate stay:
    PostgreSQL would move them into the scan."""
    clause = attempt.args.get("having")
    if clause is None:
        return []
    conditions = list(conjuncts(clause.this))
    summed = [one for one in conditions if holds(one, exp.AggFunc)]
    plain = [without_values(one, unit, draft) or one for one in summed]
    pairs = zip(summed, plain, strict=True)
    taken = [one for one, known in pairs if is_truth(known) and is_known(known, unit, draft)]
    left = [one for one in conditions if not any(one is other for other in taken)]
    attempt.set("having", exp.Having(this=all_of(left)) if left else None)
    return taken


def _outside(node: exp.Expr, keys: set[str], outputs: Outputs) -> exp.Expr | None:
    """What stands for a key or an aggregate outside of the unit."""
    if isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window):
        return outputs.column(node)
    return _key(node, keys, outputs)


def _key(node: exp.Expr, keys: set[str], outputs: Outputs) -> exp.Expr | None:
    """What stands for a key: also in a subquery, whose aggregates are its own."""
    known = not isinstance(node, exp.Alias | exp.Literal | exp.Query) and text_of(node) in keys
    return outputs.column(node) if known else None


def _raw_columns(attempt: exp.Select, unit: Unit) -> bool:
    """Whether the block still asks for a single row's value."""
    if any(tables_of(part) & unit.members for part in parts(attempt, AFTER_GROUPING)):
        return True
    nodes = parts_nodes(attempt, AFTER_GROUPING)
    return any(isinstance(node, exp.AggFunc) and not isinstance(node.parent, exp.Window) for node in nodes)


def fence(keys: Sequence[exp.Expr], draft: Draft) -> None:
    """Grouping by what may raise waits for the filters of governed leaves."""
    for key in keys:
        if may_raise(key) is not None:
            for alias in draft.leaves_of(tables_of(key)):
                if draft.leaves[alias].governed.barrier:
                    draft.leaves[alias].fenced = True


def _take_over(select: exp.Select, attempt: exp.Select) -> None:
    """The block as it is over grouped rows: what was HAVING is WHERE."""
    having = attempt.args.get("having")
    for key in ("expressions", "order", "qualify"):
        select.set(key, attempt.args.get(key))
    select.set("having", None)
    select.set("group", None)
    set_where(select, conjuncts(having.this) if having is not None else [])


# --- DISTINCT -----------------------------------------------------------------------------


def _make_distinct(select: exp.Select, unit: Unit, draft: Draft) -> None:
    values = [item.unalias() for item in select.expressions]
    if select.args["distinct"].args.get("on") or any(select.args.get(key) for key in LATER):
        return
    if not all(
        is_known(value, unit, draft) and holds(value, exp.Column) and type_of(value, draft)
        for value in values
    ):
        return
    outputs = Outputs(unit, draft)
    fence(values, draft)
    for value in values:
        column = outputs.column(value)
        assert column is not None
        value.replace(column)
    order = select.args.get("order")
    if order is not None and tables_of(order) & unit.members:
        replaced(
            order, lambda node: outputs.column(node) if isinstance(node, exp.Column) and node.table else None
        )
    outputs.settle()
    unit.select.set("distinct", exp.Distinct())
