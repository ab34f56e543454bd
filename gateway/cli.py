"""The command line. Its words and exit status are an interface: 0 done, 1 refused or failed, 2 misused."""

import argparse
import getpass
import json
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from gateway.audit import AuditRecord, document, follow, latest, records
from gateway.auth.passwords import verifier
from gateway.errors import ConfigurationError, MeshgateError
from gateway.output import FORMATS, printable
from gateway.policy.commands import Commands, add_policy
from gateway.settings import load_settings

SHOWN_STATEMENT = 100
ORDERS = 200_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Wrong usage ends in SystemExit(2)."""
    options = parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        status = command(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader went away. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except ConfigurationError as error:
        return _failed(str(error))
    except MeshgateError as error:
        return _failed(f"{error.sqlstate}: {error}", error.hint)
    except OSError as error:
        return _failed(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        return _failed("interrupted")
    return status


def _failed(text: str, hint: str | None = None) -> int:
    print(text, *([f"hint: {hint}"] if hint else []), sep="\n", file=sys.stderr)
    return 1


# --- commands --------------------------------------------------------------------------------------------
# Each imports what it needs when it is called: what all of them need takes a second, help a fifth of that.


def _demo(options: argparse.Namespace) -> int:
    from gateway.demo.run import run_demo

    return run_demo(options.folder, options.scale, wait=not options.no_wait)


def _serve(options: argparse.Namespace) -> int:
    from gateway.serving import serve

    return serve(options.mesh)


def _check(options: argparse.Namespace) -> int:
    from gateway.opening import check

    for warning in check(options.mesh):
        print(f"warning: {warning}", file=sys.stderr)
    print(f"{options.mesh}: nothing is wrong")
    return 0


def _query(options: argparse.Namespace) -> int:
    from gateway.asking import answer, request
    from gateway.opening import open_mesh

    with closing(open_mesh(options.mesh)) as opened:
        asked = request(opened, options.principal, options.sql, options.purpose)
        answer(asked, opened, options.format, options.output)
    return 0


def _explain(options: argparse.Namespace) -> int:
    from gateway.asking import request
    from gateway.opening import open_mesh
    from gateway.query.explain.operator import explain

    with closing(open_mesh(options.mesh)) as opened:
        asked = request(opened, options.principal, options.sql, options.purpose)
        explanation = explain(asked, opened.mesh, analyze=options.analyze)
        as_json = options.format == "json"
        print(json.dumps(explanation.json(), indent=2, ensure_ascii=False) if as_json else explanation.text())
    return 0


def _tail(options: argparse.Namespace) -> int:
    directory = load_settings(options.mesh).audit_directory
    arriving = follow(directory) if options.follow else iter(())
    shown = _json_line if options.format == "json" else _text_line
    known = latest(records(directory), options.n)
    for record in known:
        print(shown(record), flush=options.follow)
    ended = {record.id for record in known if record.outcome != "started"}
    try:
        for record in arriving:
            if record.outcome != "started" and record.id not in ended:
                print(shown(record), flush=True)
    except KeyboardInterrupt:
        return 0
    return 0


def _password(_options: argparse.Namespace) -> int:
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if getpass.getpass("Again: ") != password:
            return _failed("the two passwords differ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        return _failed("the password is empty")
    print(verifier(password))
    return 0


def _json_line(record: AuditRecord) -> str:
    return json.dumps(document(record), ensure_ascii=False)


def _text_line(record: AuditRecord) -> str:
    """One access on one line; everything a consumer chose is made printable."""
    instant = datetime.fromtimestamp(record.time, UTC).isoformat(timespec="milliseconds")
    parts = [
        instant.replace("+00:00", "Z"),
        f"{record.outcome:9}",
        record.principal,
        f"via {record.endpoint}",
    ]
    parts += [f"for {record.purpose}"] if record.purpose else []
    parts += [f"{record.rows:,} rows"] if record.outcome == "done" else []
    parts += [f"{record.sqlstate}: {record.message}"] if record.sqlstate else []
    return printable(f"{'  '.join(parts)}  {_shortened(record.statement)}")


def _shortened(statement: str) -> str:
    flat = " ".join(statement.split())
    return flat if len(flat) <= SHOWN_STATEMENT else f"{flat[: SHOWN_STATEMENT - 3]}..."


# --- what may be written ---------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="meshgate",
        description="One SQL statement over every domain's data products, governed and audited.",
        epilog="Exit status: 0 done, 1 refused or failed (the reason is on stderr), 2 wrong usage. "
        "'meshgate COMMAND --help' explains each command, with examples.",
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"meshgate {version('meshgate')}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for add in (_add_demo, _add_serve, _add_check, _add_query, _add_explain, _add_audit):
        add(commands)
    add_policy(commands, _add)
    _add_password(commands)
    return top


def _add(commands: Commands, name: str, summary: str, about: str, examples: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=textwrap.fill(" ".join(about.split()), 80),
        epilog=f"examples:\n{textwrap.indent(textwrap.dedent(examples).strip(), '  ')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return command


def _add_demo(commands: Commands) -> None:
    about = """
        Build the demo mesh if it is absent, start its sources and the gateway, run the story, say how to
        connect, and stay up until Ctrl-C. Without a terminal it ends after the story."""
    examples = """
        meshgate demo
        meshgate demo --folder /tmp/mesh --scale 20000 --no-wait"""
    command = _add(commands, "demo", "see it work, with nothing to install", about, examples)
    command.add_argument(
        "--folder", metavar="DIR", type=Path, default=Path("demo-mesh"), help="where (default: demo-mesh)"
    )
    command.add_argument(
        "--scale", metavar="N", type=_positive, default=ORDERS, help=f"number of orders (default: {ORDERS})"
    )
    command.add_argument("--no-wait", action="store_true", help="end after the story")
    command.set_defaults(run=_demo)


def _add_serve(commands: Commands) -> None:
    about = """
        Start every endpoint of the mesh. Ports open only when the gateway can answer; then one line says
        where: 'ready postgres=127.0.0.1:5433'. SIGHUP reads the folder again (a broken one changes nothing
        and says why), SIGTERM or Ctrl-C lets running statements end and exits with 0, a second one ends at
        once."""
    examples = """
        meshgate serve ./mesh
        kill -HUP $(pgrep -f 'meshgate serve')    # after a change of policies, contracts or principals"""
    command = _add(commands, "serve", "start the endpoints of a mesh", about, examples)
    _add_mesh(command)
    command.set_defaults(run=_serve)


def _add_check(commands: Commands) -> None:
    about = """
        Validate all of a mesh folder, down to the columns and types of the sources. Everything that is wrong
        is said on stderr, one 'file: key.path: what is wrong, what to do' a line; then the exit status is 1.
        Lines that begin with 'warning:' do not count: among them are policy lines that have ended, match nobody,
        or stand in each other's way."""
    examples = """
        meshgate check ./mesh"""
    command = _add(commands, "check", "validate a mesh folder", about, examples)
    _add_mesh(command)
    command.set_defaults(run=_check)


def _add_query(commands: Commands) -> None:
    about = """
        Answer one statement as a principal, through the same governance and audit as every endpoint. An
        answer that fails half way leaves nothing on standard output and no file. JSON is one array of
        objects: decimals, dates and integers beyond 2^53 are strings, instants ISO 8601; a column name that
        occurs twice gets a number. CSV is RFC 4180: NULL is the empty field, an empty string is quoted."""
    examples = """
        meshgate query ./mesh "SELECT region, count(*) FROM sales.orders GROUP BY region" --as ana
        meshgate query ./mesh "FROM sales.orders" --as felix --purpose audit --format csv --output a.csv"""
    command = _add(commands, "query", "answer one statement as a principal", about, examples)
    _add_statement(command)
    command.add_argument(
        "--format",
        choices=tuple(FORMATS),
        default="table",
        help="table (default), csv, json, or arrow (an IPC stream)",
    )
    command.add_argument(
        "--output", metavar="FILE", type=Path, help="write here instead of to standard output"
    )
    command.set_defaults(run=_query)


def _add_explain(commands: Commands) -> None:
    about = """
        Show the rules that match, the governed SQL, what each source will run with how many rows and keys,
        what stays with the gateway and why, and what the domains could do. Runs nothing, unless --analyze
        asks for what really comes. This is the operator's view: it shows filters and masks that the
        principal must not see. The principal's own is EXPLAIN and EXPLAIN (POLICY) before a statement."""
    examples = """
        meshgate explain ./mesh "SELECT email FROM sales.customers" --as ana
        meshgate explain ./mesh "SELECT count(*) FROM sales.orders" --as ana --format json
        meshgate explain ./mesh "SELECT count(*) FROM sales.orders" --as ana --analyze"""
    command = _add(commands, "explain", "show what would run, and why", about, examples)
    _add_statement(command)
    command.add_argument(
        "--analyze",
        action="store_true",
        help="run it as the principal, on record, and show what came from where",
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    command.set_defaults(run=_explain)


def _add_audit(commands: Commands) -> None:
    about = """
        Read the audit journal of a mesh: every access of every process, also refused and failed ones."""
    examples = """
        meshgate audit tail ./mesh
        meshgate audit tail ./mesh -n 100 --format json
        meshgate audit tail ./mesh --follow"""
    audit = _add(commands, "audit", "read the audit journal", about, examples)
    verbs = audit.add_subparsers(title="commands", metavar="COMMAND", required=True)
    about = """
        Show the newest accesses, oldest first, each once in its last known state."""
    command = _add(verbs, "tail", "show the newest accesses", about, examples)
    _add_mesh(command)
    command.add_argument("-n", metavar="N", type=_count, default=20, help="how many (default: 20)")
    command.add_argument(
        "--follow", action="store_true", help="then show each access as it ends, until Ctrl-C"
    )
    command.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    command.set_defaults(run=_tail)


def _add_password(commands: Commands) -> None:
    about = """
        Read a password (twice from a terminal, where it does not show; one line from a pipe) and print its
        SCRAM-SHA-256 verifier, which is what principals.yaml holds."""
    examples = """
        meshgate password
        pass show mesh/ana | meshgate password"""
    command = _add(commands, "password", "make a password's verifier", about, examples)
    command.set_defaults(run=_password)


def _add_mesh(command: argparse.ArgumentParser) -> None:
    command.add_argument("mesh", metavar="MESH", type=Path, help="the mesh folder")


def _add_statement(command: argparse.ArgumentParser) -> None:
    _add_mesh(command)
    command.add_argument("sql", metavar="SQL", help="one statement, in DuckDB's SQL, over domain.relation")
    command.add_argument(
        "--as", dest="principal", metavar="PRINCIPAL", required=True, help="who asks, of principals.yaml"
    )
    command.add_argument("--purpose", metavar="P", help="one of the principal's purposes")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 0 or more")
    return int(text)


def _positive(text: str) -> int:
    if _count(text) == 0:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
