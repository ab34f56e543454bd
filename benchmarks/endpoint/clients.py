"""Clients that read all rows of a peer, each in its own way. Each says how many rows came, if it knows."""

import asyncio
import os
import subprocess
from collections.abc import Callable
from functools import partial

import adbc_driver_postgresql.dbapi as adbc
import asyncpg
import psycopg
from psycopg import pq

from benchmarks.endpoint.data import Peer
from tests.servers import postgres_binaries

CHUNK_ROWS = 1_000

Client = Callable[[Peer], int | None]


def with_psql(peer: Peer) -> None:
    command = [str(postgres_binaries() / "psql"), "-XqAt", peer.uri, "-o", os.devnull, "-c", peer.sql]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def with_psycopg(peer: Peer, *, binary: bool) -> int:
    with psycopg.connect(peer.uri, autocommit=True) as connection, connection.cursor(binary=binary) as cursor:
        return len(cursor.execute(peer.sql.encode()).fetchall())


def with_libpq(peer: Peer, *, binary: bool) -> int:
    """The client that costs least: rows are received and dropped."""
    return dropped_rows(peer.uri, peer.sql, binary=binary)


def with_asyncpg(peer: Peer) -> int:
    async def fetch() -> int:
        connection = await asyncpg.connect(peer.uri)
        try:
            return len(await connection.fetch(peer.sql))
        finally:
            await connection.close()

    return asyncio.run(fetch())


def with_adbc(peer: Peer) -> int:
    with adbc.connect(peer.uri, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(peer.sql)
        return sum(batch.num_rows for batch in cursor.fetch_record_batch())


def with_copy(peer: Peer, *, form: str) -> None:
    sql = f"COPY ({peer.sql}) TO STDOUT (FORMAT {form})"
    with (
        psycopg.connect(peer.uri, autocommit=True) as connection,
        connection.cursor() as cursor,
        cursor.copy(sql.encode()) as copied,
    ):
        for _ in copied:
            pass


CLIENTS: dict[str, Client] = {
    "psql": with_psql,
    "libpq, simple, text": partial(with_libpq, binary=False),
    "libpq, extended, binary": partial(with_libpq, binary=True),
    "psycopg fetchall, text": partial(with_psycopg, binary=False),
    "psycopg fetchall, binary": partial(with_psycopg, binary=True),
    "asyncpg fetch": with_asyncpg,
    "ADBC": with_adbc,
    "COPY, text": partial(with_copy, form="text"),
    "COPY, csv": partial(with_copy, form="csv"),
    "COPY, binary": partial(with_copy, form="binary"),
}


def dropped_rows(uri: str, sql: str, *, binary: bool = True) -> int:
    """How many rows came. Never more than a thousand in memory."""
    connection = pq.PGconn.connect(uri.encode())
    try:
        if binary:
            connection.send_query_params(sql.encode(), None, result_format=pq.Format.BINARY)
        else:
            connection.send_query(sql.encode())
        connection.set_chunked_rows_mode(CHUNK_ROWS)
        rows = 0
        while (result := connection.get_result()) is not None:
            if result.status == pq.ExecStatus.FATAL_ERROR:
                raise RuntimeError(result.error_message.decode())
            rows += result.ntuples
            result.clear()
        return rows
    finally:
        connection.finish()
