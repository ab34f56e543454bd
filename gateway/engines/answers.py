"""What the batches of every answer are like: their Arrow types and their size."""

import re
from collections.abc import Iterable, Iterator

import pyarrow as pa

from connectors.types import arrow_type

BATCH_ROWS = 16_384
BATCH_BYTES = 8_000_000

SAME = frozenset(
    """BOOLEAN TINYINT SMALLINT INTEGER BIGINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE VARCHAR BLOB DATE TIME
    TIMESTAMP""".split()
)
"""DuckDB types which the engine answers as connectors deliver them. Others that look the same are not listed: the
engine names the items of lists anew, and rounds intervals."""
DECIMAL = re.compile(r"DECIMAL\((\d{1,2}),(\d{1,2})\)")
MOMENT = "TIMESTAMP WITH TIME ZONE"


def is_relabeled(kind: str) -> bool:
    """Whether a column of the DuckDB type `kind`, as a connector delivers it, differs from the engine's answer by its
    label or its width at most; False also where nobody knows."""
    return kind in SAME or kind == MOMENT or DECIMAL.fullmatch(kind) is not None


def answer_type(kind: str) -> pa.DataType:
    """The Arrow type in which the engine answers a column whose type `is_relabeled`. ValueError: no type at all."""
    if kind == MOMENT:
        return pa.timestamp("us", tz="Etc/UTC")
    found = DECIMAL.fullmatch(kind)
    return pa.decimal128(int(found[1]), int(found[2])) if found else arrow_type(kind)


def size_of(batch: pa.RecordBatch) -> int:
    """Bytes of its rows as Arrow sends them. `nbytes` looks into every column: for a single row that takes as long as
    half of all else."""
    return int(pa.ipc.get_record_batch_size(batch) - pa.ipc.get_record_batch_size(batch.slice(0, 0)))


def bounded(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """Slices of at most BATCH_ROWS rows, and BATCH_BYTES bytes unless a row alone has more."""
    if batch.num_rows <= 1 or (batch.num_rows <= BATCH_ROWS and batch.nbytes <= BATCH_BYTES):
        yield batch
        return
    half = batch.num_rows // 2
    yield from bounded(batch.slice(0, half))
    yield from bounded(batch.slice(half))


def even(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The same rows, BATCH_ROWS in each batch but the last: the engine's own batches end where its scans and filters
    end theirs, which tells a consumer where hidden rows lie."""
    held: list[pa.RecordBatch] = []
    missing = BATCH_ROWS
    for rest in batches:
        while rest.num_rows >= missing:
            full = _joined([*held, rest.slice(0, missing)])
            rest, held, missing = rest.slice(missing), [], BATCH_ROWS  # noqa: PLW2901
            yield full  # while nobody reads on, it and the batch that it ends in are all that is kept
            del full
        if rest.num_rows:
            held.append(rest)
            missing -= rest.num_rows
    if held:
        yield _joined(held)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    (joined,) = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return joined
