"""Two worlds whose sources find the same visible rows by other ways: with few rows that are hidden PostgreSQL reads a
table from end to end, with many it takes an index, has several processes read, or groups in an order of its own."""

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from connectors.postgres import PostgresConnector
from gateway.query.mesh import Mesh
from tests.query.mesh import Builder, close_mesh
from tests.servers import PostgresServer

FEW, MANY = 2, 10_000
VISIBLE = 60

POLICIES = {
    "sales": """
p, s1, role:any, sales, sales.orders, select, own_region, -, -, allow
p, s2, role:any, sales, sales.customers, select, own_region, -, -, allow
p, s3, role:any, sales, sales.seen, select, own_region, -, -, allow
"""
}
FILTERS = {"own_region": "region = principal.region"}


def builder(hidden: int) -> Builder:
    return Builder(
        {
            "sales.orders": _table(hidden, 5),
            "sales.customers": _table(hidden, 6),
            "sales.seen": _table(hidden, 7),
        },
        POLICIES,
        FILTERS,
    )


def _table(hidden: int, seed: int) -> pa.Table:
    """Visible rows in an order of no column's, hidden ones between them."""
    some = random.Random(seed)
    rows: list[dict[str, object]] = []
    for number, at in enumerate(some.sample(range(1, VISIBLE + 1), VISIBLE), start=1):
        rows.append({"id": at, "region": "EU", "part": some.randrange(20), "note": f"n{some.randrange(30)}"})
        while len(rows) < number * (1 + hidden / VISIBLE):
            name = f"CANARY{len(rows)}"
            rows.append({"id": 1000 + len(rows), "region": "US", "part": len(rows) % 20, "note": name})
    return pa.Table.from_pylist(rows)


def worlds(kind: str, folder: Path, server: PostgresServer) -> Iterator[tuple[Mesh, Mesh]]:
    made = []
    for name, hidden in (("few", FEW), ("many", MANY)):
        own = f"stored_{name}"
        mesh = builder(hidden).of_kind(kind, folder / own, server)
        if kind == "postgres":
            close_mesh(mesh)
            mesh = _indexed(hidden, own, server)
        made.append(mesh)
    yield made[0], made[1]
    for mesh in made:
        close_mesh(mesh)


def _indexed(hidden: int, schema: str, server: PostgresServer) -> Mesh:
    """`seen` is a view, of which nobody knows in which order its rows lie."""
    own = f'"{schema}_sales"'
    for table in ("orders", "customers", "seen"):
        server.run(
            f"CREATE INDEX ON {own}.{table} (part)",
            f"CREATE INDEX ON {own}.{table} (id)",
            f"CREATE INDEX ON {own}.{table} (region, note)",
            f"VACUUM ANALYZE {own}.{table}",
        )
    server.run(
        f"ALTER TABLE {own}.seen RENAME TO kept",
        f"CREATE VIEW {own}.seen AS SELECT DISTINCT k.* FROM {own}.kept AS k JOIN {own}.orders AS o USING (id)",
    )
    return builder(hidden).over(
        lambda domain, _: PostgresConnector(server.uri(), schema=f"{schema}_{domain}")
    )


JOINED = "sales.orders AS o JOIN sales.customers AS c ON o.part = c.part"

QUERIES = (
    "SELECT id FROM sales.orders",
    "SELECT id, note FROM sales.orders WHERE part < 9",
    "SELECT id FROM sales.orders WHERE id IN (5, 59, 30, 1, 12, 44)",
    "SELECT part FROM sales.orders WHERE note >= 'n1'",
    "SELECT note, count(*) FROM sales.orders GROUP BY note",
    "SELECT DISTINCT note FROM sales.orders",
    "SELECT DISTINCT part, note FROM sales.orders WHERE id > 9",
    "SELECT part, note FROM sales.orders GROUP BY ROLLUP (part, note)",
    "SELECT id FROM sales.orders UNION SELECT part FROM sales.customers",
    "SELECT id FROM sales.orders UNION ALL SELECT id FROM sales.customers",
    "SELECT id FROM sales.orders EXCEPT SELECT part FROM sales.customers",
    "SELECT part FROM sales.orders INTERSECT ALL SELECT part FROM sales.customers",
    "SELECT id FROM (SELECT DISTINCT id, note FROM sales.orders) AS q",
    "SELECT id, r FROM (SELECT id, rank() OVER (ORDER BY part) AS r FROM sales.orders) AS q",
    "WITH q AS (SELECT id FROM sales.orders WHERE part < 9) SELECT id FROM q",
    "WITH q AS MATERIALIZED (SELECT note, max(id) AS id FROM sales.orders GROUP BY note) SELECT id FROM q",
    f"SELECT o.id, c.id AS other FROM {JOINED}",
    "SELECT o.id FROM sales.orders AS o LEFT JOIN sales.customers AS c ON o.id = c.id",
    "SELECT id FROM sales.orders WHERE part IN (SELECT part FROM sales.customers WHERE id < 5)",
    "SELECT id FROM sales.orders AS o WHERE EXISTS (SELECT 1 FROM sales.customers AS c WHERE c.id = o.part)",
    "SELECT id, note FROM sales.seen",
    "SELECT unnest([id, part]) AS u FROM sales.orders",
)
"""Of which only some rows are read: by LIMIT, OFFSET and by cursors. No order says which."""

SORTED = (
    "SELECT id, note FROM sales.orders ORDER BY note",
    "SELECT id FROM sales.orders WHERE part < 15 ORDER BY part DESC, note",
    f"SELECT o.id, c.id AS other FROM {JOINED} WHERE o.part < 9 ORDER BY o.part",
    "SELECT part, id FROM sales.orders UNION ALL SELECT part, id FROM sales.customers ORDER BY 1",
    "SELECT note, count(*) FROM sales.orders GROUP BY note ORDER BY 2 DESC",
    "SELECT part FROM sales.orders ORDER BY note, id % 2",
)
"""Orders that leave rows alike, read to the end."""

PLACED = (
    "SELECT array_agg(id), string_agg(note, ','), first(id), last(note), any_value(part) FROM sales.orders",
    "SELECT array_agg(id) FILTER (WHERE part < 9), list(note) FROM sales.orders WHERE note > 'n1'",
    "SELECT array_agg(id) FROM sales.orders WHERE id IN (5, 59, 30, 1, 12, 44)",
    "SELECT array_agg(id) FROM (SELECT id FROM sales.orders ORDER BY note) AS q",
    "WITH q AS (SELECT id FROM sales.orders ORDER BY part) SELECT string_agg(id::text, ',') FROM q",
    "SELECT part, array_agg(note) FROM sales.orders GROUP BY part ORDER BY part",
    "SELECT arg_max(id, part), arg_min(note, part), max_by(id, part, 3), mode(part) FROM sales.orders",
    "SELECT mode() WITHIN GROUP (ORDER BY note), approx_quantile(id, 0.5) FROM sales.orders",
    "SELECT json_group_array(id), json_group_object(id, note) FROM sales.orders",
    "SELECT id, row_number() OVER () AS r, row_number() OVER (ORDER BY part) AS s FROM sales.orders ORDER BY id",
    "SELECT id, ntile(7) OVER (ORDER BY part) AS n FROM sales.orders ORDER BY id",
    "SELECT id, lag(id) OVER (ORDER BY part) AS a, lead(id, 2) OVER (PARTITION BY part) AS b "
    "FROM sales.orders ORDER BY id",
    "SELECT id, lag(nullif(id, 7) IGNORE NULLS) OVER (ORDER BY part) AS a FROM sales.orders ORDER BY id",
    "SELECT id, lag(id) OVER (ORDER BY part RANGE BETWEEN 1 PRECEDING AND CURRENT ROW) AS a "
    "FROM sales.orders ORDER BY id",
    "SELECT id, first_value(id) OVER w AS f, last_value(id) OVER w AS l, nth_value(id, 2) OVER w AS n "
    "FROM sales.orders WINDOW w AS (ORDER BY part) ORDER BY id",
    "SELECT id, last_value(id) OVER (ORDER BY part RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS l "
    "FROM sales.orders ORDER BY id",
    "SELECT id, last_value(nullif(id, 7) IGNORE NULLS) OVER (ORDER BY part GROUPS 1 PRECEDING) AS l "
    "FROM sales.orders ORDER BY id",
    "SELECT id, sum(id) OVER (ORDER BY part ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS s "
    "FROM sales.orders ORDER BY id",
    "SELECT id, max(id) OVER (w ROWS 2 PRECEDING) AS m FROM sales.orders WINDOW w AS (PARTITION BY note) ORDER BY id",
    "SELECT id, array_agg(id) OVER (PARTITION BY note) AS g, list(id) OVER (ORDER BY part) AS h "
    "FROM sales.orders ORDER BY id",
    "SELECT note, count(*) AS n, row_number() OVER (ORDER BY count(*)) AS r "
    "FROM sales.orders GROUP BY note ORDER BY note",
    "SELECT note, first_value(note) OVER (ORDER BY count(*)) AS f FROM sales.orders GROUP BY note ORDER BY note",
    "SELECT id FROM sales.orders QUALIFY row_number() OVER (PARTITION BY part) = 1 ORDER BY id",
    "SELECT id, row_number() OVER (ORDER BY part) AS r FROM sales.orders "
    "WHERE id > (SELECT min(c.part) FROM sales.customers AS c) ORDER BY id",
    "SELECT (SELECT id FROM sales.orders LIMIT 1) AS a",
    "SELECT sum(id) FROM (SELECT id FROM sales.orders WHERE part < 12 LIMIT 4) AS q",
    "SELECT DISTINCT ON (part) part, id FROM sales.orders",
    "SELECT DISTINCT ON (part) part, id FROM sales.orders ORDER BY part",
)
"""What tells rows or values apart that no order does."""
