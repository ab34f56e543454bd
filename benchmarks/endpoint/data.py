"""Rows of nine columns of mixed types, in Parquet and in PostgreSQL, and the mesh that serves both."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import psycopg
import yaml

from tests.servers import PostgresServer
from tests.tpch.serving import Gateway

TIMES = 10
"""How often the same file stands in the table that is streamed for its memory."""

PASSWORD = "benchmark-only"
CONTRACT_TYPES = {
    "id": "bigint",
    "amount": "decimal(12,2)",
    "ratio": "double",
    "count": "integer",
    "active": "boolean",
    "day": "date",
    "at": "timestamp",
    "name": "text",
    "note": "text",
}
SERVER_TYPES = CONTRACT_TYPES | {"ratio": "double precision"}
VALUES = """
    i AS id, ((i * 7919) % 100000000 / 100.0)::DECIMAL(12,2) AS amount, sin(i) * 1000 AS ratio,
    (i % 1000)::INTEGER AS count, i % 3 = 0 AS active, DATE '2020-01-01' + (i % 2000)::INTEGER AS day,
    TIMESTAMP '2024-01-01' + to_seconds(i * 61) + to_microseconds(i % 1000000) AS at, 'customer-' || i AS name,
    CASE WHEN i % 5 > 0 THEN repeat('note ', (i % 7)::INTEGER) END AS note
"""
MESH = 'name = "bench"\n[endpoints]\npostgres = "127.0.0.1:0"\n[engine]\nthreads = 2\n'
POLICIES = "p, {0}-1, role:any, {0}, {0}.*, select, *, -, -, allow\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody who serves the rows: where, and as which relation."""

    name: str
    uri: str
    relation: str

    @property
    def sql(self) -> str:
        return f"SELECT * FROM {self.relation}"


def write_data(folder: Path, server: PostgresServer, rows: int) -> Path:
    """A Parquet file and a table with the same rows; the file."""
    file, text = folder / "events.parquet", folder / "events.csv"
    with duckdb.connect(config={"threads": 2}) as engine:
        engine.execute(f"CREATE TABLE events AS SELECT {VALUES} FROM range({rows}) r(i)")
        engine.execute(f"COPY events TO '{file}' (ROW_GROUP_SIZE 100000)")
        engine.execute(f"COPY events TO '{text}' (HEADER false, FORCE_QUOTE (note))")
    columns = ", ".join(f"{name} {kind}" for name, kind in SERVER_TYPES.items()) + ", PRIMARY KEY (id)"
    with psycopg.connect(server.uri()) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE events ({columns})".encode())
        with cursor.copy(b"COPY events FROM STDIN (FORMAT csv)") as target, text.open("rb") as source:
            while block := source.read(1 << 20):
                target.write(block)
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE events")
    text.unlink()
    return file


def write_mesh(folder: Path, file: Path) -> Path:
    """`lake.events`, `lake.many` (the same file ten times) and `crm.events`."""
    for domain, source, relations in (
        ("lake", {"connector": "files", "path": "./files"}, ("events", "many")),
        ("crm", {"connector": "postgres", "uri": "${CRM_URI}"}, ("events",)),
    ):
        place = folder / "domains" / domain
        place.mkdir(parents=True)
        owner = {"team": domain, "email": f"{domain}@example.com"}
        document = {"domain": domain, "title": domain, "owner": owner, "sources": {"store": source}}
        (place / "domain.yaml").write_text(yaml.safe_dump(document))
        (place / "policies.csv").write_text(POLICIES.format(domain))
        for relation in relations:
            _write_contract(place / "products" / relation, domain, relation)
    files = folder / "domains" / "lake" / "files"
    (files / "many").mkdir(parents=True)
    for number in range(TIMES):
        os.link(file, files / "many" / f"part-{number}.parquet")
    os.link(file, files / "events.parquet")
    (folder / "mesh.toml").write_text(MESH)
    (folder / "principals.yaml").write_text(
        yaml.safe_dump({"principals": {"ana": {"password": "${BENCH_PASSWORD}"}}})
    )
    return folder


def _write_contract(place: Path, domain: str, relation: str) -> None:
    place.mkdir(parents=True)
    properties = [
        {"name": name, "logicalType": "string", "physicalType": kind} for name, kind in CONTRACT_TYPES.items()
    ]
    schema = {
        "name": relation,
        "physicalName": f"store.{relation}",
        "logicalType": "object",
        "properties": properties,
    }
    identity = {"id": relation, "name": relation, "version": "1.0.0", "status": "active", "domain": domain}
    contract = {"apiVersion": "v3.1.0", "kind": "DataContract", **identity, "schema": [schema]}
    (place / "contract.odcs.yaml").write_text(yaml.safe_dump(contract))


def gateway_uri(gateway: Gateway) -> str:
    return f"postgresql://ana:{PASSWORD}@127.0.0.1:{gateway.port}/bench"
