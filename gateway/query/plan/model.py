"""What a plan is made of: the engine's SQL, and the inputs it reads, each of which somebody runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from pathlib import Path

from connectors.base import Scan

Column = tuple[str, str]
"""Name and DuckDB type name."""

MARK = "\0"
"""Encloses, in the text of a remote query, the number of a key transfer. No consumer's text, parameter or attribute
can hold it: `parse`, `bind` and the policy loader refuse NUL."""


PART = f"{MARK}part{MARK}"
"""Stands for the condition of a part, first in the WHERE of a remote query that may be read in parts."""


class Form(Enum):
    """Which rows a source is asked for: those with one of the keys, or at least or at most the only one, or between
    the least and the greatest of them."""

    KEYS = auto()
    LEAST = auto()
    MOST = auto()
    SPAN = auto()


@dataclass(frozen=True, slots=True)
class KeyTransfer:
    """Values that a fragment gets from an input that runs before it, so that its source sends matching rows only.

    `name` is what the source's query calls the keys, with `columns` k1, k2, ...; they are the distinct values of
    `origin`'s columns. `condition` is the source's SQL for "the row's key is one of them", `spanned` that for "it lies
    between the least of them and the greatest", where they turn out to be too many; empty: then nothing is asked.
    `probed`: `condition` is fast where an index leads to the rows, and only there.
    """

    name: str
    origin: str
    columns: tuple[str, ...]
    condition: str
    reason: str
    form: Form = Form.KEYS
    probed: bool = False
    spanned: str = ""


@dataclass(frozen=True, slots=True)
class Fragment:
    """The piece of a query that one source runs.

    `scan.query` holds a mark for each of `transfers`, and PART if its source may read it in `parts`
    (`TableStatistics.parts`). `hashed` columns are hashed by the gateway as they arrive. `relations` are those it
    reads, `kept` says why more was not given to the source; empty: nothing was kept. `rows` is the estimated number of
    rows without transfers, and `reduced` with them; None: unknown. `first`: the columns by whose order these are but
    the first rows, for a trial.
    """

    source: str
    relations: tuple[str, ...]
    scan: Scan
    hashed: tuple[str, ...] = ()
    kept: str = ""
    transfers: tuple[KeyTransfer, ...] = ()
    rows: float | None = None
    reduced: float | None = None
    first: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[Column, ...]:
        return tuple(
            (column.name, "VARCHAR" if column.name in self.hashed else column.type)
            for column in self.scan.columns
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """What the engine runs on its own before the rest: to hash columns, or to send its values to sources as keys.

    `inputs` are its own; `reads` are names of the plan's inputs that it reads besides.
    """

    relations: tuple[str, ...]
    sql: str
    inputs: Mapping[str, "Input"]
    columns: tuple[Column, ...]
    hashed: tuple[str, ...] = ()
    rows: float | None = None
    reads: tuple[str, ...] = ()


Input = Fragment | Stage


@dataclass(frozen=True, slots=True)
class NativeRead:
    """Parquet files that the engine reads itself. `whole`: columns of which rows may be hidden, so that the plan is
    right as long as the engine can read all of them (`Engine.can_read`)."""

    source: str
    relation: str
    files: tuple[Path, ...]
    whole: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a plan that can run beside the others. `inputs` are names of the plan's; the rest is as there."""

    sql: str
    inputs: tuple[str, ...]
    kept: frozenset[str] = field(default_factory=frozenset)
    passed: tuple[Column, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """`sql` is the engine's, over `inputs` and the Parquet files it reads itself (`native`).

    `kept` are the inputs to be read whole before the engine begins: they give keys, are read twice, or are joined.
    `passed`: these columns of the only input, a fragment, are the whole answer, row by row, so that the engine has
    nothing to do; empty: it has. `names` and `sql` hold all the same. `parts` give, one after the other, the same rows;
    empty: there are none. `presented`: see `OutputColumn`; empty: nothing differs. `blurred`: which kind of error a
    value raises is not told. `trial`: what may give the same answer sooner.
    """

    sql: str
    names: tuple[str, ...]
    inputs: Mapping[str, Input]
    native: tuple[NativeRead, ...]
    kept: frozenset[str] = field(default_factory=frozenset)
    passed: tuple[Column, ...] = ()
    parts: tuple[Part, ...] = ()
    presented: tuple[str, ...] = ()
    blurred: bool = False
    trial: "Trial | None" = None

    def of(self, part: Part) -> "Plan":
        inputs = {name: self.inputs[name] for name in part.inputs}
        return replace(self, sql=part.sql, inputs=inputs, kept=part.kept, passed=part.passed, parts=())

    def fragments(self) -> tuple[Fragment, ...]:
        return tuple(read for read in _all(self.inputs) if isinstance(read, Fragment))

    def stages(self) -> tuple[Stage, ...]:
        return tuple(read for read in _all(self.inputs) if isinstance(read, Stage))


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan over the first `most` rows of its input `of`, in the order of that one's columns `order`.

    Its answer is the whole's if it has `wanted` rows even without those of the input that are alike the last one in
    that order, or if the input has no more.
    """

    plan: Plan
    of: str
    order: tuple[str, ...]
    most: int
    wanted: int


def read_as_stored(plan: Plan) -> Plan:
    """The plan with every scan in the order in which its source keeps the rows (`Scan.as_stored`)."""
    inputs = {name: _as_stored(read) for name, read in plan.inputs.items()}
    trial = plan.trial and replace(plan.trial, plan=read_as_stored(plan.trial.plan))
    return replace(plan, inputs=inputs, trial=trial)


def _as_stored(read: Input) -> Input:
    if isinstance(read, Fragment):
        return replace(read, scan=replace(read.scan, as_stored=True))
    return replace(read, inputs={name: _as_stored(each) for name, each in read.inputs.items()})


def _all(inputs: Mapping[str, Input]) -> Iterator[Input]:
    for read in inputs.values():
        yield read
        if isinstance(read, Stage):
            yield from _all(read.inputs)


def with_keys(
    query: str,
    transfers: tuple[KeyTransfer, ...],
    sent: frozenset[str],
    spans: frozenset[str] = frozenset(),
) -> str:
    """The source's query with the conditions of the transfers that are `sent`, of some as `spans`; the others let every
    row through."""
    for transfer in transfers:
        asked = transfer.spanned if transfer.name in spans else transfer.condition
        condition = asked if transfer.name in sent else "(1 = 1)"
        query = query.replace(f"{MARK}{transfer.name}{MARK}", condition)
    return without_parts(query)


def without_parts(query: str) -> str:
    """The source's query for all of its rows."""
    return query.replace(f"{PART} AND ", "").replace(f" WHERE {PART}", "")
