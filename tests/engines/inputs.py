"""Tables as inputs of the engine, and the rows of its answers."""

from dataclasses import dataclass

import pyarrow as pa

from gateway.engines.duckdb_engine import DuckDBEngine


@dataclass
class Rows:
    """An Input over a table; opened once per scan."""

    table: pa.Table
    opened: int = 0

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def open(self) -> pa.RecordBatchReader:
        self.opened += 1
        return self.table.to_reader(max_chunksize=1_000)


def rows(engine: DuckDBEngine, sql: str, **inputs: object) -> list[tuple[object, ...]]:
    answer = engine.run(sql, inputs)  # type: ignore[arg-type]
    try:
        return [row for batch in answer.batches() for row in zip(*batch.to_pydict().values(), strict=True)]
    finally:
        answer.close()
