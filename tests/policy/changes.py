"""Changes of the small mesh's policies, and what everybody really gets before and after."""

from collections.abc import Mapping
from contextlib import closing
from io import BytesIO
from pathlib import Path

from gateway.errors import MeshgateError
from gateway.opening import open_mesh
from gateway.output import write
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from tests.meshes import added, edited

SALES = "domains/sales/policies.csv"
DOMAIN = "domains/sales/domain.yaml"
PRINCIPALS = "principals.yaml"
RELATIONS = ("sales.orders", "sales.customers", "shipping.delays", "marketing.leads")
PURPOSES: Mapping[str, tuple[str | None, ...]] = {
    "ana": (None,),
    "felix": (None, "audit", "billing"),
    "olga": (None,),
}

CHANGES: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "a comment": edited(SALES, "p, sales-1,", "# all of it\np, sales-1,"),
    "another id": edited(SALES, "p, sales-1,", "p, sales-one,"),
    "a filter with another name": {
        **edited(SALES, "select, own_region", "select, mine"),
        **edited(DOMAIN, "  own_region:", "  mine: region = principal.region\n  own_region:"),
    },
    "another filter": edited(SALES, "select, own_region", "select, my_regions"),
    "a filter says something else": edited(DOMAIN, "region = principal.region", "region <> principal.region"),
    "no filter": edited(SALES, "select, own_region", "select, *"),
    "no restrictive filter": edited(SALES, "p2, sales-4", "# p2, sales-4"),
    "one purpose less": edited(SALES, "purpose=audit|billing", "purpose=audit"),
    "no deny": edited(SALES, "p, sales-3", "# p, sales-3"),
    "another deny": edited(SALES, "tag:secret", "sales.orders.amount"),
    "no mask": edited("policies.csv", "p3, mesh-1", "# p3, mesh-1"),
    "a stricter mask": edited(SALES, "name, initials", "name, null"),
    "an own mask says something else": edited(DOMAIN, "left(value, 1)", "left(value, 2)"),
    "a role more": added(SALES, "g, user:olga, role:sales.analyst, sales"),
    "a role less": edited(SALES, "g, group:finance", "# g, group:finance"),
    "no discovery": edited(SALES, "p, sales-6", "# p, sales-6"),
    "an ended grant": edited(SALES, "2035-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
    "a wider share": edited(SALES, "share, my_regions", "share, *"),
    "no share to the consumer's liking": added(
        SALES, "p2, sales-8, group:finance, sales, sales.orders, own_region, -, -"
    ),
    "another attribute": edited(PRINCIPALS, "region: EU", "region: US"),
    "another group": edited(PRINCIPALS, "password: olga", "password: olga\n    groups: [finance]"),
    "a purpose more": edited(PRINCIPALS, "[delay-analysis]", "[delay-analysis, audit]"),
    "another tag": edited(
        "domains/marketing/products/leads/contract.odcs.yaml", "[pii.email]", "[address]"
    ),
}  # fmt: skip

UNSEEN = {
    "another filter",
    "no restrictive filter",
    "another deny",
    "an own mask says something else",
    "a wider share",
    "no share to the consumer's liking",
}
"""Changes of which the few rows of the small mesh do not show everything."""


def answers(folder: Path) -> dict[tuple[str, str | None, str], object]:
    """(principal, purpose, relation) -> all rows as JSON, or the refusal."""
    with closing(open_mesh(folder)) as opened:
        found = {}
        for name, purposes in PURPOSES.items():
            principal = opened.principals.principals[name]
            for purpose in purposes:
                for relation in RELATIONS:
                    request = Request(f"SELECT * FROM {relation}", principal, "cli", "", purpose)
                    found[name, purpose, relation] = _answer(request, opened.mesh)
        return found


def _answer(request: Request, mesh: Mesh) -> object:
    out = BytesIO()
    try:
        write(run(request, mesh), "json", out)
    except MeshgateError as error:
        return f"{error.sqlstate}: {error}"
    return sorted(out.getvalue().splitlines())
