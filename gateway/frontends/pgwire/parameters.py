"""Bound parameters: their values, and the types that these need."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from gateway.frontends.pgwire.decoding.binary import from_binary
from gateway.frontends.pgwire.decoding.text import from_text
from gateway.frontends.pgwire.refusals import ValueOutOfRange
from gateway.frontends.pgwire.types import ColumnType, duckdb_name
from gateway.query.request import Parameter

_MAX_DIGITS = 38


def bound(raw: bytes | None, code: int, declared: ColumnType) -> Parameter:
    """The parameter for one value of a Bind message. `code` 0: text, 1: binary.

    Errors: InvalidTextValue, InvalidBinaryValue, InvalidDate, ValueOutOfRange, with the type's name.
    """
    if raw is None:
        return Parameter(None, duckdb_name(declared))
    decode = from_binary if code else from_text
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
