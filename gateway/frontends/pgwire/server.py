"""The PostgreSQL endpoint's only I/O: sockets, TLS, threads. It drives the protocol's generators."""

import asyncio
import logging
import secrets
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from typing import Any

from gateway.errors import ConfigurationError, MeshgateError, ProtocolViolation, ShuttingDown
from gateway.frontends.pgwire.effects import Call, Disconnected, Receive, Send, Steps, T
from gateway.frontends.pgwire.failure import canceled_by_timeout, canceled_by_user, error_response
from gateway.frontends.pgwire.handshake import Binding, PostgresGateway, admit, usable
from gateway.frontends.pgwire.messages import (
    CancelRequest,
    GssRequest,
    Message,
    SslRequest,
    Startup,
    StartupMessage,
    take_message,
    take_startup,
)
from gateway.frontends.pgwire.refusals import ConnectionTimedOut, InsecureConnection, TooManyConnections
from gateway.frontends.pgwire.session import Session
from gateway.frontends.pgwire.wire import Wire
from gateway.settings import Address, TlsSettings

LOG = logging.getLogger(__name__)

_OUTGOING = 1 << 16  # bytes of answers gathered before they are written
_HANDSHAKE_SECONDS = 20.0
_LAST_WORDS = 3.0  # seconds for canceled statements to end and their clients to be told


@dataclass(frozen=True, slots=True)
class Bounds:
    """`threads`: statements that run at once; `connections`: clients at once; `handshake` in seconds."""

    threads: int = 32
    connections: int = 500
    handshake: float = _HANDSHAKE_SECONDS


class PostgresServer:
    """Serves PostgreSQL clients on one address, from a thread of its own."""

    def __init__(
        self,
        gateway: PostgresGateway,
        address: Address,
        tls: TlsSettings | None = None,
        bounds: Bounds | None = None,
    ) -> None:
        """Errors: ConfigurationError if the certificate cannot be used."""
        self._gateway = gateway
        self._address = address
        self._tls = _tls_context(tls) if tls else None
        self._tls_required = bool(tls and tls.require)
        self._binding = _channel_binding(tls) if tls else None
        self._bounds = bounds or Bounds()
        self._threads = ThreadPoolExecutor(self._bounds.threads, thread_name_prefix="pgwire")
        self._control = ThreadPoolExecutor(4, thread_name_prefix="pgwire-control")
        self._clients: dict[int, Client] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pgwire-loop", daemon=True)
        self._server: asyncio.Server | None = None
        self._stopping = False
        self._process = secrets.randbits(30)

    @property
    def port(self) -> int:
        """The port in use; of interest where the address said 0."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def start(self) -> None:
        """Listen. Errors: ConfigurationError if the address cannot be had."""
        self._thread.start()
        try:
            self._server = self._await(self._listen())
        except OSError as error:
            self._end()
            where = f"{self._address.host}:{self._address.port}"
            raise ConfigurationError(
                (f"postgres: cannot listen on {where}: {error.strerror or error}",)
            ) from error

    def stop(self, grace: float = 10.0) -> None:
        """No new clients; running statements get `grace` seconds, then are canceled; every client is told 57P01."""
        if self._server is None:
            return
        self._await(self._drain(grace))
        self._end()
        self._server = None

    def _await(self, steps: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(steps, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._control.shutdown(wait=True)

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: Wire(self._accept), self._address.host, self._address.port, backlog=256
        )

    def _accept(self, wire: Wire) -> None:
        task = self._loop.create_task(self._serve(wire))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _drain(self, grace: float) -> None:
        assert self._server is not None
        self._stopping = True
        self._server.close()
        for client in tuple(self._clients.values()):
            client.leave_when_idle()
        pending = set(self._tasks)
        if pending:
            _, pending = await asyncio.wait(pending, timeout=grace)
        for client in tuple(self._clients.values()):
            await self._loop.run_in_executor(self._control, client.session.cancel, ShuttingDown())
        if pending:
            _, pending = await asyncio.wait(pending, timeout=_LAST_WORDS)
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)

    # --- one client ----------------------------------------------------------------------------------

    async def _serve(self, wire: Wire) -> None:
        try:
            await self._converse(wire)
        except Disconnected:
            pass
        except asyncio.CancelledError:
            wire.transport.abort()
        except (MeshgateError, TimeoutError) as error:
            told = ConnectionTimedOut() if isinstance(error, TimeoutError) else error
            with suppress(Disconnected):
                await wire.write(error_response(told, severity="FATAL"))
        except Exception:
            LOG.exception("unexpected error on a PostgreSQL connection")
        finally:
            await wire.close()

    async def _converse(self, wire: Wire) -> None:
        peer = wire.transport.get_extra_info("peername")
        async with asyncio.timeout(self._bounds.handshake):
            startup = await self._startup(wire)
            if startup is None:
                return
            if self._stopping:
                raise ShuttingDown
            if len(self._tasks) > self._bounds.connections:
                raise TooManyConnections("sorry, too many clients already")
            binding = self._binding if _encrypted(wire) else None
            admitted = await Driver(wire, self._threads).drive(admit(startup, self._gateway, binding))
        session = Session(self._gateway, admitted, str(peer[0]) if peer else "")
        client = Client(wire, session, secrets.randbits(32))
        await self._attend(client)

    async def _attend(self, client: "Client") -> None:
        self._process = (self._process + 1) % (1 << 31)
        process = self._process
        self._clients[process] = client
        watch = self._loop.create_task(self._cancel_when_gone(client))
        try:
            if self._stopping:
                raise ShuttingDown
            await client.run(process, Driver(client.wire, self._threads, client, self._control))
        finally:
            watch.cancel()
            del self._clients[process]
            await self._loop.run_in_executor(self._control, client.session.close)

    async def _cancel_when_gone(self, client: "Client") -> None:
        await client.wire.gone.wait()
        await self._loop.run_in_executor(self._control, client.session.cancel, canceled_by_user())

    async def _startup(self, wire: Wire) -> Startup | None:
        """The start-up packet, after TLS if the client asks for it. None: the client only wanted to cancel."""
        while True:
            message: StartupMessage = await wire.take(take_startup)
            match message:
                case SslRequest() if self._tls is not None and not _encrypted(wire):
                    await self._encrypt(wire)
                case SslRequest() | GssRequest():
                    await wire.write(b"N")
                case CancelRequest(process, secret):
                    await self._cancel(process, secret)
                    return None
                case Startup():
                    if self._tls_required and not _encrypted(wire):
                        raise InsecureConnection(
                            "this gateway accepts TLS connections only", hint="use sslmode=require"
                        )
                    return message

    async def _encrypt(self, wire: Wire) -> None:
        """TLS on this connection. Bytes that came before the handshake are nobody's: refused (CVE-2021-23222)."""
        assert self._tls is not None
        wire.transport.pause_reading()
        if wire.buffer:
            raise ProtocolViolation("received unencrypted data after SSL request")
        await wire.write(b"S")
        try:
            transport = await self._loop.start_tls(wire.transport, wire, self._tls, server_side=True)
        except (OSError, ssl.SSLError) as error:
            raise Disconnected from error
        assert transport is not None
        wire.use(transport)

    async def _cancel(self, process: int, secret: int) -> None:
        client = self._clients.get(process)
        if client is not None and compare_digest(
            struct.pack("!I", client.secret), struct.pack("!I", secret & 0xFFFFFFFF)
        ):
            await self._loop.run_in_executor(self._control, client.session.cancel, canceled_by_user())


class Client:
    """An authenticated connection."""

    def __init__(self, wire: Wire, session: Session, secret: int) -> None:
        self.wire = wire
        self.session = session
        self.secret = secret
        self.waiting: asyncio.Task[Message] | None = None
        self.leaving = False

    async def run(self, process: int, driver: "Driver") -> None:
        await driver.drive(self.session.steps(process, self.secret))

    def leave_when_idle(self) -> None:
        """End the session at its next wait for a message, which may be now."""
        self.leaving = True
        if self.waiting is not None:
            self.waiting.cancel()


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

    async def _carry_out(self, effect: object) -> object:
        match effect:
            case Send(data):
                await self._send(data)
                return None
            case Receive(limit, timeout):
                async with asyncio.timeout(timeout):
                    return await self._receive(limit)
            case Call(function, timeout):
                return await self._call(function, timeout)
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

    async def _receive(self, limit: int) -> Message:
        message = take_message(self._wire.buffer, limit)
        if message is not None:
            return message
        await self.flush()
        if self._client is None:
            return await self._wire.take(partial(take_message, limit=limit))
        return await self._wait_for_message(self._client, limit)

    async def _wait_for_message(self, client: Client, limit: int) -> Message:
        if client.leaving:
            raise ShuttingDown
        client.waiting = asyncio.ensure_future(self._wire.take(partial(take_message, limit=limit)))
        try:
            return await client.waiting
        except asyncio.CancelledError:
            if client.leaving:
                raise ShuttingDown from None
            raise
        finally:
            client.waiting = None

    async def _call(self, function: Callable[[], object], timeout: float | None) -> object:
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._threads, function)
        if timeout is None:
            return await running
        done, _ = await asyncio.wait((running,), timeout=timeout)
        if not done and self._client is not None:
            await loop.run_in_executor(self._control, self._client.session.cancel, canceled_by_timeout())
        return await running


def _encrypted(wire: Wire) -> bool:
    return wire.transport.get_extra_info("ssl_object") is not None


def _channel_binding(tls: TlsSettings) -> Binding | None:
    """None: clients cannot bind to this certificate."""
    binding = ("tls-server-end-point", tls.cert.read_text("ascii", "replace"))
    return binding if usable(binding) else None


def _tls_context(tls: TlsSettings) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(tls.cert, tls.key)
    except (OSError, ssl.SSLError) as error:
        raise ConfigurationError(
            (f"mesh.toml: tls: cannot use {tls.cert} with {tls.key}: {error}",)
        ) from error
    return context
