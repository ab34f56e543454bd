"""Policies over the tables of `tests.query.plan.mesh`: filters and masks on most of them, and a tag."""

from tests.query.mesh import Builder
from tests.query.plan.mesh import TABLES

POLICIES = {
    "crm": """\
p, c1, role:any, crm, crm.customers, select, *, -, -, allow
p2, c2, role:any, crm, crm.customers, some_customers, -, -
p3, c3, role:any, crm, crm.customers.name, partial, 1, -, -
p3, c4, role:any, crm, crm.customers.joined, year, 1, -, -
p, c5, role:any, crm, crm.orders, select, some_orders, -, -, allow
p3, c6, role:any, crm, crm.orders.status, hash, 1, -, -
p, c7, role:any, crm, crm.nobody, select, *, -, -, allow
""",
    "depot": """\
p, d1, role:any, depot, depot.lines, select, some_lines, -, -, allow
p3, d2, role:any, depot, depot.lines.price, capped, 1, -, -
p, d3, role:any, depot, depot.stock, select, *, -, -, allow
""",
    "shop": "p, s1, role:any, shop, shop.items, select, some_items, -, -, allow\n",
    "lake": "p, l1, role:any, lake, lake.regions, select, some_regions, -, -, allow\n",
    "desk": """\
p, n1, role:any, desk, desk.notes, select, *, -, -, allow
p3, n2, role:any, desk, desk.notes.text, partial, 1, -, -
""",
}
FILTERS = {
    "some_customers": "region IS DISTINCT FROM 'NORTH' AND id <> 17",
    "some_orders": "priority <> 1",
    "some_lines": "quantity > 0.5 OR flag = 'Süd'",
    "some_items": "kind <> 'NORTH' OR size = 2",
    "some_regions": "zone IS NOT NULL",
}
CAPPED = "CASE WHEN value > 5 THEN 5 ELSE value END"
GOVERNED = Builder(
    TABLES,
    policies=POLICIES,
    filters=FILTERS,
    masks={"capped": CAPPED},
    tags={"crm.orders.customer": frozenset({"pii"})},
)
