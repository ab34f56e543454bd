"""Which policy lines the tests have exercised, and what would become of the tests without one of them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.policy.answers import MARK, Answer, Considered, WatchedPolicies, WitnessSink, answered_under
from gateway.policy.verdicts import differences
from gateway.policy_tests import Case
from gateway.query.mesh import Mesh
from policies.decision import Decision
from policies.fields import Condition
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.policy_set import PolicySet
from policies.relation_lines import indexed, relation_lines
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


# --- mutation --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mutation:
    """A policy line with one protection less. `changed` None: the whole line is gone."""

    line: RuleLine
    what: str
    changed: RuleLine | None


@dataclass(frozen=True, slots=True)
class Tried:
    """`noticed` names the first case that fails under the mutation; None: all pass."""

    mutation: Mutation
    noticed: str | None


def mutations(line: Line) -> Iterator[Mutation]:
    match line:
        case FilterLine():
            yield Mutation(line, f"drop the row filter {line.rows}", None)
        case MaskLine():
            yield Mutation(line, f"drop the mask {line.mask}", None)
        case GrantLine(effect="allow") if line.action in ABOUT_DATA:
            if line.rows is not None:
                yield Mutation(line, f"grant all rows, not {line.rows}", replace(line, rows=None))
            if line.condition.terms:
                what = f"drop the condition {line.condition.text}"
                yield Mutation(line, what, replace(line, condition=Condition()))
        case GrantLine() if line.effect != "allow" and line.action in ABOUT_DATA:
            yield Mutation(line, f"drop the deny of {line.action}", None)


class Mutator:
    """Runs cases under mutated policies. These live in here only: no endpoint ever gets to know of them."""

    def __init__(self, mesh: Mesh, runs: Iterable[Run], account: str) -> None:
        """`runs` are cases that pass, with their answers; `account` runs them."""
        self._mesh, self._account = mesh, account
        index = indexed(line for line in mesh.policies.lines if not isinstance(line, RoleLine))
        self._runs = [
            (
                case,
                answer,
                {rule for one in answer.considered for rule in relation_lines(one.relation, index, {}).keys},
            )
            for case, answer in runs
        ]

    def tried(self, mutation: Mutation) -> Tried:
        """Only cases for which anything is decided otherwise are asked again; the others cannot tell."""
        lines = (mutation.changed if line is mutation.line else line for line in self._mesh.policies.lines)
        policies = WatchedPolicies(line for line in lines if line is not None)
        for case, answer, concerned in self._runs:
            asked_again = mutation.line.id in concerned and _decided_otherwise(answer.considered, policies)
            if asked_again and self._fails(case, policies, mutation):
                return Tried(mutation, case.name)
        return Tried(mutation, None)

    def _fails(self, case: Case, policies: WatchedPolicies, mutation: Mutation) -> bool:
        audit = WitnessSink(self._mesh.audit)
        mutated = replace(self._mesh, policies=policies, audit=audit)
        client = f"{self._account}{MARK}{case.name}, mutation of {mutation.line.id}: {mutation.what}"
        answer = answered_under(case, mutated, policies, audit, client)
        return bool(differences(case, answer, self._mesh.limits))


def _decided_otherwise(considered: Iterable[Considered], policies: PolicySet) -> bool:
    return any(_meaning(one.decision) != _meaning(one.again(policies)) for one in considered)


def _meaning(decision: Decision) -> tuple[object, ...]:
    return decision.discoverable, dict(decision.columns), decision.restrictive


Progress = Callable[[str], None]
"""Told in words how far it is."""


def mutated(
    mesh: Mesh, lines: Sequence[Line], runs: Sequence[Run], account: str, progress: Progress
) -> tuple[Tried, ...]:
    """What became of every mutation of `lines`. `runs` are the cases that pass, with their answers."""
    mutator = Mutator(mesh, runs, account)
    candidates = [mutation for line in lines for mutation in mutations(line)]
    tried = []
    for number, mutation in enumerate(candidates):
        progress(f"{number:,} of {len(candidates):,} mutations")
        tried.append(mutator.tried(mutation))
    return tuple(tried)
