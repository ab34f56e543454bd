"""Values that a source's connector cannot deliver, where the engine decides which rows are seen.

They arrive as NULL, with a mark beside them: that they are there must not be told of rows that are hidden. So an error
is raised where the value is shown, which is after the filters; a relation that another reads hands the marks up. A
policy's filter does not let a row through that it cannot judge. Where a product's own condition cannot judge a row,
that it is in doubt is handed up, too: it raises unless another condition or a filter leaves the row out. What cannot be
read equals nothing that a join looks for. What a relation that another reads casts, and cannot, is as unreadable.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlglot import exp

from connectors.base import ROW
from gateway.query.plan.blocks import BARE, all_of, conjuncts, items, joins, listing, set_where, where
from gateway.query.plan.raising import raising
from gateway.query.plan.take import TAKEN
from gateway.sql.doubt import doubting, has_failed
from gateway.sql.nodes import copied
from gateway.sql.scopes import Scopes

UNREADABLE = "#unreadable"
"""What the engine raises."""
MARKED = "marked"
"""Key in the meta of an item of FROM: its columns that are marked, each with the name of its mark."""
ASKED = "asked"
"""Key in the meta of a condition of which the source has been asked."""

Marks = Mapping[str, str]
"""A column, or `ROW` -> its mark. That one is true of a row that may be none: its source could not read it, or a
condition cannot judge it."""


def guard(select: exp.Select, *, hands_up: bool) -> Marks:
    """Changes a relation's SELECT, what stands in its FROM being known. The marks of its columns, if it `hands_up`
    those: else a value that cannot be read raises."""
    return _Guard(select, hands_up=hands_up, filters=True).marks()


class _Guard:
    """One SELECT. `filters`: its WHERE is a policy's."""

    def __init__(self, select: exp.Select, *, hands_up: bool, filters: bool = False) -> None:
        self._select = select
        self._hands_up = hands_up and _can_hand_up(select)
        self._filters = filters
        self._nodes: list[exp.Expr] = []

    def marks(self) -> Marks:
        marked = {item.alias_or_name: found for item in items(self._select) if (found := _of_item(item))}
        for query in list(_other_queries(self._select)):
            for select in listing(query):
                _Guard(select, hands_up=False).marks()
        used = self._used(marked) | (self._tried() if self._hands_up else {})
        doubts: list[exp.Expr] = [
            exp.column(found[ROW], name, quoted=True) for name, found in marked.items() if ROW in found
        ]
        if not used and not doubts:
            return {}
        conditions = [one for one in where(self._select) if not self._is_settled(one, used)]
        unjudged = [] if self._filters else [one for one in conditions if _looks_at(one, used)]
        others = [one for one in conditions if not any(one is other for other in unjudged)]
        if self._filters:
            others = [doubting(one, lambda part: _marks_in(part, used)) for one in others]
        if self._hands_up:
            own = [copied(mark) for one in unjudged for mark in _marks_in(one, used)]
            kept: list[exp.Expr] = [
                exp.Paren(this=exp.or_(one, *map(copied, own), copy=False)) for one in unjudged
            ]
            doubts += own
        else:
            raising = [*(_raising(one, used) for one in unjudged), *_without(doubts)]
            kept = list(self._judged(others, raising, used))
        set_where(self._select, [*others, *kept])
        return self._listed(used, doubts)

    def _tried(self) -> dict[int, exp.Expr]:
        """Casts of the SELECT's own become attempts. id of one -> its mark: there is something, and it is none of the
        type."""
        parts = [*self._select.expressions, self._select.args.get("group")]
        parts += [] if self._filters else [self._select.args.get("where")]
        tried: dict[int, exp.Expr] = {}
        for cast in [cast for part in parts if part is not None for cast in _casts(part)]:
            attempt = exp.TryCast(this=cast.this, to=cast.to)
            attempt.type = cast.type
            cast.replace(attempt)
            tried[id(attempt)] = has_failed(attempt)
            self._nodes.append(attempt)
        return tried

    def _used(self, marked: Mapping[str, Marks]) -> dict[int, exp.Expr]:
        """id of a column that is marked -> its mark."""
        scopes, own = Scopes(), {id(item) for item in items(self._select)}
        columns = [
            column
            for column in self._select.find_all(exp.Column)
            if column.name in marked.get(column.table, {}) and id(scopes.source(column)) in own
        ]
        self._nodes += columns
        return {
            id(column): exp.column(marked[column.table][column.name], column.table, quoted=True)
            for column in columns
        }

    def _is_settled(self, condition: exp.Expr, used: Mapping[int, exp.Expr]) -> bool:
        """Whether a condition that looks at marked columns need not be asked: the source, which can read them, has
        been asked; or it stands in the statement as well."""
        return bool(condition.meta.get(ASKED) or condition.meta.get(TAKEN)) and _looks_at(condition, used)

    def _judged(
        self, others: list[exp.Expr], unjudged: list[exp.Expr], used: Mapping[int, exp.Expr]
    ) -> Iterator[exp.Expr]:
        """Conditions that may raise, asked of the rows that the `others` and joins let through."""
        on = [one for join in joins(self._select) if not join.side for one in conjuncts(join.args.get("on"))]
        before = [*others, *(one for one in on if not _looks_at(one, used))]
        for condition in unjudged:
            guarded = exp.If(this=all_of([*map(copied, before), exp.true()]), true=condition)
            yield exp.Case(ifs=[guarded])

    def _listed(self, used: Mapping[int, exp.Expr], doubts: list[exp.Expr]) -> Marks:
        """What the rest of the SELECT shows, orders and groups by."""
        handed: dict[str, str] = {}
        listed: list[exp.Expr] = []
        group = self._select.args.get("group")
        keys = _marks_in(group, used) if group is not None else []
        for item in self._select.expressions:
            marks = _marks_in(item, used) + keys
            listed.append(item)
            if marks and self._hands_up:
                handed[item.alias_or_name] = self._handed_up(item.alias_or_name, marks, listed)
            elif marks:
                value = _raising(item.unalias(), used)
                listed[-1] = exp.alias_(value, item.alias_or_name, quoted=True, copy=False)
        if doubts and self._hands_up:
            handed[ROW] = self._handed_up(ROW, doubts, listed)
        self._select.set("expressions", listed)
        for key in () if self._hands_up else ("group", "having", "order", "qualify", "windows"):
            clause = self._select.args.get(key)
            for part in [] if clause is None else clause if isinstance(clause, list) else [clause]:
                _raising(part, used)
        return handed

    def _handed_up(self, name: str, marks: Sequence[exp.Expr], listed: list[exp.Expr]) -> str:
        """The name of an item more, which is true where one of the marks is."""
        mark: exp.Expr = exp.or_(*map(copied, marks), copy=False)
        if self._select.args.get("group") is not None or _adds_up(self._select):
            mark = exp.LogicalOr(this=mark)
        own = mark_of(name, [item.alias_or_name for item in listed])
        listed.append(exp.alias_(mark, own, quoted=True, copy=False))
        return own


def leaves_out(select: exp.Select) -> bool:
    """Whether a relation's SELECT may hide rows of what it reads."""
    return select.find(exp.Where, exp.Join, exp.Having, exp.Qualify, exp.Limit, exp.Offset) is not None


def mark_of(name: str, names: Collection[str]) -> str:
    """A name for the mark of a column that is none of the columns' names."""
    mark = f"#{name}"
    return mark if mark not in names else mark_of(mark, names)


def _of_item(item: exp.Expr) -> Marks:
    if MARKED in item.meta:
        found: Marks = item.meta[MARKED]
        return found
    if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Select):
        return _Guard(item.this, hands_up=True).marks()
    return {}


def _can_hand_up(select: exp.Select) -> bool:
    """Whether each value that it shows comes of one row, or of those of one group."""
    if any(select.args.get(key) for key in BARE - {"offset", "group", "distinct"}):
        return False
    return not any(item.find(exp.Window, exp.Explode, exp.Unnest) for item in select.expressions)


def _adds_up(select: exp.Select) -> bool:
    return any(item.find(exp.AggFunc) for item in select.expressions)


def _other_queries(select: exp.Select) -> Iterator[exp.Query]:
    """The nearest queries inside a SELECT but those that `_of_item` looks into."""
    own = {id(item) for item in items(select) if MARKED in item.meta or _is_plain_subquery(item)}
    stack = list(select.iter_expressions())
    while stack:
        node = stack.pop()
        if id(node) in own:
            continue
        if isinstance(node, exp.Query) and not isinstance(node, exp.Subquery):
            yield node
        else:
            stack += node.iter_expressions()


def _is_plain_subquery(item: exp.Expr) -> bool:
    return isinstance(item, exp.Subquery) and isinstance(item.this, exp.Select)


def _marks_in(node: exp.Expr, used: Mapping[int, exp.Expr]) -> list[exp.Expr]:
    return [used[id(one)] for one in node.find_all(exp.Column, exp.TryCast) if id(one) in used]


def _casts(part: exp.Expr) -> list[exp.Cast]:
    """Those that may raise, innermost first, outside of queries."""
    found = part.walk(prune=lambda node: isinstance(node, exp.Query))
    return [
        node for node in found if type(node) is exp.Cast and not node.find(exp.Query) and _may_fail(node)
    ][::-1]


def _may_fail(cast: exp.Cast) -> bool:
    return any(node is cast for node in raising(cast))


def _looks_at(node: exp.Expr, used: Mapping[int, exp.Expr]) -> bool:
    return bool(_marks_in(node, used))


def _without(doubts: list[exp.Expr]) -> list[exp.Expr]:
    """Conditions that hold for rows that there is no doubt about, and raise for others."""
    return [exp.Not(this=exp.Paren(this=_error_where(mark, exp.false()))) for mark in doubts]


def _error_where(mark: exp.Expr, value: exp.Expr) -> exp.Case:
    error = exp.Anonymous(this="error", expressions=[exp.Literal.string(UNREADABLE)])
    return exp.Case(ifs=[exp.If(this=copied(mark), true=error)], default=value)


def _raising(node: exp.Expr, used: Mapping[int, exp.Expr]) -> exp.Expr:
    """The node with an error in the place of what cannot be read. Changes it."""

    def put(column: exp.Expr) -> exp.Expr:
        mark = used.get(id(column))
        if mark is None:
            return column
        value = _error_where(mark, copied(column))
        value.type = column.type
        return exp.Paren(this=value) if column.parent is not None else value

    return node.transform(put, copy=False)
