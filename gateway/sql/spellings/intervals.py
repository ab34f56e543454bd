"""PostgreSQL's texts of intervals (`1 year 2 mons ago`, `1-2`, `3 04:05:06`, `P1DT2H`) as months, days, microseconds.

Source: PostgreSQL's manual, 8.5.4. Fractions go down by 12 months, 30 days and 24 hours.
"""

import re
from decimal import Decimal

MONTHS = {"millennium": 12_000, "century": 1_200, "decade": 120, "year": 12, "month": 1}
DAYS = {"week": 7, "day": 1}
MICROSECONDS = {
    "hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1_000, "microsecond": 1,
}  # fmt: skip
SPELLED = {
    "millennium": "millennia millenniums mil mils", "century": "centuries cent c", "decade": "decades dec decs",
    "year": "years yr yrs y", "month": "months mon mons", "week": "weeks w", "day": "days d",
    "hour": "hours hr hrs h", "minute": "minutes min mins m", "second": "seconds sec secs s",
    "millisecond": "milliseconds msec msecs ms", "microsecond": "microseconds usec usecs us",
}  # fmt: skip
UNITS = {word: unit for unit, words in SPELLED.items() for word in (unit, *words.split())}
ISO = {"Y": "year", "M": "month", "W": "week", "D": "day", "H": "hour", "S": "second"}

PLAIN = re.compile(r"\s*-?\d+\s*(?:[A-Za-z]+\s*)?")
"""A number and perhaps its unit: what both dialects read alike."""
_PART = re.compile(
    r"""\s*(?:
      (?P<sign>[+-]?)(?P<hours>\d+):(?P<minutes>\d{1,2})(?::(?P<seconds>\d{1,2}(?:\.\d{1,6})?))?
    | (?P<years>[+-]?\d+)-(?P<months>\d{1,2})
    | (?P<number>[+-]?(?:\d+(?:\.\d*)?|\.\d+))\s*(?P<unit>[A-Za-z]+)?
    )(?=\s|$|[+-]|\d)""",
    re.VERBOSE,
)
_ISO_PART = re.compile(r"([+-]?\d+(?:\.\d+)?)([YMWDHS])")
_LONGEST = 200


def in_parts(text: str) -> str | None:
    """The interval in words that DuckDB reads as the same; None: it is no interval."""
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    found = _iso(text) if text[0] in "pP" else _words(text)
    if found is None:
        return None
    months, days, microseconds = found
    if max(abs(months), abs(days)) >= 2**31 or abs(microseconds) >= 2**63:
        return None
    return f"{months} months {days} days {microseconds} microseconds"


class _Sum:
    def __init__(self) -> None:
        self.months, self.days, self.microseconds = 0, 0, 0

    def add(self, number: Decimal, unit: str) -> None:
        if unit in MONTHS:
            months = number * MONTHS[unit]
            whole = int(months)
            self.months += whole
            if unit == "month" and months != whole:
                self.add((months - whole) * 30, "day")
        elif unit in DAYS:
            days = number * DAYS[unit]
            self.days += int(days)
            self.microseconds += round((days - int(days)) * 86_400_000_000)
        else:
            self.microseconds += round(number * MICROSECONDS[unit])

    @property
    def parts(self) -> tuple[int, int, int]:
        return self.months, self.days, self.microseconds


def _words(text: str) -> tuple[int, int, int] | None:
    words, ago = re.subn(r"\s+ago\s*$", "", text.removeprefix("@"), flags=re.IGNORECASE)
    total, at, bare, met = _Sum(), 0, None, set[str]()
    while at < len(words.rstrip()):
        part = _PART.match(words, at)
        if part is None or (bare is not None and part["hours"] is None):
            return None
        at = part.end()
        if part["hours"] is not None:
            total.add(bare or Decimal(0), "day")
            bare = None
            _add_clock(total, part)
        elif part["years"] is not None:
            months = int(part["months"])
            total.add(Decimal(part["years"]), "year")
            total.add(Decimal(-months if part["years"].startswith("-") else months), "month")
        elif part["unit"] is None:
            bare = Decimal(part["number"])
        elif (unit := UNITS.get(part["unit"].lower())) is not None and unit not in met:
            total.add(Decimal(part["number"]), unit)
            met.add(unit)
        else:
            return None
    total.add(bare or Decimal(0), "second")
    months, days, microseconds = total.parts
    return (-months, -days, -microseconds) if ago else (months, days, microseconds)


def _add_clock(total: _Sum, part: "re.Match[str]") -> None:
    sign = -1 if part["sign"] == "-" else 1
    total.add(sign * Decimal(part["hours"]), "hour")
    total.add(sign * Decimal(part["minutes"]), "minute")
    total.add(sign * Decimal(part["seconds"] or 0), "second")


def _iso(text: str) -> tuple[int, int, int] | None:
    date, _, time = text[1:].upper().partition("T")
    total = _Sum()
    for part, minutes in ((date, "month"), (time, "minute")):
        if _ISO_PART.sub("", part):
            return None
        for number, letter in _ISO_PART.findall(part):
            total.add(Decimal(number), minutes if letter == "M" else ISO[letter])
    return total.parts
