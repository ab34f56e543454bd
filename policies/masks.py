"""The built-in column masks: their names, how strict each is, and which types they fit. What they compute is
elsewhere."""

from collections.abc import Mapping
from types import MappingProxyType

NONE = "none"
"""Stands in a policy line where a layer shall not mask: `none` with a high priority lifts that layer's other
masks."""

OWN = 1
"""The strictness of every mask that a domain or the mesh defines itself."""

BUILT_IN: Mapping[str, int] = MappingProxyType(
    {
        "null": 6,
        "redact": 5,
        "hash": 4,
        "partial": 3,
        "email": 3,
        "last4": 3,
        "year": 2,
        "bucket": 2,
    }
)
"""Name -> strictness; more hides more (governance.md, rule 5)."""

KEEPS_TYPE = frozenset({"null", "partial", "email", "last4", "year", "bucket"})
"""The masked column has the type of the raw one."""

TEXT_ONLY = frozenset({"redact", "partial", "email", "last4"})
"""These apply to text columns and nothing else."""

MAKES_TEXT = frozenset({"hash"})
"""Any type goes in, text comes out."""


def strictness(name: str) -> int:
    """How much the mask hides: 0 for `none`, `OWN` for a mask that is not built in."""
    return 0 if name == NONE else BUILT_IN.get(name, OWN)


def stricter(one: str, other: str) -> str:
    """The mask that hides more; `one` if they are equally strict."""
    return other if strictness(other) > strictness(one) else one
