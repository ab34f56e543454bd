"""Requests over HTTP made up by a generator, in two worlds: whole answers, with status, headers and error texts, are
equal, and what is malformed is told as a problem."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audit import AuditRecord
from gateway.frontends.contract import Gateway
from gateway.frontends.http.app import create_app
from policies.principal import Principal
from tests.security.drivers import PASSWORD, OnePrincipal, gateway_of
from tests.security.unseen import worlds
from tests.security.worlds import ANA

PIECES = (
    "v1",
    "catalog",
    "domains",
    "products",
    "relations",
    "search",
    "queries",
    "query",
    "explain",
    "openapi.json",
    "healthz",
    "readyz",
    "sales",
    "orders",
    "parcels",
    "customers",
    "hr",
    "salaries",
    "canary_relation",
    "canary_domain",
    "SALES",
    "Orders",
    "",
    ".",
    "..",
    "%2e%2e",
    "%2f",
    "%00",
    "%ff",
    "orders%20",
    "*",
    "sales.orders",
    "\u00e9",
    "0",
)
PATHS = (
    "/v1/catalog/domains",
    "/v1/catalog/products",
    "/v1/catalog/relations",
    "/v1/queries",
    "/v1/openapi.json",
    *(
        f"/v1/catalog/{kind}/{domain}/{name}"
        for kind in ("products", "relations")
        for domain in ("sales", "hr", "canary_domain")
        for name in (
            "orders",
            "parcels",
            "customers",
            "salaries",
            "canary_relation",
            "canary_column",
            "margin",
        )
    ),
    *(
        f"/v1/catalog/search?q={words}"
        for words in (
            "canary",
            "canary_relation",
            "margin",
            "sal",
            "order",
            "a",
            "%25",
            "%00",
            "api_key",
            "canary+column",
            "hr",
            "CANARY",
            "_",
            ".",
            "x" * 3_000,
        )
    ),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONE")
TYPES = (
    "application/json",
    "text/csv",
    "application/x-ndjson",
    "application/vnd.apache.arrow.stream",
    "*/*",
    "text/*;q=0.1",
    "application/vnd.apache.parquet",
    "application/problem+json",
    "",
    ";",
    "a",
    "*/*;q=x",
    "text/csv;q=0, */*",
    "\u00ff",
)
HEADERS = {
    "Accept": TYPES,
    "Accept-Encoding": ("gzip", "zstd", "identity;q=0", "*;q=0", "br", "", "gzip;q=2", ",,"),
    "Content-Type": (*TYPES, "application/json; charset=utf-16", "multipart/form-data; boundary=x"),
    "Content-Encoding": ("gzip", "identity", ""),
    "X-Mesh-Purpose": ("audit", "", "canary", "a" * 2_000),
    "X-HTTP-Method-Override": ("DELETE",),
    "X-Forwarded-For": ("10.0.0.1",),
    "X-Original-URL": ("/v1/catalog/relations/hr/salaries",),
    "Origin": ("https://canary.example",),
    "If-None-Match": ("*", '"x"'),
    "Range": ("bytes=0-5",),
    "Cookie": ("session=canary",),
}
STATEMENTS = (
    "SELECT id, note FROM sales.orders ORDER BY id",
    "SELECT * FROM sales.parcels ORDER BY order_id",
    "SELECT * FROM hr.salaries",
    "SELECT * FROM sales.canary_relation",
    "SELECT canary_column FROM sales.parcels",
    "SELECT margin FROM sales.orders",
    "SELECT cast(note AS integer) FROM sales.orders",
    "SELECT $1",
    "EXPLAIN (POLICY) SELECT id FROM sales.orders",
    "",
    ";",
    "EXPLAIN SELECT * FROM sales.customers",
    "SHOW TABLES",
    "DESCRIBE sales.parcels",
    "SUMMARIZE sales.orders",
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**70)
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(STATEMENTS),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(("type", "value", "x")), inner, max_size=2)
    ),
    max_leaves=4,
)
BODIES = st.one_of(
    st.binary(max_size=30),
    st.sampled_from(STATEMENTS).map(lambda sql: json.dumps({"sql": sql}).encode()),
    st.fixed_dictionaries(
        {"sql": st.sampled_from(STATEMENTS) | VALUES},
        optional={"parameters": st.lists(VALUES, max_size=2) | VALUES, "purpose": VALUES, "limit": VALUES},
    ).map(lambda body: json.dumps(body).encode()),
)
RANDOM = re.compile(rb'"(reference|began)": ?"[^"]*"')

Served = tuple[FlaskClient, FlaskClient]
Answer = tuple[int, list[tuple[str, str]], bytes]


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    known = worlds()
    identity = OnePrincipal()
    identity.current = ANA
    first, second = (create_app(gateway_of(mesh, identity)).test_client() for mesh in known.both)
    yield first, second
    known.close()


def plain(data: bytes, encoding: str | None) -> bytes:
    if encoding == "zstd":
        return pa.CompressedInputStream(pa.BufferReader(data), "zstd").read() if data else data
    return zlib.decompress(data, zlib.MAX_WBITS | 16) if encoding == "gzip" and data else data


def asked(
    client: FlaskClient, method: str, path: str, headers: Mapping[str, str], body: bytes | None
) -> Answer:
    """All that there is, but for random names."""
    answer = client.open(
        path, method=method, headers=list(headers.items()), data=body, auth=("ana", PASSWORD)
    )
    told = plain(answer.get_data(), answer.headers.get("Content-Encoding"))
    left_out = ("Content-Length", "x-mesh-reference")
    headers_told = sorted((name, text) for name, text in answer.headers.items() if name not in left_out)
    return answer.status_code, headers_told, RANDOM.sub(b"", told)


def alike(served: Served, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
    first, second = (asked(client, method, path, headers, body) for client in served)
    assert first == second, (method, path, headers, body)
    status, told, text = first
    assert status != 500, (method, path, headers, body, text)
    assert not re.search(rb"Traceback|site-packages|\.py\b", text)
    if status >= 400 and method != "HEAD":
        assert dict(told)["Content-Type"] == "application/problem+json"
        assert json.loads(text.replace(b", ,", b",").replace(b", }", b"}"))["status"] == status
    return first


@pytest.mark.parametrize("path", PATHS)
def test_each_page_of_the_catalog(served: Served, path: str) -> None:
    for accepted in TYPES[:6]:
        _, _, text = alike(served, "GET", path, {"Accept": accepted}, None)
        said = text.lower().replace(path.partition("?")[0].rpartition("/")[2].encode(), b"")
        assert b"canary" not in said or "canary" in path


@settings(max_examples=250, deadline=None)
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(PATHS)
    | st.lists(st.sampled_from(PIECES), max_size=6).map(lambda parts: "/" + "/".join(parts)),
    headers=st.fixed_dictionaries(
        {}, optional={name: st.sampled_from(texts) for name, texts in HEADERS.items()}
    ),
    body=st.none() | BODIES,
)
def test_any_request(
    served: Served, method: str, path: str, headers: dict[str, str], body: bytes | None
) -> None:
    alike(served, method, path, headers, body)


@settings(max_examples=200, deadline=None)
@given(
    path=st.sampled_from(("/v1/query", "/v1/explain")),
    accepted=st.sampled_from(TYPES),
    encoding=st.sampled_from(HEADERS["Accept-Encoding"]),
    body=BODIES,
)
def test_any_body(served: Served, path: str, accepted: str, encoding: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json", "Accept": accepted, "Accept-Encoding": encoding}
    alike(served, "POST", path, headers, body)


def running(gateway: Gateway, principal: str, number: int, canceled: list[str]) -> None:
    record = AuditRecord(f"id{number}", 0.0, principal, (), "http", "", None, "SELECT 'canary'")
    gateway.statements.began(record)
    gateway.statements.answers(record.id, lambda: canceled.append(record.id))


@settings(max_examples=60, deadline=None)
@given(
    others=st.lists(st.sampled_from(("bob", "Ana", "ana ", "an", "")), max_size=4),
    own=st.integers(0, 2),
    tried=st.lists(
        st.sampled_from([f"id{number}" for number in range(6)] + ["ID0", "id0%20", "id%2a", "nothing"])
    ),
)
def test_statements_of_others_are_none(others: list[str], own: int, tried: list[str]) -> None:
    """Neither in the list nor by their ids, which she may have guessed."""
    known = worlds()
    identity = OnePrincipal()
    identity.current = Principal("ana")
    gateway = gateway_of(known.first, identity)
    canceled: list[str] = []
    for number in range(own):
        running(gateway, "ana", number, canceled)
    for number, name in enumerate(others, start=own):
        running(gateway, name, number, canceled)
    client = create_app(gateway).test_client()
    listed = client.get("/v1/queries", auth=("ana", PASSWORD)).get_json()["queries"]
    assert [each["id"] for each in listed] == [f"id{number}" for number in range(own)]
    answers = {
        each: client.delete(f"/v1/queries/{each}", auth=("ana", PASSWORD)) for each in ("never", *tried)
    }
    mine = {f"id{number}" for number in range(own)}
    for each, answer in answers.items():
        never = answers["never"]
        assert answer.status_code == (204 if each in mine else 404)
        assert each in mine or answer.get_data() == never.get_data()
    assert set(canceled) == mine & set(tried)
    known.close()
