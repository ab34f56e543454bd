"""How fast Flight SQL hands out Arrow, beside what could be had without a gateway.

    [SCALE=1] [ROUNDS=3] [POINTS=300] make bench-flight

TPC-H's lineitem as a product over Parquet and over PostgreSQL, read whole through ADBC: against DuckDB to Arrow in
this process, against a Flight server that hands out ready batches and one that hands out DuckDB's with nothing between,
against ADBC straight to that PostgreSQL and against the gateway's PostgreSQL endpoint: the best of ROUNDS, since others
may use the machine, with the processor's seconds of client and gateway. Then one row by its key, eight clients at once,
and a client that stops reading.
"""

import gc
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple, TypeVar

import adbc_driver_flightsql.dbapi as flight_sql
import adbc_driver_postgresql.dbapi as postgres_sql
import duckdb
import pyarrow as pa
import yaml
from adbc_driver_manager import AdbcStatement
from pyarrow import flight

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' servers are no part of what is installed

from benchmarks.measure import clean_up_when_told_to_end, machine, processor_seconds, resident, table, verdict
from gateway.engines.answers import BATCH_ROWS
from gateway.frontends.flight.sql_info import SQL_INFO
from tests.clients.flight_client import RawClient
from tests.servers import postgres_server
from tests.tpch.mesh import columns_of, fill_postgres, generate
from tests.tpch.serving import Gateway, serving

SCALE = float(os.environ.get("SCALE", "1"))
ROUNDS = int(os.environ.get("ROUNDS", "3"))
POINTS = int(os.environ.get("POINTS", "300"))
S = TypeVar("S", bound=flight.FlightServerBase)
CLIENTS = 8
STALLED = 4
STALL_SECONDS = 4.0
PASSWORD = "benchmark-only"
MESH = (
    'name = "bench"\n[endpoints]\npostgres = "127.0.0.1:0"\nflight = "127.0.0.1:0"\n[engine]\nthreads = 2\n'
)
POLICIES = "p, {0}-1, role:any, {0}, {0}.*, select, *, -, -, allow\n"
POINT = "SELECT * FROM {} WHERE l_orderkey = {} AND l_linenumber = 1"
ABOUT = b"CommandGetSqlInfo"
"""What ADBC asks first."""
GOALS = {
    "Flight SQL over Parquet / DuckDB to Arrow": 0.9,
    "Flight SQL over PostgreSQL / ADBC to PostgreSQL": 1.0,
}
POINT_GOAL, STALL_GOAL = 2.0, 20.0


# --- mesh ------------------------------------------------------------------------------------------------


def write_mesh(folder: Path, raw: Path) -> Path:
    """`lake.lineitem` in a Parquet file and `crm.lineitem` in PostgreSQL."""
    crm = {"connector": "postgres", "uri": "${CRM_URI}"}
    for domain, source in (("lake", {"connector": "files", "path": "./files"}), ("crm", crm)):
        place = folder / "domains" / domain
        (place / "products" / "lineitem").mkdir(parents=True)
        owner = {"team": domain, "email": f"{domain}@example.com"}
        document = {"domain": domain, "title": domain, "owner": owner, "sources": {"store": source}}
        (place / "domain.yaml").write_text(yaml.safe_dump(document))
        (place / "policies.csv").write_text(POLICIES.format(domain))
        contract = place / "products" / "lineitem" / "contract.odcs.yaml"
        contract.write_text(yaml.safe_dump(_contract(domain, raw)))
    files = folder / "domains" / "lake" / "files"
    files.mkdir()
    shutil.copy(raw / "lineitem.parquet", files)
    (folder / "mesh.toml").write_text(MESH)
    principals = {"principals": {"ana": {"password": "${BENCH_PASSWORD}"}}}
    (folder / "principals.yaml").write_text(yaml.safe_dump(principals))
    return folder


def _contract(domain: str, raw: Path) -> dict[str, object]:
    properties = [
        {"name": name, "logicalType": "string", "physicalType": kind}
        for name, kind in columns_of(raw, "lineitem")
    ]
    schema = {"name": "lineitem", "physicalName": "store.lineitem", "properties": properties}
    if domain == "crm":
        schema["physicalName"] = "store.public.lineitem"
    identity = {"id": f"{domain}-lineitem", "version": "1.0.0", "status": "active"}
    return {"apiVersion": "v3.1.0", "kind": "DataContract", **identity, "schema": [schema]}


# --- readers ---------------------------------------------------------------------------------------------


class Ready(flight.FlightServerBase):
    """Ready batches: what Flight itself can do on this machine."""

    def __init__(self, batches: list[pa.RecordBatch]) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self._batches = batches

    def do_get(self, _: object, __: object) -> flight.GeneratorStream:
        return flight.GeneratorStream(self._batches[0].schema, iter(self._batches))


class Alone(flight.FlightServerBase):
    """DuckDB behind Flight SQL, and no more: what no gateway can be faster than. Runs the same whatever is asked."""

    def __init__(self, engine: duckdb.DuckDBPyConnection, sql: str) -> None:
        super().__init__("grpc://127.0.0.1:0")
        self._engine = engine
        self._sql = sql
        self._schema = self._read().schema

    def _read(self) -> pa.RecordBatchReader:
        return self._engine.cursor().sql(self._sql).to_arrow_reader(BATCH_ROWS)

    def get_flight_info(self, _: object, descriptor: flight.FlightDescriptor) -> flight.FlightInfo:
        asked = ABOUT if ABOUT in descriptor.command else b""
        endpoint = flight.FlightEndpoint(flight.Ticket(asked), [])
        return flight.FlightInfo(SQL_INFO if asked else self._schema, descriptor, [endpoint], -1, -1)

    def do_get(self, _: object, ticket: flight.Ticket) -> flight.RecordBatchStream:
        return flight.RecordBatchStream(SQL_INFO.empty_table() if ticket.ticket else self._read())


def whole(connection: Any, sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return sum(batch.num_rows for batch in cursor.fetch_record_batch())


def one_row(connection: Any, sql: str) -> pa.Table:
    """GetFlightInfo and DoGet. The DB-API has each new text prepared first, which is two round trips more."""
    with closing(AdbcStatement(connection.adbc_connection)) as statement:
        statement.set_sql_query(sql)
        handle, _ = statement.execute_query()
        return pa.RecordBatchReader.from_stream(handle).read_all()


def raw_flight(client: flight.FlightClient) -> int:
    return sum(chunk.data.num_rows for chunk in client.do_get(flight.Ticket(b"")))


def in_process(engine: duckdb.DuckDBPyConnection, sql: str) -> int:
    return sum(batch.num_rows for batch in engine.sql(sql).to_arrow_reader(32_768))


def over_flight(gateway: Gateway) -> Any:
    options = {"username": "ana", "password": PASSWORD}
    return flight_sql.connect(f"grpc://127.0.0.1:{gateway.ports['flight']}", db_kwargs=options)


# --- measuring -------------------------------------------------------------------------------------------


class Taken(NamedTuple):
    """One read of all rows: by the clock, and of the processor, of this process and the gateway together."""

    seconds: float
    processor: float


def whole_reads(
    gateway: Gateway, crm: str, engine: duckdb.DuckDBPyConnection, ready: Ready, alone: Alone
) -> dict[str, Taken]:
    """The best of ROUNDS reads of all rows, in turns."""
    endpoint = f"postgresql://ana:{PASSWORD}@127.0.0.1:{gateway.ports['postgres']}/bench"
    with ExitStack() as stack:
        adbc = stack.enter_context(over_flight(gateway))
        direct = stack.enter_context(postgres_sql.connect(crm, autocommit=True))
        wire = stack.enter_context(postgres_sql.connect(endpoint, autocommit=True))
        raw = stack.enter_context(flight.connect(f"grpc://127.0.0.1:{ready.port}"))
        bare = stack.enter_context(flight_sql.connect(f"grpc://127.0.0.1:{alone.port}", autocommit=True))
        readers: dict[str, Callable[[], int]] = {
            "DuckDB to Arrow, in process": partial(in_process, engine, "SELECT * FROM lineitem"),
            "Flight, ready batches": partial(raw_flight, raw),
            "Flight SQL, DuckDB alone": partial(whole, bare, "SELECT * FROM lineitem"),
            "Flight SQL over Parquet": partial(whole, adbc, "SELECT * FROM lake.lineitem"),
            "PostgreSQL endpoint over Parquet": partial(whole, wire, "SELECT * FROM lake.lineitem"),
            "ADBC to PostgreSQL": partial(whole, direct, "SELECT * FROM lineitem"),
            "Flight SQL over PostgreSQL": partial(whole, adbc, "SELECT * FROM crm.lineitem"),
        }
        counts = {name: read() for name, read in readers.items()}
        assert len(set(counts.values())) == 1, counts
        gc.collect()
        rounds = [{name: taken(read, gateway.pid) for name, read in readers.items()} for _ in range(ROUNDS)]
        return {name: min(each[name] for each in rounds) for name in readers}


def taken(read: Callable[[], object], pid: int) -> Taken:
    start, spent = time.perf_counter(), processor_seconds(pid)
    read()
    return Taken(time.perf_counter() - start, processor_seconds(pid) - spent)


def points(gateway: Gateway, engine: duckdb.DuckDBPyConnection) -> dict[str, list[float]]:
    """Seconds of each of POINTS rows by their keys: in process, and with one, two and more round trips."""
    keys = [
        row[0]
        for row in engine.execute(f"SELECT DISTINCT l_orderkey FROM lineitem LIMIT {POINTS}").fetchall()
    ]
    uri = f"grpc://127.0.0.1:{gateway.ports['flight']}"
    with over_flight(gateway) as adbc, adbc.cursor() as cursor, RawClient(uri, "ana", PASSWORD) as raw:
        askers: dict[str, Callable[[int], object]] = {
            "in process": lambda key: engine.sql(POINT.format("lineitem", key)).to_arrow_table(),
            "ADBC, two round trips": lambda key: one_row(adbc, POINT.format("lake.lineitem", key)),
            "pyarrow, two round trips": lambda key: raw.query(POINT.format("lake.lineitem", key)),
            "ADBC over PostgreSQL, two round trips": lambda key: one_row(
                adbc, POINT.format("crm.lineitem", key)
            ),
            "ADBC's DB-API, parameter, three round trips": lambda key: cursor.execute(
                POINT.format("lake.lineitem", "?"), (key,)
            ).fetchall(),
            "ADBC's DB-API, four round trips": lambda key: cursor.execute(
                POINT.format("lake.lineitem", key)
            ).fetchall(),
        }
        return {name: [_timed(ask, key) for key in keys] for name, ask in askers.items()}


def _timed(ask: Callable[[int], object], key: int) -> float:
    start = time.perf_counter()
    ask(key)
    return time.perf_counter() - start


def side_by_side(gateway: Gateway) -> float:
    """Seconds until eight clients, each on a connection of its own, have all rows."""

    def read(_: int) -> int:
        with over_flight(gateway) as connection:
            return whole(connection, "SELECT * FROM lake.lineitem")

    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        assert len(set(pool.map(read, range(CLIENTS)))) == 1
    return time.perf_counter() - start


def stalled(gateway: Gateway) -> float:
    """Megabytes that the gateway grows by for each of some clients that have read one batch and stop."""
    uri = f"grpc://127.0.0.1:{gateway.ports['flight']}"
    with over_flight(gateway) as connection:
        whole(connection, "SELECT * FROM lake.lineitem")
    before = resident(gateway.pid)
    with ExitStack() as stack:
        for _ in range(STALLED):
            client = stack.enter_context(RawClient(uri, "ana", PASSWORD))
            info = client.info("CommandStatementQuery", query="SELECT * FROM lake.lineitem")
            reader = client.client.do_get(info.endpoints[0].ticket, client.options)
            stack.callback(reader.cancel)
            reader.read_chunk()
        time.sleep(STALL_SECONDS)
        return (resident(gateway.pid) - before) / STALLED


# --- report ----------------------------------------------------------------------------------------------


def tell_whole(rows: int, reads: dict[str, Taken]) -> None:
    print(f"\n### lineitem, {rows:,} rows, read whole (best of {ROUNDS})\n")
    lines = [
        (name, f"{each.seconds:.2f}", f"{each.processor:.2f}", f"{rows / each.seconds:,.0f}")
        for name, each in reads.items()
    ]
    print(table(("reader", "seconds", "of the processor", "rows/s"), lines), flush=True)


def tell_points(asked: dict[str, list[float]]) -> float:
    """How many times the floor two round trips take."""
    floor = median(asked["in process"])
    print(f"\n### one row by its key, {POINTS} times\n")
    cells = [
        (
            name,
            f"{median(each) * 1e3:.1f}",
            f"{quantiles(each, n=100)[-1] * 1e3:.1f}",
            f"{median(each) / floor:.2f}",
        )
        for name, each in asked.items()
    ]
    print(table(("asked", "p50 ms", "p99 ms", "p50 / in process"), cells), flush=True)
    return median(asked["ADBC, two round trips"]) / floor


def summary(reads: dict[str, Taken], times: float, together: float, growth: float) -> None:
    print()
    ratios({name: each.seconds for name, each in reads.items()})
    told = verdict(f"at most {POINT_GOAL}x in process", holds=times <= POINT_GOAL)
    print(f"one row in two round trips: {times:.2f}x; {told}")
    alone = reads["Flight SQL over Parquet"].seconds
    print(
        f"{CLIENTS} clients at once: {together:.2f} s, {together / alone / CLIENTS:.2f} of one after the other"
    )
    goal = verdict(f"at most {STALL_GOAL:.0f} MB", holds=growth <= STALL_GOAL)
    print(f"each of {STALLED} stalled readers: {growth:+.0f} MB; {goal}")


def ratios(taken: dict[str, float]) -> None:
    parquet, crm = taken["Flight SQL over Parquet"], taken["Flight SQL over PostgreSQL"]
    found = {
        "Flight SQL over Parquet / DuckDB to Arrow": taken["DuckDB to Arrow, in process"] / parquet,
        "Flight SQL over Parquet / DuckDB alone behind Flight SQL": taken["Flight SQL, DuckDB alone"]
        / parquet,
        "Flight SQL over Parquet / ready batches": taken["Flight, ready batches"] / parquet,
        "Flight SQL over Parquet / PostgreSQL endpoint": taken["PostgreSQL endpoint over Parquet"] / parquet,
        "Flight SQL over PostgreSQL / ADBC to PostgreSQL": taken["ADBC to PostgreSQL"] / crm,
    }
    for name, ratio in found.items():
        goal = GOALS.get(name)
        told = f"; {verdict(f'at least {goal}', holds=ratio >= goal)}" if goal else ""
        print(f"{name}: {ratio:.2f} of its speed{told}")


@contextmanager
def lineitem(raw: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(f"CREATE VIEW lineitem AS SELECT * FROM '{raw / 'lineitem.parquet'}'")
        yield engine


@contextmanager
def serving_flight(server: S) -> Iterator[S]:
    yield server
    threading.Thread(target=server.shutdown, daemon=True).start()


def main() -> None:
    clean_up_when_told_to_end()
    print(machine())
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="meshgate-bench-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        raw = base / "raw"
        raw.mkdir()
        generate(raw, SCALE)
        server = stack.enter_context(postgres_server())
        fill_postgres(server.uri(), raw, "lineitem")
        folder = write_mesh(base / "mesh", raw)
        engine = stack.enter_context(lineitem(raw))
        environment = {**os.environ, "CRM_URI": server.uri(), "BENCH_PASSWORD": PASSWORD}
        gateway = stack.enter_context(serving(folder, environment))
        growth = stalled(gateway)
        times = tell_points(points(gateway, engine))
        ((rows,),) = engine.execute("SELECT count(*) FROM lineitem").fetchall()
        ready = Ready(list(engine.sql("SELECT * FROM lineitem").to_arrow_reader(32_768)))
        with serving_flight(ready), serving_flight(Alone(engine, "SELECT * FROM lineitem")) as alone:
            reads = whole_reads(gateway, server.uri(), engine, ready, alone)
        tell_whole(rows, reads)
        together = side_by_side(gateway)
    summary(reads, times, together, growth)


if __name__ == "__main__":
    main()
