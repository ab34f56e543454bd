"""Statements about the catalog under the policies of now, on record as any other."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Protocol

from gateway.frontends.listing import definition
from gateway.frontends.pgwire.metadata.databases import Databases
from gateway.frontends.pgwire.metadata.question import Described, Given, Question, Rows, Running, Who
from gateway.frontends.pgwire.metadata.routing import Asked
from gateway.query.mesh import Mesh
from gateway.query.pipeline import opened, refusals_on_record, visible_to
from gateway.query.request import Request
from gateway.query.result import closed

RECORDED = ("pg_catalog",)
"""The relations that the audit names: which of the catalog's are read tells nothing of the mesh's data."""


@dataclass(frozen=True, slots=True)
class CatalogStatement:
    """A request, how PostgreSQL is asked for it, the parameters' OIDs as the client declared them, and the session's
    number in cancel keys."""

    request: Request
    asked: Asked
    types: tuple[int, ...] = ()
    process: int = 0


Formats = Callable[[int], tuple[int, ...]]
"""The format of each column, by how many there are."""


class CatalogAnswers(Protocol):
    """Errors of both: Refused and Failed ones, as of any statement."""

    def describe(self, statement: CatalogStatement, running: Running) -> Described: ...

    def run(
        self, statement: CatalogStatement, values: Sequence[Given], formats: Formats, running: Running
    ) -> Rows: ...


Taken = Callable[[Request], AbstractContextManager[tuple[Request, Mesh]]]
"""The request as the identity provider has its principal now, and the mesh in force, kept open meanwhile."""


@dataclass(frozen=True, slots=True)
class GovernedCatalog:
    """The `CatalogAnswers` of a gateway."""

    taken: Taken
    databases: Databases

    def describe(self, statement: CatalogStatement, running: Running) -> Described:
        with self.taken(statement.request) as (request, mesh):
            record = replace(opened(request), relations=RECORDED)
            with refusals_on_record(record, mesh):
                question = _question(statement, request, mesh, record.time)
                return self.databases.describe(question, running)

    def run(
        self, statement: CatalogStatement, values: Sequence[Given], formats: Formats, running: Running
    ) -> Rows:
        with self.taken(statement.request) as (request, mesh):
            record = replace(opened(request), relations=RECORDED)
            with refusals_on_record(record, mesh):
                question = _question(statement, request, mesh, record.time)
                mesh.audit.write(record)
                found = self.databases.run(question, values, formats, running)
            size = sum(len(value) for row in found.rows for value in row if value is not None)
            mesh.audit.write(closed(replace(record, rows=len(found.rows), bytes=size), None))
            return found


def _question(statement: CatalogStatement, request: Request, mesh: Mesh, now: float) -> Question:
    known = definition(visible_to(request, mesh, now))
    who = Who(request.principal.name, mesh.catalog.name, request.settings, statement.process)
    return Question(statement.asked, statement.types, who, known)
