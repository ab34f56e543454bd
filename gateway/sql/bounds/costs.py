"""How much work and memory a statement makes, estimated before anything runs (governance.md, "Bounds before work").

An engine cannot be interrupted while it plans, folds constants or is inside of one function's call, and uses up
memory faster than anybody stops it. So what a statement multiplies out of its own text (generated rows, joins without
an equality, texts that double) is counted here, on the resolved tree. Every relation is taken to have the same number
of rows: a refusal must not tell how many are hidden.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from gateway.errors import StatementTooComplex
from gateway.settings import Limits
from gateway.sql.bounds.fanout import Edge, Side, conjuncts, joined_rows
from gateway.sql.bounds.series import length
from gateway.sql.bounds.sizes import CONSTANT, FIXED_BYTES, Value, item_of, whole_number
from gateway.sql.bounds.sources import Scope, Source, Spent
from gateway.sql.bounds.value_costs import ValueCosts
from gateway.sql.names.scopes import USE
from gateway.sql.nodes import by_level, holds

ROWS = 100.0
"""Rows of a relation of the catalog."""
MAX_GROUPING_SETS = 1_024
MAX_CORRELATED = 30
"""DuckDB takes 10 s to plan 50."""
MAX_EQUALITIES = 100
"""Equalities of one SELECT between values that are no constants: DuckDB derives further ones from them, and takes
seconds for 200."""
MAX_SEPARATE = 100
"""Of one SELECT: windows that differ, and aggregates of distinct values. Each costs DuckDB more the more there are: 400
of them take 20 s, whatever the rows."""
OUTER = "#outer"

Ctes = Mapping[str, Source]


def check_costs(tree: exp.Query, limits: Limits) -> None:
    """Raise LimitExceeded, by the limit's name, for a resolved statement that would cost too much."""
    try:
        costs = _Costs(limits, Spent(limits))
        costs.query(tree, {}, None)
    except RecursionError as error:
        raise StatementTooComplex(
            f"the statement nests deeper than limits.nesting ({limits.nesting})"
        ) from error


@dataclass(slots=True)
class _Costs:
    limits: Limits
    spent: Spent

    def query(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Source:
        """The rows and columns of a query's result."""
        while isinstance(node, exp.Subquery) and not node.args.get("with_"):
            node = node.this
        ctes = self._with(node, ctes, outer)
        if isinstance(node, exp.SetOperation):
            return self._limited(node, self._set_operation(node, ctes, outer))
        if isinstance(node, exp.Select):
            return self._limited(node, self._select(node, ctes, outer))
        return self.query(node.this, ctes, outer) if isinstance(node, exp.Subquery) else Source(1.0)

    def _with(self, node: exp.Expr, ctes: Ctes, outer: Scope | None) -> Ctes:
        clause = node.args.get("with_")
        if clause is None:
            return ctes
        known = dict(ctes)
        for cte in clause.expressions:
            aside = _Costs(self.limits, Spent(self.limits))
            name = cte.alias.lower()
            found = aside.recursive(cte, known, outer) if clause.args.get("recursive") else None
            found = found or aside.query(cte.this, known, outer)
            known[name] = replace(found, work=aside.spent.work, held=aside.spent.held)
        return known

    def recursive(self, cte: exp.CTE, ctes: Ctes, outer: Scope | None) -> Source | None:
        """A CTE that refers to itself: values that grow from step to step are followed; rows are counted as they are
        made (`recursion`), up to limits.generated_rows. None: it does not refer to itself."""
        name, query = cte.alias.lower(), cte.this
        refers = any(table.name.lower() == name and not table.db for table in by_level(query, exp.Table))
        if not refers or not isinstance(query, exp.SetOperation):
            return None
        start = step = self.query(query.left, ctes, outer)
        multiplies = False
        for _ in range(self.limits.recursion):
            following = self.query(query.right, {**ctes, name: step}, outer)
            multiplies |= following.rows > step.rows
            columns = dict(zip(step.columns, following.columns.values(), strict=False))
            if all(value.bytes <= step.columns[key].bytes for key, value in columns.items()):
                break
            step = Source(start.rows, columns)
        rows = self.limits.generated_rows if multiplies else start.rows * (self.limits.recursion + 1)
        return Source(float(rows), step.columns)

    def _set_operation(self, node: exp.SetOperation, ctes: Ctes, outer: Scope | None) -> Source:
        """A chain is followed without recursion. Its columns are as large as the largest branch's."""
        branches: list[exp.Expr] = []
        stack: list[exp.Expr] = [node]
        while stack:
            branch = stack.pop()
            plain = isinstance(branch, exp.SetOperation) and (branch is node or not branch.args.get("with_"))
            if plain and isinstance(branch, exp.SetOperation):
                stack += [branch.right, branch.left]
            else:
                branches.append(branch)
        found = [self.query(branch, ctes, outer) for branch in branches]
        columns = dict(found[0].columns)
        for other in found[1:]:
            for name, value in zip(list(columns), other.columns.values(), strict=False):
                columns[name] = max(columns[name], value, key=lambda each: each.bytes)
        whole = Source(sum(source.rows for source in found), columns)
        if node.args.get("distinct"):
            self.spent.add(0.0, whole.rows * whole.width)
        return whole

    def _limited(self, node: exp.Expr, found: Source) -> Source:
        limit = node.args.get("limit")
        number = whole_number(limit.args.get("expression") or limit.args.get("count")) if limit else None
        if node.args.get("order") and number is None:
            self.spent.add(0.0, found.rows * (found.width + FIXED_BYTES))
        return found if number is None else replace(found, rows=min(found.rows, max(number, 1.0)))

    # --- one SELECT -------------------------------------------------------------------------------------

    def _select(self, node: exp.Select, ctes: Ctes, outer: Scope | None) -> Source:
        _check_separate(node)
        scope = Scope({}, outer.times if outer else 1.0, outer)
        for item in _in_from(node):
            self._add(item, scope, ctes)
        values = ValueCosts(scope, self.spent, lambda query, around: self.query(query, ctes, around))
        scope.times = self._joined(node, scope, values)
        self.spent.add(scope.times, self._built(scope))
        rows = self._grouped(node, scope, values)
        whole = rows == 1.0 and node.args.get("group") is None  # aggregates make one row of all
        columns = {
            item.alias_or_name.lower(): values.of(item, rows if whole else None) for item in node.expressions
        }
        for key in ("having", "qualify", "distinct", "order"):
            for part in _parts(node.args.get(key)):
                values.of(part)
        for name, listed in _unnested(node):
            rows *= max(1.0, values.of(listed).items)
            columns[name] = item_of(columns[name])
        width = sum(value.bytes for value in columns.values())
        self.spent.add(rows * width, rows * width if node.args.get("distinct") else 0.0)
        return Source(rows, columns)

    def _add(self, item: exp.Expr, scope: Scope, ctes: Ctes) -> None:
        """One thing that stands in FROM, under its alias."""
        name = item.alias_or_name.lower()
        if isinstance(item, exp.Lateral):
            item = item.this
        if isinstance(item, exp.Subquery | exp.Query):
            scope.times = max([1.0, *(source.rows for source in scope.sources.values())])
            found = self.query(item, ctes, Scope(dict(scope.sources), scope.times, scope.outer))
            found = replace(found, columns=found.columns or {"": CONSTANT})
        else:
            found = self._table(item, scope, ctes)
        scope.sources[name or f"#{len(scope.sources)}"] = found

    def _table(self, item: exp.Expr, scope: Scope, ctes: Ctes) -> Source:
        if isinstance(item, exp.Values):
            return self._values(item, scope, ctes)
        function = item.this if isinstance(item, exp.Table) else item
        if isinstance(function, exp.GenerateSeries):
            return _series(function, item, self.limits)
        if isinstance(item, exp.Table) and isinstance(function, exp.Identifier):
            if item.meta_get(USE) is not None:
                return Source(ROWS, relation=".".join(part.name.lower() for part in item.parts))
            cte = ctes.get(item.name.lower(), Source(ROWS))
            self.spent.add(cte.work, cte.held)
            return cte
        costs = ValueCosts(scope, self.spent, lambda query, around: self.query(query, ctes, around))
        lists = [costs.of(each) for each in (function.expressions or [function.this]) if each is not None]
        rows = max([1.0, *(value.items for value in lists)])
        names = item.args["alias"].columns if item.args.get("alias") else []
        columns = {column.name.lower(): item_of(value) for column, value in zip(names, lists, strict=False)}
        return Source(rows, columns or {"unnest": item_of(lists[0]) if lists else CONSTANT})

    def _values(self, item: exp.Values, scope: Scope, ctes: Ctes) -> Source:
        costs = ValueCosts(scope, self.spent, lambda query, around: self.query(query, ctes, around))
        rows = [[costs.of(value) for value in row.expressions] for row in item.expressions]
        names = (
            [column.name.lower() for column in item.args["alias"].columns] if item.args.get("alias") else []
        )
        columns = {}
        for number, column in enumerate(zip(*rows, strict=False)):
            texts = {row.expressions[number].sql() for row in item.expressions}
            size = max(column, key=lambda value: value.bytes)
            key = names[number] if number < len(names) else f"col{number}"
            columns[key] = replace(size, distinct=float(len(texts)))
        return Source(float(len(rows)), columns or {"": CONSTANT})

    def _joined(self, node: exp.Select, scope: Scope, values: ValueCosts) -> float:
        """Rows of FROM. A subquery that looks at the row outside is one more table joined with that row."""
        rows = {name: source.rows for name, source in scope.sources.items()}
        correlated = scope.outer is not None and _looks_outside(node, scope)
        self.spent.correlated += correlated
        if self.spent.correlated > MAX_CORRELATED:
            raise StatementTooComplex(
                f"the statement has more than {MAX_CORRELATED} subqueries that refer to a row outside"
            )
        if correlated and scope.outer is not None:
            rows[OUTER] = scope.outer.times
        conditions = [part for clause in _conditions(node) for part in conjuncts(clause)]
        if sum(map(_is_equality, conditions)) > MAX_EQUALITIES:
            raise StatementTooComplex(f"a SELECT has more than {MAX_EQUALITIES} equalities of columns")
        edges = [edge for part in conditions for edge in _edges(part, scope, values, correlated=correlated)]
        edges += _sided(node, scope)
        seen: set[str] = set()
        repeated = set()
        for name, source in scope.sources.items():
            if source.relation and source.relation in seen:
                repeated.add(name)
            seen.add(source.relation)
        total, _ = joined_rows(rows, edges, repeated)
        self.spent.check_rows(total)
        scope.times = total
        for part in conditions:
            values.of(part)
        return total

    def _built(self, scope: Scope) -> float:
        """Bytes of the sources of a join but the largest."""
        sizes = sorted(source.rows * max(source.width, FIXED_BYTES) for source in scope.sources.values())
        return sum(sizes[:-1])

    def _grouped(self, node: exp.Select, scope: Scope, values: ValueCosts) -> float:
        group = node.args.get("group")
        if group is None:
            aggregates = any(
                found.find_ancestor(exp.Select) is node and found.find_ancestor(exp.Window) is None
                for item in node.expressions
                for found in by_level(item, exp.AggFunc)
            )
            return 1.0 if aggregates else scope.times
        keys = [values.of(part) for part in _parts(group)]
        sets = _grouping_sets(group)
        if sets > MAX_GROUPING_SETS:
            raise StatementTooComplex(f"GROUP BY has more than {MAX_GROUPING_SETS:,} grouping sets")
        width = sum(key.bytes for key in keys) + FIXED_BYTES
        self.spent.add(sets * scope.times * width, sets * scope.times * width)
        return sets * scope.times


def _check_separate(node: exp.Select) -> None:
    own = [
        each for each in by_level(node, (exp.Window, exp.Distinct)) if each.find_ancestor(exp.Select) is node
    ]
    windows = {_kept_together(each) for each in own if isinstance(each, exp.Window)}
    distinct = {each.sql() for each in own if isinstance(each, exp.Distinct)}
    if len(windows) > MAX_SEPARATE or len(distinct) > MAX_SEPARATE:
        raise StatementTooComplex(
            f"a SELECT has more than {MAX_SEPARATE} different windows or aggregates of DISTINCT values"
        )


def _kept_together(window: exp.Window) -> str:
    """What windows that are calculated in one go have in common."""
    order = window.args.get("order")
    parts = [*(window.args.get("partition_by") or ()), *([order] if order is not None else [])]
    return ", ".join(part.sql() for part in parts)


def _in_from(node: exp.Expr) -> Iterator[exp.Expr]:
    """What stands in FROM, brackets opened."""
    first = node.args.get("from_")
    stack = [first.this] if first is not None else []
    stack += [*(join.this for join in node.args.get("joins") or ()), *(node.args.get("laterals") or ())]
    while stack:
        item = stack.pop(0)
        inside = item.this if isinstance(item, exp.Subquery | exp.Paren) else None
        joined = [join.this for join in item.args.get("joins") or ()] + list(item.args.get("laterals") or ())
        if isinstance(inside, exp.Table | exp.Paren):
            stack = [inside, *joined, *stack]
        else:
            yield item
            stack = joined + stack


def _conditions(node: exp.Select) -> Iterator[exp.Expr]:
    where = node.args.get("where")
    if where is not None:
        yield where.this
    for join in by_level(node, exp.Join):
        if join.args.get("on") is not None and join.find_ancestor(exp.Select) is node:
            yield join.args["on"]


def _is_equality(part: exp.Expr) -> bool:
    return isinstance(part, exp.EQ) and all(holds(side, exp.Column) for side in (part.left, part.right))


def _edges(part: exp.Expr, scope: Scope, values: ValueCosts, *, correlated: bool) -> Iterator[Edge]:
    if not isinstance(part, exp.EQ | exp.NullSafeEQ) or holds(part, exp.Query):
        return
    sides = []
    for operand in (part.left, part.right):
        names = {column.table.lower() for column in by_level(operand, exp.Column)}
        local = {name for name in names if name in scope.sources}
        if correlated and names - local:
            local.add(OUTER)
        sides.append(Side(frozenset(local), values.of(operand).distinct))
    if sides[0].sources and sides[1].sources and sides[0].sources.isdisjoint(sides[1].sources):
        yield Edge(*sides)


def _sided(node: exp.Select, scope: Scope) -> Iterator[Edge]:
    """ASOF and POSITIONAL joins match one row with one row."""
    names = list(scope.sources)
    for join in node.args.get("joins") or ():
        words = f"{join.method} {join.kind} {join.side}".upper()
        name = join.this.alias_or_name.lower()
        if ("ASOF" in words or "POSITIONAL" in words) and name in names[1:]:
            before = frozenset(names[: names.index(name)])
            yield Edge(Side(before, None), Side(frozenset({name}), None))


def _looks_outside(node: exp.Select, scope: Scope) -> bool:
    inside = {name for select in by_level(node, exp.Select) for name in _names_in(select)}
    return any(
        column.table and column.table.lower() not in inside for column in by_level(node, exp.Column)
    ) or any(
        column.table
        and column.table.lower() not in scope.sources
        and column.find_ancestor(exp.Select) is node
        for column in by_level(node, exp.Column)
    )


def _names_in(select: exp.Select) -> Iterator[str]:
    return (item.alias_or_name.lower() for item in _in_from(select))


def _parts(clause: object) -> list[exp.Expr]:
    """The expressions of a clause, those of ROLLUP, CUBE and GROUPING SETS among them."""
    found: list[exp.Expr] = []
    stack = [clause] if isinstance(clause, exp.Expr) else []
    while stack:
        node = stack.pop()
        if isinstance(node, exp.Group | exp.Rollup | exp.Cube | exp.GroupingSets | exp.Order | exp.Distinct
                      | exp.Having | exp.Qualify | exp.Ordered | exp.Tuple):  # fmt: skip
            stack += list(node.iter_expressions())
        else:
            found.append(node)
    return found


def _grouping_sets(group: exp.Expr) -> float:
    sets = 1.0
    for key in ("rollup", "cube", "grouping_sets"):
        for part in group.args.get(key) or ():
            number = len(part.expressions) if isinstance(part, exp.Expr) else 0
            sets *= 2.0 ** min(number, 64) if key == "cube" else number + (key == "rollup")
    return max(sets, 1.0)


def _series(function: exp.GenerateSeries, item: exp.Expr, limits: Limits) -> Source:
    rows = float(length(function) or limits.generated_rows)
    columns = item.args["alias"].columns if item.args.get("alias") else []
    name = columns[0].name.lower() if columns else "range"
    return Source(rows, {name: Value(FIXED_BYTES, rows)})


def _unnested(node: exp.Select) -> Iterator[tuple[str, exp.Expr]]:
    """The lists that UNNEST makes into rows in the SELECT list, and the names of their columns."""
    for item in node.expressions:
        for found in by_level(item, (exp.Explode, exp.Unnest)):
            lists = [found.this] if isinstance(found, exp.Explode) else found.expressions
            if found.find_ancestor(exp.Select) is node:
                yield from ((item.alias_or_name.lower(), each) for each in lists)
