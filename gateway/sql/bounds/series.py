"""How many items a series has, known before anything runs: its bounds must be written out, or count from now."""

from datetime import datetime

from sqlglot import exp

from gateway.sql.literals import is_null

SECONDS = {
    "MICROSECOND": 1e-6, "MILLISECOND": 1e-3, "SECOND": 1.0, "MINUTE": 60.0, "HOUR": 3600.0, "DAY": 86400.0,
    "WEEK": 7 * 86400.0, "MONTH": 28 * 86400.0, "QUARTER": 90 * 86400.0, "YEAR": 365 * 86400.0,
}  # fmt: skip
"""The shortest that each unit can be."""
DAY = SECONDS["DAY"]
LONGEST = 1.2
"""How many times its shortest a unit may last."""
LONGEST_NUMBER = 18
"""Digits, of an interval's part."""
WHOLE = (exp.DType.SMALLINT, exp.DType.INT, exp.DType.BIGINT)
NOW = (exp.CurrentDate, exp.CurrentTimestamp, exp.Localtimestamp)
NOW_CALLED = frozenset({"now", "today", "transaction_timestamp", "statement_timestamp", "clock_timestamp"})
TIMES = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ)


def length(series: exp.GenerateSeries) -> int | None:
    """At most so many items; None: not known."""
    start, end, step = bounds = [series.args.get(key) for key in ("start", "end", "step")]
    if any(map(is_null, bounds)):
        return 0
    whole = _whole_number(start, 0), _whole_number(end, None), _whole_number(step, 1)
    if whole[0] is not None and whole[1] is not None and whole[2]:
        distance = abs(whole[1] - whole[0]) - bool(series.args.get("is_end_exclusive"))
        return max(distance, 0) // abs(whole[2]) + 1
    first, last, pace = _moments(start), _moments(end), _step_seconds(step)
    if first is None or last is None or not pace:
        return None
    return int(max(abs(last[1] - first[0]), abs(first[1] - last[0])) / abs(pace)) + 2


def counts(source: exp.Expr | None) -> bool:
    """Whether a source in FROM is a series of whole numbers."""
    series = source.this if isinstance(source, exp.Table) else None
    start = series.args.get("start") if isinstance(series, exp.GenerateSeries) else None
    return _whole_number(start, None) is not None


def _whole_number(node: exp.Expr | None, default: int | None) -> int | None:
    if node is None:
        return default
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren) or (isinstance(node, exp.Cast) and node.to.this in WHOLE):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    return sign * int(node.this) if isinstance(node, exp.Literal) and node.is_int else None


def _moments(node: exp.Expr | None) -> tuple[float, float] | None:
    """Between which seconds a date or time lies that is written out, or calculated from the clock; None: not known."""
    if isinstance(node, exp.Paren):
        return _moments(node.this)
    if isinstance(node, exp.Cast) and node.to.this in TIMES:
        return (
            _written(node.this) if isinstance(node.this, exp.Literal) else _around(_moments(node.this), DAY)
        )
    if isinstance(node, NOW) or (isinstance(node, exp.Anonymous) and node.name.lower() in NOW_CALLED):
        now = (datetime.now() - datetime.min).total_seconds()
        return now - DAY, now + DAY
    if isinstance(node, exp.Add | exp.Sub):
        days = _whole_number(node.expression, None)
        away = _step_seconds(node.expression) if days is None else days * DAY
        return (
            None
            if away is None
            else _around(_moments(node.this), 0, away if isinstance(node, exp.Add) else -away)
        )
    if isinstance(node, exp.TimestampTrunc | exp.DateTrunc):
        unit = str(node.args["unit"].name).upper() if isinstance(node.args.get("unit"), exp.Expr) else ""
        return _around(_moments(node.this), LONGEST * SECONDS[unit]) if unit in SECONDS else None
    return None


def _around(span: tuple[float, float] | None, more: float, away: float = 0.0) -> tuple[float, float] | None:
    """A month that is taken for 28 days may be a tenth longer."""
    if span is None:
        return None
    more += abs(away) / 10
    return span[0] + away - more, span[1] + away + more


def _written(node: exp.Literal) -> tuple[float, float] | None:
    try:
        moment = datetime.fromisoformat(node.this)
    except ValueError:
        return None
    zone = moment.utcoffset()
    naive = (moment.replace(tzinfo=None) - datetime.min).total_seconds()
    seconds = naive - (zone.total_seconds() if zone else 0.0)
    return seconds, seconds


def _step_seconds(node: exp.Expr | None) -> float | None:
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    while (
        isinstance(node, exp.Cast) and node.to.this is exp.DType.INTERVAL and isinstance(node.this, exp.Cast)
    ):
        node = node.this
    parts = [_seconds(number, unit) for number, unit in _interval(node)]
    known = [part for part in parts if part is not None]
    mixed = min(known, default=0.0) < 0 < max(known, default=0.0)
    return None if not known or len(known) < len(parts) or mixed else sign * sum(known)


def _seconds(number: str, unit: str) -> float | None:
    digits, seconds = number.removeprefix("-"), SECONDS.get(unit.upper().removesuffix("S"))
    return (
        None
        if not digits.isdigit() or len(digits) > LONGEST_NUMBER or seconds is None
        else int(number) * seconds
    )


def _interval(node: exp.Expr | None) -> list[tuple[str, str]]:
    """Numbers and units of `INTERVAL '1' DAY` and `'1 day 2 hours'::interval`; none: it is something else."""
    if isinstance(node, exp.Cast) and node.to.this is exp.DType.INTERVAL and node.this.is_string:
        words = node.this.name.split()
        return list(zip(words[::2], [*words[1::2], *[""] * (len(words) % 2)], strict=True))
    if not isinstance(node, exp.Interval) or not isinstance(node.args.get("unit"), exp.Var):
        return []
    number = node.this.unnest() if isinstance(node.this, exp.Expr) else None
    return [(str(number.this) if isinstance(number, exp.Literal) else "", node.args["unit"].name)]
