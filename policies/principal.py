"""Who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Scalar = str | int | float | bool
AttributeValue = Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated identity. Groups, attributes and purposes come from the identity provider only."""

    name: str
    groups: frozenset[str] = frozenset()
    attributes: Mapping[str, AttributeValue] = field(default_factory=lambda: MappingProxyType({}))
    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a condition of a policy line may look at beside the principal.

    `now` is one instant for the whole decision, seconds since the epoch (governance.md, rule 10).
    """

    now: float
    endpoint: str
    purpose: str | None = None
