"""Decisions that were made before and still hold."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from threading import Lock

from policies.decision import Decision


@dataclass(frozen=True, slots=True)
class _Entry:
    """`columns` are the relation's as they were; `since` is the instant the decision was made for."""

    columns: Mapping[str, frozenset[str]]
    since: float
    decision: Decision

    def holds(self, columns: Mapping[str, frozenset[str]], now: float) -> bool:
        """Not before `since` either: a line that was over by then was live earlier."""
        expires = self.decision.expires
        return self.since <= now and (expires is None or now < expires) and self.columns == columns


class DecisionCache:
    """The `size` decisions used last. Safe to share between threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, columns: Mapping[str, frozenset[str]], now: float) -> Decision | None:
        with self._lock:
            entry = self._entries.get(key)
            if entry is None or not entry.holds(columns, now):
                return None
            self._entries.move_to_end(key)
            return entry.decision

    def put(
        self, key: Hashable, columns: Mapping[str, frozenset[str]], now: float, decision: Decision
    ) -> None:
        with self._lock:
            self._entries[key] = _Entry(dict(columns), now, decision)
            self._entries.move_to_end(key)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
