"""A program stops what it runs on another of its connections, as it does with PostgreSQL: Superset cancels so."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests.clients.real_gateway import Real
from tests.clients.test_vanishing import SUM, at_work, wait_for

CALLS = (
    "SELECT pg_{}_backend({})",
    "SELECT pg_catalog.pg_{}_backend({})",
    "SELECT pg_{}_backend(pid) FROM pg_stat_activity WHERE pid='{}'",
)


@contextmanager
def running(real: Real, asked: str) -> Iterator[tuple[int, list[str | None]]]:
    """The number of a session that runs a long statement, and what state that ends with."""
    states: list[str | None] = []
    with psycopg.connect(real.uri(asked), autocommit=True) as connection:
        ((process,),) = connection.execute("SELECT pg_backend_pid()").fetchall()

        def run() -> None:
            try:
                connection.execute(SUM.encode())
                states.append("ended")
            except psycopg.Error as error:
                states.append(error.sqlstate)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            wait_for(lambda: bool(at_work(real)))
            yield process, states
        finally:
            thread.join(10)


def told(real: Real, statement: str, *given: Any) -> tuple[Any, str]:
    """The value and the name of its column."""
    with real.connect() as connection:
        cursor = connection.execute(statement.encode(), given)
        ((value,),) = cursor.fetchall()
        assert cursor.description is not None
        return value, cursor.description[0].name


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("how", "state"), [("cancel", "57014"), ("terminate", "57P01")])
def test_ones_own_statement_ends(real: Real, call: str, how: str, state: str) -> None:
    with running(real, "analyst") as (process, states):
        assert told(real, call.format(how, process)) == (True, f"pg_{how}_backend")
        wait_for(lambda: bool(states))
    assert states == [state]
    wait_for(lambda: not at_work(real))


def test_nobody_elses_does(real: Real) -> None:
    """Theirs are answered for as those that there are not."""
    with psycopg.connect(real.uri("carl"), autocommit=True) as other:
        ((process,),) = other.execute("SELECT pg_backend_pid()").fetchall()
        for number in (process, 1):
            for how in ("cancel", "terminate"):
                assert told(real, f"SELECT pg_{how}_backend({number})") == (False, f"pg_{how}_backend")
        assert other.execute("SELECT 1").fetchall() == [(1,)]


def test_oneself(real: Real) -> None:
    with real.connect() as connection:
        ((process,),) = connection.execute("SELECT pg_backend_pid()").fetchall()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute(f"SELECT pg_cancel_backend({process})".encode())
        with pytest.raises(psycopg.errors.AdminShutdown):
            connection.execute(f"SELECT pg_terminate_backend({process})".encode())
        assert connection.closed


def test_what_is_not_one_call_with_a_number_is_refused(real: Real) -> None:
    with real.connect() as connection:
        for statement in (
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity",
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> 1",
            "SELECT pg_cancel_backend(99999999999)",
            "SELECT pg_cancel_backend(1), 2",
        ):
            with pytest.raises(psycopg.Error):
                connection.execute(statement.encode())
