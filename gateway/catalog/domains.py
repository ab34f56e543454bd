"""The files of a mesh folder: which domains and products there are, and what their documents say."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from connectors import connector_class
from connectors.options import OptionError, suggestion
from gateway.catalog.contract import Contract, Schema, read_contract
from gateway.catalog.findings import Findings
from gateway.catalog.product import Owner
from gateway.documents import Place, Section, did_you_mean, nearest
from gateway.references import References, literal_secret
from gateway.settings import LITERAL, Settings
from gateway.yaml_text import YamlError, read_yaml

DOMAIN_NAME = re.compile(r"[a-z][a-z0-9_]*")
RESERVED = frozenset(
    {"information_schema", "pg_catalog", "pg_toast", "pg_temp", "main", "temp", "system", "any"}
)
KNOWN = ("domain", "title", "owner", "sources", "filters", "masks")
CONTRACT = "contract.odcs.yaml"
POLICIES = "policies.csv"
DOMAIN = "domain.yaml"
POLICY_TESTS = "policy_tests.yaml"
CONFIGURATION = frozenset({".yaml", ".yml", ".csv", ".sql", ".toml"})


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A source as domain.yaml names it, references to secrets resolved. Relative paths start at `folder`.

    `connector` is '' where there are problems with the source already.
    """

    domain: str
    name: str
    connector: str
    options: Mapping[str, object] = field(repr=False)
    folder: Path
    place: Place


@dataclass(frozen=True, slots=True)
class ProductDocument:
    """`bodies` are the SQL texts by relation."""

    contract: Contract
    bodies: Mapping[str, str]
    folder: str


@dataclass(frozen=True, slots=True)
class DomainDocument:
    """`filters` and `masks` are SQL texts by name."""

    name: str
    title: str
    owner: Owner
    sources: tuple[SourceDocument, ...]
    filters: Mapping[str, str]
    masks: Mapping[str, str]
    products: tuple[ProductDocument, ...]
    place: Place


def read_domains(settings: Settings, findings: Findings) -> tuple[DomainDocument, ...]:
    """Every domain of the folder, in the order of their names."""
    check_stray_files(settings.folder, ("mesh.toml", "principals.yaml", POLICIES, POLICY_TESTS), "", findings)
    folders = tuple(_folders(settings.folder / "domains"))
    names = tuple(folder.name for folder in folders)
    if not folders:
        findings.problem(
            Place("domains"), "there is no domain: make a folder domains/<domain> with a domain.yaml"
        )
    read = (_domain(folder, names, settings, findings) for folder in folders)
    return tuple(document for document in read if document)


def _folders(parent: Path) -> Iterator[Path]:
    if parent.is_dir():
        yield from sorted(
            path for path in parent.iterdir() if path.is_dir() and not path.name.startswith(".")
        )


def check_stray_files(folder: Path, known: tuple[str, ...], shown: str, findings: Findings) -> None:
    """A policies file under a misspelt name would be a policy that silently does not hold."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.suffix in CONFIGURATION and path.name not in known and path.is_file():
            near = next((name for name in known if _means(path, name)), None)
            if near:
                findings.problem(
                    Place(f"{shown}{path.name}"), f"this file is not read, did you mean '{near}'?"
                )


def _means(path: Path, name: str) -> bool:
    same_stem = path.stem == name.partition(".")[0] or (path.stem, name) == ("policy", POLICIES)
    return same_stem or difflib.SequenceMatcher(None, path.name, name).ratio() > 0.85


def _domain(
    folder: Path, domains: tuple[str, ...], settings: Settings, findings: Findings
) -> DomainDocument | None:
    name = folder.name
    shown = f"domains/{name}/"
    place = Place(f"{shown}{DOMAIN}")
    check_stray_files(folder, (DOMAIN, POLICIES, POLICY_TESTS), shown, findings)
    problems: list[str] = []
    raw = read_document(folder / DOMAIN, place, problems)
    # Of a document that cannot be read nothing more is said; of others everything that is wrong.
    section = Section(raw, place, [] if problems else problems, KNOWN)
    _check_name(name, section)
    owner = _owner(section.section("owner", ("team", "email")))
    references = References(settings.environment, folder, settings.folder, name, domains)
    sources = section.section("sources")
    document = DomainDocument(
        name=name,
        title=section.text("title") or name,
        owner=owner,
        sources=tuple(_source(key, sources, references, settings, findings) for key in sources.values),
        filters=_texts(section.section("filters")),
        masks=_texts(section.section("masks")),
        products=(),
        place=place,
    )
    for source in document.sources:
        if source.name in domains:
            source_place = source.place
            problems.append(
                source_place.problem("a source must not have the name of a domain: SQL could mean both")
            )
    findings.add(problems, name)
    return replace(document, products=tuple(_products(folder, document, findings)))


def _check_name(name: str, section: Section) -> None:
    if section.required("domain") not in ("", name):
        section.problem(f"must be {name!r}, the folder's name", "domain")
    if not DOMAIN_NAME.fullmatch(name) or name in RESERVED or name.startswith("pg_") or len(name) > 63:
        section.problem(
            f"{name!r} cannot be a domain: use a word of lower-case letters, digits and _", "domain"
        )


def _owner(section: Section) -> Owner:
    return Owner(section.required("team"), section.required("email"))


def _texts(section: Section) -> Mapping[str, str]:
    return MappingProxyType({name: text for name in section.values if (text := section.required(name))})


def _source(
    name: str, sources: Section, references: References, settings: Settings, findings: Findings
) -> SourceDocument:
    section = sources.section(name)
    before = len(section.problems)
    if not DOMAIN_NAME.fullmatch(name):
        section.problem("the name of a source must be a word of lower-case letters, digits and _")
    written = {key: value for key, value in section.values.items() if key != "connector"}
    _check_literals(written, section, settings, findings)
    options = _resolved(written, section, references)
    _check_paths(options, section, references)
    kind = _connector(section)
    _check_keys(kind, written, section)
    return SourceDocument(
        domain=references.owner or "",
        name=name,
        connector=kind if len(section.problems) == before else "",
        options=MappingProxyType(options),
        folder=references.folder,
        place=section.place,
    )


def _check_keys(kind: str, written: Mapping[str, object], section: Section) -> None:
    """Every unknown option at once, also where another one's reference is not set yet."""
    try:
        known = [option.name for option in connector_class(kind).OPTIONS]
    except OptionError:  # no such connector, or one that a caller brings: whoever opens it will say
        return
    for key in written:
        if key not in known:
            section.problem(f"unknown key{suggestion(key, known)}", key)


def _connector(section: Section) -> str:
    misspelt = None if "connector" in section else nearest("connector", section.values)
    if misspelt:
        section.problem("unknown key, did you mean 'connector'?", misspelt)
        return ""
    return section.required("connector")


def _resolved(written: Mapping[str, object], section: Section, references: References) -> dict[str, object]:
    """The options with references replaced, at any depth."""
    options: dict[str, object] = {}
    for key, value in written.items():
        resolved = _resolved_value(value, references)
        if isinstance(resolved, _Refused):
            section.problem(resolved.reason, key)
        else:
            options[key] = resolved
    return options


@dataclass(frozen=True, slots=True)
class _Refused:
    reason: str


def _resolved_value(value: object, references: References) -> object:
    if isinstance(value, str):
        resolved = references.resolve(value)
        return resolved if isinstance(resolved, str) else _Refused(resolved.reason)
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else None
    )
    if items is None:
        return value
    resolved_items = [(key, _resolved_value(item, references)) for key, item in items]
    refused = next((item for _, item in resolved_items if isinstance(item, _Refused)), None)
    return refused or (
        dict(resolved_items) if isinstance(value, dict) else [item for _, item in resolved_items]
    )


def _check_literals(
    written: Mapping[str, object], section: Section, settings: Settings, findings: Findings
) -> None:
    for key, value in written.items():
        if isinstance(value, str) and literal_secret(key, value):
            text = section.place.at(key).problem(LITERAL)
            (findings.warnings if settings.loopback_only else section.problems).append(text)


def _check_paths(options: Mapping[str, object], section: Section, references: References) -> None:
    """A domain's files are its own: another domain's folder is as closed to it as another's credentials."""
    others = [references.mesh / "domains" / name for name in references.domains if name != references.owner]
    for key, value in options.items():
        if key != "path" or not isinstance(value, str):
            continue
        path = (references.folder / value).resolve()
        inside = any(path.is_relative_to(other.resolve()) for other in others)
        around = any(other.resolve().is_relative_to(path) for other in others)
        if inside or around:
            section.problem("must not hold another domain's folder: ask that domain to share a product", key)


def _products(folder: Path, domain: DomainDocument, findings: Findings) -> Iterator[ProductDocument]:
    for path in _folders(folder / "products"):
        shown = f"domains/{domain.name}/products/{path.name}/"
        place = Place(f"{shown}{CONTRACT}")
        problems: list[str] = []
        document = read_document(path / CONTRACT, place, problems)
        contract = None
        if not problems:
            contract = read_contract(document, domain.name, path.name, domain.owner, place, problems)
        bodies = _bodies(path, shown, contract, problems)
        findings.add(problems, domain.name)
        if contract:
            yield ProductDocument(contract, bodies, shown)


def _bodies(path: Path, shown: str, contract: Contract | None, problems: list[str]) -> Mapping[str, str]:
    """The relations' SQL. A relation has either a file or a `physicalName`, and every file has a relation."""
    schemas = {schema.name: schema for schema in contract.schemas} if contract else {}
    bodies = {}
    for file in sorted(
        item for item in path.iterdir() if item.suffix in CONFIGURATION and item.name != CONTRACT
    ):
        place = Place(f"{shown}{file.name}")
        if file.suffix == ".sql" and file.stem in schemas:
            bodies[file.stem] = _sql(file, place, problems)
        elif contract:
            known = [CONTRACT, *(f"{name}.sql" for name in schemas)]
            problems.append(
                place.problem(f"belongs to no relation of the contract{did_you_mean(file.name, known)}")
            )
    problems.extend(filter(None, (_body_problem(schema, bodies, shown) for schema in schemas.values())))
    return MappingProxyType(bodies)


def _body_problem(schema: Schema, bodies: Mapping[str, str], shown: str) -> str | None:
    file = f"{shown}{schema.name}.sql"
    if schema.physical_name and schema.name in bodies:
        return schema.place.at("physicalName").problem(
            f"stands beside {schema.name}.sql: keep one of the two"
        )
    if not schema.physical_name and schema.name not in bodies:
        return schema.place.problem(f"has neither a physicalName (source.table) nor the file {file}")
    return None


def _sql(file: Path, place: Place, problems: list[str]) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        problems.append(place.problem("cannot be read as UTF-8 text"))
        return ""


def read_document(path: Path, place: Place, problems: list[str]) -> object:
    """The document of a YAML file that must be there and must be a mapping."""
    try:
        document = read_yaml(path)
    except FileNotFoundError:
        near = ", ".join(
            sorted(item.name for item in path.parent.iterdir() if item.suffix in (".yaml", ".yml"))
        )
        problems.append(place.problem("there is no such file" + (f" (there is {near})" if near else "")))
        return None
    except YamlError as error:
        problems.append(place.problem(str(error)))
        return None
    if not isinstance(document, Mapping):
        problems.append(place.problem("must be a mapping of keys to values"))
    return document
