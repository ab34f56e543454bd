"""What passes between a client and a server: a proxy that counts, and if told so delays, what it forwards.

It runs in a process of its own, so that neither side's computing time has it.
"""

import asyncio
import multiprocessing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized
from types import MappingProxyType

CHUNK = 1 << 18
IN_FLIGHT = 64
"""Chunks on their way in one direction: what a network would buffer."""


class Wire:
    """`ports`: by server, where the proxy listens for it."""

    def __init__(self, ports: Mapping[str, int], total: "Synchronized[int]") -> None:
        self.ports = MappingProxyType(dict(ports))
        self._total = total

    @property
    def total(self) -> int:
        """Bytes forwarded so far, both ways, to and from all servers."""
        return self._total.value


@contextmanager
def wire(targets: Mapping[str, int], delay: float = 0.0) -> Iterator[Wire]:
    """`targets`: the servers' ports on this machine. `delay`: seconds of a round trip, half of it each way."""
    spawn = multiprocessing.get_context("spawn")
    total = spawn.Value("q", 0, lock=False)
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(dict(targets), delay / 2, total, there), daemon=True)
    process.start()
    try:
        yield Wire(here.recv(), total)
    finally:
        process.terminate()
        process.join()


def _serve(targets: dict[str, int], delay: float, total: "Synchronized[int]", ready: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(targets, delay, total, ready))


async def _listen(
    targets: dict[str, int], delay: float, total: "Synchronized[int]", ready: Connection
) -> None:
    servers = {name: await _listener(port, delay, total) for name, port in targets.items()}
    ready.send({name: server.sockets[0].getsockname()[1] for name, server in servers.items()})
    await asyncio.Event().wait()


async def _listener(target: int, delay: float, total: "Synchronized[int]") -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", target, limit=CHUNK)
        there = _forward(reader, server_writer, delay, total)
        back = _forward(server_reader, writer, delay, total)
        await asyncio.gather(there, back)

    return await asyncio.start_server(connected, "127.0.0.1", 0, limit=CHUNK)


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, total: "Synchronized[int]"
) -> None:
    """All of one direction; each chunk leaves `delay` seconds after it came."""
    loop = asyncio.get_running_loop()
    chunks: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(IN_FLIGHT)

    async def read() -> None:
        data = b"more"
        while data:
            try:
                data = await reader.read(CHUNK)
            except OSError:
                data = b""
            total.value += len(data)
            await chunks.put((loop.time() + delay, data))

    reading = loop.create_task(read())
    with suppress(OSError):
        while True:
            due, data = await chunks.get()
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            if not data:
                break
            writer.write(data)
            await writer.drain()
    reading.cancel()
    writer.close()
