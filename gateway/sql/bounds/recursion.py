"""Recursive CTEs with the bounds of the gateway inside of them.

The engine knows no bound of its own. So each row carries two more columns: the step that made it, and how many rows
there were before. The step after the last one allowed raises. They hold for UNION ALL as they are. UNION, which drops
rows that were there before, would not see that two rows are the same: it becomes UNION ... USING KEY over all the
CTE's own columns, where only a row that is new may be made. What the recursive part reads of relations is read once,
before the first step, not at every step.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.settings import Limits
from gateway.sql.dialect import quoted
from gateway.sql.names.scopes import USE, ctes_in_sight

STEP, ROWS = "#step", "#rows"
MARK = "#limit {0} {1}"
"""What the engine raises: the limit's name and its value."""


def bound_recursion(tree: exp.Query, used: Mapping[int, Sequence[str]], limits: Limits) -> None:
    """Changes a resolved tree. `used`: number of each base table's use -> its columns. Raises SyntaxNotSupported."""
    for clause in list(tree.find_all(exp.With)):
        if not clause.args.get("recursive"):
            continue
        for cte in list(clause.expressions):
            if refers_to_itself(cte):
                _check(cte, tree)
                _read_before(cte, clause, used)
                _bound(cte, limits)


def refers_to_itself(cte: exp.CTE) -> bool:
    return next(_references(cte.this, cte), None) is not None


def _references(node: exp.Expr, cte: exp.CTE) -> Iterator[exp.Table]:
    """The tables below the node that mean this CTE."""
    for table in node.find_all(exp.Table):
        if table.name.lower() == cte.alias.lower() and not table.db:
            nearest = (each for each in ctes_in_sight(table) if each.alias.lower() == table.name.lower())
            if next(nearest, None) is cte:
                yield table


def _check(cte: exp.CTE, tree: exp.Query) -> None:
    union = cte.this
    if not isinstance(union, exp.Union) or next(_references(union.left, cte), None) is not None:
        raise SyntaxNotSupported(
            "a recursive CTE is a start, UNION or UNION ALL, and the part that refers to it"
        )
    if cte.args.get("key_expressions") or union.args.get("by_name") or union.args.get("with_"):
        raise SyntaxNotSupported("this form of a recursive CTE is not supported")
    if any(union.args.get(clause) for clause in ("order", "limit", "offset")):
        raise SyntaxNotSupported("ORDER BY and LIMIT belong behind a recursive CTE, not in it")
    inner = union.find_all(exp.With)
    if any(
        refers_to_itself(each)
        for clause in inner
        if clause.args.get("recursive")
        for each in clause.expressions
    ):
        raise SyntaxNotSupported("a recursive CTE inside of a recursive CTE is not supported")
    if tree.find(exp.TableColumn) is not None:
        raise SyntaxNotSupported("beside a recursive CTE, whole rows are not supported: select their columns")


def _read_before(cte: exp.CTE, clause: exp.With, used: Mapping[int, Sequence[str]]) -> None:
    """Relations of the recursive part become materialized CTEs before it, as are those CTEs that it reads."""
    for table in [table for table in cte.this.expression.find_all(exp.Table) if USE in table.meta]:
        number = table.meta[USE]
        name = f"#read {number}"
        reading = exp.Table(this=quoted(name), alias=table.args["alias"].copy())
        for key in ("joins", "laterals"):
            reading.set(key, table.args.get(key))
            table.set(key, None)
        table.replace(reading)
        query = reading_of(table, used[number])
        before = exp.CTE(this=query, alias=exp.TableAlias(this=quoted(name)), materialized=True)
        clause.expressions.insert(clause.expressions.index(cte), before)
        before.parent, before.arg_key = clause, "expressions"
    for table in cte.this.expression.find_all(exp.Table):
        for read in ctes_in_sight(table):
            if read is not cte and read.alias.lower() == table.name.lower() and not _is_inside(read, cte):
                read.args["materialized"] = True


def reading_of(table: exp.Table, columns: Sequence[str]) -> exp.Select:
    """A SELECT of these columns of the table."""
    items: list[exp.Expr] = [
        exp.alias_(exp.Column(this=quoted(name), table=quoted(table.alias)), name, quoted=True)
        for name in columns
    ]
    nothing = exp.alias_(exp.true(), "nothing", quoted=True)
    return exp.Select(expressions=items or [nothing], from_=exp.From(this=table))


def _is_inside(node: exp.Expr | None, other: exp.Expr) -> bool:
    while node is not None and node is not other:
        node = node.parent
    return node is other


@dataclass(frozen=True, slots=True)
class _Part:
    """One side of the UNION, its columns under the names #1, #2, ... of the table `alias`."""

    query: exp.Query
    alias: str
    width: int

    def table(self) -> exp.Subquery:
        columns = [quoted(f"#{number}") for number in range(1, self.width + 1)]
        return exp.Subquery(this=self.query, alias=exp.TableAlias(this=quoted(self.alias), columns=columns))

    def columns(self) -> list[exp.Expr]:
        return [_column(f"#{number}", self.alias) for number in range(1, self.width + 1)]


def _bound(cte: exp.CTE, limits: Limits) -> None:
    union = cte.this
    head = cte.args["alias"]
    names = [name.name for name in head.columns] or list(union.left.named_selects)
    if len({name.lower() for name in names}) < len(names) or any(name.startswith("#") for name in names):
        raise SyntaxNotSupported(
            "the columns of a recursive CTE need names of their own, none with #: r(a, b)"
        )
    distinct = bool(union.args.get("distinct"))
    start, following = _Part(union.left, "#start", len(names)), _Part(union.expression, "#next", len(names))
    first = _listed(start.columns(), names, exp.Literal.number(0), exp.Literal.number(0))
    first.set("from_", exp.From(this=start.table()))
    then = _listed(following.columns(), names, _next_step(limits), _column(ROWS, "#so far"))
    then.set("from_", exp.From(this=following.table()))
    then.set("joins", [exp.Join(this=_so_far(cte.alias), kind="CROSS")])
    if distinct:
        then.where(_is_new(cte.alias, names, following), copy=False)
        for part in (first, then):
            part.set("distinct", exp.Distinct())
        cte.set("key_expressions", [quoted(name) for name in names])
    if head.columns:
        head.set("columns", [*head.columns, quoted(STEP), quoted(ROWS)])
    cte.set("this", exp.Union(this=first, expression=then, distinct=distinct))


def _listed(values: Sequence[exp.Expr], names: Sequence[str], step: exp.Expr, rows: exp.Expr) -> exp.Select:
    counters = {STEP: step, ROWS: exp.cast(rows, "HUGEINT", dialect="duckdb")}
    pairs = [*zip(names, values, strict=True), *counters.items()]
    return exp.Select(expressions=[exp.alias_(value, name, quoted=True) for name, value in pairs])


def _so_far(name: str) -> exp.Subquery:
    """One row: the step that made the rows at hand, and how many rows there have been."""
    step = exp.Max(this=_column(STEP, "#last"))
    rows = exp.Add(this=exp.Max(this=_column(ROWS, "#last")), expression=exp.Count(this=exp.Star()))
    items = [exp.alias_(step, STEP, quoted=True), exp.alias_(rows, ROWS, quoted=True)]
    table = exp.Table(this=quoted(name), alias=exp.TableAlias(this=quoted("#last")))
    select = exp.Select(expressions=items, from_=exp.From(this=table))
    return exp.Subquery(this=select, alias=exp.TableAlias(this=quoted("#so far")))


def _next_step(limits: Limits) -> exp.Expr:
    bounds = ((STEP, "recursion", limits.recursion), (ROWS, "generated_rows", limits.generated_rows))
    case = exp.Case(default=exp.Add(this=_column(STEP, "#so far"), expression=exp.Literal.number(1)))
    for column, name, most in bounds:
        reached = exp.GTE(this=_column(column, "#so far"), expression=exp.Literal.number(most))
        text = exp.Literal.string(MARK.format(name, most))
        raised = exp.cast(exp.Anonymous(this="error", expressions=[text]), "INTEGER", dialect="duckdb")
        case.append("ifs", exp.If(this=reached, true=raised))
    return case


def _is_new(name: str, names: Sequence[str], following: _Part) -> exp.Expr:
    """Whether no row of all those made so far is the same."""
    pairs = zip(names, following.columns(), strict=True)
    same = [exp.NullSafeEQ(this=_column(own, "#all"), expression=value) for own, value in pairs]
    table = exp.Table(this=quoted(name), db=quoted("recurring"), alias=exp.TableAlias(this=quoted("#all")))
    found = exp.Select(expressions=[exp.Literal.number(1)], from_=exp.From(this=table)).where(
        *same, copy=False
    )
    return exp.Not(this=exp.Exists(this=found))


def _column(name: str, table: str) -> exp.Column:
    return exp.Column(this=quoted(name), table=quoted(table))
