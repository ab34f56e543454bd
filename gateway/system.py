"""The PostgreSQL that answers for the catalog: one of the gateway's own, or any that mesh.toml names."""

import contextlib

import psycopg

from gateway.embedded import Postgres, ServerError, postgres
from gateway.errors import ConfigurationError
from gateway.settings import Settings

EMBEDDED = "embedded"
OLDEST = 15
MEMORY = 512 << 20
"""Bytes of each connection's process, of which about half are there before a statement asks for any: functions of texts
and lists make gigabytes of a short statement."""
NOT_SUPERUSER = (
    "mesh.toml: system.postgres: the account of this address is no superuser, so it cannot make databases in which"
    " nothing of the server shows: name one that is, or leave the key out"
)
TOO_OLD = f"mesh.toml: system.postgres: name a server of PostgreSQL {OLDEST} or newer, or leave the key out"


class SystemPostgres:
    """`[system] postgres`: an address, whose account must be a superuser there, or `embedded`: started when it is first
    asked for, and again when it has died."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running = contextlib.ExitStack()
        self._server: Postgres | None = None

    def uri(self) -> str:
        """The administrator's address. Raises OSError."""
        if self._settings.system != EMBEDDED:
            return self._settings.system
        if self._server is None or not _answers(self._server.uri()):
            self.stop()
            self._server = self._started()
        return self._server.uri()

    def check(self) -> None:
        """Raises ConfigurationError for an address where the catalog could not be answered for. One that does not
        answer now may do so later."""
        if self._settings.system == EMBEDDED:
            return
        try:
            with psycopg.connect(self._settings.system, connect_timeout=5, autocommit=True) as connection:
                found = connection.execute("SELECT current_setting('is_superuser')").fetchone()
                version = connection.info.server_version
        except psycopg.Error:
            return
        if found != ("on",):
            raise ConfigurationError((NOT_SUPERUSER,))
        if version < OLDEST * 10_000:
            raise ConfigurationError((TOO_OLD,))

    def stop(self) -> None:
        self._running.close()

    def _started(self) -> Postgres:
        try:
            return self._running.enter_context(postgres(self._settings.state / "postgres", MEMORY))
        except ServerError as error:
            raise OSError(str(error)) from error


def _answers(uri: str) -> bool:
    try:
        psycopg.connect(uri, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True
