"""Whatever a client sends, it is answered or the session ends: by the session without a socket, and by a gateway."""

import socket
from collections.abc import Iterator

import duckdb
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import MeshgateError
from gateway.frontends.pgwire.prepared_statements import STATEMENTS
from gateway.frontends.pgwire.workspace import PORTALS
from gateway.server import Server
from gateway.settings import load_settings
from tests.frontends.broken_messages import streams
from tests.frontends.fake_gateway import DuckGateway
from tests.frontends.session_driver import Replay, session_over
from tests.frontends.wire_messages import SYNC, Answer, answers, startup
from tests.meshes import ENVIRONMENT, write_mesh

UNEXPECTED = "XX000"
"""What an error that nobody thought of is told as."""


@pytest.fixture(scope="module")
def one_mesh() -> Iterator[DuckGateway]:
    with duckdb.connect() as connection:
        yield DuckGateway(connection)


def states(told: list[Answer]) -> list[str]:
    return [answer.fields["C"] for answer in told if answer.kind == "E"]


@given(streams)
def test_by_the_session(one_mesh: DuckGateway, parts: list[bytes]) -> None:
    session = session_over(one_mesh)
    client = Replay(session)
    told = [answer for part in parts for answer in answers(client.send(part))]
    assert UNEXPECTED not in states(told)
    assert len(session._work.statements) <= STATEMENTS
    assert len(session._work.portals) <= PORTALS
    client.close()
    assert client.error is None or isinstance(client.error, MeshgateError)
    assert not one_mesh.open


@given(streams, st.integers(1, 9))
def test_it_does_not_matter_how_the_bytes_arrive(
    one_mesh: DuckGateway, parts: list[bytes], size: int
) -> None:
    stream = b"".join(parts)
    whole, pieces = Replay(session_over(one_mesh)), Replay(session_over(one_mesh))
    told = b"".join(pieces.send(stream[at : at + size]) for at in range(0, len(stream), size))
    assert whole.send(stream) == told
    whole.close()
    pieces.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(load_settings(write_mesh(tmp_path_factory.mktemp("mesh")), ENVIRONMENT))
    running.start()
    yield running
    assert answered(running) == (1,), "it does not answer any more"
    running.stop(5)


def connected(server: Server) -> "psycopg.Connection[tuple[object, ...]]":
    where = server.addresses["postgres"]
    return psycopg.connect(host=where.host, port=where.port, user="ana", password="ana", dbname="small")


def answered(server: Server) -> object:
    with connected(server) as connection:
        return connection.execute("SELECT 1").fetchone()


def said(connection: socket.socket, stream: bytes) -> bytes:
    """Everything until the server ends the connection, as the client has ended it too."""
    received = b""
    connection.settimeout(30)
    try:
        connection.sendall(stream)
        connection.shutdown(socket.SHUT_WR)
        while part := connection.recv(65536):
            received += part
    except ConnectionError:  # it had ended before everything was sent
        pass
    return received


@given(streams)
def test_by_a_gateway(server: Server, parts: list[bytes]) -> None:
    client = connected(server)
    with socket.socket(fileno=socket.dup(client.pgconn.socket)) as connection:
        connection.setblocking(True)
        connection.sendall(b"".join(parts) + SYNC)
        told = said(connection, b"")
    client.pgconn.finish()
    assert UNEXPECTED.encode() not in told


@given(
    st.binary(max_size=200)
    | st.binary(max_size=50).map(lambda tail: startup(user="ana", database="small") + tail)
)
def test_before_anybody_has_signed_in(server: Server, junk: bytes) -> None:
    where = server.addresses["postgres"]
    with socket.create_connection((where.host, where.port), timeout=30) as connection:
        assert UNEXPECTED.encode() not in said(connection, junk)
