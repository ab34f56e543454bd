"""The whole demo as a person starts it. What it prints is compared with DuckDB on the data."""

import fcntl
import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import fields
from pathlib import Path

import duckdb
import psycopg
import pytest

from gateway.audit import latest, records
from gateway.cli import main
from gateway.demo.build import write_texts
from gateway.demo.data import Tables
from gateway.demo.run import start
from gateway.demo.show import side_by_side
from gateway.demo.story import ANA, CUSTOMERS, DELAYS, FELIX, MIA, OLGA, Answer, Asker, Question, ask
from gateway.settings import Address
from tests.demo.conftest import SCALE
from tests.demo.processes import running_on

pytestmark = pytest.mark.xdist_group("demo")
MESHGATE = Path(sys.executable).with_name("meshgate")
DOMAINS = {
    "customers": "sales",
    "orders": "sales",
    "returns": "shipping",
    "parcels": "shipping",
    "leads": "marketing",
    "campaigns": "marketing",
}
SEEN = {"ana": "NOT is_test AND region = 'EU'", "felix": "NOT is_test"}
LATE = """
    SELECT o.region, p.carrier, count(*), max(p.delivered_on - o.promised_on)
    FROM {orders} o JOIN shipping.parcels p USING (order_id)
    WHERE p.attempt = 1 AND p.delivered_on IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


@pytest.fixture(scope="module")
def oracle(tables: Tables) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for field in fields(Tables):
            connection.register("raw", getattr(tables, field.name))
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {DOMAINS[field.name]}")
            connection.execute(f"CREATE TABLE {DOMAINS[field.name]}.{field.name} AS FROM raw")
            connection.unregister("raw")
        connection.execute("ALTER TABLE sales.customers RENAME full_name TO name")
        yield connection


def expected(oracle: duckdb.DuckDBPyConnection, asker: Asker, question: Question) -> Answer:
    """What `asker` must get if nothing were masked: rows that nobody grants are taken out by hand."""
    sql = question.sql.replace("sales.orders AS", f"(FROM sales.orders WHERE {SEEN[asker.name]}) AS")
    cursor = oracle.execute(sql)
    return Answer(asker, tuple(column[0] for column in cursor.description), tuple(cursor.fetchall()))


# --- the gateway, up ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mesh(place: Path) -> Path:
    folder = place / "mesh"
    write_texts(folder)
    (folder / "state").mkdir(mode=0o700)
    return folder


@pytest.fixture(scope="module")
def addresses(mesh: Path) -> Iterator[Mapping[str, Address]]:
    with ExitStack() as stack:
        addresses, _ = start(mesh, SCALE, stack)
        yield addresses
    assert running_on(mesh) == []


@pytest.fixture(scope="module")
def address(addresses: Mapping[str, Address]) -> Address:
    return addresses["postgres"]


@pytest.mark.parametrize("asker", [ANA, FELIX], ids=lambda asker: asker.name)
def test_delays_equal_duckdb_on_the_raw_data(
    address: Address, oracle: duckdb.DuckDBPyConnection, asker: Asker
) -> None:
    answer = ask(asker, DELAYS, address)
    assert answer == expected(oracle, asker, DELAYS)
    assert {row[0] for row in answer.rows} == ({"EU"} if asker is ANA else {"EU", "US", "APAC"})


README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")


def test_ana_trains_the_delay_predictor_of_the_readme_on_what_she_may_see(
    addresses: Mapping[str, Address], oracle: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = re.findall(r"```python\n(import adbc_driver_flightsql.*?)```", README, re.DOTALL)
    exec(example.replace("127.0.0.1:8815", str(addresses["flight"])), {})
    told = re.fullmatch(r"([\d,]+) parcels; .* area of (0\.\d\d) under the curve\n", capsys.readouterr().out)
    assert told is not None
    europe = LATE.format(orders=f"(FROM sales.orders WHERE {SEEN['ana']})")
    assert int(told[1].replace(",", "")) == sum(row[2] for row in oracle.execute(europe).fetchall())
    assert float(told[2]) > 0.55  # 0.5 is a guess; what makes parcels late is their carrier and the season


def test_customers_are_the_same_people_under_different_masks(
    address: Address, oracle: duckdb.DuckDBPyConnection
) -> None:
    raw = expected(oracle, FELIX, CUSTOMERS).rows
    ana, felix = ask(ANA, CUSTOMERS, address).rows, ask(FELIX, CUSTOMERS, address).rows
    assert raw
    for mine, theirs, plain in zip(ana, felix, raw, strict=True):
        assert mine[0] == theirs[0] == plain[0]
        assert mine[3] == theirs[3] == plain[3]
        assert len({mine[1], theirs[1], plain[1]}) == 3
        assert len({mine[2], theirs[2], plain[2]}) == 3
        assert str(theirs[2]).endswith("@example.com")


@pytest.mark.parametrize("question", [DELAYS, CUSTOMERS], ids=["delays", "customers"])
def test_the_outsider_is_told_whom_to_ask(address: Address, question: Question) -> None:
    answer = ask(OLGA, question, address)
    assert answer.rows == ()
    assert answer.refusal is not None
    assert answer.refusal.startswith("42501")
    assert "@example.com" in answer.refusal


def test_finance_without_its_purpose_gets_nothing(address: Address) -> None:
    with (
        psycopg.connect(Asker("felix", "no purpose").uri(address)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT count(*) FROM sales.orders")


def test_the_demos_own_policy_tests_pass_and_notice_every_mutation(
    address: Address, mesh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in (mesh / "state" / "sources.env").read_text().splitlines():
        name, _, value = line.removeprefix("export ").partition("=")
        monkeypatch.setenv(name, value.strip("'"))
    assert main(["policy", "test", str(mesh), "--mutate", "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["unexercised"] == []
    assert [one for one in report["mutations"] if one["noticed"] is None] == []
    assert len(report["mutations"]) > 5


def test_an_analyst_has_no_phone_column(address: Address) -> None:
    with psycopg.connect(ANA.uri(address)) as connection:
        cursor = connection.execute("SELECT * FROM sales.customers LIMIT 1")
        assert "phone" not in {column.name for column in cursor.description or ()}
        with pytest.raises(psycopg.errors.UndefinedColumn):
            connection.execute("SELECT phone FROM sales.customers")


def test_marketing_reads_delays_but_no_orders(address: Address, oracle: duckdb.DuckDBPyConnection) -> None:
    """Definer rights: shipping reads the orders; its consumers need no grant on them."""
    with psycopg.connect(MIA.uri(address), autocommit=True) as connection:
        rows = connection.execute(
            "SELECT region, carrier, count(*), max(days_late) FROM shipping.delays GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        assert rows == oracle.execute(LATE.format(orders="(FROM sales.orders WHERE NOT is_test)")).fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT count(*) FROM sales.orders")


def test_hashed_addresses_join_across_domains(address: Address, oracle: duckdb.DuckDBPyConnection) -> None:
    """A customer's address in PostgreSQL and the same one in Parquet hash alike."""
    with psycopg.connect(MIA.uri(address)) as connection:
        leads = {row[0] for row in connection.execute("SELECT email FROM marketing.leads WHERE converted")}
    with psycopg.connect(ANA.uri(address)) as connection:
        customers = {
            row[0]
            for row in connection.execute("SELECT email FROM sales.customers WHERE lead_id IS NOT NULL")
        }
    raw = oracle.execute(
        "SELECT count(DISTINCT email) FROM sales.customers WHERE lead_id IS NOT NULL AND region = 'EU'"
    ).fetchone()
    assert (len(customers),) == raw
    assert customers <= leads
    assert not any("@" in address for address in leads)


def test_contract_quality_holds_through_the_gateway(address: Address) -> None:
    with psycopg.connect(FELIX.uri(address)) as connection:
        broken = connection.execute(
            "SELECT count(*) FROM sales.orders "
            "WHERE (shipped_at IS NULL) <> (status NOT IN ('shipped', 'delivered'))"
        ).fetchone()
    assert broken == (0,)


# --- the command -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def told(place: Path) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The folder that the command made, and what it said, while its port was taken."""
    folder = place / "told"
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with suppress(OSError):  # taken already, by the gateway of the tests above
            taken.bind(("127.0.0.1", 5433))
            taken.listen()
        return folder, demo(folder, "--no-wait")


def test_the_story_is_told_and_everything_stops(
    told: tuple[Path, subprocess.CompletedProcess[str]], oracle: duckdb.DuckDBPyConnection
) -> None:
    folder, done = told
    assert (done.returncode, done.stderr) == (0, "")
    assert running_on(folder) == []
    answers = [expected(oracle, ANA, DELAYS), expected(oracle, FELIX, DELAYS), Answer(OLGA, refusal="42501")]
    assert "\n".join(side_by_side(DELAYS, answers, None)) in done.stdout
    assert "not on port 5433, which is taken" in done.stdout
    for source in ("sales.crm", "shipping.depot", "shipping.scans", "marketing.lake"):
        assert f"{source}: " in done.stdout
    assert "Ctrl-C" not in done.stdout
    assert not any(secret in done.stdout for secret in secrets(folder))


def test_every_question_is_on_record(told: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    journal = latest(records(told[0] / "state" / "audit"), 6)
    assert [(record.principal, record.outcome) for record in journal] == [
        ("ana", "done"),
        ("felix", "done"),
        ("olga", "refused"),
    ] * 2
    assert [record.statement for record in journal] == [DELAYS.sql] * 3 + [CUSTOMERS.sql] * 3
    assert {source.source for source in journal[0].sources} == {
        "sales.crm",
        "shipping.depot",
        "shipping.scans",
        "marketing.lake",
    }
    assert journal[2].sources == ()
    assert journal[3].masked == ("sales.customers.name", "sales.customers.email")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_second_run_reuses_all_and_stays_up_on_a_terminal_until_told_to_stop(
    told: tuple[Path, subprocess.CompletedProcess[str]], number: int
) -> None:
    folder, _ = told
    loaded = (folder / "state" / "loaded.json").stat().st_mtime_ns
    master, terminal = pty.openpty()
    with subprocess.Popen(command(folder), stdout=terminal, stderr=subprocess.DEVNULL) as process:
        os.close(terminal)
        said = read_until(master, b"until Ctrl-C")
        assert b"Ask it yourself" in said
        assert process.poll() is None
        assert running_on(folder) != []
        process.send_signal(number)
        assert process.wait(60) == 0
    os.close(master)
    assert running_on(folder) == []
    assert (folder / "state" / "loaded.json").stat().st_mtime_ns == loaded


def test_stopped_before_its_end_it_says_so_and_leaves_nothing(place: Path) -> None:
    folder = place / "stopped"
    with subprocess.Popen(
        command(folder, "--no-wait"), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_for(folder / "state" / "cloud" / "postmaster.pid")
        process.send_signal(signal.SIGTERM)
        told, complaint = process.communicate(timeout=60)
    assert process.returncode == 1
    assert b"interrupted" in complaint
    assert b"Ask it yourself" not in told
    assert running_on(folder) == []


def test_a_second_demo_in_one_folder_is_refused(address: Address, mesh: Path) -> None:
    with (mesh / "state" / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = demo(mesh, "--no-wait")
    assert second.returncode == 1
    assert second.stdout == ""
    assert "another demo" in second.stderr


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    done = demo(tmp_path, "--no-wait")
    assert (done.returncode, done.stdout) == (1, "")
    assert "choose another folder" in done.stderr


def command(folder: Path, *options: str) -> Sequence[str]:
    return (str(MESHGATE), "demo", "--folder", str(folder), "--scale", str(SCALE), *options)


def demo(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(folder, *options), capture_output=True, text=True, timeout=120, check=False)


def secrets(folder: Path) -> list[str]:
    """Passwords of the sources: between `:` and `@` in the environment file, and the administrators'."""
    addresses = (folder / "state" / "sources.env").read_text().splitlines()
    readers = [line.split("://", 1)[1].split(":", 1)[1].split("@", 1)[0] for line in addresses]
    return readers + [path.read_text() for path in (folder / "state").glob("*.password")]


def read_until(descriptor: int, end: bytes) -> bytes:
    told = b""
    while end not in told:
        try:
            told += os.read(descriptor, 65_536)
        except OSError:
            break  # the other side has closed the terminal
    return told


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
