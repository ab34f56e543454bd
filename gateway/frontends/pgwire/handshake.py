"""From a start-up packet to an authenticated session: SCRAM-SHA-256, over TLS bound to its certificate where the client
can, then the database and the settings."""

from dataclasses import dataclass, fields

from scramp import ScramMechanism
from scramp.core import ScramServer
from scramp.utils import ScramException

from gateway.errors import AuthenticationFailed, ProtocolViolation
from gateway.frontends.contract import Gateway, Identities
from gateway.frontends.pgwire.effects import Receive, Send, Steps
from gateway.frontends.pgwire.messages import (
    STARTUP_BYTES,
    Notice,
    Password,
    Reader,
    Startup,
    authentication,
    negotiate_protocol,
)
from gateway.frontends.pgwire.metadata.governed import CatalogAnswers
from gateway.frontends.pgwire.refusals import FeatureRefused, UnknownDatabase
from gateway.frontends.pgwire.variables import startup_settings
from policies.principal import Principal

MECHANISM = "SCRAM-SHA-256"
BOUND = "SCRAM-SHA-256-PLUS"

Binding = tuple[str, str]
"""The kind of channel binding, `tls-server-end-point`, and the server's certificate as PEM (RFC 5929)."""

MAINTENANCE = "postgres"
"""Where tools begin that want to know which databases there are: the mesh, by another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresGateway(Gateway):
    """`catalog` answers statements about the catalog."""

    catalog: CatalogAnswers

    @classmethod
    def of(cls, gateway: Gateway, catalog: CatalogAnswers) -> "PostgresGateway":
        known = {part.name: getattr(gateway, part.name) for part in fields(Gateway)}
        return cls(**known, catalog=catalog)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An authenticated client: who, and the settings it asked for, by canonical name."""

    principal: Principal
    settings: dict[str, str]


def admit(startup: Startup, gateway: Gateway, binding: Binding | None = None) -> Steps[Admitted]:
    """Errors: AuthenticationFailed, the same for a wrong password and an unknown name; UnknownDatabase; settings."""
    unknown = [name for name in startup.parameters if name.startswith("_pq_.")]
    if startup.minor or unknown:
        yield Send(negotiate_protocol(unknown))
    name = startup.parameters.get("user", "")
    if not name:
        raise ProtocolViolation("no PostgreSQL user name specified in startup packet")
    yield from _scram(name, gateway.identities(), binding)
    principal = gateway.identities().principal(name)
    if principal is None:
        raise _failed(name)
    yield Send(authentication(0))
    settings = yield from _settings(startup, gateway)
    return Admitted(principal, {**settings, "session_authorization": name})


def _settings(startup: Startup, gateway: Gateway) -> Steps[dict[str, str]]:
    parameters = {name: value for name, value in startup.parameters.items() if not name.startswith("_pq_.")}
    database = parameters.get("database") or parameters["user"]
    if database not in (gateway.database, MAINTENANCE):
        raise UnknownDatabase(f'database "{database}" does not exist')
    if parameters.pop("replication", "false").lower() not in ("false", "off", "no", "0"):
        raise FeatureRefused("replication is not supported")
    settings, warnings = startup_settings(parameters)
    for warning in warnings:
        yield Send(Notice("WARNING", "01000", warning).encoded())
    return settings


def usable(binding: Binding) -> bool:
    """Whether the certificate can be bound to: its signature's algorithm says how it is hashed."""
    try:
        ScramMechanism(BOUND).make_server(lambda _: (b"", b"", b"", 1), channel_binding=binding)
    except ScramException:
        return False
    return True


def _scram(name: str, identities: Identities, binding: Binding | None) -> Steps[None]:
    """A client that could bind and thinks that the server cannot was lied to: scramp refuses it (RFC 5802, 6)."""
    known = identities.credentials(name)
    offered = (BOUND, MECHANISM) if binding else (MECHANISM,)
    yield Send(authentication(10, b"".join(each.encode() + b"\0" for each in offered) + b"\0"))
    answer = yield Receive(STARTUP_BYTES)
    chosen, first = _initial(_answer(answer), offered)
    server = ScramMechanism(chosen).make_server(
        lambda _: (known.salt, known.stored_key, known.server_key, known.iterations), channel_binding=binding
    )
    try:
        _begin(server, first.decode())
        yield Send(authentication(11, server.get_server_first().encode()))
        final = yield Receive(STARTUP_BYTES)
        server.set_client_final(_answer(final).decode())
    except (ScramException, UnicodeDecodeError) as error:
        raise _failed(name) from error
    yield Send(authentication(12, server.get_server_final().encode()))


def _begin(server: ScramServer, first: str) -> None:
    """libpq leaves the name out (`n=,`), as PostgreSQL takes it from the start-up packet; scramp wants one.

    So it gets one to read, while the exchange is signed over what the client really sent.
    """
    flag, identity, bare = [*first.split(",", 2), "", ""][:3]
    server.set_client_first(f"{flag},{identity},{bare.replace('n=,', 'n=*,', 1)}")
    server.client_first_bare = bare


def _answer(message: object) -> bytes:
    if not isinstance(message, Password):
        raise ProtocolViolation("expected a SASL response")
    return message.data


def _initial(data: bytes, offered: tuple[str, ...]) -> tuple[str, bytes]:
    """The mechanism and the client-first-message in a SASLInitialResponse."""
    reader = Reader(data)
    chosen = reader.text()
    if chosen not in offered:
        raise ProtocolViolation("client selected an invalid SASL authentication mechanism")
    size = reader.int32()
    first = reader.raw(size)
    reader.finish()
    return chosen, first


def _failed(name: str) -> AuthenticationFailed:
    return AuthenticationFailed(f'password authentication failed for user "{name}"')
