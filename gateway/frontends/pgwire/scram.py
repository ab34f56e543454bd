"""SCRAM-SHA-256 as a server, over TLS bound to its certificate where the client can (RFC 5802, 7677)."""

from scramp import ScramMechanism
from scramp.core import ScramServer
from scramp.utils import ScramException

from gateway.errors import AuthenticationFailed, ProtocolViolation
from gateway.frontends.contract import Identities
from gateway.frontends.pgwire.effects import Receive, Send, Steps
from gateway.frontends.pgwire.messages import STARTUP_BYTES, Password, Reader, authentication

MECHANISM = "SCRAM-SHA-256"
BOUND = "SCRAM-SHA-256-PLUS"

Binding = tuple[str, str]
"""The kind of channel binding, `tls-server-end-point`, and the server's certificate as PEM (RFC 5929)."""


def usable(binding: Binding) -> bool:
    """Whether the certificate can be bound to: its signature's algorithm says how it is hashed."""
    try:
        ScramMechanism(BOUND).make_server(lambda _: (b"", b"", b"", 1), channel_binding=binding)
    except ScramException:
        return False
    return True


def exchange(name: str, identities: Identities, binding: Binding | None) -> Steps[None]:
    """A client that could bind and thinks that the server cannot was lied to: scramp refuses it (RFC 5802, 6)."""
    known = identities.credentials(name)
    offered = (BOUND, MECHANISM) if binding else (MECHANISM,)
    yield Send(authentication(10, b"".join(each.encode() + b"\0" for each in offered) + b"\0"))
    answer = yield Receive(STARTUP_BYTES)
    chosen, first = _initial(answer_of(answer), offered)
    server = ScramMechanism(chosen).make_server(
        lambda _: (known.salt, known.stored_key, known.server_key, known.iterations), channel_binding=binding
    )
    try:
        _begin(server, first.decode())
        yield Send(authentication(11, server.get_server_first().encode()))
        final = yield Receive(STARTUP_BYTES)
        server.set_client_final(answer_of(final).decode())
    except (ScramException, UnicodeDecodeError) as error:
        raise failed(name) from error
    yield Send(authentication(12, server.get_server_final().encode()))


def _begin(server: ScramServer, first: str) -> None:
    """libpq leaves the name out (`n=,`), as PostgreSQL takes it from the start-up packet; scramp wants one.

    So it gets one to read, while the exchange is signed over what the client really sent.
    """
    flag, identity, bare = [*first.split(",", 2), "", ""][:3]
    server.set_client_first(f"{flag},{identity},{bare.replace('n=,', 'n=*,', 1)}")
    server.client_first_bare = bare


def answer_of(message: object) -> bytes:
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


def failed(name: str) -> AuthenticationFailed:
    return AuthenticationFailed(f'password authentication failed for user "{name}"')
