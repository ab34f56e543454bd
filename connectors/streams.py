"""The one Stream of all connectors: batches from a generator, with cancelling and closing from any thread."""

from collections.abc import Callable, Generator
from functools import lru_cache
from threading import Event, Lock
from typing import Any

import pyarrow as pa

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceError, Stream
from connectors.types import MARKS, arrow_type

PATIENCE = 2.0

Batches = Generator[pa.RecordBatch, None, None]


@lru_cache(maxsize=1_024)
def scan_schema(columns: tuple[SourceColumn, ...]) -> pa.Schema:
    """The Arrow schema of a scan's answer. ValueError for a scan of nothing."""
    if not columns:
        raise ValueError("a scan reads at least one column")
    return pa.schema([_field(column) for column in columns])


def _field(column: SourceColumn) -> "pa.Field[Any]":
    marks = {MARKS: column.marks.encode()} if column.marks is not None else None
    return pa.field(column.name, arrow_type(column.type), metadata=marks)


def nothing() -> None:
    """What need not be done."""


def alone() -> int:
    """One connection, or what a source has instead."""
    return 1


class PulledStream:
    """A Stream that does all its work, connecting included, while a batch is pulled from `batches`.

    So `cancel` reaches every wait: `interrupt` must make a pull that blocks in the source return or raise
    soon, from any thread, at any time. `batches` gives everything back in its `finally`, and `left`, which is called
    once all is over, what `ask` left behind.
    """

    def __init__(
        self,
        schema: pa.Schema,
        batches: Batches,
        interrupt: Callable[[], None] = nothing,
        ask: Callable[[], None] = nothing,
        left: Callable[[], None] = nothing,
        connections: Callable[[], int] = alone,
    ) -> None:
        self.schema = schema
        self._connections = connections
        self._batches = batches
        self._interrupt = interrupt
        self._ask = ask
        self._left = left
        self._canceled = Event()
        self._pulling = Lock()
        self._handed_out = False
        self._closed = False

    @property
    def connections(self) -> int:
        return self._connections()

    def reader(self) -> pa.RecordBatchReader:
        if self._handed_out:
            raise SourceError("a stream is read once")
        self._handed_out = True
        return pa.RecordBatchReader.from_batches(self.schema, self._pulled())

    def ask(self) -> None:
        """Ask the source now, if that takes no waiting; what it answers is for `reader`, errors too."""
        with self._pulling:
            if not self._canceled.is_set():
                self._ask()

    def cancel(self) -> None:
        """Returns when a pull that was blocked has ended, at the latest after `PATIENCE` seconds."""
        if self._stopped(PATIENCE):
            self._pulling.release()

    def close(self) -> None:
        if not self._closed and self._stopped(None):
            self._batches.close()
            self._left()
            self._closed = True
            self._pulling.release()

    def _stopped(self, seconds: float | None) -> bool:
        """Whether the pulling thread is out and locked out. Asks again and again: the first time may be too
        early,
        when the source has not begun what shall be stopped."""
        self._canceled.set()
        asked = 0.0
        while True:
            self._interrupt()
            if self._pulling.acquire(timeout=0.05):
                return True
            asked += 0.05
            if seconds is not None and asked >= seconds:
                return False

    def _pulled(self) -> Batches:
        while True:
            batch = self._next()
            if batch is None:
                return
            yield batch

    def _next(self) -> pa.RecordBatch | None:
        with self._pulling:
            self._refuse_if_canceled()
            try:
                batch = next(self._batches, None)
            except Exception as error:
                self._refuse_if_canceled(error)
                if isinstance(error, SourceError):
                    raise
                raise SourceError(f"{type(error).__name__}: {error}") from error
            # A source that was interrupted may end early instead of raising: that is no end of the data.
            self._refuse_if_canceled()
            return batch

    def _refuse_if_canceled(self, cause: Exception | None = None) -> None:
        if self._canceled.is_set():
            raise ScanCanceled("the scan was cancelled") from cause


class Scans:
    """The Snapshot of a source whose scans have nothing in common. `open_one` opens one."""

    def __init__(self, open_one: Callable[[Scan], Stream]) -> None:
        self._open_one = open_one
        self._lock = Lock()
        self._streams: list[Stream] = []
        self._closed = False

    def open(self, scan: Scan) -> Stream:
        stream = self._open_one(scan)
        with self._lock:
            if self._closed:
                raise SourceError("the snapshot is closed")
            self._streams.append(stream)
        return stream

    def close(self) -> None:
        with self._lock:
            self._closed = True
            streams, self._streams = self._streams, []
        for stream in streams:
            stream.close()
