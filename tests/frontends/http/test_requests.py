"""Requests as HTTP knows them: methods, what the client accepts, and what is no request at all."""

import json
import socket
import zlib

import pyarrow as pa
import pytest

from tests.frontends.http.asking import Asked, basic

PROBLEM = b"Content-Type: application/problem+json"
SIGNED = f"Authorization: {basic('ana')['Authorization']}\r\n"


def sent(asked: Asked, data: bytes) -> bytes:
    """What comes back until the connection ends."""
    with socket.create_connection(("127.0.0.1", asked.port), timeout=20) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


MALFORMED = {
    "noise": (b"\x00\x01\x02\r\n\r\n", 400),
    "no protocol": (b"GET /healthz\r\n", 400),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    "lines that do not end": (b"GET /healthz HTTP/1.1\nHost: x\n\n", 400),
    "no host": (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
    "a proxy's path": (b"GET http://x/healthz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    "a tunnel": (b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n", 405),
    "a long path": (b"GET /" + b"a" * 90_000 + b" HTTP/1.1\r\n\r\n", 414),
    "a long header": (b"GET / HTTP/1.1\r\nX: " + b"a" * 90_000 + b"\r\n\r\n", 413),
    "two credentials": (f"GET /v1/queries HTTP/1.1\r\nHost: x\r\n{SIGNED}{SIGNED}\r\n".encode(), 400),
    "two purposes": (b"GET / HTTP/1.1\r\nHost: x\r\nx-mesh-purpose: a\r\nX-Mesh-Purpose: b\r\n\r\n", 400),
    "two lengths": (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", 400),
    "a length and chunks": (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
    ),
}


@pytest.mark.parametrize(("data", "status"), MALFORMED.values(), ids=MALFORMED)
def test_what_is_no_request_is_a_problem_too(asked: Asked, data: bytes, status: int) -> None:
    head, _, body = sent(asked, data).partition(b"\r\n\r\n")
    assert int(head.split()[1]) == status == json.loads(body)["status"]
    assert PROBLEM in head
    assert b"Connection: close" in head


def test_a_purpose_with_underscores_is_none(asked: Asked) -> None:
    """WSGI would not tell it from the right one, of which there may be one only."""
    body = b'{"sql": "SELECT count(*) AS n FROM sales.orders"}'
    head = f"POST /v1/query HTTP/1.1\r\nHost: x\r\nAuthorization: {basic('felix')['Authorization']}\r\n"
    head += f"x_mesh_purpose: audit\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    answer = sent(asked, f"{head}Connection: close\r\n\r\n".encode() + body)
    assert answer.split()[1] == b"403"
    assert asked.last_record().purpose is None


@pytest.mark.parametrize(
    ("method", "path", "status", "allowed"),
    [
        *(
            (method, "/v1/query", 405, "POST, OPTIONS")
            for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE")
        ),
        ("OPTIONS", "/v1/query", 200, "POST, OPTIONS"),
        ("POST", "/v1/catalog/domains", 405, "GET, HEAD, OPTIONS"),
        ("HEAD", "/v1/catalog/domains", 200, None),
        ("HEAD", "/healthz", 200, None),
        ("GET", "/nowhere", 404, None),
    ],
)
def test_methods(asked: Asked, method: str, path: str, status: int, allowed: str | None) -> None:
    answer = asked.ask(method, path)
    assert answer.status == status
    if allowed is not None:
        assert {*answer.headers["Allow"].split(", ")} == {*allowed.split(", ")}
    assert not (method == "HEAD" and answer.body)


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, zstd", "zstd"),
        ("zstd;q=0.2, gzip;q=0.3", "gzip"),
        ("gzip;q=0.1, identity;q=0.5", None),
        ("gzip;q=0.5, identity;q=0.1", "gzip"),
        ("gzip;q=0", None),
        ("br, deflate", None),
        ("*", "zstd"),
        ("zstd;q=0, *", "gzip"),
        ("", None),
    ],
)
def test_encodings_by_their_weight(asked: Asked, accepts: str, encoding: str | None) -> None:
    answer = asked.query("SELECT 1 AS n", Accept="text/csv", Accept_Encoding=accepts)
    assert answer.headers.get("Content-Encoding") == encoding
    if encoding == "gzip":
        assert zlib.decompress(answer.body, zlib.MAX_WBITS | 16) == b"n\r\n1\r\n"
    elif encoding == "zstd":
        plain = pa.CompressedInputStream(pa.BufferReader(answer.body), "zstd").read()
        assert plain == b"n\r\n1\r\n"


@pytest.mark.parametrize("accepts", ["identity;q=0", "*;q=0", "gzip;q=0, identity;q=0, br"])
def test_no_encoding_that_fits_is_refused_before_anything_runs(asked: Asked, accepts: str) -> None:
    asked.query("SELECT 1 AS n")
    before = asked.last_record()
    assert asked.query("SELECT 2 AS n", Accept_Encoding=accepts).status == 406
    assert asked.last_record() == before


def test_a_packed_body_is_refused(asked: Asked) -> None:
    answer = asked.ask("POST", "/v1/query", zlib.compress(b'{"sql": "SELECT 1"}'), Content_Encoding="deflate")
    assert (answer.status, answer.json["status"]) == (415, 415)


@pytest.mark.parametrize(
    ("method", "path", "named"),
    [
        ("GET", "/v1/queries?principal=ben", "principal"),
        ("DELETE", "/v1/queries/x?force=1", "force"),
        ("GET", "/v1/catalog/relations?domain=sales", "domain"),
        ("GET", "/v1/catalog/search?q=order&limit=1", "limit"),
        ("GET", "/v1/catalog/search?q=order&q=people", "q"),
        ("POST", "/v1/query?purpose=audit", "purpose"),
        ("GET", "/v1/openapi.json?%22%0a=1", '\\"\\n'),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_its_name(
    asked: Asked, method: str, path: str, named: str
) -> None:
    """Whoever asks for the relations of one domain must not take all for them."""
    answer = asked.ask(method, path)
    assert answer.status == 400
    assert answer.json["detail"] == f'the parameter "{named}" is not known here, or given twice'
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_whoever_asks_whether_the_gateway_lives_may_ask_anything(asked: Asked) -> None:
    assert asked.ask("GET", "/healthz?now=1").status == 200
