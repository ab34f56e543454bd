"""TLS on real sockets: names, channel binding, what is refused before and within the handshake."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gateway.errors import AuthenticationFailed, ConfigurationError
from gateway.frontends.pgwire.effects import Receive, Send
from gateway.frontends.pgwire.handshake import Channel, admit
from gateway.frontends.pgwire.messages import Password, Startup
from gateway.frontends.pgwire.server import Bounds, PostgresServer
from gateway.settings import Address
from gateway.tls_settings import TlsSettings
from tests.certificates import Authority, Pair
from tests.frontends.asking import everything, raw, refusal, wait_until
from tests.frontends.fake_gateway import DuckGateway, Endpoint, endpoint, gateway_over
from tests.frontends.wire_messages import SSL_REQUEST, answers, startup


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with endpoint() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def certificate(authority: Authority) -> Pair:
    return authority.server()


@pytest.fixture(scope="module")
def secured(certificate: Pair) -> Iterator[Endpoint]:
    with endpoint(TlsSettings(certificate.cert, certificate.key, require=True)) as running:
        yield running


def test_tls_with_a_verified_name(secured: Endpoint, authority: Authority) -> None:
    arguments = {**secured.arguments, "host": "localhost", "hostaddr": "127.0.0.1"}
    with psycopg.connect(**arguments, sslmode="verify-full", sslrootcert=str(authority.root)) as connection:
        assert connection.pgconn.ssl_in_use
        rows = connection.execute("select range, repeat('x', 100) from range(50000)").fetchall()
    assert len(rows) == 50_000


def test_a_client_that_asks_for_it_is_bound_to_the_certificate(
    secured: Endpoint, served: Endpoint, certificate: Pair
) -> None:
    bound = dict(secured.arguments, channel_binding="require", sslmode="require")
    with psycopg.connect(**bound) as connection:  # type: ignore[arg-type]
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert "password authentication failed" in str(refusal(secured, **{**bound, "password": "wrong"}))
    assert "channel binding" in str(refusal(served, channel_binding="require"))


@pytest.mark.parametrize(("flag", "fails"), [("y", True), ("n", False)])
def test_a_client_that_was_told_of_no_binding_is_not_let_in(
    certificate: Pair, flag: str, fails: bool
) -> None:
    """Somebody in between took the better mechanism from the list."""
    people = gateway_over(DuckGateway(None))  # type: ignore[arg-type]
    binding = ("tls-server-end-point", certificate.cert.read_text("ascii"))
    steps = admit(Startup({"user": "analyst"}), people, Channel(encrypted=True, binding=binding))
    while not isinstance(next(steps), Receive):
        pass
    first = f"{flag},,n=,r=abcdefghijkl".encode()
    answer = Password(b"SCRAM-SHA-256\0" + len(first).to_bytes(4, "big") + first)
    if fails:
        with pytest.raises(AuthenticationFailed):
            steps.send(answer)
    else:
        assert isinstance(steps.send(answer), Send)


def test_clear_text_is_refused_where_tls_is_required(secured: Endpoint) -> None:
    assert "TLS connections only" in str(refusal(secured, sslmode="disable"))


def test_tls_is_declined_where_there_is_none(served: Endpoint) -> None:
    assert "does not support SSL" in str(refusal(served, sslmode="require"))
    with psycopg.connect(**served.arguments, sslmode="prefer") as connection:
        assert not connection.pgconn.ssl_in_use


def test_bytes_before_the_tls_handshake_are_refused(secured: Endpoint) -> None:
    with raw(secured) as connection:
        connection.sendall(SSL_REQUEST + startup(user="analyst", database="mesh"))
        told = everything(connection)
    assert answers(told)[0].fields["C"] == "08P01"


def test_what_is_no_tls_ends_the_connection_only(secured: Endpoint) -> None:
    with raw(secured) as connection:
        connection.sendall(SSL_REQUEST)
        assert connection.recv(1) == b"S"
        connection.sendall(b"\0" * 100)
        everything(connection)
    psycopg.connect(**secured.arguments).close()


def test_an_unusable_certificate_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    with pytest.raises(ConfigurationError, match=r"tls: cannot use .*key\.pem"):
        PostgresServer(
            gateway_over(DuckGateway(None)),  # type: ignore[arg-type]
            Address("127.0.0.1", 0),
            TlsSettings(tmp_path / "key.pem", tmp_path / "key.pem"),
        )


def test_an_unusable_authority_stops_the_start(tmp_path: Path, certificate: Pair) -> None:
    (tmp_path / "clients.pem").write_text("no certificate")
    tls = TlsSettings(certificate.cert, certificate.key, client_ca=tmp_path / "clients.pem")
    with pytest.raises(ConfigurationError, match=r"tls\.client_ca: cannot use .*clients\.pem"):
        PostgresServer(gateway_over(DuckGateway(None)), Address("127.0.0.1", 0), tls)  # type: ignore[arg-type]


def test_tls_below_1_2_is_refused(secured: Endpoint) -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with raw(secured) as connection:
        connection.sendall(SSL_REQUEST)
        assert connection.recv(1) == b"S"
        with pytest.raises(ssl.SSLError, match=r"EOF|ALERT"):  # the server ended it, not the client
            context.wrap_socket(connection)


@pytest.mark.parametrize("begun", [b"", b"\x16\x03\x01\x00\x80"])
def test_slow_tls_handshakes_leave_nothing_behind(certificate: Pair, begun: bytes) -> None:
    with endpoint(TlsSettings(certificate.cert, certificate.key), Bounds(handshake=0.3)) as served:
        with raw(served) as connection:
            connection.sendall(SSL_REQUEST)
            assert connection.recv(1) == b"S"
            connection.sendall(begun)
            assert everything(connection) == b""
        wait_until(lambda: not served.server._tasks)
        psycopg.connect(**served.arguments, sslmode="require").close()
