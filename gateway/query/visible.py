"""The catalog as one principal may see it, under one set of circumstances."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from gateway.catalog.expressions import attributes_named
from gateway.catalog.product import Catalog, Owner, Relation
from gateway.errors import AccessDenied
from gateway.sql.resolve import TableName
from gateway.sql.undefined import undefined_table
from policies.decision import ColumnMask, Decision, RowFilter
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal


@dataclass(frozen=True, slots=True)
class VisibleRelation:
    """`columns` are the selectable ones with the types that this principal gets."""

    relation: Relation
    decision: Decision
    columns: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class VisibleCatalog:
    catalog: Catalog
    policies: PolicySet
    principal: Principal
    circumstances: Circumstances

    def relation(self, name: TableName) -> VisibleRelation:
        """Raises UndefinedTable, in the same words for what is hidden and for what never was, or AccessDenied."""
        relation = self._published(name)
        if relation is None:
            raise undefined_table(name)
        decision = self.policies.decide(self.principal, relation.protected(), self.circumstances)
        if decision.selectable:
            return VisibleRelation(relation, decision, visible_columns(relation, decision))
        if decision.discoverable:
            raise self._denied(relation)
        raise undefined_table(name)

    def listing(self) -> tuple[tuple[Relation, Mapping[str, str]], ...]:
        """The relations whose existence the principal may know, in order of their names, with the columns that it may
        see; of those that it may only discover, the contract's columns but the denied ones."""
        found = []
        for relation in sorted(self.catalog.relations.values(), key=lambda relation: relation.qualified_name):
            decision = self.policies.decide(self.principal, relation.protected(), self.circumstances)
            if decision.selectable:
                found.append((relation, visible_columns(relation, decision)))
            elif decision.discoverable:
                told = {c.name: c.type for c in relation.columns if not decision.columns[c.name].denied_by}
                found.append((relation, told))
        return tuple(found)

    def owner(self, relation: Relation) -> Owner:
        """Whom to ask about it."""
        return self.catalog.products[relation.domain, relation.product].owner

    def whom_to_ask(self, seen: Iterable[VisibleRelation]) -> str | None:
        """A hint for who misses a column, whether it is hidden or never was."""
        owners = {each.relation.qualified_name: self.owner(each.relation) for each in seen}
        asks = [f"About {name} ask {owner.team}, {owner.email}." for name, owner in owners.items()]
        return " ".join(asks) or None

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
