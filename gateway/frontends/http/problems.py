"""Errors as clients see them: problem+json (RFC 9457), in the words of the error tree only."""

import json
import logging
from http import HTTPStatus

from flask import Response
from werkzeug.exceptions import HTTPException

from gateway.errors import (
    AuthenticationFailed,
    Failed,
    InternalFailure,
    MeshgateError,
    ProtocolViolation,
    Refused,
)

LOG = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
CHALLENGE = 'Basic realm="meshgate", charset="UTF-8", Bearer'


class BadRequest(ProtocolViolation):
    """The request is not what the OpenAPI document describes."""


class UnsupportedMedia(BadRequest):
    http_status = 415


class TooManyStatements(Refused):
    sqlstate = "53300"
    http_status = 503


def problem(error: Exception) -> Response:
    """A failure names its audit record, so that the operator finds what really happened."""
    if isinstance(error, HTTPException):
        return _plain(error)
    if not isinstance(error, MeshgateError):
        LOG.error("unexpected error in an HTTP request", exc_info=error)
        error = InternalFailure()
    document = {
        "title": _phrase(error.http_status),
        "status": error.http_status,
        "detail": str(error),
        "sqlstate": error.sqlstate,
        "hint": error.hint,
        "position": error.position,
        "reference": error.reference if isinstance(error, Failed) else None,
    }
    answer = _answer({name: value for name, value in document.items() if value is not None})
    if isinstance(error, AuthenticationFailed):
        answer.headers["WWW-Authenticate"] = CHALLENGE
    if error.http_status == HTTPStatus.SERVICE_UNAVAILABLE:
        answer.headers["Retry-After"] = "1" if isinstance(error, TooManyStatements) else "10"
    return answer


def _plain(error: HTTPException) -> Response:
    """What the framework says of a path, a method or a body."""
    status = error.code or 500
    document = {"title": _phrase(status), "status": status, "detail": error.description or ""}
    answer = _answer(document)
    allowed = dict(error.get_headers()).get("Allow")
    if allowed:
        answer.headers["Allow"] = allowed
    return answer


def _answer(document: dict[str, object]) -> Response:
    return Response(f"{json.dumps(document)}\n", int(str(document["status"])), mimetype=MEDIA_TYPE)


def _phrase(status: int) -> str:
    return "Client Closed Request" if status == 499 else HTTPStatus(status).phrase
