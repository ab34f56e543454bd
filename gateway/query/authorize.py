"""Step 3: what the principal may see of each relation, decided. The only place that makes an AuthorizedQuery."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sqlglot import exp

from gateway.catalog.product import Relation
from gateway.errors import AccessDenied, Refused
from gateway.query.bind import BoundQuery
from gateway.query.visible import Alternatives, VisibleCatalog, VisibleRelation, filters_of, mistyped
from gateway.sql.names.narrowing import narrowed
from gateway.sql.names.reading import Read, relations_read
from policies.decision import ColumnMask, Decision


@dataclass(frozen=True, slots=True)
class GovernedRelation:
    """One reference to a relation and what its reader may see of it.

    All of `filters` must hold (AND). `inputs` are the relations that its product's SQL reads, by (domain, name),
    with the rights of the product's domain (governance.md, rule 8). `body` is that SQL: without columns that nobody
    asked for, if it reads for them what this reader may not see. `confined` columns carry a tag: their values go to
    sources of the domains only that are named with them.
    """

    relation: Relation
    body: exp.Select
    columns: tuple[str, ...]
    filters: tuple[Alternatives, ...]
    masks: Mapping[str, ColumnMask]
    rules: tuple[str, ...]
    inputs: Mapping[tuple[str, str], "GovernedRelation"]
    confined: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class AuthorizedQuery:
    """A bound query that may run, with the obligations under which it may. Only `authorize` makes one."""

    bound: BoundQuery
    relations: Mapping[int, GovernedRelation]
    visible: VisibleCatalog

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(rule for governed in self._all() for rule in governed.rules))

    @property
    def domains(self) -> frozenset[str]:
        """Of all that is read, through every level."""
        return frozenset(governed.relation.domain for governed in self._all())

    @property
    def revealed(self) -> tuple[str, ...]:
        """Columns whose raw values the answer may hold, `domain.relation.column`."""
        return self._columns(masked=False)

    @property
    def masked(self) -> tuple[str, ...]:
        return self._columns(masked=True)

    def _columns(self, *, masked: bool) -> tuple[str, ...]:
        found = (
            f"{governed.relation.qualified_name}.{column}"
            for governed in self.relations.values()
            for column in governed.columns
            if (column in governed.masks) is masked
        )
        return tuple(dict.fromkeys(found))

    def _all(self) -> Iterable[GovernedRelation]:
        stack = list(self.relations.values())
        while stack:
            governed = stack.pop(0)
            yield governed
            stack.extend(governed.inputs.values())


def authorize(bound: BoundQuery, visible: VisibleCatalog) -> AuthorizedQuery:
    """Decide rows and masks for the columns that the statement's text uses (governance.md, rules 4 and 5)."""
    relations = {}
    for use in bound.resolved.uses:
        seen = bound.relations[use.number]
        relations[use.number] = _asked(seen, use.columns, visible)
    query = AuthorizedQuery(bound, relations, visible)
    domains = query.domains
    confined = {number: _confined(governed, domains, visible) for number, governed in relations.items()}
    return AuthorizedQuery(bound, confined, visible)


def _confined(
    governed: GovernedRelation, domains: frozenset[str], visible: VisibleCatalog
) -> GovernedRelation:
    """The relation with the domains, out of those of all that is read, whose sources may see its tagged columns."""
    relation = governed.relation
    tagged = [each.name for each in relation.columns if each.tags and each.name in governed.columns]
    if not tagged and not governed.inputs:
        return governed
    return replace(
        governed,
        confined={
            name: frozenset(domain for domain in domains if _is_open_to(domain, name, relation, visible))
            for name in tagged
        },
        inputs={key: _confined(read, domains, visible) for key, read in governed.inputs.items()},
    )


def _is_open_to(domain: str, column: str, relation: Relation, visible: VisibleCatalog) -> bool:
    """Whether the domain's sources may see the column's values: they are its own, or shared with it whole."""
    if domain == relation.domain:
        return True
    decision = visible.policies.decide_share(
        domain, visible.principal, relation.protected(), visible.circumstances
    )
    decided = decision.columns[column]
    every_row = any(grant.rows is None for grant in decided.grants) and not decision.restrictive
    return decided.selectable and decided.mask is None and every_row


def stands(query: AuthorizedQuery, now: VisibleCatalog) -> bool:
    """Whether `now`, a later view of the catalog, still shows all that the query was authorized to show: the same
    relations and columns, no row and no value less (governance.md, rule 10)."""
    return all(_still_shown(governed, query.visible, now) for governed in query.relations.values())


def _still_shown(before: GovernedRelation, then: VisibleCatalog, now: VisibleCatalog) -> bool:
    name = (before.relation.domain, before.relation.name)
    try:
        seen = now.relation(name)
        if not before.relation.means_the_same_as(seen.relation):
            return False
        return _as_much(_asked(seen, before.columns, now), before, now, then)
    except Refused:
        return False


def _as_much(
    after: GovernedRelation, before: GovernedRelation, now: VisibleCatalog, then: VisibleCatalog
) -> bool:
    """Every filter of now holds wherever one of then held; every mask of now was there."""
    held = [{then.meaning(row) for row in alternatives} for alternatives in before.filters]
    rows = all(
        any(earlier <= {now.meaning(row) for row in alternatives} for earlier in held)
        for alternatives in after.filters
    )
    values = all(
        column in before.masks and now.mask_meaning(mask) == then.mask_meaning(before.masks[column])
        for column, mask in after.masks.items()
    )
    return (
        rows
        and values
        and all(
            after.inputs[key].relation.means_the_same_as(read.relation)
            and _as_much(after.inputs[key], read, now, then)
            for key, read in before.inputs.items()
        )
    )


def _asked(seen: VisibleRelation, columns: tuple[str, ...], visible: VisibleCatalog) -> GovernedRelation:
    """With no column used, the rows are decided by all that may be selected."""
    return _governed(seen.relation, columns, seen.decision, visible, columns or tuple(seen.columns))


def _governed(
    relation: Relation,
    columns: tuple[str, ...],
    decision: Decision,
    visible: VisibleCatalog,
    text: tuple[str, ...],
) -> GovernedRelation:
    """`text` are the columns that the text uses, by which the rows are decided; none: all that are selectable."""
    hidden = [column for column in columns if not decision.columns[column].selectable]
    if hidden or not decision.selectable:
        raise AccessDenied(f"permission denied for relation {relation.qualified_name}")
    masks = {column: decision.columns[column].mask for column in columns}
    filters = filters_of(text or decision.selectable, decision)
    body, inputs = (relation.body, {}) if relation.plain else _inputs(relation, columns, filters, visible)
    return GovernedRelation(
        relation=relation,
        body=body,
        columns=columns,
        filters=filters,
        masks={column: mask for column, mask in masks.items() if mask is not None},
        rules=decision.rules,
        inputs=inputs,
    )


Inputs = Mapping[tuple[str, str], GovernedRelation]


def _inputs(
    relation: Relation, columns: tuple[str, ...], filters: tuple[Alternatives, ...], visible: VisibleCatalog
) -> tuple[exp.Select, Inputs]:
    """The product's SQL and what it reads of other products: as its domain may, narrowed by what holds for the
    consumer.

    Rows are decided by all that its text reads. What it reads for columns that are neither asked for nor looked at by
    a filter need not be seen.
    """
    text = relation.reads
    try:
        return relation.body, _inputs_read(relation, text, text, visible)
    except AccessDenied:
        body = narrowed(relation.body, {*columns, *visible.filtered(filters)})
        return body, _inputs_read(relation, relations_read(body), text, visible)


def _inputs_read(relation: Relation, read: Read, text: Read, visible: VisibleCatalog) -> Inputs:
    found = {}
    for name, columns in read.items():
        source = visible.catalog.relations[name]
        decision = visible.policies.decide_share(
            relation.domain, visible.principal, source.protected(), visible.circumstances
        )
        try:
            found[name] = _governed(source, tuple(columns), decision, visible, tuple(text[name]))
        except AccessDenied as error:
            raise _unreadable(
                relation, visible, "reads another product that is not shared with it for you"
            ) from error
        if mistyped(source, found[name].masks, columns):
            raise _unreadable(
                relation, visible, "calculates with a column that is hashed for you or for its domain"
            )
    return found


def _unreadable(relation: Relation, visible: VisibleCatalog, reason: str) -> AccessDenied:
    owner = visible.owner(relation)
    return AccessDenied(
        f"permission denied for relation {relation.qualified_name}",
        hint=f"Its product {reason}: ask its owner {owner.team}, {owner.email}.",
    )
