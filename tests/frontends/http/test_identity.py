"""Who gets in over HTTP by a certificate, who is turned away, and what the operator is told of that."""

import http.client
import json
import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.certificates import Authority, Pair
from tests.frontends.http.asking import Asked, basic, serving
from tests.frontends.http.conftest import ENDPOINT
from tests.frontends.http.test_server import mesh_with
from tests.meshes import write_mesh

WHO = "SELECT current_user AS who"


class Secure:
    """The endpoint over TLS; `authority` signs the server's certificate, `clients` those of clients."""

    def __init__(self, asked: Asked, authority: Authority, clients: Authority, demanded: bool) -> None:
        self.asked, self.authority, self.clients, self.demanded = asked, authority, clients, demanded

    def who(self, pair: Pair | None, headers: dict[str, str]) -> tuple[int, object]:
        """The status, and who the endpoint takes the client for."""
        context = ssl.create_default_context(cafile=str(self.authority.root))
        if pair is not None:
            context.load_cert_chain(pair.cert, pair.key)
        connection = http.client.HTTPSConnection("localhost", self.asked.port, timeout=10, context=context)
        try:
            body = json.dumps({"sql": WHO})
            connection.request("POST", "/v1/query", body, {**headers, "Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read()).get("rows")
        finally:
            connection.close()


@pytest.fixture(scope="module", params=[False, True], ids=["optional", "demanded"])
def secure(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secure]:
    folder = tmp_path_factory.mktemp("secure")
    (folder / "clients").mkdir()
    authority, clients = Authority(folder), Authority(folder / "clients")
    pair = authority.server()
    lines = ["[tls]", f'cert = "{pair.cert}"', f'key = "{pair.key}"', f'client_ca = "{clients.root}"']
    lines += ["http_certificates = true"] * request.param
    with serving(mesh_with(folder / "mesh", "\n".join(lines))) as asked:
        yield Secure(asked, authority, clients, request.param)


def test_a_certificate_stands_for_a_password(secure: Secure) -> None:
    ana = secure.clients.client("ana", "ana")
    assert secure.who(ana, {}) == (200, [["ana"]])
    assert secure.asked.last_record().principal == "ana"


def test_who_sends_a_credential_is_judged_by_it(secure: Secure) -> None:
    ana = secure.clients.client("ana", "ana")
    assert secure.who(ana, basic("felix")) == (200, [["felix"]])
    for headers in (basic("ana", "wrong"), {"Authorization": ""}, {"Authorization": "Digest x"}):
        assert secure.who(ana, headers)[0] == 401


@pytest.mark.parametrize("names", [("nobody",), ("ana", "felix"), ()])
def test_a_certificate_that_names_no_principal_or_several_is_none(
    secure: Secure, names: tuple[str, ...]
) -> None:
    assert secure.who(secure.clients.client("doubtful", *names), {})[0] == 401


def test_certificates_of_others_and_old_ones_are_not_accepted(secure: Secure) -> None:
    for pair in (secure.authority.client("foreign", "ana"), secure.clients.client("old", "ana", days=-1)):
        with pytest.raises(OSError):  # noqa: PT011 - by the TLS version: an alert, or a connection that ends
            secure.who(pair, basic("ana"))


def test_without_a_certificate_only_where_none_is_demanded(secure: Secure) -> None:
    if secure.demanded:
        with pytest.raises(OSError):  # noqa: PT011
            secure.who(None, basic("ana"))
    else:
        assert secure.who(None, basic("ana")) == (200, [["ana"]])
        assert secure.who(None, {})[0] == 401


def test_a_refused_sign_in_is_told_to_the_operator(asked: Asked, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        asked.query("SELECT 1 AS n", who=None)
        assert not caplog.records
        asked.query("SELECT 1 AS n", who=None, **basic("ana\nforged", "secret"))
    (record,) = [each.getMessage() for each in caplog.records if "sign-in" in each.getMessage()]
    assert record.startswith("sign-in refused, http, from 127.0.0.1: ")
    assert "ana" in record
    assert "\n" not in record
    assert "secret" not in record


def test_there_are_as_many_connections_as_mesh_toml_says(tmp_path: Path) -> None:
    limited = ENDPOINT["mesh.toml"].replace("seconds = 20", "connections = 3")
    with serving(write_mesh(tmp_path, {"mesh.toml": limited})) as few:
        there = [socket.create_connection(("127.0.0.1", few.port), timeout=10) for _ in range(3)]
        with socket.create_connection(("127.0.0.1", few.port), timeout=10) as further:
            head, _, body = b"".join(iter(lambda: further.recv(4096), b"")).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 1" in head
        assert json.loads(body)["sqlstate"] == "53300"
        there.pop().close()
        for connection in there:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
            connection.close()
        assert few.query("SELECT 1 AS n").status == 200
