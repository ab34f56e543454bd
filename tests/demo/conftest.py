"""What the demo's tests share: a small set of data."""

import pytest

from gateway.demo.data import Tables, generate

SCALE = 2_000


@pytest.fixture(scope="session")
def tables() -> Tables:
    return generate(SCALE)
