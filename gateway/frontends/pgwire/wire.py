"""One socket of the PostgreSQL endpoint: what arrived, bounded; room to write; the end. Part of the server's I/O."""

import asyncio
import select
import socket
from collections.abc import Callable
from typing import TypeVar

from gateway.frontends.pgwire.effects import Disconnected

T = TypeVar("T")

_LINGER = 5.0  # seconds for the last bytes of a connection to be taken
_PIECE = (
    1 << 18
)  # bytes written at a time: the transport copies what waits to be sent, and moves it with each sending
_READ_AHEAD = 1 << 20  # bytes of pipelined messages kept while a statement runs
_LOOK = 0.3  # seconds between looks at a connection that nothing is read from
_KEEPALIVE = {  # a client whose network is gone, or that takes nothing any more, is gone within some 90 seconds
    "TCP_KEEPIDLE": 60,
    "TCP_KEEPINTVL": 10,
    "TCP_KEEPCNT": 3,
    "TCP_USER_TIMEOUT": 90_000,
}


class Wire(asyncio.Protocol):
    """One socket: a bounded buffer of what arrived, and waiting for more, for room to write, for the end."""

    def __init__(self, accepted: Callable[["Wire"], None]) -> None:
        self._accepted: Callable[[Wire], None] | None = accepted
        self._changed = asyncio.Event()
        self._writable = asyncio.Event()
        self._writable.set()
        self._closed = asyncio.Event()
        self._paused = False
        self._looking = False
        self.buffer = bytearray()
        self.gone = asyncio.Event()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.use(transport)
        _keep_alive(transport.get_extra_info("socket"))
        accepted, self._accepted = self._accepted, None
        if accepted is not None:
            accepted(self)

    def use(self, transport: asyncio.Transport) -> None:
        """Send over this transport: the socket's, later that of TLS."""
        self.transport = transport
        transport.set_write_buffer_limits(high=_PIECE)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if len(self.buffer) > _READ_AHEAD and not self._paused:
            self._paused = True
            self.transport.pause_reading()
            if not self._looking:
                self._look()
        self._changed.set()

    def _look(self) -> None:
        """While nothing is read, the end of the stream is not seen either: the system is asked for it."""
        self._looking = self._paused and not self.gone.is_set()
        if self._looking and _hung_up(self.transport.get_extra_info("socket")):
            self._end()
        elif self._looking:
            asyncio.get_running_loop().call_later(_LOOK, self._look)

    def eof_received(self) -> bool:
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._end()
        self._closed.set()

    def _end(self) -> None:
        self.gone.set()
        self._changed.set()
        self._writable.set()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def wake(self) -> None:
        """End a wait for more bytes."""
        self._changed.set()

    async def more(self) -> None:
        """Wait for more bytes, or to be woken. Errors: Disconnected."""
        if self.gone.is_set():
            raise Disconnected
        self._changed.clear()
        if self._paused:
            self._paused = False
            self.transport.resume_reading()
        await self._changed.wait()

    async def take(self, parse: Callable[[bytearray], T | None]) -> T:
        """The next message, as `parse` finds it in the buffer."""
        while (found := parse(self.buffer)) is None:
            await self.more()
        return found

    def abandon(self) -> None:
        """The connection has ended within TLS, which does not tell protocols that it never served."""
        self.transport.abort()
        self._end()
        self._closed.set()

    async def close(self) -> None:
        """Send what is still to be sent, for a few seconds, then close."""
        self.transport.close()
        try:
            async with asyncio.timeout(_LINGER):
                await self._closed.wait()
        except (TimeoutError, asyncio.CancelledError):
            self.transport.abort()
            await self._closed.wait()

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        """Errors: Disconnected."""
        if self.gone.is_set():
            raise Disconnected
        for start in range(0, len(data), _PIECE):
            self.transport.write(memoryview(data)[start : start + _PIECE])
            await self._writable.wait()
            if self.gone.is_set():
                raise Disconnected


def _hung_up(connection: socket.socket) -> bool:
    """Whether the client has ended, whatever it sent before that."""
    poll = select.poll()
    poll.register(connection.fileno(), getattr(select, "POLLRDHUP", 0))
    return bool(poll.poll(0))


def _keep_alive(connection: socket.socket) -> None:
    """As far as the system can: not every one has every option."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
