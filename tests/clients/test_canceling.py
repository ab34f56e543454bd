"""What a client of Flight SQL or HTTP cancels, or leaves, or what takes too long, ends at the source: PostgreSQL's own
view of it is the oracle."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import adbc_driver_manager
import pyarrow as pa
import pytest
from pyarrow import flight

from gateway.audit import latest, records
from gateway.frontends.flight.messages import made
from tests.clients.flight_client import RawClient, connected, ticket_of
from tests.clients.real_gateway import Real, serving
from tests.clients.real_mesh import write_real_mesh
from tests.clients.test_vanishing import SUM, at_work, wait_for
from tests.frontends.http.asking import basic

HTTP = '[endpoints]\nhttp = "127.0.0.1:0"'


@pytest.fixture(scope="module")
def real_with_http(real: Real, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    with hurried(real, tmp_path_factory.mktemp("http"), 60) as running:
        yield running


def hurried(real: Real, folder: Path, seconds: float) -> Any:
    """Another gateway over the same source, with an HTTP endpoint too."""
    write_real_mesh(folder, real.source)
    toml = folder / "mesh.toml"
    text = toml.read_text().replace("[endpoints]", HTTP)
    toml.write_text(re.sub("^seconds = .*$", f"seconds = {seconds}", text, flags=re.MULTILINE))
    return serving(folder, real.source)


def outcome(real: Real) -> str:
    (record,) = latest(records(real.folder / "state/audit"), 1)
    return record.outcome


# --- Flight SQL ------------------------------------------------------------------------------------------

End = Callable[[RawClient, flight.FlightInfo, flight.FlightStreamReader], object]


def by_its_info(client: RawClient, info: flight.FlightInfo, _: flight.FlightStreamReader) -> None:
    client.act("CancelFlightInfo", made("CancelFlightInfoRequest", info=info.serialize()).SerializeToString())


ENDS: dict[str, End] = {
    "the call": lambda client, info, reader: reader.cancel(),
    "its info": by_its_info,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_canceled_stream_frees_the_source(real: Real, end: End) -> None:
    with RawClient(real.flight, "analyst") as client:
        info = client.info("CommandStatementQuery", query=SUM)
        reader = client.client.do_get(ticket_of(info), client.options)
        reading = threading.Thread(target=drained, args=(reader,))
        reading.start()
        wait_for(lambda: at_work(real) > 0)
        end(client, info, reader)
        wait_for(lambda: at_work(real) == 0)
        reading.join(10)
        assert not reading.is_alive()
    wait_for(lambda: outcome(real) == "cancelled")


def drained(reader: flight.FlightStreamReader) -> None:
    try:
        for _ in reader:
            pass
    except (pa.ArrowException, StopIteration):
        pass


def test_a_call_whose_time_is_over_frees_the_source(real: Real) -> None:
    with RawClient(real.flight, "analyst") as client:
        ticket = ticket_of(client.info("CommandStatementQuery", query=SUM))
        name, token = client.header
        hasty = flight.FlightCallOptions(headers=[(name, token)], timeout=1.0)
        with pytest.raises(flight.FlightTimedOutError):
            client.client.do_get(ticket, hasty).read_all()
    wait_for(lambda: at_work(real) == 0)
    wait_for(lambda: outcome(real) == "cancelled")


def test_adbc_cancels_and_times_out_at_the_source(real: Real) -> None:
    slow = {"adbc.flight.sql.rpc.timeout_seconds.fetch": "1.0"}
    for options, cancel in (({}, True), (slow, False)):
        with connected(real.flight, "analyst", **options) as connection, connection.cursor() as cursor:
            if cancel:
                threading.Timer(0.7, cursor.adbc_cancel).start()
            with pytest.raises(adbc_driver_manager.Error):
                cursor.execute(SUM).fetchall()
            wait_for(lambda: at_work(real) == 0)
            wait_for(lambda: outcome(real) == "cancelled")


# --- HTTP ------------------------------------------------------------------------------------------------


def asked_over_http(real: Real, sql: str) -> socket.socket:
    body = json.dumps({"sql": sql})
    head = f"POST /v1/query HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    head += f"Authorization: {basic('analyst', 'analyst-pw')['Authorization']}\r\n\r\n"
    connection = socket.create_connection(("127.0.0.1", real.server.addresses["http"].port), timeout=30)
    connection.sendall(f"{head}{body}".encode())
    return connection


def test_a_client_that_goes_away_frees_the_source(real_with_http: Real) -> None:
    connection = asked_over_http(real_with_http, SUM)
    wait_for(lambda: at_work(real_with_http) > 0)
    connection.close()
    wait_for(lambda: at_work(real_with_http) == 0)
    wait_for(lambda: outcome(real_with_http) == "cancelled")


# --- the gateway's own deadline --------------------------------------------------------------------------


def test_limits_seconds_end_at_the_source_with_the_right_code(real: Real, tmp_path: Path) -> None:
    with hurried(real, tmp_path, 1.5) as hasty:
        with RawClient(hasty.flight, "analyst") as client, pytest.raises(flight.FlightTimedOutError) as late:
            client.query(SUM)
        wait_for(lambda: at_work(hasty) == 0)
        assert "SQLSTATE 57014" in str(late.value)
        with asked_over_http(hasty, SUM) as connection:
            answer = connection.recv(1 << 16)
        assert answer.startswith(b"HTTP/1.1 504 ")
        wait_for(lambda: at_work(hasty) == 0)
        assert outcome(hasty) == "cancelled"
