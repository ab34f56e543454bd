"""The gateway's own PostgreSQL, which answers for the catalog."""

import contextlib

from gateway.embedded import ServerError, postgres
from gateway.settings import Settings

SHARED = (
    'mesh.toml: system.postgres: only "embedded" is possible yet: a server that others use would tell of them'
)


class SystemPostgres:
    """One of the gateway's own, started when it is first asked for. Not yet one that others may use: its catalog tells
    of their roles and comments, so catalog statements are refused while `[system] postgres` names one."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._running = contextlib.ExitStack()

    def uri(self) -> str:
        """The administrator's address. Raises OSError."""
        if self._settings.system != "embedded":
            raise OSError(SHARED)
        try:
            return self._running.enter_context(postgres(self._settings.state / "postgres")).uri()
        except ServerError as error:
            raise OSError(str(error)) from error

    def stop(self) -> None:
        self._running.close()
