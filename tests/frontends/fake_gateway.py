"""A gateway without a mesh: `run` and `describe` over a plain DuckDB connection, and two principals."""

import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
from scramp import ScramMechanism

from gateway.catalog.product import Catalog
from gateway.engines.base import OutputColumn
from gateway.errors import (
    AccessDenied,
    AuthenticationFailed,
    InvalidText,
    MeshgateError,
    QueryCanceled,
    SyntaxRefused,
    UndefinedColumn,
    UndefinedTable,
)
from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.handshake import PostgresGateway
from gateway.frontends.pgwire.metadata.governed import CatalogStatement, Formats
from gateway.frontends.pgwire.metadata.question import Described, Given, Question, Rows, Running, Who
from gateway.frontends.pgwire.server import Bounds, PostgresServer
from gateway.query.request import Description, Request
from gateway.query.visible import VisibleCatalog
from gateway.settings import Address
from gateway.tls_settings import TlsSettings
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal
from tests.system_postgres import databases

DATABASE = "mesh"
PASSWORDS = {"analyst": "analyst-pw", "auditor": "auditor-pw"}
ROWS = 32_768


@dataclass(frozen=True, slots=True)
class Credentials:
    salt: bytes
    iterations: int
    stored_key: bytes
    server_key: bytes


class People:
    """SCRAM credentials, made up for names that nobody has."""

    def __init__(self) -> None:
        self._known = {name: self._made(password) for name, password in PASSWORDS.items()}
        self._nobody = self._made("nobody knows this one")

    def principal(self, name: str) -> Principal | None:
        return Principal(name, purposes=frozenset({"audit"})) if name in PASSWORDS else None

    def renewed(self, principal: Principal) -> Principal:
        return principal

    def takes_token(self, name: str) -> bool:
        return False

    def bearer(self, token: str) -> Principal:
        raise AuthenticationFailed("tokens are not accepted here")

    def credentials(self, name: str) -> Credentials:
        return self._known.get(name, self._nobody)

    def authenticate(self, name: str, password: str) -> Principal:
        principal = self.principal(name)
        if principal is None or PASSWORDS[name] != password:
            raise AuthenticationFailed(f'password authentication failed for user "{name}"')
        return principal

    @staticmethod
    def _made(password: str) -> Credentials:
        salt, stored, server, iterations = ScramMechanism("SCRAM-SHA-256").make_auth_info(password)
        return Credentials(salt, iterations, stored, server)


def translated(error: duckdb.Error) -> MeshgateError:
    text = str(error).splitlines()[0]
    match error:
        case duckdb.InterruptException():
            return QueryCanceled()
        case duckdb.ParserException():
            return SyntaxRefused(text, position=1)
        case duckdb.CatalogException():
            return UndefinedTable(text)
        case duckdb.BinderException():
            return UndefinedColumn(text)
        case _:
            return InvalidText()


class DuckResult:
    """Also counts what is open, to see that everything is closed."""

    def __init__(
        self, owner: "DuckGateway", cursor: duckdb.DuckDBPyConnection, relation: duckdb.DuckDBPyRelation
    ) -> None:
        self._owner = owner
        self._cursor = cursor
        self._canceled = False
        self.reference = "r"
        self.columns = columns_of(relation)
        self._relation = relation
        owner.open.add(id(self))

    def batches(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._relation.to_arrow_reader(ROWS):
                if self._canceled:
                    raise QueryCanceled
                yield batch
        except duckdb.Error as error:
            raise translated(error) from error

    @property
    def schema(self) -> pa.Schema:
        raise NotImplementedError

    def recheck(self) -> None:
        if self._owner.forbidden:
            raise AccessDenied("no longer")

    def cancel(self) -> None:
        self._canceled = True
        self._owner.canceled.set()
        threading.Thread(target=self._interrupt, name="interrupt").start()

    def _interrupt(self) -> None:
        """Until the result is closed: DuckDB forgets an interrupt that comes before its query has begun."""
        while id(self) in self._owner.open:
            with suppress(duckdb.Error):
                self._cursor.interrupt()
            time.sleep(0.05)

    def close(self) -> None:
        self._owner.open.discard(id(self))
        self._cursor.close()


def columns_of(relation: duckdb.DuckDBPyRelation) -> tuple[OutputColumn, ...]:
    return tuple(
        OutputColumn(name, str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)
    )


class EmptyCatalog:
    """A catalog in which nothing is published."""

    def __init__(self) -> None:
        self._databases = databases()

    def describe(self, statement: CatalogStatement, running: Running) -> Described:
        return self._databases.describe(self._question(statement), running)

    def run(
        self, statement: CatalogStatement, values: Sequence[Given], formats: Formats, running: Running
    ) -> Rows:
        return self._databases.run(self._question(statement), values, formats, running)

    def _question(self, statement: CatalogStatement) -> Question:
        who = Who(statement.request.principal.name, DATABASE, statement.request.settings)
        return Question(statement.asked, statement.types, who, NOTHING)


NO_CATALOG = Catalog(DATABASE, {}, {}, {}, {}, {}, "0")


NOTHING = Definition((), ())


@dataclass
class DuckGateway:
    connection: duckdb.DuckDBPyConnection
    seen: list[Request] = field(default_factory=list)
    open: set[int] = field(default_factory=set)
    canceled: threading.Event = field(default_factory=threading.Event)
    version: int = 0
    forbidden: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, request: Request) -> DuckResult:
        self._check(request)
        types = self._types(request)
        values = [parameter.value for parameter in request.parameters]
        for place, parameter in enumerate(request.parameters):
            types[place] = parameter.type or types[place]
        with self.lock:
            cursor = self.connection.cursor()
        try:
            relation = cursor.sql(self._cast(request, types), params=values or None)
            if relation is None:
                raise SyntaxRefused("not a query")
            return DuckResult(self, cursor, relation)
        except duckdb.Error as error:
            raise translated(error) from error

    def describe(self, request: Request) -> Description:
        self._check(request)
        types = self._types(request)
        try:
            with self.lock:
                cursor = self.connection.cursor()
                relation = cursor.sql(self._cast(request, types), params=[None] * len(types) or None)
        except duckdb.Error as error:
            raise translated(error) from error
        return Description(tuple(types), columns_of(relation))

    def _check(self, request: Request) -> None:
        self.seen.append(request)
        if self.forbidden:
            raise AccessDenied("no longer")
        if request.purpose is not None and request.purpose not in request.principal.purposes:
            raise AccessDenied(f"purpose {request.purpose} is not one of yours")

    def _types(self, request: Request) -> list[str]:
        """As declared, as cast in the text (`$1::date`), or text."""
        count = max((int(number) for number in re.findall(r"\$(\d+)", request.text)), default=0)
        types = ["VARCHAR"] * count
        for number, kind in re.findall(
            r"(?i)\$(\d+)::([a-z0-9]+(?: with time zone)?(?:\(\d+, ?\d+\))?(?:\[\])*)", request.text
        ):
            types[int(number) - 1] = str(duckdb.sqltype(kind.lower()))
        for place, declared in enumerate(request.parameter_types[:count]):
            types[place] = declared or types[place]
        return types

    def _cast(self, request: Request, types: list[str]) -> str:
        text = request.text.replace("pg_catalog.version()", "'PostgreSQL 18.0 (meshgate)'")
        text = text.replace("current_schema()", "'public'::varchar").replace("::TEXT", "::VARCHAR")

        def cast(match: re.Match[str]) -> str:
            number = int(match[1])
            return f"CAST(${number} AS {types[number - 1]})"

        return re.sub(r"\$(\d+)", cast, text)


@dataclass(frozen=True)
class Endpoint:
    """A server under test, and what it serves."""

    server: PostgresServer
    mesh: DuckGateway

    @property
    def arguments(self) -> dict[str, str | int]:
        return {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": "analyst",
            "password": PASSWORDS["analyst"],
            "dbname": DATABASE,
        }

    def uri(self, scheme: str = "postgresql") -> str:
        return f"{scheme}://analyst:{PASSWORDS['analyst']}@127.0.0.1:{self.server.port}/{DATABASE}"


def nothing_visible(request: Request) -> VisibleCatalog:
    circumstances = Circumstances(0, request.endpoint, request.purpose)
    return VisibleCatalog(NO_CATALOG, PolicySet(()), request.principal, circumstances)


def gateway_over(mesh: DuckGateway) -> PostgresGateway:
    people = People()
    return PostgresGateway(
        database=DATABASE,
        run=mesh.run,
        describe=mesh.describe,
        identities=lambda: people,
        visible=nothing_visible,
        version=lambda: mesh.version,
        catalog=EmptyCatalog(),
        text_bytes=lambda: 1_000_000,
    )


@contextmanager
def endpoint(tls: TlsSettings | None = None, bounds: Bounds | None = None) -> Iterator[Endpoint]:
    """A PostgreSQL endpoint over an empty DuckDB, stopped at the end."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'").fetchall()
        mesh = DuckGateway(connection)
        server = PostgresServer(gateway_over(mesh), Address("127.0.0.1", 0), tls, bounds)
        server.start()
        try:
            yield Endpoint(server, mesh)
        finally:
            server.stop(grace=2)
