"""The PostgreSQL endpoint's only I/O: sockets, TLS, threads. It drives the protocol's generators."""

import asyncio
import logging
import secrets
import ssl
import struct
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from typing import Any
from weakref import WeakValueDictionary

from gateway.errors import (
    AuthenticationFailed,
    ConfigurationError,
    MeshgateError,
    ProtocolViolation,
    ShuttingDown,
)
from gateway.frontends.contract import sign_in_refused
from gateway.frontends.pgwire.driver import Client, Driver
from gateway.frontends.pgwire.effects import Disconnected, T
from gateway.frontends.pgwire.failure import canceled_by_user, error_response
from gateway.frontends.pgwire.handshake import PLAIN, PostgresGateway, admit
from gateway.frontends.pgwire.messages import (
    CancelRequest,
    GssRequest,
    SslRequest,
    Startup,
    StartupMessage,
    take_startup,
)
from gateway.frontends.pgwire.prepared_statements import Room
from gateway.frontends.pgwire.refusals import ConnectionTimedOut, InsecureConnection, TooManyConnections
from gateway.frontends.pgwire.session import Session
from gateway.frontends.pgwire.tls import Tls, encrypted
from gateway.frontends.pgwire.wire import Wire
from gateway.settings import Address
from gateway.tls_settings import TlsSettings

LOG = logging.getLogger(__name__)

_HANDSHAKE_SECONDS = 20.0
_LAST_WORDS = 3.0  # seconds for canceled statements to end and their clients to be told


@dataclass(frozen=True, slots=True)
class Bounds:
    """`threads`: statements that run at once; `connections`: clients at once, and of each principal; `handshake` in
    seconds."""

    threads: int = 32
    connections: int = 2_000
    connections_per_principal: int = 1_500
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
        self._tls = Tls(tls) if tls else None
        self._bounds = bounds or Bounds()
        self._threads = ThreadPoolExecutor(self._bounds.threads, thread_name_prefix="pgwire")
        self._control = ThreadPoolExecutor(4, thread_name_prefix="pgwire-control")
        self._clients: dict[int, Client] = {}
        self._rooms: WeakValueDictionary[str, Room] = WeakValueDictionary()  # of principals who are here
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="pgwire-loop", daemon=True)
        self._server: asyncio.Server | None = None
        self._stopping = False

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
        if len(self._tasks) >= 2 * self._bounds.connections:  # most have not said who they are
            wire.transport.abort()
            return
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
            if isinstance(error, AuthenticationFailed):
                sign_in_refused("postgres", _host(wire), error)
            told = ConnectionTimedOut() if isinstance(error, TimeoutError) else error
            with suppress(Disconnected):
                await wire.write(error_response(told, severity="FATAL"))
        except Exception:
            LOG.exception("unexpected error on a PostgreSQL connection")
        finally:
            await wire.close()

    async def _converse(self, wire: Wire) -> None:
        async with asyncio.timeout(self._bounds.handshake):
            startup = await self._startup(wire)
            if startup is None:
                return
            if self._stopping:
                raise ShuttingDown
            if len(self._clients) >= self._bounds.connections:
                raise TooManyConnections("sorry, too many clients already")
            channel = self._tls.channel(wire.transport) if self._tls else PLAIN
            admitted = await Driver(wire, self._threads).drive(admit(startup, self._gateway, channel))
        self._seat(admitted.principal.name)
        name = admitted.principal.name
        room = self._rooms.setdefault(name, Room())
        session = Session(self._gateway, admitted, room, _host(wire))
        client = Client(wire, session, name, secrets.randbits(32))
        await self._attend(client)

    def _seat(self, name: str) -> None:
        """Asked again: others came while this one said who it is."""
        if len(self._clients) >= self._bounds.connections:
            raise TooManyConnections("sorry, too many clients already")
        own = sum(client.principal == name for client in self._clients.values())
        if own >= self._bounds.connections_per_principal:
            raise TooManyConnections(f'too many connections for role "{name}"')

    def _number(self) -> int:
        """At random: one after the other would tell how many others come."""
        while (process := secrets.randbits(31)) in self._clients or not process:
            pass
        return process

    async def _attend(self, client: Client) -> None:
        process = self._number()
        self._clients[process] = client
        client.signal = partial(self._signal, client.principal)
        watch = self._loop.create_task(self._cancel_when_gone(client))
        try:
            if self._stopping:
                raise ShuttingDown
            await client.run(process, Driver(client.wire, self._threads, client, self._control))
        finally:
            watch.cancel()
            del self._clients[process]
            await self._loop.run_in_executor(self._control, client.session.close)

    async def _signal(self, principal: str, process: int, ends: bool) -> bool:  # noqa: FBT001
        """Others' sessions are as if they were not there."""
        client = self._clients.get(process)
        if client is None or client.principal != principal:
            return False
        if ends:
            client.leave_when_idle()
        reason = (
            ShuttingDown("terminating connection due to administrator command")
            if ends
            else canceled_by_user()
        )
        await self._loop.run_in_executor(self._control, client.session.cancel, reason)
        return True

    async def _cancel_when_gone(self, client: Client) -> None:
        await client.wire.gone.wait()
        await self._loop.run_in_executor(self._control, client.session.cancel, canceled_by_user())

    async def _startup(self, wire: Wire) -> Startup | None:
        """The start-up packet, after TLS if the client asks for it. None: the client only wanted to cancel."""
        while True:
            message: StartupMessage = await wire.take(take_startup)
            match message:
                case SslRequest() if self._tls is not None and not encrypted(wire.transport):
                    await self._encrypt(wire)
                case SslRequest() | GssRequest():
                    await wire.write(b"N")
                case CancelRequest(process, secret):
                    await self._cancel(process, secret)
                    return None
                case Startup():
                    if self._tls and self._tls.required and not encrypted(wire.transport):
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
            transport = await self._loop.start_tls(wire.transport, wire, self._tls.context, server_side=True)
        except (OSError, ssl.SSLError) as error:
            wire.abandon()
            raise Disconnected from error
        except asyncio.CancelledError:
            wire.abandon()
            raise
        assert transport is not None
        wire.use(transport)

    async def _cancel(self, process: int, secret: int) -> None:
        client = self._clients.get(process)
        if client is not None and compare_digest(
            struct.pack("!I", client.secret), struct.pack("!I", secret & 0xFFFFFFFF)
        ):
            await self._loop.run_in_executor(self._control, client.session.cancel, canceled_by_user())


def _host(wire: Wire) -> str:
    peer = wire.transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""
