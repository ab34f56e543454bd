"""Which statements are about the catalog, and how they are asked of the gateway's own PostgreSQL."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.frontends.pgwire.metadata.names import (
    COUNTED,
    COUNTERS,
    COUNTS,
    HIDDEN,
    KEYWORDS,
    REGISTERED,
    RELATIONS,
    ROUTED,
    SCHEMAS,
    STAND_INS,
    TOLD,
)
from gateway.frontends.pgwire.metadata.stand_ins import SCHEMA
from gateway.frontends.pgwire.statements.splitting import Token, tokens

LONGEST = 100_000
"""Characters of a statement about the catalog."""
_WITH_DATABASE = re.compile(
    r'(?:"(?P<quoted>[^"]+)"|(?P<plain>\w+))\.(?P<rest>(?:"[^"]+"|\w+)\.(?:"[^"]+"|\w+))'
)
READING = ("SELECT", "WITH", "VALUES", "TABLE", "(")
SHOWN = ROUTED | STAND_INS | {"current_schema"}
_BEFORE_VALUES = frozenset("SELECT DISTINCT WHERE ON AND OR NOT IN WHEN THEN ELSE CASE BY".split())
"""Words that a bracket behind does not make calls of functions."""
TELLING = RELATIONS | SCHEMAS | REGISTERED | SHOWN
"""Each statement about the catalog names one of them."""
REPLACED = HIDDEN | TOLD | COUNTED


@dataclass(frozen=True, slots=True)
class Asked:
    """The statement as PostgreSQL gets it. `inserted`: where characters were put in, and how many."""

    text: str
    inserted: tuple[tuple[int, int], ...]

    def position(self, told: int) -> int:
        """Where a place in this text, from 1, is in the consumer's."""
        return max(1, told - sum(count for at, count in self.inserted if at < told - 1))


def asked(text: str, database: str) -> Asked | None:
    """None: the statement is not about the catalog. `database`: what the consumer knows it by."""
    if len(text) > LONGEST or not _may_tell(text.lower()):
        return None
    words = tuple(tokens(text))
    if not words or (words[0].word or words[0].text) not in READING or not _is_about_catalog(words):
        return None
    return _rewritten(text, words, database)


def _may_tell(text: str) -> bool:
    """Reading the tokens of a long list of values takes ten times as long."""
    return any(name in text for name in TELLING)


def _is_about_catalog(words: Sequence[Token]) -> bool:
    reads = any(word.word == "FROM" and not _calls(words, at + 1) for at, word in enumerate(words))
    for at, word in enumerate(words):
        name = word.name
        if not name:
            continue
        qualifier = _qualifier(words, at)
        if not reads and at and words[at - 1].word == "FROM":
            return True
        if name in SCHEMAS and _next(words, at) == "." and not qualifier:
            if not reads or _tells(words, at):
                return True
            continue
        if name in RELATIONS and not qualifier and _next(words, at) != "(":
            return True
        if not reads and name in ROUTED and not qualifier and _next(words, at) == "(":
            return True
        if not reads and name in REGISTERED and (_next(words, at) == "(" or _casts(words, at)):
            return True
    return False


def _tells(words: Sequence[Token], at: int) -> bool:
    """Whether what a schema of the catalog is named for tells of the catalog: a relation, or a function that does; an
    operator, a type or another function stands in any statement."""
    named, before = at + 2, words[at - 1] if at else None
    if named >= len(words) or not words[named].name:
        return False
    if before is not None and (before.text == ":" or before.word in ("AS", "COLLATE")):
        return False
    called = _next(words, named) == "("
    return (
        not called or words[named].name in SHOWN or (before is not None and before.word in ("FROM", "JOIN"))
    )


def _casts(words: Sequence[Token], at: int) -> bool:
    return at > 0 and words[at - 1].text in ("::", ":")


def _calls(words: Sequence[Token], at: int) -> bool:
    """Whether a function that tells of the catalog or of the session stands there, in the place of a relation."""
    return at < len(words) and words[at].name in SHOWN and _next(words, at) == "("


def _rewritten(text: str, words: Sequence[Token], database: str) -> Asked:
    parts: list[str] = []
    inserted: list[tuple[int, int]] = []
    done = length = 0
    made = _made_names(words)
    for at, word in enumerate(words):
        new = f"{SCHEMA}.regclass(" if at in made else _counted(words, at)
        if new is None:
            new = _within(words, at, database) or _replacement(words, at)
        if new is None:
            continue
        kept = text[done : word.start]
        parts += [kept, new]
        length += len(kept) + len(new)
        inserted.append((length - 1, len(new) - (word.stop - word.start)))
        done = word.stop
    return Asked("".join([*parts, text[done:]]), tuple(inserted))


def _counted(words: Sequence[Token], at: int) -> str | None:
    """`t.xmin`, in three tokens, or `xmin`: a constant takes its place."""
    reaches = (0, 2) if _next(words, at) == "." else (0, 1) if words[at].text == "." else (0,)
    for counter in (at + reach for reach in reaches if at + reach < len(words)):
        if words[counter].name in COUNTERS and words[counter - 1].word != "AS":
            begins = counter - 2 if _qualifier(words, counter) else counter
            return f"(SELECT '1'::pg_catalog.xid AS {words[counter].text})" if at == begins else ""
    return None


def _within(words: Sequence[Token], at: int, database: str) -> str | None:
    """`'mesh.sales.orders'::regclass`: a name that begins with the database's, which has another one here."""
    if words[at].kind != "string" or not _names_relation(words, at):
        return None
    name = _WITH_DATABASE.fullmatch(words[at].value)
    if name is None or (name["quoted"] or (name["plain"] or "").lower()) != database:
        return None
    return "'" + name["rest"].replace("'", "''") + "'"


def _made_names(words: Sequence[Token]) -> frozenset[int]:
    """Where the brackets open of names that are put together, as `('mesh.sales.' || relname)::regclass`: they may begin
    with the database's too."""
    found: set[int] = set()
    opened: list[tuple[int, int]] = []
    joints = 0
    for at, word in enumerate(words):
        joints += word.text == "|" == _next(words, at)
        if word.text == "(":
            opened.append((at, joints))
        elif word.text == ")" and opened:
            start, before = opened.pop()
            called = start > 0 and words[start - 1].name and words[start - 1].word not in _BEFORE_VALUES
            if joints > before and not called and _cast_to(words, at) == "regclass":
                found.add(start)
    return frozenset(found)


def _names_relation(words: Sequence[Token], at: int) -> bool:
    if _cast_to(words, at):
        return _cast_to(words, at) in REGISTERED
    called = words[at - 2].name if at > 1 and words[at - 1].text == "(" else ""
    return called == "to_regclass" or called.endswith("_privilege")


def _cast_to(words: Sequence[Token], at: int) -> str:
    """The type that is named behind `::`; empty: there is none."""
    if not _next(words, at) == ":" == _next(words, at + 1):
        return ""
    kind = at + 5 if _next(words, at + 3) == "." else at + 3
    return words[kind].name if kind < len(words) else ""


def _replacement(words: Sequence[Token], at: int) -> str | None:
    word, name, following = words[at], words[at].name, _next(words, at)
    if not name:
        return None
    if name == "pg_catalog" and following == "." and at + 2 < len(words):
        called = _next(words, at + 2) == "("
        replaced = _stands_in(words[at + 2].name) if called else words[at + 2].name in REPLACED
        return SCHEMA if replaced else None
    if _qualifier(words, at):
        return None
    if name in KEYWORDS and word.kind == "word" and following != "(":
        return f'{SCHEMA}."{name}"()'
    if following == "(":
        return f"{SCHEMA}.{word.text}" if _stands_in(name) else None
    alias = at > 0 and words[at - 1].word == "AS"
    return f"{SCHEMA}.{word.text}" if name in REPLACED and following != "." and not alias else None


def _stands_in(called: str) -> bool:
    return called in STAND_INS or called.startswith(COUNTS)


def _next(words: Sequence[Token], at: int) -> str:
    return words[at + 1].text if at + 1 < len(words) else ""


def _qualifier(words: Sequence[Token], at: int) -> str:
    return words[at - 2].name if at > 1 and words[at - 1].text == "." else ""
