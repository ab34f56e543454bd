"""TPC-H as a mesh: four domains over two PostgreSQL servers, a SQLite file and Parquet files."""

import io
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import yaml

from tests.servers import PostgresServer, postgres_server

QUERIES = Path(__file__).parent / "queries"
HASH_KEY = "the-key-of-the-tpch-mesh"
PASSWORD = "tpch-password"
PRIORITIES = ("1-URGENT", "3-MEDIUM", "5-LOW")
"""What principals under a row filter may see of the orders."""

TPCHGEN = Path(sys.executable).with_name("tpchgen-cli")
COPY_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a table lives: `domain.source`. `body` gives it a relation SQL instead of a `physicalName`."""

    domain: str
    source: str
    key: tuple[str, ...]
    body: bool = False


PLACES: Mapping[str, Place] = {
    "customer": Place("sales", "crm", ("c_custkey",)),
    "orders": Place("sales", "crm", ("o_orderkey",)),
    "lineitem": Place("logistics", "warehouse", ("l_orderkey", "l_linenumber")),
    "partsupp": Place("logistics", "warehouse", ("ps_partkey", "ps_suppkey"), body=True),
    "part": Place("parts", "book", ("p_partkey",)),
    "supplier": Place("parts", "book", ("s_suppkey",), body=True),
    "nation": Place("geo", "atlas", ("n_nationkey",)),
    "region": Place("geo", "atlas", ("r_regionkey",)),
}

Sources = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Domain -> source -> its entry in domain.yaml."""

SOURCES: Sources = {
    "sales": {"crm": {"connector": "postgres", "uri": "${SALES_CRM_URI}"}},
    "logistics": {"warehouse": {"connector": "postgres", "uri": "${LOGISTICS_WAREHOUSE_URI}"}},
    "parts": {"book": {"connector": "sqlite", "path": "./book.sqlite"}},
    "geo": {"atlas": {"connector": "files", "path": "./atlas"}},
}

MESH = """
name = "tpch"
[endpoints]
postgres = "127.0.0.1:0"
[identity]
principals = "principals.yaml"
[system]
state = "state"
[masks]
hash_key = "${MESH_HASH_KEY}"
[engine]
threads = 2
"""

PRINCIPALS: Mapping[str, Mapping[str, object]] = {
    "ana": {"groups": ["analysts"]},
    "max": {"groups": ["partners"], "attributes": {"priorities": list(PRIORITIES)}},
    "olga": {"groups": ["partners", "externals"], "attributes": {"priorities": list(PRIORITIES)}},
}

SALES_POLICIES = """
p,  sales-1, group:analysts,  sales, sales.*,                  select,  *,              -, -, allow
p,  sales-2, group:partners,  sales, sales.customer,           select,  *,              -, -, allow
p,  sales-3, group:partners,  sales, sales.orders,             select,  own_priorities, -, -, allow
p,  sales-4, group:externals, sales, sales.customer.c_acctbal, select,  *,              -, -, deny
p3, sales-5, group:partners,  sales, sales.customer.c_phone,   country, 10, -, -
p3, sales-6, group:partners,  sales, sales.customer.c_name,    partial, 10, -, -
p3, sales-7, group:externals, sales, sales.customer.c_name,    hash,    20, -, -
"""

SQL_TYPES = {
    pa.int64(): "bigint",
    pa.int32(): "integer",
    pa.string_view(): "text",
    pa.date32(): "date",
    pa.decimal128(15, 2): "decimal(15,2)",
}
LOGICAL = {"bigint": "integer", "integer": "integer", "text": "string", "date": "date"}


@dataclass(frozen=True, slots=True)
class TpchMesh:
    """A mesh folder with its sources up. `raw` holds the generated Parquet files, one a table."""

    folder: Path
    raw: Path
    environment: Mapping[str, str]
    crm: PostgresServer
    warehouse: PostgresServer


def statements() -> Mapping[str, str]:
    """The 22 queries by name, `q01` first."""
    return {path.stem: path.read_text() for path in sorted(QUERIES.glob("q*.sql"))}


@contextmanager
def tpch_mesh(scale: float) -> Iterator[TpchMesh]:
    """Generate, load and start everything in a temporary folder; all of it is gone at the end."""
    with ExitStack() as stack:
        base = Path(tempfile.mkdtemp(prefix="meshgate-tpch-"))
        stack.callback(shutil.rmtree, base, ignore_errors=True)
        raw, folder = base / "raw", base / "mesh"
        generate(raw, scale)
        crm, warehouse = stack.enter_context(postgres_server()), stack.enter_context(postgres_server())
        for server, tables in ((crm, ("customer", "orders")), (warehouse, ("lineitem", "partsupp"))):
            for table in tables:
                fill_postgres(server.uri(), raw, table)
        write_mesh(folder, raw)
        variables = {"SALES_CRM_URI": crm.uri(), "LOGISTICS_WAREHOUSE_URI": warehouse.uri()}
        secrets = {"MESH_HASH_KEY": HASH_KEY, "MESH_PASSWORD": PASSWORD}
        yield TpchMesh(folder, raw, {**os.environ, **variables, **secrets}, crm, warehouse)


def generate(raw: Path, scale: float) -> None:
    command = [str(TPCHGEN), "parquet", "-s", str(scale), f"--output-dir={raw}"]
    subprocess.run(command, check=True, capture_output=True)


# --- sources ---------------------------------------------------------------------------------------------


def fill_postgres(uri: str, raw: Path, table: str) -> None:
    """Rows first, key and statistics after."""
    rows = pq.ParquetFile(raw / f"{table}.parquet")
    columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in columns_of(raw, table))
    options = pa_csv.WriteOptions(include_header=False)
    with psycopg.connect(uri) as connection, connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {table} ({columns})".encode())
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)".encode()) as target:
            for batch in rows.iter_batches(COPY_ROWS):
                text = io.BytesIO()
                pa_csv.write_csv(_plain(batch), text, options)
                target.write(text.getvalue())
        cursor.execute(f"ALTER TABLE {table} ADD PRIMARY KEY ({', '.join(PLACES[table].key)})".encode())
        cursor.execute(f"ANALYZE {table}".encode())


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Arrow's CSV writer knows no string views."""
    views = pa.string_view()
    arrays = [array.cast(pa.string()) if array.type == views else array for array in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def fill_sqlite(path: Path, raw: Path, tables: tuple[str, ...]) -> None:
    """Decimals become what SQLite makes of them: integers where they are whole, doubles elsewhere."""
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in tables:
            columns = ", ".join(f"{name} {kind} NOT NULL" for name, kind in columns_of(raw, table))
            key = ", ".join(PLACES[table].key)
            connection.execute(f"CREATE TABLE {table} ({columns}, PRIMARY KEY ({key}))")
            rows = pq.read_table(raw / f"{table}.parquet")
            values = [
                column.cast(pa.string()).to_pylist()
                if pa.types.is_decimal(column.type)
                else column.to_pylist()
                for column in rows.columns
            ]
            marks = ", ".join("?" for _ in values)
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", zip(*values, strict=True))


def columns_of(raw: Path, table: str) -> tuple[tuple[str, str], ...]:
    """(name, SQL type) of a generated table."""
    return tuple((field.name, SQL_TYPES[field.type]) for field in pq.read_schema(raw / f"{table}.parquet"))


# --- the folder ------------------------------------------------------------------------------------------


def write_mesh(folder: Path, raw: Path) -> None:
    """The mesh of `SOURCES`, with its SQLite file and its Parquet files in it."""
    write_documents(folder, raw, SOURCES)
    fill_sqlite(folder / "domains" / "parts" / "book.sqlite", raw, ("part", "supplier"))
    lake = folder / "domains" / "geo" / "atlas"
    lake.mkdir()
    for table in ("nation", "region"):
        shutil.copy(raw / f"{table}.parquet", lake)


def write_documents(folder: Path, raw: Path, sources: Sources) -> None:
    folder.mkdir()
    (folder / "mesh.toml").write_text(MESH)
    people = {name: {"password": "${MESH_PASSWORD}", **entry} for name, entry in PRINCIPALS.items()}
    (folder / "principals.yaml").write_text(yaml.safe_dump({"principals": people}))
    for domain in sources:
        _write_domain(folder / "domains" / domain, domain, sources[domain])
    for table, place in PLACES.items():
        _write_product(folder / "domains" / place.domain / "products" / table, raw, table)


def _write_domain(folder: Path, domain: str, sources: Mapping[str, Mapping[str, str]]) -> None:
    folder.mkdir(parents=True)
    document: dict[str, object] = {
        "domain": domain,
        "title": domain.title(),
        "owner": {"team": f"{domain} team", "email": f"{domain}@example.com"},
        "sources": sources,
    }
    policies = f"p, {domain}-1, role:any, {domain}, {domain}.*, select, *, -, -, allow\n"
    if domain == "sales":
        document["filters"] = {"own_priorities": "o_orderpriority IN principal.priorities"}
        document["masks"] = {"country": "left(value, 2) || '-...'"}
        policies = SALES_POLICIES
    (folder / "domain.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    (folder / "policies.csv").write_text(policies)


def _write_product(folder: Path, raw: Path, table: str) -> None:
    place = PLACES[table]
    folder.mkdir(parents=True)
    columns = columns_of(raw, table)
    relation: dict[str, object] = {
        "name": table,
        "logicalType": "object",
        "properties": [_property(name, kind, place.key) for name, kind in columns],
    }
    if place.body:
        names = ",\n  ".join(name for name, _ in columns)
        (folder / f"{table}.sql").write_text(f"SELECT\n  {names}\nFROM {place.source}.{table}\n")
    else:
        relation["physicalName"] = f"{place.source}.{table}"
    contract = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"tpch-{table}",
        "name": table,
        "version": "1.0.0",
        "status": "active",
        "domain": place.domain,
        "schema": [relation],
    }
    (folder / "contract.odcs.yaml").write_text(yaml.safe_dump(contract, sort_keys=False))


def _property(name: str, kind: str, key: tuple[str, ...]) -> dict[str, object]:
    entry: dict[str, object] = {
        "name": name,
        "logicalType": LOGICAL.get(kind, "number"),
        "physicalType": kind,
        "required": True,
    }
    return entry | ({"primaryKey": True, "primaryKeyPosition": key.index(name) + 1} if name in key else {})
