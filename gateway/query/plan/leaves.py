"""Each reference to a governed relation, as the planner may move it: a leaf.

A leaf that its source can run whole may be joined, filtered and aggregated there with others of the same account.
Any other is an engine leaf: the engine reads the source's tables and runs the relation behind a fence (`OFFSET 0`),
which no condition of the consumer's is moved through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from sqlglot import exp

from connectors.base import Scan, SourceColumn
from gateway.query.plan.blocks import BARE, add_where, where
from gateway.query.plan.model import Fragment, Input, Stage
from gateway.query.plan.raising import raises
from gateway.query.plan.sources import Sources
from gateway.query.rewrite import SELF, GovernedSelect
from gateway.sql.dialect import generate, quoted
from gateway.sql.nodes import copied
from gateway.sql.remote import not_pushable, remote_text, same_meaning
from gateway.sql.resolve import base_tables
from gateway.sql.scopes import Scopes, columns_by_table

ENGINE = ""
"""The site of what the engine runs."""

KEYS = "keys"
"""Key in the meta of a table that the engine reads: conditions by which keys leave out rows of it at the source."""
NOTHING = "nothing"
"""Name of the one column of a scan of which only the number of rows counts."""


@dataclass(slots=True)
class Leaf:
    """`select` reads source tables only, the relation's inputs written out.

    `site` is the account that runs it (`Sources.account`), ENGINE for an engine leaf; `kept` says why. `raw` are the
    columns that show their source's value as it is, so that a leakproof condition may stand beside the filters;
    `sound` those that mean the same at the source in expressions (of an engine leaf: by whose values its source may
    leave out rows before the engine reads them); `late` maps those that the engine casts on arrival to
    their types, as their source knows no such cast. `fenced`: a condition that is not leakproof waits at
    the source for what the filters let through. `keyed`: the filters wait there for what keys let through.
    """

    alias: str
    governed: GovernedSelect
    site: str
    source: str
    select: exp.Select
    raw: frozenset[str]
    sound: frozenset[str] = frozenset()
    kept: str = ""
    fenced: bool = False
    keyed: bool = False
    late: Mapping[str, str] = field(default_factory=dict)

    @property
    def types(self) -> Mapping[str, str]:
        return dict(self.governed.columns)

    @property
    def plain(self) -> bool:
        """Whether it reads one source table, so that its values can stand in another query over that table."""
        source = self.select.args["from_"].this
        return isinstance(source, exp.Table) and not self.select.args.get("joins")

    @property
    def table(self) -> exp.Table | None:
        """The source table of a plain leaf."""
        return self.select.args["from_"].this if self.plain else None

    def value(self, column: str) -> exp.Expr:
        """What a column of the relation is, over the tables of `select`."""
        items = (item for item in self.select.expressions if item.alias_or_name == column)
        found: exp.Expr = next(items).unalias()
        return found


def leaf_of(alias: str, governed: GovernedSelect, sources: Sources) -> Leaf:
    reason = _not_one_source(governed, sources)
    select = governed.select
    raw = _raw(governed)
    if reason is None:
        whole = _inlined(select, governed)
        key = next(base_tables(whole)).catalog
        dialect = sources.dialect(key) or ""
        late = _cast_late(whole, governed, dialect)
        reason = _strange_column(whole, dialect, sources) or not_pushable(whole, dialect)
        if reason is None:
            sound = _sound(whole, dialect, sources) - {
                name for name, kind in late.items() if kind not in WHOLE
            }
            return Leaf(alias, governed, sources.account(key), key, whole, raw, sound, late=late)
    key = next(iter(sorted(_keys(governed))), "")
    return Leaf(alias, governed, ENGINE, key, select, raw, _reducible(governed, raw, sources), kept=reason)


WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
"""Narrower and wider, they compare alike."""


def _reducible(governed: GovernedSelect, raw: frozenset[str], sources: Sources) -> frozenset[str]:
    """Raw columns of a relation that shows the rows of one table, each for itself: what it makes of a row must not
    raise, as which rows are left out depends on sizes, which tell of hidden ones. A cast to its contract's type is none
    of the consumer's doing, here as where it is done on arrival (`Leaf.late`)."""
    select = governed.select
    table = select.args["from_"].this
    plain = isinstance(table, exp.Table) and table.catalog and not any(map(select.args.get, ("joins", *BARE)))
    if not plain or sources.dialect(table.catalog) is None:
        return frozenset()
    computed = [value for value in _values(select).values() if not _is_cast_column(value)]
    if any(raises(part) or part.find(exp.Query) for part in (*computed, *where(select))):
        return frozenset()
    return _sound(select, sources.dialect(table.catalog) or "", sources) & raw


def _cast_late(whole: exp.Select, governed: GovernedSelect, dialect: str) -> dict[str, str]:
    """Take from a relation's list the casts to its contract's types that its source does not know; but not where the
    gateway hashes, which it does on arrival: the token is that of the value as its type."""
    late = {}
    kinds = dict(governed.arriving)
    for item in whole.expressions:
        value = item.unalias()
        if item.alias_or_name in governed.hashed:
            continue
        if _is_cast_column(value) and not_pushable(value, dialect):
            late[item.alias_or_name] = kinds[item.alias_or_name]
            value.replace(value.this)
    return late


def _is_cast_column(value: exp.Expr) -> TypeGuard[exp.Cast]:
    return type(value) is exp.Cast and isinstance(value.this, exp.Column)


def _not_one_source(governed: GovernedSelect, sources: Sources) -> str | None:
    keys = _keys(governed)
    if len({sources.account(key) for key in keys}) != 1:
        return "it reads several sources" if keys else "it reads no source"
    if sources.dialect(next(iter(keys))) is None:
        return "its source runs no SQL"
    if any(read.hashed for read in governed.inputs.values()):
        return "the gateway hashes a column of its input"
    return None


def _keys(governed: GovernedSelect) -> frozenset[str]:
    """Keys of the sources that a relation and its inputs read."""
    own = frozenset(table.catalog for table in base_tables(governed.select) if table.catalog)
    return own.union(*(_keys(read) for read in governed.inputs.values()))


def _inlined(select: exp.Select, governed: GovernedSelect) -> exp.Select:
    """The relation's SELECT with its inputs written out: one tree over source tables only."""
    whole = copied(select)
    for table in list(base_tables(whole)):
        if not table.catalog:
            read = governed.inputs[table.db, table.name]
            table.replace(aliased(exp.Subquery(this=_inlined(read.select, read)), table))
    return whole


def aliased(node: exp.Expr, table: exp.Table) -> exp.Expr:
    node.set("alias", copied(table.args["alias"]))
    for key in ("joins", "laterals"):
        if table.args.get(key):
            node.set(key, table.args[key])
    return node


def _values(select: exp.Select) -> dict[str, exp.Expr]:
    return {item.alias_or_name: item.unalias() for item in select.expressions}


def _raw(governed: GovernedSelect) -> frozenset[str]:
    """Columns that show their raw value in its own type: no mask, no cast, nothing that the product's SQL computes.

    A condition on a computed column would be evaluated with its computation, also on rows that the product leaves out.
    """
    values = _values(governed.select)
    scopes = Scopes()
    return frozenset(
        name
        for name, _ in governed.columns
        if name not in governed.hashed and _is_read_as_it_is(values[name], scopes)
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
    return _is_read_as_it_is(_values(source.this).get(value.name), scopes)


# --- what its source can run -------------------------------------------------------------------------------


def _strange_column(whole: exp.Select, dialect: str, sources: Sources) -> str | None:
    """A column whose type means something else at the source may be delivered there, not calculated with."""
    scopes = Scopes()
    for column in whole.find_all(exp.Column):
        table = scopes.source(column)
        if not isinstance(table, exp.Table) or _is_delivered(column, whole):
            continue
        found = sources.column(table, column.name)
        if not same_meaning(found.native_type, found.type, dialect):
            return "a column's type means something else at its source"
    return None


def _is_delivered(column: exp.Column, whole: exp.Select) -> bool:
    """Whether it is an item of the outermost SELECT list as it is."""
    parent = column.parent
    return isinstance(parent, exp.Alias) and parent.parent is whole


def _sound(whole: exp.Select, dialect: str, sources: Sources) -> frozenset[str]:
    scopes = Scopes()
    return frozenset(
        name for name, value in _values(whole).items() if _is_sound(value, dialect, sources, scopes)
    )


def _is_sound(value: exp.Expr, dialect: str, sources: Sources, scopes: Scopes) -> bool:
    """A computed value was looked at by `_strange_column`; a delivered one is looked at where it comes from."""
    if not isinstance(value, exp.Column):
        return True
    table = scopes.source(value)
    if isinstance(table, exp.Table):
        found = sources.column(table, value.name)
        return same_meaning(found.native_type, found.type, dialect)
    if isinstance(table, exp.Subquery) and isinstance(table.this, exp.Select):
        inner = _values(table.this).get(value.name)
        return inner is not None and _is_sound(inner, dialect, sources, scopes)
    return False


# --- what the engine runs ----------------------------------------------------------------------------------


@dataclass(slots=True)
class EngineReader:
    """Makes items of FROM that the engine reads itself. `inputs` and `native` collect what they read."""

    sources: Sources
    name: "Namer"
    inputs: dict[str, Input] = field(default_factory=dict)
    native: list[tuple[str, str]] = field(default_factory=list)

    def item(self, select: exp.Select, governed: GovernedSelect, reason: str) -> exp.Expr:
        """What stands in FROM, without its alias, for one governed relation.

        Behind a fence if anything is hidden; in a stage of its own if the fence would not hold, or the gateway
        hashes a column of it.
        """
        staged = _is_staged(governed, self.sources)
        outer = self.inputs
        if staged:
            self.inputs = {}
        self._read_tables(select, governed, reason)
        if governed.barrier:
            select.set("offset", exp.Offset(expression=exp.Literal.number("0")))
        if not staged:
            return exp.Subquery(this=select)
        stage = Stage(
            (governed.relation,),
            generate(select, consume=True),
            self.inputs,
            governed.columns,
            governed.hashed,
        )
        self.inputs = outer
        return self._registered(stage)

    def _registered(self, read: Input) -> exp.Table:
        name = self.name.input()
        self.inputs[name] = read
        return exp.Table(this=quoted(name))

    def _read_tables(self, select: exp.Select, governed: GovernedSelect, reason: str) -> None:
        used = columns_by_table(select)
        for table in list(base_tables(select)):
            if table.catalog:
                node = self._leaf(table, used[id(table)], governed.relation, reason)
            else:
                read = governed.inputs[table.db, table.name]
                node = self._input(replace(read, select=copied(read.select)))  # it may be read twice
            table.replace(aliased(node, table))

    def _input(self, read: GovernedSelect) -> exp.Expr:
        """A relation that the product reads: whole at its source if it can."""
        leaf = leaf_of(SELF, read, self.sources)
        if leaf.site == ENGINE:
            return self.item(read.select, read, leaf.kept)
        return self._registered(whole_fragment(leaf, self.sources))

    def _leaf(self, table: exp.Table, used: tuple[str, ...], relation: str, reason: str) -> exp.Expr:
        key, source = table.catalog, self.sources.table(table)
        if source.files:
            self.native.append((key, relation))
            files = [exp.Literal.string(str(path)) for path in source.files]
            return exp.Table(
                this=exp.Anonymous(this="read_parquet", expressions=[exp.Array(expressions=files)])
            )
        dialect = self.sources.dialect(key)
        columns = tuple(self.sources.column(table, name) for name in used)
        rows = self.sources.known(table).rows
        if dialect is None:
            scan = Scan(columns or source.columns[:1], table=source.name)
        else:
            query = self._query(table, columns, dialect)
            scan = Scan(columns or (SourceColumn(NOTHING, "INTEGER", ""),), query=query)
        return self._registered(Fragment(key, (relation,), scan, kept=reason, rows=rows))

    def _query(self, table: exp.Table, columns: tuple[SourceColumn, ...], dialect: str) -> str:
        """The columns, and of the conditions beside the table those that the source understands as DuckDB does."""
        items: list[exp.Expr] = [
            exp.alias_(exp.Column(this=quoted(c.name), table=quoted(table.alias)), c.name, quoted=True)
            for c in columns
        ]
        nothing = exp.alias_(exp.Literal.number("1"), NOTHING, quoted=True)
        query = exp.Select(expressions=items or [nothing], from_=exp.From(this=copied(table)))
        select = table.find_ancestor(exp.Select)
        beside = where(select) if select is not None and not select.args.get("joins") else []
        for condition in beside:
            if self._understood(condition, table, dialect):
                add_where(query, copied(condition))
        for condition in table.meta.get(KEYS, ()):
            add_where(query, condition)
        return remote_text(query, dialect)

    def _understood(self, condition: exp.Expr, table: exp.Table, dialect: str) -> bool:
        for column in condition.find_all(exp.Column):
            if column.table != table.alias:
                return False
            found = self.sources.column(table, column.name)
            if not same_meaning(found.native_type, found.type, dialect):
                return False
        return condition.find(exp.Query) is None and not_pushable(condition, dialect) is None


def _is_staged(governed: GovernedSelect, sources: Sources) -> bool:
    return bool(governed.hashed) or (governed.barrier and (sources.settled or _has_fields(governed)))


def _has_fields(governed: GovernedSelect) -> bool:
    """Whether a column holds values inside of values. DuckDB 2.0 moves `cast(row.field AS ...)` through OFFSET 0 to
    the scan, where it reads the field only."""
    return any(kind.endswith("]") or "(" in kind.removeprefix("DECIMAL(") for _, kind in governed.columns)


class Namer:
    """Names that no consumer can write: `resolve` refuses a CTE whose name begins with #."""

    def __init__(self) -> None:
        self._inputs = 0
        self._units = 0

    def input(self) -> str:
        self._inputs += 1
        return f"#scan {self._inputs}"

    def unit(self) -> str:
        self._units += 1
        return f"u{self._units}"


def whole_fragment(leaf: Leaf, sources: Sources) -> Fragment:
    """A relation that its source runs as it is, all its columns delivered."""
    types = dict(leaf.governed.arriving)
    columns = tuple(
        delivered(item.alias_or_name, item.unalias(), types, sources) for item in leaf.select.expressions
    )
    dialect = sources.dialect(leaf.source) or ""
    scan = Scan(columns, query=remote_text(copied(leaf.select), dialect))
    return Fragment(leaf.source, (leaf.governed.relation,), scan, leaf.governed.hashed)


def delivered(name: str, value: exp.Expr, types: Mapping[str, str], sources: Sources) -> SourceColumn:
    """A result column of a source's query, as the source will deliver it."""
    table = Scopes().source(value) if isinstance(value, exp.Column) else None
    if isinstance(table, exp.Table) and isinstance(value, exp.Column) and table.catalog:
        found = sources.column(table, value.name)
        return SourceColumn(name, found.type, found.native_type, found.nullable)
    return SourceColumn(name, types.get(name, "BOOLEAN"), "")
