"""A PostgreSQL that holds databases of this gateway, and perhaps of other gateways and of others altogether.

Everything that a gateway makes there carries a name of its own, and its oldest connection holds a lock of that name as
long as the gateway lives: what a gateway left behind that did not end well is dropped by the next one that starts.
"""

import json
import secrets
from collections.abc import Iterable
from contextlib import suppress

import psycopg
from psycopg import conninfo, pq
from psycopg.sql import SQL, Identifier, Literal

from gateway.frontends.pgwire.metadata import renumbered, rights, stand_in_views, stand_ins
from gateway.frontends.pgwire.metadata.asking import ConnectionLost
from gateway.frontends.pgwire.metadata.fixed_oids import Fixed

MARK = "meshgate"
LOCKS = 0x4D47 << 48
"""Advisory locks of gateways: these 16 bits, and the 48 of a gateway's name."""
ADMINISTRATOR = (
    "-c default_tablespace= -c default_table_access_method=heap -c idle_session_timeout=0 -c statement_timeout=0"
    " -c lc_messages=C -c search_path=pg_catalog"
)
"""What the server's own settings would change in the databases that are made."""
READER = {
    "temp_file_limit": "256MB",
    "jit": "off",
    "lc_messages": "C",
    "lc_monetary": "C",
    "lc_numeric": "C",
    "lc_time": "C",
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    "default_text_search_config": "pg_catalog.simple",
}
"""What the server's own settings would change in answers."""


class Cluster:
    """Open until `close`. `uri`: the address of an administrator who is a superuser. All raise psycopg.Error."""

    def __init__(self, uri: str) -> None:
        self._number = secrets.randbits(48)
        self._name = f"{MARK}_{self._number:012x}"
        self._template = f"{self._name}_t"
        self._password = secrets.token_urlsafe(24)
        self._uri = uri
        self._lease = self._administrator()
        try:
            self._lease.execute("SELECT pg_advisory_lock(%s)", (LOCKS | self._number,))
            self._drop_left_behind()
            self._make_account()
            self._make_template()
        except BaseException:
            self.close()
            raise

    def create(self, statements: Iterable[str], fixed: Iterable[Fixed] = ()) -> str:
        """A new database from the template, with the OIDs that are `fixed`; its name."""
        self._lease.execute("SELECT 1")  # without it another gateway may drop what is made
        name = f"{self._name}_{secrets.token_hex(8)}"
        with self._administrator() as admin:
            _make(admin, name, self._template, self._name)
        with self._administrator(name) as admin, admin.transaction():
            admin.execute(";\n".join(statements).encode())
        self._renumber(name, fixed)
        return name

    def _renumber(self, database: str, fixed: Iterable[Fixed] = ()) -> None:
        """Over a connection that knows nothing of what was made there."""
        with self._administrator(database) as admin:
            admin.execute("SET allow_system_table_mods = on")
            admin.execute("SELECT set_config(%s, %s, false)", (renumbered.FIXED, json.dumps(list(fixed))))
            admin.execute(renumbered.STATEMENT.encode())

    def has(self, name: str) -> bool:
        """Whether a database is still there, and the server."""
        try:
            found = self._lease.execute("SELECT FROM pg_database WHERE datname = %s", (name,))
            return found.rowcount == 1
        except psycopg.Error:
            return False

    @property
    def lost(self) -> bool:
        """Whether another gateway may drop what is made: the lock is gone with its connection."""
        return self._lease.closed

    def drop(self, name: str) -> None:
        with suppress(psycopg.Error), self._administrator() as admin:
            _drop(admin, name)

    def connection(self, database: str) -> pq.abc.PGconn:
        """As the account that may read the catalog only. Raises ConnectionLost."""
        where = conninfo.make_conninfo(
            self._uri, dbname=database, user=self._name, password=self._password, client_encoding="utf8"
        )
        connection = pq.PGconn.connect(where.encode())
        if connection.status != pq.ConnStatus.OK:
            connection.finish()
            raise ConnectionLost
        return connection

    def close(self) -> None:
        """Drop what was made, if the server still answers."""
        with suppress(psycopg.Error), self._administrator() as admin:
            _drop_all(admin, self._name)
        self._lease.close()

    def _administrator(self, database: str | None = None) -> "psycopg.Connection[tuple[object, ...]]":
        where = conninfo.make_conninfo(self._uri, **({"dbname": database} if database else {}))
        return psycopg.connect(where, autocommit=True, options=ADMINISTRATOR)

    def _drop_left_behind(self) -> None:
        """An answer of all databases of the server: the lock is of one, and gateways may come in by another."""
        alive = {
            f"{MARK}_{int(str(number)):012x}"
            for (number,) in self._lease.execute(
                "SELECT ((classid::bigint << 32) | objid::bigint) & ((1::bigint << 48) - 1) FROM pg_locks"
                " WHERE locktype = 'advisory' AND objsubid = 1 AND classid::bigint >> 16 = %s",
                (LOCKS >> 48,),
            )
        }
        roles = self._lease.execute(
            "SELECT rolname FROM pg_roles WHERE rolname ~ %s", (f"^{MARK}_[0-9a-f]{{12}}$",)
        )
        for (role,) in roles.fetchall():
            if role not in alive:
                with suppress(psycopg.Error):  # another gateway that starts now may have been faster
                    _drop_all(self._lease, str(role))

    def _make_account(self) -> None:
        account = Identifier(self._name)
        self._lease.execute(
            SQL("CREATE ROLE {} LOGIN NOINHERIT PASSWORD {}").format(account, Literal(self._password))
        )
        for name, value in READER.items():
            statement = SQL("ALTER ROLE {} SET {} = {}").format(account, SQL(name), Literal(value))
            self._lease.execute(statement)

    def _make_template(self) -> None:
        _make(self._lease, self._template, "template0", None)
        with self._administrator(self._template) as admin:
            admin.execute("SET allow_system_table_mods = on")
            for statement in (*stand_ins.STATEMENTS, *stand_in_views.STATEMENTS, *rights.STATEMENTS):
                admin.execute(statement.encode())
        self._renumber(self._template)


def _make(
    admin: "psycopg.Connection[tuple[object, ...]]", name: str, template: str, reader: str | None
) -> None:
    new = Identifier(name)
    statement = SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' LOCALE 'C'")
    admin.execute(statement.format(new, Identifier(template)))
    admin.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(new))
    if reader:
        admin.execute(SQL("GRANT CONNECT ON DATABASE {} TO {}").format(new, Identifier(reader)))


def _drop(admin: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    admin.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _drop_all(admin: "psycopg.Connection[tuple[object, ...]]", owner: str) -> None:
    """Databases and the account of one gateway."""
    names = admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"{owner}_",))
    for (name,) in names.fetchall():
        _drop(admin, str(name))
    admin.execute(SQL("DROP ROLE IF EXISTS {}").format(Identifier(owner)))
