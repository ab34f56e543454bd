"""A PostgreSQL that a gateway shares with others: their roles, databases, comments, settings, sessions and another
gateway. Whatever is theirs has `intruder` in its name or its text."""

import atexit
from contextlib import ExitStack
from functools import cache

import psycopg

from gateway.frontends.listing import Definition, definition
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.query.pipeline import visible_to
from gateway.query.request import Request
from policies.principal import Principal
from tests.catalog_asking import Asking
from tests.security.worlds import builder
from tests.servers import PostgresServer, postgres_server

SETTINGS = ("wal_level=replica", "max_wal_senders=4", "max_prepared_transactions=4")
OTHERS = """
SELECT count(lo_create(0)) FROM generate_series(1, 2000)
CREATE ROLE intruder_role LOGIN PASSWORD 'intruder'; CREATE ROLE intruder_group; GRANT intruder_group TO intruder_role
CREATE DATABASE intruder_database; COMMENT ON DATABASE intruder_database IS 'intruder'
COMMENT ON ROLE intruder_role IS 'intruder'; COMMENT ON DATABASE postgres IS 'intruder'
SET allow_in_place_tablespaces = on; CREATE TABLESPACE intruder_space LOCATION ''
COMMENT ON TABLESPACE intruder_space IS 'intruder'; COMMENT ON TABLESPACE pg_default IS 'intruder'
ALTER ROLE intruder_role SET search_path = 'intruder'; ALTER DATABASE postgres SET DateStyle = 'German'
SELECT pg_create_physical_replication_slot('intruder_slot'); SELECT pg_replication_origin_create('intruder_origin')
CREATE TABLE intruder_table (id integer); GRANT SELECT ON intruder_table TO intruder_role; SELECT lo_create(4242)
CREATE PUBLICATION intruder_publication FOR ALL TABLES; SELECT pg_advisory_lock(4242)
ALTER SYSTEM SET TimeZone = 'Asia/Tokyo'; ALTER SYSTEM SET default_tablespace = 'intruder_space'
ALTER SYSTEM SET bytea_output = 'escape'; SELECT pg_reload_conf()
BEGIN; CREATE TABLE intruder_prepared (id integer); PREPARE TRANSACTION 'intruder_prepared'
DECLARE intruder_cursor CURSOR WITH HOLD FOR SELECT 'intruder'; PREPARE intruder_statement AS SELECT 'intruder'
""".strip()


@cache
def shared_server() -> PostgresServer:
    """One a process. Call this from the main thread first: the server ends with the thread that started it."""
    stack = ExitStack()
    atexit.register(stack.close)
    server = stack.enter_context(postgres_server(settings=SETTINGS))
    connection = stack.enter_context(psycopg.connect(server.uri(), autocommit=True))
    for statement in (part for line in OTHERS.splitlines() for part in line.split("; ")):
        connection.execute(statement.encode())
    other = Databases(lambda: server.uri("intruder_database"))
    stack.callback(other.close)
    assert Asking(other, seen("B", Principal("intruder"))).rows("SELECT 1")
    return server


@cache
def shared() -> Databases:
    """Of the gateway that shares it."""
    return Databases(shared_server().uri)


def seen(world: str, principal: Principal) -> Definition:
    mesh = builder(world).memory()
    try:
        return definition(visible_to(Request("", principal, "postgres"), mesh, 0.0))
    finally:
        mesh.engine.close()
