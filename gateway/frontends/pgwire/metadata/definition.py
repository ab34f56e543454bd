"""What a principal sees, as PostgreSQL has it: schemas, and empty tables with types, comments and keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from psycopg.sql import Identifier, Literal

from gateway.catalog.product import Catalog, Column, Relation
from gateway.errors import DatatypeMismatch
from gateway.frontends.pgwire.metadata.template import OWNER
from gateway.frontends.pgwire.types import column_type
from gateway.query.visible import VisibleCatalog, VisibleRelation


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: name -> the type as the principal gets it. `masks`: name -> the mask's name. `view`: the product or
    its source calculates it."""

    relation: Relation
    columns: tuple[tuple[str, str], ...]
    masks: tuple[tuple[str, str], ...]
    view: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """Equal for principals who see the same. `titles`: a schema -> its comment."""

    titles: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]

    def __hash__(self) -> int:
        return hash(tuple((t.relation.qualified_name, t.columns, t.masks) for t in self.tables))


def definition(visible: VisibleCatalog) -> Definition:
    tables = tuple(_seen(each, visible.catalog) for each in visible.listing())
    domains = dict.fromkeys(table.relation.domain for table in tables)
    titles = tuple((name, visible.catalog.domains[name].title) for name in domains)
    return Definition(titles, tables)


def _seen(seen: VisibleRelation, catalog: Catalog) -> Table:
    decided = seen.decision.columns
    masks = ((name, mask.name) for name in seen.columns if (mask := decided[name].mask) is not None)
    return Table(seen.relation, tuple(seen.columns.items()), tuple(masks), _is_view(seen.relation, catalog))


def _is_view(relation: Relation, catalog: Catalog) -> bool:
    if not relation.plain:
        return True
    table = relation.body.args["from_"].this
    known = catalog.tables.get(table.catalog, {})
    found = known.get((table.db, table.name)) or known.get((table.name,))
    return found is not None and found.view


def statements(known: Definition, catalog: Catalog) -> Iterator[str]:
    """Run by the administrator in a database made from the template."""
    for schema, title in known.titles:
        yield f"CREATE SCHEMA {_named(schema)} AUTHORIZATION {OWNER}"
        yield f"COMMENT ON SCHEMA {_named(schema)} IS {_literal(title)}"
        yield f"GRANT USAGE ON SCHEMA {_named(schema)} TO PUBLIC"
    yield f"SET ROLE {OWNER}"
    for table in known.tables:
        yield from _created(table, catalog)
    places = {(table.relation.domain, table.relation.name): table for table in known.tables}
    for table in known.tables:
        yield from _foreign_keys(table, places)
    yield "RESET ROLE"


def _created(table: Table, catalog: Catalog) -> Iterator[str]:
    relation, masked = table.relation, dict(table.masks)
    name = _named(relation.domain, relation.name)
    key = _primary_key(table)
    if table.view:
        shown = (f"NULL::{type_name(kind)} AS {_named(each)}" for each, kind in table.columns)
        yield f"CREATE VIEW {name} AS SELECT {', '.join(shown)}"
    else:
        parts = [_column(relation.column(each), kind, masked) for each, kind in table.columns]
        parts += [f"PRIMARY KEY ({', '.join(map(_named, key))})"] if key else []
        yield f"CREATE TABLE {name} ({', '.join(parts)})"
    product = catalog.products[relation.domain, relation.product]
    told = relation.description or product.description
    yield f"COMMENT ON {'VIEW' if table.view else 'TABLE'} {name} IS {_literal(told)}"
    for each, _ in table.columns:
        told = " ".join(filter(None, (relation.column(each).description, _mask_note(masked.get(each)))))
        if told:
            yield f"COMMENT ON COLUMN {name}.{_named(each)} IS {_literal(told)}"
    # not SELECT: a statement reads the catalog or relations, never a relation where it is empty
    yield f"GRANT REFERENCES ON {name} TO PUBLIC"


def _mask_note(mask: str | None) -> str:
    return f"[masked: {mask}]" if mask else ""


def _primary_key(table: Table) -> tuple[str, ...]:
    """Of the columns that are seen as they are: a masked value need not be unique."""
    if table.view:
        return ()
    seen = {name for name, _ in table.columns} - {name for name, _ in table.masks}
    key = [column.name for column in table.relation.columns if column.primary_key]
    return tuple(key) if seen.issuperset(key) else ()


def _foreign_keys(table: Table, places: Mapping[tuple[str, str], Table]) -> Iterator[str]:
    """To whole primary keys of one column and the same type, which PostgreSQL asks for."""
    masked = dict(table.masks)
    columns = () if table.view else table.columns
    for name, kind in columns:
        for target in table.relation.column(name).references if name not in masked else ():
            if _is_whole_key(places.get((target.domain, target.relation)), target.column, kind):
                yield (
                    f"ALTER TABLE {_named(table.relation.domain, table.relation.name)}"
                    f" ADD FOREIGN KEY ({_named(name)})"
                    f" REFERENCES {_named(target.domain, target.relation)} ({_named(target.column)})"
                )


def _is_whole_key(table: Table | None, column: str, kind: str) -> bool:
    return table is not None and _primary_key(table) == (column,) and dict(table.columns)[column] == kind


def _column(column: Column, kind: str, masked: Mapping[str, str]) -> str:
    required = not column.nullable and column.name not in masked
    return f"{_named(column.name)} {type_name(kind)}{' NOT NULL' if required else ''}"


def type_name(kind: str) -> str:
    """The PostgreSQL type that values of a DuckDB type arrive as; text for one that cannot."""
    try:
        return column_type(kind).spelled
    except DatatypeMismatch:
        return "text"


def _named(*parts: str) -> str:
    return Identifier(*parts).as_string()


def _literal(text: str) -> str:
    return Literal(text).as_string()
