"""POST /v1/explain: what a statement would answer with, and why, as its own principal may know."""

import json
from dataclasses import replace
from typing import Any

from gateway.frontends.contract import Gateway
from gateway.query.request import Parameter, Request


def explained(gateway: Gateway, asked: Request) -> dict[str, Any]:
    """Runs nothing of the statement, so its parameters may be left out. Each part is on record."""
    description = gateway.describe(asked)
    if not asked.parameters:
        unknown = tuple(Parameter(None, kind) for kind in description.parameters)
        asked = replace(asked, parameters=unknown)
    return {
        "parameters": list(description.parameters),
        "columns": [{"name": column.name, "type": column.type} for column in description.columns],
        "plan": _told(gateway, asked, "EXPLAIN (FORMAT JSON)"),
        "policy": _told(gateway, asked, "EXPLAIN (POLICY, FORMAT JSON)"),
    }


def _told(gateway: Gateway, asked: Request, question: str) -> Any:
    result = gateway.run(replace(asked, text=f"{question} {asked.text}"))
    try:
        lines = [str(text) for batch in result.batches() for text in batch.column(0).to_pylist()]
    finally:
        result.close()
    return json.loads("\n".join(lines))
