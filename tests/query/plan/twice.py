"""Generated statements that look at the same rows twice, and each time at other columns of them."""

import re

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.statements import Statement, Writer

ALIAS = re.compile(r"\bt(\d+)\b")


@st.composite
def twice(draw: DrawFn) -> Statement:
    """Now and then the second time by one condition more, or of the rows that something else has."""
    writer = Writer(draw)
    joined, text, conditions = writer.joined(writer.source(0), 0, most=3)
    conditions += [writer.condition(joined.columns, 0) for _ in range(writer.number(3))]
    kinds = [writer.one(sorted({column.kind for column in joined.columns})) for _ in range(2)]
    blocks = []
    for again in (False, True):
        items = ", ".join(f"{writer.column(kind, joined.columns)} AS r{n}" for n, kind in enumerate(kinds))
        more = [writer.condition(joined.columns, 0)] if again and writer.chance(2) else []
        asked = [*conditions, *more]
        blocks.append(f"SELECT {items} FROM {text}{' WHERE ' if asked else ''}{' AND '.join(asked)}")
    second = ALIAS.sub(r"s\1", blocks[1])
    return Statement(
        f"{blocks[0]} {writer.one(('UNION ALL', 'EXCEPT', 'INTERSECT'))} {second}", ordered=False
    )
