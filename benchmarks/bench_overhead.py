"""What the gateway adds: from a statement's text to the first engine call, and to the whole answer.

    make bench-overhead

TPC-H at scale 0.1 as four domains over two PostgreSQL servers, SQLite and Parquet, as a principal under a row filter
and two masks. "Cold" is a statement's first time in a mesh that was just opened (not the process's first: imports are
over), "repeated" the same text again. "Bare" is DuckDB alone, with the plan's own SQL over the plan's own scans.
"""

import logging
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median

import duckdb
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' mesh of TPC-H is no part of what is installed

from benchmarks.measure import clean_up_when_told_to_end, machine, medians, table, verdict
from gateway.engines.base import Answer, Engine, Input, OutputColumn
from gateway.query.authorize import authorize
from gateway.query.bind import bind
from gateway.query.parse import parse
from gateway.query.pipeline import planned_for, run, visible_to
from gateway.query.plan import Fragment, Plan
from gateway.query.request import Request
from gateway.query.rewrite import rewrite
from gateway.server import OpenMesh, open_mesh
from tests.tpch.mesh import TpchMesh, statements, tpch_mesh

PRINCIPAL = "max"
STEPS = ("parse", "bind", "authorize", "rewrite", "plan")
COLD_ROUNDS = 5
REPEATED_ROUNDS = 20
ANSWER_ROUNDS = 5
SIMPLE_GOAL, TPCH_GOAL = 0.003, 0.015

SIMPLE = {
    "one row": "SELECT o_orderkey, o_totalprice FROM sales.orders WHERE o_orderkey = 1",
    "count": "SELECT count(*) FROM sales.customer",
    "top ten": "SELECT c_name, c_phone FROM sales.customer WHERE c_mktsegment = 'BUILDING' ORDER BY c_custkey LIMIT 10",
    "small join": "SELECT n_name, r_name FROM geo.nation JOIN geo.region ON n_regionkey = r_regionkey",
}
COMPARED = ("q01", "q03", "q06", "q12", "q13", "q18")


@dataclass(slots=True)
class Stopwatch:
    """An engine that notes when it is first asked."""

    engine: Engine
    asked: float | None = None
    cpu: float = 0.0

    def note(self) -> None:
        if self.asked is None:
            self.asked, self.cpu = time.perf_counter(), time.thread_time()

    def run(self, sql: str, inputs: Mapping[str, Input]) -> Answer:
        self.note()
        return self.engine.run(sql, inputs)

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        self.note()
        return self.engine.describe(sql, inputs)

    def close(self) -> None:
        self.engine.close()


@dataclass(slots=True)
class Before:
    """Seconds before the engine, run by run: by the clock, of computing, and of writing the audit record."""

    total: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    record: list[float] = field(default_factory=list)

    def add(self, other: "Before") -> None:
        self.total += other.total
        self.cpu += other.cpu
        self.record += other.record


class TimedSink:
    """The mesh's audit sink, with the time its first write took."""

    def __init__(self, opened: OpenMesh) -> None:
        self._sink = opened.mesh.audit
        self.first: float | None = None

    def write(self, record: object) -> None:
        start = time.perf_counter()
        self._sink.write(record)  # type: ignore[arg-type]
        self.first = self.first or time.perf_counter() - start

    def close(self) -> None:
        self._sink.close()


def before_the_engine(opened: OpenMesh, sql: str) -> Before:
    """One run, left as soon as its result stands."""
    watch, sink = Stopwatch(opened.mesh.engine), TimedSink(opened)
    mesh = replace(opened.mesh, engine=watch, audit=sink)
    asked = request(opened, sql)
    start, computed = time.perf_counter(), time.thread_time()
    result = run(asked, mesh)
    result.close()
    assert watch.asked is not None
    assert sink.first is not None
    return Before([watch.asked - start], [watch.cpu - computed], [sink.first])


def request(opened: OpenMesh, sql: str) -> Request:
    principal = opened.principals.principal(PRINCIPAL)
    assert principal is not None
    return Request(sql, principal, "benchmark")


def opened_mesh(tpch: TpchMesh) -> "closing[OpenMesh]":
    return closing(open_mesh(tpch.folder, tpch.environment))


# --- text to first engine call -----------------------------------------------------------------------------


def overhead(tpch: TpchMesh, asked: Mapping[str, str]) -> tuple[dict[str, Before], dict[str, Before]]:
    """By statement: cold and repeated."""
    cold = {name: Before() for name in asked}
    repeated = {name: Before() for name in asked}
    with opened_mesh(tpch) as warm:
        for sql in asked.values():
            before_the_engine(warm, sql)  # imports and the like
    for _ in range(COLD_ROUNDS):
        with opened_mesh(tpch) as mesh:
            for name, sql in asked.items():
                cold[name].add(before_the_engine(mesh, sql))
    with opened_mesh(tpch) as mesh:
        for _ in range(REPEATED_ROUNDS + 1):
            for name, sql in asked.items():
                repeated[name].add(before_the_engine(mesh, sql))
    return cold, repeated


def overhead_rows(cold: Mapping[str, Before], repeated: Mapping[str, Before]) -> Iterator[tuple[str, ...]]:
    for name, first in cold.items():
        again = repeated[name]
        values = (median(first.total), median(again.total), median(again.cpu), median(again.record))
        yield (name, *(f"{value * 1e3:.2f}" for value in values))


def steps(tpch: TpchMesh, asked: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Milliseconds of each step, repeated: medians over statements of medians over runs."""
    with opened_mesh(tpch) as mesh:
        taken = [_steps_of(mesh, sql) for sql in asked.values()]
    return [(step, f"{median(times[step] for times in taken) * 1e3:.2f}") for step in STEPS]


def _steps_of(opened: OpenMesh, sql: str) -> dict[str, float]:
    runs = [_steps_once(opened, sql) for _ in range(REPEATED_ROUNDS)]
    return {step: median(times[step] for times in runs) for step in STEPS}


def _steps_once(opened: OpenMesh, sql: str) -> dict[str, float]:
    """The pipeline's steps, each between two looks at the clock."""
    asked = request(opened, sql)
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
    return {step: instants[n + 1] - instants[n] for n, step in enumerate(STEPS)}


# --- text to whole answer ----------------------------------------------------------------------------------


def whole_answer(opened: OpenMesh, sql: str) -> int:
    return sum(batch.num_rows for batch in run(request(opened, sql), opened.mesh).batches())


def planned(opened: OpenMesh, sql: str) -> Plan:
    asked = request(opened, sql)
    visible = visible_to(asked, opened.mesh, time.time())
    bound = bind(parse(asked.text, opened.mesh.limits), asked, visible)
    return planned_for(rewrite(authorize(bound, visible)), opened.mesh)


@dataclass(frozen=True, slots=True)
class BareScan:
    """What DuckDB alone scans: a source's stream, with nothing of the gateway around it."""

    opened: OpenMesh
    fragment: Fragment

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        stream = self.opened.mesh.connectors[self.fragment.source].snapshot().open(self.fragment.scan)
        return stream.reader().__arrow_c_stream__(requested_schema)  # type: ignore[no-untyped-call]


def bare_answer(connection: duckdb.DuckDBPyConnection, opened: OpenMesh, plan: Plan) -> int:
    with connection.cursor() as cursor:
        for name, read in plan.inputs.items():
            assert isinstance(read, Fragment)
            cursor.register(name, BareScan(opened, read))
        return sum(batch.num_rows for batch in cursor.sql(plan.sql).to_arrow_reader(32_768))


def answers(tpch: TpchMesh) -> Iterator[tuple[str, float, float]]:
    """(statement, governed seconds, bare seconds)"""
    known = {**SIMPLE, **{name: statements()[name] for name in COMPARED}}
    with opened_mesh(tpch) as opened, duckdb.connect(config={"threads": 2}) as connection:
        for name, sql in known.items():
            plan = planned(opened, sql)
            rows = {whole_answer(opened, sql), bare_answer(connection, opened, plan)}
            assert len(rows) == 1, "the two do not answer the same"
            governed, bare = medians(
                ANSWER_ROUNDS,
                partial(whole_answer, opened, sql),
                partial(bare_answer, connection, opened, plan),
            )
            yield name, governed, bare


def main() -> None:
    logging.disable(logging.INFO)
    clean_up_when_told_to_end()
    print(machine())
    with tpch_mesh(0.1) as tpch:
        simple, tpch_statements = SIMPLE, statements()
        cold, repeated = overhead(tpch, {**simple, **tpch_statements})
        print("\n### Text to first engine call, milliseconds (medians)\n")
        heads = ("statement", "cold", "repeated", "of which computing", "of which the audit record")
        print(table(heads, list(overhead_rows(cold, repeated))))
        print("\n### Steps, repeated, milliseconds (medians)\n")
        by_step = zip(steps(tpch, simple), steps(tpch, tpch_statements), strict=True)
        print(table(("step", "simple", "TPC-H"), [(*one, other[1]) for one, other in by_step]))
        print(
            "\n### Whole answers, governed against bare DuckDB over the same scans, milliseconds (medians)\n"
        )
        compared = list(answers(tpch))
        rows = [(n, f"{g * 1e3:.1f}", f"{b * 1e3:.1f}", f"{g / b:.2f}") for n, g, b in compared]
        print(table(("statement", "governed", "bare", "ratio"), rows))
    print()
    for name, group, goal in (("simple", simple, SIMPLE_GOAL), ("TPC-H", tpch_statements, TPCH_GOAL)):
        for kind, taken in (("cold", cold), ("repeated", repeated)):
            times = [median(taken[statement].total) for statement in group]
            cpu = median(median(taken[statement].cpu) for statement in group)
            middle, worst = median(times), max(times)
            told = f"{name} statements, {kind}: median {middle * 1e3:.2f} ms ({cpu * 1e3:.2f} ms computing)"
            print(
                f"{told}, worst {worst * 1e3:.2f} ms; "
                + verdict(f"under {goal * 1e3:.0f} ms", holds=worst < goal)
            )
    print(f"governed / bare: median {median(g / b for _, g, b in compared):.2f}")


if __name__ == "__main__":
    main()
