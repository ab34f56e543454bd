"""PostgreSQL over ADBC: whole queries run at the source, results arrive as exact Arrow."""

import logging
import os
from collections.abc import Collection, Mapping
from contextlib import closing
from threading import Event
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from connectors.base import Snapshot, SourceColumn, SourceDown, SourceError, SourceTable, TableStatistics
from connectors.options import Option, OptionError
from connectors.postgres_keys import transferable
from connectors.postgres_known import KnownArrivals
from connectors.postgres_lines import Lines
from connectors.postgres_pool import Pool
from connectors.postgres_snapshot import PostgresSnapshot
from connectors.postgres_statistics import question, statistics
from connectors.postgres_types import is_unsure, natural_type, quoted

LOG = logging.getLogger(__name__)

# A domain is read as its base type, which is also what the server sends. An array counts as one only if it
# is its element's array type: int2vector and oidvector look alike and are not. A collation that takes different
# texts for equal (before PostgreSQL 12 there is none) is part of the type's name.
TABLES = """
WITH RECURSIVE resolved(oid, base, typmod) AS (
  SELECT oid, oid, -1 FROM pg_catalog.pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT d.oid, r.base, CASE WHEN d.typtypmod <> -1 THEN d.typtypmod ELSE r.typmod END
  FROM pg_catalog.pg_type d JOIN resolved r ON d.typbasetype = r.oid WHERE d.typtype = 'd'
)
SELECT n.nspname::text AS schema, c.relname::text AS name, a.attname::text AS column,
  pg_catalog.format_type(a.atttypid, a.atttypmod)
    || CASE WHEN NOT (pg_catalog.to_jsonb(k) ->> 'collisdeterministic')::boolean
            THEN ' COLLATE ' || k.collname ELSE '' END AS native,
  a.attnotnull AS not_null, c.relkind IN ('v', 'm') AS view,
  CASE WHEN e.oid IS NOT NULL THEN '_' || coalesce(CASE WHEN e.typnamespace = i.oid THEN e.typname END, '')
       WHEN t.typnamespace = i.oid THEN t.typname::text END AS type,
  CASE WHEN a.atttypmod <> -1 THEN a.atttypmod ELSE r.typmod END AS typmod,
  pg_catalog.getdatabaseencoding()::text AS encoding
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN resolved r ON r.oid = a.atttypid
JOIN pg_catalog.pg_type t ON t.oid = r.base
LEFT JOIN pg_catalog.pg_collation k ON k.oid = a.attcollation
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_catalog.pg_namespace i ON i.nspname = 'pg_catalog'
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
ORDER BY n.nspname, c.relname, a.attnum
"""


PARTS = ("host", "port", "database", "user", "password")
PARALLEL = 2
"""Of more no gain was measured yet."""


class PostgresConnector:
    """Everything is read in read-only transactions on pooled connections, named after their query."""

    dialect: str | None = "postgres"

    OPTIONS: ClassVar[tuple[Option, ...]] = (
        Option(
            "uri", str, "postgresql://user:password@host:port/database, or host, port and the rest one by one"
        ),
        Option("host", str, "name, address, or folder of the server's socket"),
        Option("port", int, "5432 if left out"),
        Option("database", str, "the database's name"),
        Option("user", str, "the account the gateway reads as"),
        Option("password", str, "its password"),
        Option("schema", str, "the schema whose tables need no schema in their name", default="public"),
        Option("pool", int, "how many connections the gateway opens at most", default=4),
        Option(
            "parallel",
            int,
            "how many connections read one large table at the same time, if the pool has them free; "
            "2 if left out, 1 where the gateway has one processor",
        ),
        Option("pool_timeout", float, "seconds to wait for a free connection", default=60.0),
        Option("connect_timeout", float, "seconds to wait for the server", default=10.0),
        Option("statement_timeout", float, "seconds after which the source stops a query", default=3600.0),
    )

    @classmethod
    def configured(cls, options: Mapping[str, Any]) -> "PostgresConnector":
        parts = {name: options.get(name) for name in PARTS}
        given = [name for name, value in parts.items() if value is not None]
        if options["uri"] is not None and given:
            raise OptionError(given[0], "is part of uri already: give either uri or host, port and the rest")
        if options["uri"] is None and (parts["host"] is None or parts["database"] is None):
            raise OptionError(
                "uri", "missing: postgresql://user:password@host:port/database, or at least host and database"
            )
        uri = options["uri"] or _uri(parts)
        if options["parallel"] is not None and options["parallel"] < 1:
            raise OptionError("parallel", "must be at least 1")
        return cls(**{**{name: value for name, value in options.items() if name not in PARTS}, "uri": uri})

    def __init__(
        self,
        uri: str,
        *,
        schema: str = "public",
        pool: int = 4,
        parallel: int | None = None,
        pool_timeout: float = 60.0,
        connect_timeout: float = 10.0,
        statement_timeout: float | None = None,
    ) -> None:
        session: tuple[str, ...] = (f"SET search_path = {quoted(schema)}",)
        if statement_timeout is not None:
            session += (f"SET statement_timeout = {max(1, round(statement_timeout * 1000))}",)
        self._schema = schema
        self._parallel = min(PARALLEL, _processors()) if parallel is None else parallel
        self._pool = Pool(uri, pool, connect_timeout, pool_timeout, session)
        self._known = KnownArrivals()

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        found = self._asked(TABLES)
        columns: dict[tuple[str, str], list[SourceColumn]] = {}
        views = {(row["schema"], row["name"]) for row in found if row["view"]}
        for row in found:
            columns.setdefault((row["schema"], row["name"]), []).append(_column(row))
        tables: dict[tuple[str, ...], SourceTable] = {}
        for name, of_table in columns.items():
            tables[name] = SourceTable(name, tuple(of_table), view=name in views)
            if name[0] == self._schema:
                tables[name[1:]] = tables[name]
        return tables

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        wanted = {name: (self._schema, *name)[-2:] for name in names}
        if not wanted:
            return {}
        found: dict[tuple[str, str], TableStatistics] = {}
        try:
            found = statistics(
                self._asked(question([(schema, table) for schema, table in set(wanted.values())])),
                self._parallel,
            )
        except SourceDown:
            raise
        except SourceError:  # what the planner knows is not for every account
            LOG.warning("the statistics of a PostgreSQL source cannot be read", exc_info=True)
        return {name: found[full] for name, full in wanted.items() if full in found}

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:
        lines = Lines(self._pool, reference, scans)
        return PostgresSnapshot(self._pool, self._schema, self._known, lines, self._parallel)

    def transferable(self, kind: str) -> bool:
        return transferable(kind)

    def close(self) -> None:
        self._pool.close()

    def _asked(self, sql: str) -> list[dict[str, Any]]:
        """The rows of one of the gateway's own questions."""
        lines = Lines(self._pool, "tables", scans=1)
        try:
            line = lines.take(Event())
            well = False
            try:
                with closing(line.connection.query(sql)) as rows:
                    found: list[dict[str, Any]] = rows.read_all().to_pylist()
                well = True
            finally:
                lines.release(line, well=well)
            return found
        except Exception as error:
            raise self._pool.failure(error) from error


def _processors() -> int:
    """Those that the gateway may use, where the system tells; else those that there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _uri(parts: Mapping[str, Any]) -> str:
    """Everything as a parameter: a host may be a folder, and no text can be taken for another part."""
    named = {
        "dbname" if name == "database" else name: str(value)
        for name, value in parts.items()
        if value is not None
    }
    return f"postgresql://?{urlencode(named, quote_via=quote)}"


def _column(row: Mapping[str, Any]) -> SourceColumn:
    kind = natural_type(row["type"], row["typmod"])
    nullable = not row["not_null"]
    unsure = is_unsure(kind, row["encoding"])
    return SourceColumn(row["column"], kind, row["native"], nullable, unsure=unsure)
