"""Recorded message sequences replayed into the session: what comes back, message by message."""

from collections.abc import Iterator

import duckdb
import pytest

from gateway.errors import ProtocolViolation, SourceUnavailable
from gateway.frontends.pgwire.failure import canceled_by_user
from gateway.frontends.pgwire.statements.recognized import session_statement
from gateway.query.request import Request
from tests.frontends.fake_gateway import DuckGateway, DuckResult
from tests.frontends.session_driver import Replay, session_over
from tests.frontends.wire_messages import (
    FLUSH,
    SYNC,
    TERMINATE,
    answers,
    bind,
    close,
    describe,
    execute,
    framed,
    kinds,
    parse,
    query,
)


@pytest.fixture
def mesh() -> Iterator[DuckGateway]:
    with duckdb.connect() as connection:
        yield DuckGateway(connection)


@pytest.fixture
def client(mesh: DuckGateway) -> Iterator[Replay]:
    replay = Replay(session_over(mesh))
    yield replay
    replay.close()
    assert not mesh.open, "a result was left open"


def rows(stream: bytes) -> list[list[bytes | None]]:
    return [answer.row for answer in answers(stream) if answer.kind == "D"]


def error(stream: bytes) -> dict[str, str]:
    return next(answer.fields for answer in answers(stream) if answer.kind == "E")


def tags(stream: bytes) -> list[str]:
    return [answer.tag for answer in answers(stream) if answer.kind == "C"]


def state(stream: bytes) -> str:
    return answers(stream)[-1].body.decode()


def test_simple_query(client: Replay) -> None:
    stream = client.send(query("select 1 as a, null as b union all select 2, 'x' order by 1"))
    assert kinds(stream) == "TDDCZ"
    assert rows(stream) == [[b"1", None], [b"2", b"x"]]
    assert tags(stream) == ["SELECT 2"]


@pytest.mark.parametrize("text", ["", "  ;; ", "-- nothing\n", "/* a /* b */ c */"])
def test_empty_query(client: Replay, text: str) -> None:
    assert kinds(client.send(query(text))) == "IZ"


def test_several_statements_stop_at_the_first_error(client: Replay) -> None:
    stream = client.send(query("select 1; select 'a;b'; select exists(1); select 3"))
    assert kinds(stream) == "TDCTDCEZ"
    assert rows(stream) == [[b"1"], [b"a;b"]]
    assert error(stream)["C"] == "42601"
    assert error(stream)["P"] == "25", "positions count in the whole text"


def test_a_failed_transaction_refuses_until_its_end(client: Replay) -> None:
    assert state(client.send(query("begin"))) == "T"
    assert state(client.send(query("select * from nope"))) == "E"
    refused = client.send(query("select 1"))
    assert (error(refused)["C"], state(refused)) == ("25P02", "E")
    refused = client.send(parse("select 1"), SYNC)
    assert (error(refused)["C"], state(refused)) == ("25P02", "E")
    ended = client.send(query("commit"))
    assert (tags(ended), state(ended)) == (["ROLLBACK"], "I")
    assert rows(client.send(query("select 1"))) == [[b"1"]]


def test_savepoints_recover_a_failed_transaction(client: Replay) -> None:
    client.send(query("begin; savepoint s"))
    assert state(client.send(query("selec"))) == "E"
    assert state(client.send(query("rollback to savepoint s"))) == "T"
    assert rows(client.send(query("select 1"))) == [[b"1"]]
    assert state(client.send(query("release s; commit"))) == "I"
    assert error(client.send(query("savepoint s")))["C"] == "25P01"


def test_settings_live_and_die_with_their_transaction(client: Replay) -> None:
    def shown(name: str) -> bytes | None:
        return rows(client.send(query(f"show {name}")))[0][0]

    client.send(query("begin; set application_name = 'inside'; rollback"))
    assert shown("application_name") == b""
    client.send(query("begin; set local application_name = 'inside'; commit"))
    assert shown("application_name") == b""
    client.send(query('begin; set application_name to "kept"; commit'))
    assert shown("application_name") == b"kept"
    client.send(query("set application_name = 'gone'; select * from nope"))
    assert shown("application_name") == b"kept", "an implicit transaction is undone too"
    client.send(query("reset all"))
    assert shown("application_name") == b""


def test_clients_are_told_of_changed_settings(client: Replay) -> None:
    changed = [
        answer.body
        for answer in answers(client.send(query("set application_name = 'x'")))
        if answer.kind == "S"
    ]
    assert changed == [b"application_name\0x\0"]
    assert kinds(client.send(query("set application_name = 'x'"))) == "CZ", "nothing changed"


@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("set nope = 1", "42704"),
        ("show nope.nope", "42704"),
        ("set server_version = '9'", "55P02"),
        ("set timezone = 'Mars/Olympus'", "22023"),
        ("set client_encoding = 'LATIN1'", "22023"),
        ("set datestyle = 'german'", "22023"),
        ("set extra_float_digits = -1", "22023"),
        ("set statement_timeout = 'soon'", "22023"),
        ("set role other", "42501"),
        ("set session authorization other", "42501"),
        ("set application_name", "42601"),
        ("begin; savepoint", "42601"),
        ("deallocate nothing", "26000"),
        ("close nothing", "34000"),
        ("begin; discard all", "25001"),
        ("begin; rollback to nowhere", "3B001"),
    ],
)
def test_refused_session_statements(client: Replay, statement: str, sqlstate: str) -> None:
    assert error(client.send(query(statement)))["C"] == sqlstate


@pytest.mark.parametrize(
    ("statement", "tag"),
    [
        ("start transaction isolation level repeatable read, read only", "START TRANSACTION"),
        ("BEGIN WORK", "BEGIN"),
        ("begin; end", "COMMIT"),
        ("begin; abort", "ROLLBACK"),
        ("set session characteristics as transaction read only", "SET"),
        ("set transaction isolation level serializable", "SET"),
        ("set time zone 'UTC'", "SET"),
        ("SET NAMES 'utf-8'", "SET"),
        ("set datestyle = iso, dmy", "SET"),
        ("set search_path to sales, public", "SET"),
        ("set extra_float_digits = 0", "SET"),
        ("set mesh.purpose = 'audit'", "SET"),
        ("set role none", "SET"),
        ("reset session authorization", "RESET"),
        ("reset time zone", "RESET"),
        ("show transaction isolation level", "SHOW"),
        ("show all", "SHOW"),
        ("discard all", "DISCARD ALL"),
        ("deallocate all", "DEALLOCATE ALL"),
        ("close all", "CLOSE CURSOR ALL"),
        ("unlisten *", "UNLISTEN"),
        ("select pg_advisory_unlock_all()", "SELECT 1"),
    ],
)
def test_accepted_session_statements(client: Replay, statement: str, tag: str) -> None:
    stream = client.send(query(statement))
    assert "E" not in kinds(stream)
    assert tags(stream)[-1] == tag


def test_warnings_outside_a_transaction(client: Replay) -> None:
    for statement, sqlstate in (("commit", "25P01"), ("rollback", "25P01"), ("begin; begin", "25001")):
        notice = next(answer for answer in answers(client.send(query(statement))) if answer.kind == "N")
        assert notice.fields["C"] == sqlstate
        client.send(query("rollback"))


def test_the_purpose_reaches_the_pipeline(client: Replay, mesh: DuckGateway) -> None:
    client.send(query("set mesh.purpose = 'audit'; set application_name = 'me'; select 1"))
    assert (mesh.seen[-1].purpose, mesh.seen[-1].client, mesh.seen[-1].endpoint) == (
        "audit",
        "me",
        "postgres",
    )
    assert mesh.seen[-1].settings["TimeZone"] == "UTC"
    assert error(client.send(query("set mesh.purpose = 'curiosity'; select 1")))["C"] == "42501"


# --- extended protocol -----------------------------------------------------------------------------------


def test_extended_query_plans_once(client: Replay, mesh: DuckGateway) -> None:
    stream = client.send(
        parse("select $1 + 1 as n", types=(23,)), bind((b"41",)), describe("P"), execute(), SYNC
    )
    assert kinds(stream) == "12TDCZ"
    assert rows(stream) == [[b"42"]]
    assert len(mesh.seen) == 1, "Describe of a portal that is executed next costs no planning of its own"


def test_describe_alone_runs_nothing(client: Replay, mesh: DuckGateway) -> None:
    text = "select error('ran') as a, $1::date as b"
    assert kinds(client.send(parse(text), describe("S"), SYNC)) == "1tTZ"
    stream = client.send(bind((b"2026-01-01",)), describe("P"), FLUSH)
    assert kinds(stream) == "2T"
    assert kinds(client.send(SYNC)) == "Z"
    assert not mesh.open


def test_parameter_types_are_inferred(client: Replay) -> None:
    stream = client.send(parse("select $1::date, $2::bigint[], $3", types=(0, 0, 25)), describe("S"), SYNC)
    described = next(answer for answer in answers(stream) if answer.kind == "t")
    assert described.body == b"\0\3" + b"".join(oid.to_bytes(4, "big") for oid in (1082, 1016, 25))


def test_binary_parameters_and_results(client: Replay) -> None:
    stream = client.send(
        parse("select $1 as n, $2 as t", types=(20, 25)),
        bind(((7).to_bytes(8, "big"), "ä".encode()), formats=(1, 1), results=(1, 0)),
        execute(),
        SYNC,
    )
    assert rows(stream) == [[(7).to_bytes(8, "big"), "ä".encode()]]


def test_portals_give_rows_in_parts(client: Replay) -> None:
    start = client.send(parse("select unnest(range(5)) as n"), bind(), execute(2))
    assert kinds(start) == "12DDs"
    middle = client.send(execute(2))
    assert (kinds(middle), rows(middle)) == ("DDs", [[b"2"], [b"3"]])
    end = client.send(execute(2), execute(2), SYNC)
    assert kinds(end) == "DCCZ"
    assert tags(end) == ["SELECT 1", "SELECT 0"]


def test_portals_end_with_their_transaction(client: Replay, mesh: DuckGateway) -> None:
    client.send(query("begin"), parse("select unnest(range(5))"), bind(portal="p"), execute(1, "p"), SYNC)
    assert mesh.open
    assert kinds(client.send(execute(1, "p"), SYNC)) == "DsZ", "it lives on in an open transaction"
    client.send(query("commit"))
    assert not mesh.open
    assert error(client.send(execute(1, "p"), SYNC))["C"] == "34000"
    client.send(parse("select unnest(range(5))"), bind(portal="p"), execute(1, "p"), SYNC)
    assert not mesh.open, "Sync ends an implicit transaction"


def test_an_open_portal_stops_when_policies_change_to_less(client: Replay, mesh: DuckGateway) -> None:
    client.send(query("begin"), parse("select unnest(range(5))"), bind(), execute(1), FLUSH)
    mesh.version += 1
    assert kinds(client.send(execute(1))) == "Ds"
    mesh.forbidden = True
    assert error(client.send(execute(1), SYNC))["C"] == "42501"


def test_a_changed_result_is_never_sent_under_the_old_description(client: Replay, mesh: DuckGateway) -> None:
    mesh.connection.execute("create table t as select 1 as a").fetchall()
    client.send(parse("select * from t", "s"), describe("S", "s"), SYNC)
    assert rows(client.send(bind(statement="s"), execute(), SYNC)) == [[b"1"]]
    mesh.connection.execute("alter table t add column b integer").fetchall()
    stream = client.send(bind(statement="s"), execute(), SYNC)
    assert (error(stream)["C"], error(stream)["M"]) == ("0A000", "cached plan must not change result type")
    assert not rows(stream)


def test_every_execution_runs_anew(client: Replay, mesh: DuckGateway) -> None:
    client.send(parse("select $1", "s", (23,)), SYNC)
    mesh.seen.clear()
    for number in (b"1", b"2"):
        assert rows(client.send(bind((number,), statement="s"), execute(), SYNC)) == [[number]]
    assert len(mesh.seen) == 2


@pytest.mark.parametrize("wait", [FLUSH, b""], ids=["flush", "sync"])
def test_a_client_that_waits_for_parse_gets_the_error_there(client: Replay, wait: bytes) -> None:
    stream = client.send(parse("select * from nope", "s"), wait, SYNC)
    assert (kinds(stream), error(stream)["C"]) == ("EZ", "42P01")
    assert error(client.send(bind(statement="s"), SYNC))["C"] == "26000"
    assert kinds(client.send(parse("select 1", "s"), wait, SYNC)) == "1Z"


def test_parse_is_answered_before_what_follows_it(client: Replay) -> None:
    assert kinds(client.send(parse("select 1", "s"), query("select 2"))) == "1TDCZ"


def test_after_an_error_everything_is_skipped_until_sync(client: Replay) -> None:
    stream = client.send(parse("selec"), bind(), execute(), parse("select 1"), bind(), execute(), SYNC)
    assert kinds(stream) == "12EZ"
    assert kinds(client.send(parse("select 1"), bind(), execute(), SYNC)) == "12DCZ"


def test_several_executes_and_syncs_in_flight(client: Replay) -> None:
    one = parse("select 1") + bind() + execute()
    assert kinds(client.send(one, one, SYNC, one, SYNC)) == "12DC12DCZ12DCZ"


@pytest.mark.parametrize("text", ["SHOW TABLES", "show all tables", "SHOW COLUMNS FROM sales.orders"])
def test_what_shows_the_catalog_is_no_session_statement(text: str) -> None:
    assert session_statement(text) is None


def test_session_statements_in_the_extended_protocol(client: Replay) -> None:
    stream = client.send(parse("begin"), bind(), describe("P"), execute(), SYNC)
    assert (kinds(stream), state(stream)) == ("12nCZ", "T")
    stream = client.send(parse("show timezone"), describe("S"), bind(), execute(), SYNC)
    assert (kinds(stream), rows(stream)) == ("1tT2DCZ", [[b"UTC"]])
    assert kinds(client.send(parse(""), bind(), describe("P"), execute(), SYNC)) == "12nIZ"


@pytest.mark.parametrize(
    ("messages", "sqlstate"),
    [
        ((bind(statement="nope"),), "26000"),
        ((execute(portal="nope"),), "34000"),
        ((describe("S", "nope"),), "26000"),
        ((describe("P", "nope"),), "34000"),
        ((parse("select 1", "a"), parse("select 1", "a")), "42P05"),
        ((parse("select 1"), bind(portal="a"), bind(portal="a")), "42P03"),
        ((parse("select 1; select 2"),), "42601"),
        ((parse("select $1::int"), bind()), "08P01"),
        ((parse("select $1", types=(23,)), bind((b"x",))), "22P02"),
        ((parse("select $1", types=(21,)), bind((b"40000",))), "22003"),
        ((parse("select $1", types=(23,)), bind((b"xx",), formats=(1,))), "22P03"),
        ((parse("select $1", types=(600,)),), "42804"),
        ((parse("select 1, 2"), bind(results=(1, 1, 1)), execute()), "08P01"),
    ],
)
def test_protocol_errors(client: Replay, messages: tuple[bytes, ...], sqlstate: str) -> None:
    stream = client.send(*messages, SYNC)
    assert error(stream)["C"] == sqlstate
    assert kinds(stream).endswith("EZ")
    assert rows(client.send(query("select 1"))) == [[b"1"]]


def test_statements_and_portals_are_bounded(client: Replay) -> None:
    for number in range(1000):
        client.send(parse("select 1", f"s{number}"))
    assert error(client.send(parse("select 1", "one more"), SYNC))["C"] == "54000"
    client.send(query("deallocate all"))
    client.send(parse("select 1", "s"))
    for number in range(100):
        client.send(bind(statement="s", portal=f"p{number}"))
    assert error(client.send(bind(statement="s", portal="one more"), SYNC))["C"] == "54000"


def test_a_text_is_bounded_and_a_long_one_is_read_as_any(client: Replay) -> None:
    long = "select 1 " + " " * 900_000
    assert rows(client.send(query(f"{long};{'-' * 50_000}\n;select 2"))) == [[b"1"], [b"2"]]
    assert rows(client.send(parse(long), bind(), execute(), SYNC)) == [[b"1"]]
    for refused in (query(long * 2), parse(long * 2) + SYNC):
        told = client.send(refused)
        assert error(told)["C"] == "54000"
        assert "limits.text_bytes" in error(told)["M"]
        assert state(told) == "I"


def test_close_forgets(client: Replay) -> None:
    client.send(parse("select 1", "s"), SYNC)
    assert kinds(client.send(close("S", "s"), close("P", "none"), SYNC)) == "33Z"
    assert error(client.send(bind(statement="s"), SYNC))["C"] == "26000"


def test_unexpected_errors_tell_nothing(
    client: Replay, mesh: DuckGateway, caplog: pytest.LogCaptureFixture
) -> None:
    mesh.run = lambda request: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    replay = Replay(session_over(mesh))
    told = error(replay.send(query("select 1")))
    assert (told["C"], told["M"]) == ("XX000", "the gateway failed to answer this statement")
    assert "ZeroDivisionError" in caplog.text, "the operator's log has it"


def test_a_failure_names_its_audit_record(mesh: DuckGateway) -> None:
    def fails(request: Request) -> DuckResult:
        failure = SourceUnavailable()
        failure.reference = "r-17"
        raise failure

    mesh.run = fails  # type: ignore[method-assign]
    told = error(Replay(session_over(mesh)).send(query("select 1")))
    assert (told["C"], told["D"]) == ("58000", "reference r-17")


def test_a_cancel_wins_over_whatever_comes_back(mesh: DuckGateway) -> None:
    session = session_over(mesh)
    client = Replay(session, before_call=lambda: session.cancel(canceled_by_user()))
    stream = client.send(query("select 1"))
    assert error(stream)["C"] == "57014"
    assert not rows(stream)
    assert not mesh.open


def test_a_cancel_while_idle_does_nothing(mesh: DuckGateway) -> None:
    session = session_over(mesh)
    client = Replay(session)
    session.cancel(canceled_by_user())
    assert rows(client.send(query("select 1"))) == [[b"1"]]


def test_terminate_ends_the_session(client: Replay) -> None:
    client.send(TERMINATE)
    assert client.ended
    assert client.error is None


@pytest.mark.parametrize("junk", [b"!\0\0\0\4", framed(b"p", b"x"), b"Q\0\0\0\3", b"Q\x7f\xff\xff\xff"])
def test_violations_end_the_session(client: Replay, junk: bytes) -> None:
    client.send(junk)
    assert isinstance(client.error, ProtocolViolation)
