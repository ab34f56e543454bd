"""A value that its source's connector cannot deliver fails no statement that does not show it, least of all where its
row is hidden by a filter that the source does not run."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from connectors.base import Connector
from connectors.files import FilesConnector
from connectors.memory import MemoryConnector
from connectors.postgres import PostgresConnector
from connectors.sqlite import SqliteConnector
from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import Builder, Told, ask, close_mesh
from tests.security.drivers import texts
from tests.servers import PostgresServer

ANA = Principal("ana", attributes={"region": "eu"})
Rows = list[tuple[int, str, object]]
Source = Callable[[Path, Rows], Connector]

FEW, MANY = 3, 2_500
BODIES = {
    "sales.again": "SELECT id, region, v FROM sales.items",
    "sales.some": "SELECT i.id, i.v FROM _src.items AS i WHERE lower(i.region) = 'eu' AND i.id < 1000",
    "sales.total": "SELECT region, count(v) AS n FROM sales.items GROUP BY region",
    "sales.joined": "SELECT i.id, i.v, d.id AS depot FROM sales.again AS i JOIN shop.depots AS d ON d.id = i.id",
    "sales.known": "SELECT id, region FROM sales.items WHERE v IS NOT NULL AND id > 0",
}
POLICIES = {
    "sales": """
p, s1, role:any, sales, sales.items, select, own, -, -, allow
p, s2, role:any, sales, sales.again, select, own, -, -, allow
p, s3, role:any, sales, sales.some, select, *, -, -, allow
p, s4, role:any, sales, sales.total, select, own, -, -, allow
p, s5, role:any, sales, sales.joined, select, near, -, -, allow
p, s6, role:any, sales, sales.known, select, own, -, -, allow
p, s7, domain:sales, sales, sales.*, share, *, -, -, allow
p3, s8, user:mia, sales, sales.items.v, hash, 1, -, -
p3, s9, user:max, sales, sales.items.v, null, 1, -, -
""",
    "shop": "p, h1, role:any, shop, shop.*, select, *, -, -, allow\n"
    "p, h2, domain:sales, shop, shop.*, share, *, -, -, allow\n",
}
FILTERS = {"own": "lower(region) = principal.region", "near": "depot % 7 < 5"}

STATEMENTS = (
    "select id, v from sales.items order by id",
    "select count(*) from sales.items",
    "select id from sales.items where v is null",
    "select v, count(*) from sales.items group by v",
    "select count(distinct v) from sales.items",
    "select i.id, i.v, d.name from sales.items as i join shop.depots as d on d.id = i.id",
    "select d.name from shop.depots as d where d.id in (select id from sales.items where v is not null)",
    "select a.id from sales.items as a join sales.items as b on a.v = b.v",
    "select a.id, b.v from sales.items as a left join sales.again as b on a.id = b.id where a.id < 9",
    "select id, v from sales.again",
    "select * from sales.some",
    "select * from sales.total",
    "select * from sales.joined",
    "select * from sales.known",
    "summarize sales.items",
    "select id from sales.items limit 2",
    "select v from sales.items limit 2",
    "select id, cast(region as int) from sales.items where v is not null",
    "select exists (select 1 from sales.items where v is null)",
    "select id from sales.items where id > 3 and region like 'E%'",
)


def rows(hidden: int, bad: object, good: object, *, visible: object) -> Rows:
    """The hidden ones around the visible ones; `bad` is a hidden row's."""
    shown = [(n, "EU" if n % 2 else "eu", good if n != 5 else visible) for n in range(1, 21)]
    return [(1000, "US", bad), *shown, *((1000 + n, "us", good) for n in range(1, hidden)), (0, "uS", bad)]


@contextmanager
def meshes(worlds: Mapping[str, Rows], folder: Path, source: Source) -> Iterator[dict[str, Mesh]]:
    depots = pa.table({"id": list(range(1, 31)), "name": [f"d{n}" for n in range(1, 31)]})
    made = {}
    for name, listed in worlds.items():
        tables = {"sales.items": pa.table({"id": [0]}), "shop.depots": depots}
        builder = Builder(tables, policies=POLICIES, filters=FILTERS, bodies=BODIES)

        def connect(domain: str, _: object, name: str = name, listed: Rows = listed) -> Connector:
            return source(folder / name, listed) if domain == "sales" else MemoryConnector({"depots": depots})

        made[name] = builder.over(connect)
    try:
        yield made
    finally:
        for mesh in made.values():
            close_mesh(mesh)


PRINCIPALS = (ANA, *(Principal(name, attributes={"region": "eu"}) for name in ("mia", "max")))


def asked() -> list[tuple[Principal, str]]:
    """Whom a mask shows something else asks less."""
    return [(who, sql) for who in PRINCIPALS for sql in (STATEMENTS if who is ANA else STATEMENTS[:4])]


def both(told: dict[str, Mesh], sql: str, principal: Principal) -> tuple[Told, Told]:
    first, second = (ask(mesh, sql, principal).unordered() for mesh in told.values())
    assert first == second, sql
    assert not any("canary" in text.lower() for text in texts(first)), sql
    return first, second


def hold(folder: Path, source: Source, bad: object, good: object) -> None:
    """What is hidden is told by no statement; what is seen and cannot be read fails those that show it."""
    hidden = {
        "good": rows(FEW, good, good, visible=good),
        "bad": rows(FEW, bad, good, visible=good),
    }
    with meshes(hidden, folder / "hidden", source) as worlds:
        for principal, sql in asked():
            told, _ = both(worlds, sql, principal)
            assert told.sqlstate != "58030", (sql, told)
    seen = {"few": rows(FEW, good, good, visible=bad), "many": rows(MANY, bad, good, visible=bad)}
    with meshes(seen, folder / "seen", source) as worlds:
        for principal in PRINCIPALS:
            failed = [
                sql
                for who, sql in asked()
                if who is principal and both(worlds, sql, principal)[0].sqlstate == "58030"
            ]
            assert (STATEMENTS[0] in failed) is (principal.name != "max")
            assert ("select * from sales.known" in failed) is (principal is ANA)
            assert "select count(*) from sales.items" not in failed


POSTGRES = {
    "date": ("'infinity'", "'2020-01-01'"),
    "timestamp": ("'-infinity'", "'2020-01-01 01:02:03'"),
    "timestamptz": ("'294276-01-01'", "'2020-01-01 01:02:03+00'"),
    "interval": ("'9999999 hours'", "'1 day'"),
    "numeric(12,2)": ("'NaN'", "'1.50'"),
    "numeric": ("'1e30'", "'1.5'"),
    "numeric(30,0)": ("'NaN'", "'7'"),
    "date[]": ("'{2020-01-01,infinity}'", "'{2020-01-01}'"),
    "bigint[]": ("'{{1,2},{3,4}}'", "'{1,2}'"),
    "text[]": ("'{{CANARY},{b}}'", "'{x}'"),
    "numeric(9,2)[]": ("'{NaN}'", "'{1.5}'"),
}


@pytest.mark.parametrize("kind", POSTGRES)
def test_postgres(kind: str, postgres: PostgresServer, tmp_path: Path) -> None:
    def source(folder: Path, listed: Rows) -> Connector:
        schema = f"unreadable_{abs(hash((str(folder), kind)))}"
        values = ", ".join(f"({n}, '{region}', {value})" for n, region, value in listed)
        postgres.run(
            f'CREATE SCHEMA "{schema}"',
            f'CREATE TABLE "{schema}".items (id bigint, region text, v {kind})',
            f'INSERT INTO "{schema}".items VALUES {values}',
            f'ANALYZE "{schema}".items',
        )
        return PostgresConnector(postgres.uri(), schema=schema)

    hold(tmp_path, source, *POSTGRES[kind])


UNCHECKED = {
    "text": ("E'CANARY\\xff'", "'é'"),
    "varchar(9)": ("E'\\xed\\xa0\\x80'", "'𝄞'"),
    "json": ("E'\"\\xc0\\x80\"'", "'\"ü\"'"),
    "text[]": ("ARRAY['a', E'\\xf4\\x90\\x80\\x80']", "'{é}'"),
}


@pytest.mark.parametrize("kind", UNCHECKED)
def test_postgres_without_an_encoding(kind: str, postgres: PostgresServer, tmp_path: Path) -> None:
    """Where any bytes are a text."""
    made = iter(range(99))

    def source(folder: Path, listed: Rows) -> Connector:
        name = f"unchecked_{abs(hash((str(folder), kind)))}_{next(made)}"
        postgres.run(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        uri = f"{postgres.uri().rpartition('/')[0]}/{name}"
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(f"CREATE TABLE items (id bigint, region text, v {kind})".encode())
            values = ", ".join(f"({n}, '{region}', {value})" for n, region, value in listed)
            connection.execute(f"INSERT INTO items VALUES {values}".encode())
        return PostgresConnector(uri)

    hold(tmp_path, source, *UNCHECKED[kind])


SQLITE = {
    "INTEGER": ("CANARY", 7),
    "REAL": ("CANARY", 0.5),
    "TEXT": (b"CANARY", "x"),
    "CLOB": (sqlite3.Binary(b"\xff"), "x"),
    "BLOB": ("CANARY", b"x"),
}


@pytest.mark.parametrize("kind", [*SQLITE, "not UTF-8"])
def test_sqlite(kind: str, tmp_path: Path) -> None:
    def source(folder: Path, listed: Rows) -> Connector:
        folder.mkdir(parents=True)
        with sqlite3.connect(folder / "s.sqlite") as database:
            declared = kind if kind in SQLITE else "TEXT"
            database.execute(f"CREATE TABLE items (id INTEGER, region TEXT, v {declared})")
            marks = "?, ?, CAST(? AS TEXT)" if kind not in SQLITE else "?, ?, ?"
            database.executemany(f"INSERT INTO items VALUES ({marks})", listed)
        database.close()
        return SqliteConnector(folder / "s.sqlite")

    hold(tmp_path, source, *SQLITE.get(kind, (b"\xff", "x")))


def _table(listed: Rows) -> pa.Table:
    ids, regions, values = zip(*listed, strict=True)
    return pa.table({"id": ids, "region": regions, "v": pa.array(values, pa.timestamp("ns"))})


def test_arrow(tmp_path: Path) -> None:
    """Nanoseconds that no TIMESTAMP has."""

    def source(folder: Path, listed: Rows) -> Connector:
        folder.mkdir(parents=True)
        feather.write_feather(_table(listed), folder / "items.arrow")
        return FilesConnector(folder)

    hold(tmp_path, source, 1, 1_000)


def _texts(listed: Rows, *, nested: bool) -> pa.Table:
    ids, regions, values = zip(*listed, strict=True)
    table = pa.table({"id": ids, "region": regions, "v": pa.array(values, pa.binary()).view(pa.string())})
    return table.append_column("parts", pa.array([[1]] * len(ids))) if nested else table


def _flat(folder: Path, listed: Rows) -> Connector:
    """Parquet that the engine reads itself, as long as it can."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(_texts(listed, nested=False), folder / "items.parquet")
    return FilesConnector(folder)


@pytest.mark.parametrize("suffix", ["arrow", "parquet", "flat"])
def test_texts_of_typed_files(suffix: str, tmp_path: Path) -> None:
    """Which no format looks at. Parquet with lists is not read by the engine itself."""

    def source(folder: Path, listed: Rows) -> Connector:
        folder.mkdir(parents=True)
        write = feather.write_feather if suffix == "arrow" else pq.write_table
        write(_texts(listed, nested=True), folder / f"items.{suffix}")
        return FilesConnector(folder)

    hold(tmp_path, _flat if suffix == "flat" else source, b"CANARY\xff", b"x")


def test_times_of_parquet_beyond_their_type(tmp_path: Path) -> None:
    def source(folder: Path, listed: Rows) -> Connector:
        folder.mkdir(parents=True)
        ids, regions, values = zip(*listed, strict=True)
        times = pa.array(values, pa.timestamp("ms"))
        pq.write_table(pa.table({"id": ids, "region": regions, "v": times}), folder / "items.parquet")
        return FilesConnector(folder)

    hold(tmp_path, source, 2**62, 1_000)


def test_a_file_whose_hidden_texts_break_while_its_plans_are_remembered(tmp_path: Path) -> None:
    good, bad = (rows(FEW, value, b"x", visible=b"x") for value in (b"x", b"CANARY\xff"))
    with meshes({"good": good, "bad": good}, tmp_path, _flat) as worlds:
        for broken in (False, True, False):
            _flat(tmp_path / "bad", bad if broken else good)
            for principal, sql in asked():
                assert both(worlds, sql, principal)[0].sqlstate != "58030", sql


def test_memory(tmp_path: Path) -> None:
    hold(tmp_path, lambda _, listed: MemoryConnector({"items": _table(listed)}), 1, 1_000)
