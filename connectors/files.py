"""A folder of files: a table per file by its stem, or per folder of files by its name."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, ClassVar

import pyarrow as pa

from connectors.base import Scan, Snapshot, SourceDown, SourceError, SourceTable, Stream, TableStatistics
from connectors.csv_format import CSV
from connectors.file_formats import ARROW, PARQUET, FileFormat
from connectors.jsonl_format import JSONL, as_json
from connectors.options import Option, OptionError
from connectors.streams import Batches, PulledStream, Scans, scan_schema

FORMATS: Mapping[str, FileFormat] = {
    ".parquet": PARQUET,
    ".csv": CSV,
    ".jsonl": JSONL,
    ".ndjson": JSONL,
    ".arrow": ARROW,
    ".arrows": ARROW,
    ".feather": ARROW,
}

Stamp = tuple[int, int, int]
"""Of a file: changes when its content does."""
State = tuple[tuple[Path, Stamp], ...]
"""Of the files of a table."""


@dataclass(frozen=True, slots=True)
class _Found:
    format: FileFormat
    files: tuple[Path, ...]


class FilesConnector:
    """Reads whole columns; Parquet files are also named to an engine that reads them itself.

    At the top of the folder, files of other kinds are not looked at; in a folder that is a table every file counts,
    except those whose name begins with a dot or an underscore.
    """

    dialect: str | None = None

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option("path", Path, "a folder of parquet, csv, jsonl or arrow files", required=True),
        Option(
            "json", str, "columns of JSON lines that hold strings beside objects or lists: table.column, ..."
        ),
    )

    @classmethod
    def configured(cls, options: Mapping[str, Any]) -> "FilesConnector":
        return cls(**options)

    def __init__(self, path: Path, json: str | None = None) -> None:
        self._path = path
        self._json = _columns_of_tables(json or "")
        self._known: dict[str, tuple[State, SourceTable]] = {}

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        return {(name,): self._table(name, found) for name, found in self._found().items()}

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        found = self._found()
        told = {name: _statistics(found[name[-1]]) for name in names if name[-1] in found}
        return {name: known for name, known in told.items() if known is not None}

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:  # noqa: ARG002
        return Scans(self._open)

    def _open(self, scan: Scan) -> Stream:
        if scan.query is not None or scan.table is None or scan.keys:
            raise SourceError("files are read as tables, not queried")
        canceled = Event()
        return PulledStream(scan_schema(scan.columns), self._batches(scan, canceled), canceled.set)

    def close(self) -> None:
        """Nothing is kept open between scans."""

    def _batches(self, scan: Scan, canceled: Event) -> Batches:
        name = (scan.table or ("",))[-1]
        found = self._found().get(name)
        if found is None:
            raise SourceError(f"{self._path.name}: no table {name}")
        self._refuse_others(scan, name, found)
        for file in found.files:
            for batch in _unchanged_batches(file, found.format, scan_schema(scan.columns)):
                if canceled.is_set():
                    return
                yield batch

    def _refuse_others(self, scan: Scan, name: str, found: _Found) -> None:
        """Columns that the files do not have; of an open-ended format, did not when they were introspected: what rows
        have come to hold since then is told by those rows alone."""
        known = self._known.get(name) if found.format.open_ended else None
        table = known[1] if known is not None else self._table(name, found)
        types = {column.name: column.type for column in table.columns}
        for column in scan.columns:
            if column.marks is None and types.get(column.name) != column.type:
                raise SourceError(
                    f"{name}: column {column.name} is {types.get(column.name)}, not {column.type}"
                )

    def _table(self, name: str, found: _Found) -> SourceTable:
        """Introspected once for every state of the files: for JSON lines that reads all of them."""
        state = tuple((file, stamp(file)) for file in found.files)
        known = self._known.get(name)
        if known is None or known[0] != state:
            known = self._known[name] = (state, self._introspected(name, found))
        return known[1]

    def _introspected(self, name: str, found: _Found) -> SourceTable:
        parts = []
        native = True
        for file in found.files:
            with _naming(file):
                parts.append(found.format.columns(file))
                native = native and found.format.native(file)
        try:
            columns = found.format.together(tuple(parts))
        except SourceError as error:
            raise SourceError(f"{name}: {error}") from error
        if found.format is JSONL:
            columns = as_json(columns, self._json.get(name, ()))
        weak = found.format.weak
        return SourceTable((name,), columns, found.files if native else (), weak=weak, unsure=weak)

    def _found(self) -> Mapping[str, _Found]:
        try:
            root = self._path.resolve(strict=True)
            entries = sorted(root.iterdir())
        except OSError as error:
            raise SourceDown(f"{self._path.name}: {error.strerror}") from error
        tables: dict[str, _Found] = {}
        for entry in entries:
            if entry.name.startswith((".", "_")):
                continue
            found = _folder_table(entry, root) if entry.is_dir() else _file_table(entry, root)
            if found is None:
                continue
            name = entry.name if entry.is_dir() else entry.stem
            if name.casefold() in map(str.casefold, tables):
                raise SourceError(f"{self._path.name}: two files or folders are named {name}")
            tables[name] = found
        return tables


def _columns_of_tables(listed: str) -> Mapping[str, tuple[str, ...]]:
    """Table -> columns, of `table.column, table.column`. OptionError: it is something else."""
    found: dict[str, tuple[str, ...]] = {}
    for item in filter(None, map(str.strip, listed.split(","))):
        table, _, column = item.partition(".")
        if not (table and column):
            raise OptionError("json", "expected table.column, with commas between")
        found[table] = (*found.get(table, ()), column)
    return found


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Errors inside name the file; one that is gone is SourceDown."""
    try:
        yield
    except FileNotFoundError as error:
        raise SourceDown(f"{file.name}: no such file") from error
    except (SourceError, ValueError, OSError, pa.ArrowException) as error:
        raise SourceError(f"{file.name}: {error}") from error


def _file_table(entry: Path, root: Path) -> _Found | None:
    file_format = FORMATS.get(entry.suffix.lower())
    return None if file_format is None else _Found(file_format, (_inside(entry, root),))


def _folder_table(folder: Path, root: Path) -> _Found | None:
    """None for a folder without files. What is not known in it is refused: it may be a part of the table."""
    files = [
        entry for entry in sorted(_inside(folder, root).iterdir()) if not entry.name.startswith((".", "_"))
    ]
    if not files:
        return None
    formats = {id(FORMATS.get(entry.suffix.lower())): FORMATS.get(entry.suffix.lower()) for entry in files}
    file_format = next(iter(formats.values()))
    if len(formats) > 1 or file_format is None or any(entry.is_dir() for entry in files):
        raise SourceError(f"{folder.name}: not all in it are files of one known kind")
    return _Found(file_format, tuple(_inside(entry, root) for entry in files))


def _statistics(found: _Found) -> TableStatistics | None:
    try:
        return found.format.statistics(found.files)
    except (pa.ArrowException, OSError):  # whoever reads the file hears what is wrong with it
        return None


def _inside(entry: Path, root: Path) -> Path:
    """The path without links; SourceError if it leaves the source's folder."""
    try:
        resolved = entry.resolve(strict=True)
    except OSError as error:
        raise SourceDown(f"{entry.name}: {error.strerror}") from error
    if not resolved.is_relative_to(root):
        raise SourceError(f"{entry.name}: a link out of the folder")
    if not (resolved.is_file() or resolved.is_dir()):
        raise SourceError(f"{entry.name}: not a regular file")
    return resolved


def _unchanged_batches(file: Path, file_format: FileFormat, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with _naming(file):
        before = stamp(file)
        yield from file_format.batches(file, schema)
        if stamp(file) != before:
            raise SourceError("changed while it was read")


def stamp(file: Path) -> Stamp:
    try:
        status = file.stat()
    except OSError as error:
        raise SourceDown(f"{file.name}: {error.strerror}") from error
    return status.st_mtime_ns, status.st_size, status.st_ino
