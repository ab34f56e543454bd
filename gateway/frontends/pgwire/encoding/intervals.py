"""Intervals as texts, in each of PostgreSQL's styles (`EncodeInterval` in its datetime.c)."""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class _Parts:
    """Each of the interval's own sign, as in C."""

    years: int
    months: int
    days: int
    hours: int
    minutes: int
    seconds: int
    micros: int


def _parts(months: int, days: int, microseconds: int) -> _Parts:
    years, months = _truncated(months, 12)
    hours, rest = _truncated(microseconds, 3_600_000_000)
    minutes, rest = _truncated(rest, 60_000_000)
    seconds, micros = _truncated(rest, 1_000_000)
    return _Parts(years, months, days, hours, minutes, seconds, micros)


def _truncated(number: int, divisor: int) -> tuple[int, int]:
    """Quotient and remainder toward zero, as in C."""
    quotient = abs(number) // divisor * (1 if number >= 0 else -1)
    return quotient, number - quotient * divisor


def _postgres(months: int, days: int, microseconds: int) -> str:
    """`1 year 2 mons -3 days +04:05:06.7`"""
    years, months = _truncated(months, 12)
    words: list[str] = []
    negative = False
    for count, unit in ((years, "year"), (months, "mon"), (days, "day")):
        if count:
            words.append(f"{'+' if negative and count > 0 else ''}{count} {unit}{'' if count == 1 else 's'}")
            negative = count < 0
    if microseconds or not words:
        sign = "-" if microseconds < 0 else "+" if negative else ""
        words.append(sign + clock(abs(microseconds)))
    return " ".join(words)


def clock(microseconds: int) -> str:
    """`04:05:06.7`; not negative."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    shown = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return shown + (f".{fraction:06}".rstrip("0") if fraction else "")


def _verbose(*interval: int) -> str:
    """`@ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs`"""
    parts = _parts(*interval)
    words: list[str] = []
    ago = False
    named = zip((parts.years, parts.months, parts.days, parts.hours, parts.minutes), _UNITS, strict=True)
    for count, unit in named:
        if count:
            ago = count < 0 if not words else ago
            shown = -count if ago else count
            words.append(f"{shown} {unit}{'' if shown == 1 else 's'}")
    if parts.seconds or parts.micros:
        negative = parts.seconds < 0 or parts.micros < 0
        ago = negative if not words else ago
        one = abs(parts.seconds) == 1 and not parts.micros
        words.append(f"{'-' if negative != ago else ''}{_plain_seconds(parts)} sec{'' if one else 's'}")
    return " ".join(["@", *(words or ["0"]), *(["ago"] if ago else [])])


_UNITS = ("year", "mon", "day", "hour", "min")


def _iso(*interval: int) -> str:
    """`P1Y2M-3DT4H5M6.7S`"""
    parts = _parts(*interval)
    dates = zip((parts.years, parts.months, parts.days), "YMD", strict=True)
    clock = [
        f"{count}{unit}" for count, unit in zip((parts.hours, parts.minutes), "HM", strict=True) if count
    ]
    if parts.seconds or parts.micros:
        negative = parts.seconds < 0 or parts.micros < 0
        clock.append(f"{'-' if negative else ''}{_plain_seconds(parts)}S")
    shown = "".join(f"{count}{unit}" for count, unit in dates if count)
    if not shown and not clock:
        return "PT0S"
    return f"P{shown}{'T' if clock else ''}{''.join(clock)}"


def _standard(*interval: int) -> str:
    """`1-2`, `3 4:05:06`, and with signs for each where the SQL standard knows no such interval."""
    parts = _parts(*interval)
    values = astuple(parts)
    negative, positive = min(values) < 0, max(values) > 0
    months = bool(parts.years or parts.months)
    clock = values[3:]
    fits = not (negative and positive) and not (months and any(values[2:]))
    if not negative and not positive:
        return "0"
    if not fits:
        signs = ["-" if min(group) < 0 else "+" for group in (values[:2], values[2:3], clock)]
        year, day, time = signs
        return (
            f"{year}{abs(parts.years)}-{abs(parts.months)} {day}{abs(parts.days)} {time}{abs(parts.hours)}:"
            f"{abs(parts.minutes):02}:{_seconds(parts)}"
        )
    sign = "-" if negative else ""
    if months:
        return f"{sign}{abs(parts.years)}-{abs(parts.months)}"
    days = f"{abs(parts.days)} " if parts.days else ""
    return f"{sign}{days}{abs(parts.hours)}:{abs(parts.minutes):02}:{_seconds(parts)}"


def _seconds(parts: _Parts) -> str:
    """With two digits before the point."""
    return f"{abs(parts.seconds):02}{_fraction(parts)}"


def _plain_seconds(parts: _Parts) -> str:
    return f"{abs(parts.seconds)}{_fraction(parts)}"


def _fraction(parts: _Parts) -> str:
    return f".{abs(parts.micros):06}".rstrip("0") if parts.micros else ""


STYLES: Mapping[str, Callable[[int, int, int], str]] = {
    "postgres": _postgres,
    "postgres_verbose": _verbose,
    "iso_8601": _iso,
    "sql_standard": _standard,
}
"""The text of months, days and microseconds, by IntervalStyle."""
