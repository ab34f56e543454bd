"""A scan that several connections read side by side, each one part of it at a time."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from threading import Condition, Thread

import pyarrow as pa

from connectors.base import ScanCanceled, SourceError
from connectors.postgres_lines import Line, Lines
from connectors.postgres_work import Work
from connectors.spool import Spool
from connectors.streams import Batches

AHEAD_BYTES = 64 << 20
"""What waits, of all parts together, before those behind the one that is read stop."""
HEAD_BYTES = 8 << 20
"""What waits of the part that is read."""

Arrived = Callable[[Spool, Line], Iterator[pa.RecordBatch]]
"""Makes of the batches of a query on a line those of the scan."""


class Parts:
    """The batches of `queries`, all of one state, in the order of the queries; after the first error no more.

    The first of `works` waits for a line and never goes away before the last part is begun; the others take a line
    where one is spare, and end where none is. Nobody has a part without a line, so that the part which is read goes on
    whatever the others wait for.
    """

    def __init__(self, lines: Lines, works: Sequence[Work], queries: Sequence[str], arrived: Arrived) -> None:
        self._lines = lines
        self._broken_off = lines.broken_off
        self._works = works
        self._queries = queries
        self._arrived = arrived
        self._changed = Condition()
        self._begun = 0
        self._head = 0
        self._came: list[deque[pa.RecordBatch]] = [deque() for _ in queries]
        self._bytes = [0] * len(queries)
        self._ended = [False] * len(queries)
        self._errors: dict[int, BaseException] = {}
        self._stopped = False
        self._reading: set[int] = set()

    @property
    def connections(self) -> int:
        """How many have read."""
        return len(self._reading)

    def batches(self) -> Batches:
        threads: list[Thread] = []
        try:
            for number in range(len(self._works)):
                thread = Thread(target=self._read, args=(number,), name="part", daemon=True)
                thread.start()
                threads.append(thread)
            while (batch := self._following()) is not None:
                yield batch
        finally:
            self._end(threads)

    def interrupt(self) -> None:
        """From any thread, at any time: `batches` raises ScanCanceled."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        for work in self._works[1:]:
            work.interrupt()

    # --- the thread that is given the batches -----------------------------------------------------------------

    def _following(self) -> pa.RecordBatch | None:
        with self._changed:
            while self._head < len(self._queries):
                self._changed.wait_for(self._has_news)
                if self._stopped:
                    raise ScanCanceled("the scan was cancelled")
                if self._came[self._head]:
                    return self._taken()
                if self._head in self._errors:
                    raise self._errors[self._head]
                self._head += 1
                self._changed.notify_all()
            return None

    def _has_news(self) -> bool:
        return self._stopped or bool(self._came[self._head]) or self._ended[self._head]

    def _taken(self) -> pa.RecordBatch:
        batch = self._came[self._head].popleft()
        self._bytes[self._head] -= batch.nbytes
        self._changed.notify_all()
        return batch

    def _end(self, threads: Sequence[Thread]) -> None:
        """When it returns, all lines are released."""
        with self._changed:
            over = all(self._ended)
            self._stopped = True
            self._changed.notify_all()
        while any(thread.is_alive() for thread in threads):
            if not over:
                for work in self._works:
                    work.interrupt()
            for thread in threads:
                thread.join(0.05)

    # --- the threads that read --------------------------------------------------------------------------------

    def _read(self, number: int) -> None:
        """One connection after another, as long as there are parts that nobody has begun."""
        part = None
        try:
            while self._are_left():
                with self._on_a_line(number) as line:
                    if line is None:
                        return
                    part = self._next(number)
                    if part is None:
                        self._works[number].leave_line()
                        return
                    self._read_part(part, self._works[number], line)
                    part = None
        except BaseException as error:  # noqa: BLE001 - raised where the batches are read, who would wait for ever
            self._failed(part, error)

    def _on_a_line(self, number: int) -> AbstractContextManager[Line | None]:
        work = self._works[number]
        return work.on_a_spare_line() if number else work.on_a_line((), as_stored=False)

    def _are_left(self) -> bool:
        with self._changed:
            return self._begun < len(self._queries) and not self._stopped

    def _next(self, number: int) -> int | None:
        with self._changed:
            if self._begun == len(self._queries) or self._stopped:
                return None
            self._reading.add(number)
            self._begun += 1
            return self._begun - 1

    def _read_part(self, part: int, work: Work, line: Line) -> None:
        rows = work.asked(line, self._queries[part])
        self._refuse_if_unlocked()
        for batch in self._arrived(rows, line):
            if not self._put(part, batch):
                return
        with self._changed:
            self._ended[part] = True
            self._changed.notify_all()

    def _refuse_if_unlocked(self) -> None:
        """What a line has read of a table keeps others from writing it anew, with its rows in other places, until the
        line's transaction ends, or goes back to where it began as something broke off."""
        if self._lines.broken_off != self._broken_off:
            raise SourceError("a scan broke off while another was read in parts")

    def _put(self, part: int, batch: pa.RecordBatch) -> bool:
        """False: nobody reads any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._stopped or self._has_room(part))
            if not self._stopped:
                self._came[part].append(batch)
                self._bytes[part] += batch.nbytes
                self._changed.notify_all()
            return not self._stopped

    def _has_room(self, part: int) -> bool:
        if part == self._head:
            return self._bytes[part] < HEAD_BYTES
        return sum(self._bytes) < AHEAD_BYTES

    def _failed(self, part: int | None, error: BaseException) -> None:
        """Of whoever had no part yet: the next that is left, if one is."""
        with self._changed:
            if part is None and self._begun < len(self._queries):
                part = self._begun
            self._begun = len(self._queries)  # what nobody will read need not be asked
            if part is not None:
                self._errors[part] = error
                self._ended[part] = True
            self._changed.notify_all()
