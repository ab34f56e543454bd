"""COPY, cursors and PREPARE: what arrives is what the PostgreSQL behind the gateway sends."""

from typing import Any, LiteralString

import psycopg
import pytest

from tests.clients.real_gateway import Real

ORDERS: LiteralString = """
    SELECT order_id, amount, ordered_on, ordered_at, discount, score, note FROM sales.orders ORDER BY order_id
"""
CUSTOMERS: LiteralString = """
    SELECT customer_id, name, vip, credit, tags, external_id, photo FROM sales.customers ORDER BY customer_id
"""
MARKS: LiteralString = r"""
    SELECT * FROM (VALUES (NULL::text, 'plain', '', 5, DATE '2026-01-05'), (NULL, 'a,b;c|d', '\.', NULL, NULL),
    (NULL, 'it''s "so"', 'back\slash', 55, NULL), (NULL, '-', '5', -5, NULL)) AS t(name, note, other, number, day)
"""
ALONE: LiteralString = r"SELECT * FROM (VALUES ('\.'), ('a\b'), (''), (NULL), ('5')) AS t(a)"
EMPTY: LiteralString = "SELECT * FROM (VALUES ('a', ''), ('', NULL), (NULL, 'b')) AS t(name, note)"
"""Nothing but empty texts and NULLs needs a mark."""
OPTIONS: tuple[LiteralString, ...] = (
    "",
    "(NULL '')",
    "(FORMAT csv, NULL '5')",
    "(FORMAT csv, DELIMITER ':')",
    "(FORMAT csv, DELIMITER '5', NULL 'x')",
    "WITH (FORMAT text, DELIMITER '|', NULL 'none')",
    "WITH CSV HEADER",
    "CSV DELIMITER ';' NULL '-' QUOTE ''''",
    "(FORMAT csv, HEADER true, FORCE_QUOTE *)",
    "(FORMAT csv, FORCE_QUOTE (name, note), ESCAPE '\\')",
    "(FORMAT binary)",
    "(HEADER)",
)


def copied(uri: str, statement: str) -> tuple[bytes, int]:
    """What came, and in how many messages."""
    with psycopg.connect(uri, autocommit=True) as connection, connection.cursor() as cursor:
        with cursor.copy(statement.encode()) as copy:
            pieces = [bytes(piece) for piece in copy]
        return b"".join(pieces), len(pieces)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize(
    "query",
    [ORDERS, CUSTOMERS, MARKS, ALONE, EMPTY, "SELECT 1 AS a WHERE false"],
    ids=["orders", "customers", "marks", "one column", "empty", "none"],
)
def test_copies_are_byte_for_byte_postgresqls(real: Real, query: str, options: str) -> None:
    if "FORCE_QUOTE (" in options and ("note" not in query or "name" not in query):
        options = options.replace(
            "name, note", "note" if "note" in query else "name" if "name" in query else "a"
        )
    statement = f"COPY ({query}) TO STDOUT {options}"
    assert copied(real.uri(), statement) == copied(real.source, statement)


def test_a_relation_is_copied_by_its_name(real: Real) -> None:
    for statement in ("COPY shipping.carriers TO STDOUT", "copy shipping.carriers (name) to stdout with csv"):
        assert sorted(copied(real.uri(), statement)[0].split()) == sorted(
            copied(real.source, statement)[0].split()
        )


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("COPY sales.orders FROM STDIN", "25006"),
        ("COPY (SELECT 1) TO '/etc/passwd'", "25006"),
        ("COPY (SELECT 1) TO PROGRAM 'id'", "25006"),
        ("COPY (SELECT * FROM sales.nope) TO STDOUT", "42P01"),
        ("COPY (SELECT 1 TO STDOUT", "42601"),
        ("COPY (SELECT 1) TO STDOUT (FORMAT parquet)", "22023"),
    ],
)
def test_copies_that_are_refused(real: Real, statement: str, state: str) -> None:
    with real.connect() as connection:
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(statement.encode())
        assert refused.value.sqlstate == state
        assert connection.execute("SELECT 1").fetchone() == (1,)


SCRIPTS: tuple[tuple[LiteralString, ...], ...] = (
    ("BEGIN", "DECLARE c CURSOR FOR SELECT order_id FROM sales.orders ORDER BY 1", "FETCH 2 FROM c", "FETCH c",
     "MOVE 3 IN c", "FETCH FORWARD 2 FROM c", "MOVE ALL FROM c",
     "FETCH 1 FROM c", "CLOSE c", "FETCH 1 FROM c", "ROLLBACK"),
    ("DECLARE c CURSOR FOR SELECT 1",),
    ("BEGIN", "DECLARE h CURSOR WITH HOLD FOR SELECT order_id FROM sales.orders ORDER BY 1", "FETCH 1 FROM h", "COMMIT",
     "FETCH 2 FROM h", "CLOSE h", "FETCH 1 FROM h"),
    ("BEGIN", "DECLARE c NO SCROLL CURSOR FOR SELECT 1 AS a", "FETCH BACKWARD 1 FROM c", "SELECT 1", "ROLLBACK"),
    ("BEGIN", "DECLARE c CURSOR FOR SELECT 1 AS a", "COMMIT", "FETCH 1 FROM c"),
    ("BEGIN;DECLARE c CURSOR WITH HOLD FOR SELECT order_id FROM sales.orders ORDER BY 1;FETCH 3 FROM c", "COMMIT",
     "FETCH 1 FROM c"),
    ("PREPARE p (integer) AS SELECT name FROM sales.customers WHERE customer_id = $1", "EXECUTE p(9)", "EXECUTE p (3)",
     "EXECUTE p", "DEALLOCATE p", "EXECUTE p(1)"),
    ("PREPARE q AS SELECT count(*) FROM sales.orders", "EXECUTE q", "PREPARE q AS SELECT 1"),
    ("FETCH 1 FROM nobody", "EXECUTE nobody", "DECLARE c CURSOR FOR", "MOVE"),
    ("SET search_path TO sales, shipping", "SELECT count(*) FROM orders", "SELECT count(*) FROM carriers",
     "RESET search_path", "SELECT count(*) FROM orders"),
    ("BEGIN", "SELECT 1/0", "SELECT 1", "ROLLBACK", "SELECT 1 AS still_here"),
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script[min(1, len(script) - 1)][:40])
def test_scripts_go_as_in_postgresql(real: Real, script: tuple[LiteralString, ...]) -> None:
    def said(uri: str) -> list[object]:
        with psycopg.connect(uri, autocommit=True) as connection:
            return [told(connection, statement) for statement in script]

    assert said(real.uri()) == said(real.source)


def told(connection: "psycopg.Connection[Any]", statement: LiteralString) -> object:
    try:
        cursor = connection.execute(statement)
        found: list[object] = []
        more: bool | None = True
        while more:
            columns = [(each.name, each.type_code) for each in cursor.description or ()]
            found.append((cursor.statusmessage, columns, cursor.fetchall() if columns else []))
            more = cursor.nextset()
        return found
    except psycopg.Error as error:
        return error.sqlstate


def test_a_cursor_of_the_driver_reads_in_either_format(real: Real) -> None:
    for binary in (False, True):
        for uri in (real.uri(), real.source):
            with psycopg.connect(uri) as connection, connection.cursor("srv", binary=binary) as cursor:
                cursor.execute(
                    "SELECT order_id, amount FROM sales.orders WHERE order_id < %s ORDER BY 1", (100,)
                )
                assert cursor.description is not None
                assert [each.name for each in cursor.description] == ["order_id", "amount"]
                assert len(cursor.fetchmany(10)) == 10
                cursor.scroll(5)
                assert cursor.fetchone()[0] == cursor.fetchone()[0] - 1  # type: ignore[index]
