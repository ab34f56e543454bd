"""A thousand clients that are there, and fifty that work."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg

from tests.meshes import ENVIRONMENT, write_mesh

MESHGATE = Path(sys.executable).with_name("meshgate")
IDLE, BUSY, ROUNDS = 1_000, 50, 4
AT_ONCE = 50
ASKED = "SELECT amount FROM sales.orders WHERE order_id = $1"


async def asked(port: int) -> tuple[list[object], list[object]]:
    """What the busy ones were answered while the idle ones were there, and the idle ones after that."""
    entering = asyncio.Semaphore(AT_ONCE)

    async def client(name: str = "ana") -> asyncpg.Connection:
        async with entering:
            return await asyncpg.connect(
                host="127.0.0.1", port=port, user=name, password=name, database="small"
            )

    async def work(connection: asyncpg.Connection) -> list[object]:
        return [await connection.fetchval(ASKED, 1) for _ in range(ROUNDS)]

    idle = await asyncio.gather(*(client() for _ in range(IDLE)))
    busy = await asyncio.gather(*(client() for _ in range(BUSY)))
    try:
        answers = await asyncio.gather(*(work(connection) for connection in busy))
        late = await asyncio.gather(*(connection.fetchval("SELECT 1") for connection in idle))
        await (await client("felix")).close()
    finally:
        for connection in (*idle, *busy):
            connection.terminate()
    return [answer for one in answers for answer in one], late


def test_a_thousand_idle_and_fifty_busy_clients(tmp_path: Path) -> None:
    """Started with fewer files than that allowed, as systems do: the gateway raises the limit itself."""
    mesh = write_mesh(tmp_path / "mesh")
    command = f"ulimit -Sn 256; exec {MESHGATE} serve {mesh}"
    with subprocess.Popen(
        ["bash", "-c", command], env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            ready = process.stdout.readline()
            answers, late = asyncio.run(asked(int(ready.rpartition(":")[2])))
        finally:
            process.terminate()
    assert len(answers) == BUSY * ROUNDS
    assert len({*answers}) == 1
    assert answers[0] is not None
    assert late == [1] * IDLE
    assert process.returncode == 0
