"""psycopg2 against the endpoint: the simple protocol, parameters in the text."""

from collections.abc import Iterator

import psycopg2
import psycopg2.errors
import psycopg2.extensions
import psycopg2.extras
import pytest

from tests.clients.values import EXPECTED, SELECT_ALL
from tests.frontends.fake_gateway import Endpoint


@pytest.fixture
def connection(served: Endpoint) -> Iterator[psycopg2.extensions.connection]:
    opened = psycopg2.connect(**served.arguments)
    psycopg2.extras.register_uuid(conn_or_curs=opened)
    yield opened
    opened.close()


def test_every_type(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        cursor.execute(SELECT_ALL)
        row = dict(cursor.fetchone())
    row["bytes"] = bytes(row["bytes"])
    assert row == EXPECTED


def test_parameters(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select %s, %s, %s", ('it\'s; \\ "x"', 7, None))
        assert cursor.fetchone() == ('it\'s; \\ "x"', 7, None)


def test_transactions_and_errors(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        with pytest.raises(psycopg2.errors.UndefinedTable):
            cursor.execute("select * from nope")
        with pytest.raises(psycopg2.errors.InFailedSqlTransaction):
            cursor.execute("select 1")
        connection.rollback()
        cursor.execute("select 1")
        assert cursor.fetchone() == (1,)


def test_session(connection: psycopg2.extensions.connection) -> None:
    assert connection.encoding == "UTF8"
    assert connection.server_version == 180000
    connection.rollback()
    connection.set_session(isolation_level="SERIALIZABLE", readonly=True)
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    connection.rollback()
    connection.reset()


def test_several_statements(connection: psycopg2.extensions.connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select 1; select 'a;b' -- c\n;")
        assert cursor.fetchall() == [("a;b",)]
