"""EXPLAIN and the options that PostgreSQL's clients send with it."""

import contextlib

import pytest

from gateway.errors import InvalidParameterValue, MeshgateError, SyntaxNotSupported, SyntaxRefused
from gateway.sql.explaining import explain_statement

QUERY = "SELECT id FROM sales.orders"


@pytest.mark.parametrize(
    ("prefix", "about", "layout"),
    [
        ("EXPLAIN ", "plan", "text"),
        ("explain verbose ", "plan", "text"),
        ("  /* hint */ -- more\n EXPLAIN\n", "plan", "text"),
        ("EXPLAIN (FORMAT JSON) ", "plan", "json"),
        ("EXPLAIN (format 'xml')", "plan", "xml"),
        ("EXPLAIN (POLICY) ", "policy", "text"),
        ("EXPLAIN (POLICY true, FORMAT json)", "policy", "json"),
        ("EXPLAIN (POLICY off)", "plan", "text"),
        # pgAdmin
        ("EXPLAIN (FORMAT JSON, ANALYZE false, VERBOSE false, COSTS true, BUFFERS false, TIMING false, SUMMARY false, "
         "SETTINGS false, WAL false)\n", "plan", "json"),
        # DBeaver
        ("EXPLAIN (FORMAT XML, VERBOSE true, COSTS true) ", "plan", "xml"),
        ("EXPLAIN (GENERIC_PLAN, SERIALIZE none, MEMORY)", "plan", "text"),
    ],
)  # fmt: skip
def test_options(prefix: str, about: str, layout: str) -> None:
    found = explain_statement(prefix + QUERY)
    assert found is not None
    assert (found.about, found.layout) == (about, layout)
    assert found.query.strip() == QUERY
    assert len(found.query) == len(prefix + QUERY), "positions of errors are those of the whole text"


@pytest.mark.parametrize(
    "query",
    [
        "(SELECT 1)",
        " (select 1) union (select 2)",
        " ((SELECT 1))",
        "(WITH a AS (SELECT 1) FROM a)",
        " (VALUES (1))",
    ],
)
def test_brackets_around_a_query_hold_no_options(query: str) -> None:
    found = explain_statement(f"EXPLAIN{query}")
    assert found is not None
    assert found.query.strip() == query.strip()


@pytest.mark.parametrize(
    "text", ["SELECT 1", "explainer", "SELECT 'EXPLAIN'", '"explain" SELECT 1', "", "/* EXPLAIN"]
)
def test_no_explain(text: str) -> None:
    assert explain_statement(text) is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("EXPLAIN ANALYZE SELECT 1", SyntaxNotSupported),
        ("EXPLAIN VERBOSE ANALYSE SELECT 1", SyntaxNotSupported),
        ("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) SELECT 1", SyntaxNotSupported),
        ("EXPLAIN (FORMAT XML, ANALYSE true) SELECT 1", SyntaxNotSupported),
        ("EXPLAIN (FORMAT yaml) SELECT 1", SyntaxNotSupported),
        ("EXPLAIN (FORMAT dot) SELECT 1", InvalidParameterValue),
        ("EXPLAIN (FORMAT) SELECT 1", InvalidParameterValue),
        ("EXPLAIN (ROWS) SELECT 1", SyntaxRefused),
        ("EXPLAIN (ANALYZE maybe) SELECT 1", SyntaxRefused),
        ("EXPLAIN (ANALYZE", SyntaxRefused),
        ("EXPLAIN (", SyntaxRefused),
        ("EXPLAIN () SELECT 1", SyntaxRefused),
        ("EXPLAIN (POLICY, ) SELECT 1", SyntaxRefused),
    ],
)
def test_refused(text: str, error: type[MeshgateError]) -> None:
    with pytest.raises(error):
        explain_statement(text)


@pytest.mark.parametrize(
    "text", ["EXPLAIN " + "/*" * 200_000, " " * 500_000, "EXPLAIN (" + "a," * 200_000, "/**/" * 200_000]
)
def test_no_text_takes_long(text: str) -> None:
    """Bounded work: a run of white space or comments is never tried twice."""
    with contextlib.suppress(SyntaxRefused):
        explain_statement(text)
