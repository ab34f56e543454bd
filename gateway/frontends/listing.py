"""What a principal sees of the mesh, as frontends tell of it: relations with their columns and keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from gateway.catalog.product import Catalog, ColumnReference, Relation
from gateway.query.visible import VisibleCatalog, VisibleRelation


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: name -> the type as the principal gets it. `masks`: name -> the mask's name. `described`: by the
    relation or its product. `view`: the product or its source calculates it."""

    relation: Relation
    columns: tuple[tuple[str, str], ...]
    masks: tuple[tuple[str, str], ...]
    described: str
    view: bool = False

    def comment(self, column: str) -> str:
        """The contract's description, and that the column is masked."""
        mask = dict(self.masks).get(column)
        note = f"[masked: {mask}]" if mask else ""
        return " ".join(filter(None, (self.relation.column(column).description, note)))

    def declared(self, column: str) -> str:
        """The contract's type by PostgreSQL's name, of a column that is seen as it is; '': the engine's says it."""
        return "" if column in dict(self.masks) else self.relation.column(column).declared

    def is_nullable(self, column: str) -> bool:
        """A mask may give NULL."""
        return self.relation.column(column).nullable or column in dict(self.masks)


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
    relation = seen.relation
    described = relation.description or catalog.products[relation.domain, relation.product].description
    view = _is_view(relation, catalog)
    return Table(relation, tuple(seen.columns.items()), tuple(masks), described, view)


def _is_view(relation: Relation, catalog: Catalog) -> bool:
    if not relation.plain:
        return True
    table = relation.body.args["from_"].this
    known = catalog.tables.get(table.catalog, {})
    found = known.get((table.db, table.name)) or known.get((table.name,))
    return found is not None and found.view


def primary_key(table: Table) -> tuple[str, ...]:
    """Of the columns that are seen as they are: a masked value need not be unique."""
    if table.view:
        return ()
    seen = {name for name, _ in table.columns} - {name for name, _ in table.masks}
    key = [column.name for column in table.relation.columns if column.primary_key]
    return tuple(key) if seen.issuperset(key) else ()


class ForeignKey(NamedTuple):
    table: Table
    column: str
    target: ColumnReference


def foreign_keys(known: Definition) -> Iterator[ForeignKey]:
    """To whole primary keys of one column and the same type, which PostgreSQL asks for."""
    places = {(table.relation.domain, table.relation.name): table for table in known.tables}
    for table in known.tables:
        yield from _foreign_keys(table, places)


def _foreign_keys(table: Table, places: Mapping[tuple[str, str], Table]) -> Iterator[ForeignKey]:
    masked = dict(table.masks)
    columns = () if table.view else table.columns
    for name, kind in columns:
        for target in table.relation.column(name).references if name not in masked else ():
            if _is_whole_key(places.get((target.domain, target.relation)), target.column, kind):
                yield ForeignKey(table, name, target)


def _is_whole_key(table: Table | None, column: str, kind: str) -> bool:
    return table is not None and primary_key(table) == (column,) and dict(table.columns)[column] == kind
