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
from typing import BinaryIO

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
            table, refused = _parsed(piece, names, schema)
            if refused and not marks_rows:
                raise SourceError(
                    f"line {piece.bad_line(len(names))}: not {len(names)} fields as RFC 4180 has them"
                )
            try:
                yield from (
                    exact_batch(batch, schema) for batch in table.to_batches(max_chunksize=BATCH_ROWS)
                )
            except pa.ArrowInvalid as error:
                raise SourceError(f"line {piece.bad_line(len(names))}: {error}") from error
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
    """Whole lines, the first of which is `line`. `records` are those of them that are records, and `refused` how many
    are none; None: nobody has looked."""

    data: bytes
    line: int
    records: bytes
    refused: int | None

    def bad_line(self, width: int) -> int:
        """Of the first record that has another width or is not UTF-8."""
        end = _end_of_records(self.data, 0, width)
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
            piece = self._piece(data, is_last=not more)
            yield piece
            self.line += piece.data.count(b"\n")
            rest = data[len(piece.data) :]

    def _after_skipped(self, data: bytes) -> bytes:
        if not self.skipping:
            return data
        end = data.find(b"\n") + 1
        self.skipping = not end
        self.line += bool(end)
        return data[end:] if end else b""

    def _piece(self, data: bytes, *, is_last: bool) -> _Piece:
        if _is_plain(data, self.width):
            end = data.rfind(b"\n") + 1
            if len(data) - end <= LONGEST_RECORD:
                return _Piece(data[:end], self.line, data[:end], None)
        records, refused, end = _divided(data, self.width, is_last=is_last)
        self.skipping = end == len(data) > 0 and not data.endswith(b"\n")
        return _Piece(data[:end], self.line, records, refused)


def _is_plain(data: bytes, width: int) -> bool:
    """Without quotes and empty lines pyarrow's own count of fields is enough."""
    if b'"' in data or data.count(b"\r") != data.count(b"\r\n"):
        return False
    return width == 1 or not (data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data)


def _divided(data: bytes, width: int, *, is_last: bool) -> tuple[bytes, int, int]:
    """The records, how many lines are none, and where begins what may become one; the data's end in the middle of a
    line if that is too long already."""
    good: list[bytes] = []
    refused = at = 0
    while True:
        end = _end_of_records(data, at, width)
        good.append(data[at:end])
        if end == len(data) or not (is_last or _is_refused(data, end, width)):
            return b"".join(good), refused, end
        refused += 1
        at = data.find(b"\n", end) + 1 or len(data)


def _is_refused(data: bytes, at: int, width: int) -> bool:
    """Whether no record begins here, whatever comes after the data."""
    if len(data) - at > LONGEST_RECORD:
        return True
    return data.find(b"\n", at) >= 0 and not _beginning(width).fullmatch(data, at)


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


def _parsed(piece: _Piece, names: list[str], schema: pa.Schema) -> tuple[pa.Table, int]:
    """The records, and how many lines are none."""
    records, refused = piece.records, piece.refused
    if refused is None:
        try:
            return _read(records, names, schema), 0
        except pa.ArrowInvalid:
            records, refused, _ = _divided(piece.data, len(names), is_last=True)
    return _read(records, names, schema), refused


def _read(records: bytes, names: list[str], schema: pa.Schema) -> pa.Table:
    """Fields as bytes. pa.ArrowInvalid: a record has another width."""
    wanted = [field.name for field in schema if marked_by(field) is None]
    if not records:
        return pa.table({name: pa.array([], pa.binary()) for name in wanted})
    return pyarrow.csv.read_csv(
        io.BytesIO(records),
        read_options=pyarrow.csv.ReadOptions(
            column_names=names, use_threads=False, block_size=len(records) + 1
        ),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.binary()),
            include_columns=wanted,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


CSV = FileFormat(csv_columns, csv_batches, same, line_statistics, weak=True)
