"""Governed answers, labeled for Flight: one statement's, or those of its bindings one after the other."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing

import pyarrow as pa

from gateway.errors import DatatypeMismatch, QueryCanceled
from gateway.frontends.flight.columns import labeled, schema_of
from gateway.frontends.flight.tickets import Answer
from gateway.query.request import Request, Result

Run = Callable[[Request], Result]


def answers(run: Run, requests: Sequence[Request], database: str) -> tuple[Answer, ...]:
    """What the requests, which begin here, are answered with: several answers for one statement in several parts."""
    if len(requests) > 1:
        return (StatementAnswer(run, requests, database),)
    result = run(requests[0])
    try:
        schema = schema_of(result.columns, database)
        return tuple(PartAnswer(result, schema, part) for part in result.parts())
    except BaseException:
        result.close()
        raise


class PartAnswer:
    """A part of one statement, or all of it. What ends a part before its end ends the statement."""

    def __init__(self, result: Result, schema: pa.Schema, part: Iterator[pa.RecordBatch]) -> None:
        self.schema = schema
        self._result = result
        self._part = part
        self._is_read = False

    def batches(self) -> Iterator[pa.RecordBatch]:
        self._result.recheck()  # a ticket may have waited
        with closing(self._part):  # type: ignore[type-var]
            for batch in self._part:
                yield labeled(batch, self.schema)
            self._is_read = True

    def cancel(self) -> None:
        self._result.cancel()

    def close(self) -> None:
        if not self._is_read:
            self._result.close()


class StatementAnswer:
    """The rows of each request, which run in order, the first at once. Each is on record on its own."""

    def __init__(self, run: Run, requests: Sequence[Request], database: str) -> None:
        self._run = run
        self._later = iter(requests)
        self._database = database
        self._lock = threading.Lock()
        self._canceled = False
        self._current = run(next(self._later))
        try:
            self.schema = schema_of(self._current.columns, database)
        except BaseException:
            self._current.close()
            raise

    def batches(self) -> Iterator[pa.RecordBatch]:
        self._current.recheck()  # a ticket may have waited
        yield from self._labeled()
        for request in self._later:
            self._next(self._run(request))
            yield from self._labeled()

    def _labeled(self) -> Iterator[pa.RecordBatch]:
        try:
            for batch in self._current.batches():
                yield labeled(batch, self.schema)
        finally:
            self._current.close()

    def _next(self, result: Result) -> None:
        with self._lock:
            self._current, canceled = result, self._canceled
        if canceled:
            result.close()
            raise QueryCanceled
        if schema_of(result.columns, self._database) != self.schema:
            result.close()
            raise DatatypeMismatch("these parameters give columns of other types than the first ones")

    def cancel(self) -> None:
        with self._lock:
            self._canceled = True
            current = self._current
        current.cancel()

    def close(self) -> None:
        with self._lock:
            self._canceled = True
            current = self._current
        current.close()


class TableAnswer:
    """What is known already."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table
        self.schema = table.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self._table.to_batches()

    def cancel(self) -> None: ...

    def close(self) -> None: ...
