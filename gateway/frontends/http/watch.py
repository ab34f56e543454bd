"""Clients that go away, or are late with their request, while a thread is busy with them."""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

LOOK_SECONDS = 1.0
"""How exact a deadline is."""


class Attended:
    """A connection that a thread is busy with. `cancel` is what to do when its client goes away."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self.connection = connection
        self.deadline: float | None = deadline
        self._cancel: Callable[[], None] | None = None
        self._is_gone = False
        self._changing = threading.Lock()

    def came(self) -> None:
        """The request is here: from now on it is the gateway that takes its time."""
        self.deadline = None

    def watch(self, cancel: Callable[[], None]) -> None:
        with self._changing:
            self._cancel = cancel
            is_gone = self._is_gone
        if is_gone:
            cancel()

    def gone(self) -> None:
        with self._changing:
            self._is_gone, cancel = True, self._cancel
        if (
            cancel is not None
        ):  # it may have to reach a source that does not answer: nobody else waits for that
            threading.Thread(target=cancel, name="http-cancel", daemon=True).start()

    def end(self) -> None:
        """Whatever the thread waits for on the connection fails. Below TLS, which is not for two threads."""
        self.gone()
        with suppress(OSError):
            socket.socket.shutdown(self.connection, socket.SHUT_RDWR)


class Watcher:
    """One thread that looks at all connections that others are busy with."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._attended: dict[int, Attended] = {}
        self._changing = threading.Lock()
        self._ending = False
        self._thread = threading.Thread(target=self._look, name="http-watch", daemon=True)
        self._thread.start()

    def attend(self, connection: socket.socket, seconds: float) -> Attended:
        """Watch it until `leave`; its request has so many seconds to come."""
        attended = Attended(connection, time.monotonic() + seconds)
        with self._changing:
            self._attended[connection.fileno()] = attended
            self._poll.register(connection.fileno(), select.EPOLLRDHUP | select.EPOLLONESHOT)
        if self._ending:
            attended.end()
        return attended

    def leave(self, attended: Attended) -> None:
        with self._changing:
            number = attended.connection.fileno()
            if self._attended.pop(number, None) is not None:
                self._poll.unregister(number)

    def end_all(self) -> None:
        """Every connection that somebody is busy with, also those to come."""
        self._ending = True
        for attended in self._all():
            attended.end()

    def close(self) -> None:
        self._ending = True
        self._thread.join()
        self._poll.close()

    def _all(self) -> tuple[Attended, ...]:
        with self._changing:
            return tuple(self._attended.values())

    def _look(self) -> None:
        while not self._ending:
            numbers = [number for number, _ in self._poll.poll(LOOK_SECONDS)]
            with self._changing:
                known = [self._attended[number] for number in numbers if number in self._attended]
                leaving = [attended for attended in known if _has_left(attended.connection)]
            for attended in leaving:
                attended.gone()
            now = time.monotonic()
            for attended in self._all():
                if attended.deadline is not None and attended.deadline < now:
                    attended.end()


def _has_left(connection: socket.socket) -> bool:
    """Asked again: what was seen may have been about another connection, which had this one's number before."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))
