"""From a draft to a plan: units become fragments and stages, the statement becomes the engine's SQL over them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from connectors.base import Scan, SourceColumn
from gateway.query.plan.barrier.leaves import ENGINE, KEYS, NOTHING, delivered
from gateway.query.plan.barrier.reader import EngineReader
from gateway.query.plan.blocks import set_where, where
from gateway.query.plan.draft import Draft, Unit, is_regrouped
from gateway.query.plan.expand import expand
from gateway.query.plan.model import MARK, Form, Fragment, Input, KeyTransfer, Plan, Stage
from gateway.query.plan.parts import parts
from gateway.query.plan.passthrough import passed_through
from gateway.query.plan.pieces import in_one_piece, parted
from gateway.query.plan.rules.share import Twin
from gateway.query.plan.rules.span import may_span
from gateway.query.plan.schedule import Schedule, Sent
from gateway.sql.dialect import generate, quoted
from gateway.sql.literals import cast
from gateway.sql.nodes import by_level, copied, text_of
from gateway.sql.remote import remote_text


def emit(
    draft: Draft, schedule: Schedule, twins: Mapping[str, Twin], names: tuple[str, ...], branches: int
) -> Plan:
    """Uses the draft up. `branches`: those of UNION ALL that the consumer wrote."""
    return _Emitter(draft, schedule, twins, EngineReader(draft.sources, draft.namer)).plan(names, branches)


_Given = list[tuple[KeyTransfer, exp.Expr]]
"""Keys that a unit gets, each with the condition that it stands for."""


@dataclass(slots=True)
class _Shown:
    """What a unit shows: for each item its name, the expression over leaves, and the columns that read it."""

    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, exp.Expr] = field(default_factory=dict)


@dataclass(slots=True)
class _Emitter:
    draft: Draft
    schedule: Schedule
    twins: Mapping[str, Twin]
    reader: EngineReader
    inputs: dict[str, Input] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    same: dict[object, str] = field(default_factory=dict)
    read_twice: set[str] = field(default_factory=set)

    def plan(self, names: tuple[str, ...], branches: int) -> Plan:
        givers = {sent.origin for sent in self.schedule.sent}
        units = self.draft.units
        read = [table for tree in self.draft.trees() for table in by_level(tree, exp.Table)]
        columns = [column for tree in self.draft.trees() for column in by_level(tree, exp.Column)]
        for alias in self.schedule.order:
            unit, alike = units[alias], self._alike(alias)
            tables = [table for table in read if table.alias in alike]
            if alias in self.twins or not (tables or givers & alike):
                continue  # a value that nobody is asked by
            shown = self._shown(unit, columns)
            node = (
                self._stage(unit, shown, bool(givers & alike))
                if unit.site == ENGINE
                else self._fragment(unit, shown)
            )
            if len(alike) > 1:
                self.read_twice.add(self.made[alias])
                self.made.update(dict.fromkeys(alike, self.made[alias]))
            for table in tables[1:]:
                _put(table, copied(node))
            if tables:
                _put(tables[0], node)
        passed, kept = passed_through(self.draft.tree, self.inputs), self._kept()
        pieces = parts(self.draft.tree, self.inputs, branches)
        streamed = {name for each in pieces for name in each.inputs if name not in each.kept}
        for name, one in self.inputs.items():
            if name in streamed or name not in kept:
                self.inputs[name] = in_one_piece(one)
        sql = generate(self.draft.tree, consume=True)
        return Plan(sql, names, self.inputs, tuple(self.reader.native), kept, passed, pieces)

    def _alike(self, alias: str) -> set[str]:
        """The unit, and those that are read with it."""
        return {alias, *(other for other, twin in self.twins.items() if twin.first == alias)}

    def _kept(self) -> frozenset[str]:
        """What is joined with something is read ahead; a lone input streams."""
        fragments = [read for read in self.inputs.values() if isinstance(read, Fragment)]
        givers = {transfer.origin for fragment in fragments for transfer in fragment.transfers}
        several = len(self.inputs) + len(self.reader.native) > 1
        return frozenset(self.inputs if several else givers | self.read_twice)

    # --- what a unit shows ----------------------------------------------------------------------------

    def _shown(self, unit: Unit, columns: list[exp.Column]) -> _Shown:
        """Every column of its leaves that the statement or another unit's keys still look at; changes them."""
        shown = _Shown()
        if unit.grouped:
            for item in unit.select.expressions:
                shown.values[item.alias_or_name] = item.unalias()
            return shown
        for alias in sorted(self._alike(unit.alias)):
            leaves = self.twins[alias].leaves if alias in self.twins else {own: own for own in unit.members}
            for column in [*columns, *self._key_columns(alias)]:
                if column.table in leaves:
                    self._show(column, leaves[column.table], alias, shown)
        return shown

    def _show(self, column: exp.Column, leaf: str, unit: str, shown: _Shown) -> None:
        late = self.draft.leaves[leaf].late.get(column.name)
        name = _name_in(shown, leaf, column.name)
        column.set("this", quoted(name))
        column.set("table", quoted(unit))
        if late is not None and column.parent is not None:
            column.replace(cast(copied(column), late))

    def _key_columns(self, unit: str) -> list[exp.Column]:
        """The columns in which its keys go to others."""
        return [ours for sent in self.schedule.sent if sent.origin == unit for ours, _ in sent.pairs]

    def _items(self, shown: _Shown) -> list[exp.Expr]:
        listed = [
            exp.alias_(copied(value), name, quoted=True, copy=False) for name, value in shown.values.items()
        ]
        return listed or [exp.alias_(exp.Literal.number("1"), NOTHING, quoted=True)]

    # --- what a source runs ---------------------------------------------------------------------------

    def _fragment(self, unit: Unit, shown: _Shown) -> exp.Expr:
        keys = self._given(unit)
        select = unit.select
        if not unit.grouped:
            select.set("expressions", self._items(shown))
        set_where(_reading(select), [*where(_reading(select)), *(condition for _, condition in keys)])
        columns, first = self._columns(unit, shown), _order_of(unit, shown)
        expand(select, self.draft, None)
        parts = () if keys else parted(select, unit, self.draft, self.schedule.full[unit.alias])
        text, transfers = _cut_out(remote_text(select, self.draft.dialect(unit)), keys)
        fragment = Fragment(
            unit.source,
            self._relations(unit.members),
            Scan(columns, query=text, one=self.schedule.full[unit.alias] <= 1.0 and not transfers),
            self._hashed(unit, shown),
            unit.kept,
            transfers,
            rows=self.schedule.full[unit.alias],
            reduced=self.schedule.rows[unit.alias] if transfers else None,
            first=first,
            parts=parts,
        )
        return self._read(unit, fragment, (unit.source, text, fragment.transfers, fragment.hashed, columns))

    def _given(self, unit: Unit) -> _Given:
        sent = [one for one in self.schedule.sent if one.target == unit.alias]
        return [self._keys(one, number) for number, one in enumerate(sent, start=1)]

    def _keys(self, sent: Sent, number: int) -> tuple[KeyTransfer, exp.Expr]:
        name = f"keys {number}"
        columns = tuple(ours.name for ours, _ in sent.pairs)
        theirs: list[exp.Expr] = [self._target(column) for _, column in sent.pairs]
        named = [exp.Column(this=quoted(f"k{n}"), table=quoted("k")) for n in range(1, len(columns) + 1)]
        table = exp.Table(this=quoted(name), alias=exp.TableAlias(this=quoted("k")))
        query = exp.Subquery(this=exp.Select(expressions=named, from_=exp.From(this=table)))
        key = theirs[0] if len(theirs) == 1 else exp.Tuple(expressions=theirs)
        condition, reason = _asked(sent, key, query)
        transfer = KeyTransfer(name, self.made[sent.origin], columns, "", reason, sent.form, sent.probed)
        beyond = _spanned(copied(key), query.copy()) if may_span(sent, self.draft) else None
        return transfer, _marked(condition, name, beyond)

    def _target(self, column: exp.Column) -> exp.Expr:
        unit = self.draft.units.get(column.table)
        if unit is not None:
            value: exp.Expr = copied(unit.item(column.name))
            return value
        leaf = self.draft.leaves[column.table]
        return copied(leaf.value(column.name)) if leaf.site == ENGINE else copied(column)

    def _columns(self, unit: Unit, shown: _Shown) -> tuple[SourceColumn, ...]:
        if not shown.values:
            return (SourceColumn(NOTHING, "INTEGER", ""),)
        return tuple(self._column(unit, name, value) for name, value in shown.values.items())

    def _column(self, unit: Unit, name: str, value: exp.Expr) -> SourceColumn:
        if unit.grouped:
            return SourceColumn(name, unit.types[name], "")
        assert isinstance(value, exp.Column)
        found = delivered(self.draft.leaves[value.table], value.name, self.draft.sources)
        return replace(found, name=name)

    def _hashed(self, unit: Unit, shown: _Shown) -> tuple[str, ...]:
        if unit.grouped:
            return ()
        return tuple(
            name
            for name, value in shown.values.items()
            if isinstance(value, exp.Column) and value.name in self.draft.leaves[value.table].governed.hashed
        )

    def _relations(self, members: set[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.draft.leaves[alias].governed.relation for alias in sorted(members)))

    # --- what the engine runs -------------------------------------------------------------------------

    def _stage(self, unit: Unit, shown: _Shown, gives: bool) -> exp.Expr:  # noqa: FBT001
        """Part of the statement, unless its keys are needed before the rest runs."""
        if unit.needs:
            return self._block(unit) if gives else exp.Subquery(this=unit.select)
        keys = self._given(unit)
        columns = tuple((name, self._engine_type(value)) for name, value in shown.values.items())
        select, own = self._read_by_engine(unit, shown, keys)
        if not gives:
            self.inputs.update(own)
            return exp.Subquery(this=select)
        sql = generate(select, consume=True)
        rows = self.schedule.rows[unit.alias]
        return self._read(unit, Stage(self._relations(unit.members), sql, own, columns, rows=rows), None)

    def _read_by_engine(self, unit: Unit, shown: _Shown, keys: _Given) -> tuple[exp.Select, dict[str, Input]]:
        """What the engine runs for a unit, and the inputs that it needs for that alone."""
        inputs, self.reader.inputs = self.reader.inputs, {}
        if keys:
            table = self.draft.leaves[min(unit.members)].table
            assert table is not None
            table.meta[KEYS] = [condition for _, condition in keys]
        select = unit.select
        select.set("expressions", self._items(shown))
        expand(select, self.draft, self.reader)
        own, self.reader.inputs = self.reader.inputs, inputs
        if keys:
            own = {name: self._reduced(read, unit, keys) for name, read in own.items()}
        return select, own

    def _reduced(self, read: Input, unit: Unit, keys: _Given) -> Input:
        """The scan of a table, also below a stage of its own, with the keys."""
        if isinstance(read, Stage):
            inputs = {name: self._reduced(each, unit, keys) for name, each in read.inputs.items()}
            return replace(read, inputs=inputs)
        assert read.scan.query is not None
        text, transfers = _cut_out(read.scan.query, keys)
        scan = replace(read.scan, query=text)
        return replace(read, scan=scan, transfers=transfers, reduced=self.schedule.rows[unit.alias])

    def _block(self, unit: Unit) -> exp.Expr:
        names = {table.name for table in by_level(unit.select, exp.Table)}
        reads = tuple(name for name in self.inputs if name in names)
        members = {member for needed in unit.needs for member in self.draft.units[needed].members}
        columns = tuple(unit.types.items())
        sql = generate(unit.select, consume=True)
        stage = Stage(
            self._relations(members), sql, {}, columns, rows=self.schedule.rows[unit.alias], reads=reads
        )
        return self._read(unit, stage, None)

    def _engine_type(self, value: exp.Expr) -> str:
        assert isinstance(value, exp.Column)
        return self.draft.leaves[value.table].types[value.name]

    def _read(self, unit: Unit, read: Input, key: object) -> exp.Table:
        """Equal fragments are read once."""
        name = self.same.get(key) if key is not None else None
        if name is None:
            name = self.draft.namer.input()
            self.inputs[name] = read
            if key is not None:
                self.same[key] = name
        else:
            self.read_twice.add(name)
        self.made[unit.alias] = name
        return exp.Table(this=quoted(name))


def _asked(sent: Sent, key: exp.Expr, keys: exp.Subquery) -> tuple[exp.Expr, str]:
    """The condition on a key of the target's, and what it does."""
    if sent.form is Form.LEAST:
        return exp.GTE(this=key, expression=keys), f"what is less is left out, about {sent.share:.0%} stay"
    if sent.form is Form.MOST:
        return exp.LTE(this=key, expression=keys), f"what is more is left out, about {sent.share:.0%} stay"
    if sent.form is Form.SPAN:
        return _spanned(
            key, keys
        ), f"too many keys: what lies beyond them is left out, about {sent.share:.0%} stay"
    told = f"about {sent.keys:,.0f} keys leave {sent.share:.1%} of the rows"
    if sent.probed:
        array = exp.Paren(this=exp.Array(expressions=[keys.this]))
        return exp.EQ(this=key, expression=exp.Any(this=array)), told
    return exp.In(this=key, query=keys), told


def _spanned(key: exp.Expr, keys: exp.Subquery) -> exp.Between:
    """The key set has one row then, of the least key and the greatest."""
    greatest = copied(keys)
    greatest.this.expressions[0].set("this", quoted("k2"))
    return exp.Between(this=key, low=keys, high=greatest)


def _order_of(unit: Unit, shown: _Shown) -> tuple[str, ...]:
    """Of a unit that is a trial: the names of the columns that its first rows are of."""
    if not unit.tried:
        return ()
    names = {text_of(value): name for name, value in shown.values.items()}
    return tuple(names[text_of(one.this)] for one in unit.select.args["order"].expressions)


def _reading(select: exp.Select) -> exp.Select:
    """The SELECT of a unit that reads leaves: the innermost, where it was grouped more than once."""
    return _reading(select.args["from_"].this.this) if is_regrouped(select) else select


def _name_in(shown: _Shown, leaf: str, column: str) -> str:
    text = f"{leaf}.{column}"
    if text not in shown.names:
        name, count = column, 1
        while name in shown.values:
            count += 1
            name = f"{column}_{count}"
        shown.names[text] = name
        shown.values[name] = exp.column(column, leaf, quoted=True)
    return shown.names[text]


def _put(table: exp.Table, node: exp.Expr) -> None:
    node.set("alias", copied(table.args["alias"]))
    for key in ("joins", "laterals"):
        if table.args.get(key):
            node.set(key, table.args[key])
    table.replace(node)


def _marked(condition: exp.Expr, name: str, beyond: exp.Expr | None) -> exp.Expr:
    """Between marks, by which its text is found in the whole: no text of anybody's holds a NUL. `beyond`: what is asked
    where keys are too many."""
    begin, end = exp.Var(this=f"{MARK}{name}{MARK}"), exp.Var(this=f"{MARK}{MARK}")
    asked = [condition, *([exp.Var(this=OR_ELSE), beyond] if beyond is not None else [])]
    return exp.Tuple(expressions=[begin, *asked, end])  # stays whole where conditions are taken apart


OR_ELSE = f"{MARK}or{MARK}"
MARKED = re.compile(f"\\({MARK}([^{MARK}]+){MARK}, (.*?), {MARK}{MARK}\\)", re.DOTALL)


def _cut_out(text: str, keys: _Given) -> tuple[str, tuple[KeyTransfer, ...]]:
    """A query with marks in the place of the conditions of its keys, and the transfers with those conditions."""
    if not keys:
        return text, ()
    asked = {found[1]: found[2].partition(f", {OR_ELSE}, ") for found in MARKED.finditer(text)}
    transfers = tuple(
        replace(one, condition=asked[one.name][0], spanned=asked[one.name][2]) for one, _ in keys
    )
    return MARKED.sub(lambda found: f"{MARK}{found[1]}{MARK}", text), transfers
