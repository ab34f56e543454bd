"""PIVOT, UNPIVOT, COLUMNS, samples, recursion: DuckDB's answers, in two worlds the same, within bounds."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import duckdb
import pyarrow as pa
import pytest

from gateway.query.mesh import Mesh
from gateway.settings import Limits
from policies.principal import Principal
from tests.query.mesh import Builder, ask, close_mesh, multiset, records, rows_of
from tests.query.tables import TABLES
from tests.servers import PostgresServer

ANSWERED = (
    "PIVOT sales.orders ON place IN ('north', '東') USING sum(amount) GROUP BY customer",
    "PIVOT sales.orders ON place IN ('north', '東') USING sum(amount) AS s, count(*) AS n GROUP BY customer",
    "PIVOT (SELECT place, amount FROM sales.orders) ON place IN ('north', NULL, '') USING max(amount)",
    "PIVOT (SELECT place, amount FROM sales.orders WHERE false) ON place IN ('north') USING max(amount)",
    "PIVOT sales.orders ON customer IN (1, 2)",
    "PIVOT sales.orders ON customer IN (1, -2, 2.5), place IN ('north', 'юг') USING count(*), max(id) GROUP BY day",
    "PIVOT sales.orders ON customer IN (1, 2, 3) USING string_agg(place, ',' ORDER BY id) GROUP BY day",
    "PIVOT sales.orders ON day IN (DATE '2024-01-01', DATE '2024-02-02') USING count(*) GROUP BY place",
    "SELECT * FROM sales.orders PIVOT (sum(amount) FOR place IN ('north' AS n, 'юг') customer IN (1, 2) GROUP BY day)",
    "SELECT * FROM sales.orders AS o PIVOT (sum(amount) AS s, count(*) AS c "
    "FOR (place, customer) IN (('north', 0), ('юг', 3)) GROUP BY day)",
    "WITH x AS (SELECT place, customer, id FROM sales.orders) PIVOT x ON place IN ('north') USING list(id ORDER BY id)",
    "SELECT * FROM (PIVOT sales.orders ON customer IN (1) USING count(*) GROUP BY place) AS p "
    "JOIN sales.customers AS c ON p.place = c.place",
    "UNPIVOT (SELECT id, place, day::VARCHAR AS day FROM sales.orders) ON place, day INTO NAME n VALUE v",
    "UNPIVOT sales.customers ON place, name",
    "UNPIVOT sales.customers ON COLUMNS(* EXCLUDE (customer)) INTO NAME n VALUE v",
    "SELECT * FROM sales.customers UNPIVOT INCLUDE NULLS (v FOR n IN (place, name AS 'nn')) AS u",
    "SELECT * FROM sales.orders UNPIVOT ((a, b) FOR n IN ((id, place) AS one, (customer, place) AS two))",
    "SELECT COLUMNS('a|d') FROM sales.orders",
    "SELECT min(COLUMNS(*)) FROM sales.orders",
    r"SELECT max(COLUMNS('^(.)')) AS 'x_\1_\0' FROM sales.orders",
    "SELECT COLUMNS(lambda c: c LIKE '%a%' OR c IN ('id')) FROM sales.orders",
    "SELECT COLUMNS(['id', 'place']), COLUMNS(* EXCLUDE (id)) FROM sales.orders",
    "SELECT COLUMNS(*) FROM sales.orders AS o JOIN sales.customers AS c USING (customer)",
    "SELECT COLUMNS(c.*) FROM sales.orders AS o JOIN sales.customers AS c USING (customer)",
    "SELECT * LIKE '%a%' FROM sales.orders",
    "SELECT * NOT ILIKE '%A%' FROM sales.orders",
    "SELECT * SIMILAR TO '.*(d|e)' FROM sales.orders",
    "SELECT * NOT SIMILAR TO '.*(d|e)' FROM sales.orders",
    "SELECT o.* GLOB '*a*' FROM sales.orders o",
    "SELECT * EXCLUDE (id) LIKE '%d%' FROM sales.orders",
    "SELECT id FROM sales.orders WHERE COLUMNS(['id', 'customer']) > 2",
    "SELECT place, max(COLUMNS('id|amount')) AS s FROM sales.orders GROUP BY place",
    "SELECT coalesce(*COLUMNS('place|name')) AS q FROM sales.customers",
    "SELECT COLUMNS('id|customer') + COLUMNS('id|customer') FROM sales.orders",
    "SELECT [x * 2 FOR x IN [1, 2, id] IF x > 1] AS l FROM sales.orders",
    "SELECT [x + i FOR x, i IN [5, 6, id]] AS l FROM sales.orders",
    "SELECT [[y + x FOR y IN [x, 1]] FOR x IN [1, 2]] AS l",
    "SELECT id FROM sales.orders TABLESAMPLE 100%",
    "SELECT id FROM sales.orders WHERE id > 3 USING SAMPLE 100 ROWS",
    "SELECT count(*) AS n FROM sales.orders TABLESAMPLE reservoir(7 ROWS)",
    "SELECT count(*) AS n FROM (SELECT * FROM sales.orders USING SAMPLE 5)",
    "SELECT * FROM generate_series(DATE '2024-01-30', DATE '2024-03-01', INTERVAL 1 DAY) AS s(d)",
    "SELECT * FROM range(TIMESTAMP '2024-01-01', TIMESTAMP '2024-06-01', INTERVAL '1 month') AS s(d)",
    "SELECT unnest(range(3)) AS n, generate_series(1, 3) AS l FROM sales.customers",
    "SELECT lpad(id::VARCHAR, 5, '0') AS a, rpad(place, 3, '.') AS b, repeat('-', 3) AS c FROM sales.orders",
    "SELECT list_aggregate([id, customer], 'max') AS m FROM sales.orders",
    "SELECT overlay('abc' PLACING 'x' FROM 2) AS o, regexp_split_to_table('a,b', ',') AS t",
    r"SELECT E'a\nb' AS a, E'\x41' AS b, E'it''s\\' AS c",
    "SELECT id = ANY([1, 2]) AS a, id = ANY(SELECT customer FROM sales.customers) AS b FROM sales.orders",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 10) SELECT * FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT (n + 1) % 7 FROM r) SELECT * FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1::INT UNION SELECT nullif((coalesce(n, 0) + 1) % 5, 3) FROM r) SELECT * FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 3",
    "WITH RECURSIVE r AS (SELECT id, customer FROM sales.orders WHERE id < 3 UNION "
    "SELECT o.id, o.customer FROM sales.orders AS o JOIN r ON o.customer = r.customer) SELECT * FROM r",
    "WITH RECURSIVE e AS (SELECT id AS a, id + 1 AS b FROM sales.orders), "
    "r(n) AS (SELECT 0::BIGINT UNION ALL SELECT b FROM r JOIN e ON a = n) SELECT count(*) AS c, max(n) AS m FROM r",
    "WITH RECURSIVE r(n, p) AS (SELECT 1, [1] UNION ALL SELECT n + 1, list_append(p, n + 1) FROM r WHERE n < 4) FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n * 2 FROM r, range(3) WHERE n < 10) SELECT n FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT max(n) + 1 FROM r HAVING max(n) < 5) SELECT * FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT a.n, b.n AS m FROM r a, r b",
    "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT r.n + 1 FROM r "
    "WHERE EXISTS (SELECT 1 FROM sales.orders AS o WHERE o.id = r.n + 1)) SELECT COLUMNS(*) FROM r",
)


@pytest.fixture(scope="module")
def remote(postgres: PostgresServer) -> Iterator[Mesh]:
    """Over a source that the planner may give a part of the statement to."""
    made = Builder(TABLES).postgres(postgres, "shorthands")
    yield made
    close_mesh(made)


@pytest.mark.parametrize("sql", ANSWERED)
def test_the_answer_and_its_names_are_duckdbs(mesh: Mesh, plain: duckdb.DuckDBPyConnection, sql: str) -> None:
    expected = plain.sql(sql).to_arrow_table()
    told = ask(mesh, sql)
    assert not told.error, told
    assert multiset(row for batch in expected.to_batches() for row in rows_of(batch)) == Counter(told.rows)
    assert [name for name, _ in told.columns] == expected.column_names


@pytest.mark.parametrize("sql", ANSWERED)
def test_the_answer_is_the_same_over_postgresql(mesh: Mesh, remote: Mesh, sql: str) -> None:
    assert ask(remote, sql).unordered() == ask(mesh, sql).unordered()


@pytest.mark.parametrize("made", ["mesh", "remote"])
def test_a_sample_is_taken_before_anything_looks_at_its_rows(
    made: str, request: pytest.FixtureRequest
) -> None:
    mesh = request.getfixturevalue(made)
    for sql, rows in (
        ("SELECT count(*) FROM sales.orders USING SAMPLE 5 ROWS", {"(5,)"}),
        ("SELECT count(*) FROM (SELECT id FROM sales.orders WHERE id > 3) USING SAMPLE 5 ROWS", {"(5,)"}),
        ("SELECT count(*) FROM sales.orders WHERE id = 1 USING SAMPLE 1 ROWS", {"(0,)", "(1,)"}),
        ("SELECT count(*) FROM sales.orders TABLESAMPLE reservoir(1 ROWS) WHERE id = 1", {"(0,)", "(1,)"}),
    ):
        told = {row for _ in range(60) for row in ask(mesh, sql).rows}
        assert told <= rows, sql
        assert "(0,)" in told or "(0,)" not in rows, sql  # by chance alone, once in 10^9 runs


def test_what_postgresql_spells_otherwise(mesh: Mesh) -> None:
    told = ask(
        mesh, "SELECT to_char(TIMESTAMP '2024-02-03 14:05:06', 'YYYY-MM-DD\"T\"HH24:MI:SS, FMDay Mon')"
    )
    assert (told.columns[0][0], told.rows) == ("to_char", ("('2024-02-03T14:05:06, Saturday Feb',)",))
    assert ask(mesh, "SELECT to_char(1.5, 'RN')").error == "SyntaxNotSupported"
    assert ask(mesh, "SELECT list_transform([1, 2], x -> x + 1) AS l").rows == ("([2, 3],)",)


@pytest.mark.parametrize(
    ("sql", "limit"),
    [
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT count(*) FROM r",
            "recursion",
        ),
        ("WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n + 1 FROM r) SELECT count(*) FROM r", "recursion"),
        ("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r) SELECT max(n) FROM r", "recursion"),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n FROM r, range(10)) SELECT count(*) FROM r",
            "generated_rows",
        ),
        (
            "WITH RECURSIVE r(n) AS (SELECT 1 UNION SELECT n * 10 + v FROM r, range(10) AS t(v)) SELECT sum(n) FROM r",
            "generated_rows",
        ),
    ],
)
def test_recursion_without_an_end_is_stopped_by_the_limits_name(sql: str, limit: str) -> None:
    mesh = replace(Builder(TABLES).memory(), limits=Limits(generated_rows=100_000))
    started = time.monotonic()
    told = ask(mesh, sql)
    assert (told.error, told.sqlstate) == ("LimitExceeded", ask(mesh, "FROM range(999999999)").sqlstate)
    assert f"limits.{limit}" in told.text
    assert time.monotonic() - started < 5
    mesh.engine.close()


def test_recursion_may_take_as_many_steps_as_the_limit_says(mesh: Mesh) -> None:
    sql = "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < {0}) SELECT max(n) FROM r"
    assert ask(mesh, sql.format(1_000)).rows == ("(1000,)",)
    assert ask(mesh, sql.format(1_001)).error == "LimitExceeded"


REFUSALS = ("SyntaxNotSupported", "LimitExceeded", "UndefinedTable", "UndefinedColumn", "UndefinedFunction")


@pytest.mark.parametrize(
    "sql",
    [
        'WITH RECURSIVE r AS (SELECT 0 AS "#step" UNION ALL SELECT 0 FROM r) SELECT count(*) FROM r',
        'WITH RECURSIVE r(n, "#rows") AS (SELECT 0, 0 UNION ALL SELECT 0, 0 FROM r) SELECT count(*) FROM r',
        "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n FROM r UNION ALL SELECT n FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) USING KEY (n) AS (SELECT 0 UNION SELECT n + 1 FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT 0 INTERSECT SELECT n FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT n FROM r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL (WITH RECURSIVE s(m) AS (SELECT 0 UNION ALL SELECT m FROM s) "
        "SELECT n FROM r, s)) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n FROM recurring.r) SELECT count(*) FROM r",
        "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT r FROM r",
    ],
)
def test_no_recursion_slips_past_the_bound(mesh: Mesh, sql: str) -> None:
    assert ask(mesh, sql).error in REFUSALS, sql


def test_a_relation_in_a_recursive_part_is_read_once(mesh: Mesh) -> None:
    sql = (
        "WITH RECURSIVE e AS (SELECT id AS a, id + 1 AS b FROM sales.orders), r(n) AS (SELECT 0::BIGINT UNION ALL "
        "SELECT b FROM r JOIN e ON a = n JOIN sales.orders AS o ON o.id = e.b) SELECT count(*) FROM r"
    )
    assert ask(mesh, sql).rows == ("(24,)",)
    assert [source.rows for source in records(mesh).written[-1].sources] == [24, 24]


# --- two worlds ------------------------------------------------------------------------------------------

ANA = Principal("ana", attributes={"region": "EU"})
POLICIES = """p, g, role:any, sales, sales.orders, select, own, -, -, allow
p, d, role:any, sales, sales.orders.secret, select, *, -, -, deny
p3, m, role:any, sales, sales.orders.name, partial, 1, -, -
"""


def world(number: int) -> Mesh:
    """Worlds that differ in hidden rows, in a denied column and in what a mask hides."""
    shown = [
        {"id": n, "region": "EU", "name": ("ada", "abe")[number], "level": n % 3, "secret": f"SECRET{number}"}
        for n in range(40)
    ]
    hidden = [
        {"id": 100 + n, "region": "US", "name": "HIDDEN", "level": 7 + n, "secret": "x"}
        for n in range((1, 3_000)[number])
    ]
    table = pa.Table.from_pylist(hidden + shown if number else shown + hidden)
    builder = Builder(
        {"sales.orders": table}, policies={"sales": POLICIES}, filters={"own": "region = principal.region"}
    )
    return builder.memory()


@pytest.fixture(scope="module")
def worlds() -> Iterator[tuple[Mesh, Mesh]]:
    pair = world(0), world(1)
    yield pair
    for mesh in pair:
        mesh.engine.close()


SAME = (
    "PIVOT sales.orders ON region IN ('EU', 'US') USING count(*) GROUP BY level",
    "PIVOT sales.orders ON level IN (0, 7, 8) USING max(id)",
    "PIVOT sales.orders ON name IN ('HIDDEN', 'a**') USING count(*) GROUP BY region",
    "PIVOT sales.orders ON region IN ('EU') USING max(secret)",
    "UNPIVOT sales.orders ON region, name",
    "UNPIVOT sales.orders ON COLUMNS('e') INTO NAME n VALUE v",
    "UNPIVOT sales.orders ON secret, name",
    "SELECT COLUMNS(*) FROM sales.orders",
    "SELECT COLUMNS('secret') FROM sales.orders",
    "SELECT COLUMNS('e') FROM sales.orders",
    "SELECT COLUMNS(lambda c: c = 'secret') FROM sales.orders",
    "SELECT COLUMNS(['id', 'secret']) FROM sales.orders",
    "SELECT COLUMNS(* EXCLUDE (secret)) FROM sales.orders",
    "SELECT * LIKE 'sec%' FROM sales.orders",
    "SELECT * NOT LIKE 'i%' FROM sales.orders",
    "SELECT * EXCLUDE (secret) FROM sales.orders",
    "SELECT min(COLUMNS(*)) FROM sales.orders",
    "SELECT id FROM sales.orders WHERE COLUMNS('id|level')::INT > 1",
    "SELECT count(*) FROM sales.orders TABLESAMPLE 100%",
    "SELECT count(*) FROM sales.orders TABLESAMPLE reservoir(1000 ROWS)",
    "SELECT count(*) FROM sales.orders USING SAMPLE 100 ROWS",
    "SELECT count(name) FROM sales.orders TABLESAMPLE system(50%) REPEATABLE (3)",
    "SELECT max(level) FROM sales.orders AS o TABLESAMPLE reservoir(5000 ROWS) WHERE 1 / (level - 7) IS NULL",
    "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT o.id FROM r JOIN sales.orders AS o ON o.id = r.n + 1) "
    "SELECT max(n) FROM r",
    "WITH RECURSIVE r(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < (SELECT count(*) FROM sales.orders)) "
    "SELECT max(n) FROM r",
    "WITH RECURSIVE r(n) AS (SELECT max(level) FROM sales.orders UNION SELECT (n * 3) % 11 FROM r) SELECT * FROM r",
    "WITH RECURSIVE r(n, s) AS (SELECT 0, '' UNION ALL SELECT o.id, o.name::INT::VARCHAR FROM r "
    "JOIN sales.orders AS o ON o.id = r.n + 1) SELECT max(n) FROM r",
    "SELECT [x FOR x IN [id, level] IF x > 5] FROM sales.orders",
    "SELECT list_aggregate(list(id), 'max') FROM sales.orders",
)


@pytest.mark.parametrize("sql", SAME)
def test_what_is_hidden_changes_no_answer(worlds: tuple[Mesh, Mesh], sql: str) -> None:
    first, second = (ask(mesh, sql, ANA).unordered() for mesh in worlds)
    assert first == second
    assert "SECRET" not in repr(first)
    assert "HIDDEN" not in repr(first.rows)
    assert first.error != "InternalFailure"


def test_a_sample_is_of_the_rows_in_sight(worlds: tuple[Mesh, Mesh]) -> None:
    for mesh in worlds:
        assert ask(mesh, "SELECT count(*) FROM sales.orders TABLESAMPLE reservoir(10 ROWS)", ANA).rows == (
            "(10,)",
        )
        counted = ask(mesh, "SELECT count(*) FROM sales.orders TABLESAMPLE 50%", ANA)
        assert counted.rows <= ("(40,)",)


def test_a_denied_column_is_as_unknown_as_any_other(worlds: tuple[Mesh, Mesh]) -> None:
    for sql in (
        "SELECT COLUMNS(['{0}']) FROM sales.orders",
        "SELECT COLUMNS(* EXCLUDE ({0})) FROM sales.orders",
        "SELECT COLUMNS('{0}') FROM sales.orders",
        "SELECT * LIKE '{0}' FROM sales.orders",
        "PIVOT sales.orders ON {0} IN ('x') USING count(*)",
        "PIVOT sales.orders ON region IN ('x') USING max({0})",
        "PIVOT sales.orders ON region IN ('x') USING count(*) GROUP BY {0}",
        "UNPIVOT sales.orders ON {0}, name",
    ):
        denied, never = (ask(worlds[0], sql.format(name), ANA) for name in ("secret", "nope__"))
        assert denied.error == "UndefinedColumn", sql
        assert denied == replace(never, text=never.text.replace("nope__", "secret")), sql


def test_columns_that_a_shorthand_stands_for_are_on_record(worlds: tuple[Mesh, Mesh]) -> None:
    mesh = worlds[0]
    for sql, columns in (
        ("SELECT max(COLUMNS('id|level')) FROM sales.orders", {"id", "level"}),
        ("PIVOT sales.orders ON level IN (1) USING max(id) GROUP BY region", {"id", "level", "region"}),
        ("UNPIVOT (SELECT name, region FROM sales.orders) ON name, region", {"name", "region"}),
        ("SELECT id FROM sales.orders TABLESAMPLE 50%", {"id"}),
    ):
        assert not ask(mesh, sql, ANA).error
        assert {name.rpartition(".")[2] for name in records(mesh).written[-1].columns} == columns, sql
