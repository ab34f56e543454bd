"""Constants in the type of the column they are compared with, as the engine would read them.

`ordered_on >= '2026-01-01'` compares a date with a text; the engine reads the text as a date. Written out, the
comparison has one type, is known not to raise, and may go to the source. So does `ordered_on < date '2026-01-01' +
interval '1' month`, whose right side is one day. A text beside a list is the list that PostgreSQL reads it as.
"""

import calendar
from collections.abc import Callable
from datetime import date, timedelta

from sqlglot import exp

from gateway.sql.literals import cast
from gateway.sql.nodes import Nodes
from gateway.sql.spellings.array_literals import type_lists
from gateway.sql.totality import COMPARISONS, T, is_constant, kind_of, operands_of

NAMES = {
    T.DATE: "DATE",
    T.TIMESTAMP: "TIMESTAMP",
    T.TIMESTAMPNTZ: "TIMESTAMP",
    T.TIMESTAMPTZ: "TIMESTAMP WITH TIME ZONE",
    T.UUID: "UUID",
}


def type_constants(nodes: Nodes) -> None:
    """Give constants beside a date, time, UUID or list column its type, where they surely fit. Changes their tree."""
    type_lists(nodes)
    for comparison in nodes.of_any(COMPARISONS):
        operands = operands_of(comparison)
        kinds = {kind_of(operand) for operand in operands if isinstance(operand, exp.Column)}
        name = NAMES.get(kinds.pop()) if len(kinds) == 1 else None
        if name is None:
            continue
        for operand in operands:
            typed = _typed(operand, name)
            if typed is not None:
                operand.replace(typed)


def _typed(operand: exp.Expr, name: str) -> exp.Expr | None:
    if isinstance(operand, exp.Literal) and operand.is_string:
        typed = cast(operand.copy(), name)
        return typed if is_constant(typed) else None
    day = _day(operand) if name == "DATE" else None
    return None if day is None else cast(exp.Literal.string(day.isoformat()), "DATE")


def _day(node: exp.Expr) -> date | None:
    """The day that a constant sum of a date and whole days, weeks, months or years is; None: not such a sum.

    DuckDB makes it a timestamp at midnight, and comparing that with a date compares days.
    """
    node = node.unnest()
    if isinstance(node, exp.Cast) and node.to.this is T.DATE and is_constant(node):
        if not isinstance(node.this, exp.Literal):
            return None  # NULL
        return date.fromisoformat(node.this.this)
    if not isinstance(node, exp.Add | exp.Sub) or not isinstance(node.expression, exp.Interval):
        return None
    start, number, unit = (
        _day(node.this),
        node.expression.this,
        str(node.expression.args.get("unit") or "").upper(),
    )
    if start is None or unit not in UNITS or not isinstance(number, exp.Literal) or not number.this.isdigit():
        return None
    steps = int(number.this) * (1 if isinstance(node, exp.Add) else -1)
    try:
        return UNITS[unit](start, steps)
    except (ValueError, OverflowError):  # beyond the years 1 to 9999
        return None


def _months_later(start: date, months: int) -> date:
    """The same day of another month, or its last one."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


UNITS: dict[str, Callable[[date, int], date]] = {
    "DAY": lambda start, days: start + timedelta(days=days),
    "WEEK": lambda start, weeks: start + timedelta(weeks=weeks),
    "MONTH": _months_later,
    "YEAR": lambda start, years: _months_later(start, 12 * years),
}
