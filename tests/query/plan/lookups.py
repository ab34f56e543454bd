"""Generated statements that look rows up, or group them, by whole numbers in whose order their tables lie."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from tests.query.plan.statements import Statement, Writer

GIVEN = (
    ("desk.notes", "order_id", "score", "crm.orders", "id"),
    ("depot.lines", "order_id", "line", "crm.orders", "id"),
    ("shop.items", "id", "size", "depot.stock", "item"),
    ("crm.orders", "customer", "priority", "depot.stock", "item"),
    ("desk.notes", "score", "order_id", "crm.customers", "id"),
)
"""Who gives keys and by what it is cut down, and who is asked for them."""
ASKED = {
    "crm.orders": ("total > 100", "placed IS NOT NULL", "customer < 40", "id < 200"),
    "depot.stock": ("cost > 1", "units < 40", "supplier <> 3", "item > 4"),
    "crm.customers": ("tier = 1", "balance > 0", "active", "id <> 3"),
}
COUNTED = {
    "crm.orders": ("placed", "total"),
    "depot.stock": ("cost", "units"),
    "crm.customers": ("balance", "tier"),
}


@st.composite
def lookups(draw: DrawFn) -> Statement:
    writer = Writer(draw)
    giver, key, cut, table, own = writer.one(GIVEN)
    few = f"g.{cut} {writer.one(('=', '<', '>'))} {writer.number(5)}"
    asked = f" AND t.{writer.one(ASKED[table])}" if writer.chance(6) else ""
    shape = writer.one(
        (
            "SELECT g.{key}, t.* FROM {giver} AS g JOIN {table} AS t ON t.{own} = g.{key} WHERE {few}{asked}",
            "SELECT g.{key}, t.* FROM {giver} AS g LEFT JOIN {table} AS t ON t.{own} = g.{key}{asked} WHERE {few}",
            "SELECT t.* FROM {table} AS t WHERE t.{own} IN (SELECT g.{key} FROM {giver} AS g WHERE {few}){asked}",
            "SELECT count(*) AS n, min(t.{own}) AS m FROM {giver} AS g, {table} AS t "
            "WHERE t.{own} = g.{key} AND {few}{asked}",
            "SELECT g.{key}, {also}count(t.{counted}) AS n FROM {giver} AS g "
            "LEFT JOIN {table} AS t ON t.{own} = g.{key}{asked} WHERE {few} GROUP BY g.{key}",
            "SELECT t.{own}, {also}max(t.{counted}) AS n FROM {table} AS t "
            "WHERE t.{own} > {least}{asked} GROUP BY t.{own}",
            "SELECT t.{own}, q.n FROM {table} AS t JOIN "
            "(SELECT {key} AS k, count(*) AS n FROM {giver} AS g WHERE {few} GROUP BY k) AS q ON q.k = t.{own}{asked}",
            "SELECT t.{own}, q.n FROM {table} AS t JOIN "
            "(SELECT {cut} AS k, sum({key}) AS n FROM {giver} AS g WHERE {few} GROUP BY k) AS q ON q.n = t.{own}",
        )
    )
    counted, also = writer.one(COUNTED[table]), writer.one(("", "count(*) AS m, "))
    names = {
        "giver": giver, "key": key, "cut": cut, "table": table, "own": own, "few": few, "asked": asked,
        "counted": counted, "also": also, "least": writer.number(9),
    }  # fmt: skip
    return Statement(shape.format(**names), ordered=False)
