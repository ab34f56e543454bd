"""ClickHouse in a process."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from chdb.session import Session

from benchmarks.federation.child import answer, arrow_rows

SETTINGS = (
    "join_use_nulls = 1, aggregate_functions_null_for_empty = 1, allow_experimental_correlated_subqueries = 1"
)
"""What makes it follow SQL."""


class ClickHouse:
    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.pid = os.getpid()
        self._session = Session()
        self._settings = f"SETTINGS {SETTINGS}, max_threads = {configuration['threads']}"
        for name, table in configuration["tables"].items():
            domain = name.partition(".")[0]
            self._session.query(_database(domain, table, configuration["servers"]))
            if table["kind"] == "parquet":
                self._session.query(f"CREATE VIEW {name} AS SELECT * FROM file('{table['path']}', Parquet)")

    def ask(self, sql: str) -> object:
        return self._session.query(f"{sql.strip()} {self._settings}", "ArrowTable")

    def rows(self, answer: Any) -> list[tuple[object, ...]]:
        return [tuple(_text(value) for value in row) for row in arrow_rows(answer)]


def _database(domain: str, table: Any, servers: Mapping[str, str]) -> str:
    create = f"CREATE DATABASE IF NOT EXISTS {domain}"
    if table["kind"] == "postgres":
        port = urlsplit(servers[table["server"]]).port
        return f"{create} ENGINE = PostgreSQL('127.0.0.1:{port}', 'postgres', 'postgres', '')"
    return f"{create} ENGINE = SQLite('{table['path']}')" if table["kind"] == "sqlite" else create


def _text(value: object) -> object:
    return value.decode() if isinstance(value, bytes) else value


if __name__ == "__main__":
    answer(ClickHouse)
