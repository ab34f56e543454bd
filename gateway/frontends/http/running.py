"""The statements that run, as those who may know of them see them: their own, and operators all."""

from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import NotFound

from gateway.audit import AuditRecord
from gateway.query.visible import VisibleCatalog
from gateway.running import Statements


def listed(visible: VisibleCatalog, statements: Statements) -> list[dict[str, Any]]:
    return [_document(record) for record in _known(visible, statements)]


def cancel(visible: VisibleCatalog, statements: Statements, identifier: str) -> None:
    """Raises NotFound, in the same words for what does not run and for what is somebody else's."""
    known = any(record.id == identifier for record in _known(visible, statements))
    if not known or not statements.cancel(identifier):
        raise NotFound("no such statement runs")


def _known(visible: VisibleCatalog, statements: Statements) -> list[AuditRecord]:
    principal = visible.principal
    everybody = visible.policies.administers(principal, visible.circumstances)
    return [record for record in statements.running() if everybody or record.principal == principal.name]


def _document(record: AuditRecord) -> dict[str, Any]:
    return {
        "id": record.id,
        "began": datetime.fromtimestamp(record.time, UTC).isoformat(),
        "principal": record.principal,
        "endpoint": record.endpoint,
        "purpose": record.purpose,
        "statement": record.statement,
        "relations": list(record.relations),
    }
