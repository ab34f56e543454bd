"""CSV as RFC 4180 has it: a header, every column text, an empty field NULL and a quoted empty one the empty text.

pyarrow parses, but leniently: it reads `"a"b` as `ab` and an empty line as a row of NULLs. So what it gets is
checked before, and comes in complete records. A line that no record begins with is a row that cannot be read; the next
one begins after it.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal

import pyarrow as pa
import pyarrow.csv

from connectors.base import ROW, SourceColumn, SourceError
from connectors.file_formats import BATCH_ROWS, Columns, FileFormat, refuse_twice, same
from connectors.file_statistics import line_statistics
from connectors.types import exact_batch, marked_by, unread

CHUNK = 1 << 20
LONGEST_RECORD = 1 << 26
"""Bytes; an opening quote that is never closed must not take the whole file into memory."""

MARK = b"\xef\xbb\xbf"
FIELD = rb'(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)'
RECORD = re.compile(FIELD + rb"(?:," + FIELD + rb")*+\r?\n")


def csv_columns(path: Path) -> Columns:
    with path.open("rb") as file:
        names, _, _ = _header(file)
    return tuple(SourceColumn(name, "VARCHAR", "text", unsure=True) for name in names)


def csv_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    marks_rows = any(marked_by(field) == ROW for field in schema)
    with path.open("rb") as file:
        names, rest, line = _header(file)
        for piece in _Lines(file, len(names), line).pieces(rest):
            batches, refused = _parsed(piece, names, schema)
            refused += piece.refused
            if refused and not marks_rows:
                raise SourceError(
                    f"line {piece.bad_line(len(names))}: not {len(names)} fields as RFC 4180 has them"
                )
            yield from batches
            if refused:
                yield unread(refused, schema)


def _header(file: BinaryIO) -> tuple[list[str], bytes, int]:
    """The column names, what was read beyond the header, and the line that begins with."""
    data = file.read(CHUNK).removeprefix(MARK)
    while (match := RECORD.match(data)) is None and (more := file.read(CHUNK)):
        data += more
        if len(data) > LONGEST_RECORD:
            break
    match = match or RECORD.match(data + b"\n")
    if match is None or not match.group().strip():
        raise SourceError("line 1: the header is missing or malformed")
    try:
        names = next(csv.reader(io.StringIO(match.group().decode(), newline=""), strict=True))
    except UnicodeDecodeError as error:
        raise SourceError("line 1: the header is not UTF-8") from error
    refuse_twice(names)
    return names, data[match.end() :], match.group().count(b"\n") + 1


@dataclass(frozen=True, slots=True)
class _Piece:
    """Complete records out of `data`, which begins in `line`, and how many lines of it are none."""

    records: bytes
    refused: int
    data: bytes
    line: int

    def bad_line(self, width: int) -> int:
        """Of the first record that has another width or is not UTF-8."""
        match = _records(width).match(self.data)
        end = match.end() if match else 0
        try:
            self.data[:end].decode()
        except UnicodeDecodeError as error:
            end = error.start
        return self.line + self.data.count(b"\n", 0, end)


@dataclass(slots=True)
class _Lines:
    """Reads a file's records of `width` fields, and finds its way back to them after lines that are none."""

    file: BinaryIO
    width: int
    line: int
    skipping: bool = field(default=False, init=False)
    """Inside of a line that is too long."""

    def pieces(self, rest: bytes) -> Iterator[_Piece]:
        more = b"\n"
        while more:
            more = self.file.read(max(CHUNK, len(rest)))  # a long record is not searched again and again
            data = self._after_skipped(rest + more)
            if not more and data and not data.endswith(b"\n"):
                data += b"\n"
            records, refused, end = self._taken(data, is_last=not more)
            rest = data[end:]
            if refused or records:
                yield _Piece(records, refused, data[:end], self.line)
            self.line += data.count(b"\n", 0, end)

    def _after_skipped(self, data: bytes) -> bytes:
        if not self.skipping:
            return data
        end = data.find(b"\n") + 1
        self.skipping = not end
        self.line += bool(end)
        return data[end:] if end else b""

    def _taken(self, data: bytes, *, is_last: bool) -> tuple[bytes, int, int]:
        """Records, the number of lines that are none, and where what is not complete yet begins."""
        if self._is_plain(data):
            end = data.rfind(b"\n") + 1
            return (data[:end], 0, end) if len(data) - end <= LONGEST_RECORD else self._cut(data, end)
        good, refused, at = [], 0, 0
        while True:
            end = _end_of_records(data, at, self.width)
            good.append(data[at:end])
            if end == len(data) or not (is_last or self._is_refused(data, end)):
                return b"".join(good), refused, end
            refused += 1
            at = data.find(b"\n", end) + 1
            if not at:
                self.skipping = True
                return b"".join(good), refused, len(data)

    def _cut(self, data: bytes, end: int) -> tuple[bytes, int, int]:
        self.skipping = True
        return data[:end], 1, len(data)

    def _is_plain(self, data: bytes) -> bool:
        """Without quotes and empty lines pyarrow's own count of fields is enough."""
        if b'"' in data or data.count(b"\r") != data.count(b"\r\n"):
            return False
        return self.width == 1 or not (
            data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data
        )

    def _is_refused(self, data: bytes, at: int) -> bool:
        """Whether no record begins here, whatever comes after the data."""
        return len(data) - at > LONGEST_RECORD or not _beginning(self.width).fullmatch(data, at)


def _end_of_records(data: bytes, at: int, width: int) -> int:
    match = _records(width).match(data, at)
    return match.end() if match else at


@cache
def _records(width: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + FIELD + rb"(?:," + FIELD + rb"){%d}\r?\n)*+" % (width - 1))


@cache
def _beginning(width: int) -> re.Pattern[bytes]:
    """Of a record that is not complete."""
    return re.compile(rb"(?:" + FIELD + rb",){0,%d}(?:" % (width - 1) + FIELD + rb'\r?|"(?:[^"]++|"")*+)')


def _parsed(piece: _Piece, names: list[str], schema: pa.Schema) -> tuple[list[pa.RecordBatch], int]:
    """The records in the schema's columns, and how many of them have another width."""
    refused: list[pyarrow.csv.InvalidRow] = []

    def skip(row: pyarrow.csv.InvalidRow) -> Literal["skip"]:
        refused.append(row)
        return "skip"

    if not piece.records:
        return [], 0
    table = pyarrow.csv.read_csv(
        io.BytesIO(piece.records),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=False, block_size=len(piece.records) + 1
        ),
        parse_options=pyarrow.csv.ParseOptions(
            newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=skip
        ),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()),
            include_columns=[field.name for field in schema if marked_by(field) is None],
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    try:
        batches = [exact_batch(batch, schema) for batch in table.to_batches(max_chunksize=BATCH_ROWS)]
    except pa.ArrowInvalid as error:
        raise SourceError(f"line {piece.bad_line(len(names))}: {error}") from error
    return batches, len(refused)


CSV = FileFormat(csv_columns, csv_batches, same, line_statistics, weak=True)
