"""An answer that one source gives alone: its batches, labeled and bounded as the engine would."""

import logging
import threading
from collections.abc import Iterator
from functools import lru_cache

import pyarrow as pa

from gateway.engines.answers import answer_type, bounded
from gateway.engines.base import Input, OutputColumn, source_failure
from gateway.errors import MeshgateError, QueryCanceled
from gateway.query.plan.model import Column
from gateway.query.prefetch import Prefetch

LOG = logging.getLogger(__name__)


@lru_cache(maxsize=1_024)
def _answered(passed: tuple[Column, ...]) -> tuple[tuple[OutputColumn, ...], pa.Schema]:
    return (
        tuple(OutputColumn(name, kind) for name, kind in passed),
        pa.schema([(name, answer_type(kind)) for name, kind in passed]),
    )


class PassedAnswer:
    """An `Answer` of the columns `passed` of `read`. The source is asked when the first batch is."""

    def __init__(self, read: Input, passed: tuple[Column, ...]) -> None:
        self.columns, self.schema = _answered(passed)
        self._read = read
        self._positions = [read.schema.get_field_index(name) for name, _ in passed]
        self._canceled = threading.Event()
        self._ahead: Prefetch | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        for batch in self._read_batches():
            yield from bounded(self._labeled(batch))
        if self._canceled.is_set():  # an end that came with the cancel may be no end of the data
            raise QueryCanceled

    def _read_batches(self) -> Iterator[pa.RecordBatch]:
        if self._canceled.is_set():
            raise QueryCanceled
        try:
            self._ahead = Prefetch(iter(self._read.open()))
            yield from self._ahead.batches()
        except MeshgateError:
            raise
        except Exception as error:
            LOG.info("source error", exc_info=error)
            raise (QueryCanceled() if self._canceled.is_set() else source_failure(error)) from error

    def _labeled(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if batch.schema.equals(self.schema):
            return batch
        columns = (batch.column(position) for position in self._positions)
        arrays = [
            column if column.type == kind else column.cast(kind)
            for column, kind in zip(columns, self.schema.types, strict=True)
        ]
        return pa.RecordBatch.from_arrays(arrays, schema=self.schema)

    def cancel(self) -> None:
        """The source's stream is canceled by whoever runs the plan."""
        self._canceled.set()
        if self._ahead is not None:
            self._ahead.stop()

    def close(self) -> None:
        """The source's stream is closed by whoever runs the plan."""
        self.cancel()
