"""Answers that one source gives alone do not go through the engine, and nobody can tell by the answer."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

import pyarrow as pa
import pytest

from benchmarks.federation.wire import wire
from connectors.postgres import PostgresConnector
from connectors.types import arrow_type
from gateway.engines.answers import BATCH_BYTES, BATCH_ROWS, is_relabeled
from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.errors import Failed, QueryCanceled
from gateway.query.authorize import authorize
from gateway.query.bind import bind
from gateway.query.deadline import Deadline
from gateway.query.execute import execute
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.passthrough import PassedAnswer
from gateway.query.pipeline import Clock, answer_plan, run, visible_to
from gateway.query.plan import Plan
from gateway.query.request import Request
from tests.query.mesh import ANYBODY, Builder, records, values
from tests.servers import PostgresServer

ROWS = 100_000
KINDS = (
    "BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE VARCHAR BLOB "
    "DATE TIME TIMESTAMP TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS INTERVAL UUID JSON DECIMAL(4,2) DECIMAL(9,0) "
    "DECIMAL(18,18) DECIMAL(19,4) DECIMAL(38,38) BIGINT[] VARCHAR[] DECIMAL(10,2)[] DOUBLE[3]"
).split()
KINDS += ["TIMESTAMP WITH TIME ZONE", 'STRUCT("a" INTEGER)', "MAP(VARCHAR, INTEGER)"]
EDGES: dict[str, list[object]] = {
    "BOOLEAN": [True, False, None],
    "TINYINT": [-128, 127, None],
    "SMALLINT": [-(2**15), 2**15 - 1, None],
    "INTEGER": [-(2**31), 2**31 - 1, None],
    "BIGINT": [-(2**63), 2**63 - 1, None],
    "UTINYINT": [0, 255, None],
    "USMALLINT": [0, 2**16 - 1, None],
    "UINTEGER": [0, 2**32 - 1, None],
    "UBIGINT": [0, 2**64 - 1, None],
    "FLOAT": [float("nan"), float("-inf"), -0.0, None],
    "DOUBLE": [float("nan"), float("inf"), 5e-324, -0.0, None],
    "VARCHAR": ["", "a\0b", "Straße 東京 🐘", None],
    "BLOB": [b"", b"\0\xff", None],
    "DECIMAL(4,2)": [Decimal("-99.99"), Decimal("0.00"), None],
    "DECIMAL(9,0)": [Decimal(-999999999), None],
    "DECIMAL(18,18)": [Decimal("0.999999999999999999"), None],
    "DECIMAL(19,4)": [Decimal("-999999999999999.9999"), None],
    "DECIMAL(38,38)": [Decimal("0." + "9" * 38), None],
}
COUNTED = ("DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
"""Made of the numbers that they count: Python's own types know fewer of them."""


@dataclass
class Table:
    """An engine's Input."""

    table: pa.Table

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def open(self) -> pa.RecordBatchReader:
        return self.table.to_reader()


def edges(kind: str) -> pa.Table:
    wanted = arrow_type(kind)
    if kind in COUNTED:
        numbers = [0, 86_400_000_000 - 1, None] if kind == "TIME" else [-700_000, 0, 2_900_000, None]
        plain = pa.int32() if kind == "DATE" else pa.int64()
        return pa.table({"a": pa.array(numbers, plain).cast(wanted)})
    return pa.table({"a": pa.array(EDGES[kind], wanted)})


@pytest.mark.parametrize("kind", [kind for kind in KINDS if is_relabeled(kind)])
def test_a_passed_answer_is_the_engines(kind: str) -> None:
    engine = DuckDBEngine()
    read = Table(edges(kind))
    engines = engine.run('SELECT u."a" AS "a" FROM "#scan 1" AS u', {"#scan 1": read})
    passed = PassedAnswer(read, (("a", kind),))
    assert passed.columns == engines.columns
    assert passed.schema.equals(engines.schema, check_metadata=True)
    assert repr(pa.Table.from_batches(passed.batches()).to_pylist()) == repr(
        pa.Table.from_batches(engines.batches()).to_pylist()
    )
    engines.close()
    engine.close()


def test_what_the_engine_converts_is_not_passed() -> None:
    """JSON and UUID become text, intervals are rounded, items of lists are named anew."""
    refused = {kind for kind in KINDS if not is_relabeled(kind)}
    assert {"HUGEINT", "UUID", "JSON", "INTERVAL", "BIGINT[]", "DOUBLE[3]", 'STRUCT("a" INTEGER)'} <= refused
    assert not any(
        is_relabeled(kind) for kind in ("DECIMAL", "decimal(4,2)", "DECIMAL(4, 2)", "INT4", "TEXT")
    )


# --- whole statements ------------------------------------------------------------------------------------

TABLES = f"""
DROP SCHEMA IF EXISTS passing CASCADE;
CREATE SCHEMA passing;
CREATE TABLE passing.everything (id bigint PRIMARY KEY, flag boolean, small smallint, whole integer, real4 real,
  real8 double precision, price numeric(12,2), wide numeric(30,4), free numeric, label text, fixed char(5),
  raw bytea, day date, at time, seen timestamp, seen_tz timestamptz);
INSERT INTO passing.everything
  SELECT i, i % 2 = 0, i % 100, i, i / 3.0, i / 7.0, i / 4.0, i / 8.0, i / 16.0, 'é' || i, i % 1000, int8send(i),
    date '2020-01-01' + (i % 999)::int, time '00:00' + i * interval '1 s', timestamp '2020-01-01' + i * interval '1 s',
    timestamptz '2020-01-01 00:00:00Z' + i * interval '1 s' FROM generate_series(1, {ROWS}) AS g(i);
INSERT INTO passing.everything (id) VALUES (0);
CREATE TABLE passing.odd (id bigint, tags text[], doc jsonb, name uuid, span interval);
INSERT INTO passing.odd VALUES (1, '{{a,b}}', '{{"a": 1}}', gen_random_uuid(), interval '1 month');
CREATE VIEW passing.slow AS SELECT i AS id, coalesce(pg_sleep(CASE WHEN i > 40000 THEN 0.01 ELSE 0 END)::text, '')
  || repeat('x', 100) AS label FROM generate_series(1::bigint, 100000) AS g(i);
"""


@pytest.fixture(scope="module")
def passing(postgres: PostgresServer) -> Iterator[Mesh]:
    postgres.run(TABLES)
    connector = PostgresConnector(postgres.uri(), schema="passing")
    tables = {f"sales.{name}": pa.table({}) for name in ("everything", "odd", "slow")}
    mesh = Builder(tables).over(lambda _domain, _tables: connector)
    yield mesh
    mesh.engine.close()
    connector.close()


def planned(mesh: Mesh, sql: str) -> Plan:
    request = Request(sql, ANYBODY, "postgres")
    visible = visible_to(request, mesh, time.time())
    statement = parse(sql, mesh.limits)
    return answer_plan(
        statement, authorize(bind(statement, request, visible), visible), mesh, Clock(Deadline(60))
    )


def answered(mesh: Mesh, plan: Plan) -> tuple[object, pa.Table]:
    running = execute(plan, mesh.engine, mesh.connectors, mesh.hash_key, "test", Deadline(60))
    try:
        rows = pa.Table.from_batches(running.batches(), running.schema)
        return running.columns, rows.rename_columns(list(plan.names))
    finally:
        running.close()


PASSED = (
    "SELECT * FROM sales.everything",
    "SELECT label AS x, id, label AS y FROM sales.everything WHERE id < 10",
    "SELECT id FROM sales.everything WHERE id = 77",
    "SELECT id FROM sales.everything WHERE id < 0",
    "SELECT count(*), sum(price), max(day), min(seen_tz) FROM sales.everything",
    "SELECT flag, count(*) FROM sales.everything GROUP BY flag",
    "SELECT id FROM sales.odd",
)
NOT_PASSED = (
    "SELECT id FROM sales.everything ORDER BY id LIMIT 3",
    "SELECT id FROM sales.everything LIMIT 3",
    "SELECT id + 1 FROM sales.everything",
    "SELECT id FROM sales.everything UNION ALL SELECT id FROM sales.odd",
    "SELECT a.id FROM sales.everything AS a, sales.odd AS b",
    "SELECT * FROM sales.odd",
    "SELECT name FROM sales.odd",
    "SELECT span FROM sales.odd",
    "SUMMARIZE sales.odd",
    "DESCRIBE sales.everything",
    "SELECT 1",
)


@pytest.mark.parametrize("sql", PASSED)
def test_the_answer_is_as_if_the_engine_had_passed_it_on(passing: Mesh, sql: str) -> None:
    plan = planned(passing, sql)
    assert plan.passed
    columns, rows = answered(passing, plan)
    engines_columns, engines_rows = answered(passing, replace(plan, passed=()))
    assert columns == engines_columns
    assert rows.schema.equals(engines_rows.schema, check_metadata=True)
    ours, engines = (sorted(map(repr, table.to_pylist())) for table in (rows, engines_rows))
    assert ours == engines


@pytest.mark.parametrize("sql", NOT_PASSED)
def test_whatever_asks_for_more_goes_through_the_engine(passing: Mesh, sql: str) -> None:
    plan = planned(passing, sql)
    assert not plan.passed
    assert values(passing, sql) is not None


def test_batches_are_bounded(passing: Mesh) -> None:
    result = run(Request("SELECT * FROM sales.everything", ANYBODY, "postgres"), passing)
    seen = 0
    for batch in result.batches():
        assert batch.num_rows <= BATCH_ROWS
        assert batch.nbytes <= BATCH_BYTES
        seen += batch.num_rows
    assert seen == ROWS + 1
    assert records(passing).written[-1].rows == ROWS + 1


def test_cancel_reaches_the_source_while_it_works(passing: Mesh) -> None:
    result = run(Request("SELECT id, label FROM sales.slow", ANYBODY, "postgres"), passing)
    batches = result.batches()
    next(batches)
    start = time.monotonic()
    threading.Timer(0.2, result.cancel).start()
    with pytest.raises(QueryCanceled):
        list(batches)
    assert time.monotonic() - start < 1.5
    assert records(passing).outcomes()[-1] == "cancelled"


def test_a_reader_that_goes_away_ends_the_work(passing: Mesh) -> None:
    batches = run(Request("SELECT id, label FROM sales.slow", ANYBODY, "postgres"), passing).batches()
    next(batches)
    start = time.monotonic()
    batches.close()  # type: ignore[attr-defined]
    assert time.monotonic() - start < 1.5
    assert records(passing).outcomes()[-1] == "cancelled"


def test_a_source_that_dies_half_way_is_an_error(passing: Mesh, postgres: PostgresServer) -> None:
    result = run(Request("SELECT id, label FROM sales.slow", ANYBODY, "postgres"), passing)
    batches = result.batches()
    next(batches)
    postgres.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE application_name = 'meshgate {result.reference}'"
    )
    with pytest.raises(Failed):
        list(batches)
    assert records(passing).outcomes()[-1] == "failed"


@pytest.mark.parametrize(
    ("sql", "most"),
    [
        ("SELECT label, price FROM sales.everything WHERE id = 1", 4),
        ("SELECT count(*) FROM sales.everything", 4),
        ("SELECT upper(label) FROM sales.everything ORDER BY id LIMIT 1", 6),
    ],
    ids=["one row", "count", "through the engine"],
)
def test_round_trips(passing: Mesh, postgres: PostgresServer, sql: str, most: int) -> None:
    """With 20 ms of network each of them is felt."""
    with wire({"sales": postgres.port}) as between:
        uri = f"postgresql://postgres@127.0.0.1:{between.ports['sales']}/postgres"
        connector = PostgresConnector(uri, schema="passing")
        mesh = replace(passing, connectors={"sales._src": connector})
        # The third opens a session for lookups: the first two are a text and the plan of its kind.
        warm = [values(mesh, sql) for _ in range(3)]
        before = between.turns
        assert values(mesh, sql) == warm[0]
        time.sleep(0.2)  # the proxy has heard all
        assert 0 < between.turns - before <= most
        connector.close()
