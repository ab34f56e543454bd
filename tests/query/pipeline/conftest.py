from collections.abc import Iterator

import pytest

from gateway.query.mesh import Mesh
from tests.query.pipeline.shop import LINES, made


@pytest.fixture
def mesh() -> Iterator[Mesh]:
    built = made(LINES).memory()
    yield built
    built.engine.close()


@pytest.fixture
def open_mesh() -> Iterator[Mesh]:
    built = made().memory()
    yield built
    built.engine.close()
