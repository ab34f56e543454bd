"""Fixtures that several packages' tests use. Servers are started by tests/servers.py, one a test process."""

from collections.abc import Iterator

import pytest

from tests.servers import PostgresServer, postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL that the tests of one process share: make a database or a schema of your own in it."""
    with postgres_server() as server:
        yield server
