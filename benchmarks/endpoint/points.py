"""One row by its key, over and over, by a prepared statement: how long each takes, alone and beside others' work."""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles

import psycopg

from benchmarks.endpoint.clients import dropped_rows
from benchmarks.endpoint.data import Peer

SETTLING = 1.0
"""Seconds for the other client to be at it."""
SPAWNED = multiprocessing.get_context("spawn")


def points(peer: Peer, rows: int, count: int) -> list[float]:
    """Seconds of each."""
    sql = f"SELECT * FROM {peer.relation} WHERE id = %s".encode()
    random.seed(1)
    with psycopg.connect(peer.uri, autocommit=True) as connection, connection.cursor(binary=True) as cursor:
        taken = []
        for number in range(count + count // 10):
            key = random.randrange(rows)
            start = time.perf_counter()
            found = cursor.execute(sql, (key,), prepare=True).fetchall()
            taken.append(time.perf_counter() - start)
            assert [row[0] for row in found] == [key], number
    return taken[count // 10 :]


def milliseconds(taken: list[float]) -> tuple[float, float, float]:
    """Median, 95th and 99th percentile."""
    cuts = quantiles(taken, n=100)
    return median(taken) * 1e3, cuts[94] * 1e3, cuts[98] * 1e3


@contextmanager
def beside(work: Callable[..., None], *arguments: object) -> Iterator[None]:
    """While another process does `work` over and over: this one's interpreter is not to wait for it."""
    process = SPAWNED.Process(target=_forever, args=(work, *arguments), daemon=True)
    process.start()
    time.sleep(SETTLING)
    try:
        yield
        assert process.is_alive(), "the work beside has failed"
    finally:
        process.kill()
        process.join()


def _forever(work: Callable[..., None], *arguments: object) -> None:
    while True:
        work(*arguments)


def scan(uri: str, sql: str) -> None:
    dropped_rows(uri, sql)


def long_text(uri: str, values: int) -> None:
    """A statement with many values, which is refused."""
    listed = ",".join(["1"] * values)
    with psycopg.connect(uri, autocommit=True) as connection:
        try:
            connection.execute(f"SELECT 1 WHERE 1 IN ({listed})".encode())
        except psycopg.Error:
            return
    raise AssertionError("too many values were taken")
