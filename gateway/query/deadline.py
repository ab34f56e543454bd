"""The time that a statement has (`limits.seconds`), from its first step to the last byte of its answer."""

import itertools
import math
import threading
import time
from collections.abc import Callable, Iterator
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
        self._call: int | None = None
        self.passed = False

    def check(self) -> None:
        """Before a step that nobody can stop. Raises DeadlineExceeded."""
        if time.monotonic() >= self._end:
            self.passed = True
            raise DeadlineExceeded

    def watch(self, running: Cancelable) -> None:
        """Cancel it when the time has come. Once."""
        self._call = CALLS.add(self._end, lambda: self._stop(running))

    def call_off(self) -> None:
        if self._call is not None:
            CALLS.remove(self._call)

    def _stop(self, running: Cancelable) -> None:
        self.passed = True
        running.cancel()


class Calls:
    """Calls at instants of the monotonic clock. One thread waits for all of them: to start one for each statement
    would cost a short one as much as its planning. A call has a thread of its own, since it may take seconds."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[int, tuple[float, Callable[[], None]]] = {}
        self._numbers = itertools.count()
        self._next = math.inf
        self._waiting: threading.Thread | None = None

    def add(self, instant: float, call: Callable[[], None]) -> int:
        """The number by which it can be removed."""
        with self._changed:
            number = next(self._numbers)
            self._due[number] = instant, call
            if self._waiting is None:
                self._waiting = threading.Thread(target=self._wait, name="deadlines", daemon=True)
                self._waiting.start()
            elif instant < self._next:
                self._changed.notify()
            return number

    def remove(self, number: int) -> None:
        """Nothing happens if it was called already."""
        with self._changed:
            self._due.pop(number, None)

    def _wait(self) -> None:
        """Wakes at the earliest instant it knows of, also if that was removed: rarer than statements end."""
        with self._changed:
            while True:
                self._next = min((instant for instant, _ in self._due.values()), default=math.inf)
                self._changed.wait(min(self._next - time.monotonic(), threading.TIMEOUT_MAX))
                now = time.monotonic()
                for number in [number for number, (instant, _) in self._due.items() if instant <= now]:
                    _, call = self._due.pop(number)
                    threading.Thread(target=call, name="deadline", daemon=True).start()


CALLS = Calls()


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
