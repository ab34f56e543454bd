"""The PostgreSQL that answers for the catalog: one of the gateway's own, or any that mesh.toml names."""

import contextlib

import psycopg

from gateway.embedded import Postgres, ServerError, postgres
from gateway.settings import Settings

EMBEDDED = "embedded"


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

    def stop(self) -> None:
        self._running.close()

    def _started(self) -> Postgres:
        try:
            return self._running.enter_context(postgres(self._settings.state / "postgres"))
        except ServerError as error:
            raise OSError(str(error)) from error


def _answers(uri: str) -> bool:
    try:
        psycopg.connect(uri, connect_timeout=5).close()
    except psycopg.Error:
        return False
    return True
