"""`meshgate policy diff`: who sees what else under the policies of another folder."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.policy.access import Access, Below, Mask, Name, Rows, Side
from gateway.policy.folders import Folder, notes_of, read_pair
from gateway.policy.subjects import Asker, Variant, askers
from gateway.policy.testing import printable_lines

PLAIN = "without purpose"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different for somebody, of `columns` or (none) of the whole relation."""

    kind: str
    columns: tuple[str, ...]
    before: str
    after: str

    def text(self) -> str:
        return f"{self.kind:8}{': '.join(filter(None, (', '.join(self.columns), self._told())))}"

    def _told(self) -> str:
        if self.before and self.after:
            return f"{self.before} -> {self.after}"
        word = WORDS.get(self.kind)
        return (f"{word[bool(self.after)]} " if word else "") + (self.before or self.after)

    def json(self) -> dict[str, object]:
        texts = {"before": self.before or None, "after": self.after or None}
        return {"kind": self.kind, "columns": list(self.columns), **texts}


WORDS = {
    "filter": ("no longer", "also"),
    "refused": ("no longer", "now"),
    "rules": ("no longer", "also"),
}
"""How a change reads that has a `before` only, or an `after` only."""


@dataclass(frozen=True, slots=True)
class Group:
    """The same changes for everybody in `who`, over all of `relations`. `under`: circumstances; empty: all."""

    relations: tuple[str, ...]
    who: tuple[str, ...]
    under: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    changes: tuple[Group, ...]
    notes: tuple[str, ...]

    def text(self) -> str:
        return printable_lines(self._lines())

    def _lines(self) -> Iterator[str]:
        shown: tuple[str, ...] = ()
        for group in self.changes:
            if group.relations != shown:
                shown = group.relations
                yield ", ".join(shown)
            under = f" under {' or '.join(group.under)}" if group.under else ""
            yield f"  {', '.join(group.who)}{under}"
            yield from (f"    {change.text()}" for change in group.changes)
        if not self.changes:
            yield "nobody would see anything else"
        yield from (f"note: {note}" for note in self.notes)

    def json(self) -> dict[str, object]:
        return {"changes": [_group_json(group) for group in self.changes], "notes": list(self.notes)}


def _group_json(group: Group) -> dict[str, object]:
    listed = {"relations": list(group.relations), "who": list(group.who), "under": list(group.under)}
    return {**listed, "changes": [change.json() for change in group.changes]}


def compared(old: Path, new: Path) -> Comparison:
    """Raises ConfigurationError if one of the folders is broken."""
    before, after = read_pair(old, new)
    return difference(before, after, time.time())


def difference(before: Folder, after: Folder, now: float) -> Comparison:
    lines = (*before.policies.lines, *after.policies.lines)
    old, new = Side(before, lines, now), Side(after, lines, now)
    names = sorted({*before.catalog.relations, *after.catalog.relations})
    domains = sorted({*before.catalog.domains, *after.catalog.domains})
    touched = [name for name in names if old.meaning(name) != new.meaning(name)]
    found: dict[str, dict[str, Under]] = {}
    for asker in askers(before, after):
        same = old.held(asker.old, domains) == new.held(asker.new, domains)
        for name in touched if same else names:
            under = _changes_of(asker, name, old, new)
            if under:
                found.setdefault(".".join(name), {})[asker.label] = under
    return Comparison(tuple(_grouped(found)), tuple(dict.fromkeys(notes_of((before, after)))))


Under = tuple[tuple[tuple[str, ...], tuple[Change, ...]], ...]
"""Circumstances (none: all) -> the changes under them."""


def _changes_of(asker: Asker, name: Name, old: Side, new: Side) -> Under:
    listed = [
        (
            variant,
            changes(
                old.access(asker, asker.old, variant, name),
                new.access(asker, asker.new, variant, name),
            ),
        )
        for variant in asker.variants
    ]
    found: dict[tuple[Change, ...], list[Variant]] = {}
    for variant, made in listed:
        found.setdefault(made, []).append(variant)
    if len(found) == 1:
        return tuple(((), made) for made in found if made)
    return tuple(
        (tuple(variant.label or PLAIN for variant in variants), made)
        for made, variants in found.items()
        if made
    )


def _grouped(found: Mapping[str, Mapping[str, Under]]) -> Iterator[Group]:
    """People with the same changes are listed together, and so are relations with the same lists."""
    by_people: dict[tuple[tuple[tuple[str, ...], Under], ...], list[str]] = {}
    for relation, people in found.items():
        alike: dict[Under, list[str]] = {}
        for label, under in people.items():
            alike.setdefault(under, []).append(label)
        key = tuple((tuple(labels), under) for under, labels in alike.items())
        by_people.setdefault(key, []).append(relation)
    for groups, relations in by_people.items():
        for who, under in groups:
            for circumstances, made in under:
                yield Group(tuple(sorted(relations)), who, circumstances, made)


# --- one principal, one relation -------------------------------------------------------------------------


def changes(old: Access, new: Access) -> tuple[Change, ...]:
    """What is different between two accesses, columns with the same difference together."""
    return tuple(_merged(_changes(old, new)))


def _merged(listed: Iterable[Change]) -> Iterator[Change]:
    columns: dict[tuple[str, str, str], list[str]] = {}
    for change in listed:
        columns.setdefault((change.kind, change.before, change.after), []).extend(change.columns)
    for (kind, before, after), named in columns.items():
        yield Change(kind, tuple(named), before, after)


def _changes(old: Access, new: Access) -> Iterator[Change]:
    if old.refused != new.refused:
        yield Change("refused", (), old.refused, new.refused)
    if old.seen != new.seen and not (old.columns or new.columns):
        yield (
            Change("sees", (), "", "that it exists")
            if new.seen
            else Change("loses", (), "that it exists", "")
        )
    for column, access in new.columns.items():
        if column not in old.columns:
            yield Change("gains", (column,), "", _shown(access.rows, access.mask))
    for column in old.columns:
        if column not in new.columns:
            yield Change("loses", (column,), "", "")
    for column, before in old.columns.items():
        after = new.columns.get(column)
        if after is not None and before.mask != after.mask:
            yield Change("mask", (column,), _mask(before.mask), _mask(after.mask))
    for column, before in old.columns.items():
        after = new.columns.get(column)
        if after is not None and before.rows != after.rows:
            yield Change("rows", (column,), *_two(before.rows, after.rows))
    if new.columns:
        yield from _filters(old, new)
    yield from _below(old.inputs, new.inputs)


def _filters(old: Access, new: Access) -> Iterator[Change]:
    """Restrictive filters: each hides rows whatever the grants say."""
    gone = {one.text(): one.text(values=True) for one in old.restrictive - new.restrictive}
    come = {one.text(): one.text(values=True) for one in new.restrictive - old.restrictive}
    for text in sorted({*gone, *come}):
        if text in gone and text in come:
            yield Change("filter", (), gone[text], come[text])
        else:
            yield Change("filter", (), text if text in gone else "", text if text in come else "")


def _below(old: Mapping[str, Below], new: Mapping[str, Below]) -> Iterator[Change]:
    """What the inputs of a product hide, from everybody who reads it."""
    for kind, of, before, after in hidden_changes(old, new):
        yield Change("below", (), f"{kind} of {of}: {before}", after)


def hidden_changes(old: Mapping[str, Below], new: Mapping[str, Below]) -> Iterator[tuple[str, str, str, str]]:
    """`rows` or `mask`, of what, before and after."""
    for name in sorted({*old, *new}):
        one, other = old.get(name, UNHIDDEN), new.get(name, UNHIDDEN)
        if one.rows != other.rows:
            before, after = (_conjunction(below.rows, values=False) for below in (one, other))
            if before == after:
                before, after = (_conjunction(below.rows, values=True) for below in (one, other))
            yield "rows", name, before, after
        masks, others = dict(one.masks), dict(other.masks)
        for column in sorted({*masks, *others}):
            if masks.get(column) != others.get(column):
                yield "mask", f"{name}.{column}", _mask(masks.get(column)), _mask(others.get(column))


UNHIDDEN = Below(frozenset(), frozenset())


def _shown(rows: Rows, mask: Mask | None) -> str:
    return f"{_rows(rows)}" + (f", masked by {mask.text}" if mask else "")


def _mask(mask: Mask | None) -> str:
    return mask.text if mask else "raw"


def _two(before: Rows, after: Rows) -> tuple[str, str]:
    """Both as text; with the attributes' values where only these are different."""
    plain = _rows(before), _rows(after)
    return plain if plain[0] != plain[1] else (_rows(before, values=True), _rows(after, values=True))


def _rows(rows: Rows, *, values: bool = False) -> str:
    if rows is None:
        return "all rows"
    return " OR ".join(sorted(one.text(values=values) for one in rows))


def _conjunction(rows: Iterable[Rows], *, values: bool) -> str:
    return " AND ".join(sorted(f"({_rows(one, values=values)})" for one in rows)) or "all rows"
