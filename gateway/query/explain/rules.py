"""Which policy lines decided what is shown of a relation: the operator's view, with filters and masks."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.query.authorize import GovernedRelation
from gateway.query.mesh import Governed
from gateway.query.visible import Alternatives, VisibleCatalog
from gateway.sql.dialect import generate
from policies.decision import ColumnMask, Decision
from policies.lines import FilterLine, GrantLine


@dataclass(frozen=True, slots=True)
class RuleNote:
    """A policy line that matched: its id, `file:line`, and what it did: grant, filter, mask, deny,
    discover, or weaker for a mask line that another one outranks."""

    id: str
    place: str
    effect: str


@dataclass(frozen=True, slots=True)
class RelationNote:
    """One relation that the statement, or a product it reads, refers to.

    `rows` holds the SQL of filters, each of which must hold; `masks` (column, mask); `denied` (column, rule).
    """

    relation: str
    reader: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    masks: tuple[tuple[str, str], ...]
    denied: tuple[tuple[str, str], ...]
    rules: tuple[RuleNote, ...]
    ask: str

    def lines(self) -> list[str]:
        width = max([len(rule.id) for rule in self.rules], default=0)
        return [
            f"relation {self.relation}, read by {self.reader}",
            f"  columns  {', '.join(self.columns) or 'none: only rows are counted'}",
            *(f"  rows     {row}" for row in self.rows or ("all",)),
            *(f"  mask     {column}: {mask}" for column, mask in self.masks),
            *(f"  denied   {column}, by {rule}" for column, rule in self.denied),
            *(f"  {rule.effect:8} {rule.id:{width}}  {rule.place}" for rule in self.rules),
            f"  ask      {self.ask}",
        ]

    def document(self) -> dict[str, object]:
        return {
            "relation": self.relation,
            "reader": self.reader,
            "columns": list(self.columns),
            "rows": list(self.rows),
            "masks": dict(self.masks),
            "denied": [{"column": column, "rule": rule} for column, rule in self.denied],
            "rules": [{"id": rule.id, "place": rule.place, "effect": rule.effect} for rule in self.rules],
            "ask": self.ask,
        }


def relation_notes(
    governed: GovernedRelation, decision: Decision, visible: VisibleCatalog
) -> Iterator[RelationNote]:
    """The relation as the principal reads it, then what its product's SQL reads as its domain."""
    yield from _notes(governed, decision, f"user:{visible.principal.name}", visible)


def _notes(
    governed: GovernedRelation, decision: Decision, reader: str, visible: VisibleCatalog
) -> Iterator[RelationNote]:
    yield _note(governed, decision, reader, visible)
    domain = governed.relation.domain
    for read in governed.inputs.values():
        share = visible.policies.decide_share(
            domain, visible.principal, read.relation.protected(), visible.circumstances
        )
        yield from _notes(read, share, f"domain:{domain}", visible)


def _note(
    governed: GovernedRelation, decision: Decision, reader: str, visible: VisibleCatalog
) -> RelationNote:
    relation = governed.relation
    owner = visible.owner(relation)
    denied = tuple(
        (name, ", ".join(column.denied_by)) for name, column in decision.columns.items() if column.denied_by
    )
    rules = tuple(
        RuleNote(rule, place_of(rule, visible), _effect(rule, decision, visible))
        for rule in _rules(governed, decision)
    )
    return RelationNote(
        relation=relation.qualified_name,
        reader=reader,
        columns=governed.columns,
        rows=tuple(_any_of(alternatives, visible) for alternatives in governed.filters),
        masks=tuple((column, _mask(mask, visible)) for column, mask in governed.masks.items()),
        denied=denied,
        rules=rules,
        ask=f"{owner.team} <{owner.email}>",
    )


def _rules(governed: GovernedRelation, decision: Decision) -> tuple[str, ...]:
    granted = [grant.rule for column in decision.columns.values() for grant in column.grants]
    return tuple(dict.fromkeys((*governed.rules, *(rule for rule in granted if rule.startswith("domain:")))))


def _effect(rule: str, decision: Decision, visible: VisibleCatalog) -> str:
    try:
        line = visible.policies.line(rule)
    except KeyError:
        return "grant"
    if isinstance(line, GrantLine):
        return "deny" if line.effect != "allow" else "discover" if line.action == "discover" else "grant"
    if isinstance(line, FilterLine):
        return "filter"
    winners = [column.mask.rule for column in decision.columns.values() if column.mask is not None]
    return "mask" if rule in winners else "weaker"


def _any_of(alternatives: Alternatives, visible: VisibleCatalog) -> str:
    return " OR ".join(
        f"{row.name}: {generate(visible.catalog.filter(row.domain, row.name))} ({row.rule})"
        for row in alternatives
    )


def _mask(mask: ColumnMask, visible: VisibleCatalog) -> str:
    own = visible.catalog.mask(mask.domain, mask.name)
    return f"{mask.name}{'' if own is None else f': {generate(own)}'} ({mask.rule})"


def place_of(rule: str, mesh: Governed | VisibleCatalog) -> str:
    """`domain:<d>` is no line but a domain's right to read its own relations."""
    try:
        line = mesh.policies.line(rule)
    except KeyError:
        return "its own relations"
    return f"{line.file}:{line.number}"
