"""What cannot raise, what may stand beside a row filter, what a source may be asked; DuckDB holds it."""

import itertools

import duckdb
import pytest
from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.leakproof import is_leakproof
from gateway.sql.names.resolve import resolve
from gateway.sql.remote import not_pushable
from gateway.sql.syntax import parse_query
from gateway.sql.totality import may_raise, totalized

COLUMNS = {
    "i": "INTEGER",
    "b": "BIGINT",
    "s": "SMALLINT",
    "h": "HUGEINT",
    "d": "DECIMAL(12,2)",
    "w": "DECIMAL(38,10)",
    "f": "DOUBLE",
    "t": "VARCHAR",
    "day": "DATE",
    "moment": "TIMESTAMP",
    "o": "BOOLEAN",
    "u": "UUID",
}

HARD = {
    "i": ["0", "2147483647", "-2147483648", "NULL"],
    "b": ["0", "9223372036854775807", "-9223372036854775808", "NULL"],
    "s": ["32767", "0"],
    "h": ["170141183460469231731687303715884105727", "0"],
    "d": ["9999999999.99", "0"],
    "w": ["9999999999999999999999999999.9999999999", "0"],
    "f": ["'inf'", "'nan'", "0", "-1.5e308"],
    "t": ["''", "'x'", "'\\'", "'%'", "'9e999'", "'2024-13-01'", "NULL"],
    "day": ["'infinity'", "'0001-01-01'", "NULL"],
    "moment": ["'-infinity'", "'2024-01-01 00:00:00'"],
    "o": ["true", "NULL"],
    "u": ["'00000000-0000-0000-0000-000000000000'"],
}


def condition(text: str) -> exp.Expr:
    tree = resolve(parse_query(f"SELECT 1 FROM a.v WHERE {text}", Limits()), {("a", "v"): COLUMNS}).tree
    found: exp.Expr = tree.args["where"].this
    return found


OPERATORS = ("=", "<>", "<", ">=")
CONSTANTS = (
    "1",
    "-1",
    "1.5",
    "0.0000000000000000000000000000000000001",
    "12345678901234567890123456789012345678",
    "99999999999999999999999999999.123456789",
    "'x'",
    "'2024-01-01'",
    "DATE '2024-01-01'",
    "TIMESTAMP '2024-01-01 00:00:00'",
    "true",
    "NULL",
    "1e3",
    "'00000000-0000-0000-0000-000000000000'",
)
CONDITIONS = [
    f"{column} {operator} {constant}"
    for column, operator, constant in itertools.product(COLUMNS, OPERATORS, CONSTANTS)
]
CONDITIONS += [
    f"{left} {operator} {right}"
    for left, right in itertools.combinations(COLUMNS, 2)
    for operator in ("=", "<")
]
CONDITIONS += [
    "o AND t",
    "NOT t",
    "t IS TRUE",
    "nullif(t, i) IS NULL",
    "nullif(t, 'x') IS NULL",
    "CASE WHEN t THEN o END",
    "CASE t WHEN 1 THEN o END",
    "CASE WHEN o THEN true ELSE false END",
    "t IN ('a', 'b')",
    "t IN (1, 2)",
    "i IN (1, 2)",
    "d BETWEEN 1 AND 2",
    "t BETWEEN 1 AND 2",
    "t LIKE 'a%'",
    "t LIKE 'a\\'",
    "t LIKE t",
    "upper(t) = 'X'",
    "length(t) > 1",
    "t || t = 'x'",
    "CAST(t AS INT) = 1",
    "TRY_CAST(t AS INT) = 1",
    "i + 1 > 1",
    "abs(b) > 1",
    "1 / i > 1",
    "coalesce(t, 'x') = 'x'",
    "greatest(i, 1) > 0",
    "left(t, 2) = 'x'",
    "i IS NULL",
    "NOT o",
    "o OR i = 1",
    "o",
]


def hard_rows() -> str:
    longest = max(map(len, HARD.values()))
    rows = [
        ", ".join(
            f'CAST({values[n % len(values)]} AS {COLUMNS[name]}) AS "{name}"' for name, values in HARD.items()
        )
        for n in range(longest)
    ]
    return " UNION ALL ".join(f"SELECT {row}" for row in rows)


def test_what_is_called_total_raises_on_no_value() -> None:
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE v AS {hard_rows()}")
    total = [text for text in CONDITIONS if may_raise(condition(text)) is None]
    assert len(total) > 100
    for text in total:
        connection.execute(f"SELECT count(*) FROM v WHERE {text}").fetchall()
    connection.close()


def test_what_is_leakproof_is_total() -> None:
    leakproof = [text for text in CONDITIONS if is_leakproof(condition(text))]
    assert len(leakproof) > 50
    for text in leakproof:
        assert may_raise(condition(text)) is None, text


@pytest.mark.parametrize(
    ("text", "leakproof"),
    [
        ("i = 1", True),
        ("1 = i", True),
        ("i IN (1, 2)", True),
        ("t = 'x'", True),
        ("t LIKE 'a%'", True),
        ("i IS NOT NULL", True),
        ("NOT (i = 1 OR b < 2)", True),
        ("day >= DATE '2024-01-01'", True),
        ("d BETWEEN 1 AND 2.5", True),
        ("b < 0.0000000000000000000000000000000000001", False),
        ("i = b", True),
        ("i = t", False),
        ("t = 1", False),
        ("t LIKE 'a\\'", False),
        ("upper(t) = 'X'", False),
        ("i + 1 = 2", False),
        ("CAST(t AS INT) = 1", False),
        ("t IN ('a', t)", True),
        ("f = 1e3", False),
        ("i IN (SELECT 1)", False),
        ("day = DATE '2024-13-01'", False),
        ("t ILIKE 'a'", False),
        ("o = true", True),
    ],
)
def test_what_is_leakproof(text: str, leakproof: bool) -> None:
    assert is_leakproof(condition(text)) is leakproof


@pytest.mark.parametrize(
    ("text", "postgres", "sqlite"),
    [
        ("i = 1", True, True),
        ("t = 'x'", True, True),
        ("i = 1.5", True, False),
        ("b <> 9.0000000000000000001", True, False),
        ("o", True, True),
        ("o = true", True, False),
        ("day = DATE '2024-01-01'", True, False),
        ("t LIKE 'a%'", True, True),
        ("upper(t) = 'X'", False, False),
        ("i / 2 = 1", False, False),
        ("CAST(t AS INT) = 1", False, False),
        ("t ~ 'a'", False, False),
        ("round(f) = 1", False, False),
        ("substr(t, 0) = ''", False, False),
        ("length(t) = 1", True, False),
    ],
)
def test_what_a_source_may_be_asked(text: str, postgres: bool, sqlite: bool) -> None:
    assert (not_pushable(condition(text), "postgres") is None) is postgres
    assert (not_pushable(condition(text), "sqlite") is None) is sqlite


def test_totalized_leaves_no_cast_that_raises() -> None:
    given = condition("CAST(t AS INT) = 1 AND CAST(CAST(t AS DATE) AS TIMESTAMP) IS NULL")
    found = totalized(given)
    assert [type(node) for node in found.find_all(exp.Cast)] == [exp.TryCast] * 3
    assert may_raise(found) is None
    assert may_raise(given) is not None
