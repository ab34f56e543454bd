"""Lists as PostgreSQL arrays, text and binary, of any depth.

The elements of all lists lie one after the other, so once each element's bytes are written, a list's content
is a slice:
no loop over lists.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gateway.errors import DataError
from gateway.frontends.pgwire.encoding.arrow import byte_strings, storage, validity
from gateway.frontends.pgwire.encoding.kernels import Array, pc
from gateway.frontends.pgwire.encoding.pieces import (
    Field,
    Fixed,
    Mask,
    Matrix,
    Piece,
    Variable,
    cell,
    compacted,
    constant,
    from_lengths,
    joined,
    offsets_of,
    variable,
    without_nulls,
)

Offsets = npt.NDArray[np.int64]
Encode = Callable[[Array], tuple[Piece, ...]]

_QUOTED = r"(?i)^null$|^$|[{},\"\\\s\x0b]"


@dataclass(frozen=True, slots=True)
class Lists:
    """`offsets`, outermost level first: n+1 places in the next level. `leaves` are the innermost values."""

    offsets: tuple[Offsets, ...]
    leaves: Array

    @property
    def empty(self) -> Mask:
        """True where a list has no element at all; PostgreSQL then knows no dimensions."""
        return np.asarray(np.diff(self.spans) == 0)

    @property
    def spans(self) -> Offsets:
        """n+1 places among the leaves."""
        spans = self.offsets[0]
        for level in self.offsets[1:]:
            spans = level[spans]
        return spans


def encode_array_text(array: Array, encode: Encode, *, quotable: bool) -> tuple[Piece, ...]:
    """`{a,"b c",NULL}`. `quotable`: elements may need quotes."""
    lists = _opened(array)
    element = _element_texts(lists.leaves, encode, quotable=quotable)
    for level in reversed(lists.offsets[1:]):
        inner = _listed(element, level)
        element = joined((constant(b"{"), inner, constant(b"}")), len(level) - 1)
    content = _listed(element, lists.offsets[0])
    rows = len(content.array)
    if len(lists.offsets) > 1 and lists.empty.any():
        content = Variable(pc.if_else(pa.array(lists.empty), b"", content.array))
    return (joined((constant(b"{"), content, constant(b"}")), rows),)


def encode_array_binary(array: Array, encode: Encode, oid: int) -> tuple[Piece, ...]:
    """Dimensions, flag for NULLs, element type; size and lower bound a dimension; the elements with their lengths."""
    lists = _opened(array)
    spans, leaves = lists.spans, lists.leaves
    valid = validity(leaves)
    content = _content(lists, encode, valid)
    rows = len(spans) - 1
    head = np.zeros((rows, 3 + 2 * len(lists.offsets)), ">i4")
    head[:, 0] = np.where(lists.empty, 0, len(lists.offsets))
    head[:, 1] = _with_nulls(valid, spans)
    head[:, 2] = oid
    for dimension, sizes in enumerate(_sizes(lists)):
        head[:, 3 + 2 * dimension] = sizes
        head[:, 4 + 2 * dimension] = 1
    return _header(head, lists.empty), content


def _opened(array: Array) -> Lists:
    """Errors: DataError where the lists are no array: inner lists of different lengths, or NULL ones."""
    offsets: list[Offsets] = []
    while _is_list(array := storage(array)):
        if offsets and array.null_count:
            raise DataError("a list holds NULL where a list belongs; cast it to JSON")
        plain = pc.cast(array, pa.list_(array.type.value_type)) if not pa.types.is_list(array.type) else array
        lengths = pc.fill_null(pc.list_value_length(plain), 0).to_numpy(zero_copy_only=False)
        offsets.append(from_lengths(lengths.astype(np.int64)).astype(np.int64))
        array = plain.flatten()
    lists = Lists(tuple(offsets), array)
    _check_rectangular(lists)
    return lists


def _is_list(array: Array) -> bool:
    kind = array.type
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _check_rectangular(lists: Lists) -> None:
    """Every list of a level that belongs to one row has the length of that row's first one."""
    spans = lists.offsets[0]
    for level in lists.offsets[1:]:
        lengths = np.diff(level)
        row = np.repeat(np.arange(len(spans) - 1), np.diff(spans))
        if (lengths != lengths[spans[:-1][row]]).any():
            raise DataError("a list holds lists of different lengths; cast it to JSON")
        spans = level[spans]


def _element_texts(leaves: Array, encode: Encode, *, quotable: bool) -> Variable:
    valid = validity(leaves)
    rows = len(leaves)
    if not rows:
        return variable(np.zeros(1, np.int32), np.empty(0, np.uint8))
    texts = joined(without_nulls(Field(encode(leaves), valid), rows) or (constant(b""),), rows)
    if quotable:
        texts = _quoted(texts)
    if valid is not None:
        return Variable(pc.if_else(pa.array(valid), texts.array, b"NULL"))
    return texts


def _quoted(texts: Variable) -> Variable:
    text = texts.array.cast(pa.string())
    special = pc.match_substring_regex(text, _QUOTED)
    if not pc.any(special).as_py():
        return texts
    escaped = pc.replace_substring(pc.replace_substring(text, "\\", "\\\\"), '"', '\\"')
    return byte_strings(pc.if_else(special, pc.binary_join_element_wise('"', escaped, '"', ""), text))


def _listed(elements: Variable, offsets: Offsets) -> Variable:
    """The elements of each list with commas between them."""
    rows = len(elements.array)
    if not rows:
        return variable(np.zeros(len(offsets), np.int32), np.empty(0, np.uint8))
    comma = np.ones(rows, np.bool_)
    comma[offsets[:-1][np.diff(offsets) > 0]] = False
    commas = variable(from_lengths(comma.astype(np.int64)), np.full(int(comma.sum()), ord(","), np.uint8))
    return _slices(joined((commas, elements), rows), offsets)


def _slices(cells: Variable, spans: Offsets) -> Variable:
    """The bytes of the cells of each list, without a copy."""
    data = cells.array.buffers()[2]
    return variable(offsets_of(cells.array)[spans], data if data is not None else np.empty(0, np.uint8))


def _content(lists: Lists, encode: Encode, valid: Mask | None) -> Variable:
    """The elements of each row's list, each with its length."""
    rows, spans = len(lists.leaves), lists.spans
    if not rows:
        return variable(np.zeros(len(spans), np.int32), np.empty(0, np.uint8))
    return _slices(joined(cell(Field(encode(lists.leaves), valid), rows)[0], rows), spans)


def _with_nulls(valid: Mask | None, spans: Offsets) -> Mask:
    if valid is None:
        return np.zeros(len(spans) - 1, np.bool_)
    missing = np.concatenate([[0], np.cumsum(~valid)])
    return np.asarray(missing[spans[1:]] > missing[spans[:-1]])


def _sizes(lists: Lists) -> list[Offsets]:
    """Elements a row in each dimension (of the row's first list of that level)."""
    spans, sizes = lists.offsets[0], [np.diff(lists.offsets[0])]
    for level in lists.offsets[1:]:
        lengths = np.append(np.diff(level), 0)
        sizes.append(lengths[np.minimum(spans[:-1], len(lengths) - 1)])
        spans = level[spans]
    return sizes


def _header(head: npt.NDArray[np.int32], empty: Mask) -> Piece:
    """Twelve bytes for an empty array, all of them otherwise."""
    record: Matrix = head.view(np.uint8).reshape(len(head), -1)
    if not empty.any():
        return Fixed(record)
    keep = np.ones(record.shape, np.bool_)
    keep[empty, 12:] = False
    return compacted(record, keep, np.where(empty, 12, record.shape[1]))
