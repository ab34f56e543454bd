"""The whole life of a query, top to bottom."""

from gateway.query.mesh import Mesh
from gateway.query.request import Description, Request, Result


def run(request: Request, mesh: Mesh) -> Result:
    """Answer one statement. Every outcome leaves an audit record."""
    raise NotImplementedError


def describe(request: Request, mesh: Mesh) -> Description:
    """Say what `run` would answer with, without running it."""
    raise NotImplementedError
