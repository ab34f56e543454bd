"""Between the protocol's generators and the socket: carries out what they ask for."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from gateway.errors import MeshgateError, ShuttingDown
from gateway.frontends.pgwire.effects import Call, Receive, Send, Signal, Steps, T
from gateway.frontends.pgwire.failure import canceled_by_timeout
from gateway.frontends.pgwire.messages import Message, take_message
from gateway.frontends.pgwire.session import Session
from gateway.frontends.pgwire.wire import Wire

_OUTGOING = 1 << 16  # bytes of answers gathered before they are written
_TURN = 0.005  # seconds that one client's messages may take before other clients' are looked at


class Client:
    """An authenticated connection."""

    def __init__(self, wire: Wire, session: Session, principal: str, secret: int) -> None:
        self.wire = wire
        self.session = session
        self.principal = principal
        self.secret = secret
        self.leaving = False
        self.signal: Callable[[int, bool], Awaitable[bool]] | None = None

    async def run(self, process: int, driver: "Driver") -> None:
        await driver.drive(self.session.steps(process, self.secret))

    def leave_when_idle(self) -> None:
        """End the session at its next wait for a message, which may be now."""
        self.leaving = True
        self.wire.wake()


class Driver:
    """Carries out the effects that a generator yields."""

    def __init__(
        self,
        wire: Wire,
        threads: ThreadPoolExecutor,
        client: Client | None = None,
        control: ThreadPoolExecutor | None = None,
    ) -> None:
        self._wire = wire
        self._threads = threads
        self._client = client
        self._control = control
        self._outgoing = bytearray()
        self._turn_ends = 0.0

    async def drive(self, steps: Steps[T]) -> T:
        """What the generator returns. Errors: what it raises, after everything sent before is out."""
        outcome: object = None
        error: Exception | None = None
        try:
            while True:
                effect = steps.send(outcome) if error is None else steps.throw(error)
                outcome, error = None, None
                try:
                    outcome = await self._carry_out(effect)
                    await self._take_turns()
                except Exception as raised:  # noqa: BLE001 - the protocol decides what becomes of it
                    error = raised
        except StopIteration as finished:
            await self.flush()
            value: T = finished.value
            return value
        except MeshgateError:
            await self.flush()
            raise
        finally:
            steps.close()

    async def _take_turns(self) -> None:
        """What is there already is not waited for, so a client that sends much would keep others waiting."""
        if time.monotonic() > self._turn_ends:
            await asyncio.sleep(0)
            self._turn_ends = time.monotonic() + _TURN

    async def _carry_out(self, effect: object) -> object:
        match effect:
            case Send(data):
                await self._send(data)
                return None
            case Receive(limit, timeout):
                return take_message(self._wire.buffer, limit) or await self._received(limit, timeout)
            case Call(function, timeout, meanwhile):
                return await self._call(function, timeout, meanwhile)
            case Signal(process, ends):
                signal = self._client.signal if self._client is not None else None
                return signal is not None and await signal(process, ends)
        raise AssertionError(effect)

    async def _send(self, data: bytes | memoryview) -> None:
        if len(data) > _OUTGOING:
            await self.flush()
            await self._wire.write(data)
            return
        self._outgoing += data
        if len(self._outgoing) > _OUTGOING:
            await self.flush()

    async def flush(self) -> None:
        if self._outgoing:
            data, self._outgoing = self._outgoing, bytearray()
            await self._wire.write(data)

    async def _received(self, limit: int, timeout: float | None) -> Message:
        """A message that is still to come."""
        async with asyncio.timeout(timeout):
            await self.flush()
            while (message := take_message(self._wire.buffer, limit)) is None:
                if self._client is not None and self._client.leaving:
                    raise ShuttingDown
                await self._wire.more()
            return message

    async def _call(
        self, function: Callable[[], object], timeout: float | None, meanwhile: bytes | memoryview
    ) -> object:
        """Ends when the function has, also if nothing can be sent any more."""
        loop = asyncio.get_running_loop()
        end = None if timeout is None else loop.time() + timeout
        running = loop.run_in_executor(self._threads, function)
        try:
            if meanwhile:
                await self._send(meanwhile)
        finally:
            if end is not None:
                await self._in_time(running, end - loop.time())
            outcome = await running
        return outcome

    async def _in_time(self, running: asyncio.Future[object], timeout: float) -> None:
        done, _ = await asyncio.wait((running,), timeout=max(0.0, timeout))
        if not done and self._client is not None:
            cancel = self._client.session.cancel
            await asyncio.get_running_loop().run_in_executor(self._control, cancel, canceled_by_timeout())
