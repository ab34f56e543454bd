"""Prepared statements, and portals: a statement with its parameters, and its rows once executed."""

from dataclasses import dataclass, replace

from gateway.frontends.pgwire.encoding.batches import BINARY, Encoder
from gateway.frontends.pgwire.metadata.question import Given, Running
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.frontends.pgwire.refusals import IndeterminateType
from gateway.frontends.pgwire.rows import RAW, CatalogRows, Rows, Shape
from gateway.frontends.pgwire.scrolling import ScrolledRows
from gateway.frontends.pgwire.statements.copy_options import CopyTo
from gateway.frontends.pgwire.statements.cursors import CursorStatement
from gateway.frontends.pgwire.statements.recognized import SessionStatement
from gateway.frontends.pgwire.statements.setting_calls import Configure
from gateway.frontends.pgwire.types import ColumnType
from gateway.query.request import Parameter, Result

AnyRows = Rows | CatalogRows | ScrolledRows


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
        "scroll",
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
        self.scroll = False
        self.settled = False
        self.result: Result | None = None
        self.rows: AnyRows | None = None
        self.done = False

    def opened(self, result: Result, shape: Shape) -> AnyRows:
        self.result = result
        batches = iter(result.batches())
        if self.scroll:
            self.rows = ScrolledRows(batches, shape, _encoder, self.codes)
        else:
            self.rows = Rows(batches, shape, self.codes, self.prepared.copy)
        return self.rows

    def answered(self, rows: CatalogRows) -> AnyRows:
        """What the catalog said."""
        self.rows = rows
        if self.prepared.copy is not None:
            self.rows = rows.copied(self.prepared.copy)
        elif self.scroll:
            self.rows = ScrolledRows(iter((rows.batch(),)), rows.shape, _raw, self.codes)
        return self.rows

    def tag(self, count: int) -> str:
        """What a statement that gave so many rows is told by."""
        return "EXPLAIN" if self.prepared.text.lstrip()[:7].upper() == "EXPLAIN" else f"SELECT {count}"

    def close(self) -> None:
        """Give the result back; idempotent."""
        result, self.result, self.rows = self.result, None, None
        self.done = True
        if result is not None:
            result.close()


def with_values(prepared: Prepared, values: tuple[Parameter, ...], codes: tuple[int, ...]) -> Portal:
    """The portal of a statement with its parameters; those of a setting's value are put into it."""
    if isinstance(prepared.session, Configure):
        texts = ["" if given.value is None else str(given.value) for given in values]
        prepared = replace(prepared, session=prepared.session.bound(texts))
    return Portal(prepared, values, codes)


def _encoder(shape: Shape, codes: tuple[int, ...]) -> Encoder:
    return Encoder(shape.types, shape.formats(codes))


def _raw(shape: Shape, _codes: tuple[int, ...]) -> Encoder:
    return Encoder((RAW,) * len(shape.names), (BINARY,) * len(shape.names))


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
