"""What somebody may see of one relation under the policies of a folder, in terms that two folders share."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from gateway.catalog.expressions import attributes_named
from gateway.catalog.product import Relation
from gateway.errors import AccessDenied
from gateway.policy.folders import Folder
from gateway.policy.subjects import Asker, Variant, policies_with_roles
from gateway.query.authorize import AuthorizedQuery, GovernedRelation, authorize
from gateway.query.bind import bind
from gateway.query.parse import parse
from gateway.query.request import Request
from gateway.query.visible import Alternatives, VisibleCatalog
from gateway.sql.names.resolve import base_tables, table_name
from policies.decision import ColumnMask, Decision, RowFilter
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.masks import strictness
from policies.principal import Principal
from policies.relation_lines import indexed, relation_lines
from policies.roles import own_subjects, roles_of

Name = tuple[str, str]
"""(domain, relation)"""


@dataclass(frozen=True, slots=True)
class Filter:
    """A row filter. Two are the same if their SQL is, and the attributes in it; what they are called is not
    part of it."""

    sql: str
    attributes: tuple[tuple[str, str], ...]
    name: str = field(compare=False)

    def text(self, *, values: bool = False) -> str:
        named = ", ".join(f"{name} is {value}" for name, value in self.attributes)
        return f"{self.name}: {self.sql}" + (f" ({named})" if values and named else "")


@dataclass(frozen=True, slots=True)
class Mask:
    """`meaning` is a built-in mask's name or an own one's SQL."""

    meaning: str
    name: str = field(compare=False)

    @property
    def text(self) -> str:
        return self.name if self.meaning == self.name else f"{self.name} ({self.meaning})"


Rows = frozenset[Filter] | None
"""Filters of which one must hold; None: every row."""


@dataclass(frozen=True, slots=True)
class ColumnAccess:
    rows: Rows
    mask: Mask | None


@dataclass(frozen=True, slots=True)
class Below:
    """What is hidden of a relation that a product's SQL, or a statement, reads: filters (AND of ORs) and masks."""

    rows: frozenset[frozenset[Filter]]
    masks: frozenset[tuple[str, Mask]]


@dataclass(frozen=True, slots=True)
class Access:
    """`seen`: whether the relation exists for somebody. `columns` are those that may be selected.

    All of `restrictive` hold. `inputs` are what lies below a product over products. `refused` says why a product
    whose columns are granted cannot be read all the same.
    """

    seen: bool = False
    columns: Mapping[str, ColumnAccess] = field(default_factory=lambda: MappingProxyType({}))
    restrictive: frozenset[Filter] = frozenset()
    inputs: Mapping[str, Below] = field(default_factory=lambda: MappingProxyType({}))
    refused: str = ""


NOTHING = Access()


class Side:
    """One of two folders that are compared. `now`, seconds since the epoch, is the same for both."""

    def __init__(self, folder: Folder, lines: Iterable[Line], now: float) -> None:
        """`lines` are those of both folders: every role in them gets somebody who holds it."""
        self.folder, self._now = folder, now
        self.catalog = folder.catalog
        self.policies = policies_with_roles(folder.policies, lines)
        self._roles = roles_of(line for line in self.policies.lines if isinstance(line, RoleLine))
        self._meanings: dict[Name, Hashable] = {}
        self._filters: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {}
        self._masks: dict[tuple[str, str], str] = {}
        self._positions = {line.id: number for number, line in enumerate(folder.policies.lines)}
        rules = (line for line in folder.policies.lines if not isinstance(line, RoleLine))
        self._index = indexed(rules)

    def access(self, asker: Asker, principal: Principal | None, variant: Variant, name: Name) -> Access:
        relation = self.catalog.relations.get(name)
        if principal is None or relation is None or asker.domain == relation.domain:
            return NOTHING
        asking = Principal(
            principal.name,
            principal.groups,
            {**principal.attributes, **variant.attributes},
            principal.purposes,
        )
        visible = VisibleCatalog(self.catalog, self.policies, asking, variant.circumstances(self._now))
        if asker.domain is not None:
            decision = self.policies.decide_share(
                asker.domain, asking, relation.protected(), visible.circumstances
            )
            return self._of(decision, asking, {})
        decision = self.policies.decide(asking, relation.protected(), visible.circumstances)
        try:
            inputs = self._inputs(relation, decision, visible)
        except AccessDenied as error:
            return Access(seen=True, refused=str(error))
        return self._of(decision, asking, inputs, visible.lost(relation, decision))

    def _of(
        self,
        decision: Decision,
        asking: Principal,
        inputs: Mapping[str, Below],
        lost: frozenset[str] = frozenset(),
    ) -> Access:
        columns = {}
        for column in (name for name in decision.selectable if name not in lost):
            decided = decision.columns[column]
            rows = [grant.rows for grant in decided.grants]
            listed = frozenset(self._filter(row, asking) for row in rows if row is not None)
            columns[column] = ColumnAccess(None if None in rows else listed, self._mask(decided.mask))
        restrictive = frozenset(self._filter(row, asking) for row in decision.restrictive) if columns else ()
        return Access(decision.discoverable, columns, frozenset(restrictive), inputs)

    def _filter(self, row: RowFilter, asking: Principal) -> Filter:
        sql, attributes = self._filter_text(row.domain, row.name)
        values = [(name, asking.attributes.get(name)) for name in attributes]
        shown = tuple((name, "missing" if value is None else repr(value)) for name, value in values)
        return Filter(sql, shown, row.name)

    def _filter_text(self, domain: str, name: str) -> tuple[str, tuple[str, ...]]:
        """The SQL of a filter and the attributes in it."""
        if (domain, name) not in self._filters:
            tree = self.catalog.filter(domain, name)
            self._filters[domain, name] = tree.sql(dialect="duckdb"), tuple(sorted(attributes_named(tree)))
        return self._filters[domain, name]

    def _mask(self, mask: ColumnMask | None) -> Mask | None:
        if mask is None:
            return None
        return Mask(self._mask_text(mask.domain, mask.name), mask.name)

    def _mask_text(self, domain: str, name: str) -> str:
        """The SQL of an own mask; a built-in one's name."""
        if (domain, name) not in self._masks:
            own = self.catalog.mask(domain, name)
            self._masks[domain, name] = name if own is None else own.sql(dialect="duckdb")
        return self._masks[domain, name]

    def _inputs(self, relation: Relation, decision: Decision, visible: VisibleCatalog) -> Mapping[str, Below]:
        """Decided as for a statement over the whole relation. Raises AccessDenied."""
        if not decision.selectable or not _read_by(relation):
            return {}
        text = f'SELECT * FROM "{relation.domain}"."{relation.name}"'
        request = Request(text, visible.principal, visible.circumstances.endpoint)
        (governed,) = self.authorized(request, visible).relations.values()
        return dict(self._read(governed, visible.principal))

    def authorized(self, request: Request, visible: VisibleCatalog) -> AuthorizedQuery:
        """The decision about a statement, parameters unknown. Raises Refused."""
        bound = bind(parse(request.text, self.folder.settings.limits), request, visible, describing=True)
        return authorize(bound, visible)

    def hidden(self, query: AuthorizedQuery, asking: Principal) -> Mapping[str, Below]:
        """What is hidden of each relation that a statement names, and below it. A relation that is named twice
        has a number the second time."""
        found: dict[str, Below] = {}
        for governed in query.relations.values():
            name = governed.relation.qualified_name
            number = 1 + sum(other.partition(" ")[0] == name for other in found)
            label = name if number == 1 else f"{name} ({number})"
            found[label] = self._hidden_of(governed, asking)
            found.update((f"{read} below {label}", below) for read, below in self._read(governed, asking))
        return found

    def _read(self, governed: GovernedRelation, asking: Principal) -> Iterator[tuple[str, Below]]:
        for read in governed.inputs.values():
            yield read.relation.qualified_name, self._hidden_of(read, asking)
            yield from self._read(read, asking)

    def _hidden_of(self, governed: GovernedRelation, asking: Principal) -> Below:
        masks = ((column, self._mask(mask)) for column, mask in governed.masks.items())
        return Below(
            self._rows(governed.filters, asking), frozenset((column, mask) for column, mask in masks if mask)
        )

    def _rows(self, filters: Iterable[Alternatives], asking: Principal) -> frozenset[frozenset[Filter]]:
        return frozenset(frozenset(self._filter(row, asking) for row in one) for one in filters)

    # --- what cannot have changed needs no decision ------------------------------------------------------

    def held(self, principal: Principal | None, domains: Iterable[str]) -> Hashable:
        """All of a principal that decisions depend on."""
        if principal is None:
            return None
        own = own_subjects(principal)
        attributes = tuple(sorted((name, repr(value)) for name, value in principal.attributes.items()))
        return tuple(self._roles.held(own, one) for one in domains), attributes, principal.purposes

    def meaning(self, name: Name) -> Hashable:
        """All that decisions about a relation and what it reads depend on, but for who asks."""
        if name not in self._meanings:
            relation = self.catalog.relations.get(name)
            self._meanings[name] = None if relation is None else self._meaning(relation)
        return self._meanings[name]

    def _meaning(self, relation: Relation) -> Hashable:
        columns = tuple((column.name, column.tags) for column in relation.columns)
        about = relation_lines(relation.protected(), self._index, {})
        lines = [line for found in about.by_subject.values() for line in found]
        says = frozenset(map(self._says, lines)), self._masks_in_order(lines)
        inputs = tuple((read, self.meaning(read)) for read in sorted(_read_by(relation)))
        return columns, says, inputs, str(relation.body) if inputs else ""

    def _masks_in_order(self, lines: Iterable[RuleLine]) -> Hashable:
        """Of masks that are equally strict the one that stands first applies."""
        masks = (line for line in lines if isinstance(line, MaskLine))
        return tuple(self._says(line) for line in sorted(masks, key=lambda line: self._positions[line.id]))

    def _says(self, line: RuleLine) -> Hashable:
        """A line without where it stands, with the SQL of its filter or mask."""
        named: Hashable = None
        if isinstance(line, GrantLine | FilterLine) and line.rows is not None:
            named = self._filter_text(line.owner, line.rows)[0]
        if isinstance(line, MaskLine):
            named = self._mask_text(line.owner, line.mask)
        about = (type(line).__name__, line.owner, line.subject, line.domain, line.object, line.condition.text)
        return about, line.until, _rest(line), named


def _rest(line: RuleLine) -> Hashable:
    match line:
        case GrantLine():
            return line.action, line.rows is None, line.effect
        case FilterLine():
            return ()
        case MaskLine():
            return line.priority, strictness(line.mask)


def _read_by(relation: Relation) -> frozenset[Name]:
    """The relations that the SQL of a product reads."""
    return frozenset(_names(relation))


def _names(relation: Relation) -> Iterator[Name]:
    for table in base_tables(relation.body):
        if not table.catalog:
            domain, name = table_name(table)
            yield domain.lower(), name.lower()
