"""The same bytes go to the gateway and to the PostgreSQL behind it: the same messages come back."""

import os
import socket
from collections.abc import Sequence

import psycopg
import pytest

from tests.clients.real_gateway import Real
from tests.frontends.wire_messages import (
    FLUSH,
    SYNC,
    Answer,
    answers,
    bind,
    close,
    describe,
    execute,
    framed,
    parse,
    query,
)

INT4, TEXT = 23, 25
PING = query("SELECT 'ping' AS ping")
"""Ends each sequence: its answer shows that all of the sequence's own has come."""

ONE = parse("SELECT 1 AS a")
FIVE = parse("SELECT order_id FROM sales.orders WHERE order_id <= 5 ORDER BY order_id")
BY_ID = parse("SELECT customer_id, name FROM sales.customers WHERE customer_id = $1", "p")
SEVEN = (b"7",)

SEQUENCES: dict[str, Sequence[bytes]] = {
    # one simple query
    "empty": [query("")],
    "blanks": [query("  \n ")],
    "semicolons": [query(";;")],
    "comment": [query("-- nothing")],
    "one": [query("SELECT 1 AS a")],
    "one with an end": [query("SELECT 1 AS a;")],
    "no rows": [query("SELECT 1 AS a WHERE false")],
    "syntax": [query("SELEC 1")],
    "no such relation": [query("SELECT * FROM sales.nope")],
    "two": [query("SELECT 1 AS a; SELECT 2 AS b")],
    "two with nothing between": [query("SELECT 1 AS a;; SELECT 2 AS b;")],
    "error stops the rest": [query("SELECT 1 AS a; SELECT * FROM sales.nope; SELECT 2 AS b")],
    "syntax error runs nothing": [query("SELECT 1 AS a; SELEC 2")],
    "transaction in one": [query("BEGIN; SELECT 1 AS a; COMMIT")],
    "transaction left open": [query("BEGIN; SELECT 1 AS a"), query("ROLLBACK")],
    "commit of what failed": [query("BEGIN"), query("SELECT * FROM sales.nope"), query("COMMIT")],
    "failed refuses": [query("BEGIN"), query("SELECT * FROM sales.nope"), query("SELECT 1 AS a"), query("ROLLBACK")],
    "failed and empty": [query("BEGIN"), query("SELECT * FROM sales.nope"), query(""), query("ROLLBACK")],
    "commit without": [query("COMMIT")],
    "rollback without": [query("ROLLBACK")],
    "begin twice": [query("BEGIN"), query("BEGIN"), query("ROLLBACK")],
    "rollback in the middle": [query("BEGIN; SELECT 1 AS a; ROLLBACK; SELECT 2 AS b")],
    "savepoints": [query("BEGIN; SAVEPOINT s; SELECT 1 AS a; RELEASE s; COMMIT")],
    "back to a savepoint": [query("BEGIN; SAVEPOINT s"), query("SELECT * FROM sales.nope"), query("ROLLBACK TO s"),
                            query("SELECT 1 AS a"), query("COMMIT")],
    "savepoint without": [query("SAVEPOINT s")],
    "no such savepoint": [query("BEGIN; ROLLBACK TO nowhere"), query("ROLLBACK")],
    "and chain": [query("BEGIN"), query("COMMIT AND CHAIN"), query("ROLLBACK")],
    "set and show": [query("SET application_name = 'wire'"), query("SHOW application_name"),
                     query("RESET application_name")],
    "set undone": [query("BEGIN; SET application_name = 'wire'; ROLLBACK"), query("SHOW application_name")],
    "set local": [query("BEGIN; SET LOCAL application_name = 'wire'"), query("COMMIT")],
    "set unknown": [query("SET no_such_setting = 1")],
    "set isolation": [query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), query("SHOW transaction_isolation"),
                      query("COMMIT")],
    "discard": [query("DISCARD ALL")],
    "discard in a transaction": [query("BEGIN"), query("DISCARD ALL"), query("ROLLBACK")],
    "isolation asked for": [query("BEGIN; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SHOW transaction_isolation"),
                            query("COMMIT; SHOW transaction_isolation")],
    "isolation of the session": [query("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
                                 query("SHOW TRANSACTION ISOLATION LEVEL"), query("BEGIN; SHOW transaction_isolation"),
                                 query("COMMIT; RESET ALL")],
    "a setting of the application": [query("SHOW shop.tenant"), query("SET shop.tenant = '7'; SHOW shop.tenant"),
                                     query("BEGIN; SET LOCAL shop.tenant = '8'; SHOW shop.tenant; ROLLBACK"),
                                     query("SHOW shop.tenant")],
    "settings of the planner": [query("SET enable_seqscan = off; SHOW enable_seqscan; RESET enable_seqscan"),
                                query("SET work_mem = '64MB'; SHOW work_mem; SET jit = off"),
                                query("SET enable_seqscan = perhaps"), query("SET enable_nothing = off")],
    "set_config": [query("SELECT set_config('shop.tenant', 'x', false)"), query("SHOW shop.tenant"),
                   query("SELECT pg_catalog.set_config('search_path', '', false)"), query("SHOW search_path")],
    "set_config, described": [parse("SELECT set_config('shop.tenant', 'x', true) AS was"), bind(), describe("P"),
                              execute(), SYNC],
    "time zones": [query("SET TIME ZONE 'UTC'; SHOW timezone"), query("SET TIME ZONE DEFAULT")],
    # cursors that scroll
    "scroll": [query("BEGIN; DECLARE c SCROLL CURSOR FOR SELECT order_id, note FROM sales.orders"
                     " WHERE order_id BETWEEN 1 AND 12 ORDER BY order_id"),
               *[query(f"FETCH {motion} FROM c") for motion in (
                   "LAST", "PRIOR", "BACKWARD 3", "FIRST", "PRIOR", "NEXT", "ABSOLUTE 7", "ABSOLUTE -2", "ABSOLUTE 0",
                   "ABSOLUTE 99", "RELATIVE -4", "RELATIVE 2", "RELATIVE 0", "FORWARD 0", "0", "-2", "FORWARD -1",
                   "FORWARD ALL", "BACKWARD ALL", "ALL", "BACKWARD 100", "FORWARD 100")],
               *[query(f"MOVE {motion} IN c") for motion in (
                   "LAST", "PRIOR", "BACKWARD ALL", "5", "ABSOLUTE 3", "ALL")],
               query("FETCH c"), query("COMMIT")],
    "scroll over the catalog": [
        query("BEGIN; DECLARE c SCROLL CURSOR FOR"
              " SELECT typname, oid FROM pg_type WHERE oid IN (16, 20, 25) ORDER BY 1"),
        query("FETCH LAST c"), query("FETCH BACKWARD ALL c"), query("FETCH 2 c"), query("COMMIT")],
    "a cursor with parameters": [
        query("BEGIN"),
        parse("DECLARE c CURSOR FOR SELECT name FROM sales.customers WHERE customer_id = $1", "", (INT4,)),
        bind(SEVEN), execute(), SYNC, query("FETCH ALL c"), query("COMMIT")],
    "a cursor over the catalog with parameters": [
        query("BEGIN"), parse("DECLARE c CURSOR FOR SELECT typname FROM pg_type WHERE typname = $1", "", (TEXT,)),
        bind((b"bool",)), execute(), SYNC, query("FETCH ALL c"), query("COMMIT")],
    "no scroll": [query("BEGIN; DECLARE c NO SCROLL CURSOR FOR SELECT 1 AS a"), query("FETCH c"),
                  query("FETCH PRIOR c"), query("ROLLBACK")],
    "a cursor with the name of a direction": [query("BEGIN; DECLARE next CURSOR FOR SELECT 1 AS a"),
                                              query("FETCH next"), query("FETCH ABSOLUTE FROM next"),
                                              query("ROLLBACK")],
    # values and copies
    "execute with expressions": [query("PREPARE p(int, text) AS SELECT customer_id, name FROM sales.customers"
                                       " WHERE customer_id = $1 OR name = $2 ORDER BY 1"),
                                 query("EXECUTE p(1 + 2, upper('x') || 'y')"), query("EXECUTE p(-(-4), NULL)"),
                                 query("EXECUTE p(1 + 2)"), query("EXECUTE p(1 FROM sales.orders)"),
                                 query("EXECUTE p(amount, 'x')")],
    "copy of the catalog": [query(f"COPY (SELECT oid, typname, NULL, E'a\tb,\"c' FROM pg_type WHERE oid IN (16, 20)"
                                  f" ORDER BY 1) TO STDOUT {options}")
                            for options in ("", "(FORMAT csv, HEADER)", "(FORMAT binary)", "CSV FORCE QUOTE *")],
    # prepared statements and portals
    "all unnamed": [ONE, bind(), describe("P"), execute(), SYNC],
    "without describe": [ONE, bind(), execute(), SYNC],
    "only parse": [ONE, SYNC],
    "nothing but sync": [SYNC],
    "syncs": [SYNC, SYNC, SYNC],
    "flushes": [ONE, FLUSH, bind(), FLUSH, describe("P"), FLUSH, execute(), FLUSH, SYNC],
    "parse of nothing": [parse(""), bind(), describe("P"), execute(), SYNC],
    "describe of nothing": [parse("", "e"), describe("S", "e"), SYNC],
    "describe statement": [BY_ID, describe("S", "p"), SYNC],
    "declared type": [parse("SELECT $1 AS a", "p", (INT4,)), describe("S", "p"), SYNC],
    "type of text": [parse("SELECT $1::text AS a", "p"), describe("S", "p"), SYNC],
    "parameter": [BY_ID, bind(SEVEN, statement="p"), describe("P"), execute(), SYNC],
    "binary result": [BY_ID, bind(SEVEN, statement="p", results=(1,)), describe("P"), execute(), SYNC],
    "formats of each": [BY_ID, bind(SEVEN, statement="p", results=(1, 0)), describe("P"), execute(), SYNC],
    "too many formats": [BY_ID, bind(SEVEN, statement="p", results=(1, 0, 1)), describe("P"), execute(), SYNC],
    "binary parameter": [BY_ID, bind((b"\0\0\0\7",), statement="p", formats=(1,)), execute(), SYNC],
    "null parameter": [BY_ID, bind((None,), statement="p"), execute(), SYNC],
    "parameter too few": [BY_ID, bind((), statement="p"), execute(), SYNC],
    "parameter that is no number": [BY_ID, bind((b"x",), statement="p"), execute(), SYNC],
    "binary parameter too short": [BY_ID, bind((b"\7",), statement="p", formats=(1,)), execute(), SYNC],
    "bound twice": [BY_ID, bind(SEVEN, statement="p"), execute(), bind((b"8",), statement="p"), execute(), SYNC],
    "limits": [FIVE, bind(), describe("P"), execute(2), execute(2), execute(2), SYNC],
    "limit that fits": [FIVE, bind(), execute(5), execute(5), SYNC],
    "limit above": [FIVE, bind(), execute(6), execute(), SYNC],
    "executed again": [ONE, bind(), execute(), execute(), SYNC],
    "portal after sync": [FIVE, bind(portal="c"), execute(2, "c"), SYNC, execute(2, "c"), SYNC],
    "portal in a transaction": [query("BEGIN"), FIVE, bind(portal="c"), execute(2, "c"), SYNC, execute(9, "c"), SYNC,
                                query("COMMIT"), execute(9, "c"), SYNC],
    "two portals": [query("BEGIN"), FIVE, bind(portal="c"), bind(portal="d"), execute(2, "c"), execute(3, "d"),
                    execute(2, "c"), SYNC, query("ROLLBACK")],
    "portal twice": [FIVE, bind(portal="c"), bind(portal="c"), SYNC],
    "portal closed": [FIVE, bind(portal="c"), close("P", "c"), execute(0, "c"), SYNC],
    "statement closed": [BY_ID, close("S", "p"), bind(SEVEN, statement="p"), SYNC],
    "closing nothing": [close("S", "nobody"), close("P", "nobody"), SYNC],
    "statement twice": [BY_ID, BY_ID, SYNC],
    "unnamed statement replaced": [ONE, FIVE, bind(), describe("P"), execute(1), SYNC],
    "simple query ends the unnamed": [ONE, SYNC, query("SELECT 2 AS b"), bind(), SYNC],
    "statement outlives a transaction": [query("BEGIN"), BY_ID, SYNC, query("ROLLBACK"), bind(SEVEN, statement="p"),
                                         execute(), SYNC],
    "no such statement": [bind(statement="nobody"), describe("S", "nobody"), SYNC],
    "no such portal": [execute(0, "nobody"), SYNC],
    "describe no such statement": [describe("S", "nobody"), SYNC],
    "describe no such portal": [describe("P", "nobody"), SYNC],
    "error skips to sync": [parse("SELECT * FROM sales.nope"), bind(), execute(), ONE, bind(), execute(), SYNC],
    "pipelines": [ONE, bind(), execute(), SYNC, parse("SELEC"), bind(), execute(), SYNC, ONE, bind(), execute(), SYNC],
    "two executed in one": [ONE, bind(), execute(), BY_ID, bind(SEVEN, statement="p"), execute(), SYNC],
    "several in one parse": [parse("SELECT 1 AS a; SELECT 2 AS b"), bind(), execute(), SYNC],
    "flush after an error": [parse("SELEC"), FLUSH, ONE, SYNC],
    "query after an error": [parse("SELEC"), query("SELECT 1 AS a"), SYNC],
    "begin and commit": [parse("BEGIN"), bind(), describe("P"), execute(), SYNC, ONE, bind(), execute(), SYNC,
                         parse("COMMIT"), bind(), execute(), SYNC],
    "failed by protocol": [query("BEGIN"), parse("SELECT * FROM sales.nope"), SYNC, ONE, SYNC, parse("ROLLBACK"),
                           bind(), execute(), SYNC],
    "show by protocol": [parse("SHOW application_name"), bind(), describe("P"), execute(), SYNC],
    "set by protocol": [parse("SET application_name = 'wire'"), bind(), describe("P"), execute(), SYNC],
    # COPY, cursors, PREPARE
    "copy": [query("COPY (SELECT 1 AS a) TO STDOUT")],
    "copy among others": [query("SELECT 0 AS z; COPY (SELECT 1 AS a) TO STDOUT; SELECT 2 AS b")],
    "copy by protocol": [parse("COPY (SELECT 1 AS a) TO STDOUT (FORMAT binary)"), describe("S"), bind(), describe("P"),
                         execute(), SYNC],
    "stray copy messages": [framed(b"d", b"x"), framed(b"c"), framed(b"f", b"why\0")],
    "cursor in one": [query("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1 AS a; FETCH 5 FROM c; CLOSE c; COMMIT")],
    "cursor is a portal": [query("BEGIN; DECLARE c CURSOR FOR SELECT 1 AS a"), describe("P", "c"), execute(0, "c"),
                           SYNC, query("ROLLBACK")],
    "fetch by protocol": [query("BEGIN; DECLARE c CURSOR FOR SELECT 1 AS a UNION ALL SELECT 2"),
                          parse("FETCH 1 FROM c"), bind(results=(1,)), describe("P"), execute(), SYNC,
                          query("ROLLBACK")],
    "close all": [query("BEGIN; DECLARE c CURSOR FOR SELECT 1 AS a; CLOSE ALL; COMMIT")],
    "prepare and bind": [query("PREPARE p (int) AS SELECT $1 AS a"), bind(SEVEN, statement="p"), describe("P"),
                         execute(), SYNC, query("DEALLOCATE p")],
    "parse and execute": [parse("SELECT 1 AS a", "p"), SYNC, query("EXECUTE p"), query("DEALLOCATE ALL"),
                          bind(statement="p"), SYNC],
    "deallocate nobody": [query("DEALLOCATE nobody")],
}  # fmt: skip

DIFFERENT = {
    "too many formats": "told when the portal is executed: Bind plans nothing",
    "binary parameter too short": "22P03 and not 08P01: one state for values that cannot be read",
    "error skips to sync": "Parse is confirmed before it is checked, if Bind follows at once: one planning serves all",
    "pipelines": "as above",
}
"""Sequences that are answered otherwise, with as many errors, and why."""


def exchanged(uri: str, messages: Sequence[bytes]) -> list[object]:
    """All that comes back, up to the answer to PING."""
    with (
        psycopg.connect(uri, autocommit=True, sslmode="disable", application_name="") as connection,
        socket.socket(fileno=os.dup(connection.fileno())) as wire,
    ):
        wire.settimeout(20)
        wire.sendall(b"".join(messages) + PING)
        received = b""
        while not received.endswith(b"SELECT 1\0Z\0\0\0\5I") or b"ping\0" not in received:
            piece = wire.recv(1 << 16)
            assert piece, received
            received += piece
        return [compared(answer) for answer in answers(received)]


def compared(answer: Answer) -> object:
    """What clients act upon: of an error its state, of a column all but where it is stored."""
    match answer.kind:
        case "E" | "N":
            fields = answer.fields
            return answer.kind, fields["S"], fields["C"]
        case "T":
            return answer.kind, columns(answer.body)
        case _:
            return answer.kind, answer.body


def columns(body: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 2
    while at < len(body):
        end = body.index(b"\0", at)
        found.append((body[at:end], body[end + 7 : end + 19]))
        at = end + 19
    return found


def errors(messages: Sequence[object]) -> int:
    return sum(isinstance(message, tuple) and message[0] == "E" for message in messages)


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_same_bytes_are_answered_as_by_postgresql(real: Real, name: str) -> None:
    ours, theirs = exchanged(real.uri(), SEQUENCES[name]), exchanged(real.source, SEQUENCES[name])
    if name in DIFFERENT:
        assert ours != theirs, "no longer different: strike it off the list"
        assert errors(ours) == errors(theirs)
    else:
        assert ours == theirs
