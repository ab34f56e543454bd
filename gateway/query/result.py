"""A governed answer while it is read: counted, bounded, timed, and its record closed whatever happens."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gateway.audit import AuditRecord
from gateway.engines.answers import size_of
from gateway.engines.base import OutputColumn
from gateway.errors import (
    AccessDenied,
    AuditUnavailable,
    DeadlineExceeded,
    Failed,
    InternalFailure,
    LimitExceeded,
    MeshgateError,
    QueryCanceled,
)
from gateway.query.deadline import Deadline
from gateway.query.execute import Execution
from gateway.query.mesh import Mesh

LOG = logging.getLogger(__name__)

CHANGED = "what you may see has changed since this statement began; run it again"


def closed(record: AuditRecord, error: MeshgateError | None, **counted: Any) -> AuditRecord:
    """The record with how the statement ended; None: it was answered. `counted`: more of its fields."""
    if error is None:
        return replace(record, outcome="done", **counted)
    kinds = ((QueryCanceled, "cancelled"), (Failed, "failed"), (MeshgateError, "refused"))
    outcome = next(name for kind, name in kinds if isinstance(error, kind))
    return replace(record, outcome=outcome, sqlstate=error.sqlstate, message=str(error), **counted)


class GovernedResult:
    """A `Result`. Reading to the end, an error or `close` closes the record, once."""

    def __init__(
        self,
        running: Execution,
        columns: tuple[OutputColumn, ...],
        record: AuditRecord,
        mesh: Mesh,
        seconds: dict[str, float],
        deadline: Deadline,
        stands: Callable[[], bool],
    ) -> None:
        """`columns`: those of `running`. `deadline` watches it already. `stands` says whether what the answer shows may
        still be shown."""
        self.reference = record.id
        self.columns = columns
        self._running = running
        self._record = record
        self._mesh = mesh
        self._seconds = seconds
        self._stands = stands
        self._started = time.perf_counter()
        self._rows = 0
        self._bytes = 0
        self._left = 1  # pieces that are not read to their end
        self._counting = threading.Lock()
        self._closing = threading.Lock()
        self._is_closed = False
        self._deadline = deadline

    @cached_property
    def schema(self) -> pa.Schema:
        names = [column.name for column in self.columns]
        found = self._running.schema
        if found.names == names:
            return found
        return pa.schema([field.with_name(name) for field, name in zip(found, names, strict=True)])

    def batches(self) -> Iterator[pa.RecordBatch]:
        return self._governed(self._named())

    def parts(self) -> tuple[Iterator[pa.RecordBatch], ...]:
        """The answer in pieces that may be read side by side, in place of `batches`; one after the other they are the
        answer, its columns not named. The record is closed when all are read, or the first fails or is left."""
        found = self._running.parts()
        self._left = len(found)
        return tuple(map(self._governed, found))

    def _named(self) -> Iterator[pa.RecordBatch]:
        schema = self.schema  # known from here on, also to those who ask after the end
        for batch in self._running.batches():
            yield batch if batch.schema.equals(schema) else batch.rename_columns(schema.names)

    def _governed(self, batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        try:
            for batch in batches:
                self._count(batch)
                yield batch
        except MeshgateError as error:
            if not self._deadline.passed:
                self._end(error)
                raise
            late = DeadlineExceeded()
            self._end(late)
            raise late from error
        except GeneratorExit:
            self._end(QueryCanceled())
            raise
        except Exception as error:
            LOG.exception("statement %s failed", self.reference)
            failure = InternalFailure()
            self._end(failure)
            raise failure from error
        with self._counting:
            self._left -= 1
            is_last = self._left == 0
        if is_last:
            self._end(None)

    def _count(self, batch: pa.RecordBatch) -> None:
        size = size_of(batch)
        with self._counting:
            self._rows += batch.num_rows
            self._bytes += size
        limits = self._mesh.limits
        if limits.rows is not None and self._rows > limits.rows:
            raise LimitExceeded(f"the result has more than limits.rows ({limits.rows:,}) rows")
        if limits.bytes is not None and self._bytes > limits.bytes:
            raise LimitExceeded(f"the result has more than limits.bytes ({limits.bytes:,}) bytes")
        if size > limits.value_bytes and _largest_value(batch) > limits.value_bytes:
            raise LimitExceeded(f"a value is larger than limits.value_bytes ({limits.value_bytes:,})")

    def recheck(self) -> None:
        """Raises AccessDenied, which ends the answer; a failure to find out is one to allow."""
        try:
            if self._stands():
                return
            refusal: MeshgateError = AccessDenied(CHANGED)
        except Exception as error:
            LOG.exception("statement %s could not be authorized again", self.reference)
            refusal = error if isinstance(error, MeshgateError) else InternalFailure()
        self._end(refusal)
        raise refusal

    def cancel(self) -> None:
        self._running.cancel()

    def close(self) -> None:
        self._end(QueryCanceled())

    def _end(self, error: MeshgateError | None) -> None:
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
        self._deadline.call_off()
        self._running.close()
        if error is not None:
            error.reference = self.reference
        try:
            self._mesh.audit.write(self._final(error))
        except AuditUnavailable:
            # What was read is on record since before it left; only how it ended is missing.
            LOG.exception("the end of statement %s could not be recorded", self.reference)

    def _final(self, error: MeshgateError | None) -> AuditRecord:
        return closed(
            self._record,
            error,
            sources=self._running.accesses(),
            rows=self._rows,
            bytes=self._bytes,
            seconds={**self._seconds, "execute": time.perf_counter() - self._started},
        )


def _largest_value(batch: pa.RecordBatch) -> int:
    """Bytes of the longest text or binary value."""
    kinds = (pa.string(), pa.binary())
    texts: list[Any] = [column for column in batch.columns if column.type in kinds]
    return max((pc.max(pc.binary_length(column)).as_py() or 0 for column in texts), default=0)
