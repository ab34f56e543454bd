"""Step 5: which source runs what, and what the engine does with it.

Each governed relation is a barrier of its own. Its source runs it whole where the source's SQL means the same;
else the engine reads the source's tables and runs the relation behind a fence (`OFFSET 0`), which no condition of
the consumer's is moved through. A consumer's leakproof conditions go into the relation's own query; all the rest
stays above it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from connectors.base import Connector, Scan, SourceColumn, SourceTable
from gateway.errors import InternalFailure, SourceUnavailable
from gateway.query.predicates import conjuncts, over_values, taken
from gateway.query.rewrite import GovernedQuery, GovernedSelect
from gateway.sql.dialect import generate, quoted
from gateway.sql.remote import not_pushable, remote_text, same_meaning
from gateway.sql.resolve import base_tables
from gateway.sql.scopes import USE, Scopes, columns_by_table

NOTHING = "nothing"
"""Name of the one column of a scan of which only the number of rows counts."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The piece of a query that one source runs. `hashed` columns are hashed by the gateway as they arrive.

    `kept` says why more was not given to the source; empty: it runs the whole relation.
    """

    source: str
    relation: str
    scan: Scan
    hashed: tuple[str, ...] = ()
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """A relation that the engine runs on its own, before its rows are hashed and handed on."""

    relation: str
    sql: str
    inputs: Mapping[str, "Fragment | Stage"]
    columns: tuple[tuple[str, str], ...]
    hashed: tuple[str, ...]


Input = Fragment | Stage


@dataclass(frozen=True, slots=True)
class Plan:
    """`sql` is the engine's, over `inputs` and the Parquet files it reads itself (`native`: source, relation)."""

    sql: str
    names: tuple[str, ...]
    inputs: Mapping[str, Input]
    native: tuple[tuple[str, str], ...]

    def fragments(self) -> tuple[Fragment, ...]:
        return _fragments(self.inputs)


def _fragments(inputs: Mapping[str, Input]) -> tuple[Fragment, ...]:
    found: list[Fragment] = []
    for read in inputs.values():
        found += [read] if isinstance(read, Fragment) else _fragments(read.inputs)
    return tuple(found)


Tables = Mapping[str, Mapping[tuple[str, ...], SourceTable]]
"""Source key -> the source's tables, as they were at load."""


def plan(
    query: GovernedQuery,
    tables: Tables,
    connectors: Mapping[str, Connector],
    unavailable: Mapping[tuple[str, str], str],
) -> Plan:
    """Raises SourceUnavailable for a product whose source was down when the mesh was loaded. The query is used up:
    copying its typed trees would cost as much as the rest of the step."""
    for select in query.relations.values():
        _check_available(select, unavailable)
    planner = _Planner(tables, connectors)
    tree = query.tree
    uses = [
        (table, query.relations[table.meta[USE]]) for table in tree.find_all(exp.Table) if USE in table.meta
    ]
    found = [(table, select, taken(table, _takeable(select))) for table, select in uses]
    for table, select, conditions in found:
        table.replace(_aliased(planner.relation(select, conditions), table))
    return Plan(generate(tree, consume=True), query.names, planner.inputs, tuple(planner.native))


def _check_available(select: GovernedSelect, unavailable: Mapping[tuple[str, str], str]) -> None:
    if select.product in unavailable:
        raise SourceUnavailable(
            f'the data source of product "{select.product[0]}.{select.product[1]}" is unavailable'
        )
    for read in select.inputs.values():
        _check_available(read, unavailable)


def _values(select: GovernedSelect) -> dict[str, exp.Expr]:
    return {item.alias_or_name: item.unalias() for item in select.select.expressions}


def _takeable(select: GovernedSelect) -> frozenset[str]:
    """Columns that show their raw value in its own type: no mask, no cast, nothing that the product's SQL computes.

    A condition on a computed column would be evaluated with its computation, also on rows that the product leaves out.
    """
    values = _values(select)
    scopes = Scopes()
    return frozenset(
        name
        for name, _ in select.columns
        if name not in select.hashed and _is_read_as_it_is(values[name], scopes)
    )


def _is_read_as_it_is(value: exp.Expr | None, scopes: Scopes) -> bool:
    """Whether a value is a table's column, handed up through subqueries."""
    if not isinstance(value, exp.Column):
        return False
    source = scopes.source(value)
    if isinstance(source, exp.Table):
        return bool(source.catalog or source.db)
    if not isinstance(source, exp.Subquery) or not isinstance(source.this, exp.Select):
        return False
    items = {item.alias_or_name: item.unalias() for item in source.this.expressions}
    return _is_read_as_it_is(items.get(value.name), scopes)


def _aliased(node: exp.Expr, table: exp.Table) -> exp.Expr:
    node.set("alias", table.args["alias"].copy())
    for key in ("joins", "laterals"):
        if table.args.get(key):
            node.set(key, table.args[key])
    return node


@dataclass(slots=True)
class _Planner:
    tables: Tables
    connectors: Mapping[str, Connector]
    inputs: dict[str, Input] = field(default_factory=dict)
    native: list[tuple[str, str]] = field(default_factory=list)

    def relation(self, governed: GovernedSelect, conditions: tuple[exp.Expr, ...]) -> exp.Expr:
        """What stands in FROM, without its alias, for one governed relation."""
        values = _values(governed)
        select = governed.select
        for condition in conditions:
            select.where(over_values(condition, values), copy=False)
        reason = self._not_one_source(governed)
        if reason is None:
            whole = _inlined(select, governed)
            reason = self._not_whole(whole)
            if reason is None:
                return self._registered(self._whole(whole, governed))
        return self._in_engine(select, governed, reason)

    def _registered(self, read: Input) -> exp.Table:
        # No CTE of a consumer can have this name and hide the scan: `resolve` refuses # at its beginning.
        name = f"#scan {len(self.inputs) + 1}"
        self.inputs[name] = read
        return exp.Table(this=quoted(name))

    # --- the source runs the relation whole ---------------------------------------------------------

    def _not_one_source(self, governed: GovernedSelect) -> str | None:
        sources = _sources(governed)
        if len(sources) != 1:
            return "it reads several sources" if sources else "it reads no source"
        if self.connectors[next(iter(sources))].dialect is None:
            return "its source runs no SQL"
        if any(read.hashed for read in governed.inputs.values()):
            return "the gateway hashes a column of its input"
        return None

    def _not_whole(self, whole: exp.Select) -> str | None:
        dialect = self.connectors[next(base_tables(whole)).catalog].dialect
        assert dialect is not None
        return self._strange_column(whole, dialect) or not_pushable(whole, dialect)

    def _strange_column(self, whole: exp.Select, dialect: str) -> str | None:
        """A column whose type means something else at the source may be delivered there, not calculated with."""
        scopes = Scopes()
        for column in whole.find_all(exp.Column):
            table = scopes.source(column)
            if not isinstance(table, exp.Table) or _is_delivered(column, whole):
                continue
            found = self._column(table, column.name)
            if not same_meaning(found.native_type, found.type, dialect):
                return "a column's type means something else at its source"
        return None

    def _whole(self, whole: exp.Select, governed: GovernedSelect) -> Fragment:
        key = next(table.catalog for table in base_tables(whole))
        types = dict(governed.arriving)
        columns = tuple(self._delivered(item, types) for item in whole.expressions)
        dialect = self.connectors[key].dialect
        assert dialect is not None
        return Fragment(
            key, governed.relation, Scan(columns, query=remote_text(whole, dialect)), governed.hashed
        )

    def _delivered(self, item: exp.Expr, types: Mapping[str, str]) -> SourceColumn:
        name, value = item.alias_or_name, item.unalias()
        table = Scopes().source(value) if isinstance(value, exp.Column) else None
        if isinstance(table, exp.Table) and isinstance(value, exp.Column):
            found = self._column(table, value.name)
            return SourceColumn(name, found.type, found.native_type, found.nullable)
        return SourceColumn(name, types.get(name, "BOOLEAN"), "")

    # --- the engine runs the relation on the source's tables ----------------------------------------------

    def _in_engine(self, select: exp.Select, governed: GovernedSelect, reason: str) -> exp.Expr:
        """Behind a fence if anything is hidden; in a stage of its own if the fence would not hold, or the gateway
        hashes a column of it."""
        outer = self.inputs
        staged = bool(governed.hashed) or (governed.barrier and _has_fields(governed))
        if staged:
            self.inputs = {}
        self._read_tables(select, governed, reason)
        if governed.barrier:
            select.set("offset", exp.Offset(expression=exp.Literal.number("0")))
        if not staged:
            return exp.Subquery(this=select)
        stage = Stage(
            governed.relation, generate(select, consume=True), self.inputs, governed.columns, governed.hashed
        )
        self.inputs = outer
        return self._registered(stage)

    def _read_tables(self, select: exp.Select, governed: GovernedSelect, reason: str) -> None:
        used = columns_by_table(select)
        for table in list(base_tables(select)):
            if table.catalog:
                node = self._leaf(table, used[id(table)], governed.relation, reason)
            else:
                read = governed.inputs[table.db, table.name]
                node = self.relation(replace(read, select=read.select.copy()), ())  # it may be read twice
            table.replace(_aliased(node, table))

    def _leaf(self, table: exp.Table, used: tuple[str, ...], relation: str, reason: str) -> exp.Expr:
        key, source = table.catalog, self._table(table)
        if source.files:
            self.native.append((key, relation))
            files = [exp.Literal.string(str(path)) for path in source.files]
            return exp.Table(
                this=exp.Anonymous(this="read_parquet", expressions=[exp.Array(expressions=files)])
            )
        dialect = self.connectors[key].dialect
        columns = tuple(self._column(table, name) for name in used)
        if dialect is None:
            columns = columns or source.columns[:1]
            return self._registered(Fragment(key, relation, Scan(columns, table=source.name), kept=reason))
        query = self._leaf_query(table, columns, dialect)
        columns = columns or (SourceColumn(NOTHING, "INTEGER", ""),)
        return self._registered(Fragment(key, relation, Scan(columns, query=query), kept=reason))

    def _leaf_query(self, table: exp.Table, columns: tuple[SourceColumn, ...], dialect: str) -> str:
        """The columns, and of the conditions beside the table those that the source understands as DuckDB does."""
        items: list[exp.Expr] = [
            exp.alias_(exp.Column(this=quoted(c.name), table=quoted(table.alias)), c.name, quoted=True)
            for c in columns
        ]
        nothing = exp.alias_(exp.Literal.number("1"), NOTHING, quoted=True)
        query = exp.Select(expressions=items or [nothing], from_=exp.From(this=table.copy()))
        select = table.find_ancestor(exp.Select)
        where = select.args.get("where") if select is not None and not select.args.get("joins") else None
        for condition in conjuncts(where.this) if where is not None else ():
            if self._understood(condition, table, dialect):
                query.where(condition.copy(), copy=False)
        return remote_text(query, dialect)

    def _understood(self, condition: exp.Expr, table: exp.Table, dialect: str) -> bool:
        for column in condition.find_all(exp.Column):
            if column.table != table.alias:
                return False
            found = self._column(table, column.name)
            if not same_meaning(found.native_type, found.type, dialect):
                return False
        return condition.find(exp.Query) is None and not_pushable(condition, dialect) is None

    def _table(self, table: exp.Table) -> SourceTable:
        name = (table.db, table.name) if table.db else (table.name,)
        found = self.tables.get(table.catalog, {}).get(name)
        if found is None:
            raise InternalFailure
        return found

    def _column(self, table: exp.Table, name: str) -> SourceColumn:
        found = next((column for column in self._table(table).columns if column.name == name), None)
        if found is None:
            raise InternalFailure
        return found


def _has_fields(governed: GovernedSelect) -> bool:
    """Whether a column holds values inside of values. DuckDB 2.0 moves `cast(row.field AS ...)` through OFFSET 0 to
    the scan, where it reads the field only."""
    return any(kind.endswith("]") or "(" in kind.removeprefix("DECIMAL(") for _, kind in governed.columns)


def _is_delivered(column: exp.Column, whole: exp.Select) -> bool:
    """Whether it is an item of the outermost SELECT list as it is."""
    parent = column.parent
    return isinstance(parent, exp.Alias) and parent.parent is whole


def _sources(governed: GovernedSelect) -> frozenset[str]:
    """Keys of the sources that a relation and its inputs read."""
    own = frozenset(table.catalog for table in base_tables(governed.select) if table.catalog)
    return own.union(*(_sources(read) for read in governed.inputs.values()))


def _inlined(select: exp.Select, governed: GovernedSelect) -> exp.Select:
    """The relation's SELECT with its inputs written out: one tree over source tables only."""
    whole = select.copy()
    for table in list(base_tables(whole)):
        if not table.catalog:
            read = governed.inputs[table.db, table.name]
            table.replace(_aliased(exp.Subquery(this=_inlined(read.select, read)), table))
    return whole
