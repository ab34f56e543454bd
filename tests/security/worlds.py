"""Two worlds that differ only in what the principal `ana` may not see: hidden rows and their number, denied columns,
raw values under masks (their masked values are equal), relations without a grant.

Whatever an attack learns of that difference is a leak. Values that must never show begin with CANARY.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from gateway.query.mesh import Mesh
from policies.principal import Principal
from tests.query.mesh import Builder, close_mesh

ANA = Principal("ana", attributes={"region": "EU", "regions": ("EU",)})

POLICIES = {
    "sales": """
p, s1, role:any, sales, sales.orders, select, visible, -, -, allow
p, s2, role:any, sales, sales.customers, select, own_region, -, -, allow
p, s3, role:any, sales, sales.parcels, select, *, -, -, allow
p, s4, role:any, sales, sales.orders.margin, select, *, -, -, deny
p, s5, role:any, sales, sales.orders.api_key, select, *, -, -, deny
p3, s6, role:any, sales, sales.orders.email, partial, 1, -, -
p3, s7, role:any, sales, sales.customers.ssn, null, 1, -, -
""",
}

FILTERS = {
    "region='EU'": "region = principal.region",
    "id%2=1": "id % 2 = 1",
    # The gateway's filters hold no subquery: a principal's entitlements are a list among its attributes.
    "region in (select r from ent where u='ana')": "region IN principal.regions",
}
"""An attack's `row_filter` -> the filter that says it here."""


@dataclass(frozen=True)
class Worlds:
    first: Mesh
    second: Mesh

    @property
    def both(self) -> tuple[Mesh, Mesh]:
        return (self.first, self.second)

    def close(self) -> None:
        for mesh in self.both:
            close_mesh(mesh)


def builder(world: str, row_filter: str = "region='EU'") -> Builder:
    """The mesh of world `A` or `B` before it has sources."""
    filters = {"visible": FILTERS[row_filter], "own_region": "region = principal.region"}
    return Builder(tables(world, row_filter), policies=POLICIES, filters=filters)


def tables(world: str, row_filter: str) -> Mapping[str, pa.Table]:
    def secret(first: Any, second: Any) -> Any:
        return first if world == "A" else second

    orders = [
        _order(number, region, row_filter, secret)
        for number, region in enumerate("EU EU US US".split(), start=1)
    ]
    if world == "B":
        orders.append(_order(98, "US", row_filter, secret))
    customers = {
        "id": [1, 2, 3],
        "name": ["x", "y", secret("CANARY_n1", "CANARY_n2")],
        "ssn": [secret("CANARY_s1", "CANARY_s2")] * 3,
        "region": ["EU", "EU", "US"],
    }
    return {
        "sales.orders": pa.Table.from_pylist(orders),
        "sales.customers": pa.table(customers),
        "sales.parcels": pa.table({"order_id": [1, 2, 3, 5], "status": ["a", "b", "c", "d"]}),
        "hr.salaries": pa.table({"who": [secret("CANARY_w", "CANARY_v")], "sal": [secret(1, 2)]}),
    }


def _order(number: int, region: str, row_filter: str, secret: Any) -> dict[str, Any]:
    """A hidden order's values differ between the worlds, one of them cannot be cast to a number in one of them only."""
    hidden = number % 2 == 0 if row_filter == "id%2=1" else region != "EU"
    email = secret(f"CANARY_MASK_A{number}@x.com", f"CANARY_MASK_B{number}@x.com")
    order = {"id": number, "region": region, "customer": "xyzw"[number % 4], "email": email}
    order |= {"amount": 10.5 * number, "note": str(number)}
    order |= {"margin": secret(0.1, 0.9), "api_key": secret("CANARY_KEYA", "CANARY_KEYB")}
    if hidden:
        order |= {"customer": secret("CANARY_HID\\", "CANARY_H"), "amount": secret(99999.0, 5.0)}
        order |= {"note": secret("CANARY_text", "7") if number % 4 == 0 else secret("8", "CANARY_note")}
    return order


def written_secret(folder: Path) -> Path:
    """A folder of the host with a file that no statement may read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "secret.csv").write_text("who,what\nroot,CANARY_FILE\n")
    return folder
