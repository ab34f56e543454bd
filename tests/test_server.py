"""A gateway as it is operated: it starts whole or not at all, reloads whole or not at all, and ends in good order."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from gateway.audit import records
from gateway.errors import ConfigurationError, ShuttingDown
from gateway.opening import check, open_mesh
from gateway.query.request import Request
from gateway.server import Server
from gateway.settings import Address, load_settings
from tests.meshes import ENVIRONMENT, FILES, added, edited, write_mesh

REGIONS: LiteralString = "SELECT region FROM sales.orders ORDER BY region"
SLOW: LiteralString = "SELECT count(*) FROM range(6000000) AS a(i) WHERE md5(md5(i::text)) LIKE '%7777%'"
"""Some seconds: more than that no statement may cost."""
MORE = added(
    "domains/sales/policies.csv", "p, sales-8, user:ana, sales, sales.orders, select, *, -, -, allow"
)
BROKEN = edited("mesh.toml", "seconds = 20", "second = 20")


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    return write_mesh(tmp_path / "mesh")


@contextmanager
def running(mesh: Path) -> Iterator[Server]:
    server = Server(load_settings(mesh, ENVIRONMENT))
    server.start()
    try:
        yield server
    finally:
        server.stop(5)


def connect(address: Address, name: str = "ana") -> "psycopg.Connection[tuple[Any, ...]]":
    return psycopg.connect(
        host=address.host, port=address.port, user=name, password=name, dbname="small", autocommit=True
    )


def regions(address: Address) -> list[str]:
    with connect(address) as connection:
        return [row[0] for row in connection.execute(REGIONS)]


def eventually(condition: Any, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


# --- in this process -------------------------------------------------------------------------------------


def test_a_server_answers_until_it_is_stopped(mesh: Path) -> None:
    with running(mesh) as server:
        address = server.addresses["postgres"]
        assert address.port != 0
        assert regions(address) == ["EU"]
    assert server.addresses == {}
    with pytest.raises(psycopg.OperationalError):
        connect(address)
    server.stop()


def test_a_port_in_use_stops_the_start(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        mesh = write_mesh(tmp_path, edited("mesh.toml", "127.0.0.1:0", f"127.0.0.1:{port}"))
        server = Server(load_settings(mesh, ENVIRONMENT))
        before = threading.active_count()
        with pytest.raises(
            ConfigurationError, match=rf"^mesh\.toml: endpoints\.postgres: 127\.0\.0\.1:{port} is in use"
        ):
            server.start()
        assert eventually(lambda: threading.active_count() <= before)


def test_no_endpoint_is_nothing_to_serve(tmp_path: Path) -> None:
    mesh = write_mesh(tmp_path, edited("mesh.toml", 'postgres = "127.0.0.1:0"\n', ""))
    with pytest.raises(ConfigurationError, match=r"^mesh\.toml: endpoints: there is none"):
        Server(load_settings(mesh, ENVIRONMENT)).start()


def test_an_unwritable_audit_folder_stops_the_start(mesh: Path) -> None:
    (mesh / "state").mkdir()
    (mesh / "state" / "audit").write_text("a file where the folder should be")
    with pytest.raises(ConfigurationError, match=r"^mesh\.toml: audit\.directory: "):
        Server(load_settings(mesh, ENVIRONMENT)).start()


def test_in_operation_an_unwritable_audit_folder_refuses_until_it_is_back(mesh: Path) -> None:
    with running(mesh) as server, connect(server.addresses["postgres"]) as connection:
        shutil.rmtree(mesh / "state" / "audit")
        with pytest.raises(psycopg.errors.IoError, match="audit record cannot be written"):
            connection.execute(REGIONS)
        (mesh / "state" / "audit").mkdir()
        assert connection.execute(REGIONS).fetchall() == [("EU",)]


def test_a_reload_counts_from_the_next_statement_of_an_open_connection(mesh: Path) -> None:
    with running(mesh) as server, connect(server.addresses["postgres"]) as connection:
        assert connection.execute(REGIONS).fetchall() == [("EU",)]
        version = server.version()
        write_again(mesh, MORE)
        server.reload()
        assert server.version() != version
        assert connection.execute(REGIONS).fetchall() == [("EU",), ("US",)]


def write_again(mesh: Path, changes: dict[str, str]) -> None:
    for name, text in {**FILES, **changes}.items():
        (mesh / name).write_text(text)


def test_a_broken_folder_changes_nothing(mesh: Path) -> None:
    with running(mesh) as server:
        before = server.current
        write_again(mesh, {**MORE, **BROKEN})
        with pytest.raises(ConfigurationError, match=r"limits\.second: unknown key"):
            server.reload()
        assert server.current is before
        assert regions(server.addresses["postgres"]) == ["EU"]


POLICIES = "domains/sales/policies.csv"
WRONG = {
    "a short line": "p, late, role:any, sales",
    "an effect in capitals": "p, late, role:any, sales, sales.orders, select, *, -, -, Deny",
    "an unknown kind": "p9, late, role:any, sales, sales.orders, select, *, -, -, deny",
    "an unknown filter": "p2, late, role:any, sales, sales.orders, nobody_wrote_it, -, -",
    "another domain's object": "p, late, role:any, sales, shipping.parcels, select, *, -, -, allow",
    "an id used twice": "p, sales-1, role:any, sales, sales.orders, select, *, -, -, allow",
    "a pattern": "p, late, role:any, sales, sales.ord*, select, *, -, -, deny",
    "a relation that is not there": "p, late, role:any, sales, sales.ordres, select, *, -, -, deny",
    "no end of a quote": 'p, late, role:any, sales, "sales.orders, select, *, -, -, deny',
    "a role in a circle": "g, role:sales.analyst, role:sales.analyst, sales",
}


@pytest.mark.parametrize("line", WRONG.values(), ids=WRONG.keys())
def test_a_broken_policy_file_stops_the_start(tmp_path: Path, line: str) -> None:
    change = added(POLICIES, line)
    number = len(change[POLICIES].splitlines())
    with pytest.raises(ConfigurationError) as caught:
        Server(load_settings(write_mesh(tmp_path, change), ENVIRONMENT)).start()
    assert any(problem.startswith(f"{POLICIES}:{number}: ") for problem in caught.value.problems)


def test_broken_policies_are_refused_whole_and_the_old_ones_stay_in_force(mesh: Path) -> None:
    """Each time with a right line beside the wrong one: it does not come into force either."""
    more = MORE[POLICIES]
    with running(mesh) as server, connect(server.addresses["postgres"]) as connection:
        before, version = server.current, server.version()
        for line in WRONG.values():
            write_again(mesh, {POLICIES: f"{more}{line}\n"})
            with pytest.raises(ConfigurationError, match=rf"(?m)^{POLICIES}:{len(more.splitlines()) + 1}: "):
                server.reload()
            assert (server.current, server.version()) == (before, version)
            assert connection.execute(REGIONS).fetchall() == [("EU",)]
        write_again(mesh, MORE)
        server.reload()
        assert connection.execute(REGIONS).fetchall() == [("EU",), ("US",)]


def test_a_statement_ends_on_the_mesh_it_began_with(mesh: Path) -> None:
    with running(mesh) as server:
        before = server.current
        ana = before.principals.principal("ana")
        assert ana is not None
        result = server.run(Request("SELECT i FROM range(100000) AS t(i)", ana, "test"))
        server.reload()
        assert server.current is not before
        assert sum(batch.num_rows for batch in result.batches()) == 100_000
        result.close()
        assert eventually(lambda: not any(thread.name == "retire" for thread in threading.enumerate()))
        assert regions(server.addresses["postgres"]) == ["EU"]


def test_what_a_reload_cannot_change_is_said(mesh: Path) -> None:
    with running(mesh) as server:
        write_again(mesh, edited("mesh.toml", "127.0.0.1:0", "127.0.0.1:1"))
        assert "mesh.toml: endpoints.postgres: this change takes a restart" in server.reload()


def test_a_stopped_server_takes_no_statement(mesh: Path) -> None:
    with running(mesh) as server:
        ana = server.current.principals.principal("ana")
        assert ana is not None
    with pytest.raises(ShuttingDown):
        server.run(Request(REGIONS, ana, "test"))


def test_memory_and_spill_of_the_settings_reach_the_engine(tmp_path: Path) -> None:
    change = edited("mesh.toml", "[limits]", '[limits]\nmemory = "300MiB"\nspill = "2GiB"')
    opened = open_mesh(write_mesh(tmp_path / "mesh", change), ENVIRONMENT)
    names = ("memory_limit", "max_temp_directory_size")
    answer = opened.mesh.engine.run(f"SELECT {', '.join(f'current_setting({name!r})' for name in names)}", {})
    found = [value for batch in answer.batches() for values in batch.to_pydict().values() for value in values]
    assert found == ["300.0 MiB", "2.0 GiB"]
    answer.close()
    opened.close()


def test_open_mesh_gives_everything_back(mesh: Path) -> None:
    opened = open_mesh(mesh, ENVIRONMENT)
    assert opened.mesh.catalog.name == "small"
    opened.close()


def test_warnings_reach_whoever_starts_it(tmp_path: Path) -> None:
    sinks = '[audit]\nsinks = ["pigeon"]\n\n[masks]'
    mesh = write_mesh(tmp_path, edited("mesh.toml", "[masks]", sinks))
    assert any("pigeon" in warning for warning in check(mesh, ENVIRONMENT))


# --- a process -------------------------------------------------------------------------------------------


class Serving:
    """`meshgate serve` in a process of its own, and what it has written."""

    def __init__(self, process: "subprocess.Popen[str]", errors: Path) -> None:
        self.process, self._errors = process, errors

    def ready(self) -> Address:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("ready postgres=127.0.0.1:"), f"{line!r} {self.errors()}"
        return Address("127.0.0.1", int(line.rpartition(":")[2]))

    def errors(self) -> str:
        return self._errors.read_text()

    def says(self, text: str) -> bool:
        return eventually(lambda: text in self.errors())


@contextmanager
def serving(mesh: Path) -> Iterator[Serving]:
    errors = mesh.parent / "errors"
    with errors.open("w") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli", "serve", str(mesh)],
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
            env={**os.environ, **ENVIRONMENT},
        )
    with process:
        try:
            yield Serving(process, errors)
        finally:
            process.kill()


def test_serve_reloads_on_hup_and_ends_on_term(mesh: Path) -> None:
    with serving(mesh) as gateway:
        address = gateway.ready()
        assert regions(address) == ["EU"]
        write_again(mesh, {**MORE, **BROKEN})
        gateway.process.send_signal(signal.SIGHUP)
        assert gateway.says("mesh.toml: limits.second: unknown key")
        assert regions(address) == ["EU"]
        write_again(mesh, {POLICIES: f"{MORE[POLICIES]}{WRONG['an effect in capitals']}\n"})
        gateway.process.send_signal(signal.SIGHUP)
        assert gateway.says("effect 'Deny' must be exactly allow or deny")
        assert f"{POLICIES}:{len(MORE[POLICIES].splitlines()) + 1}: " in gateway.errors()
        assert regions(address) == ["EU"]
        write_again(mesh, MORE)
        gateway.process.send_signal(signal.SIGHUP)
        assert gateway.says("reloaded\n")
        assert eventually(lambda: regions(address) == ["EU", "US"])
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(20) == 0
        assert gateway.errors().endswith("reloaded\n"), "nothing else is said at the end"


@contextmanager
def statement(gateway: Serving, mesh: Path, sql: LiteralString) -> Iterator[list[object]]:
    """A statement that already runs; its answer or error ends up in the list."""
    outcome: list[object] = []
    address = gateway.ready()

    def ask() -> None:
        try:
            with connect(address) as connection:
                outcome.append(connection.execute(sql).fetchone())
        except psycopg.Error as error:
            outcome.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    assert eventually(lambda: list(records(mesh / "state" / "audit")))
    yield outcome
    asking.join(30)


def test_term_lets_a_running_statement_end(mesh: Path) -> None:
    with serving(mesh) as gateway, statement(gateway, mesh, SLOW) as outcome:
        gateway.process.send_signal(signal.SIGTERM)
        assert gateway.process.wait(30) == 0
    assert [type(answer) for answer in outcome] == [tuple]
    assert [record.outcome for record in records(mesh / "state" / "audit")] == ["started", "done"]


def test_a_second_signal_ends_at_once(mesh: Path) -> None:
    with serving(mesh) as gateway, statement(gateway, mesh, SLOW) as outcome:
        gateway.process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        gateway.process.send_signal(signal.SIGINT)
        assert gateway.process.wait(2) == 1
    assert isinstance(outcome[0], psycopg.OperationalError)


def test_serve_of_a_broken_folder_is_status_1(tmp_path: Path) -> None:
    mesh = write_mesh(tmp_path / "mesh", BROKEN)
    with serving(mesh) as gateway:
        assert gateway.process.wait(30) == 1
        assert gateway.process.stdout is not None
        assert gateway.process.stdout.read() == ""
        assert gateway.errors() == "mesh.toml: limits.second: unknown key, did you mean 'seconds'?\n"
