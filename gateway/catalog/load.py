"""Mesh folder -> Catalog and policies: everything validated, everything wrong reported at once."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from sqlglot import exp

from connectors import connector
from connectors.base import Connector
from gateway.catalog.connections import Connections, Opener, connect
from gateway.catalog.domains import POLICIES, DomainDocument, read_domains
from gateway.catalog.expressions import ExpressionError, attributes_of, parsed_filter, parsed_mask
from gateway.catalog.findings import Findings
from gateway.catalog.policies_check import Named, World, check_attributes, check_lines
from gateway.catalog.product import Catalog, DataProduct, Domain, Source
from gateway.catalog.relations import Published, publish
from gateway.catalog.shares import shares_of
from gateway.catalog.types import Typer
from gateway.documents import Place
from gateway.errors import ConfigurationError
from gateway.settings import FILE, Limits, Settings
from policies.lines import MESH, Line, read_lines
from policies.lint import union_problems
from policies.masks import BUILT_IN, NONE
from policies.policy_set import PolicySet
from policies.principal import Principal


@dataclass(frozen=True, slots=True)
class Loaded:
    """`connectors` are keyed by `Source.key`; whoever drops a Loaded closes them. `lapses` say what products read that
    is not shared with them: who asks for that is refused, and all else goes on."""

    catalog: Catalog
    policies: PolicySet
    connectors: Mapping[str, Connector]
    warnings: tuple[str, ...]
    lapses: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that an engine may read itself."""
        tables = (table for source in self.catalog.tables.values() for table in source.values())
        return tuple(sorted({file for table in tables for file in table.files}))


def load(
    settings: Settings,
    typer: Typer,
    principals: Mapping[str, Principal] | None = None,
    *,
    earlier: Iterable[str] = (),
    opener: Opener = connector,
) -> Loaded:
    """Read and check a whole mesh folder.

    `principals` are those of the built-in identity provider; None: they are not known here. Where tokens are accepted
    there may be others too. `earlier` are problems found before, in mesh.toml and principals.yaml.
    ConfigurationError has all of them, sorted.
    """
    findings = Findings(problems=list(earlier))
    if any(problem.startswith(f"{FILE}:") for problem in findings.problems):
        findings.broken.add(MESH)
    documents = read_domains(settings, findings)
    lines = _lines(settings.folder, documents, findings)
    sources = [source for document in documents for source in document.sources]
    connections = connect(sources, opener, findings)
    try:
        return _loaded(settings, typer, principals, documents, lines, connections, findings)
    except BaseException:
        connections.close()
        raise


def _loaded(
    settings: Settings,
    typer: Typer,
    principals: Mapping[str, Principal] | None,
    documents: tuple[DomainDocument, ...],
    lines: tuple[Line, ...],
    connections: Connections,
    findings: Findings,
) -> Loaded:
    published = publish(documents, connections, shares_of(lines), typer, settings.limits, findings)
    filters = _named("filters", parsed_filter, settings, documents, findings)
    masks = _named("masks", parsed_mask, settings, documents, findings)
    world = World(
        relations=published.relations,
        columns=_contract_columns(documents),
        domains=frozenset(document.name for document in documents),
        filters=filters,
        masks=masks,
        principals=principals or {},
        attributes=attributes_of(
            (principals or {}).values(), known=principals is not None and settings.tokens is None
        ),
        typer=typer,
    )
    check_lines(lines, world, findings)
    check_attributes(filters, world, findings)
    lapses = tuple(sorted(set(findings.lapses)))
    if findings.problems:
        raise ConfigurationError(tuple(sorted({*findings.problems, *lapses})))
    catalog = _catalog(settings, documents, published, connections, filters, masks)
    warnings = tuple(sorted(set(findings.warnings)))
    return Loaded(catalog, PolicySet(lines), connections.connectors, warnings, lapses)


def _lines(folder: Path, documents: Iterable[DomainDocument], findings: Findings) -> tuple[Line, ...]:
    """The lines of the mesh's own file and of each domain's; a domain without a file has none."""
    files = {POLICIES: MESH, **{f"domains/{item.name}/{POLICIES}": item.name for item in documents}}
    lines: list[Line] = []
    for file, owner in files.items():
        try:
            text = (folder / file).read_text("utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError):
            findings.problem(Place(file), "cannot be read as UTF-8 text")
            continue
        read, problems = read_lines(text, file, owner)
        lines.extend(read)
        findings.problems.extend(problems)
    findings.problems.extend(union_problems(lines))
    return tuple(lines)


Parser = Callable[[str, Limits], exp.Expr]


def _named(
    kind: str,
    parse: Parser,
    settings: Settings,
    documents: Iterable[DomainDocument],
    findings: Findings,
) -> Named:
    """All filters, or all masks, as trees."""
    texts = {MESH: getattr(settings, kind), **{item.name: getattr(item, kind) for item in documents}}
    places = {MESH: Place(FILE, (kind,)), **{item.name: item.place.at(kind) for item in documents}}
    trees: dict[str, Mapping[str, exp.Expr]] = {}
    broken: set[tuple[str, str]] = set()
    for owner, named in texts.items():
        parsed = {}
        for name, text in named.items():
            try:
                _check_free(kind, name)
                parsed[name] = parse(text, settings.limits)
            except ExpressionError as error:
                findings.problem(places[owner].at(name), str(error))
                broken.add((owner, name))
        trees[owner] = MappingProxyType(parsed)
    return Named(trees, frozenset(broken), places)


def _check_free(kind: str, name: str) -> None:
    if not name.isidentifier() or not name.isascii():
        raise ExpressionError("must have a name of letters, digits and _: policy lines refer to it")
    if kind == "masks" and name in (*BUILT_IN, NONE):
        raise ExpressionError("is the name of a built-in mask: choose another")


def _contract_columns(documents: Iterable[DomainDocument]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    schemas = [
        (item.name, schema)
        for item in documents
        for product in item.products
        for schema in product.contract.schemas
    ]
    return {
        (domain, schema.name): tuple(item.name for item in schema.properties) for domain, schema in schemas
    }


def _catalog(
    settings: Settings,
    documents: tuple[DomainDocument, ...],
    published: Published,
    connections: Connections,
    filters: Named,
    masks: Named,
) -> Catalog:
    domains = {item.name: _domain(item, filters, masks) for item in documents}
    products = {(item.name, product.name): product for item in documents for product in _products(item)}
    return Catalog(
        name=settings.name,
        domains=MappingProxyType(domains),
        products=MappingProxyType(products),
        relations=MappingProxyType(dict(published.relations)),
        filters=filters.of(MESH),
        masks=masks.of(MESH),
        version=_version(settings, documents, published, connections),
        unavailable=MappingProxyType(dict(published.unavailable)),
        tables=connections.tables,
        statistics=connections.statistics,
        accounts=connections.accounts,
    )


def _domain(document: DomainDocument, filters: Named, masks: Named) -> Domain:
    sources = {
        source.name: Source(source.domain, source.name, source.connector, source.options)
        for source in document.sources
    }
    return Domain(
        name=document.name,
        title=document.title,
        owner=document.owner,
        sources=MappingProxyType(sources),
        filters=filters.of(document.name),
        masks=masks.of(document.name),
    )


def _products(document: DomainDocument) -> Iterable[DataProduct]:
    for product in document.products:
        contract = product.contract
        yield DataProduct(
            domain=document.name,
            name=contract.product,
            owner=contract.owner,
            version=contract.version,
            status=contract.status,
            description=contract.description,
            relations=tuple(schema.name for schema in contract.schemas),
        )


def _version(
    settings: Settings, documents: Iterable[DomainDocument], published: Published, connections: Connections
) -> str:
    """Of everything that decides what a query means. Secrets are no part of it: versions are shown."""
    parts = [settings.name, repr(sorted(settings.filters.items())), repr(sorted(settings.masks.items()))]
    for item in documents:
        parts += [item.name, repr(sorted(item.filters.items())), repr(sorted(item.masks.items()))]
        parts += [f"{source.name} {source.connector}" for source in item.sources]
        parts += [repr((product.contract, sorted(product.bodies.items()))) for product in item.products]
    parts += [f"{name} {relation.columns!r}" for name, relation in sorted(published.relations.items())]
    parts += [repr(sorted(published.unavailable.items()))]
    parts += [f"{key} {sorted(tables.items())!r}" for key, tables in sorted(connections.tables.items())]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
