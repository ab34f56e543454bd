"""Constants take the type of the column beside them, and mean what DuckDB makes of them."""

from datetime import date

import duckdb
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.coercion import type_constants
from gateway.sql.leakproof import is_leakproof
from gateway.sql.names.resolve import resolve
from gateway.sql.nodes import Nodes
from gateway.sql.syntax import parse_query

TABLES = {("s", "o"): {"id": "BIGINT", "d": "DATE", "ts": "TIMESTAMP WITH TIME ZONE", "t": "TIMESTAMP"}}


def condition(text: str) -> exp.Expr:
    tree = resolve(parse_query(f"SELECT 1 FROM s.o WHERE {text}", Limits()), TABLES).tree
    type_constants(Nodes(tree))
    found: exp.Expr = tree.args["where"].this
    return found


def test_texts_beside_dates_become_dates() -> None:
    assert is_leakproof(condition("d >= '2026-01-01'"))
    assert is_leakproof(condition("d BETWEEN '2026-01-01' AND '2026-02-01'"))
    assert is_leakproof(condition("ts < '2026-01-01 00:00:00+00'"))


def test_what_does_not_surely_fit_stays_as_it_is() -> None:
    for text in (
        "d = 'x'",
        "d = '2026-02-30'",
        "ts < '2026-01-01'",
        "id = '5'",
        "d < date '9999-12-31' + interval '1' day",
    ):
        assert not is_leakproof(condition(text)), text
    assert not is_leakproof(condition("t < date '2026-01-01' + interval '1' day"))


@given(
    start=st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    day=st.dates(date(1900, 1, 1), date(2200, 12, 31)),
    number=st.integers(0, 60),
    unit=st.sampled_from(["day", "week", "month", "year"]),
    sign=st.sampled_from("+-"),
    comparison=st.sampled_from(["=", "<", "<=", ">", ">=", "<>"]),
)
def test_a_sum_of_a_date_and_an_interval_means_what_duckdb_makes_of_it(
    start: date, day: date, number: int, unit: str, sign: str, comparison: str
) -> None:
    written = f"d {comparison} date '{start}' {sign} interval '{number}' {unit}"
    typed = condition(written)
    assert is_leakproof(typed)
    for table in (
        f"(SELECT DATE '{day}' AS d) AS o",
        f"(SELECT CAST(date '{start}' {sign} interval '{number}' {unit} AS DATE) AS d) AS o",
    ):
        raw, folded = (
            duckdb.sql(f"SELECT count(*) FROM {table} WHERE {text}").fetchall()
            for text in (written, typed.sql("duckdb"))
        )
        assert raw == folded
