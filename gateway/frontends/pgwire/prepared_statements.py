"""The prepared statements of one session, and what those of all sessions of one principal may hold."""

from collections.abc import Iterator, MutableMapping
from threading import Lock

from gateway.errors import LimitExceeded
from gateway.frontends.pgwire.portal import Prepared

STATEMENTS = 1_000
SESSION_BYTES = 16_000_000
PRINCIPAL_BYTES = 256_000_000
STATEMENT_BYTES, COLUMN_BYTES = 1_000, 300
"""What a statement holds beside its text, about, and for each column of a result that it is known to have."""


class Room:
    """What is left to the sessions of one principal, in bytes. For several threads."""

    def __init__(self, left: int = PRINCIPAL_BYTES) -> None:
        self._lock = Lock()
        self._left = left

    def take(self, size: int) -> bool:
        with self._lock:
            if size > self._left:
                return False
            self._left -= size
            return True

    def give(self, size: int) -> None:
        with self._lock:
            self._left += size


class PreparedStatements(MutableMapping[str, Prepared]):
    """By name. One that is put there raises LimitExceeded if there is no room for it; `clear` gives all of it back."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._kept: dict[str, Prepared] = {}
        self._bytes = 0

    def __getitem__(self, name: str) -> Prepared:
        return self._kept[name]

    def __setitem__(self, name: str, prepared: Prepared) -> None:
        self.pop(name, None)
        if len(self._kept) >= STATEMENTS:
            raise LimitExceeded(f"a session holds at most {STATEMENTS:,} prepared statements")
        size = _bytes(prepared)
        if self._bytes + size > SESSION_BYTES:
            raise LimitExceeded(f"the prepared statements of a session hold at most {SESSION_BYTES:,} bytes")
        if not self._room.take(size):
            raise LimitExceeded(
                f"the prepared statements of all sessions of one principal hold at most {PRINCIPAL_BYTES:,} bytes"
            )
        self._bytes += size
        self._kept[name] = prepared

    def __delitem__(self, name: str) -> None:
        size = _bytes(self._kept.pop(name))
        self._bytes -= size
        self._room.give(size)

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


def _bytes(prepared: Prepared) -> int:
    columns = len(prepared.shape.names) if prepared.shape is not None else 0
    return STATEMENT_BYTES + len(prepared.text) + COLUMN_BYTES * columns
