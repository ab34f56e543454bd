"""The bombs at the PostgreSQL endpoint, while others ask: each is refused by a limit, the gateway lives and does not
grow, and the others are answered meanwhile."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from tests.security.bombs import BOMBS
from tests.security.drivers import PASSWORD

LIMITS = ("53000", "53200", "53400", "54000", "54001", "54011", "57014")
ANSWERED = {"comment-nest": "1 rows"}
"""The endpoint splits a text into statements itself, and leaves out its comments."""
SHORT = "SELECT count(*), max(id) FROM sales.orders"


@dataclass
class Served:
    """A gateway in another process."""

    process: subprocess.Popen[str]
    port: int

    def connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        where = f"host=127.0.0.1 port={self.port} user=ana password={PASSWORD} dbname=mesh"
        return psycopg.connect(where, autocommit=True)

    def resident(self) -> int:
        """Bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        return int(status.split("VmRSS:")[1].split()[0]) * 1024


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    command = [sys.executable, "-m", "tests.security.serving"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield Served(process, int(process.stdout.readline()))


@dataclass
class Others:
    """Clients that ask the same short question again and again. `waits`: seconds for each answer."""

    served: Served
    done: threading.Event = field(default_factory=threading.Event)
    waits: list[float] = field(default_factory=list)
    wrong: list[object] = field(default_factory=list)

    def ask(self) -> None:
        with self.served.connect() as connection:
            right = connection.execute(SHORT).fetchall()
            while not self.done.is_set():
                start = time.monotonic()
                answer = connection.execute(SHORT).fetchall()
                self.waits.append(time.monotonic() - start)
                if answer != right:
                    self.wrong.append(answer)
                self.done.wait(0.02)


def outcome(connection: "psycopg.Connection[tuple[object, ...]]", sql: str) -> str:
    try:
        return f"{len(connection.execute(sql.encode()).fetchall())} rows"
    except psycopg.Error as error:
        return error.sqlstate or str(error)


@pytest.mark.slow
def test_bombs_disturb_nobody(served: Served) -> None:
    others = Others(served)
    clients = [threading.Thread(target=others.ask) for _ in range(3)]
    for client in clients:
        client.start()
    before = served.resident()
    most = 0
    told: dict[str, str] = {}
    took: dict[str, float] = {}
    try:
        with served.connect() as connection:
            for name, sql in BOMBS.items():
                start = time.monotonic()
                told[name] = outcome(connection, sql)
                took[name] = time.monotonic() - start
                most = max(most, served.resident())
    finally:
        others.done.set()
        for client in clients:
            client.join()
    slowest = sorted(took.items(), key=lambda one: -one[1])[:5]
    print(
        f"{len(others.waits):,} answers meanwhile, slowest {max(others.waits):.2f} s; bombs {slowest};"
        f" grew by {(most - before) >> 20} MB"
    )
    assert {name: how for name, how in told.items() if how not in LIMITS} == ANSWERED
    assert served.process.poll() is None
    assert most - before < 2**30
    assert not others.wrong
    assert len(others.waits) > 100
    assert max(others.waits) < 10
    assert max(took.values()) < 15, "5 seconds, on a machine that does other things too"
