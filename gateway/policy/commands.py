"""`meshgate policy ...`: the words of the command line."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

from gateway.errors import ConfigurationError, MeshgateError

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001

Add = Callable[[Commands, str, str, str, str], argparse.ArgumentParser]
"""Adds a command: where, its name, a summary, what it does, examples."""

TROUBLE = 2
"""The exit status of `policy` where nothing could be found out: 1 says that something was found."""


def _policy(verb: Literal["test", "diff", "replay"]) -> Callable[[argparse.Namespace], int]:
    """The command, with what stops it as status 2. Everything that it takes is imported when it is called."""

    def command(options: argparse.Namespace) -> int:
        from gateway.policy import verbs

        try:
            return {"test": verbs.test, "diff": verbs.diff, "replay": verbs.replay}[verb](options)
        except (ConfigurationError, MeshgateError) as error:
            print(error, file=sys.stderr)
            return TROUBLE

    return command


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
    command.set_defaults(run=_policy("test"))


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
    command.set_defaults(run=_policy("diff"))


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
    command.set_defaults(run=_policy("replay"))


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
