"""The demo's answers, for people: everything as lines of plain text."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from gateway.audit import AuditRecord
from gateway.demo.story import Answer, Question

LONGEST = 24
WIDTH = 110
GAP = "  "
RULE = " | "
Row = Sequence[object]


def side_by_side(question: Question, answers: Sequence[Answer], width: int | None) -> list[str]:
    """One table: keys on the left, a group of columns an asker. If wider than `width`: a table an asker."""
    tables = [_titled(_keys(question, answers))]
    tables += [_titled(_values(question, answer, _all_keys(question, answers)), answer) for answer in answers]
    joined = [RULE.join(parts).rstrip() for parts in zip(*_bottom_aligned(tables), strict=True)]
    if width is not None and max(map(len, joined)) > width:
        joined = [line for answer in answers if answer.columns for line in (*_whole(answer), "")]
    refusals = [f"{answer.asker.name}: {answer.refusal}" for answer in answers if answer.refusal is not None]
    return [*joined, *(line for text in refusals for line in ("", *_wrapped(text, width or WIDTH)))]


def _wrapped(text: str, width: int, indent: str = "", deeper: str = "") -> list[str]:
    """Broken at spaces only: what one copies from it stays whole."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + deeper,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _titled(table: Sequence[Row], answer: Answer | None = None) -> list[str]:
    """The lines of a table whose first row holds the column names; `_` in a name breaks it."""
    columns = [_column(*cells) for cells in zip(*table, strict=True)]
    height = max(heading.count("\n") + 1 for heading, *_ in columns)
    lines = [GAP.join(cells) for cells in zip(*(_lines(column, height) for column in columns), strict=True)]
    width = max(len(lines[0]), len(_title(answer)))
    return [line.ljust(width) for line in (_title(answer), *lines[:height], "-" * width, *lines[height:])]


def _title(answer: Answer | None) -> str:
    return f"{answer.asker.name} ({answer.asker.about})" if answer else ""


def _column(name: object, *values: object) -> tuple[str, ...]:
    """The heading, its words on lines of their own, and the cells, all of one width."""
    right = any(isinstance(value, int | float | Decimal) for value in values)
    words, cells = str(name).split("_"), [_cell(value) for value in values]
    width = max(map(len, (*words, *cells)))
    fit = str.rjust if right else str.ljust
    return ("\n".join(fit(word, width) for word in words), *(fit(cell, width) for cell in cells))


def _lines(column: Sequence[str], height: int) -> list[str]:
    heading, *cells = column
    words = heading.split("\n")
    return [*[" " * len(words[0])] * (height - len(words)), *words, *cells]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return f"{value:,}"
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."


def _all_keys(question: Question, answers: Iterable[Answer]) -> list[tuple[object, ...]]:
    """The keys of all rows in the order of the longest answer; what only others have comes after."""
    longest_first = sorted(answers, key=lambda answer: -len(answer.rows))
    return list(dict.fromkeys(row[: question.keys] for answer in longest_first for row in answer.rows))


def _keys(question: Question, answers: Sequence[Answer]) -> list[Row]:
    names = next((answer.columns for answer in answers if answer.columns), ("",) * question.keys)
    return [names[: question.keys], *(tuple(map(str, key)) for key in _all_keys(question, answers))]


def _values(question: Question, answer: Answer, keys: Sequence[tuple[object, ...]]) -> list[Row]:
    """The answer's other columns, a row a key; a key that this asker did not get has empty cells."""
    if answer.refusal is not None:
        return [("",), *([("refused",)] * len(keys))]
    names = answer.columns[question.keys :]
    rows = {row[: question.keys]: row[question.keys :] for row in answer.rows}
    return [names, *(rows.get(key, (None,) * len(names)) for key in keys)]


def _whole(answer: Answer) -> list[str]:
    return _titled([answer.columns, *answer.rows], answer)


def _bottom_aligned(tables: Sequence[list[str]]) -> Iterator[list[str]]:
    """Tables whose headings differ in height, brought to one height: the title stays on top."""
    height = max(map(len, tables))
    for title, *lines in tables:
        yield [title, *[" " * len(title)] * (height - 1 - len(lines)), *lines]


def source_queries(record: AuditRecord) -> Iterator[str]:
    """What each source was asked for one statement."""
    for access in record.sources:
        came = "read in place" if access.rows is None else f"{access.rows:,} rows, {access.bytes:,} bytes"
        yield f"{access.source}: {came}"
        yield from _wrapped(access.query, WIDTH, "    ")


def audit_lines(records: Iterable[AuditRecord]) -> Iterator[str]:
    """A record in two or three lines: who, when, what came of it; by which rules; what was masked."""
    for record in records:
        instant = datetime.fromtimestamp(record.time, UTC).strftime("%H:%M:%S")
        state = f"{record.outcome} {record.sqlstate or ''}".strip()
        purpose = f", purpose {record.purpose}" if record.purpose else ""
        yield f"{instant}  {record.principal:6} {record.endpoint}{purpose}: {state}, {record.rows:,} rows out"
        yield from _listed("relations", record.relations)
        yield from _listed("rules", record.rules)
        yield from _listed("masked", record.masked)


def _listed(label: str, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    return _wrapped(f"{label}: {', '.join(names)}", WIDTH, " " * 10, "  ")
