"""`meshgate policy ...`: the words of the command line, and what is printed."""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Protocol, TypeAlias

from gateway.asking import Progress, account
from gateway.documents import choices, did_you_mean
from gateway.errors import ConfigurationError, MeshgateError
from gateway.policy.difference import compared
from gateway.policy.replaying import DAY, replayed
from gateway.policy.testing import Plan, tested
from gateway.policy_tests import Case, read_cases
from gateway.server import OpenMesh, open_mesh

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

Add = Callable[[Commands, str, str, str, str], argparse.ArgumentParser]
"""Adds a command: where, its name, a summary, what it does, examples."""

TROUBLE = 2
"""The exit status of `policy` where nothing could be found out: 1 says that something was found."""


class Report(Protocol):
    def text(self) -> str: ...

    def json(self) -> dict[str, object]: ...


def _policy(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """The command, with what stops it as status 2."""

    def command(options: argparse.Namespace) -> int:
        try:
            return run(options)
        except (ConfigurationError, MeshgateError) as error:
            print(error, file=sys.stderr)
            return TROUBLE

    return command


def _print(report: Report, form: str) -> None:
    as_json = form == "json"
    print(json.dumps(report.json(), indent=2, ensure_ascii=False, default=str) if as_json else report.text())


# --- test ------------------------------------------------------------------------------------------------


def _test(options: argparse.Namespace) -> int:
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


def _diff(options: argparse.Namespace) -> int:
    report = compared(options.old, options.new)
    _print(report, options.format)
    return 1 if report.changes else 0


def _replay(options: argparse.Namespace) -> int:
    progress = Progress()
    try:
        report = replayed(options.new, options.audit, options.days * DAY, progress.show)
    finally:
        progress.clear()
    _print(report, options.format)
    return 1 if report.changes else 0


# --- what may be written ---------------------------------------------------------------------------------


def add_policy(commands: Commands, add: Add) -> None:
    about = """
        Understand policies before they are trusted: run the tests that stand in the mesh folder, compare two
        folders, decide again what was asked in the last days."""
    examples = """
        meshgate policy test ./mesh --mutate
        meshgate policy diff ./mesh ./mesh-with-my-change
        meshgate policy replay ./mesh-with-my-change --days 7 --audit ./mesh"""
    policy = add(commands, "policy", "test, compare and replay policies", about, examples)
    verbs = policy.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add_verb in (_add_test, _add_diff, _add_replay):
        add_verb(verbs, add)


def _add_test(verbs: Commands, add: Add) -> None:
    about = """
        Run the cases of policy_tests.yaml and of every domains/<domain>/policy_tests.yaml through the real
        pipeline, each as its principal, and say which fail and how; then which policy lines no case
        exercises. With --mutate, take away one protection at a time (a row filter, a mask, a deny, a
        condition), in the memory of this command only, run the cases that this concerns again, and say which
        losses no case notices. Every run is an access and on record, under endpoint cli, with the name of the
        account that ran the test; what a failing test prints are real rows. Exit status: 0 all pass,
        1 some fail, 2 they could not be run (wrong usage, a broken folder, no tests). Rules that are not
        exercised and mutations that are not noticed do not change it."""
    examples = """
        meshgate policy test ./mesh
        meshgate policy test ./mesh --domain sales --mutate
        meshgate policy test ./mesh --case sales/ana-sees-europe --format json"""
    command = add(verbs, "test", "run the policy tests of a mesh", about, examples)
    command.add_argument("mesh", metavar="MESH", type=Path, help="the mesh folder")
    command.add_argument("--domain", metavar="D", help="the cases and the policy lines of this domain only")
    command.add_argument(
        "--case",
        metavar="ID",
        action="append",
        help="this case only (id, or domain/id), with nothing said about rules; may be repeated",
    )
    command.add_argument("--mutate", action="store_true", help="also run the cases under mutated policies")
    _add_format(command)
    command.set_defaults(run=_policy(_test))


def _add_diff(verbs: Commands, add: Add) -> None:
    about = """
        Say who gains or loses which columns, rows and masks if the folder NEW takes the place of OLD: over all
        principals of principals.yaml (with each purpose and endpoint that a condition names), over all roles,
        groups and domains that policy lines name (each as somebody who is or has that alone), and over all
        relations. Row filters are shown as SQL. Sources are looked at for their tables, never read; products
        whose source cannot be reached are compared by their contracts, which is said. Exit status, as of
        diff: 0 nobody sees anything else, 1 somebody does, 2 it could not be found out."""
    examples = """
        meshgate policy diff ./mesh ./mesh-with-my-change
        git worktree add ../before main && meshgate policy diff ../before . --format json"""
    command = add(verbs, "diff", "who sees what else after a change", about, examples)
    command.add_argument("old", metavar="OLD", type=Path, help="the mesh folder as it is")
    command.add_argument("new", metavar="NEW", type=Path, help="the mesh folder as it would be")
    _add_format(command)
    command.set_defaults(run=_policy(_diff))


def _add_replay(verbs: Commands, add: Add) -> None:
    about = """
        Decide the audited statements of the last days again, each for its principal, purpose and endpoint,
        under the policies of the folder NEW, and list those whose answers would change: refused or allowed
        now, rows filtered, columns masked or shown in another way. No statement is run. With the folder of
        the old mesh as --audit, both policies decide; with a folder of journals only, or without, the
        decision is compared with what the records say (columns, masks and the ids of rules; a rule that kept
        its id is taken to say the same). Groups are those of the record, attributes and purposes those of
        principals.yaml now. Exit status: 0 no answer would change, 1 some would, 2 it could not be found out,
        for example because the journal is damaged."""
    examples = """
        meshgate policy replay ./mesh-with-my-change --days 7 --audit ./mesh
        meshgate policy replay ./mesh --days 1 --format json"""
    command = add(verbs, "replay", "whose answers a change would change", about, examples)
    command.add_argument("new", metavar="NEW", type=Path, help="the mesh folder as it would be")
    command.add_argument("--days", metavar="N", type=_days, default=7.0, help="how far back (default: 7)")
    command.add_argument(
        "--audit",
        metavar="DIR",
        type=Path,
        help="the old mesh folder, or a folder of journals (default: NEW's)",
    )
    _add_format(command)
    command.set_defaults(run=_policy(_replay))


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 < days < 36_525:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days above zero")
    return days
