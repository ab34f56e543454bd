from collections.abc import Iterator

import duckdb
import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import Builder
from tests.query.tables import TABLES, plain_duckdb


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    made = Builder(TABLES).memory()
    yield made
    made.engine.close()


@pytest.fixture(scope="module")
def plain() -> Iterator[duckdb.DuckDBPyConnection]:
    with plain_duckdb() as connection:
        yield connection
