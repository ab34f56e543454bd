"""The shared conformance programs of real clients, where they and their clients are: all steps that a read-only gateway
must pass. `.ci/run` installs the clients; a client that is missing there is a failure."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.clients.flight_client import RawClient
from tests.clients.published import publish
from tests.clients.real_gateway import serving
from tests.servers import PostgresServer

DRIVERS = Path(__file__).parents[3] / "shared" / "clients"
JAR = Path("/usr/share/java/postgresql.jar")
NEEDS = {
    "psql": (shutil.which("psql") and shutil.which("bash"), ["bash", "drive_psql.sh"]),
    "jdbc": (shutil.which("java") and JAR.exists(), ["bash", "drive_jdbc.sh"]),
    **{
        name: (
            all(importlib.util.find_spec(module) for module in modules),
            [sys.executable, f"drive_{name}.py"],
        )
        for name, modules in {
            "psycopg2": ("psycopg2",),
            "psycopg3": ("psycopg", "psycopg_pool"),
            "asyncpg": ("asyncpg",),
            "sqlalchemy": ("sqlalchemy", "pg8000"),
            "adbc": ("adbc_driver_postgresql",),
            "flightsql": ("adbc_driver_flightsql", "pandas", "polars"),
        }.items()
    },
}

pytestmark = pytest.mark.skipif(
    not DRIVERS.exists(), reason="the shared programs are no part of this repository"
)


@pytest.fixture(scope="module")
def ports(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    postgres.run("CREATE DATABASE shared_mesh")
    postgres.run("DROP ROLE IF EXISTS analyst")  # another file's, which owns nothing
    setup = (DRIVERS / "setup.sql").read_text("utf-8").replace("ON DATABASE mesh", "ON DATABASE shared_mesh")
    uri = postgres.uri("shared_mesh")
    subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", uri], input=setup, text=True, check=True)
    folder = publish(tmp_path_factory.mktemp("shared"), uri)
    with serving(folder, uri) as running:
        yield {name: address.port for name, address in running.server.addresses.items()}


@pytest.mark.parametrize("driver", NEEDS)
def test_all_steps_that_must_pass_do(ports: dict[str, int], driver: str) -> None:
    found, command = NEEDS[driver]
    if not found:
        assert "CI" not in os.environ, f"what {driver} needs is not installed"
        pytest.skip(f"what {driver} needs is not installed")
    port = ports["flight" if driver == "flightsql" else "postgres"]
    arguments = ["127.0.0.1", str(port), "mesh", "analyst", "analyst-pw", "--no-write"]
    told = subprocess.run(
        [*command, *arguments], cwd=DRIVERS, capture_output=True, text=True, timeout=180, check=False
    )
    output = told.stdout + told.stderr
    assert re.search(rf"{driver}: \d+[ /]", output), output
    tiers = json.loads((DRIVERS / "tiers.json").read_text("utf-8"))
    spared = {*tiers["should"].get(driver, ()), *tiers["may"].get(driver, ())}
    failed = set(re.findall(rf"FAIL {driver}/(\S+?)[: ]", output))
    failed |= set(re.findall(r"(\S+)=FAIL", output))
    assert failed <= spared, output


def test_keys_over_flight_sql_are_those_of_the_source(
    postgres: PostgresServer, ports: dict[str, int]
) -> None:
    """As PostgreSQL itself has them, of tables: a view has none."""
    sql = """
        SELECT c.conrelid::regclass::text, a.attname, f.relname, b.attname FROM pg_constraint AS c
        LEFT JOIN pg_class AS f ON f.oid = c.confrelid
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)
        LEFT JOIN pg_attribute AS b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
        WHERE c.contype IN ('p', 'f') AND c.connamespace::regnamespace::text IN ('sales', 'shipping', 'marketing')"""
    with psycopg.connect(postgres.uri("shared_mesh")) as connection:
        constraints = set(connection.execute(sql).fetchall())
    primary, foreign = set(), set()
    with RawClient(f"grpc://127.0.0.1:{ports['flight']}", "analyst") as client:
        for table in client.ask("CommandGetTables").to_pylist():
            place = {"db_schema": table["db_schema_name"], "table": table["table_name"]}
            name = f"{place['db_schema']}.{place['table']}"
            for key in client.ask("CommandGetPrimaryKeys", **place).to_pylist():
                primary.add((name, key["column_name"], None, None))
            imported = client.ask("CommandGetImportedKeys", **place).to_pylist()
            for key in imported:
                foreign.add((name, key["fk_column_name"], key["pk_table_name"], key["pk_column_name"]))
                pair = {"pk_table": key["pk_table_name"], "fk_table": key["fk_table_name"]}
                assert client.ask("CommandGetCrossReference", **pair).to_pylist() == [key]
                pointed_to = {"db_schema": key["pk_db_schema_name"], "table": key["pk_table_name"]}
                assert key in client.ask("CommandGetExportedKeys", **pointed_to).to_pylist()
    assert primary == {each for each in constraints if each[2] is None}
    assert foreign == {each for each in constraints if each[2] is not None}
    assert foreign
