"""What a session keeps and what it is told: options, prepared statements, transactions, answers that nobody fetches."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import flight

from gateway.audit import AuditRecord, latest, records
from gateway.frontends.flight import sessions, tickets
from gateway.frontends.flight.messages import COMMAND_BYTES, made, packed, read, unpacked
from gateway.frontends.flight.sessions import Prepared, Session
from gateway.frontends.flight.tickets import Tickets
from gateway.server import Server
from tests.clients.flight_client import RawClient
from tests.frontends.flight.test_hostile import Waiting, put
from tests.frontends.flight.test_identity import served, uri


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mesh")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    with served(folder) as running:
        yield running


@pytest.fixture
def felix(server: Server) -> Iterator[RawClient]:
    with RawClient(uri(server), "felix", "felix") as client:
        yield client


def last_record(folder: Path) -> AuditRecord:
    (record,) = latest(records(folder / "state" / "audit"), 1)
    return record


# --- options ---------------------------------------------------------------------------------------------


def chosen(client: RawClient, key: str, **value: object) -> dict[str, int]:
    """The errors of setting one option, by its key: 1 for the name, 2 for the value."""
    option = made("SessionOption", key=key, value=made("SessionOptionValue", **value))
    body = made("SetSessionOptionsRequest", session_options=[option]).SerializeToString()
    result = read("SetSessionOptionsResult", client.act("SetSessionOptions", body)[0])
    return {error.key: error.value.value for error in result.errors}


def options(client: RawClient) -> dict[str, str]:
    result = read("GetSessionOptionsResult", client.act("GetSessionOptions", b"")[0])
    return {option.key: option.value.string_value for option in result.session_options}


def test_options_are_set_told_and_taken_back(felix: RawClient) -> None:
    assert options(felix) == {"catalog": "small"}
    for key, value in {"schema": "sales", "purpose": "audit", "catalog": "small"}.items():
        assert chosen(felix, key, string_value=value) == {}
    assert options(felix) == {"catalog": "small", "schema": "sales", "purpose": "audit"}
    assert felix.query("SELECT count(*) AS n FROM orders").num_rows == 1
    assert chosen(felix, "purpose") == chosen(felix, "schema", string_value="") == {}
    assert options(felix) == {"catalog": "small"}


@pytest.mark.parametrize(
    ("key", "value", "error"),
    [
        ("nothing", {"string_value": "x"}, 1),
        ("catalog", {"string_value": "large"}, 2),
        ("schema", {"string_value": 'a", "b'}, 2),
        ("schema", {"int64_value": 3}, 2),
        ("purpose", {"bool_value": True}, 2),
    ],
)
def test_options_that_there_are_not(felix: RawClient, key: str, value: dict[str, object], error: int) -> None:
    assert chosen(felix, key, **value) == {key: error}
    assert options(felix) == {"catalog": "small"}


def test_a_foreign_purpose_is_refused_and_on_record(felix: RawClient, folder: Path) -> None:
    assert chosen(felix, "purpose", string_value="delay-analysis") == {"purpose": 2}
    record = last_record(folder)
    assert (record.principal, record.purpose, record.outcome, record.sqlstate) == (
        "felix", "delay-analysis", "refused", "42501",
    )  # fmt: skip
    assert record.statement == "SetSessionOptions(purpose = 'delay-analysis')"
    assert options(felix) == {"catalog": "small"}


def test_options_are_their_sessions_own(server: Server, felix: RawClient) -> None:
    assert chosen(felix, "purpose", string_value="audit") == {}
    with RawClient(uri(server), "felix", "felix") as other:
        assert options(other) == {"catalog": "small"}


# --- transactions ----------------------------------------------------------------------------------------


def test_transactions_and_savepoints_change_nothing(felix: RawClient) -> None:
    begun = felix.act("BeginTransaction", packed("ActionBeginTransactionRequest"))[0]
    transaction = unpacked(begun)[1].transaction_id
    made_point = felix.act(
        "BeginSavepoint", packed("ActionBeginSavepointRequest", transaction_id=transaction)
    )[0]
    point = unpacked(made_point)[1].savepoint_id
    assert transaction
    assert point
    assert felix.ask("CommandStatementQuery", query="SELECT 1 AS n", transaction_id=transaction).num_rows == 1
    assert felix.act("EndSavepoint", packed("ActionEndSavepointRequest", savepoint_id=point, action=2)) == []
    for action in (1, 2):
        body = packed("ActionEndTransactionRequest", transaction_id=transaction, action=action)
        assert felix.act("EndTransaction", body) == []


@pytest.mark.parametrize("action", ["RenewFlightEndpoint", "CreatePreparedSubstraitPlan", "PollFlightInfo"])
def test_actions_that_there_are_not(felix: RawClient, action: str) -> None:
    with pytest.raises(pa.ArrowNotImplementedError, match=f"the action {action} is not supported"):
        felix.act(action, b"")


# --- prepared statements ---------------------------------------------------------------------------------


def prepared(client: RawClient, sql: str) -> bytes:
    (answer,) = client.act(
        "CreatePreparedStatement", packed("ActionCreatePreparedStatementRequest", query=sql)
    )
    handle: bytes = unpacked(answer)[1].prepared_statement_handle
    return handle


def asked(client: RawClient, handle: bytes, parameters: pa.Table) -> pa.Table:
    command = packed("CommandPreparedStatementQuery", prepared_statement_handle=handle)
    put(client, flight.FlightDescriptor.for_command(command), parameters)
    return client.ask("CommandPreparedStatementQuery", prepared_statement_handle=handle)


def test_parameters_are_as_many_as_the_statement_has(felix: RawClient) -> None:
    handle = prepared(felix, "SELECT $1::integer + $2::integer AS n")
    for wrong in (pa.table({"1": [1]}), pa.table({"1": [1], "2": [2], "3": [3]})):
        with pytest.raises(pa.ArrowInvalid, match="the statement has 2"):
            asked(felix, handle, wrong)
    assert asked(felix, handle, pa.table({"1": [1], "2": [2]}))["n"].to_pylist() == [3]


def test_a_parameter_may_come_in_another_type_each_time(felix: RawClient) -> None:
    handle = prepared(felix, "SELECT $1::integer AS n")
    for column in (pa.array([7], pa.int8()), pa.array(["7"]), pa.array([7.0]), pa.array([7], pa.uint64())):
        assert asked(felix, handle, pa.table({"1": column}))["n"].to_pylist() == [7]
    with pytest.raises(pa.ArrowInvalid, match="SQLSTATE 22P02"):
        asked(felix, handle, pa.table({"1": ["seven"]}))


def test_a_thousand_statements_stay_prepared(felix: RawClient) -> None:
    handles = [prepared(felix, "SELECT $1::integer AS n") for _ in range(sessions.PREPARED)]
    assert len(set(handles)) == sessions.PREPARED
    assert asked(felix, handles[0], pa.table({"1": [1]}))["n"].to_pylist() == [1]
    prepared(felix, "SELECT 1 AS n")
    with pytest.raises(pa.ArrowInvalid, match="no such prepared statement"):
        asked(felix, handles[1], pa.table({"1": [1]}))


def test_prepared_statements_hold_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "PREPARED_BYTES", 250)
    session = Session(None, 0, 0)  # type: ignore[arg-type]  # whose it is does not matter here
    handles = [session.prepare(Prepared("SELECT 1", 0, pa.schema([]), size=100)) for _ in range(3)]
    assert [handle in session._prepared for handle in handles] == [False, True, True]
    session.bind(handles[1], Prepared("SELECT 1", 0, pa.schema([]), size=240))
    assert list(session._prepared) == [handles[1]]


# --- answers ---------------------------------------------------------------------------------------------


def test_answers_that_nobody_fetches_make_way_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    """ADBC leaves them behind: whoever executes and looks at the description only does not fetch."""
    monkeypatch.setattr(tickets, "SURE_SECONDS", -1.0)
    held, answers = Tickets(most=2), [Waiting() for _ in range(3)]
    (read_first,) = held.issue([answers[0]], "ana")
    held.take(read_first, "ana")
    held.issue([answers[1]], "ana")
    held.issue([answers[2]], "ana")
    assert [answer.closed for answer in answers] == [0, 1, 0]
    held.drain(0)


def test_a_type_that_arrow_would_show_wrongly_is_refused(felix: RawClient) -> None:
    for sql in ("SELECT 340282366920938463463374607431768211455::uhugeint AS n", "SELECT '101'::bit AS b"):
        with pytest.raises(pa.ArrowInvalid, match="SQLSTATE 42804"):
            felix.query(sql)


def test_commands_are_bounded(felix: RawClient, folder: Path) -> None:
    felix.query("SELECT 1 AS n")
    before = last_record(folder)
    with pytest.raises(pa.ArrowInvalid, match="bytes"):
        felix.query(f"SELECT '{'x' * COMMAND_BYTES}' AS t")
    assert last_record(folder) == before


def test_a_refused_sign_in_is_told_to_the_operator(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(flight.FlightUnauthenticatedError):
        RawClient(uri(server), "ana", "wrong")
    (told,) = [each.getMessage() for each in caplog.records if "sign-in" in each.getMessage()]
    assert told.startswith("sign-in refused, flight")
    assert "ana" in told
    assert "wrong" not in told
