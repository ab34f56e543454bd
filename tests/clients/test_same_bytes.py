"""Statements whose answers are PostgreSQL's, byte by byte, in text by the simple protocol and in binary by the extended
one; and those whose answers are others, with the reason."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clients.real_gateway import Real
from tests.clients.verdicts import Told, Wire, wire

FOLDER = Path(__file__).parent / "statements"
MODIFIER = "modifier"
"""All but the modifier is the same: a numeric tells the number of digits that DuckDB's decimals always have."""


def same() -> list[str]:
    return (FOLDER / "same.sql").read_text("utf-8").splitlines()


def different() -> dict[str, str]:
    """Statement -> reason, which is the comment above it."""
    found: dict[str, str] = {}
    reason = ""
    for line in (FOLDER / "different.sql").read_text("utf-8").splitlines():
        if line.startswith("-- "):
            reason = line.removeprefix("-- ")
        elif line:
            found[line] = reason
    return found


@pytest.fixture(scope="module")
def both(real: Real) -> Iterator[tuple[Wire, Wire]]:
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        yield ours, theirs


@pytest.mark.parametrize("statement", same())
def test_the_bytes_are_postgresqls(both: tuple[Wire, Wire], statement: str) -> None:
    ours, theirs = both
    assert ours.simple(statement) == theirs.simple(statement)
    assert ours.binary(statement) == theirs.binary(statement)


@pytest.mark.parametrize("statement", different())
def test_what_differs_is_listed_with_its_reason(both: tuple[Wire, Wire], statement: str) -> None:
    ours, theirs = (server.simple(statement) for server in both)
    assert ours != theirs, "no longer different: move it"
    if different()[statement].startswith(MODIFIER):
        assert without_modifiers(ours) == without_modifiers(theirs)
        ours, theirs = (server.binary(statement) for server in both)
        assert without_modifiers(ours) == without_modifiers(theirs)


def without_modifiers(told: Told) -> Told:
    return replace(told, columns=tuple(replace(column, modifier=-1) for column in told.columns))


def test_there_are_enough_of_them() -> None:
    assert len(same()) == len(set(same())) >= 200
    assert all(different().values())


@pytest.mark.parametrize("statement", (FOLDER / "parameters.sql").read_text("utf-8").splitlines())
def test_parameters_have_the_types_that_postgresql_finds(both: tuple[Wire, Wire], statement: str) -> None:
    ours, theirs = both
    assert ours.parameters(statement) == theirs.parameters(statement) != ()
