"""What comes from clients that mean harm, or are broken: refused with a code, no inside shown, nothing left running."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import flight

from gateway.errors import LimitExceeded, ProtocolViolation
from gateway.frontends.flight.messages import SQL, packed, unpacked
from gateway.frontends.flight.server import ACTIONS
from gateway.frontends.flight.tickets import Tickets
from gateway.server import Server
from tests.clients.flight_client import RawClient, ticket_of
from tests.frontends.flight.test_identity import served, uri

REFUSALS = (
    pa.ArrowInvalid,
    pa.ArrowNotImplementedError,
    flight.FlightUnauthorizedError,
    pa.ArrowKeyError,
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("mesh")) as running:
        yield running


@pytest.fixture(scope="module")
def ana(server: Server) -> Iterator[RawClient]:
    with RawClient(uri(server), "ana", "ana") as client:
        yield client


@pytest.fixture(scope="module")
def olga(server: Server) -> Iterator[RawClient]:
    with RawClient(uri(server), "olga", "olga") as client:
        yield client


def begun(client: RawClient, sql: str = "SELECT 1") -> flight.Ticket:
    return ticket_of(client.info("CommandStatementQuery", query=sql))


# --- tickets ---------------------------------------------------------------------------------------------


def test_a_ticket_is_good_once_and_for_its_principal_only(ana: RawClient, olga: RawClient) -> None:
    ticket = begun(ana, "SELECT order_id FROM sales.orders")
    with pytest.raises(pa.ArrowInvalid, match="unknown, used or expired") as foreign:
        olga.get(ticket)
    assert ana.get(ticket).num_rows
    with pytest.raises(pa.ArrowInvalid) as used:
        ana.get(ticket)
    with pytest.raises(pa.ArrowInvalid) as made_up:
        ana.get(flight.Ticket(packed("TicketStatementQuery", statement_handle=b"x" * 32)))
    texts = {str(caught.value).partition(" gRPC client debug")[0] for caught in (foreign, used, made_up)}
    assert len(texts) == 1


def test_tickets_tell_nothing_and_do_not_repeat(ana: RawClient) -> None:
    tickets = {begun(ana, "SELECT 'CANARY'").ticket for _ in range(5)}
    assert len(tickets) == 5
    assert not any(b"CANARY" in ticket or b"ana" in ticket for ticket in tickets)
    for ticket in tickets:
        ana.get(flight.Ticket(ticket))


class Waiting:
    """An answer that says whether it was closed."""

    def __init__(self) -> None:
        self.schema = pa.schema([])
        self.closed = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        return iter(())

    def cancel(self) -> None: ...

    def close(self) -> None:
        self.closed += 1


def test_a_ticket_that_nobody_takes_gives_its_answer_back() -> None:
    tickets, answer = Tickets(most=2, seconds=0.05), Waiting()
    (ticket,) = tickets.issue([answer], "ana")
    until = time.monotonic() + 10
    while not answer.closed and time.monotonic() < until:
        time.sleep(0.01)
    assert answer.closed == 1
    with pytest.raises(ProtocolViolation):
        tickets.take(ticket, "ana")


def test_open_answers_are_bounded_for_each_principal() -> None:
    tickets, answers = Tickets(most=2), [Waiting() for _ in range(5)]
    (first,), _ = (tickets.issue([answers[number]], "ana") for number in (0, 1))
    with pytest.raises(LimitExceeded, match="too many answers are open"):
        tickets.issue([answers[2]], "ana")
    assert [answer.closed for answer in answers] == [0, 0, 1, 0, 0]
    tickets.issue([answers[3]], "olga")
    tickets.take(first, "ana")
    with pytest.raises(LimitExceeded):
        tickets.issue([answers[2]], "ana")
    tickets.done(first)
    tickets.issue([answers[4]], "ana")
    tickets.drain(0)


def test_a_client_that_does_not_read_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    with served(tmp_path) as server:
        client = RawClient(uri(server), "ana", "ana")
        ticket = begun(client, "SELECT i, i + 1, i + 2, i + 3 FROM range(9000000) AS t(i)")
        reader = client.client.do_get(ticket, client.options)
        reader.read_chunk()
    assert not [thread for thread in threading.enumerate() if thread.name == "flight-shutdown"]
    with pytest.raises(pa.ArrowException):
        reader.read_all()
    client.close()


# --- prepared statements ---------------------------------------------------------------------------------


def test_a_prepared_statement_belongs_to_its_session(server: Server, ana: RawClient) -> None:
    (created,) = ana.act(
        "CreatePreparedStatement", packed("ActionCreatePreparedStatementRequest", query="SELECT 1")
    )
    handle = unpacked(created)[1].prepared_statement_handle
    command = {"command": "CommandPreparedStatementQuery", "prepared_statement_handle": handle}
    assert ana.ask(**command).num_rows == 1
    with (
        RawClient(uri(server), "ana", "ana") as other,
        pytest.raises(pa.ArrowInvalid, match="no such prepared"),
    ):
        other.ask(**command)
    ana.act(
        "ClosePreparedStatement",
        packed("ActionClosePreparedStatementRequest", prepared_statement_handle=handle),
    )
    with pytest.raises(pa.ArrowInvalid, match="no such prepared"):
        ana.ask(**command)


# --- bytes -----------------------------------------------------------------------------------------------

NAMES = """CommandStatementQuery CommandGetTables CommandGetSqlInfo TicketStatementQuery CommandGetXdbcTypeInfo
    CommandPreparedStatementQuery CommandStatementSubstraitPlan CommandStatementUpdate ActionCancelQueryRequest
    ActionCreatePreparedStatementRequest Nothing""".split()


@st.composite
def commands(draw: st.DrawFn) -> bytes:
    """Noise, and noise within the wrapper that every command has."""
    noise = draw(st.binary(max_size=60))
    if draw(st.booleans()):
        return noise
    url = f"type.googleapis.com/{SQL}.{draw(st.sampled_from(NAMES))}".encode()
    return b"\x0a" + bytes([len(url)]) + url + b"\x12" + bytes([len(noise)]) + noise


def is_well_refused(error: Exception) -> bool:
    text = str(error)
    return "SQLSTATE" in text and not any(word in text for word in ("Traceback", ".py", "site-packages"))


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(command=commands(), action=st.sampled_from([*ACTIONS, "Unknown"]))
def test_noise_is_refused_everywhere(ana: RawClient, command: bytes, action: str) -> None:
    descriptor = flight.FlightDescriptor.for_command(command)
    calls = (
        lambda: ana.client.get_flight_info(descriptor, ana.options),
        lambda: ana.client.get_schema(descriptor, ana.options),
        lambda: ana.get(flight.Ticket(command)),
        lambda: ana.act(action if action != "CloseSession" else "CancelQuery", command),
    )
    for call in calls:
        try:
            call()
        except REFUSALS as error:
            assert is_well_refused(error), error  # noqa: PT017 - some noise is a command


def test_what_has_no_hook_is_unimplemented(ana: RawClient) -> None:
    path = flight.FlightDescriptor.for_path("sales", "orders")
    with pytest.raises(pa.ArrowInvalid, match="speaks Flight SQL"):
        ana.client.get_flight_info(path, ana.options)
    with pytest.raises(pa.ArrowNotImplementedError, match="ListFlights is not supported"):
        list(ana.client.list_flights(b"", ana.options))
    with pytest.raises(pa.ArrowNotImplementedError, match="the action Teleport is not supported"):
        ana.act("Teleport", b"")
    assert {action.type for action in ana.client.list_actions(ana.options)} == set(ACTIONS)


def test_too_many_parameters_are_refused(ana: RawClient) -> None:
    (created,) = ana.act(
        "CreatePreparedStatement", packed("ActionCreatePreparedStatementRequest", query="SELECT $1::int")
    )
    handle = unpacked(created)[1].prepared_statement_handle
    descriptor = flight.FlightDescriptor.for_command(
        packed("CommandPreparedStatementQuery", prepared_statement_handle=handle)
    )
    for table in (pa.table({"1": pa.array(range(10_001))}), pa.table({"1": ["x" * 17_000_000]})):
        with pytest.raises(pa.ArrowInvalid, match="of parameters"):
            put(ana, descriptor, table)


def put(client: RawClient, descriptor: flight.FlightDescriptor, table: pa.Table) -> None:
    writer, reader = client.client.do_put(descriptor, table.schema, client.options)
    writer.write_table(table)
    writer.done_writing()
    reader.read()
    writer.close()
