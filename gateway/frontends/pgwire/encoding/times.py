"""Dates, times of day, timestamps and intervals, as text and binary.

Ordinary values go through tables of texts; what is rare (infinity, before year 1, after 9999) is written one by one.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.errors import DataError
from gateway.frontends.pgwire.encoding.arrow import values
from gateway.frontends.pgwire.encoding.intervals import STYLES, clock
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import (
    Fixed,
    Mask,
    Matrix,
    Piece,
    Variable,
    big_endian,
    buffer_of,
    compacted,
    constant,
    joined,
)
from gateway.frontends.pgwire.encoding.zone_offsets import offset_text, offset_texts, offsets_of

Integers = npt.NDArray[np.int64]

_EPOCH_DAYS = 10_957  # 1970-01-01 to 2000-01-01, PostgreSQL's epoch
_DAY = 86_400_000_000  # microseconds
_EPOCH_MICROSECONDS = _EPOCH_DAYS * _DAY
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31
_INFINITE_DATE = 2**31 - 1
_INFINITE_TIMESTAMP = 2**63 - 1
_TABLE_FIRST, _TABLE_LAST = -62_091, 84_005  # 1800 to 2199: the table of date texts
_MICROSECONDS = {"s": 1_000_000, "ms": 1_000, "us": 1}
_ZERO = ord("0")
_FRACTION = 7  # bytes of a point and six digits


def date_text(array: Array) -> tuple[Piece, ...]:
    days = values(array, "i4").astype(np.int64)
    ordinary = _ordinary(array, (days >= _FIRST_DAY) & (days <= _LAST_DAY))
    if ordinary.all():
        return (Fixed(_date_digits(_clean(array, days))),)
    text = _date_digits(np.where(ordinary & _present(array), days, 0))
    return (_patched((Fixed(text),), days, ordinary, _rare_date),)


def date_binary(array: Array) -> tuple[Piece, ...]:
    days = values(array, "i4").astype(np.int64)
    shifted = days - _EPOCH_DAYS
    shifted[days == _INFINITE_DATE] = 2**31 - 1
    shifted[days == -_INFINITE_DATE] = -(2**31)
    if ((shifted < -(2**31)) & _present(array)).any():
        raise DataError("a date is before PostgreSQL's first one")
    return (big_endian(shifted, ">i4"),)


def time_text(array: Array) -> tuple[Piece, ...]:
    microseconds = _clean(array, _time_of_day(array))
    seconds, fraction = _divided(microseconds, 1_000_000)
    return (Fixed(_clock_texts().take(seconds, axis=0)), *_fraction(fraction))


def time_binary(array: Array) -> tuple[Piece, ...]:
    return (big_endian(_time_of_day(array), ">i8"),)


def timestamp_text(array: Array, zone: str = "") -> tuple[Piece, ...]:
    """A timestamp with a time zone is shown in `zone` (empty: UTC), its offset behind it."""
    if zone and array.type.tz:
        return _zoned_text(array, zone)
    microseconds = _microseconds(array)
    suffix = "+00" if array.type.tz else ""
    behind = (constant(suffix.encode()),) if suffix else ()
    return _clock_text(array, microseconds, behind, lambda value: _rare_timestamp(value, suffix))


def _zoned_text(array: Array, zone: str) -> tuple[Piece, ...]:
    microseconds = np.where(_present(array), _microseconds(array), 0)
    infinite = np.abs(microseconds) == _INFINITE_TIMESTAMP
    offsets = offsets_of(np.where(infinite, 0, microseconds), zone)
    local = np.where(infinite, microseconds, microseconds + offsets * 1_000_000)

    def rare(value: int) -> str:
        offset = int(offsets[np.flatnonzero(local == value)[0]])
        return _rare_timestamp(value, offset_text(offset))

    return _clock_text(array, local, (offset_texts(offsets),), rare)


def _clock_text(
    array: Array, microseconds: Integers, zone: tuple[Piece, ...], rare: Callable[[int], str]
) -> tuple[Piece, ...]:
    """What a clock shows, and what stands behind it. `rare` writes what is beyond the years 1 to 9999."""
    ordinary = _ordinary(array, (microseconds >= _FIRST_DAY * _DAY) & (microseconds < (_LAST_DAY + 1) * _DAY))
    all_ordinary = bool(ordinary.all())
    shown = _clean(array, microseconds if all_ordinary else np.where(ordinary, microseconds, 0))
    days, rest = _divided(shown, _DAY)
    seconds, fraction = _divided(rest, 1_000_000)
    head = (Fixed(_date_digits(days)), constant(b" "), Fixed(_clock_texts().take(seconds, axis=0)))
    pieces = (*head, *_fraction(fraction), *zone)
    return pieces if all_ordinary else (_patched(pieces, microseconds, ordinary, rare),)


def timestamp_binary(array: Array) -> tuple[Piece, ...]:
    microseconds = _microseconds(array)
    infinite = np.abs(microseconds) == _INFINITE_TIMESTAMP
    early = (microseconds < _EPOCH_MICROSECONDS - 2**63) & ~infinite & _present(array)
    if early.any():
        raise DataError("a timestamp is before PostgreSQL's first one")
    shifted = microseconds - np.int64(_EPOCH_MICROSECONDS)
    shifted[microseconds == _INFINITE_TIMESTAMP] = 2**63 - 1
    shifted[microseconds == -_INFINITE_TIMESTAMP] = -(2**63)
    return (big_endian(shifted, ">i8"),)


def interval_binary(array: Array) -> tuple[Piece, ...]:
    months, days, microseconds = _interval_parts(array)
    return big_endian(microseconds, ">i8"), big_endian(days, ">i4"), big_endian(months, ">i4")


def interval_text(array: Array, style: str) -> tuple[Piece, ...]:
    """Equal intervals are written once."""
    write = STYLES[style]
    _interval_parts(array)
    raw = buffer_of(values(array, "V16").view(np.uint8))
    units = pa.Array.from_buffers(pa.binary(16), len(array), [None, raw]).dictionary_encode()
    distinct = values(units.dictionary, "V16").view(_INTERVAL)
    texts = [write(months, days, nanoseconds // 1000) for months, days, nanoseconds in distinct.tolist()]
    return (Variable(pa.array(texts, pa.string()).cast(pa.binary()).take(units.indices)),)


_INTERVAL = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanoseconds", "<i8")])


def _interval_parts(array: Array) -> tuple[Integers, Integers, Integers]:
    parts = values(array, "V16").view(_INTERVAL)
    microseconds = _exact(array, parts["nanoseconds"].astype(np.int64))
    return parts["months"].astype(np.int64), parts["days"].astype(np.int64), microseconds


def _exact(array: Array, nanoseconds: Integers) -> Integers:
    """Microseconds. Errors: DataError where that would drop digits."""
    microseconds = nanoseconds // 1000
    if ((microseconds * 1000 != nanoseconds) & _present(array)).any():
        raise DataError(
            "a value has nanoseconds, which PostgreSQL's types cannot hold; cast the column to TIMESTAMP or VARCHAR"
        )
    return microseconds


def _present(array: Array) -> Mask:
    if not array.null_count:
        return np.ones(len(array), np.bool_)
    return np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False), np.bool_)


def _ordinary(array: Array, within: Mask) -> Mask:
    """NULLs are never in the way."""
    return within | ~_present(array) if array.null_count else within


def _clean(array: Array, microseconds: Integers) -> Integers:
    return np.where(_present(array), microseconds, 0) if array.null_count else microseconds


def _divided(number: Integers, divisor: int) -> tuple[Integers, Integers]:
    quotient = number // np.int64(divisor)
    return quotient, number - quotient * np.int64(divisor)


def _time_of_day(array: Array) -> Integers:
    unit = array.type.unit
    if pa.types.is_time32(array.type):
        return values(array, "i4").astype(np.int64) * _MICROSECONDS[unit]
    number = values(array, "i8")
    return _exact(array, number) if unit == "ns" else number


def _microseconds(array: Array) -> Integers:
    """Since 1970; infinities stay 2**63-1 and its negative. Errors: DataError where a value does not fit."""
    number = values(array, "i8")
    unit = array.type.unit
    if unit == "us":
        return number
    infinite = np.abs(number) == _INFINITE_TIMESTAMP
    finite = np.where(infinite, 0, number)
    if unit == "ns":
        return np.where(infinite, number, _exact(array, finite))
    factor = _MICROSECONDS[unit]
    if ((np.abs(finite) > (2**63 - 1) // factor) & _present(array)).any():
        raise DataError("a timestamp is out of PostgreSQL's range")
    return np.where(infinite, number, finite * factor)


def _fraction(microseconds: Integers) -> tuple[Piece, ...]:
    """`.` and up to six digits without zeros at the end; nothing where there is no fraction at all."""
    if not microseconds.any():
        return ()
    high, low = _divided(microseconds, 1_000)
    digits, significant = _thousandths()
    text = np.empty((len(microseconds), 2), np.uint32)
    text[:, 0] = digits[0].take(high)
    text[:, 1] = digits[1].take(low)
    lengths = np.maximum(significant[0].take(high), significant[1].take(low))
    matrix = text.view(np.uint8)
    if (lengths == _FRACTION).all():
        return (Fixed(matrix[:, :_FRACTION]),)
    return (compacted(matrix, np.arange(matrix.shape[1]) < lengths[:, None], lengths),)


@cache
def _thousandths() -> tuple[npt.NDArray[np.uint32], Integers]:
    """Of each number of three digits, as the first or the last of a fraction: four bytes of text, `.ddd` or `ddd` and
    one too many, and how long the fraction is if no digit follows but zeros; 0: if it is 0."""
    number = np.arange(1_000)
    digits = np.stack([number // 100, number // 10 % 10, number % 10], axis=1).astype(np.uint8) + _ZERO
    text = np.full((2, 1_000, 4), ord("."), np.uint8)
    text[0, :, 1:] = text[1, :, :3] = digits
    significant = np.where(number == 0, 0, 3 - (number % 10 == 0) - (number % 100 == 0))
    lengths = np.where(significant == 0, 0, np.stack([significant + 1, significant + 4]))
    return text.view(np.uint32)[:, :, 0], lengths


def _date_digits(days: Integers) -> Matrix:
    """`YYYY-MM-DD`, for days from year 1 to 9999."""
    if not len(days):
        return np.empty((0, 10), np.uint8)
    if days.min() >= _TABLE_FIRST and days.max() <= _TABLE_LAST:
        return _date_texts().take(days - _TABLE_FIRST, axis=0)
    return _computed_dates(days)


@cache
def _date_texts() -> Matrix:
    return _computed_dates(np.arange(_TABLE_FIRST, _TABLE_LAST + 1, dtype=np.int64))


@cache
def _clock_texts() -> Matrix:
    """`HH:MM:SS` of every second of a day, 24:00:00 included."""
    second = np.arange(86_401)
    return _punctuated((second // 3600, second // 60 % 60, second % 60), b":")


def _computed_dates(days: Integers) -> Matrix:
    """The civil calendar after Howard Hinnant's days_from_civil."""
    shifted = days + 719_468
    era, of_era = _divided(shifted, 146_097)
    year_of_era = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    day_of_year = of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    month_index = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_index + 2) // 5 + 1
    month = np.where(month_index < 10, month_index + 3, month_index - 9)
    year = year_of_era + era * 400 + (month <= 2)
    tail = _punctuated((year % 100, month, day), b"-")
    return np.concatenate([_two_digits(year // 100), tail], axis=1)


def _punctuated(numbers: tuple[Integers, Integers, Integers], mark: bytes) -> Matrix:
    text = np.empty((len(numbers[0]), 8), np.uint8)
    text[:, 2] = text[:, 5] = mark[0]
    for start, number in zip((0, 3, 6), numbers, strict=True):
        text[:, start : start + 2] = _two_digits(number)
    return text


def _two_digits(number: Integers) -> Matrix:
    return np.stack([number // 10 + _ZERO, number % 10 + _ZERO], axis=1).astype(np.uint8)


def _patched(
    pieces: tuple[Piece, ...], number: Integers, ordinary: Mask, write: Callable[[int], str]
) -> Variable:
    """The pieces' text, with what is not ordinary written one by one."""
    fast = joined(pieces, len(number)).array
    rare = pa.array([write(value).encode() for value in number[~ordinary].tolist()], pa.binary())
    return Variable(pc.replace_with_mask(fast, pa.array(~ordinary), rare))


def _rare_date(days: int) -> str:
    if abs(days) == _INFINITE_DATE:
        return "infinity" if days > 0 else "-infinity"
    text, era = _far_date(days)
    return text + era


def _rare_timestamp(microseconds: int, zone: str) -> str:
    if abs(microseconds) == _INFINITE_TIMESTAMP:
        return "infinity" if microseconds > 0 else "-infinity"
    days, rest = divmod(microseconds, _DAY)
    text, era = _far_date(days)
    return f"{text} {clock(rest)}{zone}{era}"


def _far_date(days: int) -> tuple[str, str]:
    """The date, and ` BC` for years before 1. The calendar repeats every 400 years."""
    cycles, of_cycle = divmod(days, 146_097)
    text = bytes(_computed_dates(np.array([of_cycle], np.int64))[0]).decode()
    year = int(text[:4]) + cycles * 400
    return f"{year if year > 0 else 1 - year:04}{text[4:]}", "" if year > 0 else " BC"
