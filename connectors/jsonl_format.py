"""JSON lines: an object a line, a column for every key of any line.

Numbers keep their text, so that none is rounded. A column that holds an object or a list anywhere in the file is of
type JSON and all its values are JSON texts; every other is VARCHAR: strings as they are, numbers and booleans as
written. A missing key and null are NULL.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

import pyarrow as pa

from connectors.base import SourceColumn, SourceError
from connectors.file_formats import Columns, FileFormat, refuse_twice
from connectors.file_statistics import line_statistics
from connectors.types import exact

BATCH_ROWS = 8_192
LONGEST_LINE = 1 << 26


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


def jsonl_columns(path: Path) -> Columns:
    """Reads the whole file."""
    nested: dict[str, bool] = {}
    for _, row in _rows(path):
        for key, value in row.items():
            nested[key] = nested.get(key, False) or isinstance(value, dict | list)
    return tuple(_column(name, is_nested=is_nested) for name, is_nested in nested.items())


def jsonl_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    texts: list[list[str | None]] = [[] for _ in schema]
    columns = [(field.name, isinstance(field.type, pa.JsonType), texts[i]) for i, field in enumerate(schema)]
    for line, row in _rows(path):
        for name, is_json, column in columns:
            value = row.get(name)
            if value is not None and not is_json and isinstance(value, dict | list):
                raise SourceError(
                    f"line {line}: {name!r} held no object or list when the file was introspected"
                )
            column.append(None if value is None else _json(value) if is_json else _plain(value))
        if len(texts[0]) == BATCH_ROWS:
            yield _batch(texts, schema)
    yield _batch(texts, schema)


def union(parts: tuple[Columns, ...]) -> Columns:
    """The keys of all files in the order of their first appearance."""
    nested: dict[str, bool] = {}
    for part in parts:
        for column in part:
            nested[column.name] = nested.get(column.name, False) or column.type == "JSON"
    refuse_twice(list(nested))
    return tuple(_column(name, is_nested=is_nested) for name, is_nested in nested.items())


def _column(name: str, *, is_nested: bool) -> SourceColumn:
    return SourceColumn(name, "JSON" if is_nested else "VARCHAR", "json" if is_nested else "text")


def _batch(texts: list[list[str | None]], schema: pa.Schema) -> pa.RecordBatch:
    arrays = [
        exact(pa.array(column, pa.string()), field.type) for column, field in zip(texts, schema, strict=True)
    ]
    for column in texts:
        column.clear()
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line numbers from 1 and objects; SourceError for a line that is none."""
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            try:
                row = _DECODER.decode(line.decode())
                if b"\\u" in line:
                    _json(row).encode()  # half of a surrogate pair is valid JSON, but no text
            except (ValueError, RecursionError) as error:
                raise SourceError(f"line {number}: {error}") from error
            if not isinstance(row, dict):
                raise SourceError(f"line {number}: not a JSON object")
            yield number, row


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key is there twice in one object")
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_Number, parse_float=_Number, parse_constant=_no_number
)


def _plain(value: object) -> str:
    return value if isinstance(value, str) else _json(value)


def _json(value: object) -> str:
    """Compact JSON text; numbers as they were written."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, Mapping):
        return (
            "{"
            + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(value[key])}" for key in value)
            + "}"
        )
    if isinstance(value, list):
        return "[" + ",".join(map(_json, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


JSONL = FileFormat(jsonl_columns, jsonl_batches, union, line_statistics, weak=True)
