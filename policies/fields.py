"""What one field of a policy line may say, and what it means. Every function raises FieldError with a text
that says what is wrong and what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from functools import lru_cache

from policies.principal import AttributeValue, Scalar

ACTIONS = ("select", "discover", "share", "declassify", "administer")
EFFECTS = ("allow", "deny")
SUBJECT_KINDS = ("user", "group", "role", "domain")
ENDPOINTS = ("postgres", "flight", "http", "cli")
"""What a request may name as its endpoint. A misspelt one in a deny line would never deny, so others are
refused."""

EVERYONE = "role:any"
"""The role of every signed-in principal. It never includes a domain."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ID = re.compile(r"[^\s:*]+")
_INTEGER = re.compile(r"-?[0-9]{1,9}")
_PART = r"[^\s.:*](?:[^.:*]*[^\s.:*])?"
_DOTTED = re.compile(rf"({_PART})\.(?:\*|({_PART})(?:\.({_PART}))?)")

REMEMBERED = 10_000
"""Texts of one kind of field whose meaning is not worked out again: in a large file most lines repeat them."""

Facts = Mapping[str, tuple[Scalar, ...]]
"""What conditions look at: `purpose`, `endpoint`, `attribute.<name>`; an empty tuple where there is none."""


class FieldError(ValueError):
    pass


@dataclass(frozen=True, slots=True)
class Object:
    """What a line is about. Either `tag` (lower case) is set, or the others, where None means all: `sales.*`
    has neither relation nor column, and `*` has no domain either."""

    domain: str | None = None
    relation: str | None = None
    column: str | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """All terms must hold; a term holds if any value of its key equals any of its texts. No terms: always."""

    terms: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def text(self) -> str:
        return "&".join(f"{key}={'|'.join(texts)}" for key, texts in self.terms) or "-"

    def holds(self, facts: Facts) -> bool:
        """A key without a value never matches, neither in a grant nor in a denial, filter or mask."""
        return all(
            any(_equal(text, value) for text in texts for value in facts.get(key, ()))
            for key, texts in self.terms
        )


def suggestion(word: str, known: tuple[str, ...]) -> str:
    """`, did you mean 'select'?`, or what there is if nothing comes close."""
    close = get_close_matches(word.lower(), known, n=1)
    return f", did you mean '{close[0]}'?" if close else f"; write one of {', '.join(known)}"


def line_id(text: str) -> str:
    if not _ID.fullmatch(text):
        raise FieldError(f"id '{text}' must be one word without ':' and '*'")
    return text


@lru_cache(REMEMBERED)
def subject(text: str) -> str:
    """`user:ana`, `group:shipping-team`, `role:sales.analyst`, `role:any` or `domain:shipping`."""
    kind, colon, name = text.partition(":")
    if not colon:
        raise FieldError(f"subject '{text}' has no kind; write user:, group:, role: or domain: before it")
    if kind not in SUBJECT_KINDS:
        raise FieldError(f"subject '{text}': unknown kind '{kind}'{suggestion(kind, SUBJECT_KINDS)}")
    if not name or name != name.strip() or name == "*":
        raise FieldError(f"subject '{text}' must name one {kind} after '{kind}:'")
    return text


def member(text: str) -> str:
    """Who may be given a role."""
    if subject(text).startswith("domain:"):
        raise FieldError(f"'{text}' cannot have a role; name a user:, group: or role:")
    return text


def role(text: str) -> str:
    if not subject(text).startswith("role:"):
        raise FieldError(f"'{text}' is not a role; write role:<name>")
    if text == EVERYONE:
        raise FieldError(f"every principal has {EVERYONE} already; name another role")
    return text


@lru_cache(REMEMBERED)
def domain(text: str) -> str:
    if text != "*" and set(text) & set("*.: "):
        raise FieldError(f"'{text}' is not a domain's name; write one name, or * in the mesh's own file")
    return text


def parse_object(text: str) -> Object:
    """`domain.relation`, `domain.relation.column`, `domain.*`, `tag:<name>`, or `*`."""
    if text.startswith("tag:"):
        return Object(tag=_tag(text))
    if text == "*":
        return Object()
    dotted = _DOTTED.fullmatch(text)
    if dotted:
        return Object(*dotted.groups())
    if "*" in text and _DOTTED.fullmatch(text.replace("*", "x")):
        raise FieldError(
            f"object '{text}': there are no patterns; only a whole domain may be written as domain.*"
        )
    raise FieldError(
        f"object '{text}' is not understood; write domain.relation, domain.relation.column, domain.* "
        "or tag:<name>"
    )


def object_text(text: str) -> str:
    parse_object(text)
    return text


def _tag(text: str) -> str:
    name = text.removeprefix("tag:").lower()
    if any(not part or re.search(r"[\s*:]", part) for part in name.split(".")):
        raise FieldError(
            f"object '{text}' is not a tag; write tag:<name>, with dots between a tag and its parents"
        )
    return name


def action(text: str) -> str:
    """`*` stands for every action; the line it is on says whether it may."""
    if text not in (*ACTIONS, "*"):
        raise FieldError(f"unknown action '{text}'{suggestion(text, ACTIONS)}")
    return text


def effect(text: str) -> str:
    if text not in EFFECTS:
        raise FieldError(f"effect '{text}' must be exactly allow or deny, in lower case")
    return text


@lru_cache(REMEMBERED)
def rows(text: str) -> str | None:
    """A filter's name; None for `*`."""
    if text != "*" and not _NAME.fullmatch(text):
        raise FieldError(f"rows '{text}' must be * for every row, or the name of a filter")
    return None if text == "*" else text


def mask(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise FieldError(f"mask '{text}' must be the name of a mask")
    return text


def priority(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise FieldError(f"priority '{text}' must be a whole number, such as 10")
    return int(text)


@lru_cache(REMEMBERED)
def until(text: str) -> float | None:
    """Seconds since the epoch; None for `-`. An instant without an offset would depend on who reads it."""
    if text == "-":
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise FieldError(
            f"until '{text}' must be a time with its offset, such as 2027-01-01T00:00:00Z, or - for ever"
        )
    return instant.timestamp()


@lru_cache(REMEMBERED)
def condition(text: str) -> Condition:
    """`key=value|value` joined by `&`; `-` for always."""
    if text == "-":
        return Condition()
    terms = tuple(_term(term) for term in text.split("&"))
    keys = [key for key, _ in terms]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise FieldError(f"condition '{text}' names {twice} twice; join its values by |")
    return Condition(terms)


def _term(text: str) -> tuple[str, tuple[str, ...]]:
    key, equals, listed = text.partition("=")
    key, values = key.strip(), tuple(value.strip() for value in listed.split("|"))
    if not equals or not all(values) or "=" in listed:
        raise FieldError(
            f"condition '{text.strip()}' must read key=value|value, terms joined by &, or - for always"
        )
    name = key.removeprefix("attribute.")
    if key not in ("purpose", "endpoint") and (name == key or not name or name != name.strip()):
        raise FieldError(
            f"condition: unknown key '{key}'{suggestion(key, ('purpose', 'endpoint', 'attribute.<name>'))}"
        )
    unknown = [value for value in values if key == "endpoint" and value not in ENDPOINTS]
    if unknown:
        raise FieldError(f"condition: unknown endpoint '{unknown[0]}'{suggestion(unknown[0], ENDPOINTS)}")
    return key, values


def values_of(value: AttributeValue | None) -> tuple[Scalar, ...]:
    """A list matches if any of its elements does; nothing is an empty list."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _equal(text: str, value: Scalar) -> bool:
    """Text is compared exactly; a boolean is written true or false; 3, 3.0 and 03 are one number."""
    if isinstance(value, bool):
        return text == ("true" if value else "false")
    if isinstance(value, str):
        return text == value
    try:
        return Decimal(text) == Decimal(value)
    except InvalidOperation:
        return False
