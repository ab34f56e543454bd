"""How an attack reaches a world: straight into the pipeline, or as a client of an endpoint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from gateway.engines.base import Answer, Engine, Input, OutputColumn
from gateway.query.mesh import Mesh
from gateway.query.request import Parameter
from policies.principal import Principal
from tests.query.mesh import Told, ask


class Driver(Protocol):
    """Asks one statement in one world and says all that a consumer is told."""

    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told: ...


class InProcess:
    def ask(self, mesh: Mesh, sql: str, principal: Principal, parameters: tuple[object, ...]) -> Told:
        return ask(mesh, sql, principal, tuple(Parameter(value) for value in parameters))


@dataclass
class RecordingEngine:
    """An Engine that passes everything on and keeps the SQL texts it was asked to run."""

    engine: Engine
    ran: list[str]

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        return self.engine.describe(sql, inputs)

    def run(self, sql: str, inputs: Mapping[str, Input]) -> Answer:
        self.ran.append(sql)
        return self.engine.run(sql, inputs)

    def close(self) -> None:
        self.engine.close()


def texts(told: Told) -> Iterator[str]:
    """Every text of an answer that a client could show or log."""
    yield from (told.error, told.text, told.hint or "")
    yield from (part for column in told.columns for part in column)
    yield from told.rows
