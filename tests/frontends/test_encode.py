"""What the protocol cannot carry is refused, what PostgreSQL has no type for is sent as text or json."""

import duckdb
import pyarrow as pa
import pytest

from gateway.errors import DataError, DatatypeMismatch, NumericOutOfRange
from gateway.frontends.pgwire.encoding.batches import BINARY, TEXT, Encoder
from gateway.frontends.pgwire.encoding.few import FEW
from gateway.frontends.pgwire.types import column_type
from tests.frontends.wire_messages import answers


def encoded(expression: str, code: int = TEXT) -> tuple[int, list[bytes | None]]:
    """The OID and the values of one column."""
    with duckdb.connect() as connection:
        relation = connection.sql(f"select {expression} as c")
        kind = column_type(str(relation.types[0]))
        batches = relation.to_arrow_table().combine_chunks().to_batches()
    return kind.oid, [
        answer.row[0]
        for batch in batches
        for answer in answers(bytes(Encoder((kind,), (code,)).encode(batch)))
    ]


@pytest.mark.parametrize("code", [TEXT, BINARY])
@pytest.mark.parametrize(
    ("expression", "oid", "text"),
    [
        ("'101'::bit", 25, b"101"),
        ("'a'::enum('a', 'b')", 25, b"a"),
        (
            "{'a': 1.50, 'b': [date '2026-01-01', null], 'c': 'x\"y'}",
            114,
            b'{"a": 1.50, "b": ["2026-01-01", null], "c": "x\\"y"}',
        ),
        ("map {'k': 1, 'l': null}", 114, b'{"k": 1, "l": null}'),
        ("[{'a': 1}, null]", 114, b'[{"a": 1}, null]'),
        ("[map {'k': true}]", 114, b'[{"k": true}]'),
        ("null", 25, None),
        ("union_value(i := 7)", 114, b"7"),
    ],
)
def test_types_postgres_does_not_have(expression: str, oid: int, text: bytes | None, code: int) -> None:
    assert encoded(expression, code) == (oid, [text])


@pytest.mark.parametrize("code", [TEXT, BINARY])
@pytest.mark.parametrize(
    "expression",
    [
        "[[1, 2], [3]]",
        "[[1], null]",
        "'a' || chr(0)",
        "timestamp_ns '2026-01-01 00:00:00.123456789'",
        "[timestamp_ns '2026-01-01 00:00:00.000000001']",
    ],
)
def test_values_that_would_be_changed_are_refused(expression: str, code: int) -> None:
    with pytest.raises(DataError):
        encoded(expression, code)


@pytest.mark.parametrize(
    "kind", ["TIME WITH TIME ZONE", "BIGNUM", "GEOMETRY", "TIME_NS", "TIMETZ[]", "VARIANT"]
)
def test_types_that_cannot_be_carried_are_refused(kind: str) -> None:
    with pytest.raises(DatatypeMismatch, match="cannot be sent"):
        column_type(kind)


def test_nanoseconds_that_are_whole_microseconds_pass() -> None:
    assert encoded("timestamp_ns '2026-01-01 00:00:00.123456'")[1] == [b"2026-01-01 00:00:00.123456"]


def test_numeric_has_its_precision_in_the_modifier() -> None:
    assert column_type("DECIMAL(12,2)").modifier == (12 << 16 | 2) + 4
    assert column_type("DECIMAL(12,2)[]").oid == 1231
    assert column_type("INTEGER[3]").oid == 1007
    assert column_type("ENUM('a[]', 'b')[]").oid == 1009


def test_a_batch_without_rows_is_nothing() -> None:
    assert encoded("unnest([]::int[])") == (23, [])


@pytest.mark.parametrize("code", [TEXT, BINARY])
@pytest.mark.parametrize(
    ("expression", "presented"),
    [
        ("unnest([1, null, -32768, 32767]::bigint[])", "int2"),
        ("unnest([40000, 1]::bigint[])", "int2"),
        ("unnest([1, -1]::bigint[])", "oid"),
        ("unnest([1, null]::bigint[])", "float8"),
        ("unnest([1.50, 0.00, -0.10, 100.00, 12345678.25, null]::decimal(12,2)[])", "numeric(*)"),
        ("unnest([1.50, 1.00]::decimal(12,2)[])", "float8"),
        ("unnest([70000, 10000, 1]::bigint[])", "numeric"),
        ("unnest(['a', 'abc', null])", "bpchar(5)"),
        ("unnest(['a', 'abc', null])", "varchar(5)"),
        ('unnest([\'{"b":1, "a":[1.50]}\']::json[])', "jsonb(*)"),
        ('unnest([\'{"b":1, "a":[1.50]}\']::json[])', "jsonb"),
    ],
)
def test_few_rows_are_presented_as_many_are(expression: str, presented: str, code: int) -> None:
    with duckdb.connect() as connection:
        relation = connection.sql(f"select {expression} as c")
        encoder = Encoder((column_type(str(relation.types[0]), presented),), (code,))
        batch = relation.to_arrow_table().combine_chunks().to_batches()[0]

    def outcome(times: int) -> object:
        try:
            return bytes(encoder.encode(pa.concat_batches([batch] * times)))
        except NumericOutOfRange as error:
            return type(error)

    few, many = outcome(1), outcome(FEW + 1)
    assert many == (few * (FEW + 1) if isinstance(few, bytes) else few)


def test_batches_are_encoded_in_parts() -> None:
    with duckdb.connect() as connection:
        relation = connection.sql("select range, repeat('x', 1000) as t from range(5000)")
        types = tuple(column_type(str(kind)) for kind in relation.types)
        batch = relation.to_arrow_table().combine_chunks().to_batches()[0]
    step = Encoder(types, (TEXT, TEXT)).step(batch)
    assert 500 < step < 1100, "about a megabyte of rows"
