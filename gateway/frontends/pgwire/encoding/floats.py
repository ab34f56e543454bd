"""float4 and float8 as text: the shortest digits that read back as the same number, laid out as PostgreSQL does.

Arrow finds the digits; PostgreSQL writes exponents with two digits, and changes to them below 1e-4 and from 1e15
(float8) or 1e6 (float4) on, where Arrow does at other points.
"""

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.frontends.pgwire.encoding.arrow import values
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import Mask, Piece, Variable

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]

_SMALLEST_PLAIN = 1e-4
_ARROW_PLAIN = 1e10  # from here on Arrow writes an exponent
_PLAIN_POWERS = range(10, 15)  # the exponents Arrow writes and PostgreSQL does not, in a float8
# Halfway between two neighbors lies a number of at most 17 (9) digits only here: m * 2**e = d * 10**k with m < 2**54
# (2**25) needs k <= 23 (10), and below the range m * 2**e has more digits than that.
_HALVES = {"f8": (4e15, 1e41), "f4": (1e6, 1e20)}
_LARGEST_PLAIN = {"f4": 1e6, "f8": 1e15}


def float_text(array: Array, code: str) -> tuple[Piece, ...]:
    """`code` is f4 or f8. Values at NULLs are written as 0."""
    numbers: Floats = values(array, code)
    if array.null_count:
        numbers = np.where(pc.is_valid(array).to_numpy(zero_copy_only=False), numbers, numbers.dtype.type(0))
    plain = pa.array(numbers)
    text = pc.cast(plain, pa.string())
    size = np.abs(numbers)
    with np.errstate(invalid="ignore"):
        unusual = ~(
            (size >= _SMALLEST_PLAIN) & (size < min(_ARROW_PLAIN, _LARGEST_PLAIN[code])) | (size == 0)
        )
    if unusual.any():
        text = _replaced(text, unusual, numbers, code)
    return (Variable(pc.cast(text, pa.binary())),)


def _replaced(text: Array, unusual: Mask, numbers: Floats, code: str) -> Array:
    some = numbers[unusual]
    given = text.filter(pa.array(unusual))
    shown = _scientific(given)
    if code == "f8":
        shown = _plain(given, shown)
    odd = ~np.isfinite(some) | _suspicious(given, some, code)
    if odd.any():
        written = pa.array([_written(number) for number in some[odd]], pa.string())
        shown = pc.replace_with_mask(shown, pa.array(odd), written)
    return pc.replace_with_mask(text, pa.array(unusual), shown)


def _suspicious(text: Array, numbers: Floats, code: str) -> Mask:
    """Numbers whose shortest digits may be halfway to the next number."""
    size = np.abs(numbers)
    lowest, highest = _HALVES[code]
    within = (size >= lowest) & (size < highest)
    if code == "f8":
        return np.asarray(within)
    size = np.where(within, size, np.float32(1))
    digits = np.abs(pc.cast(text, pa.float64()).to_numpy())
    return np.asarray(within & (np.abs(digits - size) * 2 >= np.spacing(size) * 0.98))


def _written(number: np.floating[Any]) -> str:
    """One number as PostgreSQL writes it: its shortest digits must lie strictly nearer to it than to its neighbors."""
    if number != number:
        return "NaN"
    if np.isinf(number):
        return "Infinity" if number > 0 else "-Infinity"
    exact, gap = Decimal(float(number)), Decimal(float(np.spacing(np.abs(number))))
    fewest = len(np.format_float_scientific(number, trim="-").partition("e")[0].strip("-").replace(".", ""))
    texts = (f"{float(number):.{digits}e}" for digits in range(fewest - 1, 17))
    mantissa, _, power = next(text for text in texts if abs(Decimal(text) - exact) * 2 < gap).partition("e")
    return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{power}"


def _plain(text: Array, otherwise: Array) -> Array:
    """`1.23456789015e+10` as `12345678901.5`; `otherwise` where the exponent is none of those."""
    for power in _PLAIN_POWERS:
        fits = pc.ends_with(text, f"e+{power}")
        if not pc.any(fits).as_py():
            continue
        digits = pc.replace_substring(pc.utf8_slice_codeunits(text.filter(fits), 0, stop=-4), ".", "")
        sign = pc.if_else(pc.starts_with(digits, "-"), "-", "")
        digits = pc.ascii_rpad(pc.ascii_ltrim(digits, characters="-"), power + 1, "0")
        whole = pc.utf8_slice_codeunits(digits, 0, stop=power + 1)
        fraction = pc.utf8_slice_codeunits(digits, power + 1)
        point = pc.if_else(pc.equal(fraction, ""), "", ".")
        shown = pc.binary_join_element_wise(sign, whole, point, fraction, "")
        otherwise = pc.replace_with_mask(otherwise, fits, shown)
    return otherwise


def _scientific(text: Array) -> Array:
    """`1234567.5` as `1.2345675e+06`, `0.00001` as `1e-05`, `1e-7` as `1e-07`; what has an exponent keeps it."""
    parts = pc.extract_regex(
        text, r"^(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<fraction>\d*))?(?:e(?P<exponent>[+-]\d+))?$"
    )
    sign, whole, fraction, exponent = (pc.fill_null(pc.struct_field(parts, index), "") for index in range(4))
    digits = pc.binary_join_element_wise(whole, fraction, "")
    leading = pc.subtract(pc.utf8_length(digits), pc.utf8_length(pc.ascii_ltrim(digits, characters="0")))
    significant = pc.ascii_trim(digits, characters="0")
    given = pc.cast(
        pc.if_else(pc.equal(exponent, ""), "0", pc.ascii_ltrim(exponent, characters="+")), pa.int64()
    )
    power = pc.add(given, pc.subtract(pc.subtract(pc.utf8_length(whole), 1), leading))
    return pc.binary_join_element_wise(sign, _mantissa(significant), "e", _power_text(power), "")


def _mantissa(significant: Array) -> Array:
    rest = pc.utf8_slice_codeunits(significant, 1)
    point = pc.if_else(pc.equal(rest, ""), "", ".")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(significant, 0, stop=1), point, rest, "")


def _power_text(power: Array) -> Array:
    sign = pc.if_else(pc.less(power, 0), "-", "+")
    digits = pc.ascii_lpad(pc.cast(pc.abs(power), pa.string()), 2, "0")
    return pc.binary_join_element_wise(sign, digits, "")
