"""Policies with one protection less, and whether any test notices."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from gateway.policy.answers import MARK, Answer, Considered, WatchedPolicies, WitnessSink, answered_under
from gateway.policy.coverage import ABOUT_DATA, Run
from gateway.policy.verdicts import differences
from gateway.policy_tests import Case
from gateway.query.mesh import Mesh
from policies.decision import ColumnDecision, Decision
from policies.fields import Condition
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.policy_set import PolicySet
from policies.relation_lines import indexed, relation_lines


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


@dataclass(slots=True)
class _Outcomes:
    """What became of one case so far: all decisions of a run, and whether it passed. Under policies that decide all
    of them alike a run ends alike, so it need not be repeated. `concerned`: ids of the lines about its relations."""

    case: Case
    concerned: frozenset[str]
    known: list[tuple[tuple[Considered, ...], bool]] = field(default_factory=list)

    def foreseen(self, policies: PolicySet) -> bool | None:
        """Whether it passes under these policies; None: a run has to tell."""
        return next((passes for considered, passes in self.known if _alike(considered, policies)), None)


class Mutator:
    """Runs cases under mutated policies. These live in here only: no endpoint ever gets to know of them."""

    def __init__(self, mesh: Mesh, runs: Iterable[Run], account: str) -> None:
        """`runs` are cases that pass, with their answers; `account` runs them."""
        self._mesh, self._account = mesh, account
        index = indexed(line for line in mesh.policies.lines if not isinstance(line, RoleLine))
        self._cases = []
        for case, answer in runs:
            about = [relation_lines(one.relation, index, {}).keys for one in answer.considered]
            concerned = frozenset(rule for keys in about for rule in keys)
            self._cases.append(_Outcomes(case, concerned, [(answer.considered, True)]))

    def tried(self, mutation: Mutation) -> Tried:
        lines = (mutation.changed if line is mutation.line else line for line in self._mesh.policies.lines)
        policies = WatchedPolicies(line for line in lines if line is not None)
        for outcomes in self._cases:
            if mutation.line.id in outcomes.concerned and not self._passes(outcomes, policies, mutation):
                return Tried(mutation, outcomes.case.name)
        return Tried(mutation, None)

    def _passes(self, outcomes: _Outcomes, policies: WatchedPolicies, mutation: Mutation) -> bool:
        foreseen = outcomes.foreseen(policies)
        if foreseen is not None:
            return foreseen
        answer = self._answer(outcomes.case, policies, mutation)
        passes = not differences(outcomes.case, answer, self._mesh.limits)
        outcomes.known.append((answer.considered, passes))
        return passes

    def _answer(self, case: Case, policies: WatchedPolicies, mutation: Mutation) -> Answer:
        audit = WitnessSink(self._mesh.audit)
        mutated = replace(self._mesh, policies=policies, audit=audit)
        client = f"{self._account}{MARK}{case.name}, mutation of {mutation.line.id}: {mutation.what}"
        return answered_under(case, mutated, policies, audit, client)


def _alike(considered: Iterable[Considered], policies: PolicySet) -> bool:
    return all(_meaning(one.decision) == _meaning(one.again(policies)) for one in considered)


def _meaning(decision: Decision) -> tuple[object, ...]:
    """All of a decision that an answer depends on: which line it comes from is not part of it."""
    columns = {name: _column(column) for name, column in decision.columns.items() if column.selectable}
    return decision.discoverable, columns, {(row.domain, row.name) for row in decision.restrictive}


def _column(column: ColumnDecision) -> tuple[object, ...]:
    rows = [grant.rows for grant in column.grants]
    filters = None if None in rows else frozenset((row.domain, row.name) for row in rows if row is not None)
    return filters, None if column.mask is None else (column.mask.domain, column.mask.name)


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
