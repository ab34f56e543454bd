"""All relations of all domains, inputs before what is built on them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from sqlglot import exp

from gateway.catalog.bodies import (
    Body,
    BodyError,
    Output,
    Readable,
    bound,
    nothing,
    parsed,
    source_readable,
    source_select,
    tables_read,
)
from gateway.catalog.connections import Connections, Tables
from gateway.catalog.contract import Property, Schema
from gateway.catalog.domains import DomainDocument, ProductDocument
from gateway.catalog.findings import Findings
from gateway.catalog.product import Column, ColumnReference, Relation
from gateway.catalog.shares import Shares
from gateway.catalog.types import Typer, declared, normalized, unknown_type, widens
from gateway.documents import Place, choices, did_you_mean
from gateway.settings import Limits
from gateway.sql.names.resolve import TableName

Name = tuple[str, str]
"""(domain, relation)"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A relation as its documents have it. `file` is where its SQL stands; `tree` None: that is no SQL."""

    domain: str
    product: str
    schema: Schema
    file: Place
    tree: exp.Query | None

    @property
    def name(self) -> Name:
        return (self.domain, self.schema.name)


@dataclass(frozen=True, slots=True)
class Published:
    """`unavailable`: (domain, product) -> key of the source that is down."""

    relations: Mapping[Name, Relation]
    unavailable: Mapping[Name, str]


@dataclass(slots=True)
class _Builder:
    """One walk over the drafts. What cannot be built is left out, with a problem, and so is what reads it."""

    documents: Mapping[str, DomainDocument]
    connections: Connections
    shares: Shares
    types: Mapping[str, str]
    typer: Typer
    findings: Findings
    drafts: Mapping[Name, Draft]
    relations: dict[Name, Relation] = field(default_factory=dict)
    down: dict[Name, str] = field(default_factory=dict)
    folded: dict[str, Mapping[TableName, Readable]] = field(default_factory=dict)


class _MissingError(Exception):
    """Something that is read is not there because of a problem that is reported already."""


class _DownError(Exception):
    def __init__(self, source: str) -> None:
        super().__init__(source)
        self.source = source


def publish(
    documents: Iterable[DomainDocument],
    connections: Connections,
    shares: Shares,
    typer: Typer,
    limits: Limits,
    findings: Findings,
) -> Published:
    listed = tuple(documents)
    drafts = _drafts(listed, limits, findings)
    properties = [item for draft in drafts.values() for item in draft.schema.properties]
    types = normalized((item.physical_type for item in properties), typer)
    for item in properties:
        if item.physical_type not in types:
            findings.problem(item.place.at("physicalType"), unknown_type(item.physical_type))
    by_name = {document.name: document for document in listed}
    builder = _Builder(by_name, connections, shares, types, typer, findings, drafts)
    for name in _order(drafts, by_name, findings):
        relation = _relation(drafts[name], builder)
        if relation:
            builder.relations[name] = relation
    relations = {name: _with_references(relation, builder) for name, relation in builder.relations.items()}
    unavailable = {
        (domain, drafts[domain, name].product): key for (domain, name), key in builder.down.items()
    }
    return Published(relations, unavailable)


def _drafts(documents: Iterable[DomainDocument], limits: Limits, findings: Findings) -> Mapping[Name, Draft]:
    drafts: dict[Name, Draft] = {}
    for domain in documents:
        for product in domain.products:
            for schema in product.contract.schemas:
                draft = _draft(product, schema, limits, findings)
                earlier = drafts.setdefault(draft.name, draft)
                if earlier is not draft:
                    text = (
                        f"the product {earlier.product} has a relation of this name already: choose another"
                    )
                    findings.problem(schema.place, text)
    return drafts


def _draft(product: ProductDocument, schema: Schema, limits: Limits, findings: Findings) -> Draft:
    text = product.bodies.get(schema.name)
    file = schema.place.at("physicalName") if text is None else Place(f"{product.folder}{schema.name}.sql")
    tree: exp.Query | None = None
    try:
        if text is not None:
            tree = parsed(text, limits)
        elif schema.physical_name:
            tree = source_select(schema)
    except BodyError as error:
        findings.problem(file, str(error))
    return Draft(product.contract.domain, product.contract.product, schema, file, tree)


def _order(
    drafts: Mapping[Name, Draft], domains: Mapping[str, DomainDocument], findings: Findings
) -> Iterator[Name]:
    """Inputs first. A circle is a problem, and its members are left out."""
    graph = {
        name: {read for read in _relations_read(draft, domains) if read in drafts}
        for name, draft in drafts.items()
    }
    while True:
        try:
            order = tuple(TopologicalSorter(graph).static_order())
        except CycleError as error:
            circle = list(error.args[1])[::-1]
            first = circle.index(min(circle[:-1]))
            circle = circle[first:-1] + circle[:first] + [circle[first]]
            text = " > ".join(".".join(name) for name in circle)
            findings.problem(drafts[circle[0]].file, f"reads itself in a circle: {text}")
            graph = {name: reads - set(circle) for name, reads in graph.items() if name not in circle}
        else:
            yield from order
            return


def _relations_read(draft: Draft, domains: Mapping[str, DomainDocument]) -> Iterator[Name]:
    for parts in tables_read(draft.tree) if draft.tree else ():
        if len(parts) == 2 and parts[0].lower() in domains:
            yield (parts[0].lower(), parts[1].lower())


def _relation(draft: Draft, builder: _Builder) -> Relation | None:
    """The finished relation, by its contract alone if its source is down; None: there are problems."""
    known = all(item.physical_type in builder.types for item in draft.schema.properties)
    if draft.tree is None or not known:
        return None
    try:
        body = _body(draft, draft.tree, builder)
    except _MissingError:
        return None
    except _DownError as down:
        builder.down[draft.name] = down.source
        return _by_contract(draft, builder)
    if body is None:
        return None
    for item in body.reads.values():
        if item.relation in builder.down:
            builder.down[draft.name] = builder.down[item.relation]
    _report_filters(draft, body, builder)
    items = zip(draft.schema.properties, body.outputs, strict=True)
    columns = tuple(_column(item, output, draft, body, builder) for item, output in items)
    return _assembled(draft, columns, body.select, plain=body.plain)


Problems = list[tuple[Place, str]]


def _body(draft: Draft, tree: exp.Query, builder: _Builder) -> Body | None:
    """Its SQL over what is shared with its domain; None: there are problems.

    If only shares are missing it is bound as if there were all: an owner that withdraws one waits for nobody. Such
    a relation is on record as lapsed, and `authorize`, which asks for the shares of now, refuses what it reads.
    """
    body, problems = _bound(draft, tree, builder, in_full=False)
    if not problems:
        return body
    body, others = _bound(draft, tree, builder, in_full=True)
    report = builder.findings.problem if others else builder.findings.lapse
    for place, text in problems:
        report(place, text)
    return None if others else body


def _bound(
    draft: Draft, tree: exp.Query, builder: _Builder, *, in_full: bool
) -> tuple[Body | None, Problems]:
    """`in_full`: as if its domain owned all that it reads. Raises _DownError or _MissingError."""
    try:
        readable = {parts: _readable(parts, draft, builder, in_full=in_full) for parts in tables_read(tree)}
        body = bound(tree, draft.schema, readable, builder.typer)
    except BodyError as error:
        return None, [(draft.file, str(error))]
    return body, list(_misfits(draft, body, builder))


def _assembled(draft: Draft, columns: tuple[Column, ...], select: exp.Select, *, plain: bool) -> Relation:
    return Relation(
        domain=draft.domain,
        product=draft.product,
        name=draft.schema.name,
        columns=columns,
        body=select,
        plain=plain,
        description=draft.schema.description,
        file=draft.file.file,
    )


def _by_contract(draft: Draft, builder: _Builder) -> Relation:
    columns = tuple(
        _contract_column(item, builder.types[item.physical_type]) for item in draft.schema.properties
    )
    return _assembled(draft, columns, nothing({item.name: item.type for item in columns}), plain=False)


def _contract_column(item: Property, kind: str) -> Column:
    return Column(
        name=item.name,
        type=kind,
        body_type=kind,
        description=item.description,
        logical_type=item.logical_type,
        nullable=not item.required,
        primary_key=item.primary_key,
        classification=item.classification,
        tags=item.tags,
        declared=declared(item.physical_type),
    )


def _misfits(draft: Draft, body: Body, builder: _Builder) -> Iterator[tuple[Place, str]]:
    for item, output in zip(draft.schema.properties, body.outputs, strict=True):
        kind = builder.types[item.physical_type]
        if not output.weak and not widens(output.type, kind):
            text = f"the contract says {kind}, but the {_what(draft)} delivers {output.type}, which may not fit: "
            yield item.place.at("physicalType"), text + "change one of the two"


def _column(item: Property, output: Output, draft: Draft, body: Body, builder: _Builder) -> Column:
    inherited = frozenset().union(
        *(_tags(origin.table, origin.column, body, builder) for origin in output.origins)
    )
    if f"{draft.domain}.{draft.schema.name}.{item.name}".lower() in builder.shares.declassified:
        inherited = frozenset()
    column = _contract_column(item, builder.types[item.physical_type])
    return replace(column, body_type=output.type, tags=column.tags | inherited)


def _what(draft: Draft) -> str:
    return "source's column" if draft.schema.physical_name else "SELECT"


def _tags(table: TableName, column: str, body: Body, builder: _Builder) -> frozenset[str]:
    relation = body.reads[table].relation
    return builder.relations[relation].column(column).tags if relation else frozenset()


def _report_filters(draft: Draft, body: Body, builder: _Builder) -> None:
    for origin in sorted(body.filtered, key=lambda origin: (origin.table, origin.column)):
        tags = _tags(origin.table, origin.column, body, builder)
        if tags:
            column = ".".join((*origin.table, origin.column))
            text = (
                f"decides by {column}, tagged {choices(tags)}, which rows there are: they tell of its values"
            )
            builder.findings.warning(draft.file, text)


def _readable(parts: TableName, draft: Draft, builder: _Builder, *, in_full: bool) -> Readable:
    """What a name in the SQL means. Raises BodyError, _DownError, or _MissingError."""
    folded = tuple(part.lower() for part in parts)
    domain = builder.documents[draft.domain]
    if len(folded) > 1 and folded[0] in {source.name for source in domain.sources}:
        return _source_table(folded, parts, draft, builder)
    if len(folded) == 2 and folded[0] in builder.documents:
        return _shared_relation(folded, draft, builder, in_full=in_full)
    if draft.domain in builder.findings.broken:
        raise _MissingError
    known = [*(source.name for source in domain.sources), *builder.documents]
    text = f'relation "{".".join(parts)}" does not exist: write source.table or domain.relation'
    raise BodyError(text + did_you_mean(parts[0], known) if len(parts) > 1 else text)


def _source_table(folded: TableName, written: TableName, draft: Draft, builder: _Builder) -> Readable:
    key = f"{draft.domain}.{folded[0]}"
    if key not in builder.connections.connectors:
        raise _MissingError
    if key not in builder.connections.tables:
        raise _DownError(key)
    if key not in builder.folded:
        builder.folded[key] = _by_folded_name(key, builder.connections.tables[key])
    tables = builder.folded[key]
    if folded[1:] not in tables:
        near = did_you_mean(".".join(folded[1:]), [".".join(name) for name in tables])
        raise BodyError(f'relation "{".".join(written)}" does not exist: {key} has no such table{near}')
    return tables[folded[1:]]


def _by_folded_name(key: str, tables: Tables) -> Mapping[TableName, Readable]:
    return {
        tuple(part.lower() for part in name): source_readable(key, table) for name, table in tables.items()
    }


def _shared_relation(folded: TableName, draft: Draft, builder: _Builder, *, in_full: bool) -> Readable:
    name = (folded[0], folded[1])
    if name in builder.relations:
        return builder.shares.readable(builder.relations[name], folded[0] if in_full else draft.domain)
    if name in builder.drafts or folded[0] in builder.findings.broken:
        raise _MissingError
    known = [relation for domain, relation in builder.drafts if domain == folded[0]]
    raise BodyError(f'relation "{".".join(folded)}" does not exist{did_you_mean(folded[1], known)}')


def _with_references(relation: Relation, builder: _Builder) -> Relation:
    draft = builder.drafts[relation.domain, relation.name]
    items = zip(relation.columns, draft.schema.properties, strict=True)
    columns = (replace(column, references=tuple(_references(item, draft, builder))) for column, item in items)
    return replace(relation, columns=tuple(columns))


def _references(item: Property, draft: Draft, builder: _Builder) -> Iterator[ColumnReference]:
    """The relationships of a column. One to a column that is nowhere is a problem."""
    for parts in item.references:
        domain, name, column = (draft.domain, *parts) if len(parts) == 2 else (*parts, "", "")[:3]
        target = builder.drafts.get((domain, name))
        names = [known.name for known in target.schema.properties] if target else []
        if len(parts) <= 3 and column in names:
            yield ColumnReference(domain, name, column)
        elif domain not in builder.findings.broken:
            text = f"{'.'.join(parts)} is no column of a relation{did_you_mean(column, names)}"
            builder.findings.problem(item.place.at("relationships"), text)
