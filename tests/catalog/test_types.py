"""Type names of contracts, and what fits into what."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.catalog.types import normalized, unknown_type, widens
from tests.catalog.loading import TYPER


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("bigint", "BIGINT"),
        ("int8", "BIGINT"),
        ("integer", "INTEGER"),
        ("serial", "INTEGER"),
        ("text", "VARCHAR"),
        ("character varying(20)", "VARCHAR"),
        ("char(3)", "VARCHAR"),
        ("numeric", "DECIMAL(38,10)"),
        ("NUMERIC(12, 2)", "DECIMAL(12,2)"),
        ("decimal[]", "DECIMAL(38,10)[]"),
        ("double precision", "DOUBLE"),
        ("real", "FLOAT"),
        ("timestamptz", "TIMESTAMP WITH TIME ZONE"),
        ("timestamp(3) without time zone", "TIMESTAMP"),
        ("bytea", "BLOB"),
        ("jsonb", "JSON"),
        ("text[]", "VARCHAR[]"),
        ("STRUCT(a INTEGER, b TEXT[])", "STRUCT(a INTEGER, b VARCHAR[])"),
        ("ENUM('a', 'b')", "ENUM('a', 'b')"),
        ("uuid", "UUID"),
        ("interval", "INTERVAL"),
    ],
)
def test_types_of_both_systems_get_duckdbs_name(written: str, name: str) -> None:
    assert normalized([written], TYPER) == {written: name}


@pytest.mark.parametrize(
    "written",
    ["int), (1", "int) x", "integer foo", "int; DROP TABLE x", "int -- x", "", "nonsense", "decimal(50,2)"],
)
def test_what_is_no_type_is_left_out_and_the_others_stay(written: str) -> None:
    assert normalized(["bigint", written, "text"], TYPER) == {"bigint": "BIGINT", "text": "VARCHAR"}


def test_a_misspelt_type_gets_a_suggestion() -> None:
    assert unknown_type("bigin") == (
        "'bigin' is no type of DuckDB or PostgreSQL that this gateway knows, did you mean 'bigint'?"
    )


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("INTEGER", "BIGINT"),
        ("INTEGER", "DOUBLE"),
        ("INTEGER", "DECIMAL(12,2)"),
        ("BIGINT", "DECIMAL(38,10)"),
        ("DECIMAL(9,3)", "DECIMAL(12,3)"),
        ("FLOAT", "DOUBLE"),
        ("ENUM('a', 'b')", "VARCHAR"),
        ("UINTEGER", "BIGINT"),
        ("INTEGER[]", "BIGINT[]"),
        ("TIMESTAMP_S", "TIMESTAMP"),
        ("JSON", "VARCHAR"),
        ("DATE", "DATE"),
    ],
)
def test_what_keeps_every_value_is_widened(source: str, target: str) -> None:
    assert widens(source, target)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("BIGINT", "INTEGER"),
        ("BIGINT", "DOUBLE"),
        ("INTEGER", "FLOAT"),
        ("INTEGER", "DECIMAL(9,0)"),
        ("DOUBLE", "FLOAT"),
        ("DECIMAL(12,3)", "DECIMAL(12,2)"),
        ("DECIMAL(12,2)", "DECIMAL(12,3)"),
        ("HUGEINT", "DECIMAL(38,0)"),
        ("VARCHAR", "DATE"),
        ("TIMESTAMP_NS", "TIMESTAMP"),
        ("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"),
        ("DATE", "TIMESTAMP"),
        ("UBIGINT", "BIGINT"),
        ("BIGINT[]", "BIGINT"),
        ("VARCHAR", "JSON"),
        ('"NULL"', "BIGINT"),
        ("BIGINT", "VARCHAR"),
        ("BOOLEAN", "INTEGER"),
    ],
)
def test_what_could_lose_a_value_is_not(source: str, target: str) -> None:
    assert not widens(source, target)


INTEGERS = {"TINYINT": 8, "SMALLINT": 16, "INTEGER": 32, "BIGINT": 64}
TARGETS = [
    *INTEGERS,
    "HUGEINT",
    "FLOAT",
    "DOUBLE",
    "DECIMAL(4,1)",
    "DECIMAL(12,2)",
    "DECIMAL(19,0)",
    "DECIMAL(38,10)",
]
DATABASE = duckdb.connect(":memory:")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(INTEGERS)), st.sampled_from(TARGETS), st.data())
def test_widening_brings_every_integer_back(source: str, target: str, data: st.DataObject) -> None:
    if not widens(source, target):
        return
    bound = 2 ** (INTEGERS[source] - 1)
    value = data.draw(st.integers(-bound, bound - 1) | st.sampled_from([-bound, bound - 1]))
    query = f"SELECT CAST(CAST(CAST({value} AS {source}) AS {target}) AS HUGEINT)"
    assert DATABASE.execute(query).fetchone() == (value,)
