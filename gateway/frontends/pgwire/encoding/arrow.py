"""Views of Arrow arrays as numpy arrays and as plain binary arrays, slices respected."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.errors import DataError
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import Mask, Variable, data_of


def values(array: Array, dtype: str) -> npt.NDArray[Any]:
    """The fixed-width values of an array, whatever stands at its nulls included. `dtype` as in numpy."""
    width = np.dtype(dtype).itemsize
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), dtype)
    return np.frombuffer(buffer, dtype, len(array), array.offset * width)


def validity(array: Array) -> Mask | None:
    """True where there is a value; None: everywhere."""
    if not array.null_count:
        return None
    return np.asarray(pc.is_valid(array).to_numpy(zero_copy_only=False), dtype=np.bool_)


def byte_strings(array: Array) -> Variable:
    """Text or binary values as bytes, empty where NULL."""
    plain = array if pa.types.is_binary(array.type) else pc.cast(array, pa.binary())
    return Variable(pc.fill_null(plain, b"") if plain.null_count else plain)


def text_strings(array: Array) -> Variable:
    """Text values as UTF-8. Errors: DataError where one holds U+0000, which the protocol cannot carry."""
    strings = byte_strings(array)
    data = np.frombuffer(data_of(strings), np.uint8)
    if len(data) and not data.min():
        raise DataError("a text holds the character U+0000, which the PostgreSQL protocol cannot carry")
    return strings


def storage(array: Array) -> Array:
    """The plain array under an extension type, a dictionary or an unusual layout."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    return array
