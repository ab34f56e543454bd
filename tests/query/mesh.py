"""Meshes made by hand, out of tables, policy lines and SQL: for tests of the query path.

    mesh = Builder({"sales.orders": table}, policies={"sales": "p, ..."}).memory()

Each key `domain.relation` is a table of the domain's one source, `_src`, and a relation that shows all of it unless
`bodies` gives the relation other SQL (over `_src.<table>` or other relations).
"""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from connectors.base import Connector, KeepsStatistics, SourceTable
from connectors.files import FilesConnector
from connectors.memory import MemoryConnector
from connectors.postgres import PostgresConnector
from connectors.sqlite import SqliteConnector
from gateway.audit import AuditRecord
from gateway.catalog.product import Catalog, Column, DataProduct, Domain, Owner, Relation
from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.errors import MeshgateError
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Parameter, Request
from gateway.settings import Limits
from gateway.sql.dialect import quoted
from gateway.sql.names.lineage import is_plain, lineage
from gateway.sql.names.resolve import Resolved, base_tables, resolve, table_name, used_tables
from gateway.sql.syntax import parse_expression, parse_query
from policies.lines import MESH, read_lines
from policies.policy_set import PolicySet
from policies.principal import Principal
from tests.servers import PostgresServer

LIMITS = Limits()
OWNER = Owner("Team", "team@example.com")
SOURCE = "_src"
EVERYONE = "p, all-{0}, role:any, {0}, {0}.*, select, *, -, -, allow\n"
ANYBODY = Principal("anybody")

Source = Callable[[str, Mapping[str, pa.Table]], Connector]
"""Domain and its tables by name -> a connector that reads them."""


class Records:
    """An AuditSink that keeps what it is given, in order."""

    def __init__(self) -> None:
        self.written: list[AuditRecord] = []

    def write(self, record: AuditRecord) -> None:
        self.written.append(record)

    def close(self) -> None:
        pass

    def outcomes(self) -> list[str]:
        return [record.outcome for record in self.written]


@dataclass(frozen=True)
class Builder:
    """What a mesh is made of. `policies` maps an owner (a domain, or `*` for the mesh) to its lines."""

    tables: Mapping[str, pa.Table]
    policies: Mapping[str, str] = field(default_factory=dict)
    filters: Mapping[str, str] = field(default_factory=dict)
    masks: Mapping[str, str] = field(default_factory=dict)
    bodies: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)
    limits: Limits = LIMITS

    def memory(self) -> Mesh:
        return self.over(lambda _, tables: MemoryConnector(tables))

    def parquet(self, folder: Path) -> Mesh:
        return self.over(lambda domain, tables: parquet_source(folder / domain, tables))

    def sqlite(self, folder: Path) -> Mesh:
        return self.over(lambda domain, tables: sqlite_source(folder / f"{domain}.sqlite", tables))

    def postgres(self, server: PostgresServer, schema: str) -> Mesh:
        return self.over(lambda domain, tables: postgres_source(server, f"{schema}_{domain}", tables))

    def of_kind(self, kind: str, folder: Path, server: PostgresServer) -> Mesh:
        """By the kind of its sources: memory, parquet, sqlite or postgres. The folder's name is the schema's."""
        if kind == "memory":
            return self.memory()
        if kind == "postgres":
            return self.postgres(server, folder.name[:40])
        return self.parquet(folder) if kind == "parquet" else self.sqlite(folder)

    def over(self, source: Source) -> Mesh:
        connectors = {}
        for domain in sorted({key.split(".")[0] for key in self.tables}):
            own = {
                key.split(".")[1]: table for key, table in self.tables.items() if key.startswith(f"{domain}.")
            }
            connectors[f"{domain}.{SOURCE}"] = source(domain, own)
        tables = {key: connector.tables() for key, connector in connectors.items()}
        sizes = {
            key: connector.statistics(tables[key])
            for key, connector in connectors.items()
            if isinstance(connector, KeepsStatistics)
        }
        catalog = replace(self._catalog(tables), statistics=sizes)
        files = [file for found in tables.values() for table in found.values() for file in table.files]
        engine = DuckDBEngine(files, memory_bytes=1_000_000_000, threads=2)
        lines = PolicySet(self._lines(catalog))
        return Mesh(catalog, lines, connectors, engine, Records(), self.limits, b"k" * 32)

    def _lines(self, catalog: Catalog) -> Iterable[object]:
        texts = self.policies or {domain: EVERYONE.format(domain) for domain in catalog.domains}
        found: list[object] = []
        for owner, text in texts.items():
            file = "policies.csv" if owner == MESH else f"domains/{owner}/policies.csv"
            lines, problems = read_lines(text, file, owner)
            assert not problems, problems
            found += lines
        return found

    def _catalog(self, tables: Mapping[str, Mapping[tuple[str, ...], SourceTable]]) -> Catalog:
        relations: dict[tuple[str, str], Relation] = {}
        for name in dict.fromkeys((*self.tables, *self.bodies)):
            domain, relation = name.split(".")
            body = self.bodies.get(name, f"SELECT * FROM {SOURCE}.{relation}")
            relations[domain, relation] = self._relation(domain, relation, body, tables, relations)
        filters = {name: parse_expression(text, LIMITS) for name, text in self.filters.items()}
        masks = {name: parse_expression(text, LIMITS) for name, text in self.masks.items()}
        domains = {name: Domain(name, name, OWNER, {}, filters, masks) for name, _ in relations}
        products = {key: DataProduct(*key, OWNER, "1", "active", "", (key[1],)) for key in relations}
        return Catalog("mesh", domains, products, relations, filters, masks, "v1", tables=tables)

    def _relation(
        self,
        domain: str,
        name: str,
        body: str,
        tables: Mapping[str, Mapping[tuple[str, ...], SourceTable]],
        relations: Mapping[tuple[str, str], Relation],
    ) -> Relation:
        tree = parse_query(body, LIMITS)
        read = {table_name(table) for table in base_tables(tree)}
        columns = {key: _columns_of(key, domain, tables, relations) for key in read}
        resolved = resolve(tree, columns)
        plain = is_plain(resolved) and all(key[0] == SOURCE for key in read)
        kinds = _types(resolved, columns)
        for number, table in list(used_tables(resolved.tree)):
            parts = resolved.uses[number].table
            if parts[0] == SOURCE:
                table.set("db", None)
                table.set("catalog", quoted(f"{domain}.{SOURCE}"))
        select = resolved.tree
        assert isinstance(select, exp.Select)
        listed = tuple(
            Column(
                alias, kinds[alias], kinds[alias], tags=self.tags.get(f"{domain}.{name}.{alias}", frozenset())
            )
            for alias in kinds
        )
        return Relation(domain, name, name, listed, select, plain)


def _columns_of(
    key: tuple[str, ...],
    domain: str,
    tables: Mapping[str, Mapping[tuple[str, ...], SourceTable]],
    relations: Mapping[tuple[str, str], Relation],
) -> dict[str, str]:
    if key[0] == SOURCE:
        return {column.name: column.type for column in tables[f"{domain}.{SOURCE}"][key[1:]].columns}
    return {column.name: column.type for column in relations[key[0], key[1]].columns}


def _types(resolved: Resolved, columns: Mapping[tuple[str, ...], Mapping[str, str]]) -> dict[str, str]:
    """The types of a body's columns, from DuckDB, over empty tables."""
    tree = resolved.tree.copy()
    for number, table in list(used_tables(tree)):
        kinds = columns[resolved.uses[number].table]
        nulls = [
            exp.alias_(exp.cast(exp.null(), kind, dialect="duckdb"), name, quoted=True)
            for name, kind in kinds.items()
        ]
        table.replace(exp.Subquery(this=exp.select(*nulls), alias=table.args["alias"].copy()))
    found = _typer().describe(tree.sql("duckdb", identify=True), {})
    assert len(lineage(resolved)) == len(found)
    return {column.name: column.type for column in found}


@cache
def _typer() -> DuckDBEngine:
    """One for all meshes of a process: to open one takes longer than what it is asked."""
    return DuckDBEngine()


# --- sources ---------------------------------------------------------------------------------------------


def parquet_source(folder: Path, tables: Mapping[str, pa.Table]) -> Connector:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return FilesConnector(folder)


def sqlite_source(path: Path, tables: Mapping[str, pa.Table]) -> Connector:
    path.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(path)
    for name, table in tables.items():
        columns = ", ".join(f'"{item.name}" {SQLITE[item.type]}' for item in table.schema)
        database.execute(f'CREATE TABLE "{name}" ({columns})')
        marks = ", ".join("?" * table.num_columns)
        rows = [tuple(row.values()) for row in table.to_pylist()]
        database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
    database.commit()
    database.close()
    return SqliteConnector(path)


def postgres_source(server: PostgresServer, schema: str, tables: Mapping[str, pa.Table]) -> Connector:
    statements = [f'DROP SCHEMA IF EXISTS "{schema}" CASCADE', f'CREATE SCHEMA "{schema}"']
    for name, table in tables.items():
        columns = ", ".join(f'"{item.name}" {POSTGRES[item.type]}' for item in table.schema)
        statements.append(f'CREATE TABLE "{schema}"."{name}" ({columns})')
        rows = [f"({', '.join(map(_literal, row.values()))})" for row in table.to_pylist()]
        if rows:
            statements.append(f'INSERT INTO "{schema}"."{name}" VALUES {", ".join(rows)}')
    server.run(*statements)
    return PostgresConnector(server.uri(), schema=schema)


def _literal(value: object) -> str:
    return "NULL" if value is None else "'" + str(value).replace("'", "''") + "'"


SQLITE = {pa.int64(): "BIGINT", pa.string(): "TEXT", pa.float64(): "DOUBLE"}
POSTGRES = {
    pa.int64(): "bigint", pa.string(): "text", pa.float64(): "double precision", pa.date32(): "date",
    pa.bool_(): "boolean", pa.decimal128(12, 2): "numeric(12,2)", pa.int32(): "integer",
    pa.timestamp("us"): "timestamp",
}  # fmt: skip


# --- asking ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """The whole answer as a consumer sees it: columns and rows in order, or the error with its text and hint."""

    columns: tuple[tuple[str, str], ...] = ()
    rows: tuple[str, ...] = ()
    error: str = ""
    text: str = ""
    hint: str | None = None
    sqlstate: str = ""

    def unordered(self) -> "Told":
        return replace(self, rows=tuple(sorted(self.rows)))


def ask(
    mesh: Mesh,
    sql: str,
    principal: Principal = ANYBODY,
    parameters: tuple[Parameter, ...] = (),
    purpose: str | None = None,
) -> Told:
    """Ask and read to the end. A row is the `repr` of the tuple of its values."""
    request = Request(sql, principal, "postgres", purpose=purpose, parameters=parameters)
    try:
        result = run(request, mesh)
        try:
            rows = [repr(row) for batch in result.batches() for row in rows_of(batch)]
        finally:
            result.close()
    except MeshgateError as error:
        return Told(error=type(error).__name__, text=str(error), hint=error.hint, sqlstate=error.sqlstate)
    return Told(tuple((column.name, column.type) for column in result.columns), tuple(rows))


def rows_of(batch: pa.RecordBatch) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def values(
    mesh: Mesh, sql: str, principal: Principal = ANYBODY, parameters: tuple[Parameter, ...] = ()
) -> list[tuple[object, ...]]:
    """The rows of an answer; an error is raised."""
    result = run(Request(sql, principal, "postgres", parameters=parameters), mesh)
    return [row for batch in result.batches() for row in rows_of(batch)]


def multiset(rows: Iterable[object]) -> Counter[str]:
    return Counter(map(repr, rows))


def records(mesh: Mesh) -> Records:
    assert isinstance(mesh.audit, Records)
    return mesh.audit


def close_mesh(mesh: Mesh) -> None:
    mesh.engine.close()
    for connector in mesh.connectors.values():
        connector.close()
