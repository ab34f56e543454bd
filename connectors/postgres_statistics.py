"""What PostgreSQL's planner knows about tables, in one question."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from math import ceil
from typing import Any

from connectors.base import ColumnStatistics, TableStatistics
from connectors.postgres_types import literal, natural_type

# Rows: as the server's own planner guesses them, from the density at the last ANALYZE and the size now; of a table
# that was never analyzed from its size alone. Numbers of distinct values below zero are fractions of the rows.
# Blocks: only of a table whose rows are all its own, and where the server finds a range of them without reading the
# others (from version 14).
QUESTION = """
WITH wanted AS (
  SELECT c.oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind, c.relhassubclass,
    CASE WHEN c.relkind = 'p' THEN nullif(c.reltuples, -1)::float8
         WHEN c.reltuples >= 0 AND c.relpages > 0
           THEN c.reltuples::float8 / c.relpages * (s.bytes / current_setting('block_size')::float8)
         ELSE s.bytes / (28.0 + 12 * c.relnatts) END::float8 AS rows,
    CASE WHEN c.relkind = 'r' AND NOT c.relhassubclass AND current_setting('server_version_num')::int4 >= 140000
          AND c.relam = (SELECT oid FROM pg_catalog.pg_am WHERE amname = 'heap')
         THEN s.bytes / current_setting('block_size')::float8 END AS blocks
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_relation_size(c.oid)::float8 END AS bytes) AS s
  WHERE c.relkind IN ('r', 'm', 'p') AND (n.nspname, c.relname) IN ({names})
)
SELECT schema, name, 'table' AS kind, NULL::text[] AS columns, NULL::text AS type, NULL::int4 AS typmod,
  rows, NULL::float8 AS nulls, NULL::float8 AS bytes, NULL::text[] AS samples,
  NULL::float8 AS correlation, blocks FROM wanted
UNION ALL
SELECT w.schema, w.name, 'column', ARRAY[s.attname::text],
  CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN t.typname::text END, a.atttypmod,
  CASE WHEN s.n_distinct < 0 THEN -s.n_distinct::float8 * w.rows ELSE nullif(s.n_distinct, 0)::float8 END,
  s.null_frac::float8, s.avg_width::float8,
  s.histogram_bounds::text::text[] || s.most_common_vals::text::text[],
  CASE WHEN NOT w.relhassubclass THEN s.correlation::float8 END, NULL
FROM wanted w
JOIN pg_catalog.pg_stats s ON s.schemaname = w.schema AND s.tablename = w.name AND s.inherited = (w.relkind = 'p')
JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid AND a.attname = s.attname
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
UNION ALL
SELECT w.schema, w.name, CASE WHEN i.indisunique THEN 'unique' ELSE 'index' END,
  ARRAY(SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
        JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid AND a.attnum = k.number
        WHERE k.place <= i.indnkeyatts ORDER BY k.place),
  NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
FROM wanted w JOIN pg_catalog.pg_index i ON i.indrelid = w.oid
WHERE i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
"""

LEAST_BLOCKS = 4_096
"""Of a table that is worth being read in parts: 32 MB."""
MOST_BLOCKS = 32_768
"""Of a part: what waits of one while others are read takes memory."""
ORDERED = 0.95
"""Correlation of values and places, from which on rows lie in the order of their values."""

Row = Mapping[str, Any]


def question(names: Collection[tuple[str, str]]) -> str:
    """SQL about the tables `names`, (schema, table); at least one."""
    return QUESTION.format(names=", ".join(f"({literal(schema)}, {literal(name)})" for schema, name in names))


def statistics(rows: Iterable[Row], parallel: int = 1) -> dict[tuple[str, str], TableStatistics]:
    """Of the answer to `question`, for tables that so many connections may read side by side."""
    of_table: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        of_table.setdefault((row["schema"], row["name"]), []).append(row)
    return {name: _table(found, parallel) for name, found in of_table.items()}


def _table(rows: list[Row], parallel: int) -> TableStatistics:
    correlated = {row["columns"][0] for row in rows if (row["correlation"] or 0.0) >= ORDERED}
    indexes = [row for row in rows if row["kind"] in ("unique", "index") and row["columns"]]
    indexed = dict.fromkeys(row["columns"][0] for row in indexes)
    return TableStatistics(
        next(row["rows"] for row in rows if row["kind"] == "table"),
        {row["columns"][0]: _column(row) for row in rows if row["kind"] == "column"},
        tuple(dict.fromkeys(tuple(row["columns"]) for row in indexes if row["kind"] == "unique")),
        tuple(indexed),
        tuple(column for column in indexed if column in correlated),
        _parts(next(row["blocks"] for row in rows if row["kind"] == "table"), parallel),
    )


def _parts(blocks: float | None, parallel: int) -> tuple[str, ...]:
    """Ranges of blocks, as many for each connection. The first begins and the last ends nowhere: the table may grow."""
    if blocks is None or blocks < LEAST_BLOCKS or parallel < 2:
        return ()
    count = parallel * ceil(blocks / (parallel * MOST_BLOCKS))
    ends = [f"'({round(blocks * number / count)},0)'" for number in range(1, count)]
    between = [f"ctid >= {low} AND ctid < {high}" for low, high in pairwise(ends)]
    return (f"ctid < {ends[0]}", *between, f"ctid >= {ends[-1]}")


def _column(row: Row) -> ColumnStatistics:
    values = _values(natural_type(row["type"], row["typmod"]), row["samples"] or ())
    return ColumnStatistics(
        row["rows"],
        row["nulls"],
        row["bytes"],
        min(values, default=None),
        max(values, default=None),
    )


def _values(kind: str, texts: Iterable[str]) -> list[Any]:
    """Of types that the source orders as DuckDB does; a text's order depends on its collation."""
    read = _READ.get(kind.partition("(")[0])
    if read is None:
        return []
    try:
        return [read(text) for text in texts]
    except (
        ValueError,
        ArithmeticError,
    ):  # infinity, or before Christ: then there is no range that Python can say
        return []


def _number(text: str) -> Decimal:
    """NaN, which the source takes for the greatest, cannot be compared with here."""
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


_READ: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("SMALLINT", "INTEGER", "BIGINT"), int),
    "DECIMAL": _number,
    "DATE": dt.date.fromisoformat,
    **dict.fromkeys(("TIMESTAMP", "TIMESTAMP WITH TIME ZONE"), _moment),
}
