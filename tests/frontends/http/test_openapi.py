"""What is answered against what openapi.yaml promises, by schemathesis: requests of every kind that the document
allows, and of those that it does not."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks, positive_data_acceptance

from gateway.frontends.http.openapi import document
from tests.frontends.http.asking import Asked, basic

load_all_checks()
OPERATIONS = [each.ok() for each in schemathesis.openapi.from_dict(document()).get_all_operations()]
RANDOM_TEXTS = [positive_data_acceptance]
"""Not expected: most texts are no SQL, most names name nothing."""

few = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_document_is_served(asked: Asked) -> None:
    assert asked.ask("GET", "/v1/openapi.json", who=None).json == document()


def cases() -> list[Any]:
    """What asks for nothing cannot be asked wrongly."""
    found = []
    for operation in OPERATIONS:
        modes = (
            list(GenerationMode)
            if operation.definition.raw.get("security") != []
            else [GenerationMode.POSITIVE]
        )
        found += [pytest.param(operation, mode, id=f"{operation.label}-{mode.value}") for mode in modes]
    return found


@pytest.mark.parametrize(("operation", "mode"), cases())
@few
@given(data=st.data())
def test_every_answer_is_one_that_the_document_describes(
    asked: Asked, operation: Any, mode: GenerationMode, data: st.DataObject
) -> None:
    case = data.draw(operation.as_strategy(generation_mode=mode))
    case.call_and_validate(base_url=asked.url, headers=basic("ana"), excluded_checks=RANDOM_TEXTS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_nobody_is_answered_without_a_credential(asked: Asked, operation: Any) -> None:
    is_open = operation.definition.raw.get("security") == []
    path = operation.path.replace("{domain}", "sales").replace("{name}", "orders").replace("{id}", "x")
    answer = asked.ask(
        operation.method.upper(), path, {"sql": "SELECT 1"} if operation.body else None, who=None
    )
    assert answer.status == (200 if is_open else 401)
