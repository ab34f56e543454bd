"""Tickets: each stands for one open answer, for one principal, for one reading, for a short time."""

import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import pyarrow as pa

from gateway.errors import LimitExceeded, ProtocolViolation, ShuttingDown
from gateway.query.deadline import CALLS

SECONDS = 60.0
"""How long an answer waits for its reader; of several parts of a statement, how long after another one was read."""
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
    """`statement`: equal for the parts of one."""

    answer: Answer
    principal: str
    statement: int
    since: float
    call: int = -1
    taken: bool = False


class Tickets:
    """A ticket is 256 random bits: nothing can be read from it or made up. `most`: open statements of one principal."""

    def __init__(self, most: int, seconds: float = SECONDS) -> None:
        self._most = most
        self._seconds = seconds
        self._held: dict[bytes, _Held] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._statements = 0

    def issue(self, answers: Sequence[Answer], principal: str) -> tuple[bytes, ...]:
        """For the parts of one statement. Raises LimitExceeded, and closes them, when too many wait already."""
        self._make_room(principal)
        with self._changed:
            refusal = self._refusal(principal)
            if refusal is None:
                self._statements += 1
                return tuple(self._held_back(answer, principal) for answer in answers)
        for answer in answers:
            answer.close()
        raise refusal

    def _held_back(self, answer: Answer, principal: str) -> bytes:
        ticket = secrets.token_bytes(32)
        self._held[ticket] = held = _Held(answer, principal, self._statements, time.monotonic())
        self._count_down(ticket, held)
        return ticket

    def _count_down(self, ticket: bytes, held: _Held) -> None:
        held.call = CALLS.add(time.monotonic() + self._seconds, lambda: self._late(ticket))

    def _late(self, ticket: bytes) -> None:
        """A client may read one part after the other."""
        with self._changed:
            held = self._held.get(ticket)
            if held is not None and self._is_being_read(held):
                self._count_down(ticket, held)
                return
        self._expire(ticket)

    def _is_being_read(self, held: _Held) -> bool:
        """Its statement, or a part of it."""
        return any(each.taken for each in self._held.values() if each.statement == held.statement)

    def _make_room(self, principal: str) -> None:
        """Of a statement that nobody reads, the longest waiting first."""
        long_ago = time.monotonic() - SURE_SECONDS
        with self._changed:
            own = [(ticket, held) for ticket, held in self._held.items() if held.principal == principal]
            left = [ticket for ticket, held in own if held.since < long_ago and not self._is_being_read(held)]
            is_full = isinstance(self._refusal(principal), LimitExceeded)
        if is_full and left:
            self._expire(left[0])

    def _refusal(self, principal: str) -> LimitExceeded | ShuttingDown | None:
        if self._closed:
            return ShuttingDown()
        open_ones = {held.statement: held.principal for held in self._held.values()}
        own = sum(name == principal for name in open_ones.values())
        if own >= self._most or len(open_ones) >= 4 * self._most:
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
            waiting = [ticket for ticket, held in self._held.items() if not self._is_being_read(held)]
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
        """With a part its whole statement ends."""
        with self._changed:
            held = self._held.get(ticket)
            if held is None or held.taken:
                return
            del self._held[ticket]
            self._changed.notify_all()
        CALLS.remove(held.call)
        held.answer.close()
