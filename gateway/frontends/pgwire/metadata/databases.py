"""One database for each distinct definition, and statements asked there.

Everybody's statements run as one account that owns nothing and may read the catalog only.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg
from psycopg import pq

from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.metadata.asking import ConnectionLost, answered, described, transaction
from gateway.frontends.pgwire.metadata.cluster import Cluster
from gateway.frontends.pgwire.metadata.definition import statements
from gateway.frontends.pgwire.metadata.fixed_oids import fixed
from gateway.frontends.pgwire.metadata.places import Places
from gateway.frontends.pgwire.metadata.question import Described, Given, Question, Rows, Running
from gateway.frontends.pgwire.refusals import MetadataUnavailable

LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")
DATABASES = 64
"""More than this are not kept: the one not used for longest is dropped."""
IDLE = 10
"""Connections kept open, of all databases."""
AGAIN_SECONDS = 3.0
"""A server that could not be opened is not tried again before."""


@dataclass(slots=True)
class _Database:
    cluster: Cluster
    name: str
    idle: list[pq.abc.PGconn] = field(default_factory=list)
    taken: int = 0

    def finish(self) -> None:
        for connection in self.idle:
            connection.finish()
        self.idle.clear()


class Databases:
    """`uri` makes the administrator's address when it is needed: at first, and after the server was lost. It may start
    the server."""

    def __init__(self, uri: Callable[[], str]) -> None:
        self._uri = uri
        self._cluster: Cluster | None = None
        self._known: OrderedDict[Definition, _Database] = OrderedDict()
        self._failed = -AGAIN_SECONDS
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._places = Places()

    def describe(self, question: Question, running: Running) -> Described:
        """Errors: those of the catalog's own words (`refused`)."""
        return self._asked(question, running, lambda connection: described(connection, question))

    def run(
        self,
        question: Question,
        values: Sequence[Given],
        formats: Callable[[int], tuple[int, ...]],
        running: Running,
    ) -> Rows:
        """`formats`: of each column, by how many there are. Errors: as `describe`."""
        return self._asked(
            question, running, lambda connection: answered(connection, question, values, formats)
        )

    def warm(self) -> None:
        """Start the server and make the template, so that the first statement need not."""
        with self._making, suppress(MetadataUnavailable):
            self._opened()

    def close(self) -> None:
        """Drop what was made."""
        with self._making:
            self._close()

    def _asked(self, question: Question, running: Running, ask: Callable[[pq.abc.PGconn], Answer]) -> Answer:
        """A second time where the server was lost before the statement was asked."""
        for _ in range(2):
            database = self._taken(question.known)
            try:
                with (
                    self._connected(database, question.who.principal) as connection,
                    transaction(connection, question.who, running),
                ):
                    return ask(connection)
            except ConnectionLost:
                self._lost(question.known, database)
        raise MetadataUnavailable

    @contextmanager
    def _connected(self, database: _Database, who: str) -> Iterator[pq.abc.PGconn]:
        connection = None
        try:
            with self._places.taken(who):
                with self._lock:
                    connection = database.idle.pop() if database.idle else None
                connection = connection or database.cluster.connection(database.name)
                yield connection
        finally:
            with self._lock:
                database.taken -= 1
                sound = connection is not None and connection.transaction_status == pq.TransactionStatus.IDLE
                kept = sum(len(known.idle) for known in self._known.values())
                if connection is not None and sound and kept < IDLE:
                    database.idle.append(connection)
                    connection = None
            if connection is not None:
                connection.finish()

    def _taken(self, known: Definition) -> _Database:
        """Kept at least until it is given back."""
        found = self._found(known)
        if found is not None:
            return found
        with self._making:
            found = self._found(known)
            if found is not None:
                return found
            made = self._made(known)
            made.taken += 1
            with self._lock:
                self._known[known] = made
            self._drop_unused()
            return made

    def _found(self, known: Definition) -> _Database | None:
        with self._lock:
            found = self._known.get(known)
            if found is not None:
                self._known.move_to_end(known)
                found.taken += 1
            return found

    def _made(self, known: Definition) -> _Database:
        """A second time where the server was lost meanwhile."""
        for _ in range(2):
            cluster = self._opened()
            try:
                return _Database(cluster, cluster.create(statements(known), fixed(known)))
            except psycopg.Error:
                LOG.exception("the gateway's own PostgreSQL cannot make a database")
                if not cluster.lost:
                    break
                self._close()
        raise MetadataUnavailable

    def _opened(self) -> Cluster:
        if self._cluster is None:
            if time.monotonic() < self._failed + AGAIN_SECONDS:
                raise MetadataUnavailable
            try:
                self._cluster = Cluster(self._uri())
            except (psycopg.Error, OSError) as error:
                self._failed = time.monotonic()
                LOG.exception("the gateway's own PostgreSQL cannot be opened")
                raise MetadataUnavailable from error
        return self._cluster

    def _lost(self, known: Definition, database: _Database) -> None:
        there = database.cluster.has(database.name)
        with self._lock:
            if not there and self._known.get(known) is database:
                del self._known[known]
            database.finish()

    def _close(self) -> None:
        cluster, self._cluster = self._cluster, None
        with self._lock:
            for database in self._known.values():
                database.finish()
            self._known.clear()
        if cluster is not None:
            cluster.close()

    def _drop_unused(self) -> None:
        with self._lock:
            extra = [key for key, database in self._known.items() if not database.taken]
            extra = extra[: max(0, len(self._known) - DATABASES)]
            dropped = [self._known.pop(key) for key in extra]
        for database in dropped:
            database.finish()
            database.cluster.drop(database.name)
