"""What the demo's tests share: a small set of data, and folders that a server may live in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.demo.data import Tables, generate

SCALE = 2_000


@pytest.fixture(scope="session")
def tables() -> Tables:
    return generate(SCALE)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder for the module. Not below pytest's own: each new pytest shuts that one to other accounts, and a
    PostgreSQL server that root starts runs under another account."""
    with tempfile.TemporaryDirectory(prefix="meshgate-test-") as folder:
        yield Path(folder).resolve()


@pytest.fixture
def data(place: Path, request: pytest.FixtureRequest) -> Path:
    """Where a test's server keeps its data."""
    return place / request.node.name / "server"
