"""The sum and the average of intervals, month by month, day by day and microsecond by microsecond.

Source: PostgreSQL's `interval_sum` and `interval_avg`, which divides by `interval_div`: what a month does not divide
into goes on as days of thirty, what a day does not as seconds, each rounded to six places.
"""

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.literals import shared_type
from gateway.sql.templates import written

MOST_NODES = 60
"""Of an argument: it is written once for each part."""
_MONTHS, _DAYS, _TIME = (
    "sum(datepart('year', $1) * 12 + datepart('month', $1))",
    "sum(datepart('day', $1))",
    "sum(datepart('hour', $1) * 3600000000 + datepart('minute', $1) * 60000000 + datepart('microsecond', $1))",
)
SUM = (
    f"(to_months(CAST({_MONTHS} AS INTEGER)) + to_days(CAST({_DAYS} AS INTEGER))"
    f" + to_microseconds(CAST({_TIME} AS BIGINT)))"
)
_M, _D, _T, _MORE_DAYS, _MORE_SECONDS = (f'"#of"[{place}]' for place in (1, 2, 3, 4, 5))
_PARTS = f"[CAST({_MONTHS} AS DOUBLE), CAST({_DAYS} AS DOUBLE), CAST({_TIME} AS DOUBLE), CAST(count($1) AS DOUBLE)]"
_BY_COUNT = "[{}]".format(", ".join(f'"#all"[{place}] / "#all"[4]' for place in (1, 2, 3)))
_ROUNDED = "round({0} * 1000000) / 1000000"
_SECONDS = f"({_D} - trunc({_D}) + {_MORE_DAYS} - trunc({_MORE_DAYS})) * 86400"


def _with(name: str, value: str, body: str) -> str:
    return f'list_extract(list_transform([{value}], lambda "{name}": {body}), 1)'


_MADE = (
    f"to_months(CAST(trunc({_M}) AS INTEGER)) + to_days(CAST(trunc({_D}) + trunc({_MORE_DAYS})"
    f" + trunc({_MORE_SECONDS} / 86400) AS INTEGER)) + to_microseconds(CAST(round({_T}"
    f" + ({_MORE_SECONDS} - trunc({_MORE_SECONDS} / 86400) * 86400) * 1000000) AS BIGINT))"
)
_AND_SECONDS = _with("#of", f'list_append("#of", {_ROUNDED.format(_SECONDS)})', _MADE)
_AND_DAYS = _with(
    "#of", f'list_append("#of", {_ROUNDED.format(f"(({_M} - trunc({_M})) * 30)")})', _AND_SECONDS
)
AVERAGE = _with("#all", _PARTS, _with("#of", _BY_COUNT, _AND_DAYS))


def summed(aggregate: exp.Expr, value: exp.Expr) -> exp.Expr:
    """`aggregate` says which it is of the values. Raises SyntaxNotSupported for what would be too long."""
    if value.find(exp.Query) or sum(1 for _ in value.walk()) > MOST_NODES:
        raise SyntaxNotSupported("a sum of intervals needs a shorter argument: name it in a subquery")
    made = written(AVERAGE if isinstance(aggregate, exp.Avg) else SUM, [value])
    made.type = shared_type("INTERVAL")
    return made
