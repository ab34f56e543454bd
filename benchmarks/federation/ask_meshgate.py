"""meshgate, through its pipeline in this process."""

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchmarks.federation.child import answer, arrow_rows
from gateway.opening import open_mesh
from gateway.query.pipeline import run
from gateway.query.request import Request


class Meshgate:
    def __init__(self, configuration: Mapping[str, Any]) -> None:
        logging.disable(logging.INFO)
        self.pid = os.getpid()
        self._opened = open_mesh(
            Path(configuration["folder"]), {**os.environ, **configuration["environment"]}
        )
        principal = self._opened.principals.principal(configuration["principal"])
        assert principal is not None
        self._principal = principal

    def ask(self, sql: str) -> object:
        result = run(Request(sql, self._principal, "benchmark"), self._opened.mesh)
        return result.schema, list(result.batches())

    def rows(self, answer: Any) -> list[tuple[object, ...]]:
        schema, batches = answer
        return arrow_rows(pa.Table.from_batches(batches, schema))


if __name__ == "__main__":
    answer(Meshgate)
