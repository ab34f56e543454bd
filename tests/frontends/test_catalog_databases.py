"""The databases that answer for the catalog, and the server that holds them: what others leave behind, what is lost,
and what is too much."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.errors import DeadlineExceeded, LimitExceeded
from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.frontends.pgwire.refusals import MetadataUnavailable
from gateway.settings import read_settings
from gateway.system import MEMORY, SystemPostgres
from tests.catalog_asking import Asking
from tests.servers import PostgresServer

ONE = "SELECT count(*) FROM pg_class WHERE relname = 'pg_class'"
MADE = "SELECT datname FROM pg_database WHERE datname LIKE 'meshgate%' UNION SELECT rolname FROM pg_roles"
A_THOUSAND = "SELECT string_agg('aaaaaaaaaa', '') AS a FROM generate_series(1, 100)"


@contextmanager
def opened(uri: str) -> Iterator[Asking]:
    databases = Databases(lambda: uri)
    try:
        yield Asking(databases)
    finally:
        databases.close()


def test_what_a_killed_gateway_left_behind_is_dropped_by_the_next_and_nothing_of_a_live_one(
    postgres: PostgresServer,
) -> None:
    before = set(postgres.query(MADE))
    with opened(postgres.uri()) as live:
        live.rows(ONE)
        lives = set(postgres.query(MADE))
        _killed_gateway(postgres.uri())
        left = set(postgres.query(MADE)) - lives
        assert len(left) == 3  # its account, its template and its database
        with opened(postgres.uri()) as following:
            following.rows(ONE)
            assert not left & set(postgres.query(MADE))
            assert lives <= set(postgres.query(MADE))
        assert live.rows(ONE) == ((b"1",),)
    assert set(postgres.query(MADE)) == before


def _killed_gateway(uri: str) -> None:
    program = f"""
        import time
        from gateway.frontends.pgwire.metadata.databases import Databases
        from tests.catalog_asking import Asking
        print(Asking(Databases(lambda: {uri!r})).rows({ONE!r}), flush=True)
        time.sleep(60)
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == b"((b'1',),)\n"
        killed.kill()


def test_statements_are_answered_again_after_the_embedded_server_has_died(tmp_path: Path) -> None:
    settings, _ = read_settings(tmp_path, {})
    system = SystemPostgres(replace(settings, state=tmp_path / "state"))
    databases = Databases(system.uri)
    try:
        asking = Asking(databases)
        assert asking.rows(ONE) == ((b"1",),)
        os.kill(int((tmp_path / "state/postgres/postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        assert _at_last(asking) == ((b"1",),)
    finally:
        databases.close()
        system.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such bound")
def test_a_short_statement_takes_no_gigabytes(tmp_path: Path) -> None:
    """`ps` says what the server's processes had at most."""
    settings, _ = read_settings(tmp_path, {})
    system = SystemPostgres(replace(settings, state=tmp_path / "state"))
    databases = Databases(system.uri)
    try:
        asking = Asking(databases)
        for statement in (
            "SELECT length(format('%1000000000s', 'x'))",
            "SELECT length(string_agg(relname || a, '')) FROM pg_class, (SELECT format('%200000s', 'x') AS a) AS t, "
            "generate_series(1, 100)",
            "SELECT cardinality(array_agg(format('%1000s', a))) FROM generate_series(1, 5000000) AS g(a)",
            "WITH RECURSIVE r(a) AS (SELECT 'xx' UNION ALL SELECT a || a FROM r WHERE length(a) < 900000000) "
            "SELECT max(length(a)) FROM r",
        ):
            with pytest.raises((LimitExceeded, DeadlineExceeded)):
                asking.rows(statement)
        parent = (tmp_path / "state/postgres/postmaster.pid").read_text().split()[0]
        command = ["ps", "--ppid", parent, "-o", "vsz="]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert max(map(int, told.split())) <= MEMORY >> 10
        assert asking.rows(ONE) == ((b"1",),)
    finally:
        databases.close()
        system.stop()


def _at_last(asking: Asking) -> object:
    deadline = time.monotonic() + 30
    while True:
        try:
            return asking.rows(ONE)
        except MetadataUnavailable:
            assert time.monotonic() < deadline
            time.sleep(0.2)


def test_a_database_that_was_dropped_is_made_again(postgres: PostgresServer) -> None:
    with opened(postgres.uri()) as asking:
        before = set(postgres.query(MADE))
        asking.rows(ONE)
        for (name,) in set(postgres.query(MADE)) - before:
            if "_t" not in str(name) and str(name).count("_") > 1:
                postgres.run(f'DROP DATABASE "{name}" WITH (FORCE)')
        assert asking.rows(ONE) == ((b"1",),)


def test_an_answer_that_is_too_long_is_refused_before_it_is_held(postgres: PostgresServer) -> None:
    with opened(postgres.uri()) as asking:
        for statement in (
            f"SELECT replace(replace(a, 'a', a), 'a', substr(a, 1, 100)) FROM ({A_THOUSAND}) AS t",
            f"SELECT replace(a, 'a', a) FROM ({A_THOUSAND}) AS t, generate_series(1, 100)",
            "SELECT 1 FROM generate_series(1, 200001)",
        ):
            with pytest.raises(LimitExceeded, match="at most"):
                asking.rows(statement)
        assert asking.rows(ONE) == ((b"1",),)


@pytest.mark.parametrize(
    "statement",
    [
        """SELECT oid, relname, relhasindex, relkind, ARRAY[1, NULL], interval '1 day', 1.50, time '12:00',
           NULL::integer, oid::regclass, 'a '::character(3), current_date, '10.0.0.1'::inet, 'x'::text FROM pg_class
           ORDER BY relname, relnamespace""",
        "WITH q AS (SELECT 1 AS a, true AS a) SELECT * FROM q, pg_am -- and a comment",
        "VALUES (1, 'pg_am'::regclass), (NULL, NULL)",
        "TABLE pg_type",
    ],
)
def test_columns_in_both_formats_are_those_of_each_format(postgres: PostgresServer, statement: str) -> None:
    with opened(postgres.uri()) as asking:
        texts, binaries, mixed = (
            asking.rows(statement, formats)
            for formats in (lambda count: (0,) * count, lambda count: (1,) * count, _alternating)
        )
    assert mixed == tuple(
        tuple((row, binary)[form][place] for place, form in enumerate(_alternating(len(row))))
        for row, binary in zip(texts, binaries, strict=True)
    )


def _alternating(count: int) -> tuple[int, ...]:
    return tuple(place % 2 for place in range(count))


def test_a_statement_that_runs_too_long_is_ended(postgres: PostgresServer) -> None:
    with opened(postgres.uri()) as asking:
        with pytest.raises(DeadlineExceeded):
            asking.rows("SELECT pg_sleep(60)")
        assert asking.rows(ONE) == ((b"1",),)


def test_who_fills_all_his_places_keeps_nobody_else_waiting(postgres: PostgresServer) -> None:
    with opened(postgres.uri()) as ana, ThreadPoolExecutor(24) as pool:
        bob = replace(ana, who=replace(ana.who, principal="bob"))
        ana.rows(ONE)
        sleeping = [pool.submit(ana.rows, "SELECT pg_sleep(3)") for _ in range(24)]
        assert bob.rows(ONE) == ((b"1",),)
        assert not any(each.done() for each in sleeping)


def test_more_statements_at_a_time_than_there_are_connections_are_all_answered(
    postgres: PostgresServer,
) -> None:
    """Of many principals, each with a database of its own."""
    with opened(postgres.uri()) as asking:
        many = [
            replace(
                asking,
                known=Definition(((f"domain{n}", ""),), ()),
                who=replace(asking.who, principal=f"p{n}"),
            )
            for n in range(12)
        ]
        with ThreadPoolExecutor(60) as pool:
            answers = pool.map(lambda one: one.rows("SELECT pg_sleep(0.05), 1"), many * 10)
            assert set(answers) == {((b"", b"1"),)}
        kept = postgres.query("SELECT count(*) FROM pg_stat_activity WHERE usename LIKE 'meshgate%'")
        assert kept[0][0] in range(1, 11)
