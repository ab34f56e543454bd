"""Traps of PostgreSQL and its driver, on a real server."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import duckdb
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors import connector
from connectors.base import Scan, ScanCanceled, SourceColumn, SourceDown, SourceError, Stream
from connectors.postgres import PostgresConnector
from connectors.postgres_pool import secrets, with_parameters
from tests.connectors.sources import ask, opened, read, rows
from tests.servers import PostgresServer, postgres_server

MOMENT = dt.datetime(2020, 2, 29, 12, 30, 15, 123456)


@pytest.fixture(scope="module")
def uri(postgres: PostgresServer) -> str:
    return postgres.database(f"p{uuid4().hex}")


@pytest.fixture
def source(uri: str) -> Iterator[PostgresConnector]:
    made = PostgresConnector(uri)
    yield made
    made.close()


def run(uri: str, *statements: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def answer(uri: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(uri, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()


def one(source: PostgresConnector, expression: str, kind: str) -> object:
    """The value of an expression as the engine sees it."""
    table = ask(source, f"SELECT {expression} AS a UNION ALL SELECT NULL", ("a", kind))
    with duckdb.connect() as engine:
        engine.execute("SET timezone = 'UTC'")
        engine.register("t", table)
        value, nothing = engine.execute("SELECT a FROM t").fetchall()
        assert nothing == (None,)
        return value[0]


@pytest.mark.parametrize(
    ("declared", "kind", "text", "value"),
    [
        ("smallint", "SMALLINT", "-32768", -32768),
        ("integer", "INTEGER", "2147483647", 2147483647),
        ("bigint", "BIGINT", "-9223372036854775808", -(2**63)),
        ("real", "FLOAT", "0.5", 0.5),
        ("double precision", "DOUBLE", "0.1", 0.1),
        ("double precision", "DOUBLE", "-Infinity", float("-inf")),
        ("boolean", "BOOLEAN", "true", True),
        ("text", "VARCHAR", "Zoë 🙂 '\"\\", "Zoë 🙂 '\"\\"),
        ("varchar(5)", "VARCHAR", "ab", "ab"),
        ("char(4)", "VARCHAR", "ab", "ab  "),
        ("name", "VARCHAR", "ab", "ab"),
        ("bytea", "BLOB", "\\x00ff", b"\0\xff"),
        ("date", "DATE", "2020-02-29", MOMENT.date()),
        ("time", "TIME", "12:30:15.123456", MOMENT.time()),
        ("timestamp", "TIMESTAMP", MOMENT.isoformat(), MOMENT),
        (
            "timestamptz",
            "TIMESTAMP WITH TIME ZONE",
            "2020-02-29 14:30:15.123456+02",
            MOMENT.replace(tzinfo=dt.UTC),
        ),
        ("interval", "INTERVAL", "2 days 00:00:01.5", dt.timedelta(days=2, seconds=1.5)),
        ("json", "JSON", '{"b": 1,  "a": 1.10}', '{"b": 1,  "a": 1.10}'),
        ("jsonb", "JSON", '{"b": 1,  "a": 1.10}', '{"a": 1.10, "b": 1}'),
        ("numeric(10,2)", "DECIMAL(10,2)", "-12345678.99", Decimal("-12345678.99")),
        ("numeric(18,0)", "DECIMAL(18,0)", "999999999999999999", Decimal("999999999999999999")),
        ("numeric(19,2)", "DECIMAL(19,2)", "12345678901234567.89", Decimal("12345678901234567.89")),
        ("numeric(38,10)", "DECIMAL(38,10)", "9" * 28 + ".0000000001", Decimal("9" * 28 + ".0000000001")),
        ("numeric", "DECIMAL(38,10)", "1.5", Decimal("1.5000000000")),
        ("numeric(3,-2)", "DECIMAL(5,0)", "12345", Decimal("12300")),
        ("numeric(2,4)", "DECIMAL(4,4)", "0.0012", Decimal("0.0012")),
        ("numeric(50,2)", "VARCHAR", "9" * 45 + ".25", "9" * 45 + ".25"),
        ("mood", "VARCHAR", "sad", "sad"),
        ("price", "DECIMAL(9,2)", "1.25", Decimal("1.25")),
        ("inet", "VARCHAR", "10.0.0.1/8", "10.0.0.1/8"),
        ("cidr", "VARCHAR", "10.0.0.0/8", "10.0.0.0/8"),
        ("timetz", "VARCHAR", "10:00:00+02", "10:00:00+02"),
        ("bit(3)", "VARCHAR", "101", "101"),
        ("money", "VARCHAR", "12.34", "$12.34"),
        ("int4range", "VARCHAR", "[1,5)", "[1,5)"),
        ("oid", "VARCHAR", "4000000000", "4000000000"),
        ("point", "VARCHAR", "(1,2)", "(1,2)"),
        ("integer[]", "INTEGER[]", "{1,NULL,3}", [1, None, 3]),
        ("text[]", "VARCHAR[]", '{a,NULL,"b, \\"c\\""}', ["a", None, 'b, "c"']),
        ("numeric(10,2)[]", "DECIMAL(10,2)[]", "{1.25,NULL}", [Decimal("1.25"), None]),
        ("numeric[]", "DECIMAL(38,10)[]", "{}", []),
        ("date[]", "DATE[]", "{2020-02-29}", [MOMENT.date()]),
        (
            "timestamptz[]",
            "TIMESTAMP WITH TIME ZONE[]",
            "{2020-02-29 12:30:15.123456+00}",
            [MOMENT.replace(tzinfo=dt.UTC)],
        ),
        ("bytea[]", "BLOB[]", '{"\\\\x00ff"}', [b"\0\xff"]),
        ("mood[]", "VARCHAR[]", "{sad,ok}", ["sad", "ok"]),
        ("int2vector", "VARCHAR", "1 2", "1 2"),
    ],
)
def test_columns_arrive_in_their_type(
    uri: str, source: PostgresConnector, declared: str, kind: str, text: str, value: object
) -> None:
    with suppress(psycopg.errors.DuplicateObject):
        run(uri, "CREATE TYPE mood AS ENUM ('sad', 'ok')", "CREATE DOMAIN price AS numeric(9,2)")
    table = f"t{uuid4().hex}"
    run(uri, f"CREATE TABLE {table} (c {declared})", f"INSERT INTO {table} VALUES (NULL)")
    run(uri, f"INSERT INTO {table} VALUES ({literal(text)})")
    found = source.tables()[(table,)].columns[0]
    assert found.type == kind
    with duckdb.connect() as engine:
        engine.execute("SET timezone = 'UTC'")
        engine.register("t", read(opened(source, table)))
        assert engine.execute("SELECT c, typeof(c) FROM t").fetchall() == [(None, kind), (value, kind)]


@pytest.mark.parametrize(
    ("expression", "kind"),
    [
        *(("'infinity'::date", "DATE"), ("'-infinity'::date", "DATE")),
        *(("'infinity'::timestamp", "TIMESTAMP"), ("'-infinity'::timestamp", "TIMESTAMP")),
        ("'infinity'::timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("'294276-12-31'::timestamp", "TIMESTAMP"),
        *(("'infinity'::interval", "INTERVAL"), ("'2562048 hours'::interval", "INTERVAL")),
        *(("array['infinity'::date]", "DATE[]"), ("array['-infinity'::timestamp]", "TIMESTAMP[]")),
        ("array['294276-12-31'::timestamptz]", "TIMESTAMP WITH TIME ZONE[]"),
        ("array['-infinity'::interval]", "INTERVAL[]"),
        *(("array[[1,2],[3,4]]", "INTEGER[]"), ("array[['a'],['b']]", "VARCHAR[]")),
        *(("array[[1.5],[2.5]]", "DECIMAL(38,10)[]"), ("'[5:6]={1,2}'::int[]", "INTEGER[]")),
        *(("'NaN'::numeric(10,2)", "DECIMAL(10,2)"), ("'NaN'::numeric", "DECIMAL(38,10)")),
        *(("'Infinity'::numeric", "DECIMAL(10,2)"), ("array['NaN'::numeric]", "DECIMAL(38,10)[]")),
        *(("1/3.0", "DECIMAL(38,10)"), ("1/3.0", "DECIMAL(10,2)"), ("1.005", "DECIMAL(10,2)")),
        *(("1e20", "DECIMAL(18,2)"), ("100000000::numeric", "DECIMAL(10,2)"), ("1e30", "DECIMAL(38,10)")),
        *(("3000000000", "INTEGER"), ("1.5", "BIGINT"), ("300", "TINYINT"), ("0.5", "HUGEINT")),
        # Not the type that was promised: refused, not converted by guess.
        *(
            ("1", "VARCHAR"),
            ("'1'::text", "INTEGER"),
            ("1.5::float8", "FLOAT"),
            ("1", "DOUBLE"),
            ("now()", "TIMESTAMP"),
        ),
        *(("'10:00'::timetz", "TIME"), ("'{}'::text", "JSON"), ("1.5::float8", "DECIMAL(10,2)")),
        *(("array[1,2]", "BIGINT[]"), ("array[array[1]]", "INTEGER[][]"), ("1/0", "INTEGER")),
    ],
)
def test_a_value_that_does_not_fit_is_an_error(source: PostgresConnector, expression: str, kind: str) -> None:
    with pytest.raises(SourceError):
        ask(source, f"SELECT {expression} AS a FROM generate_series(1, 3)", ("a", kind))


@pytest.mark.parametrize(
    ("expression", "kind", "value"),
    [
        *(("sum(x)", "HUGEINT", 6), ("sum(x::bigint)", "HUGEINT", 6), ("count(*)", "BIGINT", 3)),
        *(("avg(x)", "DECIMAL(38,10)", Decimal(2)), ("sum(x * 0.5)", "DECIMAL(38,1)", Decimal("3.0"))),
        *(
            ("2::int", "DECIMAL(10,2)", Decimal("2.00")),
            ("2.00::numeric", "BIGINT", 2),
            ("2::bigint", "SMALLINT", 2),
        ),
        *(("0.1::float4", "DOUBLE", 0.10000000149011612), ("max(x::text)", "VARCHAR", "3")),
        *(
            ("1.5000::numeric", "DECIMAL(10,2)", Decimal("1.50")),
            ("time '24:00'::text", "VARCHAR", "24:00:00"),
        ),
    ],
)
def test_queries_arrive_in_the_type_asked_for(
    source: PostgresConnector, expression: str, kind: str, value: object
) -> None:
    table = ask(source, f"SELECT {expression} AS a FROM generate_series(1, 3) AS g(x)", ("a", kind))
    with duckdb.connect() as engine:
        engine.register("t", table)
        assert engine.execute("SELECT DISTINCT a, typeof(a) FROM t").fetchall() == [(value, kind)]


def test_dates_before_christ_and_midnight_at_the_end_are_right(source: PostgresConnector) -> None:
    with duckdb.connect() as engine:
        columns = (("a", "DATE"), ("b", "TIMESTAMP"), ("c", "TIME"))
        query = "SELECT '0044-03-15 BC'::date AS a, '4713-01-02 BC'::timestamp AS b, '24:00'::time AS c"
        engine.register("t", ask(source, query, *columns))
        got = engine.execute("SELECT a::varchar, b::varchar, c::varchar FROM t").fetchall()
    assert got == [("0044-03-15 (BC)", "4713-01-02 (BC) 00:00:00", "24:00:00")]


NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**14) + 1, max_value=10**14 - 1
)


@settings(deadline=None, max_examples=40)
@given(st.lists(NUMBERS, min_size=1))
def test_any_numeric_comes_back(uri: str, numbers: list[Decimal]) -> None:
    values = ", ".join(f"({number:f}::numeric(18,4), {number:f}::numeric)" for number in numbers)
    source = PostgresConnector(uri)
    got = ask(
        source,
        f"SELECT a, b, a AS c, array[a] AS d FROM (VALUES {values}) AS v(a, b)",
        *(("a", "DECIMAL(18,4)"), ("b", "DECIMAL(18,4)"), ("c", "DECIMAL(38,10)"), ("d", "DECIMAL(18,4)[]")),
    )
    source.close()
    assert rows(got) == [(number, number, number, [number]) for number in numbers]


TIMES = st.datetimes(dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31))
TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"))


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(TIMES, TEXTS, st.floats(allow_nan=False), st.binary()), min_size=1))
def test_any_time_text_double_and_bytes_come_back(
    uri: str, values: list[tuple[dt.datetime, str, float, bytes]]
) -> None:
    columns = (
        ("time", "TIMESTAMP"),
        ("zone", "TIMESTAMP WITH TIME ZONE"),
        ("day", "DATE"),
        ("word", "VARCHAR"),
    )
    columns += ("x", "DOUBLE"), ("raw", "BLOB")
    table = f"h{uuid4().hex}"
    run(
        uri,
        f"CREATE TABLE {table} (time timestamp, zone timestamptz, day date, word text, x float8, raw bytea)",
    )
    wanted = [(time, time.replace(tzinfo=dt.UTC), time.date(), text, x, raw) for time, text, x, raw in values]
    with psycopg.connect(uri) as connection:
        connection.cursor().executemany(
            f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s)".encode(), wanted
        )
    source = PostgresConnector(uri)
    got = rows(ask(source, f"SELECT * FROM {table}", *columns))
    source.close()
    assert got == wanted


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
    stream = source.open(
        Scan(tuple(SourceColumn(name, "VARCHAR", "") for name in shown), query=query, reference="it's 7")
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
    assert rows(read(source.open(Scan(columns, ("changing",))))) == [(Decimal("1.25"),)]
    run(uri, "ALTER TABLE changing ALTER a TYPE numeric(10,4)", "UPDATE changing SET a = 1.2501")
    with pytest.raises(SourceError, match="more than 2 fractional digits"):
        read(source.open(Scan(columns, ("changing",))))


def slow(source: PostgresConnector, query: str) -> Stream:
    return source.open(Scan((SourceColumn("a", "VARCHAR", ""),), query=query, reference="slow"))


def running(uri: str, name: str = "meshgate slow") -> int:
    found = answer(
        uri, f"SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND state = 'active'"
    )
    return int(str(found[0][0]))


@pytest.mark.parametrize(
    "query",
    [
        "SELECT pg_sleep(30)::text AS a",
        "SELECT x::text AS a FROM generate_series(1, 200000) AS g(x)"
        " WHERE pg_sleep(CASE WHEN x = 150000 THEN 30 ELSE 0 END) IS NOT NULL",
    ],
)
def test_cancel_unblocks_the_reader_and_stops_the_server(
    uri: str, source: PostgresConnector, query: str
) -> None:
    stream = slow(source, query)
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
