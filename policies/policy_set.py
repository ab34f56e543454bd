"""All policy lines of a mesh, and the questions they answer. The only file that knows Casbin.

Casbin matches lines, one request for each section and action over all columns of a relation at once; which
columns a matched line is about, and what it means for them, is said by `relation_lines` and `resolve`. Three of
Casbin's habits are worked around here, each with a test: it stops at the first deciding rule (the effector below
never does, and `emit` collects), it parses its matcher for every request (here: once), and it evaluates the matcher
of an empty section (never asked).
"""

import ast
import hashlib
import logging
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from operator import attrgetter
from types import MappingProxyType
from typing import TypeVar

import casbin
from casbin.core_enforcer import EnforceContext
from casbin.effect import Effector
from casbin.util import SimpleEval

from policies.cache import DecisionCache
from policies.decision import Decision, Grant, ProtectedRelation
from policies.fields import Condition, Facts, values_of
from policies.lines import MESH, FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.lint import union_problems
from policies.principal import Circumstances, Principal
from policies.relation_lines import (
    RelationLines,
    indexed,
    object_key,
    relation_lines,
    subject_key,
)
from policies.resolve import Matched, decision, layers
from policies.roles import own_subjects, roles_of

CACHED_DECISIONS = 10_000
EVERYTHING = ProtectedRelation("the mesh", "the mesh", MappingProxyType({"all": frozenset()}))
"""No relation: no domain has a blank in its name. So only lines about everything cover it."""

_MODEL = files(__package__).joinpath("model.conf").read_text(encoding="utf-8")
_SILENT = logging.Logger("casbin", logging.CRITICAL + 1)
"""Casbin logs refused requests, and they hold the attributes of principals."""

L = TypeVar("L", GrantLine, FilterLine, MaskLine)


class PolicySet:
    """Frozen once made; safe to share between threads. `version` changes whenever a line's meaning may
    have."""

    def __init__(self, lines: Iterable[Line], tag_parents: Mapping[str, str] = MappingProxyType({})) -> None:
        """`tag_parents` maps a tag to one more parent than its dots give it. Raises ValueError on lines that
        contradict each other (see `lint.union_problems`)."""
        self.lines = tuple(lines)
        if problems := union_problems(self.lines):
            raise ValueError("\n".join(problems))
        self._parents = {tag.lower(): parent.lower() for tag, parent in tag_parents.items()}
        self.version = _version(self.lines, self._parents)
        self._by_id = {line.id: line for line in self.lines}
        self._positions = {rule: position for position, rule in enumerate(self._by_id)}
        self._index = indexed(line for line in self.lines if not isinstance(line, RoleLine))
        self._roles = roles_of(line for line in self.lines if isinstance(line, RoleLine))
        self._attributes = _attributes_named(self.lines)
        self._relations: dict[tuple[str, str], RelationLines] = {}
        self._casbin = _Casbin()
        self._cache = DecisionCache(CACHED_DECISIONS)

    def line(self, rule: str) -> Line:
        """The line with this id, for its file and number. Raises KeyError; `domain:<d>` is no line but a
        domain's right to read its own relations."""
        return self._by_id[rule]

    def decide(
        self, principal: Principal, relation: ProtectedRelation, circumstances: Circumstances
    ) -> Decision:
        """What a consumer may see of a relation named in a statement."""
        return self._remembered(None, principal, relation, circumstances)

    def decide_share(
        self, domain: str, consumer: Principal, relation: ProtectedRelation, circumstances: Circumstances
    ) -> Decision:
        """What a product of `domain` may read of an input while `consumer` asks (governance.md, rule 8).

        Grants are those to the domain, or everything if the input is its own. Restrictive filters, and the
        mesh's denials and masks, hold for the consumer as well as for the domain; other masks for the domain
        only.
        """
        return self._remembered(domain, consumer, relation, circumstances)

    def administers(self, principal: Principal, circumstances: Circumstances) -> bool:
        """Whether it operates the whole mesh: a line of the mesh's own file allows `administer` on everything."""
        about, asker = self._about(EVERYTHING), self._asker(principal, MESH, circumstances)
        effects = {line.effect for line in self._lines(about, asker).grants("administer")}
        return effects == {"allow"}

    def _remembered(
        self,
        definer: str | None,
        principal: Principal,
        relation: ProtectedRelation,
        circumstances: Circumstances,
    ) -> Decision:
        key = self._key(definer, principal, relation, circumstances)
        known = self._cache.get(key, relation.columns, circumstances.now)
        if known is not None:
            return known
        about = self._about(relation)
        consumer = self._asker(principal, relation.domain, circumstances)
        made = self._decision(about, consumer) if definer is None else self._shared(about, definer, consumer)
        self._cache.put(key, about.relation.columns, circumstances.now, made)
        return made

    def _key(
        self,
        definer: str | None,
        principal: Principal,
        relation: ProtectedRelation,
        circumstances: Circumstances,
    ) -> Hashable:
        """All that a decision depends on but time and the relation's columns. `repr` tells True from 1 and
        '1'."""
        attributes = tuple([repr(principal.attributes.get(name)) for name in self._attributes])
        purpose = _purpose(principal, circumstances)
        asking = (principal.name, principal.groups, attributes, purpose, circumstances.endpoint)
        return (definer, relation.domain, relation.name, *asking)

    def _asker(self, principal: Principal, domain: str, circumstances: Circumstances) -> "_Asker":
        """The principal with the roles it holds in the relation's domain."""
        purpose = _purpose(principal, circumstances)
        facts: Facts = {
            "now": (circumstances.now,),
            "endpoint": (circumstances.endpoint,),
            "purpose": (purpose,) if purpose is not None else (),
            **{f"attribute.{name}": values_of(principal.attributes.get(name)) for name in self._attributes},
        }
        return _Asker(f"user:{principal.name}", self._roles.held(own_subjects(principal), domain), facts)

    def _about(self, relation: ProtectedRelation) -> RelationLines:
        """Made anew if the relation's columns or tags are not what they were."""
        name = (relation.domain, relation.name)
        about = self._relations.get(name)
        if about is None or about.relation.columns != relation.columns:
            frozen = isinstance(relation.columns, MappingProxyType)
            kept = relation if frozen else replace(relation, columns=dict(relation.columns))
            about = self._relations[name] = relation_lines(kept, self._index, self._parents)
        return about

    # --- deciding ----------------------------------------------------------------------------------------

    def _decision(self, about: RelationLines, consumer: "_Asker") -> Decision:
        lines = self._lines(about, consumer)
        matched = Matched(
            access=lines.grants("select"), discovery=lines.grants("discover"), layers=layers(lines.masks())
        )
        return decision(about, matched, lines.filters(), consumer.now, self._positions)

    def _shared(self, about: RelationLines, domain: str, consumer: "_Asker") -> Decision:
        """Masks for the consumer are a layer apart: no mask of the consumer's can lift the definer's, nor the
        reverse."""
        name = f"domain:{domain}".lower()
        reader = self._lines(about, _Asker(name, frozenset({name}), consumer.facts))
        lines = self._lines(about, consumer)
        denials = tuple(
            line for line in lines.grants("select") if line.owner == MESH and line.effect != "allow"
        )
        for_consumer, _ = layers(lines.masks())
        matched = Matched(
            access=reader.grants("share") + denials,
            discovery=(),
            layers=(for_consumer, *layers(reader.masks())),
        )
        own = Grant(name, None) if about.relation.domain.lower() == domain.lower() else None
        filters = tuple(dict.fromkeys((*reader.filters(), *lines.filters())))
        return decision(about, matched, filters, consumer.now, self._positions, own)

    def _lines(self, about: RelationLines, asker: "_Asker") -> "_Lines":
        return _Lines(self._casbin, about, asker, about.about(asker.subjects), self._positions)


def _purpose(principal: Principal, circumstances: Circumstances) -> str | None:
    """A purpose that is not the principal's own counts as none."""
    return circumstances.purpose if circumstances.purpose in principal.purposes else None


def _version(lines: tuple[Line, ...], parents: Mapping[str, str]) -> str:
    """Where a line stands is not part of it: a comment above it changes nothing."""
    meaning = {
        kind: attrgetter(*(field.name for field in fields(kind) if field.name not in ("file", "number")))
        for kind in (GrantLine, FilterLine, MaskLine, RoleLine)
    }
    digest = hashlib.sha256(repr(sorted(parents.items())).encode())
    for line in lines:
        digest.update(f"{type(line).__name__} {meaning[type(line)](line)!r}\n".encode())
    return digest.hexdigest()


def _attributes_named(lines: Iterable[Line]) -> tuple[str, ...]:
    conditions = [line.condition for line in lines if not isinstance(line, RoleLine)]
    keys = {key for condition in conditions for key, _ in condition.terms}
    return tuple(sorted(key.removeprefix("attribute.") for key in keys if key.startswith("attribute.")))


@dataclass(frozen=True, slots=True)
class _Asker:
    """Who asks: a name, all subjects it is in the relation's domain, and what conditions look at."""

    name: str
    subjects: frozenset[str]
    facts: Facts

    @property
    def now(self) -> float:
        return float(self.facts["now"][0])


# --- Casbin ----------------------------------------------------------------------------------------------


class _EveryMatch:
    """An effector that stops at nothing, so that every matching rule is evaluated; deny overrides."""

    def intermediate_effect(self, effects: Set[int]) -> int:  # noqa: ARG002  # Casbin's signature
        return int(Effector.INDETERMINATE)

    def final_effect(self, effects: Set[int]) -> int:
        allowed = Effector.ALLOW in effects and Effector.DENY not in effects
        return int(Effector.ALLOW if allowed else Effector.DENY)


class _Expression(SimpleEval):  # type: ignore[misc]  # casbin is not typed
    """A matcher that was parsed before, with functions of its own."""

    def __init__(self, tree: ast.expr, functions: Mapping[str, Callable[..., bool]]) -> None:
        super().__init__("", dict(functions))
        self.ast_parsed_value = tree


class _Enforcer(casbin.Enforcer):  # type: ignore[misc]  # casbin is not typed
    """Not to be shared between threads: its expressions hold the names of the request at hand."""

    def __init__(self, functions: Mapping[str, Callable[..., bool]]) -> None:
        super().__init__(casbin.Enforcer.new_model(text=_MODEL))
        self.logger = _SILENT
        self.set_effector(_EveryMatch())
        self._expressions = {text: _Expression(tree, functions) for text, tree in _PARSED.items()}

    def _get_expression(self, expr: str, functions: object = None) -> _Expression:  # noqa: ARG002
        return self._expressions[expr]


def _parsed_matchers() -> dict[str, ast.expr]:
    """At import, so in one thread: under several, parsing has raised SystemError on Python 3.11."""
    matchers = casbin.Enforcer.new_model(text=_MODEL)["m"].values()
    parse = casbin.Enforcer._get_expression  # noqa: SLF001  # its translation of && and || is Casbin's own
    return {matcher.value: parse(matcher.value).ast_parsed_value for matcher in matchers}


_PARSED = _parsed_matchers()
_CONTEXTS = {
    suffix: EnforceContext(f"r{suffix}", f"p{suffix}", "e", f"m{suffix}") for suffix in ("", "2", "3")
}


@dataclass(frozen=True, slots=True)
class _Request:
    """One question to Casbin: `values` are the request's in the model's order, without its context."""

    asker: _Asker
    objects: frozenset[str]
    suffix: str
    values: tuple[str, ...]


class _Judge:
    """One enforcer and the functions of its matchers. For one thread at a time."""

    def __init__(self, rows: dict[str, list[str]]) -> None:
        """`rows` are lines as Casbin has them, by their ids, each made when it is first needed."""
        self._rows = rows
        self._enforcer = _Enforcer(
            {"who": self._who, "covers": self._covers, "live": self._live, "emit": self._emit}
        )
        self._request: _Request
        self._conditions: Mapping[str, Condition] = {}
        self._emitted: list[str] = []

    def matches(self, request: _Request, lines: list[RuleLine]) -> list[str]:
        """Ids of the lines that match. Casbin is given those that can only: it takes 10 us a line. Its matcher
        asks all again."""
        self._request, self._emitted = request, []
        rows = [self._row(line) for line in lines]
        place = _CONDITION[request.suffix]
        self._conditions = {row[place]: line.condition for row, line in zip(rows, lines, strict=True)}
        self._enforcer.model["p"][f"p{request.suffix}"].policy = rows
        self._enforcer.enforce(_CONTEXTS[request.suffix], *request.values, dict(request.asker.facts))
        return self._emitted

    def _row(self, line: RuleLine) -> list[str]:
        row = self._rows.get(line.id)
        if row is None:
            row = self._rows[line.id] = _row(line)
        return row

    def _who(self, _: str, wanted: str, __: str) -> bool:
        return wanted in self._request.asker.subjects

    def _covers(self, _: str, wanted: str) -> bool:
        return wanted in self._request.objects

    def _live(self, facts: Facts, condition: str, until: str) -> bool:
        now = self._request.asker.now
        return (until == "-" or now < float(until)) and self._conditions[condition].holds(facts)

    def _emit(self, rule: str) -> bool:
        self._emitted.append(rule)
        return True


class _Casbin:
    """As many enforcers as threads ask at once, and no more."""

    def __init__(self) -> None:
        self._idle: deque[_Judge] = deque()
        self._rows: dict[str, list[str]] = {}

    def matches(self, request: _Request, lines: list[RuleLine]) -> list[str]:
        try:
            judge = self._idle.pop()
        except IndexError:
            judge = _Judge(self._rows)
        found = judge.matches(request, lines)
        self._idle.append(judge)  # not after an error: nobody knows what is left in it then
        return found


@dataclass(frozen=True, slots=True)
class _Lines:
    """The live lines about one relation's columns for one asker, each kind in the order of the policy set.
    `known` are the lines that can be among them."""

    casbin: _Casbin
    about: RelationLines
    asker: _Asker
    known: list[RuleLine]
    positions: Mapping[str, int]

    def grants(self, action: str) -> tuple[GrantLine, ...]:
        """Allowing and denying lines."""
        known = [line for line in self.known if isinstance(line, GrantLine) and line.action in (action, "*")]
        return self._matching("", known, action)

    def masks(self) -> tuple[MaskLine, ...]:
        return self._matching("3", [line for line in self.known if isinstance(line, MaskLine)])

    def filters(self) -> tuple[FilterLine, ...]:
        """A filter about any column holds for the whole relation."""
        return self._matching("2", [line for line in self.known if isinstance(line, FilterLine)])

    def _matching(self, suffix: str, known: list[L], *action: str) -> tuple[L, ...]:
        if not known:
            return ()
        domain, name = self.about.relation.domain.lower(), self.about.relation.name
        values = (self.asker.name, domain, f"{domain}.{name}", *action)
        request = _Request(self.asker, self.about.objects, suffix, values)
        found = self.casbin.matches(request, list(known))
        by_id = {line.id: line for line in known}
        return tuple(by_id[rule] for rule in sorted(found, key=self.positions.__getitem__))


_CONDITION = {"": 6, "2": 5, "3": 6}
"""Where in a row its condition stands."""


def _row(line: RuleLine) -> list[str]:
    """A line as Casbin has it: its fields in the model's order."""
    until = "-" if line.until is None else repr(line.until)
    start = [line.id, subject_key(line.subject), line.domain.lower(), object_key(line.object)]
    life = [line.condition.text, until]
    match line:
        case GrantLine():
            effect = "allow" if line.effect == "allow" else "deny"
            return [*start, line.action, line.rows or "*", *life, effect]
        case FilterLine():
            return [*start, line.rows, *life]
        case MaskLine():
            return [*start, line.mask, str(line.priority), *life]
