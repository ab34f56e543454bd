"""Who holds which role, and where."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.fields import EVERYONE
from policies.lines import RoleLine
from policies.principal import Principal

LEVELS = 10
"""Longest chain of roles that may stand between a principal and a line about it."""


@dataclass(frozen=True, slots=True)
class Roles:
    """`links` maps a subject to the roles it is given: pairs of role and the domain (or `*`) it is given
    in."""

    links: Mapping[str, tuple[tuple[str, str], ...]]

    def held(self, subjects: Iterable[str], domain: str) -> frozenset[str]:
        """The subjects and all roles they hold in `domain`, directly or through other roles."""
        found = set(subjects)
        waiting = list(found)
        while waiting:
            for role, place in self.links.get(waiting.pop(), ()):
                if place in (domain.lower(), "*") and role not in found:
                    found.add(role)
                    waiting.append(role)
        return frozenset(found)


def own_subjects(principal: Principal) -> frozenset[str]:
    """What a principal is in policy lines before any role is looked up."""
    return frozenset({f"user:{principal.name}", EVERYONE, *(f"group:{group}" for group in principal.groups)})


def roles_of(lines: Iterable[RoleLine]) -> Roles:
    links: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for line in lines:
        links[line.member].append((line.role, line.domain.lower()))
    return Roles({member: tuple(given) for member, given in links.items()})


def role_problems(lines: Iterable[RoleLine]) -> tuple[str, ...]:
    """Cycles, and chains of more than `LEVELS`: where roles are that tangled, a denial is easily lost."""
    remaining = list(lines)
    problems = []
    while cycle := _cycle(remaining):
        path = " > ".join([*(line.member for line in cycle), cycle[0].member])
        problems.append(
            f"{cycle[0].file}:{cycle[0].number}: the roles {path} form a circle; remove one of their g lines"
        )
        remaining.remove(cycle[0])
    return (*problems, *_too_deep(remaining))


def _cycle(lines: list[RoleLine]) -> list[RoleLine]:
    """The lines of one circle, in order; empty if there is none."""
    left = _without_ends(lines)
    if not left:
        return []
    by_member = {line.member: line for line in left}
    walked: dict[str, RoleLine] = {}
    line = left[0]
    while line.member not in walked:
        walked[line.member] = line
        line = by_member[line.role]
    path = list(walked.values())
    circle = path[path.index(walked[line.member]) :]
    first = min(range(len(circle)), key=lambda index: (circle[index].file, circle[index].number))
    return circle[first:] + circle[:first]


def _without_ends(lines: list[RoleLine]) -> list[RoleLine]:
    """The lines that remain when roles that lead nowhere are dropped again and again: only circles and what
    leads into them, so every remaining line's role is the member of a remaining line."""
    left = lines
    while True:
        members = {line.member for line in left}
        kept = [line for line in left if line.role in members]
        if len(kept) == len(left):
            return kept
        left = kept


def _too_deep(lines: list[RoleLine]) -> tuple[str, ...]:
    depth: dict[str, int] = {}
    problems: dict[str, str] = {}
    for _ in range(LEVELS + 1):
        for line in lines:
            level = depth.get(line.member, 0) + 1
            depth[line.role] = max(depth.get(line.role, 0), level)
            if level > LEVELS:
                problems[line.role] = (
                    f"{line.file}:{line.number}: {line.role} ends a chain of more than {LEVELS} roles; "
                    "give it more directly"
                )
    return tuple(problems.values())
