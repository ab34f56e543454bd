"""Generated statements for the first rows of a relation, each with what it meets in others, and of several united.

All columns of the relation make the order, so that equal rows only are tied; of what may be met twice nothing is shown.
"""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.edges import Column, Source
from tests.query.plan.statements import Statement, Writer

Pairs = Sequence[tuple[Column, Column]]


@st.composite
def first_rows(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    first = writer.source(0)
    items, text, known = [column.text for column in first.columns], first.text, list(first.columns)
    for _ in range(1 + writer.number(2)):
        once = writer.chance(5)
        near = first.columns if once else known
        other = writer.source(0, near=near)
        found = writer.edges(near, other.columns)
        if not found:
            continue
        pairs = found[writer.number(len(found))]
        if once:
            joined, value = _added_up(writer, other, pairs)
            text += joined
            items.append(value)
        else:
            text += f" LEFT JOIN {other.text} ON {' AND '.join(f'{a.text} = {b.text}' for a, b in pairs)}"
            known += other.columns if writer.chance(5) else []
    where = f" WHERE {writer.condition(first.columns, 0)}" if writer.chance(4) else ""
    order = ", ".join(str(number + 1) for number in range(len(first.columns)))
    listed = ", ".join(f"{item} AS r{number}" for number, item in enumerate(items))
    limit = f"LIMIT {writer.number(20)} OFFSET {writer.number(5)}"
    return Statement(f"SELECT {listed} FROM {text}{where} ORDER BY {order} {limit}", ordered=True)


def _added_up(writer: Writer, other: Source, pairs: Pairs) -> tuple[str, str]:
    """A LEFT JOIN of one row at most, and its value."""
    alias, keys = writer.name("q"), [theirs.text for _, theirs in pairs]
    listed = ", ".join(f"{key} AS k{number}" for number, key in enumerate(keys))
    value = f"{writer.one(('min', 'max', 'count'))}({other.columns[-1].text})"
    inner = f"SELECT {listed}, {value} AS v FROM {other.text} GROUP BY {', '.join(keys)}"
    on = " AND ".join(f"{ours.text} = {alias}.k{number}" for number, (ours, _) in enumerate(pairs))
    return f" LEFT JOIN ({inner}) AS {alias} ON {on}", f"{alias}.v"


@st.composite
def first_joined(draw: DrawFn) -> Statement:
    """In the order of one side, and of what is shown of the others."""
    writer = Writer(draw)
    joined, text, conditions = writer.joined(writer.source(0), 0, most=4)
    other = writer.source(0, near=joined.columns)
    pairs = writer.edges(joined.columns, other.columns)[0]
    conditions += [f"{ours.text} = {theirs.text}" for ours, theirs in pairs]
    conditions += [writer.condition(joined.columns, 0)] if writer.chance(4) else []
    columns = [*joined.columns, *other.columns]
    first = columns[writer.number(len(columns))]
    alias = first.text.partition(".")[0]
    near = [one.text for one in columns if one.text.startswith(f"{alias}.")][: 1 + writer.number(3)]
    listed = [first.text, *near, *(one.text for one in columns if writer.chance(3))]
    ends = ("", " DESC", " NULLS FIRST", " DESC NULLS FIRST", " NULLS LAST")
    order = ", ".join(f"{one}{writer.one(ends)}" for one in listed)
    items = ", ".join(f"{one} AS r{number}" for number, one in enumerate(listed))
    sql = f"SELECT {items} FROM {text}, {other.text} WHERE {' AND '.join(conditions)} ORDER BY {order}"
    return Statement(f"{sql} LIMIT {1 + writer.number(30)} OFFSET {writer.number(6)}", ordered=True)


@st.composite
def united(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    united = writer.chance(7)
    body = writer.combined(("UNION ALL",) if united else ("UNION", "INTERSECT", "EXCEPT"))
    ends = ("", " DESC", " NULLS FIRST", " DESC NULLS FIRST")
    order = f"ORDER BY 1{writer.one(ends)}, 2{writer.one(ends)}"
    limit = f" LIMIT {writer.number(20)} OFFSET {writer.number(9)}" if united or writer.chance(5) else ""
    return Statement(f"{body} {order}{limit}", ordered=True)
