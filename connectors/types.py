"""DuckDB type names to Arrow types and back: the types in which connectors deliver columns.

A stream of `arrow_type(name)` scanned by DuckDB 2.0 has exactly the DuckDB type `name`; a test
holds it. `exact` brings other Arrow types of a file into these without changing a value.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import ROW

_HUGEINT = pa.opaque(pa.binary(16), "hugeint", "DuckDB")
_SIMPLE: dict[str, pa.DataType] = {
    "BOOLEAN": pa.bool_(),
    "TINYINT": pa.int8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "HUGEINT": _HUGEINT,
    "UTINYINT": pa.uint8(),
    "USMALLINT": pa.uint16(),
    "UINTEGER": pa.uint32(),
    "UBIGINT": pa.uint64(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "VARCHAR": pa.string(),
    "BLOB": pa.binary(),
    "DATE": pa.date32(),
    "TIME": pa.time64("us"),
    "TIMESTAMP": pa.timestamp("us"),
    "TIMESTAMP_S": pa.timestamp("s"),
    "TIMESTAMP_MS": pa.timestamp("ms"),
    "TIMESTAMP_NS": pa.timestamp("ns"),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
    "INTERVAL": pa.month_day_nano_interval(),
    "UUID": pa.uuid(),
    "JSON": pa.json_(),
}

_TOKEN = re.compile(r'\s*(?:("(?:[^"]|"")*")|(\w+)|(.))')


def decimal_type(precision: int, scale: int) -> pa.DataType:
    """64 bits where they suffice: PostgreSQL's scaled integers become decimals without a copy."""
    return pa.decimal64(precision, scale) if precision <= 18 else pa.decimal128(precision, scale)


@lru_cache(maxsize=1_024)
def arrow_type(name: str) -> pa.DataType:
    """The Arrow type of a DuckDB type name, in DuckDB's spelling. ValueError: no type that is delivered."""
    tokens = [match.group().strip() for match in _TOKEN.finditer(name)]
    try:
        found, rest = _parsed(tokens)
    except (IndexError, ValueError, pa.ArrowInvalid) as error:
        raise ValueError(f"no Arrow type for {name}") from error
    if rest:
        raise ValueError(f"no Arrow type for {name}")
    return found


def _parsed(tokens: list[str]) -> tuple[pa.DataType, list[str]]:
    found, rest = _base(tokens)
    while rest[:1] == ["["]:
        if rest[1] == "]":
            found, rest = pa.list_(found), rest[2:]
        else:
            found, rest = pa.list_(found, int(rest[1])), _after("]", rest[2:])
    return found, rest


def _base(tokens: list[str]) -> tuple[pa.DataType, list[str]]:
    word, rest = tokens[0].upper(), tokens[1:]
    if word == "DECIMAL":
        precision, scale = int(_after("(", rest)[0]), int(rest[3])
        return decimal_type(precision, scale), _after(")", rest[4:])
    if word == "STRUCT":
        return _struct(_after("(", rest))
    if word == "MAP":
        key, rest = _parsed(_after("(", rest))
        value, rest = _parsed(_after(",", rest))
        return pa.map_(key, value), _after(")", rest)
    if word == "TIMESTAMP" and [token.upper() for token in rest[:3]] == ["WITH", "TIME", "ZONE"]:
        return _SIMPLE["TIMESTAMP WITH TIME ZONE"], rest[3:]
    if word not in _SIMPLE:
        raise ValueError(word)
    return _SIMPLE[word], rest


def _struct(tokens: list[str]) -> tuple[pa.DataType, list[str]]:
    fields: list[pa.Field[Any]] = []
    rest = tokens
    while True:
        name = rest[0][1:-1].replace('""', '"') if rest[0].startswith('"') else rest[0]
        kind, rest = _parsed(rest[1:])
        fields.append(pa.field(name, kind))
        if rest[0] == ")":
            return pa.struct(fields), rest[1:]
        rest = _after(",", rest)


def _after(expected: str, tokens: list[str]) -> list[str]:
    if tokens[0] != expected:
        raise ValueError(tokens[0])
    return tokens[1:]


def duckdb_type(found: pa.DataType) -> str:
    """The DuckDB type in which a column of this Arrow type is delivered. ValueError: none is exact."""
    for recognizes, name in _RECOGNIZED:
        if recognizes(found):
            return name(found)
    raise ValueError(f"Arrow type {found} is not supported")


def exact(array: Any, wanted: Any) -> Any:
    """`array` in the type `wanted`; pa.ArrowInvalid if one value would change."""
    if array.type == wanted:
        return array
    if wanted == _HUGEINT and array.type == pa.decimal128(38, 0):
        return hugeints(array)
    if isinstance(wanted, pa.BaseExtensionType):
        storage = array.storage if isinstance(array, pa.ExtensionArray) else array
        return pa.ExtensionArray.from_storage(wanted, exact(storage, wanted.storage_type))
    if isinstance(array, pa.ExtensionArray):
        return exact(array.storage, wanted)
    if pa.types.is_dictionary(array.type):
        return exact(array.dictionary_decode(), wanted)
    if pa.types.is_run_end_encoded(array.type):
        return exact(pc.call_function("run_end_decode", [array]), wanted)
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), wanted)
    return pc.cast(array, wanted, safe=True)


def hugeints(array: Any) -> Any:
    """Whole numbers of 38 digits, as DuckDB hands HUGEINT out: the same 16 bytes under another name."""
    raw = pa.Array.from_buffers(pa.binary(16), len(array), array.buffers(), array.null_count, array.offset)
    return pa.ExtensionArray.from_storage(_HUGEINT, raw)


def exact_batch(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The columns of `schema`, by name, each `exact`; of a column that another one marks, the values that can be."""
    names = batch.schema.names
    marks = {marked_by(field): field.name for field in schema}
    arrays: dict[str, Any] = {}
    if ROW in marks:
        arrays[marks[ROW]] = everywhere(batch.num_rows, value=False)
    for field in schema:
        if marked_by(field) is None:
            array = batch.column(names.index(field.name))
            if field.name in marks:
                arrays[field.name], arrays[marks[field.name]] = exact_or_null(array, field.type)
            else:
                arrays[field.name] = exact(array, field.type)
    return pa.RecordBatch.from_arrays([arrays[name] for name in schema.names], schema=schema)


MARKS = b"marks"
"""Key in the metadata of a field that tells where the values of another could not be delivered: the other's name."""


def marked_by(field: Any) -> str | None:
    """The name of the column that a field marks, or ROW; None: it is a column itself."""
    name = (field.metadata or {}).get(MARKS)
    return None if name is None else name.decode()


def exact_or_null(array: Any, wanted: Any) -> tuple[Any, Any]:
    """`exact`, with NULL for values that would change, and where those are."""
    try:
        return exact(array, wanted), everywhere(len(array), value=False)
    except pa.ArrowInvalid:
        changed = _changed(array, wanted)
    return exact(pc.if_else(changed, pa.scalar(None, array.type), array), wanted), changed


def _changed(array: Any, wanted: Any) -> Any:
    """Looked for by halves: such values are few."""
    try:
        exact(array, wanted)
    except pa.ArrowInvalid:
        middle = len(array) // 2
        if not middle:
            return everywhere(1, value=True)
        return pa.concat_arrays([_changed(half, wanted) for half in (array[:middle], array[middle:])])
    return everywhere(len(array), value=False)


def everywhere(rows: int, *, value: bool) -> Any:
    return pa.repeat(pa.scalar(value), rows)


def unread(rows: int, schema: pa.Schema) -> pa.RecordBatch:
    """As many rows of which nothing could be read: NULL everywhere, and every mark."""
    arrays = [
        pa.nulls(rows, field.type) if marked_by(field) is None else everywhere(rows, value=True)
        for field in schema
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def is_unsure(found: Any) -> bool:
    """Whether values of an Arrow type may have no exact one of its `duckdb_type`."""
    if pa.types.is_timestamp(found):
        return bool(found.unit != "us")
    if pa.types.is_dictionary(found) or pa.types.is_run_end_encoded(found):
        return is_unsure(found.value_type)
    if pa.types.is_nested(found):
        return any(is_unsure(found.field(index).type) for index in range(found.num_fields))
    return pa.types.is_date64(found) or found == pa.time64("ns")


def _decimal_name(found: Any) -> str:
    if not (found.precision <= 38 and 0 <= found.scale <= found.precision):
        raise ValueError(f"Arrow type {found} is not supported: a decimal has at most 38 digits")
    return f"DECIMAL({found.precision},{found.scale})"


def _struct_name(found: Any) -> str:
    fields = (found.field(index) for index in range(found.num_fields))
    return "STRUCT(" + ", ".join(f"{_quoted(field.name)} {duckdb_type(field.type)}" for field in fields) + ")"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_NAMES = {kind: name for name, kind in _SIMPLE.items()}

_Row = tuple[Callable[[Any], bool], Callable[[Any], str]]

_RECOGNIZED: tuple[_Row, ...] = (
    (pa.types.is_timestamp, lambda found: "TIMESTAMP" if found.tz is None else "TIMESTAMP WITH TIME ZONE"),
    (lambda found: found in _NAMES, lambda found: _NAMES[found]),
    (pa.types.is_decimal, _decimal_name),
    (pa.types.is_float16, lambda _: "FLOAT"),
    (pa.types.is_large_string, lambda _: "VARCHAR"),
    (lambda found: found in (pa.string_view(), pa.null()), lambda _: "VARCHAR"),
    (lambda found: found in (pa.large_binary(), pa.binary_view()), lambda _: "BLOB"),
    (pa.types.is_fixed_size_binary, lambda _: "BLOB"),
    (pa.types.is_date64, lambda _: "DATE"),
    (pa.types.is_time, lambda _: "TIME"),
    (pa.types.is_dictionary, lambda found: duckdb_type(found.value_type)),
    (pa.types.is_run_end_encoded, lambda found: duckdb_type(found.value_type)),
    (lambda found: isinstance(found, pa.JsonType), lambda _: "JSON"),
    (pa.types.is_fixed_size_list, lambda found: f"{duckdb_type(found.value_type)}[{found.list_size}]"),
    (pa.types.is_list, lambda found: f"{duckdb_type(found.value_type)}[]"),
    (pa.types.is_large_list, lambda found: f"{duckdb_type(found.value_type)}[]"),
    (pa.types.is_struct, _struct_name),
    (
        pa.types.is_map,
        lambda found: f"MAP({duckdb_type(found.key_type)}, {duckdb_type(found.item_type)})",
    ),
)
