"""Cursors that go backward: which rows a FETCH means, and rows that are kept to be shown again.

Positions are PostgreSQL's: rows count from 1, 0 is before the first, one more than there are is after the last.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator

import pyarrow as pa

from gateway.errors import LimitExceeded
from gateway.frontends.pgwire.encoding.batches import Encoder
from gateway.frontends.pgwire.rows import Pulled, Shape
from gateway.frontends.pgwire.statements.cursors import Fetch

KEPT_BYTES = 256_000_000
"""Of one cursor, as Arrow holds them."""


def needed(fetch: Fetch, position: int) -> int | None:
    """How many rows have to be known to tell which are meant; None: all."""
    match fetch.direction:
        case "forward":
            return None if fetch.count is None else position + fetch.count
        case "backward":
            return 0
        case "absolute":
            return fetch.count if fetch.count is not None and fetch.count >= 0 else None
    return max(0, position + (fetch.count or 0))


def meant(fetch: Fetch, position: int, known: int) -> tuple[range, int]:
    """The rows, in the order in which they are shown, and the position afterwards."""
    count = fetch.count
    if fetch.direction == "absolute" or fetch.direction == "relative" or count == 0:
        return _one_row(fetch, position, known)
    if fetch.direction == "forward":
        end = known + 1 if count is None else min(position + count, known + 1)
        return range(position + 1, min(end, known) + 1), end
    end = 0 if count is None else max(position - count, 0)
    return range(position - 1, max(end, 1) - 1, -1), end


def _one_row(fetch: Fetch, position: int, known: int) -> tuple[range, int]:
    count = fetch.count or 0
    target = position + count
    if fetch.direction == "absolute":
        target = count if count >= 0 else known + 1 + count
    target = min(max(target, 0), known + 1)
    return range(target, target + (1 <= target <= known)), target


class ScrolledRows:
    """The rows of a cursor, kept as they are read. `encoder`: by their shape and format codes.

    Read without a FETCH, they come forward. Not for two threads at once.
    """

    def __init__(
        self,
        batches: Iterator[pa.RecordBatch],
        shape: Shape,
        encoder: Callable[[Shape, tuple[int, ...]], Encoder],
        codes: tuple[int, ...],
    ) -> None:
        self._batches = batches
        self.shape = shape
        self._encoder_of = encoder
        self._encoder = encoder(shape, codes)
        self._kept: list[pa.RecordBatch] = []
        self._ends: list[int] = []
        self._bytes = 0
        self._position = 0
        self._meant = range(0)

    def use(self, codes: tuple[int, ...]) -> None:
        self._encoder = self._encoder_of(self.shape, codes)

    def seek(self, fetch: Fetch) -> int:
        """Move the cursor; `sought` gives the rows it passed. How many they are. Blocks on the query.

        Errors: LimitExceeded beyond KEPT_BYTES.
        """
        self._read(needed(fetch, self._position))
        self._meant, self._position = meant(fetch, self._position, self._known)
        return len(self._meant)

    def sought(self) -> Pulled:
        """Some of the rows that the last `seek` passed."""
        rows = self._meant
        if not rows:
            return Pulled(memoryview(b""), 0, done=True)
        place = bisect_right(self._ends, rows[0] - 1)
        batch = self._kept[place]
        offset = rows[0] - 1 - (self._ends[place - 1] if place else 0)
        reach = batch.num_rows - offset if rows.step > 0 else offset + 1
        count = min(len(rows), reach, self._encoder.step(batch))
        self._meant = rows[count:]
        backward = pa.array(range(offset, offset - count, -1))
        part = batch.slice(offset, count) if rows.step > 0 else batch.take(backward)
        return Pulled(self._encoder.encode(part), count, done=False)

    def pull(self, limit: int = 0) -> Pulled:
        """The next rows, at most `limit` (0: any number)."""
        if not self._meant:
            self.seek(Fetch("", limit or None))
        return self.sought()

    def end(self) -> bytes:
        return b""

    @property
    def _known(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _read(self, count: int | None) -> None:
        while count is None or self._known < count:
            batch = next(self._batches, None)
            if batch is None:
                return
            if not batch.num_rows:
                continue
            self._bytes += batch.nbytes
            if self._bytes > KEPT_BYTES:
                raise LimitExceeded(
                    f"a cursor that can scroll keeps at most {KEPT_BYTES:,} bytes of rows",
                    hint="declare it NO SCROLL",
                )
            self._ends.append(self._known + batch.num_rows)
            self._kept.append(batch)
