"""The mesh over which governance.md, "The rules", is tested one by one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pyarrow as pa

from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import ANYBODY, Builder, Told, ask

ORDERS = pa.table(
    {
        "id": [1, 2, 3, 4, 5],
        "region": ["EU", "EU", "US", "UK", None],
        "customer": [10, 20, 10, 30, 20],
        "mail": ["ada@x.org", "bob@y.org", "ada@x.org", None, "eve@z.org"],
        "amount": pa.array([Decimal("10.50"), Decimal("8.00"), None, Decimal("7.25"), Decimal("99.00")],
                           pa.decimal128(9, 2)),
        "note": ["CANARY 1", "CANARY 2", "CANARY 3", "CANARY 4", "CANARY 5"],
    }
)  # fmt: skip
PARCELS = pa.table({"order_id": [1, 2, 3, 9], "customer": [10, 20, 10, 90], "carrier": ["n", "s", "n", "w"]})
TABLES = {"sales.orders": ORDERS, "shipping.parcels": PARCELS, "marketing.leads": pa.table({"id": [1]})}
FILTERS = {
    "own_region": "region = principal.region",
    "my_regions": "region IN principal.regions",
    "eu": "region = 'EU'",
    "large": "amount > 8",
    "not_us": "region <> 'US'",
    "early": "id < 3",
}
ALL = "p, all, role:any, sales, sales.orders, select, *, -, -, allow\n"
DISCOVER = "p, see, role:any, sales, sales.orders, discover, *, -, -, allow\n"
EU = Principal("ana", attributes={"region": "EU"})


@dataclass(frozen=True)
class World:
    """A mesh that lives as long as a question to it."""

    sales: str = ALL
    mesh: str = ""
    shipping: str = ""
    marketing: str = ""
    bodies: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    masks: Mapping[str, str] = field(default_factory=dict)

    def made(self) -> Mesh:
        lines = {
            "sales": self.sales,
            "*": self.mesh,
            "shipping": self.shipping,
            "marketing": self.marketing,
        }
        return Builder(TABLES, lines, FILTERS, self.masks, self.bodies, self.tags).memory()

    def told(self, sql: str, who: Principal = ANYBODY) -> Told:
        mesh = self.made()
        try:
            return ask(mesh, sql, who)
        finally:
            mesh.engine.close()

    def rows(self, sql: str, who: Principal = ANYBODY) -> list[str]:
        told = self.told(sql, who)
        assert not told.error, told
        return sorted(told.rows)


MASKED = World(sales=ALL + "p3, m, role:any, sales, sales.orders.mail, partial, 1, -, -")
