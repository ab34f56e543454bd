"""How fast the PostgreSQL endpoint hands out rows, beside PostgreSQL itself handing out the same rows.

    [ROWS=1000000] [ROUNDS=3] [POINTS=1000] make bench-postgres-endpoint

1M rows of nine columns of mixed types. The gateway reads them from Parquet, as one relation without policies that
hide anything, and also from the very PostgreSQL it is compared with. Then one row by its key, alone, while another
client reads ten million rows, and while one sends texts of 450,000 values. Then 10M rows are streamed to a client that
drops them, while the gateway's resident memory is watched.
"""

import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' servers are no part of what is installed

from benchmarks.endpoint.clients import CLIENTS, dropped_rows
from benchmarks.endpoint.data import (
    CONTRACT_TYPES,
    PASSWORD,
    TIMES,
    Peer,
    gateway_uri,
    write_data,
    write_mesh,
)
from benchmarks.endpoint.points import beside, long_text, milliseconds, points, scan
from benchmarks.measure import clean_up_when_told_to_end, machine, medians, resident, table, verdict
from tests.servers import postgres_server
from tests.tpch.serving import Gateway, serving

ROWS = int(os.environ.get("ROWS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
POINTS = int(os.environ.get("POINTS", "1000"))
VALUES = 450_000
SPEED_GOAL, POINT_GOAL, BESIDE_GOAL, MEMORY_GOAL = 1.0, 4.0, 50.0, 100.0


def rates(peers: list[Peer]) -> Iterator[tuple[str, list[float]]]:
    """(client, rows per second from each peer)"""
    for name, client in CLIENTS.items():
        for peer in peers:
            assert client(peer) in (ROWS, None)
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


# --- report ------------------------------------------------------------------------------------------------


def tell_rates(peers: list[Peer], measured: Iterator[tuple[str, list[float]]]) -> float:
    """The worst ratio of each of the gateway's relations to PostgreSQL."""
    print(f"\n### {ROWS:,} rows of {len(CONTRACT_TYPES)} columns, rows per second (medians of {ROUNDS})\n")
    heads = ("client", *(peer.name for peer in peers), *(f"{peer.name} / PostgreSQL" for peer in peers[1:]))
    print(table(heads, []), flush=True)
    worst = float("inf")
    for client, speeds in measured:
        ratios = [rate / speeds[0] for rate in speeds[1:]]
        worst = min(worst, *ratios)
        cells = (client, *(f"{rate:,.0f}" for rate in speeds), *(f"{ratio:.2f}" for ratio in ratios))
        print(f"| {' | '.join(cells)} |", flush=True)
    return worst


def tell_points(peers: list[Peer], environment: dict[str, str], folder: Path) -> tuple[float, float]:
    """How many times PostgreSQL's median the gateway takes over that PostgreSQL, and its worst 95th percentile beside
    others' work, in milliseconds."""
    server, _, crm = peers
    with serving(folder, environment) as gateway:
        uri = gateway_uri(gateway)
        crm = Peer(crm.name, uri, crm.relation)
        found = {peer.name: milliseconds(points(peer, ROWS, POINTS)) for peer in (server, crm)}
        with beside(scan, uri, "SELECT * FROM lake.many"):
            found["beside a scan of Parquet"] = milliseconds(points(crm, ROWS, POINTS))
        with beside(scan, uri, "SELECT * FROM crm.events"):
            found["beside a scan of that PostgreSQL"] = milliseconds(points(crm, ROWS, POINTS))
        with beside(long_text, uri, VALUES):
            found[f"beside texts of {VALUES:,} values"] = milliseconds(points(crm, ROWS, POINTS))
    print(f"\n### one row by its key, prepared, {POINTS:,} times\n")
    cells = [(name, *(f"{value:.2f}" for value in values)) for name, values in found.items()]
    print(table(("asked", "p50 ms", "p95 ms", "p99 ms"), cells), flush=True)
    alone, *others = list(found.values())[1:]
    return alone[0] / found[server.name][0], max(values[1] for values in others)


def summary(worst: float, times: float, beside_others: float, memory: Memory, streamed: float) -> None:
    print()
    goal = verdict(f"at least {SPEED_GOAL} of PostgreSQL in every row", holds=worst >= SPEED_GOAL)
    print(f"worst ratio {worst:.2f}; {goal}")
    goal = verdict(f"at most {POINT_GOAL:.0f} times PostgreSQL", holds=times <= POINT_GOAL)
    print(f"one row by its key, median: {times:.1f} times PostgreSQL; {goal}")
    goal = verdict(f"at most {BESIDE_GOAL:.0f} ms", holds=beside_others <= BESIDE_GOAL)
    print(f"one row by its key beside others' work, 95th percentile: {beside_others:.1f} ms; {goal}")
    sizes = f"{memory.before:.0f} MB before, at most {memory.most:.0f} MB"
    told = f"{TIMES * ROWS:,} rows streamed at {streamed:,.0f} rows/s: {sizes}"
    goal = verdict(f"under +{MEMORY_GOAL:.0f} MB", holds=memory.growth < MEMORY_GOAL)
    print(f"{told}, growth {memory.growth:+.0f} MB; {goal}")


def main() -> None:
    clean_up_when_told_to_end()
    print(machine())
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="meshgate-bench-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        server = stack.enter_context(postgres_server())
        folder = write_mesh(base / "mesh", write_data(base, server, ROWS))
        environment = {**os.environ, "CRM_URI": server.uri(), "BENCH_PASSWORD": PASSWORD}
        with serving(folder, environment) as gateway:
            uri = gateway_uri(gateway)
            peers = [
                Peer("PostgreSQL", server.uri(), "events"),
                Peer("gateway over Parquet", uri, "lake.events"),
                Peer("gateway over that PostgreSQL", uri, "crm.events"),
            ]
            worst = tell_rates(peers, rates(peers))
        times, beside_others = tell_points(peers, environment, folder)
        memory, streamed = memory_of_streaming(folder, environment)
    summary(worst, times, beside_others, memory, streamed)


if __name__ == "__main__":
    main()
