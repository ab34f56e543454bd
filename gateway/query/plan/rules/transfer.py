"""Rule: a small unit runs first, and its join keys go with the question to the sources it is joined with.

A transfer only leaves out rows that the join, IN or EXISTS beside it would drop; the engine joins all the same. Keys
are values that the consumer may see; where those of tagged columns may go says `confined`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import prod

from sqlglot import exp

from connectors.base import TakesKeys
from gateway.query.plan.barrier.leaves import ENGINE, WHOLE
from gateway.query.plan.barrier.raising import raises
from gateway.query.plan.blocks import (
    BARE,
    conjuncts,
    equality,
    inner_items,
    is_left,
    is_loose,
    items,
    joins,
    selects,
    where,
)
from gateway.query.plan.confined import Confinement
from gateway.query.plan.costs import ADDING, GROUPING, KEY, SHARED, of_reading
from gateway.query.plan.draft import Draft, Unit
from gateway.query.plan.estimate import RANGE, Estimator
from gateway.query.plan.model import Form
from gateway.query.plan.rules.span import span
from gateway.query.plan.schedule import End, Schedule, Sent
from gateway.query.plan.summing import type_of
from gateway.sql.nodes import by_level, copied, holds, text_of

MOST_KEYS = 500_000
"""More distinct values than this are not sent where a span does, ..."""
FEW = 0.1
"""... nor more than this share of the rows that they are looked up in."""
LEAST_ROWS = 1_000
"""A unit of fewer rows is read whole, beside the others."""
WORTH = 0.5
"""Share of its rows that keys may leave of a unit at most."""
LARGEST_STAGE = 100_000
"""Rows that the engine calculates ahead at most, to send their keys."""

CUTS = ("limit", "offset", "qualify", "windows", "sample")
"""Clauses that look at rows which a transfer would leave out."""


def transfer(draft: Draft) -> Schedule:
    estimator = Estimator(draft)
    full = {alias: _rows_sent(unit, estimator) for alias, unit in draft.units.items()}
    edges, bounds = _between(draft) if len(full) > 1 else ([], [])
    planned = _Planned(draft, estimator, Schedule(full=full, rows=dict(full)), edges, bounds, set(full))
    while planned.waiting:
        unit = _next(planned.waiting, planned.schedule, draft)
        planned.start(unit)
        if draft.units[unit].site == ENGINE and full[unit] > LARGEST_STAGE:
            continue
        for target in sorted(planned.waiting):
            planned.consider(unit, target)
    return planned.schedule


def _between(draft: Draft) -> tuple[list[tuple[End, End]], list[Sent]]:
    confinement = Confinement(draft)
    edges = [(one, other) for one, other in _edges(draft) if _may_move(one, other, draft, confinement)]
    return edges, list(_bounds(draft, confinement))


@dataclass(slots=True)
class _Planned:
    """A schedule in the making: who waits, and when who has started has answered (microseconds)."""

    draft: Draft
    estimator: Estimator
    schedule: Schedule
    edges: list[tuple[End, End]]
    bounds: list[Sent]
    waiting: set[str]
    answered: dict[str, float] = field(default_factory=dict)

    def start(self, unit: str) -> None:
        self.waiting.remove(unit)
        self.schedule.order.append(unit)
        self.answered[unit] = self._answered(unit, self._sent_to(unit), self.schedule.rows[unit])

    def consider(self, origin: str, target: str) -> None:
        """Let `origin` give its keys to `target` if the target, and who waits for its own keys, is done sooner."""
        keys = _best(origin, target, self.edges, self.schedule, self.draft, self.estimator)
        bounds = [one for one in self.bounds if (one.origin, one.target) == (origin, target)]
        for found in (*bounds, *([keys] if keys is not None else [])):
            self._give(found, target)

    def _give(self, found: Sent, target: str) -> None:
        rows = self.schedule.rows[target]
        fewer = max(1.0, rows * found.share)
        arriving = of_reading(0.0, rows - fewer, 0.0, _asked(self.draft.units[target], self.draft))
        saved = SHARED * arriving + ((rows - fewer) * KEY if self._leads_on(target) else 0.0)
        given = self._sent_to(target)
        if self._answered(target, [*given, found], fewer) <= self._answered(target, given, rows) + saved:
            self.schedule.sent.append(found)
            self.schedule.rows[target] = fewer

    def _sent_to(self, unit: str) -> list[Sent]:
        return [sent for sent in self.schedule.sent if sent.target == unit]

    def _answered(self, alias: str, given: list[Sent], rows: float) -> float:
        unit = self.draft.units[alias]
        needed = [self.answered[other] for other in unit.needs]
        begun = max([self.answered[sent.origin] for sent in given] + needed, default=0.0)
        read, keys = _rows_read(unit, self.estimator), sum(sent.keys for sent in given)
        into_groups = self.estimator.unit_rows(unit) if unit.select.args.get("group") is not None else 0.0
        grouping = into_groups * prod(sent.share for sent in given) * (GROUPING + ADDING)
        return begun + of_reading(read, rows, keys, _asked(unit, self.draft)) + grouping

    def _leads_on(self, unit: str) -> bool:
        """Whether a larger unit may wait for its keys."""
        full = self.schedule.full
        later = {other.unit for one, other in self.edges if one.unit == unit} & self.waiting
        return any(full[other] > full[unit] for other in later)


def _asked(unit: Unit, draft: Draft) -> str:
    """The dialect of the source whose rows it waits for, also where the engine reads them for it."""
    return (draft.sources.dialect(unit.source) if unit.source else None) or draft.dialect(unit)


def _next(waiting: set[str], schedule: Schedule, draft: Draft) -> str:
    """The smallest, or what leads to the smallest: a block runs when all that it reads has run."""
    leads = {alias: schedule.rows[alias] for alias in waiting}
    for block in waiting:
        for needed in draft.units[block].needs & waiting:
            leads[needed] = min(leads[needed], schedule.rows[block])
    ready = [alias for alias in waiting if not draft.units[alias].needs & waiting]
    return min(ready, key=lambda alias: (leads[alias], schedule.rows[alias], alias))


def _rows_sent(unit: Unit, estimator: Estimator) -> float:
    limit, rows = unit.select.args.get("limit"), estimator.rows(unit)
    return rows if limit is None else min(rows, float(limit.expression.this))


def _rows_read(unit: Unit, estimator: Estimator) -> float:
    """Rows that the unit's site looks at: where any of them will do, no more than it sends."""
    read = estimator.read_rows(unit)
    if unit.grouped or unit.select.args.get("order") or not unit.select.args.get("limit"):
        return read
    return read * _rows_sent(unit, estimator) / estimator.rows(unit)


def _best(
    origin: str,
    target: str,
    edges: list[tuple[End, End]],
    schedule: Schedule,
    draft: Draft,
    estimator: Estimator,
) -> Sent | None:
    """All that two units are joined by, as one set of keys, if many rows can do without."""
    full = schedule.full
    pairs = {
        (text_of(one.column), text_of(other.column)): (copied(one.column), copied(other.column))
        for one, other in edges
        if one.unit == origin and other.unit == target
    }
    if not pairs or full[target] < LEAST_ROWS:
        return None
    ours = prod(estimator.distinct(shown(one, draft)) for one, _ in pairs.values())
    theirs = prod(estimator.distinct(shown(other, draft)) for _, other in pairs.values())
    keys = min(schedule.rows[origin], ours)
    # Where the target's values are only guessed at, it is taken to have those of the origin, and no others.
    known = all(estimator.knows(shown(other, draft)) for _, other in pairs.values())
    kinds = max(ours, theirs) if known else min(ours, theirs)
    share = min(1.0, keys / max(1.0, min(kinds, max(full[target], full[origin]))))
    sent = Sent(origin, target, list(pairs.values()), keys, share)
    if keys <= MOST_KEYS and share <= WORTH:
        return sent
    one, other = sent.pairs[0]
    spanned = span(sent, (shown(one, draft), shown(other, draft)), draft, estimator)
    too_many = share > WORTH or keys > FEW * estimator.read_rows(draft.units[target])
    return spanned if spanned is not None or too_many else sent


def shown(column: exp.Column, draft: Draft) -> exp.Column:
    """The leaf's column that a grouped unit's column shows, if it is one."""
    unit = draft.units.get(column.table)
    value = unit.origin(column.name) if unit is not None else None
    return shown(value, draft) if isinstance(value, exp.Column) else column


# --- which columns are equal -------------------------------------------------------------------------------


def _edges(draft: Draft) -> Iterator[tuple[End, End]]:
    """Pairs of ends: rows of the second whose value is none of the first's cannot matter."""
    blocks = _Blocks(draft)
    guarded = draft.governed(draft.leaves)
    for select in (select for tree in draft.trees() for select in selects(tree)):
        if not is_loose(select) or (guarded and _may_fail(select)):
            continue
        inner = {item.alias for item in inner_items(select)}
        everything = {item.alias for item in items(select)}
        yield from _of_where(select, inner, everything, blocks)
        for join in joins(select):
            if is_left(join):
                yield from _of_left_join(join, blocks)


def _bounds(draft: Draft, confinement: Confinement) -> Iterator[Sent]:
    blocks = _Blocks(draft)
    for bound in draft.bounds:
        origin, end = bound.value.table, blocks.end(bound.column, reducing=True)
        if end is None or not _may_go(bound.value, origin, end, draft, confinement):
            continue
        form = Form.LEAST if bound.lower else Form.MOST
        yield Sent(origin, end.unit, [(copied(bound.value), copied(end.column))], 1.0, RANGE, form)


def _may_go(value: exp.Column, origin: str, end: End, draft: Draft, confinement: Confinement) -> bool:
    theirs = shown(end.column, draft)
    if theirs.name in draft.leaves[theirs.table].governed.hashed:
        return False
    return confinement.may_go(value, draft.units[origin], draft.units[end.unit])


def _may_fail(select: exp.Select) -> bool:
    """Whether a condition may raise: its rows must not depend on sizes, which tell of hidden ones."""
    return any(raises(condition) for condition in where(select))


def _of_where(
    select: exp.Select, inner: set[str], everything: set[str], blocks: "_Blocks"
) -> Iterator[tuple[End, End]]:
    classes: list[list[exp.Column]] = []
    for condition in where(select):
        if isinstance(condition, exp.In) and condition.args.get("query") is not None:
            yield from _of_in(condition, inner, blocks)
        pair = equality(condition)
        if pair is None:
            continue
        near = [column for column in pair if blocks.item(column) in inner]
        far = [column for column in pair if blocks.item(column) not in everything]
        if len(near) == 2:
            _unite(pair, classes)
        elif near and far:
            yield from _from_to(far[0], near[0], blocks)
    for equal in classes:
        for one in equal:
            for other in equal:
                if one.table != other.table:
                    yield from _from_to(one, other, blocks)


def _unite(pair: tuple[exp.Column, exp.Column], classes: list[list[exp.Column]]) -> None:
    """Columns that equal the same column equal each other."""
    texts = {text_of(column) for column in pair}
    together = [one for one in classes if any(text_of(column) in texts for column in one)]
    known = {text_of(column): column for each in [*together, list(pair)] for column in each}
    classes[:] = [one for one in classes if not any(one is other for other in together)]
    classes.append(list(known.values()))


def _of_left_join(join: exp.Join, blocks: "_Blocks") -> Iterator[tuple[End, End]]:
    right = join.this.alias
    for condition in conjuncts(join.args.get("on")):
        pair = equality(condition)
        if pair is not None and [blocks.item(column) == right for column in pair].count(True) == 1:
            one, other = pair if blocks.item(pair[1]) == right else pair[::-1]
            yield from _from_to(one, other, blocks)


def _of_in(condition: exp.In, inner: set[str], blocks: "_Blocks") -> Iterator[tuple[End, End]]:
    query = condition.args["query"]
    select = query.this if isinstance(query, exp.Subquery) else query
    column = condition.this.unnest()
    if (
        not isinstance(select, exp.Select)
        or not isinstance(column, exp.Column)
        or len(select.expressions) != 1
    ):
        return
    value = select.expressions[0].unalias()
    if isinstance(value, exp.Column):
        if blocks.item(column) in inner:
            yield from _from_to(value, column, blocks)
        if blocks.is_reducible(select, value):
            yield from _from_to(column, value, blocks)


def _from_to(one: exp.Column, other: exp.Column, blocks: "_Blocks") -> Iterator[tuple[End, End]]:
    origin, target = blocks.end(one, reducing=False), blocks.end(other, reducing=True)
    if origin is not None and target is not None and origin.unit != target.unit:
        yield origin, target


class _Blocks:
    """Where columns come from: through subqueries in FROM, down to units."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        ungrouped = [unit for unit in draft.units.values() if not unit.grouped]
        self._owner = {member: unit.alias for unit in ungrouped for member in unit.members}
        self._subqueries = {
            node.alias: node.this
            for tree in draft.trees()
            for node in by_level(tree, exp.Subquery)
            if node.alias
            and isinstance(node.this, exp.Select)
            and not any(node.args.get(key) for key in BARE)
        }

    def item(self, column: exp.Column) -> str:
        """The item of FROM that a column belongs to."""
        return self._owner.get(column.table, column.table)

    def end(self, column: exp.Column, *, reducing: bool) -> End | None:
        """`reducing`: rows of the unit may be left out by this column's value."""
        alias = self.item(column)
        unit = self._draft.units.get(alias)
        if unit is not None and not (reducing and unit.needs):
            return End(alias, column) if not reducing or self._takes_keys(unit, column) else None
        select = unit.select if unit is not None else self._subqueries.get(alias)
        if select is None:
            return None
        value = next(
            (item.unalias() for item in select.expressions if item.alias_or_name == column.name), None
        )
        if not isinstance(value, exp.Column) or (reducing and not self.is_reducible(select, value)):
            return None
        return self.end(value, reducing=reducing)

    def is_reducible(self, select: exp.Select, value: exp.Column) -> bool:
        """Whether a block without the rows that lack some value of a column is the same but for rows that lack it."""
        if any(select.args.get(key) for key in CUTS) or not is_loose(select):
            return False
        if any(holds(item, exp.Window) for item in select.expressions):
            return False
        group = select.args.get("group")
        if group is None:
            return not any(holds(item, exp.AggFunc) for item in select.expressions)
        return text_of(value) in {text_of(key) for key in group.expressions}

    def _takes_keys(self, unit: Unit, column: exp.Column) -> bool:
        if unit.needs or unit.select.args.get("limit"):
            return False
        source = shown(column, self._draft)
        leaf = self._draft.leaves.get(source.table)
        if (
            leaf is None
            or source.name not in leaf.sound
            or (leaf.governed.barrier and source.name not in leaf.raw)
        ):
            return False
        if unit.grouped and not _is_key(unit, source):
            return False
        connector = self._draft.sources.connectors[unit.source]
        return isinstance(connector, TakesKeys) and connector.transferable(leaf.types[source.name])


def _is_key(unit: Unit, column: exp.Column) -> bool:
    if unit.select.args.get("distinct"):
        return True
    group = unit.select.args.get("group")
    return group is not None and text_of(column) in {text_of(key) for key in group.expressions}


def _may_move(one: End, other: End, draft: Draft, confinement: Confinement) -> bool:
    """Types are equal, nothing is hashed, and nothing goes to a source whose domain may not have it."""
    ours, theirs = shown(one.column, draft), shown(other.column, draft)
    kind = type_of(one.column, draft)
    if kind is None or not _same_kind(kind, type_of(theirs, draft)):
        return False
    leaf, target = draft.leaves.get(ours.table), draft.leaves[theirs.table]
    if theirs.name in target.governed.hashed or (leaf is not None and ours.name in leaf.governed.tokens):
        return False
    return confinement.may_go(one.column, draft.units[one.unit], draft.units[other.unit])


def _same_kind(one: str, other: str | None) -> bool:
    return one == other or {one, other or ""} <= WHOLE
