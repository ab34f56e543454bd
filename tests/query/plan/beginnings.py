"""Generated statements for rows whose text begins with another."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.mesh import WORDS
from tests.query.plan.statements import Statement, Writer


@st.composite
def beginnings(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    joined, text, conditions = writer.joined(writer.source(0), 0, most=2)
    texts = [column.text for column in joined.columns if column.kind == "text"] or ["'north'"]
    asked = [_beginning(writer, writer.one(texts)) for _ in range(1 + writer.number(2))]
    whole = f" {writer.one(('AND', 'OR'))} ".join(asked)
    items = ", ".join(f"{column.text} AS r{number}" for number, column in enumerate(joined.columns[:4]))
    where = " AND ".join([*conditions, f"{writer.one(('', 'NOT '))}({whole})"])
    return Statement(f"SELECT {items} FROM {text} WHERE {where}", ordered=False)


def _beginning(writer: Writer, value: str) -> str:
    """Now and then of a length that the texts do not have."""
    length = writer.number(4)
    taken = writer.one((f"left({value}, {length})", f"substring({value} FROM 1 FOR {length})"))
    lengths = [length if writer.chance(9) else writer.number(4) for _ in range(1 + writer.number(3))]
    texts = ["'" + writer.one(WORDS)[:most].replace("'", "''") + "'" for most in lengths]
    return f"{taken} = {texts[0]}" if len(texts) == 1 else f"{taken} IN ({', '.join(texts)})"
