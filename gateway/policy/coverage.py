"""Which policy lines the tests have exercised."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gateway.policy.answers import Answer, Considered
from gateway.policy_tests import Case
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine
from policies.roles import own_subjects, roles_of

Run = tuple[Case, Answer]
ABOUT_DATA = ("select", "discover", "share", "*")
"""Actions whose lines a statement can exercise."""


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A policy line, where it stands and what it says."""

    id: str
    place: str
    says: str


def note(line: Line) -> RuleNote:
    return RuleNote(line.id, f"{line.file}:{line.number}", _says(line))


def _says(line: Line) -> str:
    match line:
        case GrantLine():
            rows = f", rows {line.rows}" if line.rows else ""
            return f"{line.effect} {line.subject} to {line.action} {line.object}{rows}"
        case FilterLine():
            return f"row filter {line.rows} on {line.object} for {line.subject}"
        case MaskLine():
            return f"mask {line.mask} on {line.object} for {line.subject}"
        case RoleLine():
            return f"{line.member} has {line.role} in {line.domain}"


# --- coverage --------------------------------------------------------------------------------------------


def unexercised(lines: Sequence[Line], runs: Iterable[Run]) -> tuple[Line, ...]:
    """The lines that mattered to no decision of any case."""
    listed = tuple(runs)
    rules = {rule for _, answer in listed for one in answer.considered for rule in one.decision.rules}
    roles = _roles_used(lines, (one for _, answer in listed for one in answer.considered))
    return tuple(line for line in lines if line.id not in rules and line.id not in roles)


def counted(line: Line) -> bool:
    """Whether a statement can exercise the line: it is about data."""
    return not isinstance(line, GrantLine) or line.action in ABOUT_DATA


def _roles_used(lines: Iterable[Line], considered: Iterable[Considered]) -> frozenset[str]:
    """The role lines through which a principal held a role where a relation was asked for."""
    given = [line for line in lines if isinstance(line, RoleLine)]
    roles = roles_of(given)
    found: set[str] = set()
    for subjects, domain in {(own_subjects(one.principal), one.relation.domain) for one in considered}:
        held = roles.held(subjects, domain)
        found |= {
            line.id for line in given if line.member in held and line.domain.lower() in (domain.lower(), "*")
        }
    return frozenset(found)
