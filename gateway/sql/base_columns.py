"""Which base table's column each column of a result shows as it is, through subqueries and CTEs, as PostgreSQL's parser
follows them (parse_target.c, markTargetListOrigin): what is calculated, and what set operations give, is of none."""

from sqlglot import exp

from gateway.sql.naming import CALLED
from gateway.sql.scopes import USE, Scopes, cte_of

BaseColumn = tuple[int, str]
"""The number of a TableUse, and the column there."""
DEEPEST = 50
"""Levels of subqueries that are looked through."""


def base_columns(tree: exp.Expr, scopes: Scopes) -> tuple[BaseColumn | None, ...]:
    """For each column of a resolved query; empty: of none."""
    if not isinstance(tree, exp.Select):
        return ()
    found = tuple(_base(item, scopes, DEEPEST) for item in tree.selects)
    return found if any(found) else ()


def _base(item: exp.Expr, scopes: Scopes, levels: int) -> BaseColumn | None:
    column = item.unalias().unnest()
    if isinstance(column, exp.Coalesce) and not column.meta_get(CALLED):
        column = _merged(column)
    if isinstance(column, exp.Dot):
        column = _part_of_row(column)
    source = scopes.source(column) if isinstance(column, exp.Column) else None
    if source is None or not levels:
        return None
    number = source.meta_get(USE)
    if number is not None:
        return number, column.name
    names = source.alias_column_names
    cte = cte_of(source) if isinstance(source, exp.Table) else None
    query = cte.this if cte is not None else source.this
    names = names or (cte.alias_column_names if cte is not None else [])
    query = query.unnest() if isinstance(query, exp.Subquery) else query
    return _of_query(query, column.name, names, scopes, levels) if isinstance(query, exp.Select) else None


def _of_query(
    query: exp.Select, name: str, names: list[str], scopes: Scopes, levels: int
) -> BaseColumn | None:
    """Of the query's column of that name, by `names` if there are any."""
    listed = [each.lower() for each in names or query.named_selects]
    if name.lower() not in listed or len(listed) > len(query.selects):
        return None
    return _base(query.selects[listed.index(name.lower())], scopes, levels - 1)


def _merged(both: exp.Coalesce) -> exp.Expr:
    """Of USING: the column of the side whose rows are all there. Of a full join it is neither's."""
    select = both.find_ancestor(exp.Select)
    joins = (select.args.get("joins") or ()) if select is not None else ()
    sides = {join.alias_or_name.lower(): join.side for join in joins}
    column: exp.Expr = both.this
    for other in both.expressions:
        side = sides.get(other.table.lower()) if isinstance(other, exp.Column) else "FULL"
        if side == "FULL":
            return both
        column = other if side == "RIGHT" else column
    return column


def _part_of_row(part: exp.Dot) -> exp.Expr:
    """`(o).note` of a relation's whole row."""
    row = part.this.unnest()
    values: list[exp.Expr] = row.expressions if isinstance(row, exp.Struct) else []
    return next((each.args["expression"] for each in values if each.name == part.name), part)
