"""Sequences of protocol messages that no client would think of, the same for the same seed."""

import random
from collections.abc import Iterator, Sequence

from tests.frontends.wire_messages import FLUSH, SYNC, bind, close, describe, execute, parse, query

WRONG = ("SELEC", "SELECT * FROM sales.nope", "SELECT nope FROM sales.customers", "SHOW nonsense")
"""What is wrong when it is parsed: the gateway says so no later than at the next Sync."""
RIGHT = (
    "SELECT 1 AS a", "SELECT name FROM sales.customers WHERE customer_id = $1", "SELECT $1::int + 1 AS b", "",
    "SELECT customer_id FROM sales.customers WHERE customer_id BETWEEN 1 AND 5 ORDER BY 1",
    "SELECT oid FROM pg_type WHERE typname = $1", "SELECT count(*) FROM pg_class WHERE false",
    "SELECT cast(name AS int) AS c FROM sales.customers WHERE customer_id = 1", "/* c */ SELECT 1 AS a -- x", ";;",
    "BEGIN", "COMMIT", "ROLLBACK", "START TRANSACTION", "BEGIN READ ONLY", "ABORT", "END", "COMMIT AND CHAIN",
    "ROLLBACK AND CHAIN", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s", "ROLLBACK TO nobody", "RELEASE nobody",
    "SET application_name = 'x'", "SET LOCAL application_name = 'y'", "RESET application_name", "SET nonsense = 1",
    "SET TRANSACTION READ ONLY", "SET statement_timeout = '5s'", "UNLISTEN *", "DISCARD ALL",
    "DECLARE cur CURSOR FOR SELECT 1 AS a UNION ALL SELECT 2",
    "DECLARE cur SCROLL CURSOR WITH HOLD FOR SELECT 1 AS a UNION ALL SELECT 2 ORDER BY 1", "FETCH ALL cur",
    "MOVE 1 cur", "FETCH nobody", "CLOSE cur", "CLOSE ALL", "PREPARE p1 AS SELECT 1 AS a", "EXECUTE p1",
    "EXECUTE nobody", "DEALLOCATE p1", "DEALLOCATE ALL", "COPY (SELECT 1 AS a) TO STDOUT",
    "COPY (SELECT 1 AS a) TO STDOUT (FORMAT csv)",
)  # fmt: skip
SEVERAL = (
    "SELECT 1 AS a; SELECT 2 AS b", "SELECT 1 AS a; SELEC", "BEGIN; SELECT 1 AS a", "COMMIT; SELECT 1 AS a",
    "SELECT 1 AS a; SELECT * FROM sales.nope; SELECT 3 AS c", "BEGIN; SELECT * FROM sales.nope; COMMIT",
    "ROLLBACK; BEGIN",
)  # fmt: skip
STATEMENTS, PORTALS = ("", "s1", "s2"), ("", "p1", "p2", "cur")


def sequence(seed: int) -> Sequence[bytes]:
    """Ends outside of a transaction."""
    chosen = random.Random(seed)
    parts = [part for _ in range(chosen.randint(2, 9)) for part in _step(chosen)]
    return [*parts, SYNC, query("ROLLBACK")]


def _step(chosen: random.Random) -> Iterator[bytes]:
    match chosen.choice(
        ("query", "whole", "whole", "parse", "bind", "bind", "describe", "execute", "close", "end")
    ):
        case "query":
            text = chosen.choice((*RIGHT, *WRONG, *SEVERAL))
            yield SYNC
            yield query(text.replace("$1", "'1'"))
        case "whole":
            yield from _whole(chosen)
        case "parse":
            yield parse(chosen.choice(RIGHT), chosen.choice(STATEMENTS))
        case "bind":
            values = chosen.choice(((), (), (b"1",), (None,), (b"x",)))
            results = chosen.choice(((), (), (1,)))
            yield bind(
                values,
                portal=chosen.choice(PORTALS[:3]),
                statement=chosen.choice(STATEMENTS),
                results=results,
            )
        case "describe":
            kind = chosen.choice("SP")
            yield describe(kind, chosen.choice(STATEMENTS if kind == "S" else PORTALS))
        case "execute":
            yield execute(chosen.choice((0, 0, 1, 2)), chosen.choice(PORTALS))
        case "close":
            kind = chosen.choice("SP")
            yield close(kind, chosen.choice(STATEMENTS if kind == "S" else PORTALS))
        case "end":
            yield chosen.choice((SYNC, FLUSH))


def _whole(chosen: random.Random) -> Iterator[bytes]:
    """As a driver sends it, which replaces the unnamed statement before it uses it again."""
    text = chosen.choice((*RIGHT, *WRONG, *SEVERAL))
    yield SYNC
    yield parse(text)
    yield bind((b"1",) if "$1" in text else (), results=chosen.choice(((), (1,))))
    yield describe("P")
    yield execute(chosen.choice((0, 1)) if text.startswith("SELECT") else 0)
    yield SYNC
    if text in (*WRONG, *SEVERAL):
        yield parse("SELECT 1 AS a")
        yield SYNC
