"""What comes back of any sequence of messages is what a PostgreSQL sends: codes, tags, states, row by row."""

from collections.abc import Sequence

import pytest

from tests.clients.random_sequences import sequence
from tests.clients.real_gateway import Real
from tests.clients.test_wire_sequences import exchanged

TIMES = 25
"""Sequences of one test."""
DIFFERENT = {
    156: "PostgreSQL still knows the unnamed portal of a simple query that failed in a failed transaction"
}
"""Those that are answered otherwise, and why."""


def put_off(messages: Sequence[object]) -> list[object]:
    """Without what confirms a statement that fails then: the gateway may say at Execute what PostgreSQL says at
    Parse, because one planning serves all of them."""
    kept: list[object] = []
    for message in messages:
        if isinstance(message, tuple) and message[0] == "E":
            while kept and isinstance(kept[-1], tuple) and kept[-1][0] in "12":
                kept.pop()
        kept.append(message)
    return kept


@pytest.mark.parametrize("start", range(0, 12 * TIMES, TIMES))
def test_any_sequence_is_answered_as_by_postgresql(real: Real, start: int) -> None:
    for seed in range(start, start + TIMES):
        ours, theirs = exchanged(real.uri(), sequence(seed)), exchanged(real.source, sequence(seed))
        assert (put_off(ours) == put_off(theirs)) is (seed not in DIFFERENT), f"sequence({seed})"
