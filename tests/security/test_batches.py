"""Where hidden rows lie among the visible ones does not show in the batches of an Arrow answer."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from tests.query.mesh import ANYBODY, Builder, close_mesh
from tests.servers import PostgresServer

POLICIES = {"sales": "p, s, role:any, sales, sales.orders, select, any_case, -, -, allow\n"}
FILTERS = {"any_case": "lower(region) = 'eu'"}
"""No source runs it."""
VISIBLE = 50_000


def builder(hidden: int) -> Builder:
    """Hidden rows stand before the visible ones, and after each tenth of them."""
    tenth = VISIBLE // 10
    regions = ["US"] * (7 * hidden) + (["EU"] * tenth + ["US"] * hidden) * 10
    numbers = iter(range(VISIBLE))
    ids = [next(numbers) if region == "EU" else -1 for region in regions]
    return Builder({"sales.orders": pa.table({"id": ids, "region": regions})}, POLICIES, FILTERS)


@pytest.mark.parametrize("kind", ["memory", "parquet", "sqlite", "postgres"])
def test_batches_do_not_tell_where_hidden_rows_lie(
    kind: str, tmp_path: Path, postgres: PostgresServer
) -> None:
    makers: dict[str, Callable[[Builder, str], Mesh]] = {
        "memory": lambda plan, _: plan.memory(),
        "parquet": lambda plan, name: plan.parquet(tmp_path / name),
        "sqlite": lambda plan, name: plan.sqlite(tmp_path / name),
        "postgres": lambda plan, name: plan.postgres(postgres, f"batches_{name}"),
    }
    told = []
    for name, hidden in (("few", 1), ("many", 1_700)):
        mesh = makers[kind](builder(hidden), name)
        batches = list(run(Request("SELECT id FROM sales.orders", ANYBODY, "flight"), mesh).batches())
        told.append(([batch.num_rows for batch in batches], pa.Table.from_batches(batches)["id"].to_pylist()))
        close_mesh(mesh)
    assert told[0] == told[1]
    assert sorted(told[0][1]) == list(range(VISIBLE))
