"""Whatever names a consumer chooses, a statement means the same and shows no more."""

from collections.abc import Iterator

import pytest

import gateway.errors
from gateway.errors import Refused
from gateway.query.mesh import Mesh
from tests.query.mesh import Told, ask, close_mesh
from tests.security.shadowing import HARMLESS, NAMES, TEMPLATES, statement
from tests.security.worlds import ANA, builder
from tests.servers import PostgresServer

MOST_REFUSED = 3
"""Of the names in one template: a name may be one that the statement needs for something else."""


@pytest.fixture(scope="module")
def meshes(postgres: PostgresServer) -> Iterator[tuple[Mesh, ...]]:
    """Where the engine runs all of a statement, and where the source does."""
    made = (builder("A").memory(), builder("A").postgres(postgres, "shadowing"))
    yield made
    for mesh in made:
        close_mesh(mesh)


def kinds(told: Told) -> list[str]:
    return [kind for _, kind in told.columns]


@pytest.mark.parametrize("number", range(len(TEMPLATES)))
def test_a_name_changes_nothing(meshes: tuple[Mesh, ...], number: int) -> None:
    template = TEMPLATES[number]
    for mesh in meshes:
        plain = ask(mesh, statement(template, *HARMLESS), ANA)
        assert plain.rows, plain
        refused = 0
        for place, name in enumerate(NAMES):
            other = NAMES[(place + 7) % len(NAMES)] if place % 3 == 0 else HARMLESS[place % 2]
            pair = (name, other) if (place + number) % 2 else (other, name)
            told = ask(mesh, statement(template, *pair), ANA)
            if told.error:
                assert issubclass(getattr(gateway.errors, told.error), Refused), (pair, told)
                assert "CANARY" not in told.text
                refused += 1
            else:
                assert (told.rows, kinds(told)) == (plain.rows, kinds(plain)), pair
        assert refused <= MOST_REFUSED
