"""What the connectors cost: PostgreSQL against bare ADBC, key sets by way and size, round trips, SQLite.

    [ROWS=1000000] make bench-connectors

Every number of `connectors/` that a docstring speaks of comes from here. Its ratios are of CPU seconds of this process
where it says so, because they hold on a busy machine too.
"""

import os
import random
import socket
import sqlite3
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import adbc_driver_manager
import adbc_driver_postgresql
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parents[1]))  # the tests' servers are no part of what is installed

from benchmarks.measure import clean_up_when_told_to_end, machine, medians, table, verdict
from connectors import postgres_keys
from connectors.base import Connector, KeySet, Scan, SourceColumn
from connectors.postgres import PostgresConnector
from connectors.sqlite import SqliteConnector
from tests.servers import PostgresServer, postgres_server

ROWS = int(os.environ.get("ROWS", "1000000"))
ROUNDS = 5
DELAY = 0.02

MAKE = """CREATE TABLE line AS SELECT i::bigint AS orderkey, (i % 200000)::bigint AS partkey,
  (i % 50 + 1)::numeric(12,2) AS quantity, (900 + i::bigint * 7919 % 10000000 / 100.0)::numeric(12,2) AS price,
  (i % 11 / 100.0)::numeric(12,2) AS discount, date '1992-01-02' + i % 2500 AS shipped,
  timestamp '1992-01-02' + i % 2500 * interval '1 day' AS stamped, 'comment number ' || i AS comment
  FROM generate_series(1, {rows}) AS g(i)"""


def drained(source: Connector, scan: Scan) -> int:
    snapshot = source.snapshot("bench", scans=1)
    try:
        return sum(batch.num_rows for batch in snapshot.open(scan).reader())
    finally:
        snapshot.close()


def bare(connection: adbc_driver_manager.AdbcConnection, sql: str) -> int:
    with adbc_driver_manager.AdbcStatement(connection) as statement:
        statement.set_sql_query(sql)
        stream, _ = statement.execute_query()
        return sum(batch.num_rows for batch in pa.RecordBatchReader.from_stream(stream))


def cpu_seconds(action: Callable[[], object]) -> float:
    start = time.process_time()
    action()
    return time.process_time() - start


def scans(server: PostgresServer, source: PostgresConnector) -> None:
    columns = source.tables()[("line",)].columns
    worst = 0.0
    lines = []
    with (
        adbc_driver_postgresql.connect(server.uri()) as database,
        adbc_driver_manager.AdbcConnection(database) as raw,
    ):
        for names in (
            ("orderkey", "partkey"),
            ("price", "quantity", "discount"),
            ("shipped", "stamped"),
            ("comment",),
        ):
            chosen = tuple(column for column in columns if column.name in names)
            sql = f"SELECT {', '.join(column.name for column in chosen)} FROM line"

            def ours(chosen: tuple[SourceColumn, ...] = chosen) -> int:
                return drained(source, Scan(chosen, ("line",)))

            def theirs(sql: str = sql) -> int:
                return bare(raw, sql)

            times = medians(ROUNDS, ours, theirs)
            cpu = cpu_seconds(ours) / cpu_seconds(theirs)
            worst = max(worst, times[0] / times[1])
            lines.append(
                (
                    ", ".join(names),
                    f"{times[0]:.2f}",
                    f"{times[1]:.2f}",
                    f"{times[0] / times[1]:.2f}",
                    f"{cpu:.2f}",
                )
            )
    print(table(("columns", "s", "bare ADBC s", "ratio", "client CPU ratio"), lines))
    print(verdict(f"a scan takes at most 1.2 times bare ADBC (worst {worst:.2f})", holds=worst <= 1.2), "\n")


def key_sets(source: PostgresConnector) -> None:
    """`TEMPORARY_ROWS` is set to send the same keys both ways."""
    column = (SourceColumn("orderkey", "BIGINT", ""),)
    lines = []
    kept = postgres_keys.TEMPORARY_ROWS
    for size in (100, 1_000, 10_000, 50_000, 100_000, 200_000):
        keys = KeySet("k", pa.table({"k": random.Random(1).sample(range(max(ROWS, size)), size)}))
        for field in ("orderkey", "comment_key"):
            where = "orderkey" if field == "orderkey" else "partkey"
            scan = Scan(
                column, query=f'SELECT orderkey FROM line WHERE {where} IN (SELECT k FROM "k")', keys=(keys,)
            )

            def sent(ways: int, scan: Scan = scan) -> int:
                postgres_keys.TEMPORARY_ROWS = ways
                return drained(source, scan)

            arrays, tables = medians(3, lambda: sent(10**9), lambda: sent(0))
            lines.append((f"{size:,}", where, f"{arrays * 1000:.0f}", f"{tables * 1000:.0f}"))
    postgres_keys.TEMPORARY_ROWS = kept
    print(table(("keys", "column (orderkey has an index)", "arrays ms", "temporary table ms"), lines), "\n")


def round_trips(server: PostgresServer) -> None:
    lines = []
    with relay(server.port) as (port, trips):
        source = PostgresConnector(f"postgresql://postgres@127.0.0.1:{port}/postgres")
        chosen = tuple(
            c for c in source.tables()[("line",)].columns if c.name in ("orderkey", "price", "shipped")
        )
        scan = Scan(chosen, query="SELECT orderkey, price, shipped FROM line WHERE orderkey < 10")
        for what in ("first scan", "the same again", "the same again"):
            before, began = len(trips), time.perf_counter()
            drained(source, scan)
            lines.append((what, len(trips) - before, f"{(time.perf_counter() - began) * 1000:.0f}"))
        snapshot = source.snapshot("bench")
        for what in ("first of several", "second of several", "third of several"):
            before, began = len(trips), time.perf_counter()
            snapshot.open(scan).reader().read_all()
            lines.append((what, len(trips) - before, f"{(time.perf_counter() - began) * 1000:.0f}"))
        snapshot.close()
        source.close()
    print(table(("scan", "round trips", f"ms at {DELAY * 1000:.0f} ms delay"), lines), "\n")


@contextmanager
def relay(port: int) -> Iterator[tuple[int, list[None]]]:
    """Between client and server, with a delay. Counts how often the client speaks after the server did."""
    trips: list[None] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, port, trips), daemon=True).start()
        yield listening.getsockname()[1], trips


def _accept(listening: socket.socket, port: int, trips: list[None]) -> None:
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        server = socket.create_connection(("127.0.0.1", port))
        turn = ["server"]
        for side in (client, server):
            side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_pump, args=(client, server, "client", turn, trips), daemon=True).start()
        threading.Thread(target=_pump, args=(server, client, "server", turn, trips), daemon=True).start()


def _pump(read: socket.socket, write: socket.socket, who: str, turn: list[str], trips: list[None]) -> None:
    try:
        while data := read.recv(1 << 16):
            if who == "client" and turn[0] == "server":
                trips.append(None)
            turn[0] = who
            time.sleep(DELAY / 2)
            write.sendall(data)
    except OSError:
        pass
    finally:
        write.close()


def sqlite() -> None:
    rows = 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "part.sqlite"
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(
                "CREATE TABLE part(id INTEGER PRIMARY KEY, name TEXT, brand TEXT, size INTEGER, price REAL)"
            )
            values = (
                (i, f"name of part number {i}", f"Brand#{i % 50}", i % 50, 900 + i / 100) for i in range(rows)
            )
            connection.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?)", values)
        source = SqliteConnector(path)
        columns = source.tables()[("part",)].columns
        whole = medians(
            ROUNDS, lambda: drained(source, Scan(columns, query="SELECT * FROM part")), lambda: fetched(path)
        )
    print(
        table(
            ("200,000 rows of 5 columns", "s"),
            [("connector", f"{whole[0]:.2f}"), ("rows only", f"{whole[1]:.2f}")],
        )
    )


def fetched(path: Path) -> int:
    """What Python's module takes to make its tuples: the connector cannot be faster."""
    with closing(sqlite3.connect(path)) as connection:
        cursor = connection.execute("SELECT * FROM part")
        while cursor.fetchmany(2_048):
            pass
    return 0


def main() -> None:
    clean_up_when_told_to_end()
    print(machine(), "\n")
    with postgres_server() as server:
        server.run(MAKE.format(rows=ROWS), "CREATE INDEX ON line (orderkey)", "VACUUM ANALYZE line")
        source = PostgresConnector(server.uri())
        scans(server, source)
        key_sets(source)
        source.close()
        round_trips(server)
    sqlite()


if __name__ == "__main__":
    main()
