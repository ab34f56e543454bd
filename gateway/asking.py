"""One statement from the command line: answered whole or not at all; Ctrl-C cancels it at its sources."""

import os
import pwd
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import pyarrow as pa

from gateway.engines.base import OutputColumn
from gateway.errors import ConfigurationError
from gateway.output import deliver
from gateway.query.pipeline import run
from gateway.query.request import Request, Result
from gateway.server import OpenMesh

QUIET_SECONDS = 1.0
"""An answer that comes sooner shows no progress."""

LOOK_SECONDS = 0.2


def request(opened: OpenMesh, name: str, sql: str, purpose: str | None) -> Request:
    """Raises ConfigurationError if the mesh has no principal `name`."""
    principal = opened.principals.principal(name)
    if principal is None:
        raise ConfigurationError((f"--as: the mesh has no principal {name!r}, principals.yaml lists them",))
    return Request(text=sql, principal=principal, endpoint="cli", client=_account(), purpose=purpose)


def answer(asked: Request, opened: OpenMesh, form: str, path: Path | None) -> None:
    """Run it and deliver the answer. Raises what the pipeline raises; then nothing was delivered."""
    asking = _Asking(asked, opened, form, path)
    thread = threading.Thread(target=asking.work, name="query", daemon=True)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    thread.start()
    try:
        _watch(thread, asking)
    except KeyboardInterrupt:
        asking.cancel()
        _watch(thread, asking)
    finally:
        signal.signal(signal.SIGTERM, before)
    if asking.error is not None:
        raise asking.error


class _Asking:
    """The work is done in a thread: signals reach the main one while the engine or a source is busy."""

    def __init__(self, asked: Request, opened: OpenMesh, form: str, path: Path | None) -> None:
        self._asked, self._opened, self._form, self._path = asked, opened, form, path
        self._canceled = threading.Event()
        self._result: Result | None = None
        self.error: BaseException | None = None
        self.rows = 0

    def work(self) -> None:
        try:
            self._answer()
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            self.error = error

    def _answer(self) -> None:
        self._result = run(self._asked, self._opened.mesh)
        try:
            if self._canceled.is_set():
                self._result.cancel()
            deliver(self, self._form, self._path)
        finally:
            self._result.close()

    def cancel(self) -> None:
        """Ask for the end of the work; the next signal does not wait for it."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _leave)
        self._canceled.set()
        if self._result is not None:
            self._result.cancel()

    @property
    def columns(self) -> tuple[OutputColumn, ...]:
        assert self._result is not None
        return self._result.columns

    @property
    def schema(self) -> pa.Schema:
        assert self._result is not None
        return self._result.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        assert self._result is not None
        for batch in self._result.batches():
            self.rows += batch.num_rows
            yield batch


def _leave(_signal: int, _frame: FrameType | None) -> None:
    os._exit(1)


def _watch(thread: threading.Thread, asking: _Asking) -> None:
    """Wait for the end; on a terminal, say how far it is."""
    started, shown = time.monotonic(), False
    while thread.is_alive():
        thread.join(LOOK_SECONDS)
        elapsed = time.monotonic() - started
        if sys.stderr.isatty() and thread.is_alive() and elapsed > QUIET_SECONDS:
            shown = True
            sys.stderr.write(f"\r{asking.rows:,} rows, {elapsed:.0f} s")
            sys.stderr.flush()
    if shown:
        sys.stderr.write("\r\x1b[K")


def _account() -> str:
    """The operating system's name of who runs this: the principal is only who they ask as."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
