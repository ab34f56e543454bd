"""The visible catalog as JSON documents: nothing of what its principal may not know of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from werkzeug.exceptions import NotFound

from gateway.catalog.product import DataProduct, Owner
from gateway.frontends.listing import Definition, ForeignKey, Table, definition, foreign_keys, primary_key
from gateway.query.visible import VisibleCatalog
from gateway.sql.names.undefined import undefined_table

Document = dict[str, Any]
MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Seen:
    """What one principal sees of the mesh. `readable`: the relations that it may query, others it may only know of."""

    visible: VisibleCatalog
    known: Definition
    readable: frozenset[str]

    def product(self, table: Table) -> DataProduct:
        return self.visible.catalog.products[table.relation.domain, table.relation.product]


def seen(visible: VisibleCatalog) -> Seen:
    readable = (each.relation.qualified_name for each in visible.listing() if each.decision.selectable)
    return Seen(visible, definition(visible), frozenset(readable))


# --- lists -----------------------------------------------------------------------------------------------


def domains(mesh: Seen) -> list[Document]:
    known = mesh.visible.catalog.domains
    return [
        {"name": name, "title": title, "owner": _owner(known[name].owner)}
        for name, title in mesh.known.titles
    ]


def products(mesh: Seen) -> list[Document]:
    relations: dict[tuple[str, str], list[Table]] = {}
    for table in mesh.known.tables:
        relations.setdefault((table.relation.domain, table.relation.product), []).append(table)
    return [_product(mesh, tables) for tables in relations.values()]


def relations(mesh: Seen) -> list[Document]:
    return [_relation(mesh, table) for table in mesh.known.tables]


def _product(mesh: Seen, tables: list[Table]) -> Document:
    product = mesh.product(tables[0])
    return {
        "domain": product.domain,
        "name": product.name,
        "version": product.version,
        "status": product.status,
        "description": product.description,
        "owner": _owner(product.owner),
        "relations": [table.relation.qualified_name for table in tables],
    }


def _relation(mesh: Seen, table: Table) -> Document:
    relation = table.relation
    return {
        "domain": relation.domain,
        "name": relation.name,
        "product": relation.product,
        "description": table.described,
        "access": "select" if relation.qualified_name in mesh.readable else "discover",
    }


def _owner(owner: Owner) -> Document:
    return {"team": owner.team, "email": owner.email}


# --- one of them -----------------------------------------------------------------------------------------


def product(mesh: Seen, domain: str, name: str) -> Document:
    """Raises NotFound, in the same words for what is hidden and for what never was."""
    for found in products(mesh):
        if (found["domain"].lower(), found["name"].lower()) == (domain.lower(), name.lower()):
            return found
    raise NotFound(f'data product "{domain}.{name}" does not exist')


def relation(mesh: Seen, domain: str, name: str) -> Document:
    """With columns and keys. Raises UndefinedTable, in the same words for what is hidden and for what never was."""
    for table in mesh.known.tables:
        if (table.relation.domain.lower(), table.relation.name.lower()) == (domain.lower(), name.lower()):
            keys = [key for key in foreign_keys(mesh.known) if key.table is table]
            return {
                **_relation(mesh, table),
                "owner": _owner(mesh.product(table).owner),
                "columns": list(_columns(table)),
                "primary_key": list(primary_key(table)),
                "foreign_keys": [_foreign_key(key) for key in keys],
            }
    raise undefined_table((domain, name))


def _columns(table: Table) -> Iterator[Document]:
    masks = dict(table.masks)
    for name, kind in table.columns:
        column = table.relation.column(name)
        yield {
            "name": name,
            "type": kind,
            "description": column.description,
            "nullable": table.is_nullable(name),
            "classification": column.classification,
            "mask": masks.get(name),
        }


def _foreign_key(key: ForeignKey) -> Document:
    target = key.target
    return {"column": key.column, "references": f"{target.domain}.{target.relation}", "key": target.column}


# --- search ----------------------------------------------------------------------------------------------


def search(mesh: Seen, words: str) -> list[Document]:
    """What all of the words occur in, in its own name or description: names first, at most MOST_FOUND."""
    wanted = words.lower().split()

    def holds(*texts: str) -> bool:
        return all(word in " ".join(texts).lower() for word in wanted)

    found = [each for each in _named(mesh) if holds(each.own, each.description)]
    found.sort(key=lambda each: not holds(each.own))
    return [
        {"kind": each.kind, "name": each.name, "description": each.description} for each in found[:MOST_FOUND]
    ]


class Named(NamedTuple):
    """`own`: of the name what is not the name of something above."""

    kind: str
    name: str
    own: str
    description: str


def _named(mesh: Seen) -> Iterator[Named]:
    for name, title in mesh.known.titles:
        yield Named("domain", name, name, title)
    for each in products(mesh):
        yield Named("product", f"{each['domain']}.{each['name']}", each["name"], each["description"])
    for table in mesh.known.tables:
        place, told = table.relation.qualified_name, _relation(mesh, table)["description"]
        yield Named("relation", place, table.relation.name, told)
        for name, _ in table.columns:
            yield Named("column", f"{place}.{name}", name, table.relation.column(name).description)
