"""`limits.seconds` counts from the first step of a statement, whatever takes the time."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa
import pytest

import gateway.query.pipeline
from connectors.memory import MemoryConnector
from gateway.engines.base import Answer, Engine, Input, OutputColumn
from gateway.errors import DeadlineExceeded
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe
from gateway.query.request import Request
from gateway.settings import Limits
from tests.query.mesh import ANYBODY, Builder, records, values

TABLES = {
    "sales.orders": pa.table({"id": [1, 2, 3], "region": ["EU", "EU", "US"]}),
    "shipping.parcels": pa.table({"order_id": [1, 2], "carrier": ["north", "south"]}),
}
ONE = "SELECT id FROM sales.orders"
JOINED = "SELECT o.id, p.carrier FROM sales.orders AS o, shipping.parcels AS p WHERE o.id = p.order_id"


@dataclass
class Slow:
    """An Engine that takes its time to bind, during which nobody can stop it."""

    engine: Engine
    seconds: float

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        time.sleep(self.seconds)
        return self.engine.describe(sql, inputs)

    def run(self, sql: str, inputs: Mapping[str, Input | pa.Table]) -> Answer:
        time.sleep(self.seconds)
        return self.engine.run(sql, inputs)

    def close(self) -> None:
        self.engine.close()


def mesh_of(seconds: float, held: threading.Event | None = None) -> Mesh:
    made = Builder(TABLES, limits=Limits(seconds=seconds))
    return made.over(lambda _, tables: MemoryConnector(tables, held=held))


@pytest.mark.parametrize("sql", [ONE, JOINED])
def test_a_source_that_does_not_answer(sql: str) -> None:
    """Read by the engine as it runs, or gathered before it begins."""
    mesh = mesh_of(0.3, threading.Event())
    start = time.monotonic()
    with pytest.raises(DeadlineExceeded, match=r"limits\.seconds"):
        values(mesh, sql)
    assert time.monotonic() - start < 5
    assert records(mesh).outcomes() == ["started", "cancelled"]


@pytest.mark.parametrize("sql", [ONE, JOINED])
def test_the_time_to_bind_counts(sql: str) -> None:
    mesh = mesh_of(0.2)
    slow = replace(mesh, engine=Slow(mesh.engine, 0.5))
    with pytest.raises(DeadlineExceeded):
        values(slow, sql)
    assert records(mesh).outcomes() == ["started", "cancelled"]
    for connector in mesh.connectors.values():
        assert isinstance(connector, MemoryConnector)
        assert connector.rows == 0, "nothing was read after the time was over"


@pytest.mark.parametrize("step", ["parse", "bind", "authorize", "rewrite", "plan"])
def test_the_time_to_plan_counts(step: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(gateway.query.pipeline, step)

    def slow(*arguments: object, **named: object) -> object:
        time.sleep(0.2)
        return real(*arguments, **named)

    monkeypatch.setattr(gateway.query.pipeline, step, slow)
    mesh = mesh_of(0.1)
    with pytest.raises(DeadlineExceeded):
        values(mesh, ONE)
    assert records(mesh).outcomes()[-1] == "cancelled"


def test_a_description_has_the_same_time() -> None:
    mesh = mesh_of(1e-6)
    with pytest.raises(DeadlineExceeded):
        describe(Request(ONE, ANYBODY, "postgres"), mesh)
    assert records(mesh).outcomes() == ["cancelled"]


def test_no_timer_is_left_behind() -> None:
    mesh = mesh_of(300)
    values(mesh, JOINED)
    with pytest.raises(Exception, match="nope"):
        values(mesh, "SELECT nope FROM sales.orders")
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(10)
            assert not thread.is_alive()
