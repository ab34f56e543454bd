"""Type names to Arrow and back, judged by DuckDB itself."""

import datetime as dt
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from connectors.types import arrow_type, duckdb_type, exact

NAMES = (
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE"),
    *("DECIMAL(1,0)", "DECIMAL(18,18)", "DECIMAL(19,3)", "DECIMAL(38,10)"),
    *("VARCHAR", "BLOB", "DATE", "TIME", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
    *("TIMESTAMP WITH TIME ZONE", "INTERVAL", "UUID", "JSON"),
    *("INTEGER[]", "VARCHAR[][]", "UUID[]", "JSON[]", "HUGEINT[]", "DECIMAL(10,2)[]", "INTEGER[3]"),
    *('STRUCT("a b" INTEGER, "Or""der" VARCHAR[])', "MAP(VARCHAR, INTEGER)"),
)


@pytest.mark.parametrize("name", NAMES)
def test_duckdb_gives_the_arrow_type_its_name(name: str) -> None:
    with duckdb.connect() as engine:
        kind: Any = arrow_type(name)
        engine.register("t", pa.table({"x": pa.nulls(1, kind)}))
        assert engine.execute("SELECT typeof(x) FROM t").fetchall() == [(name,)]


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("TIMESTAMP_")])
def test_arrow_types_have_one_name(name: str) -> None:
    assert duckdb_type(arrow_type(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "FOO",
        "DECIMAL",
        "DECIMAL(3",
        "DECIMAL(50,2)",
        "INTEGER[",
        "VARCHAR x",
        "STRUCT()",
        "MAP(INTEGER)",
        "TIMETZ",
    ],
)
def test_what_is_no_type_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no Arrow type for"):
        arrow_type(name)


@pytest.mark.parametrize(
    ("found", "name"),
    [
        (pa.dictionary(pa.int8(), pa.string()), "VARCHAR"),
        (pa.large_string(), "VARCHAR"),
        (pa.string_view(), "VARCHAR"),
        (pa.binary(4), "BLOB"),
        (pa.timestamp("ns", tz="Europe/Rome"), "TIMESTAMP WITH TIME ZONE"),
        (pa.timestamp("s"), "TIMESTAMP"),
        (pa.time32("ms"), "TIME"),
        (pa.date64(), "DATE"),
        (pa.float16(), "FLOAT"),
        (pa.decimal256(38, 2), "DECIMAL(38,2)"),
        (pa.run_end_encoded(pa.int32(), pa.int64()), "BIGINT"),
        (pa.large_list(pa.dictionary(pa.int8(), pa.string())), "VARCHAR[]"),
    ],
)
def test_arrow_types_of_files_are_delivered_as_a_duckdb_type(found: pa.DataType, name: str) -> None:
    assert duckdb_type(found) == name


@pytest.mark.parametrize(
    "found",
    [
        pa.duration("s"),
        pa.decimal256(39, 2),
        pa.decimal128(5, -2),
        pa.dense_union([pa.field("a", pa.int8())]),
    ],
)
def test_arrow_types_without_an_exact_duckdb_type_are_refused(found: pa.DataType) -> None:
    with pytest.raises(ValueError, match="not supported"):
        duckdb_type(found)


def test_exact_converts_what_loses_nothing() -> None:
    moment = dt.datetime(2020, 1, 1, 12)
    assert exact(pa.array([moment], pa.timestamp("ns")), pa.timestamp("us")).to_pylist() == [moment]
    assert exact(pa.array(["a", None, "a"]).dictionary_encode(), pa.string()).to_pylist() == ["a", None, "a"]
    assert exact(pa.array([Decimal("1.5")], pa.decimal256(9, 2)), arrow_type("DECIMAL(9,2)")).to_pylist() == [
        Decimal("1.50")
    ]
    assert exact(pa.nulls(2), pa.string()).to_pylist() == [None, None]


@pytest.mark.parametrize(
    ("array", "wanted"),
    [
        (pa.array([1001], pa.timestamp("ns")), pa.timestamp("us")),
        (pa.array([2**62], pa.timestamp("s")), pa.timestamp("us")),
        (pa.array([86_400_001], pa.int64()).cast(pa.date64()), pa.date32()),
        (pa.array([300]), pa.int8()),
        (pa.array([1.5]), pa.int64()),
        (pa.array([Decimal("1.55")]), pa.decimal128(9, 1)),
        (pa.array([b"\xff"]), pa.string()),
    ],
)
def test_exact_refuses_what_would_change_a_value(array: Any, wanted: pa.DataType) -> None:
    with pytest.raises(pa.ArrowInvalid):
        exact(array, wanted)


def test_whole_numbers_as_duckdb_hands_them_out_come_back_as_they_were() -> None:
    given = pa.array([Decimal(10**37), None, Decimal(-3)], pa.decimal128(38, 0))
    table = pa.table({"a": exact(given, arrow_type("HUGEINT"))})
    with duckdb.connect() as connection:
        connection.register("given", table)
        found = connection.execute("SELECT a, typeof(a) FROM given").fetchall()
    assert found == [(10**37, "HUGEINT"), (None, "HUGEINT"), (-3, "HUGEINT")]
