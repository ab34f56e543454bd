"""Which base table's column each column of a result shows as it is, through subqueries and CTEs, as PostgreSQL's parser
follows them (parse_target.c, markTargetListOrigin): what is calculated, and what set operations give, is of none."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.sql.names.naming import CALLED
from gateway.sql.names.scopes import USE, Scopes, cte_of

BaseColumn = tuple[int, str]
"""The number of a TableUse, and the column there."""
DEEPEST = 50
"""Levels of subqueries that are looked through."""


def base_columns(tree: exp.Expr, scopes: Scopes) -> tuple[BaseColumn | None, ...]:
    """For each column of a resolved query; empty: of none."""
    if not isinstance(tree, exp.Select):
        return ()
    walk = _Walk(scopes)
    found = tuple(walk.base(item, DEEPEST) for item in tree.selects)
    return found if any(found) else ()


class _Walk:
    def __init__(self, scopes: Scopes) -> None:
        self._scopes = scopes
        self._items: dict[int, Mapping[str, exp.Expr]] = {}
        self._sides: dict[int, Mapping[str, str]] = {}

    def base(self, item: exp.Expr, levels: int) -> BaseColumn | None:
        column = item.unalias().unnest()
        if isinstance(column, exp.Coalesce) and not column.meta_get(CALLED):
            column = self._merged(column)
        if isinstance(column, exp.Dot):
            column = _part_of_row(column)
        source = self._scopes.source(column) if isinstance(column, exp.Column) else None
        if source is None or not levels:
            return None
        number = source.meta_get(USE)
        if number is not None:
            return number, column.name
        inner = self._of(source).get(column.name.lower())
        return None if inner is None else self.base(inner, levels - 1)

    def _of(self, source: exp.Expr) -> Mapping[str, exp.Expr]:
        """The items of the query that stands in FROM, or is named there, by their names."""
        if id(source) not in self._items:
            cte = cte_of(source) if isinstance(source, exp.Table) else None
            query = cte.this if cte is not None else source.this
            query = query.unnest() if isinstance(query, exp.Subquery) else query
            items = query.selects if isinstance(query, exp.Select) else []
            names = source.alias_column_names or (cte.alias_column_names if cte is not None else [])
            names = [*names, *(item.alias_or_name for item in items[len(names) :])]
            named = zip(names, items, strict=False)
            self._items[id(source)] = dict(reversed([(name.lower(), item) for name, item in named]))
        return self._items[id(source)]

    def _merged(self, both: exp.Coalesce) -> exp.Expr:
        """Of USING: the column of the side whose rows are all there. Of a full join it is neither's."""
        select = both.find_ancestor(exp.Select)
        if select is None:
            return both
        if id(select) not in self._sides:
            joins = select.args.get("joins") or ()
            self._sides[id(select)] = {join.alias_or_name.lower(): join.side for join in joins}
        column: exp.Expr = both.this
        for other in both.expressions:
            side = (
                self._sides[id(select)].get(other.table.lower()) if isinstance(other, exp.Column) else "FULL"
            )
            if side == "FULL":
                return both
            column = other if side == "RIGHT" else column
        return column


def _part_of_row(part: exp.Dot) -> exp.Expr:
    """`(o).note` of a relation's whole row."""
    row = part.this.unnest()
    values: list[exp.Expr] = row.expressions if isinstance(row, exp.Struct) else []
    return next((each.args["expression"] for each in values if each.name == part.name), part)
