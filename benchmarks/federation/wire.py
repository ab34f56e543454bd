"""What passes between a client and a server: a proxy that counts, and if told so delays, what it forwards.

It runs in a process of its own, so that neither side's computing time has it.
"""

import asyncio
import multiprocessing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.sharedctypes import Synchronized

CHUNK = 1 << 18
IN_FLIGHT = 64
"""Chunks on their way in one direction: what a network would buffer."""


@dataclass(frozen=True, slots=True)
class Count:
    """`sent`: bytes, both ways, to and from all servers. `turns`: how often a client spoke after its server had."""

    sent: "Synchronized[int]"
    turns: "Synchronized[int]"


@dataclass(frozen=True, slots=True)
class Wire:
    """`ports`: by server, where the proxy listens for it. The counts are of all that was forwarded so far."""

    ports: Mapping[str, int]
    count: Count

    @property
    def sent(self) -> int:
        return self.count.sent.value

    @property
    def turns(self) -> int:
        return self.count.turns.value


@dataclass(slots=True)
class _Talk:
    """One connection: whether the client spoke last."""

    count: Count
    client_spoke: bool = False

    def heard(self, length: int, *, from_client: bool) -> None:
        self.count.sent.value += length
        if from_client and length and not self.client_spoke:
            self.count.turns.value += 1
        self.client_spoke = from_client if length else self.client_spoke


@contextmanager
def wire(targets: Mapping[str, int], delay: float = 0.0) -> Iterator[Wire]:
    """`targets`: the servers' ports on this machine. `delay`: seconds of a round trip, half of it each way."""
    spawn = multiprocessing.get_context("spawn")
    count = Count(spawn.Value("q", 0, lock=False), spawn.Value("q", 0, lock=False))
    here, there = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(dict(targets), delay / 2, count, there), daemon=True)
    process.start()
    try:
        yield Wire(here.recv(), count)
    finally:
        process.terminate()
        process.join()


def _serve(targets: dict[str, int], delay: float, count: Count, ready: Connection) -> None:
    with suppress(KeyboardInterrupt):
        asyncio.run(_listen(targets, delay, count, ready))


async def _listen(targets: dict[str, int], delay: float, count: Count, ready: Connection) -> None:
    servers = {name: await _listener(port, delay, count) for name, port in targets.items()}
    ready.send({name: server.sockets[0].getsockname()[1] for name, server in servers.items()})
    await asyncio.Event().wait()


async def _listener(target: int, delay: float, count: Count) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", target, limit=CHUNK)
        talk = _Talk(count)
        there = _forward(reader, server_writer, delay, lambda length: talk.heard(length, from_client=True))
        back = _forward(server_reader, writer, delay, lambda length: talk.heard(length, from_client=False))
        await asyncio.gather(there, back)

    return await asyncio.start_server(connected, "127.0.0.1", 0, limit=CHUNK)


async def _forward(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay: float, heard: Callable[[int], None]
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
            heard(len(data))
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
