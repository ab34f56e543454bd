"""Parameters as real clients write them become the Python values they were."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from uuid import UUID

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg.adapt import PyFormat, Transformer

from gateway.errors import MeshgateError
from gateway.frontends.pgwire.parameters import bound
from gateway.frontends.pgwire.types import ColumnType, parameter_type

OIDS = {
    "bool": 16, "bytea": 17, "int8": 20, "int2": 21, "int4": 23, "text": 25, "json": 114, "float4": 700, "float8": 701,
    "date": 1082, "time": 1083, "timestamp": 1114, "timestamptz": 1184, "interval": 1186, "numeric": 1700,
    "uuid": 2950, "jsonb": 3802, "int4[]": 1007, "text[]": 1009, "numeric[]": 1231, "bool[]": 1000,
}  # fmt: skip


def kind(name: str) -> ColumnType:
    known = parameter_type(OIDS[name])
    assert known is not None
    return known


finite = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**20), max_value=10**20)
times = st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9999, 12, 30))
VALUES = {
    "bool": st.booleans(),
    "int8": st.integers(-(2**63), 2**63 - 1),
    "int4": st.integers(-(2**31), 2**31 - 1),
    "int2": st.integers(-(2**15), 2**15 - 1),
    "numeric": finite,
    "float8": st.floats(allow_nan=False),
    "text": st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=10),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": times,
    "timestamptz": times.map(lambda moment: moment.replace(tzinfo=dt.UTC)),
    "uuid": st.uuids(),
    "int4[]": st.lists(st.none() | st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=4),
    "text[]": st.lists(st.text(alphabet='aB "\\{},\n', max_size=5) | st.just("NULL"), min_size=1, max_size=4),
    "bool[]": st.lists(st.lists(st.booleans(), min_size=2, max_size=2), min_size=1, max_size=3),
}


@pytest.mark.parametrize("form", [PyFormat.TEXT, PyFormat.BINARY])
@pytest.mark.parametrize("name", VALUES)
def test_as_psycopg_writes_them(name: str, form: PyFormat) -> None:
    @settings(max_examples=40, deadline=None)
    @given(VALUES[name])
    def same(value: object) -> None:
        transformer = Transformer()
        raw = transformer.dump_sequence([value], [form])[0]
        assert raw is not None
        assert transformer.types
        assert transformer.formats
        declared = parameter_type(transformer.types[0]) or kind(name)
        assert bound(bytes(raw), transformer.formats[0], declared).value == value

    same()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bool", "on", True),
        ("bool", "F", False),
        ("bytea", r"a\\b\000c", b"a\\b\0c"),
        ("date", "2030-01-01 +00", dt.date(2030, 1, 1)),
        ("date", "infinity", "infinity"),
        ("date", "0044-03-15 BC", "0044-03-15 BC"),
        ("timestamp", "2026-01-01 10:00:00+02", dt.datetime(2026, 1, 1, 10)),
        ("timestamptz", "2026-01-01 10:00", dt.datetime(2026, 1, 1, 10)),  # in the session's zone
        ("timestamptz", "2026-01-01T10:00:00.5Z", dt.datetime(2026, 1, 1, 10, 0, 0, 500000, dt.UTC)),
        ("time", "24:00:00", "24:00:00"),
        ("numeric", "1e3", Decimal(1000)),
        ("float8", "-Infinity", float("-inf")),
        ("uuid", "{1b4e28ba-2fa1-11d2-883f-0016d3cca427}", UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")),
        ("interval", "1 day 02:03:04", "1 day 02:03:04"),
        ("jsonb", '{"a": 1}', '{"a": 1}'),
        ("int4[]", " { 1 , NULL } ", [1, None]),
        ("int4[]", "[0:1]={1,2}", [1, 2]),
        ("text[]", r'{a b,"NULL",null,"q\"","\\"}', ["a b", "NULL", None, 'q"', "\\"]),
        ("text[]", "{}", []),
    ],
)
def test_spellings(name: str, text: str, value: object) -> None:
    assert bound(text.encode(), 0, kind(name)).value == value


def test_offsets_keep_the_instant() -> None:
    for text in ("2026-01-01 12:30:00+05:30", "2026-01-01 03:30:00-0330", "2026-01-01 09:00:00+02"):
        assert bound(text.encode(), 0, kind("timestamptz")).value == dt.datetime(2026, 1, 1, 7, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        ("1.25", "DECIMAL(3,2)"),
        ("-0.001", "DECIMAL(3,3)"),
        ("12345678901234567890", "DECIMAL(20,0)"),
        ("0", "DECIMAL(1,0)"),
        ("1E+3", "DECIMAL(4,0)"),
    ],
)
def test_numbers_bring_their_own_type(value: str, type_name: str) -> None:
    assert bound(value.encode(), 0, kind("numeric")).type == type_name


def test_lists_say_how_deep_they_are() -> None:
    assert bound(b"{{1,2},{3,4}}", 0, kind("int4[]")).type == "INTEGER[][]"
    assert bound(b"{1.5,20.25}", 0, kind("numeric[]")).type == "DECIMAL(4,2)[]"


@pytest.mark.parametrize(
    ("name", "code", "raw", "sqlstate"),
    [
        ("int4", 0, b"x", "22P02"),
        ("int4", 0, b"1_0", "22P02"),
        ("int2", 0, b"40000", "22003"),
        ("bool", 0, b"maybe", "22P02"),
        ("uuid", 0, b"1", "22P02"),
        ("bytea", 0, rb"\xzz", "22P02"),
        ("numeric", 0, b"NaN", "22003"),
        ("numeric", 0, b"1e99", "22003"),
        ("numeric", 0, b"1e-99", "22003"),
        ("numeric", 0, b"1e999999999", "22003"),
        ("date", 0, b"yesterday", "22007"),
        ("date", 0, b"2026-02-30", "22P02"),
        ("text", 0, b"\xff", "22021"),
        ("int4[]", 0, b"{1", "22P02"),
        ("int4[]", 0, b"{1}}", "22P02"),
        ("int4[]", 0, b"{1}{2}", "22P02"),
        ("int4[]", 0, b"{" * 10_000, "22P02"),
        ("int4", 1, b"\0", "22P03"),
        ("bool", 1, b"", "22P03"),
        ("uuid", 1, b"short", "22P03"),
        ("jsonb", 1, b"\x02{}", "22P03"),
        ("date", 1, b"\x7f\xff\xff\xfe", "22P03"),
        ("numeric", 1, b"\0\1\x7f\xff\0\0\0\0\0\1", "22P03"),
        ("int4[]", 1, b"\0\0\0\1\0\0\0\0\0\0\0\x17\0\0\0\5\0\0\0\1", "22P03"),
    ],
)
def test_what_is_refused(name: str, code: int, raw: bytes, sqlstate: str) -> None:
    with pytest.raises(MeshgateError) as caught:
        bound(raw, code, kind(name))
    assert caught.value.sqlstate == sqlstate


@given(st.sampled_from(sorted(OIDS)), st.sampled_from([0, 1]), st.binary(max_size=60))
def test_any_bytes_are_a_value_or_a_refusal(name: str, code: int, raw: bytes) -> None:
    with suppress(MeshgateError):
        bound(raw, code, kind(name))


@pytest.mark.parametrize(
    "name", "int2 int4 int8 float8 numeric bool text bytea date jsonb uuid varchar".split()
)
def test_types_psycopg_announces_are_known(name: str) -> None:
    assert parameter_type(psycopg.adapters.types[name].oid) is not None


def test_other_types_are_refused() -> None:
    with pytest.raises(MeshgateError, match="OID 1266"):
        parameter_type(psycopg.adapters.types["timetz"].oid)
