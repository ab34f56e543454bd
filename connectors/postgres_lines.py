"""The connections of one query to a PostgreSQL, all in one state of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from threading import Condition, Event
from types import MappingProxyType

import adbc_driver_manager

from connectors.base import ScanCanceled, SourceDown, SourceError
from connectors.postgres_connection import AS_FOUND, AS_STORED, Connection
from connectors.postgres_pool import Pool
from connectors.postgres_types import literal, quoted
from connectors.spool import Spool

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
SAVEPOINT = "SAVEPOINT meshgate"
EXPORTED = "meshgate.snapshot"
EXPORT = f"SELECT pg_catalog.set_config('{EXPORTED}', pg_catalog.pg_export_snapshot(), true); "
"""Keeps the snapshot's name where it can be asked for: no result of several statements sent at once comes back."""
LEFT = 1
"""Places that a scan leaves to other queries when it takes a further line for itself."""
PATIENCE = 0.05
"""Seconds that a scan waits for another of its query to end by itself."""

Tables = Mapping[str, str]
"""Temporary tables: name -> the statement that makes it."""

NO_TABLES: Tables = MappingProxyType({})


@dataclass(eq=False, slots=True)
class Line:
    """A connection in use by a query. `tables` are its temporary ones. `spool` is what runs, if it can be put aside;
    `canceled`: a cancel was sent, and may still be on its way. `as_stored`: how its rows come (`Scan.as_stored`)."""

    connection: Connection
    tables: tuple[str, ...] = ()
    busy: bool = True
    canceled: bool = False
    spool: Spool | None = None
    as_stored: bool = False

    def read(self, *, as_stored: bool) -> None:
        """Before a scan, from whose transaction nothing of it lasts."""
        if self.as_stored is not as_stored:
            self.connection.run((AS_STORED if as_stored else AS_FOUND).format("LOCAL "))
            self.as_stored = as_stored

    def cancel(self) -> None:
        self.canceled = True
        with suppress(adbc_driver_manager.Error):  # a server that is gone: then the read ends by itself
            self.connection.cancel()


class State(Enum):
    NEW = auto()
    STARTING = auto()
    OPEN = auto()
    CLOSED = auto()


class Lines:
    """One scan at a time has a line: `take`, then `release`.

    The first line waits for its place in the pool. If the query has several scans, it begins a transaction and exports
    its snapshot; further lines, for scans at the same time, import it. They never wait for a place: without one, a scan
    waits for a line of its own query, and puts the rest of another scan aside to get it. So no query that holds a
    connection waits for one that another query holds. A scan in parts may have several lines: the others are `spare`,
    which nobody waits for. A query of one scan needs no transaction: every statement of the
    session is read-only and sees one state.
    """

    def __init__(self, pool: Pool, reference: str, scans: int | None) -> None:
        self._pool = pool
        self._name = literal(f"meshgate {reference}".strip())
        self.alone = scans == 1
        """Nothing else is read of the source for this query."""
        self._left = scans
        self._changed = Condition()
        self._state = State.NEW
        self._lines: list[Line] = []
        self._place = False
        self._exported: str | None = None
        self.broken_off = 0
        """How often a scan broke off: what locks its line had on tables may be gone."""

    @property
    def naming(self) -> str:
        """The statement that names a session after the query."""
        return f"SET application_name = {self._name}"

    def naming_and(self, settings: Mapping[str, str]) -> str:
        """One statement that names the session, and sets something until its transaction ends."""
        local = (f"pg_catalog.set_config('{name}', '{value}', true)" for name, value in settings.items())
        named = f"pg_catalog.set_config('application_name', {self._name}, false)"
        return f"SELECT {', '.join((named, *local))}"

    def reserve(self, canceled: Event) -> None:
        """Wait for the first line's place, if that is not over. For one thread at a time, before any `take`."""
        with self._changed:
            if self._place or self._state is not State.NEW:
                return
        self._pool.enter(canceled)
        with self._changed:
            self._place = True

    def take(self, canceled: Event, tables: Tables = NO_TABLES, *, as_stored: bool = False) -> Line:
        """A line for one scan; it says which of `tables` it has, and whether it is read `as_stored`."""
        while not canceled.is_set():
            with self._changed:
                self._refuse_if_over()
                first = self._state is State.NEW
                if first:
                    self._state = State.STARTING
                idle = None if first or (tables and self._exported) else self._idle()
            if first:
                return self._first(canceled, tables, as_stored)
            line = idle or self._further(tables) or self._idle_soon(canceled)
            if line is not None:
                return line
        raise ScanCanceled("the scan was cancelled")

    def spares(self) -> bool:
        """Whether `spare` is likely to give one."""
        if self.alone or self._exported is None:
            return False
        with self._changed:
            idle = any(not line.busy for line in self._lines)
        return idle or self._pool.has_free(1 + LEFT)

    def spare(self) -> Line | None:
        """One line more for a scan that has one, if that takes no waiting and leaves something to other queries."""
        with self._changed:
            if self._state is not State.OPEN:
                return None
            idle = self._idle()
        try:
            return idle or self._further(NO_TABLES, LEFT)
        except SourceError:  # it was down a moment ago
            return None

    def release(self, line: Line, *, well: bool) -> None:
        """What ran on `line` has ended, or (not `well`) broke off."""
        line.spool = None
        if not well:
            with self._changed:
                self.broken_off += 1  # before the locks go
        usable = well or (not self.alone and _recovered(line))
        gone = self.alone or not usable
        with self._changed:
            if gone:
                self._lines.remove(line)
            line.busy = False
            self._changed.notify_all()
        if gone:
            self._give(line, usable=usable)

    def ended(self) -> None:
        """A stream has ended and its line is released. With the last one's end the source is let go."""
        with self._changed:
            if self._left is not None:
                self._left -= 1
            over = self._left == 0
        if over:
            self.close()

    def close(self) -> None:
        """Let the source go. Every line must have been released. Idempotent."""
        with self._changed:
            self._state = State.CLOSED
            lines, self._lines = self._lines, []
            place, self._place = self._place, False
            self._changed.notify_all()
        for line in lines:
            self._give(line, usable=True)
        if place:
            self._pool.leave()

    def _refuse_if_over(self) -> None:
        if self._state is State.CLOSED or (self.alone and self._state is not State.NEW):
            raise SourceError("the snapshot is closed")
        if self._state is State.OPEN and not self._lines:
            raise SourceError("the source broke off while the query was running")

    # --- new lines ----------------------------------------------------------------------------------------

    def _first(self, canceled: Event, tables: Tables, as_stored: bool) -> Line:  # noqa: FBT001
        """Whoever calls has made the state STARTING."""
        try:
            self._enter(canceled)
            line = self._with_place(tables, first=True, as_stored=as_stored)
        except BaseException:
            with self._changed:
                if self._state is State.STARTING:
                    self._state = State.NEW
                self._changed.notify_all()
            raise
        with self._changed:
            self._state = State.OPEN
            self._lines.append(line)
            self._changed.notify_all()
        return line

    def _enter(self, canceled: Event) -> None:
        with self._changed:
            place, self._place = self._place, False
        if not place:
            self._pool.enter(canceled)

    def _further(self, tables: Tables, left: int = 0) -> Line | None:
        """A line in the same state, if there is a place for it now and the source can do that."""
        if self._exported is None or not self._pool.try_enter(left):
            return None
        try:
            line = self._with_place(tables, first=False)
        except SourceError:  # another server behind the same address, or too many connections for it
            return None
        with self._changed:
            self._lines.append(line)
        return line

    def _with_place(self, tables: Tables, *, first: bool, as_stored: bool = False) -> Line:
        """Gives the place back if it fails."""
        try:
            line = self._opened(tables, as_stored=as_stored)
            if first and not self.alone and self._pool.exports:
                self._exported = line.connection.value(f"SELECT pg_catalog.current_setting('{EXPORTED}')")
        except BaseException:
            self._pool.leave()
            raise
        return line

    def _opened(self, tables: Tables, *, as_stored: bool) -> Line:
        if tables and self._pool.makes_tables:
            try:
                making = f"BEGIN READ WRITE; {'; '.join(tables.values())}; COMMIT; "
                return Line(self._begun(making), tuple(tables))
            except SourceDown:
                raise
            except SourceError:  # the account may not, or the server is a standby
                self._pool.makes_tables = False
        if self.alone:
            connection = self._pool.connection(self.naming, as_stored=as_stored)
            return Line(connection, as_stored=as_stored)
        return Line(self._begun(""))

    def _begun(self, making: str) -> Connection:
        """In a transaction, whose snapshot is exported or imported. Behind it a savepoint, to which a scan that breaks
        off goes back: else its transaction and with it the state would be lost. All in one round trip."""
        begin = f"{making}{BEGIN}; "
        end = f"SET LOCAL application_name = {self._name}; {SAVEPOINT}"
        if self._exported is not None:
            imported = f"SET TRANSACTION SNAPSHOT {literal(self._exported)}; "
            return self._transaction(begin + imported + end)
        if self._pool.exports and not self.alone:
            try:
                return self._transaction(begin + EXPORT + end)
            except SourceDown:
                raise
            except SourceError:  # a server that cannot, if the rest succeeds without
                connection = self._transaction(begin + end)
                self._pool.exports = False
                return connection
        return self._transaction(begin + end)

    def _transaction(self, opening: str) -> Connection:
        return self._pool.connection(opening, in_transaction=True)

    # --- lines that are there --------------------------------------------------------------------------------

    def _idle(self) -> Line | None:
        line = next((line for line in self._lines if not line.busy), None)
        if line is not None:
            line.busy = True
        return line

    def _idle_soon(self, canceled: Event) -> Line | None:
        """A line of this query when it is free; None: not yet."""
        with self._changed:
            self._changed.wait(PATIENCE)
            self._refuse_if_over()
            if (line := self._idle()) is not None:
                return line
            spools = [line.spool for line in self._lines if line.spool is not None]
        for spool in spools:
            if spool.put_aside(canceled):
                break
        return None

    def _give(self, line: Line, *, usable: bool) -> None:
        in_transaction = bool(line.tables) or not self.alone
        clean = usable and not line.canceled
        self._pool.give(line.connection, clean=clean and (not in_transaction or _tidied(line)))


def _recovered(line: Line) -> bool:
    """Whether the transaction goes on after a scan broke off. Twice, because a cancel that came too late for the scan
    may hit the first."""
    for _ in range(2):
        try:
            line.connection.run("ROLLBACK TO " + SAVEPOINT)
        except adbc_driver_manager.Error:
            continue
        line.as_stored = False
        return True
    return False


def _tidied(line: Line) -> bool:
    drops = "".join(f"DROP TABLE pg_temp.{quoted(name)}; " for name in line.tables)
    try:
        line.connection.run(f"ROLLBACK; BEGIN READ WRITE; {drops}COMMIT" if drops else "ROLLBACK")
    except adbc_driver_manager.Error:
        return False  # the rows are complete; the connection is of no more use
    return True
