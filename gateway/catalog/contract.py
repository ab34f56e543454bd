"""A product's contract.odcs.yaml, as far as the gateway acts on it."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gateway.catalog.odcs import contract_problems
from gateway.catalog.product import Owner
from gateway.documents import Place, Section

RELATION_NAME = re.compile(r"[a-z_][a-z0-9_]*")
MAX_NAME_BYTES = 63
Reference = tuple[str, ...]
"""A column as a relationship names it: (relation, column) or (domain, relation, column)."""


@dataclass(frozen=True, slots=True)
class Property:
    """A column. `physical_name` is its name in the source table or in the SELECT's result."""

    name: str
    physical_name: str
    physical_type: str
    place: Place
    description: str = ""
    logical_type: str = ""
    required: bool = False
    primary_key: bool = False
    classification: str | None = None
    tags: frozenset[str] = frozenset()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Schema:
    """One relation of a contract. `physical_name` is the source table it names directly, or ''."""

    name: str
    physical_name: str
    description: str
    properties: tuple[Property, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Contract:
    domain: str
    product: str
    version: str
    status: str
    description: str
    owner: Owner
    schemas: tuple[Schema, ...]
    place: Place


def read_contract(
    document: object, domain: str, product: str, owner: Owner, place: Place, problems: list[str]
) -> Contract | None:
    """The contract of `domain`'s `product`; None where problems were added. `owner` is the domain's."""
    own: list[str] = list(contract_problems(document, place))
    contract = None
    if not own:
        contract = _contract(Section(document, place, own), domain, product, owner)
    problems.extend(own)
    return contract if not own else None


def _contract(section: Section, domain: str, product: str, owner: Owner) -> Contract:
    if not section.text("apiVersion").startswith("v3."):
        section.problem("must be v3: this gateway reads version 3 of the standard", "apiVersion")
    if "domain" in section and section.text("domain") != domain:
        section.problem(f"must be {domain!r}, the folder's name", "domain")
    tags = _tags(section)
    schemas = [
        _schema(Section(item, section.place.at("schema", _name(item)), section.problems), tags)
        for item in _list(section, "schema")
    ]
    if not schemas:
        section.problem("must name at least one relation", "schema")
    _refuse_duplicates([schema.name for schema in schemas], section.place.at("schema"), section.problems)
    return Contract(
        domain=domain,
        product=product,
        version=section.text("version"),
        status=section.text("status"),
        description=_description(section),
        owner=_owner(section, owner),
        schemas=tuple(_with_relationships(schema, section) for schema in schemas),
        place=section.place,
    )


def _schema(section: Section, outer: frozenset[str]) -> Schema:
    name = section.text("name")
    if not RELATION_NAME.fullmatch(name) or len(name) > MAX_NAME_BYTES:
        section.problem(
            "must be lower-case letters, digits and _, at most 63: it is the table's name", "name"
        )
    tags = outer | _tags(section)
    properties = tuple(
        _property(Section(item, section.place.at("properties", _name(item)), section.problems), tags)
        for item in _list(section, "properties")
    )
    if not properties:
        section.problem("must name at least one column", "properties")
    names = [item.name for item in properties]
    _refuse_duplicates(names, section.place.at("properties"), section.problems)
    description = section.text("description")
    return Schema(name, section.text("physicalName"), description, properties, section.place)


def _property(section: Section, outer: frozenset[str]) -> Property:
    name = section.text("name")
    if not name.strip() or not name.isprintable() or len(name.encode()) > MAX_NAME_BYTES or "." in name:
        section.problem(
            "must be printable text without dots, at most 63 bytes: it is a column's name", "name"
        )
    if "physicalType" not in section:
        section.problem("is missing: it says the type consumers get, for example bigint", "physicalType")
    classification = section.text("classification").strip().lower()
    return Property(
        name=name,
        physical_name=section.text("physicalName") or name,
        physical_type=section.text("physicalType"),
        place=section.place,
        description=section.text("description"),
        logical_type=section.text("logicalType"),
        required=section.flag("required") or section.flag("primaryKey"),
        primary_key=section.flag("primaryKey"),
        classification=classification or None,
        tags=outer | _tags_within(section.values),
        references=tuple(
            parts
            for item in _list(section, "relationships")
            for _, parts in _pairs({**item, "from": name}, section)
        ),
    )


def _tags_within(values: Mapping[str, object]) -> frozenset[str]:
    """Tags of a column and its parts: policies govern whole columns, so a part's tag counts for all of it."""
    found: set[str] = set()
    stack: list[object] = [values]
    while stack:
        node = stack.pop()
        if not isinstance(node, Mapping):
            continue
        tags = node.get("tags")
        words = [*(tags if isinstance(tags, list) else ()), node.get("classification")]
        found.update(word.strip().lower() for word in words if isinstance(word, str) and word.strip())
        inner = node.get("properties")
        stack.extend(inner if isinstance(inner, list) else ())
        parts = node.get("map")
        stack.extend([node.get("items"), *(parts.values() if isinstance(parts, Mapping) else ())])
    return frozenset(found)


def _tags(section: Section) -> frozenset[str]:
    return frozenset(tag.strip().lower() for tag in section.texts("tags") if tag.strip())


def _with_relationships(schema: Schema, contract: Section) -> Schema:
    """Adds the relationships that stand at the relation, from the columns they name."""
    raw = next((item for item in _list(contract, "schema") if _name(item) == schema.name), {})
    section = Section(raw, schema.place, contract.problems)
    pairs = [pair for item in _list(section, "relationships") for pair in _pairs(item, section)]
    columns = {item.name for item in schema.properties}
    for start, _ in pairs:
        if start[-1] not in columns:
            section.problem(f"{'.'.join(start)} is no column of this relation", "relationships")
    properties = (
        replace(
            item, references=item.references + tuple(end for start, end in pairs if start[-1] == item.name)
        )
        for item in schema.properties
    )
    return replace(schema, properties=tuple(properties))


def _pairs(item: Mapping[str, object], section: Section) -> list[tuple[Reference, Reference]]:
    """(from, to) of a relationship, column by column; references by id (with a slash) are left out."""
    starts, ends = _texts(item.get("from")), _texts(item.get("to"))
    if len(starts) != len(ends):
        section.problem("'from' and 'to' must name equally many columns", "relationships")
        return []
    pairs = zip(starts, ends, strict=True)
    return [
        (tuple(start.split(".")), tuple(end.split("."))) for start, end in pairs if "/" not in start + end
    ]


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [item for item in values if isinstance(item, str)]


def _owner(section: Section, owner: Owner) -> Owner:
    """The contract's team where it names one, else the domain's owner."""
    team = section.raw("team")
    if isinstance(team, Mapping):
        members = team.get("members") or []
        name = str(team.get("name") or owner.team)
    else:
        members, name = team or [], owner.team
    email = next((text for member in _mappings(members) if (text := _owner_email(member))), owner.email)
    return Owner(name, email)


def _owner_email(member: Mapping[str, object]) -> str | None:
    username = member.get("username")
    is_owner = str(member.get("role", "")).lower() == "owner"
    return username if is_owner and isinstance(username, str) and "@" in username else None


def _description(section: Section) -> str:
    description = section.raw("description")
    if not isinstance(description, Mapping):
        return ""
    parts = (description.get(key) for key in ("purpose", "usage", "limitations"))
    return "\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())


def _refuse_duplicates(names: Sequence[str], place: Place, problems: list[str]) -> None:
    """SQL names are compared without case."""
    counts = Counter(name.casefold() for name in names)
    twice = [name for name in names if counts.pop(name.casefold(), 1) > 1]
    problems.extend(place.at(name).problem("stands twice: names are compared without case") for name in twice)


def _list(section: Section, key: str) -> list[Mapping[str, object]]:
    return _mappings(section.raw(key))


def _mappings(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _name(item: Mapping[str, object]) -> str:
    return str(item.get("name", "?"))
