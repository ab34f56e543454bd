"""The last word on a plan: whether its answer is the query's rows, or what DESCRIBE, SUMMARIZE, SHOW and EXPLAIN
tell.

They go the way of every statement: what is described or summarized was bound, authorized and rewritten like a query
that reads it. Their columns are DuckDB's. Nothing is asked of the engine's own catalog.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
from sqlglot import exp

from connectors.streams import scan_schema
from connectors.types import arrow_type
from gateway.engines.base import Engine, OutputColumn
from gateway.query.bind import BoundQuery
from gateway.query.hashing import hashed_schema
from gateway.query.parse import Statement
from gateway.query.plan import Fragment, Input, Plan
from gateway.query.visible import VisibleCatalog
from gateway.sql.dialect import generate, quoted
from gateway.sql.literals import cast, data_type, literal
from gateway.sql.names.lineage import is_plain
from gateway.sql.names.scopes import USE, Scopes

DESCRIBED = ("column_name", "column_type", "null", "key", "default", "extra")
LISTED = {"database": "VARCHAR", "schema": "VARCHAR", "name": "VARCHAR", "column_names": "VARCHAR[]",
          "column_types": "VARCHAR[]", "temporary": "BOOLEAN"}  # fmt: skip
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Note:
    """What DESCRIBE tells of a column besides its name and type."""

    nullable: bool = True
    key: bool = False
    mask: str | None = None


def column_notes(bound: BoundQuery) -> tuple[Note, ...]:
    """For each item of the outermost SELECT list, of the relation's column that it shows. Before `plan`, which uses
    the tree up."""
    items = bound.resolved.tree.selects if isinstance(bound.resolved.tree, exp.Select) else ()
    plain, scopes = is_plain(bound.resolved), Scopes()
    return tuple(_note(item.unalias(), bound, scopes, plain=plain) for item in items)


def _note(value: exp.Expr, bound: BoundQuery, scopes: Scopes, *, plain: bool) -> Note:
    source = scopes.source(value) if isinstance(value, exp.Column) else None
    number = source.meta_get(USE) if source is not None else None
    if number is None:
        return Note()
    seen = bound.relations[number]
    mask = seen.decision.columns[value.name].mask
    column = seen.relation.column(value.name)
    nullable = column.nullable or not plain or mask is not None
    return Note(nullable, plain and column.primary_key, None if mask is None else mask.name)


def present(
    statement: Statement, notes: tuple[Note, ...], planned: Plan, visible: VisibleCatalog, engine: Engine
) -> Plan:
    """The plan of the answer. A question about columns or the catalog reads nothing of any source."""
    if statement.form == "columns":
        return _described(planned, notes, engine)
    if statement.form == "summary":
        return _summarized(planned, engine)
    if statement.form == "tables":
        return _rows({"name": "VARCHAR"}, _names(visible, statement.domain))
    return planned if statement.form == "rows" else _rows(LISTED, _listed(visible))


def told(lines: Sequence[str]) -> Plan:
    """The answer of EXPLAIN, under the name that PostgreSQL gives it."""
    return _rows({"QUERY PLAN": "VARCHAR"}, [(line,) for line in lines])


def columns_of(planned: Plan, engine: Engine) -> tuple[OutputColumn, ...]:
    """The engine's columns of a plan, by binding only, if it is needed at all."""
    if planned.passed:
        return tuple(OutputColumn(name, kind) for name, kind in planned.passed)
    return engine.describe(planned.sql, {name: input_schema(read) for name, read in planned.inputs.items()})


def input_schema(read: Input) -> pa.Schema:
    if isinstance(read, Fragment):
        return hashed_schema(scan_schema(read.scan.columns), read.hashed)
    return pa.schema([pa.field(name, arrow_type(kind)) for name, kind in read.columns])


# --- DESCRIBE --------------------------------------------------------------------------------------------


def _described(planned: Plan, notes: tuple[Note, ...], engine: Engine) -> Plan:
    columns = columns_of(planned, engine)
    known = notes if len(notes) == len(columns) else (Note(),) * len(columns)
    rows = [
        (name, column.type, "YES" if note.nullable else "NO", "PRI" if note.key else None, None, _extra(note))
        for name, column, note in zip(planned.names, columns, known, strict=True)
    ]
    return _rows(dict.fromkeys(DESCRIBED, "VARCHAR"), rows)


def _extra(note: Note) -> str | None:
    return None if note.mask is None else f"masked: {note.mask}"


# --- SHOW ------------------------------------------------------------------------------------------------


def _names(visible: VisibleCatalog, domain: str | None) -> list[Row]:
    return [
        (seen.relation.qualified_name,)
        for seen in visible.listing()
        if domain is None or seen.relation.domain.lower() == domain.lower()
    ]


def _listed(visible: VisibleCatalog) -> list[Row]:
    name = visible.catalog.name
    return [
        (
            name,
            seen.relation.domain,
            seen.relation.name,
            list(seen.columns),
            list(seen.columns.values()),
            False,
        )
        for seen in visible.listing()
    ]


def _rows(columns: Mapping[str, str], rows: Sequence[Row]) -> Plan:
    """A plan of rows that are known."""
    kinds = list(columns.values())
    values = exp.Values(
        expressions=[
            exp.Tuple(expressions=[literal(value, kind) for value, kind in zip(row, kinds, strict=True)])
            for row in rows or [(None,) * len(kinds)]
        ],
        alias=exp.TableAlias(this=quoted("t"), columns=[quoted(name) for name in columns]),
    )
    items = [
        exp.alias_(exp.Cast(this=exp.Column(this=quoted(name)), to=data_type(kind)), name, quoted=True)
        for name, kind in columns.items()
    ]
    select = exp.Select(expressions=items, from_=exp.From(this=values))
    if not rows:
        select.where(exp.false(), copy=False)
    return Plan(generate(select, consume=True), tuple(columns), {}, ())


# --- SUMMARIZE -------------------------------------------------------------------------------------------


def _summarized(planned: Plan, engine: Engine) -> Plan:
    """One row for each column, from one aggregation over all of the query's rows."""
    columns = columns_of(planned, engine)
    names = [quoted(f"c{number}") for number in range(len(columns))]
    items = []
    for name, value in SUMMARY.items():
        cells = [
            value(exp.Column(this=quoted(own.name)), shown, column.type)
            for own, shown, column in zip(names, planned.names, columns, strict=True)
        ]
        items.append(exp.alias_(exp.Explode(this=exp.Array(expressions=cells)), name, quoted=True))
    table = exp.TableAlias(this=quoted("q"), columns=names)
    head = generate(exp.Select(expressions=items), consume=True)
    sql = f"{head} FROM ({planned.sql}) AS {generate(table)}"
    return replace(planned, sql=sql, names=tuple(SUMMARY), passed=(), trial=None)


def _is_number(kind: str) -> bool:
    return kind.startswith("DECIMAL(") or kind in NUMBERS


def _is_moment(kind: str) -> bool:
    return kind.startswith(("DATE", "TIME")) and not kind.endswith("]")


NUMBERS = frozenset(
    """TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT UHUGEINT FLOAT DOUBLE""".split()
)

Cell = Callable[[exp.Column, str, str], exp.Expr]
"""The column, its name and its type -> the value in its row of the summary."""


def _text(value: exp.Expr) -> exp.Expr:
    return cast(value, "VARCHAR")


def _aggregate(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _of(name: str, fits: Callable[[str], bool], *more: str) -> Cell:
    def cell(column: exp.Column, _shown: str, kind: str) -> exp.Expr:
        arguments = (column, *(exp.Literal.number(each) for each in more))
        return _text(_aggregate(name, *arguments) if fits(kind) else exp.Null())

    return cell


def _nulls(column: exp.Column, _shown: str, _kind: str) -> exp.Expr:
    rows = exp.Nullif(this=exp.Count(this=exp.Star()), expression=exp.Literal.number(0))
    there = exp.Div(this=exp.Count(this=column), expression=rows)
    share = exp.Sub(this=exp.Literal.number("1.0"), expression=there)
    return cast(exp.Mul(this=exp.Paren(this=share), expression=exp.Literal.number(100)), "DECIMAL(9,2)")


def _known(_kind: str) -> bool:
    return True


def _in_order(kind: str) -> bool:
    return _is_number(kind) or _is_moment(kind)


SUMMARY: Mapping[str, Cell] = {
    "column_name": lambda _column, shown, _kind: literal(shown, "VARCHAR"),
    "column_type": lambda _column, _shown, kind: literal(kind, "VARCHAR"),
    "min": _of("min", _known),
    "max": _of("max", _known),
    "approx_unique": lambda column, _shown, _kind: _aggregate("approx_count_distinct", column),
    "avg": _of("avg", _in_order),
    "std": _of("stddev", _is_number),
    "q25": _of("approx_quantile", _in_order, "0.25"),
    "q50": _of("approx_quantile", _in_order, "0.5"),
    "q75": _of("approx_quantile", _in_order, "0.75"),
    "count": lambda _column, _shown, _kind: exp.Count(this=exp.Star()),
    "null_percentage": _nulls,
}
