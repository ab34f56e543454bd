"""Rule: what a block adds up of one unit's rows, the unit's source adds up per join key, before the rows are joined.

Every row that is joined to one of the rows that were added up is joined to all of them: they agree in all columns
that anything else of the statement looks at. So sums are sums of the parts' sums, and counts sums of counts. A row of
NULLs, which a LEFT JOIN fills up with, has no parts: of the unit to the right only its own columns are added up.
"""

from sqlglot import exp

from gateway.query.plan.blocks import inner_items, is_loose, items, tables_of
from gateway.query.plan.costs import is_worth_adding_up
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.rules.push import is_pushable
from gateway.query.plan.rules.summarize import is_known
from gateway.query.plan.summing import (
    Outputs,
    aggregates_of,
    keys_of,
    parts,
    type_of,
)
from gateway.sql.exact import is_whole, scale_of
from gateway.sql.literals import cast, shared_type
from gateway.sql.nodes import by_level, copied, text_of
from gateway.sql.remote import is_plain_aggregate
from gateway.sql.totality import may_raise


def preaggregate(select: exp.Select, draft: Draft) -> None:
    """Changes the SELECT and one of its units."""
    aggregates = aggregates_of(select) if is_loose(select) and len(items(select)) > 1 else None
    if not aggregates or keys_of(select) is None:
        return
    estimator = Estimator(draft)
    units = [draft.units[item.alias] for item in items(select) if item.alias in draft.units]
    able = [unit for unit in units if not unit.grouped and draft.dialect(unit) == "postgres"]
    inner = {item.alias for item in inner_items(select)}
    for unit in sorted(able, key=estimator.unit_rows, reverse=True):
        if _add_up(select, unit, draft, estimator, filled_up=unit.alias not in inner):
            return


def _add_up(select: exp.Select, unit: Unit, draft: Draft, estimator: Estimator, *, filled_up: bool) -> bool:
    outputs = Outputs(unit, draft)
    taken_apart = _Parts(unit, draft, outputs, filled_up=filled_up)
    aggregates, wholes = aggregates_of(select) or [], []
    for aggregate in aggregates:
        whole = taken_apart.whole_of(aggregate)
        if whole is None:
            return False
        wholes.append(whole)
    expressions = taken_apart.own_keys(select, aggregates, wholes)
    columns = _looked_at([*aggregates, *expressions], wholes, draft.tree)
    keys = taken_apart.keys(expressions, [one for one in columns if one.table in unit.members])
    if keys is None or not (keys or outputs.items):
        return False
    if not is_worth_adding_up(unit, aggregates, keys, estimator):
        return False
    for aggregate, whole in zip(aggregates, wholes, strict=True):
        aggregate.replace(whole)
    for node in expressions:
        _show(node, outputs)
    for column in by_level(draft.tree, exp.Column):
        if column.table in unit.members:
            _show(column, outputs)
    outputs.settle()
    if keys:
        unit.select.set("group", exp.Group(expressions=keys))
    else:
        unit.select.set("having", _any_row())
    return True


def _show(node: exp.Expr, outputs: Outputs) -> None:
    new = outputs.column(node)
    assert new is not None
    node.replace(new)


def _looked_at(gone: list[exp.Expr], new: list[exp.Expr], tree: exp.Query) -> list[exp.Column]:
    """The columns of the statement, with what is new in the block, and without what is gone from it."""
    dropped = {id(column) for node in gone for column in by_level(node, exp.Column)}
    found = (column for node in (*new, tree) for column in by_level(node, exp.Column))
    return [column for column in found if id(column) not in dropped]


def _any_row() -> exp.Having:
    """Without keys there would be a group even of no rows, and a row that joins where there was none."""
    count = exp.Count(this=exp.Star(), big_int=True)
    count.type = shared_type("BIGINT")
    return exp.Having(this=exp.GT(this=count, expression=exp.Literal.number("0")))


class _Parts:
    """Aggregates of a block taken apart, for one unit. `filled_up`: a LEFT JOIN puts NULLs in the place of its rows."""

    def __init__(self, unit: Unit, draft: Draft, outputs: Outputs, *, filled_up: bool) -> None:
        self._unit = unit
        self._draft = draft
        self._outputs = outputs
        self._filled_up = filled_up

    def whole_of(self, node: exp.AggFunc) -> exp.Expr | None:
        """The aggregate over the unit's parts; None: it cannot be taken apart."""
        if isinstance(node, exp.Min | exp.Max):
            return self._extreme(node)
        if isinstance(node, exp.Count):
            return self._count(node)
        return self._sum(node)

    def _extreme(self, node: exp.AggFunc) -> exp.Expr | None:
        """Of other units' columns it is what it was: a row counts once or many times."""
        if not tables_of(node) & self._unit.members:
            return copied(node)
        part = self._part(node)
        return type(node)(this=part) if part is not None else None

    def _count(self, node: exp.Expr) -> exp.Expr | None:
        ours = isinstance(node.this, exp.Star) or (tables_of(node) and tables_of(node) <= self._unit.members)
        part = self._part(node) if ours and not isinstance(node.this, exp.Distinct) else None
        if part is None:
            return None
        return cast(exp.Coalesce(this=exp.Sum(this=part), expressions=[exp.Literal.number(0)]), "BIGINT")

    def _sum(self, node: exp.Expr) -> exp.Expr | None:
        linear = self._linear(node.this)
        return exp.Sum(this=linear) if linear is not None else None

    def _linear(self, node: exp.Expr) -> exp.Expr | None:
        """What is added up for one of the unit's groups: the group's own sum, or its number of rows times 1."""
        inner = node.unnest()
        if (isinstance(inner, exp.Literal) and inner.this == "0") or isinstance(inner, exp.Null):
            return copied(inner)
        if isinstance(inner, exp.Literal) and inner.this == "1":
            return self._part(exp.Count(this=exp.Star(), big_int=True))
        if tables_of(inner) and tables_of(inner) <= self._unit.members:
            return self._part(exp.Sum(this=copied(inner)))
        if (
            isinstance(inner, exp.Case)
            and inner.this is None
            and (scale_of(inner) is not None or is_whole(inner))
        ):
            return self._case(inner)
        return None

    def _case(self, node: exp.Case) -> exp.Expr | None:
        branches = [(branch.this, self._linear(branch.args["true"])) for branch in node.args["ifs"]]
        default = node.args.get("default")
        last = self._linear(default) if default is not None else None
        if any(value is None for _, value in branches) or (default is not None and last is None):
            return None
        return exp.Case(ifs=[exp.If(this=copied(test), true=value) for test, value in branches], default=last)

    def _part(self, node: exp.Expr) -> exp.Expr | None:
        """The column of the unit that holds an aggregate of its own rows."""
        assert isinstance(node, exp.AggFunc)
        if self._filled_up and not isinstance(node.this, exp.Column):
            return None
        able = is_plain_aggregate(node) and is_known(node.this, self._unit, self._draft)
        return self._outputs.column(node) if able else None

    def keys(self, expressions: list[exp.Expr], columns: list[exp.Column]) -> list[exp.Expr] | None:
        """What the unit's rows are grouped by: all that is still looked at of them; None: the source cannot group by
        some of it."""
        if not all(
            is_pushable(one, self._unit, self._draft) and type_of(one, self._draft) is not None
            for one in columns
        ):
            return None
        return [copied(key) for key in {text_of(key): key for key in (*expressions, *columns)}.values()]

    def own_keys(
        self, select: exp.Select, aggregates: list[exp.AggFunc], wholes: list[exp.Expr]
    ) -> list[exp.Expr]:
        """Wherever it stands: what the block groups by of this unit alone, which is calculated there. A year has fewer
        values than a day."""
        texts = {
            text_of(key)
            for key in keys_of(select) or []
            if not (self._filled_up or isinstance(key, exp.Column)) and self._is_own_key(key)
        }
        if not texts:
            return []
        gone = {id(node) for node in aggregates}
        places: list[exp.Expr] = []

        def ends(node: exp.Expr) -> bool:
            if not isinstance(node, exp.Query | exp.Alias) and text_of(node) in texts:
                places.append(node)
                return True
            return id(node) in gone

        for part in (*parts(select, ("group", "having", "order")), *wholes):
            for _ in part.walk(bfs=False, prune=ends):
                pass
        return places

    def _is_own_key(self, key: exp.Expr) -> bool:
        own = (
            tables_of(key) and tables_of(key) <= self._unit.members and type_of(key, self._draft) is not None
        )
        barred = may_raise(key) is not None and self._draft.governed(tables_of(key))
        return bool(own) and not barred and is_known(key, self._unit, self._draft)
