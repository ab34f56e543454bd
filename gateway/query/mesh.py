"""All that a query needs, frozen; a reload makes a new one and swaps it whole."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from connectors.base import Connector
from gateway.audit import AuditSink
from gateway.catalog.product import Catalog
from gateway.engines.base import Engine
from gateway.query.plan_cache import PlanCache
from gateway.settings import Limits
from policies.policy_set import PolicySet


class Governed(Protocol):
    """What deciding needs, and no more."""

    @property
    def catalog(self) -> Catalog: ...

    @property
    def policies(self) -> PolicySet: ...


@dataclass(frozen=True, slots=True)
class Mesh:
    """`connectors` is keyed by `Source.key`; `hash_key` is the secret of the `hash` mask.

    `plans` are made for this very mesh: one that differs from it in anything, also by `replace`, begins with none.
    """

    catalog: Catalog
    policies: PolicySet
    connectors: Mapping[str, Connector]
    engine: Engine
    audit: AuditSink
    limits: Limits
    hash_key: bytes = field(repr=False)
    plans: PlanCache = field(init=False, repr=False, compare=False, default_factory=PlanCache)
