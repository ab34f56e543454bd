"""Servers that come from a wheel, keep what they are given, and are gone when they should be."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gateway.demo.build import Servers, environment, load_data, write_texts
from gateway.demo.data import generate
from gateway.embedded import ServerError, postgres
from tests.demo.processes import running_on


def test_data_stays_from_one_start_to_the_next_and_no_process_does(data: Path) -> None:
    with postgres(data) as first, psycopg.connect(first.uri()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert running_on(data) == []
    with postgres(data) as second, psycopg.connect(second.uri()) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert running_on(data) != []
    assert running_on(data) == []
    assert not second.sockets.exists()


def test_a_server_is_stopped_when_the_block_raises(data: Path) -> None:
    with (
        pytest.raises(psycopg.errors.SyntaxError),
        postgres(data) as server,
        psycopg.connect(server.uri()) as up,
    ):
        up.execute("nonsense")
    assert running_on(data) == []


def test_a_server_listens_on_no_port_and_wants_a_password(data: Path) -> None:
    with postgres(data) as server:
        with psycopg.connect(server.uri()) as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(server.uri(password="guessed"))
        assert server.sockets.stat().st_mode & 0o077 == 0


def test_the_server_of_a_killed_demo_is_replaced(data: Path) -> None:
    program = f"""
        import time
        from pathlib import Path
        from gateway.embedded import postgres
        with postgres(Path({str(data)!r})):
            print("up", flush=True)
            time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"up\n"
        killed.send_signal(signal.SIGKILL)
    left_behind = running_on(data)
    with postgres(data) as server:
        psycopg.connect(server.uri()).close()
    assert left_behind != []
    assert running_on(data) == []


def test_a_server_that_cannot_start_says_why_and_leaves_nothing(data: Path) -> None:
    with postgres(data):
        pass
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(ServerError, match="incompatible"), postgres(data):
        pass
    assert running_on(data) == []


def test_an_interrupted_initialization_is_repeated(data: Path) -> None:
    half = data.with_name("server.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with postgres(data) as server, psycopg.connect(server.uri()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.fixture(scope="module")
def loaded(place: Path) -> Iterator[tuple[Path, Servers]]:
    folder = place / "mesh"
    write_texts(folder)
    (folder / "state").mkdir()
    with postgres(folder / "state" / "cloud") as cloud, postgres(folder / "state" / "premises") as premises:
        servers = Servers(cloud, premises)
        assert load_data(folder, servers, 300)
        yield folder, servers


def test_data_is_loaded_once_and_again_for_another_scale(loaded: tuple[Path, Servers]) -> None:
    folder, servers = loaded
    assert not load_data(folder, servers, 300)
    assert load_data(folder, servers, 301)
    with psycopg.connect(servers.cloud.uri("crm")) as connection:
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (301,)
    assert load_data(folder, servers, 300)


def test_the_gateways_role_reads_and_does_nothing_else(loaded: tuple[Path, Servers]) -> None:
    uri = environment(*loaded)["SALES_CRM_URI"]
    with psycopg.connect(uri, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM customers").fetchone() == (75,)
        connection.execute("SET default_transaction_read_only = off")
        for attempt in (
            "DELETE FROM orders",
            "CREATE TABLE mine (a int)",
            "CREATE TEMP TABLE mine (a int)",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY orders TO PROGRAM 'cat'",
            "CREATE ROLE more",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(attempt)  # type: ignore[arg-type]


def test_sources_hold_what_was_generated(loaded: tuple[Path, Servers]) -> None:
    """Through CSV and COPY, NULLs, non-ASCII names and decimals included."""
    tables = generate(300)
    for server, database, name in (
        (loaded[1].cloud, "crm", "customers"),
        (loaded[1].cloud, "crm", "orders"),
        (loaded[1].premises, "depot", "returns"),
    ):
        expected = getattr(tables, name)
        with psycopg.connect(server.uri(database)) as connection:
            columns = ", ".join(expected.column_names)
            rows = connection.execute(f"SELECT {columns} FROM {name} ORDER BY 1").fetchall()  # type: ignore[arg-type]
        assert rows == [tuple(row.values()) for row in expected.to_pylist()]


def test_addresses_with_passwords_are_for_the_owner_only(loaded: tuple[Path, Servers]) -> None:
    folder, servers = loaded
    variables = environment(folder, servers)
    path = folder / "state" / "sources.env"
    assert path.stat().st_mode & 0o777 == 0o600
    sourced = subprocess.run(
        ["sh", "-c", f'. "{path}" && printf %s "$SALES_CRM_URI"'], capture_output=True, text=True, check=True
    )
    assert sourced.stdout == variables["SALES_CRM_URI"]
    assert os.fspath(folder) not in variables["SALES_CRM_URI"]
