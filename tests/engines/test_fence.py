"""The fence: no condition of a consumer goes below it on this version of the engine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.errors import (
    Failed,
    InvalidText,
)
from tests.engines.inputs import Rows, rows


@pytest.fixture
def engine() -> Iterator[DuckDBEngine]:
    made = DuckDBEngine(memory_bytes=500_000_000, threads=2)
    yield made
    made.close()


HIDDEN = pa.table(
    {
        "id": pa.array(range(4_000), pa.int64()),
        "region": ["US" if number % 2 else "EU" for number in range(4_000)],
        "note": ["SECRET" if number % 2 else str(number // 2) for number in range(4_000)],
    }
)
NESTED = pa.table({"row": pa.array(HIDDEN.to_pylist())})

CONDITIONS = [
    "{note}::INT >= 0",
    "{id} IN (SELECT 6) AND {note}::INT >= 0",
    "CAST({note} AS DECIMAL(9, 2)) >= 0 OR {id} < 0",
    "{note} = {id}",
    "{id} % 2 = 0 AND {note}::BIGINT + 1 > 0",
]

FILTER = "{region} IN (SELECT e FROM (VALUES ('EU'), ('UK')) AS v(e))"
"""A product that joins hides rows like this; conditions of a consumer would be moved below the join."""


@dataclass(frozen=True)
class Case:
    """`source` stands in FROM; `path` leads from a row's alias to its columns."""

    source: str
    inputs: dict[str, Rows]
    path: str = ""

    def of(self, alias: str, sql: str) -> str:
        return sql.format(**{name: f"{alias}{self.path}.{name}" for name in HIDDEN.schema.names})

    def visible(self, fence: str) -> str:
        return f"(SELECT * FROM {self.source} AS r WHERE {self.of('r', FILTER)} {fence})"


def cases(folder: Path) -> dict[str, Case]:
    pq.write_table(HIDDEN, folder / "hidden.parquet", row_group_size=1_000)
    return {
        "arrow": Case('"in"', {"in": Rows(HIDDEN)}),
        "parquet": Case(f"read_parquet('{folder}/hidden.parquet')", {}),
        "nested": Case('"in"', {"in": Rows(NESTED)}, '."row"'),
    }


def leaks(engine: DuckDBEngine, case: Case, fence: str) -> list[str]:
    """The conditions that fail because of rows that the filter hides."""
    found = []
    for condition in CONDITIONS:
        sql = f"SELECT count(*) FROM {case.visible(fence)} AS t WHERE {case.of('t', condition)}"
        try:
            rows(engine, sql, **case.inputs)
        except Failed:
            found.append(condition)
    return found


def test_the_fence_holds_and_without_it_the_leak_is_real(tmp_path: Path) -> None:
    given = cases(tmp_path)
    engine = DuckDBEngine([tmp_path / "hidden.parquet"], threads=2)
    fenced = {kind: leaks(engine, case, "OFFSET 0") for kind, case in given.items()}
    unfenced = {kind: leaks(engine, case, "") for kind, case in given.items()}
    engine.close()
    assert fenced == {"arrow": [], "parquet": [], "nested": []}
    # A fence that nothing needs proves nothing. Of Parquet this version reads only what the join lets through.
    assert unfenced["arrow"]
    assert unfenced["nested"]


def test_the_fence_does_not_hold_a_cast_of_a_field(engine: DuckDBEngine) -> None:
    """Why the gateway hands rows with fields over from a stage of their own: the cast is moved to the scan."""
    hiding = 'SELECT * FROM "in" AS r WHERE r."row".region NOT IN (SELECT \'US\' FROM range(3)) OFFSET 0'
    sql = 'SELECT count(*) FROM ({0}) AS t WHERE t."row".note::INT >= 0'
    with pytest.raises(InvalidText):
        rows(engine, sql.format(hiding), **{"in": Rows(NESTED)})
    stage = engine.run(hiding, {"in": Rows(NESTED)})
    arrived = pa.Table.from_batches(list(stage.batches()))
    stage.close()
    assert rows(engine, sql.format('SELECT * FROM "in"'), **{"in": Rows(arrived)}) == [(2_000,)]


def test_the_fence_holds_in_joins(tmp_path: Path) -> None:
    given = cases(tmp_path)
    engine = DuckDBEngine([tmp_path / "hidden.parquet"], threads=2)
    for case in given.values():
        for join in ("JOIN", "LEFT JOIN", "SEMI JOIN"):
            on = case.of("t", "k.id = {note}::BIGINT")
            sql = f"SELECT count(*) FROM range(2000) AS k(id) {join} {case.visible('OFFSET 0')} AS t ON {on}"
            assert rows(engine, sql, **case.inputs) == [(2_000,)]
    engine.close()
