"""Every type of PostgreSQL arrives exactly or not at all."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from uuid import uuid4

import duckdb
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import SourceError
from connectors.postgres import PostgresConnector
from connectors.postgres_types import literal
from tests.connectors.sources import ask, opened, read, rows, run

MOMENT = dt.datetime(2020, 2, 29, 12, 30, 15, 123456)


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


@settings(max_examples=20)
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
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@settings(max_examples=20)
@given(st.lists(st.tuples(TIMES, TEXTS, st.floats(allow_nan=False), st.binary()), min_size=1))
def test_any_time_text_double_and_bytes_come_back(
    uri: str, values: list[tuple[dt.datetime, str, float, bytes]]
) -> None:
    columns = (
        ("time", "TIMESTAMP"),
        ("zone", "TIMESTAMP WITH TIME ZONE"),
        ("day", "DATE"),
        ("word", "VARCHAR"),
        ("x", "DOUBLE"),
        ("raw", "BLOB"),
    )
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
