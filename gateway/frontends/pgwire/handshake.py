"""From a start-up packet to an authenticated session: who it is, then the database and the settings."""

from collections.abc import Callable
from dataclasses import dataclass, fields

from gateway.errors import AuthenticationFailed, ProtocolViolation
from gateway.frontends.contract import Gateway, Identities
from gateway.frontends.pgwire.effects import Receive, Send, Steps
from gateway.frontends.pgwire.messages import (
    TOKEN_MESSAGE_BYTES,
    Notice,
    Reader,
    Startup,
    authentication,
    negotiate_protocol,
)
from gateway.frontends.pgwire.metadata.governed import CatalogAnswers
from gateway.frontends.pgwire.refusals import FeatureRefused, UnknownDatabase
from gateway.frontends.pgwire.scram import Binding, answer_of, exchange, failed
from gateway.frontends.pgwire.variables import startup_settings
from policies.principal import Principal

MAINTENANCE = "postgres"
"""Where tools begin that want to know which databases there are: the mesh, by another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresGateway(Gateway):
    """`catalog` answers statements about the catalog. `text_bytes` bounds the text of one message."""

    catalog: CatalogAnswers
    text_bytes: Callable[[], int]

    @classmethod
    def of(
        cls, gateway: Gateway, catalog: CatalogAnswers, text_bytes: Callable[[], int]
    ) -> "PostgresGateway":
        known = {part.name: getattr(gateway, part.name) for part in fields(Gateway)}
        return cls(**known, catalog=catalog, text_bytes=text_bytes)


@dataclass(frozen=True, slots=True)
class Channel:
    """What is known of a connection before the client has said who it is: whether nobody else can read it, what it can
    be bound to, and the names that the client's certificate gives it."""

    encrypted: bool = False
    binding: Binding | None = None
    certified: frozenset[str] = frozenset()


PLAIN = Channel()


@dataclass(frozen=True, slots=True)
class Admitted:
    """An authenticated client: who, and the settings it asked for, by canonical name."""

    principal: Principal
    settings: dict[str, str]


def admit(startup: Startup, gateway: Gateway, channel: Channel = PLAIN) -> Steps[Admitted]:
    """Errors: AuthenticationFailed, the same for a wrong password and an unknown name; UnknownDatabase; settings."""
    unknown = [name for name in startup.parameters if name.startswith("_pq_.")]
    if startup.minor or unknown:
        yield Send(negotiate_protocol(unknown))
    name = startup.parameters.get("user", "")
    if not name:
        raise ProtocolViolation("no PostgreSQL user name specified in startup packet")
    principal = yield from _signed_in(name, gateway.identities(), channel)
    yield Send(authentication(0))
    settings = yield from _settings(startup, gateway)
    return Admitted(principal, {**settings, "session_authorization": name})


def _signed_in(name: str, identities: Identities, channel: Channel) -> Steps[Principal]:
    """By a certificate, which TLS has verified; by a token, which only TLS keeps secret; else by password."""
    principal = identities.principal(name)
    if principal is not None and name in channel.certified:
        return principal
    if channel.encrypted and identities.takes_token(name):
        return (yield from _by_token(name, identities))
    yield from exchange(name, identities, channel.binding)
    if principal is None:
        raise failed(name)
    return principal


def _by_token(name: str, identities: Identities) -> Steps[Principal]:
    yield Send(authentication(3))
    reader = Reader(answer_of((yield Receive(TOKEN_MESSAGE_BYTES))))
    token = reader.text()
    reader.finish()
    try:
        principal = identities.bearer(token)
    except AuthenticationFailed as error:
        raise AuthenticationFailed(f"{failed(name)}: {error}") from error
    if principal.name != name:
        raise failed(name)
    return principal


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
