"""What the protocol asks of whoever drives it. The protocol itself is generators: they yield an effect and are sent its
outcome, so they need no socket, thread or clock."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, TypeVar

from gateway.frontends.pgwire.messages import MESSAGE_BYTES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Receive:
    """The next message of at most `limit` bytes. What was sent before goes out before waiting for it.

    `timeout` in seconds: then TimeoutError; None: wait for ever.
    """

    limit: int = MESSAGE_BYTES
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class Send:
    data: bytes | memoryview


@dataclass(frozen=True, slots=True)
class Call:
    """Call a function that may block. `timeout` in seconds: then `Session.cancel` is called. `meanwhile` is sent while
    it runs."""

    function: Callable[[], object]
    timeout: float | None = None
    meanwhile: bytes | memoryview = b""


@dataclass(frozen=True, slots=True)
class Signal:
    """Stop what the same principal's session of this number runs; if it `ends`, the session too. Whether there is
    one."""

    process: int
    ends: bool


Effect = Receive | Send | Call | Signal
Steps = Generator[Effect, Any, T]


class Disconnected(Exception):
    """The client is gone; nothing more can be sent."""
