"""Who is looked at when policies are compared: every principal, and somebody for every role, group and domain."""

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.policy.folders import Folder
from policies.fields import EVERYONE
from policies.lines import MESH, Line, RoleLine
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal, Scalar

ELSEWHERE = "cli"
"""The endpoint of who asks over none that a condition names; another one if it is named."""

ADDED = "added to compare"
"""The file of the lines that give a representative its role."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The circumstances under which somebody asks, as the conditions of policy lines tell them apart."""

    purpose: str | None = None
    endpoint: str = ELSEWHERE
    attributes: Mapping[str, Scalar] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def label(self) -> str:
        terms = {"purpose": self.purpose, "endpoint": None if self.endpoint == ELSEWHERE else self.endpoint}
        listed = [f"{key}={value}" for key, value in terms.items() if value is not None]
        return " & ".join([*listed, *(f"{name}={value}" for name, value in self.attributes.items())])

    def circumstances(self, now: float) -> Circumstances:
        return Circumstances(now, self.endpoint, self.purpose)


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody under all variants. `old` and `new` are the principal in each folder; None: not there.

    `domain`: it stands for the products of that domain, which read what is shared with it.
    """

    label: str
    old: Principal | None
    new: Principal | None
    variants: tuple[Variant, ...]
    domain: str | None = None


def askers(old: Folder, new: Folder) -> tuple[Asker, ...]:
    """Principals first, in the order of their names, then roles, groups and domains."""
    lines = (*old.policies.lines, *new.policies.lines)
    values = _values_named(lines)
    names = sorted({*old.principals, *new.principals})
    people = [_person(name, old.principals.get(name), new.principals.get(name), values) for name in names]
    variants = tuple(_all_variants(lines, values))
    standing = [_standing_for(subject, values, variants) for subject in _subjects(lines)]
    domains = sorted({*old.catalog.domains, *new.catalog.domains})
    anyone = Principal(EVERYONE, purposes=frozenset(values["purpose"]))
    shares = [Asker(f"domain:{name}", anyone, anyone, variants, name) for name in domains]
    return (*people, *standing, *shares)


def policies_with_roles(policies: PolicySet, lines: Iterable[Line]) -> PolicySet:
    """The policies, and a role for each principal that stands for it."""
    roles = [subject for subject in _subjects(lines) if subject.startswith("role:") and subject != EVERYONE]
    given = [RoleLine(ADDED, n, MESH, f"user:{role}", role, MESH) for n, role in enumerate(roles)]
    return PolicySet((*policies.lines, *given))


def _subjects(lines: Iterable[Line]) -> tuple[str, ...]:
    """Roles and groups that lines name, and everyone."""
    named: set[str] = {EVERYONE}
    for line in lines:
        named |= {line.member, line.role} if isinstance(line, RoleLine) else {line.subject}
    return tuple(sorted(name for name in named if name.startswith(("role:", "group:"))))


def _person(
    name: str, old: Principal | None, new: Principal | None, values: Mapping[str, list[str]]
) -> Asker:
    own = {purpose for one in (old, new) if one for purpose in one.purposes}
    purposes = [None, *(purpose for purpose in values["purpose"] if purpose in own)]
    pairs = itertools.product(purposes, _endpoints(values))
    return Asker(name, old, new, tuple(Variant(purpose, endpoint) for purpose, endpoint in pairs))


def _standing_for(subject: str, values: Mapping[str, list[str]], variants: tuple[Variant, ...]) -> Asker:
    """A principal whose name no real one can have, and who has nothing else."""
    group = subject.removeprefix("group:")
    groups = frozenset({group}) if group != subject else frozenset[str]()
    principal = Principal(subject, groups, purposes=frozenset(values["purpose"]))
    return Asker(subject, principal, principal, variants)


def _values_named(lines: Iterable[Line]) -> Mapping[str, list[str]]:
    found: dict[str, dict[str, None]] = {"purpose": {}, "endpoint": {}}
    for line in lines:
        for key, texts in () if isinstance(line, RoleLine) else line.condition.terms:
            found.setdefault(key, {}).update(dict.fromkeys(texts))
    return {key: sorted(texts) for key, texts in found.items()}


def _endpoints(values: Mapping[str, list[str]]) -> list[str]:
    return list(dict.fromkeys((ELSEWHERE, *values["endpoint"])))


def _all_variants(lines: Sequence[Line], values: Mapping[str, list[str]]) -> Iterator[Variant]:
    """Purposes x endpoints x the attributes that any one condition asks for."""
    attributes: dict[tuple[tuple[str, str], ...], None] = {(): None}
    for line in lines:
        if not isinstance(line, RoleLine):
            terms = [
                [(key.removeprefix("attribute."), text) for text in texts]
                for key, texts in line.condition.terms
                if key.startswith("attribute.")
            ]
            attributes.update(dict.fromkeys(itertools.product(*terms)))
    combinations = itertools.product([None, *values["purpose"]], _endpoints(values), attributes)
    for purpose, endpoint, pairs in combinations:
        yield Variant(purpose, endpoint, dict(pairs))
