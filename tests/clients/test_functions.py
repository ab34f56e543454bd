"""The documented table of functions and operators, row by row: what the gateway answers, beside PostgreSQL."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.real_gateway import Real
from tests.clients.verdicts import Wire, verdict, wire

TABLE = Path(__file__).parents[2] / "gateway" / "frontends" / "pgwire" / "functions.md"
ROW = re.compile(r"^\| `` (?P<example>.+?) `` \| (?P<here>.+?) \|$", re.MULTILINE)


def documented() -> dict[str, str]:
    return {
        match["example"].replace("\\|", "|"): match["here"].replace("\\|", "|")
        for match in ROW.finditer(TABLE.read_text("utf-8"))
    }


@pytest.fixture(scope="module")
def both(real: Real) -> Iterator[tuple[Wire, Wire]]:
    with wire(real.uri()) as ours, wire(real.source) as theirs:
        yield ours, theirs


@pytest.mark.parametrize("example", documented())
def test_the_table_says_what_is_true(both: tuple[Wire, Wire], example: str) -> None:
    ours, theirs = (server.simple(f"SELECT {example}") for server in both)
    assert not theirs.state, "PostgreSQL itself refuses the example"
    assert verdict(ours, theirs) == documented()[example]


def test_the_table_is_read_whole() -> None:
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ``")]
    assert len(documented()) == len(lines) > 200
