"""What `meshgate policy test`, `diff` and `replay` do: from the words of the command line to what is printed."""

import argparse
import json
from contextlib import closing
from typing import Protocol

from gateway.asking import Progress, account
from gateway.documents import choices, did_you_mean
from gateway.errors import ConfigurationError
from gateway.opening import OpenMesh, open_mesh
from gateway.policy.difference import compared
from gateway.policy.replaying import DAY, replayed
from gateway.policy.testing import Plan, tested
from gateway.policy_tests import Case, read_cases


class Report(Protocol):
    def text(self) -> str: ...

    def json(self) -> dict[str, object]: ...


def _print(report: Report, form: str) -> None:
    as_json = form == "json"
    print(json.dumps(report.json(), indent=2, ensure_ascii=False, default=str) if as_json else report.text())


# --- test ------------------------------------------------------------------------------------------------


def test(options: argparse.Namespace) -> int:
    with closing(open_mesh(options.mesh)) as opened:
        plan = _plan(opened, options)
        progress = Progress()
        try:
            report = tested(plan, opened.mesh, account(), progress.show)
        finally:
            progress.clear()
    _print(report, options.format)
    return 0 if report.passes else 1


def _plan(opened: OpenMesh, options: argparse.Namespace) -> Plan:
    """Raises ConfigurationError: the files are wrong, or there is no such case."""
    cases, problems = read_cases(opened.settings, opened.principals.principals)
    if problems:
        raise ConfigurationError(problems)
    if options.domain is not None and options.domain not in opened.mesh.catalog.domains:
        near = did_you_mean(options.domain, opened.mesh.catalog.domains)
        raise ConfigurationError((f"--domain: domain '{options.domain}' does not exist{near}",))
    chosen = tuple(case for case in cases if options.domain in (None, case.owner))
    if options.case:
        chosen = tuple(case for name in options.case for case in _named(name, chosen))
    if not chosen:
        where = f"domains/{options.domain or '<domain>'}/policy_tests.yaml"
        raise ConfigurationError((f"{where}: there are no policy tests: write some",))
    lines = (line for line in opened.mesh.policies.lines if options.domain in (None, line.owner))
    return Plan(chosen, None if options.case else tuple(lines), options.mutate)


def _named(name: str, cases: tuple[Case, ...]) -> tuple[Case, ...]:
    """The case of this name, or all of this id."""
    found = tuple(case for case in cases if name in (case.name, case.id))
    if not found:
        known = [case.name for case in cases]
        near = did_you_mean(name, known) or f"; there are {choices(known)}"
        raise ConfigurationError((f"--case: there is no case '{name}'{near}",))
    return found


# --- diff and replay -------------------------------------------------------------------------------------


def diff(options: argparse.Namespace) -> int:
    report = compared(options.old, options.new)
    _print(report, options.format)
    return 1 if report.changes else 0


def replay(options: argparse.Namespace) -> int:
    progress = Progress()
    try:
        report = replayed(options.new, options.audit, options.days * DAY, progress.show)
    finally:
        progress.clear()
    _print(report, options.format)
    return 1 if report.changes else 0
