"""The tables of `tests.query.plan.mesh` as generated statements know them, and by what they may be joined."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from tests.query.plan.mesh import TABLES


@dataclass(frozen=True)
class Column:
    """`origin` is `table.column` where it shows a table's column as it is."""

    text: str
    kind: str
    origin: str = ""


@dataclass(frozen=True)
class Source:
    """An item of FROM."""

    text: str
    alias: str
    columns: tuple[Column, ...]
    rows: float

    def under(self, alias: str) -> "Source":
        columns = tuple(replace(c, text=f"{alias}.{c.text.split('.')[-1]}") for c in self.columns)
        return replace(self, alias=alias, columns=columns)


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return "number"
    return {"string": "text", "date32[day]": "date", "timestamp[us]": "time", "bool": "truth"}.get(
        str(kind), "whole"
    )


def _relation(name: str) -> Source:
    table = TABLES[name]
    short = name.split(".")[1]
    columns = tuple(Column(f.name, _kind(f.type), f"{short}.{f.name}") for f in table.schema)
    return Source(name, short, columns, table.num_rows)


RELATIONS = {name.split(".")[1]: _relation(name) for name in TABLES}

EDGES: tuple[tuple[tuple[str, str], ...], ...] = (
    (("orders.customer", "customers.id"),),
    (("lines.order_id", "orders.id"),),
    (("lines.item", "items.id"),),
    (("stock.item", "items.id"),),
    (("lines.item", "stock.item"), ("lines.supplier", "stock.supplier")),
    (("customers.region", "regions.name"),),
    (("customers.tier", "regions.zone"),),
    (("customers.name", "notes.text"),),
    (("orders.status", "regions.name"),),
    (("notes.order_id", "orders.id"),),
    (("notes.order_id", "lines.order_id"),),
    (("notes.score", "regions.zone"),),
    (("notes.written", "customers.joined"),),
    (("notes.written", "orders.placed"), ("notes.score", "orders.priority")),
    (("items.kind", "regions.name"),),
    (("items.size", "customers.tier"),),
    (("lines.flag", "regions.name"),),
    (("stock.place", "regions.name"),),
    (("nobody.id", "lines.item"),),
    (("nobody.id", "orders.customer"),),
    (("orders.id", "orders.id"),),
    (("lines.order_id", "lines.order_id"), ("lines.line", "lines.line")),
    (("stock.item", "stock.item"),),
    (("customers.id", "customers.id"), ("customers.region", "customers.region")),
    (("regions.name", "regions.name"),),
    (("customers.joined", "orders.placed"),),
)


def _counts(origin: str) -> Counter[object]:
    relation, column = origin.split(".")
    table = TABLES[RELATIONS[relation].text]
    return Counter(value for value in table.column(column).to_pylist() if value is not None)


def _pairs(left: str, right: str) -> float:
    ours, theirs = _counts(left), _counts(right)
    return float(sum(count * theirs[value] for value, count in ours.items()))


SHARES: Mapping[frozenset[str], float] = {
    frozenset(pair): _pairs(*pair) / max(1, _counts(pair[0]).total() * _counts(pair[1]).total())
    for edge in EDGES
    for pair in edge
}
"""Share of all pairs of rows that two columns join."""
