"""Whether every policy line names things that exist, and every filter and mask fits what it is put on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from gateway.catalog.expressions import (
    Attributes,
    ExpressionError,
    attributes_named,
    check_filter,
    check_mask,
)
from gateway.catalog.findings import Findings
from gateway.catalog.product import Column, Relation
from gateway.catalog.shares import covering_keys
from gateway.catalog.types import Typer
from gateway.documents import Place, choices, did_you_mean, nearest
from policies.fields import EVERYONE, parse_object
from policies.lines import MESH, FilterLine, GrantLine, Line, MaskLine, RoleLine
from policies.masks import BUILT_IN, NONE, TEXT_ONLY
from policies.principal import Principal
from policies.relation_lines import object_key, with_parents

DATES = re.compile(r"DATE|TIMESTAMP.*")
NUMBERS = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)|FLOAT|DOUBLE|DECIMAL\(.*\)")


@dataclass(frozen=True, slots=True)
class Named:
    """Filters or masks by owner (a domain, or `*` for the mesh) and name; `broken` have a problem already."""

    trees: Mapping[str, Mapping[str, exp.Expr]]
    broken: frozenset[tuple[str, str]]
    places: Mapping[str, Place]
    """Of each owner: where its filters or masks stand."""

    def of(self, owner: str) -> Mapping[str, exp.Expr]:
        return self.trees.get(owner, {})


@dataclass(frozen=True, slots=True)
class World:
    """Everything that a policy line may name. `columns`: (domain, relation) -> the contract's columns."""

    relations: Mapping[tuple[str, str], Relation]
    columns: Mapping[tuple[str, str], tuple[str, ...]]
    domains: frozenset[str]
    filters: Named
    masks: Named
    principals: Mapping[str, Principal]
    attributes: Attributes
    typer: Typer


def check_lines(lines: Iterable[Line], world: World, findings: Findings) -> None:
    listed = tuple(lines)
    check = _Check(world, findings, _roles(listed), _groups(world), _covering(world.relations))
    for line in listed:
        check.line(line)


def _roles(lines: Iterable[Line]) -> frozenset[str]:
    return frozenset(line.role for line in lines if isinstance(line, RoleLine))


def _groups(world: World) -> frozenset[str]:
    return frozenset(group for principal in world.principals.values() for group in principal.groups)


Covered = Mapping[str, tuple[tuple[Relation, Column], ...]]


def _covering(relations: Mapping[tuple[str, str], Relation]) -> Covered:
    """Key of a line's object -> the columns that it covers."""
    found: dict[str, list[tuple[Relation, Column]]] = {}
    for relation in relations.values():
        for column in relation.columns:
            for key in covering_keys(relation.domain, relation.name, column):
                found.setdefault(key, []).append((relation, column))
    return {key: tuple(columns) for key, columns in found.items()}


@dataclass(slots=True)
class _Check:
    """One walk over the lines; what was found out about a filter or mask on a relation is found out once."""

    world: World
    findings: Findings
    roles: frozenset[str]
    groups: frozenset[str]
    covering: Covered
    filters: dict[tuple[str, str, str], str | None] = field(default_factory=dict)
    masks: dict[tuple[str, str, str], str | None] = field(default_factory=dict)

    def line(self, line: Line) -> None:
        place = Place(f"{line.file}:{line.number}")
        self._domain(line.domain, place)
        if isinstance(line, RoleLine):
            self._subject(line.member, place)
            return
        self._subject(line.subject, place)
        self._object(line.object, place)
        self._condition(line, place)
        if isinstance(line, GrantLine | FilterLine) and line.rows is not None:
            self._rows(line, line.rows, place)
        if isinstance(line, MaskLine):
            self._mask(line, place)

    def _domain(self, name: str, place: Place) -> None:
        if name != MESH and name not in self.world.domains:
            near = did_you_mean(name, self.world.domains)
            self.findings.problem(place, f"domain '{name}' does not exist{near}")

    def _subject(self, subject: str, place: Place) -> None:
        kind, _, name = subject.partition(":")
        if kind == "domain":
            self._domain(name, place)
        elif kind == "role" and subject != EVERYONE and subject not in self.roles:
            self._undefined(subject, self.roles, "no g line gives it to anybody", place)
        elif kind == "user" and self.world.attributes.known and name not in self.world.principals:
            near = did_you_mean(name, self.world.principals)
            self.findings.problem(place, f"principal '{name}' does not exist{near}")
        elif kind == "group" and self.world.attributes.known and name not in self.groups:
            self._undefined(name, self.groups, "no principal is in this group", place)

    def _undefined(self, name: str, known: frozenset[str], text: str, place: Place) -> None:
        """A likely misspelling is a problem; a role or group that has nobody yet is only worth a word."""
        family = name.rpartition(".")[0]
        last = {other.rpartition(".")[2]: other for other in known if other.rpartition(".")[0] == family}
        near = nearest(name.rpartition(".")[2], last)
        if near:
            self.findings.problem(place, f"'{name}': {text}, did you mean '{last[near]}'?")
        else:
            self.findings.warning(place, f"'{name}': {text}")

    def _object(self, text: str, place: Place) -> None:
        about = parse_object(text)
        if about.tag is not None:
            if object_key(text) not in self.covering:
                tags = {tag for relation in self.world.relations.values() for tag in _tags(relation)}
                self.findings.warning(place, f"no column carries '{text}'{did_you_mean(about.tag, tags)}")
            return
        if about.domain is None or about.domain in self.findings.broken:
            return
        if about.domain not in self.world.domains:
            near = did_you_mean(about.domain, self.world.domains)
            self.findings.problem(place, f"object '{text}': domain '{about.domain}' does not exist{near}")
        elif about.relation is not None:
            self._relation(about.domain, about.relation, about.column, place)

    def _relation(self, domain: str, relation: str, column: str | None, place: Place) -> None:
        names = [name for owner, name in self.world.columns if owner == domain]
        columns = self.world.columns.get((domain, relation.lower()))
        if columns is None:
            near = did_you_mean(relation, names)
            self.findings.problem(place, f"relation '{domain}.{relation}' does not exist{near}")
        elif column is not None and column.lower() not in {name.lower() for name in columns}:
            near = did_you_mean(column, columns)
            self.findings.problem(place, f"'{domain}.{relation}' has no column '{column}'{near}")

    def _condition(self, line: GrantLine | FilterLine | MaskLine, place: Place) -> None:
        """A condition on what nobody has never holds, neither in a grant nor in a denial."""
        if not self.world.attributes.known:
            return
        purposes = {purpose for one in self.world.principals.values() for purpose in one.purposes}
        for key, values in line.condition.terms:
            name = key.removeprefix("attribute.")
            if name != key and name not in self.world.attributes.types:
                near = did_you_mean(name, self.world.attributes.types)
                self.findings.warning(place, f"no principal has the attribute '{name}'{near}")
            for value in sorted(set(values) - purposes) if key == "purpose" else ():
                self.findings.warning(
                    place, f"no principal has the purpose '{value}'{did_you_mean(value, purposes)}"
                )

    def _covered(self, line: GrantLine | FilterLine | MaskLine) -> list[tuple[Relation, Column]]:
        covered = self.covering.get(object_key(line.object), ())
        concerned = [(line.domain, MESH), (line.owner, MESH)]
        return [
            (relation, column)
            for relation, column in covered
            if all(name in (relation.domain, mesh) for name, mesh in concerned)
        ]

    def _rows(self, line: GrantLine | FilterLine, name: str, place: Place) -> None:
        tree = self.world.filters.of(line.owner).get(name)
        if tree is None:
            self._unknown(line.owner, name, self.world.filters, "filter", (), place)
            return
        for relation in dict.fromkeys(relation.qualified_name for relation, _ in self._covered(line)):
            text = self._filter_problem(line.owner, name, tree, relation)
            if text:
                where = self.world.filters.places[line.owner].at(name)
                self.findings.problem(where, f"{text} (on {relation}, by {place.file})")

    def _filter_problem(self, owner: str, name: str, tree: exp.Expr, relation: str) -> str | None:
        key = (owner, name, relation)
        if key in self.filters:
            return None
        domain, _, short = relation.partition(".")
        self.filters[key] = None
        try:
            check_filter(tree, self.world.relations[domain, short], self.world.attributes, self.world.typer)
        except ExpressionError as error:
            self.filters[key] = str(error)
        return self.filters[key]

    def _unknown(
        self, owner: str, name: str, named: Named, word: str, built_in: Iterable[str], place: Place
    ) -> None:
        if (owner, name) in named.broken or owner in self.findings.broken:
            return
        known = (*named.of(owner), *built_in)
        near = did_you_mean(name, known) or (f"; there are {choices(known)}" if known else "")
        whose = "the mesh" if owner == MESH else f"domain {owner}"
        self.findings.problem(place, f"{whose} has no {word} '{name}'{near}")

    def _mask(self, line: MaskLine, place: Place) -> None:
        tree = self.world.masks.of(line.owner).get(line.mask)
        if tree is None and line.mask not in BUILT_IN and line.mask != NONE:
            self._unknown(line.owner, line.mask, self.world.masks, "mask", (*BUILT_IN, NONE), place)
            return
        for relation, column in self._covered(line):
            text = (
                _unfit(line.mask, column.type) if tree is None else self._own_problem(line, tree, column.type)
            )
            if text:
                self.findings.problem(
                    place, f"mask '{line.mask}' on {relation.qualified_name}.{column.name}: {text}"
                )

    def _own_problem(self, line: MaskLine, tree: exp.Expr, kind: str) -> str | None:
        key = (line.owner, line.mask, kind)
        if key not in self.masks:
            self.masks[key] = None
            try:
                check_mask(tree, kind, self.world.typer)
            except ExpressionError as error:
                self.masks[key] = str(error)
        return self.masks[key]


def _unfit(mask: str, kind: str) -> str | None:
    """Why a built-in mask cannot be put on a column of this type, or None."""
    if mask in TEXT_ONLY and kind != "VARCHAR":
        return f"it is for text, and the column is {kind}: null and hash fit every type"
    if mask == "year" and not DATES.fullmatch(kind):
        return f"it is for dates and timestamps, and the column is {kind}: null and hash fit every type"
    if mask == "bucket" and not (DATES.fullmatch(kind) or NUMBERS.fullmatch(kind)):
        return (
            f"it is for numbers, dates and timestamps, and the column is {kind}: null and hash fit every type"
        )
    return None


def _tags(relation: Relation) -> frozenset[str]:
    return frozenset(tag for column in relation.columns for tag in with_parents(column.tags, {}))


def check_attributes(named: Named, world: World, findings: Findings) -> None:
    """A filter on an attribute that nobody has hides everything from everybody."""
    for owner, trees in named.trees.items():
        for name, tree in trees.items():
            for attribute in sorted(attributes_named(tree) - world.attributes.types.keys()):
                near = did_you_mean(attribute, world.attributes.types)
                text = f"no principal has the attribute '{attribute}'{near}: the filter hides every row"
                if world.attributes.known:
                    findings.warning(named.places[owner].at(name), text)
