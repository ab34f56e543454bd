"""What a principal sees, as PostgreSQL has it: schemas, and empty tables with types, comments and keys."""

from collections.abc import Iterator

from psycopg.sql import Identifier, Literal

from gateway.errors import DatatypeMismatch
from gateway.frontends.listing import Definition, ForeignKey, Table, foreign_keys, primary_key
from gateway.frontends.pgwire.metadata.stand_ins import OWNER
from gateway.frontends.pgwire.types import column_type


def statements(known: Definition) -> Iterator[str]:
    """Run by the administrator in a database made from the template."""
    for schema, title in known.titles:
        yield f"CREATE SCHEMA {_named(schema)} AUTHORIZATION {OWNER}"
        yield f"COMMENT ON SCHEMA {_named(schema)} IS {_literal(title)}"
        yield f"GRANT USAGE ON SCHEMA {_named(schema)} TO PUBLIC"
    yield f"SET ROLE {OWNER}"
    for table in known.tables:
        yield from _created(table)
    yield from map(_foreign_key, foreign_keys(known))
    yield "RESET ROLE"


def _created(table: Table) -> Iterator[str]:
    relation = table.relation
    name = _named(relation.domain, relation.name)
    key = primary_key(table)
    if table.view:
        shown = (f"NULL::{_type(table, each, kind)} AS {_named(each)}" for each, kind in table.columns)
        yield f"CREATE VIEW {name} AS SELECT {', '.join(shown)}"
    else:
        parts = [_column(table, each, kind) for each, kind in table.columns]
        parts += [f"PRIMARY KEY ({', '.join(map(_named, key))})"] if key else []
        yield f"CREATE TABLE {name} ({', '.join(parts)})"
    yield f"COMMENT ON {'VIEW' if table.view else 'TABLE'} {name} IS {_literal(table.described)}"
    for each, _ in table.columns:
        told = table.comment(each)
        if told:
            yield f"COMMENT ON COLUMN {name}.{_named(each)} IS {_literal(told)}"
    # not SELECT: a statement reads the catalog or relations, never a relation where it is empty
    yield f"GRANT REFERENCES ON {name} TO PUBLIC"


def _foreign_key(key: ForeignKey) -> str:
    relation, target = key.table.relation, key.target
    return (
        f"ALTER TABLE {_named(relation.domain, relation.name)} ADD FOREIGN KEY ({_named(key.column)})"
        f" REFERENCES {_named(target.domain, target.relation)} ({_named(target.column)})"
    )


def _column(table: Table, name: str, kind: str) -> str:
    return f"{_named(name)} {_type(table, name, kind)}{'' if table.is_nullable(name) else ' NOT NULL'}"


def _type(table: Table, name: str, kind: str) -> str:
    return type_name(kind, table.declared(name))


def type_name(kind: str, declared: str = "") -> str:
    """The PostgreSQL type that values of a DuckDB type arrive as; text for one that cannot."""
    try:
        return column_type(kind, declared).spelled
    except DatatypeMismatch:
        return "text"


def _named(*parts: str) -> str:
    return Identifier(*parts).as_string()


def _literal(text: str) -> str:
    return Literal(text).as_string()
