"""Tickets: each stands for one open answer, for one principal, for one reading, for a short time."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from gateway.errors import LimitExceeded, ProtocolViolation, ShuttingDown
from gateway.query.deadline import CALLS

SECONDS = 60.0
"""How long an answer waits for its reader."""
SURE_SECONDS = 2.0
"""How long it does so even if its principal asks for more answers than may be open: clients that only look at a
statement's schema leave its answer behind."""


class Answer(Protocol):
    """A governed answer, labeled for Flight. `cancel` may come from any thread."""

    @property
    def schema(self) -> pa.Schema: ...
    def batches(self) -> Iterator[pa.RecordBatch]: ...
    def cancel(self) -> None: ...
    def close(self) -> None: ...


@dataclass
class _Held:
    answer: Answer
    principal: str
    call: int
    since: float
    taken: bool = False


class Tickets:
    """A ticket is 256 random bits: nothing can be read from it or made up. `most`: open answers of one principal."""

    def __init__(self, most: int, seconds: float = SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        self._held: dict[bytes, _Held] = {}
        self._changed = threading.Condition()
        self._closed = False

    def issue(self, answer: Answer, principal: str) -> bytes:
        """Raises LimitExceeded, and closes the answer, when too many wait already."""
        ticket = secrets.token_bytes(32)
        self._make_room(principal)
        with self._changed:
            counts = Counter(held.principal for held in self._held.values())
            refusal = self._refusal(counts, principal)
            if refusal is None:
                now = time.monotonic()
                call = CALLS.add(now + self._seconds, lambda: self._expire(ticket))
                self._held[ticket] = _Held(answer, principal, call, now)
                return ticket
        answer.close()
        raise refusal

    def _make_room(self, principal: str) -> None:
        """Of one that nobody takes, the longest waiting first."""
        long_ago = time.monotonic() - SURE_SECONDS
        with self._changed:
            own = [(ticket, held) for ticket, held in self._held.items() if held.principal == principal]
            left = [ticket for ticket, held in own if not held.taken and held.since < long_ago]
            is_full = len(own) >= self._most or len(self._held) >= 4 * self._most
        if is_full and left:
            self._expire(left[0])

    def _refusal(self, counts: Counter[str], principal: str) -> LimitExceeded | ShuttingDown | None:
        if self._closed:
            return ShuttingDown()
        if counts[principal] >= self._most or counts.total() >= 4 * self._most:
            return LimitExceeded("too many answers are open at once: read or cancel some of them first")
        return None

    def take(self, ticket: bytes, principal: str) -> Answer:
        """Whoever takes it calls `done` in the end. Raises ProtocolViolation, the same for all that is wrong."""
        with self._changed:
            held = self._held.get(ticket)
            if held is None or held.taken or held.principal != principal:
                raise ProtocolViolation(
                    "this ticket is unknown, used or expired", hint="Run the statement again."
                )
            held.taken = True
        CALLS.remove(held.call)
        return held.answer

    def done(self, ticket: bytes) -> None:
        with self._changed:
            self._held.pop(ticket, None)
            self._changed.notify_all()

    def cancel(self, ticket: bytes, principal: str) -> bool:
        """Whether there was something to cancel, of this principal."""
        with self._changed:
            held = self._held.get(ticket)
            if held is None or held.principal != principal:
                return False
        held.answer.cancel()
        if not held.taken:
            self._expire(ticket)
        return True

    def drain(self, grace: float) -> None:
        """No new answers; those that are being read may be for `grace` seconds, then they are canceled."""
        with self._changed:
            self._closed = True
            waiting = [ticket for ticket, held in self._held.items() if not held.taken]
        for ticket in waiting:
            self._expire(ticket)
        with self._changed:
            self._changed.wait_for(lambda: not self._held, grace)
            left = list(self._held)
        for ticket in left:
            held = self._held.get(ticket)
            if held is not None:
                self.cancel(ticket, held.principal)

    def _expire(self, ticket: bytes) -> None:
        with self._changed:
            held = self._held.get(ticket)
            if held is None or held.taken:
                return
            del self._held[ticket]
            self._changed.notify_all()
        CALLS.remove(held.call)
        held.answer.close()
