"""A small mesh in a folder, for tests: three domains, SQLite and Parquet sources, products over products.

    sales.orders, sales.customers      sources crm (SQLite)
    shipping.parcels, shipping.delays  source depot (Parquet); delays is built on sales.orders
    marketing.leads                    source lake (Parquet)

Principals: ana (EU, shipping-team), felix (finance; purposes audit and billing), olga (nothing). Password: their name.
"""

import sqlite3
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

FILES: Mapping[str, str] = {
    "mesh.toml": """\
name = "small"

[endpoints]
postgres = "127.0.0.1:0"

[masks]
hash_key = "${MESH_HASH_KEY}"
cents = "TRY_CAST(NULL AS DECIMAL(12,2))"

[limits]
seconds = 20
""",
    "principals.yaml": """\
principals:
  ana:
    password: ana
    groups: [shipping-team]
    attributes: {region: EU, regions: [EU, UK], department: shipping, level: 3}
    purposes: [delay-analysis]
  felix:
    password: felix
    groups: [finance]
    attributes: {department: finance}
    purposes: [audit, billing]
  olga:
    password: olga
""",
    "policies.csv": """\
# p3, id, subject, domain, object, mask, priority, condition, until
p3, mesh-1, role:any, *, tag:pii, hash, 10, -, -
p3, mesh-2, group:finance, *, tag:pii.email, email, 20, purpose=audit, -
""",
    "domains/sales/domain.yaml": """\
domain: sales
title: Sales
owner: {team: Sales data, email: sales-data@example.com}
sources:
  crm: {connector: sqlite, path: ./crm.sqlite}
filters:
  own_region: region = principal.region
  my_regions: region IN principal.regions
  not_deleted: deleted_at IS NULL
masks:
  initials: left(value, 1) || '.'
""",
    "domains/sales/policies.csv": """\
# p, id, subject, domain, object, action, rows, condition, until, effect
p, sales-1, role:sales.analyst, sales, sales.orders, select, own_region, -, -, allow
p, sales-2, role:sales.finance, sales, sales.*, select, *, purpose=audit|billing, 2035-01-01T00:00:00Z, allow
p, sales-3, role:any, sales, tag:secret, select, *, -, -, deny
p2, sales-4, role:any, sales, sales.orders, not_deleted, -, -
p3, sales-5, role:any, sales, sales.customers.name, initials, 10, -, -
p, sales-6, role:any, sales, sales.*, discover, *, -, -, allow
p, sales-7, domain:shipping, sales, sales.orders, share, my_regions, -, -, allow
g, group:shipping-team, role:sales.analyst, sales
g, group:finance, role:sales.finance, sales
""",
    "domains/sales/products/orders/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: sales-orders
name: Orders
version: 1.2.0
status: active
domain: sales
description: {purpose: What customers ordered., usage: Reports.}
tags: [Revenue]
schema:
  - name: orders
    physicalName: crm.orders
    description: One row an order.
    properties:
      - {name: order_id, logicalType: integer, physicalType: bigint, primaryKey: true, description: Number.}
      - name: customer_id
        logicalType: integer
        physicalType: bigint
        relationships: [{to: customers.customer_id}]
      - {name: region, logicalType: string, physicalType: text, required: true}
      - {name: amount, physicalName: amount_eur, logicalType: number, physicalType: "numeric(12,2)"}
      - {name: ordered_on, logicalType: date, physicalType: date}
      - {name: deleted_at, logicalType: timestamp, physicalType: timestamp}
      - {name: note, logicalType: string, physicalType: text, classification: Secret}
""",
    "domains/sales/products/customers/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: sales-customers
version: 1.0.0
status: active
team:
  name: Customer care
  members: [{username: care@example.com, role: Owner}]
schema:
  - name: customers
    properties:
      - {name: customer_id, logicalType: integer, physicalType: bigint, primaryKey: true}
      - {name: name, logicalType: string, physicalType: text, tags: [pii.name]}
      - {name: email, logicalType: string, physicalType: text, tags: [PII.Email]}
      - {name: is_big, logicalType: boolean, physicalType: boolean}
""",
    "domains/sales/products/customers/customers.sql": """\
-- Customers that were merged into another one are left out.
SELECT c.id AS customer_id, c.name, c.email, c.orders > 10 AS is_big
FROM crm.customers AS c
WHERE c.merged_into IS NULL
""",
    "domains/shipping/domain.yaml": """\
domain: shipping
title: Shipping
owner: {team: Shipping operations, email: shipping-data@example.com}
sources:
  depot: {connector: files, path: ./depot}
""",
    "domains/shipping/policies.csv": """\
p, shipping-1, role:any, shipping, shipping.parcels, select, *, -, -, allow
p, shipping-2, group:finance, shipping, shipping.delays, select, *, -, -, allow
""",
    "domains/shipping/products/parcels/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: shipping-parcels
version: 1.0.0
status: active
schema:
  - name: parcels
    physicalName: depot.parcels
    properties:
      - {name: parcel_id, logicalType: integer, physicalType: bigint}
      - {name: order_id, logicalType: integer, physicalType: bigint}
      - {name: carrier, logicalType: string, physicalType: text}
      - {name: delivered_on, logicalType: date, physicalType: date}
      - {name: weight, logicalType: number, physicalType: numeric}
""",
    "domains/shipping/products/delays/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: shipping-delays
version: 0.1.0
status: draft
schema:
  - name: delays
    properties:
      - {name: order_id, logicalType: integer, physicalType: bigint}
      - {name: region, logicalType: string, physicalType: text}
      - {name: carrier, logicalType: string, physicalType: text}
      - {name: days_late, logicalType: integer, physicalType: bigint}
""",
    "domains/shipping/products/delays/delays.sql": """\
SELECT o.order_id, o.region, p.carrier, p.delivered_on - o.ordered_on AS days_late
FROM sales.orders AS o JOIN depot.parcels AS p ON p.order_id = o.order_id
""",
    "domains/marketing/domain.yaml": """\
domain: marketing
title: Marketing
owner: {team: Marketing, email: marketing-data@example.com}
sources:
  lake: {connector: files, path: ./lake}
""",
    "domains/marketing/policies.csv": """\
p, marketing-1, role:any, marketing, marketing.leads, select, *, -, -, allow
""",
    "domains/marketing/products/leads/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: marketing-leads
version: 1.0.0
status: active
schema:
  - name: leads
    physicalName: lake.leads
    properties:
      - {name: lead_id, logicalType: integer, physicalType: bigint}
      - {name: email, logicalType: string, physicalType: text, tags: [pii.email]}
      - {name: source, logicalType: string, physicalType: text}
""",
}

ENVIRONMENT: Mapping[str, str] = {"MESH_HASH_KEY": "a key that is long enough for tests"}


def write_mesh(folder: Path, changes: Mapping[str, str | None] | None = None) -> Path:
    """The mesh of this module in `folder`, which is returned. `changes` replaces files; None leaves one out."""
    for name, text in {**FILES, **(changes or {})}.items():
        if text is not None:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    _write_crm(folder / "domains/sales/crm.sqlite")
    _write_depot(folder / "domains/shipping/depot")
    _write_lake(folder / "domains/marketing/lake")
    return folder


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """A change for `write_mesh`: one place of one file, which must be there once."""
    assert FILES[name].count(old) == 1, f"{old!r} stands {FILES[name].count(old)} times in {name}"
    return {name: FILES[name].replace(old, new)}


def added(name: str, line: str) -> dict[str, str]:
    """A change for `write_mesh`: a line more at the end of a file."""
    return {name: f"{FILES[name]}{line}\n"}


def _write_crm(path: Path) -> None:
    database = sqlite3.connect(path)
    database.executescript("""
        CREATE TABLE orders (order_id INTEGER PRIMARY KEY, customer_id INTEGER, region TEXT, amount_eur TEXT,
                             ordered_on TEXT, deleted_at TEXT, note TEXT);
        CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, email TEXT, orders INTEGER, merged_into INTEGER);
        INSERT INTO orders VALUES (1, 1, 'EU', '10.50', '2024-03-01', NULL, 'gift'),
                                  (2, 2, 'US', '20.00', '2024-03-02', NULL, NULL),
                                  (3, 1, 'UK', '5.25', '2024-03-03', '2024-04-01 12:00:00', 'broken');
        INSERT INTO customers VALUES (1, 'Ada', 'ada@example.com', 12, NULL), (2, 'Bob', 'bob@example.com', 1, NULL),
                                     (3, 'Ada L.', 'ada.l@example.com', 0, 1);
    """)
    database.close()


def _write_depot(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    parcels = pa.table(
        {
            "parcel_id": pa.array([10, 11], pa.int64()),
            "order_id": pa.array([1, 2], pa.int32()),
            "carrier": ["north", "south"],
            "delivered_on": [date(2024, 3, 5), date(2024, 3, 3)],
            "weight": pa.array([Decimal("1.250"), None], pa.decimal128(9, 3)),
            "scanned_at": [datetime(2024, 3, 5, 9, 30), None],
        }
    )
    pq.write_table(parcels, folder / "parcels.parquet")


def _write_lake(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    leads = pa.table({"lead_id": [1, 2], "email": ["ada@example.com", None], "source": ["fair", "web"]})
    pq.write_table(leads, folder / "leads.parquet")
