"""Traps of files: what is malformed is an error that names the line, what is odd is kept as it is."""

import datetime as dt
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.base import ColumnStatistics, Scan, SourceError
from connectors.files import FilesConnector
from tests.connectors.sources import one, opened, read, rows

TEXT = st.text(max_size=20)
SCALARS = st.none() | TEXT | st.integers() | st.booleans()


def all_of(folder: Path, table: str = "t") -> list[tuple[object, ...]]:
    return rows(read(opened(FilesConnector(folder), table)))


def csv_file(folder: Path, content: bytes) -> Path:
    (folder / "t.csv").write_bytes(content)
    return folder


def jsonl_file(folder: Path, content: str) -> Path:
    (folder / "t.jsonl").write_text(content)
    return folder


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (b'a,b\n1,\n"",x\n', [("1", None), ("", "x")]),
        (b"a,b\r\n1,2\r\n3,4", [("1", "2"), ("3", "4")]),
        (b'a,b\n"x\ny","""q"", z"\n', [("x\ny", '"q", z')]),
        (b"\xef\xbb\xbfa,b\n1,2\n", [("1", "2")]),
        (b"a,b\nnull,NULL\nNaN, 1 \n", [("null", "NULL"), ("NaN", " 1 ")]),
        (b"a,b\nx\0y,2\n", [("x\0y", "2")]),
        (b"a\n1\n\n2\n", [("1",), (None,), ("2",)]),
        (b"a,b", []),
        (b'"a ""q""\nz",b\n1,2\n', [("1", "2")]),
        (b"a,b\n007,1e3\n", [("007", "1e3")]),
        (b"a,b\n" + b"y" * 3_000_000 + b",2\n", [("y" * 3_000_000, "2")]),
        (b'a,b\n1,"' + b"q\n" * 900_000 + b'"\n', [("1", "q\n" * 900_000)]),
    ],
)
def test_csv_is_read_as_the_rules_say(
    tmp_path: Path, content: bytes, wanted: list[tuple[object, ...]]
) -> None:
    assert all_of(csv_file(tmp_path, content)) == wanted


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a,b\n1,2\n1\n", 3),
        (b"a,b\n1,2,3\n", 2),
        (b"a,b\n1,2\n\n", 3),
        (b"a,b\n1,2\n\n3,4\n", 3),
        (b'a,b\n"x"y,2\n', 2),
        (b'a,b\nx"y,2\n', 2),
        (b'a,b\n1,"x" \n', 2),
        (b'a,b\n1,2\n3,"never closed\n5,6\n', 3),
        (b'a,b\n"two\nlines",1\nbad\n', 4),
        (b"a,b\n1,2\n\xff,2\n", 3),
        (b'a,b\n"1",2\n"\xff",2\n', 3),
        (b"a,b\n1\r2,3\n", 2),
        (b"a,b\n" + b"1,2\n" * 400_000 + b"3\n", 400_002),
        (b"a,b\n" + b'1,"2\n"\n' * 200_000 + b'3,"x"y\n', 400_002),
        (b"", 1),
        (b"\n1,2\n", 1),
        (b'"a,b\n1,2\n', 1),
    ],
)
def test_malformed_csv_is_an_error_naming_file_and_line(tmp_path: Path, content: bytes, line: int) -> None:
    with pytest.raises(SourceError, match=rf"t\.csv: line {line}: "):
        all_of(csv_file(tmp_path, content))


@pytest.mark.parametrize("header", [b"a,a\n", b"a,\n"])
def test_csv_columns_need_names_of_their_own(tmp_path: Path, header: bytes) -> None:
    with pytest.raises(SourceError, match="empty or there twice"):
        FilesConnector(csv_file(tmp_path, header)).tables()


@given(st.lists(st.tuples(st.none() | TEXT, st.none() | TEXT), max_size=20))
def test_csv_brings_any_text(
    tmp_path_factory: pytest.TempPathFactory, values: list[tuple[object, ...]]
) -> None:
    def field(value: object) -> str:
        return "" if value is None else '"' + str(value).replace('"', '""') + '"'

    lines = ["a,b", *(",".join(map(field, row)) for row in values)]
    folder = csv_file(tmp_path_factory.mktemp("csv"), "".join(f"{line}\n" for line in lines).encode())
    assert all_of(folder) == values


def test_json_numbers_keep_their_text(tmp_path: Path) -> None:
    content = '{"a":12345678901234567890123,"b":1.10}\n{"a":1e400,"c":true}\n{"b":null,"c":"true"}\n'
    assert all_of(jsonl_file(tmp_path, content)) == [
        ("12345678901234567890123", "1.10", None),
        ("1e400", None, "true"),
        (None, None, "true"),
    ]


@pytest.mark.parametrize(("listed", "kind", "string"), [(None, "VARCHAR", "s"), ("u.b, t.a", "JSON", '"s"')])
def test_json_columns_are_what_the_source_says(
    tmp_path: Path, listed: str | None, kind: str, string: str
) -> None:
    content = '{"a":"s"}\n{"a":[1.50,{"k":"\\u00e9"},[]]}\n{"a":3}\n{"a":null}\n'
    connector = FilesConnector(jsonl_file(tmp_path, content), json=listed)
    columns = connector.tables()[("t",)].columns
    assert [column.type for column in columns] == [kind]
    rows = read(one(connector, Scan(columns, ("t",)))).column("a").cast(pa.string()).to_pylist()
    assert rows == [string, '[1.50,{"k":"é"},[]]', "3", None]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "",
            "[1]",
            "1",
            '{"a":1',
            '{"a":1} x',
            '{"a":NaN}',
            '{"a":Infinity}',
            "{'a':1}",
            '{"a":01}',
            '{"a":1,"a":2}',
        ),
        *('{"a":"\\ud800"}', '{"a":' + "[" * 100_000 + "}"),
    ],
)
def test_malformed_json_is_an_error_naming_file_and_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(SourceError, match=r"t\.jsonl: line 2: "):
        all_of(jsonl_file(tmp_path, f'{{"a":1}}\n{line}\n'))


@given(
    st.lists(
        st.dictionaries(st.text(min_size=1, max_size=5), st.none() | TEXT | st.integers() | st.booleans()),
        min_size=1,
    )
)
def test_json_brings_any_scalar(
    tmp_path_factory: pytest.TempPathFactory, objects: list[dict[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("jsonl")
    jsonl_file(folder, "".join(json.dumps(each) + "\n" for each in objects))
    names = list(dict.fromkeys(name for each in objects for name in each))
    if not names:
        return

    def text(value: object) -> object:
        return value if value is None or isinstance(value, str) else json.dumps(value)

    assert all_of(folder) == [tuple(text(each.get(name)) for name in names) for each in objects]


MOMENT = dt.datetime(2020, 2, 29, 12, 30, 15, 123456)
MIDNIGHT = dt.datetime(2020, 2, 29)

TYPED: dict[str, tuple[Any, str, object]] = {
    "i8": (pa.array([-128], pa.int8()), "TINYINT", -128),
    "u64": (pa.array([2**64 - 1], pa.uint64()), "UBIGINT", 2**64 - 1),
    "f": (pa.array([0.5], pa.float32()), "FLOAT", 0.5),
    "d9": (pa.array([Decimal("-1.5")], pa.decimal128(9, 2)), "DECIMAL(9,2)", Decimal("-1.50")),
    "d38": (pa.array([Decimal("1") / 8], pa.decimal128(38, 10)), "DECIMAL(38,10)", Decimal("0.1250000000")),
    "large": (pa.array(["é"], pa.large_string()), "VARCHAR", "é"),
    "dictionary": (pa.array(["x"]).dictionary_encode(), "VARCHAR", "x"),
    "blob": (pa.array([b"\0\xff"]), "BLOB", b"\0\xff"),
    "fixed": (pa.array([b"ab"], pa.binary(2)), "BLOB", b"ab"),
    "date": (pa.array([MOMENT.date()]), "DATE", MOMENT.date()),
    "date64": (pa.array([MOMENT.date()], pa.date64()), "DATE", MOMENT.date()),
    "time": (pa.array([MOMENT.time()]), "TIME", MOMENT.time()),
    "us": (pa.array([MOMENT], pa.timestamp("us")), "TIMESTAMP", MOMENT),
    "ms": (
        pa.array([MOMENT.replace(microsecond=5000)], pa.timestamp("ms")),
        "TIMESTAMP",
        MOMENT.replace(microsecond=5000),
    ),
    "s": (
        pa.array([MOMENT.replace(microsecond=0)], pa.timestamp("s")),
        "TIMESTAMP",
        MOMENT.replace(microsecond=0),
    ),
    "ns": (pa.array([MOMENT], pa.timestamp("ns")), "TIMESTAMP", MOMENT),
    "zone": (
        pa.array([MOMENT.replace(tzinfo=dt.UTC)], pa.timestamp("us", tz="Asia/Tokyo")),
        "TIMESTAMP WITH TIME ZONE",
        MOMENT.replace(tzinfo=dt.UTC),
    ),
    "list": (pa.array([[1, None]]), "BIGINT[]", [1, None]),
    "map": (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int32())), "MAP(VARCHAR, INTEGER)", {"k": 1}),
    "struct": (pa.array([{"a": "x"}]), 'STRUCT("a" VARCHAR)', {"a": "x"}),
    "uuid": (
        pa.ExtensionArray.from_storage(pa.uuid(), pa.array([UUID(int=5).bytes], pa.binary(16))),
        "UUID",
        UUID(int=5),
    ),
    "view": (pa.array(["x"], pa.string_view()), "VARCHAR", "x"),
    "bytes": (pa.array([b"x"], pa.binary_view()), "BLOB", b"x"),
    "a.dot": (pa.array([True]), "BOOLEAN", True),
}


@pytest.mark.parametrize("name", sorted(TYPED))
@pytest.mark.parametrize("suffix", ["parquet", "arrow", "feather", "arrows"])
def test_typed_files_keep_types_and_values(tmp_path: Path, suffix: str, name: str) -> None:
    array, kind, value = TYPED[name]
    table = pa.table({name: pa.concat_arrays([array, pa.nulls(1, array.type)])})
    _write(table, tmp_path / f"t.{suffix}")
    connector = FilesConnector(tmp_path)
    found = connector.tables()[("t",)]
    assert [(column.name, column.type) for column in found.columns] == [(name, kind)]
    with duckdb.connect() as engine:
        engine.execute("SET timezone = 'UTC'")
        engine.register("t", read(opened(connector, "t")))
        assert engine.execute("SELECT * FROM t").fetchall() == [(value,), (None,)]
        for file in found.files:  # an engine that reads the file itself must see the same
            native = engine.execute("SELECT * FROM read_parquet($1)", [str(file)])
            assert [str(column[1]) for column in native.description or ()] == [kind]
            assert native.fetchall() == [(value,), (None,)]


def _write(table: pa.Table, path: Path) -> None:
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return
    opener = pa.ipc.new_stream if path.suffix == ".arrows" else pa.ipc.new_file
    with pa.OSFile(str(path), "wb") as file, opener(file, table.schema) as writer:
        writer.write_table(table)


def test_flat_parquet_is_offered_to_the_engine_and_the_rest_is_not(tmp_path: Path) -> None:
    _write(pa.table({"a": [1], "b": ["x"]}), tmp_path / "flat.parquet")
    _write(pa.table({"a": [[1]]}), tmp_path / "nested.parquet")
    tables = FilesConnector(tmp_path).tables()
    assert [file.name for file in tables[("flat",)].files] == ["flat.parquet"]
    assert tables[("nested",)].files == ()


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_nanoseconds_that_do_not_fit_are_an_error(tmp_path: Path, suffix: str) -> None:
    _write(pa.table({"a": pa.array([1001], pa.timestamp("ns"))}), tmp_path / f"t.{suffix}")
    with pytest.raises(SourceError, match="lose data"):
        all_of(tmp_path)


@pytest.mark.parametrize("suffix", ["parquet", "arrow"])
def test_a_broken_file_is_an_error_naming_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"t.{suffix}"
    _write(pa.table({"a": ["x" * 100] * 1000}), path)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(SourceError, match=path.name):
        all_of(tmp_path)


def test_a_folder_of_files_is_one_table(tmp_path: Path) -> None:
    for part in range(3):
        folder = tmp_path / "orders"
        folder.mkdir(exist_ok=True)
        _write(pa.table({"a": [part]}), folder / f"part-{part}.parquet")
        (folder / "_SUCCESS").touch()
    connector = FilesConnector(tmp_path)
    assert len(connector.tables()[("orders",)].files) == 3
    assert rows(read(opened(connector, "orders"))) == [(0,), (1,), (2,)]


def test_files_of_a_folder_must_agree(tmp_path: Path) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    _write(pa.table({"a": [1]}), folder / "1.parquet")
    _write(pa.table({"a": ["x"]}), folder / "2.parquet")
    with pytest.raises(SourceError, match="differ in their columns"):
        FilesConnector(tmp_path).tables()


@pytest.mark.parametrize("odd", ["more.csv.gz", "2.csv", "sub"])
def test_nothing_in_a_folder_is_left_out_without_a_word(tmp_path: Path, odd: str) -> None:
    folder = tmp_path / "t"
    folder.mkdir()
    _write(pa.table({"a": [1]}), folder / "1.parquet")
    (folder / odd).mkdir() if odd == "sub" else (folder / odd).write_text("a\n1\n")
    with pytest.raises(SourceError, match="not all in it"):
        FilesConnector(tmp_path).tables()


@pytest.mark.parametrize("other", ["t.jsonl", "T.csv", "t"])
def test_two_tables_of_one_name_are_an_error(tmp_path: Path, other: str) -> None:
    csv_file(tmp_path, b"a\n1\n")
    if other == "t":
        (tmp_path / other).mkdir()
        (tmp_path / other / "x.csv").write_text("a\n1\n")
    else:
        (tmp_path / other).write_text('{"a":1}\n')
    with pytest.raises(SourceError, match="two files or folders"):
        FilesConnector(tmp_path).tables()


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    secret = csv_file(tmp_path, b"a\nsecret\n") / "t.csv"
    for inside in (tmp_path / "one", tmp_path / "two" / "t"):
        inside.mkdir(parents=True)
        (inside / "t.csv").symlink_to(secret)
    (tmp_path / "three").mkdir()
    (tmp_path / "three" / "t").symlink_to(tmp_path / "one")
    for folder in ("one", "two", "three"):
        with pytest.raises(SourceError, match="link out of the folder"):
            FilesConnector(tmp_path / folder).tables()


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "t.csv")
    with pytest.raises(SourceError, match="not a regular file"):
        FilesConnector(tmp_path).tables()


def test_a_file_that_changes_while_it_is_read_is_an_error(tmp_path: Path) -> None:
    csv_file(tmp_path, b"a\n" + b"1\n" * 600_000)
    reader = opened(FilesConnector(tmp_path), "t").reader()
    reader.read_next_batch()
    with (tmp_path / "t.csv").open("ab") as file:
        file.write(b"2\n")
    with pytest.raises(SourceError, match="changed while it was read"):
        reader.read_all()


def test_statistics_of_parquet_are_in_its_footers(tmp_path: Path) -> None:
    folder = tmp_path / "lake" / "t"
    folder.mkdir(parents=True)
    day = dt.date(2020, 1, 1)
    for part in range(2):
        table = pa.table(
            {
                "id": list(range(part * 100, part * 100 + 100)),
                "day": [day] * 50 + [None] * 50,
                "price": pa.array([Decimal(part)] * 100, pa.decimal128(12, 2)),
                "word": ["b", "a"] * 50,
                "none": pa.nulls(100, pa.int32()),
                "nested": [[1]] * 100,
            }
        )
        pq.write_table(table, folder / f"{part}.parquet", row_group_size=30)
    (tmp_path / "lake" / "broken.parquet").write_bytes(b"PAR1 no PAR1")
    found = FilesConnector(tmp_path / "lake").statistics([("t",), ("broken",)])
    assert set(found) == {("t",)}
    told = found[("t",)]
    assert told.rows == 200
    assert told.columns["id"] == ColumnStatistics(null_fraction=0, minimum=0, maximum=199)
    assert told.columns["day"] == ColumnStatistics(null_fraction=0.5, minimum=day, maximum=day)
    assert (told.columns["price"].minimum, told.columns["price"].maximum) == (Decimal(0), Decimal(1))
    assert (told.columns["word"].minimum, told.columns["word"].maximum) == ("a", "b")
    assert told.columns["none"] == ColumnStatistics(null_fraction=1)
