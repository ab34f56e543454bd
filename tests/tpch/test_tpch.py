"""The 22 TPC-H statements over four sources, on data and statements nobody here made up.

What is right comes from a DuckDB of the test's own on the generated files.
"""

import subprocess
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import psycopg
import pyarrow as pa
import pytest

from gateway.audit import records
from gateway.cli import main
from tests.tpch.compare import ORDER, Row, assert_same
from tests.tpch.mesh import PASSWORD, PRIORITIES, QUERIES, TpchMesh, statements
from tests.tpch.serving import MESHGATE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tpch")]
STATEMENTS = statements()
GOVERNED = sorted(name for name, sql in STATEMENTS.items() if "sales." in sql)
"""Those that read something policies hide from max and olga."""

DENIED = ("q10", "q22")
"""Those that name c_acctbal."""

HASHED = ("q18",)
"""Those besides whose answers show what olga sees otherwise than max."""


def asked(tpch: TpchMesh, sql: str, principal: str, *options: str) -> "subprocess.CompletedProcess[bytes]":
    command = [str(MESHGATE), "query", str(tpch.folder), sql, "--as", principal, *options]
    return subprocess.run(command, env=dict(tpch.environment), capture_output=True, check=False, timeout=120)


def answered(
    tpch: TpchMesh, sql: str, principal: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Row]:
    """`meshgate query` in this process, which saves a second each time."""
    for name, value in tpch.environment.items():
        monkeypatch.setenv(name, value)
    output = folder / "answer.arrow"
    options = ["--as", principal, "--format", "arrow", "--output", str(output)]
    assert main(["query", str(tpch.folder), sql, *options]) == 0
    return arrow_rows(output.read_bytes())


def arrow_rows(output: bytes) -> list[Row]:
    table = pa.ipc.open_stream(output).read_all()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def connect(port: int, principal: str) -> "psycopg.Connection[Row]":
    uri = f"postgresql://{principal}:{PASSWORD}@127.0.0.1:{port}/tpch"
    return psycopg.connect(uri, autocommit=True)


@pytest.fixture(scope="module")
def ana(port: int) -> Iterator["psycopg.Connection[Row]"]:
    with connect(port, "ana") as connection:
        yield connection


@pytest.fixture(scope="module")
def max_(port: int) -> Iterator["psycopg.Connection[Row]"]:
    with connect(port, "max") as connection:
        yield connection


@pytest.fixture(scope="module")
def olga(port: int) -> Iterator["psycopg.Connection[Row]"]:
    with connect(port, "olga") as connection:
        yield connection


def test_all_22_statements_are_there() -> None:
    assert list(STATEMENTS) == [f"q{number:02}" for number in range(1, 23)]


def test_the_folder_is_found_in_order(tpch: TpchMesh) -> None:
    done = subprocess.run(
        [MESHGATE, "check", tpch.folder],
        env=dict(tpch.environment),
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_command_line_answers_as_duckdb_on_the_raw_files(
    name: str,
    tpch: TpchMesh,
    everything: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sql = STATEMENTS[name]
    rows = answered(tpch, sql, "ana", tmp_path, monkeypatch)
    assert_same(rows, everything.execute(sql).fetchall(), ORDER.get(name, ()))


@pytest.mark.parametrize("name", STATEMENTS)
def test_psycopg_gets_what_duckdb_answers_on_the_raw_files(
    name: str, ana: "psycopg.Connection[Row]", everything: duckdb.DuckDBPyConnection
) -> None:
    sql = STATEMENTS[name]
    assert_same(ana.execute(sql.encode()).fetchall(), everything.execute(sql).fetchall(), ORDER.get(name, ()))


@pytest.mark.parametrize("name", GOVERNED)
def test_filtered_and_masked_answers_are_those_of_filtered_and_masked_data(
    name: str, max_: "psycopg.Connection[Row]", for_max: duckdb.DuckDBPyConnection
) -> None:
    sql = STATEMENTS[name]
    assert_same(max_.execute(sql.encode()).fetchall(), for_max.execute(sql).fetchall(), ORDER.get(name, ()))


@pytest.mark.parametrize("name", DENIED)
def test_a_statement_with_a_denied_column_is_refused(name: str, olga: "psycopg.Connection[Row]") -> None:
    with pytest.raises(psycopg.errors.UndefinedColumn, match='column "c_acctbal" does not exist'):
        olga.execute(STATEMENTS[name].encode())


@pytest.mark.parametrize("name", HASHED)
def test_hashed_answers_are_those_of_hashed_data(
    name: str, olga: "psycopg.Connection[Row]", for_olga: duckdb.DuckDBPyConnection
) -> None:
    sql = STATEMENTS[name]
    assert_same(olga.execute(sql.encode()).fetchall(), for_olga.execute(sql).fetchall(), ORDER.get(name, ()))


def test_the_command_refuses_a_denied_column(tpch: TpchMesh) -> None:
    done = asked(tpch, STATEMENTS["q22"], "olga")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b'42703: column "c_acctbal" does not exist')


def test_policies_change_the_answers(
    everything: duckdb.DuckDBPyConnection, for_max: duckdb.DuckDBPyConnection
) -> None:
    """Without this the tests above would hold for a gateway that ignores its policies."""
    differing = [
        name
        for name in GOVERNED
        if everything.execute(STATEMENTS[name]).fetchall() != for_max.execute(STATEMENTS[name]).fetchall()
    ]
    assert len(differing) >= 10


def test_no_other_relation_is_governed() -> None:
    """What is left out of the tests with policies reads nothing that they hide."""
    others = [name for name in STATEMENTS if name not in GOVERNED]
    assert all("orders" not in STATEMENTS[name] and "customer" not in STATEMENTS[name] for name in others)


# --- whole tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "table", ["sales.customer", "parts.part", "parts.supplier", "geo.nation", "geo.region"]
)
def test_whole_tables_arrive_unchanged(
    table: str, ana: "psycopg.Connection[Row]", everything: duckdb.DuckDBPyConnection
) -> None:
    sql = f"SELECT * FROM {table}"
    assert_same(ana.execute(sql.encode()).fetchall(), everything.execute(sql).fetchall())


def test_whole_tables_show_denied_columns_to_nobody_denied(
    olga: "psycopg.Connection[Row]", for_olga: duckdb.DuckDBPyConnection
) -> None:
    cursor = olga.execute("SELECT * FROM sales.customer")
    assert cursor.description is not None
    assert "c_acctbal" not in [column.name for column in cursor.description]
    assert_same(cursor.fetchall(), for_olga.execute("SELECT * FROM sales.customer").fetchall())


def test_binary_results_are_the_same_results(
    ana: "psycopg.Connection[Row]", everything: duckdb.DuckDBPyConnection
) -> None:
    sql = STATEMENTS["q01"]
    rows = ana.cursor(binary=True).execute(sql.encode()).fetchall()
    assert_same(rows, everything.execute(sql).fetchall(), ORDER["q01"])
    assert any(isinstance(value, Decimal) for value in rows[0])


def test_statements_with_parameters(
    ana: "psycopg.Connection[Row]", everything: duckdb.DuckDBPyConnection
) -> None:
    sql = STATEMENTS["q03"].replace("'BUILDING'", "{}", 1)
    rows = ana.execute(sql.format("%s").encode(), ["MACHINERY"]).fetchall()
    assert_same(rows, everything.execute(sql.format("'MACHINERY'")).fetchall(), ORDER["q03"])


# --- what the sources were asked -------------------------------------------------------------------------


def test_hidden_rows_and_raw_values_stay_at_their_source(
    tpch: TpchMesh, for_max: duckdb.DuckDBPyConnection
) -> None:
    """The source filters and masks: its own count of what it sent is that of what may be seen."""
    sql = """SELECT o_orderkey, o_orderpriority, c_name, c_phone
             FROM sales.orders, sales.customer WHERE o_custkey = c_custkey"""
    done = asked(tpch, sql, "max", "--format", "arrow")
    assert done.returncode == 0, done.stderr.decode()
    assert_same(arrow_rows(done.stdout), for_max.execute(sql).fetchall())
    record = [entry for entry in records(tpch.folder / "state" / "audit") if entry.statement == sql][-1]
    assert record.outcome == "done"
    orders = next(source for source in record.sources if '"orders"' in source.query)
    assert orders.rows == for_max.execute("SELECT count(*) FROM sales.orders").fetchall()[0][0]
    assert all(priority in orders.query for priority in PRIORITIES)
    customer = next(source for source in record.sources if '"customer"' in source.query)
    assert "***" in customer.query
    assert "-..." in customer.query
    assert set(record.masked) == {"sales.customer.c_name", "sales.customer.c_phone"}


def test_each_source_is_asked_for_what_is_its_own(tpch: TpchMesh) -> None:
    sql = (QUERIES / "q05.sql").read_text()
    done = asked(tpch, sql, "ana", "--format", "json")
    assert done.returncode == 0, done.stderr.decode()
    record = [entry for entry in records(Path(tpch.folder, "state", "audit")) if entry.statement == sql][-1]
    assert {source.source for source in record.sources} == {
        "sales.crm", "logistics.warehouse", "parts.book", "geo.atlas",
    }  # fmt: skip
