"""DESCRIBE, SUMMARIZE, SHOW: DuckDB's answers over what the principal may see, on record, and nothing of the rest."""

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe
from gateway.query.request import Parameter, Request
from policies.principal import Principal
from tests.query.mesh import ANYBODY, Builder, ask, records, rows_of
from tests.query.tables import TABLES

ANA = Principal("ana", attributes={"region": "EU"})
POLICIES = {
    "sales": """p, g, role:any, sales, sales.orders, select, own, -, -, allow
p, d, role:any, sales, sales.orders.secret, select, *, -, -, deny
p3, m, role:any, sales, sales.orders.name, hash, 1, -, -
p, f, role:any, sales, sales.found, discover, *, -, -, allow
p, e, role:any, sales, sales.found.inner, select, *, -, -, deny
""",
    "dark": "p, x, user:nobody, dark, dark.matter, select, *, -, -, allow\n",
}


def world(number: int) -> Mesh:
    """Worlds that differ in hidden rows, a denied column, relations in the dark and raw values under a mask."""
    shown = [
        {"id": n, "region": "EU", "name": "ada", "level": n % 3, "secret": f"SECRET{number}"}
        for n in range(30)
    ]
    hidden = [
        {"id": n, "region": "US", "name": "SECRET", "level": 99, "secret": "x"}
        for n in range(number * 2_000 + 1)
    ]
    tables = {
        "sales.orders": pa.Table.from_pylist(hidden + shown),
        "sales.found": pa.table({"outer": [number], "inner": ["SECRET"]}),
        "dark.matter": pa.table({"SECRETcolumn": list(range(number))}),
    }
    return Builder(tables, policies=POLICIES, filters={"own": "region = principal.region"}).memory()


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Mesh, Mesh]]:
    pair = world(0), world(1)
    yield pair
    for each in pair:
        each.engine.close()


@pytest.mark.parametrize(
    "sql",
    [
        "DESCRIBE sales.orders",
        "desc sales.customers",
        "DESCRIBE TABLE sales.orders",
        "DESCRIBE SELECT id, id AS id2, id + 1.5 AS b, [place] AS c, {{'x': day}} AS d FROM sales.orders",
        "DESCRIBE SELECT * FROM sales.orders UNION ALL SELECT * FROM sales.orders",
        "DESCRIBE WITH x AS (SELECT count(*) AS n FROM sales.orders) FROM x",
        "SUMMARIZE sales.orders",
        "SUMMARIZE sales.customers",
        "SUMMARIZE TABLE shipping.parcels",
        "SUMMARIZE SELECT * FROM sales.orders WHERE false",
        "SUMMARIZE SELECT id, place, id AS again FROM sales.orders WHERE id > 3 ORDER BY id",
        "SUMMARIZE SELECT true AS a, TIME '10:00' AS b, TIMESTAMPTZ '2024-01-01 00:00:00+00' AS c, [1] AS d, "
        "{{'a': 1}} AS e, INTERVAL 1 DAY AS f, 'x'::BLOB AS g, 1.5::REAL AS h, 1::UTINYINT AS i, '{{}}'::JSON AS j",
        "SUMMARIZE VALUES (1, 'a'), (2, NULL)",
    ],
)
def test_the_answer_is_duckdbs(mesh: Mesh, plain: duckdb.DuckDBPyConnection, sql: str) -> None:
    sql = sql.replace("{{", "{").replace("}}", "}")
    expected = plain.sql(sql).to_arrow_table()
    told = ask(mesh, sql)
    assert not told.error, told
    assert [name for name, _ in told.columns] == expected.column_names
    wanted = [row for batch in expected.to_batches() for row in rows_of(batch)]
    if "VALUES" in sql:
        wanted = [(f"column{number}", *row[1:]) for number, row in enumerate(wanted, 1)]
    assert [repr(row) for row in wanted] == list(told.rows)


def test_show_columns_is_describe(mesh: Mesh) -> None:
    assert ask(mesh, "show columns from sales.orders") == ask(mesh, "DESCRIBE sales.orders")


def test_the_catalog_is_the_visible_one(worlds: tuple[Mesh, Mesh]) -> None:
    """What may be discovered is there, with the contract's columns but the denied; what is in the dark is not."""
    mesh = worlds[0]
    assert ask(mesh, "SHOW TABLES", ANA).rows == ("('sales.found',)", "('sales.orders',)")
    assert ask(mesh, "SHOW TABLES FROM dark", ANA).rows == ()
    assert ask(mesh, "SHOW TABLES FROM Sales", ANA) == ask(mesh, "SHOW TABLES", ANA)
    assert ask(mesh, "SHOW ALL TABLES", ANA).rows == (
        "('mesh', 'sales', 'found', ['outer'], ['BIGINT'], False)",
        "('mesh', 'sales', 'orders', ['id', 'region', 'name', 'level'], ['BIGINT', 'VARCHAR', 'VARCHAR', 'BIGINT'], "
        "False)",
    )
    none = Builder(
        TABLES, policies={"sales": "p, x, user:nobody, sales, sales.*, select, *, -, -, allow\n"}
    ).memory()
    assert ask(none, "SHOW TABLES").rows == ()
    assert ask(none, "SHOW ALL TABLES").rows == ()


def test_describe_says_which_mask_a_column_has(worlds: tuple[Mesh, Mesh]) -> None:
    rows = ask(worlds[0], "DESCRIBE sales.orders", ANA).rows
    assert [row for row in rows if "masked" in row] == [
        "('name', 'VARCHAR', 'YES', None, None, 'masked: hash')"
    ]
    query = ask(worlds[0], "DESCRIBE SELECT upper(name) AS u, name AS n FROM sales.orders", ANA).rows
    assert query[1].endswith("'masked: hash')")


SAME = (
    "DESCRIBE sales.orders",
    "DESCRIBE sales.found",
    "DESCRIBE dark.matter",
    "DESCRIBE SELECT secret FROM sales.orders",
    "DESCRIBE SELECT * FROM sales.orders WHERE secret = 'x'",
    "SHOW TABLES",
    "SHOW ALL TABLES",
    "SHOW TABLES FROM dark",
    "SHOW COLUMNS FROM dark.matter",
    "SUMMARIZE sales.orders",
    "SUMMARIZE sales.found",
    "SUMMARIZE SELECT COLUMNS(*) FROM sales.orders",
    "SUMMARIZE SELECT level, 1 / (level - 99) AS x, name::VARCHAR AS n FROM sales.orders",
    "SUMMARIZE SELECT secret FROM sales.orders",
)


@pytest.mark.parametrize("sql", SAME)
def test_what_is_hidden_changes_no_answer(worlds: tuple[Mesh, Mesh], sql: str) -> None:
    first, second = (ask(mesh, sql, ANA) for mesh in worlds)
    assert first == second
    assert "SECRET" not in repr(first)
    assert first.error != "InternalFailure"


def test_hidden_is_told_in_the_words_for_what_never_was(worlds: tuple[Mesh, Mesh]) -> None:
    for form in ("DESCRIBE {0}", "SUMMARIZE {0}", "SHOW COLUMNS FROM {0}"):
        hidden, never = (ask(worlds[0], form.format(name), ANA) for name in ("dark.matter", "dark.nothing"))
        assert hidden.text == never.text.replace("dark.nothing", "dark.matter")
        assert (hidden.error, hidden.sqlstate) == (never.error, never.sqlstate) == ("UndefinedTable", "42P01")


def test_every_question_is_on_record(worlds: tuple[Mesh, Mesh]) -> None:
    """DESCRIBE reads no value of a column and asks no source; SUMMARIZE reads all of them."""
    mesh = worlds[0]
    for sql, relations, columns, asked in (
        ("SHOW TABLES", (), 0, 0),
        ("DESCRIBE sales.orders", ("sales.orders",), 0, 0),
        ("SUMMARIZE sales.orders", ("sales.orders",), 4, 1),
        ("SUMMARIZE SELECT id FROM sales.orders", ("sales.orders",), 2 - 1, 1),
    ):
        assert not ask(mesh, sql, ANA).error
        record = records(mesh).written[-1]
        assert (record.outcome, record.statement, record.relations) == ("done", sql, relations)
        assert (len(record.columns), len(record.sources)) == (columns, asked), sql
    ask(mesh, "DESCRIBE dark.matter", ANA)
    assert (records(mesh).written[-1].outcome, records(mesh).written[-1].relations) == (
        "refused",
        ("dark.matter",),
    )


def test_questions_take_parameters_and_can_be_described_themselves(mesh: Mesh) -> None:
    sql = "SUMMARIZE SELECT id FROM sales.orders WHERE id < $1"
    assert ask(mesh, sql, parameters=(Parameter(3),)).rows[0].startswith("('id', 'BIGINT', '0', '2', 3,")
    for text in (sql, "DESCRIBE sales.orders", "SHOW TABLES", "SHOW ALL TABLES"):
        told = describe(Request(text, ANYBODY, "postgres"), mesh)
        given = (Parameter(3),) if "$1" in text else ()
        assert tuple((c.name, c.type) for c in told.columns) == ask(mesh, text, parameters=given).columns


REFUSALS = ("SyntaxRefused", "SyntaxNotSupported", "UndefinedFunction", "UndefinedTable", "WriteRefused")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM (DESCRIBE sales.orders)",
        "SELECT * FROM (SHOW TABLES)",
        "WITH x AS (SUMMARIZE sales.orders) FROM x",
        "DESCRIBE",
        "SHOW DATABASES",
        "SHOW TABLES LIKE 'x'",
        "DESCRIBE INSERT INTO sales.orders VALUES (1)",
        "DESCRIBE DESCRIBE sales.orders",
        "SUMMARIZE SHOW TABLES",
        "DESCRIBE duckdb_tables()",
        "DESCRIBE 'x.parquet'",
        "SUMMARIZE read_csv('x')",
        "DESCRIBE EXTENDED sales.orders",
        "SHOW COLUMNS FROM sales.orders; SELECT 1",
    ],
)
def test_no_other_question_is_answered(mesh: Mesh, sql: str) -> None:
    assert ask(mesh, sql).error in REFUSALS, sql
