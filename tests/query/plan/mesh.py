"""A mesh over two PostgreSQL schemas that count as two sources, SQLite, Parquet and memory, and DuckDB on the raw rows.

Sizes and thresholds are such that key transfers and pre-aggregation are worth it (`eager`).
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from connectors.base import Connector, Snapshot, SourceColumn, SourceTable, TableStatistics
from connectors.memory import MemoryConnector
from connectors.postgres import PostgresConnector
from connectors.sqlite import SqliteConnector
from connectors.types import duckdb_type
from gateway.errors import MeshgateError
from gateway.query.authorize import authorize
from gateway.query.bind import bind
from gateway.query.mesh import Mesh
from gateway.query.parse import parse
from gateway.query.pipeline import planned_for, run, visible_to
from gateway.query.plan import Fragment, Plan
from gateway.query.request import Request
from gateway.query.rewrite import GovernedQuery, rewrite
from policies.principal import Principal
from tests.query.mesh import ANYBODY, SOURCE, Builder, parquet_source, rows_of
from tests.servers import PostgresServer

# Scripts, cases, spaces, characters that LIKE or SQL read in their own way, and no text at all.
WORDS = (
    "north",
    "Süd",
    "NORTH",
    "東京",
    "юг",
    "",
    "o'x",
    "north ",
    "100%",
    "a_b",
    "🌍 ok",
    "straße",
    "Юг",
    "\\",
)


def _decimal(value: int, scale: int) -> Decimal:
    return Decimal(value).scaleb(-scale)


def _kept(number: int, every: int, value: object) -> object:
    """The value, but for one row in `every`."""
    return None if number % every == 0 else value


def _day(number: int) -> date:
    return date(2024, 1, 1) + timedelta(days=number % 90)


def _table(**columns: tuple[pa.DataType, Iterable[object]]) -> pa.Table:
    return pa.table({name: pa.array(list(values), kind) for name, (kind, values) in columns.items()})


def _each(count: int, value: Callable[[int], object]) -> list[object]:
    return [value(number) for number in range(count)]


CUSTOMERS = _table(
    id=(pa.int32(), range(60)),
    region=(pa.string(), _each(60, lambda n: _kept(n + 1, 9, WORDS[n % 6]))),
    name=(pa.string(), _each(60, lambda n: _kept(n, 13, f"{WORDS[n % 14]}{n % 5}"))),
    joined=(pa.date32(), _each(60, lambda n: _kept(n, 7, _day(n * 3)))),
    balance=(pa.decimal128(12, 2), _each(60, lambda n: _kept(n, 8, _decimal(n * 731 - 9000, 2)))),
    tier=(pa.int16(), _each(60, lambda n: _kept(n, 5, n % 4))),
    active=(pa.bool_(), _each(60, lambda n: _kept(n, 6, n % 2 == 0))),
)
ORDERS = _table(
    id=(pa.int64(), range(300)),
    customer=(pa.int32(), _each(300, lambda n: _kept(n + 3, 11, (n * 7) % 64))),
    placed=(pa.date32(), _each(300, lambda n: _kept(n + 1, 17, _day(n)))),
    noted=(
        pa.timestamp("us"),
        _each(300, lambda n: _kept(n + 2, 10, datetime(2024, 1, 1, 8) + timedelta(minutes=n % 50 * 37))),
    ),
    total=(pa.decimal128(15, 2), _each(300, lambda n: _kept(n + 4, 19, _decimal(n * 1237 % 90000, 2)))),
    status=(pa.string(), _each(300, lambda n: _kept(n, 23, WORDS[n % 5]))),
    priority=(pa.int32(), _each(300, lambda n: _kept(n, 29, n % 3))),
)
LINES = _table(
    order_id=(pa.int64(), _each(900, lambda n: _kept(n + 5, 53, n // 3 % 320))),
    line=(pa.int32(), _each(900, lambda n: n % 3)),
    item=(pa.int32(), _each(900, lambda n: _kept(n + 6, 31, n * 11 % 45))),
    supplier=(pa.int32(), _each(900, lambda n: n % 7)),
    quantity=(pa.decimal128(10, 3), _each(900, lambda n: _kept(n + 7, 37, _decimal(n * 37 % 5000, 3)))),
    price=(pa.decimal128(12, 4), _each(900, lambda n: _kept(n + 8, 41, _decimal(n * 10007 % 99999, 4)))),
    shipped=(pa.date32(), _each(900, lambda n: _kept(n + 9, 43, _day(n // 5)))),
    flag=(pa.string(), _each(900, lambda n: _kept(n + 1, 47, WORDS[n % 4]))),
)
STOCK = _table(
    item=(pa.int32(), _each(280, lambda n: n % 40)),
    supplier=(pa.int32(), _each(280, lambda n: n // 40)),
    cost=(pa.decimal128(8, 2), _each(280, lambda n: _kept(n, 9, _decimal(n * 13 % 700, 2)))),
    units=(pa.int16(), _each(280, lambda n: _kept(n, 12, n % 50))),
    place=(pa.string(), _each(280, lambda n: _kept(n, 14, WORDS[n % 14]))),
)
ITEMS = _table(
    id=(pa.int64(), range(50)),
    name=(pa.string(), _each(50, lambda n: _kept(n, 9, f"{WORDS[n % 14]}-{n % 3}"))),
    kind=(pa.string(), _each(50, lambda n: _kept(n + 2, 8, WORDS[n % 4]))),
    size=(pa.int64(), _each(50, lambda n: _kept(n + 1, 7, n % 6))),
)
REGIONS = _table(
    name=(pa.string(), ["north", "Süd", "東京", "юг", "", None, "north", "West"]),
    zone=(pa.int32(), [1, 2, 3, None, 1, 2, 1, 4]),
    opened=(pa.date32(), [_day(n * 11) if n % 4 else None for n in range(8)]),
    weight=(pa.decimal128(6, 1), [_decimal(n * 15, 1) if n % 3 else None for n in range(8)]),
)
NOTES = _table(
    order_id=(pa.int64(), _each(90, lambda n: _kept(n, 12, n * 5 % 310))),
    score=(pa.int32(), _each(90, lambda n: _kept(n + 1, 10, n % 9))),
    text=(pa.string(), _each(90, lambda n: _kept(n + 2, 11, WORDS[n * 3 % 14]))),
    written=(pa.date32(), _each(90, lambda n: _kept(n + 3, 13, _day(n * 2)))),
)
NOBODY = CUSTOMERS.slice(0, 0)

TABLES: Mapping[str, pa.Table] = {
    "crm.customers": CUSTOMERS,
    "crm.orders": ORDERS,
    "crm.nobody": NOBODY,
    "depot.lines": LINES,
    "depot.stock": STOCK,
    "shop.items": ITEMS,
    "lake.regions": REGIONS,
    "desk.notes": NOTES,
}
UNIQUE = {
    "customers": ("id",),
    "orders": ("id",),
    "nobody": ("id",),
    "stock": ("item", "supplier"),
    "items": ("id",),
}

POSTGRES = {
    pa.int16(): "smallint", pa.int32(): "integer", pa.int64(): "bigint", pa.string(): "text", pa.date32(): "date",
    pa.bool_(): "boolean", pa.timestamp("us"): "timestamp", pa.float64(): "double precision",
}  # fmt: skip
SQLITE = {pa.int64(): "INTEGER", pa.string(): "TEXT"}


def _postgres_type(kind: pa.DataType) -> str:
    return f"numeric({kind.precision},{kind.scale})" if pa.types.is_decimal(kind) else POSTGRES[kind]


def _literal(value: object) -> str:
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


def postgres_source(server: PostgresServer, schema: str, tables: Mapping[str, pa.Table]) -> Connector:
    """With primary keys, an index on what is joined, and statistics."""
    statements = [f'DROP SCHEMA IF EXISTS "{schema}" CASCADE', f'CREATE SCHEMA "{schema}"']
    for name, table in tables.items():
        columns = [f'"{field.name}" {_postgres_type(field.type)}' for field in table.schema]
        columns += [f"PRIMARY KEY ({', '.join(UNIQUE[name])})"] if name in UNIQUE else []
        statements.append(f'CREATE TABLE "{schema}"."{name}" ({", ".join(columns)})')
        rows = [f"({', '.join(map(_literal, row.values()))})" for row in table.to_pylist()]
        if rows:
            statements.append(f'INSERT INTO "{schema}"."{name}" VALUES {", ".join(rows)}')
        statements.append(f'ANALYZE "{schema}"."{name}"')
    server.run(*statements)
    return PostgresConnector(server.uri(), schema=schema)


def sqlite_source(path: Path, tables: Mapping[str, pa.Table]) -> Connector:
    database = sqlite3.connect(path)
    for name, table in tables.items():
        columns = [f'"{field.name}" {SQLITE[field.type]}' for field in table.schema]
        database.execute(
            f'CREATE TABLE "{name}" ({", ".join(columns)}, PRIMARY KEY ({", ".join(UNIQUE[name])}))'
        )
        marks = ", ".join("?" * table.num_columns)
        database.executemany(
            f'INSERT INTO "{name}" VALUES ({marks})', [tuple(r.values()) for r in table.to_pylist()]
        )
    database.execute("ANALYZE")
    database.commit()
    database.close()
    return SqliteConnector(path)


def made(builder: Builder, server: PostgresServer, schema: str, folder: Path) -> Mesh:
    """The builder's tables, each domain in the kind of source that it has here."""
    folder.mkdir(parents=True, exist_ok=True)
    kinds: Mapping[str, Callable[[str, Mapping[str, pa.Table]], Connector]] = {
        "crm": lambda domain, tables: postgres_source(server, f"{schema}_{domain}", tables),
        "depot": lambda domain, tables: postgres_source(server, f"{schema}_{domain}", tables),
        "shop": lambda domain, tables: sqlite_source(folder / f"{domain}.sqlite", tables),
        "lake": lambda domain, tables: parquet_source(folder / domain, tables),
        "desk": lambda _, tables: MemoryConnector(tables),
    }
    mesh = builder.over(lambda domain, tables: kinds[domain](domain, tables))
    return replace(mesh, catalog=replace(mesh.catalog, statistics=statistics(builder.tables)))


def statistics(
    tables: Mapping[str, pa.Table],
) -> Mapping[str, Mapping[tuple[str, ...], TableStatistics]]:
    """Exact, so that plans are the same wherever the tests run."""
    found: dict[str, dict[tuple[str, ...], TableStatistics]] = {}
    for key, table in tables.items():
        domain, name = key.split(".")
        known = MemoryConnector({name: table}).statistics([(name,)])[(name,)]
        unique = (UNIQUE[name],) if name in UNIQUE else ()
        first = tuple(key[0] for key in unique) if domain in ("crm", "depot") else ()
        found.setdefault(f"{domain}.{SOURCE}", {})[name,] = replace(
            known, unique=unique, indexed=first, ordered=first
        )
    return found


EAGER = {
    ("rules.transfer", "LEAST_ROWS"): 4,
    ("rules.transfer", "WORTH"): 0.98,
    ("rules.transfer", "SHARED"): 1e9,
    ("rules.fuse", "JOIN_KEEPS"): 1.5,
    ("costs", "GROUPING"): -1e9,
    ("rules.keyed", "WORTH"): 1.0,
    ("rules.inorder", "MANY_GROUPS"): 0,
    ("rules.probe", "WORTH"): 1.0,
    ("rules.trial", "LEAST_ROWS"): 3,
    ("rules.trial", "EACH"): 1,
    ("rules.trial", "FOUND"): 0.0,
    ("rules.probe", "LEAST_ROWS"): 0,
    ("rules.tally", "LEAST_ROWS"): 0,
    ("rules.tally", "ROWS_OF_A_KEY"): 0,
}


@contextmanager
def eager() -> Iterator[None]:
    """The planner takes small tables for large ones: every strategy that is right is worth it."""
    with pytest.MonkeyPatch.context() as patch:
        for (module, name), value in EAGER.items():
            patch.setattr(import_module(f"gateway.query.plan.{module}"), name, value)
        yield


@dataclass(frozen=True)
class Silent:
    """A connector that knows its tables and sizes, and cannot be opened: for plans that nobody runs."""

    dialect: str | None
    columns: Mapping[str, tuple[SourceColumn, ...]]
    known: Mapping[str, TableStatistics]

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        return {(name,): SourceTable((name,), columns) for name, columns in self.columns.items()}

    def statistics(self, names: Collection[tuple[str, ...]]) -> Mapping[tuple[str, ...], TableStatistics]:
        return {name: self.known[name[0]] for name in names}

    def transferable(self, kind: str) -> bool:
        return kind in ("SMALLINT", "INTEGER", "BIGINT", "VARCHAR", "DATE") or kind.startswith("DECIMAL(")

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:
        raise AssertionError("a plan opens no source")

    def close(self) -> None:
        pass


def silent(domain: str, tables: Mapping[str, pa.Table]) -> Silent:
    """The domain's source of this mesh, as far as a plan can see it."""
    kinds: Mapping[str, tuple[str | None, Callable[[pa.DataType], str]]] = {
        "crm": ("postgres", _postgres_type),
        "depot": ("postgres", _postgres_type),
        "shop": ("sqlite", lambda kind: SQLITE[kind]),
    }
    dialect, native = kinds.get(domain, (None, str))
    columns = {
        name: tuple(SourceColumn(f.name, duckdb_type(f.type), native(f.type)) for f in table.schema)
        for name, table in tables.items()
    }
    known = statistics({f"{domain}.{name}": table for name, table in tables.items()})
    return Silent(dialect, columns, {name: each for (name,), each in known[f"{domain}.{SOURCE}"].items()})


def oracle(tables: Mapping[str, pa.Table]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET disabled_optimizers = 'common_subplan'")  # it gives wrong rows in DuckDB 2.0.0
    for name, table in tables.items():
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {name.split('.')[0]}")
        connection.register("given", table)
        connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")
        connection.unregister("given")
    return connection


# --- asking ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answered:
    """Columns (name, DuckDB type) and rows in order, or what was wrong."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    error: str = ""


def answered(mesh: Mesh, sql: str, principal: Principal = ANYBODY) -> Answered:
    try:
        result = run(Request(sql, principal, "postgres"), mesh)
        try:
            rows = tuple(row for batch in result.batches() for row in rows_of(batch))
        finally:
            result.close()
    except MeshgateError as error:
        return Answered(error=f"{type(error).__name__}: {error}")
    return Answered(tuple((column.name, column.type) for column in result.columns), rows)


def expected(plain: duckdb.DuckDBPyConnection, sql: str) -> Answered:
    try:
        relation = plain.sql(sql)
        columns = tuple(zip(relation.columns, map(str, relation.types), strict=True))
        rows = tuple(row for batch in relation.to_arrow_table().to_batches() for row in rows_of(batch))
    except duckdb.Error as error:
        return Answered(error=f"{type(error).__name__}: {error}")
    return Answered(columns, rows)


def planned(mesh: Mesh, sql: str, principal: Principal = ANYBODY) -> Plan:
    return planned_for(governed_query(mesh, sql, principal), mesh)


def governed_query(mesh: Mesh, sql: str, principal: Principal = ANYBODY) -> GovernedQuery:
    request = Request(sql, principal, "postgres")
    visible = visible_to(request, mesh, 0.0)
    statement = parse(sql, mesh.limits)
    return rewrite(authorize(bind(statement, request, visible), visible))


def shown(plan: Plan) -> str:
    """For the message of a failing test, and for golden cases."""
    lines = []
    for name, read in plan.inputs.items():
        if isinstance(read, Fragment):
            lines.append(f"{name} @ {read.source}: {(read.scan.query or read.scan.asked)}".replace("\0", "¦"))
            lines += [
                f"  {sent.name} = {sent.origin}.{'.'.join(sent.columns)}: {sent.condition}"
                for sent in read.transfers
            ]
        else:
            lines.append(f"{name} @ engine, first: {read.sql}")
    return "\n".join([*lines, f"engine: {plan.sql}"])


def multiset(rows: Iterable[tuple[object, ...]]) -> Counter[str]:
    return Counter(map(repr, rows))
