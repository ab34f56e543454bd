"""Policy lines that stand in each other's way or can never do anything: for `meshgate check`, as warnings.

Only what is surely so is said without "may". Principals that are kept elsewhere are not known here, so of them nothing
is taken for granted.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from gateway.catalog.product import Catalog
from gateway.catalog.shares import covering_keys
from gateway.documents import Place
from policies.fields import EVERYONE, Condition, Facts, values_of
from policies.lines import MESH, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.masks import strictness
from policies.principal import Principal
from policies.relation_lines import object_key
from policies.roles import Roles, own_subjects, roles_of

DENIABLE = ("select", "discover", "share")
"""Actions that a deny line takes away."""

ColumnName = tuple[str, str, str]
"""(domain, relation, column)"""


def conflicts(
    lines: Iterable[Line], catalog: Catalog, principals: Mapping[str, Principal], now: float
) -> tuple[str, ...]:
    """Warnings, sorted. `principals` empty: they are kept elsewhere. `now`: seconds since the epoch."""
    listed = tuple(lines)
    rules = tuple(line for line in listed if not isinstance(line, RoleLine))
    roles = roles_of(line for line in listed if isinstance(line, RoleLine))
    people = _People(tuple(principals.values()), roles, tuple(catalog.domains))
    covered = _Covered(_columns_by_key(catalog))
    live = tuple(line for line in rules if line.until is None or now < line.until)
    found = [
        *(
            _warning(line, _over(line.until))
            for line in rules
            if line.until is not None and line.until <= now
        ),
        *_never_held(live, people),
        *_overridden(live, covered, roles),
        *_equal_masks(live, covered, people),
    ]
    return tuple(sorted(set(found)))


def _warning(line: RuleLine, text: str) -> str:
    return Place(f"{line.file}:{line.number}").problem(f"{line.id}: {text}")


def _where(line: RuleLine) -> str:
    return f"{line.id} ({line.file}:{line.number})"


def _over(until: float) -> str:
    instant = datetime.fromtimestamp(until, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return f"ended at {instant} and does nothing any more: remove it, or move its end"


def _columns_by_key(catalog: Catalog) -> Mapping[str, frozenset[ColumnName]]:
    found: defaultdict[str, set[ColumnName]] = defaultdict(set)
    for relation in catalog.relations.values():
        for column in relation.columns:
            for key in covering_keys(relation.domain, relation.name, column):
                found[key].add((relation.domain, relation.name, column.name))
    return {key: frozenset(names) for key, names in found.items()}


@dataclass(frozen=True, slots=True)
class _Covered:
    """`by_key`: what a line's object covers, over all domains."""

    by_key: Mapping[str, frozenset[ColumnName]]

    def by(self, line: RuleLine) -> frozenset[ColumnName]:
        names = self.by_key.get(object_key(line.object), frozenset())
        concerned = {line.domain.lower(), line.owner.lower()}
        return frozenset(name for name in names if concerned <= {name[0], MESH})


@dataclass(frozen=True, slots=True)
class _People:
    """Who is in which subject. Answers are remembered: thousands of lines name the same few subjects."""

    principals: tuple[Principal, ...]
    roles: Roles
    domains: tuple[str, ...]
    held: dict[str, Mapping[str, tuple[Principal, ...]]] = field(default_factory=dict)

    def of(self, subject: str, domain: str) -> tuple[Principal, ...]:
        """Everybody who is, is in, or holds the subject in the domain; `*`: in any domain."""
        if subject == EVERYONE or subject.startswith("domain:"):
            return self.principals
        places = self.domains if domain == MESH else (domain.lower(),)
        found = [one for place in places for one in self._in(place).get(subject, ())]
        return tuple({one.name: one for one in found}.values())

    def _in(self, domain: str) -> Mapping[str, tuple[Principal, ...]]:
        if domain not in self.held:
            subjects: defaultdict[str, list[Principal]] = defaultdict(list)
            for one in self.principals:
                for subject in self.roles.held(own_subjects(one), domain):
                    subjects[subject].append(one)
            self.held[domain] = {subject: tuple(found) for subject, found in subjects.items()}
        return self.held[domain]


# --- lines that never match ------------------------------------------------------------------------------


def _never_held(lines: Sequence[RuleLine], people: _People) -> Iterator[str]:
    """Roles that are given but to nobody, and conditions that nobody in question meets."""
    if not people.principals:
        return
    known: dict[tuple[str, str, str], str | None] = {}
    for line in lines:
        key = (line.subject, line.domain, line.condition.text)
        if key not in known:
            known[key] = _never(line, people)
        text = known[key]
        if text is not None:
            yield _warning(line, text)


def _never(line: RuleLine, people: _People) -> str | None:
    asking = people.of(line.subject, line.domain)
    if not asking:
        given = line.subject in {role for links in people.roles.links.values() for role, _ in links}
        where = "" if line.domain == MESH else f" in {line.domain}"
        text = f"no principal holds {line.subject}{where}, so the line matches nobody yet"
        return text if given else None  # a role that nobody is given is reported already
    if any(_may_meet(line.condition, one) for one in asking):
        return None
    return (
        f"nobody whom {line.subject} stands for meets {line.condition.text}, so the line matches nobody yet"
    )


def _may_meet(condition: Condition, principal: Principal) -> bool:
    return condition.holds(_possible(principal, condition))


def _possible(principal: Principal, *conditions: Condition) -> Facts:
    """What could be so for this principal: any of its purposes, any endpoint that is named."""
    endpoints = tuple(
        value for one in conditions for key, values in one.terms if key == "endpoint" for value in values
    )
    attributes = {f"attribute.{name}": values_of(value) for name, value in principal.attributes.items()}
    return {"purpose": tuple(principal.purposes), "endpoint": endpoints, **attributes}


# --- grants that a deny always overrides -----------------------------------------------------------------


def _overridden(lines: Sequence[RuleLine], covered: _Covered, roles: Roles) -> Iterator[str]:
    denials: defaultdict[ColumnName, list[GrantLine]] = defaultdict(list)
    for line in lines:
        if isinstance(line, GrantLine) and line.effect != "allow":
            for column in covered.by(line):
                denials[column].append(line)
    for line in lines if denials else ():
        if isinstance(line, GrantLine) and line.effect == "allow" and line.action in DENIABLE:
            columns = covered.by(line)
            by = [
                next((denial for denial in denials.get(column, ()) if _always(denial, line, roles)), None)
                for column in sorted(columns)
            ]
            if by and None not in by:
                named = " and ".join(dict.fromkeys(_where(denial) for denial in by if denial))
                yield _warning(line, f"allows nothing, for {named} always denies it: remove one of them")


def _always(denial: GrantLine, grant: GrantLine, roles: Roles) -> bool:
    """Whether the denial holds whenever the grant does, for everybody the grant is for."""
    same_action = denial.action in (grant.action, "*")
    lasts = denial.until is None or (grant.until is not None and denial.until >= grant.until)
    return same_action and lasts and _includes(denial, grant, roles) and _implied(denial, grant)


def _includes(denial: GrantLine, grant: GrantLine, roles: Roles) -> bool:
    if denial.subject.lower() == grant.subject.lower():
        return True
    if grant.subject.startswith("domain:") or denial.subject.startswith("domain:"):
        return False
    return denial.subject == EVERYONE or denial.subject in roles.held([grant.subject], grant.domain)


def _implied(denial: GrantLine, grant: GrantLine) -> bool:
    terms = dict(grant.condition.terms)
    return all(key in terms and set(terms[key]) <= set(values) for key, values in denial.condition.terms)


# --- masks of one priority -------------------------------------------------------------------------------


def _equal_masks(lines: Sequence[RuleLine], covered: _Covered, people: _People) -> Iterator[str]:
    """Each pair of lines once, with the first column on which they meet."""
    competing: defaultdict[tuple[ColumnName, bool, int], list[MaskLine]] = defaultdict(list)
    for line in lines:
        if isinstance(line, MaskLine):
            for column in covered.by(line):
                competing[column, line.owner == MESH, line.priority].append(line)
    seen: set[tuple[str, str]] = set()
    for (column, _, _), masks in sorted(competing.items(), key=lambda item: item[0]):
        for number, one in enumerate(masks):
            for other in masks[number + 1 :]:
                if one.mask != other.mask and (one.id, other.id) not in seen:
                    seen.add((one.id, other.id))
                    yield from _clash(one, other, column, people)


def _clash(one: MaskLine, other: MaskLine, column: ColumnName, people: _People) -> Iterator[str]:
    if _exclusive(one.condition, other.condition):
        return
    word = _meet(one, other, column[0], people)
    if word is None:
        return
    first = strictness(one.mask) >= strictness(other.mask)
    winner = one.mask if first else other.mask
    why = "the stricter" if strictness(one.mask) != strictness(other.mask) else "which stands first"
    yield _warning(
        other,
        f"mask '{other.mask}' {word} {'.'.join(column)} with the same priority as mask '{one.mask}' of "
        f"{_where(one)}, and '{winner}' applies, {why}: give the one you mean a higher priority",
    )


def _exclusive(one: Condition, other: Condition) -> bool:
    """A statement has one purpose and one endpoint."""
    terms = dict(other.terms)
    return any(
        key in ("purpose", "endpoint") and key in terms and not set(values) & set(terms[key])
        for key, values in one.terms
    )


def _meet(one: MaskLine, other: MaskLine, domain: str, people: _People) -> str | None:
    """How surely somebody gets both; None: nobody that is known does."""
    same = one.subject == other.subject or EVERYONE in (one.subject, other.subject)
    kinds = [line.subject.startswith("domain:") for line in (one, other)]
    if any(kinds):
        return "meets on" if one.subject.lower() == other.subject.lower() else None
    if not people.principals:
        return "meets on" if same else "may meet on"
    both = {person.name: person for person in people.of(one.subject, domain)}
    shared = [both[person.name] for person in people.of(other.subject, domain) if person.name in both]
    possible = (_possible(person, one.condition, other.condition) for person in shared)
    if any(one.condition.holds(facts) and other.condition.holds(facts) for facts in possible):
        return "meets on"
    return None
