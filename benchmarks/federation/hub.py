"""The PostgreSQL that joins by postgres_fdw: foreign tables on the servers, local ones for what is not there."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from benchmarks.federation.stores import SERVERS, Server, Stores, server, uri
from benchmarks.federation.tools import hub_binaries
from tests.tpch.mesh import columns_of, fill_postgres

SETTINGS = (
    "shared_buffers=256MB",
    "work_mem=256MB",
    "effective_cache_size=4GB",
    "client_connection_check_interval=1s",
)
OPTIONS = "use_remote_estimate 'true', fetch_size '10000'"
"""100 rows a fetch is what postgres_fdw does untold; nobody who measures leaves it at that."""


@contextmanager
def hub(found: Stores) -> Iterator[Server]:
    """Up, with a database for each layout: `a` and `b`."""
    with server(found.folder / "hub", hub_binaries(), SETTINGS) as up:
        with psycopg.connect(up.uri, autocommit=True) as connection:
            present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
            for layout in {"a", "b"} - present:
                connection.execute(f"CREATE DATABASE {layout}".encode())
        for layout in ("a", "b"):
            _define(found, layout, uri(up.port, layout))
        yield up


def connect_hub(up: Server, layout: str, ports: Mapping[str, int]) -> str:
    """Let the hub find the servers at these ports; the URI of the layout's database."""
    target = uri(up.port, layout)
    with psycopg.connect(target, autocommit=True) as connection:
        for name, port in ports.items():
            connection.execute(f"ALTER SERVER {name} OPTIONS (SET port '{port}')".encode())
    return target


def _define(found: Stores, layout: str, target: str) -> None:
    with psycopg.connect(target, autocommit=True) as connection:
        run = connection.execute
        if run("SELECT 1 FROM pg_extension WHERE extname = 'postgres_fdw'").fetchone():
            return
        run("CREATE EXTENSION postgres_fdw")
        for name in SERVERS:
            where = f"host '127.0.0.1', port '{found.servers[name].port}', dbname 'postgres', {OPTIONS}"
            run(f"CREATE SERVER {name} FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({where})".encode())
            account = "user 'postgres', password_required 'false'"
            run(f"CREATE USER MAPPING FOR postgres SERVER {name} OPTIONS ({account})".encode())
        for name, table in found.tables(layout).items():
            domain, _, plain = name.partition(".")
            run(f"CREATE SCHEMA IF NOT EXISTS {domain}".encode())
            if table.kind == "postgres":
                columns = ", ".join(f"{c} {kind} NOT NULL" for c, kind in columns_of(found.raw, plain))
                where = f"SERVER {table.server} OPTIONS (schema_name 'public')"
                run(f"CREATE FOREIGN TABLE {name} ({columns}) {where}".encode())
                run(f"ANALYZE {name}".encode())  # without it the hub takes joins for a thousand times larger
            else:
                fill_postgres(target, found.raw, plain)
                run(f"ALTER TABLE {plain} SET SCHEMA {domain}".encode())
                run(f"VACUUM (ANALYZE) {name}".encode())
