"""One enforcement path: each statement over PostgreSQL, Flight SQL, HTTP and in process gives the same rows or the same
refusal, and leaves the same audit record but for where it came from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import adbc_driver_flightsql.dbapi as flightsql
import psycopg
import pyarrow as pa
import pytest

from gateway.audit import AuditRecord, latest, records
from gateway.errors import MeshgateError
from gateway.query.pipeline import run
from gateway.query.request import Request
from gateway.server import Server
from gateway.settings import load_settings
from tests.frontends.http.asking import Asked as HttpAsked
from tests.frontends.one_path_statements import Asked, table
from tests.meshes import ENVIRONMENT, edited, write_mesh

STATEMENTS = tuple(table())
ENDPOINTS = 'postgres = "127.0.0.1:0"\nflight = "127.0.0.1:0"\nhttp = "127.0.0.1:0"'

Rows = list[tuple[Any, ...]] | str
"""What came back, or the SQLSTATE that it was refused with."""
Door = Callable[[Asked], Rows]


def plain(table: pa.Table) -> Rows:
    return [tuple(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]


@contextmanager
def postgres(server: Server) -> Iterator[Door]:
    def ask(asked: Asked) -> Rows:
        where = f"host=127.0.0.1 port={server.addresses['postgres'].port} dbname=small"
        options = f"-c mesh.purpose={asked.purpose}" if asked.purpose else ""
        try:
            with psycopg.connect(
                where, user=asked.who, password=asked.who, options=options, autocommit=True
            ) as connection:
                return connection.execute(asked.sql).fetchall()
        except psycopg.Error as error:
            return str(error.sqlstate)

    yield ask


@contextmanager
def flight(server: Server) -> Iterator[Door]:
    def ask(asked: Asked) -> Rows:
        uri = f"grpc://127.0.0.1:{server.addresses['flight'].port}"
        arguments = {"username": asked.who, "password": asked.who}
        options = {"adbc.flight.sql.session.option.purpose": asked.purpose} if asked.purpose else {}
        with (
            flightsql.connect(uri, db_kwargs=arguments, conn_kwargs=options, autocommit=True) as connection,
            connection.cursor() as cursor,
        ):
            try:
                cursor.execute(asked.sql)
                return plain(cursor.fetch_arrow_table())
            except (flightsql.Error, OSError) as error:
                return str(error).partition("(SQLSTATE ")[2][:5]

    yield ask


@contextmanager
def http(server: Server) -> Iterator[Door]:
    client = HttpAsked(server, Path())

    def ask(asked: Asked) -> Rows:
        headers = {"x_mesh_purpose": asked.purpose} if asked.purpose else {}
        try:
            answer = client.ask(
                "POST", "/v1/query", {"sql": asked.sql}, asked.who,
                Accept="application/vnd.apache.arrow.stream", **headers,
            )  # fmt: skip
        except OSError:
            return "cut off"
        if answer.status == 200:
            return plain(pa.ipc.open_stream(answer.body).read_all())
        return str(answer.json["sqlstate"])

    yield ask


@contextmanager
def in_process(server: Server) -> Iterator[Door]:
    def ask(asked: Asked) -> Rows:
        opened = server.current
        request = Request(asked.sql, opened.principals.principals[asked.who], "cli", purpose=asked.purpose)
        try:
            result = run(request, opened.mesh)
            return plain(pa.Table.from_batches(list(result.batches()), result.schema))
        except MeshgateError as error:
            return error.sqlstate

    yield ask


DOORS = {"cli": in_process, "postgres": postgres, "flight": flight, "http": http}
Answered = Mapping[str, Sequence[tuple[Rows, AuditRecord]]]


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answered:
    """By door: what each statement was answered with, and its record."""
    folder = tmp_path_factory.mktemp("doors")
    server = Server(
        load_settings(
            write_mesh(folder, edited("mesh.toml", 'postgres = "127.0.0.1:0"', ENDPOINTS)), ENVIRONMENT
        )
    )
    server.start()
    rows: dict[str, list[Rows]] = {}
    try:
        for name, door in DOORS.items():
            with door(server) as ask:
                rows[name] = [ask(asked) for asked in STATEMENTS]
    finally:
        server.stop(5)
    found = latest(records(folder / "state" / "audit"), 10_000)
    kept = [record for record in found if not record.statement.startswith("SetSessionOptions(")]
    return {
        name: list(zip(given, [record for record in kept if record.endpoint == name], strict=True))
        for name, given in rows.items()
    }


def alike(record: AuditRecord) -> AuditRecord:
    """Without what must differ: which access it was, when, from where, and how long it took."""
    sources = tuple(replace(source, seconds=None) for source in record.sources)
    return replace(record, id="", time=0.0, endpoint="", client="", seconds=None, sources=sources)


def test_the_table_has_many_of_each_kind() -> None:
    ends = [asked.sqlstate for asked in STATEMENTS]
    failing = [end for end in ends if end.startswith("22")]
    right = ends.count("00000")
    assert len(set(STATEMENTS)) == len(STATEMENTS) >= 150
    assert right >= 70
    assert len(failing) >= 8
    assert len(ends) - right - len(failing) >= 60


@pytest.mark.parametrize("number", range(len(STATEMENTS)), ids=lambda number: STATEMENTS[number].sql[:60])
def test_every_door_leads_to_the_same_answer_and_record(answered: Answered, number: int) -> None:
    asked = STATEMENTS[number]
    expected, record = answered["cli"][number]
    assert (record.statement, record.principal, record.purpose) == (asked.sql, asked.who, asked.purpose)
    assert (expected if isinstance(expected, str) else "00000") == asked.sqlstate
    assert (record.sqlstate or "00000") == asked.sqlstate
    for name in ("postgres", "flight", "http"):
        rows, own = answered[name][number]
        assert rows == expected or (rows == "cut off" and own.sqlstate == expected), name
        assert alike(own) == alike(record), name
