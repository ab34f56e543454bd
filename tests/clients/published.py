"""A mesh that publishes what a PostgreSQL has, as it is: schemas as domains, tables and views as products, with their
comments and keys. One principal, `analyst`, may read all of it."""

from pathlib import Path
from typing import Any

import psycopg
import yaml

DOMAINS = ("sales", "shipping", "marketing")

TABLES = """
CREATE SCHEMA sales AUTHORIZATION pg_database_owner; CREATE SCHEMA shipping AUTHORIZATION pg_database_owner;
CREATE SCHEMA marketing AUTHORIZATION pg_database_owner; SET ROLE pg_database_owner;
COMMENT ON SCHEMA sales IS 'Sales: customers, orders'; COMMENT ON SCHEMA shipping IS 'Shipping';
COMMENT ON SCHEMA marketing IS 'Marketing';
CREATE TABLE sales.customers (customer_id integer PRIMARY KEY, name text NOT NULL, credit numeric(12,2), tags text[]);
COMMENT ON TABLE sales.customers IS 'One row per customer';
COMMENT ON COLUMN sales.customers.credit IS 'Credit limit, EUR';
CREATE TABLE sales.orders (
  order_id bigint PRIMARY KEY, customer_id integer NOT NULL REFERENCES sales.customers, amount numeric(10,2),
  ordered_on date, ordered_at timestamptz, discount real, score double precision, paid boolean, profile json);
COMMENT ON TABLE sales.orders IS 'One row per order';
CREATE TABLE shipping.parcels (parcel_id uuid PRIMARY KEY, order_id bigint, cutoff time, transit interval, label bytea);
COMMENT ON TABLE shipping.parcels IS 'What was sent';
CREATE TABLE marketing.touches (campaign_id integer, customer_id integer, at timestamp,
  PRIMARY KEY (campaign_id, customer_id));
COMMENT ON TABLE marketing.touches IS 'Who was told of what';
CREATE VIEW sales.totals AS SELECT customer_id, sum(amount)::numeric(12,2) AS total FROM sales.orders GROUP BY 1;
INSERT INTO sales.customers SELECT i, 'Customer ' || i, i * 10.5, ARRAY['t' || i % 3] FROM generate_series(1, 20) i;
INSERT INTO sales.orders SELECT i, 1 + i % 20, (i % 500) + 0.25, date '2026-01-01' + (i % 300),
  '2026-01-01 08:00+00'::timestamptz + i * interval '7 hours', CASE WHEN i % 5 = 0 THEN 0.1 END, i / 4.0, i % 2 = 0
  FROM generate_series(1, 300) i;
GRANT USAGE ON SCHEMA sales, shipping, marketing TO PUBLIC;
GRANT SELECT, REFERENCES ON ALL TABLES IN SCHEMA sales, shipping, marketing TO PUBLIC;
RESET ROLE;
"""
"""What the catalog's tests publish: only what a mesh can publish, owned as in the gateway's own PostgreSQL."""

COLUMNS = """
SELECT n.nspname, c.relname, obj_description(c.oid), a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       col_description(c.oid, a.attnum), coalesce(a.attnum = ANY (p.conkey), false), t.typtype,
       (SELECT format('%%s/%%s', rn.nspname || '.' || r.relname, ra.attname) FROM pg_constraint AS f
        JOIN pg_class AS r ON r.oid = f.confrelid JOIN pg_namespace AS rn ON rn.oid = r.relnamespace
        JOIN pg_attribute AS ra ON ra.attrelid = r.oid AND ra.attnum = f.confkey[1]
        WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.conkey = ARRAY[a.attnum])
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_constraint AS p ON p.conrelid = c.oid AND p.contype = 'p'
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'v') ORDER BY n.nspname, c.relname, a.attnum
"""


def publish(folder: Path, uri: str, port: int = 0) -> Path:
    """The mesh in `folder`, which is returned."""
    with psycopg.connect(uri) as connection:
        rows = connection.execute(COLUMNS, (list(DOMAINS),)).fetchall()
        titles = dict(
            connection.execute(
                "SELECT nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace"
            ).fetchall()
        )
    _write(
        folder / "mesh.toml",
        f'name = "mesh"\n[endpoints]\npostgres = "127.0.0.1:{port}"\nflight = "127.0.0.1:0"\n'
        '[masks]\nhash_key = "a key that is long enough"\n',
    )
    _write(folder / "principals.yaml", "principals:\n  analyst: {password: analyst-pw}\n")
    for domain in DOMAINS:
        home = folder / "domains" / domain
        described = {
            "domain": domain,
            "title": titles.get(domain) or domain,
            "owner": {"team": domain, "email": f"{domain}@example.com"},
            "sources": {"db": {"connector": "postgres", "uri": uri}},
        }
        _write(home / "domain.yaml", yaml.safe_dump(described))
        _write(
            home / "policies.csv",
            f"p, {domain}-1, user:analyst, {domain}, {domain}.*, select, *, -, -, allow\n",
        )
    relations: dict[tuple[str, str], list[tuple[Any, ...]]] = {}
    for row in rows:
        relations.setdefault((row[0], row[1]), []).append(row)
    for (domain, name), columns in relations.items():
        path = folder / "domains" / domain / "products" / name / "contract.odcs.yaml"
        _write(path, yaml.safe_dump(_contract(domain, name, columns)))
    return folder


def _contract(domain: str, name: str, rows: list[tuple[Any, ...]]) -> dict[str, object]:
    relation = {
        "name": name,
        "physicalName": f"db.{domain}.{name}",
        "description": rows[0][2] or "",
        "properties": [_property(row) for row in rows],
    }
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": f"{domain}-{name}",
        "version": "1.0.0",
        "status": "active",
        "schema": [relation],
    }


def _property(row: tuple[Any, ...]) -> dict[str, object]:
    domain, _, _, name, kind, required, description, primary, category, target = row
    found: dict[str, object] = {
        "name": name,
        "physicalType": "text" if category == "e" else kind,
    }
    found |= {"required": True} if required else {}
    found |= {"primaryKey": True} if primary else {}
    found |= {"description": description} if description else {}
    if target:
        relation, _, column = target.partition("/")
        found["relationships"] = [{"to": f"{relation.removeprefix(domain + '.')}.{column}"}]
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
