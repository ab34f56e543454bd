"""How many items a series has, known before anything runs: its bounds must be written out."""

from datetime import datetime

from sqlglot import exp

SECONDS = {
    "MICROSECOND": 1e-6, "MILLISECOND": 1e-3, "SECOND": 1.0, "MINUTE": 60.0, "HOUR": 3600.0, "DAY": 86400.0,
    "WEEK": 7 * 86400.0, "MONTH": 28 * 86400.0, "QUARTER": 90 * 86400.0, "YEAR": 365 * 86400.0,
}  # fmt: skip
"""The shortest that each unit can be."""
TIMES = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ)


def length(series: exp.GenerateSeries) -> int | None:
    """At most so many items; None: not known."""
    start, end, step = (series.args.get(key) for key in ("start", "end", "step"))
    whole = _whole_number(start, 0), _whole_number(end, None), _whole_number(step, 1)
    if whole[0] is not None and whole[1] is not None and whole[2]:
        distance = abs(whole[1] - whole[0]) - bool(series.args.get("is_end_exclusive"))
        return max(distance, 0) // abs(whole[2]) + 1
    first, last, pace = _seconds(start), _seconds(end), _step_seconds(step)
    if first is None or last is None or not pace:
        return None
    return int(abs(last - first) / abs(pace)) + 2


def counts(source: exp.Expr | None) -> bool:
    """Whether a source in FROM is a series of whole numbers."""
    series = source.this if isinstance(source, exp.Table) else None
    start = series.args.get("start") if isinstance(series, exp.GenerateSeries) else None
    return _whole_number(start, None) is not None


def _whole_number(node: exp.Expr | None, default: int | None) -> int | None:
    if node is None:
        return default
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    return sign * int(node.this) if isinstance(node, exp.Literal) and node.is_int else None


def _seconds(node: exp.Expr | None) -> float | None:
    """A date or time written out, as seconds."""
    if not isinstance(node, exp.Cast) or node.to.this not in TIMES or not isinstance(node.this, exp.Literal):
        return None
    try:
        moment = datetime.fromisoformat(node.this.this)
    except ValueError:
        return None
    zone = moment.utcoffset()
    naive = (moment.replace(tzinfo=None) - datetime.min).total_seconds()
    return naive - (zone.total_seconds() if zone else 0.0)


def _step_seconds(node: exp.Expr | None) -> float | None:
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    if not isinstance(node, exp.Interval) or not isinstance(node.args.get("unit"), exp.Var):
        return None
    number = node.this.unnest() if isinstance(node.this, exp.Expr) else None
    text = str(number.this) if isinstance(number, exp.Literal) else ""
    digits = text.removeprefix("-")
    unit = SECONDS.get(node.args["unit"].name.upper().removesuffix("S"))
    return sign * int(text) * unit if digits.isdigit() and len(digits) < 12 and unit is not None else None
