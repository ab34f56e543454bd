"""governance.md, rule 6: one value, one token, whatever source and type it comes in; the key is nowhere to be read."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gateway.opening import OpenMesh, open_mesh
from gateway.query.explain.operator import explain
from gateway.query.pipeline import describe, run
from gateway.query.request import Request
from policies.principal import Principal
from tests.query.mesh import rows_of
from tests.servers import PostgresServer

KEY = "the key of the tokens, known to nobody"
COLUMNS = ("whole", "money", "born", "seen", "name", "code", "fit", "number_as_text")
KINDS = {  # what the contracts say: the same values under different types
    "pg": ("bigint", "numeric(12,2)", "date", "timestamp", "text", "uuid", "boolean", "text"),
    "lite": ("integer", "numeric(14,4)", "date", "timestamp", "text", "uuid", "boolean", "bigint"),
    "lake": ("numeric(10,0)", "numeric(9,2)", "date", "timestamp", "text", "text", "boolean", "integer"),
}
VALUES = (
    (7, Decimal("7.50"), date(2024, 2, 29), datetime(2024, 2, 29, 12, 30), "Ünï", UUID(int=5), True, 12),
    (-12, Decimal("0.00"), date(1969, 12, 31), datetime(1969, 12, 31), "", UUID(int=2**100), False, -3),
    (None,) * 8,
)
FILES = {
    "mesh.toml": 'name = "tokens"\n[endpoints]\npostgres = "127.0.0.1:0"\n[masks]\nhash_key = "${TOKEN_KEY}"\n',
    "policies.csv": "p3, mesh-1, role:any, *, tag:key, hash, 10, -, -\n",
    "principals.yaml": "principals:\n  ana: {password: ana}\n",
}
SOURCES = {
    "pg": 'src: {connector: postgres, uri: "${PG_URI}"}',
    "lite": "src: {connector: sqlite, path: ./things.sqlite}",
    "lake": "src: {connector: files, path: ./things}",
}


def contract(domain: str) -> str:
    properties = [
        {"name": name, "logicalType": "string", "physicalType": kind, "tags": ["key"]}
        for name, kind in zip(COLUMNS, KINDS[domain], strict=True)
    ]
    schema = {"name": "things", "physicalName": "src.things", "properties": properties}
    about = {"apiVersion": "v3.1.0", "kind": "DataContract", "id": f"{domain}-things", "version": "1.0.0"}
    return json.dumps({**about, "status": "active", "schema": [schema]})  # JSON is YAML


def write(folder: Path) -> None:
    files = dict(FILES)
    for domain, source in SOURCES.items():
        owner = "owner: {team: T, email: t@example.com}"
        files[f"domains/{domain}/domain.yaml"] = f"domain: {domain}\n{owner}\nsources:\n  {source}\n"
        files[f"domains/{domain}/policies.csv"] = (
            f"p, {domain}-1, role:any, {domain}, {domain}.*, select, *, -, -, allow\n"
        )
        files[f"domains/{domain}/products/things/contract.odcs.yaml"] = contract(domain)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def fill(folder: Path, server: PostgresServer) -> str:
    """The same values, in the types of three systems. The URI of the database."""
    uri = server.database("tokens")
    server.run(
        "DROP TABLE IF EXISTS things",
        "CREATE TABLE things (whole integer, money numeric(12,2), born date, seen timestamp, name varchar(9), "
        "code uuid, fit boolean, number_as_text varchar)",
        *(f"INSERT INTO things VALUES ({', '.join(map(quoted, row))})" for row in VALUES),
        database="tokens",
    )
    database = sqlite3.connect(folder / "domains/lite/things.sqlite")
    database.execute(
        "CREATE TABLE things (whole INTEGER, money TEXT, born TEXT, seen TEXT, name TEXT, code TEXT, fit INTEGER, "
        "number_as_text INTEGER)"
    )
    for row in VALUES:
        texts = [value if value is None or isinstance(value, int) else str(value) for value in row]
        database.execute("INSERT INTO things VALUES (?, ?, ?, ?, ?, ?, ?, ?)", texts)
    database.commit()
    database.close()
    kinds = (pa.int16(), pa.decimal128(9, 2), pa.date32(), pa.timestamp("us"), pa.string(), pa.string(), pa.bool_(),
             pa.int32())  # fmt: skip
    columns = zip(COLUMNS, kinds, zip(*VALUES, strict=True), strict=True)
    (folder / "domains/lake/things").mkdir()
    table = {n: pa.array([str(v) if isinstance(v, UUID) else v for v in vs], kind) for n, kind, vs in columns}
    pq.write_table(pa.table(table), folder / "domains/lake/things/things.parquet")
    return uri


def quoted(value: object) -> str:
    return "NULL" if value is None else f"'{value}'"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[OpenMesh]:
    folder = tmp_path_factory.mktemp("tokens")
    write(folder)
    found = open_mesh(folder, {"TOKEN_KEY": KEY, "PG_URI": fill(folder, postgres)})
    yield found
    found.close()


def asked(opened: OpenMesh, sql: str) -> list[tuple[object, ...]]:
    result = run(Request(sql, Principal("ana"), "postgres"), opened.mesh)
    return [row for batch in result.batches() for row in rows_of(batch)]


@pytest.mark.parametrize("column", COLUMNS)
def test_rule_06_the_same_value_has_the_same_token_in_every_source(opened: OpenMesh, column: str) -> None:
    tokens = {
        domain: {row[0] for row in asked(opened, f"SELECT {column} FROM {domain}.things")}
        for domain in SOURCES
    }
    assert tokens["pg"] == tokens["lite"] == tokens["lake"]
    assert len(tokens["pg"]) == len(VALUES)
    assert None in tokens["pg"], "NULL stays NULL"
    assert all(token is None or len(str(token)) == 32 for token in tokens["pg"])


@pytest.mark.parametrize("column", COLUMNS)
def test_rule_06_joins_across_sources_work_on_tokens(opened: OpenMesh, column: str) -> None:
    for one, other in (("pg", "lite"), ("lite", "lake"), ("lake", "pg")):
        sql = f"SELECT count(*) FROM {one}.things AS a JOIN {other}.things AS b USING ({column})"
        assert asked(opened, sql) == [(2,)], (one, other)


def test_rule_06_a_hashed_column_is_text_in_the_metadata_too(opened: OpenMesh) -> None:
    found = describe(Request("SELECT * FROM pg.things", Principal("ana"), "postgres"), opened.mesh)
    assert {column.type for column in found.columns} == {"VARCHAR"}


def test_rule_06_the_key_is_in_no_sql_no_plan_and_no_record(opened: OpenMesh) -> None:
    request = Request("SELECT name FROM pg.things WHERE name = 'x'", Principal("ana"), "postgres")
    asked(opened, request.text)
    records = (opened.settings.state / "audit").rglob("*")
    written = [path.read_text("utf-8", "replace") for path in records if path.is_file()]
    assert written
    told = [repr(explain(request, opened.mesh)), *written]
    assert not [text for text in (*told, repr(opened), repr(opened.mesh)) if KEY in text]
    assert not [text for text in told if "Ünï" in text]
