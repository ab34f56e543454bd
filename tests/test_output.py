"""Results as text: what is written reads back as the same values."""

import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.engines.base import OutputColumn
from gateway.errors import DatatypeMismatch
from gateway.output import write
from gateway.render import json_texts, texts

CONNECTION = duckdb.connect()


@dataclass(frozen=True, slots=True)
class Answer:
    """A result that is there already."""

    columns: tuple[OutputColumn, ...]
    table: pa.Table
    batch_rows: int = 2

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        yield from self.table.to_batches(max_chunksize=self.batch_rows)


def asked(sql: str, *, lossless: bool = False) -> Answer:
    """What DuckDB answers, with its types, as the gateway's engine hands it over."""
    with duckdb.connect(config={"arrow_lossless_conversion": lossless}) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        relation = connection.sql(sql)
        columns = zip(relation.columns, relation.types, strict=True)
        return Answer(tuple(OutputColumn(n, str(t)) for n, t in columns), relation.to_arrow_table())


def of_strings(**columns: Sequence[str | None]) -> Answer:
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    return Answer(tuple(OutputColumn(name, "VARCHAR") for name in columns), table)


def written(rows: Answer, form: str) -> str:
    return written_bytes(rows, form).decode()


def written_bytes(rows: Answer, form: str) -> bytes:
    out = io.BytesIO()
    write(rows, form, out)
    return out.getvalue()


def one_text(expression: str, *, lossless: bool = False) -> str | None:
    rows = asked(f"select {expression} as x", lossless=lossless)
    return texts(rows.table["x"].combine_chunks(), rows.columns[0].type)[0]


def one_json(expression: str, *, lossless: bool = False) -> str:
    rows = asked(f"select {expression} as x", lossless=lossless)
    return json_texts(rows.table["x"].combine_chunks(), rows.columns[0].type)[0]


SCALARS = [
    ("true", "true", "true"),
    ("-7::tinyint", "-7", "-7"),
    ("9007199254740992", "9007199254740992", "9007199254740992"),
    ("9007199254740993", "9007199254740993", '"9007199254740993"'),
    ("-9007199254740993", "-9007199254740993", '"-9007199254740993"'),
    ("18446744073709551615::ubigint", "18446744073709551615", '"18446744073709551615"'),
    ("12::hugeint", "12", "12"),
    ("-170141183460469231731687303715::hugeint", "-170141183460469231731687303715", None),
    ("340282366920938463463374607431768211455::uhugeint", str(2**128 - 1), None),
    ("170141183460469231731687303715884105728::uhugeint", str(2**127), None),
    ("5::uhugeint", "5", "5"),
    ("[[170141183460469231731687303715884105728::uhugeint], []]", f'[["{2**127}"],[]]', f'[["{2**127}"],[]]'),
    ("1.50::decimal(12,2)", "1.50", '"1.50"'),
    ("0.0000000001::decimal(38,10)", "0.0000000001", '"0.0000000001"'),
    (
        "-12345678901234567890123456.7890123456::decimal(38,10)",
        "-12345678901234567890123456.7890123456",
        None,
    ),
    ("0.1::float", "0.1", "0.1"),
    ("0.1::double + 0.2::double", "0.30000000000000004", "0.30000000000000004"),
    ("'nan'::double", "NaN", '"NaN"'),
    ("'-inf'::float", "-Infinity", '"-Infinity"'),
    ("'a\"b'", 'a"b', '"a\\"b"'),
    ("''", "", '""'),
    ("'\\x00\\xff'::blob", "\\x00ff", '"\\\\x00ff"'),
    ("date '2020-02-29'", "2020-02-29", '"2020-02-29"'),
    ("date 'infinity'", "infinity", '"infinity"'),
    ("date '-infinity'", "-infinity", '"-infinity"'),
    ("date '0044-03-15 (BC)'", "0044-03-15 BC", '"0044-03-15 BC"'),
    ("date '0001-01-01 (BC)'", "0001-01-01 BC", '"0001-01-01 BC"'),
    ("date '12020-12-31'", "12020-12-31", '"12020-12-31"'),
    ("time '10:00:00.5'", "10:00:00.5", '"10:00:00.5"'),
    ("time '24:00:00'", "24:00:00", '"24:00:00"'),
    ("timestamp '2020-01-01 10:00:00'", "2020-01-01 10:00:00", '"2020-01-01T10:00:00"'),
    ("timestamp '1969-12-31 23:59:59.999999'", "1969-12-31 23:59:59.999999", '"1969-12-31T23:59:59.999999"'),
    ("timestamp 'infinity'", "infinity", '"infinity"'),
    ("timestamp_s '2020-01-01 10:00:01'", "2020-01-01 10:00:01", '"2020-01-01T10:00:01"'),
    (
        "timestamp_ns '2020-01-01 10:00:00.123456789'",
        "2020-01-01 10:00:00.123456789",
        '"2020-01-01T10:00:00.123456789"',
    ),
    (
        "timestamptz '2020-01-01 10:00:00.25+02'",
        "2020-01-01 08:00:00.25+00",
        '"2020-01-01T08:00:00.25+00:00"',
    ),
    ("timestamptz '0044-03-15 (BC) 10:00:00+00'", "0044-03-15 10:00:00+00 BC", '"0044-03-15 10:00:00+00 BC"'),
    ("interval '14 months -3 days 4 hours 5.5 seconds'", "1 year 2 mons -3 days 04:00:05.5", None),
    ("interval '-14 months'", "-1 years -2 mons", None),
    ("interval '0 days'", "00:00:00", '"00:00:00"'),
    ("'7f2c1c5e-7a4b-4d1e-9f00-0123456789ab'::uuid", "7f2c1c5e-7a4b-4d1e-9f00-0123456789ab", None),
    ("'a'::enum('a', 'b')", "a", '"a"'),
    ("""'{"a": 12345678901234567890}'::json""", '{"a": 12345678901234567890}', '{"a": 12345678901234567890}'),
    ("[1, null, 3]", "[1,null,3]", "[1,null,3]"),
    ("[date 'infinity']", '["infinity"]', '["infinity"]'),
    ("[[1.5], []]", '[["1.5"],[]]', '[["1.5"],[]]'),
    ("[7, 8]::int[2]", "[7,8]", "[7,8]"),
    ("{'a': 1, 'b': {'c': 'x'}}", '{"a":1,"b":{"c":"x"}}', '{"a":1,"b":{"c":"x"}}'),
    ("map {'k': 1}", '[{"key":"k","value":1}]', '[{"key":"k","value":1}]'),
    ("""['{"a":1}'::json]""", '[{"a":1}]', '[{"a":1}]'),
]


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize(("expression", "text", "encoded"), SCALARS, ids=[case[0] for case in SCALARS])
def test_every_type_has_its_text(expression: str, text: str, encoded: str | None, lossless: bool) -> None:
    assert one_text(expression, lossless=lossless) == text
    assert one_json(expression, lossless=lossless) == (json.dumps(text) if encoded is None else encoded)


def test_bits_and_times_with_an_offset_have_texts_where_nothing_was_lost() -> None:
    assert one_text("'10100'::bit", lossless=True) == "10100"
    assert one_text("'10100'::bit") == "10100"
    assert one_text("timetz '10:00:00.5+02'", lossless=True) == "10:00:00.5+02"
    assert one_text("timetz '10:00:00-03:30'", lossless=True) == "10:00:00-03:30"
    assert one_text("170141183460469231731687303715884105727::hugeint", lossless=True) == str(2**127 - 1)


@pytest.mark.parametrize(
    "expression",
    [
        "timetz '10:00:00+02'",
        "1::bignum",
        "union_value(a := 1)",
        "{'a': [340282366920938463463374607431768211455::uhugeint]}",
        "[map {1::uhugeint: 'x'}]",
    ],
)
def test_a_type_without_an_exact_text_is_refused(expression: str) -> None:
    with pytest.raises(DatatypeMismatch, match="cast it to VARCHAR"):
        one_text(expression)


def test_nulls_within_nested_values_stay_where_they_are() -> None:
    rows = asked(
        "select * from (values (1, [1], {'a': 1}, map {'k': 1}), (2, null, null, null),"
        " (3, [null], {'a': null}, map {}), (4, [2, 3], {'a': 4}, map {'l': null})) order by 1"
    )
    sliced = Answer(rows.columns, rows.table.slice(1))
    got = [list(row.values())[1:] for row in json.loads(written(sliced, "json"))]
    assert got == [
        [None, None, None],
        [[None], {"a": None}, []],
        [[2, 3], {"a": 4}, [{"key": "l", "value": None}]],
    ]
    assert list(csv.reader(io.StringIO(written(sliced, "csv"))))[1] == ["2", "", "", ""]


# --- CSV -------------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def parsed_csv(text: str) -> list[list[str | None]]:
    """A reader of RFC 4180 of its own, because the standard one cannot tell NULL from `""`."""
    rows, row, position = list[list[str | None]](), list[str | None](), 0
    while position < len(text):
        if text[position] == '"':
            value, position = "", position + 1
            while text[position : position + 2] == '""' or text[position] != '"':
                step = 2 if text[position] == '"' else 1
                value, position = value + text[position], position + step
            field, position = value, position + 1
        else:
            end = next((i for i in range(position, len(text)) if text[i] in ",\r"), len(text))
            field, position = text[position:end] or None, end
        row.append(field)
        if text.startswith(",", position):
            position += 1
        else:
            assert text.startswith("\r\n", position)
            position += 2
            rows.append(row)
            row = []
    return rows


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), max_size=5))
def test_csv_reads_back_as_the_same_texts(rows: list[tuple[str | None, str | None]]) -> None:
    answer = of_strings(a=[row[0] for row in rows], b=[row[1] for row in rows])
    header, *got = parsed_csv(written(answer, "csv"))
    assert header == ["a", "b"]
    assert [tuple(row) for row in got] == rows
    standard = list(csv.reader(io.StringIO(written(answer, "csv"), newline="")))
    assert standard[1:] == [[a or "", b or ""] for a, b in rows]


def test_csv_is_what_the_format_page_says() -> None:
    rows = asked("select 1 as id, '' as empty, null::varchar as gone, 'a,\"b\"' as \"x,y\", 1.50 as amount")
    assert written(rows, "csv") == 'id,empty,gone,"x,y",amount\r\n1,"",,"a,""b""",1.50\r\n'


# --- JSON ------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | TEXT, max_size=5), TEXT)
def test_json_reads_back_as_the_same_texts(values: list[str | None], name: str) -> None:
    assert json.loads(written(of_strings(**{name: values}), "json")) == [{name: value} for value in values]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=5))
def test_json_integers_keep_every_digit(values: list[int | None]) -> None:
    rows = Answer((OutputColumn("x", "BIGINT"),), pa.table({"x": pa.array(values, pa.int64())}))
    got = [row["x"] for row in json.loads(written(rows, "json"))]
    assert [v if v is None else int(v) for v in got] == values
    assert all(isinstance(v, str) == (abs(int(v)) > 2**53) for v in got if v is not None)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.floats(), max_size=5), st.lists(st.decimals(-(10**9), 10**9, places=10), max_size=5))
def test_json_numbers_read_back_exactly(floats: list[float], decimals: list[Decimal]) -> None:
    doubles = json_texts(pa.array(floats, pa.float64()), "DOUBLE")
    got = [float(json.loads(text)) for text in doubles]
    assert all(math.isnan(a) if math.isnan(b) else a == b for a, b in zip(got, floats, strict=True))
    exact = json_texts(pa.array(decimals, pa.decimal128(38, 10)), "DECIMAL(38,10)")
    assert [Decimal(json.loads(text)) for text in exact] == decimals


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(2**31) + 2, 2**31 - 2), min_size=1, max_size=20))
def test_days_of_all_eras_are_what_duckdb_says(days: list[int]) -> None:
    table = pa.table({"d": pa.array(days, pa.int32()).view(pa.date32())})
    said = CONNECTION.from_arrow(table).project("cast(d as varchar)").fetchall()
    assert texts(table["d"].combine_chunks(), "DATE") == [s[0].replace("(BC)", "BC") for s in said]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-(10**17), 10**17), min_size=1, max_size=20))
def test_instants_are_what_duckdb_says(instants: list[int]) -> None:
    table = pa.table({"t": pa.array(instants, pa.timestamp("us"))})
    said = CONNECTION.from_arrow(table).project("cast(t as varchar)").fetchall()
    ours = [str(text) for text in texts(table["t"].combine_chunks(), "TIMESTAMP")]
    moved = [s[0].replace(" (BC)", "") + (" BC" if "(BC)" in s[0] else "") for s in said]
    assert ours == moved


def test_json_keeps_columns_of_the_same_name() -> None:
    rows = asked("select 1 as a, 2 as b, 3 as c")
    same = Answer(tuple(OutputColumn(n, "INTEGER") for n in ("a", "a", "a_1")), rows.table)
    assert json.loads(written(same, "json")) == [{"a": 1, "a_2": 2, "a_1": 3}]


def test_no_rows_are_an_empty_array() -> None:
    assert written(asked("select 1 as a where false"), "json") == "[]\n"
    assert json.loads(written(asked("select 1 as a"), "json")) == [{"a": 1}]


def test_a_json_value_that_is_none_is_a_string() -> None:
    column = pa.array(['{"a":', "NaN", "[" * 100_000, "null"], pa.string())
    got = [json.loads(text) for text in json_texts(column, "JSON")]
    assert got == ['{"a":', "NaN", "[" * 100_000, None]


# --- table and Arrow -------------------------------------------------------------------------------------


def test_the_table_looks_like_psql() -> None:
    rows = asked(
        "select * from (values ('EU', 10, 1.5), ('日本', 7, null), (null, 123456, 20.25)) t(region, n, x)"
    )
    assert written(rows, "table").splitlines() == [
        " region |   n    |   x",
        "--------+--------+-------",
        " EU     |     10 |  1.50",
        " 日本   |      7 |  NULL",
        " NULL   | 123456 | 20.25",
        "(3 rows)",
    ]


def test_a_table_never_obeys_its_values() -> None:
    text = written(of_strings(a=["\x1b[31mred\nnext\u202eevil"]), "table")
    assert "\\x1b[31mred\\nnext\\u202eevil" in text
    assert text.endswith("(1 row)\n")


def test_one_long_value_does_not_widen_every_line() -> None:
    lines = written(of_strings(a=["x" * 5000, "y"], b=["1", "2"]), "table").splitlines()
    assert "x" * 5000 in lines[2]
    assert len(lines[3]) < 300


def test_arrow_is_the_stream_itself() -> None:
    rows = asked("select range as x, 1.5::decimal(9,2) as y, timestamptz '2020-01-01' as z from range(5)")
    assert pa.ipc.open_stream(written_bytes(rows, "arrow")).read_all() == rows.table


@pytest.mark.parametrize("form", ["table", "csv", "json", "arrow"])
def test_an_error_half_way_is_the_writers_error(form: str) -> None:
    class Broken(Answer):
        __slots__ = ()

        def batches(self) -> Iterator[pa.RecordBatch]:
            yield from super().batches()
            raise OSError("gone")

    whole = of_strings(a=["x"])
    with pytest.raises(OSError, match="gone"):
        written(Broken(whole.columns, whole.table), form)


def test_memory_is_bounded() -> None:
    """Two million rows leave in pieces: the writer holds one batch at a time."""

    class Counting(io.RawIOBase):
        longest = 0

        def writable(self) -> bool:
            return True

        def write(self, data: Any) -> int:
            self.longest = max(self.longest, len(data))
            return len(data)

    rows = asked("select range as x from range(50000)")
    for form in ("csv", "json", "table"):
        out = Counting()
        write(Answer(rows.columns, rows.table, batch_rows=1000), form, out)
        assert out.longest < 20_000
