"""Whether an answer is what a case expects, and what is different if not."""

import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from gateway.errors import MeshgateError
from gateway.policy.answers import Answer, Row
from gateway.policy_tests import Case, Refusal
from gateway.query.parse import parse
from gateway.settings import Limits

SHOWN = 10
"""Rows that are missing, and rows that are too many, are shown up to this number."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as expected. `key` is the expectation's key in the file."""

    key: str
    expected: object
    actual: object


def differences(case: Case, answer: Answer, limits: Limits) -> tuple[Difference, ...]:
    """Empty: the case passes."""
    if answer.error is not None:
        return tuple(_refused(case, answer.error))
    if case.expect.refusal is not None:
        rows = f"an answer of {answer.count:,} row{'' if answer.count == 1 else 's'}"
        return (Difference("refusal", shown_refusal(case.expect.refusal), rows),)
    return tuple(_answered(case, answer, limits))


def _refused(case: Case, error: MeshgateError) -> Iterator[Difference]:
    wanted = case.expect.refusal
    said = f"{error.sqlstate}: {error}" + (f" ({error.hint})" if error.hint else "")
    if wanted is None:
        yield Difference("refusal", "an answer", said)
    elif wanted.sqlstate != error.sqlstate or wanted.message.lower() not in said.lower():
        yield Difference("refusal", shown_refusal(wanted), said)


def shown_refusal(refusal: Refusal) -> str:
    return f"{refusal.sqlstate}: ...{refusal.message}..." if refusal.message else refusal.sqlstate


def _answered(case: Case, answer: Answer, limits: Limits) -> Iterator[Difference]:
    expect = case.expect
    if expect.columns is not None:
        actual = [(column.name, column.type) for column in answer.columns]
        wanted = [(name, kind) for name, kind in expect.columns]
        if not _same_columns(wanted, actual):
            yield Difference("columns", _shown_columns(wanted), _shown_columns(actual))
    if expect.count is not None and expect.count != answer.count:
        yield Difference("count", expect.count, answer.count)
    if expect.masks is not None and not _same_masks(expect.masks, answer.masks):
        yield Difference("masks", dict(expect.masks), dict(answer.masks))
    if expect.rows is not None:
        ordered = parse(case.statement, limits).tree.args.get("order") is not None
        yield from _rows(expect.rows, answer, ordered=ordered)


def _same_columns(wanted: Sequence[tuple[str, str | None]], actual: Sequence[tuple[str, str]]) -> bool:
    return len(wanted) == len(actual) and all(
        name == given and (kind is None or kind.upper() == has.upper())
        for (name, kind), (given, has) in zip(wanted, actual, strict=True)
    )


def _shown_columns(columns: Sequence[tuple[str, str | None]]) -> list[str]:
    return [name if kind is None else f"{name} {kind}" for name, kind in columns]


def _same_masks(wanted: Mapping[str, str], actual: Sequence[tuple[str, str]]) -> bool:
    """A column is named by its end: `email`, `customers.email` or `sales.customers.email`. `none`: not masked."""
    left = {name: mask for name, mask in wanted.items() if mask != "none"}
    covered = set()
    for column, mask in actual:
        keys = [name for name in wanted if f".{column}".endswith(f".{name}")]
        if not keys or any(wanted[name] != mask for name in keys):
            return False
        covered.update(keys)
    return left.keys() <= covered


# --- rows ------------------------------------------------------------------------------------------------


def _rows(expected: Sequence[Row], answer: Answer, *, ordered: bool) -> Iterator[Difference]:
    wanted = [_tokens(row, answer.numeric) for row in expected]
    given = [_tokens(row, answer.numeric) for row in answer.rows]
    if answer.count == len(wanted) and (wanted == given if ordered else Counter(wanted) == Counter(given)):
        return
    missing = _beyond(wanted, given, expected)
    extra = _beyond(given, wanted, answer.rows)
    if missing or extra:
        yield Difference("rows", _shown_rows(missing, "missing"), _shown_rows(extra, "not expected"))
    else:
        yield Difference("rows", _shown_rows(expected, "in this order"), _shown_rows(answer.rows, ""))


def _beyond(one: Sequence[Hashable], other: Sequence[Hashable], rows: Sequence[Row]) -> list[Row]:
    """The rows of `one` that `other` has not, as often as it has not."""
    spare = Counter(other)
    found = []
    for token, row in zip(one, rows, strict=True):
        if spare[token] > 0:
            spare[token] -= 1
        else:
            found.append(row)
    return found


def _shown_rows(rows: Sequence[Row], word: str) -> dict[str, object]:
    return {"what": word, "number": len(rows), "rows": [list(row) for row in rows[:SHOWN]]}


def _tokens(row: Row, numeric: Sequence[bool]) -> Hashable:
    """A row that equals another one if all values do, whether written as numbers or as texts of numbers."""
    padded = (*numeric, *([False] * len(row)))
    return tuple(_token(value, number) for value, number in zip(row, padded, strict=False))


def _token(value: object, number: bool) -> Hashable:  # noqa: FBT001
    if value is None or isinstance(value, bool):
        return ("constant", value)
    if isinstance(value, int | float | Decimal):
        return ("number", Decimal(str(value)))
    if isinstance(value, str):
        return _number(value) if number else ("text", value)
    return ("nested", json.dumps(value, sort_keys=True, default=str))


def _number(text: str) -> Hashable:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return ("text", text)
    return ("number", value) if value.is_finite() else ("text", text)
