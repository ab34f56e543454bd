"""`meshgate policy test`: the cases run, and what they say about the policies."""

import json
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.output import printable
from gateway.policy.answers import MARK, Answer, answered
from gateway.policy.coverage import RuleNote, counted, note, unexercised
from gateway.policy.mutations import Progress, Tried, mutated
from gateway.policy.verdicts import Difference, differences
from gateway.policy_tests import Case
from gateway.query.mesh import Mesh
from policies.lines import Line


@dataclass(frozen=True, slots=True)
class Verdict:
    case: Case
    differences: tuple[Difference, ...]

    @property
    def passes(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class Report:
    """`unexercised` None: only some cases ran; `tried` None: no mutations were tried.

    `rules` is the number of lines that coverage is about.
    """

    verdicts: tuple[Verdict, ...]
    rules: int
    unexercised: tuple[RuleNote, ...] | None
    tried: tuple[Tried, ...] | None

    @property
    def passes(self) -> bool:
        return all(verdict.passes for verdict in self.verdicts)

    def text(self) -> str:
        return printable_lines(self._lines())

    def _lines(self) -> Iterator[str]:
        for verdict in self.verdicts:
            yield from _verdict_lines(verdict)
        passing = sum(verdict.passes for verdict in self.verdicts)
        yield ""
        yield f"{passing:,} of {len(self.verdicts):,} tests pass"
        yield from self._coverage_lines()
        yield from self._mutation_lines()

    def _coverage_lines(self) -> Iterator[str]:
        if self.unexercised is None:
            return
        exercised = self.rules - len(self.unexercised)
        yield f"{exercised:,} of {self.rules:,} rules are exercised" + (
            "; no test exercises" if self.unexercised else ""
        )
        for rule in self.unexercised:
            yield _rule_line(rule)

    def _mutation_lines(self) -> Iterator[str]:
        if self.tried is None:
            return
        unnoticed = [tried.mutation for tried in self.tried if not tried.noticed]
        noticed = len(self.tried) - len(unnoticed)
        yield f"{noticed:,} of {len(self.tried):,} mutations are noticed" + (
            "; no test notices" if unnoticed else ""
        )
        for mutation in unnoticed:
            rule = note(mutation.line)
            yield f"  {rule.place}: {rule.id}: {mutation.what} ({rule.says})"

    def json(self) -> dict[str, object]:
        return {
            "passes": self.passes,
            "tests": [_verdict_json(verdict) for verdict in self.verdicts],
            "rules": self.rules,
            "unexercised": None if self.unexercised is None else [_rule_json(r) for r in self.unexercised],
            "mutations": None if self.tried is None else [_tried_json(tried) for tried in self.tried],
        }


def _rule_line(rule: RuleNote) -> str:
    name = "" if rule.id == rule.place else f"{rule.id}: "
    return f"  {rule.place}: {name}{rule.says}"


def printable_lines(lines: Iterator[str]) -> str:
    return "\n".join(printable(line) for line in lines)


# --- one test --------------------------------------------------------------------------------------------


def _verdict_lines(verdict: Verdict) -> Iterator[str]:
    case = verdict.case
    title = f"  {case.title}" if case.title else ""
    yield f"{'pass' if verdict.passes else 'FAIL'}  {case.name}{title}"
    if verdict.passes:
        return
    asked = f"{case.principal.name}{f', purpose {case.purpose}' if case.purpose else ''}, via {case.endpoint}"
    yield f"      {case.place}"
    yield f"      {asked}: {textwrap.shorten(case.statement, 100, placeholder=' ...')}"
    for difference in verdict.differences:
        yield from _difference_lines(difference)


def _difference_lines(difference: Difference) -> Iterator[str]:
    yield f"      {difference.key}"
    for word, value in (("expected", difference.expected), ("actual", difference.actual)):
        if isinstance(value, dict) and "number" in value:
            yield f"        {word:9}{value['number']:,} {value['what']}".rstrip()
            yield from (f"          {as_json(row)}" for row in value["rows"])
            if value["number"] > len(value["rows"]):
                yield "          ..."
        else:
            yield f"        {word:9}{value if isinstance(value, str) else as_json(value)}"


def as_json(value: object) -> str:
    """Compact JSON; decimals as they are written."""
    return json.dumps(value, ensure_ascii=False, default=str)


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    case = verdict.case
    return {
        "name": case.name,
        "title": case.title,
        "place": case.place,
        "principal": case.principal.name,
        "purpose": case.purpose,
        "endpoint": case.endpoint,
        "statement": case.statement,
        "passes": verdict.passes,
        "differences": [
            {"key": one.key, "expected": one.expected, "actual": one.actual} for one in verdict.differences
        ],
    }


def _rule_json(rule: RuleNote) -> dict[str, str]:
    return {"id": rule.id, "place": rule.place, "says": rule.says}


def _tried_json(tried: Tried) -> dict[str, object]:
    mutation = tried.mutation
    return {**_rule_json(note(mutation.line)), "mutation": mutation.what, "noticed": tried.noticed}


# --- all of them -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """`rules` are the lines that coverage and mutations are about; None: nothing is said about rules."""

    cases: tuple[Case, ...]
    rules: tuple[Line, ...] | None
    mutate: bool


def tested(plan: Plan, mesh: Mesh, account: str, progress: Progress) -> Report:
    """Run the cases, each on record as asked by `account`."""
    runs = _runs(plan.cases, mesh, account, progress)
    lines = [line for line in plan.rules or () if counted(line)]
    unused = unexercised(lines, [(verdict.case, answer) for verdict, answer in runs])
    tried = None
    if plan.mutate:
        passing = [(verdict.case, answer) for verdict, answer in runs if verdict.passes]
        tried = mutated(mesh, [line for line in lines if line not in unused], passing, account, progress)
    return Report(
        verdicts=tuple(verdict for verdict, _ in runs),
        rules=len(lines),
        unexercised=None if plan.rules is None else tuple(map(note, unused)),
        tried=tried,
    )


def _runs(
    cases: Sequence[Case], mesh: Mesh, account: str, progress: Progress
) -> list[tuple[Verdict, Answer]]:
    runs = []
    for number, case in enumerate(cases):
        progress(f"{number:,} of {len(cases):,} tests")
        answer = answered(case, mesh, f"{account}{MARK}{case.name}")
        runs.append((Verdict(case, differences(case, answer, mesh.limits)), answer))
    return runs
