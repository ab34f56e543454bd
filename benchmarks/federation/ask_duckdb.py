"""DuckDB with its postgres and sqlite extensions."""

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.federation.child import answer, arrow_rows


class DuckDB:
    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.pid = os.getpid()
        self._connection = duckdb.connect(config={"threads": configuration["threads"]})
        for extension in ("postgres_scanner", "sqlite_scanner"):
            self._connection.execute(f"LOAD '{_extension(extension)}'")
        for server, uri in configuration["servers"].items():
            self._connection.execute(f"ATTACH '{uri}' AS {server} (TYPE postgres, READ_ONLY)")
        for name, table in configuration["tables"].items():
            domain, _, table_name = name.partition(".")
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {domain}")
            self._connection.execute(f"CREATE VIEW {name} AS FROM {self._place(table_name, table)}")

    def _place(self, name: str, table: Any) -> str:
        if table["kind"] == "parquet":
            return f"read_parquet('{table['path']}')"
        if table["kind"] == "sqlite":
            self._connection.execute(
                f"ATTACH IF NOT EXISTS '{table['path']}' AS book (TYPE sqlite, READ_ONLY)"
            )
            return f"book.{name}"
        return f"{table['server']}.public.{name}"

    def ask(self, sql: str) -> object:
        return self._connection.sql(sql).to_arrow_table()

    def rows(self, answer: Any) -> list[tuple[object, ...]]:
        return arrow_rows(answer)


def _extension(name: str) -> Path:
    """Of its wheel."""
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("extensions/*/*.duckdb_extension"))


if __name__ == "__main__":
    answer(DuckDB)
