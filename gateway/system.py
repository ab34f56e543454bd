"""The gateway's own PostgreSQL, which answers for the catalog."""

import contextlib

from gateway.embedded import ServerError, postgres
from gateway.settings import Settings


class SystemPostgres:
    """The one that `[system] postgres` names, or one of the gateway's own, started when it is first asked for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running = contextlib.ExitStack()

    def uri(self) -> str:
        """The administrator's address. Raises OSError."""
        if self._settings.system != "embedded":
            return self._settings.system
        try:
            return self._running.enter_context(postgres(self._settings.state / "postgres")).uri()
        except ServerError as error:
            raise OSError(str(error)) from error

    def stop(self) -> None:
        self._running.close()
