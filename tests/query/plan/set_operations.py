"""Generated statements over relations of one source that are united, intersected or subtracted: what is asked of that,
what it is joined with, and what is added up of it."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.edges import RELATIONS, Column
from tests.query.plan.statements import OPERATORS, Statement, Writer

KINDS = ("whole", "text", "text", "date", "date", "truth", "number", "time")
SOURCES = (("customers", "orders", "nobody"), ("lines", "stock"), ("customers", "lines", "items", "notes"))
"""Relations that one statement puts together: of one source, mostly."""


@st.composite
def set_operations(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    names = [name for name in SOURCES[writer.number(len(SOURCES))] if name in RELATIONS]
    kinds = [writer.one(KINDS) for _ in range(1 + writer.number(2))]
    sides = [_side(writer, names, kinds) for _ in range(2 + writer.number(2))]
    combined = sides[0]
    for side in sides[1:]:
        combined += f" {writer.one(OPERATORS)} {side}"
    columns = [Column(f"u.c{number}", kind) for number, kind in enumerate(kinds)]
    listed = ", ".join(column.text for column in columns)
    conditions = [writer.comparison(columns, writer.number(12)) for _ in range(1 + writer.number(2))]
    asked = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    form = writer.number(6)
    if form == 0:
        return Statement(combined, ordered=False)
    if form == 1:
        value = writer.aggregate(columns, 0)[0]
        return Statement(
            f"SELECT {listed}, {value} AS v FROM ({combined}) AS u{asked} GROUP BY {listed}", ordered=False
        )
    if form == 2:
        return Statement(
            f"SELECT {writer.aggregate(columns, 0)[0]} AS v FROM ({combined}) AS u{asked}", ordered=False
        )
    if form == 3:
        order = ", ".join(f"{column.text} NULLS FIRST" for column in columns)
        return Statement(
            f"SELECT {listed} FROM ({combined}) AS u{asked} ORDER BY {order} LIMIT 7", ordered=True
        )
    other = RELATIONS[writer.one(tuple(RELATIONS))].under("o")
    alike = [column for column in other.columns if column.kind == kinds[0]]
    if not alike:
        return Statement(f"SELECT DISTINCT {listed} FROM ({combined}) AS u{asked}", ordered=False)
    found = alike[writer.number(len(alike))].text
    if form == 4:
        key = f"SELECT u.c0 FROM ({combined}) AS u{asked}"
        return Statement(
            f"SELECT count(*) AS v FROM {other.text} AS o WHERE {found} IN ({key})", ordered=False
        )
    joined = f"({combined}) AS u JOIN {other.text} AS o ON {found} = u.c0"
    return Statement(f"SELECT count(*) AS v, count({found}) AS w FROM {joined}{asked}", ordered=False)


def _side(writer: Writer, names: Sequence[str], kinds: Sequence[str]) -> str:
    source = RELATIONS[writer.one(names)].under(writer.name("s"))
    items = [writer.value(kind, source.columns, 0) for kind in kinds]
    listed = ", ".join(f"{item} AS c{number}" for number, item in enumerate(items))
    distinct = "DISTINCT " if writer.chance(2) else ""
    alias = source.columns[0].text.partition(".")[0]
    side = f"SELECT {distinct}{listed} FROM {source.text} AS {alias}{writer.where(source.columns, [], 0)}"
    return f"({side})" if writer.chance(3) else side
