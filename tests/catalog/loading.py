"""Loads a mesh as the gateway does, with sources that are read whole into memory."""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.memory import MemoryConnector
from connectors.options import OptionError, suggestion
from gateway.auth.reading import read_principals
from gateway.catalog.load import Loaded, load
from gateway.engines.base import OutputColumn
from gateway.errors import ConfigurationError, SyntaxRefused
from gateway.settings import read_settings
from tests.meshes import ENVIRONMENT, write_mesh

KINDS = ("sqlite", "files")


class DuckDBTyper:
    """Binds SQL in an empty DuckDB."""

    def __init__(self) -> None:
        self._database = duckdb.connect(":memory:")

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> tuple[OutputColumn, ...]:
        assert not inputs
        try:
            relation = self._database.sql(sql)
        except duckdb.Error as error:
            raise SyntaxRefused("not understood") from error
        return tuple(
            OutputColumn(name, str(kind)) for name, kind in zip(relation.columns, relation.types, strict=True)
        )


TYPER = DuckDBTyper()


def open_in_memory(kind: str, options: Mapping[str, object], folder: Path) -> MemoryConnector:
    """A source without its connector. SQLite is weak: its columns are text or whole numbers."""
    if kind not in KINDS:
        raise OptionError("connector", f"unknown connector '{kind}'{suggestion(kind, KINDS)}")
    for key in options:
        if key != "path":
            raise OptionError(key, f"unknown key{suggestion(key, ('path',))}")
    if "path" not in options:
        raise OptionError("path", "missing: the file or folder")
    path = folder / str(options["path"])
    if not path.exists():
        return MemoryConnector({}, down=True)
    if kind == "files":
        return MemoryConnector({file.stem: pq.read_table(file) for file in path.glob("*.parquet")})
    return MemoryConnector(_sqlite_tables(path), weak=True)


def _sqlite_tables(path: Path) -> dict[str, pa.Table]:
    database = sqlite3.connect(path)
    tables = {}
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        columns = database.execute(f"PRAGMA table_info({name})").fetchall()
        kinds = {column[1]: pa.int64() if column[2] == "INTEGER" else pa.string() for column in columns}
        rows = database.execute(f"SELECT * FROM {name}").fetchall()
        arrays = [pa.array([row[at] for row in rows], kind) for at, kind in enumerate(kinds.values())]
        tables[name] = pa.table(arrays, names=list(kinds))
    database.close()
    return tables


def load_mesh(folder: Path, environment: Mapping[str, str] = ENVIRONMENT) -> Loaded:
    """As the gateway starts: settings, principals, then the catalog; all problems in one error."""
    settings, problems = read_settings(folder, environment)
    principals, more = read_principals(settings)
    known = principals.principals if settings.principals else None
    return load(settings, TYPER, known, earlier=(*problems, *more), opener=open_in_memory)


def problems_of(folder: Path, *changes: Mapping[str, str | None]) -> tuple[str, ...]:
    """All that is wrong with the mesh of `tests.meshes` after these changes, as `meshgate check` says it."""
    merged: dict[str, str | None] = {}
    for change in changes:
        merged.update(change)
    try:
        return load_mesh(write_mesh(folder, merged)).lapses
    except ConfigurationError as error:
        return error.problems


def warnings_of(folder: Path, *changes: Mapping[str, str | None]) -> tuple[str, ...]:
    merged: dict[str, str | None] = {}
    for change in changes:
        merged.update(change)
    return load_mesh(write_mesh(folder, merged)).warnings
