"""What a principal may see of one relation, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ProtectedRelation:
    """The policy set's view of a relation: names and tags only. `columns` maps a column to its tags; a
    MappingProxyType is taken for one that nobody changes, so it need not be compared with itself."""

    domain: str
    name: str
    columns: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class RowFilter:
    """A named filter as a policy line refers to it. `domain` says whose `filters:` the name is in; `*` is the
    mesh's."""

    rule: str
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One allow line that covers a column. `rows` is None where the line says `*`: every row."""

    rule: str
    rows: RowFilter | None


@dataclass(frozen=True, slots=True)
class ColumnMask:
    """The one mask that applies to a column. `domain` says whose `masks:` the name is in; `*` is the
    mesh's."""

    rule: str
    domain: str
    name: str


@dataclass(frozen=True, slots=True)
class ColumnDecision:
    """Selectable iff `grants` is not empty and `denied_by` is (deny overrides). `mask` None: raw."""

    grants: tuple[Grant, ...]
    denied_by: tuple[str, ...]
    mask: ColumnMask | None

    @property
    def selectable(self) -> bool:
        return bool(self.grants) and not self.denied_by


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer for one (principal, relation, circumstances).

    `restrictive` filters hold for every reference (AND). `expires` is the next instant, in seconds since the
    epoch, at which a considered line starts or ends to be live; None: never. `rules` are the ids of all lines
    that matched. `selectable` are the columns that the principal may name, in the relation's order: found once, since
    a decision is remembered and asked again for each statement.
    """

    discoverable: bool
    columns: Mapping[str, ColumnDecision]
    restrictive: tuple[RowFilter, ...]
    rules: tuple[str, ...]
    expires: float | None
    selectable: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        named = tuple(name for name, column in self.columns.items() if column.selectable)
        object.__setattr__(self, "selectable", named)
