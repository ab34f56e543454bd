"""A mesh of two domains for tests of its sources: `north` in a PostgreSQL that can be hurt, `south` in a CSV file."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import yaml

from gateway.audit import AuditRecord, records
from gateway.opening import OpenMesh, open_mesh
from gateway.query.pipeline import run
from gateway.query.request import Request, Result
from gateway.server import Server
from gateway.settings import load_settings
from tests.servers import PostgresServer

MANY = 400_000
"""Rows of `big`: some 40 MB on the wire, far more than sockets and buffers between source and reader hold."""

TABLES = (
    """CREATE TABLE orders (id bigint PRIMARY KEY, region text NOT NULL, email text NOT NULL, note text NOT NULL,
       api_key text NOT NULL, amount numeric(12,2) NOT NULL)""",
    """INSERT INTO orders VALUES
       (1, 'EU', 'CANARY-MASKED-1@example.com', '1', 'CANARY-DENIED-1', 10.50),
       (2, 'EU', 'CANARY-MASKED-2@example.com', '2', 'CANARY-DENIED-2', 20.00),
       (3, 'US', 'CANARY-HIDDEN-3@example.com', 'CANARY-HIDDEN-NOTE', 'CANARY-DENIED-3', 31337.42)""",
    f"""CREATE TABLE big AS SELECT i::bigint AS id, repeat('x', 80) AS payload, (i % 7)::int AS kind
        FROM generate_series(1, {MANY}) i""",
    "CREATE VIEW slow AS SELECT i::bigint AS id, pg_sleep(120)::text AS waited FROM generate_series(1, 5) i",
)
RELATIONS = {
    "orders": {
        "id": "bigint",
        "region": "text",
        "email": "text",
        "note": "text",
        "api_key": "text",
        "amount": "decimal(12,2)",
    },
    "big": {"id": "bigint", "payload": "text", "kind": "integer"},
    "slow": {"id": "bigint", "waited": "text"},
}
NORTH = """
p,  n1, user:ana,   north, north.orders,         select, own_region, -, -, allow
p,  n2, user:ana,   north, north.big,            select, *,          -, -, allow
p,  n3, user:ana,   north, north.slow,           select, *,          -, -, allow
p,  n4, user:ana,   north, north.orders.api_key, select, *,          -, -, deny
p3, n5, user:ana,   north, north.orders.email,   partial, 10, -, -
"""
SOUTH = "p, s1, role:any, south, south.regions, select, *, -, -, allow\n"


def write_mesh(folder: Path, *, pool: int = 4, limits: str = "") -> Path:
    """`north`: all RELATIONS from PostgreSQL. `south`: one CSV file. Principals ana and, without rights, eve."""
    (folder / "domains").mkdir(parents=True)
    text = f'name = "m"\n[endpoints]\npostgres = "127.0.0.1:0"\n[limits]\n{limits}\n'
    (folder / "mesh.toml").write_text(text)
    people = {
        "ana": {"password": "ana-ana-ana", "attributes": {"region": "EU"}},
        "eve": {"password": "eve-eve"},
    }
    (folder / "principals.yaml").write_text(yaml.safe_dump({"principals": people}))
    crm = {"connector": "postgres", "uri": "${NORTH_URI}", "pool": pool, "pool_timeout": 2}
    _write_domain(folder, "north", {"crm": crm}, NORTH, {"own_region": "region = principal.region"})
    for name, columns in RELATIONS.items():
        _write_product(folder, "north", name, f"crm.{name}", columns)
    _write_domain(folder, "south", {"lake": {"connector": "files", "path": "./lake"}}, SOUTH, {})
    _write_product(folder, "south", "regions", "lake.regions", {"name": "text", "title": "text"})
    lake = folder / "domains" / "south" / "lake"
    lake.mkdir()
    (lake / "regions.csv").write_text("name,title\nEU,Europe\nUS,United States\n")
    return folder


def _write_domain(folder: Path, name: str, sources: object, policies: str, filters: dict[str, str]) -> None:
    place = folder / "domains" / name
    place.mkdir()
    owner = {"team": f"{name} team", "email": f"{name}@example.com"}
    document = {"domain": name, "title": name, "owner": owner, "sources": sources, "filters": filters}
    (place / "domain.yaml").write_text(yaml.safe_dump(document))
    (place / "policies.csv").write_text(policies)


def _write_product(folder: Path, domain: str, name: str, table: str, columns: dict[str, str]) -> None:
    place = folder / "domains" / domain / "products" / name
    place.mkdir(parents=True)
    properties = [
        {"name": column, "logicalType": "string", "physicalType": kind} for column, kind in columns.items()
    ]
    schema = {"name": name, "physicalName": table, "logicalType": "object", "properties": properties}
    identity = {"id": name, "name": name, "version": "1.0.0", "status": "active", "domain": domain}
    contract = {"apiVersion": "v3.1.0", "kind": "DataContract", **identity, "schema": [schema]}
    (place / "contract.odcs.yaml").write_text(yaml.safe_dump(contract))


@contextmanager
def opened(folder: Path, uri: str) -> Iterator[OpenMesh]:
    with closing(open_mesh(folder, {"NORTH_URI": uri})) as mesh:
        yield mesh


def asked(mesh: OpenMesh, sql: str, name: str = "ana") -> Result:
    principal = mesh.principals.principal(name)
    assert principal is not None
    return run(Request(sql, principal, "test"), mesh.mesh)


def rows(result: Result) -> list[tuple[object, ...]]:
    return [
        row for batch in result.batches() for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)
    ]


def last_record(mesh: OpenMesh) -> AuditRecord:
    return list(records(mesh.settings.audit_directory))[-1]


def running_at(server: PostgresServer) -> int:
    """How many of the gateway's statements the source works on."""
    activity = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'meshgate%' AND state = 'active'"
    )
    count = server.query(activity)[0][0]
    assert isinstance(count, int)
    return count


def wait_for(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


@contextmanager
def gateway(folder: Path, server: PostgresServer) -> Iterator[int]:
    """The port of a running PostgreSQL endpoint."""
    running = Server(load_settings(folder, {"NORTH_URI": server.uri()}))
    running.start()
    try:
        yield running.addresses["postgres"].port
    finally:
        running.stop(1)


@contextmanager
def connected(port: int) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(f"postgresql://ana:ana-ana-ana@127.0.0.1:{port}/m", autocommit=True) as client:
        yield client
