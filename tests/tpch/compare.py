"""Whether two answers are the same: exactly, but for the last digits of doubles and the order of ties."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

Row = Sequence[object]

ORDER = {
    "q01": (0, 1), "q02": (0, 2, 1, 3), "q03": (1, 2), "q04": (0,), "q05": (1,), "q07": (0, 1, 2), "q08": (0,),
    "q09": (0, 1), "q10": (2,), "q11": (1,), "q12": (0,), "q13": (1, 0), "q15": (0,), "q16": (3, 0, 1, 2),
    "q18": (4, 3), "q20": (0,), "q21": (1, 0), "q22": (0,),
}  # fmt: skip
"""Where the columns of each statement's ORDER BY stand in its result; the others have one row."""

DOUBLE = 1e-9


def assert_same(rows: Sequence[Row], expected: Sequence[Row], order: tuple[int, ...] = ()) -> None:
    """`order` empty: the rows may come in any order."""
    assert len(rows) == len(expected)
    for number, (row, wanted) in enumerate(
        zip(_settled(rows, order), _settled(expected, order), strict=True)
    ):
        assert len(row) == len(wanted)
        for value, other in zip(row, wanted, strict=True):
            assert same(value, other), f"row {number}: {row} instead of {wanted}"


def same(value: object, expected: object) -> bool:
    """Of one kind and equal; decimals with all their digits."""
    if isinstance(expected, float):
        return isinstance(value, float) and abs(value - expected) <= DOUBLE * max(1.0, abs(expected))
    if isinstance(expected, Decimal):
        return isinstance(value, Decimal) and value.as_tuple() == expected.as_tuple()
    if isinstance(expected, int) and not isinstance(expected, bool):
        # Sums of integers are wider than 64 bits, which PostgreSQL's protocol has as numeric only.
        return isinstance(value, int | Decimal) and not isinstance(value, bool) and value == expected
    return type(value) is type(expected) and value == expected


def _settled(rows: Sequence[Row], order: tuple[int, ...]) -> list[Row]:
    """The rows in their order; those that it does not tell apart sorted by all that is exact in them."""
    groups = groupby(rows, lambda row: [row[position] for position in order])
    return [row for _, ties in groups for row in sorted(ties, key=_exact)]


def _exact(row: Row) -> list[str]:
    return [str(value) for value in row if not isinstance(value, float)]
