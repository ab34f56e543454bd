"""Values in text format to Python values, one function a type."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from uuid import UUID

from gateway.frontends.pgwire.decoding.numbers import finite
from gateway.frontends.pgwire.messages import utf8
from gateway.frontends.pgwire.refusals import InvalidDate, InvalidTextValue, ValueOutOfRange
from gateway.frontends.pgwire.types import ColumnType
from gateway.sql.spellings.array_literals import Listed, listed

_RANGES = {"int2": 2**15, "int4": 2**31, "int8": 2**63}
_TRUE = frozenset({"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"})
_FALSE = frozenset({"f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"})
_ZONE = r"(?:\s*(?P<zone>Z|UTC|[+-]\d{1,2}(?::?\d{2})?(?::?\d{2})?))?"
_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
_DATE = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})(?:[ T]" + _CLOCK + r")?" + _ZONE + r"\Z", re.IGNORECASE)
_TIME = re.compile(_CLOCK + _ZONE + r"\Z", re.IGNORECASE)
SPELLED = {
    "bool": "boolean", "float4": "real", "float8": "double precision", "int2": "smallint", "int4": "integer",
    "int8": "bigint",
}  # fmt: skip
"""Types that PostgreSQL's messages call otherwise than its catalog."""
_INFINITE = {"infinity", "-infinity", "+infinity", "inf", "-inf"}


def from_text(raw: bytes, declared: ColumnType) -> object:
    """Errors: InvalidTextValue, InvalidDate, ValueOutOfRange, with the type's name."""
    text = utf8(raw)
    return _array(text, declared) if declared.is_array else _scalar(text, declared.element.name)


def _scalar(text: str, name: str) -> object:
    try:
        return _FROM_TEXT.get(name, str)(text)
    except (ValueError, InvalidOperation, OverflowError) as error:
        told = f'invalid input syntax for type {SPELLED.get(name, name)}: "{text[:100]}"'
        raise InvalidTextValue(told) from error


def _whole(name: str) -> Callable[[str], int]:
    def parse(text: str) -> int:
        number = int(text.strip().replace("_", "x"))
        if not -_RANGES[name] <= number < _RANGES[name]:
            raise ValueOutOfRange(f'value "{text[:100]}" is out of range for type {name}')
        return number

    return parse


def _bool(text: str) -> bool:
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError(text)
    return word in _TRUE


def _numeric(text: str) -> Decimal:
    number = Decimal(text.strip().replace("_", "x"))
    return finite(number)


def _float(text: str) -> float:
    return float(text.strip().replace("_", "x"))


def _bytea(text: str) -> bytes:
    if text.startswith("\\x"):
        return bytes.fromhex(text[2:])
    parts = re.findall(r"\\([0-7]{3})|\\(\\)|([^\\])|(\\)", text, flags=re.DOTALL)
    if any(stray for _, _, _, stray in parts):
        raise ValueError(text)
    return b"".join(
        int(octal, 8).to_bytes(1, "big") if octal else (slash or plain).encode()
        for octal, slash, plain, _ in parts
    )


def _uuid(text: str) -> UUID:
    return UUID(text.strip())


def _zone(text: str | None) -> timezone:
    if not text or text.upper() in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "").ljust(6, "0") if len(text.replace(":", "")) != 2 else f"0{text[1]}0000"
    hours, minutes, seconds = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text[0] == "-" else offset)


def _day(text: str) -> date:
    year, month, day = (int(part) for part in text.split("-"))
    return date(year, month, day)


def _clock(text: str | None) -> time:
    if not text:
        return time()
    hour, minute, *rest = text.split(":")
    seconds, _, fraction = (rest[0] if rest else "0").partition(".")
    return time(int(hour), int(minute), int(seconds), int(fraction.ljust(6, "0")) if fraction else 0)


def _moment(text: str, *, zoned: bool) -> datetime | str:
    """Without `zoned` a zone in the text is ignored, with it its absence means the session's. Rare forms stay text."""
    match = _DATE.match(text.strip())
    if not match:
        return _rare(text)
    naive = datetime.combine(_day(match["day"]), _clock(match["clock"]))
    return naive.replace(tzinfo=_zone(match["zone"])) if zoned and match["zone"] else naive


def _rare(text: str) -> str:
    """Infinity and years beyond 0001 to 9999 go on as text, for the engine to read."""
    if text.strip().lower() in _INFINITE or re.fullmatch(
        r"[\d:. +-]+(?:\(?BC\)?)?", text.strip(), re.IGNORECASE
    ):
        return text.strip()
    raise InvalidDate(f'invalid input syntax for a date or time: "{text[:100]}"')


def _date(text: str) -> date | str:
    moment = _moment(text, zoned=False)
    return moment.date() if isinstance(moment, datetime) else moment


def _time(text: str) -> time | str:
    match = _TIME.match(text.strip())
    if not match:
        return _rare(text)
    return "24:00:00" if match["clock"].startswith("24:") else _clock(match["clock"])


_FROM_TEXT: Mapping[str, Callable[[str], object]] = {
    "bool": _bool,
    "int2": _whole("int2"),
    "int4": _whole("int4"),
    "int8": _whole("int8"),
    "oid": _whole("int8"),
    "numeric": _numeric,
    "float4": _float,
    "float8": _float,
    "bytea": _bytea,
    "uuid": _uuid,
    "date": _date,
    "time": _time,
    "timestamp": lambda text: _moment(text, zoned=False),
    "timestamptz": lambda text: _moment(text, zoned=True),
}


def _array(text: str, declared: ColumnType) -> list[object]:
    found = listed(text)
    if found is None:
        raise InvalidTextValue(f'malformed array literal: "{text[:100]}"')
    return _scalars(found, declared.element.name)


def _scalars(items: Listed, name: str) -> list[object]:
    return [
        _scalars(item, name) if isinstance(item, list) else None if item is None else _scalar(item, name)
        for item in items
    ]
