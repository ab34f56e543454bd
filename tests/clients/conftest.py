"""A PostgreSQL endpoint for the client tests of one module."""

from collections.abc import Iterator

import pytest

from tests.frontends.fake_gateway import Endpoint, endpoint


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with endpoint() as running:
        running.mesh.connection.execute(
            "create table numbers as select range::integer as n, 'x' || range as t from range(5000)"
        ).fetchall()
        yield running
        assert not running.mesh.open, "a result was left open"
