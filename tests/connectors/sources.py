"""One way to fill every kind of source with the same rows, and to say what must come back from it."""

import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from connectors import connector
from connectors.base import Connector, Scan, SourceColumn, Stream
from connectors.memory import MemoryConnector
from connectors.types import arrow_type
from tests.servers import PostgresServer

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A table's content: names and DuckDB types of its columns (BIGINT, DOUBLE, VARCHAR), and its rows."""

    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row] = ()


def as_it_is(value: object) -> object:
    return value


def as_text(value: object) -> object:
    return value if value is None or isinstance(value, str) else repr(value)


@dataclass(frozen=True, slots=True)
class Source:
    """A filled source. `vanish` takes it away; `expected` is what a value comes back as.

    `query` is SQL that the source itself answers, over the table `t` and with the columns id and name; None: none.
    """

    connector: Connector
    vanish: Callable[[], None]
    dialect: str | None
    weak: bool = False
    expected: Callable[[object], object] = as_it_is
    types: Mapping[str, str] = field(default_factory=dict)

    def type_of(self, kind: str) -> str:
        return self.types.get(kind, kind)


Maker = Callable[[Mapping[str, Rows], Path, PostgresServer], Source]

TEXT_ONLY = {"BIGINT": "VARCHAR", "DOUBLE": "VARCHAR"}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def postgres_source(tables: Mapping[str, Rows], folder: Path, server: PostgresServer) -> Source:
    name = f"c{uuid4().hex}"
    uri = server.database(name)
    with psycopg.connect(uri) as connection:
        for table, content in tables.items():
            words = {"BIGINT": "bigint", "DOUBLE": "double precision", "VARCHAR": "text"}
            columns = ", ".join(f"{quoted(column)} {words[kind]}" for column, kind in content.columns)
            connection.execute(f"CREATE TABLE {quoted(table)} ({columns})".encode())
            with connection.cursor().copy(f"COPY {quoted(table)} FROM STDIN".encode()) as copy:
                for row in content.rows:
                    copy.write_row(row)
    drop = f'DROP DATABASE "{name}" WITH (FORCE)'
    return Source(connector("postgres", {"uri": uri}, folder), lambda: server.run(drop), "postgres")


def sqlite_source(tables: Mapping[str, Rows], folder: Path, server: PostgresServer) -> Source:
    path = folder / "source.sqlite"
    with closing(sqlite3.connect(path)) as connection, connection:
        for table, content in tables.items():
            columns = ", ".join(f"{quoted(column)} {kind}" for column, kind in content.columns)
            connection.execute(f"CREATE TABLE {quoted(table)} ({columns})")
            marks = ", ".join("?" for _ in content.columns)
            connection.executemany(f"INSERT INTO {quoted(table)} VALUES ({marks})", content.rows)
    made = connector("sqlite", {"path": path.name}, folder)
    return Source(made, path.unlink, "sqlite", weak=True)


def _arrow(content: Rows) -> pa.Table:
    arrays = [
        pa.array([row[index] for row in content.rows], arrow_type(kind))
        for index, (_, kind) in enumerate(content.columns)
    ]
    return pa.table(arrays, names=[name for name, _ in content.columns])


def _files(
    suffix: str, write: Callable[[Rows, Path], None], *, weak: bool = False
) -> Callable[[Mapping[str, Rows], Path, PostgresServer], Source]:
    def make(tables: Mapping[str, Rows], folder: Path, server: PostgresServer) -> Source:
        lake = folder / "lake"
        lake.mkdir()
        for table, content in tables.items():
            write(content, lake / f"{table}{suffix}")
        made = connector("files", {"path": "lake"}, folder)
        if weak:
            return Source(made, lambda: shutil.rmtree(lake), None, True, as_text, TEXT_ONLY)
        return Source(made, lambda: shutil.rmtree(lake), None)

    return make


def _write_parquet(content: Rows, path: Path) -> None:
    pq.write_table(_arrow(content), path)


def _write_arrow(content: Rows, path: Path) -> None:
    table = _arrow(content)
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def _write_csv(content: Rows, path: Path) -> None:
    lines = [",".join(quoted(name) for name, _ in content.columns)]
    lines += [
        ",".join("" if value is None else quoted(str(as_text(value))) for value in row)
        for row in content.rows
    ]
    path.write_bytes("".join(line + "\r\n" for line in lines).encode())


def _write_jsonl(content: Rows, path: Path) -> None:
    names = [name for name, _ in content.columns]
    # A file without a line has no keys: an empty table cannot be told from no table by JSON lines.
    rows = content.rows or [tuple(None for _ in names)]
    path.write_text("".join(json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows))


def memory_source(tables: Mapping[str, Rows], folder: Path, server: PostgresServer) -> Source:
    made = MemoryConnector({name: _arrow(content) for name, content in tables.items()})

    def vanish() -> None:
        made.down = True

    return Source(made, vanish, None)


MAKERS: Mapping[str, Maker] = {
    "postgres": postgres_source,
    "sqlite": sqlite_source,
    "parquet": _files(".parquet", _write_parquet),
    "arrow": _files(".arrow", _write_arrow),
    "csv": _files(".csv", _write_csv, weak=True),
    "jsonl": _files(".jsonl", _write_jsonl, weak=True),
    "memory": memory_source,
}


def one(made: Connector, scan: Scan, reference: str = "test") -> Stream:
    """The stream of a snapshot's only scan: with its end everything is let go."""
    return made.snapshot(reference, scans=1).open(scan)


def opened(made: Connector, table: str, *names: str) -> Stream:
    """A scan of a table as introspected; all columns, or those named, in that order."""
    found = made.tables()[(table,)]
    known = {column.name: column for column in found.columns}
    columns = tuple(known[name] for name in names) if names else found.columns
    return one(made, Scan(columns, table=found.name))


def read(stream: Stream) -> pa.Table:
    """All of it, and closed."""
    try:
        return stream.reader().read_all()
    finally:
        stream.close()


def rows(table: pa.Table) -> list[Row]:
    columns = [column.to_pylist() for column in table.columns]
    return list(zip(*columns, strict=True))


def ask(made: Connector, query: str, *columns: tuple[str, str]) -> pa.Table:
    """The result of a query in the source's own SQL; columns as (name, DuckDB type)."""
    wanted = tuple(SourceColumn(name, kind, "") for name, kind in columns)
    return read(one(made, Scan(wanted, query=query)))


def run(uri: str, *statements: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def answer(uri: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(uri, autocommit=True) as connection:
        return connection.execute(statement.encode()).fetchall()
