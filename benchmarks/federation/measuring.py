"""One statement against one peer: right or not, wall, computing, bytes, memory."""

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

from benchmarks.federation.peers import Child, Peer, Row
from benchmarks.federation.right import wrong
from benchmarks.federation.stores import Stores
from benchmarks.federation.wire import wire
from tests.tpch.compare import ORDER

HEAD = (
    "wall s / client + server CPU s / MB to and from PostgreSQL / round trips to it / peak MB of the client"
)
TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians of wall seconds, means of computing seconds, bytes to and from the PostgreSQL servers, round
    trips to them, peak megabytes.

    `fault`: why there are none.
    """

    wall: float = 0.0
    client: float = 0.0
    server: float = 0.0
    bytes: int = 0
    turns: int = 0
    peak: float = 0.0
    fault: str = ""

    @property
    def cpu(self) -> float:
        return self.client + self.server


Measured = Mapping[str, Mapping[str, Figures]]
"""Peer -> statement -> figures."""


@dataclass(frozen=True, slots=True)
class Run:
    """How to measure. `delay`: seconds of a round trip to the servers; `timeout`: seconds a statement may take."""

    asked: Mapping[str, str]
    right: Mapping[str, Sequence[Row]]
    runs: int
    timeout: float
    delay: float = 0.0


def measured(peers: Sequence[Peer], found: Stores, run: Run) -> Measured:
    """First each answer is checked and what passes is counted; then the peers take turns, with nothing between.

    With no `runs`, the first is all there is: wall and computing have the counting proxy in them.
    """
    checked = {peer.name: _checked(peer, found, run) for peer in peers}
    with ExitStack() as stack:
        ports = {name: server.port for name, server in found.servers.items()}
        if run.delay:
            ports = dict(stack.enter_context(wire(ports, run.delay)).ports)
        children = [(peer, stack.enter_context(peer.child(ports))) for peer in peers]
        for name in run.asked if run.runs else ():
            able = [(peer, child) for peer, child in children if not checked[peer.name][name].fault]
            for peer, figures in _timed(able, found, run, name).items():
                counted = checked[peer][name]
                checked[peer][name] = replace(figures, bytes=counted.bytes, turns=counted.turns)
                _tell(name, peer, checked[peer][name])
    return checked


def _checked(peer: Peer, found: Stores, run: Run) -> dict[str, Figures]:
    figures: dict[str, Figures] = {}
    with wire({n: s.port for n, s in found.servers.items()}) as counted, peer.child(counted.ports) as child:
        child.ask("SELECT 1", run.timeout)  # what connecting costs is no statement's
        for name in run.asked:
            sent, turns = counted.sent, counted.turns
            once, rows = _once(peer, child, found, run, name, rows=True)
            strict = peer.name == "meshgate"
            fault = once.fault or wrong(rows, run.right[name], ORDER.get(name, ()), strict=strict)
            figures[name] = replace(once, bytes=counted.sent - sent, turns=counted.turns - turns, fault=fault)
            _tell(name, peer.name, figures[name])
    return figures


def _tell(name: str, peer: str, figures: Figures) -> None:
    print(f"  {name} {peer}: {figures.fault or cell(figures)}", file=sys.stderr)


def _timed(able: Iterable[tuple[Peer, Child]], found: Stores, run: Run, name: str) -> dict[str, Figures]:
    taken: dict[str, list[Figures]] = {peer.name: [] for peer, _ in able}
    for _ in range(run.runs):
        for peer, child in able:
            taken[peer.name].append(_once(peer, child, found, run, name)[0])
    return {peer: _summary(figures) for peer, figures in taken.items()}


def _once(
    peer: Peer, child: Child, found: Stores, run: Run, name: str, *, rows: bool = False
) -> tuple[Figures, Sequence[Row]]:
    servers, client = [s.pid for s in found.servers.values()], [peer.client.pid] if peer.client else []
    before, before_client = computed(servers), computed(client)
    reply = child.ask(run.asked[name], run.timeout, rows=rows)
    server, own = computed(servers) - before, computed(client) - before_client
    return Figures(
        reply.seconds, reply.cpu + own, server, peak=reply.peak, fault=reply.error
    ), reply.rows or []


def _summary(taken: Sequence[Figures]) -> Figures:
    fault = next((figures.fault for figures in taken if figures.fault), "")
    if fault:
        return Figures(fault=fault)
    return Figures(
        median(f.wall for f in taken),
        mean(f.client for f in taken),
        mean(f.server for f in taken),
        peak=max(f.peak for f in taken),
    )


def cell(figures: Figures) -> str:
    """As `HEAD` says."""
    if figures.fault:
        return figures.fault.partition(": ")[0]
    cpu = f"{figures.client:.2f}+{figures.server:.2f}"
    return f"{figures.wall:.3f} / {cpu} / {figures.bytes / 1e6:.2f} / {figures.turns} / {figures.peak:.0f}"


def computed(postmasters: Sequence[int]) -> float:
    """Seconds of computing of servers, with what they started, also what has ended since."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(stat.parent.name) in postmasters:
                total += sum(int(field) for field in fields[11:15])
            elif int(fields[1]) in postmasters:
                total += sum(int(field) for field in fields[11:13])
    return total / TICK
