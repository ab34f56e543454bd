"""Values that cannot be delivered or computed, where the engine decides which rows are seen.

What a source's connector cannot deliver arrives as NULL, with a mark beside it; what a product's own SQL cannot compute
of a row becomes NULL with a mark, too (`attempts`). That it is there must not be told of rows that are hidden. So an
error is raised where the value is shown, which is after the filters; a relation that another reads hands the marks up.
A policy's filter does not let a row through that it cannot judge. Where a product's own condition cannot judge a row,
that it is in doubt is handed up, too: it raises unless another condition or a filter leaves the row out. What cannot be
read or computed equals nothing that a join looks for, and no query in a condition finds it.
"""

from collections.abc import Mapping

from sqlglot import exp

from connectors.base import ROW
from gateway.query.plan.barrier.handed_up import Marks, asked_here, handed_up, marked_columns, marked_items
from gateway.query.plan.barrier.marks import Marking
from gateway.query.plan.blocks import all_of, set_where
from gateway.sql.nodes import copied

UNREADABLE = "#unreadable"
"""What the engine raises."""


def guard(select: exp.Select, *, hands_up: bool) -> Marks:
    """Changes a relation's SELECT, what stands in its FROM being known. The marks of its columns, if it `hands_up`
    those: else a value that cannot be read raises."""
    if hands_up:
        return handed_up(select)
    _raise_where_shown(select)
    return {}


def leaves_out(select: exp.Select) -> bool:
    """Whether a relation's SELECT may hide rows of what it reads."""
    return select.find(exp.Where, exp.Join, exp.Having, exp.Qualify, exp.Limit, exp.Offset) is not None


def _raise_where_shown(select: exp.Select) -> None:
    """Changes the SELECT by which a statement reads a relation."""
    marked = marked_items(select)
    used = marked_columns(select, marked)
    doubts = [exp.column(found[ROW], name, quoted=True) for name, found in marked.items() if ROW in found]
    marking = Marking(used)
    filters = asked_here(select, marking)
    doubted = [exp.Not(this=exp.Paren(this=_error_where(mark, exp.false()))) for mark in doubts]
    set_where(select, [*filters, *(_after(filters, one) for one in doubted)])
    listed = []
    for item in select.expressions:
        shown = item
        if marking.of(item) is not None:
            value = _raising(item.unalias(), used)
            shown = exp.alias_(value, item.alias_or_name, quoted=True, copy=False)
        listed.append(shown)
    select.set("expressions", listed)


def _after(filters: list[exp.Expr], condition: exp.Expr) -> exp.Expr:
    """A condition that may raise, asked of the rows that the filters let through."""
    guarded = exp.If(this=all_of([*map(copied, filters), exp.true()]), true=condition)
    return exp.Case(ifs=[guarded])


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
