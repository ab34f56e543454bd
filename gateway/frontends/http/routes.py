"""Which request asks what of the gateway, as openapi.yaml describes it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from threading import BoundedSemaphore

from flask import Flask, Response, jsonify, request

from gateway.frontends.contract import Gateway
from gateway.frontends.http import catalog, running
from gateway.frontends.http.answers import accepted, answered
from gateway.frontends.http.asked import asker, statement
from gateway.frontends.http.explain import explained
from gateway.frontends.http.openapi import document
from gateway.frontends.http.problems import BadRequest, TooManyStatements
from gateway.query.visible import VisibleCatalog


def add_statements(app: Flask, gateway: Gateway, room: BoundedSemaphore) -> None:
    """`room`: for so many at once."""

    @app.post("/v1/query")
    def query() -> Response:
        asked = statement(request, gateway.identities())
        taken = accepted(request)
        with _taken(room) as stack:
            response = answered(request, gateway.run(asked), taken)
            response.call_on_close(stack.pop_all().close)
        return response

    @app.post("/v1/explain")
    def explain() -> Response:
        asked = statement(request, gateway.identities())
        with _taken(room):
            return jsonify(explained(gateway, asked))

    @app.get("/v1/queries")
    def queries() -> Response:
        return jsonify(queries=running.listed(_visible(gateway), gateway.statements))

    @app.delete("/v1/queries/<identifier>")
    def cancel(identifier: str) -> Response:
        running.cancel(_visible(gateway), gateway.statements, identifier)
        return Response(status=HTTPStatus.NO_CONTENT)


@contextmanager
def _taken(room: BoundedSemaphore) -> Iterator[ExitStack]:
    """A place in it, until the stack is closed."""
    if not room.acquire(blocking=False):
        raise TooManyStatements("too many statements run at this time, try again")
    with ExitStack() as stack:
        stack.callback(room.release)
        yield stack


def refuse_unknown_questions(app: Flask) -> None:
    """What stands after the `?` and means nothing would be left out of the answer in silence."""

    @app.before_request
    def known() -> None:
        if request.path.startswith("/v1/") and request.endpoint is not None:
            for name, values in request.args.lists():
                if name not in _QUESTIONS.get(request.endpoint, ()) or len(values) > 1:
                    raise BadRequest(
                        f"the parameter {json.dumps(name[:100])} is not known here, or given twice"
                    )


def add_catalog(app: Flask, gateway: Gateway) -> None:
    for path, tell in _CATALOG.items():
        app.get(f"/v1/catalog/{path}", endpoint=path)(partial(_told, gateway, tell))


def _told(gateway: Gateway, tell: Callable[..., catalog.Document], **names: str) -> Response:
    return jsonify(tell(catalog.seen(_visible(gateway)), **names))


def _search(mesh: catalog.Seen) -> catalog.Document:
    words = request.args.get("q", "").strip()
    if not words:
        raise BadRequest("say what to look for: ?q=words")
    return {"found": catalog.search(mesh, words)}


_CATALOG: Mapping[str, Callable[..., catalog.Document]] = {
    "domains": lambda mesh: {"domains": catalog.domains(mesh)},
    "products": lambda mesh: {"products": catalog.products(mesh)},
    "products/<domain>/<name>": catalog.product,
    "relations": lambda mesh: {"relations": catalog.relations(mesh)},
    "relations/<domain>/<name>": catalog.relation,
    "search": _search,
}


_QUESTIONS = {"search": ("q",)}
"""Endpoint -> the parameters that it knows."""


def _visible(gateway: Gateway) -> VisibleCatalog:
    """What who asks sees now. The record says which path was asked for."""
    who = asker(request, gateway.identities())
    return gateway.visible(who.request(f"{request.method} {request.full_path.rstrip('?')}"))


def add_state(app: Flask, gateway: Gateway) -> None:
    """What needs no credential."""

    @app.get("/v1/openapi.json")
    def openapi() -> Response:
        return jsonify(document())

    @app.get("/healthz")
    def health() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    def ready() -> Response:
        gateway.version()  # raises ShuttingDown where there is no mesh to answer
        return jsonify(status="ok")
