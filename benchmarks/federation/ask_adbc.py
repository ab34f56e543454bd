"""Bare ADBC: the statement as it is, to the one server that has all of its tables."""

import os
import re
from collections.abc import Mapping
from typing import Any

import adbc_driver_postgresql.dbapi as adbc

from benchmarks.federation.child import answer, arrow_rows


class Adbc:
    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.pid = os.getpid()
        self._tables = configuration["tables"]
        self._names = re.compile("|".join(re.escape(name) for name in self._tables))
        self._connections = {name: adbc.connect(uri) for name, uri in configuration["servers"].items()}

    def ask(self, sql: str) -> object:
        (server,) = {self._tables[name]["server"] for name in self._names.findall(sql)}
        plain = self._names.sub(lambda found: found[0].partition(".")[2], sql)
        with self._connections[server].cursor() as cursor:
            cursor.execute(plain)
            return cursor.fetch_arrow_table()

    def rows(self, answer: Any) -> list[tuple[object, ...]]:
        return arrow_rows(answer)


if __name__ == "__main__":
    answer(Adbc)
