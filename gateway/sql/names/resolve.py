"""Names to columns: every column of a tree gets the table it belongs to, every star its columns."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlglot import exp
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from gateway.errors import InvalidColumnReference, Refused, StatementTooComplex, SyntaxNotSupported
from gateway.sql.bounds.expansion import check_names
from gateway.sql.bounds.recursion import reading_of
from gateway.sql.dialect import quoted
from gateway.sql.names.base_columns import BaseColumn, base_columns
from gateway.sql.names.brackets import name_brackets, open_brackets
from gateway.sql.names.expansions import expand, has_shorthands
from gateway.sql.names.naming import output_names, result_name
from gateway.sql.names.presented import presented
from gateway.sql.names.qualify import annotate, qualified, quote, schema_of
from gateway.sql.names.scopes import USE, Scopes, ctes_in_sight, enclosing_selects
from gateway.sql.names.stars import columns_that_stars_change, name_generators
from gateway.sql.names.undefined import ambiguous, duplicate_alias, undefined_column, undefined_table
from gateway.sql.names.whole_rows import expand_whole_rows
from gateway.sql.nodes import Nodes, copied, everything

TableName = tuple[str, ...]
Columns = Mapping[str, str]
"""Column name -> DuckDB type name, in order."""
NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TableUse:
    """One table in FROM and the columns that the text uses of it, stars expanded, in the table's order."""

    number: int
    alias: str
    table: TableName
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Resolved:
    """`tree`: all columns qualified, identifiers quoted, stars and alias references expanded, types annotated.

    Base tables carry their names of `tables` and, in `meta["use"]`, the number of their TableUse.
    `names` are the result columns' names as PostgreSQL gives them, which need not be unique, and `presented` their
    types where these are not the engine's. `base`: of which base tables they are; empty: of none.
    """

    tree: exp.Query
    uses: tuple[TableUse, ...]
    names: tuple[str, ...]
    presented: tuple[str, ...] = ()
    base: tuple[BaseColumn | None, ...] = ()


def table_name(table: exp.Table) -> TableName:
    """The parts of a table's name as written."""
    return tuple(part.name for part in table.parts)


def base_tables(tree: exp.Expr) -> Iterator[exp.Table]:
    """The tables that are no CTE and no table function, in a fixed order."""
    return filter(_is_base, [node for node in everything(tree) if isinstance(node, exp.Table)])


def _is_base(table: exp.Table) -> bool:
    return isinstance(table.this, exp.Identifier) and not _names_cte(table)


def used_tables(tree: exp.Expr) -> Iterator[tuple[int, exp.Table]]:
    """Of a resolved tree: the number of each TableUse and its node."""
    return _numbers(node for node in everything(tree) if isinstance(node, exp.Table))


def _numbers(tables: Iterable[exp.Table]) -> Iterator[tuple[int, exp.Table]]:
    for table in tables:
        number = table.meta_get(USE)
        if number is not None:
            yield number, table


def resolve(
    tree: exp.Query, tables: Mapping[TableName, Columns], declared: Mapping[TableName, Columns] = NOTHING
) -> Resolved:
    """Resolve against `tables` (names as written in SQL: `("crm", "orders")`), case-insensitively. `declared`: types of
    columns as they are to be presented.

    Raises UndefinedTable, UndefinedColumn, AmbiguousColumn; each names only what the text said.
    """
    tree = copied(tree)
    written = Nodes(tree)
    try:
        names = _number_tables(written, tables)
        columns = [tables[name] for name in names]
        _shorten_columns(written)
        name_brackets(written)
        name_generators(written)
        check_names(tree, columns, USE)
        schema = schema_of(columns)
        if has_shorthands(written):
            expand(tree, schema, [{name.lower(): name for name in each} for each in columns])
            written = Nodes(tree)
        changed = columns_that_stars_change(written)
        _name_projections(written)
        tree = qualified(tree, schema)
        nodes = Nodes(tree)
        _cross_join_natural(nodes)
        if nodes.of(exp.TableColumn):
            expand_whole_rows(nodes, columns, _tables_by_select(nodes.of(exp.Table)))
            nodes = Nodes(tree)
        if open_brackets(tree):
            nodes = Nodes(tree)
        scopes = traverse_scope(tree)
        _check_columns(scopes, columns)
        _check_stars(scopes, columns, changed)
        quote(nodes)
        annotate(tree, scopes, schema)
    except OptimizeError as error:
        raise _unresolved(str(error)) from error
    except RecursionError as error:
        raise StatementTooComplex("the statement nests deeper than limits.nesting") from error
    except SqlglotError as error:
        raise SyntaxNotSupported("this statement uses syntax that is not supported") from error
    return _finished(tree, nodes, names, tables, declared)


def _names_cte(table: exp.Table) -> bool:
    if table.args.get("db"):
        return False
    name = table.name.lower()
    return any(cte.alias.lower() == name for cte in ctes_in_sight(table))


def _number_tables(nodes: Nodes, tables: Mapping[TableName, Columns]) -> list[TableName]:
    """Give each base table the name `#<number>`, unique in the tree, keeping how the text calls it as its alias."""
    known = {tuple(part.lower() for part in name): name for name in tables}
    for cte in nodes.of(exp.CTE):
        if cte.alias.startswith("#"):
            raise SyntaxNotSupported("the name of a CTE cannot begin with #")
    names: list[TableName] = []
    for table in [table for table in nodes.of(exp.Table) if _is_base(table)]:
        written = table_name(table)
        name = known.get(tuple(part.lower() for part in written))
        if name is None:
            raise undefined_table(written)
        if not table.alias:
            table.set("alias", exp.TableAlias(this=quoted(written[-1].lower())))
        table.set("this", quoted(f"#{len(names)}"))
        table.meta["written"] = written
        table.set("db", None)
        table.set("catalog", None)
        table.meta[USE] = len(names)
        names.append(name)
    return names


def _shorten_columns(nodes: Nodes) -> None:
    """`sales.orders.id` means the table that the text calls sales.orders, where one is in sight under that name."""
    for column in nodes.of(exp.Column):
        if not column.args.get("db"):
            continue
        parts = [part.name.lower() for part in column.parts]
        for select in enclosing_selects(column):
            if any(_is_called(table, parts[:-1]) for table in _tables_of(select)):
                column.set("db", None)
                column.set("catalog", None)
                break


def _is_called(table: exp.Table, parts: list[str]) -> bool:
    written = table.meta.get("written")
    return (
        written is not None
        and [part.lower() for part in written] == parts
        and table.alias.lower() == parts[-1]
    )


def _tables_of(select: exp.Select) -> Iterator[exp.Table]:
    return (table for table in select.find_all(exp.Table) if table.find_ancestor(exp.Select) is select)


def _name_projections(nodes: Nodes) -> None:
    """Give unnamed items of every SELECT list PostgreSQL's names, made unique where a list repeats one."""
    for select in nodes.of(exp.Select):
        taken: set[str] = set()
        repeats: Counter[str] = Counter()
        items: list[exp.Expr] = []
        for item in select.expressions:
            if isinstance(item, exp.Alias):
                item.meta.update(named=result_name(item), alias=item.alias)
            if isinstance(item, exp.Alias | exp.Column | exp.Star):
                taken.add(item.alias_or_name.lower())
                items.append(item)
                continue
            base = name = result_name(item)
            while name in taken:
                repeats[base] += 1
                name = f"{base}_{repeats[base]}"
            taken.add(name)
            items.append(exp.Alias(this=item, alias=quoted(name)))
            items[-1].meta.update(named=base, alias=name)
        select.set("expressions", items)  # at once: replacing one item after the other is quadratic


def _cross_join_natural(nodes: Nodes) -> None:
    """A NATURAL JOIN that is left has no common column: every row meets every row."""
    for join in nodes.of(exp.Join):
        if join.method == "NATURAL":
            join.set("method", None)
            if join.side:
                join.set("on", exp.true())
            else:
                join.set("kind", "CROSS")


def _check_columns(scopes: Iterable[Scope], columns: list[Columns]) -> None:
    """Every column must belong to a source in sight; sqlglot leaves those that it cannot place."""
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        for column in scope.unqualified_columns:
            if _is_lambda_argument(column):
                continue
            holders = [
                s for _, s in scope.selected_sources.values() if column.name in _source_names(s, columns)
            ]
            raise ambiguous(column.name) if len(holders) > 1 else undefined_column(column.name)
        if scope.external_columns and scope.parent is None:
            column = scope.external_columns[0]
            raise undefined_column(f"{column.table}.{column.name}" if column.table else column.name)


def _check_stars(scopes: Iterable[Scope], columns: list[Columns], changed: Mapping[int, set[str]]) -> None:
    """What a star changes must be there, and no star may be left: the engine would expand it by its own names."""
    for scope in scopes:
        if not isinstance(scope.expression, exp.Select):
            continue
        for item in scope.expression.expressions:
            if isinstance(item.unalias(), exp.Star) or item.unalias().is_star:
                raise SyntaxNotSupported(
                    "* over a function in FROM needs names for its columns: f(...) AS t(a, b)"
                )
        named = changed.get(id(scope.expression))
        if named:
            sources = (source for _, source in scope.selected_sources.values())
            missing = named.difference(*(_source_names(source, columns) for source in sources))
            if missing:
                raise undefined_column(min(missing))


def _is_lambda_argument(column: exp.Column) -> bool:
    node = column.find_ancestor(exp.Lambda)
    while node is not None:
        if any(argument.name == column.name for argument in node.expressions):
            return True
        node = node.find_ancestor(exp.Lambda)
    return False


def _source_names(source: exp.Table | Scope, columns: list[Columns]) -> list[str]:
    if isinstance(source, exp.Table):
        number = source.meta_get(USE)
        return [] if number is None else [name.lower() for name in columns[number]]
    return list(source.expression.named_selects) if isinstance(source.expression, exp.Query) else []


def _unresolved(message: str) -> Refused:
    """sqlglot names the column (as the text did) in its message."""
    kind, _, named = message.partition(": ")
    if kind == "Unknown output column" and named.isdigit():
        return InvalidColumnReference(f"position {named} is not in select list")
    if kind == "Alias already used":
        return duplicate_alias(named)
    found = re.search(
        r"(Unknown column|Column|Cannot automatically join|Ambiguous column):? '?([^'\n]+?)'?( could| \(|\.|$)",
        message,
    )
    if found is None:
        return SyntaxNotSupported("this statement uses names in a way that is not supported")
    return ambiguous(found[2]) if found[1].startswith("Ambiguous") else undefined_column(found[2])


def _finished(
    tree: exp.Query,
    nodes: Nodes,
    names: list[TableName],
    tables: Mapping[TableName, Columns],
    declared: Mapping[TableName, Columns],
) -> Resolved:
    """Give base tables and their columns the spelling of `tables`, and collect what is used of each."""
    canonical = {n: {column.lower(): column for column in tables[name]} for n, name in enumerate(names)}
    used: list[set[str]] = [set() for _ in names]
    scopes = Scopes()
    for column in nodes.of(exp.Column):
        source = scopes.source(column)
        number = source.meta_get(USE) if source is not None else None
        if number is None:
            continue
        spelled = canonical[number].get(column.name.lower())
        if spelled is None:
            raise undefined_column(column.name)
        column.set("this", quoted(spelled))
        used[number].add(spelled)
    aliases: dict[int, str] = {}
    shown = output_names(tree, scopes)
    types = presented(
        tree, lambda table, column: declared.get(names[table.meta[USE]], NOTHING).get(column, "")
    )
    base = base_columns(tree, scopes)
    _forget_notes(nodes)
    for number, table in _numbers(nodes.of(exp.Table)):
        aliases[number] = table.alias
        parts = names[number]
        for key, part in zip(("this", "db", "catalog"), (*reversed(parts), None, None), strict=False):
            table.set(key, quoted(part) if part is not None else None)
    uses = tuple(
        TableUse(n, aliases[n], name, tuple(c for c in tables[name] if c in used[n]))
        for n, name in enumerate(names)
        if n in aliases
    )
    if nodes.of(exp.TableSample):
        _sample_above(tree, {use.number: use.columns for use in uses})
    return Resolved(tree, uses, shown, types if any(types) else (), base)


def _sample_above(tree: exp.Query, used: Mapping[int, tuple[str, ...]]) -> None:
    """A sample of a base table is taken of what a subquery shows of it, not of what is in the table."""
    for number, table in list(used_tables(tree)):
        if not table.args.get("sample"):
            continue
        kept = {key: table.args.get(key) for key in ("sample", "joins", "laterals")}
        for key in kept:
            table.set(key, None)
        above = exp.Subquery(alias=table.args["alias"].copy(), **kept)
        table.replace(above)
        above.set("this", reading_of(table, used[number]))


def _forget_notes(nodes: Nodes) -> None:
    """What resolving noted on nodes has served, and names have no type; every copy of the tree would copy it too."""
    for identifier in nodes.of(exp.Identifier):
        identifier._type = None  # noqa: SLF001  `type` cannot be set to nothing
    for node in nodes:
        if node._meta is not None and USE not in node._meta:  # noqa: SLF001  `meta` makes a dict where there is none
            node._meta = None  # noqa: SLF001


def _tables_by_select(tables: Iterable[exp.Table]) -> dict[int, dict[str, int]]:
    """id of a SELECT -> alias -> number of the base table of that name in its FROM."""
    found: dict[int, dict[str, int]] = {}
    for number, table in _numbers(tables):
        select = table.find_ancestor(exp.Select)
        if select is not None:
            found.setdefault(id(select), {})[table.alias.lower()] = number
    return found
