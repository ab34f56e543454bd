"""What is asked about the catalog, and what comes back."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psycopg
from psycopg import pq

from gateway.errors import QueryCanceled
from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.metadata.routing import Asked


@dataclass(frozen=True, slots=True)
class Field:
    """A result column as PostgreSQL describes it. `base`: the OID of the relation that it is of, its number there."""

    name: str
    oid: int
    length: int
    modifier: int
    base: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter as it came over the wire. `format`: 0 text, 1 binary."""

    value: bytes | None
    format: int


@dataclass(frozen=True, slots=True)
class Described:
    parameters: tuple[int, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """`rows` hold each value in the format that was asked for its column."""

    fields: tuple[Field, ...]
    rows: tuple[tuple[bytes | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Who:
    """What the stand-ins tell of whoever asks. `settings` are the session's, `process` its number in cancel keys."""

    principal: str
    database: str
    settings: Mapping[str, str]
    process: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with its parameters' OIDs as declared, who asks it, and the database that it is for."""

    asked: Asked
    types: tuple[int, ...]
    who: Who
    known: Definition


class Running:
    """A statement that may be canceled from another thread."""

    def __init__(self) -> None:
        self._connection: pq.abc.PGconn | None = None
        self._canceled = False
        self._lock = threading.Lock()

    @contextmanager
    def on(self, connection: pq.abc.PGconn) -> Iterator[None]:
        with self._lock:
            if self._canceled:
                raise QueryCanceled
            self._connection = connection
        try:
            yield
        finally:
            with self._lock:
                self._connection = None

    def cancel(self) -> None:
        with self._lock:
            self._canceled = True
            if self._connection is not None:
                with suppress(psycopg.Error):
                    self._connection.get_cancel().cancel()
