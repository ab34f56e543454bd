"""Arrow columns from numpy arrays, without a Python object a value. `valid` says which rows are not NULL."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
if TYPE_CHECKING:
    Column = pa.Array[Any]
else:
    Column = pa.Array  # generic for type checkers only


def whole(values: Ints, valid: Flags | None = None) -> Column:
    """bigint"""
    return pa.array(values.astype(np.int64), mask=_missing(valid))


def dates(days: Ints, valid: Flags | None = None) -> Column:
    """date, from days since 1970"""
    return pa.array(days.astype(np.int32), pa.int32(), mask=_missing(valid)).cast(pa.date32())


def instants(seconds: Ints, valid: Flags | None = None) -> Column:
    """timestamptz, from seconds since 1970"""
    return whole(seconds * 1_000_000, valid).cast(pa.timestamp("us", tz="UTC"))


def money(cents: Ints, precision: int) -> Column:
    """numeric(precision, 2), exact: an Arrow decimal is a 128-bit integer, so no float is on the way."""
    low = np.ascontiguousarray(cents, dtype="<i8")
    words = np.stack([low, low >> 63], axis=1)
    return pa.Array.from_buffers(pa.decimal128(precision, 2), len(low), [None, pa.py_buffer(words.tobytes())])


def picked(choices: Sequence[str], indexes: Ints, valid: Flags | None = None) -> Column:
    """text: one of `choices` a row"""
    return pa.array(choices).take(whole(indexes, valid))


def numbered(values: Ints, width: int) -> Column:
    """text: the number, with leading zeros"""
    return pc.utf8_lpad(whole(values).cast(pa.string()), width, "0")


def texts(*parts: str | Column) -> Column:
    """text: the parts one after another"""
    pieces: list[Any] = [*parts, ""]
    joined: Column = pc.binary_join_element_wise(*pieces)
    return joined


def _missing(valid: Flags | None) -> Flags | None:
    return None if valid is None else ~valid
