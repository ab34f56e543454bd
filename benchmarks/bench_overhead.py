"""What the gateway adds to a whole answer: meshgate over Parquet files beside DuckDB alone over the same files.

    [SCALE=0.1] [ROUNDS=5] make bench-overhead

The simple statements and TPC-H, as a principal who may see everything. Both read with DuckDB's own Parquet reader and
two threads, so what differs is the gateway: deciding, planning, the audit record on its way to the disk.
"""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import geometric_mean

import duckdb

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' mesh of TPC-H is no part of what is installed

from benchmarks.asking import SIMPLE, opened, request
from benchmarks.federation.right import on_raw_files
from benchmarks.federation.stores import Stores, mesh, stores
from benchmarks.measure import clean_up_when_told_to_end, machine, medians, table
from gateway.opening import OpenMesh
from gateway.query.pipeline import run
from tests.tpch.mesh import statements

SCALE = float(os.environ.get("SCALE", "0.1"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
PRINCIPAL = "ana"


def through_gateway(mesh: OpenMesh, sql: str) -> int:
    return sum(batch.num_rows for batch in run(request(mesh, sql, PRINCIPAL), mesh.mesh).batches())


def bare(connection: duckdb.DuckDBPyConnection, sql: str) -> int:
    return sum(batch.num_rows for batch in connection.sql(sql).to_arrow_reader(32_768))


def answers(found: Stores, kept: OpenMesh) -> Iterator[tuple[str, float, float]]:
    """(statement, seconds through the gateway, seconds of DuckDB alone)"""
    with closing(on_raw_files(found.raw)) as connection:
        for name, sql in {**SIMPLE, **statements()}.items():
            rows = {through_gateway(kept, sql), bare(connection, sql)}
            assert len(rows) == 1, "the two do not answer the same"
            ours, alone = medians(ROUNDS, partial(through_gateway, kept, sql), partial(bare, connection, sql))
            yield name, ours, alone


def main() -> None:
    logging.disable(logging.INFO)
    clean_up_when_told_to_end()
    print(machine())
    with stores(SCALE) as found, mesh(found, "files") as folder, opened(folder, found) as kept:
        compared = list(answers(found, kept))
    print(f"\n### Whole answers over Parquet, TPC-H at scale {SCALE:g}, milliseconds (medians)\n")
    rows = [
        (n, f"{ours * 1e3:.1f}", f"{alone * 1e3:.1f}", f"{ours / alone:.2f}") for n, ours, alone in compared
    ]
    print(table(("statement", "meshgate", "DuckDB alone", "ratio"), rows))
    print(f"\nmeshgate / DuckDB alone: geometric mean {geometric_mean(o / a for _, o, a in compared):.2f}")
    print(f"added: at most {max(o - a for _, o, a in compared) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
