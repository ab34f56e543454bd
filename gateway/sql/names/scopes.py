"""Which table a qualified column belongs to, by position in the tree."""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from gateway.sql.nodes import nodes_of

USE = "use"
"""Key in the meta of a base table's node: the number of its TableUse."""


def ctes_in_sight(node: exp.Expr) -> Iterator[exp.CTE]:
    """The CTEs that an unqualified name at this place can mean, nearest first: those of an enclosing WITH, inside of
    it the earlier ones, and of a recursive one also the CTE itself."""
    inside, outer = node, node.parent
    while outer is not None:
        clause = outer if isinstance(outer, exp.With) else outer.args.get("with_")
        if isinstance(clause, exp.With):
            yield from _ctes_before(inside, clause)
        inside, outer = outer, outer.parent
        if isinstance(inside, exp.With) and outer is not None:
            # Leave by the query that owns this WITH: its list was searched up to where we stood.
            inside, outer = outer, outer.parent


def cte_of(table: exp.Table) -> exp.CTE | None:
    """The CTE that the table's name means; None: it names something else."""
    ctes = () if table.args.get("db") else ctes_in_sight(table)
    return next((cte for cte in ctes if cte.alias.lower() == table.name.lower()), None)


def _ctes_before(inside: exp.Expr, clause: exp.With) -> Iterator[exp.CTE]:
    place = next((i for i, cte in enumerate(clause.expressions) if cte is inside), len(clause.expressions))
    if place < len(clause.expressions) and clause.args.get("recursive"):
        yield clause.expressions[place]
    yield from reversed(clause.expressions[:place])


def enclosing_selects(node: exp.Expr) -> Iterator[exp.Select]:
    select = node.find_ancestor(exp.Select)
    while select is not None:
        yield select
        select = select.find_ancestor(exp.Select)


def sources_by_select(tree: exp.Expr) -> Mapping[int, Mapping[str, exp.Expr]]:
    """id of a SELECT -> alias (lower case) -> what stands under it in this SELECT's own FROM."""
    found: dict[int, dict[str, exp.Expr]] = {}
    for node in nodes_of(tree, (exp.Table, exp.Subquery, exp.Lateral, exp.Unnest, exp.Values)):
        name = node.alias_or_name.lower()
        if name:
            found.setdefault(id(node.find_ancestor(exp.Select)), {})[name] = node
    return found


class Scopes:
    """Memory of one walk over one tree, the first column's, that does not change meanwhile."""

    def __init__(self) -> None:
        self._sources: Mapping[int, Mapping[str, exp.Expr]] | None = None
        self._items: dict[int, Mapping[str, exp.Expr]] = {}

    def source(self, column: exp.Column) -> exp.Expr | None:
        """The node in FROM that the column's qualifier means; None: a lambda's argument or an alias."""
        return self.named(column.table, column)

    def named(self, name: str, node: exp.Expr) -> exp.Expr | None:
        """The node in FROM that a name means where `node` stands."""
        if self._sources is None:
            self._sources = sources_by_select(node.root())
        name, select = name.lower(), node.find_ancestor(exp.Select)
        while select is not None:
            sources = self._sources.get(id(select))
            if sources is not None and name in sources:
                return sources[name]
            select = select.find_ancestor(exp.Select)
        return None

    def items(self, select: exp.Select) -> Mapping[str, exp.Expr]:
        """The items of a SELECT list by their names in lower case; of several of one name the first."""
        if id(select) not in self._items:
            named = [(item.alias_or_name.lower(), item) for item in select.selects]
            self._items[id(select)] = dict(reversed(named))
        return self._items[id(select)]


def columns_by_table(tree: exp.Expr) -> Mapping[int, tuple[str, ...]]:
    """id of each table node -> names of its columns that the tree uses, in order of first use."""
    scopes = Scopes()
    found: dict[int, dict[str, None]] = {id(table): {} for table in nodes_of(tree, exp.Table)}
    for column in nodes_of(tree, exp.Column):
        source = scopes.source(column)
        if isinstance(source, exp.Table):
            found[id(source)][column.name] = None
    return {key: tuple(names) for key, names in found.items()}
