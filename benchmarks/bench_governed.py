"""What policies cost: TPC-H as a principal under row filters and masks, beside one who sees everything, same sources.

    [SCALE=1] [LAYOUT=a] [ROUNDS=3] [QUERIES=q03,q05] make bench-governed

Four relations have row filters that keep every row, which nobody but the data knows; six columns have masks: four that
statements read (two of them in GROUP BY), two that none reads. So both principals' statements have the same work.
"""

import logging
import os
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean, median
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' mesh of TPC-H is no part of what is installed

from benchmarks.asking import opened, request
from benchmarks.federation.measuring import computed
from benchmarks.federation.stores import mesh, stores
from benchmarks.measure import clean_up_when_told_to_end, machine, table, verdict
from gateway.opening import OpenMesh
from gateway.query.pipeline import run
from tests.tpch.mesh import statements

SCALE = float(os.environ.get("SCALE", "1"))
LAYOUT = os.environ.get("LAYOUT", "a")
ROUNDS = int(os.environ.get("ROUNDS", "3"))
QUERIES = tuple(name for name in os.environ.get("QUERIES", "").split(",") if name)
FREE, GOVERNED = "ana", "gus"
MEAN_GOAL, WORST_GOAL = 1.1, 1.5

ATTRIBUTES = {
    "segments": ["AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY"],
    "statuses": ["F", "O", "P"],
    "line_statuses": ["F", "O"],
    "nations": list(range(25)),
}
FILTERS = {
    "sales": {
        "own_segments": "c_mktsegment IN principal.segments",
        "own_statuses": "o_orderstatus IN principal.statuses",
    },
    "logistics": {"own_lines": "l_linestatus IN principal.line_statuses"},
    "parts": {"own_nations": "s_nationkey IN principal.nations"},
}
MASKS = {"parts": {"country": "left(value, 2) || '-...'"}}
POLICIES = {
    "sales": """
p2, sales-11, group:governed, sales, sales.customer,           own_segments, -, -
p2, sales-12, group:governed, sales, sales.orders,             own_statuses, -, -
p3, sales-13, group:governed, sales, sales.customer.c_name,    partial, 10, -, -
p3, sales-14, group:governed, sales, sales.customer.c_address, redact,  10, -, -
p3, sales-15, group:governed, sales, sales.orders.o_clerk,     hash,    10, -, -
""",
    "logistics": """
p2, logistics-11, group:governed, logistics, logistics.lineitem, own_lines, -, -
p3, logistics-12, group:governed, logistics, logistics.lineitem.l_comment, redact, 10, -, -
""",
    "parts": """
p2, parts-11, group:governed, parts, parts.supplier,         own_nations, -, -
p3, parts-12, group:governed, parts, parts.supplier.s_name,  hash,    10, -, -
p3, parts-13, group:governed, parts, parts.supplier.s_phone, country, 10, -, -
""",
}


def govern(folder: Path) -> None:
    """Add the policies, and `gus`, whom they concern."""
    people: dict[str, Any] = yaml.safe_load((folder / "principals.yaml").read_text())
    groups = ["analysts", "governed"]
    people["principals"][GOVERNED] = {
        "password": "${MESH_PASSWORD}",
        "groups": groups,
        "attributes": ATTRIBUTES,
    }
    (folder / "principals.yaml").write_text(yaml.safe_dump(people))
    for domain, lines in POLICIES.items():
        place = folder / "domains" / domain
        with (place / "policies.csv").open("a") as policies:
            policies.write(lines)
        document = yaml.safe_load((place / "domain.yaml").read_text())
        for key, added in (("filters", FILTERS.get(domain, {})), ("masks", MASKS.get(domain, {}))):
            if added:
                document[key] = {**document.get(key, {}), **added}
        (place / "domain.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def rows(kept: OpenMesh, sql: str, principal: str) -> int:
    return sum(batch.num_rows for batch in run(request(kept, sql, principal), kept.mesh).batches())


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one statement: wall, and computing here and in the servers; seconds."""

    wall: float
    cpu: float


def costs(kept: OpenMesh, servers: Sequence[int]) -> Iterator[tuple[str, Cost, Cost]]:
    """(statement, governed, ungoverned), medians; the two take turns."""
    known = statements()
    for name in QUERIES or known:
        counts = {rows(kept, known[name], principal) for principal in (GOVERNED, FREE)}
        assert len(counts) == 1, f"{name}: a filter hides rows"
        turns = [[once(kept, servers, known[name], who) for who in (GOVERNED, FREE)] for _ in range(ROUNDS)]
        governed, free = (middle(costs) for costs in zip(*turns, strict=True))
        print(f"  {name}: {governed.wall:.3f} s governed, {free.wall:.3f} s not", file=sys.stderr)
        yield name, governed, free


def once(kept: OpenMesh, servers: Sequence[int], sql: str, principal: str) -> Cost:
    before, start = time.process_time() + computed(servers), time.perf_counter()
    rows(kept, sql, principal)
    return Cost(time.perf_counter() - start, time.process_time() + computed(servers) - before)


def middle(taken: Sequence[Cost]) -> Cost:
    return Cost(median(cost.wall for cost in taken), median(cost.cpu for cost in taken))


def main() -> None:
    logging.disable(logging.INFO)
    clean_up_when_told_to_end()
    print(machine())
    with stores(SCALE) as found, mesh(found, LAYOUT) as folder:
        govern(folder)
        with opened(folder, found) as kept:
            compared = list(costs(kept, [server.pid for server in found.servers.values()]))
    print(
        f"\n### Governed and not, TPC-H at scale {SCALE:g}, layout {LAYOUT}, seconds (medians of {ROUNDS})\n"
    )
    heads = ("statement", "governed", "ungoverned", "ratio", "CPU governed", "CPU ungoverned", "CPU ratio")
    print(table(heads, [line(*one) for one in compared]))
    ratios = {name: governed.wall / free.wall for name, governed, free in compared}
    mean, worst = geometric_mean(ratios.values()), max(ratios, key=ratios.__getitem__)
    cpu = geometric_mean(governed.cpu / free.cpu for _, governed, free in compared)
    goal = verdict(f"at most {MEAN_GOAL}", holds=mean <= MEAN_GOAL)
    print(f"\ngeometric mean {mean:.2f} (CPU {cpu:.2f}); {goal}")
    goal = verdict(f"at most {WORST_GOAL}", holds=ratios[worst] <= WORST_GOAL)
    print(f"worst {ratios[worst]:.2f} ({worst}); {goal}")


def line(name: str, governed: Cost, free: Cost) -> tuple[str, ...]:
    wall, cpu = beside(governed.wall, free.wall), beside(governed.cpu, free.cpu)
    return (name, *wall, *cpu)


def beside(one: float, other: float) -> tuple[str, ...]:
    return f"{one:.3f}", f"{other:.3f}", f"{one / other:.2f}"


if __name__ == "__main__":
    main()
