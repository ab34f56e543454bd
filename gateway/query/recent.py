"""A bounded memory of what was asked for recently."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `entries` of together at most `room` bytes, as their keepers count them; for any number of threads. What
    was asked for least recently goes first."""

    def __init__(self, entries: int, room: int) -> None:
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._most = entries
        self._room = room
        self._held = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, size: int) -> None:
        with self._lock:
            self._held += size - self._entries.pop(key, (None, 0))[1]
            self._entries[key] = value, size
            while len(self._entries) > self._most or self._held > self._room:
                self._held -= self._entries.popitem(last=False)[1][1]
