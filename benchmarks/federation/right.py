"""What is right: DuckDB on the raw Parquet files. Remembered in the cache folder."""

import hashlib
import pickle
from collections.abc import Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import duckdb

from tests.tpch.compare import assert_same
from tests.tpch.mesh import PLACES

Row = Sequence[object]
WRONG = "wrong answer"


def expected(raw: Path, asked: Mapping[str, str]) -> Mapping[str, list[Row]]:
    """The answers by the statement's name."""
    place = raw.with_name("answers")
    place.mkdir(exist_ok=True)
    files = {name: place / hashlib.sha256(sql.encode()).hexdigest() for name, sql in asked.items()}
    missing = [name for name, file in files.items() if not file.exists()]
    if missing:
        with closing(on_raw_files(raw)) as connection:
            for name in missing:
                files[name].write_bytes(pickle.dumps(connection.execute(asked[name]).fetchall()))
    return {name: pickle.loads(file.read_bytes()) for name, file in files.items()}


def on_raw_files(raw: Path) -> duckdb.DuckDBPyConnection:
    """The tables by the names that statements use."""
    connection = duckdb.connect(config={"threads": 2})
    for table, where in PLACES.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {where.domain}")
        connection.execute(f"CREATE VIEW {where.domain}.{table} AS FROM '{raw}/{table}.parquet'")
    return connection


def wrong(rows: Sequence[Row], wanted: Sequence[Row], order: tuple[int, ...], *, strict: bool) -> str:
    """Empty if the answers are the same. Not `strict`: other types of number may stand for the same number."""
    try:
        if strict:
            assert_same(rows, wanted, order)
        else:
            plain = [[_plain(value) for value in row] for row in wanted]
            assert_same([_like(row, plain) for row in rows], plain, order)
    except (AssertionError, ValueError, ArithmeticError) as error:
        return f"{WRONG}: {error}".splitlines()[0][:160]
    return ""


def _like(row: Row, wanted: Sequence[Row]) -> Row:
    """The row with its numbers, also those that came as text, in the types of the right answer."""
    kinds = wanted[0] if wanted else row
    return [_of_kind(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _of_kind(value: object, kind: object) -> object:
    if isinstance(kind, float) and isinstance(value, Decimal | int | str):
        return float(value)
    if isinstance(kind, Decimal) and isinstance(value, float | str):
        return Decimal(str(value)).normalize()
    return _plain(value)


def _plain(value: object) -> object:
    """Decimals and whole numbers in one form, whatever their scale."""
    return (
        Decimal(value).normalize()
        if isinstance(value, Decimal | int) and not isinstance(value, bool)
        else value
    )
