"""From the lines that matched to what a principal may see (governance.md, rules 2 to 5)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from policies.decision import ColumnDecision, ColumnMask, Decision, Grant, RowFilter
from policies.lines import MESH, FilterLine, GrantLine, MaskLine
from policies.masks import NONE, strictness
from policies.relation_lines import RelationLines

L = TypeVar("L", GrantLine, MaskLine)


@dataclass(frozen=True, slots=True)
class Matched:
    """The live lines about a relation, or those of them that cover one group of its columns.

    `access` decides over values, `discovery` over being seen at all. Each of `layers` holds mask lines that
    compete with each other; the strictest of the layers' winners applies.
    """

    access: tuple[GrantLine, ...]
    discovery: tuple[GrantLine, ...]
    layers: tuple[tuple[MaskLine, ...], ...]

    @property
    def rules(self) -> Iterator[str]:
        yield from (line.id for line in (*self.access, *self.discovery))
        yield from (line.id for layer in self.layers for line in layer)

    def covering(self, objects: frozenset[str], keys: Mapping[str, str]) -> "Matched":
        """Those about one of the objects; `keys` says which each line is about, by its id."""

        def those(lines: tuple[L, ...]) -> tuple[L, ...]:
            return tuple([line for line in lines if keys[line.id] in objects])

        return Matched(those(self.access), those(self.discovery), tuple(map(those, self.layers)))


def decision(
    about: RelationLines,
    matched: Matched,
    filters: tuple[FilterLine, ...],
    now: float,
    positions: Mapping[str, int],
    own: Grant | None = None,
) -> Decision:
    """`filters` are the live restrictive ones. `positions` gives rules their order, `own` is as in `column_decision`.

    Columns that the matched lines do not tell apart are decided once.
    """
    used = {*matched.rules}
    objects = {about.keys[rule] for rule in used}
    decided: dict[frozenset[str], tuple[ColumnDecision, Matched]] = {}
    columns: dict[str, ColumnDecision] = {}
    for group in about.groups:
        those = group.objects & objects
        if those not in decided:
            part = matched.covering(those, about.keys)
            decided[those] = (column_decision(part, own), part)
        columns.update(dict.fromkeys(group.columns, decided[those][0]))
    return Decision(
        discoverable=discoverable(decided.values()),
        columns=MappingProxyType({name: columns[name] for name in about.relation.columns}),
        restrictive=restrictive(filters),
        rules=tuple(sorted(used.union(line.id for line in filters), key=positions.__getitem__)),
        expires=about.expires(now),
    )


def column_decision(matched: Matched, own: Grant | None = None) -> ColumnDecision:
    """`own` is the grant that needs no line: a domain's on its own relations.

    A denial of discovery takes nothing from who may select; for all others the column does not exist then.
    """
    grants = tuple(Grant(line.id, _filter(line)) for line in matched.access if line.effect == "allow")
    grants = (own, *grants) if own else grants
    denied = [line.id for line in matched.access if line.effect != "allow"]
    if not grants:
        denied += [line.id for line in matched.discovery if line.effect != "allow" and line.id not in denied]
    return ColumnDecision(grants, tuple(denied), column_mask(matched.layers))


def _filter(line: GrantLine | FilterLine) -> RowFilter | None:
    return None if line.rows is None else RowFilter(line.id, line.owner, line.rows)


def restrictive(lines: Iterable[FilterLine]) -> tuple[RowFilter, ...]:
    return tuple(RowFilter(line.id, line.owner, line.rows) for line in lines)


def layers(lines: Iterable[MaskLine]) -> tuple[tuple[MaskLine, ...], ...]:
    """The mesh's lines, then the domain's: among equals the mesh's mask applies."""
    listed = tuple(lines)
    return (
        tuple(line for line in listed if line.owner == MESH),
        tuple(line for line in listed if line.owner != MESH),
    )


def column_mask(competing: Iterable[tuple[MaskLine, ...]]) -> ColumnMask | None:
    winners = [
        max(layer, key=lambda line: (line.priority, strictness(line.mask))) for layer in competing if layer
    ]
    if not winners:
        return None
    winner = max(winners, key=lambda line: strictness(line.mask))
    return None if winner.mask == NONE else ColumnMask(winner.id, winner.owner, winner.mask)


def discoverable(decided: Iterable[tuple[ColumnDecision, Matched]]) -> bool:
    """Whoever may select any column sees the relation. Others see its whole contract, so all of it, but for
    what is denied, must be open to them."""
    listed = tuple(decided)
    if any(column.selectable for column, _ in listed):
        return True
    shown = [matched for column, matched in listed if not column.denied_by]
    return bool(shown) and all(any(line.effect == "allow" for line in matched.discovery) for matched in shown)
