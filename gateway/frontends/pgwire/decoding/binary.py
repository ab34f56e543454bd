"""Values in binary format to Python values, one function a type."""

import struct
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from uuid import UUID

from gateway.frontends.pgwire.decoding.numbers import WIDE, finite
from gateway.frontends.pgwire.messages import utf8
from gateway.frontends.pgwire.refusals import InvalidBinaryValue, ValueOutOfRange
from gateway.frontends.pgwire.types import BY_OID, ColumnType
from gateway.sql.spellings.array_literals import MAX_DIMENSIONS

_EPOCH = date(2000, 1, 1)
_EPOCH_TIME = datetime(2000, 1, 1)


def from_binary(raw: bytes, declared: ColumnType) -> object:
    """Errors: InvalidBinaryValue, with the type's name; ValueOutOfRange."""
    try:
        return _array(raw) if declared.is_array else _FROM_BINARY[declared.element.name](raw)
    except (struct.error, ValueError, OverflowError, IndexError, KeyError, InvalidOperation) as error:
        raise InvalidBinaryValue(f"incorrect binary data format for type {declared.element.name}") from error


def _unpacked(layout: str) -> Callable[[bytes], object]:
    return lambda raw: struct.unpack(layout, raw)[0]


def _bool(raw: bytes) -> bool:
    return bool(struct.unpack("!?", raw)[0])


def _numeric(raw: bytes) -> Decimal:
    count, weight, sign, scale = struct.unpack_from("!HhHH", raw)
    if sign not in (0x0000, 0x4000):
        raise ValueOutOfRange("a numeric parameter cannot be NaN or infinite")
    digits = struct.unpack(f"!{count}H", raw[8:])
    number = 0
    for digit in digits:
        number = number * 10_000 + digit
    shifted = Decimal(number).scaleb((weight - count + 1) * 4, WIDE) if digits else Decimal(0)
    exact = shifted.quantize(Decimal(1).scaleb(-scale), context=WIDE)
    return finite(-exact if sign else exact)


def _date(raw: bytes) -> date | str:
    days = struct.unpack("!i", raw)[0]
    if days in (2**31 - 1, -(2**31)):
        return "infinity" if days > 0 else "-infinity"
    return _EPOCH + timedelta(days=days)


def _timestamp(raw: bytes, zone: timezone | None = None) -> datetime | str:
    microseconds = struct.unpack("!q", raw)[0]
    if microseconds in (2**63 - 1, -(2**63)):
        return "infinity" if microseconds > 0 else "-infinity"
    return (_EPOCH_TIME + timedelta(microseconds=microseconds)).replace(tzinfo=zone)


def _time(raw: bytes) -> time | str:
    microseconds = struct.unpack("!q", raw)[0]
    if microseconds == 86_400_000_000:
        return "24:00:00"
    if not 0 <= microseconds < 86_400_000_000:
        raise ValueError(microseconds)
    return (_EPOCH_TIME + timedelta(microseconds=microseconds)).time()


def _interval(raw: bytes) -> str:
    microseconds, days, months = struct.unpack("!qii", raw)
    return f"{months} months {days} days {microseconds} microseconds"


def _jsonb(raw: bytes) -> str:
    if raw[:1] != b"\x01":
        raise ValueError(raw[:1])
    return utf8(raw[1:])


def _array(raw: bytes) -> list[object]:
    dimensions, _, oid = struct.unpack_from("!iiI", raw)
    if not 0 <= dimensions <= MAX_DIMENSIONS:
        raise ValueError(dimensions)
    sizes = [struct.unpack_from("!i", raw, 12 + 8 * place)[0] for place in range(dimensions)]
    decode = _FROM_BINARY[BY_OID[oid].name]
    elements = _elements(raw, 12 + 8 * dimensions, decode)
    values: list[object] = list(elements)
    for size in reversed(sizes[1:]):
        if size <= 0 or len(values) % size:
            raise ValueError(size)
        values = [values[start : start + size] for start in range(0, len(values), size)]
    if dimensions and len(values) != sizes[0]:
        raise ValueError(sizes)
    return values


def _elements(raw: bytes, at: int, decode: Callable[[bytes], object]) -> Iterator[object]:
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
    "bool": _bool,
    "int2": _unpacked("!h"),
    "int4": _unpacked("!i"),
    "int8": _unpacked("!q"),
    "oid": _unpacked("!I"),
    "float4": _unpacked("!f"),
    "float8": _unpacked("!d"),
    "numeric": _numeric,
    "text": utf8,
    "varchar": utf8,
    "bpchar": utf8,
    "name": utf8,
    "char": utf8,
    "json": utf8,
    "jsonb": _jsonb,
    "bytea": bytes,
    "uuid": lambda raw: UUID(bytes=raw),
    "date": _date,
    "time": _time,
    "timestamp": _timestamp,
    "timestamptz": lambda raw: _timestamp(raw, UTC),
    "interval": _interval,
}
