"""`justify_days` and its kind, and `to_char` of an interval, in DuckDB's functions.

Source: PostgreSQL's manual, 9.8 and 9.9, and the rules of `interval_justify_interval`.
"""

import re
from collections.abc import Mapping, Sequence

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.templates import text_literal

DAY = 86_400_000_000
"""Microseconds."""
_MONTHS, _DAYS, _TIME = (f'"#parts"[{place}]' for place in (1, 2, 3))
_OF = (
    "datepart('year', \"#span\") * 12 + datepart('month', \"#span\")",
    "datepart('day', \"#span\")",
    "datepart('hour', \"#span\") * 3600000000 + datepart('minute', \"#span\") * 60000000"
    " + datepart('microsecond', \"#span\")",
)
Parts = Sequence[str]
"""Months, days and microseconds."""


def _step(parts: str, following: Parts) -> str:
    """The parts that follow from parts."""
    return f'list_extract(list_transform([{parts}], lambda "#parts": [{", ".join(following)}]), 1)'


def _borrowed(larger: str, smaller: str) -> str:
    """1 or -1 of the larger unit, which the smaller one takes to have its sign; 0: they have one."""
    return f"CASE WHEN {larger} > 0 AND {smaller} < 0 THEN 1 WHEN {larger} < 0 AND {smaller} > 0 THEN -1 ELSE 0 END"


_HOURS_UP = (_MONTHS, f"({_DAYS} + {_TIME} // {DAY})", f"({_TIME} % {DAY})")
_DAYS_UP = (f"({_MONTHS} + {_DAYS} // 30)", f"({_DAYS} % 30)", _TIME)
_ONE_DAY = _borrowed(_DAYS, _TIME)
_SAME_DAYS = (_MONTHS, f"({_DAYS} - ({_ONE_DAY}))", f"({_TIME} + ({_ONE_DAY}) * {DAY})")
_ONE_MONTH = _borrowed(_MONTHS, _DAYS)
_SAME_MONTHS = (f"({_MONTHS} - ({_ONE_MONTH}))", f"({_DAYS} + ({_ONE_MONTH}) * 30)", _TIME)
_REST = f"CASE WHEN {_DAYS} = 0 THEN {_TIME} ELSE {_DAYS} END"
_ONE_MONTH_OF_ALL = _borrowed(_MONTHS, _REST)
_SAME_ALL = (f"({_MONTHS} - ({_ONE_MONTH_OF_ALL}))", f"({_DAYS} + ({_ONE_MONTH_OF_ALL}) * 30)", _TIME)
_STEPS: Mapping[type[exp.Expr], Sequence[Parts]] = {
    exp.JustifyHours: (_HOURS_UP, _SAME_DAYS),
    exp.JustifyDays: (_DAYS_UP, _SAME_MONTHS),
    exp.JustifyInterval: (_HOURS_UP, _DAYS_UP, _SAME_ALL, _SAME_DAYS),
}


def _template(steps: Sequence[Parts]) -> str:
    parts = "[" + ", ".join(_OF) + "]"
    for step in steps:
        parts = _step(parts, step)
    made = f"to_months(CAST({_MONTHS} AS INTEGER)) + to_days(CAST({_DAYS} AS INTEGER)) + to_microseconds({_TIME})"
    whole = f'list_extract(list_transform([{parts}], lambda "#parts": {made}), 1)'
    return f'list_extract(list_transform([CAST($1 AS INTERVAL)], lambda "#span": {whole}), 1)'


JUSTIFIED: Mapping[type[exp.Expr], str] = {kind: _template(steps) for kind, steps in _STEPS.items()}
"""The template of each."""


_CODE = re.compile(r"%(-?[A-Za-z%])|[^%]+")
_PARTS_SHOWN = {"m": "month", "d": "day", "H": "hour", "M": "minute", "S": "second"}
_SIGNED = (
    "CASE WHEN {0} < 0 THEN '-' ELSE '' END"
    " || CASE WHEN abs({0}) < 10 THEN '{1}' ELSE '' END || CAST(abs({0}) AS TEXT)"
)


def interval_text(pattern: str) -> str:
    """The template, over `$1`, of an interval's parts as a pattern of strftime has them: hours are all hours beside
    the days. Raises SyntaxNotSupported."""
    pieces = ["''"]
    for match in _CODE.finditer(pattern):
        code = match[1]
        if code in (None, "%"):
            pieces.append(text_literal(match[0] if code is None else "%"))
        elif code[-1] in _PARTS_SHOWN:
            part = f"datepart('{_PARTS_SHOWN[code[-1]]}', \"#span\")"
            pieces.append(_SIGNED.format(part, "" if code[0] == "-" else "0"))
        else:
            raise SyntaxNotSupported("to_char of an interval knows DD, HH24, MI and SS")
    whole = " || ".join(f"({piece})" for piece in pieces)
    whole = f'CASE WHEN "#span" IS NOT NULL THEN {whole} END'
    return f'list_extract(list_transform([$1], lambda "#span": {whole}), 1)'
