"""One row of a PostgreSQL, asked for without waiting: the question is sent, its answer is read when it is wanted.

The driver that streams waits for whatever it asks, and takes several times as long for a single row. What is rare or
wrong is left to it: here it gives None, and the question is asked again.
"""

import select
import struct
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import pq

CANCEL_SECONDS = 2.0
BINARY = 1
DAYS = 10_957
"""From 1970 to 2000, PostgreSQL's epoch."""
MICROSECONDS = DAYS * 86_400_000_000
ENCODING = "server_encoding"
UNCHECKED = b"SQL_ASCII"


class LookupFailed(Exception):
    """The session is of no more use."""


class LookupSession:
    """A connection for lookups. Not for two threads at once, but for `cancel`. All raise LookupFailed."""

    def __init__(self, uri: str, opening: str) -> None:
        """`opening`: statements that run first."""
        try:
            self._connection = psycopg.connect(uri, autocommit=True)
        except psycopg.Error as error:
            raise LookupFailed from error
        self._raw = self._connection.pgconn
        opened = self._raw.exec_(opening.encode())
        texts_are_checked = self._raw.parameter_status(ENCODING.encode()) != UNCHECKED
        if opened.status != pq.ExecStatus.COMMAND_OK or not texts_are_checked:
            self.close()
            raise LookupFailed
        self._raw.enter_pipeline_mode()
        self._readable = select.poll()
        self._readable.register(self._raw.socket, select.POLLIN)

    def send(self, before: str, query: str) -> None:
        """Both in one round trip, and one transaction, which `answer` ends."""
        try:
            self._raw.send_query_params(before.encode(), None)
            self._raw.send_query_params(query.encode(), None, result_format=BINARY)
            self._raw.pipeline_sync()
        except psycopg.Error as error:
            raise LookupFailed from error

    def answer(self) -> pq.abc.PGresult | None:
        """The rows of the query; None: the server refused. Waits for it."""
        found = None
        try:
            while (result := self._next()) is None or result.status != pq.ExecStatus.PIPELINE_SYNC:
                if result is not None:
                    found = result if result.status == pq.ExecStatus.TUPLES_OK else None
                elif self._raw.status != pq.ConnStatus.OK:
                    raise LookupFailed
        except psycopg.Error as error:
            raise LookupFailed from error
        return found

    def _next(self) -> pq.abc.PGresult | None:
        while self._raw.is_busy():
            self._readable.poll()
            self._raw.consume_input()
        return self._raw.get_result()

    def cancel(self) -> None:
        """Ask the server to stop what runs here; from any thread."""
        with suppress(psycopg.Error):  # a server that is gone: then the read ends by itself
            self._connection.cancel_safe(timeout=CANCEL_SECONDS)

    def close(self) -> None:
        self._connection.close()

    def __del__(self) -> None:
        """With its pool, where nobody has closed that: the library would warn of it."""
        if hasattr(self, "_connection"):
            self.close()


def row_of(answer: pq.abc.PGresult, kinds: Sequence[Any]) -> list[Any] | None:
    """Arrays of these Arrow types with the only row's values. None: a column or a value is not for this module."""
    if answer.nfields != len(kinds):
        return None
    arrays = []
    for place, kind in enumerate(kinds):
        read = _READERS.get((answer.ftype(place), kind))
        raw = answer.get_value(0, place)
        buffers = read(raw) if read is not None and raw is not None else None
        if read is None or (raw is not None and buffers is None):
            return None
        arrays.append(
            pa.nulls(1, kind) if buffers is None else pa.Array.from_buffers(kind, 1, [None, *buffers], 0)
        )
    return arrays


Buffers = tuple[Any, ...]


def _number(raw: bytes) -> Buffers:
    """Of any width: the same bytes in the other order."""
    return (pa.py_buffer(raw[::-1]),)


def _bool(raw: bytes) -> Buffers:
    return (pa.py_buffer(raw),)


def _text(raw: bytes) -> Buffers:
    return pa.py_buffer(struct.pack("<ii", 0, len(raw))), pa.py_buffer(raw)


def _date(raw: bytes) -> Buffers | None:
    days = int.from_bytes(raw, "big", signed=True) + DAYS
    return (pa.py_buffer(struct.pack("<i", days)),) if abs(days) < 2**31 - DAYS - 1 else None


def _timestamp(raw: bytes) -> Buffers | None:
    microseconds = int.from_bytes(raw, "big", signed=True) + MICROSECONDS
    fits = abs(microseconds) < 2**63 - MICROSECONDS - 1
    return (pa.py_buffer(struct.pack("<q", microseconds)),) if fits else None


_READERS: Mapping[tuple[int, Any], Callable[[bytes], Buffers | None]] = MappingProxyType(
    {
        (16, pa.bool_()): _bool,
        (21, pa.int16()): _number,
        (23, pa.int32()): _number,
        (20, pa.int64()): _number,
        (700, pa.float32()): _number,
        (701, pa.float64()): _number,
        (25, pa.string()): _text,
        (1043, pa.string()): _text,
        (1042, pa.string()): _text,
        (1082, pa.date32()): _date,
        (1114, pa.timestamp("us")): _timestamp,
        (1184, pa.timestamp("us", tz="UTC")): _timestamp,
    }
)
"""By PostgreSQL's number of a type and the Arrow type that is expected: both as the driver that streams has them."""
