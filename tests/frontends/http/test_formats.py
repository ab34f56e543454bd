"""What leaves in each format, against the writers of the command line (a second implementation) and the readers of
pyarrow."""

import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.engines.base import OutputColumn
from gateway.errors import DatatypeMismatch
from gateway.frontends.http.formats import FORMATS, TEXT_BYTES
from gateway.output import write
from tests.frontends.http.asking import Asked

INT64 = st.integers(-(2**63), 2**63 - 1)
TICKS = INT64 | st.integers(-(10**17), 10**17)
KINDS: Sequence[tuple[pa.DataType, str, st.SearchStrategy[Any]]] = (
    (pa.bool_(), "BOOLEAN", st.booleans()),
    (pa.int16(), "SMALLINT", st.integers(-(2**15), 2**15 - 1)),
    (pa.int64(), "BIGINT", INT64 | st.integers(-9, 9) | st.sampled_from([2**53, 2**53 + 1, -(2**53) - 1])),
    (pa.uint64(), "UBIGINT", st.integers(0, 2**64 - 1)),
    (pa.decimal128(18, 4), "DECIMAL(18,4)", st.decimals(-(10**13), 10**13, places=4)),
    (pa.decimal128(38, 10), "DECIMAL(38,10)", st.decimals(-(10**25), 10**25, places=10)),
    (
        pa.string(),
        "VARCHAR",
        st.text(st.characters(codec="utf-8")) | st.sampled_from(['"', "\\", "a,b\r\n", "\0"]),
    ),
    (pa.binary(), "BLOB", st.binary()),
    (pa.date32(), "DATE", st.integers(-(2**31), 2**31 - 1) | st.integers(-800_000, 3_000_000)),
    (pa.timestamp("us"), "TIMESTAMP", TICKS),
    (pa.timestamp("ns"), "TIMESTAMP_NS", TICKS),
    (pa.timestamp("us", "UTC"), "TIMESTAMP WITH TIME ZONE", TICKS),
    (pa.list_(pa.int64()), "BIGINT[]", st.lists(st.none() | INT64)),
)
FLOATS: Sequence[tuple[pa.DataType, str, st.SearchStrategy[Any]]] = (
    (pa.float64(), "DOUBLE", st.floats()),
    (pa.float32(), "FLOAT", st.floats(width=32)),
)


@dataclass
class Table:
    """Rows without a gateway; the second half comes in a second batch."""

    columns: tuple[OutputColumn, ...]
    table: pa.Table
    reference: str = "r"

    @property
    def schema(self) -> pa.Schema:
        return self.table.schema

    def batches(self) -> Iterator[pa.RecordBatch]:
        half = self.table.num_rows // 2
        yield from self.table.slice(0, half).to_batches()
        yield from self.table.slice(half).to_batches()


@st.composite
def tables(draw: st.DrawFn, kinds: Sequence[tuple[pa.DataType, str, st.SearchStrategy[Any]]]) -> Table:
    chosen = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4))
    names = draw(st.lists(st.text(st.characters(codec="utf-8")), min_size=len(chosen), max_size=len(chosen)))
    rows = draw(st.integers(0, 7))
    arrays = [
        pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
        for kind, _, values in chosen
    ]
    columns = tuple(OutputColumn(name, kind) for name, (_, kind, _) in zip(names, chosen, strict=True))
    return Table(columns, pa.Table.from_arrays(arrays, names=names))


def written(table: Table, media_type: str) -> bytes:
    return b"".join(FORMATS[media_type].chunks(table))


def by_the_command_line(table: Table, form: str) -> bytes:
    out = io.BytesIO()
    write(table, form, out)
    return out.getvalue()


@given(tables((*KINDS, *FLOATS)))
def test_lines_of_json_say_what_the_command_line_says(table: Table) -> None:
    lines = written(table, "application/x-ndjson").decode().split("\n")
    assert lines.pop() == ""
    assert [json.loads(line) for line in lines] == json.loads(by_the_command_line(table, "json"))


@given(tables((*KINDS, *FLOATS)))
def test_json_has_the_same_values_in_the_order_of_its_columns(table: Table) -> None:
    document = json.loads(written(table, "application/json"))
    assert document["columns"] == [{"name": each.name, "type": each.type} for each in table.columns]
    assert document["row_count"] == table.table.num_rows
    expected = json.loads(by_the_command_line(table, "json"))
    assert document["rows"] == [list(row.values()) for row in expected]


@given(tables(KINDS))
def test_csv_is_that_of_the_command_line(table: Table) -> None:
    assert written(table, "text/csv") == by_the_command_line(table, "csv")


def test_texts_that_are_written_side_by_side_stand_in_the_order_of_their_rows() -> None:
    """So many rows that their texts are made in several pieces."""
    numbers = range(40_000)
    texts = [(None, "", "a", 'b"c', "d,e", "f\\g", "h\ni")[number % 7] for number in numbers]
    table = Table(
        (OutputColumn("n", "INTEGER"), OutputColumn("t", "VARCHAR")), pa.table({"n": numbers, "t": texts})
    )
    rows = list(zip(numbers, texts, strict=True))
    assert len(list(FORMATS["text/csv"].chunks(table))) > 3
    assert written(table, "text/csv") == by_the_command_line(table, "csv")
    lines = written(table, "application/x-ndjson").decode().split("\n")[:-1]
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    assert [tuple(row) for row in json.loads(written(table, "application/json"))["rows"]] == rows


@given(tables(KINDS))
def test_what_stands_after_other_rows_is_written_alike(table: Table) -> None:
    """A slice of Arrow's begins somewhere in its buffers."""
    twice = pa.concat_tables([table.table, table.table]).combine_chunks()
    later = Table(table.columns, twice.slice(table.table.num_rows))
    for media_type in ("text/csv", "application/x-ndjson"):
        assert written(later, media_type) == written(table, media_type)


@pytest.mark.parametrize(("kind", "type_name", "values"), FLOATS)
@given(data=st.data())
def test_floats_in_csv_are_exact(
    kind: pa.DataType, type_name: str, values: st.SearchStrategy[float], data: st.DataObject
) -> None:
    given_values = data.draw(st.lists(st.none() | values))
    table = Table((OutputColumn("f", type_name),), pa.table({"f": pa.array(given_values, kind)}))
    _, *lines = written(table, "text/csv").decode().split("\r\n")[:-1]
    for shown, value in zip(lines, given_values, strict=True):
        assert (
            shown == "" if value is None else same(float(np.dtype(kind.to_pandas_dtype()).type(shown)), value)
        )


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@given(tables((*KINDS, *FLOATS)))
def test_arrow_is_the_table(table: Table) -> None:
    read = pa.ipc.open_stream(written(table, "application/vnd.apache.arrow.stream")).read_all()
    assert read.schema == table.schema
    for one, other in zip(read.columns, table.table.columns, strict=True):
        assert str(one.combine_chunks()) == str(other.combine_chunks())  # equal, NaN too


def test_parquet_is_the_table_and_a_type_without_place_in_it_is_refused() -> None:
    values = {"n": [1, None, 2**62], "d": [Decimal("1.50"), Decimal("-0.01"), None], "t": ["a", "", None]}
    table = Table(
        (OutputColumn("n", "BIGINT"), OutputColumn("d", "DECIMAL(3,2)"), OutputColumn("t", "VARCHAR")),
        pa.table(values),
    )
    assert (
        pq.read_table(io.BytesIO(written(table, "application/vnd.apache.parquet"))).to_pylist()
        == table.table.to_pylist()
    )
    interval = duckdb.sql("select interval '1 month' as i").to_arrow_table()
    with pytest.raises(DatatypeMismatch):
        written(Table((OutputColumn("i", "INTERVAL"),), interval), "application/vnd.apache.parquet")


@pytest.mark.parametrize("media_type", ["application/json", "application/x-ndjson", "text/csv"])
def test_many_columns_with_long_names_take_no_more_memory_than_few(media_type: str) -> None:
    """32,768 rows of 500 booleans: as NDJSON each row is 30 kB of names, which would be 1 GB at once."""
    names = [f"{'a long name ' * 5}{number}" for number in range(500)]
    column = pa.array([True] * 32_768)
    wide = Table(
        tuple(OutputColumn(n, "BOOLEAN") for n in names), pa.Table.from_arrays([column] * 500, names=names)
    )
    chunks = FORMATS[media_type].chunks(wide)
    sizes = [len(chunk) for chunk, _ in zip(chunks, range(4), strict=False)]
    assert max(sizes) < 2 * TEXT_BYTES


def test_a_type_that_arrow_would_show_wrongly_is_refused(asked: Asked) -> None:
    answer = asked.query("SELECT [340282366920938463463374607431768211455::uhugeint] AS n")
    assert (answer.status, answer.json["sqlstate"]) == (400, "42804")
