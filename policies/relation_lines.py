"""The lines that can matter to one relation, and which of its columns they can be about."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policies.decision import ProtectedRelation
from policies.fields import parse_object
from policies.lines import MESH, RuleLine

Index = Mapping[tuple[str, str], Iterable[RuleLine]]
"""(key of the object, domain in lower case or `*`) -> the lines."""


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that no line tells apart. `objects` are all keys (see `object_key`) of lines that cover
    them."""

    columns: tuple[str, ...]
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class RelationLines:
    """`by_subject` holds all lines that can matter, `keys` the key of the object of each, by its id; `untils` are
    the instants at which one of them ends, in order."""

    relation: ProtectedRelation
    groups: tuple[ColumnGroup, ...]
    objects: frozenset[str]
    by_subject: Mapping[str, tuple[RuleLine, ...]]
    keys: Mapping[str, str]
    untils: tuple[float, ...]

    def about(self, subjects: Iterable[str]) -> list[RuleLine]:
        return [line for subject in subjects for line in self.by_subject.get(subject, ())]

    def expires(self, now: float) -> float | None:
        """The next instant after `now` at which any line ends, whoever it is about."""
        index = bisect_right(self.untils, now)
        return self.untils[index] if index < len(self.untils) else None


def object_key(text: str) -> str:
    """An object as it is compared: without case, as SQL folds names. A denial spelt otherwise must hold all the
    same. Raises FieldError on what is no object."""
    parse_object(text)
    return text.lower()


def subject_key(text: str) -> str:
    """A subject as it is compared: domains, like objects, without case; people and roles exactly."""
    return text.lower() if text.startswith("domain:") else text


def indexed(lines: Iterable[RuleLine]) -> Index:
    found: defaultdict[tuple[str, str], list[RuleLine]] = defaultdict(list)
    for line in lines:
        found[object_key(line.object), line.domain.lower()].append(line)
    return dict(found)


def relation_lines(relation: ProtectedRelation, index: Index, parents: Mapping[str, str]) -> RelationLines:
    """Raises ValueError on names with `.` or `*`."""
    if set(relation.domain + relation.name) & set(".*"):
        raise ValueError(f"{relation.domain}.{relation.name}: a policy line could not name it unmistakably")
    domain = relation.domain.lower()
    members: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for column, objects in _covering_columns(relation, parents):
        known = frozenset(key for key in objects if (key, domain) in index or (key, MESH) in index)
        members[known].append(column)
    covering = frozenset().union(*members)
    lines = [
        (key, line)
        for key in sorted(covering)
        for place in (domain, MESH)
        for line in index.get((key, place), ())
        if line.owner.lower() in (domain, MESH)  # lines of other domains say nothing here, whatever they name
    ]
    by_subject: defaultdict[str, list[RuleLine]] = defaultdict(list)
    for _, line in lines:
        by_subject[subject_key(line.subject)].append(line)
    return RelationLines(
        relation,
        tuple(ColumnGroup(tuple(columns), objects) for objects, columns in members.items()),
        covering,
        {subject: tuple(found) for subject, found in by_subject.items()},
        {line.id: key for key, line in lines},
        tuple(sorted({line.until for _, line in lines if line.until is not None})),
    )


def _covering_columns(
    relation: ProtectedRelation, parents: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Of each column all keys under which a line can cover it. Exact names: there are no patterns to go wrong."""
    name = f"{relation.domain}.{relation.name}".lower()
    everywhere = ("*", f"{relation.domain}.*".lower(), name)
    by_tags: dict[frozenset[str], tuple[str, ...]] = {}
    for column, tags in relation.columns.items():
        if tags not in by_tags:
            by_tags[tags] = tuple(f"tag:{tag}" for tag in with_parents(tags, parents))
        yield column, (*everywhere, f"{name}.{column.lower()}", *by_tags[tags])


def with_parents(tags: Iterable[str], parents: Mapping[str, str]) -> frozenset[str]:
    """The tags, in lower case, and all they are children of: by their dots, and by `parents` (tag ->
    parent)."""
    found: set[str] = set()
    waiting = [tag.lower() for tag in tags]
    while waiting:
        tag = waiting.pop()
        if tag in found:
            continue
        found.add(tag)
        waiting += [parent for parent in (tag.rpartition(".")[0], parents.get(tag)) if parent]
    return frozenset(found)
