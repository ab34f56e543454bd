"""One statement about the catalog on one connection: a read-only transaction that is rolled back, within a time that
PostgreSQL watches and a time that the gateway watches."""

import json
import logging
import select
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
from psycopg import pq

from gateway.errors import AccessDenied, DeadlineExceeded, LimitExceeded, MeshgateError, Refused
from gateway.frontends.pgwire.metadata.question import Described, Field, Given, Question, Rows, Running, Who
from gateway.frontends.pgwire.metadata.refused import refused
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.frontends.pgwire.metadata.stand_ins import SCHEMA, TOO_LONG
from gateway.frontends.pgwire.refusals import MetadataUnavailable

LOG = logging.getLogger(__name__)
SECONDS = 4
"""A statement about the catalog may run this long."""
GRACE = 2
"""The gateway waits this much longer for a PostgreSQL that does not watch its own clock."""
ROWS = 200_000
BYTES = 64 << 20
ROW_BYTES = 4 << 20
AT_ONCE = 8
"""Rows that libpq hands out together, and holds until then: each by itself took three times as long."""
SPILLED = "53400"
"""The SQLSTATE of a statement that writes more temporary files than it may."""
NO_MEMORY = "53200"
"""Of one that needs more memory than the server's processes may have."""


class ConnectionLost(Exception):
    """Nothing was asked: another connection may be tried."""


@contextmanager
def transaction(connection: pq.abc.PGconn, who: Who, running: Running) -> Iterator[None]:
    """Raises ConnectionLost."""
    try:
        begun = connection.exec_(";".join(_beginning(connection, who)).encode())
    except psycopg.Error as error:
        raise ConnectionLost from error
    if begun.status != pq.ExecStatus.COMMAND_OK:
        LOG.warning("the gateway's own PostgreSQL: %s", begun.error_message)
        raise ConnectionLost
    try:
        with running.on(connection):
            yield
    except psycopg.Error as error:
        LOG.warning("the gateway's own PostgreSQL: %s", error)
        raise MetadataUnavailable from error
    finally:
        if connection.transaction_status in (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR):
            connection.exec_(b"ROLLBACK")


def _beginning(connection: pq.abc.PGconn, who: Who) -> Iterator[str]:
    yield "BEGIN READ ONLY"
    yield f"SET LOCAL statement_timeout = '{SECONDS}s'"
    told = {
        "principal": who.principal,
        "database": who.database,
        "version": f"PostgreSQL {who.settings.get('server_version', '')}",
        "settings": json.dumps(dict(who.settings)),
        "process": str(who.process),
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
        Field(
            (told.fname(at) or b"").decode(),
            told.ftype(at),
            told.fsize(at),
            told.fmod(at),
            (told.ftable(at), told.ftablecol(at)),
        )
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
    asked = question.asked
    fields = described(connection, question).fields
    wanted = formats(len(fields))
    if wanted:
        text = _bounded(asked.text, wanted)
        _checked(connection.prepare(b"", text.encode(), question.types or None), asked)
    return Rows(fields, _fetched(connection, values, max(wanted, default=0), asked))


def _bounded(text: str, formats: Sequence[int]) -> str:
    """The statement with no row longer than it may be: libpq holds AT_ONCE whole rows before they can be counted.

    All columns of a result have one format: where both are asked for, texts are made here, and a text is the same in
    both.
    """
    names = [f"c{place}" for place in range(len(formats))]
    mixed = len(set(formats)) > 1
    shown = (
        _as_text(name) if mixed and not form else name for name, form in zip(names, formats, strict=True)
    )
    return (
        f"WITH pg_answer ({', '.join(names)}) AS MATERIALIZED (\n{text}\n) SELECT {', '.join(shown)} FROM pg_answer"
        f" WHERE CASE WHEN pg_catalog.pg_column_size(pg_answer.*) > {ROW_BYTES} THEN {SCHEMA}.too_long() ELSE true END"
    )


def _as_text(name: str) -> str:
    """By the output function of its type, which a cast need not be."""
    return f"CASE WHEN pg_catalog.num_nulls({name}) = 0 THEN pg_catalog.concat({name}) END"


@dataclass(slots=True)
class _Arriving:
    """Results of a statement that was sent, within a time."""

    connection: pq.abc.PGconn
    deadline: float = field(default_factory=lambda: time.monotonic() + SECONDS + GRACE)

    def __iter__(self) -> Iterator[pq.abc.PGresult]:
        while (result := self._next()) is not None:
            yield result

    def _next(self) -> pq.abc.PGresult | None:
        """Waits outside of libpq, which would wait with the interpreter locked."""
        self.connection.flush()
        while self.connection.is_busy():
            self._wait()
            self.connection.consume_input()
        return self.connection.get_result()

    def _wait(self) -> None:
        left = self.deadline - time.monotonic()
        readable = select.poll()
        readable.register(self.connection.socket, select.POLLIN)
        if left <= 0 or not readable.poll(left * 1000):
            raise _late()


def _fetched(
    connection: pq.abc.PGconn, values: Sequence[Given], wanted: int, asked: Asked
) -> tuple[tuple[bytes | None, ...], ...]:
    """A failure on the way leaves the connection in the middle of an answer: whoever gave it closes it."""
    connection.send_query_prepared(
        b"", [given.value for given in values], [given.format for given in values], wanted
    )
    connection.set_chunked_rows_mode(AT_ONCE)
    rows: list[tuple[bytes | None, ...]] = []
    size = 0
    failure: MeshgateError | None = None
    for result in _Arriving(connection):
        try:
            _checked(result, asked)
        except MeshgateError as error:
            failure = failure or error
            continue
        columns = range(result.nfields)
        fresh = [tuple([result.get_value(at, column) for column in columns]) for at in range(result.ntuples)]
        rows += fresh
        size += sum(len(value) for row in fresh for value in row if value is not None)
        if len(rows) > ROWS or size > BYTES:
            raise _too_much()
    if failure is not None:
        raise failure
    return tuple(rows)


def _too_much() -> LimitExceeded:
    return LimitExceeded(
        f"a statement about the catalog returns at most {ROWS} rows, {BYTES >> 20} MB,"
        f" and {ROW_BYTES >> 20} MB in one row"
    )


def _late() -> DeadlineExceeded:
    return DeadlineExceeded(f"the statement was cancelled: about the catalog it may run {SECONDS} seconds")


def _checked(result: pq.abc.PGresult, asked: Asked) -> pq.abc.PGresult:
    if result.status in (
        pq.ExecStatus.COMMAND_OK,
        pq.ExecStatus.TUPLES_OK,
        pq.ExecStatus.TUPLES_CHUNK,
    ):
        return result
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if state == "57014":  # who cancels says why; this is the clock
        raise _late()
    if state in (TOO_LONG, SPILLED):
        raise _too_much()
    if state == NO_MEMORY:
        raise LimitExceeded("a statement about the catalog may not take so much memory")
    message = (result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace")
    place = result.error_field(pq.DiagnosticField.STATEMENT_POSITION)
    error = refused(state, message, asked.position(int(place)) if place else None)
    if not isinstance(error, Refused) or isinstance(error, AccessDenied):
        LOG.warning("the gateway's own PostgreSQL: %s %s", state, message)
    raise error
