"""POST /v1/query over a real socket."""

import csv
import gzip
import http.client
import io
import json
import socket
import time
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.audit import latest, records
from gateway.query.pipeline import run
from gateway.query.request import Request
from tests.frontends.http.asking import Answer, Asked, basic

ORDERS = "SELECT order_id, amount, ordered_on FROM sales.orders ORDER BY order_id"
NDJSON = "application/x-ndjson"
LONG = "SELECT count(*) FILTER (sin(x) * cos(y) > 0.999) AS n FROM range(5000000) AS a(x), range(100) AS b(y)"
MANY = "SELECT range AS n, range::text AS t FROM range(3000000)"


def in_process(asked: Asked, sql: str, who: str = "ana") -> pa.Table:
    opened = asked.server.current
    principal = opened.principals.principals[who]
    result = run(Request(sql, principal, "cli"), opened.mesh)
    batches = list(result.batches())
    return pa.Table.from_batches(batches, result.schema)


def rows_of(answer: Answer, media_type: str) -> list[dict[str, Any]]:
    assert answer.status == 200, answer.body
    assert answer.headers["Content-Type"].partition(";")[0] == media_type
    match media_type:
        case "application/vnd.apache.arrow.stream":
            return pa.ipc.open_stream(answer.body).read_all().to_pylist()
        case "application/vnd.apache.parquet":
            return pq.read_table(io.BytesIO(answer.body)).to_pylist()
        case "application/json":
            names = [column["name"] for column in answer.json["columns"]]
            return [dict(zip(names, row, strict=True)) for row in answer.json["rows"]]
        case "application/x-ndjson":
            return [json.loads(line) for line in answer.body.decode().splitlines()]
    return list(csv.DictReader(io.StringIO(answer.body.decode(), newline="")))


@pytest.mark.parametrize(
    "media_type", ["application/vnd.apache.arrow.stream", "application/vnd.apache.parquet"]
)
def test_binary_formats_hold_the_rows_as_they_are(asked: Asked, media_type: str) -> None:
    answer = asked.query(ORDERS, Accept=media_type)
    assert rows_of(answer, media_type) == in_process(asked, ORDERS).to_pylist()


@pytest.mark.parametrize("media_type", ["application/json", NDJSON, "text/csv"])
def test_text_formats_hold_exact_texts(asked: Asked, media_type: str) -> None:
    rows = rows_of(asked.query(ORDERS, Accept=media_type), media_type)
    expected = in_process(asked, ORDERS).to_pylist()
    assert [(int(r["order_id"]), r["amount"], r["ordered_on"]) for r in rows] == [
        (r["order_id"], str(r["amount"]), str(r["ordered_on"])) for r in expected
    ]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("text/*", "text/csv"),
        ("application/json;q=0.1, text/csv;q=0.9", "text/csv"),
        ("image/png, application/x-ndjson", NDJSON),
        ("application/json;q=0, */*;q=0.5", NDJSON),
        ("text/html, text/csv; charset=UTF-8", "text/csv"),
    ],
)
def test_the_client_chooses_the_format(asked: Asked, accept: str | None, media_type: str) -> None:
    answer = asked.query("SELECT 1 AS n", **({"Accept": accept} if accept else {}))
    assert answer.headers["Content-Type"].partition(";")[0] == media_type


def test_a_format_that_nobody_writes_is_refused_before_anything_runs(asked: Asked) -> None:
    before = asked.last_record() if list((asked.folder / "state" / "audit").glob("*")) else None
    assert asked.query(ORDERS, Accept="image/png").status == 406
    assert before is None or asked.last_record() == before


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_answers_are_compressed_as_the_client_accepts(asked: Asked, encoding: str) -> None:
    plain = asked.query(ORDERS, Accept="text/csv")
    packed = asked.query(ORDERS, Accept="text/csv", Accept_Encoding=f"{encoding}, br;q=0.1")
    assert packed.headers["Content-Encoding"] == encoding
    unpacked = (
        gzip.decompress(packed.body)
        if encoding == "gzip"
        else pa.CompressedInputStream(pa.BufferReader(packed.body), "zstd").read()
    )
    assert unpacked == plain.body
    assert "Content-Encoding" not in plain.headers


def test_parameters_are_values_and_never_text(asked: Asked) -> None:
    sql = "SELECT $1 AS t, $2 + 1 AS n, $3::date AS d, $4 AS b, $5::integer[] AS l, $6 AS x"
    typed = {"type": "DECIMAL(38,20)", "value": "0.12345678901234567890"}
    answer = asked.query(sql, "'; DROP", 41, "2026-03-01", None, [1, 2], typed)
    assert answer.json["rows"] == [["'; DROP", 42, "2026-03-01", None, [1, 2], "0.12345678901234567890"]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"[]", "object"),
        (b"{", "not JSON"),
        (b'{"sql": NaN}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b'{"a":' * 50_000, "not JSON"),
        (b'{"sql": "SELECT 1 AS n", "sql": "SELECT 2 AS n"}', "twice"),
        (b'{"sql": "SELECT $1", "parameters": [{"value": 1, "value": 2, "type": "INTEGER"}]}', "twice"),
        (b'{"sql": "SELECT $1 AS t", "parameters": ["\\ud800"]}', "not JSON"),
        (b'{"sql": "SELECT \xed\xa0\x80"}', "not JSON"),
        ('{"sql": "SELECT 1 AS n"}'.encode("utf-16"), "not JSON"),
        (b'{"sql": "SELECT $1", "parameters": [' + b"9" * 10_000 + b"]}", "not JSON"),
        ({"sql": 1}, '"sql"'),
        ({}, '"sql"'),
        ({"sql": "SELECT 1", "limit": 3}, '"limit"'),
        ({"sql": "SELECT 1", "purpose": 3}, '"purpose"'),
        ({"sql": "SELECT $1", "parameters": {"a": 1}}, "list"),
        ({"sql": "SELECT $1", "parameters": [{"value": 1}]}, "$1"),
        ({"sql": "SELECT $1", "parameters": [[[1]]]}, "$1"),
        ({"sql": "SELECT $1", "parameters": [{"value": 1, "type": "ENUM('a')"}]}, "type"),
        ({"sql": "SELECT $1", "parameters": [{"value": 1, "type": "INTEGER) --"}]}, "type"),
    ],
)
def test_a_body_of_another_shape_is_refused(asked: Asked, body: Any, said: str) -> None:
    answer = asked.ask("POST", "/v1/query", body)
    assert (answer.status, answer.json["sqlstate"]) == (400, "08P01")
    assert said in answer.json["detail"]


@pytest.mark.parametrize(
    ("sql", "who", "status", "sqlstate"),
    [
        ("SELECT * FROM sales.orders", "olga", 403, "42501"),
        ("SELECT * FROM sales.nowhere", "ana", 404, "42P01"),
        ("SELECT nothing FROM sales.orders", "ana", 400, "42703"),
        ("SELEC 1", "ana", 400, "42601"),
        ("DELETE FROM sales.orders", "ana", 403, "25006"),
        ("SELECT 'a'::integer AS n", "ana", 422, "22P02"),
    ],
)
def test_refusals_and_failures_are_problems(
    asked: Asked, sql: str, who: str, status: int, sqlstate: str
) -> None:
    answer = asked.query(sql, who=who, Accept="text/csv")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status, answer.json["status"], answer.json["sqlstate"]) == (status, status, sqlstate)
    record = asked.last_record()
    assert (record.endpoint, record.principal, record.statement, record.sqlstate) == (
        "http",
        who,
        sql,
        sqlstate,
    )
    assert answer.json.get("reference") == (record.id if record.outcome == "failed" else None)


def test_the_purpose_stands_in_the_body_or_in_a_header(asked: Asked) -> None:
    sql = "SELECT count(*) AS n FROM sales.orders"
    assert asked.query(sql, who="felix").status == 403
    assert asked.query(sql, who="felix", x_mesh_purpose="audit").status == 200
    assert asked.last_record().purpose == "audit"
    body = {"sql": sql, "purpose": "billing"}
    assert asked.ask("POST", "/v1/query", body, "felix", x_mesh_purpose="audit").status == 200
    assert asked.last_record().purpose == "billing"
    assert asked.query(sql, who="ana", x_mesh_purpose="audit").status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        basic("ana", "wrong"),
        basic("nobody"),
        {"Authorization": "Basic !!!"},
        {"Authorization": "Bearer a.b.c"},
        {"Authorization": "Digest username=ana"},
        {"Authorization": ""},
    ],
)
def test_without_a_right_credential_there_is_no_answer(asked: Asked, headers: dict[str, str]) -> None:
    answer = asked.query("SELECT 1 AS n", who=None, **headers)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")
    assert answer.json["sqlstate"] == "28P01"


def test_a_form_of_another_site_cannot_ask(asked: Asked) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = asked.ask("POST", "/v1/query", b'{"sql": "SELECT 1 AS n"}', Content_Type=kind)
        assert answer.status == 415


# --- while it is on its way ------------------------------------------------------------------------------


def begun(asked: Asked, sql: str, version: str = "1.1") -> socket.socket:
    """A connection on which a statement was asked for."""
    body = json.dumps({"sql": sql})
    head = (
        f"POST /v1/query HTTP/{version}\r\nHost: x\r\nAccept: {NDJSON}\r\nContent-Type: application/json\r\n"
    )
    head += f"Authorization: {basic('ana')['Authorization']}\r\nContent-Length: {len(body)}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", asked.port), timeout=20)
    connection.sendall(f"{head}{body}".encode())
    return connection


def outcome(asked: Asked, sql: str, unlike: str) -> str:
    """How the last such statement ended; waits while it is `unlike`."""
    deadline = time.monotonic() + 5
    while True:
        known = [r for r in latest(records(asked.folder / "state" / "audit"), 5) if r.statement == sql]
        if known and known[-1].outcome != unlike:
            return known[-1].outcome
        assert time.monotonic() < deadline, "it still is"
        time.sleep(0.05)


def test_the_answer_begins_before_the_statement_ends_and_after_it_is_on_record(asked: Asked) -> None:
    with begun(asked, MANY) as connection:
        assert connection.recv(100).startswith(b"HTTP/1.1 200 ")
        assert outcome(asked, MANY, "") == "started"
    assert outcome(asked, MANY, "started") == "cancelled"


def test_a_client_that_goes_away_cancels_what_computes(asked: Asked) -> None:
    with begun(asked, LONG):
        assert outcome(asked, LONG, "") == "started"
        time.sleep(0.3)
    left = time.monotonic()
    assert outcome(asked, LONG, "started") == "cancelled"
    assert time.monotonic() - left < 2


BREAKS = """SELECT CASE WHEN range = 100000 THEN 'x' ELSE '1' END::integer AS n, repeat('long', 300) AS text
FROM range(200000)"""
"""Fails after 120 MB, much more than is read ahead: the answer has begun."""


def test_an_answer_that_fails_on_its_way_does_not_look_whole(asked: Asked) -> None:
    connection = asked.connection()
    connection.request(
        "POST",
        "/v1/query",
        json.dumps({"sql": BREAKS}),
        {**basic("ana"), "Content-Type": "application/json", "Accept": NDJSON},
    )
    response = connection.getresponse()
    assert response.status == 200
    with pytest.raises((http.client.IncompleteRead, ConnectionError)):
        response.read()
    connection.close()
    assert outcome(asked, BREAKS, "started") == "failed"


def test_an_old_client_that_knows_no_chunks_sees_a_reset(asked: Asked) -> None:
    with begun(asked, BREAKS, "1.0") as connection, pytest.raises(ConnectionResetError):
        whole(connection)


def whole(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1 << 20), b""))
