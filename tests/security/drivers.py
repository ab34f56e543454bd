"""How an attack reaches a world: straight into the pipeline, or as a client of an endpoint."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Protocol

import psycopg
import pyarrow as pa
from flask.testing import FlaskClient
from scramp import ScramMechanism

from gateway.engines.base import Answer, Engine, Input, OutputColumn
from gateway.frontends.contract import Gateway
from gateway.frontends.http.app import create_app
from gateway.frontends.pgwire.handshake import PostgresGateway
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.frontends.pgwire.metadata.governed import GovernedCatalog
from gateway.frontends.pgwire.server import PostgresServer
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, run, visible
from gateway.query.request import Parameter
from gateway.settings import Address
from policies.principal import Principal
from tests.query.mesh import Told, ask
from tests.system_postgres import databases


class Driver(Protocol):
    """Asks one statement in one world and says all that a consumer is told."""

    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told: ...


class InProcess:
    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told:
        return ask(mesh, sql, principal, tuple(Parameter(value) for value in parameters))


class Again:
    """In process, twice: the second answer, whose plan may be remembered, must be the first's."""

    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told:
        first, second = (InProcess().ask(mesh, sql, principal, parameters) for _ in range(2))
        ordered = "order by" in sql.lower()
        assert first == second or (not ordered and first.unordered() == second.unordered())
        return second


@dataclass(frozen=True, slots=True)
class Credentials:
    salt: bytes
    iterations: int
    stored_key: bytes
    server_key: bytes


PASSWORD = "secret"


class OnePrincipal:
    """Whoever signs in is `current`."""

    def __init__(self) -> None:
        self.current: Principal | None = None
        salt, stored, server, iterations = ScramMechanism("SCRAM-SHA-256").make_auth_info(PASSWORD)
        self._credentials = Credentials(salt, iterations, stored, server)

    def principal(self, name: str) -> Principal | None:
        return self.current

    def credentials(self, name: str) -> Credentials:
        return self._credentials

    def authenticate(self, name: str, password: str) -> Principal:
        assert self.current is not None
        return self.current

    def renewed(self, principal: Principal) -> Principal:
        return principal


@dataclass
class OverPostgres:
    """A client of the PostgreSQL endpoint: one server a mesh, one connection a question."""

    identity: OnePrincipal = field(default_factory=OnePrincipal)
    databases: Callable[[], Databases] = databases
    _servers: dict[int, PostgresServer] = field(default_factory=dict)

    def ask(
        self,
        mesh: Mesh,
        sql: str,
        principal: Principal,
        parameters: tuple[object, ...],
        setup: tuple[str, ...] = (),
    ) -> Told:
        with self.connected(mesh, principal) as connection:
            for statement in setup:
                with suppress(psycopg.Error):
                    connection.execute(statement.encode())
            return self.asked(connection, sql, parameters)

    def connected(self, mesh: Mesh, principal: Principal) -> "psycopg.Connection[Any]":
        self.identity.current = principal
        return psycopg.connect(
            host="127.0.0.1",
            port=self._server(mesh).port,
            user="ana",
            password=PASSWORD,
            dbname="mesh",
            autocommit=True,
        )

    def asked(
        self, connection: "psycopg.Connection[Any]", sql: str, parameters: tuple[object, ...] = ()
    ) -> Told:
        return self._told(psycopg.RawCursor(connection), sql, parameters)

    def _told(self, cursor: "psycopg.RawCursor[Any]", sql: str, parameters: tuple[object, ...]) -> Told:
        try:
            cursor.execute(sql.encode(), parameters or None)
            columns, rows = self._results(cursor)
        except psycopg.Error as error:
            told = error.diag
            return Told(
                error="Error",
                text=told.message_primary or str(error),
                hint=told.message_hint,
                sqlstate=error.sqlstate or "",
            )
        return Told(columns, rows)

    def _results(
        self, cursor: "psycopg.RawCursor[Any]"
    ) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
        """Columns and rows of all statements of one text."""
        columns: list[tuple[str, str]] = []
        rows: list[str] = []
        more: bool | None = True
        while more:
            columns += [(column.name, str(column.type_code)) for column in cursor.description or ()]
            rows += [repr(row) for row in cursor.fetchall()] if cursor.description else []
            more = cursor.nextset()
        return tuple(columns), tuple(rows)

    def _server(self, mesh: Mesh) -> PostgresServer:
        if id(mesh) not in self._servers:
            gateway = PostgresGateway(
                database="mesh",
                run=partial(run, mesh=mesh),
                describe=partial(describe, mesh=mesh),
                identities=lambda: self.identity,
                visible=partial(visible, mesh=mesh),
                catalog=GovernedCatalog(lambda request: nullcontext((request, mesh)), self.databases()),
                text_bytes=lambda: mesh.limits.text_bytes,
            )
            self._servers[id(mesh)] = PostgresServer(gateway, Address("127.0.0.1", 0))
            self._servers[id(mesh)].start()
        return self._servers[id(mesh)]

    def close(self) -> None:
        for server in self._servers.values():
            server.stop(1)


@dataclass
class OverHttp:
    """A client of the HTTP endpoint, but for its sockets: one application a mesh."""

    identity: OnePrincipal = field(default_factory=OnePrincipal)
    _clients: dict[int, FlaskClient] = field(default_factory=dict)

    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told:
        self.identity.current = principal
        body = {"sql": sql, "parameters": list(parameters)}
        answer = self._client(mesh).post("/v1/query", json=body, auth=("ana", PASSWORD))
        told = answer.get_json(force=True)
        if answer.status_code == HTTPStatus.OK:
            columns = tuple((column["name"], column["type"]) for column in told["columns"])
            return Told(columns, tuple(repr(row) for row in told["rows"]))
        hint, sqlstate = told.get("hint"), told.get("sqlstate", "")
        return Told(error="Error", text=told["detail"], hint=hint, sqlstate=sqlstate)

    def _client(self, mesh: Mesh) -> FlaskClient:
        if id(mesh) not in self._clients:
            self._clients[id(mesh)] = create_app(gateway_of(mesh, self.identity)).test_client()
        return self._clients[id(mesh)]


def gateway_of(mesh: Mesh, identity: OnePrincipal) -> Gateway:
    """What a frontend needs, over one mesh."""
    return Gateway(
        database="mesh",
        run=partial(run, mesh=mesh),
        describe=partial(describe, mesh=mesh),
        identities=lambda: identity,
        visible=partial(visible, mesh=mesh),
    )


@dataclass
class RecordingEngine:
    """An Engine that passes everything on and keeps the SQL texts it was asked to run."""

    engine: Engine
    ran: list[str]

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        return self.engine.describe(sql, inputs)

    def run(self, sql: str, inputs: Mapping[str, Input]) -> Answer:
        self.ran.append(sql)
        return self.engine.run(sql, inputs)

    def can_read(self, files: Collection[Path], columns: Collection[str]) -> bool:
        return self.engine.can_read(files, columns)

    def close(self) -> None:
        self.engine.close()


def texts(told: Told) -> Iterator[str]:
    """Every text of an answer that a client could show or log."""
    yield from (told.error, told.text, told.hint or "")
    yield from (part for column in told.columns for part in column)
    yield from told.rows
