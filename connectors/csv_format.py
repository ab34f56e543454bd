"""CSV as RFC 4180 has it: a header, every column text, an empty field NULL and a quoted empty one the empty text.

pyarrow parses, but leniently: it reads `"a"b` as `ab` and an empty line as a row of NULLs. So what it gets is
checked before, and comes in complete records.
"""

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from connectors.base import SourceColumn, SourceError
from connectors.file_formats import BATCH_ROWS, Columns, FileFormat, refuse_twice, same
from connectors.file_statistics import line_statistics
from connectors.types import exact_batch

CHUNK = 1 << 20
LONGEST_RECORD = 1 << 26
"""Bytes; an opening quote that is never closed must not take the whole file into memory."""

MARK = b"\xef\xbb\xbf"
FIELD = rb'(?:"(?:[^"]++|"")*+"|[^",\r\n]*+)'
RECORD = re.compile(FIELD + rb"(?:," + FIELD + rb")*+\r?\n")


def csv_columns(path: Path) -> Columns:
    with path.open("rb") as file:
        names, _, _ = _header(file)
    return tuple(SourceColumn(name, "VARCHAR", "text") for name in names)


def csv_batches(path: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with path.open("rb") as file:
        names, rest, line = _header(file)
        for records, first in _checked(file, rest, len(names), line):
            for batch in _parsed(records, first, names, schema):
                yield exact_batch(batch, schema)


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


def _checked(file: BinaryIO, rest: bytes, width: int, line: int) -> Iterator[tuple[bytes, int]]:
    """Complete records of `width` fields, and the line they begin in; SourceError at the first that is not."""
    while True:
        more = file.read(
            max(CHUNK, len(rest))
        )  # doubles, so that a long record is not searched again and again
        data = rest + more
        if not more and data and not data.endswith(b"\n"):
            data += b"\n"
        end = _end_of_records(data, width)
        if end:
            yield data[:end], line
        line += data.count(b"\n", 0, end)
        rest = data[end:]
        if rest and (not more or len(rest) > LONGEST_RECORD):
            raise SourceError(f"line {line}: not {width} fields as RFC 4180 has them")
        if not more:
            return


def _end_of_records(data: bytes, width: int) -> int:
    """Where the last good record ends. Without quotes and empty lines pyarrow's own count of fields is enough."""
    if b'"' not in data and data.count(b"\r") == data.count(b"\r\n"):
        empty = data.startswith((b"\n", b"\r\n")) or b"\n\n" in data or b"\n\r\n" in data
        if width == 1 or not empty:
            return data.rfind(b"\n") + 1
    return _good_records(data, width)


def _good_records(data: bytes, width: int) -> int:
    match = _records(width).match(data)
    return match.end() if match else 0


@cache
def _records(width: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:" + FIELD + rb"(?:," + FIELD + rb"){%d}\r?\n)*+" % (width - 1))


def _parsed(records: bytes, line: int, names: list[str], schema: pa.Schema) -> list[pa.RecordBatch]:
    try:
        table = pyarrow.csv.read_csv(
            io.BytesIO(records),
            read_options=pyarrow.csv.ReadOptions(
                column_names=names, use_threads=False, block_size=len(records) + 1
            ),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types={name: pa.string() for name in names},
                include_columns=schema.names,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid as error:
        raise SourceError(f"line {line + _bad_line(records, len(names))}: {error}") from error
    return table.to_batches(max_chunksize=BATCH_ROWS)


def _bad_line(records: bytes, width: int) -> int:
    """Of the first record that has another width or is not UTF-8."""
    end = _good_records(records, width)
    try:
        records[:end].decode()
    except UnicodeDecodeError as error:
        end = error.start
    return records.count(b"\n", 0, end)


CSV = FileFormat(csv_columns, csv_batches, same, line_statistics, weak=True)
