"""One endpoint over the small mesh for all tests that change nothing."""

from collections.abc import Iterator

import pytest

from tests.frontends.http.asking import Asked, serving
from tests.meshes import edited, write_mesh

ENDPOINT = edited("mesh.toml", 'postgres = "127.0.0.1:0"', 'http = "127.0.0.1:0"')


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    with serving(write_mesh(tmp_path_factory.mktemp("http"), ENDPOINT)) as served:
        yield served
