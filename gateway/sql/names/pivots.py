"""PIVOT and UNPIVOT as plain SELECTs, so that every column they use is counted like any other.

What they mean is DuckDB's: PIVOT is one filtered aggregate for each value, UNPIVOT one row for each column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from sqlglot import exp

from gateway.errors import StatementTooComplex, SyntaxNotSupported
from gateway.sql.allowed.functions import AGGREGATES
from gateway.sql.dialect import quoted
from gateway.sql.names.outputs import Output, Outputs
from gateway.sql.names.spread import chosen
from gateway.sql.names.undefined import undefined_column

MAX_PIVOTED = 1_600
"""Columns of a result, as in PostgreSQL."""


def written_out(pivot: exp.Pivot, source: exp.Expr, at: exp.Expr, outputs: Outputs) -> exp.Select:
    """The SELECT over `source` (a table or subquery with an alias) that the PIVOT or UNPIVOT stands for."""
    columns = _Columns(source, outputs.of({"from_": exp.From(this=source.copy())}, at))
    if pivot.args.get("unpivot"):
        return _Unpivot(pivot, columns).select()
    return _Pivot(pivot, columns).select()


class _Columns:
    """The columns of what is turned."""

    def __init__(self, source: exp.Expr, outputs: list[Output]) -> None:
        self.source = source
        self.outputs = outputs
        self.outputs_named = {output.name.lower(): output for output in outputs}

    def column(self, name: str) -> exp.Column:
        if name.lower() not in self.outputs_named:
            raise undefined_column(name)
        return exp.Column(this=quoted(name.lower()), table=quoted(self.source.alias))

    def items(self, names: Sequence[str]) -> list[exp.Expr]:
        return [exp.Alias(this=self.column(name), alias=quoted(self.spelled(name))) for name in names]

    def spelled(self, name: str) -> str:
        if name.lower() not in self.outputs_named:
            raise undefined_column(name)
        return self.outputs_named[name.lower()].name

    def but(self, used: set[str]) -> list[str]:
        return [output.name for output in self.outputs if output.name.lower() not in used]

    def bind(self, node: exp.Expr) -> set[str]:
        """Names in the expression become columns of the source. The names, in lower case."""
        if node.find(exp.Query) is not None:
            raise SyntaxNotSupported("a subquery inside of PIVOT is not supported")
        found = [node] if isinstance(node, exp.Column) else list(node.find_all(exp.Column))
        for column in found:
            bound = self.column(column.name)
            column.set("this", bound.this)
            column.set("table", bound.args["table"])
            column.set("db", None)
            column.set("catalog", None)
        return {column.name.lower() for column in found}


@dataclass(frozen=True, slots=True)
class _Value:
    """One value of IN: what must hold for it, and the name that it gives."""

    condition: exp.Expr
    name: str


class _Pivot:
    def __init__(self, pivot: exp.Pivot, columns: _Columns) -> None:
        statement = not pivot.args.get("fields")
        self._columns = columns
        self._fields = pivot.expressions if statement else pivot.args["fields"]
        self._aggregates = (pivot.args.get("using") or []) if statement else pivot.expressions
        self._group = pivot.args.get("group")

    def select(self) -> exp.Select:
        aggregates = self._aggregates or [exp.Count(this=exp.Star(), big_int=True)]
        labels = [_label(aggregate, alone=len(aggregates) == 1) for aggregate in aggregates]
        used = set[str]()
        for aggregate in aggregates:
            used |= self._columns.bind(aggregate)
        turned = [self._values(field, used) for field in self._fields]
        groups = self._groups(used)
        combined = list(product(*turned))
        if len(combined) * len(aggregates) + len(groups) > MAX_PIVOTED:
            raise StatementTooComplex(f"PIVOT makes more than {MAX_PIVOTED:,} columns")
        items = self._columns.items(groups)
        for values in combined:
            items += [
                _item(values, aggregate, label) for aggregate, label in zip(aggregates, labels, strict=True)
            ]
        select = exp.Select(expressions=items, from_=exp.From(this=self._columns.source))
        if groups:
            select.set("group", exp.Group(expressions=[self._columns.column(name) for name in groups]))
        return select

    def _groups(self, used: set[str]) -> list[str]:
        if self._group is None:
            return self._columns.but(used)
        if (
            any(not isinstance(item, exp.Column) for item in self._group.expressions)
            or not self._group.expressions
        ):
            raise SyntaxNotSupported("PIVOT groups by columns only")
        return [item.name for item in self._group.expressions]

    def _values(self, field: exp.Expr, used: set[str]) -> list[_Value]:
        if not isinstance(field, exp.In) or not field.expressions:
            raise SyntaxNotSupported("PIVOT turns the values that are written out: ON column IN ('a', 'b')")
        turned = field.this.expressions if isinstance(field.this, exp.Tuple) else [field.this]
        if not all(isinstance(column, exp.Column) for column in turned):
            raise SyntaxNotSupported("PIVOT turns columns only: compute them in a subquery")
        for column in turned:
            used |= self._columns.bind(column)
        return [_value(turned, item) for item in field.expressions]


def _value(columns: Sequence[exp.Expr], item: exp.Expr) -> _Value:
    alias = item.args.get("alias")
    item = item.this if alias is not None else item
    parts = item.expressions if isinstance(item, exp.Tuple) else [item]
    if len(parts) != len(columns):
        raise SyntaxNotSupported("PIVOT compares each of its columns with one value")
    name = alias.name if alias is not None else "_".join(map(_constant_name, parts)) or "''"
    pairs = zip(columns, parts, strict=True)
    equal = [exp.NullSafeEQ(this=column.copy(), expression=part.copy()) for column, part in pairs]
    return _Value(exp.and_(*equal, copy=False), name)


def _constant_name(node: exp.Expr) -> str:
    """As DuckDB writes the constant as text."""
    if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal):
        return f"-{node.this.this}"
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal):
        return str(node.this.this)
    if isinstance(node, exp.Boolean):
        return str(node.this).lower()
    if isinstance(node, exp.Null):
        return "NULL"
    if not isinstance(node, exp.Literal):
        raise SyntaxNotSupported("PIVOT turns constants only: ON column IN ('a', 'b')")
    return str(node.this)


def _label(aggregate: exp.Expr, *, alone: bool) -> str:
    if isinstance(aggregate, exp.Alias):
        return f"_{aggregate.alias}"
    if alone:
        return ""
    text = aggregate.sql(dialect="duckdb", normalize_functions="lower", comments=False)
    return "_" + text.replace("count(*)", "count_star()")


def _item(values: Sequence[_Value], aggregate: exp.Expr, label: str) -> exp.Alias:
    condition = exp.and_(*(value.condition for value in values))
    holder = exp.Paren(this=aggregate.unalias().copy())
    found = list(_aggregates(holder))
    if not found:
        raise SyntaxNotSupported("PIVOT ... USING takes aggregate functions")
    for node in found:
        _filter(node, condition)
    return exp.Alias(this=holder.this, alias=quoted("_".join(value.name for value in values) + label))


def _filter(node: exp.Expr, condition: exp.Expr) -> None:
    if isinstance(node, exp.Filter):
        node.expression.set("this", exp.and_(node.expression.this, condition))
        return
    filtered = exp.Filter(expression=exp.Where(this=condition.copy()))
    node.replace(filtered)
    filtered.set("this", node)


def _aggregates(node: exp.Expr) -> Iterator[exp.Expr]:
    """The outermost aggregates below a node, with the clauses around them."""
    for child in node.iter_expressions():
        inner = child
        while isinstance(inner, exp.Filter | exp.WithinGroup | exp.IgnoreNulls | exp.RespectNulls):
            inner = inner.this
        if isinstance(inner, exp.Window):
            raise SyntaxNotSupported("a window function inside of PIVOT is not supported")
        if isinstance(inner, exp.AggFunc) or (
            isinstance(inner, exp.Anonymous) and inner.name.lower() in AGGREGATES
        ):
            yield child
        else:
            yield from _aggregates(child)


class _Unpivot:
    def __init__(self, pivot: exp.Pivot, columns: _Columns) -> None:
        self._pivot = pivot
        self._columns = columns

    def select(self) -> exp.Select:
        name, values, entries = self._parts()
        rows = [self._row(entry) for entry in entries]
        if not values or any(len(columns) != len(values) for _, columns in rows):
            raise SyntaxNotSupported("UNPIVOT needs as many columns in each group as names for values")
        used = {column.lower() for _, columns in rows for column in columns}
        kept = self._columns.but(used)
        items = self._columns.items(kept)
        items.append(_unnested([exp.Literal.string(label) for label, _ in rows], name))
        for at, value in enumerate(values):
            items.append(_unnested([self._columns.column(columns[at]) for _, columns in rows], value))
        inner = exp.Select(expressions=items, from_=exp.From(this=self._columns.source))
        if self._pivot.args.get("include_nulls"):
            return inner
        return _without_nulls(inner, [*kept, name, *values], values)

    def _parts(self) -> tuple[str, list[str], list[exp.Expr]]:
        """The names' column, the values' columns, and what is turned."""
        if self._pivot.args.get("fields"):
            field = self._pivot.args["fields"][0]
            if len(self._pivot.args["fields"]) != 1 or not isinstance(field, exp.In):
                raise SyntaxNotSupported("UNPIVOT turns one list of columns")
            listed = self._pivot.expressions
            named = listed[0].expressions if len(listed) == 1 and isinstance(listed[0], exp.Tuple) else listed
            return field.this.name, [node.name for node in named], self._all(field.expressions)
        into = self._pivot.args.get("into")
        if into is None:
            return "name", ["value"], self._all(self._pivot.expressions)
        return into.this.name, [node.name for node in into.expressions], self._all(self._pivot.expressions)

    def _all(self, entries: Sequence[exp.Expr]) -> list[exp.Expr]:
        found: list[exp.Expr] = []
        for entry in entries:
            if isinstance(entry, exp.Columns):
                found += [self._columns.column(out.name) for out in chosen(self._columns.outputs, entry.this)]
            else:
                found.append(entry)
        if len(found) > MAX_PIVOTED:
            raise StatementTooComplex(f"UNPIVOT turns more than {MAX_PIVOTED:,} columns")
        return found

    def _row(self, entry: exp.Expr) -> tuple[str, list[str]]:
        """The text that stands for a group of columns, and the columns."""
        alias = entry.args.get("alias")
        entry = entry.this if alias is not None else entry
        columns = entry.expressions if isinstance(entry, exp.Tuple) else [entry]
        if not columns or not all(isinstance(column, exp.Column) for column in columns):
            raise SyntaxNotSupported("UNPIVOT turns columns only: compute them in a subquery")
        names = [column.name for column in columns]
        return alias.name if alias is not None else "_".join(map(self._columns.spelled, names)), names


def _unnested(values: list[exp.Expr], name: str) -> exp.Alias:
    return exp.Alias(this=exp.Explode(this=exp.Array(expressions=values)), alias=quoted(name))


def _without_nulls(inner: exp.Select, names: Sequence[str], values: Sequence[str]) -> exp.Select:
    table = quoted("unpivoted")
    there = [
        exp.Not(this=exp.Is(this=exp.Column(this=quoted(value), table=table.copy()), expression=exp.Null()))
        for value in values
    ]
    items = [
        exp.Alias(this=exp.Column(this=quoted(name.lower()), table=table.copy()), alias=quoted(name))
        for name in names
    ]
    subquery = exp.Subquery(this=inner, alias=exp.TableAlias(this=table))
    return exp.Select(expressions=items, from_=exp.From(this=subquery)).where(*there, copy=False)
