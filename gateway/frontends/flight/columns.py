"""Columns as Flight SQL tells of them: Arrow types from DuckDB's names, with the metadata that JDBC and ODBC read."""

import re
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from connectors.types import arrow_type
from gateway.engines.base import OutputColumn
from gateway.errors import DataError, DatatypeMismatch

PREFIX = "ARROW:FLIGHT:SQL:"
SHORT = 200
"""Name and type of a column that is remembered: consumers name columns as long as they like."""
_LIST = re.compile(r"(.*)\[\d*\]", re.DOTALL)
_DECIMAL = re.compile(r"DECIMAL\((\d+),\s*(\d+)\)")
_OTHER: dict[str, pa.DataType] = {
    "HUGEINT": pa.decimal128(38, 0),
    "UUID": pa.string(),
    "JSON": pa.string(),
    '"NULL"': pa.null(),
    "NULL": pa.null(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
}
"""Types that clients know in place of those that only connectors and engine share."""


def wire_type(kind: str) -> pa.DataType:
    """The Arrow type in which values of a DuckDB type are sent: one for each, whoever computes them.

    Errors: DatatypeMismatch for types whose values cannot be sent without loss.
    """
    if kind in _OTHER:
        return _OTHER[kind]
    if kind.startswith("ENUM(") and kind.endswith(")"):
        return pa.string()
    if found := _DECIMAL.fullmatch(kind):
        return pa.decimal128(int(found[1]), int(found[2]))
    if items := _LIST.fullmatch(kind):
        return pa.list_(wire_type(items[1]))
    try:
        return _known(arrow_type(kind))
    except ValueError as error:
        raise DatatypeMismatch(
            f"a column of type {kind} cannot be sent over Flight SQL", hint="Cast it to VARCHAR."
        ) from error


def _known(found: pa.DataType) -> pa.DataType:
    """The same for what stands within a STRUCT or MAP."""
    if isinstance(found, pa.BaseExtensionType):
        return pa.decimal128(38, 0) if isinstance(found, pa.OpaqueType) else pa.string()
    if isinstance(found, pa.Decimal64Type):
        return pa.decimal128(found.precision, found.scale)
    if isinstance(found, pa.StructType):
        return pa.struct([pa.field(each.name, _known(each.type)) for each in found])
    if isinstance(found, pa.MapType):
        return pa.map_(_known(found.key_type), _known(found.item_type))
    if isinstance(found, pa.ListType | pa.FixedSizeListType):
        return pa.list_(_known(found.value_type))
    return found


def schema_of(columns: tuple[OutputColumn, ...], database: str) -> pa.Schema:
    return pa.schema([_column(each.name, each.type, database) for each in columns])


def _column(name: str, kind: str, database: str) -> "pa.Field[pa.DataType]":
    is_short = len(name) + len(kind) < SHORT
    return (_known_column if is_short else _new_column)(name, kind, database)


def _new_column(name: str, kind: str, database: str) -> "pa.Field[pa.DataType]":
    return result_field(name, kind, {"CATALOG_NAME": database})


_known_column = lru_cache(maxsize=4_096)(_new_column)


def result_field(name: str, kind: str, more: dict[str, str]) -> "pa.Field[pa.DataType]":
    """`more` is metadata by its short name, beside what the type says."""
    found = wire_type(kind)
    told = {"TYPE_NAME": kind, "IS_READ_ONLY": "1", "IS_SEARCHABLE": "1", "IS_CASE_SENSITIVE": "1"}
    told |= {"IS_AUTO_INCREMENT": "0", **_size(kind, found), **more}
    return pa.field(name, found, metadata={f"{PREFIX}{key}": text for key, text in told.items()})


def _size(kind: str, found: pa.DataType) -> dict[str, str]:
    if isinstance(found, pa.Decimal128Type):
        return {"PRECISION": str(found.precision), "SCALE": str(found.scale)}
    if types.is_integer(found):
        return {"PRECISION": str(len(str(2**found.bit_width)) - (found.bit_width == 64)), "SCALE": "0"}
    if types.is_floating(found):
        return {"PRECISION": "7" if kind == "FLOAT" else "15"}
    return {}


def labeled(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The batch as `schema` says, no value changed. Errors: DataError where one does not fit."""
    try:
        arrays = [_cast(array, field.type) for array, field in zip(batch.columns, schema, strict=True)]
    except pa.ArrowInvalid as error:
        raise DataError from error
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _cast(
    array: "pa.Array[pa.Scalar[pa.DataType]]", wanted: pa.DataType
) -> "pa.Array[pa.Scalar[pa.DataType]]":
    if array.type == wanted:
        return array
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    return pc.cast(array, wanted)
