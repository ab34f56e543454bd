"""Sessions, pool, cancelling and failing of the PostgreSQL connector, on real servers."""

import threading
import time
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from connectors import connector
from connectors.base import Scan, ScanCanceled, SourceColumn, SourceDown, SourceError, Stream
from connectors.options import OptionError
from connectors.postgres import PostgresConnector
from connectors.postgres_pool import secrets, with_parameters
from tests.connectors.sources import answer, ask, one, opened, read, rows, run
from tests.servers import PostgresServer, postgres_server


def test_tables_of_every_kind_and_schema_are_found(uri: str, source: PostgresConnector) -> None:
    run(
        uri,
        'CREATE SCHEMA "other one"',
        'CREATE TABLE "other one".parts (id int NOT NULL) PARTITION BY RANGE (id)',
        'CREATE VIEW looks AS SELECT 1 AS "x y"',
        "CREATE MATERIALIZED VIEW kept AS SELECT 2 AS b",
        "CREATE TABLE pg_class (a int)",
        "INSERT INTO public.pg_class VALUES (7)",
        "CREATE TABLE dropped (a int, b int)",
        "ALTER TABLE dropped DROP COLUMN a",
    )
    tables = source.tables()
    assert tables[("looks",)] == tables[("public", "looks")]
    assert ("kept",) in tables
    assert ("parts",) not in tables
    assert [(column.name, column.nullable) for column in tables[("other one", "parts")].columns] == [
        ("id", False)
    ]
    assert [column.name for column in tables[("dropped",)].columns] == ["b"]
    assert not [name for name in tables if "pg_catalog" in name or "information_schema" in name]
    assert rows(read(opened(source, "pg_class"))) == [(7,)]  # not the system's own of that name
    other = connector("postgres", {"uri": uri, "schema": "other one"}, Path())
    assert ("parts",) in other.tables()
    assert ("looks",) not in other.tables()
    other.close()


def test_only_what_may_be_read_is_a_table(uri: str) -> None:
    role = f"r{uuid4().hex}"
    run(
        uri,
        f"CREATE ROLE {role} LOGIN",
        "CREATE TABLE partly (open int, closed int)",
        "CREATE TABLE hidden (a int)",
        f"GRANT SELECT (open) ON partly TO {role}",
    )
    source = PostgresConnector(uri.replace("postgres@", f"{role}@"))
    tables = source.tables()
    source.close()
    assert ("hidden",) not in tables
    assert [column.name for column in tables[("partly",)].columns] == ["open"]


def test_a_session_is_read_only_named_and_neutral(uri: str, source: PostgresConnector) -> None:
    shown = (
        "transaction_read_only",
        "transaction_isolation",
        "application_name",
        "TimeZone",
        "DateStyle",
        "search_path",
    )
    query = "SELECT " + ", ".join(f"current_setting('{name}') AS \"{name}\"" for name in shown)
    stream = one(
        source, Scan(tuple(SourceColumn(name, "VARCHAR", "") for name in shown), query=query), "it's 7"
    )
    got = dict(zip(shown, rows(read(stream))[0], strict=True))
    assert got == {
        "transaction_read_only": "on",
        "transaction_isolation": "repeatable read",
        "application_name": "meshgate it's 7",
        "TimeZone": "UTC",
        "DateStyle": "ISO, MDY",
        "search_path": "public",
    }
    run(uri, "CREATE SEQUENCE IF NOT EXISTS counter")
    with pytest.raises(SourceError, match="read-only"):
        ask(source, "SELECT nextval('counter') AS a", ("a", "BIGINT"))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT 1 AS a; SELECT 2 AS a",
        "DELETE FROM pg_class RETURNING 1 AS a",
        "SELECT 1 AS b",
        "SELEC 1 AS a",
    ],
)
def test_what_is_no_query_is_an_error(source: PostgresConnector, query: str) -> None:
    with pytest.raises(SourceError):
        ask(source, query, ("a", "INTEGER"))
    assert rows(ask(source, "SELECT 1 AS a -- a comment at the end", ("a", "INTEGER"))) == [(1,)]


def test_a_type_that_changed_since_introspection_is_never_read_as_the_old_one(
    uri: str, source: PostgresConnector
) -> None:
    run(uri, "CREATE TABLE changing (a numeric(10,2))", "INSERT INTO changing VALUES (1.25)")
    columns = source.tables()[("changing",)].columns
    assert rows(read(one(source, Scan(columns, ("changing",))))) == [(Decimal("1.25"),)]
    run(uri, "ALTER TABLE changing ALTER a TYPE numeric(10,4)", "UPDATE changing SET a = 1.2501")
    with pytest.raises(SourceError, match="more than 2 fractional digits"):
        read(one(source, Scan(columns, ("changing",))))


def test_what_statements_of_one_shape_have_in_common_is_not_believed_either(
    uri: str, source: PostgresConnector
) -> None:
    run(uri, "CREATE TABLE shaped (a numeric(10,2), b int)", "INSERT INTO shaped VALUES (1.25, 1), (2.25, 2)")
    columns = source.tables()[("shaped",)].columns[:1]

    def asked(b: int) -> list[object]:
        query = f"SELECT a FROM shaped WHERE b = {b}"
        return rows(
            read(one(source, Scan(columns, query=query, shape=("SELECT a FROM shaped WHERE b = ", ""))))
        )

    assert asked(1) == [(Decimal("1.25"),)]
    assert asked(2) == [(Decimal("2.25"),)]
    run(uri, "ALTER TABLE shaped ALTER a TYPE numeric(10,4)", "UPDATE shaped SET a = 1.2501 WHERE b = 1")
    with pytest.raises(SourceError, match="more than 2 fractional digits"):
        asked(1)
    run(uri, "ALTER TABLE shaped ALTER a TYPE text")
    with pytest.raises(SourceError):
        asked(2)


@pytest.mark.parametrize("there", [0, 1, 2, 3_000])
def test_all_rows_come_where_one_was_expected(source: PostgresConnector, there: int) -> None:
    query = f"SELECT pg_backend_pid()::bigint AS a FROM generate_series(1, {there})"
    first, second = (
        read(one(source, Scan((SourceColumn("a", "BIGINT", ""),), query=query, one=True))) for _ in range(2)
    )
    assert first.num_rows == second.num_rows == there
    assert first.column("a").unique() == second.column("a").unique(), "the connection was not used again"


def test_an_error_in_the_row_that_is_expected(source: PostgresConnector) -> None:
    with pytest.raises(SourceError, match="division by zero"):
        read(one(source, Scan((SourceColumn("a", "INTEGER", ""),), query="SELECT 1/0 AS a", one=True)))
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]


def slow(source: PostgresConnector, query: str, *, alone: bool = False) -> Stream:
    return one(source, Scan((SourceColumn("a", "VARCHAR", ""),), query=query, one=alone), "slow")


def running(uri: str, name: str = "meshgate slow") -> int:
    found = answer(
        uri, f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state = 'active'"
    )
    return int(str(found[0][0]))


@pytest.mark.parametrize(
    ("query", "alone"),
    [
        ("SELECT pg_sleep(30)::text AS a", False),
        ("SELECT pg_sleep(30)::text AS a", True),
        (
            "SELECT x::text AS a FROM generate_series(1, 200000) AS g(x)"
            " WHERE pg_sleep(CASE WHEN x = 150000 THEN 30 ELSE 0 END) IS NOT NULL",
            False,
        ),
    ],
)
def test_cancel_unblocks_the_reader_and_stops_the_server(
    uri: str, source: PostgresConnector, query: str, alone: bool
) -> None:
    stream = slow(source, query, alone=alone)
    canceled_at: list[float] = []

    def cancel() -> None:
        while not running(uri):
            time.sleep(0.02)
        canceled_at.append(time.monotonic())
        stream.cancel()

    canceling = threading.Thread(target=cancel)
    canceling.start()
    with pytest.raises(ScanCanceled):
        stream.reader().read_all()
    took = time.monotonic() - canceled_at[0]
    canceling.join()
    assert took < 0.5
    assert running(uri) == 0
    stream.close()
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]


def test_cancel_reaches_a_scan_that_waits_for_a_lock(uri: str, source: PostgresConnector) -> None:
    run(uri, "CREATE TABLE locked (a text)")
    with psycopg.connect(uri) as other:
        other.execute(b"LOCK TABLE locked IN ACCESS EXCLUSIVE MODE")
        stream = slow(source, "SELECT a FROM locked")
        threading.Timer(0.3, stream.cancel).start()
        with pytest.raises(ScanCanceled):
            stream.reader().read_all()
    stream.close()


def test_cancel_reaches_a_scan_that_waits_for_the_pool(uri: str) -> None:
    source = PostgresConnector(uri, pool=1)
    held = opened_big(source)
    waiting = slow(source, "SELECT 'x' AS a")
    threading.Timer(0.2, waiting.cancel).start()
    with pytest.raises(ScanCanceled):
        waiting.reader().read_all()
    held.close()
    source.close()


def opened_big(source: PostgresConnector) -> Stream:
    """A stream in the middle of a result too big for any buffer on the way."""
    stream = slow(source, "SELECT repeat('x', 100) || x AS a FROM generate_series(1, 1000000) AS g(x)")
    stream.reader().read_next_batch()
    return stream


def test_the_pool_is_bounded_and_says_so(uri: str) -> None:
    source = PostgresConnector(uri, pool=2, pool_timeout=0.2)
    held = [opened_big(source), opened_big(source)]
    with pytest.raises(SourceError, match="all 2 connections are busy"):
        ask(source, "SELECT 1 AS a", ("a", "INTEGER"))
    for stream in held:
        stream.close()
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]
    source.close()


def test_connections_are_used_again_after_success_and_not_after_failure(source: PostgresConnector) -> None:
    def process() -> object:
        return rows(ask(source, "SELECT pg_backend_pid() AS a", ("a", "INTEGER")))[0][0]

    first = process()
    assert process() == first
    with pytest.raises(SourceError):
        ask(source, "SELECT 1/0 AS a", ("a", "INTEGER"))
    assert process() != first


def test_an_idle_connection_that_the_server_closed_is_replaced(uri: str, source: PostgresConnector) -> None:
    process = rows(ask(source, "SELECT pg_backend_pid() AS a", ("a", "INTEGER")))[0][0]
    answer(uri, f"SELECT pg_terminate_backend({process})")
    assert rows(ask(source, "SELECT 1 AS a", ("a", "INTEGER"))) == [(1,)]


def test_the_source_keeps_the_statement_timeout(uri: str) -> None:
    source = connector("postgres", {"uri": uri, "statement_timeout": 0.2}, Path())
    with pytest.raises(SourceError, match="statement timeout") as caught:
        ask(source, "SELECT pg_sleep(20)::text AS a", ("a", "VARCHAR"))
    assert not isinstance(caught.value, ScanCanceled)
    source.close()


def test_an_error_late_in_a_result_is_no_shorter_result(source: PostgresConnector) -> None:
    query = "SELECT (1 / (x - 300000))::text || repeat('x', 50) AS a FROM generate_series(1, 400000) AS g(x)"
    reader = slow(source, query).reader()
    assert reader.read_next_batch().num_rows > 0
    with pytest.raises(SourceError, match="division by zero"):
        reader.read_all()


@pytest.mark.parametrize("how", ["terminated", "killed"])
def test_a_source_that_dies_midway_is_an_error(how: str) -> None:
    with postgres_server() as server:
        source = PostgresConnector(server.uri())
        reader = slow(source, "SELECT repeat('x', 200) AS a FROM generate_series(1, 2000000)").reader()
        assert reader.read_next_batch().num_rows > 0
        if how == "killed":
            server.kill()
        else:
            server.query(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'meshgate slow'"
            )
        with pytest.raises(SourceError):
            reader.read_all()
        if how == "killed":
            with pytest.raises(SourceDown):
                source.tables()
        source.close()


def test_text_of_another_encoding_is_translated_and_of_none_is_checked(postgres: PostgresServer) -> None:
    for encoding in ("LATIN1", "SQL_ASCII"):
        name = f"e{uuid4().hex}"
        postgres.run(f"CREATE DATABASE {name} ENCODING '{encoding}' TEMPLATE template0 LOCALE 'C'")
        source = PostgresConnector(postgres.uri(name))
        if encoding == "LATIN1":
            assert rows(ask(source, "SELECT chr(233) AS a", ("a", "VARCHAR"))) == [("é",)]
        else:
            with pytest.raises(SourceError):
                ask(source, "SELECT convert_from('\\xff', 'SQL_ASCII') AS a", ("a", "VARCHAR"))
            assert rows(ask(source, "SELECT 'é' AS a", ("a", "VARCHAR"))) == [("é",)]
        source.close()


@pytest.mark.parametrize(
    "uri",
    [
        "postgresql://u:s3cret@127.0.0.1:1/x",
        "postgresql://u:s3cret%zz@127.0.0.1/x",
        "host=127.0.0.1 port=1 password=s3cret",
        "postgresql://127.0.0.1:1/x?password=s3cret&user=u",
        "s3cret",
    ],
)
def test_a_source_that_cannot_be_reached_is_down_and_keeps_its_password(uri: str) -> None:
    source = PostgresConnector(uri)
    with pytest.raises(SourceDown) as caught:
        source.tables()
    assert "s3cret" not in f"{caught.value!r} {caught.value.__cause__!r} {source!r}"
    with pytest.raises(SourceDown):
        ask(source, "SELECT 1 AS a", ("a", "INTEGER"))
    source.close()


def test_parameters_are_added_but_not_overruled() -> None:
    added = {"connect_timeout": "5"}
    assert with_parameters("postgresql://h/d", added) == "postgresql://h/d?connect_timeout=5"
    assert with_parameters("postgresql://h/d?sslmode=require", added).endswith(
        "?sslmode=require&connect_timeout=5"
    )
    assert (
        with_parameters("postgresql://h/d?connect_timeout=9", added) == "postgresql://h/d?connect_timeout=9"
    )
    assert with_parameters("host=h", added) == "host=h connect_timeout=5"


def test_secrets_are_found_in_every_spelling() -> None:
    assert "p@ss" in secrets("postgresql://u:p%40ss@h/d")
    assert "p%40ss" in secrets("postgresql://u:p%40ss@h/d")
    assert "a b" in secrets("host=h password='a b'")
    assert "x" in secrets("postgresql://h/d?password=x")


def test_a_closed_connector_gives_no_more_answers(uri: str) -> None:
    source = PostgresConnector(uri)
    stream = opened_big(source)
    source.close()
    stream.close()
    with pytest.raises(SourceError, match="closed"):
        source.tables()


def test_a_source_may_be_named_by_its_parts(uri: str) -> None:
    told = conninfo_to_dict(uri)
    parts: dict[str, object] = {"host": told["host"], "database": told["dbname"], "user": told["user"]}
    if "port" in told:
        parts["port"] = int(str(told["port"]))
    found = connector("postgres", parts, Path())
    try:
        assert isinstance(found.tables(), dict)
    finally:
        found.close()


@pytest.mark.parametrize(
    ("options", "key"),
    [({}, "uri"), ({"host": "h"}, "uri"), ({"uri": "postgresql://h/d", "port": 5432}, "port")],
)
def test_a_source_is_named_by_a_uri_or_by_its_parts(options: dict[str, object], key: str) -> None:
    with pytest.raises(OptionError) as caught:
        connector("postgres", options, Path())
    assert caught.value.key == key
