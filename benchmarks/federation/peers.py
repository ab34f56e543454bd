"""The parent's side: each peer is a child process that is told a configuration, then asked statements."""

import pickle
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.federation.hub import connect_hub, hub
from benchmarks.federation.stores import Server, Stores, environment, mesh, uri
from benchmarks.federation.tools import python

ROOT = Path(__file__).parents[2]
CONNECT_SECONDS = 60.0
THREADS = 2
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a child measured. `peak`: megabytes. `error`: why there is no answer."""

    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    rows: list[Row] | None = None
    error: str = ""


class Child:
    """Starts again after it was ended for taking too long."""

    def __init__(self, command: tuple[str, ...], configuration: Mapping[str, Any]) -> None:
        self._command = command
        self._configuration = configuration
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, sql: str, timeout: float, *, rows: bool = False) -> Reply:
        try:
            process = self._process or self._start()
            self._tell(process, (sql, rows))
            return Reply(**self._heard(process, timeout))
        except TimeoutError:
            self.close()
            return Reply(error=f"over {timeout:.0f} s")
        except (EOFError, BrokenPipeError):
            self.close()
            return Reply(error="its process ended")

    def _start(self) -> "subprocess.Popen[bytes]":
        pipe = subprocess.PIPE
        self._process = process = subprocess.Popen(self._command, cwd=ROOT, stdin=pipe, stdout=pipe)
        self._tell(process, self._configuration)
        self._heard(process, CONNECT_SECONDS)
        return process

    def _tell(self, process: "subprocess.Popen[bytes]", message: object) -> None:
        assert process.stdin is not None
        process.stdin.write(pickle.dumps(message))
        process.stdin.flush()

    def _heard(self, process: "subprocess.Popen[bytes]", timeout: float) -> Mapping[str, Any]:
        assert process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            if not selector.select(timeout):
                raise TimeoutError
        found: Mapping[str, Any] = pickle.load(process.stdout)
        return found

    def close(self) -> None:
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        self._process = None


@dataclass(frozen=True, slots=True)
class Peer:
    """`client`: a server whose computing counts as the client's. `configured`: ports of servers -> configuration."""

    name: str
    command: tuple[str, ...]
    configured: Callable[[Mapping[str, int]], Mapping[str, Any]]
    client: Server | None = None

    @contextmanager
    def child(self, ports: Mapping[str, int]) -> Iterator[Child]:
        child = Child(self.command, self.configured(ports))
        try:
            yield child
        finally:
            child.close()


@contextmanager
def meshgate(found: Stores, layout: str) -> Iterator[Peer]:
    with mesh(found, layout) as folder:

        def configured(ports: Mapping[str, int]) -> Mapping[str, Any]:
            return {"folder": str(folder), "environment": environment(ports), "principal": "ana"}

        yield Peer("meshgate", _module(sys.executable, "ask_meshgate"), configured)


@contextmanager
def extension(found: Stores, layout: str) -> Iterator[Peer]:
    yield Peer("extension", _module(python("duckdb"), "ask_duckdb"), _places(found, layout))


@contextmanager
def chdb(found: Stores, layout: str) -> Iterator[Peer]:
    yield Peer("chdb", _module(python("chdb"), "ask_chdb"), _places(found, layout))


@contextmanager
def adbc(found: Stores, layout: str) -> Iterator[Peer]:
    yield Peer("adbc", _module(sys.executable, "ask_adbc"), _places(found, layout))


@contextmanager
def fdw(found: Stores, layout: str) -> Iterator[Peer]:
    with hub(found) as up:

        def configured(ports: Mapping[str, int]) -> Mapping[str, Any]:
            return {"uri": connect_hub(up, layout, ports)}

        yield Peer("fdw", _module(sys.executable, "ask_postgres"), configured, up)


PEERS = {"meshgate": meshgate, "extension": extension, "fdw": fdw, "chdb": chdb}


def _module(interpreter: str | Path, name: str) -> tuple[str, ...]:
    return (str(interpreter), "-m", f"benchmarks.federation.{name}")


def _places(found: Stores, layout: str) -> Callable[[Mapping[str, int]], Mapping[str, Any]]:
    tables = {name: asdict(table) for name, table in found.tables(layout).items()}

    def configured(ports: Mapping[str, int]) -> Mapping[str, Any]:
        return {"threads": THREADS, "servers": {n: uri(p) for n, p in ports.items()}, "tables": tables}

    return configured
