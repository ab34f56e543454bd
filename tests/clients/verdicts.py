"""What two servers answer to one statement, message by message, and how the answers differ in a few words."""

import os
import socket
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from gateway.frontends.pgwire.types import BY_ARRAY, BY_OID
from tests.frontends.wire_messages import SYNC, Answer, answers, bind, describe, execute, parse, query

READY = b"Z\0\0\0\5"
RELATIONS = """SELECT c.oid, n.nspname || '.' || c.relname FROM pg_class AS c
               JOIN pg_namespace AS n ON n.oid = c.relnamespace"""


@dataclass(frozen=True)
class Column:
    """Of a RowDescription. `base`: which column of which relation it is of, `relation/number`; empty: of none."""

    name: str
    base: str
    oid: int
    length: int
    modifier: int
    format: int


@dataclass(frozen=True)
class Told:
    """An answer: the columns, the rows, the tags; `state` of the error, if it is one."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[bytes | None, ...], ...]
    tags: tuple[str, ...]
    state: str = ""


class Wire:
    """A connection that sends statements as they are and reads whole answers."""

    def __init__(self, wire: socket.socket, relations: Mapping[int, str]) -> None:
        """`relations`: their names by their OIDs."""
        self._wire = wire
        self._relations = relations

    def simple(self, text: str) -> Told:
        return self._told(query(text))

    def binary(self, text: str) -> Told:
        return self._told(parse(text) + bind(results=(1,)) + describe("P") + execute() + SYNC)

    def parameters(self, text: str) -> tuple[int, ...]:
        """The OIDs of a statement's parameters, of which it says none."""
        found = self._answers(parse(text) + describe("S") + SYNC)
        return next((_parameters(answer.body) for answer in found if answer.kind == "t"), ())

    def _told(self, messages: bytes) -> Told:
        return _told(self._answers(messages), self._relations)

    def _answers(self, messages: bytes) -> Sequence[Answer]:
        self._wire.sendall(messages)
        received = b""
        while received[-6:-1] != READY:
            piece = self._wire.recv(1 << 16)
            assert piece, received
            received += piece
        return answers(received)


def _parameters(body: bytes) -> tuple[int, ...]:
    return struct.unpack(f"!{int.from_bytes(body[:2])}I", body[2:])


def _told(found: Sequence[Answer], relations: Mapping[int, str]) -> Told:
    columns = next((_columns(answer.body, relations) for answer in found if answer.kind == "T"), ())
    rows = tuple(tuple(answer.row) for answer in found if answer.kind == "D")
    tags = tuple(answer.tag for answer in found if answer.kind == "C")
    state = next((answer.fields["C"] for answer in found if answer.kind == "E"), "")
    return Told(() if state else columns, () if state else rows, tags, state)


def _columns(body: bytes, relations: Mapping[int, str]) -> tuple[Column, ...]:
    found, at = [], 2
    while at < len(body):
        end = body.index(b"\0", at)
        table, place, oid, length, modifier, code = struct.unpack_from("!IhIhih", body, end + 1)
        base = f"{relations[table]}/{place}" if table else ""
        found.append(Column(body[at:end].decode(), base, oid, length, modifier, code))
        at = end + 19
    return tuple(found)


@contextmanager
def wire(uri: str) -> Iterator[Wire]:
    with (
        psycopg.connect(uri, autocommit=True, sslmode="disable") as connection,
        socket.socket(fileno=os.dup(connection.fileno())) as raw,
    ):
        raw.settimeout(30)
        yield Wire(raw, dict(connection.execute(RELATIONS).fetchall()))


def verdict(ours: Told, theirs: Told) -> str:
    """In the words of the documentation's table: `same` (but for a numeric's number of digits), or what differs."""
    if ours.state and not theirs.state:
        return "refused"
    parts = []
    if [each.name for each in ours.columns] != [each.name for each in theirs.columns]:
        parts.append(f"named {_shown(each.name for each in ours.columns)}")
    if [each.oid for each in ours.columns] != [each.oid for each in theirs.columns]:
        kinds = (_shown(_type(each.oid) for each in told.columns) for told in (ours, theirs))
        parts.append("{}, not {}".format(*kinds))
    if ours.rows != theirs.rows:
        parts.append("gives {}, not {}".format(*(_values(told) for told in (ours, theirs))))
    return "; ".join(parts) or "same"


def _type(oid: int) -> str:
    if oid in BY_ARRAY:
        return f"{BY_ARRAY[oid].name}[]"
    return BY_OID[oid].name if oid in BY_OID else "another type"


def _values(told: Told) -> str:
    return _shown("NULL" if value is None else value.decode() for row in told.rows for value in row)


def _shown(parts: "Iterator[str]") -> str:
    return " ".join(f"`{part}`" for part in parts)
