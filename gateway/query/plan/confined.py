"""Which sources a column's values may go to as keys: their logs would hold them.

Values of a tagged column stay in its domain, and go to domains that it is shared with as it is (execution.md, "Where
governance meets pushdown"). What equals a tagged column anywhere in the statement has its values, so it is as confined;
what is calculated, by all that it may come from.
"""

from collections.abc import Iterator

from sqlglot import exp

from gateway.query.plan.blocks import equality
from gateway.query.plan.draft import Draft, Unit
from gateway.sql.names.resolve import base_tables
from gateway.sql.nodes import copied, nodes_of, text_of

Domains = frozenset[str]


class Confinement:
    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._blocks = _subqueries(draft)
        self._classes = self._equal_columns()

    def may_go(self, column: exp.Column, origin: Unit, target: Unit) -> bool:
        """Whether values of a column that `origin` shows may go to the source of `target`."""
        home = domains_of(target, self._draft)
        own = self._leaf_column(column)
        if own is None:
            return all(home <= allowed for allowed in self._below(origin))
        equal = self._classes.get(text_of(own), {text_of(own): own})
        return all(home <= allowed for each in equal.values() for allowed in self._allowed(each))

    def _allowed(self, column: exp.Column) -> Iterator[Domains]:
        """The domains of a column's values, if it is confined; of one that is no leaf's, of all that it may be of."""
        leaf = self._draft.leaves.get(column.table)
        if leaf is None:
            unit = self._draft.units.get(column.table)
            yield from self._below(unit) if unit is not None else self._everything()
        elif column.name in leaf.governed.confined:
            yield leaf.governed.confined[column.name]

    def _below(self, unit: Unit) -> Iterator[Domains]:
        """Of all that a calculated value may come from. A token is nobody's plain value, but of no use elsewhere."""
        for alias in unit.members:
            governed = self._draft.leaves[alias].governed
            yield from governed.confined.values()
            if governed.tokens:
                yield frozenset({governed.product[0]})
        for alias in unit.needs:
            if alias in self._draft.units:
                yield from self._below(self._draft.units[alias])

    def _everything(self) -> Iterator[Domains]:
        for leaf in self._draft.leaves.values():
            yield from leaf.governed.confined.values()

    def _leaf_column(self, column: exp.Column) -> exp.Column | None:
        """The leaf's column that a column shows, through units and subqueries; None: it is calculated."""
        value: exp.Expr | None = column
        while isinstance(value, exp.Column) and value.table not in self._draft.leaves:
            unit, block = self._draft.units.get(value.table), self._blocks.get(value.table)
            if unit is not None and unit.grouped:
                value = unit.origin(value.name)
            elif block is not None:
                value = _item(block, value.name)
            else:
                return None
        return value if isinstance(value, exp.Column) else None

    def _equal_columns(self) -> dict[str, dict[str, exp.Column]]:
        """Text of a column -> all that are equated with it, wherever in the statement: more than needed is safe."""
        classes: dict[str, dict[str, exp.Column]] = {}
        for pair in _equated(self._draft):
            found = [self._leaf_column(column) or column for column in pair]
            own = [classes.get(text_of(column), {text_of(column): column}) for column in found]
            together = {**own[0], **own[1]}
            classes.update(dict.fromkeys(together, together))
        return classes


def domains_of(unit: Unit, draft: Draft) -> Domains:
    """The domains whose sources a unit reads: products of one domain may read what another shares."""
    tables = (table for alias in unit.members for table in base_tables(draft.leaves[alias].select))
    return frozenset(table.catalog.partition(".")[0] for table in tables)


def _equated(draft: Draft) -> Iterator[tuple[exp.Column, exp.Column]]:
    for tree in (draft.tree, *(unit.select for unit in draft.units.values())):
        for condition in nodes_of(tree, (exp.EQ, exp.NullSafeEQ, exp.In)):
            query = condition.args.get("query") if isinstance(condition, exp.In) else None
            pair = (
                _of_in(condition, query)
                if isinstance(query, exp.Expr)
                else equality(condition) or _null_safe(condition)
            )
            if pair is not None:
                yield pair


def _null_safe(condition: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    if not isinstance(condition, exp.NullSafeEQ):
        return None
    return equality(exp.EQ(this=copied(condition.this), expression=copied(condition.expression)))


def _of_in(condition: exp.Expr, query: exp.Expr) -> tuple[exp.Column, exp.Column] | None:
    select, column = query.unnest(), condition.this.unnest()
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        return None
    value = select.expressions[0].unalias()
    return (column, value) if isinstance(column, exp.Column) and isinstance(value, exp.Column) else None


def _subqueries(draft: Draft) -> dict[str, exp.Select]:
    trees = (draft.tree, *(unit.select for unit in draft.units.values()))
    return {
        node.alias: node.this
        for tree in trees
        for node in nodes_of(tree, exp.Subquery)
        if node.alias and isinstance(node.this, exp.Select)
    }


def _item(select: exp.Select, name: str) -> exp.Expr | None:
    items = (item.unalias() for item in select.expressions if item.alias_or_name == name)
    return next(items, None)
