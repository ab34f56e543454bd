"""Prepared statements, portals, and the rows a portal still has to give."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.errors import ProtocolViolation
from gateway.frontends.pgwire.copying import CopyEncoder, CopyTo
from gateway.frontends.pgwire.cursors import CursorStatement
from gateway.frontends.pgwire.encode import Encoder, formats_of
from gateway.frontends.pgwire.messages import ColumnDescription, framed
from gateway.frontends.pgwire.metadata.question import Field, Given, Running
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.frontends.pgwire.refusals import IndeterminateType
from gateway.frontends.pgwire.session_statements import SessionStatement
from gateway.frontends.pgwire.types import ColumnType, PgType, column_type
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
            raise ProtocolViolation(
                f"bind message has {len(codes)} result formats but query has {len(self.names)} columns"
            )
        return formats_of(codes, len(self.names))

    def same(self, other: "Shape") -> bool:
        """As clients see it: a numeric's precision may change with the parameters."""
        return self.names == other.names and [kind.oid for kind in self.types] == [
            kind.oid for kind in other.types
        ]


def shape_of(columns: Sequence[OutputColumn]) -> Shape:
    return Shape(
        tuple(column.name for column in columns), tuple(column_type(column.type) for column in columns)
    )


@dataclass(frozen=True, slots=True)
class Prepared:
    """A parsed statement. `count`: its parameters. `declared`: types the client gave, None where it gave none.

    `session` and `catalog`: what it is, if it is not for the pipeline. `text` empty: an empty query. `oids`: the
    declared types as they came. `copy`: how its rows are to be copied.
    `parameters` and `shape` are known once described; `described_by` is the policy version of that moment.
    """

    text: str
    start: int = 0
    count: int = 0
    declared: tuple[ColumnType | None, ...] = ()
    session: SessionStatement | CursorStatement | None = None
    catalog: Asked | None = None
    oids: tuple[int, ...] = ()
    copy: CopyTo | None = None
    parameters: tuple[ColumnType, ...] | None = None
    shape: Shape | None = None
    described_by: object = None

    @property
    def required(self) -> int:
        """How many parameters a Bind has to bring."""
        return max(self.count, len(self.declared), len(self.oids))


@dataclass(frozen=True, slots=True)
class Pulled:
    """Some rows as DataRow messages. `done`: there are no more."""

    data: memoryview
    rows: int
    done: bool


class Rows:
    """The rows of one execution, encoded as they are asked for. Not for two threads at once."""

    __slots__ = ("_batches", "_encoder", "_rest", "shape")

    def __init__(
        self,
        batches: Iterator[pa.RecordBatch],
        shape: Shape,
        codes: tuple[int, ...],
        copy: CopyTo | None = None,
    ) -> None:
        self._batches = batches
        self._encoder: Encoder | CopyEncoder = Encoder(shape.types, shape.formats(codes))
        if copy is not None:
            self._encoder = CopyEncoder(shape.names, shape.types, copy)
        self._rest: pa.RecordBatch | None = None
        self.shape = shape

    def use(self, codes: tuple[int, ...]) -> None:
        """Encode what is left in other formats."""
        self._encoder = Encoder(self.shape.types, self.shape.formats(codes))

    def end(self) -> bytes:
        """What follows the last row."""
        return self._encoder.end()

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


class CatalogRows:
    """Rows of a statement about the catalog, as PostgreSQL encoded them."""

    __slots__ = ("_rest", "shape")

    def __init__(self, rows: Sequence[tuple[bytes | None, ...]], shape: Shape) -> None:
        self._rest = rows
        self.shape = shape

    def use(self, codes: tuple[int, ...]) -> None:
        """As they came: rows of the catalog have the formats that they were asked for in."""

    def end(self) -> bytes:
        return b""

    def pull(self, limit: int = 0) -> Pulled:
        taken = self._rest[:limit] if limit else self._rest
        self._rest = self._rest[len(taken) :]
        return Pulled(memoryview(b"".join(map(_data_row, taken))), len(taken), done=not taken)


def _data_row(values: Sequence[bytes | None]) -> bytes:
    """Values as they are encoded already; None: NULL."""
    parts = [
        b"\xff\xff\xff\xff" if value is None else struct.pack("!I", len(value)) + value for value in values
    ]
    return framed(b"D", len(parts).to_bytes(2, "big") + b"".join(parts))


class Portal:
    """A statement with its parameters, and its rows once executed. `given`: parameters as they came, of a statement
    about the catalog; `running` cancels it."""

    __slots__ = (
        "codes",
        "done",
        "given",
        "hold",
        "parameters",
        "prepared",
        "result",
        "rows",
        "running",
        "settled",
    )

    def __init__(
        self,
        prepared: Prepared,
        parameters: tuple[Parameter, ...],
        codes: tuple[int, ...],
        given: tuple[Given, ...] = (),
    ) -> None:
        self.prepared = prepared
        self.parameters = parameters
        self.codes = codes
        self.given = given
        self.running = Running()
        self.hold = False
        self.settled = False
        self.result: Result | None = None
        self.rows: Rows | CatalogRows | None = None
        self.done = False

    def opened(self, result: Result, shape: Shape) -> None:
        self.result = result
        self.rows = Rows(iter(result.batches()), shape, self.codes, self.prepared.copy)

    def close(self) -> None:
        """Give the result back; idempotent."""
        result, self.result, self.rows = self.result, None, None
        self.done = True
        if result is not None:
            result.close()


def catalog_shape(fields: Sequence[Field]) -> Shape:
    return Shape(
        tuple(each.name for each in fields),
        tuple(ColumnType(PgType("", each.oid, each.length, 0), modifier=each.modifier) for each in fields),
    )


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
