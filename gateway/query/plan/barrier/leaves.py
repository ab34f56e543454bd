"""Each reference to a governed relation, as the planner may move it: a leaf.

A leaf that its source can run whole may be joined, filtered and aggregated there with others of the same account.
Any other is an engine leaf: the engine reads the source's tables and runs the relation behind a fence (`OFFSET 0`),
which no condition of the consumer's is moved through.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeGuard

from sqlglot import exp

from connectors.base import SourceColumn
from gateway.query.plan.barrier.raising import raises
from gateway.query.plan.blocks import BARE, where
from gateway.query.plan.sources import Sources
from gateway.query.rewrite import GovernedSelect
from gateway.sql.names.resolve import base_tables
from gateway.sql.names.scopes import Scopes
from gateway.sql.nodes import by_level, copied, holds
from gateway.sql.remote import not_pushable, same_meaning

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
    the source for what the filters let through. `keyed`: the filters wait there for what keys let through. `ordered`:
    its rows are read there in the order of what they are grouped by.
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
    ordered: bool = False
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
        scopes = Scopes()
        reason = _strange_column(whole, dialect, sources, scopes) or not_pushable(whole, dialect)
        if reason is None:
            sound = _sound(whole, dialect, sources, scopes) - {
                name for name, kind in late.items() if kind not in WHOLE
            }
            return Leaf(alias, governed, sources.account(key), key, whole, raw, sound, late=late)
    key = next(iter(sorted(_keys(governed))), "")
    return Leaf(alias, governed, ENGINE, key, select, raw, _reducible(governed, raw, sources), kept=reason)


WHOLE = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
"""Narrower and wider, they compare alike."""


def _reducible(governed: GovernedSelect, raw: frozenset[str], sources: Sources) -> frozenset[str]:
    """Raw columns of a relation that shows the rows of one table, each for itself: what it makes of a row must not
    raise, as which rows are left out depends on sizes, which tell of hidden ones. A value that cannot be read and a
    cast to its contract's type are none of the consumer's doing, here as where the source runs all (`Leaf.late`)."""
    select = governed.select
    table = select.args["from_"].this
    plain = isinstance(table, exp.Table) and table.catalog and not any(map(select.args.get, ("joins", *BARE)))
    if not plain or sources.dialect(table.catalog) is None:
        return frozenset()
    shown = _values(select).values()
    computed = [value for value in shown if not _is_cast_column(value)]
    if any(raises(part) or holds(part, exp.Query) for part in (*computed, *where(select))):
        return frozenset()
    return _sound(select, sources.dialect(table.catalog) or "", sources, Scopes()) & raw


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


def _strange_column(whole: exp.Select, dialect: str, sources: Sources, scopes: Scopes) -> str | None:
    """A column whose type means something else at the source may be delivered there, not calculated with."""
    for column in by_level(whole, exp.Column):
        table = scopes.source(column) if not _is_delivered(column, whole) else None
        if not isinstance(table, exp.Table) or not table.catalog:
            continue  # of a subquery or a CTE: what that reads is looked at there
        found = sources.column(table, column.name)
        if not same_meaning(found.native_type, found.type, dialect):
            return "a column's type means something else at its source"
    return None


def _is_delivered(column: exp.Column, whole: exp.Select) -> bool:
    """Whether it is an item of the outermost SELECT list as it is."""
    parent = column.parent
    return isinstance(parent, exp.Alias) and parent.parent is whole


def _sound(whole: exp.Select, dialect: str, sources: Sources, scopes: Scopes) -> frozenset[str]:
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


def delivered(leaf: Leaf, name: str, sources: Sources) -> SourceColumn:
    """A column of a leaf, as its source will deliver it."""
    value = leaf.value(name)
    table = (leaf.table or Scopes().source(value)) if isinstance(value, exp.Column) else None
    if isinstance(table, exp.Table) and table.catalog:
        return replace(sources.column(table, value.name), name=name)
    return SourceColumn(name, dict(leaf.governed.arriving).get(name, "BOOLEAN"), "", unsure=True)
