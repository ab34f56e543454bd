"""Bounds before the parser, refusals by their kind, and no error but ours on any text."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import (
    LimitExceeded,
    Refused,
    StatementTooComplex,
    SyntaxNotSupported,
    SyntaxRefused,
    UndefinedFunction,
    WriteRefused,
)
from gateway.settings import Limits
from gateway.sql.dialect import generate
from gateway.sql.syntax import MAX_CHAIN, parse_expression, parse_query

LIMITS = Limits()


def parsed(text: str, limits: Limits = LIMITS) -> str:
    return generate(parse_query(text, limits))


WORDS = (
    "select",
    "from",
    "where",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "'",
    '"',
    "$$",
    "$1",
    "?",
    ",",
    ";",
    "--",
    "/*",
    "*/",
    "*",
    "with",
    "as",
    "case",
    "when",
    "end",
    "join",
    "on",
    "union",
    "values",
    "1",
    "0x1",
    "1e",
    "x",
    "sales.orders",
    "::",
    "int",
    "->",
    "lambda x:",
    ".",
    "..",
    "\\",
    "e'",
    "interval",
    "date '2024-01-01'",
    "\u200b",
    "\ufeff",
    "\x00",
    "\ud800",
    "😀",
    "`",
    "@",
    "#1",
    "pivot",
    "explain",
    "set",
    "copy",
    "not",
    "-",
    "~",
    "over",
    "filter",
    "group by",
    "order by",
    "limit",
    "exists",
    "in",
    "between",
    "and",
    "is null",
    "like",
    "escape",
    "cast(",
    "extract(",
    "array",
    "map",
    "struct_pack(a :=",
    "columns(",
    "unnest(",
    "range(",
    "create",
    "insert into",
    "describe",
    "from 'x'",
    "at time zone",
    "collate",
    "qualify",
)
WRAPPED = st.lists(st.sampled_from(WORDS), max_size=25).map(" ".join)


@settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    text=st.one_of(
        st.text(max_size=60),
        WRAPPED,
        WRAPPED.map("select {}".format),
        st.binary(max_size=40).map(lambda raw: raw.decode("latin-1")),
    )
)
def test_any_text_is_a_query_or_refused(text: str) -> None:
    for read in (parse_query, parse_expression):
        try:
            generate(read(text, LIMITS))
        except Refused:
            continue


@pytest.mark.parametrize(
    "text",
    [
        "select " + "(" * 3000 + "1" + ")" * 3000,
        "select " + "- " * 3000 + "1",
        "select " + "not " * 3000 + "true",
        "select " + "[" * 200 + "]" * 200,
        "select x" + "[1]" * 5000,
        "select a" + ".b" * 5000,
        "select 1" + "::int" * 5000,
        "select 1" + " + 1" * (MAX_CHAIN + 9),
        "select 1 where true" + " and true" * (MAX_CHAIN + 9),
        "select 1" + " union select 1" * 600,
        "select " + "case when true then " * 200 + "1" + " end" * 200,
        "select " + ", ".join("1" * 60_000),
        "select * from sales.o a" + " natural join sales.o" * 30,
        "select 1 from a.b" + ", a.b" * 300,
        "with c0 as (select 1 as x)"
        + "".join(f", c{n + 1} as (select a.x from c{n} a, c{n} b)" for n in range(25))
        + " select x from c25",
        "with " + ", ".join(f"c{n} as (select 1)" for n in range(500)) + " select 1",
        "select " + "f(" * 300 + ")" * 300,
        "select * from " + "(select * from " * 200 + "a.b" + ")" * 200,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_too_complex_is_refused_soon(text: str) -> None:
    start = time.monotonic()
    with pytest.raises(StatementTooComplex):
        parsed(text)
    assert time.monotonic() - start < 5


def test_limits_by_name() -> None:
    with pytest.raises(LimitExceeded, match=r"limits\.text_bytes"):
        parsed("select '" + "é" * 60 + "'", Limits(text_bytes=100))
    with pytest.raises(LimitExceeded, match=r"limits\.in_list"):
        parsed("select 1 in (1, 2, 3, 4)", Limits(in_list=3))
    with pytest.raises(LimitExceeded, match=r"limits\.generated_rows"):
        parsed("select * from range(11)", Limits(generated_rows=10))
    with pytest.raises(LimitExceeded, match=r"limits\.nesting"):
        parsed("select ((((1))))", Limits(nesting=3))
    with pytest.raises(LimitExceeded, match=r"limits\.nodes"):
        parsed("select 1, 2, 3, 4, 5, 6", Limits(nodes=10))
    assert parsed("select * from range(9)", Limits(generated_rows=10))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("", SyntaxRefused),
        (" ; ", SyntaxRefused),
        ("select", SyntaxRefused),
        ("selec 1", SyntaxRefused),
        ("select 1; select 2", SyntaxRefused),
        ("select 1 from", SyntaxRefused),
        ("select 'a", SyntaxRefused),
        ("select 1\0", SyntaxRefused),
        ("select 0b1", SyntaxRefused),
        ("select 1abc", SyntaxRefused),
        ("select 1e", SyntaxRefused),
        ("insert into t values (1)", WriteRefused),
        ("drop table t", WriteRefused),
        ("create table t (a int)", WriteRefused),
        ("copy t to 'x'", WriteRefused),
        ("delete from t", WriteRefused),
        ("attach 'x' as y", WriteRefused),
        ("lock table t", WriteRefused),
        ("analyze", WriteRefused),
        ("ANALYZE t", WriteRefused),
        ("do $$ begin end $$", WriteRefused),
        ("listen x", WriteRefused),
        ("notify x, 'y'", WriteRefused),
        ("refresh materialized view v", WriteRefused),
        ("explain select 1", SyntaxNotSupported),
        ("set x = 1", SyntaxNotSupported),
        ("describe t", SyntaxNotSupported),
        ("pivot t on a using sum(b)", Refused),
        ("select * from t for update", Refused),
        ("select 1 into t", Refused),
        ("select * from t tablesample system(10%) repeatable (7)", SyntaxNotSupported),
        ("select * from t using sample reservoir(10%) (7)", Refused),
        ("select * from t using sample 100000000000 rows", LimitExceeded),
        ("select * from t tablesample ($1)", Refused),
        ("pivot t on a, b in (1) using sum(b)", SyntaxNotSupported),
        ("select lpad(a, n, 'x') from t.t", SyntaxNotSupported),
        ("select repeat(a, 3) from t.t", SyntaxNotSupported),
        ("select list_aggregate([1], 'sum_no_overflow')", UndefinedFunction),
        ("select list_aggregate([1], a) from t.t", UndefinedFunction),
        ("select list_transform([1], lambda x: range(3))", SyntaxNotSupported),
        ("select range(100000)", LimitExceeded),
        ("select range(a) from t.t", SyntaxNotSupported),
        ("from range(date '2024-01-01', date '9999-01-01', interval 1 second)", LimitExceeded),
        ("select to_char(now(), 'RM')", SyntaxNotSupported),
        ("select to_char(now(), a) from t.t", SyntaxNotSupported),
    ],
)
def test_refusals_say_which_kind(text: str, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        parsed(text)


@pytest.mark.parametrize(
    "text",
    ["select 1;", "(select 1)", "((select 1))", "/* a */ select 1 -- b", "SELECT\t1\n;", "select 1 ;  ; "],
)
def test_one_statement_however_wrapped(text: str) -> None:
    assert parsed(text) == "SELECT 1"


def test_a_syntax_error_points_to_its_place() -> None:
    with pytest.raises(SyntaxRefused) as caught:
        parsed("select 1 +\nfrom sales.orders where")
    assert caught.value.position is not None


@pytest.mark.parametrize(
    "text", ["", "a, b", "a as b", "a from t", "select 1", "a; b", "a where b", "a limit 1"]
)
def test_an_expression_is_one_expression(text: str) -> None:
    with pytest.raises(Refused):
        generate(parse_expression(text, LIMITS).assert_is(object)) if text == "*" else parse_expression(
            text, LIMITS
        )


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("numeric", "DECIMAL(38, 10)"),
        ("decimal", "DECIMAL(38, 10)"),
        ("numeric[]", "DECIMAL(38, 10)[]"),
        ("struct(a numeric)", 'STRUCT("a" DECIMAL(38, 10))'),
        ("numeric(18, 3)", "DECIMAL(18, 3)"),
        ("numeric(5)", "DECIMAL(5)"),
    ],
)
def test_a_numeric_without_a_size_keeps_ten_digits_after_the_point(written: str, kept: str) -> None:
    assert parsed(f"SELECT x::{written} FROM t") == f'SELECT CAST("x" AS {kept}) FROM "t"'


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("SELECT $1,$2", "SELECT $1, $2"),
        ("SELECT 1 WHERE 1 IN ($1,$2,$3)", "SELECT 1 WHERE 1 IN ($1, $2, $3)"),
        ("SELECT $1::int+$2::int,$3||'$4,$5'", "SELECT CAST($1 AS INT) + CAST($2 AS INT), $3 || '$4,$5'"),
        ("SELECT $a$ $1,$2 $a$, $1=$2", "SELECT ' $1,$2 ', $1 = $2"),
        ('SELECT "$1,$2", /* /* \' */ $1,$2 */ $1-$2 -- $1,$2', 'SELECT "$1,$2", $1 - $2'),
    ],
)
def test_parameters_need_no_space_between_them(text: str, read: str) -> None:
    assert parsed(text) == read


def test_places_are_those_of_the_text_where_parameters_stand_side_by_side() -> None:
    with pytest.raises(SyntaxRefused) as caught:
        parse_query("SELECT $1,$2 FROM FROM", LIMITS)
    with pytest.raises(SyntaxRefused) as spaced:
        parse_query("SELECT $1, $2 FROM FROM", LIMITS)
    assert spaced.value.position is not None
    assert caught.value.position == spaced.value.position - 1
