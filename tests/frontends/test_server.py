"""The endpoint on real sockets: who gets in, cancel, clients that vanish, bounds, the end."""

import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import ConfigurationError
from gateway.frontends.pgwire.server import Bounds, PostgresServer
from gateway.settings import Address
from tests.frontends.asking import everything, raw, refusal, wait_until
from tests.frontends.fake_gateway import PASSWORDS, Endpoint, endpoint, gateway_over
from tests.frontends.wire_messages import SYNC, answers, query, startup

ENDLESS = "select sum(a.range * b.range) from range(10000000) a, range(10000000) b"


@pytest.fixture(scope="module")
def served() -> Iterator[Endpoint]:
    with endpoint() as running:
        yield running


# --- who gets in -----------------------------------------------------------------------------------------


def test_wrong_password_and_unknown_name_read_alike(served: Endpoint) -> None:
    wrong = str(refusal(served, password="no"))
    unknown = str(refusal(served, user="nobody", password="no"))
    assert 'FATAL:  password authentication failed for user "analyst"' in wrong
    assert unknown.replace("nobody", "analyst") == wrong


def test_the_fake_credentials_of_unknown_names_open_nothing(served: Endpoint) -> None:
    assert "password authentication failed" in str(
        refusal(served, user="nobody", password="nobody knows this one")
    )


def test_another_database_is_refused_after_the_password(served: Endpoint) -> None:
    assert 'database "other" does not exist' in str(refusal(served, dbname="other"))
    assert "password authentication failed" in str(refusal(served, dbname="other", password="no"))


def test_unknown_settings_at_the_start_are_refused(served: Endpoint) -> None:
    assert "unrecognized configuration parameter" in str(refusal(served, options="-c nope=1"))


def test_settings_at_the_start(served: Endpoint) -> None:
    options = "-c mesh.purpose=audit -c statement_timeout=7s --application-name=opt"
    with psycopg.connect(**served.arguments, options=options) as connection:
        shown = [
            connection.execute(f"show {name}").fetchone() for name in ("mesh.purpose", "statement_timeout")
        ]
        connection.execute("select 1")
    assert shown == [("audit",), ("7s",)]
    assert served.mesh.seen[-1].purpose == "audit"
    assert served.mesh.seen[-1].client == "127.0.0.1 opt"


def test_a_time_zone_that_nobody_knows_is_told_at_the_start_and_not_taken(
    served: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGTZ", "Mars/Olympus")
    with psycopg.connect(**served.arguments) as connection:
        assert connection.info.parameter_status("TimeZone") == "UTC"
        assert connection.execute("select timestamptz '2026-07-01 12:00:00+02'::varchar").fetchone() == (
            "2026-07-01 10:00:00+00",
        )


TOLD = (
    "server_encoding client_encoding integer_datetimes DateStyle TimeZone standard_conforming_strings is_superuser "
    "session_authorization IntervalStyle in_hot_standby default_transaction_read_only"
).split()


def test_what_clients_are_told_at_the_start(served: Endpoint) -> None:
    with psycopg.connect(**served.arguments) as connection:
        told = {name: connection.info.parameter_status(name) for name in TOLD}
        assert connection.info.server_version == 180000
    assert told == {
        "server_encoding": "UTF8",
        "client_encoding": "UTF8",
        "integer_datetimes": "on",
        "DateStyle": "ISO, MDY",
        "TimeZone": "UTC",
        "standard_conforming_strings": "on",
        "is_superuser": "off",
        "session_authorization": "analyst",
        "IntervalStyle": "postgres",
        "in_hot_standby": "off",
        "default_transaction_read_only": "on",
    }


# --- cancel, vanish, time out ----------------------------------------------------------------------------


def test_cancel(served: Endpoint) -> None:
    with psycopg.connect(**served.arguments) as connection:
        threading.Timer(0.3, connection.cancel_safe).start()
        started = time.monotonic()
        with pytest.raises(psycopg.errors.QueryCanceled, match="canceling statement due to user request"):
            connection.execute(ENDLESS)
        assert time.monotonic() - started < 5
        connection.rollback()
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_cancel_with_a_wrong_secret_does_nothing(served: Endpoint) -> None:
    with psycopg.connect(**served.arguments) as connection:
        served.mesh.canceled.clear()
        timer = threading.Timer(0.2, forged_cancel, (served, connection.pgconn.backend_pid))
        timer.start()
        connection.execute("set statement_timeout = '600ms'")
        with pytest.raises(psycopg.errors.QueryCanceled, match="statement timeout"):
            connection.execute(ENDLESS)
        timer.join()


def forged_cancel(served: Endpoint, process: int) -> None:
    with raw(served) as connection:
        connection.sendall(struct.pack("!IIII", 16, 80877102, process, 12345))
        assert everything(connection) == b""


def test_a_client_that_vanishes_cancels_its_query(served: Endpoint) -> None:
    served.mesh.canceled.clear()
    connection = psycopg.connect(**served.arguments)
    connection.pgconn.send_query(ENDLESS.encode())
    wait_until(lambda: served.mesh.open)
    connection.close()
    assert served.mesh.canceled.wait(5), "nothing was canceled"
    wait_until(lambda: not served.mesh.open)


def test_a_client_that_vanishes_behind_a_long_pipeline_cancels_its_query(served: Endpoint) -> None:
    """So much is in flight that nothing more is read, and with it the end of the stream is not seen."""
    served.mesh.canceled.clear()
    connection = psycopg.connect(**served.arguments)
    connection.pgconn.send_query(ENDLESS.encode())
    wait_until(lambda: served.mesh.open)
    with socket.socket(fileno=socket.dup(connection.pgconn.socket)) as pipeline:
        pipeline.setblocking(True)
        pipeline.sendall(query("select 1") * 100_000)
        pipeline.shutdown(socket.SHUT_RDWR)
        assert served.mesh.canceled.wait(5), "nothing was canceled"
    wait_until(lambda: not served.mesh.open)
    connection.close()


def test_a_client_that_stops_reading_stops_the_query(served: Endpoint) -> None:
    connection = psycopg.connect(**served.arguments)
    connection.pgconn.send_query(b"select range, repeat('x', 1000) from range(1000000)")
    wait_until(lambda: served.mesh.open)
    time.sleep(0.5)
    assert served.mesh.open, "a gigabyte was buffered for a client that does not read"
    connection.close()
    wait_until(lambda: not served.mesh.open)


def test_stop_does_not_wait_for_a_client_that_does_not_read() -> None:
    with endpoint() as served:
        connection = psycopg.connect(**served.arguments)
        connection.pgconn.send_query(b"select range, repeat('x', 1000) from range(1000000)")
        wait_until(lambda: served.mesh.open)
        started = time.monotonic()
        served.server.stop(grace=0.1)
        assert time.monotonic() - started < 6
        assert not served.mesh.open
        connection.close()


# --- bounds ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "begun", "state"),
    [
        ("idle_in_transaction_session_timeout", "begin", "25P03"),
        ("idle_session_timeout", "select 1", "57P05"),
    ],
)
def test_clients_that_are_idle_too_long_are_told_and_leave(
    served: Endpoint, setting: str, begun: str, state: str
) -> None:
    with psycopg.connect(**served.arguments, autocommit=True, options=f"-c {setting}=200ms") as connection:
        connection.execute(begun.encode())
        other = "select 1" if begun == "begin" else "begin"
        with psycopg.connect(**served.arguments, autocommit=True, options=f"-c {setting}=200ms") as unbound:
            unbound.execute(other.encode())
            time.sleep(0.6)
            unbound.execute("select 1")
        with pytest.raises(psycopg.Error) as told:
            connection.execute("select 1")
    assert told.value.sqlstate == state


def test_slow_handshakes_time_out_and_hold_nobody_up() -> None:
    with endpoint(bounds=Bounds(handshake=0.5)) as served:
        silent = [raw(served) for _ in range(5)]
        psycopg.connect(**served.arguments).close()
        for connection in silent:
            assert answers(everything(connection))[0].fields["S"] == "FATAL"
            connection.close()


def test_who_sends_much_does_not_keep_others_waiting(served: Endpoint) -> None:
    many, ready = 200_000, len(b"Z\0\0\0\5I")
    with psycopg.connect(**served.arguments) as other, psycopg.connect(**served.arguments) as flooding:
        with socket.socket(fileno=socket.dup(flooding.pgconn.socket)) as flood:
            flood.setblocking(True)
            flood.sendall(SYNC * many)
            received = len(flood.recv(1))  # it is being answered
            assert other.execute("select 1").fetchone() == (1,)
            flood.setblocking(False)
            with suppress(BlockingIOError):
                while part := flood.recv(1 << 20):
                    received += len(part)
        assert received < many * ready


def test_too_many_clients() -> None:
    with endpoint(bounds=Bounds(connections=1)) as served, psycopg.connect(**served.arguments):
        assert "too many clients" in str(refusal(served))


def test_one_principal_does_not_take_every_place() -> None:
    with endpoint(bounds=Bounds(connections_per_principal=2)) as served:
        auditor = {"user": "auditor", "password": PASSWORDS["auditor"]}
        with psycopg.connect(**served.arguments), psycopg.connect(**served.arguments) as second:
            with raw(served) as connection:  # who is not known yet has no place
                connection.sendall(startup(user="analyst", database="mesh"))
                assert 'FATAL:  too many connections for role "analyst"' in str(refusal(served))
                psycopg.connect(**{**served.arguments, **auditor}).close()
            second.close()
            wait_until(lambda: len(served.server._clients) < 2)
            psycopg.connect(**served.arguments).close()


def test_connections_that_say_nothing_are_bounded() -> None:
    """They are not waited for before others are let in, and more than as many again are turned away at once."""
    with endpoint(bounds=Bounds(connections=3)) as served:
        silent = [raw(served) for _ in range(5)]
        psycopg.connect(**served.arguments).close()
        silent += [raw(served) for _ in range(3)]
        assert everything(silent[-1]) == b""
        for connection in silent:
            connection.close()


def test_a_start_packet_is_bounded(served: Endpoint) -> None:
    with raw(served) as connection:
        connection.sendall(struct.pack("!II", 20_000, 3 << 16))
        assert answers(everything(connection))[0].fields["C"] == "08P01"


def test_a_message_before_the_password_is_bounded(served: Endpoint) -> None:
    with raw(served) as connection:
        connection.sendall(startup(user="analyst", database="mesh") + b"p" + struct.pack("!I", 1_000_000))
        assert answers(everything(connection))[-1].fields["C"] == "08P01"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.binary(max_size=50).map(lambda tail: startup(user="analyst", database="mesh") + tail)
)
def test_any_first_bytes_leave_the_server_alive(served: Endpoint, junk: bytes) -> None:
    with raw(served) as connection:
        connection.sendall(junk)
        connection.shutdown(socket.SHUT_WR)
        everything(connection)


def test_and_it_is_still_alive(served: Endpoint) -> None:
    with psycopg.connect(**served.arguments) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


# --- the end ---------------------------------------------------------------------------------------------


def test_a_port_in_use_is_a_configuration_error(served: Endpoint) -> None:
    taken = PostgresServer(gateway_over(served.mesh), Address("127.0.0.1", served.server.port))
    with pytest.raises(
        ConfigurationError, match=f"postgres: cannot listen on 127.0.0.1:{served.server.port}"
    ):
        taken.start()


def test_stop_tells_idle_clients() -> None:
    with endpoint() as served:
        connection = psycopg.connect(**served.arguments, autocommit=True)
        served.server.stop()
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute("select 1")
        connection.close()


def test_stop_lets_a_running_query_finish() -> None:
    with endpoint() as served:
        connection = psycopg.connect(**served.arguments, autocommit=True)
        stopper = threading.Timer(0.1, served.server.stop, (30,))
        stopper.start()
        rows = connection.execute(
            "select sum(a.range * b.range) from range(20000) a, range(20000) b"
        ).fetchall()
        assert len(rows) == 1
        stopper.join()
        connection.close()


def test_stop_cancels_what_runs_past_the_grace() -> None:
    with endpoint() as served:
        connection = psycopg.connect(**served.arguments, autocommit=True)
        stopper = threading.Timer(0.2, served.server.stop, (0.2,))
        stopper.start()
        started = time.monotonic()
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute(ENDLESS)
        assert time.monotonic() - started < 5
        stopper.join()
        assert not served.mesh.open
        connection.close()
