"""Who is taken to have gone away."""

import socket
import threading
from contextlib import closing

from gateway.frontends.http.watch import Watcher


class Turnstile:
    """A lock before which one thread waits until it is let through."""

    def __init__(self) -> None:
        self.waits, self.let_through, self.passed = (
            threading.Event(),
            threading.Event(),
            threading.Semaphore(0),
        )
        self.held_up: threading.Thread | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if threading.current_thread() is self.held_up:
            self.waits.set()
            self.let_through.wait()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()
        if threading.current_thread() is self.held_up:
            self.passed.release()


def test_who_comes_after_one_that_went_is_not_taken_for_it() -> None:
    """The operating system gives the next connection the number of the one before."""
    canceled: list[str] = []
    watcher = Watcher()
    with closing(watcher):
        turnstile = Turnstile()
        watcher._changing = turnstile  # type: ignore[assignment]
        turnstile.held_up = watcher._thread
        ours, theirs = socket.socketpair()
        number = ours.fileno()
        before = watcher.attend(ours, 60)
        theirs.close()
        assert turnstile.waits.wait(10)  # it has seen that one went, and is about to look who
        watcher.leave(before)
        ours.close()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            assert ours.fileno() == number
            following = watcher.attend(ours, 60)
            turnstile.let_through.set()
            assert turnstile.passed.acquire(timeout=10)
            assert turnstile.passed.acquire(timeout=10)  # it has been through, and looked at deadlines since
            following.watch(lambda: canceled.append("following"))
            watcher.leave(following)
    assert canceled == []
