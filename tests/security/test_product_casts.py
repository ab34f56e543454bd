"""A cast in a product's own SQL that fails on a row is told of only where the row is seen: not where a policy, or
another product that reads it, leaves the row out."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import Builder, ask, close_mesh
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "EU"})
BODIES = {
    "sales.typed": "SELECT cast(raw AS bigint) AS n, region FROM _src.items",
    "sales.again": "SELECT n, region FROM sales.typed",
    "sales.days": "SELECT cast(raw AS bigint) + 1 AS n, day, region FROM _src.items",
    "sales.twice": "SELECT n, cast(day AS date) AS d, region FROM sales.days",
    "sales.sums": "SELECT region, sum(n) AS n, count(*) AS c FROM sales.typed GROUP BY region",
    "sales.strict": "SELECT n, region FROM sales.typed WHERE n > 0",
    "sales.short": "SELECT id, region FROM _src.items WHERE cast(raw AS bigint) > 0",
    "sales.different": "SELECT DISTINCT n, region FROM sales.typed",
}
STATEMENTS = (
    *(f"SELECT * FROM {name}" for name in BODIES),
    "SELECT count(*) FROM sales.again",
    "SELECT region FROM sales.again WHERE n > 1",
    "SELECT n FROM sales.typed WHERE n = 1",
    "SELECT a.n FROM sales.again AS a JOIN sales.typed AS b ON a.n = b.n",
    "SELECT max(n) FROM sales.twice",
)
KINDS = ("memory", "parquet", "sqlite", "postgres")


def builder(raw: str, row_filter: str, seen: str = "2") -> Builder:
    rows = {"id": [1, 2, 3], "raw": ["1", seen, raw], "region": ["EU", "EU", "US"]}
    items = pa.table(rows | {"day": ["2020-01-01", "2020-01-02", raw if raw > "9" else "2020-01-03"]})
    lines = "".join(f"p, {name}, role:any, sales, {name}, select, own, -, -, allow\n" for name in BODIES)
    shared = "p, all, domain:sales, sales, sales.*, share, *, -, -, allow\n"
    return Builder(
        {"sales.items": items},
        policies={"sales": lines + shared},
        filters={"own": row_filter},
        bodies=BODIES,
    )


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["region = principal.region", "lower(region) = 'eu'"])
def meshes(
    request: pytest.FixtureRequest, kind: str, tmp_path: Path, postgres: PostgresServer
) -> Iterator[tuple[Mesh, Mesh, Mesh]]:
    """Two that differ in a hidden row, and one with a bad value in one that is seen."""
    plans = {
        "a": builder("3", request.param),
        "b": builder("CANARY", request.param),
        "c": builder("3", request.param, seen="x"),
    }
    a, b, c = (plan.of_kind(kind, tmp_path / f"casts_{name}{kind}", postgres) for name, plan in plans.items())
    yield a, b, c
    for mesh in (a, b, c):
        close_mesh(mesh)


def test_what_cannot_be_cast_is_told_of_where_it_is_seen(meshes: tuple[Mesh, Mesh, Mesh]) -> None:
    good, bad, seen = meshes
    for sql in STATEMENTS:
        told = [ask(mesh, sql, ANA).unordered() for mesh in (good, bad)]
        assert told[0] == told[1], sql
        assert told[0].error == "", (sql, told[0])
        assert told[0].rows, sql
    for name in BODIES:
        assert ask(seen, f"SELECT * FROM {name}", ANA).sqlstate in ("22P02", "22000", "58030"), name
