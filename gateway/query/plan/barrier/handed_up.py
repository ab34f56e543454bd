"""Marks of a product's own SQL, which each of its queries hands up to what reads it.

A value that cannot be delivered or computed is NULL, and true beside it is its mark (`unreadable`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain

from sqlglot import exp

from connectors.base import ROW
from gateway.query.plan.barrier.attempts import attempted
from gateway.query.plan.barrier.levels import apart, is_aggregate
from gateway.query.plan.barrier.marks import Marking, any_of
from gateway.query.plan.barrier.totals import unfailing
from gateway.query.plan.blocks import (
    MOVABLE_JOINS,
    all_of,
    conjuncts,
    first_of_each,
    is_left,
    items,
    joins,
    listing,
    set_where,
    takes_some,
    where,
)
from gateway.query.plan.rules.take import TAKEN
from gateway.sql.doubt import doubting
from gateway.sql.names.scopes import Scopes, cte_of
from gateway.sql.nodes import copied

MARKED = "marked"
"""Key in the meta of an item of FROM: its columns that are marked, each with the name of its mark."""
ASKED = "asked"
"""Key in the meta of a condition of which the source has been asked."""

Marks = Mapping[str, str]
"""A column, or `ROW` -> its mark. That one is true of a row that may be none: its source could not read it, or a
condition cannot judge it."""


def handed_up(select: exp.Select) -> Marks:
    """Changes the SELECT of a relation that another reads, whose WHERE is a policy's."""
    return _handed_up([_Guarded(select, filters=True)])


def mark_of(name: str, names: Collection[str]) -> str:
    """A name for the mark of a column that is none of the columns' names."""
    mark = f"#{name}"
    return mark if mark not in names else mark_of(mark, names)


def _of_query(query: exp.Query) -> Marks:
    """Changes a query that a product's SQL reads in FROM, or as a CTE."""
    _mark_ctes(query)
    united = list(listing(query))
    if not any(operation.args.get("by_name") for operation in query.find_all(exp.SetOperation)):
        for select in united[1:]:
            _rename(select, [item.alias_or_name for item in united[0].expressions])
    return _handed_up([_Guarded(select) for select in united])


def _rename(select: exp.Select, names: Sequence[str]) -> None:
    """Gives the items other names; only the first SELECT's are those of the set operation."""
    named = zip(select.expressions, names, strict=True)
    select.set("expressions", [exp.alias_(item.unalias(), name, quoted=True) for item, name in named])


def _handed_up(united: Sequence["_Guarded"]) -> Marks:
    """Adds an item to the SELECTs of a set operation for each column that one of them marks."""
    marked = [one.marks() for one in united]
    handed = {}
    for name in dict.fromkeys(chain.from_iterable(marked)):
        own = mark_of(name, united[0].names)
        for one, marks in zip(united, marked, strict=True):
            one.add(marks.get(name) or exp.false(), own)
        handed[name] = own
    return handed


class _Guarded:
    """One SELECT of a product's, whose conditions leave no row out that they cannot judge. `filters`: its WHERE is a
    policy's."""

    def __init__(self, select: exp.Select, *, filters: bool = False) -> None:
        self._select = select
        self._filters = filters
        for part in _parts(select):
            unfailing(part)
        apart(select)
        self._grouped = select.args.get("group") is not None or any(map(_adds_up, select.expressions))
        self.names = [item.alias_or_name for item in select.expressions]
        _mark_ctes(select)
        marked = marked_items(select)
        used = marked_columns(select, marked)
        for query in list(_other_queries(select)):
            used |= _of_value(query)
        self._rows = Marking(used | self._attempts())
        self._shown = Marking(self._rows.used, grouped=self._grouped)
        self._doubts = [*self._doubts_of_items(marked), *self._unjudged(), *self._unplaced()]

    def marks(self) -> dict[str, exp.Expr]:
        """Of the columns, and of the row: what is true where they cannot be read or computed."""
        keys = list(self._shown.each([self._select.args["group"]] if self._select.args.get("group") else []))
        found = {}
        for name, item in zip(self.names, self._select.expressions, strict=True):
            mark = any_of([*self._shown.each([item]), *map(copied, keys)])
            if mark is not None:
                found[name] = mark
        doubt = any_of(self._doubts)
        return found if doubt is None else found | {ROW: doubt}

    def add(self, mark: exp.Expr, name: str) -> None:
        self._select.append("expressions", exp.alias_(mark, name, quoted=True, copy=False))

    def _attempts(self) -> dict[int, exp.Expr]:
        found: dict[int, exp.Expr] = {}
        for part in _parts(self._select, filters=self._filters):
            found |= attempted(part)
        return found

    def _doubts_of_items(self, marked: Mapping[str, Marks]) -> Iterator[exp.Expr]:
        for name, found in marked.items():
            if ROW in found:
                yield self._of_group(exp.column(found[ROW], name, quoted=True))

    def _unjudged(self) -> Iterator[exp.Expr]:
        """Changes the conditions, so that they keep what they cannot judge."""
        if self._filters:
            set_where(self._select, asked_here(self._select, self._rows))
        else:
            self._take_from_joins()
            yield from map(self._of_group, self._keep("where", self._rows))
        yield from self._keep("having", self._shown)
        yield from self._keep("qualify", self._shown)

    def _keep(self, clause: str, marking: Marking) -> Iterator[exp.Expr]:
        node = self._select.args.get(clause)
        kept: list[exp.Expr] = []
        for condition in conjuncts(node.this) if node is not None else ():
            mark = marking.of(condition)
            if condition.meta.get(ASKED) and mark is not None:
                continue  # the source can read what arrives unreadable
            kept.append(condition)
            if mark is not None:
                kept[-1] = exp.Paren(this=exp.or_(condition, mark, copy=False))
                yield copied(mark)
        if node is not None:
            self._select.set(clause, type(node)(this=all_of(kept)) if kept else None)

    def _take_from_joins(self) -> None:
        """Conditions of inner joins that may be in doubt and join nothing by its value."""
        if not all(_is_inner(join) or is_left(join) for join in joins(self._select)):
            return
        for join in filter(_is_inner, joins(self._select)):
            listed = list(conjuncts(join.args.get("on")))
            moved = [one for one in listed if not isinstance(one, exp.EQ) and self._rows.of(one) is not None]
            if moved:
                kept = [one for one in listed if not any(one is other for other in moved)]
                join.set("on", all_of(kept) if kept else exp.true())
                set_where(self._select, [*where(self._select), *moved])

    def _unplaced(self) -> Iterator[exp.Expr]:
        """Of rows that come first or not by what cannot be computed."""
        order = self._select.args.get("order") if takes_some(self._select) else None
        placing = (first_of_each(self._select), order)
        yield from self._shown.each(part for part in placing if part is not None)

    def _of_group(self, mark: exp.Expr) -> exp.Expr:
        return exp.LogicalOr(this=mark) if self._grouped else mark


def asked_here(select: exp.Select, marking: Marking) -> list[exp.Expr]:
    """Of the filters those that the engine has to ask. What arrives unreadable it cannot judge: the source, which can,
    has been asked; or the condition stands in the statement as well."""

    def is_settled(condition: exp.Expr) -> bool:
        return (
            bool(condition.meta.get(ASKED) or condition.meta.get(TAKEN)) and marking.of(condition) is not None
        )

    def doubts(part: exp.Expr) -> list[exp.Expr]:
        return list(marking.each([part]))

    return [doubting(condition, doubts) for condition in where(select) if not is_settled(condition)]


def _mark_ctes(query: exp.Query) -> None:
    """Each once: of what is marked already there is nothing left to mark."""
    clause = query.args.get("with_")
    for cte in clause.expressions if clause is not None else ():
        if MARKED in cte.meta:
            continue
        marks = cte.meta[MARKED] = _renamed(cte.this, cte.args["alias"], _of_query(cte.this))
        for table in query.find_all(exp.Table):
            if cte_of(table) is cte:
                table.meta[MARKED] = marks


def _renamed(query: exp.Query, alias: exp.TableAlias, marks: Marks) -> Marks:
    """The marks by the names that an alias gives to the columns."""
    names = [column.name for column in alias.args.get("columns") or ()]
    given = dict(zip((item.alias_or_name for item in query.selects), names, strict=False))
    return {given.get(name, name): mark for name, mark in marks.items()}


def marked_items(select: exp.Select) -> dict[str, Marks]:
    return {item.alias_or_name: found for item in items(select) if (found := _of_item(item))}


def _of_item(item: exp.Expr) -> Marks:
    if MARKED in item.meta:
        found: Marks = item.meta[MARKED]
        return found
    if isinstance(item, exp.Subquery):
        return _renamed(item.this, item.args["alias"], _of_query(item.this))
    return {}


def marked_columns(select: exp.Select, marked: Mapping[str, Marks]) -> dict[int, exp.Expr]:
    """id of a column that is marked -> its mark."""
    scopes, own = Scopes(), {id(item) for item in items(select)}
    return {
        id(column): exp.column(marked[column.table][column.name], column.table, quoted=True)
        for column in select.find_all(exp.Column)
        if column.name in marked.get(column.table, {}) and id(scopes.source(column)) in own
    }


def _parts(select: exp.Select, *, filters: bool = False) -> Iterator[exp.Expr]:
    """What a SELECT computes itself; `filters`: but for its WHERE."""
    yield from select.expressions
    keys = ("distinct", "group", "having", "qualify", "order", *(() if filters else ("where",)))
    yield from (part for key in keys if (part := select.args.get(key)) is not None)
    yield from select.args.get("windows") or ()
    yield from (join.args["on"] for join in joins(select) if join.args.get("on") is not None)
    yield from (item for item in items(select) if isinstance(item, exp.UDTF))


def _of_value(query: exp.Query) -> dict[int, exp.Expr]:
    """Changes a query in an expression. If its one value is asked for, whether that is marked is asked beside it."""
    if not isinstance(query, exp.Subquery) or isinstance(query.parent, exp.In):
        _silence(query)
        return {}
    shown = (
        any_of(_Guarded(select).marks().values()) if isinstance(select := query.this, exp.Select) else None
    )
    if shown is None:
        return {}
    asked = copied(select)
    asked.set("expressions", [exp.alias_(shown, "marked")])
    return {id(query): exp.Paren(this=exp.Subquery(this=asked))}


def _silence(query: exp.Query) -> None:
    """Changes a query in which a condition looks for something."""
    for select in query.find_all(exp.Select):
        for part in _parts(select):
            unfailing(part)
            attempted(part)


def _other_queries(select: exp.Select) -> Iterator[exp.Query]:
    """The nearest queries inside a SELECT but those that it reads."""
    read = {id(item) for item in items(select)} | {id(select.args.get("with_"))}
    stack = list(select.iter_expressions())
    while stack:
        node = stack.pop()
        if id(node) in read:
            continue
        if isinstance(node, exp.Query):
            yield node
        else:
            stack += node.iter_expressions()


def _adds_up(item: exp.Expr) -> bool:
    return any(map(is_aggregate, item.walk(prune=lambda node: isinstance(node, exp.Query))))


def _is_inner(join: exp.Join) -> bool:
    return not (join.side or join.method) and join.kind in MOVABLE_JOINS
