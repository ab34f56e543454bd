"""Decisions that were made before and still hold."""

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType

from policies.decision import Decision


@dataclass(frozen=True, slots=True)
class _Entry:
    """`columns` are the relation's as they were, and nobody's to change; `since` is the instant the decision was made
    for."""

    columns: Mapping[str, frozenset[str]]
    since: float
    decision: Decision

    def holds(self, columns: Mapping[str, frozenset[str]], now: float) -> bool:
        """Not before `since` either: a line that was over by then was live earlier."""
        expires = self.decision.expires
        if now < self.since or (expires is not None and now >= expires):
            return False
        return (columns is self.columns and type(columns) is MappingProxyType) or columns == self.columns


class DecisionCache:
    """At most `size` decisions: when it is full, what was not used longest is forgotten. Safe to share between
    threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable, columns: Mapping[str, frozenset[str]], now: float) -> Decision | None:
        entry = self._entries.get(key)
        if entry is None or not entry.holds(columns, now):
            return None
        if len(self._entries) > self._size // 2:  # as long as there is room, who comes last does not matter
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
        return entry.decision

    def put(
        self, key: Hashable, columns: Mapping[str, frozenset[str]], now: float, decision: Decision
    ) -> None:
        with self._lock:
            self._entries[key] = _Entry(columns, now, decision)
            self._entries.move_to_end(key)
            if len(self._entries) > self._size:
                self._entries.popitem(last=False)
