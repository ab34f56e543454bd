"""A PostgreSQL endpoint for the client tests of one module."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.clients.published import TABLES as PUBLISHED
from tests.clients.published import publish
from tests.clients.real_gateway import Real, serving
from tests.clients.real_mesh import TABLES, write_real_mesh
from tests.frontends.fake_gateway import Endpoint, endpoint
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with endpoint() as running:
        running.mesh.connection.execute(
            "create table numbers as select range::integer as n, 'x' || range as t from range(5000)"
        ).fetchall()
        yield running
        assert not running.mesh.open, "a result was left open"


@pytest.fixture(scope="module")
def real(
    request: pytest.FixtureRequest, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    yield from _over(_own_database(request, postgres, TABLES), write_real_mesh, tmp_path_factory)


@pytest.fixture(scope="module")
def published(
    request: pytest.FixtureRequest, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    yield from _over(_own_database(request, postgres, PUBLISHED), publish, tmp_path_factory)


def _own_database(request: pytest.FixtureRequest, postgres: PostgresServer, tables: str) -> str:
    """The URI of a database of the module's name, with tables."""
    database = request.path.stem.removeprefix("test_")
    uri = postgres.database(database)
    postgres.run(f"ALTER DATABASE {database} SET timezone = 'UTC'")
    postgres.run(tables, database=database)
    return uri


def _over(
    source: str, write: Callable[[Path, str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Real]:
    with serving(write(tmp_path_factory.mktemp("mesh"), source), source) as running:
        yield running


@pytest.fixture(scope="module")
def asked_as(published: Real, postgres: PostgresServer) -> str:
    """The address of the database behind, as somebody who may only read and has the name of the gateway's principal."""
    if not postgres.query("SELECT FROM pg_roles WHERE rolname = 'analyst'"):
        postgres.run("CREATE ROLE analyst LOGIN")
    return published.source.replace("postgres@", "analyst@")
