"""What one scan of a PostgreSQL uses, and how another thread interrupts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Protocol

import pyarrow as pa
from psycopg import pq

from connectors.base import ScanCanceled, SourceError
from connectors.postgres_connection import ORDERING
from connectors.postgres_keys import SentKeys
from connectors.postgres_known import Known
from connectors.postgres_lines import Line, Lines
from connectors.postgres_lookup import LookupFailed, LookupSession
from connectors.postgres_pool import Pool
from connectors.spool import Spool


class Beside(Protocol):
    """Others that work for the same scan."""

    @property
    def connections(self) -> int: ...

    def interrupt(self) -> None: ...


class Work:
    """One scan's use of a line, that another thread may interrupt."""

    def __init__(self, pool: Pool, lines: Lines) -> None:
        self._pool = pool
        self._lines = lines
        self._lock = Lock()
        self._canceled = Event()
        self._line: Line | None = None
        self._rows: Spool | None = None
        self._lookup: LookupSession | None = None
        self._beside: Beside | None = None
        self.known: Known | None = None

    @property
    def connections(self) -> int:
        """How many have read."""
        return 1 if self._beside is None else self._beside.connections

    def work_beside(self, others: Beside) -> None:
        """What interrupts this interrupts the others, too."""
        with self._lock:
            self._beside = others
        if self._canceled.is_set():
            others.interrupt()

    def interrupt(self) -> None:
        self._canceled.set()
        if self._beside is not None:
            self._beside.interrupt()
        with self._lock:
            if self._line is not None:
                self._line.cancel()
            if self._lookup is not None:
                self._lookup.cancel()

    def look_up(self, sql: str, known: Known, *, as_stored: bool) -> None:
        """Send a question whose columns are `known`, if there is a session for it now."""
        session = self._pool.lookup()
        if session is None:
            return
        try:
            session.send(self._lines.naming_and(ORDERING) if as_stored else self._lines.naming, sql)
        except LookupFailed:
            self._pool.give_lookup(session, clean=False)
            return
        with self._lock:
            self._lookup, self.known = session, known

    def looked_up(self) -> pq.abc.PGresult | None:
        """The answer, once; None: nothing was asked, or it was refused. Waits for it."""
        session, well, answer = self._lookup, False, None
        if session is None:
            return None
        try:
            answer = session.answer()
            well = True
        except LookupFailed:
            pass
        finally:
            self.leave_lookup(well=well)
        return answer

    def leave_lookup(self, *, well: bool = False) -> None:
        """Idempotent. Unless it went `well`, nobody knows what still comes."""
        with self._lock:  # from here on a cancel finds nothing; one that was sent may still be on its way
            session, self._lookup = self._lookup, None
        if session is not None:
            self._pool.give_lookup(session, clean=well and not self._canceled.is_set())

    @contextmanager
    def on_a_line(self, keys: tuple[SentKeys, ...], *, as_stored: bool) -> Iterator[Line]:
        with self._failures(keys):
            tables = {each.name: each.creation for each in keys if each.many}
            line = self._lines.take(self._canceled, tables, as_stored=as_stored)
            with self._using(line):
                line.read(as_stored=as_stored)
                yield line

    @contextmanager
    def on_a_spare_line(self) -> Iterator[Line | None]:
        """None: there is none now."""
        with self._failures(()):
            line = self._lines.spare()
            if line is None:
                yield None
                return
            with self._using(line):
                yield line

    @contextmanager
    def _using(self, line: Line) -> Iterator[None]:
        with self._lock:
            self._line = line
        try:
            yield
        finally:
            if self._rows is not None:
                self._rows.close()
            self._released(well=False)  # nothing was asked, or it has been released before

    @contextmanager
    def _failures(self, keys: tuple[SentKeys, ...]) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            if self._canceled.is_set():
                raise ScanCanceled("the scan was cancelled") from error
            raise self._failure(error, keys) from error

    def leave_line(self) -> None:
        """Of a line on which nothing runs."""
        self._released(well=True)

    def asked(self, line: Line, sql: str) -> Spool:
        """The running query. Its end releases the line, in whatever thread that happens."""
        rows = line.connection.query(sql)
        line.spool = self._rows = Spool(rows, lambda well: self._released(well=well))
        return self._rows

    def one(self, line: Line, sql: str) -> pa.RecordBatchReader | None:
        """Its only row, or none, in one round trip instead of three; the line is released. None: there are more rows,
        as many as nobody knows."""
        found = line.connection.at_once(f"{sql} LIMIT 2")
        if found.num_rows > 1:
            return None
        self._released(well=True)
        return found.to_reader()

    def _released(self, *, well: bool) -> None:
        with self._lock:  # from here on a cancel finds nothing; one that was sent may still be on its way
            line, self._line = self._line, None
        if line is not None:
            self._lines.release(line, well=well)

    def _failure(self, error: Exception, keys: tuple[SentKeys, ...]) -> SourceError:
        """Without the keys, which the driver repeats with the statement."""
        found = self._pool.failure(error)
        text = str(found)
        for each in keys:
            text = text.replace(each.arrays, "(keys)")
        return found if text == str(found) else type(found)(text)
