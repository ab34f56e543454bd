"""Calls whose client has gone: gRPC says so only to who asks."""

import threading
from collections.abc import Callable

from pyarrow import flight

SECONDS = 0.2


class Watch:
    """Asks for all watched calls in turn, from one thread. A call must be removed before it ends: its context ends
    with it."""

    def __init__(self) -> None:
        self._calls: dict[int, tuple[flight.ServerCallContext, Callable[[], None]]] = {}
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="flight-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def add(self, key: int, context: flight.ServerCallContext, gone: Callable[[], None]) -> None:
        with self._lock:
            self._calls[key] = context, gone

    def remove(self, key: int) -> None:
        with self._lock:
            self._calls.pop(key, None)

    def _run(self) -> None:
        while not self._stopped.wait(SECONDS):
            for gone in self._gone():
                threading.Thread(target=gone, name="flight-gone", daemon=True).start()

    def _gone(self) -> list[Callable[[], None]]:
        with self._lock:
            keys = [key for key, (context, _) in self._calls.items() if context.is_cancelled()]
            return [self._calls.pop(key)[1] for key in keys]
