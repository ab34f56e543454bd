"""All policy lines of a mesh, and the questions they answer. The only file that knows Casbin.

Casbin matches lines, one request for each group of columns that no line tells apart; `resolve` makes a
decision of them. Three of Casbin's habits are worked around here, each with a test: it stops at the first
deciding rule (the effector below never does, and `emit` collects), it parses its matcher for every request
(here: once), and it evaluates the matcher of an empty section (never asked).
"""

import ast
import hashlib
import logging
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import astuple, dataclass
from importlib.resources import files
from threading import Lock
from types import MappingProxyType

import casbin
from casbin.core_enforcer import EnforceContext
from casbin.effect import Effector
from casbin.util import SimpleEval

from policies.cache import DecisionCache
from policies.decision import Decision, Grant, ProtectedRelation
from policies.fields import EVERYONE, Facts, values_of
from policies.lines import MESH, FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.lint import union_problems
from policies.principal import Circumstances, Principal
from policies.relation_lines import ColumnGroup, RelationLines, object_key, relation_lines
from policies.resolve import Matched, column_decision, discoverable, layers, restrictive
from policies.roles import roles_of

CACHED_DECISIONS = 10_000

_MODEL = files(__package__).joinpath("model.conf").read_text(encoding="utf-8")
_SILENT = logging.Logger("casbin", logging.CRITICAL + 1)
"""Casbin logs refused requests, and they hold the attributes of principals."""


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
        self._by_object: defaultdict[str, list[RuleLine]] = defaultdict(list)
        for line in self.lines:
            if not isinstance(line, RoleLine):
                self._by_object[object_key(line.object)].append(line)
        self._roles = roles_of(line for line in self.lines if isinstance(line, RoleLine))
        self._attributes = _attributes_named(self.lines)
        self._matchers: dict[tuple[str, str], _Matcher] = {}
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
        matcher = self._matcher(relation)
        consumer = self._asker(principal, relation.domain, circumstances)
        made = (
            _decision(matcher, consumer) if definer is None else _share_decision(matcher, definer, consumer)
        )
        self._cache.put(key, relation.columns, circumstances.now, made)
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
        return (definer, relation.domain, relation.name, asking)

    def _asker(self, principal: Principal, domain: str, circumstances: Circumstances) -> "_Asker":
        """The principal with the roles it holds in the relation's domain."""
        own = {f"user:{principal.name}", EVERYONE, *(f"group:{group}" for group in principal.groups)}
        purpose = _purpose(principal, circumstances)
        facts: Facts = {
            "now": (circumstances.now,),
            "endpoint": (circumstances.endpoint,),
            "purpose": (purpose,) if purpose is not None else (),
            **{f"attribute.{name}": values_of(principal.attributes.get(name)) for name in self._attributes},
        }
        return _Asker(f"user:{principal.name}", self._roles.held(own, domain), facts)

    def _matcher(self, relation: ProtectedRelation) -> "_Matcher":
        """One small enforcer a relation; made anew if the relation's columns or tags are not what they
        were."""
        name = (relation.domain, relation.name)
        matcher = self._matchers.get(name)
        if matcher is None or matcher.about.relation.columns != relation.columns:
            kept = ProtectedRelation(relation.domain, relation.name, dict(relation.columns))
            matcher = _Matcher(relation_lines(kept, self._by_object, self._parents), self._by_id)
            self._matchers[name] = matcher
        return matcher


def _purpose(principal: Principal, circumstances: Circumstances) -> str | None:
    """A purpose that is not the principal's own counts as none."""
    return circumstances.purpose if circumstances.purpose in principal.purposes else None


def _version(lines: tuple[Line, ...], parents: Mapping[str, str]) -> str:
    """Where a line stands is not part of it: a comment above it changes nothing."""
    texts = [repr((type(line).__name__, *astuple(line)[2:])) for line in lines]
    return hashlib.sha256("\n".join([*texts, repr(sorted(parents.items()))]).encode()).hexdigest()


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


def _decision(matcher: "_Matcher", consumer: _Asker) -> Decision:
    matched = [
        Matched(
            access=matcher.grants(consumer, group.objects, "select"),
            discovery=matcher.grants(consumer, group.objects, "discover"),
            layers=layers(matcher.masks(consumer, group.objects)),
        )
        for group in matcher.about.groups
    ]
    return _assembled(matcher, consumer, matched, matcher.filters(consumer), None)


def _share_decision(matcher: "_Matcher", domain: str, consumer: _Asker) -> Decision:
    name = f"domain:{domain}".lower()
    definer = _Asker(name, frozenset({name}), consumer.facts)
    own = Grant(name, None) if matcher.about.relation.domain.lower() == domain.lower() else None
    matched = [_shared(matcher, definer, consumer, group) for group in matcher.about.groups]
    filters = dict.fromkeys((*matcher.filters(definer), *matcher.filters(consumer)))
    return _assembled(matcher, consumer, matched, tuple(filters), own)


def _shared(matcher: "_Matcher", definer: _Asker, consumer: _Asker, group: ColumnGroup) -> Matched:
    """Masks for the consumer are a layer apart: no mask of the consumer's can lift the definer's, nor the
    reverse."""
    denials = tuple(
        line
        for line in matcher.grants(consumer, group.objects, "select")
        if line.owner == MESH and line.effect != "allow"
    )
    for_consumer, _ = layers(matcher.masks(consumer, group.objects))
    return Matched(
        access=matcher.grants(definer, group.objects, "share") + denials,
        discovery=(),
        layers=(for_consumer, *layers(matcher.masks(definer, group.objects))),
    )


def _assembled(
    matcher: "_Matcher",
    consumer: _Asker,
    matched: list[Matched],
    filters: tuple[FilterLine, ...],
    own: Grant | None,
) -> Decision:
    about = matcher.about
    decided = [column_decision(one, own) for one in matched]
    by_name = {
        name: column for group, column in zip(about.groups, decided, strict=True) for name in group.columns
    }
    used = {rule for one in matched for rule in one.rules} | {line.id for line in filters}
    (now,) = consumer.facts["now"]
    return Decision(
        discoverable=discoverable(zip(decided, matched, strict=True)),
        columns=MappingProxyType({name: by_name[name] for name in about.relation.columns}),
        restrictive=restrictive(filters),
        rules=matcher.in_order(used),
        expires=about.expires(float(now)),
    )


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


class _Matcher:
    """Finds the live lines about one relation's columns, all of them. Safe to share between threads."""

    def __init__(self, about: RelationLines, by_id: Mapping[str, Line]) -> None:
        self.about = about
        self._position = {rule: index for index, rule in enumerate(by_id)}
        self._lines = {line.id: line for line in about.lines}
        self._conditions = {line.condition.text: line.condition for line in about.lines}
        self._rows: defaultdict[tuple[str, str], list[list[str]]] = defaultdict(list)
        for line in about.lines:
            suffix, row = _row(line)
            self._rows[suffix, row[_SUBJECT]].append(row)
        self._lock = Lock()
        functions: dict[str, Callable[..., bool]] = {
            "who": self._who,
            "covers": self._covers,
            "live": self._live,
            "emit": self._emit,
        }
        self._enforcer = _Enforcer(functions)
        self._subjects: Set[str] = frozenset()
        self._objects: Set[str] = frozenset()
        self._emitted: list[str] = []

    def grants(self, asker: _Asker, objects: frozenset[str], action: str) -> tuple[GrantLine, ...]:
        """Allowing and denying lines."""
        return tuple(
            line for line in self._matches("", asker, objects, action) if isinstance(line, GrantLine)
        )

    def masks(self, asker: _Asker, objects: frozenset[str]) -> tuple[MaskLine, ...]:
        return tuple(line for line in self._matches("3", asker, objects) if isinstance(line, MaskLine))

    def filters(self, asker: _Asker) -> tuple[FilterLine, ...]:
        """A filter about any column holds for the whole relation."""
        return tuple(
            line for line in self._matches("2", asker, self.about.objects) if isinstance(line, FilterLine)
        )

    def in_order(self, rules: Iterable[str]) -> tuple[str, ...]:
        """In the order in which the policy set was given them."""
        return tuple(sorted(rules, key=self._position.__getitem__))

    def _matches(self, suffix: str, asker: _Asker, objects: frozenset[str], *action: str) -> list[RuleLine]:
        """Casbin is given the rows that can match only: it takes 30 us a row. Its matcher asks all again."""
        rows = [
            row
            for subject in asker.subjects
            for row in self._rows.get((suffix, subject), ())
            if row[_OBJECT] in objects and (not action or row[_ACTION] in (*action, "*"))
        ]
        if not rows:
            return []
        domain, name = self.about.relation.domain.lower(), self.about.relation.name
        request = (asker.name, domain, f"{domain}.{name}", *action, dict(asker.facts))
        with self._lock:
            self._subjects, self._objects, self._emitted = asker.subjects, objects, []
            self._enforcer.model["p"][f"p{suffix}"].policy = rows
            self._enforcer.enforce(_CONTEXTS[suffix], *request)
            emitted = self._emitted
        return [self._lines[rule] for rule in self.in_order(emitted)]

    def _who(self, _: str, wanted: str, __: str) -> bool:
        return wanted in self._subjects

    def _covers(self, _: str, wanted: str) -> bool:
        return wanted in self._objects

    def _live(self, facts: Facts, condition: str, until: str) -> bool:
        (now,) = facts["now"]
        return (until == "-" or float(now) < float(until)) and self._conditions[condition].holds(facts)

    def _emit(self, rule: str) -> bool:
        self._emitted.append(rule)
        return True


_SUBJECT, _OBJECT, _ACTION = 1, 3, 4


def _row(line: RuleLine) -> tuple[str, list[str]]:
    """A line as Casbin has it: the model's suffix, and its fields in the model's order."""
    until = "-" if line.until is None else repr(line.until)
    subject = line.subject.lower() if line.subject.startswith("domain:") else line.subject
    start = [line.id, subject, line.domain.lower(), object_key(line.object)]
    life = [line.condition.text, until]
    match line:
        case GrantLine():
            effect = "allow" if line.effect == "allow" else "deny"
            return "", [*start, line.action, line.rows or "*", *life, effect]
        case FilterLine():
            return "2", [*start, line.rows, *life]
        case MaskLine():
            return "3", [*start, line.mask, str(line.priority), *life]
