"""What comes of a trial (`plan/trial.py`): some first rows, and the answer that they give."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gateway.engines.base import Answer

HELD_BYTES = 64_000_000
"""A larger answer is streamed."""


def without_last(rows: pa.Table, order: Sequence[str]) -> pa.Table:
    """Rows in the order of these columns, without those that are alike the last one in it. NULLs are alike."""
    different: list[bool] = [False] * rows.num_rows
    for name in order:
        last = rows[name][-1]
        alike = pc.equal(rows[name], last) if last.is_valid else pc.is_null(rows[name])
        different = [one or not same for one, same in zip(different, alike.to_pylist(), strict=True)]
    return rows.filter(pa.array(different, pa.bool_()))


class HeldAnswer:
    """An `Answer` that has been read: its first `rows`. `whole`: they are all of it, and not too large to be held."""

    def __init__(self, answer: Answer) -> None:
        self.columns = answer.columns
        self.schema = answer.schema
        self._batches: list[pa.RecordBatch] = []
        self.rows, size = 0, 0
        for batch in answer.batches():
            self._batches.append(batch)
            self.rows += batch.num_rows
            size += batch.nbytes
            if size > HELD_BYTES:
                break
        self.whole = size <= HELD_BYTES

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._batches

    def cancel(self) -> None:
        """Nothing runs any more."""

    def close(self) -> None:
        self._batches = []
