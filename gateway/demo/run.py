"""`meshgate demo`: make what is missing, start it, tell the story, stay until told to stop, stop it all."""

import errno
import fcntl
import os
import shutil
import signal
import socket
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

import psycopg

from gateway.audit import AuditRecord, latest, records
from gateway.demo import show
from gateway.demo.build import FolderError, Servers, environment, load_data, write_texts
from gateway.demo.story import ANA, ASKERS, FELIX, MIA, QUESTIONS, ask
from gateway.embedded import ENDING, ServerError, ending_signals, postgres, undisturbed
from gateway.errors import ConfigurationError, MeshgateError
from gateway.server import Server
from gateway.settings import Address, Settings, load_settings

RECORD_SECONDS = 5.0
STOP_SECONDS = 2.0
Addresses = Mapping[str, Address]


class DemoError(Exception):
    """The demo cannot go on. The text is for the terminal."""


def _wait_for_a_signal() -> None:
    """In slices: under load a signal does not always wake a thread that waits without end."""
    while not threading.Event().wait(0.5):
        pass


def run_demo(folder: Path, scale: int, *, wait: bool) -> int:
    """The exit status: 0 the story was told, 1 it could not be, or was stopped before its end.

    `scale` is the number of orders. Without `wait`, or without a terminal, it ends after the story.
    """
    told = False
    try:
        with _ending_signals(), _locked(folder.resolve()) as home, ExitStack() as stack:
            addresses, settings = start(home, scale, stack)
            _tell(addresses, settings)
            told = True
            if wait and sys.stdout.isatty():
                print("\nEverything stays up until Ctrl-C.")
                _wait_for_a_signal()
    except KeyboardInterrupt:
        return 0 if told else _failed("interrupted")
    except (
        DemoError,
        FolderError,
        ServerError,
        ConfigurationError,
        MeshgateError,
        OSError,
        psycopg.Error,
    ) as error:
        return _failed(str(error))
    return 0


def _failed(reason: str) -> int:
    print(f"meshgate demo: {reason}", file=sys.stderr)
    return 1


@contextmanager
def _ending_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal end the demo in good order; a second one does not disturb it."""

    def end(_signal: int, _frame: FrameType | None) -> None:
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    with ending_signals(end):
        yield


@contextmanager
def _locked(folder: Path) -> Iterator[Path]:
    """The folder with its texts in place, for this process alone."""
    write_texts(folder)
    state = folder / "state"
    state.mkdir(mode=0o700, exist_ok=True)
    with (state / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DemoError(f"{folder}: another demo runs in this folder") from error
        yield folder


def start(folder: Path, scale: int, stack: ExitStack) -> tuple[Addresses, Settings]:
    """Sources and gateway, up until `stack` ends, and where its endpoints listen."""
    with _step("two PostgreSQL servers"):
        state = folder / "state"
        servers = Servers(*(stack.enter_context(postgres(state / name)) for name in ("cloud", "premises")))
    with _step(f"{scale:,} orders and what belongs to them"):
        load_data(folder, servers, scale)
    with _step("the gateway"):
        settings = load_settings(folder, {**os.environ, **environment(folder, servers)})
        flight, http = (_free(wanted) if wanted else None for wanted in (settings.flight, settings.http))
        free = replace(settings, postgres=_free(_needed(settings.postgres)), flight=flight, http=http)
        addresses = stack.enter_context(_gateway(free))
    return addresses, settings


@contextmanager
def _gateway(settings: Settings) -> Iterator[Addresses]:
    """The gateway in this process."""
    server = Server(settings)
    server.start()
    try:
        for warning in server.current.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        yield server.addresses
    finally:
        with undisturbed():
            server.stop(STOP_SECONDS)


@contextmanager
def _step(name: str) -> Iterator[None]:
    """A line on a terminal while something takes its time; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    start = time.monotonic()
    print(f"  {name} ...", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print(f" {time.monotonic() - start:.1f} s", file=sys.stderr)


def _needed(wanted: Address | None) -> Address:
    if wanted is None:
        raise DemoError("mesh.toml: endpoints.postgres: the story is told over it: put it back")
    return wanted


def _free(wanted: Address) -> Address:
    """The address of mesh.toml, or any free port (0) of that host if something else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((wanted.host, wanted.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return replace(wanted, port=0)
            raise
    return wanted


def _tell(addresses: Addresses, settings: Settings) -> None:
    address = addresses["postgres"]
    start = time.time()
    print(f"The mesh is in {settings.folder}, the gateway listens on {address}.")
    for question in QUESTIONS:
        answers = [ask(asker, question, address) for asker in ASKERS]
        print(f"\n{question.title}\n\n{textwrap.indent(question.sql, '  ')}\n")
        print("\n".join(show.side_by_side(question, answers, _width())))
    journal = _journal(settings, start)
    _tell_sources(journal)
    print("\nThe audit records\n")
    print("\n".join(show.audit_lines(journal)))
    _tell_how_to_connect(addresses, settings)


def _width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _journal(settings: Settings, start: float) -> Sequence[AuditRecord]:
    """The records of the story's statements, as soon as the last one is closed."""
    statements = {question.sql for question in QUESTIONS}
    count = len(statements) * len(ASKERS)
    deadline = time.monotonic() + RECORD_SECONDS
    while True:
        fresh = (record for record in records(settings.audit_directory) if record.time >= start)
        ours = [record for record in latest(fresh, 10 * count) if record.statement in statements]
        if len(ours) == count and all(record.outcome != "started" for record in ours):
            return ours
        if time.monotonic() > deadline:
            raise DemoError(
                f"{settings.audit_directory}: {count} audit records are expected, {len(ours)} found"
            )
        time.sleep(0.05)


def _tell_sources(journal: Sequence[AuditRecord]) -> None:
    for asker, record in zip(ASKERS, journal, strict=False):
        print(f"\nWhat the sources were asked for {asker.name}'s first question\n")
        print("\n".join(show.source_queries(record)) or "Nothing: it was refused before.")


def _tell_how_to_connect(addresses: Addresses, settings: Settings) -> None:
    address, wanted = addresses["postgres"], settings.postgres
    taken = f" (not on port {wanted.port}, which is taken)" if wanted and wanted.port != address.port else ""
    print(f"\nAsk it yourself{taken}\n")
    for asker in (*ASKERS, MIA):
        print(f'  psql "{asker.uri(address)}"')
    print(f"""
  import psycopg
  with psycopg.connect("{FELIX.uri(address)}") as connection:
      print(connection.execute("SELECT carrier, max(days_late) FROM shipping.delays GROUP BY 1").fetchall())

  Arrow, for pandas, Polars and others, by Flight SQL: grpc://{addresses.get("flight", "(off)")}
  JSON, CSV and others by HTTP: http://{addresses.get("http", "(off)")}/v1/openapi.json

  . {settings.folder}/state/sources.env
  meshgate explain {settings.folder} "SELECT email FROM sales.customers" --as {ANA.name}
  meshgate audit tail {settings.folder}""")
