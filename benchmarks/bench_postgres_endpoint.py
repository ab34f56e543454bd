"""How fast the PostgreSQL endpoint hands out rows, beside PostgreSQL itself handing out the same rows.

    [ROWS=1000000] [ROUNDS=3] make bench-postgres-endpoint

1M rows of nine columns of mixed types. The gateway reads them from Parquet, as one relation without policies that
hide anything, and also, for comparison, from the very PostgreSQL it is compared with. Then 10M rows are streamed to a
client that drops them, while the gateway's resident memory is watched.
"""

import asyncio
import gc
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg
import duckdb
import psycopg
import yaml
from psycopg import pq

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' servers are no part of what is installed

from benchmarks.measure import clean_up_when_told_to_end, machine, medians, table, verdict
from tests.servers import PostgresServer, postgres_binaries, postgres_server
from tests.tpch.serving import Gateway, serving

ROWS = int(os.environ.get("ROWS", "1000000"))
TIMES = 10
"""How often the same file stands in the table that is streamed for its memory."""

ROUNDS = int(os.environ.get("ROUNDS", "3"))
SPEED_GOAL, MEMORY_GOAL = 0.8, 150.0
PASSWORD = "benchmark-only"
CHUNK_ROWS = 1_000
CONTRACT_TYPES = {
    "id": "bigint",
    "amount": "decimal(12,2)",
    "ratio": "double",
    "count": "integer",
    "active": "boolean",
    "day": "date",
    "at": "timestamp",
    "name": "text",
    "note": "text",
}
SERVER_TYPES = CONTRACT_TYPES | {"ratio": "double precision"}
VALUES = """
    i AS id, ((i * 7919) % 100000000 / 100.0)::DECIMAL(12,2) AS amount, sin(i) * 1000 AS ratio,
    (i % 1000)::INTEGER AS count, i % 3 = 0 AS active, DATE '2020-01-01' + (i % 2000)::INTEGER AS day,
    TIMESTAMP '2024-01-01' + to_seconds(i * 61) + to_microseconds(i % 1000000) AS at, 'customer-' || i AS name,
    CASE WHEN i % 5 > 0 THEN repeat('note ', (i % 7)::INTEGER) END AS note
"""
MESH = 'name = "bench"\n[endpoints]\npostgres = "127.0.0.1:0"\n[engine]\nthreads = 2\n'
POLICIES = "p, {0}-1, role:any, {0}, {0}.*, select, *, -, -, allow\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody who serves the rows: where, and as which relation."""

    name: str
    uri: str
    relation: str

    @property
    def sql(self) -> str:
        return f"SELECT * FROM {self.relation}"


# --- data and mesh -----------------------------------------------------------------------------------------


def write_data(folder: Path, server: PostgresServer) -> Path:
    """A Parquet file and a table with the same rows; the file."""
    file, text = folder / "events.parquet", folder / "events.csv"
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(f"CREATE TABLE events AS SELECT {VALUES} FROM range({ROWS}) r(i)")
        engine.execute(f"COPY events TO '{file}' (ROW_GROUP_SIZE 100000)")
        engine.execute(f"COPY events TO '{text}' (HEADER false, FORCE_QUOTE (note))")
    columns = ", ".join(f"{name} {kind}" for name, kind in SERVER_TYPES.items())
    with psycopg.connect(server.uri()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE events ({columns})".encode())
        with cursor.copy(b"COPY events FROM STDIN (FORMAT csv)") as target, text.open("rb") as source:
            while block := source.read(1 << 20):
                target.write(block)
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE events")
    text.unlink()
    return file


def write_mesh(folder: Path, file: Path) -> Path:
    """`lake.events`, `lake.many` (the same file ten times) and `crm.events`."""
    for domain, source, relations in (
        ("lake", {"connector": "files", "path": "./files"}, ("events", "many")),
        ("crm", {"connector": "postgres", "uri": "${CRM_URI}"}, ("events",)),
    ):
        place = folder / "domains" / domain
        place.mkdir(parents=True)
        owner = {"team": domain, "email": f"{domain}@example.com"}
        document = {"domain": domain, "title": domain, "owner": owner, "sources": {"store": source}}
        (place / "domain.yaml").write_text(yaml.safe_dump(document))
        (place / "policies.csv").write_text(POLICIES.format(domain))
        for relation in relations:
            _write_contract(place / "products" / relation, domain, relation)
    files = folder / "domains" / "lake" / "files"
    (files / "many").mkdir(parents=True)
    for number in range(TIMES):
        os.link(file, files / "many" / f"part-{number}.parquet")
    os.link(file, files / "events.parquet")
    (folder / "mesh.toml").write_text(MESH)
    (folder / "principals.yaml").write_text(
        yaml.safe_dump({"principals": {"ana": {"password": "${BENCH_PASSWORD}"}}})
    )
    return folder


def _write_contract(place: Path, domain: str, relation: str) -> None:
    place.mkdir(parents=True)
    properties = [
        {"name": name, "logicalType": "string", "physicalType": kind} for name, kind in CONTRACT_TYPES.items()
    ]
    schema = {
        "name": relation,
        "physicalName": f"store.{relation}",
        "logicalType": "object",
        "properties": properties,
    }
    identity = {"id": relation, "name": relation, "version": "1.0.0", "status": "active", "domain": domain}
    contract = {"apiVersion": "v3.1.0", "kind": "DataContract", **identity, "schema": [schema]}
    (place / "contract.odcs.yaml").write_text(yaml.safe_dump(contract))


# --- clients -----------------------------------------------------------------------------------------------


def with_psql(peer: Peer) -> None:
    command = [str(postgres_binaries() / "psql"), "-XqAt", peer.uri, "-o", os.devnull, "-c", peer.sql]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def with_psycopg(peer: Peer, *, binary: bool) -> None:
    with psycopg.connect(peer.uri, autocommit=True) as connection, connection.cursor(binary=binary) as cursor:
        rows = cursor.execute(peer.sql.encode()).fetchall()
        assert len(rows) == ROWS


def with_libpq(peer: Peer) -> None:
    """The client that costs least: rows are received in the binary format and dropped."""
    assert dropped_rows(peer.uri, peer.sql) == ROWS


def with_asyncpg(peer: Peer) -> None:
    async def fetch() -> int:
        connection = await asyncpg.connect(peer.uri)
        try:
            return len(await connection.fetch(peer.sql))
        finally:
            await connection.close()

    assert asyncio.run(fetch()) == ROWS


CLIENTS: dict[str, Callable[[Peer], None]] = {
    "psql": with_psql,
    "psycopg, text": lambda peer: with_psycopg(peer, binary=False),
    "psycopg, binary": lambda peer: with_psycopg(peer, binary=True),
    "asyncpg": with_asyncpg,
    "libpq, binary, rows dropped": with_libpq,
}


def dropped_rows(uri: str, sql: str) -> int:
    """How many rows came. Never more than a thousand in memory."""
    connection = pq.PGconn.connect(uri.encode())
    try:
        connection.send_query_params(sql.encode(), None, result_format=pq.Format.BINARY)
        connection.set_chunked_rows_mode(CHUNK_ROWS)
        rows = 0
        while (result := connection.get_result()) is not None:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                raise RuntimeError(result.error_message.decode())
            rows += result.ntuples
            result.clear()
        return rows
    finally:
        connection.finish()


# --- measuring ---------------------------------------------------------------------------------------------


def rates(peers: list[Peer]) -> Iterator[tuple[str, list[float]]]:
    """(client, rows per second from each peer)"""
    for name, client in CLIENTS.items():
        for peer in peers:
            client(peer)
        gc.collect()
        taken = medians(ROUNDS, *(partial(client, peer) for peer in peers))
        yield name, [ROWS / seconds for seconds in taken]


@dataclass(slots=True)
class Memory:
    """Resident megabytes of a process: before, and the most while it was watched."""

    before: float
    most: float = 0.0

    @property
    def growth(self) -> float:
        return self.most - self.before


@contextmanager
def watched(gateway: Gateway) -> Iterator[Memory]:
    memory = Memory(resident(gateway.pid))
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            memory.most = max(memory.most, resident(gateway.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield memory
    finally:
        done.set()
        thread.join()


def resident(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024


def memory_of_streaming(folder: Path, environment: dict[str, str]) -> tuple[Memory, float]:
    """In a gateway that has answered one small statement before; and the rows per second."""
    with serving(folder, environment) as gateway:
        uri = gateway_uri(gateway)
        dropped_rows(uri, "SELECT * FROM lake.many WHERE id < 10")
        with watched(gateway) as memory:
            start = time.perf_counter()
            rows = dropped_rows(uri, "SELECT * FROM lake.many")
            taken = time.perf_counter() - start
        assert rows == TIMES * ROWS
        return memory, rows / taken


def gateway_uri(gateway: Gateway) -> str:
    return f"postgresql://ana:{PASSWORD}@127.0.0.1:{gateway.port}/bench"


def main() -> None:
    clean_up_when_told_to_end()
    print(machine())
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="meshgate-bench-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        server = stack.enter_context(postgres_server())
        folder = write_mesh(base / "mesh", write_data(base, server))
        environment = {**os.environ, "CRM_URI": server.uri(), "BENCH_PASSWORD": PASSWORD}
        with serving(folder, environment) as gateway:
            uri = gateway_uri(gateway)
            peers = [
                Peer("PostgreSQL", server.uri(), "events"),
                Peer("gateway over Parquet", uri, "lake.events"),
                Peer("gateway over that PostgreSQL", uri, "crm.events"),
            ]
            measured = list(rates(peers))
        memory, streamed = memory_of_streaming(folder, environment)
    report(peers, measured, memory, streamed)


def report(
    peers: list[Peer], measured: list[tuple[str, list[float]]], memory: Memory, streamed: float
) -> None:
    print(f"\n### {ROWS:,} rows of {len(CONTRACT_TYPES)} columns, rows per second (medians of {ROUNDS})\n")
    heads = ("client", *(peer.name for peer in peers), *(f"{peer.name} / PostgreSQL" for peer in peers[1:]))
    rows = [
        (client, *(f"{rate:,.0f}" for rate in speeds), *(f"{rate / speeds[0]:.2f}" for rate in speeds[1:]))
        for client, speeds in measured
    ]
    print(table(heads, rows))
    print()
    worst = min(speeds[1] / speeds[0] for _, speeds in measured)
    goal = verdict(f"at least {SPEED_GOAL} of PostgreSQL with every client", holds=worst >= SPEED_GOAL)
    print(f"over Parquet, worst ratio {worst:.2f}; {goal}")
    sizes = f"{memory.before:.0f} MB before, at most {memory.most:.0f} MB"
    told = f"{TIMES * ROWS:,} rows streamed at {streamed:,.0f} rows/s: {sizes}"
    goal = verdict(f"under +{MEMORY_GOAL:.0f} MB", holds=memory.growth < MEMORY_GOAL)
    print(f"{told}, growth {memory.growth:+.0f} MB; {goal}")


if __name__ == "__main__":
    main()
