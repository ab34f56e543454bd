"""`meshgate serve`: a gateway in a process of its own, driven by signals."""

import ctypes
import logging
import os
import queue
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

import pyarrow as pa

from gateway.errors import ConfigurationError
from gateway.server import Server
from gateway.settings import load_settings

LOG = logging.getLogger(__name__)

ENDING = (signal.SIGTERM, signal.SIGINT)
SWITCH_SECONDS = 0.001
"""What a short statement waits for a long one each time that it comes back from a disk or a source. Python's own choice
is five times that."""

GLIBC = {-8: os.cpu_count() or 1, -1: 32 << 20, -3: 32 << 20}
"""`mallopt(3)`: M_ARENA_MAX; M_TRIM_THRESHOLD and M_MMAP_THRESHOLD, in bytes (the last at its most)."""


def serve(folder: Path) -> int:
    """Serve until SIGTERM or SIGINT; the exit status. `ready ...` on standard output: ports are open."""
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    for package in ("gateway", "policies", "connectors"):
        logging.getLogger(package).setLevel(logging.INFO)
    _allow_many_connections()
    sys.setswitchinterval(SWITCH_SECONDS)
    _keep_freed_memory()
    pa.set_memory_pool(
        pa.system_memory_pool()
    )  # Arrow's own keeps what is freed: a third more for a long answer
    with _signals() as events:
        server = Server(load_settings(folder))
        server.start()
        server.warm()
        _warn(server.current.warnings)
        listening = (f"{name}={where}" for name, where in server.addresses.items())
        _say(sys.stdout, " ".join(["ready", *listening]))
        while (number := events.get()) not in ENDING:
            if number == signal.SIGHUP:
                _reload(server)
        server.stop()
    return 0


def _keep_freed_memory() -> None:
    """Where the C library is glibc: what one batch's encoding gives back is there for the next one's, whichever thread
    has that. By itself glibc returns it to the system each time, and a quarter to a third of a long answer's time in
    the system goes into getting it again. An arena for each core, not eight, keeps less in all."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for name, value in GLIBC.items():
            mallopt(name, value)


def _allow_many_connections() -> None:
    """Each is an open file, and the usual soft limit of 1,024 is there for programs that use select()."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


Events = queue.SimpleQueue[int]


@contextmanager
def _signals() -> Iterator[Events]:
    """SIGHUP, SIGTERM and SIGINT as they come.

    Python runs signal handlers in the main thread only, and if the kernel gave the signal to another thread, a main
    thread that waits does not wake up for it. The byte that the interpreter writes to a socket arrives at once.
    """
    events: Events = queue.SimpleQueue()
    reader, writer = socket.socketpair()
    writer.settimeout(0)  # the interpreter asks for a socket that does not block
    before = [(number, signal.signal(number, _nothing)) for number in (signal.SIGHUP, *ENDING)]
    signal.set_wakeup_fd(writer.fileno())
    forwarding = threading.Thread(target=_forward, args=(reader, events), name="signals", daemon=True)
    forwarding.start()
    try:
        yield events
    finally:
        signal.set_wakeup_fd(-1)
        for number, action in before:
            signal.signal(number, action)
        writer.close()
        forwarding.join()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Without a handler of Python's there is no byte on the socket."""


def _forward(reader: socket.socket, events: Events) -> None:
    """The second signal that asks for the end does not wait for the end that the first began."""
    ending = False
    with reader:
        while data := reader.recv(1):
            if data[0] in ENDING and ending:
                os._exit(1)
            ending = ending or data[0] in ENDING
            events.put(data[0])


def _reload(server: Server) -> None:
    try:
        warnings = server.reload()
    except ConfigurationError as error:
        _say(sys.stderr, f"not reloaded, the mesh stays as it was:\n{error}")
    except Exception:
        LOG.exception("not reloaded, the mesh stays as it was")  # whatever it was, statements are answered
    else:
        _warn(warnings)
        _say(sys.stderr, "reloaded")


def _warn(warnings: tuple[str, ...]) -> None:
    for warning in warnings:
        _say(sys.stderr, f"warning: {warning}")


def _say(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")
    stream.flush()
