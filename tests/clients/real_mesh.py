"""A mesh over one real PostgreSQL: the domains sales, shipping and marketing publish its schemas' relations.

Database: mesh. A principal's password is its name with `-pw`: analyst sees everything, bob nothing, carl `sales.orders`
of customer 1 without their notes, and for the purpose `audit` customers too, dora `shipping.carriers`.
"""

from collections.abc import Mapping
from pathlib import Path

RELATIONS: Mapping[str, str] = {
    "sales.customers": "customer_id integer, name text, email varchar(120), country char(2), vip boolean,"
    " credit numeric(12;2), tags text[], profile jsonb, external_id uuid, photo bytea, created_at timestamptz",
    "sales.orders": "order_id bigint, customer_id integer, status text, amount numeric(10;2),"
    " ordered_on date, ordered_at timestamptz, discount real, score double precision, note text",
    "sales.order_summary": "country char(2), ordered_on date, n_orders bigint, revenue numeric(38;10)",
    "shipping.carriers": "carrier_id smallint, name text",
    "shipping.parcels": "parcel_id uuid, order_id bigint, carrier_id smallint, weight_kg numeric(6;3),"
    " shipped_at timestamptz, delivered_on date, cutoff time, transit interval, address jsonb",
    "shipping.late_parcels": "parcel_id uuid, order_id bigint, carrier_id smallint, weight_kg numeric(6;3),"
    " shipped_at timestamptz, delivered_on date, cutoff time, transit interval, address jsonb",
    "marketing.campaigns": "campaign_id integer, title text, budget numeric(14;2), active boolean,"
    " starts date, channels text[]",
    "marketing.touches": "campaign_id integer, customer_id integer, at timestamp",
    "marketing.active_campaigns": "campaign_id integer, title text, budget numeric(14;2)",
}
"""Relation -> its columns and types (a semicolon stands for the comma within a type)."""

TABLES = """
CREATE SCHEMA sales; CREATE SCHEMA shipping; CREATE SCHEMA marketing;
CREATE TYPE sales.order_status AS ENUM ('new', 'paid', 'shipped', 'cancelled');
CREATE TABLE sales.customers (
  customer_id integer PRIMARY KEY, name text NOT NULL, email varchar(120), country char(2) NOT NULL, vip boolean,
  credit numeric(12,2), tags text[], profile jsonb, external_id uuid, photo bytea, created_at timestamptz);
CREATE TABLE sales.orders (
  order_id bigint PRIMARY KEY, customer_id integer, status sales.order_status, amount numeric(10,2),
  ordered_on date, ordered_at timestamptz, discount real, score double precision, note text);
CREATE VIEW sales.order_summary AS
  SELECT c.country, o.ordered_on, count(*) AS n_orders, sum(o.amount) AS revenue
  FROM sales.orders AS o JOIN sales.customers AS c USING (customer_id) GROUP BY 1, 2;
CREATE TABLE shipping.carriers (carrier_id smallint PRIMARY KEY, name text);
CREATE TABLE shipping.parcels (
  parcel_id uuid PRIMARY KEY, order_id bigint, carrier_id smallint, weight_kg numeric(6,3), shipped_at timestamptz,
  delivered_on date, cutoff time, transit interval, address jsonb);
CREATE VIEW shipping.late_parcels AS SELECT * FROM shipping.parcels WHERE delivered_on > shipped_at::date + 3;
CREATE TABLE marketing.campaigns (
  campaign_id integer PRIMARY KEY, title text, budget numeric(14,2), active boolean, starts date, channels text[]);
CREATE TABLE marketing.touches (campaign_id integer, customer_id integer, at timestamp);
CREATE VIEW marketing.active_campaigns AS SELECT campaign_id, title, budget FROM marketing.campaigns WHERE active;
INSERT INTO sales.customers SELECT i, 'Customer ' || i, 'c' || i || '@example.com', (ARRAY['DE','FR','NL'])[1 + i % 3],
  i % 10 = 0, i * 10.5, ARRAY['t' || i % 3, 'x'], jsonb_build_object('age', 20 + i), md5(i::text)::uuid,
  decode(md5(i::text), 'hex'), '2026-01-01 08:00+00'::timestamptz + i * interval '1 hour' FROM generate_series(1, 50) i;
INSERT INTO sales.customers VALUES
  (-1, '', NULL, 'D', NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (-2, E'Köln "\\\\" \\t \U0001f600', '', 'XX', true, -9999999999.99, '{}', '[1, {"a": [null, "ü"]}]',
   'ffffffff-ffff-ffff-ffff-ffffffffffff', '', '0001-01-01 00:00+00'),
  (-3, 'NULL', 'NULL', '  ', false, 0, '{NULL,"NULL","a,b","{}","","\\"\\\\"}', '"x"',
   '00000000-0000-0000-0000-000000000000', '\\x00ff5c', '9999-12-31 23:59:59.999999+00');
INSERT INTO sales.orders SELECT i, 1 + i % 50,
  (ARRAY['new','paid','shipped','cancelled'])[1 + i % 4]::sales.order_status, (i % 500) + 0.25,
  date '2026-01-01' + (i % 300), '2026-01-01 08:00+00'::timestamptz + i * interval '7 min',
  CASE WHEN i % 5 = 0 THEN 0.1 END, i / 3.0, NULLIF('n' || i % 7, 'n0') FROM generate_series(1, 3000) i;
INSERT INTO sales.orders VALUES
  (-9223372036854775808, 2147483647, NULL, -99999999.99, '0001-01-01', '1969-12-31 23:59:59.999999+00', 'NaN',
   '-Infinity', ''),
  (9223372036854775807, -2147483648, 'new', 0, '9999-12-31', '2000-01-01 00:00+00', '-0', 1e-300, ' '),
  (0, NULL, NULL, NULL, NULL, NULL, 3.4e38, 0.1, NULL);
INSERT INTO shipping.carriers VALUES (1, 'DHL'), (2, 'UPS'), (-32768, NULL);
INSERT INTO shipping.parcels SELECT md5('p' || i)::uuid, i, 1 + i % 2, (i % 900) / 100.0,
  '2026-01-02 10:00+00'::timestamptz + i * interval '7 min', date '2026-01-04' + (i % 300), '17:00',
  interval '1 day 02:03:04', '{"city": "Köln"}' FROM generate_series(1, 300) i;
INSERT INTO shipping.parcels VALUES
  ('00000000-0000-0000-0000-000000000001', NULL, NULL, -0.001, NULL, NULL, '23:59:59.999999',
   interval '-3 years 2 mons -4 days 05:06:07.000008', 'null'),
  ('00000000-0000-0000-0000-000000000002', NULL, NULL, 999.999, NULL, NULL, '00:00', interval '0', NULL);
INSERT INTO marketing.campaigns SELECT i, 'Campaign ' || i, i * 1000, i % 2 = 0, date '2026-03-01' + i,
  ARRAY['mail', 'web'] FROM generate_series(1, 5) i;
INSERT INTO marketing.touches SELECT 1 + i % 5, i, timestamp '2026-03-01 00:00' + i * interval '1 hour' FROM
  generate_series(1, 30) i;
"""
"""The sources: one PostgreSQL with values of every type, ordinary and at the edges of what a type holds."""

_MESH = """\
name = "mesh"

[endpoints]
postgres = "127.0.0.1:0"
flight = "127.0.0.1:0"

[masks]
hash_key = "a key that is long enough for tests"

[limits]
seconds = 60
"""
_PRINCIPALS = """\
principals:
  analyst: {password: analyst-pw}
  bob: {password: bob-pw}
  carl: {password: carl-pw, purposes: [audit]}
  dora: {password: dora-pw}
"""
_POLICIES = {
    "sales": """\
p, sales-2, user:carl, sales, sales.orders, select, first_customer, -, -, allow
p, sales-3, user:carl, sales, sales.orders.note, select, *, -, -, deny
p, sales-4, user:carl, sales, sales.customers, select, *, purpose=audit, -, allow
""",
    "shipping": "p, shipping-2, user:dora, shipping, shipping.carriers, select, *, -, -, allow\n",
}


def write_real_mesh(folder: Path, uri: str) -> Path:
    """The mesh in `folder`, which is returned."""
    _write(folder / "mesh.toml", _MESH)
    _write(folder / "principals.yaml", _PRINCIPALS)
    for domain in ("sales", "shipping", "marketing"):
        home = folder / "domains" / domain
        _write(home / "domain.yaml", _domain(domain, uri))
        grant = f"p, {domain}-1, user:analyst, {domain}, {domain}.*, select, *, -, -, allow\n"
        _write(home / "policies.csv", grant + _POLICIES.get(domain, ""))
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
{"filters: {first_customer: customer_id = 1}" if domain == "sales" else ""}
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
