"""What the benchmarks' figures rest on: bytes are counted exactly, and a wrong answer is called wrong."""

import datetime as dt
import socket
import threading
from collections.abc import Iterator
from decimal import Decimal

import pytest

from benchmarks.federation.right import wrong
from benchmarks.federation.wire import wire

ROWS = [("a", Decimal("1.50"), 7, 0.25), ("b", Decimal("2.00"), 8, 0.75)]


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that sends everything back, to one client."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                while data := connection.recv(65_536):
                    connection.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize("delay", [0.0, 0.002])
def test_the_wire_forwards_everything_in_order_and_counts_it(echo: int, delay: float) -> None:
    sent = bytes(range(256)) * 40_000
    with (
        wire({"echo": echo}, delay) as counted,
        socket.create_connection(("127.0.0.1", counted.ports["echo"])) as client,
    ):
        sender = threading.Thread(target=client.sendall, args=(sent,))
        sender.start()
        received = b""
        while len(received) < len(sent):
            received += client.recv(1 << 20)
        sender.join()
        assert received == sent
        assert counted.sent == 2 * len(sent)


def test_numbers_of_other_types_are_the_same_numbers() -> None:
    theirs = [("a", 1.5, Decimal("7.000"), "0.25"), ("b", "2.0", 8, Decimal("0.75"))]
    assert wrong(theirs, ROWS, (0,), strict=False) == ""
    assert wrong(theirs, ROWS, (0,), strict=True) != ""


@pytest.mark.parametrize(
    "theirs",
    [
        ROWS[:1],
        [*ROWS, ROWS[1]],
        ROWS[::-1],
        [ROWS[0], ("b", Decimal("2.01"), 8, 0.75)],
        [ROWS[0], ("b", Decimal("2.00"), 8, 0.750001)],
        [ROWS[0], ("b", None, 8, 0.75)],
        [ROWS[0], ("b", "no number", 8, 0.75)],
        [ROWS[0], (dt.date(2024, 1, 1), Decimal("2.00"), 8, 0.75)],
    ],
)
def test_another_answer_is_wrong(theirs: list[tuple[object, ...]]) -> None:
    assert wrong(theirs, ROWS, (0,), strict=False) != ""


def test_the_order_that_was_not_asked_for_does_not_matter() -> None:
    assert wrong(ROWS[::-1], ROWS, (), strict=False) == ""
