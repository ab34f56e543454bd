"""The gateway over a real PostgreSQL, and that PostgreSQL itself, to compare with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from gateway.server import Server
from gateway.settings import load_settings


@dataclass(frozen=True)
class Real:
    """The gateway, and the database that it reads."""

    server: Server
    folder: Path
    source: str

    def uri(self, name: str = "analyst") -> str:
        return f"postgresql://{name}:{name}-pw@127.0.0.1:{self.server.addresses['postgres'].port}/mesh"

    @property
    def flight(self) -> str:
        return f"grpc://127.0.0.1:{self.server.addresses['flight'].port}"

    def connect(self, name: str = "analyst") -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.uri(name), autocommit=True)


@contextmanager
def serving(folder: Path, source: str) -> Iterator[Real]:
    """The gateway of a mesh folder, until the block ends."""
    server = Server(load_settings(folder, {}))
    server.start()
    try:
        yield Real(server, folder, source)
    finally:
        server.stop(5)
