"""A PostgreSQL, asked with psycopg: the client is what answers there, so its memory counts."""

from collections.abc import Mapping
from typing import Any

import psycopg

from benchmarks.federation.child import answer


class Postgres:
    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self._connection = psycopg.connect(configuration["uri"], autocommit=True)
        self.pid = self._connection.info.backend_pid

    def ask(self, sql: str) -> object:
        return self._connection.execute(sql.encode()).fetchall()

    def rows(self, answer: Any) -> list[tuple[object, ...]]:
        return list(answer)


if __name__ == "__main__":
    answer(Postgres)
