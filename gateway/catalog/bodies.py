"""A relation's SQL, bound against the real columns of what it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlglot import exp

from connectors.base import SourceTable
from gateway.catalog.contract import Schema
from gateway.catalog.types import Typer, empty_select
from gateway.documents import did_you_mean
from gateway.errors import MeshgateError
from gateway.settings import Limits
from gateway.sql.allowed.functions import SESSION_FUNCTIONS
from gateway.sql.bounds.recursion import refers_to_itself
from gateway.sql.dialect import generate, quoted
from gateway.sql.names.lineage import Origin, filtering, is_plain, lineage
from gateway.sql.names.resolve import Resolved, TableName, base_tables, resolve, table_name, used_tables
from gateway.sql.syntax import parse_query

KEEPS_ITS_LIST = frozenset({"expressions", "from_", "joins", "where", "laterals", "with_"})
"""Clauses of a SELECT whose meaning does not depend on the names and the order of its list."""


class BodyError(Exception):
    """`str(error)` says what is wrong with the SQL and what to do."""


@dataclass(frozen=True, slots=True)
class Readable:
    """Something a body may read: `node` is how the finished body names it. `columns`: name -> DuckDB type.

    `source` is the source's key, or '' for a relation, which then is `relation` as (domain, name). `hidden`
    columns are there but not shared with the reader.
    """

    columns: Mapping[str, str]
    node: TableName
    source: str = ""
    relation: tuple[str, str] | None = None
    weak: bool = False
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Output:
    """One result column: its DuckDB type, where it comes from, and whether a weak source had a part in it."""

    type: str
    origins: frozenset[Origin]
    weak: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A bound SELECT with the contract's columns, in order. `filtered`: base columns that decide on rows."""

    select: exp.Select
    plain: bool
    outputs: tuple[Output, ...]
    reads: Mapping[TableName, Readable]
    used: Mapping[TableName, frozenset[str]]
    filtered: frozenset[Origin]


def parsed(text: str, limits: Limits) -> exp.Query:
    """The SQL of a relation. Raises BodyError."""
    try:
        tree = parse_query(text, limits)
    except MeshgateError as error:
        raise BodyError(f"{_line(text, error.position)}{error}") from error
    for node in tree.find_all(exp.Func):
        name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
        if name.lower() in SESSION_FUNCTIONS:
            raise BodyError(f"{name.lower()} is about who asks and when: a product gives all the same answer")
    if tree.find(exp.TableSample) is not None:
        raise BodyError("a sample is not the same every time: a product gives all the same answer")
    if any(refers_to_itself(cte) for cte in tree.find_all(exp.CTE)):
        raise BodyError("a CTE that refers to itself is not supported in a product")
    return tree


def source_select(schema: Schema) -> exp.Select:
    """What `physicalName` stands for: columns of a table, by their own names. Raises BodyError."""
    parts = schema.physical_name.split(".")
    if not 2 <= len(parts) <= 3 or not all(parts):
        raise BodyError(f"{schema.physical_name!r} must be source.table or source.schema.table")
    table = exp.Table(
        **dict(zip(("this", "db", "catalog"), map(quoted, reversed(parts)), strict=False)),
        alias=exp.TableAlias(this=quoted("t")),
    )
    columns = [exp.Column(this=quoted(item.physical_name), table=quoted("t")) for item in schema.properties]
    return exp.Select(expressions=columns, from_=exp.From(this=table))


def tables_read(tree: exp.Query) -> tuple[TableName, ...]:
    """Names of the base tables, as written, each once."""
    return tuple(dict.fromkeys(table_name(table) for table in base_tables(tree)))


def bound(tree: exp.Query, schema: Schema, readable: Mapping[TableName, Readable], typer: Typer) -> Body:
    """The body of a relation. Raises BodyError; `readable` holds every name that `tables_read` gives."""
    try:
        resolved = resolve(tree, {name: item.columns for name, item in readable.items()})
    except MeshgateError as error:
        raise BodyError(_with_suggestion(str(error), readable)) from error
    positions = _positions(resolved, schema)
    origins = list(lineage(resolved).values())
    plain = is_plain(resolved) and not any(item.relation for item in readable.values())
    if len(origins) != len(resolved.tree.selects):
        raise BodyError("two columns of the result have the same name: give each its own with AS")
    types = _types(resolved, readable, typer)
    outputs = tuple(Output(types[at], origins[at], _weak(origins[at], readable)) for at in positions)
    used = {use.table: frozenset[str]() for use in resolved.uses}
    for use in resolved.uses:
        used[use.table] |= set(use.columns)
    filtered = filtering(resolved)
    select = _arranged(_named(resolved, readable), positions, [item.name for item in schema.properties])
    return Body(select, plain, outputs, readable, used, filtered)


def _with_suggestion(text: str, readable: Mapping[TableName, Readable]) -> str:
    """The error with the nearest column: whoever reads it may see the source's columns."""
    word = text.partition('"')[2].partition('"')[0].rpartition(".")[2]
    columns = {column for item in readable.values() for column in item.columns}
    if any(word in item.hidden for item in readable.values()):
        return f"{text} for this domain: it is not shared with it"
    return text + (did_you_mean(word, columns) if word and text.startswith("column ") else "")


def _positions(resolved: Resolved, schema: Schema) -> list[int]:
    """For each column of the contract its place in the SELECT's list."""
    written = [item.alias_or_name for item in resolved.tree.selects]
    names = [name.casefold() for name in written]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BodyError(
            f"{', '.join(twice)} stands twice in the result: give each column its own name with AS"
        )
    wanted = {item.physical_name.casefold(): item.name for item in schema.properties}
    missing = [name for folded, name in wanted.items() if folded not in names]
    extra = [name for name in written if name.casefold() not in wanted]
    if missing or extra:
        parts = [f"{', '.join(missing)} missing"] if missing else []
        parts += [f"{', '.join(extra)} not in the contract"] if extra else []
        raise BodyError(f"the SELECT's columns are not the contract's: {'; '.join(parts)}")
    return [names.index(item.physical_name.casefold()) for item in schema.properties]


def _weak(origins: frozenset[Origin], readable: Mapping[TableName, Readable]) -> bool:
    return any(readable[origin.table].weak for origin in origins)


def _types(resolved: Resolved, readable: Mapping[TableName, Readable], typer: Typer) -> list[str]:
    """DuckDB types of the result, by binding the tree over empty tables."""
    if is_plain(resolved):
        columns = readable[resolved.uses[0].table].columns
        return [columns[item.unalias().name] for item in resolved.tree.selects]
    tree = resolved.tree.copy()
    stubs = []
    for number, table in used_tables(tree):
        name = f"meshgate {number}"
        stubs.append(f'"{name}" AS ({empty_select(readable[resolved.uses[number].table].columns)})')
        for key, part in (("this", quoted(name)), ("db", None), ("catalog", None)):
            table.set(key, part)
    start = f"WITH {', '.join(stubs)} " if stubs else ""
    try:
        return [column.type for column in typer.describe(f"{start}SELECT * FROM ({generate(tree)}) AS q", {})]
    except MeshgateError as error:
        raise BodyError(f"the SELECT cannot be bound: {cause(error)}") from error


def cause(error: MeshgateError) -> str:
    text = str(error.__cause__ or error)
    return " ".join(text.partition("\n\nLINE ")[0].split())


def _named(resolved: Resolved, readable: Mapping[TableName, Readable]) -> exp.Query:
    """The tree with its tables under the names that a finished body gives them."""
    tables = {use.number: readable[use.table].node for use in resolved.uses}
    for number, table in list(used_tables(resolved.tree)):
        node = (*reversed(tables[number]), None, None)
        for key, part in zip(("this", "db", "catalog"), node, strict=False):
            table.set(key, quoted(part) if part else None)
    return resolved.tree


def _arranged(tree: exp.Query, positions: Sequence[int], names: Sequence[str]) -> exp.Select:
    """The same rows with the contract's columns: renamed in place where nothing else refers to the list."""
    current = [item.alias_or_name for item in tree.selects]
    if isinstance(tree, exp.Select) and list(names) == current:
        return tree
    if isinstance(tree, exp.Select) and {key for key, value in tree.args.items() if value} <= KEEPS_ITS_LIST:
        items = [tree.expressions[at].unalias() for at in positions]
        named = [exp.alias_(item, name, quoted=True) for item, name in zip(items, names, strict=True)]
        tree.set("expressions", named)
        return tree
    columns = [
        exp.alias_(exp.Column(this=quoted(current[at]), table=quoted("body")), name, quoted=True)
        for at, name in zip(positions, names, strict=True)
    ]
    subquery = exp.Subquery(this=tree, alias=exp.TableAlias(this=quoted("body")))
    return exp.Select(expressions=columns, from_=exp.From(this=subquery))


def nothing(columns: Mapping[str, str]) -> exp.Select:
    """The body of a relation whose source is down: the contract's columns and no rows."""
    casts = [
        exp.alias_(exp.cast(exp.Null(), kind, dialect="duckdb"), name, quoted=True)
        for name, kind in columns.items()
    ]
    return exp.Select(expressions=casts).where(exp.false())


def source_readable(key: str, table: SourceTable) -> Readable:
    schema = table.name[0] if len(table.name) > 1 else ""
    columns = {column.name: column.type for column in table.columns}
    return Readable(columns, (key, schema, table.name[-1]), source=key, weak=table.weak)


def _line(text: str, position: int | None) -> str:
    return f"line {text.count(chr(10), 0, position - 1) + 1}: " if position else ""
