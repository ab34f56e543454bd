"""Who gets in over Flight SQL: passwords, tokens of ours and of an issuer, over TLS and with certificates."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pyarrow import flight

from gateway.errors import AuthenticationFailed, ConfigurationError
from gateway.frontends.flight import sessions
from gateway.frontends.flight.messages import packed
from gateway.frontends.flight.sessions import Sessions
from gateway.server import Server
from gateway.settings import load_settings
from tests.certificates import Authority
from tests.clients.flight_client import RawClient, connected
from tests.frontends.fake_gateway import People
from tests.meshes import ENVIRONMENT, FILES, write_mesh
from tests.tokens import SETTINGS, Issuer, write_keys

QUERY = packed("CommandStatementQuery", query="SELECT 1")
ISSUER = Issuer()
TLS = '[tls]\ncert = "server.pem"\nkey = "server.key"\n'


@contextmanager
def served(folder: Path, more: str = "") -> Iterator[Server]:
    toml = FILES["mesh.toml"].replace("[endpoints]", '[endpoints]\nflight = "127.0.0.1:0"')
    write_mesh(folder, {"mesh.toml": f"{toml}\n{more}"})
    server = Server(load_settings(folder, ENVIRONMENT))
    server.start()
    try:
        yield server
    finally:
        server.stop(1)


def uri(server: Server, scheme: str = "grpc", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{host}:{server.addresses['flight'].port}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("mesh")
    write_keys(folder, ISSUER)
    with served(folder, SETTINGS) as running:
        yield running


def asked(server: Server, *headers: str) -> flight.FlightInfo:
    options = flight.FlightCallOptions(headers=[(b"authorization", header.encode()) for header in headers])
    with flight.connect(uri(server)) as client:
        return client.get_flight_info(flight.FlightDescriptor.for_command(QUERY), options)


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_basic_with_and_without_padding_and_a_token_of_the_issuer_are_taken(server: Server) -> None:
    assert basic("ana:ana") != basic("ana:ana").rstrip("=")
    for header in (basic("ana:ana"), basic("ana:ana").rstrip("="), f"Bearer {ISSUER.token('maria')}"):
        assert asked(server, header).endpoints


REFUSED = {
    "nothing": (),
    "a wrong password": (basic("ana:felix"),),
    "nobody": (basic("nobody:ana"),),
    "no password": (basic("ana"),),
    "not base64": ("Basic ?",),
    "not text": ("Basic /////w==",),
    "another scheme": ("Digest ana",),
    "no token": ("Bearer ",),
    "a made up token": ("Bearer abc",),
    "another issuer's token": (f"Bearer {Issuer().token('maria')}",),
    "an old token": (f"Bearer {ISSUER.token('maria', seconds=-600)}",),
    "a token for a name that is ours": (f"Bearer {ISSUER.token('ana')}",),
    "two": (basic("ana:ana"), basic("felix:felix")),
    "a long one": ("Bearer " + "a" * 7_000,),  # above 8 kB in all, gRPC refuses some itself, at random
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
def test_everybody_else_is_refused_alike(server: Server, headers: tuple[str, ...]) -> None:
    with pytest.raises(flight.FlightUnauthenticatedError) as caught:
        asked(server, *headers)
    assert "authentication failed (SQLSTATE 28P01)" in str(caught.value)
    assert ".py" not in str(caught.value)


def test_a_closed_session_ends_its_token_and_no_other(server: Server) -> None:
    with RawClient(uri(server), "ana", "ana") as first, RawClient(uri(server), "ana", "ana") as second:
        assert first.act("CloseSession", b"")
        with pytest.raises(flight.FlightUnauthenticatedError):
            first.query("SELECT 1")
        assert second.query("SELECT 1").num_rows == 1


def test_tokens_end_by_age_and_by_rest_and_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "SESSIONS_EACH", 3)
    now = [0.0]
    people = People()
    known = Sessions(lambda: people, clock=lambda: now[0])

    def signed_in(name: str) -> str:
        _, token = known.admit([basic(f"{name}:{name}-pw")])
        assert token is not None
        return f"Bearer {token}"

    auditor, first = signed_in("auditor"), signed_in("analyst")
    others = [signed_in("analyst") for _ in range(3)]
    with pytest.raises(AuthenticationFailed):
        known.admit([first])
    for token in (auditor, *others):
        known.admit([token])
    for _ in range(3):  # in use, so only its age ends it
        now[0] += sessions.IDLE_SECONDS * 0.99
        known.admit([auditor])
    with pytest.raises(AuthenticationFailed):
        known.admit([others[0]])
    now[0] = sessions.LIFE_SECONDS + 1
    with pytest.raises(AuthenticationFailed):
        known.admit([auditor])


def test_who_is_gone_is_refused_with_every_token(tmp_path: Path) -> None:
    with served(tmp_path) as server, RawClient(uri(server), "olga", "olga") as client:
        ticket = client.info("CommandStatementQuery", query="SELECT 1").endpoints[0].ticket
        people = (tmp_path / "principals.yaml").read_text()
        (tmp_path / "principals.yaml").write_text(people.partition("  olga:")[0])
        server.reload()
        for attempt in (lambda: client.query("SELECT 1"), lambda: client.get(ticket)):
            with pytest.raises(flight.FlightUnauthenticatedError):
                attempt()


def test_over_tls_with_the_servers_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.server()
    with served(tmp_path, TLS) as server:
        root = authority.root.read_bytes()
        with RawClient(uri(server, "grpc+tls", "localhost"), "ana", "ana", tls_root_certs=root) as client:
            assert client.query("SELECT 1").num_rows == 1
        trusted = {"adbc__flight__sql__client_option__tls_root_certs": root.decode()}
        with (
            connected(uri(server, "grpc+tls", "localhost"), "ana", "ana", **trusted) as connection,
            connection.cursor() as cursor,
        ):
            assert cursor.execute("SELECT 1").fetchall() == [(1,)]
        with pytest.raises(flight.FlightError):
            RawClient(uri(server), "ana", "ana")


def test_certificates_can_be_demanded_beside_passwords(tmp_path: Path) -> None:
    (tmp_path / "clients").mkdir()
    authority, clients = Authority(tmp_path), Authority(tmp_path / "clients")
    authority.server()
    demanded = f'{TLS}client_ca = "clients/authority.pem"\nflight_certificates = true\n'
    with served(tmp_path, demanded) as server:
        where = uri(server, "grpc+tls", "localhost")
        trusted = {"tls_root_certs": authority.root.read_bytes()}
        pair, foreign = clients.client("ana", "ana"), authority.client("eve", "ana")
        for each in (None, foreign):
            shown = (
                {"cert_chain": each.cert.read_bytes(), "private_key": each.key.read_bytes()} if each else {}
            )
            with pytest.raises(flight.FlightError):
                RawClient(where, "ana", "ana", **trusted, **shown)
        shown = {"cert_chain": pair.cert.read_bytes(), "private_key": pair.key.read_bytes()}
        with RawClient(where, "ana", "ana", **trusted, **shown) as client:
            assert client.query("SELECT 1").num_rows == 1
        with pytest.raises(flight.FlightUnauthenticatedError):
            RawClient(where, "ana", "wrong", **trusted, **shown)


def test_a_certificate_that_cannot_be_used_is_said_at_start(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    authority.server()
    authority.client("other", "x")
    toml = TLS.replace("server.key", "other.key")
    with pytest.raises(ConfigurationError, match=r"mesh\.toml: tls: cannot use"), served(tmp_path, toml):
        pass


def test_an_address_in_use_is_said_at_start(tmp_path: Path, server: Server) -> None:
    toml = FILES["mesh.toml"].replace("[endpoints]", f'[endpoints]\nflight = "{server.addresses["flight"]}"')
    folder = write_mesh(tmp_path, {"mesh.toml": toml})
    with pytest.raises(ConfigurationError, match=r"endpoints\.flight: .* is in use, choose another address"):
        Server(load_settings(folder, ENVIRONMENT)).start()
