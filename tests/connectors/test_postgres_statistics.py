"""What PostgreSQL's statistics become."""

import datetime as dt
from decimal import Decimal
from uuid import uuid4

import pytest

from connectors.base import TableStatistics
from connectors.postgres import PostgresConnector
from tests.connectors.sources import run


@pytest.fixture
def table(uri: str) -> str:
    name = f"s{uuid4().hex}"
    run(
        uri,
        f"""CREATE TABLE {name} (id int PRIMARY KEY, x int, day date, price numeric(10,2), word text,
          half int, "Odd name" timestamp, big bigint)""",
        f"""INSERT INTO {name} SELECT i, i % 10, date '2020-01-01' + i, i * 1.25, 'w' || i,
          CASE WHEN i % 2 = 0 THEN i END, timestamp '2020-01-01' + i * interval '1 hour', -i
          FROM generate_series(1, 1000) AS g(i)""",
        f"CREATE UNIQUE INDEX ON {name} (word, x)",
        f"CREATE INDEX ON {name} (day)",
        f"CREATE INDEX ON {name} (x)",
        f"CREATE UNIQUE INDEX ON {name} (big) WHERE big < -5",
        f"CREATE UNIQUE INDEX ON {name} ((half * 2))",
    )
    return name


def test_statistics_are_the_planners(uri: str, source: PostgresConnector, table: str) -> None:
    run(uri, f"ANALYZE {table}")
    found = source.statistics([(table,), ("public", table), ("nope",)])
    assert set(found) == {(table,), ("public", table)}
    told = found[(table,)]
    assert told.rows == pytest.approx(1000, rel=0.01)
    assert set(told.unique) == {("id",), ("word", "x")}
    assert set(told.indexed) == {"id", "word", "day", "x"}
    assert set(told.ordered) == {"id", "day"}
    columns = told.columns
    assert columns["id"].distinct == pytest.approx(1000, rel=0.01)
    assert columns["x"].distinct == 10
    assert (columns["x"].minimum, columns["x"].maximum) == (0, 9)
    assert (columns["day"].minimum, columns["day"].maximum) == (dt.date(2020, 1, 2), dt.date(2022, 9, 27))
    assert (columns["price"].minimum, columns["price"].maximum) == (Decimal("1.25"), Decimal(1250))
    assert (columns["word"].minimum, columns["word"].maximum) == (None, None)
    assert columns["half"].null_fraction == pytest.approx(0.5)
    assert columns["half"].distinct == pytest.approx(500, rel=0.01)
    assert columns["Odd name"].minimum == dt.datetime(2020, 1, 1, 1)
    assert columns["word"].average_bytes == pytest.approx(5, abs=1)


def test_rows_of_a_table_with_others_below_it_lie_in_no_order(
    uri: str, source: PostgresConnector, table: str
) -> None:
    run(uri, f"CREATE TABLE {table}_more () INHERITS ({table})", f"ANALYZE {table}")
    assert source.statistics([(table,)])[(table,)].ordered == ()


def test_rows_follow_the_size_and_are_guessed_without_analyze(
    uri: str, source: PostgresConnector, table: str
) -> None:
    guessed = source.statistics([(table,)])[(table,)]
    assert guessed.rows is not None
    assert 300 < guessed.rows < 3000
    assert not guessed.columns
    run(uri, f"VACUUM ANALYZE {table}", f"INSERT INTO {table} SELECT id + 1000, x FROM {table}")
    grown = source.statistics([(table,)])[(table,)].rows
    assert grown is not None
    assert grown > 1200


def test_views_and_other_schemas_tell_what_they_know(uri: str, source: PostgresConnector, table: str) -> None:
    schema = f"o{uuid4().hex}"
    run(
        uri,
        f"CREATE SCHEMA {schema}",
        f"CREATE VIEW {schema}.v AS SELECT * FROM {table}",
        f"CREATE TABLE {schema}.p (id int, x int) PARTITION BY RANGE (id)",
        f"CREATE TABLE {schema}.p1 PARTITION OF {schema}.p FOR VALUES FROM (0) TO (5000)",
        f"INSERT INTO {schema}.p SELECT i, i % 7 FROM generate_series(1, 2000) AS g(i)",
        f"ANALYZE {schema}.p",
    )
    found = source.statistics([(schema, "v"), (schema, "p"), ("it's",)])
    assert set(found) == {(schema, "p")}
    assert found[(schema, "p")].rows == 2000
    assert found[(schema, "p")].columns["x"].distinct == 7


def test_an_account_sees_statistics_of_what_it_may_read_only(uri: str, table: str) -> None:
    role = f"r{uuid4().hex}"
    run(uri, f"ANALYZE {table}", f"CREATE ROLE {role} LOGIN", f"GRANT SELECT (id, x) ON {table} TO {role}")
    source = PostgresConnector(uri.replace("postgres@", f"{role}@"))
    assert set(source.statistics([(table,)])[(table,)].columns) == {"id", "x"}
    run(uri, "REVOKE SELECT ON pg_stats FROM PUBLIC")
    try:
        assert source.statistics([(table,)]) == {}
    finally:
        run(uri, "GRANT SELECT ON pg_stats TO PUBLIC")
    source.close()


@pytest.mark.parametrize("value", ["'infinity'", "'-infinity'", "'0044-03-15 BC'"])
def test_a_range_that_python_cannot_say_is_none(uri: str, source: PostgresConnector, value: str) -> None:
    name = f"s{uuid4().hex}"
    run(
        uri,
        f"CREATE TABLE {name} AS SELECT {value}::date AS d FROM generate_series(1, 10)",
        f"ANALYZE {name}",
    )
    found: TableStatistics = source.statistics([(name,)])[(name,)]
    assert (found.columns["d"].minimum, found.columns["d"].maximum) == (None, None)
