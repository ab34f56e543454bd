"""The inputs of a plan that are read whole before the engine begins: side by side, each once its keys are there."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from threading import Lock
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc

from connectors.base import KeySet, Scan
from gateway.engines.base import Input, source_failure
from gateway.query.plan import Form, Fragment, KeyTransfer, Plan, with_keys
from gateway.query.plan import Input as Read
from gateway.query.plan.model import PART, without_parts

GATHERED_BYTES = 256_000_000
"""What all inputs of a query may take together in the gateway's memory; beyond it an input streams into the engine,
which spills."""
MOST_KEYS = 4_000_000
"""An estimate was wrong by far: so many keys would cost more than the rows they keep away. Of whole numbers the source
is told the span instead."""

Gathered = pa.Table | Input
Earlier = Mapping[str, Gathered]
"""What an input needs of those that were read before it."""


class Opener(Protocol):
    """Opens an input of a plan, given what it needs of others."""

    schema: pa.Schema

    def open(self, earlier: Earlier | None = None) -> pa.RecordBatchReader: ...


class Given:
    """An engine's `Input` that gets its keys from what was read before it."""

    def __init__(self, source: Opener, earlier: Earlier) -> None:
        self.schema = source.schema
        self._source = source
        self._earlier = earlier

    def open(self) -> pa.RecordBatchReader:
        return self._source.open(self._earlier)


class Overflow:
    """An engine's `Input` too large to be held: what was read of it so far, then the rest of the stream."""

    def __init__(
        self, source: Opener, earlier: Earlier, read: list[pa.RecordBatch], rest: Iterator[pa.RecordBatch]
    ) -> None:
        self.schema = source.schema
        self._source = source
        self._earlier = earlier
        self._begun: Iterator[pa.RecordBatch] | None = chain(read, rest)

    def open(self) -> pa.RecordBatchReader:
        """A second time it is read from its source again."""
        begun, self._begun = self._begun, None
        if begun is None:
            return self._source.open(self._earlier)
        return pa.RecordBatchReader.from_batches(self.schema, begun)


class Gathering:
    """One run of a plan's kept inputs."""

    def __init__(self, plan: Plan, openers: Mapping[str, Opener]) -> None:
        self._plan = plan
        self._openers = openers
        self._bytes = 0
        self._lock = Lock()

    def read(self) -> Earlier:
        """Raises the first error, as a consumer is told it, once all have ended."""
        futures: dict[str, Future[Gathered]] = {}
        with ThreadPoolExecutor(max(1, len(self._plan.kept)), "gather") as threads:
            for name, read in self._plan.inputs.items():
                if name in self._plan.kept:
                    needed = {other: futures[other] for other in needs(read)}
                    futures[name] = threads.submit(self._gathered, name, needed)
        try:
            return {name: future.result() for name, future in futures.items()}
        except Exception as error:
            raise source_failure(error) from error

    def _gathered(self, name: str, needed: Mapping[str, "Future[Gathered]"]) -> Gathered:
        earlier = {other: future.result() for other, future in needed.items()}
        batches: list[pa.RecordBatch] = []
        reader = iter(self._openers[name].open(earlier))
        for batch in reader:
            batches.append(batch)
            if self._is_too_much(batch):
                return Overflow(self._openers[name], earlier, batches, reader)
        return pa.Table.from_batches(batches, self._openers[name].schema)

    def _is_too_much(self, batch: pa.RecordBatch) -> bool:
        with self._lock:
            self._bytes += batch.nbytes
            return self._bytes > GATHERED_BYTES


def needs(read: Read) -> tuple[str, ...]:
    """Names of the inputs that must be read before this one."""
    if isinstance(read, Fragment):
        return tuple(each.origin for each in read.transfers)
    return (*read.reads, *(name for each in read.inputs.values() for name in needs(each)))


def filled(fragment: Fragment, earlier: Earlier | None = None) -> Scan:
    """The fragment's scan with the keys that there are; without those of an input that was too large to be held."""
    query = fragment.scan.query
    if query is not None and fragment.parts:
        parts = tuple(query.replace(PART, part) for part in fragment.parts)
        return replace(fragment.scan, query=without_parts(query), parts=parts)
    if not fragment.transfers or query is None:
        return fragment.scan
    sent, spans = [], set()
    for each in fragment.transfers:
        origin = (earlier or {}).get(each.origin)
        values = _values(each, origin) if isinstance(origin, pa.Table) else None
        keys = _keys(each, values) if values is not None else None
        if values is not None and keys is None and each.spanned:
            keys = _ends(values["k1"])
            spans.add(each.name)
        sent += [KeySet(each.name, keys)] if keys is not None else []
    names = frozenset(keys.name for keys in sent)
    sure = names - {each.name for each in fragment.transfers if each.probed and each.name not in spans}
    asked, otherwise = (
        with_keys(query, fragment.transfers, some, frozenset(spans)) for some in (names, sure)
    )
    other = otherwise if otherwise != asked else None
    return replace(fragment.scan, query=asked, keys=tuple(sent), otherwise=other)


def _values(transfer: KeyTransfer, origin: pa.Table) -> pa.Table:
    """Without NULL, which equals nothing."""
    names = [f"k{number}" for number in range(1, len(transfer.columns) + 1)]
    values = origin.select(list(transfer.columns)).rename_columns(names)
    for name in names:
        values = values.filter(pc.is_valid(values[name]))
    return values


def _keys(transfer: KeyTransfer, values: pa.Table) -> pa.Table | None:
    """What the source gets of the values in the form that was planned; None: it cannot be."""
    if transfer.form is Form.SPAN:
        return _ends(values["k1"])
    distinct = _distinct(values)
    most = MOST_KEYS if transfer.form is Form.KEYS else 1
    least = 0 if transfer.form is Form.KEYS else 1
    return distinct if least <= distinct.num_rows <= most else None


def _distinct(values: pa.Table) -> pa.Table:
    """One column of whole numbers or texts is no work for the library of groups, which takes 0.2 s to be loaded; of
    other types Arrow may not know which values are the same without it (short decimals)."""
    kind = values.schema.types[0]
    if values.num_columns == 1 and (pa.types.is_integer(kind) or pa.types.is_string(kind)):
        return pa.table({values.column_names[0]: pc.unique(values.column(0))})
    return values.group_by(values.column_names).aggregate([])


def _ends(values: "pa.ChunkedArray[Any]") -> pa.Table:
    """One row, of the least value and the greatest; NULLs if there is none."""
    ends = pc.min_max(values)
    return pa.table(
        {f"k{n}": pa.array([ends[end].as_py()], values.type) for n, end in enumerate(("min", "max"), 1)}
    )
