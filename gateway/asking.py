"""One statement from the command line: answered whole or not at all; Ctrl-C cancels it at its sources."""

import os
import pwd
import queue
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
from gateway.opening import OpenMesh
from gateway.output import deliver
from gateway.query.pipeline import run
from gateway.query.request import Request, Result

QUIET_SECONDS = 1.0
"""An answer that comes sooner shows no progress."""

LOOK_SECONDS = 0.2
"""Waiting is never longer: a signal that the kernel gave to another thread does not end it."""


def request(opened: OpenMesh, name: str, sql: str, purpose: str | None) -> Request:
    """Raises ConfigurationError if the mesh has no principal `name`."""
    principal = opened.principals.principal(name)
    if principal is None:
        raise ConfigurationError((f"--as: the mesh has no principal {name!r}, principals.yaml lists them",))
    return Request(text=sql, principal=principal, endpoint="cli", client=account(), purpose=purpose)


def answer(asked: Request, opened: OpenMesh, form: str, path: Path | None) -> None:
    """Run it and deliver the answer. Raises what the pipeline raises; then nothing was delivered.

    The work is done in a thread, so that signals reach this one while the engine or a source is busy. They come
    as events, not as exceptions: an exception could strike before the thread or the statement is known here.
    """
    asking = _Asking(asked, opened, form, path)
    before = [(number, signal.signal(number, asking.note)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        threading.Thread(target=asking.work, name="query", daemon=True).start()
        asking.wait()
    finally:
        for number, action in before:
            signal.signal(number, action)
    if asking.error is not None:
        raise asking.error


class _Asking:
    """A statement under way, and the `Rows` of its answer."""

    def __init__(self, asked: Request, opened: OpenMesh, form: str, path: Path | None) -> None:
        self._asked, self._opened, self._form, self._path = asked, opened, form, path
        self._events: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._canceled = threading.Event()
        self._result: Result | None = None
        self._rows = 0
        self.error: BaseException | None = None

    # --- in its own thread ---------------------------------------------------------------------------

    def work(self) -> None:
        try:
            self._answer()
        except BaseException as error:  # noqa: BLE001  # raised again where it is waited for
            self.error = error
        finally:
            self._events.put(None)

    def _answer(self) -> None:
        self._result = run(self._asked, self._opened.mesh)
        try:
            if self._canceled.is_set():
                self._result.cancel()
            deliver(self, self._form, self._path)
        finally:
            self._result.close()

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
            self._rows += batch.num_rows
            yield batch

    # --- in the main thread --------------------------------------------------------------------------

    def note(self, number: int, _frame: FrameType | None) -> None:
        """A signal has come."""
        self._events.put(number)

    def wait(self) -> None:
        """Until the end. The first signal cancels, the second does not wait for that."""
        progress = Progress()
        while True:
            try:
                event = self._events.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                progress.show(f"{self._rows:,} rows")
                continue
            if event is None:
                progress.clear()
                return
            if self._canceled.is_set():
                os._exit(1)
            self._canceled.set()
            if self._result is not None:
                self._result.cancel()


class Progress:
    """On a terminal, how far long work is; nothing in a pipe."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._shown = False

    def show(self, done: str) -> None:
        elapsed = time.monotonic() - self._started
        if elapsed > QUIET_SECONDS and sys.stderr.isatty():
            self._shown = True
            sys.stderr.write(f"\r\x1b[K{done}, {elapsed:.0f} s")
            sys.stderr.flush()

    def clear(self) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def account() -> str:
    """The operating system's name of who runs this: the principal is only who they ask as."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
