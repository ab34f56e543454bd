"""The catalog as one principal may see it, under one set of circumstances."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlglot import exp

from gateway.catalog.expressions import attributes_named
from gateway.catalog.product import Catalog, Owner, Relation
from gateway.errors import AccessDenied, UndefinedTable
from gateway.sql.names.narrowing import narrowed
from gateway.sql.names.reading import Read, relations_read
from gateway.sql.names.resolve import TableName
from gateway.sql.names.undefined import undefined_table
from policies.decision import ColumnMask, Decision, RowFilter
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal

Alternatives = tuple[RowFilter, ...]
"""Row filters of which one must hold (OR)."""


PUBLIC = "public"
"""A schema that every PostgreSQL has; here it is empty."""


@dataclass(frozen=True, slots=True)
class VisibleRelation:
    """`columns` are the selectable ones with the types that this principal gets; see `VisibleCatalog.listing` for a
    relation that it may only discover."""

    relation: Relation
    decision: Decision
    columns: Mapping[str, str]

    @property
    def declared(self) -> Mapping[str, str]:
        """The contract's types of columns that are seen as they are, where PostgreSQL has another name for them."""
        decided = self.decision.columns
        return {
            column.name: column.declared
            for column in self.relation.columns
            if column.declared and column.name in self.columns and decided[column.name].mask is None
        }


@dataclass(frozen=True, slots=True)
class VisibleCatalog:
    catalog: Catalog
    policies: PolicySet
    principal: Principal
    circumstances: Circumstances
    search_path: tuple[str, ...] = ()
    """The domains in which a name without one is looked for, in order."""

    def relation(self, name: TableName) -> VisibleRelation:
        """Raises UndefinedTable, in the same words for what is hidden and for what never was, or AccessDenied."""
        if len(name) == 1:
            return self._on_path(name)
        relation = self._published(name)
        if relation is None:
            raise undefined_table(name)
        decision = self.policies.decide(self.principal, relation.protected(), self.circumstances)
        if decision.selectable:
            return VisibleRelation(relation, decision, self._columns(relation, decision))
        if decision.discoverable:
            raise self._denied(relation)
        raise undefined_table(name)

    def _on_path(self, name: TableName) -> VisibleRelation:
        for domain in self.search_path:
            with suppress(UndefinedTable):
                return self.relation((domain, *name))
        raise undefined_table(name)

    def current_schema(self) -> str | None:
        """The first of the search path that there is for the principal; None: there is none."""
        if not self.search_path:
            return PUBLIC
        known = {seen.relation.domain for seen in self.listing()} | {PUBLIC}
        return next((name for name in self.search_path if name in known), None)

    def listing(self) -> tuple[VisibleRelation, ...]:
        """The relations whose existence the principal may know, in order of their names, with the columns that it may
        see; of those that it may only discover, the contract's columns but the denied ones."""
        found = []
        for relation in sorted(self.catalog.relations.values(), key=lambda relation: relation.qualified_name):
            decision = self.policies.decide(self.principal, relation.protected(), self.circumstances)
            if decision.selectable:
                found.append(VisibleRelation(relation, decision, self._columns(relation, decision)))
            elif decision.discoverable:
                told = {c.name: c.type for c in relation.columns if not decision.columns[c.name].denied_by}
                found.append(VisibleRelation(relation, decision, told))
        return tuple(found)

    def _columns(self, relation: Relation, decision: Decision) -> Mapping[str, str]:
        columns = visible_columns(relation, decision)
        lost = self.lost(relation, decision)
        if not lost or lost >= columns.keys():
            return columns
        return {name: columns[name] for name in columns if name not in lost}

    def owner(self, relation: Relation) -> Owner:
        """Whom to ask about it."""
        return self.catalog.products[relation.domain, relation.product].owner

    def whom_to_ask(self, seen: Iterable[VisibleRelation]) -> str | None:
        """A hint for who misses a column, whether it is hidden or never was."""
        owners = {each.relation.qualified_name: self.owner(each.relation) for each in seen}
        asks = [f"About {name} ask {owner.team}, {owner.email}." for name, owner in owners.items()]
        return " ".join(asks) or None

    def lost(self, relation: Relation, decision: Decision) -> frozenset[str]:
        """The selectable columns that cannot be had: the product's SQL reads for them what its domain may not read for
        this principal. All of them: the whole product is refused."""
        if self._may_read(relation, relation.reads):
            return frozenset()
        return frozenset(
            name
            for name in decision.selectable
            if not self._may_read(relation, self._read_for(relation, (name,), (name,), decision))
        )

    def filtered(self, filters: Iterable[Alternatives]) -> Iterator[str]:
        """The columns that row filters look at."""
        for alternatives in filters:
            for row in alternatives:
                tree = self.catalog.filter(row.domain, row.name)
                yield from (column.name for column in tree.find_all(exp.Column) if not column.table)

    def _read_for(
        self, relation: Relation, columns: Iterable[str], text: tuple[str, ...], decision: Decision
    ) -> Read:
        """What its SQL reads for some columns, and for the filters of the rows that `text` decides on."""
        filters = filters_of(text or decision.selectable, decision)
        return relations_read(narrowed(relation.body, {*columns, *self.filtered(filters)}))

    def _may_read(self, relation: Relation, read: Read) -> bool:
        """Whether its domain may read all of this for the principal, through every level, and as what it takes it."""
        for name, columns in read.items():
            source = self.catalog.relations[name]
            decision = self.policies.decide_share(
                relation.domain, self.principal, source.protected(), self.circumstances
            )
            decided = {column: decision.columns[column] for column in columns}
            if not decision.selectable or not all(column.selectable for column in decided.values()):
                return False
            masks = {column: each.mask for column, each in decided.items() if each.mask is not None}
            if mistyped(source, masks, columns):
                return False
            text = tuple(relation.reads[name])
            if not self._may_read(source, source.reads) and not self._may_read(
                source, self._read_for(source, columns, text, decision)
            ):
                return False
        return True

    def meaning(self, row: RowFilter) -> Hashable:
        """What a row filter says to this principal: equal where it hides the same rows."""
        tree = self.catalog.filter(row.domain, row.name)
        names = sorted(attributes_named(tree))
        return tree, tuple((name, repr(self.principal.attributes.get(name))) for name in names)

    def mask_meaning(self, mask: ColumnMask) -> Hashable:
        """What a mask shows of a value."""
        return self.catalog.mask(mask.domain, mask.name) or mask.name

    def _published(self, name: TableName) -> Relation | None:
        parts = tuple(part.lower() for part in name)
        if len(parts) == 3 and parts[0] == self.catalog.name.lower():
            parts = parts[1:]
        return self.catalog.relations.get((parts[0], parts[1])) if len(parts) == 2 else None

    def _denied(self, relation: Relation) -> AccessDenied:
        owner = self.owner(relation)
        return AccessDenied(
            f"permission denied for relation {relation.qualified_name}",
            hint=f'It belongs to the data product "{relation.product}" of {owner.team}: ask {owner.email} for access.',
        )


def visible_columns(relation: Relation, decision: Decision) -> Mapping[str, str]:
    """Name -> type of the selectable columns; a hashed column is text (governance.md, rule 5)."""
    columns = {}
    for column in relation.columns:
        decided = decision.columns[column.name]
        if decided.selectable:
            hashed = decided.mask is not None and decided.mask.name == "hash"
            columns[column.name] = "VARCHAR" if hashed else column.type
    return columns


def filters_of(columns: Iterable[str], decision: Decision) -> tuple[Alternatives, ...]:
    """AND over the columns of (OR over their grants), AND every restrictive filter (governance.md, rule 4)."""
    conjuncts: dict[Alternatives, None] = {}
    for column in columns:
        rows = [grant.rows for grant in decision.columns[column].grants]
        if rows and None not in rows:
            by_name = {(row.domain, row.name): row for row in rows if row is not None}
            conjuncts[tuple(by_name.values())] = None
    for restrictive in decision.restrictive:
        conjuncts[restrictive,] = None
    return tuple(conjuncts)


def mistyped(relation: Relation, masks: Mapping[str, ColumnMask], columns: Mapping[str, bool]) -> bool:
    """Whether a product's SQL takes a token for a number or the reverse, which fails or compares nothing. `columns` of
    the relation that it reads: whether as text."""
    hashed = {name for name, mask in masks.items() if mask.name == "hash"}
    return any(
        (name in hashed) is not as_text
        for name, as_text in columns.items()
        if relation.column(name).type != "VARCHAR"
    )
