"""Statements about the catalog as PostgreSQL gets them: nothing is rewritten, so more can be tried than by a client."""

from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.errors import MeshgateError
from gateway.frontends.listing import Definition
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.frontends.pgwire.metadata.governed import Formats
from gateway.frontends.pgwire.metadata.question import Question, Running, Who
from gateway.frontends.pgwire.metadata.routing import Asked

ANA = Who("ana", "mesh", MappingProxyType({"server_version": "16.3", "TimeZone": "UTC"}))
NOTHING = Definition((), ())


def _texts(count: int) -> tuple[int, ...]:
    return (0,) * count


@dataclass(frozen=True, slots=True)
class Asking:
    databases: Databases
    known: Definition = NOTHING
    who: Who = field(default=ANA)

    def rows(self, text: str, formats: Formats = _texts) -> tuple[tuple[bytes | None, ...], ...]:
        """Raises MeshgateError."""
        question = Question(Asked(text, ()), (), self.who, self.known)
        return self.databases.run(question, (), formats, Running()).rows

    def told(self, text: str) -> str:
        """Rows, a line each, or the error."""
        try:
            return "\n".join(map(repr, self.rows(text)))
        except MeshgateError as error:
            return f"{error.sqlstate} {error}"
