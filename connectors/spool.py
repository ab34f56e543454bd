"""The rest of a running query, which a thread that needs its connection can put aside."""

import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from threading import Event, Lock
from typing import Any, Protocol

import pyarrow as pa

MEMORY_BYTES = 16 << 20
"""More than that goes into a temporary file, which has no name and ends with the process."""


class Rows(Protocol):
    """A running query: its batches in order, and `close`, which gives back all but the connection."""

    schema: pa.Schema

    def __next__(self) -> pa.RecordBatch: ...

    def close(self) -> None: ...


class Spool(Iterator[pa.RecordBatch]):
    """The batches of `rows`, once and in order. `ended` is called once, when the source has no more to do for it:
    by the thread that reads, or by the thread that put the rest aside. True: it ended well.
    """

    def __init__(self, rows: Rows, ended: Callable[[bool], None]) -> None:
        self._rows: Rows | None = rows
        self.schema = rows.schema
        self._ended = ended
        self._lock = Lock()
        self._aside: deque[tuple[Any, pa.RecordBatchReader]] = deque()
        self._error: Exception | None = None
        self._abandoned = Event()

    def __next__(self) -> pa.RecordBatch:
        with self._lock:
            while self._aside:
                try:
                    return self._aside[0][1].read_next_batch()
                except StopIteration:
                    self._discard()
            if self._error is not None:
                raise self._error
            return self._pulled()

    def put_aside(self, canceled: Event) -> bool:
        """Read all that is left into memory or a file. False: `canceled` came first, or nothing was left to do."""
        while not self._lock.acquire(timeout=0.05):
            if canceled.is_set() or self._abandoned.is_set():
                return False
        try:
            return self._rows is not None and self._stored(canceled)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Idempotent. Not while another thread is in `__next__`."""
        self._abandoned.set()
        with self._lock:
            while self._aside:
                self._discard()
            self._end(well=False)

    def _stored(self, canceled: Event) -> bool:
        file = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - `_discard` closes it
        with pa.ipc.new_stream(file, self.schema) as writer:
            try:
                while not canceled.is_set() and not self._abandoned.is_set():
                    writer.write_batch(self._pulled())
            except StopIteration:
                pass
            except Exception as error:  # noqa: BLE001 - it is raised where the rows are read
                self._error = error
        file.seek(0)
        self._aside.append((file, pa.ipc.open_stream(file)))
        return self._rows is None

    def _discard(self) -> None:
        file, reader = self._aside.popleft()
        reader.close()
        file.close()

    def _pulled(self) -> pa.RecordBatch:
        if self._rows is None:
            raise StopIteration
        try:
            return next(self._rows)
        except StopIteration:
            self._end(well=True)
            raise
        except BaseException:
            self._end(well=False)
            raise

    def _end(self, *, well: bool) -> None:
        rows, self._rows = self._rows, None
        if rows is not None:
            try:
                rows.close()
            finally:
                self._ended(well)
