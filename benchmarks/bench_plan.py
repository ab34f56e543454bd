"""From a statement's text to the first call of the engine or of a source, and step by step: what planning costs.

    [SCALE=0.1] make bench-plan

TPC-H as four domains over two PostgreSQL servers, SQLite and Parquet, as a principal under a row filter and two
masks. "Cold" is a statement's first time in a mesh that was just opened (not the process's first: imports are over),
"miss" the same text again with no plan remembered, "hit" with its plan remembered, "other literals" a text that differs
from those before in its literals.
"""

import gc
import logging
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' mesh of TPC-H is no part of what is installed

from benchmarks.asking import SIMPLE, opened, request
from benchmarks.federation.stores import Stores, mesh, stores
from benchmarks.measure import clean_up_when_told_to_end, machine, table, verdict
from connectors.base import Connector, Snapshot
from gateway.audit import AuditRecord, AuditSink
from gateway.engines.base import Answer, Engine, Input, OutputColumn
from gateway.opening import OpenMesh
from gateway.query.authorize import authorize
from gateway.query.bind import bind
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.pipeline import planned_for, run, visible_to
from gateway.query.rewrite import rewrite
from gateway.settings import Limits
from gateway.sql.shape import shape
from tests.tpch.mesh import statements

SCALE = float(os.environ.get("SCALE", "0.1"))
PRINCIPAL = "max"
STEPS = ("parse", "bind", "authorize", "rewrite", "plan")
KINDS = ("cold", "miss", "hit", "other literals")
COLD_ROUNDS = 5
ROUNDS = int(os.environ.get("ROUNDS", "20"))
GOALS = {"simple": 0.003, "TPC-H": 0.015}
HIT_GOAL = 0.0005


@dataclass(slots=True)
class Before:
    """Seconds before the first call, run by run: by the clock, of computing, and of writing the audit record."""

    total: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    record: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Stopwatch:
    """When the engine or a source was first asked, and how long this thread had computed by then."""

    asked: float | None = None
    cpu: float = 0.0

    def note(self) -> None:
        if self.asked is None:
            self.asked, self.cpu = time.perf_counter(), time.thread_time()


@dataclass(frozen=True, slots=True)
class TimedEngine:
    engine: Engine
    watch: Stopwatch

    def run(self, sql: str, inputs: Mapping[str, Input]) -> Answer:
        self.watch.note()
        return self.engine.run(sql, inputs)

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        self.watch.note()
        return self.engine.describe(sql, inputs)

    def can_read(self, files: Collection[Path], columns: Collection[str]) -> bool:
        return self.engine.can_read(files, columns)

    def close(self) -> None:
        self.engine.close()


@dataclass(slots=True)
class TimedSink:
    """The mesh's audit sink, with the seconds of its first write."""

    sink: AuditSink
    first: float | None = None

    def write(self, record: AuditRecord) -> None:
        start = time.perf_counter()
        self.sink.write(record)
        self.first = self.first or time.perf_counter() - start

    def close(self) -> None:
        self.sink.close()


def timed(connector: Connector, watch: Stopwatch) -> Connector:
    """The connector, but that the watch notes its first snapshot. A copy, so that it can what the connector can."""

    def snapshot(reference: str = "", scans: int | None = None) -> Snapshot:
        watch.note()
        return connector.snapshot(reference, scans)

    noted = copy(connector)
    noted.snapshot = snapshot  # type: ignore[method-assign]
    return noted


@dataclass(frozen=True, slots=True)
class Watched:
    """A mesh that remembers plans, and what looks on while it answers."""

    opened: OpenMesh
    mesh: Mesh
    watch: Stopwatch
    sink: TimedSink


def watched(opened: OpenMesh) -> Watched:
    """The mesh with no plan remembered."""
    watch, sink = Stopwatch(), TimedSink(opened.mesh.audit)
    connectors = {name: timed(connector, watch) for name, connector in opened.mesh.connectors.items()}
    engine = TimedEngine(opened.mesh.engine, watch)
    mesh = replace(opened.mesh, engine=engine, audit=sink, connectors=connectors)
    return Watched(opened, mesh, watch, sink)


def once(on: Watched, sql: str, before: Before) -> None:
    """One run, left as soon as its result stands."""
    on.watch.asked = on.sink.first = None
    asked = request(on.opened, sql, PRINCIPAL)
    start, computed = time.perf_counter(), time.thread_time()
    run(asked, on.mesh).close()
    assert on.watch.asked is not None
    assert on.sink.first is not None
    before.total.append(on.watch.asked - start)
    before.cpu.append(on.watch.cpu - computed)
    before.record.append(on.sink.first)


Times = Mapping[str, Mapping[str, Before]]
"""Kind of run -> statement -> what it took."""


def settle() -> None:
    """As `serve` does: what is loaded is not walked by the garbage collector again and again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def overhead(folder: Path, found: Stores, asked: Mapping[str, str]) -> Times:
    times = {kind: {name: Before() for name in asked} for kind in KINDS}
    with opened(folder, found) as warm:
        for sql in asked.values():
            once(watched(warm), sql, Before())  # imports and the like
    settle()
    for _ in range(COLD_ROUNDS):
        with opened(folder, found) as fresh:
            for name, sql in asked.items():
                once(watched(fresh), sql, times["cold"][name])
    with opened(folder, found) as kept:
        settle()
        for name, sql in asked.items():
            for _ in range(ROUNDS):
                once(watched(kept), sql, times["miss"][name])
            remembering = watched(kept)
            once(remembering, sql, Before())
            for _ in range(ROUNDS):
                once(remembering, sql, times["hit"][name])
            for text in others(sql):
                once(remembering, text, times["other literals"][name])
    return times


def others(sql: str) -> list[str]:
    """The text with other literals of the same kinds, ROUNDS times; [] if it has none."""
    found = shape(sql, Limits())
    assert found is not None
    texts = {sql: None}
    for turn in range(1, 4 * ROUNDS):
        text = sql
        for slot in found.slots:
            text = text.replace(slot.sql, replace(slot, value=turned(slot.value, turn)).sql)
        same = shape(text, Limits())
        if same is not None and same.key == found.key:
            texts[text] = None
    return list(texts)[1 : ROUNDS + 1]


def turned(value: str, turn: int) -> str:
    """Another value of as many characters: digits stay digits, and letters letters."""
    last = value[-1:]
    if last.isdecimal():
        return value[:-1] + str((int(last) + turn) % 10)
    return (
        value[:-1] + chr(ord("a") + (ord(last.lower()) - ord("a") + turn) % 26) if last.isalpha() else value
    )


def rows(times: Times) -> Iterator[tuple[str, ...]]:
    for name in times["cold"]:
        medians = [median(times[kind][name].total) if times[kind][name].total else None for kind in KINDS]
        hit = times["hit"][name]
        values = (*medians, median(hit.cpu), median(hit.record))
        yield (name, *("" if value is None else f"{value * 1e3:.2f}" for value in values))


def steps(kept: OpenMesh, asked: Mapping[str, str]) -> list[float]:
    """Milliseconds of each step, with nothing remembered: medians over statements of medians over runs."""
    taken = []
    for sql in asked.values():
        runs = [_steps_once(kept, sql) for _ in range(ROUNDS)]
        taken.append([median(step) for step in zip(*runs, strict=True)])
    return [median(step) * 1e3 for step in zip(*taken, strict=True)]


def _steps_once(opened: OpenMesh, sql: str) -> list[float]:
    """The pipeline's steps, each between two looks at the clock."""
    asked = request(opened, sql, PRINCIPAL)
    visible = visible_to(asked, opened.mesh, time.time())
    instants = [time.perf_counter()]
    statement = parse(asked.text, opened.mesh.limits)
    instants.append(time.perf_counter())
    bound = bind(statement, asked, visible)
    instants.append(time.perf_counter())
    authorized = authorize(bound, visible)
    instants.append(time.perf_counter())
    governed = rewrite(authorized)
    instants.append(time.perf_counter())
    planned_for(governed, opened.mesh)
    instants.append(time.perf_counter())
    return [after - before for before, after in pairwise(instants)]


def main() -> None:
    logging.disable(logging.INFO)
    clean_up_when_told_to_end()
    print(machine())
    groups = {"simple": SIMPLE, "TPC-H": statements()}
    with stores(SCALE) as found, mesh(found, "a") as folder:
        times = overhead(folder, found, {**groups["simple"], **groups["TPC-H"]})
        with opened(folder, found) as kept:
            by_step = [steps(kept, group) for group in groups.values()]
    gc.unfreeze()  # or what is left is never freed, which DuckDB complains of at the end
    print("\n### Text to first call, milliseconds (medians)\n")
    heads = ("statement", *KINDS, "hit: computing", "hit: the audit record")
    print(table(heads, list(rows(times))))
    print("\n### Steps, milliseconds (medians)\n")
    columns = zip(STEPS, *by_step, strict=True)
    print(
        table(("step", *groups), [(step, *(f"{value:.2f}" for value in values)) for step, *values in columns])
    )
    print()
    for name, group in groups.items():
        for kind in KINDS:
            taken = [times[kind][statement] for statement in group if times[kind][statement].total]
            print(told(name, kind, taken, GOALS[name] if kind in ("cold", "miss") else HIT_GOAL))


def told(name: str, kind: str, taken: list[Before], goal: float) -> str:
    """The goal is for what is computed: how long the disk takes to have the audit record is the disk's."""
    times = [median(before.total) for before in taken]
    cpu = median(median(before.cpu) for before in taken)
    without = [median(before.total) - median(before.record) for before in taken]
    return (
        f"{name} statements, {kind}: median {median(times) * 1e3:.2f} ms, worst {max(times) * 1e3:.2f} ms; without the "
        f"audit record median {median(without) * 1e3:.2f} ms, worst {max(without) * 1e3:.2f} ms; "
        f"computing {cpu * 1e3:.2f} ms; " + verdict(f"under {goal * 1e3:g} ms", holds=max(without) < goal)
    )


if __name__ == "__main__":
    main()
