"""A PostgreSQL database of a module's own, and a connector to it."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from connectors.postgres import PostgresConnector
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def uri(postgres: PostgresServer) -> str:
    return postgres.database(f"p{uuid4().hex}")


@pytest.fixture
def source(uri: str) -> Iterator[PostgresConnector]:
    made = PostgresConnector(uri)
    yield made
    made.close()
