"""What stands in FROM, as far as its size is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from gateway.errors import LimitExceeded, StatementTooComplex
from gateway.settings import Limits
from gateway.sql.bounds.sizes import Value, largest, of_type
from gateway.sql.names.qualify import MAX_FIELDS


@dataclass(slots=True)
class Spent:
    """Bytes made (`work`), and of them those that are there at one time (`held`). Checked as they grow."""

    limits: Limits
    work: float = 0.0
    held: float = 0.0
    correlated: int = 0

    def add(self, work: float, held: float = 0.0) -> None:
        self.work += work
        self.held += held
        if self.work > self.limits.work_bytes:
            raise _limit("it makes more bytes", "work_bytes", self.limits.work_bytes)
        if self.held > self.limits.held_bytes:
            raise _limit("it makes more bytes at one time", "held_bytes", self.limits.held_bytes)

    def check_rows(self, rows: float) -> None:
        if rows > self.limits.join_rows:
            raise _limit("a join may have more rows", "join_rows", self.limits.join_rows)

    def check_value(self, value: Value) -> Value:
        if value.item is None and value.bytes > self.limits.value_bytes:
            raise _limit("a value may be larger", "value_bytes", self.limits.value_bytes)
        if value.leaves > MAX_FIELDS:
            raise StatementTooComplex(f"the type of a value has more than {MAX_FIELDS:,} fields")
        return value


def _limit(what: str, name: str, limit: int) -> LimitExceeded:
    return LimitExceeded(f"the statement is too costly: {what} than limits.{name} ({limit:,})")


@dataclass(frozen=True, slots=True)
class Source:
    """`columns` is empty for a relation of the catalog, whose columns say their types where they are used.

    `relation` names the relation, for those that stand in one FROM twice. `work` and `held` are what it costs to
    read a CTE once more.
    """

    rows: float
    columns: Mapping[str, Value] = field(default_factory=dict)
    relation: str = ""
    work: float = 0.0
    held: float = 0.0

    def column(self, node: exp.Column) -> Value:
        if not self.columns:
            return of_type(node.type)
        return self.columns.get(node.name.lower()) or largest(tuple(self.columns.values()))

    @property
    def width(self) -> float:
        return sum(value.bytes for value in self.columns.values())


@dataclass(slots=True)
class Scope:
    """The names of one SELECT. `times`: how often an expression of it is evaluated."""

    sources: dict[str, Source]
    times: float
    outer: "Scope | None" = None

    def source(self, alias: str) -> Source | None:
        found = self.sources.get(alias)
        return found if found is not None or self.outer is None else self.outer.source(alias)
