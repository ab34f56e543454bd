"""Prepared statements, portals, and the rows a portal still has to give."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pyarrow as pa

from gateway.frontends.pgwire.encode import Encoder, formats_of
from gateway.frontends.pgwire.messages import ColumnDescription
from gateway.frontends.pgwire.pg_catalog import CatalogStatement, LocalAnswer
from gateway.frontends.pgwire.refusals import FeatureRefused, IndeterminateType
from gateway.frontends.pgwire.session_statements import SessionStatement
from gateway.frontends.pgwire.types import ColumnType, column_type
from gateway.query.request import Parameter, Result

_ROWS_AT_ONCE = 1 << 31


@dataclass(frozen=True, slots=True)
class Shape:
    """Names and types of result columns. None in place of a shape: no rows at all."""

    names: tuple[str, ...]
    types: tuple[ColumnType, ...]

    def description(self, codes: tuple[int, ...]) -> tuple[ColumnDescription, ...]:
        formats = self.formats(codes)
        return tuple(
            ColumnDescription(name, kind.oid, kind.length, kind.modifier, code)
            for name, kind, code in zip(self.names, self.types, formats, strict=True)
        )

    def formats(self, codes: tuple[int, ...]) -> tuple[int, ...]:
        if len(codes) > 1 and len(codes) != len(self.names):
            raise FeatureRefused(
                f"bind message has {len(codes)} result formats but query has {len(self.names)} columns"
            )
        return formats_of(codes, len(self.names))

    def same(self, other: "Shape") -> bool:
        """As clients see it: a numeric's precision may change with the parameters."""
        return self.names == other.names and [kind.oid for kind in self.types] == [
            kind.oid for kind in other.types
        ]


def shape_of(result: Result) -> Shape:
    return Shape(
        tuple(column.name for column in result.columns),
        tuple(column_type(column.type) for column in result.columns),
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A parsed statement. `count`: its parameters. `declared`: types the client gave, None where it gave none.

    `session` and `catalog`: what it is, if it is not for the pipeline. `text` empty: an empty query.
    `parameters` and `shape` are known once described; `described_by` is the policy version of that moment.
    """

    text: str
    start: int = 0
    count: int = 0
    declared: tuple[ColumnType | None, ...] = ()
    session: SessionStatement | None = None
    catalog: CatalogStatement | None = None
    parameters: tuple[ColumnType, ...] | None = None
    shape: Shape | None = None
    described_by: object = None

    @property
    def required(self) -> int:
        """How many parameters a Bind has to bring."""
        return max(self.count, len(self.declared))


@dataclass(frozen=True, slots=True)
class Pulled:
    """Some rows as DataRow messages. `done`: there are no more."""

    data: memoryview
    rows: int
    done: bool


class Rows:
    """The rows of one execution, encoded as they are asked for. Not for two threads at once."""

    __slots__ = ("_batches", "_encoder", "_rest", "shape")

    def __init__(self, batches: Iterator[pa.RecordBatch], shape: Shape, codes: tuple[int, ...]) -> None:
        self._batches = batches
        self._encoder = Encoder(shape.types, shape.formats(codes))
        self._rest: pa.RecordBatch | None = None
        self.shape = shape

    def pull(self, limit: int = 0) -> Pulled:
        """The next rows: at most `limit` (0: any number), about a megabyte. Blocks on the query."""
        batch = self._rest if self._rest is not None else next(self._batches, None)
        while batch is not None and not batch.num_rows:
            batch = next(self._batches, None)
        self._rest = None
        if batch is None:
            return Pulled(memoryview(b""), 0, done=True)
        count = min(limit or _ROWS_AT_ONCE, self._encoder.step(batch))
        if count < batch.num_rows:
            self._rest = batch.slice(count)
        part = batch.slice(0, count)
        return Pulled(self._encoder.encode(part), part.num_rows, done=False)


class Portal:
    """A statement with its parameters, and its rows once executed."""

    __slots__ = ("codes", "done", "parameters", "prepared", "result", "rows")

    def __init__(self, prepared: Prepared, parameters: tuple[Parameter, ...], codes: tuple[int, ...]) -> None:
        self.prepared = prepared
        self.parameters = parameters
        self.codes = codes
        self.result: Result | None = None
        self.rows: Rows | None = None
        self.done = False

    def opened(self, result: Result, shape: Shape) -> None:
        self.result = result
        self.rows = Rows(iter(result.batches()), shape, self.codes)

    def answered(self, answer: LocalAnswer) -> Rows:
        self.rows = Rows(iter((answer.batch,)), Shape(answer.names, answer.columns), self.codes)
        return self.rows

    def close(self) -> None:
        """Give the result back; idempotent."""
        result, self.result, self.rows = self.result, None, None
        self.done = True
        if result is not None:
            result.close()


def described(
    prepared: Prepared, inferred: tuple[ColumnType, ...], shape: Shape, version: object
) -> Prepared:
    """The statement with what a description found out. What the client declared stands."""
    parameters: list[ColumnType] = []
    for place in range(prepared.required):
        declared = prepared.declared[place] if place < len(prepared.declared) else None
        known = declared or (inferred[place] if place < len(inferred) else None)
        if known is None:
            raise IndeterminateType(f"could not determine data type of parameter ${place + 1}")
        parameters.append(known)
    return replace(prepared, parameters=tuple(parameters), shape=shape, described_by=version)
