"""Rule: of rows that only have to exist, the source sends each key once."""

from sqlglot import exp

from gateway.query.plan.barrier.leaves import ENGINE
from gateway.query.plan.blocks import BARE, is_loose, items
from gateway.query.plan.costs import is_worth_adding_up
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.push import is_pushable
from gateway.query.plan.summing import Outputs, type_of
from gateway.sql.nodes import by_level, holds


def semijoin(draft: Draft) -> None:
    """Changes the tree and the units."""
    for node in by_level(draft.tree, (exp.Exists, exp.In)):
        query = node.this if isinstance(node, exp.Exists) else node.args.get("query")
        select = query.this if isinstance(query, exp.Subquery) else query
        if (
            isinstance(select, exp.Select)
            and is_loose(select)
            and not any(select.args.get(key) for key in BARE)
            and not any(holds(item, exp.AggFunc, exp.Window) for item in select.expressions)
        ):
            found = items(select)
            unit = draft.units.get(found[0].alias) if len(found) == 1 else None
            if unit is not None and unit.site != ENGINE and not unit.grouped:
                _each_once(select, unit, draft)


def _each_once(select: exp.Select, unit: Unit, draft: Draft) -> None:
    columns = [column for column in by_level(draft.tree, exp.Column) if column.table in unit.members]
    inside = {id(column) for column in by_level(select, exp.Column)}
    if not columns or not all(
        id(column) in inside and is_pushable(column, unit, draft) and type_of(column, draft)
        for column in columns
    ):
        return
    estimator = Estimator(draft)
    if not is_worth_adding_up(unit, [], columns, estimator):
        return
    outputs = Outputs(unit, draft)
    for column in columns:
        new = outputs.column(column)
        assert new is not None
        column.replace(new)
    outputs.settle()
    unit.select.set("distinct", exp.Distinct())
