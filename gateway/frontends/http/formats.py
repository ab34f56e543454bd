"""An answer as bytes: each format a generator over its batches, in bounded memory."""

import os
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import RawIOBase
from itertools import zip_longest
from math import ceil
from types import MappingProxyType
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from gateway.engines.base import OutputColumn
from gateway.errors import DatatypeMismatch
from gateway.frontends.http.columns import Part, csv_column, json_parts, row_bytes
from gateway.output import distinct
from gateway.render import json_texts

ROW_GROUP_ROWS = 131_072
ROW_GROUP_BYTES = 8_000_000
DICTIONARY_BYTES = 64_000
"""Of a column's different values: where there are more, collecting them costs more than all else and saves nothing."""
TEXT_BYTES = 4_000_000
"""About so much text is made at one time: the names of a thousand columns are longer than their values."""
SENT_BYTES = 256_000
"""Goes to the client in one piece."""
FEW_BYTES = 100_000
"""Are not worth another thread."""
WRITERS = ThreadPoolExecutor(os.cpu_count(), "http-write")
"""For all answers: what they do is compute."""

Chunk = bytes | memoryview
Columns = tuple[OutputColumn, ...]


class Rows(Protocol):
    """What is written. `batches` may be read once."""

    reference: str

    @property
    def columns(self) -> tuple[OutputColumn, ...]: ...

    @property
    def schema(self) -> pa.Schema: ...

    def batches(self) -> Iterator[pa.RecordBatch]: ...


@dataclass(frozen=True, slots=True)
class Format:
    """`chunks` raises what reading raises; what it gave until then must not look whole. `squeezed`: it is small
    already."""

    media_type: str
    chunks: Callable[[Rows], Iterator[Chunk]]
    squeezed: bool = False


def _json(rows: Rows) -> Iterator[Chunk]:
    """One object: the columns with their types, then the rows as arrays; `row_count` stands last."""
    columns = ",".join(
        f'{{"name":{name},"type":{kind}}}'
        for name, kind in zip(
            _quoted([column.name for column in rows.columns]),
            _quoted([column.type for column in rows.columns]),
            strict=True,
        )
    )
    yield f'{{"reference":"{rows.reference}","columns":[{columns}],"rows":['.encode()
    count, comma = 0, len(",")
    for written, number in _texts(rows, len(rows.columns), partial(_json_rows, rows.columns)):
        yield written if count else written[comma:]
        count += number
    yield f'\n],"row_count":{count}}}\n'.encode()


def _json_rows(columns: Columns, batch: pa.RecordBatch) -> memoryview:
    values = [json_parts(array, column.type) for array, column in zip(batch.columns, columns, strict=True)]
    return row_bytes([",\n[", *_between(values, ","), "]"], batch.num_rows)


def _ndjson(rows: Rows) -> Iterator[Chunk]:
    """An object a row. A name that occurs again gets `_1`, `_2` ...: no value is lost."""
    names = _quoted(distinct([column.name for column in rows.columns]))
    keys = [f"{before}{name}:" for before, name in zip(["{", *"," * len(names)], names, strict=False)]
    for written, _ in _texts(rows, sum(map(len, keys)), partial(_ndjson_rows, rows.columns, keys)):
        yield written


def _ndjson_rows(columns: Columns, keys: Sequence[str], batch: pa.RecordBatch) -> memoryview:
    parts: list[Part] = []
    for key, array, column in zip(keys, batch.columns, columns, strict=True):
        parts += [key, *json_parts(array, column.type)]
    return row_bytes([*parts, "}\n"], batch.num_rows)


def _csv(rows: Rows) -> Iterator[Chunk]:
    """RFC 4180 with a header; NULL is the empty field."""
    names = csv_column(pa.array([column.name for column in rows.columns], pa.string()), "VARCHAR")
    yield f"{','.join(names.to_pylist())}\r\n".encode()
    for written, _ in _texts(rows, len(rows.columns), partial(_csv_rows, rows.columns)):
        yield written


def _csv_rows(columns: Columns, batch: pa.RecordBatch) -> memoryview:
    fields = [(csv_column(array, each.type),) for array, each in zip(batch.columns, columns, strict=True)]
    return row_bytes([*_between(fields, ","), "\r\n"], batch.num_rows)


def _arrow(rows: Rows) -> Iterator[Chunk]:
    """An IPC stream. Without its end marker, readers that look for it know that something is missing."""
    sink = Sink()
    stream = pa.ipc.new_stream(sink, rows.schema)
    yield from sink.drained()
    for batch in rows.batches():
        stream.write_batch(batch)
        yield from sink.drained()
    stream.close()
    yield from sink.drained()


def _parquet(rows: Rows) -> Iterator[Chunk]:
    """The footer comes last: without it there is no file. Raises DatatypeMismatch for a type that Parquet has not."""
    sink = Sink()
    try:
        writer = pq.ParquetWriter(
            pa.PythonFile(sink, "w"), rows.schema, dictionary_pagesize_limit=DICTIONARY_BYTES
        )
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid) as error:
        raise DatatypeMismatch(
            "a column of this answer has no type in Parquet", hint="Cast it, or ask for Arrow."
        ) from error
    held: list[pa.RecordBatch] = []
    for batch in rows.batches():
        held.append(batch)
        if _fills_a_row_group(held):
            writer.write_table(pa.Table.from_batches(held, rows.schema))
            held.clear()
            yield from sink.drained()
    if held:
        writer.write_table(pa.Table.from_batches(held, rows.schema))
    writer.close()
    yield from sink.drained()


def _fills_a_row_group(held: Sequence[pa.RecordBatch]) -> bool:
    rows, size = sum(batch.num_rows for batch in held), sum(batch.nbytes for batch in held)
    return rows >= ROW_GROUP_ROWS or size >= ROW_GROUP_BYTES


class Sink(RawIOBase):
    """A file to pyarrow, which gives away what was written."""

    def __init__(self) -> None:
        self._written: deque[bytes] = deque()
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        piece = bytes(data)
        self._written.append(piece)
        self._size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._size

    def drained(self) -> Iterator[bytes]:
        """Small pieces joined, so that not each is sent by itself; nothing is kept that was given away."""
        small: list[bytes] = []
        size = 0
        while self._written:
            piece = self._written.popleft()
            if size and size + len(piece) > SENT_BYTES:
                yield b"".join(small)
                small, size = [], 0
            small.append(piece)
            size += len(piece)
            del piece
        if small:
            yield b"".join(small)


def _texts(
    rows: Rows, around: int, written: Callable[[pa.RecordBatch], memoryview]
) -> Iterator[tuple[memoryview, int]]:
    """The texts of all rows in pieces, with how many rows each has: two at a time, one of them in another thread, as
    what costs is Arrow's and not the interpreter's. `around`: characters of a row besides its values."""
    for batch in rows.batches():
        pieces = _pieces(batch, around)
        for first, second in zip_longest(pieces[::2], pieces[1::2]):
            beside = WRITERS.submit(written, second) if second is not None else None
            yield written(first), first.num_rows
            if beside is not None:
                yield beside.result(), second.num_rows


def _pieces(batch: pa.RecordBatch, around: int) -> list[pa.RecordBatch]:
    """Of about as many rows each, an even number where there is much, and of TEXT_BYTES as text at most."""
    size = batch.num_rows * (around + 10 * batch.num_columns) + 2 * batch.nbytes
    pieces = 2 * ceil(size / (2 * TEXT_BYTES)) if size > FEW_BYTES else 1
    step = max(1, ceil(batch.num_rows / pieces))
    return [batch.slice(start, step) for start in range(0, batch.num_rows, step)]


def _quoted(values: Sequence[str]) -> list[str]:
    return json_texts(pa.array(values, pa.string()), "VARCHAR")


def _between(columns: Sequence[Sequence[Part]], separator: str) -> list[Part]:
    parts: list[Part] = []
    for column in columns:
        parts += [*column, separator]
    return parts[:-1]


JSON = Format("application/json", _json)
FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        each.media_type: each
        for each in (
            JSON,
            Format("application/x-ndjson", _ndjson),
            Format("text/csv", _csv),
            Format("application/vnd.apache.arrow.stream", _arrow),
            Format("application/vnd.apache.parquet", _parquet, squeezed=True),
        )
    }
)
"""The first is what a client gets that names none."""
