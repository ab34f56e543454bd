"""Fixtures that several packages' tests use. Servers are started by tests/servers.py, one a test process."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.servers import PostgresServer, postgres_server

# A busy machine is no failure; a test that needs more examples says so itself.
settings.register_profile("meshgate", deadline=None, max_examples=30)
# `make fuzz`
settings.register_profile(
    "fuzz", deadline=None, max_examples=int(os.environ.get("EXAMPLES", "5000")), print_blob=True
)
settings.load_profile("meshgate")

# A job in the background ignores Ctrl-C, and so would the processes that tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A running PostgreSQL that the tests of one process share: make a database or a schema of your own in it."""
    with postgres_server() as server:
        yield server
