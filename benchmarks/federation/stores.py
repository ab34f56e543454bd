"""TPC-H, generated and loaded once for each scale in a cache folder; the servers over it; a mesh of each layout.

Layout `a`: customer and orders in PostgreSQL `crm`, lineitem and partsupp in PostgreSQL `warehouse`, part and supplier
in SQLite, nation and region in Parquet. Layout `b`: nation and region in `crm` too, part and supplier in `warehouse`.
Layout `files`: everything in Parquet.
"""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.servers import kept_postgres_server
from tests.tpch.mesh import (
    HASH_KEY,
    PASSWORD,
    PLACES,
    SOURCES,
    fill_postgres,
    fill_sqlite,
    generate,
    write_documents,
)

SERVERS: Mapping[str, tuple[str, ...]] = {
    "crm": ("customer", "orders", "nation", "region"),
    "warehouse": ("lineitem", "partsupp", "part", "supplier"),
}
SETTINGS = (
    "shared_buffers=512MB",
    "work_mem=64MB",
    "effective_cache_size=4GB",
    "client_connection_check_interval=1s",
)
"""As for a domain's own database; a query whose client has gone ends."""

SCALES = "sf{:g}"
EMBEDDED = {"part": "sqlite", "supplier": "sqlite", "nation": "parquet", "region": "parquet"}
"""What layout `a` has outside of PostgreSQL."""

LAYOUTS = {
    "a": SOURCES,
    "b": {
        **SOURCES,
        "parts": {"book": {"connector": "postgres", "uri": "${PARTS_BOOK_URI}"}},
        "geo": {"atlas": {"connector": "postgres", "uri": "${GEO_ATLAS_URI}"}},
    },
    "files": {
        domain: {name: {"connector": "files", "path": f"./{name}"} for name in sources}
        for domain, sources in SOURCES.items()
    },
}
VARIABLES = {
    "SALES_CRM_URI": "crm",
    "GEO_ATLAS_URI": "crm",
    "LOGISTICS_WAREHOUSE_URI": "warehouse",
    "PARTS_BOOK_URI": "warehouse",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A running PostgreSQL: its postmaster and its TCP port on this machine."""

    pid: int
    port: int

    @property
    def uri(self) -> str:
        return uri(self.port)


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table is: `kind` postgres (then `server`), sqlite or parquet (then `path`)."""

    kind: str
    server: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Stores:
    """What a scale's folder holds, with the servers up."""

    folder: Path
    servers: Mapping[str, Server]

    @property
    def raw(self) -> Path:
        return self.folder / "raw"

    @property
    def sqlite(self) -> Path:
        return self.folder / "book.sqlite"

    def tables(self, layout: str) -> Mapping[str, Table]:
        """By the name that statements use, for instance `sales.orders`."""
        return {f"{place.domain}.{name}": self._table(layout, name) for name, place in PLACES.items()}

    def _table(self, layout: str, name: str) -> Table:
        kind = EMBEDDED.get(name, "postgres") if layout == "a" else "postgres"
        if kind == "postgres":
            return Table(kind, server=next(server for server, names in SERVERS.items() if name in names))
        return Table(kind, path=str(self.sqlite if kind == "sqlite" else self.raw / f"{name}.parquet"))


def uri(port: int, database: str = "postgres") -> str:
    return f"postgresql://postgres@127.0.0.1:{port}/{database}"


def environment(ports: Mapping[str, int]) -> dict[str, str]:
    """What the mesh folders refer to, with the servers at these ports."""
    uris = {variable: uri(ports[server]) for variable, server in VARIABLES.items()}
    return {**uris, "MESH_HASH_KEY": HASH_KEY, "MESH_PASSWORD": PASSWORD}


def cache() -> Path:
    """Where data and tools stay from run to run: under $XDG_CACHE_HOME, else the system's temporary folder.

    Not under root's home: its PostgreSQL servers run as another account, which must be able to enter.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME", tempfile.gettempdir())) / "meshgate-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def stores(scale: float) -> Iterator[Stores]:
    """Seconds if the scale was loaded before. Servers that another run has up are shared."""
    folder = cache() / SCALES.format(scale)
    folder.mkdir(exist_ok=True)
    with _alone(folder):
        _generate(folder, scale)
    with server(folder / "crm") as crm, server(folder / "warehouse") as warehouse:
        found = Stores(folder, {"crm": crm, "warehouse": warehouse})
        with _alone(folder):
            for name, tables in SERVERS.items():
                _load(found.servers[name].uri, found.raw, tables)
        yield found


@contextmanager
def server(
    base: Path, binaries: Path | None = None, settings: tuple[str, ...] = SETTINGS
) -> Iterator[Server]:
    """The PostgreSQL whose data are in `base`: the one that is up, else one that ends with this context."""
    running = _running(base / "data")
    if running is not None:
        yield running
        return
    with kept_postgres_server(base, settings, binaries) as started:
        yield Server(started.process.pid, started.port)


def _running(data: Path) -> Server | None:
    """By the server's own file: process id in line 1, port in line 4."""
    with suppress(OSError, IndexError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        if Path(f"/proc/{lines[0]}/comm").read_text().strip() == "postgres":
            return Server(int(lines[0]), int(lines[3]))
    return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One run at a time makes what is missing."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- loading -----------------------------------------------------------------------------------------------


def _generate(folder: Path, scale: float) -> None:
    raw, sqlite = folder / "raw", folder / "book.sqlite"
    if not raw.exists():
        with _whole(raw) as part:
            generate(part, scale)
    if not sqlite.exists():
        with _whole(sqlite) as part:
            fill_sqlite(part, raw, ("part", "supplier"))
            with sqlite3.connect(part) as connection:
                connection.execute("ANALYZE")


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A place for a file or folder that appears under its name only when it is complete."""
    part = path.with_name(f"{path.name}.part")
    if part.is_dir():
        shutil.rmtree(part)
    part.unlink(missing_ok=True)
    yield part
    part.rename(path)


def _load(uri: str, raw: Path, tables: tuple[str, ...]) -> None:
    """Rows, primary key, statistics: what a domain's team would have."""
    with psycopg.connect(uri, autocommit=True) as connection:
        present = {row[0] for row in connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r'")}
        for table in tables:
            if table not in present:
                fill_postgres(uri, raw, table)
                connection.execute(f"VACUUM (ANALYZE) {table}".encode())


# --- meshes ------------------------------------------------------------------------------------------------


@contextmanager
def mesh(found: Stores, layout: str) -> Iterator[Path]:
    """The folder of a mesh over the stores, gone at the end."""
    base = Path(tempfile.mkdtemp(prefix=f"mesh-{layout}-", dir=found.folder))
    folder = base / "mesh"
    try:
        write_documents(folder, found.raw, LAYOUTS[layout])
        _link_files(found, layout, folder)
        yield folder
    finally:
        shutil.rmtree(base, ignore_errors=True)


def _link_files(found: Stores, layout: str, folder: Path) -> None:
    """The files of sources that are files, where the mesh looks for them."""
    for table, place in PLACES.items():
        source = LAYOUTS[layout][place.domain][place.source]
        path = folder / "domains" / place.domain / source.get("path", "")
        if source["connector"] == "files":
            path.mkdir(exist_ok=True)
            os.link(found.raw / f"{table}.parquet", path / f"{table}.parquet")
        if source["connector"] == "sqlite" and not path.exists():
            os.link(found.sqlite, path)
