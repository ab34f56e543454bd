"""The endpoint's sockets: TLS, bounds, slow and vanished clients, other sites, the end."""

import http.client
import json
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest

from gateway.errors import ConfigurationError
from gateway.frontends.http.app import BODY_BYTES
from gateway.frontends.http.server import HEADER_BYTES
from gateway.server import Server
from gateway.settings import load_settings
from tests.certificates import Authority
from tests.frontends.http.asking import Answer, Asked, basic, serving
from tests.frontends.http.conftest import ENDPOINT
from tests.frontends.http.test_query import LONG, MANY, begun, outcome
from tests.meshes import ENVIRONMENT, write_mesh
from tests.tokens import AUDIENCE, ISSUER, Issuer, write_keys

HTTP = 'http = "127.0.0.1:0"'
SITE = "https://portal.example.com"


def mesh_with(folder: Path, more: str, endpoint: str = HTTP) -> Path:
    text = ENDPOINT["mesh.toml"].replace(HTTP, endpoint)
    return write_mesh(folder, {"mesh.toml": f"{text}\n{more}\n"})


# --- bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (f"Content-Length: {BODY_BYTES + 1}\r\n\r\n", b"413"),
        (f"Transfer-Encoding: chunked\r\n\r\n{BODY_BYTES + 1:x}\r\n", b"413"),
        ("Transfer-Encoding: chunked\r\n\r\nmany\r\n", b"400"),
        ("Transfer-Encoding: gzip\r\n\r\n", b"501"),
        ("Content-Length: some\r\n\r\n", b"400"),
        (f"X: {'x' * HEADER_BYTES}\r\n\r\n", b"413"),
    ],
)
def test_what_is_too_large_or_malformed_is_refused_before_it_is_read(
    asked: Asked, head: str, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", asked.port), timeout=10) as connection:
        connection.sendall(f"POST /v1/query HTTP/1.1\r\nHost: x\r\n{head}".encode())
        assert connection.recv(100).split()[1] == status


def test_a_body_may_come_in_chunks(asked: Asked) -> None:
    connection = asked.connection()
    parts = iter([b'{"sql": ', b'"SELECT 1 AS n"}'])
    headers = {**basic("ana"), "Content-Type": "application/json"}
    connection.request("POST", "/v1/query", parts, headers, encode_chunked=True)
    assert json.loads(connection.getresponse().read())["rows"] == [[1]]
    connection.close()


def test_idle_connections_and_slow_requests_keep_nobody_waiting(asked: Asked) -> None:
    """More of them than the endpoint has threads."""
    idle = [socket.create_connection(("127.0.0.1", asked.port)) for _ in range(100)]
    slow = [socket.create_connection(("127.0.0.1", asked.port)) for _ in range(20)]
    for connection in slow:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
    began = time.monotonic()
    assert asked.query("SELECT 1 AS n").status == 200
    assert time.monotonic() - began < 5
    for connection in (*idle, *slow):
        connection.close()


def test_one_connection_carries_one_request_after_another(asked: Asked) -> None:
    connection = asked.connection()
    for number in range(3):
        body = json.dumps({"sql": f"SELECT {number} AS n"})
        connection.request("POST", "/v1/query", body, {**basic("ana"), "Content-Type": "application/json"})
        assert json.loads(connection.getresponse().read())["rows"] == [[number]]
        connection.request("GET", "/v1/queries")
        assert connection.getresponse().read()  # without a credential: one request says nothing of the next
    connection.close()


def test_more_statements_than_there_is_room_for_are_told_to_come_again(tmp_path: Path) -> None:
    folder = write_mesh(
        tmp_path, {"mesh.toml": ENDPOINT["mesh.toml"].replace("seconds = 20", "concurrency = 1")}
    )
    with serving(folder) as one, begun(one, LONG):
        assert outcome(one, LONG, "") == "started"
        refused = one.query("SELECT 1 AS n")
        assert (refused.status, refused.json["sqlstate"]) == (503, "53300")
        assert refused.headers["Retry-After"] == "1"
        assert one.ask("GET", "/healthz", who=None).status == 200


def test_a_client_that_does_not_read_is_waited_for(asked: Asked) -> None:
    sql = f"{MANY} /* stalled */"
    with begun(asked, sql) as connection:
        connection.recv(100)
        time.sleep(1)
        assert outcome(asked, sql, "") == "started"
    assert outcome(asked, sql, "started") == "cancelled"


# --- other sites -----------------------------------------------------------------------------------------


def preflight(asked: Asked) -> Answer:
    return asked.ask("OPTIONS", "/v1/query", who=None, Origin=SITE, Access_Control_Request_Method="POST")


def test_pages_of_other_sites_are_told_nothing_by_default(asked: Asked) -> None:
    for answer in (preflight(asked), asked.query("SELECT 1 AS n", Origin=SITE)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_pages_of_sites_that_mesh_toml_names_may_read_answers(tmp_path: Path) -> None:
    with serving(mesh_with(tmp_path, f'[http]\norigins = ["{SITE}"]')) as shared:
        for answer in (
            preflight(shared),
            shared.query("SELECT 1 AS n", Origin=SITE),
            shared.query("x", Origin=SITE),
        ):
            assert answer.headers["Access-Control-Allow-Origin"] == SITE
            assert "Access-Control-Allow-Credentials" not in answer.headers
        other = shared.query("SELECT 1 AS n", Origin="https://evil.example.com")
        assert "Access-Control-Allow-Origin" not in other.headers


def test_answers_are_nothing_for_caches_and_frames(asked: Asked) -> None:
    for answer in (asked.query("SELECT 1 AS n"), asked.ask("GET", "/nowhere"), asked.ask("GET", "/healthz")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


# --- TLS -------------------------------------------------------------------------------------------------


def test_with_a_certificate_there_is_tls_only(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    pair = authority.server()
    with serving(mesh_with(tmp_path / "mesh", f'[tls]\ncert = "{pair.cert}"\nkey = "{pair.key}"')) as secure:
        silent = socket.create_connection(("127.0.0.1", secure.port))  # never begins its handshake
        silent.sendall(b"\x16\x03")
        context = ssl.create_default_context(cafile=str(authority.root))
        connection = http.client.HTTPSConnection("localhost", secure.port, timeout=10, context=context)
        connection.request(
            "POST",
            "/v1/query",
            '{"sql": "SELECT 1 AS n"}',
            {**basic("ana"), "Content-Type": "application/json"},
        )
        assert json.loads(connection.getresponse().read())["rows"] == [[1]]
        connection.close()
        with pytest.raises((http.client.BadStatusLine, ConnectionError)):
            secure.query("SELECT 1 AS n")
        silent.close()


def test_an_unusable_certificate_or_a_taken_address_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    broken = mesh_with(tmp_path / "one", f'[tls]\ncert = "{tmp_path}/no.pem"\nkey = "{tmp_path}/no.pem"')
    with pytest.raises(ConfigurationError, match="tls: cannot use"):
        Server(load_settings(broken, ENVIRONMENT)).start()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = f"127.0.0.1:{taken.getsockname()[1]}"
        folder = mesh_with(tmp_path / "two", "", f'http = "{place}"')
        with pytest.raises(ConfigurationError, match=f"endpoints.http: {place} is in use"):
            Server(load_settings(folder, ENVIRONMENT)).start()


def test_a_token_is_a_credential_until_it_expires(tmp_path: Path) -> None:
    issuer = Issuer()
    write_keys(tmp_path, issuer)
    claims = 'claims = {attributes = {region = "region"}}'
    jwt = f'[identity.jwt]\njwks = "issuer.json"\nissuer = "{ISSUER}"\naudience = "{AUDIENCE}"\n{claims}'
    with serving(mesh_with(tmp_path, jwt)) as served:

        def counted(token: str) -> Answer:
            sql = "SELECT count(*) AS n FROM sales.orders WHERE region = 'EU'"
            return served.query(sql, who=None, Authorization=f"Bearer {token}")

        maria = counted(issuer.token("maria", groups=["shipping-team"], region="EU"))
        assert maria.json["rows"] == served.query("SELECT count(*) AS n FROM sales.orders").json["rows"]
        assert served.last_record().principal == "ana"
        for token in (issuer.token("maria", -3600), issuer.token("ana"), Issuer().token("maria"), "x.y.z"):
            assert counted(token).status == 401


# --- the end ---------------------------------------------------------------------------------------------


def test_what_runs_may_end_and_what_lasts_longer_is_cut_off(tmp_path: Path) -> None:
    server = Server(load_settings(write_mesh(tmp_path, ENDPOINT), ENVIRONMENT))
    server.start()
    served = Asked(server, tmp_path)
    port = served.port
    with begun(served, LONG) as connection:
        assert outcome(served, LONG, "") == "started"
        began = time.monotonic()
        stopping = threading.Thread(target=server.stop, args=(1.0,))
        stopping.start()
        connection.settimeout(10)
        cut = connection.recv(1 << 16)
        stopping.join()
    assert 0.9 < time.monotonic() - began < 6
    assert not cut.startswith(b"HTTP/1.1 200")
    assert outcome(served, LONG, "started") == "cancelled"
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port)).close()
