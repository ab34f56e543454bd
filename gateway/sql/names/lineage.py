"""Where the columns of a resolved tree come from."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from gateway.sql.allowed.functions import AGGREGATES, WINDOWS
from gateway.sql.names.resolve import Resolved, TableName, TableUse
from gateway.sql.names.scopes import USE, Scopes, cte_of


@dataclass(frozen=True, slots=True)
class Origin:
    """A base column that a derived value depends on."""

    table: TableName
    column: str


Origins = frozenset[Origin]
NONE: Origins = frozenset()

OVER_ROWS = frozenset((*AGGREGATES, *WINDOWS))
"""Names of functions that sqlglot may not know to look at several rows."""


def lineage(resolved: Resolved) -> Mapping[str, Origins]:
    """For each result column (by the tree's own column name) the base columns that its value, its grouping and the
    join keys beside it depend on (governance.md, rule 8)."""
    return dict(_Tracer(resolved.uses).outputs(resolved.tree))


def filtering(resolved: Resolved) -> Origins:
    """The base columns that decide which rows there are (WHERE, HAVING, QUALIFY, the order of a LIMIT), for `check`'s
    report."""
    tracer = _Tracer(resolved.uses)
    clauses = list(resolved.tree.find_all(exp.Where, exp.Having, exp.Qualify))
    limits = resolved.tree.find_all(exp.Limit, exp.Fetch, exp.Offset)
    orders = [limit.parent.args.get("order") for limit in limits if limit.parent is not None]
    return NONE.union(*(tracer.of(clause) for clause in (*clauses, *filter(None, orders))))


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


def _together(*parts: Origins) -> Origins:
    return NONE.union(*parts)


class _Tracer:
    """Memory of one walk: the outputs of each query node of one tree. What a name means that is not understood, it may
    mean: then all columns of what it names count."""

    def __init__(self, uses: tuple[TableUse, ...]) -> None:
        self._uses = {use.number: use for use in uses}
        self._outputs: dict[int, list[tuple[str, Origins]]] = {}
        self._scopes = Scopes()

    def outputs(self, query: exp.Expr) -> list[tuple[str, Origins]]:
        """A query that reads itself is gone through until nothing is added to its columns."""
        if id(query) not in self._outputs:
            self._outputs[id(query)] = []
            found = self._traced(query)
            while _may_read_itself(query) and found != self._outputs[id(query)]:
                for node in query.walk():
                    self._outputs.pop(id(node), None)
                self._outputs[id(query)] = found
                found = self._traced(query)
            self._outputs[id(query)] = found
        return self._outputs[id(query)]

    def _traced(self, query: exp.Expr) -> list[tuple[str, Origins]]:
        if isinstance(query, exp.Subquery):
            return self.outputs(query.this)
        if isinstance(query, exp.SetOperation):
            left, right = self.outputs(query.left), self.outputs(query.right)
            if query.args.get("by_name"):
                names, more = dict(right), dict(left)
                both = [(name, origins | names.get(name, NONE)) for name, origins in left]
                return both + [(name, origins) for name, origins in right if name not in more]
            return [(name, origins | other) for (name, origins), (_, other) in zip(left, right, strict=False)]
        if not isinstance(query, exp.Select):
            return (
                [(name, self.of(query)) for name in query.named_selects]
                if isinstance(query, exp.Query)
                else []
            )
        equal = self._equalities(query)
        return [(item.alias_or_name, self._item(item, query, equal)) for item in query.expressions]

    def _item(self, item: exp.Expr, select: exp.Select, equal: list[tuple[Origins, Origins]]) -> Origins:
        """The columns in the item, in the groups and windows that it is computed over and in what picks its row; then
        all that are equal to one of them, until no more are."""
        origins = self.of(item) | self._choice(select)
        if is_computed_over_rows(item):
            origins |= self._grouping(select)
            origins |= _together(*(self.of(window) for window in select.args.get("windows") or ()))
        found = NONE
        while found != origins:
            found = origins
            for left, right in equal:
                if origins & (left | right):
                    origins |= left | right
        return origins

    def _grouping(self, select: exp.Select) -> Origins:
        group = select.args.get("group")
        if group is None:
            return NONE
        if not group.args.get("all"):
            return self.of(group)
        keys = [item for item in select.expressions if not is_computed_over_rows(item)]
        return _together(*map(self.of, keys))

    def _choice(self, select: exp.Select) -> Origins:
        """Of a DISTINCT ON: what the groups are, and by which order their row is taken."""
        distinct = select.args.get("distinct")
        if distinct is None or distinct.args.get("on") is None:
            return NONE
        return _together(*(self.of(part) for part in (distinct, select.args.get("order")) if part))

    def _equalities(self, select: exp.Select) -> list[tuple[Origins, Origins]]:
        """Columns that the SELECT equates: what one of them carries, the other does too."""
        clauses = [join.args.get("on") for join in select.args.get("joins") or ()]
        clauses += [select.args.get(key) for key in ("where", "having", "qualify")]
        found = (
            node
            for clause in clauses
            if clause is not None
            for node in clause.find_all(exp.EQ, exp.NullSafeEQ, exp.In)
        )
        return [(self.of(node.this), self._other_side(node)) for node in found]

    def _other_side(self, node: exp.Expr) -> Origins:
        if not isinstance(node, exp.In):
            return self.of(node.expression)
        query = node.args.get("query")
        if query is not None:
            return _together(*(origins for _, origins in self.outputs(query)))
        return _together(*(self.of(part) for part in (*node.expressions, node.args.get("unnest")) if part))

    def of(self, expression: exp.Expr) -> Origins:
        """All base columns that appear in an expression, subqueries included."""
        found = expression.find_all(exp.Column, exp.TableColumn)
        return _together(*(self._column(node) for node in found))

    def _column(self, node: exp.Expr) -> Origins:
        """A whole row (`SELECT q FROM (...) AS q`) is all of its columns."""
        if isinstance(node, exp.Column):
            source = self._scopes.source(node)
            return NONE if source is None else self._from(source, node.name)
        column = exp.Column(this=exp.Star(), table=exp.to_identifier(node.name))
        column.parent = node.parent
        source = self._scopes.source(column)
        return NONE if source is None else self._from(source, "*")

    def _from(self, source: exp.Expr, name: str) -> Origins:
        number = source.meta.get(USE)
        if number is not None:
            return frozenset({Origin(self._uses[number].table, name)})
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            cte = cte_of(source)
            return NONE if cte is None else self._output(cte.this, name)
        if isinstance(source, exp.Subquery):
            return self._output(source.this, name)
        if isinstance(source, exp.Lateral) and isinstance(source.this, exp.Subquery):
            return self._output(source.this, name)
        return self.of(source)

    def _output(self, query: exp.Expr, name: str) -> Origins:
        outputs = dict(self.outputs(query))
        return outputs[name] if name in outputs else _together(*outputs.values())


def _may_read_itself(query: exp.Expr) -> bool:
    clause = query.parent.parent if isinstance(query.parent, exp.CTE) else None
    return isinstance(clause, exp.With) and bool(clause.args.get("recursive"))


def is_computed_over_rows(item: exp.Expr) -> bool:
    """Whether an aggregate or a window is in it: how many rows it saw, and which, tells of what grouped them."""
    return any(
        not isinstance(node, exp.Anonymous) or str(node.this).lower() in OVER_ROWS
        for node in item.find_all(exp.AggFunc, exp.Window, exp.Anonymous)
    )
