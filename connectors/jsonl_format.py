"""JSON lines: an object a line, a column for every key of any line.

Numbers keep their text, so that none is rounded. Every column is VARCHAR: strings as they are, numbers and booleans as
written, objects and lists as JSON. Where strings stand beside objects only a column of type JSON tells them apart, all
whose values are JSON texts; that it is one is said by the source's options, not by what some row holds, which may be
hidden. A missing key and null are NULL. A line that is no object is a row that cannot be read.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

import pyarrow as pa

from connectors.base import ROW, SourceColumn, SourceError
from connectors.file_formats import Columns, FileFormat, refuse_twice
from connectors.file_statistics import line_statistics
from connectors.types import everywhere, exact, marked_by, unread

BATCH_ROWS = 8_192
LONGEST_LINE = 1 << 26
NO_OBJECT = "not a JSON object"


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


class _Unread:
    """The value of a key that is there twice, or a word that is no JSON."""


UNREAD: Final = _Unread()


class _Line(NamedTuple):
    """`row` is None where the line is none, with the `problem`. `is_odd`: texts of it may be none."""

    number: int
    row: dict[str, Any] | None
    is_odd: bool
    problem: str = ""


def jsonl_columns(path: Path) -> Columns:
    """Reads the whole file."""
    names: dict[str, None] = {}
    for line in _lines(path):
        names |= {key: None for key in line.row or () if not line.is_odd or _is_text(key)}
    return tuple(SourceColumn(name, "VARCHAR", "text", unsure=True) for name in names)


def jsonl_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = _Rows(schema)
    for line in _lines(path):
        try:
            rows.add(line)
        except ValueError as error:
            raise SourceError(f"line {line.number}: {error}") from error
        if len(rows) == BATCH_ROWS:
            yield from rows.taken()
    yield from rows.taken()


class _Rows:
    """Texts of the columns of `schema` and what they mark, until they are taken."""

    def __init__(self, schema: pa.Schema) -> None:
        self._schema = schema
        self._marks = {marked_by(field) for field in schema}
        self._columns = [
            (field.name, isinstance(field.type, pa.JsonType)) for field in schema if marked_by(field) is None
        ]
        self._begin()

    def _begin(self) -> None:
        self._texts: dict[str, list[str | None]] = {name: [] for name, _ in self._columns}
        self._unread: dict[str, set[int]] = {name: set() for name in self._texts}
        self._rows = self._refused = 0

    def __len__(self) -> int:
        return self._rows + self._refused

    def add(self, line: _Line) -> None:
        """ValueError: nobody marks what cannot be read."""
        if line.row is None:
            if ROW not in self._marks:
                raise ValueError(line.problem)
            self._refused += 1
            return
        row, is_odd = line.row, line.is_odd
        for name, is_json in self._columns:
            value = row.get(name)
            if value is not None and (is_odd or is_json or not isinstance(value, str)):
                value = self._read(name, value, is_json=is_json, is_odd=is_odd)
            self._texts[name].append(value)
        self._rows += 1

    def _read(self, name: str, value: object, *, is_json: bool, is_odd: bool) -> str | None:
        try:
            return _text(value, is_json=is_json, is_odd=is_odd)
        except ValueError as error:
            if name not in self._marks:
                raise ValueError(f"{name!r}: {error}") from error
            self._unread[name].add(self._rows)
            return None

    def taken(self) -> Iterator[pa.RecordBatch]:
        arrays = [self._array(field) for field in self._schema]
        refused = self._refused
        self._begin()
        yield pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        if refused:
            yield unread(refused, self._schema)

    def _array(self, field: Any) -> Any:
        marked = marked_by(field)
        if marked is None:
            return exact(pa.array(self._texts[field.name], pa.string()), field.type)
        unread_rows = self._unread.get(marked)
        if not unread_rows:
            return everywhere(self._rows, value=False)
        return pa.array([row in unread_rows for row in range(self._rows)], pa.bool_())


def union(parts: tuple[Columns, ...]) -> Columns:
    """The keys of all files in the order of their first appearance."""
    columns = {column.name: column for part in parts for column in part}
    refuse_twice(list(columns))
    return tuple(columns.values())


def as_json(columns: Columns, names: Collection[str]) -> Columns:
    """Those of the names as JSON, whether a line has them or not."""
    listed = dict.fromkeys([*(column.name for column in columns), *names])
    typed = {name: ("JSON", "json") if name in names else ("VARCHAR", "text") for name in listed}
    return tuple(SourceColumn(name, *kinds, unsure=True) for name, kinds in typed.items())


def _lines(path: Path) -> Iterator[_Line]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(LONGEST_LINE):
            number += 1
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                _skip_line(file)
                yield _Line(number, None, is_odd=False, problem="the line is too long")
            else:
                yield _read(number, line)


def _skip_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _read(number: int, line: bytes) -> _Line:
    """Bytes that are no text become what no text holds, and so does half of a surrogate pair, which is valid JSON."""
    is_odd = b"\\u" in line
    try:
        text = line.decode()
    except UnicodeDecodeError:
        text, is_odd = line.decode(errors="surrogateescape"), True
    try:
        row = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        return _Line(number, None, is_odd, str(error))
    return _Line(number, row, is_odd) if isinstance(row, dict) else _Line(number, None, is_odd, NO_OBJECT)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        found |= {name: UNREAD for name, times in counted.items() if times > 1}
    return found


_DECODER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_Number, parse_float=_Number, parse_constant=lambda _: UNREAD
)


def _text(value: object, *, is_json: bool, is_odd: bool) -> str:
    """ValueError: it has none."""
    text = _json(value) if is_json or not isinstance(value, str) else value
    if is_odd and not _is_text(text):
        raise ValueError("not a text")
    return text


def _is_text(found: str) -> bool:
    try:
        found.encode()
    except UnicodeEncodeError:
        return False
    return True


def _json(value: object) -> str:
    """Compact JSON text; numbers as they were written. ValueError: a part cannot be read."""
    if value is UNREAD:
        raise ValueError("a key is there twice in one object, or a word is no JSON")
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


JSONL = FileFormat(jsonl_columns, jsonl_batches, union, line_statistics, weak=True, open_ended=True)
