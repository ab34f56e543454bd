"""A source works on while the client reads: what comes meanwhile waits, up to a bound."""

import threading
from collections import deque
from collections.abc import Iterator

import pyarrow as pa

from connectors.base import ScanCanceled

AHEAD_BYTES = 8_000_000
WORTH_BYTES = 500_000
"""A shorter answer is not worth a thread."""


class Prefetch:
    """The batches of `source`, in order. Once WORTH_BYTES have come a thread reads on; at most `most` bytes and one
    batch wait at a time, then the source does. `stop` does not wait for a read that blocks: whoever opened the source
    cancels it."""

    def __init__(self, source: Iterator[pa.RecordBatch], most: int = AHEAD_BYTES) -> None:
        self._source = source
        self._most = most
        self._changed = threading.Condition()
        self._waiting: deque[pa.RecordBatch] = deque()
        self._bytes = 0
        self._ended = False
        self._stopped = False
        self._error: BaseException | None = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Once. Raises what the source raises, after what came before it; ScanCanceled once stopped."""
        seen = 0
        for batch in self._source:
            seen += batch.nbytes if batch.num_rows > 1 else 0  # which takes a short answer's time to count
            yield batch
            if seen >= WORTH_BYTES:
                break
        else:
            return
        threading.Thread(target=self._read, name="prefetch", daemon=True).start()
        try:
            while (ahead := self._next()) is not None:
                yield ahead
        finally:
            self.stop()

    def stop(self) -> None:
        """Idempotent, from any thread."""
        with self._changed:
            self._stopped = True
            self._waiting.clear()
            self._changed.notify_all()

    def _next(self) -> pa.RecordBatch | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._ended or self._stopped)
            if self._stopped:
                raise ScanCanceled("the scan was cancelled")
            if self._waiting:
                batch = self._waiting.popleft()
                self._bytes -= batch.nbytes
                self._changed.notify_all()
                return batch
            if self._error is not None:
                raise self._error
            return None

    def _read(self) -> None:
        try:
            for batch in self._source:
                if not self._put(batch):
                    return
        except BaseException as error:  # noqa: BLE001 - raised where the batches are read: else they would just end
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _put(self, batch: pa.RecordBatch) -> bool:
        """False: nobody reads any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._bytes < self._most or self._stopped)
            if not self._stopped:
                self._waiting.append(batch)
                self._bytes += batch.nbytes
                self._changed.notify_all()
            return not self._stopped
