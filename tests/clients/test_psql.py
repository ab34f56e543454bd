"""psql against the endpoint."""

import os
import shutil
import subprocess
from decimal import Decimal

import pytest

from tests.clients.values import VALUES
from tests.frontends.fake_gateway import Endpoint


@pytest.fixture(scope="module")
def psql() -> str:
    found = shutil.which("psql")
    if found is None:
        pytest.fail("psql is not installed: apt-get install postgresql-client")
    return found


def said(psql: str, served: Endpoint, script: str, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = served.arguments
    environment = {
        **os.environ,
        "PGHOST": str(arguments["host"]),
        "PGPORT": str(arguments["port"]),
        "PGUSER": str(arguments["user"]),
        "PGPASSWORD": str(arguments["password"]),
        "PGDATABASE": str(arguments["dbname"]),
        "PAGER": "cat",
    }
    return subprocess.run(
        [psql, "-X", *options],
        input=script,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


SHOWN = {
    "clock": "23:59:59.5",
    "yes": "t",
    "no": "f",
    "infinite": "-Infinity",
    "tiny_double": "1e-300",
    "bytes": r"\x00ff6162",
    "instant": "2026-07-01 10:00:00+00",
    "span": "3 days 04:05:06.7",
    "json": '{"a": [1, "ä"]}',
    "struct": '{"a": 1, "b": [true, null]}',
    "list": "{1,NULL,3}",
    "texts": r'{"a b",NULL,"","NULL","{\"x\"}"}',
    "nested": "{{1,2},{3,NULL}}",
    "prices": "{1.50,NULL}",
    "days": "{2026-02-28,NULL}",
    "empty_list": "{}",
}


def plain(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def test_every_type(psql: str, served: Endpoint) -> None:
    for name, sql, expected in VALUES:
        done = said(psql, served, f"select {sql};", "-At", "-P", "null=NULL")
        shown = SHOWN.get(name, "NULL" if expected is None else plain(expected))
        assert done.stdout.removesuffix("\n") == shown, (name, done.stderr)


def test_meta_commands_and_errors(psql: str, served: Endpoint) -> None:
    script = r"""
\conninfo
\encoding
select count(*) as c from numbers \gset
\echo c=:c
begin; select * from nope; select 1; rollback;
selec 1;
select 'one' as a\; select 'two' as b;
set timezone = 'UTC'; show timezone;
select 'still here';
"""
    done = said(psql, served, script)
    assert 'You are connected to database "mesh" as user "analyst"' in done.stdout
    for expected in ("UTF8", "c=5000", "one", "two", "UTC", "still here"):
        assert expected in done.stdout
    for expected in ("nope", "current transaction is aborted", "syntax error", "LINE 1: selec 1"):
        assert expected in done.stderr


def test_a_large_result_in_parts(psql: str, served: Endpoint) -> None:
    done = said(psql, served, "select range, repeat('ab', 20) from range(200000);", "-At")
    lines = done.stdout.splitlines()
    assert len(lines) == 200_000
    assert lines[-1] == "199999|" + "ab" * 20


def test_on_error_stop_has_a_status(psql: str, served: Endpoint) -> None:
    assert said(psql, served, "select 1;", "-v", "ON_ERROR_STOP=1").returncode == 0
    assert said(psql, served, "select * from nope;", "-v", "ON_ERROR_STOP=1").returncode == 3
