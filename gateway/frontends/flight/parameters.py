"""Bindings of a prepared statement: rows of Arrow batches to parameters, with the types that the client gave them."""

from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from connectors.types import duckdb_type
from gateway.errors import DatatypeMismatch, LimitExceeded, ProtocolViolation
from gateway.frontends.flight.columns import wire_type
from gateway.query.request import Parameter

MOST_ROWS = 10_000
MOST_BYTES = 16_000_000


def parameter_schema(kinds: Iterable[str]) -> pa.Schema:
    """`kinds` are DuckDB type names, `$1` first."""
    return pa.schema([(f"${number}", wire_type(kind)) for number, kind in enumerate(kinds, start=1)])


def bindings(batches: Iterable[pa.RecordBatch], wanted: int) -> tuple[tuple[tuple[Parameter, ...], ...], int]:
    """One for each row, and the bytes of all. `wanted`: how many parameters there are.

    Errors: LimitExceeded, DatatypeMismatch, ProtocolViolation."""
    rows: list[tuple[Parameter, ...]] = []
    size = 0
    for batch in batches:
        if batch.num_columns != wanted:
            raise ProtocolViolation(f"{batch.num_columns} parameters were sent, the statement has {wanted}")
        size += batch.nbytes
        if len(rows) + batch.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise LimitExceeded(f"more than {MOST_ROWS:,} rows or {MOST_BYTES:,} bytes of parameters")
        columns = [_column(array) for array in batch.columns]
        rows += zip(*columns, strict=True) if columns else [()] * batch.num_rows
    return tuple(rows), size


def _column(array: Any) -> list[Parameter]:
    try:
        plain = _plain(array)
        kind = duckdb_type(plain.type)
        return [Parameter(value, _declared(plain.type, kind)) for value in plain.to_pylist()]
    except (ValueError, NotImplementedError) as error:
        raise _refused(array.type) from error
    except pa.ArrowException as error:
        raise ProtocolViolation("malformed parameters") from error


def _declared(found: pa.DataType, kind: str) -> str | None:
    """A text or a null may stand for any type: the one that its place in the statement asks for."""
    untyped = types.is_string(found) or types.is_null(found)
    return None if untyped else kind


def _plain(array: Any) -> Any:
    """Nanoseconds become microseconds, wide and encoded texts plain ones, as Python's values are."""
    found = array.type
    if isinstance(array, pa.ExtensionArray):
        raise _refused(found)
    if isinstance(array, pa.DictionaryArray):
        return _plain(array.dictionary_decode())
    if types.is_nested(found) and not _is_flat_list(found):
        raise _refused(found)
    if isinstance(found, pa.TimestampType):
        return pc.cast(array, pa.timestamp("us", tz=found.tz))
    if types.is_time(found):
        return pc.cast(array, pa.time64("us"))
    if types.is_duration(found) or types.is_interval(found):
        raise _refused(found)
    if types.is_large_string(found) or types.is_string_view(found):
        return pc.cast(array, pa.string())
    return array


def _is_flat_list(found: Any) -> bool:
    is_list = isinstance(found, pa.ListType | pa.LargeListType | pa.FixedSizeListType)
    return is_list and not types.is_nested(found.value_type)


def _refused(found: object) -> DatatypeMismatch:
    return DatatypeMismatch(
        f"parameters of the Arrow type {found} are not supported", hint="Send them as text."
    )
