"""What the domains publish. Frozen; built once by `load`, replaced whole on reload."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlglot import exp

from connectors.base import SourceTable, TableStatistics
from gateway.sql.names.reading import Read, relations_read
from policies.decision import ProtectedRelation

EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Owner:
    team: str
    email: str


@dataclass(frozen=True, slots=True)
class ColumnReference:
    """A relationship of the contract: this column points to `domain.relation.column`."""

    domain: str
    relation: str
    column: str


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a relation, as consumers see it.

    `type` is what consumers get (a DuckDB type name). `body_type` is what the relation's body delivers; where they
    differ, the value is cast after the row filter. `tags` hold classification, tags of column, relation and contract,
    and what lineage brought in; all lower case. `declared`: the contract's type by PostgreSQL's name, where `type` does
    not say all of it (`varchar(20)`, `jsonb`).
    """

    name: str
    type: str
    body_type: str
    description: str = ""
    logical_type: str = ""
    nullable: bool = True
    primary_key: bool = False
    classification: str | None = None
    tags: frozenset[str] = frozenset()
    references: tuple[ColumnReference, ...] = ()
    declared: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """One table of a product, `domain.name` in SQL.

    `body` is a resolved SELECT (every column qualified, every identifier quoted) whose result columns are exactly
    `columns` by name and order, in their `body_type`. Its tables are of two kinds:
    a *source table*, `exp.Table` with `catalog` = the source's key (see `Source.key`), `db` = its schema or empty, and
    a *relation* of another product, `exp.Table` with `db` = domain, `this` = relation and no catalog.
    `plain` says that the body only renames columns of one source table: it hides no row and computes nothing.
    `reads` is what the body reads of other products.
    """

    domain: str
    product: str
    name: str
    columns: tuple[Column, ...]
    body: exp.Select
    plain: bool
    description: str = ""
    file: str = ""
    reads: Read = field(init=False, repr=False, compare=False)
    _protected: ProtectedRelation = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reads", {} if self.plain else relations_read(self.body))
        tags = MappingProxyType({column.name: column.tags for column in self.columns})
        object.__setattr__(self, "_protected", ProtectedRelation(self.domain, self.name, tags))

    @property
    def qualified_name(self) -> str:
        return f"{self.domain}.{self.name}"

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def means_the_same_as(self, other: "Relation") -> bool:
        """Same SQL, same columns of the same types. Descriptions and tags may differ."""
        shapes = [
            [(column.name, column.type, column.body_type) for column in relation.columns]
            for relation in (self, other)
        ]
        return self is other or (shapes[0] == shapes[1] and self.body == other.body)

    def protected(self) -> ProtectedRelation:
        return self._protected


@dataclass(frozen=True, slots=True)
class Source:
    """One system a domain owns. `options` are the connector's, references to secrets resolved."""

    domain: str
    name: str
    connector: str
    options: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def key(self) -> str:
        return f"{self.domain}.{self.name}"


@dataclass(frozen=True, slots=True)
class DataProduct:
    domain: str
    name: str
    owner: Owner
    version: str
    status: str
    description: str
    relations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Domain:
    """`filters` are boolean expressions over a relation's unqualified columns and `principal.<attribute>`;
    `masks` are expressions over the column `value`. Both as SQL trees."""

    name: str
    title: str
    owner: Owner
    sources: Mapping[str, Source]
    filters: Mapping[str, exp.Expr]
    masks: Mapping[str, exp.Expr]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything published. `filters` and `masks` are the mesh's own; `unavailable` names products whose source
    was down at load, with the domain's source key: their relations are known by contract only and answer
    SourceUnavailable.
    `relations` is keyed by (domain, name) in lower case. `tables` holds each source's tables, by `Source.key`, as
    they were at load, and `statistics` what the source knew of their sizes. `accounts` maps a source's key to the
    first source that reaches the same server under the same account.
    """

    name: str
    domains: Mapping[str, Domain]
    products: Mapping[tuple[str, str], DataProduct]
    relations: Mapping[tuple[str, str], Relation]
    filters: Mapping[str, exp.Expr]
    masks: Mapping[str, exp.Expr]
    version: str
    unavailable: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))
    tables: Mapping[str, Mapping[tuple[str, ...], SourceTable]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    statistics: Mapping[str, Mapping[tuple[str, ...], TableStatistics]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    accounts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def filter(self, domain: str, name: str) -> exp.Expr:
        return (self.filters if domain == "*" else self.domains[domain].filters)[name]

    def mask(self, domain: str, name: str) -> exp.Expr | None:
        """A domain's or the mesh's own mask; None: `name` is a built-in one."""
        return (self.masks if domain == "*" else self.domains[domain].masks).get(name)
