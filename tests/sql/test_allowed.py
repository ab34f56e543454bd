"""Refused by default: functions against DuckDB's own list, nodes against sqlglot's."""

from collections import Counter

import duckdb
import pytest
from sqlglot import exp

from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.errors import MeshgateError, Refused, SyntaxNotSupported, UndefinedFunction
from gateway.settings import Limits
from gateway.sql.allowed.functions import ALLOWED, SESSION_FUNCTIONS, TABLE_FUNCTIONS
from gateway.sql.allowed.nodes import FUNCTION_NODES
from gateway.sql.allowed.refused import FAMILIES, REFUSED
from gateway.sql.allowed.statements import GRAMMAR, NODES, PLAINLY_WRITTEN, TYPES, check_allowed, check_calls
from gateway.sql.dialect import DUCKDB, generate
from gateway.sql.syntax import parse_query
from tests.tpch import mesh as tpch

LIMITS = Limits()
KNOWN = ALLOWED | SESSION_FUNCTIONS | TABLE_FUNCTIONS
ARGUMENTS = ("", "x", "x, y", "x, y, z", "'a'", "'a', 'b'", "1, 2, 3, 4", "x -> 1", "lambda x: 1")

SYNTAX = {
    "cast",
    "try_cast",
    "coalesce",
    "date",
    "ifnull",
    "isnull",
    "grouping_id",
    "percentile_cont",
    "percentile_disc",
    "list_std",
    "time",
    "timestamp",
    "extract",
    "grouping",
}
"""Allowed names that DuckDB's parser, not its catalog, knows; `list_std` is harmless: DuckDB refuses it."""


def duckdb_functions() -> set[str]:
    connection = duckdb.connect()
    names = {
        name.lower()
        for (name,) in connection.sql("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    }
    connection.close()
    return names


def test_every_allowed_name_is_duckdbs() -> None:
    assert duckdb_functions() - KNOWN, "the list must not be everything"
    assert ALLOWED - duckdb_functions() <= SYNTAX


def refused() -> list[str]:
    return [name for names in REFUSED.values() for name in names.split()]


def test_somebody_has_decided_about_every_function_of_the_engine() -> None:
    """A new version of DuckDB that adds one fails here until it is allowed, or refused with a reason."""
    operators = {name for name in duckdb_functions() if not name.replace("_", "a").isalnum()}
    undecided = duckdb_functions() - operators - KNOWN - set(refused())
    assert {name for name in undecided if not name.startswith(tuple(FAMILIES))} == set()


def test_no_function_is_decided_twice_or_gone() -> None:
    twice = [name for name, times in Counter(refused()).items() if times > 1]
    assert not twice
    assert not set(refused()) & (ALLOWED | SESSION_FUNCTIONS)
    assert set(refused()) - duckdb_functions() == set()


def test_a_function_of_duckdb_that_is_not_listed_is_refused() -> None:
    """However it is called; operators and words of the grammar aside, which are nodes of their own."""
    passed = {}
    for name in sorted(duckdb_functions() - KNOWN - GRAMMAR):
        if not name.replace("_", "a").isalnum():
            continue
        for arguments in ARGUMENTS:
            for text in (
                f"SELECT {name}({arguments}) FROM t.v",
                f'SELECT "{name}"({arguments}) FROM t.v',
                f"SELECT * FROM {name}({arguments})",
            ):
                try:
                    sql = generate(parse_query(text, LIMITS))
                except Refused:
                    continue
                if f"{name.upper()}(" in sql:
                    passed[name] = sql
    assert passed == {}


def test_what_is_generated_calls_only_what_is_listed() -> None:
    """sqlglot writes other functions, or whole queries, in the place of some: of all it knows, none gets through so."""
    connection = duckdb.connect()
    names = (
        set(exp.FUNCTION_BY_NAME)
        | set(DUCKDB.parser_class.FUNCTIONS)
        | set(DUCKDB.parser_class.FUNCTION_PARSERS)
    )
    for name in sorted(names):
        for arguments in ARGUMENTS:
            try:
                sql = generate(
                    parse_query(f"SELECT {name}({arguments}) FROM (VALUES (1, 2, 3)) AS v(x, y, z)", LIMITS)
                )
            except Refused:
                continue
            try:
                again = parse_query(sql, LIMITS)  # refused, if something else than the list was written
            except Refused:
                with pytest.raises(duckdb.Error):
                    connection.execute(f"EXPLAIN {sql}")
                continue
            assert len(list(again.find_all(exp.Select))) <= 2, sql
            assert again.find(exp.With) is None, sql
    connection.close()


def spellings_of_types() -> list[str]:
    forms = ("{}", "{}[]", "{}[3]", "{}(3)", "{}(9, 2)", "{}(INT)", "{}(INT, INT)", "{}(a INT)")
    return [
        f"SELECT CAST(x AS {form.format(kind.value)}), x::{form.format(kind.value)} FROM t.v"
        for kind in TYPES
        for form in forms
    ]


PLAIN_STATEMENTS = (
    "WITH c(a, b) AS (SELECT x, y FROM t.v AS w(x, y)) SELECT DISTINCT ON (a) c.*, (SELECT b) FROM c, c d CROSS JOIN c",
    "SELECT * EXCLUDE (x) REPLACE (y + 1 AS y) RENAME (z AS w) FROM t.v LEFT JOIN t.w USING (x) NATURAL FULL JOIN t.u",
    "SELECT x FROM t.v SEMI JOIN t.w ON true ANTI JOIN t.w ON true POSITIONAL JOIN t.w ASOF JOIN t.w ON v.x >= w.x",
    "(SELECT x FROM t.v UNION ALL BY NAME SELECT x FROM t.v) INTERSECT (SELECT x FROM t.v EXCEPT SELECT (x) FROM t.w)",
    "SELECT x FROM t.v GROUP BY ALL HAVING count(DISTINCT x, y) > count(*) ORDER BY ALL DESC NULLS FIRST LIMIT 3",
    "SELECT sum(x), sum(DISTINCT x), avg(x), min(x), max(x, 3), coalesce(x, y, 1) FROM t.v LIMIT $1 OFFSET 1",
    "SELECT $1, ?, x IN (1, 2), (x, y) IN (SELECT 1, 2), x NOT IN (1), EXISTS (SELECT 1), x BETWEEN y AND z FROM t.v",
    "SELECT -x + y - z * w / 2 % 3, NOT x OR y AND (z), x || 'a', x LIKE 'b%', x NOT ILIKE y, x IS NOT NULL, x IS TRUE",
    "SELECT CASE x WHEN 1 THEN 2 END, CASE WHEN x = 1 THEN 2 ELSE 3 END, x <> y, x < y, x <= y, x > y, x >= y FROM t.v",
    "SELECT INTERVAL '1' DAY, INTERVAL (x) MONTH, INTERVAL 3 YEARS, INTERVAL '1 day 2 hours', DATE '2024-01-01'",
)


def test_what_is_plainly_written_calls_only_what_is_listed() -> None:
    """The check of the written SQL is left out for trees of these nodes: it would find nothing."""
    met = set()
    for text in (*PLAIN_STATEMENTS, *spellings_of_types(), *tpch.statements().values()):
        try:
            tree = parse_query(text, LIMITS)
        except Refused:
            assert text not in PLAIN_STATEMENTS
            continue
        kinds = {type(node) for node in tree.walk()}
        if kinds <= PLAINLY_WRITTEN:
            check_calls(tree)
            met |= kinds
        else:
            assert text not in PLAIN_STATEMENTS
    assert met == PLAINLY_WRITTEN


def test_an_unknown_node_is_refused() -> None:
    for kind in (
        exp.MatchRecognize,
        exp.Command,
        exp.Create,
        exp.Describe,
        exp.Comprehension,
        exp.SessionParameter,
        exp.NextValueFor,
    ):
        assert kind not in NODES | FUNCTION_NODES
        with pytest.raises((SyntaxNotSupported, UndefinedFunction)):
            check_allowed(exp.Select(expressions=[kind(this=exp.Literal.number("1"))]), LIMITS)


@pytest.mark.parametrize(
    "name",
    [
        "_x",
        "__internal_decompress_string",
        "_",
        "read_text",
        '"read_text"',
        "main.read_text",
        "a.b.c",
        "'x'.upper",
        "x.upper",
    ],
)
def test_no_spelling_of_a_call_gets_through(name: str) -> None:
    with pytest.raises(Refused):
        parse_query(f"SELECT {name}('x') FROM t.v", LIMITS)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*), sum(x), avg(x) FILTER (WHERE x > 1) FROM (VALUES (1, 'a')) AS v(x, y)",
        "SELECT string_agg(y, ',' ORDER BY y), list(y), any_value(x) FROM (VALUES (1, 'a')) AS v(x, y)",
        "SELECT row_number() OVER (PARTITION BY x ORDER BY y), lag(x) OVER () FROM (VALUES (1, 2)) AS v(x, y)",
        "SELECT list_transform([1, 2], lambda q: q + 1), {'a': 1}, MAP {'a': 1}, [1, 2][1], ARRAY[1]",
        "SELECT x -> 'a', x ->> 'a', json_extract(x, '$.a') FROM (SELECT JSON '{}' AS x)",
        "SELECT date_trunc('month', DATE '2024-02-03'), extract(year FROM DATE '2024-02-03'), INTERVAL 1 DAY",
        "SELECT strftime(DATE '2024-02-03', '%Y'), strptime('2024', '%Y'), make_date(2024, 1, 2)",
        "SELECT CASE WHEN true THEN 1 ELSE 2 END, coalesce(NULL, 1), nullif(1, 2), greatest(1, 2)",
        "SELECT 1 IS DISTINCT FROM 2, 'a' ILIKE 'A', 'a' SIMILAR TO 'a', 1 BETWEEN 0 AND 2, 1 IN (1, 2)",
        "SELECT TRY_CAST('x' AS INT), '1'::BIGINT, CAST(1.5 AS DECIMAL(9, 2))",
        "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00' AT TIME ZONE 'UTC'",
        "SELECT x, grouping(x) FROM (VALUES (1)) AS v(x) GROUP BY GROUPING SETS ((x), ()) HAVING count(*) > 0",
        "SELECT * FROM range(3) AS r(a), generate_series(1, 3) AS s(b), unnest([1, 2]) AS u(c)",
        "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x), median(x), arg_max(x, x) FROM (VALUES (1)) AS v(x)",
        "SELECT upper('a') || lower('B'), substring('abc', 1, 2), position('b' IN 'abc'), trim(' a ')",
        "SELECT regexp_replace('a', 'a', 'b'), regexp_matches('a', 'a'), md5('x'), length('x'), 'a' ~ 'b'",
    ],
)
def test_what_people_write_is_allowed_and_runs(sql: str) -> None:
    engine = DuckDBEngine()
    try:
        assert engine.describe(generate(parse_query(sql, LIMITS)), {})
    except MeshgateError as error:
        pytest.fail(f"{error}: {error.__cause__}")
    finally:
        engine.close()
