"""Where the columns of a resolved tree come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from gateway.sql.resolve import Resolved, TableName, TableUse
from gateway.sql.scopes import USE, Scopes


@dataclass(frozen=True, slots=True)
class Origin:
    """A base column that a derived value depends on."""

    table: TableName
    column: str


Origins = frozenset[Origin]
NONE: Origins = frozenset()


def lineage(resolved: Resolved) -> Mapping[str, Origins]:
    """For each result column (by the tree's own column name) the base columns that its value, its grouping and the
    join keys beside it depend on (governance.md, rule 8)."""
    return dict(_Tracer(resolved.uses).outputs(resolved.tree))


def filtering(resolved: Resolved) -> Origins:
    """The base columns that decide which rows there are (WHERE, HAVING, QUALIFY), for `check`'s report."""
    tracer = _Tracer(resolved.uses)
    clauses = resolved.tree.find_all(exp.Where, exp.Having, exp.Qualify)
    return NONE.union(*(tracer.of(clause) for clause in clauses))


def is_plain(resolved: Resolved) -> bool:
    """Whether the tree only picks and renames columns of one table: no filter, join, grouping, limit or expression."""
    tree = resolved.tree
    if not isinstance(tree, exp.Select) or {k for k, v in tree.args.items() if v} != {"expressions", "from_"}:
        return False
    source = tree.args["from_"].this
    return (
        isinstance(source, exp.Table)
        and source.meta.get(USE) is not None
        and all(isinstance(item.unalias(), exp.Column) for item in tree.expressions)
    )


class _Tracer:
    """Memory of one walk: the outputs of each query node of one tree."""

    def __init__(self, uses: tuple[TableUse, ...]) -> None:
        self._uses = {use.number: use for use in uses}
        self._outputs: dict[int, list[tuple[str, Origins]]] = {}
        self._scopes = Scopes()

    def outputs(self, query: exp.Expr) -> list[tuple[str, Origins]]:
        if id(query) not in self._outputs:
            self._outputs[id(query)] = self._traced(query)
        return self._outputs[id(query)]

    def _traced(self, query: exp.Expr) -> list[tuple[str, Origins]]:
        if isinstance(query, exp.Subquery):
            return self.outputs(query.this)
        if isinstance(query, exp.SetOperation):
            left, right = self.outputs(query.left), self.outputs(query.right)
            if query.args.get("by_name"):
                names = dict(right)
                return [(name, origins | names.get(name, NONE)) for name, origins in left]
            return [(name, origins | other) for (name, origins), (_, other) in zip(left, right, strict=False)]
        assert isinstance(query, exp.Select)
        equal = self._equalities(query)
        grouping = self.of(query.args["group"]) if query.args.get("group") else NONE
        return [(item.alias_or_name, self._item(item, equal, grouping)) for item in query.expressions]

    def _item(self, item: exp.Expr, equal: list[tuple[Origins, Origins]], grouping: Origins) -> Origins:
        origins = self.of(item)
        if any(aggregate.find_ancestor(exp.Window) is None for aggregate in item.find_all(exp.AggFunc)):
            origins |= grouping
        for left, right in equal:
            if origins & (left | right):
                origins |= left | right
        return origins

    def _equalities(self, select: exp.Select) -> list[tuple[Origins, Origins]]:
        """Columns that the SELECT equates: what one of them carries, the other does too."""
        clauses = [join.args.get("on") for join in select.args.get("joins") or ()] + [
            select.args.get("where")
        ]
        pairs = (equality for clause in clauses if clause for equality in clause.find_all(exp.EQ))
        return [(self.of(pair.left), self.of(pair.right)) for pair in pairs]

    def of(self, expression: exp.Expr) -> Origins:
        """All base columns that appear in an expression, subqueries included."""
        return NONE.union(*(self._column(column) for column in expression.find_all(exp.Column)))

    def _column(self, column: exp.Column) -> Origins:
        source = self._scopes.source(column)
        return NONE if source is None else self._from(source, column.name)

    def _from(self, source: exp.Expr, name: str) -> Origins:
        number = source.meta.get(USE)
        if number is not None:
            return frozenset({Origin(self._uses[number].table, name)})
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            cte = _cte(source)
            return dict(self.outputs(cte.this)).get(name, NONE) if cte else NONE
        if isinstance(source, exp.Subquery):
            return dict(self.outputs(source.this)).get(name, NONE)
        if isinstance(source, exp.Lateral) and isinstance(source.this, exp.Subquery):
            return dict(self.outputs(source.this)).get(name, NONE)
        return self.of(source)


def _cte(table: exp.Table) -> exp.CTE | None:
    node = table.parent
    while node is not None:
        clause = node.args.get("with_")
        for cte in clause.expressions if isinstance(clause, exp.With) else ():
            if cte.alias.lower() == table.name.lower():
                found: exp.CTE = cte
                return found
        node = node.parent
    return None
