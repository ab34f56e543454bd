"""numeric, as text and in base-10000 digits, vectorised.

A number arrives as a scaled integer: `unscaled / 10**scale`. Most fit 64 bits and stay numpy integers; wider ones
(over 18 digits, HUGEINT) go through their decimal text.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.frontends.pgwire.encoding.arrow import byte_strings, values
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import (
    Fixed,
    Mask,
    Matrix,
    Piece,
    from_lengths,
    joined,
    offsets_of,
    variable,
)
from gateway.frontends.pgwire.types import ColumnType

_POSITIVE, _NEGATIVE = 0x0000, 0x4000
_ZERO = ord("0")
_UNSIGNED_128 = 1 << 128
_WIDEST = 40  # digits of an integer of 128 bits, rounded up to groups of four
_EXACT_SCALE = 16  # a fraction of up to 16 digits, padded to whole groups, fits 64 bits

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scaled:
    """Magnitudes split at the decimal point: `whole` and `fraction` (< 10**scale), unsigned 64 bits."""

    negative: Mask
    whole: npt.NDArray[np.uint64]
    fraction: npt.NDArray[np.uint64]
    scale: int


def numeric_text(array: Array, column: ColumnType) -> tuple[Piece, ...]:
    pieces = _text(array, unsigned_128=column.origin == "UHUGEINT")
    return (_trimmed(pieces, len(array)),) if column.normalized and _scale(array) else pieces


def _trimmed(pieces: tuple[Piece, ...], rows: int) -> Piece:
    """Without zeros at the end of the fraction."""
    text = pc.ascii_rtrim(joined(pieces, rows).array.cast(pa.string()), characters="0")
    return byte_strings(pc.ascii_rtrim(text, characters="."))


def _text(array: Array, *, unsigned_128: bool) -> tuple[Piece, ...]:
    """`unsigned_128`: the 128 bits hold a UHUGEINT."""
    scaled = None if unsigned_128 else _scaled(array)
    if scaled is None:
        return _wide_text(_digits(array, unsigned_128=unsigned_128), _scale(array))
    signed = pc.cast(pa.array(_signed(scaled)), pa.string())
    minus_zero = scaled.negative & (scaled.whole == 0)
    if minus_zero.any():
        signed = pc.if_else(pa.array(minus_zero), "-0", signed)
    whole = byte_strings(signed)
    if not scaled.scale:
        return (whole,)
    return whole, Fixed(_fraction_text(scaled.fraction, scaled.scale))


def numeric_binary(array: Array, column: ColumnType) -> tuple[Piece, ...]:
    """ndigits, weight, sign, dscale (int16 each), then ndigits base-10000 digits without zeros at the ends."""
    scale, unsigned_128 = _scale(array), column.origin == "UHUGEINT"
    scaled = None if unsigned_128 or scale > _EXACT_SCALE else _scaled(array)
    if scaled is None:
        negative, groups, after = _wide_groups(_digits(array, unsigned_128=unsigned_128), scale)
    else:
        negative, groups, after = _narrow_groups(scaled)
    shown = _significant(groups, after) if column.normalized else scale
    return _assembled(negative, groups, after, shown)


def _significant(groups: npt.NDArray[np.int16], after: int) -> Integers:
    """Digits of the fraction without zeros at its end."""
    found = np.zeros(len(groups), np.int64)
    for place in range(after):
        group = groups[:, groups.shape[1] - after + place]
        digits = 4 - sum((group % power == 0).astype(np.int64) for power in (10, 100, 1000))
        found = np.where(group != 0, place * 4 + digits, found)
    return found


def _assembled(
    negative: Mask, groups: npt.NDArray[np.int16], after: int, scale: int | Integers
) -> tuple[Piece, ...]:
    """`groups`: rows x base-10000 digits, the last `after` of them behind the decimal point. `scale`: of all, or of
    each."""
    rows, count = groups.shape
    first, last = np.full(rows, count), np.zeros(rows, np.int64)
    for place in range(count):
        last = np.where(groups[:, place] != 0, place + 1, last)
        first = np.where(groups[:, count - 1 - place] != 0, count - 1 - place, first)
    length = np.maximum(last - first, 0)
    header = np.empty((rows, 4), ">i2")
    header[:, 0] = length
    header[:, 1] = np.where(length, count - after - first - 1, 0)
    header[:, 2] = np.where(negative, _NEGATIVE, _POSITIVE)
    header[:, 3] = scale
    head, digits = Fixed(header.view(np.uint8)), groups.astype(">i2")
    if (length == count).all():
        return head, Fixed(digits.view(np.uint8))
    keep = np.empty((rows, count), np.bool_)
    for place in range(count):
        keep[:, place] = (first <= place) & (last > place)
    return head, variable(from_lengths(length * 2), digits[keep].view(np.uint8))


def _scale(array: Array) -> int:
    return array.type.scale if pa.types.is_decimal(array.type) else 0


def _scaled(array: Array) -> Scaled | None:
    """None: some value needs more than 64 bits."""
    unscaled = _unscaled(array)
    if unscaled is None:
        return None
    negative = unscaled < 0
    magnitude = unscaled.astype(np.uint64)
    np.negative(magnitude, out=magnitude, where=negative)
    scale = _scale(array)
    if not scale:
        return Scaled(negative, magnitude, np.zeros_like(magnitude), 0)
    whole = magnitude // np.uint64(10**scale)
    return Scaled(negative, whole, magnitude - whole * np.uint64(10**scale), scale)


def _unscaled(array: Array) -> npt.NDArray[Any] | None:
    """The scaled integers, 0 at nulls, as int64 or uint64; None: too wide."""
    if array.null_count:
        array = pc.fill_null(
            array, pa.scalar(0 if pa.types.is_integer(array.type) else Decimal(0), array.type)
        )
    if pa.types.is_integer(array.type):
        return values(array, np.dtype(array.type.to_pandas_dtype()).str)
    if _scale(array) > _EXACT_SCALE + 2:
        return None
    halves = _halves(array)
    if halves.shape[1] == 1:
        return halves[:, 0]
    low = halves[:, 0]
    if not np.array_equal(halves[:, 1], low >> np.int64(63)):
        return None
    return np.ascontiguousarray(low)


def _halves(array: Array) -> Integers:
    """rows x words of 64 bits, the lowest first."""
    width = array.type.bit_width // 64
    if not width:
        return values(array, "i4").astype(np.int64).reshape(-1, 1)
    buffer = array.buffers()[1]
    start = array.offset * width * 8
    return np.frombuffer(buffer, np.int64, len(array) * width, start).reshape(-1, width)


def _signed(scaled: Scaled) -> npt.NDArray[Any]:
    if not scaled.negative.any():
        return scaled.whole
    signed = scaled.whole.astype(np.int64)
    return np.negative(signed, out=signed, where=scaled.negative)


def _fraction_text(fraction: npt.NDArray[np.uint64], scale: int) -> Matrix:
    """`.` and `scale` digits a row."""
    text = np.empty((len(fraction), scale + 1), np.uint8)
    text[:, 0] = ord(".")
    rest = fraction.astype(np.uint32) if scale <= 9 else fraction
    for place in range(scale, 0, -1):
        higher = rest // rest.dtype.type(10)
        text[:, place] = (rest - higher * rest.dtype.type(10)) + _ZERO
        rest = higher
    return text


def _narrow_groups(scaled: Scaled) -> tuple[Mask, npt.NDArray[np.int16], int]:
    after = -(-scaled.scale // 4)
    padded = scaled.fraction * np.uint64(10 ** (after * 4 - scaled.scale))
    highest = int(scaled.whole.max(initial=0))
    before = -(-len(str(highest)) // 4) if highest else 0
    groups = np.zeros((len(scaled.whole), max(1, before + after)), np.int16)
    start = groups.shape[1] - before - after
    _split(scaled.whole, groups[:, start : start + before])
    _split(padded, groups[:, start + before :])
    return scaled.negative, groups, after


def _split(number: npt.NDArray[np.uint64], groups: npt.NDArray[np.int16]) -> None:
    """Write the base-10000 digits of each number into its row of `groups`, right-aligned."""
    rest = number
    for place in range(groups.shape[1] - 1, -1, -1):
        higher = rest // np.uint64(10_000)
        groups[:, place] = rest - higher * np.uint64(10_000)
        rest = higher


def _digits(array: Array, *, unsigned_128: bool) -> Array:
    """The scaled integers as decimal text, `0` at nulls."""
    if unsigned_128:
        return pa.array([_unsigned(high, low) for low, high in _halves(array).tolist()], pa.string())
    if pa.types.is_integer(array.type):
        return pc.fill_null(pc.cast(array, pa.string()), "0")
    if array.type.bit_width != 128:
        array = pc.cast(array, pa.decimal128(38, _scale(array)))
    plain = pa.Array.from_buffers(pa.decimal128(38, 0), len(array), array.buffers(), offset=array.offset)
    return pc.fill_null(pc.cast(plain, pa.string()), "0")


def _unsigned(high: int, low: int) -> str:
    return str(((high << 64) | (low & (2**64 - 1))) % _UNSIGNED_128)


def _wide_text(digits: Array, scale: int) -> tuple[Piece, ...]:
    if not scale:
        return (byte_strings(digits),)
    negative = pc.starts_with(digits, "-")
    magnitude = pc.ascii_lpad(pc.ascii_ltrim(digits, characters="-"), scale + 1, "0")
    sign = pc.if_else(negative, "-", "")
    whole = pc.utf8_slice_codeunits(magnitude, 0, stop=-scale)
    fraction = pc.utf8_slice_codeunits(magnitude, -scale)
    return (byte_strings(pc.binary_join_element_wise(sign, whole, ".", fraction, "")),)


def _wide_groups(digits: Array, scale: int) -> tuple[Mask, npt.NDArray[np.int16], int]:
    after = -(-scale // 4)
    negative = np.asarray(pc.starts_with(digits, "-").to_numpy(zero_copy_only=False))
    width = _WIDEST + after * 4 - scale
    width += -width % 4
    magnitude = pc.ascii_ltrim(digits, characters="-")
    lengthened = pc.binary_join_element_wise(magnitude, "0" * (after * 4 - scale), "")
    padded = byte_strings(pc.ascii_lpad(lengthened, width, "0"))
    offsets = offsets_of(padded.array)
    data = np.frombuffer(padded.array.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    matrix = (data.reshape(len(digits), width // 4, 4) - _ZERO).astype(np.int16)
    return negative, matrix @ np.array([1000, 100, 10, 1], np.int16), after
