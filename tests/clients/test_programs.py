"""Programs in other languages, over their own drivers: they print the same about the gateway as about the PostgreSQL
behind it. `.ci/run` installs the drivers."""

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.clients.real_gateway import Real

PROGRAMS = Path(__file__).parent / "programs"
NEEDS = {
    "ask.pl": (["perl"], ["-MDBD::Pg", "-e", "1"]),
    "ask.php": (["php"], ["-r", "exit(extension_loaded('pdo_pgsql') ? 0 : 1);"]),
    "ask.rb": (["ruby"], ["-e", "require 'pg'"]),
}
ODBC = Path("/usr/share/doc/odbc-postgresql")
STATEMENTS = """\
SELECT order_id, amount, note, ordered_on, score FROM sales.orders WHERE order_id BETWEEN 1 AND 9 ORDER BY order_id
SELECT customer_id, name, tags, photo, created_at FROM sales.customers WHERE customer_id IN (-3, 1, 2) ORDER BY 1
SELECT count(*) FROM sales.orders
SELECT nope FROM sales.orders
"""


def printed(command: list[str], text: str = "", **environment: str) -> str:
    told = subprocess.run(
        command,
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    return told.stdout + told.stderr


def missing(what: str) -> None:
    assert "CI" not in os.environ, f"{what} is not installed"
    pytest.skip(f"{what} is not installed")


def place(uri: str) -> list[str]:
    parts = urlsplit(uri)
    return [
        str(parts.hostname),
        str(parts.port),
        parts.path[1:],
        str(parts.username),
        parts.password or "none",
    ]


@pytest.mark.parametrize("program", NEEDS)
def test_a_program_prints_the_same(real: Real, program: str) -> None:
    runs, check = NEEDS[program]
    if (
        not shutil.which(runs[0])
        or subprocess.run([*runs, *check], check=False, capture_output=True).returncode
    ):
        missing(program)
    ours, theirs = (
        printed([*runs, str(PROGRAMS / program), *place(uri)]) for uri in (real.uri(), real.source)
    )
    assert theirs.count("\n") >= 9, theirs
    assert ours == theirs


@pytest.mark.parametrize("fetch", ["UseDeclareFetch=0", "UseDeclareFetch=1"])
def test_odbc_prints_the_same(real: Real, tmp_path: Path, fetch: str) -> None:
    if not shutil.which("isql") or not ODBC.exists():
        missing("psqlODBC")
    answers = []
    for uri in (real.uri(), real.source):
        host, port, database, user, password = place(uri)
        lines = [
            "[here]",
            "Driver=PostgreSQL Unicode",
            f"Servername={host}",
            f"Port={port}",
            f"Database={database}",
            f"Username={user}",
            f"Password={password}",
            fetch,
            "Fetch=2",
        ]
        (tmp_path / "odbc.ini").write_text("\n".join(lines), "utf-8")
        answers.append(printed(["isql", "-b", "here"], STATEMENTS, ODBCINI=str(tmp_path / "odbc.ini")))
    ours, theirs = answers
    assert "rows fetched" in theirs, theirs
    assert ours == theirs
