"""A bounded pool of connections to one PostgreSQL: the gateway must not overload a domain's database."""

import re
import time
from dataclasses import dataclass
from threading import Condition, Event, Lock
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

import adbc_driver_manager
import adbc_driver_postgresql

from connectors.base import ScanCanceled, SourceDown, SourceError
from connectors.postgres_connection import SESSION, Connection
from connectors.postgres_lookup import LookupFailed, LookupSession

# A source whose machine vanished answers nothing, not even an error: without these a read would never end.
ALIVE = MappingProxyType(
    {
        "keepalives_idle": "15",
        "keepalives_interval": "5",
        "keepalives_count": "3",
        "tcp_user_timeout": "30000",
    }
)


FIRST_PAUSE, LAST_PAUSE = 0.5, 30.0

S = TypeVar("S", Connection, LookupSession)


class Pool:
    """At most `size` connections, those for lookups among them; connects when asked for one and none is idle.

    After a failure to connect, connecting is refused for a while that doubles from FIRST_PAUSE to LAST_PAUSE seconds
    with every further failure; then one thread tries, and the others are refused until it has succeeded. So a source
    that is down costs its queries no time, and a source that comes back is not run over.
    """

    def __init__(
        self, uri: str, size: int, connect_timeout: float, wait: float, session: tuple[str, ...]
    ) -> None:
        self._uri = with_parameters(uri, {**ALIVE, "connect_timeout": str(max(2, round(connect_timeout)))})
        self._secrets = secrets(uri)
        self._size = size
        self._wait = wait
        self._session = session
        self._changed = Condition()
        self._idle: list[Connection] = []
        self._lookups: list[LookupSession] = []
        self._next_lookup = 0.0  # when a session for lookups may be opened again
        self._taken = 0
        self._closed = False
        self._connecting = Lock()
        self._failure: _Failure | None = None
        self._database: Any = None
        self.makes_tables = True
        """Whether the account may make temporary tables, as far as known."""
        self.exports = True
        """Whether the server can export a snapshot, as far as known."""

    def enter(self, canceled: Event) -> None:
        """Wait for a place; `connection` and `give`, or `leave`, must follow. SourceError: all are busy for too long.
        SourceDown: the source was down a moment ago."""
        deadline = time.monotonic() + self._wait
        with self._changed:
            while not self._entered():
                if canceled.is_set():
                    raise ScanCanceled("the scan was cancelled")
                if time.monotonic() > deadline:
                    raise SourceError(f"all {self._size} connections are busy since {self._wait:g} seconds")
                self._changed.wait(0.05)

    def try_enter(self, left: int = 0) -> bool:
        """A place if one is free now, and `left` more for others."""
        with self._changed:
            return self._entered(left)

    def has_free(self, places: int) -> bool:
        """Whether so many places are free now."""
        with self._changed:
            return self._taken + places <= self._size

    def lookup(self) -> LookupSession | None:
        """A session for lookups if one is idle and a place free now; `give_lookup` must follow."""
        with self._changed:
            if self._closed or not self._lookups or self._taken >= self._size:
                return None
            self._taken += 1
            return self._lookups.pop()

    def give_lookup(self, session: LookupSession, *, clean: bool) -> None:
        """As `give`."""
        self._give(self._lookups, session, clean=clean)

    def open_lookup(self) -> None:
        """One more session for lookups, if none is idle; in the place of an idle connection, if there are that many
        already. For one who has just been answered: a server that is down is not asked. Another may be tried later."""
        with self._changed:
            full = self._taken + len(self._idle) >= self._size
            late = time.monotonic() < self._next_lookup
            if self._closed or self._lookups or late or (full and len(self._idle) < 2):
                return
            self._next_lookup = time.monotonic() + LAST_PAUSE
            self._taken += 1
            replaced = self._idle.pop(0) if full else None
        try:
            if replaced is not None:
                replaced.close()
            session = LookupSession(self._uri, "; ".join((*SESSION, *self._session)))
        except LookupFailed:
            self.leave()
            return
        self._next_lookup = 0.0
        self.give_lookup(session, clean=True)

    def connection(
        self, opening: str, *, as_stored: bool = False, in_transaction: bool = False
    ) -> Connection:
        """A connection on which the statements `opening` have run (`Connection.begin`). SourceDown: none to be had."""
        while (idle := self._pop_idle()) is not None:
            try:
                idle.begin(opening, as_stored=as_stored, in_transaction=in_transaction)
            except adbc_driver_manager.Error as error:
                idle.close()
                if not _is_lost(error):
                    raise self.failure(error) from error
                continue  # the server closed it while it was idle: nothing is lost yet
            return idle
        self._make_room()
        connection = self._connected()
        try:
            connection.begin(opening, as_stored=as_stored, in_transaction=in_transaction)
        except adbc_driver_manager.Error as error:
            connection.close()
            raise self.failure(error) from error
        return connection

    def give(self, connection: Connection, *, clean: bool) -> None:
        """Back to the pool if `clean`: out of its transaction, nothing running or about to be cancelled."""
        self._give(self._idle, connection, clean=clean)

    def _give(self, idle: list[S], session: S, *, clean: bool) -> None:
        with self._changed:
            keep = clean and not self._closed
            if keep:
                idle.append(session)
        try:
            if not keep:
                session.close()
        finally:
            self.leave()

    def leave(self) -> None:
        """Give back a place without a connection."""
        with self._changed:
            self._taken -= 1
            done = self._closed and self._taken == 0
            self._changed.notify()
        if done:
            self._close_database()

    def close(self) -> None:
        """Close what is idle; what is taken closes when it comes back."""
        with self._changed:
            self._closed = True
            idle: list[Connection | LookupSession] = [*self._idle, *self._lookups]
            self._idle, self._lookups = [], []
        for connection in idle:
            connection.close()
        self._close_database()

    def failure(self, error: Exception) -> SourceError:
        """The error without the password, as SourceDown if the server cannot be talked to at all."""
        if isinstance(error, SourceError):
            return error
        state = getattr(error, "sqlstate", None) or ""
        down = state[:2] == "08" or state in ("57P03", "53300")
        return (SourceDown if down else SourceError)(self._redacted(str(error)))

    def _entered(self, left: int = 0) -> bool:
        if self._closed:
            raise SourceError("the connector is closed")
        if not self._idle and self._failure is not None:
            self._failure.refuse_in_pause()
        if self._taken + left >= self._size:
            return False
        self._taken += 1
        return True

    def _pop_idle(self) -> Connection | None:
        with self._changed:
            return self._idle.pop() if self._idle else None

    def _make_room(self) -> None:
        """For a connection that is about to be opened in a place that is taken."""
        with self._changed:
            over = self._taken + len(self._idle) + len(self._lookups) > self._size
            session = self._lookups.pop(0) if over and self._lookups else None
        if session is not None:
            session.close()

    def _connected(self) -> Connection:
        """One thread connects at a time; those who waited while it failed do not try the same again."""
        if self._failure is not None and self._connecting.locked():
            raise SourceDown(self._failure.text)
        with self._connecting:
            before = self._failure
            if before is not None:
                before.refuse_in_pause()
            try:
                connection = self._connect()
            except adbc_driver_manager.Error as error:
                self._failure = _Failure.after(before, self._redacted(str(error)))
                raise SourceDown(self._failure.text) from None  # the driver's own error may show the URI
            self._failure = None
            return connection

    def _connect(self) -> Connection:
        if self._database is None:
            self._database = adbc_driver_postgresql.connect(self._uri)
        raw = adbc_driver_manager.AdbcConnection(self._database)
        try:
            return Connection(raw, self._session)
        except BaseException:
            raw.close()
            raise

    def _close_database(self) -> None:
        with self._changed:
            if self._taken or self._database is None:
                return
            database, self._database = self._database, None
        database.close()

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why connecting failed last, and until when (seconds of the monotonic clock) nobody tries again."""

    text: str
    pause: float
    until: float

    @classmethod
    def after(cls, before: "_Failure | None", text: str) -> "_Failure":
        pause = FIRST_PAUSE if before is None else min(2 * before.pause, LAST_PAUSE)
        return cls(text, pause, time.monotonic() + pause)

    def refuse_in_pause(self) -> None:
        if time.monotonic() < self.until:
            raise SourceDown(self.text)


def _is_lost(error: adbc_driver_manager.Error) -> bool:
    """Whether the connection is gone, and not only a statement refused: then the driver knows no SQLSTATE."""
    return error.sqlstate is None or error.sqlstate[:2] in ("08", "57")


def secrets(uri: str) -> tuple[str, ...]:
    """What of a connection string must not be logged, longest first."""
    found = {uri}
    if "://" in uri:
        password = uri.partition("://")[2].rpartition("@")[0].partition(":")[2]
        found |= {password, unquote(password)}
        uri = unquote(urlsplit(uri).query.replace("&", " "))
    found |= {word.strip("'") for word in re.findall(r"password\s*=\s*('(?:[^'\\]|\\.)*'|\S+)", uri)}
    return tuple(sorted(found - {""}, key=len, reverse=True))


def with_parameters(uri: str, parameters: dict[str, str]) -> str:
    """The connection string with those parameters that it does not name itself."""
    missing = {key: value for key, value in parameters.items() if not re.search(rf"\b{key}\s*=", uri)}
    if "://" not in uri:
        return " ".join((uri, *(f"{key}={value}" for key, value in missing.items())))
    if not missing:
        return uri
    joint = "&" if "?" in uri else "?"
    return uri + joint + "&".join(f"{key}={quote(value)}" for key, value in missing.items())
