"""The encoder's bytes are PostgreSQL's own: the same literals selected from both, text and binary."""

from collections.abc import Iterator, Sequence

import duckdb
import psycopg
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import pq

from gateway.frontends.pgwire.encoding.batches import BINARY, TEXT, Encoder
from gateway.frontends.pgwire.encoding.few import FEW
from gateway.frontends.pgwire.types import column_type
from tests.servers import postgres_server

Cells = list[bytes | None]


@pytest.fixture(scope="module")
def reference() -> Iterator[psycopg.Connection]:
    with postgres_server() as server, psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute("set timezone = 'UTC'")
        yield connection


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'").fetchall()
        yield connection


def in_postgres(
    reference: psycopg.Connection, expression: str, literals: Sequence[str | None], code: int
) -> Cells:
    """`expression` over v, a text."""
    array = "{" + ",".join("NULL" if text is None else quoted(text) for text in literals) + "}"
    result = reference.pgconn.exec_params(
        f"select {expression} from unnest($1::text[]) with ordinality u(v, i) order by i".encode(),
        [array.encode()],
        result_format=code,
    )
    assert result.status == pq.ExecStatus.TUPLES_OK, result.error_message
    return [result.get_value(row, 0) for row in range(result.ntuples)]


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def batch_of(
    duck: duckdb.DuckDBPyConnection, expression: str, literals: Sequence[str | None]
) -> tuple[str, pa.RecordBatch]:
    """The DuckDB type name of `expression` over v, a text, and its values."""
    query = f"select {expression} as c from (select unnest($v::varchar[]) as v)"
    relation = duck.sql(query, params={"v": list(literals)})
    return str(relation.types[0]), relation.to_arrow_table().combine_chunks().to_batches()[0]


def cells(stream: bytes) -> Cells:
    """The one column of a stream of DataRow messages."""
    found: Cells = []
    at = 0
    while at < len(stream):
        size = int.from_bytes(stream[at + 1 : at + 5], "big")
        assert stream[at : at + 1] == b"D"
        assert stream[at + 5 : at + 7] == b"\0\1"
        length = int.from_bytes(stream[at + 7 : at + 11], "big", signed=True)
        found.append(None if length < 0 else stream[at + 11 : at + 11 + length])
        assert size == 10 + max(0, length)
        at += 1 + size
    return found


def check(
    reference: psycopg.Connection,
    duck: duckdb.DuckDBPyConnection,
    literals: Sequence[str | None],
    postgres_expression: str,
    duckdb_expression: str | None = None,
) -> None:
    name, batch = batch_of(duck, duckdb_expression or postgres_expression, literals)
    for code in (TEXT, BINARY):
        expected = in_postgres(reference, postgres_expression, literals, code)
        assert cells(bytes(Encoder((column_type(name),), (code,)).encode(batch))) == expected, (name, code)
        many = pa.concat_batches([batch] * (FEW + 1))  # whole columns at once, where a few rows go one by one
        assert cells(bytes(Encoder((column_type(name),), (code,)).encode(many))) == expected * (FEW + 1), (
            "many rows"
        )
        if len(literals) > 1:
            part = Encoder((column_type(name),), (code,)).encode(batch.slice(1))
            assert cells(bytes(part)) == expected[1:], "a slice"


def rows(values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str | None]]:
    return st.lists(st.none() | values, min_size=1, max_size=12)


def integers(bits: int) -> st.SearchStrategy[str]:
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1).map(str)


def decimals(precision: int, scale: int) -> st.SearchStrategy[str]:
    bound = 10**precision - 1
    edges = st.sampled_from([0, 1, -1, 999, 1000, 9999, bound, -bound, 10 ** (precision - 1)])

    def text(unscaled: int) -> str:
        digits = str(abs(unscaled)).zfill(scale + 1)
        sign = "-" if unscaled < 0 else ""
        return sign + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)

    return (st.integers(-bound, bound) | st.integers(-(10**4) + 1, 10**4 - 1) | edges).map(text)


texts = st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=8
) | st.sampled_from(["", "NULL", "null", "a b", '"', "\\", "{}", ",", "\v", "Köln", "\t\n"])
dates = st.dates().map(lambda day: day.strftime("%Y-%m-%d").zfill(10))
timestamps = st.datetimes().map(lambda at: at.isoformat(" ").zfill(19)) | st.sampled_from(
    ["infinity", "-infinity", "1970-01-01 00:00:00.1", "1969-12-31 23:59:59.999999"]
)
clocks = st.times().map(str) | st.sampled_from(["24:00:00", "00:00:00", "23:59:59.5"])
doubles = st.floats().map(repr) | st.sampled_from(
    [
        "0.0001",
        "0.00001",
        "1e14",
        "123456789012345.6",
        "1e15",
        "9.99e14",
        "1.5e-7",
        "-0.0",
        "1e300",
        "12.34",
        "12345678901.5",
        "-99999999999999.9",
        "1e10",
        "2.493841695299193e16",
        "2.4938416952991928e+16",
        "9007199254740993",
        "1e23",
    ]
)
singles = st.floats(width=32).map(repr) | st.sampled_from(
    [
        "1e5",
        "1e6",
        "1234567",
        "16777216",
        "0.0001",
        "0.00001",
        "-999999.5",
        "3.4e38",
        "1e-45",
        "123456.5",
        "8388608.5",
        "33554434",
        "1e10",
        "5e9",
    ]
)
blobs = st.binary(max_size=20).map(lambda raw: raw.hex())
intervals = st.tuples(st.integers(-500, 500), st.integers(-500, 500), st.integers(-(10**12), 10**12)).map(
    lambda parts: f"{parts[0]} months {parts[1]} days {parts[2]} microseconds"
)

SCALARS = {
    "smallint": (integers(16), "v::smallint", None),
    "integer": (integers(32), "v::integer", None),
    "bigint": (integers(64), "v::bigint", None),
    "tinyint": (integers(8), "v::smallint", "v::tinyint"),
    "utinyint": (st.integers(0, 255).map(str), "v::smallint", "v::utinyint"),
    "usmallint": (st.integers(0, 2**16 - 1).map(str), "v::integer", "v::usmallint"),
    "uinteger": (st.integers(0, 2**32 - 1).map(str), "v::bigint", "v::uinteger"),
    "ubigint": (st.integers(0, 2**64 - 1).map(str), "v::numeric", "v::ubigint"),
    "hugeint": (integers(128), "v::numeric", "v::hugeint"),
    "uhugeint": (st.integers(0, 2**128 - 1).map(str), "v::numeric", "v::uhugeint"),
    "boolean": (st.sampled_from(["true", "false"]), "v::boolean", None),
    "real": (singles, "v::real", None),
    "double": (doubles, "v::double precision", None),
    "text": (texts, "v", None),
    "date": (dates | st.sampled_from(["infinity", "-infinity"]), "v::date", None),
    "time": (clocks, "v::time", None),
    "timestamp": (timestamps, "v::timestamp", None),
    "timestamp_s": (
        st.datetimes().map(lambda at: at.isoformat(" ", "seconds")),
        "v::timestamp",
        "v::timestamp_s",
    ),
    "timestamptz": (timestamps, "v::timestamptz", None),
    "interval": (intervals, "v::interval", None),
    "uuid": (st.uuids().map(str), "v::uuid", None),
    "bytea": (blobs, "decode(v, 'hex')", "unhex(v)"),
    "json": (st.sampled_from(["{}", '{"a": [1, "ä"]}', "[1,  2]", "null", '"x"']), "v::json", None),
    "enum": (st.sampled_from(["a", "b c"]), "v", "v::enum('a', 'b c')"),
} | {
    f"numeric_{precision}_{scale}": (decimals(precision, scale), f"v::numeric({precision},{scale})", None)
    for precision, scale in (
        (4, 0),
        (4, 4),
        (9, 2),
        (18, 2),
        (18, 17),
        (18, 18),
        (19, 4),
        (30, 10),
        (38, 0),
        (38, 20),
        (38, 38),
    )
}

PROFILE = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.parametrize("name", SCALARS)
def test_values(name: str, reference: psycopg.Connection, duck: duckdb.DuckDBPyConnection) -> None:
    values, postgres_expression, duckdb_expression = SCALARS[name]

    @PROFILE
    @given(rows(values))
    def same_bytes(literals: list[str | None]) -> None:
        check(reference, duck, literals, postgres_expression, duckdb_expression)

    same_bytes()


@pytest.mark.parametrize(("kind", "before"), [("timestamp", "2026-11-27 12:34:56."), ("time", "12:34:56.")])
def test_fractions_of_a_second(
    kind: str, before: str, reference: psycopg.Connection, duck: duckdb.DuckDBPyConnection
) -> None:
    """Each number of three digits at the front and at the end; some that all have six digits; none at all."""
    parts = [f"{number:03}" for number in range(1_000)]
    split = [*(part + "000" for part in parts), *("000" + part for part in parts), "120340", "999999"]
    for fractions in (split, ["123456", "100001", "999999"], ["000000"]):
        check(reference, duck, [before + fraction for fraction in fractions], f"v::{kind}")


def array_literal(items: Sequence[object], *, brackets: str) -> str:
    """A list of texts, None or lists, in PostgreSQL's ({}) spelling; every element quoted."""
    inner = ",".join(
        "NULL"
        if item is None
        else array_literal(item, brackets=brackets)
        if isinstance(item, list)
        else quoted(str(item))
        for item in items
    )
    return brackets[0] + inner + brackets[1]


@pytest.mark.parametrize("name", [name for name in SCALARS if name not in ("uhugeint", "enum", "bytea")])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_lists(name: str, depth: int, reference: psycopg.Connection, duck: duckdb.DuckDBPyConnection) -> None:
    values, postgres_expression, duckdb_expression = SCALARS[name]

    def rectangular(shape: tuple[int, ...]) -> st.SearchStrategy[object]:
        if not shape:
            return st.none() | values
        return st.lists(rectangular(shape[1:]), min_size=shape[0], max_size=shape[0])

    shapes = st.tuples(*[st.integers(0 if depth == 1 else 1, 3)] * depth)
    one = st.none() | shapes.flatmap(rectangular)

    @settings(PROFILE, max_examples=8)
    @given(st.lists(one, min_size=1, max_size=5))
    def same_bytes(lists: list[object]) -> None:
        kind = postgres_expression.removeprefix("v").removeprefix("::") or "text"
        literals = [None if item is None else array_literal(item, brackets="{}") for item in lists]
        type_name = (duckdb_expression or postgres_expression).removeprefix("v").removeprefix(
            "::"
        ) or "varchar"
        lists_of = f"{type_name.replace('double precision', 'double')}{'[]' * depth}"
        query = f"select unnest($v::varchar{'[]' * (depth + 1)})::{lists_of} as c"
        relation = duck.sql(query, params={"v": lists})
        duckdb_type = str(relation.types[0])
        batch = relation.to_arrow_table().combine_chunks().to_batches()[0]
        for code in (TEXT, BINARY):
            expected = in_postgres(reference, f"v::{kind}[]", literals, code)
            encoder = Encoder((column_type(duckdb_type),), (code,))
            assert cells(bytes(encoder.encode(batch))) == expected
            assert cells(bytes(encoder.encode(batch.slice(1)))) == expected[1:]

    same_bytes()
