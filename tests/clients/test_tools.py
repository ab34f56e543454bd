"""What tools send when people look around and build a first chart: the answers are those of the PostgreSQL behind, in
columns, types and rows. An object's number, of which each server has its own, is compared by what has it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.clients.real_gateway import Real
from tests.clients.verdicts import Column, Told, Wire, wire

TOOLS = Path(__file__).parent / "statements" / "tools"
NAMED = """
SELECT oid, nspname::text FROM pg_namespace UNION ALL SELECT oid, oid::regclass::text FROM pg_class
UNION ALL SELECT oid, oid::regtype::text FROM pg_type
UNION ALL SELECT oid, conname || ' of ' || conrelid::regclass FROM pg_constraint
UNION ALL SELECT oid, 'rule of ' || ev_class::regclass FROM pg_rewrite
UNION ALL SELECT oid, 'trigger of ' || tgrelid::regclass || tgfoid::regproc FROM pg_trigger
UNION ALL SELECT oid, 'database' FROM pg_database WHERE datname = current_database()
UNION ALL SELECT oid, rolname::text FROM pg_roles WHERE rolname = current_user
"""
OF_THE_SERVER = re.compile(
    r"rel(pages|tuples|allvisible|options)|\w*(owner|acl|xid|dba|frozenxid|minmxid|state_number|state_id)"
)
"""Columns about how a table is stored, by whom, and who else may read it: of its own in each server."""

MADE = range(9998, 1 << 32)
"""OIDs of the gateway's stand-ins for roles and databases, and of what was made in a database."""


@dataclass(frozen=True)
class Server:
    wire: Wire
    names: dict[str, str]

    def ask(self, statement: str) -> Told:
        found = {name: number for number, name in self.names.items()}
        return self.wire.simple(
            re.sub(r"\{(\w+(?:\.\w+)?)\}", lambda match: found.get(match[1], match[0]), statement)
        )

    def named(self, told: Told) -> list[tuple[object, ...]]:
        """The rows, in an order that does not depend on numbers."""
        kept = [at for at, column in enumerate(told.columns) if not OF_THE_SERVER.fullmatch(column.name)]
        rows = [tuple(self._shown(row[at]) for at in kept) for row in told.rows]
        return sorted(rows, key=repr)

    def _shown(self, value: bytes | None) -> str | None:
        return (
            None
            if value is None
            else re.sub(r"\w+", lambda found: self.names.get(found[0], found[0]), value.decode())
        )


def statements() -> Iterator[Any]:
    for file in sorted(TOOLS.glob("*.sql")):
        for part in re.split(r"\n\n+", file.read_text("utf-8").strip()):
            yield pytest.param(part, id=f"{file.stem}: {' '.join(part.split())[:60]}")


@pytest.fixture(scope="module")
def both(published: Real, asked_as: str) -> Iterator[tuple[Server, Server]]:
    with wire(published.uri()) as ours, wire(asked_as) as theirs:
        yield _server(ours, published.uri()), _server(theirs, asked_as)


def _server(wire: Wire, uri: str) -> Server:
    with psycopg.connect(uri, autocommit=True) as connection:
        found = connection.execute(NAMED.encode()).fetchall()
        database = connection.info.dbname
    names = {str(number): re.sub(r"\d{5,}", "", name) for number, name in found if number in MADE}
    return Server(wire, {**names, database: "mesh"})


def columns(told: Told) -> list[Column]:
    """But for the relation: a stand-in is another than PostgreSQL's own."""
    return [replace(each, base="") for each in told.columns]


@pytest.mark.parametrize("statement", [*statements()])
def test_a_tool_is_told_the_same(both: tuple[Server, Server], statement: str) -> None:
    ours, theirs = both
    reason, _, text = statement.rpartition("-- differs: ")
    told, expected = ours.ask(statement), theirs.ask(statement)
    assert told.state == expected.state
    if reason or text != statement:
        assert [each.name for each in told.columns] == [each.name for each in expected.columns]
        return
    assert columns(told) == columns(expected)
    assert ours.named(told) == theirs.named(expected)
