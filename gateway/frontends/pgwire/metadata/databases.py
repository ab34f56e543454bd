"""One database for each distinct definition, in a PostgreSQL that nobody else uses, and statements run in them.

Everybody's statements run as one account that owns nothing and may read the catalog only, each in a read-only
transaction that is rolled back, within a time that PostgreSQL watches.
"""

import json
import logging
import secrets
import select
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg
from psycopg import conninfo, pq

from gateway.catalog.product import Catalog
from gateway.errors import (
    AccessDenied,
    DeadlineExceeded,
    LimitExceeded,
    MeshgateError,
    QueryCanceled,
    Refused,
)
from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.metadata import definition, template
from gateway.frontends.pgwire.metadata.refused import refused
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.frontends.pgwire.refusals import MetadataUnavailable

LOG = logging.getLogger(__name__)
DATABASES = 64
"""More than this are not kept: the one not used for longest is dropped."""
IDLE = 4
"""Connections kept open of one database."""
SECONDS = 5
"""A statement about the catalog may run this long."""
SPILL = "256MB"
ROWS = 200_000
BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Field:
    """A result column as PostgreSQL describes it."""

    name: str
    oid: int
    length: int
    modifier: int


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter as it came over the wire. `format`: 0 text, 1 binary."""

    value: bytes | None
    format: int


@dataclass(frozen=True, slots=True)
class Described:
    parameters: tuple[int, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """`rows` hold each value in the format that was asked for its column."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[bytes | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Who:
    """What the stand-ins tell of whoever asks. `settings` are the session's."""

    principal: str
    database: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with its parameters' OIDs as declared, who asks it, and the database that it is for."""

    asked: Asked
    types: tuple[int, ...]
    who: Who
    known: Definition
    catalog: Catalog


@dataclass(slots=True)
class _Database:
    name: str
    idle: list[pq.abc.PGconn] = field(default_factory=list)
    taken: int = 0


class Running:
    """A statement that may be canceled from another thread."""

    def __init__(self) -> None:
        self._connection: pq.abc.PGconn | None = None
        self._canceled = False
        self._lock = threading.Lock()

    @contextmanager
    def on(self, connection: pq.abc.PGconn) -> Iterator[None]:
        with self._lock:
            if self._canceled:
                raise QueryCanceled
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def cancel(self) -> None:
        with self._lock:
            self._canceled = True
            if self._connection is not None:
                with suppress(psycopg.Error):
                    self._connection.get_cancel().cancel()


class Databases:
    """`uri` makes the administrator's address, once, when it is first needed: it may start the server."""

    def __init__(self, uri: Callable[[], str], name: str) -> None:
        self._uri = uri
        self._prefix = f"{name}_{secrets.token_hex(6)}"
        self._admin: str | None = None
        self._password = secrets.token_urlsafe(24)
        self._known: OrderedDict[Definition, _Database] = OrderedDict()
        self._lock = threading.Lock()
        self._making = threading.Lock()

    def describe(self, question: Question, running: Running) -> Described:
        """Errors: those of the catalog's own words (`refused`)."""
        with self._connected(question) as connection, self._transaction(connection, question.who, running):
            return _described(connection, question)

    def run(
        self,
        question: Question,
        values: Sequence[Given],
        formats: Callable[[int], tuple[int, ...]],
        running: Running,
    ) -> Rows:
        """`formats`: of each column, by how many there are. Errors: as `describe`."""
        with self._connected(question) as connection, self._transaction(connection, question.who, running):
            fields = _described(connection, question).fields
            wanted = formats(len(fields))
            found = {
                one: _fetched(connection, values, one, question.asked) for one in sorted(set(wanted) or {0})
            }
            if len({len(rows) for rows in found.values()}) > 1:
                raise MetadataUnavailable
            first = next(iter(found.values()))
            if len(found) == 1:
                return Rows(fields, first)
            mixed = zip(*found.values(), strict=True)
            place = {one: at for at, one in enumerate(found)}
            return Rows(
                fields, tuple(tuple(row[place[one]][at] for at, one in enumerate(wanted)) for row in mixed)
            )

    def warm(self) -> None:
        """Start the server and make the template, so that the first statement need not."""
        with self._making, suppress(psycopg.Error, OSError):
            self._admin = self._admin or self._prepared()

    def close(self) -> None:
        """Drop what was made."""
        with self._making:
            with self._lock:
                known, self._known = list(self._known.values()), OrderedDict()
            for database in known:
                for connection in database.idle:
                    connection.finish()
            if self._admin is None:
                return
            with suppress(psycopg.Error), self._administrator() as admin:
                for name in (*(database.name for database in known), self._template):
                    admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())

    # --- databases ---------------------------------------------------------------------------------------

    @property
    def _template(self) -> str:
        return f"{self._prefix}_t"

    @contextmanager
    def _connected(self, question: Question) -> Iterator[pq.abc.PGconn]:
        database = self._database(question.known, question.catalog)
        connection = None
        try:
            with self._lock:
                connection = database.idle.pop() if database.idle else None
            connection = connection or self._connection(database.name)
            yield connection
        finally:
            with self._lock:
                database.taken -= 1
                sound = connection is not None and connection.transaction_status == pq.TransactionStatus.IDLE
                if connection is not None and sound and len(database.idle) < IDLE:
                    database.idle.append(connection)
                    connection = None
            if connection is not None:
                connection.finish()

    def _database(self, known: Definition, catalog: Catalog) -> _Database:
        with self._lock:
            found = self._known.get(known)
            if found is not None:
                self._known.move_to_end(known)
                found.taken += 1
                return found
        with self._making:
            with self._lock:
                found = self._known.get(known)
            made = found or self._made(known, catalog)
            with self._lock:
                self._known[known] = made
                made.taken += 1
            self._drop_unused()
            return made

    def _made(self, known: Definition, catalog: Catalog) -> _Database:
        try:
            if self._admin is None:
                self._admin = self._prepared()
            name = f"{self._prefix}_{secrets.token_hex(8)}"
            with self._administrator() as admin:
                admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"'.encode())
            with self._administrator(name) as admin, admin.transaction():
                admin.execute(";\n".join(definition.statements(known, catalog)).encode())
        except (psycopg.Error, OSError) as error:
            LOG.exception("the gateway's own PostgreSQL cannot make a database")
            raise MetadataUnavailable from error
        return _Database(name)

    def _prepared(self) -> str:
        """The server with its accounts and its template; the administrator's address."""
        uri = self._uri()
        with psycopg.connect(uri, autocommit=True) as admin:
            for role, login in ((template.OWNER, "NOLOGIN"), (template.READER, "LOGIN")):
                if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                    admin.execute(f"CREATE ROLE {role} {login} NOINHERIT".encode())
            admin.execute(f"ALTER ROLE {template.READER} PASSWORD '{self._password}'".encode())
            admin.execute(f"ALTER ROLE {template.READER} SET temp_file_limit = '{SPILL}'".encode())
            admin.execute(f'DROP DATABASE IF EXISTS "{self._template}"'.encode())
            admin.execute(f'CREATE DATABASE "{self._template}" TEMPLATE template0'.encode())
        with psycopg.connect(_at(uri, self._template), autocommit=True) as admin:
            for statement in template.statements(self._template):
                admin.execute(statement.encode())
        return uri

    def _drop_unused(self) -> None:
        with self._lock:
            extra = [key for key, database in self._known.items() if not database.taken]
            extra = extra[: max(0, len(self._known) - DATABASES)]
            dropped = [self._known.pop(key) for key in extra]
        for database in dropped:
            for connection in database.idle:
                connection.finish()
            with suppress(psycopg.Error), self._administrator() as admin:
                admin.execute(f'DROP DATABASE "{database.name}" WITH (FORCE)'.encode())

    def _administrator(self, database: str | None = None) -> "psycopg.Connection[tuple[object, ...]]":
        assert self._admin is not None
        return psycopg.connect(_at(self._admin, database) if database else self._admin, autocommit=True)

    def _connection(self, database: str) -> pq.abc.PGconn:
        assert self._admin is not None
        where = conninfo.make_conninfo(
            self._admin,
            dbname=database,
            user=template.READER,
            password=self._password,
            client_encoding="utf8",
        )
        connection = pq.PGconn.connect(where.encode())
        if connection.status != pq.ConnStatus.OK:
            connection.finish()
            raise MetadataUnavailable
        return connection

    @contextmanager
    def _transaction(self, connection: pq.abc.PGconn, who: Who, running: Running) -> Iterator[None]:
        begin = ["BEGIN READ ONLY", f"SET LOCAL statement_timeout = '{SECONDS}s'", "SET LOCAL jit = off"]
        told = {
            "meshgate.principal": who.principal,
            "meshgate.database": who.database,
            "meshgate.version": f"PostgreSQL {who.settings.get('server_version', '')}",
            "meshgate.settings": json.dumps(dict(who.settings)),
            "search_path": who.settings.get("search_path", ""),
        }
        begin += [
            f"SET LOCAL {name} = {text if name == 'search_path' else _literal(connection, text)}"
            for name, text in told.items()
            if text
        ]
        text = ";".join(begin).encode()
        begun = connection.exec_(text)
        if begun.status != pq.ExecStatus.COMMAND_OK:
            connection.reset()  # the server may have closed it while it was idle
            begun = connection.exec_(text)
        if begun.status != pq.ExecStatus.COMMAND_OK:
            LOG.error("the gateway's own PostgreSQL: %s", begun.error_message)
            raise MetadataUnavailable
        try:
            with running.on(connection):
                yield
        finally:
            connection.exec_(b"ROLLBACK")


def _literal(connection: pq.abc.PGconn, text: str) -> str:
    return bytes(pq.Escaping(connection).escape_literal(text.replace("\0", "").encode())).decode()


def _at(uri: str, database: str) -> str:
    return conninfo.make_conninfo(uri, dbname=database)


def _described(connection: pq.abc.PGconn, question: Question) -> Described:
    asked = question.asked
    _checked(connection.prepare(b"", asked.text.encode(), question.types or None), asked)
    told = _checked(connection.describe_prepared(b""), asked)
    fields = tuple(
        Field((told.fname(at) or b"").decode(), told.ftype(at), told.fsize(at), told.fmod(at))
        for at in range(told.nfields)
    )
    return Described(tuple(told.param_type(at) for at in range(told.nparams)), fields)


def _fetched(
    connection: pq.abc.PGconn, values: Sequence[Given], wanted: int, asked: Asked
) -> tuple[tuple[bytes | None, ...], ...]:
    connection.send_query_prepared(
        b"", [given.value for given in values], [given.format for given in values], wanted
    )
    connection.set_single_row_mode()
    rows: list[tuple[bytes | None, ...]] = []
    size = 0
    failure: MeshgateError | None = None
    while (result := _next_result(connection)) is not None:
        if failure is not None:
            continue
        try:
            _checked(result, asked)
        except MeshgateError as error:
            failure = error
            continue
        for at in range(result.ntuples):
            row = tuple(result.get_value(at, column) for column in range(result.nfields))
            rows.append(row)
            size += sum(len(value) for value in row if value is not None)
        if len(rows) > ROWS or size > BYTES:
            failure = LimitExceeded(f"a statement about the catalog returns at most {ROWS} rows")
            connection.get_cancel().cancel()
    if failure is not None:
        raise failure
    return tuple(rows)


def _next_result(connection: pq.abc.PGconn) -> pq.abc.PGresult | None:
    """Waits outside of libpq, which would wait with the interpreter locked."""
    connection.flush()
    while connection.is_busy():
        select.select([connection.socket], [], [])
        connection.consume_input()
    return connection.get_result()


def _checked(result: pq.abc.PGresult, asked: Asked) -> pq.abc.PGresult:
    if result.status in (
        pq.ExecStatus.COMMAND_OK,
        pq.ExecStatus.TUPLES_OK,
        pq.ExecStatus.SINGLE_TUPLE,
    ):
        return result
    state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
    if state == "57014":  # who cancels says why; this is the clock
        raise DeadlineExceeded(f"the statement was cancelled: about the catalog it may run {SECONDS} seconds")
    message = (result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or b"").decode(errors="replace")
    place = result.error_field(pq.DiagnosticField.STATEMENT_POSITION)
    error = refused(state, message, asked.position(int(place)) if place else None)
    if not isinstance(error, Refused) or isinstance(error, AccessDenied):
        LOG.warning("the gateway's own PostgreSQL: %s %s", state, message)
    raise error
