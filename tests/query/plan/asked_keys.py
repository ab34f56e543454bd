"""Generated statements that group by what they ask of another relation."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.statements import Statement, Writer


@st.composite
def asked_keys(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    first = writer.source(0)
    other = writer.source(0, near=first.columns)
    found = writer.edges(first.columns, other.columns)
    ours, theirs = (pair.text for pair in found[writer.number(len(found))][0]) if found else ("1", "1")
    key = writer.one(
        (
            f"{ours} IN (SELECT {theirs} FROM {other.text})",
            f"EXISTS (SELECT 1 FROM {other.text} WHERE {theirs} = {ours})",
            f"EXISTS (SELECT 1 FROM {other.text} WHERE {writer.condition(other.columns, 0)})",
            f"(SELECT count(*) FROM {other.text} WHERE {theirs} = {ours})",
            f"CASE WHEN {ours} > (SELECT min({theirs}) FROM {other.text}) THEN 'more' END",
        )
    )
    more = writer.one([column.text for column in first.columns])
    counted = writer.one(("count(*)", f"count(DISTINCT {more})", f"max({more})"))
    where = f" WHERE {writer.condition(first.columns, 0)}" if writer.chance(4) else ""
    items, groups = writer.one(
        (
            f"{key} AS k|k",
            f"{key} AS k|1",
            f"{key} AS k, {more} AS m|ALL",
            f"{key} AS k, {more} AS m|ROLLUP (k, m)",
            f"{more} AS m, {key} AS k|{more}, {key}",
        )
    ).split("|")
    having = " HAVING k IS NOT NULL" if groups in ("k", "1") and writer.chance(3) else ""
    return Statement(
        f"SELECT {items}, {counted} AS c FROM {first.text}{where} GROUP BY {groups}{having}", ordered=False
    )
