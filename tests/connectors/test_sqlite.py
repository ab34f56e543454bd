"""Traps of SQLite, which types values and not columns."""

import math
import sqlite3
import threading
import time
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import Scan, ScanCanceled, SourceColumn, SourceDown, SourceError
from connectors.sqlite import SqliteConnector
from connectors.sqlite_values import affinity_type
from tests.connectors.sources import Row, ask, one, opened, read, rows

INTEGERS = st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats(allow_nan=False)
TEXTS = st.text(max_size=20)


def filled(folder: Path, *statements: str, values: Iterable[Row] = (), marks: str = "?") -> SqliteConnector:
    """A database of the statements; `values` go into the table t."""
    path = folder / "s.sqlite"
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        for statement in statements:
            connection.execute(statement)
        connection.executemany(f"INSERT INTO t VALUES ({marks})", values)
    return SqliteConnector(path)


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        *(
            ("INTEGER", "BIGINT"),
            ("bigint unsigned", "BIGINT"),
            ("FLOATING POINT", "BIGINT"),
            ("tinyint", "BIGINT"),
        ),
        *(
            ("VARCHAR(10)", "VARCHAR"),
            ("clob", "VARCHAR"),
            ("BLOB", "BLOB"),
            ("REAL", "DOUBLE"),
            ("DOUBLE", "DOUBLE"),
        ),
        *(("DECIMAL(10,2)", "VARCHAR"), ("DATE", "VARCHAR"), ("BOOLEAN", "VARCHAR"), ("", "VARCHAR")),
    ],
)
def test_declared_types_are_delivered_by_their_affinity(declared: str, kind: str) -> None:
    assert affinity_type(declared) == kind


@given(
    st.lists(st.tuples(st.none() | INTEGERS, st.none() | FLOATS, st.none() | TEXTS, st.none() | st.binary()))
)
def test_any_value_comes_back(tmp_path_factory: pytest.TempPathFactory, values: list[Row]) -> None:
    folder = tmp_path_factory.mktemp("sqlite")
    create = ("CREATE TABLE t(i INTEGER, r REAL, t TEXT, b BLOB)", "CREATE VIEW v AS SELECT * FROM t")
    source = filled(folder, *create, values=values, marks="?, ?, ?, ?")
    assert rows(read(opened(source, "t"))) == values
    assert rows(read(opened(source, "v"))) == values


@given(st.lists(st.one_of(st.none(), INTEGERS, FLOATS, TEXTS), max_size=50))
def test_untyped_columns_come_as_exact_text_from_tables_and_queries(
    tmp_path_factory: pytest.TempPathFactory, values: list[object]
) -> None:
    folder = tmp_path_factory.mktemp("sqlite")
    source = filled(folder, "CREATE TABLE t(n)", values=[(value,) for value in values])
    by_driver, by_module = (
        rows(read(opened(source, "t"))),
        rows(ask(source, "SELECT n FROM t", ("n", "VARCHAR"))),
    )
    assert by_driver == by_module
    for value, (text,) in zip(values, by_driver, strict=True):
        if isinstance(value, float):
            assert math.isinf(value) or float(str(text)) == value
        else:
            assert text == (value if value is None or isinstance(value, str) else str(value))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        *(("INTEGER", "abc"), ("INTEGER", 1.5), ("INTEGER", b"1"), ("REAL", "abc"), ("REAL", b"")),
        *(("TEXT", b"abc"), ("BLOB", "abc"), ("BLOB", 1), ("NUMERIC", b"1")),
    ],
)
@pytest.mark.parametrize("table", ["t", "v"])
def test_a_value_of_another_class_is_an_error(tmp_path: Path, column: str, value: object, table: str) -> None:
    create = (f"CREATE TABLE t(c {column})", "CREATE VIEW v AS SELECT c FROM t")
    source = filled(tmp_path, *create, values=[(None,)] * 20_000 + [(value,)])
    with pytest.raises(SourceError, match="column c holds"):
        read(opened(source, table))


@pytest.mark.parametrize("table", ["t", "v"])
def test_text_that_is_no_utf8_is_an_error(tmp_path: Path, table: str) -> None:
    source = filled(
        tmp_path,
        "CREATE TABLE t(c TEXT)",
        "CREATE VIEW v AS SELECT c FROM t",
        "INSERT INTO t VALUES (CAST(x'ff41' AS TEXT))",
    )
    with pytest.raises(SourceError):
        read(opened(source, table))


@pytest.mark.parametrize(
    ("query", "kind", "value"),
    [
        *(
            ("SELECT 5 AS a", "TINYINT", 5),
            ("SELECT 5 AS a", "INTEGER", 5),
            ("SELECT 1 = 1 AS a", "BOOLEAN", True),
        ),
        *(("SELECT NULL AS a", "BOOLEAN", None), ("SELECT 2 AS a", "DOUBLE", 2.0)),
        *(("SELECT 1.5 AS a", "VARCHAR", "1.5"), ("SELECT x'00' AS a", "BLOB", b"\0")),
    ],
)
def test_queries_deliver_the_type_asked_for(tmp_path: Path, query: str, kind: str, value: object) -> None:
    source = filled(tmp_path, "CREATE TABLE t(a)")
    assert rows(ask(source, query, ("a", kind))) == [(value,)]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        *(("SELECT 300 AS a", "TINYINT"), ("SELECT 2 AS a", "BOOLEAN"), ("SELECT 1.5 AS a", "BIGINT")),
        *(
            ("SELECT 9007199254740993 AS a", "DOUBLE"),
            ("SELECT 1 AS a", "DATE"),
            ("SELECT '1' AS a", "BIGINT"),
        ),
        ("SELECT nope AS a FROM t", "BIGINT"),
        ("SELECT a FROM t; DROP TABLE t", "BIGINT"),
        ("DELETE FROM t RETURNING a", "BIGINT"),
    ],
)
def test_queries_that_cannot_are_errors(tmp_path: Path, query: str, kind: str) -> None:
    source = filled(tmp_path, "CREATE TABLE t(a INTEGER)", values=[(1,)])
    with pytest.raises(SourceError):
        ask(source, query, ("a", kind))
    assert rows(read(opened(source, "t"))) == [(1,)]


@pytest.mark.parametrize("as_view", [False, True])
def test_cancel_stops_work_that_has_no_first_row(tmp_path: Path, *, as_view: bool) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT max(n) AS a FROM r"
    source = filled(tmp_path, "CREATE TABLE t(a)", f"CREATE VIEW v AS {endless}")
    column = (SourceColumn("a", "BIGINT", ""),)
    stream = one(source, Scan(column, table=("v",)) if as_view else Scan(column, query=endless))
    threading.Timer(0.2, stream.cancel).start()
    began = time.monotonic()
    with pytest.raises(ScanCanceled):
        stream.reader().read_all()
    assert time.monotonic() - began < 5
    stream.close()


def test_views_generated_columns_and_virtual_tables_are_tables(tmp_path: Path) -> None:
    source = filled(
        tmp_path,
        "CREATE TABLE t(a INTEGER NOT NULL, b INTEGER AS (a * 2))",
        "CREATE VIEW v AS SELECT a FROM t",
        "CREATE VIEW gone AS SELECT a FROM nowhere",
        "INSERT INTO t(a) VALUES (1)",
    )
    tables = source.tables()
    assert set(tables) == {("t",), ("v",)}
    assert [(column.name, column.nullable) for column in tables[("t",)].columns] == [
        ("a", False),
        ("b", True),
    ]
    assert rows(read(opened(source, "t"))) == [(1, 2)]


def test_the_file_cannot_be_written(tmp_path: Path) -> None:
    source = filled(tmp_path, "CREATE TABLE t(a INTEGER)", values=[(1,)])
    before = (tmp_path / "s.sqlite").read_bytes()
    with pytest.raises(SourceError):
        ask(source, "INSERT INTO t VALUES (2) RETURNING a", ("a", "BIGINT"))
    assert (tmp_path / "s.sqlite").read_bytes() == before


@pytest.mark.parametrize("name", ["with space", "q?x=1#y", "per%20cent", "Ünï"])
def test_odd_file_names_are_names(tmp_path: Path, name: str) -> None:
    filled(tmp_path, "CREATE TABLE t(a INTEGER)", values=[(1,)])
    (tmp_path / "s.sqlite").rename(tmp_path / name)
    assert rows(read(opened(SqliteConnector(tmp_path / name), "t"))) == [(1,)]


def test_what_is_no_database_is_an_error_and_what_is_absent_is_down(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_bytes(b"this is no database" * 100)
    with pytest.raises(SourceError, match="not a database"):
        SqliteConnector(tmp_path / "s.sqlite").tables()
    with pytest.raises(SourceDown):
        SqliteConnector(tmp_path / "absent.sqlite").tables()
    assert not (tmp_path / "absent.sqlite").exists()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_streams_of_one_snapshot_see_one_state_while_a_writer_works(tmp_path: Path, mode: str) -> None:
    values = [(i, "x" * 200) for i in range(50_000)]
    source = filled(
        tmp_path,
        f"PRAGMA journal_mode = {mode}",
        "CREATE TABLE t(a INTEGER, b TEXT)",
        values=values,
        marks="?, ?",
    )
    counted = Scan((SourceColumn("a", "BIGINT", ""),), query="SELECT count(*) AS a FROM t")
    whole = Scan(source.tables()[("t",)].columns, ("t",))
    with closing(sqlite3.connect(tmp_path / "s.sqlite", timeout=0.1)) as writer:
        snapshot = source.snapshot()
        stream = snapshot.open(whole)
        reader = stream.reader()
        begun = reader.read_next_batch().num_rows
        try:
            with writer:
                writer.execute("DELETE FROM t WHERE a < 100")
            written = True
        except sqlite3.OperationalError:  # a reader of a file without a WAL holds writers back
            written = False
        assert written == (mode == "WAL")
        assert rows(read(snapshot.open(counted))) == [(50_000,)]
        assert begun + reader.read_all().num_rows == 50_000
        stream.close()
        snapshot.close()
        with writer:
            writer.execute("DELETE FROM t WHERE a < 200")
    assert rows(read(one(source, counted))) == [(49_800,)]


def test_a_cancel_stops_its_own_stream_only(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n AS a FROM r"
    source = filled(tmp_path, "CREATE TABLE t(a INTEGER)", values=[(i,) for i in range(50_000)])
    column = (SourceColumn("a", "BIGINT", ""),)
    snapshot = source.snapshot()
    working = snapshot.open(Scan(column, query=f"SELECT max(a) AS a FROM ({endless})"))
    threading.Timer(0.3, working.cancel).start()
    other = snapshot.open(Scan(column, query="SELECT a FROM t"))
    reader = other.reader()
    begun = reader.read_next_batch().num_rows
    with pytest.raises(ScanCanceled):
        read(working)
    assert begun + reader.read_all().num_rows == 50_000
    snapshot.close()


def test_statistics_are_those_of_analyze_and_of_unique_indexes(tmp_path: Path) -> None:
    source = filled(
        tmp_path,
        "CREATE TABLE t(id INTEGER PRIMARY KEY, x INTEGER, y TEXT UNIQUE, z TEXT)",
        "CREATE INDEX of_x ON t(x, z)",
        "CREATE UNIQUE INDEX some ON t(z) WHERE z > 5",
        "CREATE UNIQUE INDEX made ON t(z || y)",
        "CREATE UNIQUE INDEX both ON t(x, y)",
        "CREATE TABLE pair(a, b, PRIMARY KEY (a, b)) WITHOUT ROWID",
        "CREATE VIEW v AS SELECT * FROM t",
        values=[(i, i % 10, f"y{i}", None) for i in range(1, 1001)],
        marks="?, ?, ?, ?",
    )
    before = source.statistics([("t",), ("pair",), ("v",)])
    assert set(before) == {("t",), ("pair",)}
    assert before[("t",)].rows == 1000
    assert set(before[("t",)].unique) == {("id",), ("y",), ("x", "y")}
    assert set(before[("t",)].indexed) == {"id", "x", "y"}
    assert before[("t",)].columns["id"].distinct == 1000
    assert (before[("pair",)].rows, before[("pair",)].unique) == (None, (("a", "b"),))
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection, connection:
        connection.execute("ANALYZE")
    after = source.statistics([("t",)])[("t",)]
    assert after.rows == 1000
    assert after.columns["x"].distinct == 10
