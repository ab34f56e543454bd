"""Results as people and programs read them: a table, CSV, JSON or an Arrow stream, in bounded memory."""

import os
import re
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.render import Texts, is_numeric, json_texts, texts

MAX_PADDING = 200
"""A table pads no column further than this: one long value makes its own line long, not every line."""

SPOOL_BYTES = 4_000_000
"""An answer up to this size waits in memory until it is whole, a longer one in a temporary file."""

_NEEDS_QUOTES = re.compile('[",\r\n]')
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_NULL = "NULL"

Sink = Any
"""A binary file open for writing (pyarrow's stubs and `typing.BinaryIO` do not agree on one)."""


class Rows(Protocol):
    """What can be written: a `gateway.query.request.Result`, or anything with its columns and batches."""

    @property
    def columns(self) -> tuple[OutputColumn, ...]: ...

    @property
    def schema(self) -> pa.Schema: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...


def write(rows: Rows, form: str, out: Sink) -> None:
    """Write everything to `out` in `form`, one of FORMATS.

    Raises what reading the batches raises; then `out` holds a part only, and it is the caller's to drop it.
    """
    FORMATS[form](rows, out)


def _write_arrow(rows: Rows, out: Sink) -> None:
    """An Arrow IPC stream."""
    with pa.ipc.new_stream(out, rows.schema) as stream:
        for batch in rows.batches():
            stream.write_batch(batch)


# --- CSV -------------------------------------------------------------------------------------------------


def _write_csv(rows: Rows, out: Sink) -> None:
    """RFC 4180: a header, lines end in CRLF, NULL is the empty field and the empty string `""`."""
    out.write(_csv_line([column.name for column in rows.columns]))
    for batch in rows.batches():
        fields = [_csv_fields(column) for column in _texts(rows, batch)]
        out.write("".join(f"{','.join(row)}\r\n" for row in zip(*fields, strict=True)).encode())


def _csv_line(values: Texts) -> bytes:
    return f"{','.join(_csv_fields(values))}\r\n".encode()


def _csv_fields(values: Texts) -> Sequence[str]:
    if "" not in values and not _NEEDS_QUOTES.search(" ".join(filter(None, values))):
        return [value or "" for value in values]
    return [_csv_field(value) for value in values]


def _csv_field(value: str | None) -> str:
    if value is None:
        return ""
    if value and not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


# --- JSON ------------------------------------------------------------------------------------------------


def _write_json(rows: Rows, out: Sink) -> None:
    """An array of objects, one row a line. A name that occurs again gets `_1`, `_2` ...: no value is lost."""
    names = distinct([column.name for column in rows.columns])
    keys = [f"{quoted}:" for quoted in json_texts(pa.array(names, pa.string()), "VARCHAR")]
    before = "[\n"
    for batch in rows.batches():
        columns = [
            json_texts(array, column.type) for array, column in zip(batch.columns, rows.columns, strict=True)
        ]
        for row in zip(*columns, strict=True):
            fields = ",".join([key + text for key, text in zip(keys, row, strict=True)])
            out.write(f"{before}{{{fields}}}".encode())
            before = ",\n"
    out.write(b"[]\n" if before == "[\n" else b"\n]\n")


def distinct(names: Sequence[str]) -> list[str]:
    taken, result = set(names), list[str]()
    for name in names:
        result.append(name if name not in result else _numbered(name, taken))
        taken.add(result[-1])
    return result


def _numbered(name: str, taken: set[str]) -> str:
    number = 1
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


# --- table -----------------------------------------------------------------------------------------------


def _write_table(rows: Rows, out: Sink) -> None:
    """As psql shows it, NULL spelt out. The texts wait in a temporary file until all widths are known."""
    headers = [printable(column.name) for column in rows.columns]
    schema = pa.schema([(str(number), pa.string()) for number in range(len(headers))])
    with tempfile.TemporaryFile() as spool:
        widths, count = _spooled(rows, schema, spool, [_width(header) for header in headers])
        spool.seek(0)
        right = [is_numeric(field.type) for field in rows.schema]
        out.write(_heading(headers, widths))
        for batch in pa.ipc.open_stream(spool):
            columns = [
                _aligned(batch.column(number).to_pylist(), width, right[number])
                for number, width in enumerate(widths)
            ]
            out.write(
                "".join(f" {' | '.join(row).rstrip()}\n" for row in zip(*columns, strict=True)).encode()
            )
        out.write(f"({count} row{'' if count == 1 else 's'})\n".encode())


def _spooled(rows: Rows, schema: pa.Schema, spool: Sink, widths: list[int]) -> tuple[list[int], int]:
    """Write the rows' printable texts to `spool`; the columns' widths and the number of rows."""
    count = 0
    with pa.ipc.new_stream(spool, schema) as stream:
        for batch in rows.batches():
            columns = [
                [_NULL if t is None else printable(t) for t in column] for column in _texts(rows, batch)
            ]
            widths = [
                max([width, *map(_width, column)]) for width, column in zip(widths, columns, strict=True)
            ]
            count += batch.num_rows
            stream.write_batch(pa.record_batch([pa.array(c, pa.string()) for c in columns], schema=schema))
    return [min(width, MAX_PADDING) for width in widths], count


def _heading(headers: Sequence[str], widths: Sequence[int]) -> bytes:
    names = [_centered(header, width) for header, width in zip(headers, widths, strict=True)]
    rule = "-+-".join("-" * width for width in widths)
    return f" {' | '.join(names).rstrip()}\n-{rule}-\n".encode()


def _centered(text: str, width: int) -> str:
    missing = max(0, width - _width(text))
    return " " * (missing // 2) + text + " " * (missing - missing // 2)


def _aligned(values: Sequence[Any], width: int, right: bool) -> Sequence[str]:  # noqa: FBT001
    padded = [(value, " " * (width - _width(value))) for value in values]
    return [space + value if right else value + space for value, space in padded]


def printable(text: str) -> str:
    """What a terminal would obey, and what would break the line or turn its direction, is spelt out."""
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _width(text: str) -> int:
    """Columns that a terminal uses for `text`."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _texts(rows: Rows, batch: pa.RecordBatch) -> list[Texts]:
    return [texts(array, column.type) for array, column in zip(batch.columns, rows.columns, strict=True)]


# --- delivery --------------------------------------------------------------------------------------------


def deliver(rows: Rows, form: str, path: Path | None) -> None:
    """Write everything to the file `path`, or to standard output (None), or nothing at all if reading fails.

    A regular file is replaced whole at the end; until then the answer waits on disk, not in memory.
    """
    if path is None:
        _spool_and_copy(rows, form, sys.stdout.buffer)
    elif path.exists() and not path.is_file():
        with path.open("wb") as device:
            _spool_and_copy(rows, form, device)
    else:
        _replace(rows, form, path.resolve())


def _spool_and_copy(rows: Rows, form: str, out: Sink) -> None:
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        write(rows, form, spool)
        spool.seek(0)
        _copy(spool, out)
        out.flush()


def _copy(spool: Sink, out: Sink) -> None:
    """An unbuffered `out` may take less than it is given."""
    while chunk := memoryview(spool.read(SPOOL_BYTES)):
        while chunk:
            chunk = chunk[out.write(chunk) or 0 :]


def _replace(rows: Rows, form: str, path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with draft.open("xb") as file:
            if path.exists():
                shutil.copymode(path, draft)
            write(rows, form, file)
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


FORMATS: Mapping[str, Callable[[Rows, Sink], None]] = MappingProxyType(
    {"table": _write_table, "csv": _write_csv, "json": _write_json, "arrow": _write_arrow}
)
