"""Bound parameters to Python values: text and binary, every type that `types.parameter_type` knows."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Context, Decimal, InvalidOperation
from uuid import UUID

from gateway.frontends.pgwire.messages import utf8
from gateway.frontends.pgwire.refusals import (
    InvalidBinaryValue,
    InvalidDate,
    InvalidTextValue,
    ValueOutOfRange,
)
from gateway.frontends.pgwire.types import BY_OID, ColumnType, duckdb_name
from gateway.query.request import Parameter
from gateway.sql.array_literals import MAX_DIMENSIONS, Listed, listed

_EPOCH = date(2000, 1, 1)
_EPOCH_TIME = datetime(2000, 1, 1)
_RANGES = {"int2": 2**15, "int4": 2**31, "int8": 2**63}
_TRUE = frozenset({"t", "tr", "tru", "true", "y", "ye", "yes", "on", "1"})
_FALSE = frozenset({"f", "fa", "fal", "fals", "false", "n", "no", "of", "off", "0"})
_ZONE = r"(?:\s*(?P<zone>Z|UTC|[+-]\d{1,2}(?::?\d{2})?(?::?\d{2})?))?"
_CLOCK = r"(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
_DATE = re.compile(r"(?P<day>\d{4}-\d{1,2}-\d{1,2})(?:[ T]" + _CLOCK + r")?" + _ZONE + r"\Z", re.IGNORECASE)
_TIME = re.compile(_CLOCK + _ZONE + r"\Z", re.IGNORECASE)
_MAX_DIGITS = 38
_WIDE = Context(prec=400)
_INFINITE = {"infinity", "-infinity", "+infinity", "inf", "-inf"}


def bound(raw: bytes | None, code: int, declared: ColumnType) -> Parameter:
    """The parameter for one value of a Bind message. `code` 0: text, 1: binary.

    Errors: InvalidTextValue, InvalidBinaryValue, InvalidDate, ValueOutOfRange, with the type's name.
    """
    if raw is None:
        return Parameter(None, duckdb_name(declared))
    decode = _binary if code else _text
    value = decode(raw, declared)
    return Parameter(value, _type_of(value, declared))


def _type_of(value: object, declared: ColumnType) -> str:
    """A number brings its own precision and scale, so no digit is lost by the cast to its type."""
    if declared.is_array and _depth(value) > 1:
        return _type_of(value, replace(declared, is_array=False)) + "[]" * _depth(value)
    if declared.element.name != "numeric":
        return duckdb_name(declared)
    numbers = tuple(_numbers(value))
    scale = max((_scale(number) for number in numbers), default=0)
    whole = max((number.adjusted() + 1 for number in numbers if number), default=1)
    precision = max(1, whole + scale, scale)
    if precision > _MAX_DIGITS:
        raise ValueOutOfRange(f"a numeric parameter needs {precision} digits; {_MAX_DIGITS} are possible")
    return f"DECIMAL({precision},{scale})" + ("[]" if declared.is_array else "")


def _depth(value: object) -> int:
    """Levels of lists; PostgreSQL's array types do not say."""
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


def _numbers(value: object) -> Iterator[Decimal]:
    if isinstance(value, Decimal):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _numbers(item)


def _scale(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# --- text -----------------------------------------------------------------------------------------------


def _text(raw: bytes, declared: ColumnType) -> object:
    text = utf8(raw)
    return _array(text, declared) if declared.is_array else _scalar(text, declared.element.name)


def _scalar(text: str, name: str) -> object:
    try:
        return _FROM_TEXT.get(name, str)(text)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise InvalidTextValue(f'invalid input syntax for type {name}: "{text[:100]}"') from error


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
    return _finite(number)


def _finite(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueOutOfRange("a numeric parameter cannot be NaN or infinite")
    if abs(number.adjusted()) > 100:
        raise ValueOutOfRange("a numeric parameter is out of range")
    return number.quantize(Decimal(1), context=_WIDE) if number.as_tuple().exponent > 0 else number  # type: ignore[operator]


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


# --- binary ---------------------------------------------------------------------------------------------


def _binary(raw: bytes, declared: ColumnType) -> object:
    try:
        return _binary_array(raw) if declared.is_array else _FROM_BINARY[declared.element.name](raw)
    except (struct.error, ValueError, OverflowError, IndexError, KeyError, InvalidOperation) as error:
        raise InvalidBinaryValue(f"incorrect binary data format for type {declared.element.name}") from error


def _unpacked(layout: str) -> Callable[[bytes], object]:
    return lambda raw: struct.unpack(layout, raw)[0]


def _binary_bool(raw: bytes) -> bool:
    return bool(struct.unpack("!?", raw)[0])


def _binary_numeric(raw: bytes) -> Decimal:
    count, weight, sign, scale = struct.unpack_from("!HhHH", raw)
    if sign not in (0x0000, 0x4000):
        raise ValueOutOfRange("a numeric parameter cannot be NaN or infinite")
    digits = struct.unpack(f"!{count}H", raw[8:])
    number = 0
    for digit in digits:
        number = number * 10_000 + digit
    shifted = Decimal(number).scaleb((weight - count + 1) * 4, _WIDE) if digits else Decimal(0)
    exact = shifted.quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    return _finite(-exact if sign else exact)


def _binary_date(raw: bytes) -> date | str:
    days = struct.unpack("!i", raw)[0]
    if days in (2**31 - 1, -(2**31)):
        return "infinity" if days > 0 else "-infinity"
    return _EPOCH + timedelta(days=days)


def _binary_timestamp(raw: bytes, zone: timezone | None = None) -> datetime | str:
    microseconds = struct.unpack("!q", raw)[0]
    if microseconds in (2**63 - 1, -(2**63)):
        return "infinity" if microseconds > 0 else "-infinity"
    return (_EPOCH_TIME + timedelta(microseconds=microseconds)).replace(tzinfo=zone)


def _binary_time(raw: bytes) -> time | str:
    microseconds = struct.unpack("!q", raw)[0]
    if microseconds == 86_400_000_000:
        return "24:00:00"
    if not 0 <= microseconds < 86_400_000_000:
        raise ValueError(microseconds)
    return (_EPOCH_TIME + timedelta(microseconds=microseconds)).time()


def _binary_interval(raw: bytes) -> str:
    microseconds, days, months = struct.unpack("!qii", raw)
    return f"{months} months {days} days {microseconds} microseconds"


def _binary_jsonb(raw: bytes) -> str:
    if raw[:1] != b"\x01":
        raise ValueError(raw[:1])
    return utf8(raw[1:])


def _binary_array(raw: bytes) -> list[object]:
    dimensions, _, oid = struct.unpack_from("!iiI", raw)
    if not 0 <= dimensions <= MAX_DIMENSIONS:
        raise ValueError(dimensions)
    sizes = [struct.unpack_from("!i", raw, 12 + 8 * place)[0] for place in range(dimensions)]
    decode = _FROM_BINARY[BY_OID[oid].name]
    elements = _binary_elements(raw, 12 + 8 * dimensions, decode)
    values: list[object] = list(elements)
    for size in reversed(sizes[1:]):
        if size <= 0 or len(values) % size:
            raise ValueError(size)
        values = [values[start : start + size] for start in range(0, len(values), size)]
    if dimensions and len(values) != sizes[0]:
        raise ValueError(sizes)
    return values


def _binary_elements(raw: bytes, at: int, decode: Callable[[bytes], object]) -> Iterator[object]:
    while at < len(raw):
        size = struct.unpack_from("!i", raw, at)[0]
        at += 4
        if size < 0:
            yield None
            continue
        if at + size > len(raw):
            raise ValueError(size)
        yield decode(raw[at : at + size])
        at += size


_FROM_BINARY: Mapping[str, Callable[[bytes], object]] = {
    "bool": _binary_bool,
    "int2": _unpacked("!h"),
    "int4": _unpacked("!i"),
    "int8": _unpacked("!q"),
    "oid": _unpacked("!I"),
    "float4": _unpacked("!f"),
    "float8": _unpacked("!d"),
    "numeric": _binary_numeric,
    "text": utf8,
    "varchar": utf8,
    "bpchar": utf8,
    "name": utf8,
    "char": utf8,
    "json": utf8,
    "jsonb": _binary_jsonb,
    "bytea": bytes,
    "uuid": lambda raw: UUID(bytes=raw),
    "date": _binary_date,
    "time": _binary_time,
    "timestamp": _binary_timestamp,
    "timestamptz": lambda raw: _binary_timestamp(raw, UTC),
    "interval": _binary_interval,
}
