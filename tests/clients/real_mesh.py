"""A mesh over one real PostgreSQL: the domains sales, shipping and marketing publish its schemas' relations.

Principals: analyst (password `analyst-pw`; purpose audit), bob (`bob-pw`, sees nothing). Database: mesh.
"""

from collections.abc import Mapping
from pathlib import Path

RELATIONS: Mapping[str, str] = {
    "sales.customers": "customer_id integer, name text, email text, country text, vip boolean,"
    " credit numeric(12;2), tags text[], profile json, external_id uuid, photo bytea, created_at timestamptz",
    "sales.orders": "order_id bigint, customer_id integer, status text, amount numeric(10;2),"
    " ordered_on date, ordered_at timestamptz, discount real, score double precision, note text",
    "sales.order_summary": "country text, ordered_on date, n_orders bigint, revenue numeric",
    "shipping.carriers": "carrier_id smallint, name text",
    "shipping.parcels": "parcel_id uuid, order_id bigint, carrier_id smallint, weight_kg numeric(6;3),"
    " shipped_at timestamptz, delivered_on date, cutoff time, transit interval, address json",
    "shipping.late_parcels": "parcel_id uuid, order_id bigint, carrier_id smallint, weight_kg numeric(6;3),"
    " shipped_at timestamptz, delivered_on date, cutoff time, transit interval, address json",
    "marketing.campaigns": "campaign_id integer, title text, budget numeric(14;2), active boolean,"
    " starts date, channels text[]",
    "marketing.touches": "campaign_id integer, customer_id integer, at timestamp",
    "marketing.active_campaigns": "campaign_id integer, title text, budget numeric(14;2)",
}
"""Relation -> its columns and types (a semicolon stands for the comma within a type)."""

_MESH = """\
name = "mesh"

[endpoints]
postgres = "127.0.0.1:0"

[masks]
hash_key = "a key that is long enough for tests"

[limits]
seconds = 60
"""
_PRINCIPALS = """\
principals:
  analyst: {password: analyst-pw, purposes: [audit]}
  bob: {password: bob-pw}
"""


def write_real_mesh(folder: Path, uri: str, policies: str = "") -> Path:
    """The mesh in `folder`, which is returned; `policies` are more lines of the sales domain."""
    _write(folder / "mesh.toml", _MESH)
    _write(folder / "principals.yaml", _PRINCIPALS)
    for domain in ("sales", "shipping", "marketing"):
        home = folder / "domains" / domain
        _write(home / "domain.yaml", _domain(domain, uri))
        grant = f"p, {domain}-1, user:analyst, {domain}, {domain}.*, select, *, -, -, allow\n"
        _write(home / "policies.csv", grant + (policies if domain == "sales" else ""))
    for relation, columns in RELATIONS.items():
        domain, _, name = relation.partition(".")
        path = folder / "domains" / domain / "products" / name / "contract.odcs.yaml"
        _write(path, _contract(domain, name, columns))
    return folder


def _domain(domain: str, uri: str) -> str:
    return f"""\
domain: {domain}
title: {domain.title()}
owner: {{team: {domain}, email: {domain}@example.com}}
sources:
  db: {{connector: postgres, uri: "{uri}"}}
"""


def _contract(domain: str, name: str, columns: str) -> str:
    pairs = [column.strip().replace(";", ",").split(" ", 1) for column in columns.split(", ")]
    properties = "\n".join(f'      - {{name: {column}, physicalType: "{kind}"}}' for column, kind in pairs)
    return f"""\
apiVersion: v3.1.0
kind: DataContract
id: {domain}-{name}
version: 1.0.0
status: active
schema:
  - name: {name}
    physicalName: db.{domain}.{name}
    properties:
{properties}
"""


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
