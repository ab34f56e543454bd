"""What stands in FROM for a relation that the engine runs: the tables that it reads, behind a fence."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from sqlglot import exp

from connectors.base import ROW, Scan, SourceColumn, SourceTable
from gateway.query.plan.barrier.handed_up import ASKED, MARKED, Marks, mark_of
from gateway.query.plan.barrier.leaves import ENGINE, KEYS, NOTHING, Leaf, Namer, aliased, delivered, leaf_of
from gateway.query.plan.barrier.unreadable import guard, leaves_out
from gateway.query.plan.blocks import add_where, where
from gateway.query.plan.model import Fragment, Input, NativeRead, Stage
from gateway.query.plan.sources import Sources
from gateway.query.rewrite import SELF, GovernedSelect
from gateway.sql.dialect import generate, quoted
from gateway.sql.names.resolve import base_tables
from gateway.sql.names.scopes import columns_by_table
from gateway.sql.nodes import by_level, copied, holds
from gateway.sql.remote import not_pushable, remote_text, same_meaning


@dataclass(slots=True)
class EngineReader:
    """Makes items of FROM that the engine reads itself. `inputs` and `native` collect what they read."""

    sources: Sources
    name: Namer
    inputs: dict[str, Input] = field(default_factory=dict)
    native: list[NativeRead] = field(default_factory=list)

    def item(self, select: exp.Select, governed: GovernedSelect, reason: str) -> exp.Expr:
        """What stands in FROM, without its alias, for one governed relation.

        Behind a fence if anything is hidden; in a stage of its own if the fence would not hold, or the gateway
        hashes a column of it.
        """
        return self._item(select, governed, reason, hands_up=False)

    def _item(self, select: exp.Select, governed: GovernedSelect, reason: str, *, hands_up: bool) -> exp.Expr:
        """`hands_up`: another relation reads it, which may hide rows of it."""
        staged = _is_staged(governed, self.sources)
        outer = self.inputs
        if staged:
            self.inputs = {}
        marks = self._read_tables(select, governed, reason, hands_up=hands_up)
        if governed.barrier:
            select.set("offset", exp.Offset(expression=exp.Literal.number("0")))
        if not staged:
            return _marked(exp.Subquery(this=select), marks)
        stage = Stage(
            (governed.relation,),
            generate(select, consume=True),
            self.inputs,
            (*(governed.columns or ((NOTHING, "BOOLEAN"),)), *((mark, "BOOLEAN") for mark in marks.values())),
            governed.hashed,
        )
        self.inputs = outer
        return self._registered(stage, marks)

    def _registered(self, read: Input, marks: Marks) -> exp.Expr:
        name = self.name.input()
        self.inputs[name] = read
        return _marked(exp.Table(this=quoted(name)), marks)

    def _read_tables(
        self, select: exp.Select, governed: GovernedSelect, reason: str, *, hands_up: bool
    ) -> Marks:
        used = columns_by_table(select)
        hides = hands_up or leaves_out(select)
        for table in list(base_tables(select)):
            if table.catalog:
                node = self._leaf(table, used[id(table)], governed.relation, reason, hides=hides)
            else:
                read = governed.inputs[table.db, table.name]
                node = self._input(
                    replace(read, select=copied(read.select)), hides=hides
                )  # it may be read twice
            table.replace(aliased(node, table))
        return guard(select, hands_up=hands_up) if hides else {}

    def _input(self, read: GovernedSelect, *, hides: bool) -> exp.Expr:
        """A relation that the product reads: whole at its source if it can."""
        leaf = leaf_of(SELF, read, self.sources)
        if leaf.site == ENGINE:
            return self._item(read.select, read, leaf.kept, hands_up=hides)
        fragment = whole_fragment(leaf, self.sources)
        columns = (
            (*fragment.scan.columns, *_marks_for(fragment.scan.columns)) if hides else fragment.scan.columns
        )
        return self._registered(
            replace(fragment, scan=replace(fragment.scan, columns=columns)), _marks_of(columns)
        )

    def _leaf(
        self, table: exp.Table, used: tuple[str, ...], relation: str, reason: str, *, hides: bool
    ) -> exp.Expr:
        key, source = table.catalog, self.sources.table(table)
        columns = tuple(self.sources.column(table, name) for name in used)
        whole = tuple(column.name for column in columns if column.unsure and hides)
        if source.files and (not whole or self.sources.can_read(source.files, whole)):
            self.native.append(NativeRead(key, relation, source.files, whole))
            files = [exp.Literal.string(str(path)) for path in source.files]
            return exp.Table(
                this=exp.Anonymous(this="read_parquet", expressions=[exp.Array(expressions=files)])
            )
        dialect = self.sources.dialect(key)
        rows = self.sources.known(table).rows
        if dialect is None:
            listed = _of_whole_columns(source, columns, hides=hides)
            scan = Scan(listed, table=source.name)
        else:
            listed = (*columns, *_marks_for(columns)) if hides else columns
            query = self._query(table, columns, dialect)
            scan = Scan(listed or (SourceColumn(NOTHING, "INTEGER", ""),), query=query)
        return self._registered(Fragment(key, (relation,), scan, kept=reason, rows=rows), _marks_of(listed))

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
                condition.meta[ASKED] = True
        for condition in table.meta.get(KEYS, ()):
            add_where(query, condition)
        return remote_text(query, dialect)

    def _understood(self, condition: exp.Expr, table: exp.Table, dialect: str) -> bool:
        for column in by_level(condition, exp.Column):
            if column.table != table.alias:
                return False
            found = self.sources.column(table, column.name)
            if not same_meaning(found.native_type, found.type, dialect):
                return False
        return not holds(condition, exp.Query) and not_pushable(condition, dialect) is None


def _of_whole_columns(
    source: SourceTable, columns: tuple[SourceColumn, ...], *, hides: bool
) -> tuple[SourceColumn, ...]:
    """What is scanned of a source that reads no queries. Rows are counted by a column that nobody looks at: what it
    holds is not told either."""
    listed = columns or source.columns[:1]
    marks = _marks_for(listed) if hides or not columns else ()
    names = [column.name for column in (*listed, *marks)]
    return (*listed, *marks, *((_mark(ROW, names),) if hides and source.unsure else ()))


def _marks_for(columns: tuple[SourceColumn, ...]) -> tuple[SourceColumn, ...]:
    """For each column that may hold values which cannot be delivered, one that marks them."""
    names = [column.name for column in columns]
    return tuple(_mark(column.name, names) for column in columns if column.unsure)


def _mark(marked: str, names: Collection[str]) -> SourceColumn:
    return SourceColumn(mark_of(marked, names), "BOOLEAN", "", nullable=False, marks=marked)


def _marks_of(columns: tuple[SourceColumn, ...]) -> Marks:
    return {column.marks: column.name for column in columns if column.marks is not None}


def _marked(item: exp.Expr, marks: Marks) -> exp.Expr:
    item.meta[MARKED] = marks
    return item


def _is_staged(governed: GovernedSelect, sources: Sources) -> bool:
    return bool(governed.hashed) or (governed.barrier and (sources.settled or _has_fields(governed)))


def _has_fields(governed: GovernedSelect) -> bool:
    """Whether a column holds values inside of values. DuckDB 2.0 moves `cast(row.field AS ...)` through OFFSET 0 to
    the scan, where it reads the field only."""
    return any(kind.endswith("]") or "(" in kind.removeprefix("DECIMAL(") for _, kind in governed.columns)


def whole_fragment(leaf: Leaf, sources: Sources) -> Fragment:
    """A relation that its source runs as it is, all its columns delivered."""
    columns = tuple(delivered(leaf, item.alias_or_name, sources) for item in leaf.select.expressions)
    dialect = sources.dialect(leaf.source) or ""
    scan = Scan(columns, query=remote_text(copied(leaf.select), dialect))
    return Fragment(leaf.source, (leaf.governed.relation,), scan, leaf.governed.hashed)
