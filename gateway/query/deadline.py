"""The time that a statement has (`limits.seconds`), from its first step to the last byte of its answer."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from gateway.errors import DeadlineExceeded, MeshgateError


class Cancelable(Protocol):
    """What can be stopped from any thread."""

    def cancel(self) -> None: ...


class Deadline:
    """Counts from its making. `passed`: a step was refused, or what ran was stopped, because of it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._timer: threading.Timer | None = None
        self.passed = False

    def check(self) -> None:
        """Before a step that nobody can stop. Raises DeadlineExceeded."""
        if time.monotonic() >= self._end:
            self.passed = True
            raise DeadlineExceeded

    def watch(self, running: Cancelable) -> None:
        """Cancel it when the time has come. Once."""
        self._timer = threading.Timer(max(0.0, self._end - time.monotonic()), self._stop, (running,))
        self._timer.daemon = True
        self._timer.start()

    def call_off(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _stop(self, running: Cancelable) -> None:
        self.passed = True
        running.cancel()


@contextmanager
def deadline(seconds: float) -> Iterator[Deadline]:
    """A statement's time while it starts. Whatever ends it before its answer stands calls the deadline off.

    Once it has passed, the error is DeadlineExceeded: what was canceled may say something else.
    """
    made = Deadline(seconds)
    try:
        yield made
    except BaseException as error:
        made.call_off()
        if made.passed and isinstance(error, MeshgateError):
            raise DeadlineExceeded from error
        raise
