"""Key sets of every type and size reach a PostgreSQL, by whatever way it allows."""

import datetime as dt
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.base import KeySet, Scan, SourceColumn, SourceError
from connectors.postgres import PostgresConnector
from connectors.types import arrow_type
from tests.connectors.sources import answer, one, read, rows, run

KEYS = "#keys 1"


def asked(source: PostgresConnector, query: str, *sets: KeySet) -> list[tuple[object, ...]]:
    scan = Scan((SourceColumn("a", "BIGINT", ""),), query=query, keys=sets)
    return rows(read(one(source, scan)))


def counted(source: PostgresConnector, table: str, keys: pa.Table) -> object:
    names = " AND ".join(f't."{name}" = k."{name}"' for name in keys.column_names)
    query = f'SELECT count(*) AS a FROM {table} AS t WHERE EXISTS (SELECT FROM "{KEYS}" AS k WHERE {names})'
    return asked(source, query, KeySet(KEYS, keys))[0][0]


BASE = dt.datetime(1970, 1, 1)

VALUES: dict[str, tuple[str, str, Any]] = {
    "BIGINT": ("bigint", "i", lambda i: i),
    "INTEGER": ("integer", "i", lambda i: i),
    "UTINYINT": ("smallint", "i % 200", lambda i: i % 200),
    "VARCHAR": ("text", "'k''\\\"' || i", lambda i: f"k'\\\"{i}"),
    "DATE": (
        "date",
        "'1970-01-01'::date + i - 100000",
        lambda i: dt.date(1970, 1, 1) + dt.timedelta(i - 100000),
    ),
    "DECIMAL(12,2)": ("numeric(12,2)", "i - 0.25", lambda i: Decimal(i) - Decimal("0.25")),
    "DECIMAL(30,4)": (
        "numeric(30,4)",
        "i * 1e20 + 0.0001",
        lambda i: Decimal(i) * 10**20 + Decimal("0.0001"),
    ),
    "UUID": ("uuid", "lpad(to_hex(i), 32, '0')::uuid", lambda i: UUID(int=i).bytes),
    "TIMESTAMP": (
        "timestamp",
        "'1970-01-01'::timestamp + (i - 100000) * interval '86399.999999 s'",
        lambda i: BASE + (i - 100000) * dt.timedelta(seconds=86399, microseconds=999999),
    ),
    "TIMESTAMP WITH TIME ZONE": (
        "timestamptz",
        "'1970-01-01 00:00+00'::timestamptz + i * interval '1.5 s'",
        lambda i: (BASE + i * dt.timedelta(seconds=1.5)).replace(tzinfo=dt.UTC),
    ),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("temporary", [True, False], ids=["may make tables", "may not"])
def test_key_sets_of_any_size_find_their_rows(uri: str, kind: str, temporary: bool) -> None:
    declared, expression, value = VALUES[kind]
    table, role = f"k{uuid4().hex}", f"r{uuid4().hex}"
    database = answer(uri, "SELECT current_database()")[0][0]
    run(
        uri,
        f"CREATE TABLE {table} (k {declared}, n int)",
        f"INSERT INTO {table} SELECT {expression}, i FROM generate_series(1, 3000) AS g(i)",
        f"INSERT INTO {table} VALUES (NULL, NULL)",
        f"CREATE ROLE {role} LOGIN",
        f"GRANT SELECT ON {table} TO {role}",
        f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC',
        *([f'GRANT TEMPORARY ON DATABASE "{database}" TO {role}'] if temporary else []),
    )
    source = PostgresConnector(uri.replace("postgres@", f"{role}@"))
    for size in (0, 1, 1_000, 200_000):
        found = [value(i) for i in range(2001, 2001 + size)]
        keys = pa.table({"k": pa.array([*found, None], arrow_type(kind))})
        expected = answer(uri, f"SELECT count(*) FROM {table} WHERE n > 2000 AND n <= {2000 + size}")[0][0]
        if kind == "UTINYINT":
            distinct = len(set(found))
            expected = 15 * distinct if distinct in (0, 1, 200) else None
        assert counted(source, table, keys) == expected, size
    assert rows(read(one(source, Scan((SourceColumn("n", "INTEGER", ""),), (table,))))) is not None
    source.close()
    run(uri, f"DROP TABLE {table}")


def test_sets_of_several_columns_and_several_sets_go_together(uri: str, source: PostgresConnector) -> None:
    rows_of_pairs = "SELECT i % 10 AS x, 'w' || i / 10 AS y FROM generate_series(0, 99) g(i)"
    run(uri, f"CREATE TABLE pairs AS {rows_of_pairs}")
    pairs = KeySet("p", pa.table({"x": [1, 2, 3, None], "y": ["w1", "w7", "nope", "w1"]}))
    many = KeySet("m", pa.table({"x": list(range(5, 150_000))}))
    query = """
    WITH own AS (SELECT x, y FROM pairs)
    SELECT count(*) AS a FROM own WHERE (x, y) IN (SELECT x, y FROM "p") OR x IN (SELECT x FROM "m")
    """
    assert asked(source, query, pairs, many) == [(52,)]
    assert asked(source, query, many, pairs) == [(52,)]


def test_keys_follow_the_state_of_the_snapshot(uri: str, source: PostgresConnector) -> None:
    run(
        uri,
        "DROP TABLE IF EXISTS follow",
        "CREATE TABLE follow AS SELECT i AS x FROM generate_series(1, 200000) g(i)",
    )
    snapshot = source.snapshot("keys")
    column = (SourceColumn("a", "BIGINT", ""),)
    first = snapshot.open(Scan(column, query="SELECT x::bigint AS a FROM follow"))
    reader = first.reader()
    assert reader.read_next_batch().num_rows > 0
    run(uri, "DELETE FROM follow WHERE x > 50000")
    query = 'SELECT count(*) AS a FROM follow WHERE x IN (SELECT k FROM "s")'
    for size in (10, 150_000):
        keys = KeySet("s", pa.table({"k": list(range(1, size + 1))}))
        assert rows(read(snapshot.open(Scan(column, query=query, keys=(keys,))))) == [(size,)]
    first.close()
    snapshot.close()


def test_temporary_tables_leave_nothing_behind(uri: str, source: PostgresConnector) -> None:
    keys = KeySet("s", pa.table({"k": list(range(120_000))}))
    query = """SELECT count(*) FILTER (WHERE c.relpersistence = 't' AND c.relkind = 'r') AS a
      FROM pg_class c WHERE EXISTS (SELECT FROM "s" HAVING count(*) = 120000)"""
    assert asked(source, query, keys) == [(1,)]
    assert asked(source, query, keys) == [(1,)]
    left = "SELECT count(*) AS a FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"
    assert asked(source, left) == [(0,)]


@pytest.mark.parametrize("size", [10, 150_000])
def test_keys_as_an_array_are_for_an_index_only(uri: str, source: PostgresConnector, size: int) -> None:
    run(
        uri,
        "DROP TABLE IF EXISTS probed",
        "CREATE TABLE probed AS SELECT i AS x FROM generate_series(1, 200000) g(i)",
        "ALTER TABLE probed ADD PRIMARY KEY (x)",
        "ANALYZE probed",
    )
    scan = Scan(
        (SourceColumn("a", "BIGINT", ""),),
        query="""SELECT count(*) AS a FROM probed
          WHERE x = ANY(ARRAY(SELECT k FROM "s")) AND x % 2 IN (SELECT k FROM "t")""",
        keys=(
            KeySet("s", pa.table({"k": list(range(1, size + 1))})),
            KeySet("t", pa.table({"k": [0, 1]})),
        ),
        otherwise="SELECT count(*) AS a FROM probed",
    )
    assert rows(read(one(source, scan))) == [(size,)]
    run(uri, "ALTER TABLE probed DROP CONSTRAINT probed_pkey")
    assert rows(read(one(source, scan))) == [(200_000,)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=8), max_size=8, unique=True))
def test_any_text_is_a_key(uri: str, texts: list[str]) -> None:
    source = PostgresConnector(uri)
    sent = [text for text in texts if "\0" not in text]
    scan = Scan(
        (SourceColumn("a", "VARCHAR", ""),),
        query='SELECT k AS a FROM "s"',
        keys=(KeySet("s", pa.table({"k": pa.array(texts, pa.string())})),),
    )
    assert [text for (text,) in rows(read(one(source, scan)))] == sent
    source.close()


def test_what_cannot_be_sent_is_refused(source: PostgresConnector) -> None:
    assert source.transferable("BIGINT")
    assert source.transferable("DECIMAL(38,10)")
    for kind in ("DOUBLE", "JSON", "BIGINT[]", "INTERVAL", "UBIGINT", "HUGEINT"):
        assert not source.transferable(kind)
    for array in (pa.array([1.5]), pa.array([2**31 - 1], pa.int32()).view(pa.date32())):
        with pytest.raises(SourceError):
            asked(source, 'SELECT count(*) AS a FROM "s"', KeySet("s", pa.table({"k": array})))


def test_no_key_is_in_what_is_said_about_a_scan(source: PostgresConnector) -> None:
    keys = KeySet("s", pa.table({"k": ["secret"]}))
    scan = Scan((SourceColumn("a", "BIGINT", ""),), query='SELECT count(*) / 0 AS a FROM "s"', keys=(keys,))
    assert "secret" not in scan.asked
    with pytest.raises(SourceError) as caught:
        read(one(source, scan))
    assert "division by zero" in str(caught.value)
    assert "secret" not in str(caught.value)
    with pytest.raises(SourceError) as caught:
        asked(source, 'SELECT nope AS a FROM "s"', keys)
    assert "secret" not in str(caught.value)
