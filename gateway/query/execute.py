"""Step 6: the plan runs. Sources stream into the engine, the engine streams out."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import pyarrow as pa

from connectors.base import Connector, Stream
from connectors.snapshots import Snapshots
from connectors.streams import PulledStream, scan_schema
from connectors.types import arrow_type, exact_batch
from gateway.audit import SourceAccess
from gateway.engines.answers import size_of
from gateway.engines.base import Answer, Engine, OutputColumn
from gateway.engines.base import Input as EngineInput
from gateway.errors import DataError, QueryCanceled, SyntaxNotSupported, Unreadable
from gateway.query.deadline import Deadline
from gateway.query.gather import Earlier, Gathering, Given, Opener, filled
from gateway.query.hashing import hash_columns, hashed_schema
from gateway.query.passthrough import PassedAnswer
from gateway.query.plan import Fragment, Input, Plan, Stage, Trial
from gateway.query.plan.model import Column
from gateway.query.tried import HeldAnswer, without_last


class Execution:
    """One running plan: what was opened for it, and the one switch that stops all of it."""

    def __init__(
        self,
        plan: Plan,
        engine: Engine,
        connectors: Mapping[str, Connector],
        hash_key: bytes,
        reference: str,
        deadline: Deadline,
    ) -> None:
        self._plan = plan
        self._engine = engine
        asked = {fragment.source: connectors[fragment.source] for fragment in plan.fragments()}
        self._sources = Snapshots(asked, reference, dict.fromkeys(asked, 1) if plan.passed else None)
        self._hash_key = hash_key
        self._lock = threading.Lock()
        self._open: list[Stream | Answer] = []
        self._reads: list[_FragmentInput] = []
        self._canceled = False
        self._starting = threading.Lock()
        self._answer: Answer | None = None
        deadline.watch(self)  # binding and planning take time too
        try:
            self._inputs = {name: self._input(read) for name, read in plan.inputs.items()}
            if not plan.kept:
                self._answer = self._answered(plan)
            self.columns = named(self._answer.columns if self._answer else self._described(), plan)
        except BaseException:
            self.close()  # nobody else knows what was opened for the plan so far
            raise

    @property
    def schema(self) -> pa.Schema:
        with self._errors_of_one_kind():
            return self._started().schema

    def ask(self) -> None:
        """Ask the one source whose answer is passed on, if that takes no waiting."""
        for read in self._reads if self._plan.passed else ():
            read.ask()

    def batches(self) -> Iterator[pa.RecordBatch]:
        with self._errors_of_one_kind():
            yield from self._started().batches()

    @contextmanager
    def _errors_of_one_kind(self) -> Iterator[None]:
        try:
            yield
        except (DataError, Unreadable) as error:
            if self._plan.blurred:
                raise DataError from error
            raise

    def _started(self) -> Answer:
        """The running answer. What is joined was read before it began, while the sources worked side by side."""
        with self._starting:
            if self._answer is None:
                trial = self._plan.trial
                self._answer = (self._tried(trial) if trial else None) or self._answered(self._plan)
            return self._answer

    def _tried(self, trial: Trial) -> Answer | None:
        """The answer of a trial, if it is the whole's. What was read for it is on record either way."""
        later, self._reads = self._reads, []
        inputs = {name: self._input(read) for name, read in trial.plan.inputs.items()}
        gathered = dict(Gathering(trial.plan, inputs).read())
        first = gathered.get(trial.of)
        if isinstance(first, pa.Table):
            there_are_more = first.num_rows >= trial.most
            gathered[trial.of] = without_last(first, trial.order) if there_are_more else first
            held = HeldAnswer(self._run(trial.plan.sql, {**inputs, **gathered}))
            if held.whole and (held.rows == trial.wanted or not there_are_more):
                return held
        self._reads += later
        return None

    def _answered(self, plan: Plan) -> Answer:
        inputs = {name: self._inputs[name] for name in plan.inputs}
        if plan.passed:
            return self._passed(inputs, plan.passed)
        gathered = Gathering(plan, inputs).read() if plan.kept else {}
        return self._run(plan.sql, {**inputs, **gathered})

    def parts(self) -> tuple[Iterator[pa.RecordBatch], ...]:
        """The batches of the plan's parts, each of which begins when its first batch is asked for, and may be read by a
        thread of its own. Only the whole, where there are none, or where one by itself has other types."""
        plans = [self._plan.of(part) for part in self._plan.parts]
        kinds = [column.type for column in self.columns]
        if not plans or any(self._kinds(plan) != kinds for plan in plans):
            return (self.batches(),)
        return tuple(self._batches_of(plan) for plan in plans)

    def _batches_of(self, plan: Plan) -> Iterator[pa.RecordBatch]:
        yield from self._answered(plan).batches()

    def _kinds(self, plan: Plan) -> list[str]:
        if plan.passed:
            return [kind for _, kind in plan.passed]
        schemas = {name: self._inputs[name].schema for name in plan.inputs}
        return [column.type for column in self._engine.describe(plan.sql, schemas)]

    def _described(self) -> tuple[OutputColumn, ...]:
        return self._engine.describe(
            self._plan.sql, {name: each.schema for name, each in self._inputs.items()}
        )

    def accesses(self) -> tuple[SourceAccess, ...]:
        """What each source was asked so far, and what arrived."""
        asked = tuple(read.access() for read in self._reads)
        return asked + tuple(
            SourceAccess(read.source, f"Parquet files of {read.relation}", None, None)
            for read in self._plan.native
        )

    def cancel(self) -> None:
        with self._lock:
            self._canceled = True
            running = list(self._open)
        for each in running:
            each.cancel()

    def close(self) -> None:
        with self._lock:
            self._canceled = True
            running, self._open = self._open, []
        for each in running:
            each.close()
        self._sources.close()

    def keep(self, opened: Stream | Answer) -> None:
        """Remember what `cancel` and `close` must reach. Raises QueryCanceled if that has happened already."""
        with self._lock:
            if not self._canceled:
                self._open.append(opened)
                return
        opened.close()
        raise QueryCanceled

    def _passed(self, inputs: Mapping[str, EngineInput], columns: tuple[Column, ...]) -> Answer:
        (read,) = inputs.values()
        answer = PassedAnswer(read, columns)
        self.keep(answer)
        return answer

    def _run(self, sql: str, inputs: Mapping[str, EngineInput | pa.Table]) -> Answer:
        answer = self._engine.run(sql, inputs)
        self.keep(answer)
        return answer

    def _staged(self, stage: Stage, own: Mapping[str, Opener], earlier: Earlier) -> Answer:
        inputs: dict[str, EngineInput | pa.Table] = {name: Given(each, earlier) for name, each in own.items()}
        return self._run(stage.sql, {**inputs, **{name: earlier[name] for name in stage.reads}})

    def _input(self, read: Input) -> "_FragmentInput | _StageInput":
        if isinstance(read, Stage):
            inputs = {name: self._input(each) for name, each in read.inputs.items()}
            return _StageInput(read, lambda earlier: self._staged(read, inputs, earlier), self._hash_key)
        source = _FragmentInput(read, self._sources, self._hash_key, self.keep)
        self._reads.append(source)
        return source


class _FragmentInput:
    """An engine's `Input` that asks a source, counts what arrives and hashes what must be hashed."""

    def __init__(
        self,
        fragment: Fragment,
        sources: Snapshots,
        hash_key: bytes,
        keep: Callable[[Stream], None],
    ) -> None:
        self._fragment = fragment
        self._sources = sources
        self._hash_key = hash_key
        self._keep = keep
        self._counting = threading.Lock()
        self._rows = 0
        self._bytes = 0
        self._seconds = 0.0
        self._connections = 1
        self._scan = filled(fragment)
        self._asked: Stream | None = None
        self.schema = hashed_schema(scan_schema(fragment.scan.columns), fragment.hashed)

    def open(self, earlier: Earlier | None = None) -> pa.RecordBatchReader:
        """`earlier` holds what gives the keys; None: without keys."""
        stream, self._asked = self._asked or self._opened(earlier), None
        return pa.RecordBatchReader.from_batches(self.schema, self._counted(stream))

    def ask(self) -> None:
        """Before `open`: the source is asked already, if that takes no waiting."""
        self._asked = self._opened()
        if isinstance(self._asked, PulledStream):
            self._asked.ask()

    def _opened(self, earlier: Earlier | None = None) -> Stream:
        self._scan = filled(self._fragment, earlier)
        stream = self._sources.open(self._fragment.source, self._scan)
        self._keep(stream)
        return stream

    def _counted(self, stream: Stream) -> Iterator[pa.RecordBatch]:
        for batch in self._timed(stream):
            with self._counting:  # parts of a statement may read it side by side
                self._rows += batch.num_rows
                self._bytes += size_of(batch)
            self._connections = stream.connections
            yield (
                hash_columns(batch, self._fragment.hashed, self._hash_key) if self._fragment.hashed else batch
            )
        stream.close()

    def _timed(self, stream: Stream) -> Iterator[pa.RecordBatch]:
        """The time that passes until batches come, not what is done with them."""
        reader = iter(stream.reader())
        while True:
            start = time.perf_counter()
            batch = next(reader, None)
            self._seconds += time.perf_counter() - start
            if batch is None:
                return
            yield batch

    def access(self) -> SourceAccess:
        seconds = round(self._seconds, 6)
        return SourceAccess(
            self._fragment.source, self._scan.asked, self._rows, self._bytes, seconds, self._connections
        )


class _StageInput:
    """An engine's `Input` that the engine itself computes first, so that the gateway can hash its columns."""

    def __init__(self, stage: Stage, run: Callable[[Earlier], Answer], hash_key: bytes) -> None:
        self._stage = stage
        self._run = run
        self._hash_key = hash_key
        arriving = pa.schema([pa.field(name, arrow_type(kind)) for name, kind in stage.columns])
        self.schema = hashed_schema(arriving, stage.hashed)

    def open(self, earlier: Earlier | None = None) -> pa.RecordBatchReader:
        return pa.RecordBatchReader.from_batches(self.schema, self._batches(self._run(earlier or {})))

    def _batches(self, answer: Answer) -> Iterator[pa.RecordBatch]:
        for batch in answer.batches():
            yield exact_batch(hash_columns(batch, self._stage.hashed, self._hash_key), self.schema)


def named(columns: tuple[OutputColumn, ...], plan: Plan) -> tuple[OutputColumn, ...]:
    """The engine's columns as the consumer gets them.

    Raises SyntaxNotSupported where one item of the SELECT list turned out to be several columns (UNNEST of a struct).
    """
    if len(columns) != len(plan.names):
        raise SyntaxNotSupported("an item of SELECT stands for several columns: select them one by one")
    presented = plan.presented or ("",) * len(columns)
    told = zip(plan.names, columns, presented, strict=True)
    return tuple(OutputColumn(name, column.type, shown) for name, column, shown in told)


def execute(
    plan: Plan,
    engine: Engine,
    connectors: Mapping[str, Connector],
    hash_key: bytes,
    reference: str,
    deadline: Deadline,
) -> Execution:
    """Start the plan: its result's columns are known, no batch has been read. `deadline` may stop it from here on."""
    return Execution(plan, engine, connectors, hash_key, reference, deadline)
