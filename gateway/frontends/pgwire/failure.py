"""Errors as clients see them, and the reasons a running statement is stopped for."""

import logging

from gateway.errors import Failed, InternalFailure, MeshgateError, QueryCanceled
from gateway.frontends.pgwire.messages import Notice

LOG = logging.getLogger(__name__)


def error_response(error: Exception, *, severity: str = "ERROR", start: int = 0) -> bytes:
    """In the words of the error tree only; anything else is logged and becomes an internal failure.

    A failure names its audit record, so that the operator finds what really happened. `start`: where the
    statement begins in the text that positions count in.
    """
    if not isinstance(error, MeshgateError):
        LOG.error("unexpected error in a PostgreSQL session", exc_info=error)
        error = InternalFailure()
    position = None if error.position is None else error.position + start
    detail = f"reference {error.reference}" if isinstance(error, Failed) and error.reference else None
    return Notice(severity, error.sqlstate, str(error), error.hint, position, detail).encoded()


def canceled_by_user() -> QueryCanceled:
    return QueryCanceled("canceling statement due to user request")


def canceled_by_timeout() -> QueryCanceled:
    return QueryCanceled("canceling statement due to statement timeout")
