"""Calls of Flight SQL made up by a generator, in two worlds: what `ana` is told is equal, whatever others have open,
and what is another's (tickets, prepared statements, running statements) is to her as what never was."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pytest
from google.protobuf.any_pb2 import Any as Packed
from google.protobuf.descriptor import FieldDescriptor
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import MeshgateError
from gateway.frontends.flight.commands import Caller, Commands
from gateway.frontends.flight.messages import SQL, made, packed, unpacked
from gateway.frontends.flight.options import get_options, set_options
from gateway.frontends.flight.sessions import Session
from gateway.frontends.flight.tickets import Tickets
from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.security.drivers import OnePrincipal, gateway_of
from tests.security.unseen import worlds
from tests.security.worlds import ANA, Worlds

BOB = Principal("bob", attributes={"region": "US", "regions": ("US",)})
UNKNOWN = "this ticket is unknown, used or expired"
UNPREPARED = "there is no such prepared statement in this session"

QUERIES = (
    "SELECT id, note FROM sales.orders ORDER BY id",
    "SELECT * FROM sales.customers ORDER BY id",
    "SELECT count(*) FROM sales.parcels",
    "SELECT * FROM sales.parcels ORDER BY order_id",
    "SELECT margin FROM sales.orders",
    "SELECT * FROM hr.salaries",
    "SELECT * FROM sales.canary_relation",
    "SELECT canary_column FROM sales.parcels",
    "SELECT id FROM sales.orders WHERE id = $1 ORDER BY id",
    "SELECT id FROM sales.orders UNION ALL SELECT id FROM sales.customers",
    "SELECT cast(note AS integer) FROM sales.orders",
    "DELETE FROM sales.orders",
    "",
)
NAMES = (
    "",
    "mesh",
    "sales",
    "hr",
    "orders",
    "parcels",
    "salaries",
    "canary_relation",
    "canary_domain",
    "%",
    "sa_es",
    "\\",
)
COMMANDS = tuple(
    """CommandGetCatalogs CommandGetDbSchemas CommandGetTables CommandGetTableTypes CommandGetPrimaryKeys
    CommandGetExportedKeys CommandGetImportedKeys CommandGetCrossReference CommandGetSqlInfo CommandGetXdbcTypeInfo
    CommandStatementQuery CommandPreparedStatementQuery CommandStatementUpdate CommandPreparedStatementUpdate
    CommandStatementIngest CommandStatementSubstraitPlan TicketStatementQuery ActionCreatePreparedStatementRequest
    ActionClosePreparedStatementRequest ActionBeginTransactionRequest ActionEndTransactionRequest
    ActionBeginSavepointRequest ActionEndSavepointRequest ActionCancelQueryRequest DoPutUpdateResult""".split()
)
INTEGERS = st.sampled_from((0, 1, -1, 4, 12, 93, 500, 2**31 - 1))


def value_of(field: FieldDescriptor) -> st.SearchStrategy[Any]:
    one: st.SearchStrategy[Any]
    if field.type == FieldDescriptor.TYPE_STRING:
        one = st.sampled_from(QUERIES if field.name == "query" else NAMES) | st.text(max_size=8)
    elif field.type == FieldDescriptor.TYPE_BYTES:
        one = st.binary(max_size=40)
    elif field.type == FieldDescriptor.TYPE_BOOL:
        one = st.booleans()
    else:
        one = (
            INTEGERS if field.type != FieldDescriptor.TYPE_UINT32 else st.sampled_from((0, 3, 500, 2**32 - 1))
        )
    return st.lists(one, max_size=3) if field.is_repeated else one


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A command of any name with some of its fields, its bytes changed at times."""
    name = draw(st.sampled_from(COMMANDS))
    message = made(name)
    for each in message.DESCRIPTOR.fields:
        if draw(st.booleans()):
            value = draw(value_of(each))
            getattr(message, each.name).extend(value) if each.is_repeated else setattr(
                message, each.name, value
            )
    url = f"type.googleapis.com/{SQL}.{name}"
    data = Packed(type_url=url, value=message.SerializeToString()).SerializeToString()
    return draw(st.just(data) | changed(data))


@st.composite
def changed(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut short, a bit turned, or something more at its end."""
    how = draw(st.integers(0, 3))
    at = draw(st.integers(0, max(len(data) - 1, 0)))
    if how == 0 or not data:
        return data[:at]
    if how == 1:
        return data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
    return data + (draw(st.binary(max_size=9)) if how == 2 else data)


WAYS = (
    "begin",
    "schema",
    "take",
    "put",
    "prepare",
    "forget",
    "cancel",
    "set",
    "end_transaction",
    "end_savepoint",
)


@dataclass
class Client:
    """One principal's session with the commands of one world, and what it was given."""

    commands: Commands
    gateway: Any
    principal: Principal
    given: list[bytes] = field(default_factory=list)
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        now = time.monotonic()
        self.caller = Caller(Session(self.principal, now + 1e6, now), "", None)

    def call(self, way: str, data: bytes) -> object:
        """What a client is told; handles and tickets, which are random, by their number."""
        try:
            return self._called(way, data)
        except MeshgateError as error:
            return type(error).__name__, str(error), error.hint, error.sqlstate

    def _called(self, way: str, data: bytes) -> object:
        commands, caller = self.commands, self.caller
        if way == "begin":
            schema, tickets = commands.begin(caller, data)
            self.given += tickets
            return schema, len(tickets)
        if way == "schema":
            return commands.schema(caller, data)
        if way == "take":
            taken = commands.take(caller, data)
            try:
                return pa.Table.from_batches(taken.answer.batches(), taken.answer.schema).to_pylist()
            finally:
                taken.answer.close()
                if taken.ticket is not None:
                    commands._tickets.done(taken.ticket)
        if way == "put":
            batch = pa.record_batch({"1": pa.array([1])})
            return len(commands.put(caller, data, [batch]))
        if way == "prepare":
            answer = unpacked(commands.prepare(caller, data))[1]
            self.given.append(answer.prepared_statement_handle)
            return answer.dataset_schema, answer.parameter_schema
        if way == "cancel":
            return commands.cancel(caller, [data])
        if way == "set":
            return set_options(self.gateway, caller, data), get_options(self.gateway, caller)
        return getattr(commands, way)(caller, data)


@pytest.fixture(scope="module")
def both() -> Iterator[Worlds]:
    made_up = worlds()
    yield made_up
    made_up.close()


def clients(mesh: Mesh) -> tuple[Client, Client]:
    gateway = gateway_of(mesh, OnePrincipal())
    commands = Commands(gateway, Tickets(32))
    return Client(commands, gateway, ANA), Client(commands, gateway, BOB)


def sessions(known: Worlds) -> tuple[tuple[Client, Client], tuple[Client, Client]]:
    return clients(known.first), clients(known.second)


def drained(pairs: tuple[tuple[Client, Client], ...]) -> None:
    for ana, _ in pairs:
        ana.commands._tickets.drain(0)


def same(first: object, second: object) -> None:
    assert first == second
    assert "canary" not in repr(first).lower().replace("sales.canary_relation", "").replace(
        "canary_column", ""
    )


@settings(max_examples=200, deadline=None)
@given(calls=st.lists(st.tuples(st.sampled_from(WAYS), messages() | st.binary(max_size=40)), max_size=8))
def test_any_call_is_answered_alike(both: Worlds, calls: list[tuple[str, bytes]]) -> None:
    pairs = sessions(both)
    try:
        for way, data in calls:
            told = [ana.call(way, data) for ana, _ in pairs]
            assert told[0] == told[1]
    finally:
        drained(pairs)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_given_to_others_is_nothing_to_ana(both: Worlds, data: st.DataObject) -> None:
    """Tickets and handles of `bob`, as they are, changed, and in the place of each other."""
    pairs = sessions(both)
    try:
        for sql in ("SELECT id FROM sales.orders", "SELECT name FROM sales.customers"):
            for _, bob in pairs:
                bob.call("begin", packed("CommandStatementQuery", query=sql))
                bob.call("prepare", packed("ActionCreatePreparedStatementRequest", query=sql))
        number = data.draw(st.integers(0, 3))
        for way in data.draw(st.lists(st.sampled_from(WAYS), min_size=1, max_size=6)):
            told = [ana.call(way, stolen(bob.given[number])) for ana, bob in pairs]
            assert told[0] == told[1]
            assert told[0] is False or is_refused(told[0])
        for _, bob in pairs:
            assert isinstance(bob.call("take", bob.given[0]), list)
            handle = packed("CommandPreparedStatementQuery", prepared_statement_handle=bob.given[1])
            assert not is_refused(bob.call("begin", handle))
    finally:
        drained(pairs)


def stolen(given_to: bytes) -> bytes:
    """A ticket as it is; a bare handle in a command."""
    if SQL.encode() in given_to:
        return given_to
    return packed("CommandPreparedStatementQuery", prepared_statement_handle=given_to)


def is_refused(told: object) -> bool:
    return told is None or (isinstance(told, tuple) and "08P01" in told)


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_ticket_that_was_changed_is_none(both: Worlds, data: st.DataObject) -> None:
    """And does not use up the one that it was made of."""
    pairs = sessions(both)
    try:
        for ana, _ in pairs:
            ana.call("begin", packed("CommandStatementQuery", query=QUERIES[0]))
            ticket = ana.given[0]
            handle = unpacked(ticket)[1].statement_handle
            other = data.draw(changed(handle).filter(handle.__ne__))
            refused = ana.call("take", packed("TicketStatementQuery", statement_handle=other))
            assert refused == ("ProtocolViolation", UNKNOWN, "Run the statement again.", "08P01")
            assert ana.call("cancel", packed("TicketStatementQuery", statement_handle=other)) is False
            assert isinstance(ana.call("take", ticket), list)
            assert ana.call("take", ticket) == refused
    finally:
        drained(pairs)


def test_a_part_of_one_statement_does_not_stand_for_another(both: Worlds) -> None:
    """The parts of a UNION ALL have tickets of their own."""
    ana, _ = clients(both.first)
    for _ in range(2):
        ana.call("begin", packed("CommandStatementQuery", query=QUERIES[9]))
    assert len(set(ana.given)) == len(ana.given) == 4
    read = [ana.call("take", ticket) for ticket in (ana.given[0], ana.given[3])]
    assert all(isinstance(rows, list) for rows in read)
    assert [ana.call("take", ticket) for ticket in (ana.given[0], ana.given[3])] == [
        ("ProtocolViolation", UNKNOWN, "Run the statement again.", "08P01")
    ] * 2
    ana.commands._tickets.drain(0)


@pytest.mark.parametrize("command", [name for name in COMMANDS if name.startswith("CommandGet")])
def test_metadata_holds_nothing_of_what_is_hidden(both: Worlds, command: str) -> None:
    """For each name that a field may have."""
    pairs = sessions(both)
    fields = [
        f.name
        for f in made(command).DESCRIPTOR.fields
        if f.type == FieldDescriptor.TYPE_STRING and not f.is_repeated
    ]
    asked = [packed(command)] + [packed(command, **{name: text}) for name in fields for text in NAMES]
    asked += [packed(command, **dict.fromkeys(fields, text)) for text in NAMES if fields]
    if command == "CommandGetTables":
        asked += [packed(command, include_schema=True, db_schema_filter_pattern=text) for text in NAMES]
    for each in asked:
        told = [ana.call("take", each) for ana, _ in pairs]
        same(told[0], told[1])
    bob = pairs[1][1].call("take", packed("CommandGetTables"))
    assert "canary_relation" in repr(bob)
