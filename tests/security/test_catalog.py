"""Statements about the catalog tell nothing of the host, of others, and of what the principal may not see."""

import re
from collections.abc import Iterator

import pytest

from tests.query.mesh import Told
from tests.security.drivers import OverPostgres
from tests.security.shared_server import shared
from tests.security.worlds import ANA, Worlds, builder

REFUSED = """
SELECT * FROM pg_authid; SELECT * FROM pg_catalog.pg_shadow; SELECT rolpassword FROM "pg_authid"
SELECT pg_read_file('/etc/passwd') FROM pg_class; SELECT pg_ls_dir('.') FROM pg_class
SELECT * FROM pg_class, sales.orders; SELECT (SELECT count(*) FROM sales.orders) FROM pg_class
SELECT * FROM pg_class c JOIN "sales"."orders" o ON true; TABLE pg_authid
SELECT pg_terminate_backend(1) FROM pg_class; SELECT pg_cancel_backend(1) FROM pg_class
SELECT query_to_xml('select 1', true, true, '') FROM pg_class; SELECT lo_import('/etc/passwd') FROM pg_class
SELECT pg_current_logfile() FROM pg_class; SELECT inet_server_addr(1) FROM pg_class
SELECT pg_catalog.current_database(1) FROM pg_class; SELECT pg_reload_conf() FROM pg_class
SELECT pg_advisory_lock(1) FROM pg_class; SELECT pg_stat_get_activity(NULL) FROM pg_class
SELECT setseed(0.5) FROM pg_class; SELECT pg_notify('a', 'b') FROM pg_class; SELECT nextval('x') FROM pg_class
SELECT U&"\\0070g_read_file"('/etc/passwd') FROM pg_class
SELECT current_setting('data_directory') FROM pg_class; SELECT dblink('x', 'y') FROM pg_class
WITH x AS (DELETE FROM pg_class RETURNING 1) SELECT * FROM x; SELECT 1 INTO pg_temp.x FROM pg_class
SELECT * FROM pg_hba_file_rules(); SELECT pg_export_snapshot() FROM pg_class; SELECT * FROM pg_get_loaded_modules()
""".strip()

TELLING = """
SELECT * FROM pg_database; SELECT * FROM pg_roles; SELECT * FROM pg_user; SELECT * FROM pg_settings
SELECT datid, datname, pid > 0, usename, client_addr, backend_start, query FROM pg_stat_activity
SELECT * FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
SELECT relname, relacl, relowner::regrole FROM pg_class WHERE relnamespace::regnamespace::text = 'sales'
SELECT * FROM information_schema.columns WHERE table_schema = 'sales'; SELECT * FROM pg_locks
SELECT pg_get_userbyid(n) FROM generate_series(1, 20000) AS t(n), pg_am WHERE amname = 'heap'
SELECT datname, pg_database_size(datname) FROM pg_catalog.pg_database; SELECT * FROM pg_available_extensions
SELECT * FROM information_schema.role_table_grants WHERE table_schema = 'sales'; SELECT * FROM pg_tablespace
SELECT * FROM information_schema.enabled_roles; SELECT * FROM information_schema.applicable_roles
SELECT description FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid > 16384
SELECT reltuples, relpages FROM pg_class WHERE relname = 'orders'
SELECT schemaname, relname, seq_scan, n_live_tup FROM pg_stat_user_tables
SELECT pg_total_relation_size(oid) FROM pg_class WHERE relname = 'orders'
SELECT conname FROM pg_constraint WHERE connamespace::regnamespace::text = 'sales'; SELECT * FROM pg_prepared_xacts
SELECT attname FROM pg_attribute WHERE attrelid = 'sales.orders'::regclass; SELECT version(), pg_backend_pid() > 0
SELECT inet_server_addr(), inet_client_addr(), pg_postmaster_start_time(); SELECT * FROM pg_cursors
SELECT c.xmin AS state, pg_catalog.age(c.xmin), "xmax", c.tableoid::regclass FROM pg_class c WHERE relname = 'pg_type'
SELECT * FROM pg_replication_slots; SELECT n::oid::regrole::text FROM generate_series(1, 20000) n, pg_am WHERE oid = 403
SELECT (aclexplode(relacl)).* FROM pg_class; SELECT proacl FROM pg_proc; SELECT nspname, nspacl FROM pg_namespace
SELECT prosrc FROM pg_proc WHERE pronamespace::regnamespace::text = 'information_schema'
SELECT relfrozenxid FROM pg_class
SELECT shobj_description(oid, 'pg_database') FROM pg_database; SELECT * FROM pg_shdescription
SELECT * FROM pg_shseclabel; SELECT * FROM pg_show_all_settings()
SELECT pg_has_role(rolname, 'USAGE'), has_schema_privilege(rolname, 'sales', 'USAGE') FROM pg_roles
SELECT has_tablespace_privilege(spcname, 'CREATE') FROM pg_tablespace; SELECT oid::regrole FROM pg_roles
SELECT acldefault('r', relowner), pg_relation_size('pg_authid') FROM pg_class WHERE relname = 'orders'
SELECT now()::text ~ '00$', current_setting('TimeZone') FROM pg_am WHERE oid = 403; SELECT * FROM pg_collation
""".strip()

HOST = re.compile(r"/(tmp|var|home|root|usr|etc)/|127\.0\.0\.1|meshgate_(demo|[0-9a-f]{6})|CANARY")


Clients = tuple[OverPostgres, OverPostgres]


def asked(clients: Clients, worlds: Worlds, sql: str) -> tuple[Told, Told]:
    first, second = clients
    return first.ask(worlds.first, sql, ANA, ()), second.ask(worlds.second, sql, ANA, ())


def each(text: str) -> list[str]:
    return [part.strip() for line in text.splitlines() for part in line.split("; ")]


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    """Of a gateway with a PostgreSQL of its own, and of one that shares it with others."""
    both = OverPostgres(), OverPostgres(databases=shared)
    yield both
    for client in both:
        client.close()


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    return Worlds(builder("A").memory(), builder("B").memory())


@pytest.mark.parametrize("sql", each(REFUSED))
def test_what_reaches_further_is_refused(clients: Clients, worlds: Worlds, sql: str) -> None:
    first, second = asked(clients, worlds, sql)
    assert first.error, first
    assert first == second
    assert first.sqlstate != "XX000"
    assert not HOST.search(repr(first)), first


@pytest.mark.parametrize("sql", each(TELLING))
def test_answers_tell_of_what_is_seen_only(clients: Clients, worlds: Worlds, sql: str) -> None:
    first, second = (told.unordered() for told in asked(clients, worlds, sql))
    assert not first.error, first
    assert first == second
    assert not HOST.search(repr(first)), HOST.search(repr(first))
    for hidden in ("margin", "api_key", "bob", "other_domain", "intruder"):
        assert hidden not in repr(first)
