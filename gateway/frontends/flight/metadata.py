"""Flight SQL's questions about the catalog, answered from what the principal sees of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from gateway.errors import DatatypeMismatch
from gateway.frontends.flight.columns import PREFIX, result_field
from gateway.frontends.listing import Definition, ForeignKey, Table, definition, foreign_keys, primary_key
from gateway.query.visible import VisibleCatalog

KINDS = ("TABLE", "VIEW")
NO_ACTION = 3


def _text(name: str, *, nullable: bool = True) -> "pa.Field[pa.DataType]":
    return pa.field(name, pa.string(), nullable=nullable)


def _place(prefix: str = "") -> list["pa.Field[pa.DataType]"]:
    names = [_text(f"{prefix}catalog_name"), _text(f"{prefix}db_schema_name")]
    return [*names, _text(f"{prefix}table_name", nullable=False)]


CATALOGS = pa.schema([_text("catalog_name", nullable=False)])
DB_SCHEMAS = pa.schema([_text("catalog_name"), _text("db_schema_name", nullable=False)])
TABLES = pa.schema([*_place(), _text("table_type", nullable=False)])
TABLES_WITH_SCHEMA = TABLES.append(pa.field("table_schema", pa.binary(), nullable=False))
TABLE_TYPES = pa.schema([_text("table_type", nullable=False)])
_SEQUENCE: "pa.Field[pa.DataType]" = pa.field("key_sequence", pa.int32(), nullable=False)
_RULES = [pa.field(name, pa.uint8(), nullable=False) for name in ("update_rule", "delete_rule")]
PRIMARY_KEYS = pa.schema([*_place(), _text("column_name", nullable=False), _text("key_name"), _SEQUENCE])
FOREIGN_KEYS = pa.schema(
    [
        *_place("pk_"), _text("pk_column_name", nullable=False),
        *_place("fk_"), _text("fk_column_name", nullable=False),
        _SEQUENCE, _text("fk_key_name"), _text("pk_key_name"), *_RULES,
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """One command: the columns of its answer, and the rows that a principal gets."""

    schema: Callable[[Any], pa.Schema]
    rows: Callable[["Seen", Any], Iterator[Sequence[object]]]

    def answer(self, visible: VisibleCatalog, command: Any) -> pa.Table:
        schema = self.schema(command)
        rows = sorted(self.rows(Seen(visible), command), key=lambda row: [str(part) for part in row])
        columns = [pa.array([row[at] for row in rows], field.type) for at, field in enumerate(schema)]
        return pa.Table.from_arrays(columns, schema=schema)


class Seen:
    """What there is for one principal. The mesh is the one catalog, a domain is a schema."""

    def __init__(self, visible: VisibleCatalog) -> None:
        self.database = visible.catalog.name
        self.known: Definition = definition(visible)

    def place(self, table: Table) -> tuple[str, str, str]:
        return self.database, table.relation.domain, table.relation.name

    def is_named(self, command: Any, field: str = "catalog") -> bool:
        """An empty catalog is the one without a name: there is none."""
        return not command.HasField(field) or getattr(command, field) == self.database


def _db_schemas(seen: Seen, command: Any) -> Iterator[tuple[str, str]]:
    domains = dict.fromkeys(table.relation.domain for table in seen.known.tables)
    for domain in domains if seen.is_named(command) else ():
        if _fits(command, "db_schema_filter_pattern", domain):
            yield seen.database, domain


def _tables(seen: Seen, command: Any) -> Iterator[tuple[object, ...]]:
    asked = {kind.upper() for kind in command.table_types}  # ADBC's own examples write `table`
    for table in seen.known.tables if seen.is_named(command) else ():
        kind = KINDS[table.view]
        if (
            (not asked or kind in asked)
            and _fits(command, "db_schema_filter_pattern", table.relation.domain)
            and _fits(command, "table_name_filter_pattern", table.relation.name)
        ):
            more = (_table_schema(seen, table),) if command.include_schema else ()
            yield *seen.place(table), kind, *more


def _fits(command: Any, field: str, name: str) -> bool:
    """LIKE, as Arrow matches it: in linear time, whatever the pattern."""
    return not command.HasField(field) or bool(
        pc.match_like(pa.array([name]), getattr(command, field))[0].as_py()
    )


def _table_schema(seen: Seen, table: Table) -> bytes:
    relation = table.relation
    remarks: dict[bytes | str, bytes | str] = {f"{PREFIX}REMARKS": table.described}
    fields = []
    for name, kind in table.columns:
        about = {"CATALOG_NAME": seen.database, "SCHEMA_NAME": relation.domain, "TABLE_NAME": relation.name}
        about["REMARKS"] = table.comment(name)
        fields.append(_field(name, kind, about).with_nullable(table.is_nullable(name)))
    return pa.schema(fields, metadata=remarks).serialize().to_pybytes()


def _field(name: str, kind: str, about: dict[str, str]) -> "pa.Field[pa.DataType]":
    """A column that must be cast before it can be sent is still told of."""
    try:
        return result_field(name, kind, about)
    except DatatypeMismatch:
        return result_field(name, "VARCHAR", {**about, "TYPE_NAME": kind})


def _primary_keys(seen: Seen, command: Any) -> Iterator[tuple[object, ...]]:
    for table in seen.known.tables:
        if _is_asked(seen, table, command):
            for number, column in enumerate(primary_key(table), start=1):
                yield *seen.place(table), column, f"{table.relation.name}_pkey", number


def _is_asked(seen: Seen, table: Table, command: Any, prefix: str = "") -> bool:
    schema = f"{prefix}db_schema"
    return (
        seen.is_named(command, f"{prefix}catalog")
        and (not command.HasField(schema) or getattr(command, schema) == table.relation.domain)
        and getattr(command, f"{prefix}table") == table.relation.name
    )


def _foreign_keys(seen: Seen, is_asked: Callable[[Table, Table], bool]) -> Iterator[tuple[object, ...]]:
    """`is_asked(of the key that is pointed to, of the one that points)`."""
    tables = {(table.relation.domain, table.relation.name): table for table in seen.known.tables}
    for key in foreign_keys(seen.known):
        target = tables[key.target.domain, key.target.relation]
        if is_asked(target, key.table):
            yield _key_row(seen, key, target)


def _key_row(seen: Seen, key: ForeignKey, target: Table) -> tuple[object, ...]:
    names = f"{key.table.relation.name}_{key.column}_fkey", f"{target.relation.name}_pkey"
    pointed_to = (*seen.place(target), key.target.column)
    return (*pointed_to, *seen.place(key.table), key.column, 1, *names, NO_ACTION, NO_ACTION)


def _exported(seen: Seen, command: Any) -> Iterator[tuple[object, ...]]:
    return _foreign_keys(seen, lambda target, _: _is_asked(seen, target, command))


def _imported(seen: Seen, command: Any) -> Iterator[tuple[object, ...]]:
    return _foreign_keys(seen, lambda _, source: _is_asked(seen, source, command))


def _crossing(seen: Seen, command: Any) -> Iterator[tuple[object, ...]]:
    return _foreign_keys(
        seen,
        lambda target, source: (
            _is_asked(seen, target, command, "pk_") and _is_asked(seen, source, command, "fk_")
        ),
    )


QUESTIONS: Mapping[str, Question] = {
    "CommandGetCatalogs": Question(lambda _: CATALOGS, lambda seen, _: iter([(seen.database,)])),
    "CommandGetDbSchemas": Question(lambda _: DB_SCHEMAS, _db_schemas),
    "CommandGetTables": Question(
        lambda asked: TABLES_WITH_SCHEMA if asked.include_schema else TABLES, _tables
    ),
    "CommandGetTableTypes": Question(lambda _: TABLE_TYPES, lambda *_: iter([(kind,) for kind in KINDS])),
    "CommandGetPrimaryKeys": Question(lambda _: PRIMARY_KEYS, _primary_keys),
    "CommandGetExportedKeys": Question(lambda _: FOREIGN_KEYS, _exported),
    "CommandGetImportedKeys": Question(lambda _: FOREIGN_KEYS, _imported),
    "CommandGetCrossReference": Question(lambda _: FOREIGN_KEYS, _crossing),
}
