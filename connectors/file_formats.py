"""What a file format must do for the files connector, and the two formats that know their types: Parquet, Arrow IPC."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.base import SourceColumn, SourceError, TableStatistics
from connectors.file_statistics import arrow_statistics, parquet_statistics
from connectors.types import duckdb_type, exact_batch, is_unsure, marked_by

BATCH_ROWS = 32_768

Columns = tuple[SourceColumn, ...]


@dataclass(frozen=True, slots=True)
class FileFormat:
    """`columns` reads a file's columns, `batches` its rows in the columns and types of a schema.

    Both raise SourceError naming the line where a file is not what its name says. `together` gives the columns of
    several files that form one table. `native` tells whether an engine that reads the file itself sees the same
    types; `statistics` estimates what they hold; `weak` that columns have no types of their own, and lines may be no
    rows; `open_ended` that each row has columns of its own.
    """

    columns: Callable[[Path], Columns]
    batches: Callable[[Path, pa.Schema], Iterator[pa.RecordBatch]]
    together: Callable[[tuple[Columns, ...]], Columns]
    statistics: Callable[[tuple[Path, ...]], TableStatistics]
    native: Callable[[Path], bool] = lambda _: False
    weak: bool = False
    open_ended: bool = False


def same(parts: tuple[Columns, ...]) -> Columns:
    """The columns that all files have, in one order; SourceError if they differ."""
    first = [(column.name, column.type) for column in parts[0]]
    for part in parts[1:]:
        other = [(column.name, column.type) for column in part]
        if other != first:
            raise SourceError(f"its files differ in their columns: {first} and {other}")
    return tuple(
        SourceColumn(
            column.name,
            column.type,
            column.native_type,
            any(part[index].nullable for part in parts),
            unsure=any(part[index].unsure for part in parts),
        )
        for index, column in enumerate(parts[0])
    )


def parquet_columns(path: Path) -> Columns:
    with pq.ParquetFile(path) as file:
        return typed_columns(file.schema_arrow, strict=True)


def parquet_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        # A dot selects a part of a structure: a column with one in its name is found only among all columns.
        own = [field.name for field in schema if marked_by(field) is None]
        names = None if any("." in name for name in own) else own
        for batch in file.iter_batches(BATCH_ROWS, columns=names, use_threads=False):
            yield exact_batch(_unread_texts(batch.select(own)), schema)


def parquet_native(path: Path) -> bool:
    """Whether DuckDB's reader gives every column the type of `parquet_columns`.

    Not in doubt: it does not look at Arrow's own schema in the file, and takes times of day, time stamps of old
    writers, nested and extension types differently.
    """
    with pq.ParquetFile(path) as file:
        flat = len(file.schema.names) == len(file.schema_arrow.names)
        return flat and all(
            _is_native(field.type, file.schema.column(index)) for index, field in enumerate(file.schema_arrow)
        )


def arrow_columns(path: Path) -> Columns:
    with _ipc(path) as reader:
        return typed_columns(reader.schema, strict=False)


def arrow_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    own = [field.name for field in schema if marked_by(field) is None]
    with _ipc(path) as reader:
        for batch in _ipc_batches(reader):
            read = _unread_texts(batch.select(own))
            for start in range(0, batch.num_rows, BATCH_ROWS):
                yield exact_batch(read.slice(start, BATCH_ROWS), schema)


def _unread_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Texts as bytes, which are read when they become texts. A broken file must not be read beyond its buffers."""
    arrays = [_bytes(column) for column in batch.columns]
    read = pa.RecordBatch.from_arrays(arrays, batch.schema.names)
    read.validate(full=True)
    return read


def _bytes(array: Any) -> Any:
    if pa.types.is_dictionary(array.type) and is_text(array.type.value_type):
        array.validate()
        return _bytes(array.dictionary).take(array.indices)
    if array.type == pa.string_view():
        return pc.cast(array.view(pa.binary_view()), pa.binary())
    return array.view(_BYTES[array.type]) if array.type in _BYTES else array


_BYTES: dict[Any, Any] = {pa.string(): pa.binary(), pa.large_string(): pa.large_binary()}


def is_text(found: Any) -> bool:
    return found in _BYTES or found == pa.string_view()


def typed_columns(schema: pa.Schema, *, strict: bool) -> Columns:
    """SourceError for a type that no DuckDB type holds exactly, or a name twice. `strict`: NOT NULL is enforced."""
    refuse_twice(schema.names)
    columns = []
    for field in schema:
        try:
            kind = duckdb_type(field.type)
        except ValueError as error:
            raise SourceError(f"column {field.name}: {error}") from error
        nullable, unsure = field.nullable or not strict, is_unsure(field.type) or _holds_texts(field.type)
        columns.append(SourceColumn(field.name, kind, str(field.type), nullable, unsure=unsure))
    return tuple(columns)


def _holds_texts(found: Any) -> bool:
    """Whether the values are texts, whose bytes no format looks at."""
    return is_text(found.value_type if pa.types.is_dictionary(found) else found)


def refuse_twice(names: list[str]) -> None:
    for name in names:
        if not name or names.count(name) > 1:
            raise SourceError(f"column name {name!r} is empty or there twice")


def _is_native(found: Any, leaf: Any) -> bool:
    if pa.types.is_timestamp(found):
        logical = json.loads(leaf.logical_type.to_json())
        plain = logical["Type"] == "Timestamp" and not logical.get("is_from_converted_type", False)
        return plain and found.unit in ("us", "ms")
    if pa.types.is_dictionary(found):
        return found.value_type in (pa.string(), pa.large_string())
    return pa.types.is_decimal128(found) or found in _NATIVE


_NATIVE = frozenset(
    (
        *(pa.bool_(), pa.float32(), pa.float64(), pa.date32()),
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()),
        *(pa.string(), pa.large_string(), pa.string_view()),
        *(pa.binary(), pa.large_binary(), pa.binary_view()),
    )
)


@contextmanager
def _ipc(path: Path) -> Iterator[Any]:
    """The file format or the stream format, told by the first bytes. Not mapped: a file that shrinks would crash."""
    with pa.OSFile(str(path), "r") as file:
        is_file = file.read(6) == b"ARROW1"
        file.seek(0)
        yield pa.ipc.open_file(file) if is_file else pa.ipc.open_stream(file)


def _ipc_batches(reader: Any) -> Iterator[pa.RecordBatch]:
    if isinstance(reader, pa.ipc.RecordBatchFileReader):
        return (reader.get_batch(index) for index in range(reader.num_record_batches))
    return iter(reader)


PARQUET = FileFormat(parquet_columns, parquet_batches, same, parquet_statistics, parquet_native)
ARROW = FileFormat(arrow_columns, arrow_batches, same, arrow_statistics)
