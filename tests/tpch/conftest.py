"""TPC-H data, loaded once: the mesh over it, the gateway that serves it, DuckDB on the raw files."""

import hmac
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.tpch.mesh import HASH_KEY, PLACES, PRIORITIES, TpchMesh, tpch_mesh
from tests.tpch.serving import serving

SCALE = 0.1


@pytest.fixture(scope="session")
def tpch() -> Iterator[TpchMesh]:
    with tpch_mesh(SCALE) as mesh:
        yield mesh


@pytest.fixture(scope="session")
def port(tpch: TpchMesh) -> Iterator[int]:
    """Where `meshgate serve` answers PostgreSQL clients."""
    with serving(tpch.folder, tpch.environment) as gateway:
        yield gateway.port


# --- what is right ---------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def everything(tpch: TpchMesh) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        load_raw(connection, tpch.raw)
        yield connection


@pytest.fixture(scope="session")
def for_max(tpch: TpchMesh) -> Iterator[duckdb.DuckDBPyConnection]:
    """The data without what max may not see, masked as max sees it."""
    with duckdb.connect(config={"threads": 2}) as connection:
        load_raw(connection, tpch.raw)
        _hide(connection, "c_name[1:1] || '***'")
        yield connection


@pytest.fixture(scope="session")
def for_olga(tpch: TpchMesh) -> Iterator[duckdb.DuckDBPyConnection]:
    """As max, but names are hashed, and there is no c_acctbal."""
    with duckdb.connect(config={"threads": 2}) as connection:
        load_raw(connection, tpch.raw)
        connection.create_function("token", _token, ["VARCHAR"], "VARCHAR")
        _hide(connection, "token(c_name)")
        connection.execute("ALTER TABLE sales.customer DROP c_acctbal")
        yield connection


def load_raw(connection: duckdb.DuckDBPyConnection, raw: Path) -> None:
    for table, place in PLACES.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {place.domain}")
        connection.execute(f"CREATE TABLE {place.domain}.{table} AS FROM '{raw}/{table}.parquet'")


def _hide(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    connection.execute(f"DELETE FROM sales.orders WHERE o_orderpriority NOT IN {PRIORITIES}")
    connection.execute(f"UPDATE sales.customer SET c_name = {name}, c_phone = c_phone[1:2] || '-...'")


def _token(text: str) -> str:
    """The mask `hash` as the documentation gives it: half of a keyed SHA-256."""
    return hmac.digest(HASH_KEY.encode(), text.encode(), "sha256").hex()[:32]
