"""Fills the demo's sources: two PostgreSQL databases, a SQLite file and Parquet files."""

import io
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from psycopg import sql

from gateway.embedded import Postgres

READER = "meshgate_reader"
BATCH_ROWS = 20_000

CUSTOMERS = """
CREATE TABLE customers (
    customer_id bigint PRIMARY KEY, full_name text NOT NULL, email text NOT NULL, phone text NOT NULL,
    region text NOT NULL, segment text NOT NULL, customer_since date NOT NULL, lead_id bigint,
    credit_limit numeric(12,2) NOT NULL DEFAULT 500
)"""
ORDERS = """
CREATE TABLE orders (
    order_id bigint PRIMARY KEY, customer_id bigint NOT NULL, region text NOT NULL,
    ordered_at timestamptz NOT NULL, promised_on date NOT NULL, shipped_at timestamptz,
    shipped_on date, status text NOT NULL,
    amount numeric(12,2) NOT NULL, currency text NOT NULL, campaign_id bigint, is_test boolean NOT NULL
)"""
RETURNS = """
CREATE TABLE returns (
    return_id bigint PRIMARY KEY, order_id bigint NOT NULL UNIQUE, returned_on date NOT NULL,
    reason text NOT NULL, resolution text NOT NULL, refund numeric(12,2) NOT NULL
)"""
PARCELS = """
CREATE TABLE parcels (
    parcel_id TEXT PRIMARY KEY, order_id INTEGER NOT NULL, attempt INTEGER NOT NULL, carrier TEXT NOT NULL,
    weight_g INTEGER NOT NULL, handed_over TEXT NOT NULL, delivered_on TEXT
)"""


def create_database(server: Postgres, database: str) -> None:
    """An empty database in place of the one that may be there, and the role that the gateway reads with."""
    name, role = sql.Identifier(database), sql.Identifier(READER)
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
        connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(role))
        connection.execute(sql.SQL("CREATE ROLE {} NOINHERIT CONNECTION LIMIT 30").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(role))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(name))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))


def reader_uri(server: Postgres, database: str) -> str:
    """The address that the gateway reads `database` at. Its password is new each time."""
    password = secrets.token_urlsafe(24)
    with psycopg.connect(server.uri(), autocommit=True) as connection:
        verifier = connection.pgconn.encrypt_password(password.encode(), READER.encode(), b"scram-sha-256")
        change = sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}")
        connection.execute(change.format(sql.Identifier(READER), sql.Literal(verifier.decode())))
    return server.uri(database, READER, password)


def fill_postgres(server: Postgres, database: str, definition: str, name: str, rows: pa.Table) -> None:
    """Make table `name` and load it. In one transaction, so that PostgreSQL writes no log for it."""
    columns = sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(sql.Identifier(name), columns)
    grant = sql.SQL("GRANT SELECT ON {} TO {}").format(sql.Identifier(name), sql.Identifier(READER))
    with psycopg.connect(server.uri(database)) as connection, connection.cursor() as cursor:
        cursor.execute(definition.encode())
        with cursor.copy(copy) as target:
            for text in _csv(rows):
                target.write(text)
        cursor.execute(grant)
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(name)))


def _csv(rows: pa.Table) -> Iterator[bytes]:
    """CSV as PostgreSQL reads it: NULL is the empty field."""
    options = pa_csv.WriteOptions(include_header=False)
    for batch in rows.to_batches(max_chunksize=BATCH_ROWS):
        text = io.BytesIO()
        pa_csv.write_csv(batch, text, options)
        yield text.getvalue()


def fill_sqlite(path: Path, parcels: pa.Table) -> None:
    """The parcels as a scanner's software keeps them: dates and instants are text."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    with closing(sqlite3.connect(new)) as connection, connection:
        connection.execute(PARCELS)
        connection.executemany("INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?, ?)", _parcel_rows(parcels))
        connection.execute("CREATE INDEX parcels_order ON parcels (order_id)")
    new.replace(path)


def _parcel_rows(parcels: pa.Table) -> Iterator[tuple[object, ...]]:
    instants = parcels["handed_over"].cast(pa.timestamp("s")).cast(pa.string())
    delivered = parcels["delivered_on"].cast(pa.string())
    plain = (
        parcels[name].to_pylist() for name in ("parcel_id", "order_id", "attempt", "carrier", "weight_g")
    )
    return zip(*plain, (f"{text}+00:00" for text in instants.to_pylist()), delivered.to_pylist(), strict=True)


def fill_lake(folder: Path, leads: pa.Table, campaigns: pa.Table) -> None:
    folder.mkdir(exist_ok=True)
    for name, rows in (("leads", leads), ("campaigns", campaigns)):
        pq.write_table(rows, folder / f"{name}.parquet", compression="zstd")
