"""How fast the HTTP endpoint hands out rows, format by format, beside DuckDB writing the same rows in that format.

    [ROWS=1000000] [ROUNDS=3] make bench-http

1M rows of nine columns of mixed types, read from Parquet as one relation without policies that hide anything. The
client is curl, in a process of its own, which drops what it gets. DuckDB writes in process, to /dev/null. The best of
ROUNDS, in turns, since others may use the machine, with the seconds of the processor, curl's aside.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb
import pyarrow as pa
import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))  # the benchmarks are no part of what is installed

from benchmarks.endpoint.data import CONTRACT_TYPES, VALUES
from benchmarks.measure import clean_up_when_told_to_end, machine, processor_seconds, table
from gateway.server import Server
from gateway.settings import load_settings

ROWS = int(os.environ.get("ROWS", "1000000"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
PASSWORD = "benchmark-only"
FORMATS: Mapping[str, tuple[str, str | None]] = MappingProxyType(
    {
        "Arrow": ("application/vnd.apache.arrow.stream", None),
        "Parquet": ("application/vnd.apache.parquet", "PARQUET"),
        "CSV": ("text/csv", "CSV"),
        "NDJSON": ("application/x-ndjson", "JSON"),
        "JSON": ("application/json", "JSON, ARRAY true"),
    }
)
"""The media type, and how DuckDB's COPY is asked for the format; None: as Arrow batches to an IPC stream."""

ENCODED = {"NDJSON, gzip": ("application/x-ndjson", "gzip"), "NDJSON, zstd": ("application/x-ndjson", "zstd")}


def write_mesh(folder: Path) -> Path:
    """`lake.events`; the file that it reads."""
    domain = folder / "domains" / "lake"
    product = domain / "products" / "events"
    product.mkdir(parents=True)
    (domain / "files").mkdir()
    file = domain / "files" / "events.parquet"
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(
            f"COPY (SELECT {VALUES} FROM range({ROWS}) AS r(i)) TO '{file}' (ROW_GROUP_SIZE 100000)"
        )
    (folder / "mesh.toml").write_text(
        'name = "bench"\n[endpoints]\nhttp = "127.0.0.1:0"\n[engine]\nthreads = 2\n'
    )
    (folder / "principals.yaml").write_text(
        yaml.safe_dump({"principals": {"ana": {"password": "${BENCH_PASSWORD}"}}})
    )
    owner = {"team": "lake", "email": "lake@example.com"}
    sources = {"store": {"connector": "files", "path": "./files"}}
    (domain / "domain.yaml").write_text(
        yaml.safe_dump({"domain": "lake", "title": "Lake", "owner": owner, "sources": sources})
    )
    (domain / "policies.csv").write_text("p, lake-1, role:any, lake, lake.*, select, *, -, -, allow\n")
    (product / "contract.odcs.yaml").write_text(yaml.safe_dump(contract()))
    return file


def contract() -> dict[str, object]:
    properties = [
        {"name": name, "logicalType": "string", "physicalType": kind} for name, kind in CONTRACT_TYPES.items()
    ]
    schema = {"name": "events", "physicalName": "store.events", "properties": properties}
    identity = {"id": "events", "name": "events", "version": "1.0.0", "status": "active"}
    return {"apiVersion": "v3.1.0", "kind": "DataContract", **identity, "schema": [schema]}


def fetched(port: int, media_type: str, encoding: str | None = None) -> int:
    """Ask for all rows; the bytes that came. RuntimeError if the answer is none, or not whole."""
    headers = ["Content-Type: application/json", f"Accept: {media_type}"]
    headers += [f"Accept-Encoding: {encoding}"] if encoding else []
    options = [part for header in headers for part in ("-H", header)]
    command = ["curl", "-sf", "-u", f"ana:{PASSWORD}", *options, "-d", '{"sql": "SELECT * FROM lake.events"}']
    command += ["-o", os.devnull, "-w", "%{size_download}", f"http://127.0.0.1:{port}/v1/query"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise RuntimeError(f"curl ended with {answer.returncode}: {answer.stderr}")
    return int(answer.stdout)


def written(file: Path, form: str | None) -> None:
    """By DuckDB alone."""
    with duckdb.connect(config={"threads": 2}) as engine:
        if form is not None:
            engine.execute(f"COPY (FROM '{file}') TO '{os.devnull}' (FORMAT {form})")
            return
        reader = engine.sql(f"FROM '{file}'").to_arrow_reader(32_768)
        with open(os.devnull, "wb") as sink, pa.ipc.new_stream(sink, reader.schema) as stream:  # noqa: PTH123
            for batch in reader:
                stream.write_batch(batch)


class Taken(NamedTuple):
    """Seconds by the clock, and of the processor."""

    seconds: float
    processor: float


class Result(NamedTuple):
    """A format: the bytes of an answer, what they take over HTTP, what they take DuckDB alone."""

    name: str
    size: int
    ours: Taken
    alone: Taken | None


def taken(action: Callable[[], object]) -> Taken:
    start, spent = time.perf_counter(), processor_seconds()
    action()
    return Taken(time.perf_counter() - start, processor_seconds() - spent)


def measured(port: int, file: Path) -> list[Result]:
    found: list[Result] = []
    for name, (media_type, form) in FORMATS.items():
        size = fetched(port, media_type)
        rounds = [
            (taken(partial(fetched, port, media_type)), taken(partial(written, file, form)))
            for _ in range(ROUNDS)
        ]
        ours, alone = map(min, zip(*rounds, strict=True))
        found.append(Result(name, size, ours, alone))
    for name, (media_type, encoding) in ENCODED.items():
        size = fetched(port, media_type, encoding)
        ours = min(taken(partial(fetched, port, media_type, encoding)) for _ in range(ROUNDS))
        found.append(Result(name, size, ours, None))
    return found


def main() -> None:
    clean_up_when_told_to_end()
    print(machine(), "\n")
    with tempfile.TemporaryDirectory(prefix="meshgate-bench-") as name:
        folder = Path(name)
        file = write_mesh(folder)
        server = Server(load_settings(folder, {**os.environ, "BENCH_PASSWORD": PASSWORD}))
        server.start()
        try:
            results = measured(server.addresses["http"].port, file)
        finally:
            server.stop()
    heads = ("format", "MB", "MB/s", "M rows/s", "of DuckDB writing it", "of the processor", "DuckDB's")
    print(table(heads, [row(result) for result in results]), "\n")
    for name, size, ours, alone in results:
        print(f"{name}: {size / 1e6 / ours.seconds:.0f} MB/s, {ratio(ours, alone)} of DuckDB writing it")


def row(result: Result) -> Sequence[str]:
    name, size, ours, alone = result
    speed = f"{size / 1e6:.0f}", f"{size / 1e6 / ours.seconds:.0f}", f"{ROWS / 1e6 / ours.seconds:.2f}"
    return (
        name,
        *speed,
        ratio(ours, alone),
        f"{ours.processor:.2f}",
        f"{alone.processor:.2f}" if alone else "-",
    )


def ratio(ours: Taken, alone: Taken | None) -> str:
    return "-" if alone is None else f"{alone.seconds / ours.seconds:.2f}x"


if __name__ == "__main__":
    main()
