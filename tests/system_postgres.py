"""The PostgreSQL that answers for the catalog in tests: one a process. Call this from the main thread first: the server
ends with the thread that started it."""

import atexit
from contextlib import ExitStack
from functools import cache

from gateway.frontends.pgwire.metadata.databases import Databases
from tests.servers import postgres_server


@cache
def databases() -> Databases:
    running = ExitStack()
    atexit.register(running.close)
    server = running.enter_context(postgres_server())
    return Databases(server.uri)
