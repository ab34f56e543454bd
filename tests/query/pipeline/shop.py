"""Orders and parcels of two domains, published as they are or under the policies `LINES`."""

import threading
from datetime import date
from decimal import Decimal

import pyarrow as pa

from connectors.memory import MemoryConnector
from gateway.query.mesh import Mesh
from gateway.settings import Limits
from policies.principal import Principal
from tests.query.mesh import Builder

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4, 5],
        "region": ["EU", "EU", "US", "US", None],
        "amount": pa.array(
            [Decimal("10.50"), Decimal("20.00"), Decimal("7.25"), None, Decimal("1.00")], pa.decimal128(12, 2)
        ),
        "email": ["ada@x.org", "bob@y.org", None, "eve@z.org", "joe@w.org"],
        "day": [date(2024, 1, number) for number in range(1, 6)],
    }
)
PARCELS = pa.table({"order_id": [1, 2, 3, 9], "carrier": ["north", "south", "north", "west"]})
TABLES = {"sales.orders": ORDERS, "shipping.parcels": PARCELS}
ANA = Principal("ana", frozenset({"analysts"}), {"region": "EU"}, frozenset({"reports"}))

LINES = {
    "sales": """
p, own, role:any, sales, sales.orders, select, own_region, -, -, allow
p, secret, role:any, sales, sales.orders.day, select, *, -, -, deny
p3, mask, role:any, sales, sales.orders.email, partial, 1, -, -
""",
    "shipping": "p, all, role:any, shipping, shipping.parcels, select, *, -, -, allow",
}
FILTERS = {
    "own_region": "region = principal.region",
    "large": "amount > 8",
    "no_us": "region <> 'US'",
    "first": "id < 3",
}


def made(
    lines: dict[str, str] | None = None,
    tables: dict[str, pa.Table] | None = None,
    limits: Limits | None = None,
) -> Builder:
    return Builder(tables or TABLES, lines or {}, FILTERS, limits=limits or Limits())


def source_of(mesh: Mesh, domain: str = "sales") -> MemoryConnector:
    found = mesh.connectors[f"{domain}._src"]
    assert isinstance(found, MemoryConnector)
    return found


def held_mesh(
    limits: Limits | None = None, lines: dict[str, str] | None = None
) -> tuple[Mesh, threading.Event]:
    held = threading.Event()
    return made(lines, limits=limits).over(lambda _, tables: MemoryConnector(tables, held=held)), held
