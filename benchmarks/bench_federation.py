"""TPC-H over several sources: meshgate beside others that join a PostgreSQL with something else.

    [SCALE=1] [LAYOUT=a,b] [RUNS=3] [QUERIES=q03,q05] [PEERS=extension,fdw] [DELAY_MS=20] make bench-federation
    python benchmarks/bench_federation.py --serve --layout a

`extension` is DuckDB 1.5.5 with its postgres and sqlite extensions; `fdw` a PostgreSQL with foreign tables
(use_remote_estimate), which has local copies of what layout a keeps in SQLite and Parquet; `chdb` ClickHouse in a
process. Each is a process of its own. Data and peers are made on the first run and kept (`stores.cache`).
`--serve` starts a layout's servers and says how to ask `meshgate query` and `meshgate explain` by hand.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' mesh of TPC-H is no part of what is installed

from benchmarks.federation.measuring import Run, measured
from benchmarks.federation.peers import PEERS, Peer, adbc, meshgate
from benchmarks.federation.report import both, geometric_mean, lines, per_statement
from benchmarks.federation.right import expected
from benchmarks.federation.stores import Stores, environment, mesh, stores
from benchmarks.federation.tools import NotThere
from benchmarks.measure import clean_up_when_told_to_end, machine, verdict
from tests.tpch.mesh import statements

PASSTHROUGH_GOAL = 1.2
PLAIN = {
    "key": "SELECT o_orderdate, o_totalprice FROM sales.orders WHERE o_orderkey = 1",
    "month": "SELECT o_orderkey, o_custkey, o_orderdate, o_comment FROM sales.orders "
    "WHERE o_orderdate >= DATE '1995-03-01' AND o_orderdate < DATE '1995-04-01'",
    "count": "SELECT count(*) AS n FROM logistics.lineitem",
}
"""Statements besides TPC-H that one server has all of."""


def options() -> argparse.Namespace:
    def given(name: str, default: str) -> str:
        return os.environ.get(name, default)

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scale", type=float, default=float(given("SCALE", "1")))
    parser.add_argument("--layout", default=given("LAYOUT", "a,b"))
    parser.add_argument("--queries", default=given("QUERIES", ""), help="q03,q05 ...; all if left out")
    parser.add_argument("--peers", default=given("PEERS", ",".join(p for p in PEERS if p != "meshgate")))
    parser.add_argument(
        "--runs", type=int, default=int(given("RUNS", "3")), help="0: a quick look, in the checking run"
    )
    parser.add_argument("--timeout", type=float, default=float(given("TIMEOUT", "120")), help="seconds")
    parser.add_argument(
        "--delay-ms", type=float, default=float(given("DELAY_MS", "0")), help="of a round trip"
    )
    parser.add_argument("--serve", action="store_true")
    return parser.parse_args()


def main() -> None:
    clean_up_when_told_to_end()
    chosen = options()
    with stores(chosen.scale) as found:
        if chosen.serve:
            serve(found, chosen.layout.split(",")[0])
            return
        print(machine())
        for layout in chosen.layout.split(","):
            compare(found, layout, chosen)


def compare(found: Stores, layout: str, chosen: argparse.Namespace) -> None:
    """One layout: everybody's 22, then bare ADBC where one server has it all."""
    known = statements()
    asked = {name: known[name] for name in chosen.queries.split(",") if name} or known
    with ExitStack() as stack:
        peers = [stack.enter_context(meshgate(found, layout)), *_peers(stack, found, layout, chosen.peers)]
        delay = chosen.delay_ms / 1000
        result = measured(
            peers, found, Run(asked, expected(found.raw, asked), chosen.runs, chosen.timeout, delay)
        )
        told = f"TPC-H at scale {chosen.scale:g}, layout {layout}"
        print(f"\n### {told}{f', {chosen.delay_ms:g} ms to the servers' if delay else ''}\n")
        print(per_statement(result))
        print()
        print("\n".join(lines(result)))
        sys.stdout.flush()  # a layout may take half an hour
        passthrough(peers[0], found, layout, {**asked, **PLAIN}, chosen)


def _peers(stack: ExitStack, found: Stores, layout: str, names: str) -> list[Peer]:
    peers = []
    for name in names.split(","):
        try:
            peers.append(stack.enter_context(PEERS[name](found, layout)))
        except NotThere as reason:
            print(f"{name} takes no part: {reason}")
    return peers


def passthrough(
    ours: Peer, found: Stores, layout: str, known: Mapping[str, str], chosen: argparse.Namespace
) -> None:
    asked = {name: sql for name, sql in known.items() if _server(found, layout, sql)}
    with adbc(found, layout) as bare:
        run = Run(asked, expected(found.raw, asked), chosen.runs, chosen.timeout, chosen.delay_ms / 1000)
        result = measured([ours, bare], found, run)
    print("\n### What one server has all of: meshgate beside the same SQL through bare ADBC\n")
    print(per_statement(result))
    pairs = list(both(result, "adbc"))
    worst = max(mine.wall / bare.wall for mine, bare in pairs)
    mean = 1 / geometric_mean(pairs, lambda figures: figures.wall)
    goal = verdict(f"at most {PASSTHROUGH_GOAL}x", holds=worst <= PASSTHROUGH_GOAL)
    print(f"\npassthrough: geometric mean {mean:.2f}x, worst {worst:.2f}x bare ADBC; {goal}")


def _server(found: Stores, layout: str, sql: str) -> bool:
    tables = found.tables(layout)
    named = {tables[name].server for name in re.findall(r"\b(?:sales|logistics|parts|geo)\.\w+", sql)}
    return len(named) == 1 and named != {""}


def serve(found: Stores, layout: str) -> None:
    """Until Ctrl-C."""
    with mesh(found, layout) as folder:
        place = found.folder / f"environment-{layout}"
        variables = environment({name: server.port for name, server in found.servers.items()})
        place.write_text("".join(f"export {name}='{value}'\n" for name, value in variables.items()))
        print(f"mesh folder of layout {layout}: {folder}")
        print(
            f"  . {place}; meshgate query {folder} 'SELECT count(*) FROM sales.orders' --as ana", flush=True
        )
        try:
            signal.pause()
        except KeyboardInterrupt:
            print("ended")


if __name__ == "__main__":
    main()
