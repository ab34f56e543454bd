"""The lines that can matter to one relation, and which of its columns they can be about."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from policies.decision import ProtectedRelation
from policies.fields import parse_object
from policies.lines import MESH, RuleLine


@dataclass(frozen=True, slots=True)
class ColumnGroup:
    """Columns that no line tells apart. `objects` are all keys (see `object_key`) of lines that cover
    them."""

    columns: tuple[str, ...]
    objects: frozenset[str]


@dataclass(frozen=True, slots=True)
class RelationLines:
    """`untils` are the instants at which one of the lines ends, in order."""

    relation: ProtectedRelation
    groups: tuple[ColumnGroup, ...]
    lines: tuple[RuleLine, ...]
    untils: tuple[float, ...]

    @property
    def objects(self) -> frozenset[str]:
        return frozenset().union(*(group.objects for group in self.groups))

    def expires(self, now: float) -> float | None:
        """The next instant after `now` at which any line ends, whoever it is about."""
        index = bisect_right(self.untils, now)
        return self.untils[index] if index < len(self.untils) else None


def object_key(text: str) -> str:
    """An object as it is compared: without case, as SQL folds names. A denial spelt otherwise must hold all the
    same. Raises FieldError on what is no object."""
    parse_object(text)
    return text.lower()


def relation_lines(
    relation: ProtectedRelation, by_object: Mapping[str, Iterable[RuleLine]], parents: Mapping[str, str]
) -> RelationLines:
    """`by_object` maps keys to lines, each line under one key. Raises ValueError on names with `.` or `*`."""
    if set(relation.domain + relation.name) & set(".*"):
        raise ValueError(f"{relation.domain}.{relation.name}: a policy line could not name it unmistakably")
    members: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for column, tags in relation.columns.items():
        objects = covering_objects(relation.domain, relation.name, column, tags, parents)
        members[frozenset(by_object.keys() & objects)].append(column)
    groups = tuple(ColumnGroup(tuple(columns), objects) for objects, columns in members.items())
    covering = {key for objects in members for key in objects}
    lines = tuple(
        line for key in sorted(covering) for line in by_object[key] if _concerns(line, relation.domain)
    )
    return RelationLines(
        relation, groups, lines, tuple(sorted({line.until for line in lines if line.until is not None}))
    )


def _concerns(line: RuleLine, domain: str) -> bool:
    """Lines of other domains say nothing here, whatever they name."""
    here = (domain.lower(), MESH)
    return line.domain.lower() in here and line.owner.lower() in here


def covering_objects(
    domain: str, relation: str, column: str, tags: Iterable[str], parents: Mapping[str, str]
) -> frozenset[str]:
    """All keys under which a line can cover the column. Exact names: there are no patterns to go wrong."""
    name = f"{domain}.{relation}".lower()
    named = ("*", f"{domain}.*".lower(), name, f"{name}.{column.lower()}")
    return frozenset((*named, *(f"tag:{tag}" for tag in with_parents(tags, parents))))


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
