"""The HTTP endpoint without sockets: a Flask application over a gateway."""

import threading
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, request

from gateway.frontends.contract import Gateway
from gateway.frontends.http.problems import problem
from gateway.frontends.http.routes import add_catalog, add_state, add_statements, refuse_unknown_questions

BODY_BYTES = 4_000_000
"""Of a request. A statement's text is bounded by limits.text_bytes; its parameters need room too."""

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
EXPOSED = "x-mesh-reference, retry-after, www-authenticate"


@dataclass(frozen=True, slots=True)
class Options:
    """`origins`: whose pages may read answers (CORS); `statements`: how many run at once;
    `connections`: how many clients there may be."""

    origins: tuple[str, ...] = ()
    statements: int = 32
    connections: int = 2_000


def create_app(gateway: Gateway, options: Options = Options()) -> Flask:
    app = Flask("meshgate", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = BODY_BYTES
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's provider has it
    refuse_unknown_questions(app)
    add_statements(app, gateway, threading.BoundedSemaphore(options.statements))
    add_catalog(app, gateway)
    add_state(app, gateway)
    app.register_error_handler(Exception, problem)
    app.after_request(lambda response: _secured(response, options.origins))
    return app


def _secured(response: Response, origins: tuple[str, ...]) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    origin = request.headers.get("Origin")
    if origins:
        response.vary.add("Origin")
    if origin in origins:
        response.headers.update(_shared_with(origin))
    return response


def _shared_with(origin: str) -> dict[str, Any]:
    """CORS. No credentials of the browser's: pages send their own Authorization."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Methods": "GET, POST, DELETE",
        "Access-Control-Allow-Headers": "authorization, content-type, accept, x-mesh-purpose",
        "Access-Control-Expose-Headers": EXPOSED,
        "Access-Control-Max-Age": "600",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
