"""One statement about the catalog on one connection: a read-only transaction that is rolled back, within a time that
PostgreSQL watches and a time that the gateway watches."""

import fcntl
import json
import logging
import select
import struct
import termios
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from psycopg import pq

from gateway.errors import AccessDenied, DeadlineExceeded, LimitExceeded, MeshgateError, Refused
from gateway.frontends.pgwire.metadata.question import Described, Field, Given, Question, Rows, Running, Who
from gateway.frontends.pgwire.metadata.refused import refused
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.frontends.pgwire.refusals import MetadataUnavailable

LOG = logging.getLogger(__name__)
SECONDS = 5
"""A statement about the catalog may run this long."""
GRACE = 2
"""The gateway waits this much longer for a PostgreSQL that does not watch its own clock."""
ROWS = 200_000
BYTES = 64 << 20


class ConnectionLost(Exception):
    """Nothing was asked: another connection may be tried."""


@contextmanager
def transaction(connection: pq.abc.PGconn, who: Who, running: Running) -> Iterator[None]:
    """Raises ConnectionLost."""
    text = ";".join(_beginning(connection, who)).encode()
    begun = connection.exec_(text)
    if begun.status != pq.ExecStatus.COMMAND_OK:
        LOG.warning("the gateway's own PostgreSQL: %s", begun.error_message)
        raise ConnectionLost
    try:
        with running.on(connection):
            yield
    finally:
        connection.exec_(b"ROLLBACK")


def _beginning(connection: pq.abc.PGconn, who: Who) -> Iterator[str]:
    yield "BEGIN READ ONLY"
    yield f"SET LOCAL statement_timeout = '{SECONDS}s'"
    told = {
        "principal": who.principal,
        "database": who.database,
        "version": f"PostgreSQL {who.settings.get('server_version', '')}",
        "settings": json.dumps(dict(who.settings)),
    }
    for name, text in told.items():
        yield f"SET LOCAL meshgate.{name} = {_literal(connection, text)}"
    if path := who.settings.get("search_path"):
        yield f"SET LOCAL search_path = {path}"


def _literal(connection: pq.abc.PGconn, text: str) -> str:
    return bytes(pq.Escaping(connection).escape_literal(text.replace("\0", "").encode())).decode()


def described(connection: pq.abc.PGconn, question: Question) -> Described:
    """Errors: those of the catalog's own words (`refused`)."""
    asked = question.asked
    _checked(connection.prepare(b"", asked.text.encode(), question.types or None), asked)
    told = _checked(connection.describe_prepared(b""), asked)
    fields = tuple(
        Field((told.fname(at) or b"").decode(), told.ftype(at), told.fsize(at), told.fmod(at))
        for at in range(told.nfields)
    )
    return Described(tuple(told.param_type(at) for at in range(told.nparams)), fields)


def answered(
    connection: pq.abc.PGconn,
    question: Question,
    values: Sequence[Given],
    formats: Callable[[int], tuple[int, ...]],
) -> Rows:
    """`formats`: of each column, by how many there are. Errors: as `described`."""
    fields = described(connection, question).fields
    wanted = formats(len(fields))
    found = {one: _fetched(connection, values, one, question.asked) for one in sorted(set(wanted) or {0})}
    if len({len(rows) for rows in found.values()}) > 1:
        raise MetadataUnavailable
    first = next(iter(found.values()))
    if len(found) == 1:
        return Rows(fields, first)
    mixed = zip(*found.values(), strict=True)
    place = {one: at for at, one in enumerate(found)}
    return Rows(fields, tuple(tuple(row[place[one]][at] for at, one in enumerate(wanted)) for row in mixed))


@dataclass(slots=True)
class _Arriving:
    """Results of a statement that was sent, within a time and a number of bytes that hold before they are read."""

    connection: pq.abc.PGconn
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS + GRACE)
    bytes: int = 0

    def __iter__(self) -> Iterator[pq.abc.PGresult]:
        while (result := self._next()) is not None:
            yield result

    def _next(self) -> pq.abc.PGresult | None:
        """Waits outside of libpq, which would wait with the interpreter locked."""
        self.connection.flush()
        while self.connection.is_busy():
            self._wait()
            self.bytes += _waiting(self.connection.socket)
            if self.bytes > BYTES:
                raise LimitExceeded(f"a statement about the catalog returns at most {BYTES >> 20} MB")
            self.connection.consume_input()
        return self.connection.get_result()

    def _wait(self) -> None:
        left = self.deadline - time.monotonic()
        readable = select.poll()
        readable.register(self.connection.socket, select.POLLIN)
        if left <= 0 or not readable.poll(left * 1000):
            raise _late()


def _waiting(socket: int) -> int:
    """Bytes that have arrived and are not read."""
    (count,) = struct.unpack("i", fcntl.ioctl(socket, termios.FIONREAD, b"\0\0\0\0"))
    return int(count)


def _fetched(
    connection: pq.abc.PGconn, values: Sequence[Given], wanted: int, asked: Asked
) -> tuple[tuple[bytes | None, ...], ...]:
    """A failure on the way leaves the connection in the middle of an answer: whoever gave it closes it."""
    connection.send_query_prepared(
        b"", [given.value for given in values], [given.format for given in values], wanted
    )
    connection.set_single_row_mode()
    rows: list[tuple[bytes | None, ...]] = []
    failure: MeshgateError | None = None
    for result in _Arriving(connection):
        try:
            _checked(result, asked)
        except MeshgateError as error:
            failure = failure or error
            continue
        rows += (_row(result, at) for at in range(result.ntuples))
        if len(rows) > ROWS:
            raise LimitExceeded(f"a statement about the catalog returns at most {ROWS} rows")
    if failure is not None:
        raise failure
    return tuple(rows)


def _row(result: pq.abc.PGresult, at: int) -> tuple[bytes | None, ...]:
    return tuple(result.get_value(at, column) for column in range(result.nfields))


def _late() -> DeadlineExceeded:
    return DeadlineExceeded(f"the statement was cancelled: about the catalog it may run {SECONDS} seconds")


def _checked(result: pq.abc.PGresult, asked: Asked) -> pq.abc.PGresult:
    if result.status in (
        pq.ExecStatus.COMMAND_OK,
        pq.ExecStatus.TUPLES_OK,
        pq.ExecStatus.SINGLE_TUPLE,
    ):
        return result
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if state == "57014":  # who cancels says why; this is the clock
        raise _late()
    message = (result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace")
    place = result.error_field(pq.DiagnosticField.STATEMENT_POSITION)
    error = refused(state, message, asked.position(int(place)) if place else None)
    if not isinstance(error, Refused) or isinstance(error, AccessDenied):
        LOG.warning("the gateway's own PostgreSQL: %s %s", state, message)
    raise error
