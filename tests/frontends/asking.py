"""Asking the endpoint by hand: over a bare socket, or to be refused."""

import socket
import time

import psycopg
import pytest

from tests.frontends.fake_gateway import Endpoint


def wait_until(condition: object, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


def raw(served: Endpoint) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.server.port), timeout=5)


def everything(connection: socket.socket) -> bytes:
    received = b""
    while part := connection.recv(65536):
        received += part
    return received


def refusal(served: Endpoint, **changed: str) -> psycopg.OperationalError:
    with pytest.raises(psycopg.OperationalError) as caught:
        psycopg.connect(**{**served.arguments, **changed})
    return caught.value
