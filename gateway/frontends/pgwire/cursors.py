"""DECLARE, FETCH and MOVE, PREPARE and EXECUTE as statements: what they say."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.errors import SyntaxRefused
from gateway.frontends.pgwire.refusals import BackwardRefused, FeatureRefused
from gateway.frontends.pgwire.statements import Token, first_word, near, tokens
from gateway.frontends.pgwire.types import BY_NAME, ColumnType

ALL = -1
"""Rows of a FETCH: as many as there are."""


@dataclass(frozen=True, slots=True)
class Declare:
    """`query` begins at `start` of the statement."""

    name: str
    query: str
    start: int
    hold: bool = False
    binary: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """`count` rows, or ALL, after `skip` others. `move`: without showing them."""

    name: str
    count: int
    skip: int = 0
    move: bool = False

    @property
    def tag(self) -> str:
        return "MOVE" if self.move else "FETCH"


@dataclass(frozen=True, slots=True)
class Prepare:
    """`types`: None where the statement says none, or one that is not built in."""

    name: str
    types: tuple[ColumnType | None, ...]
    query: str
    start: int


@dataclass(frozen=True, slots=True)
class ExecutePrepared:
    """`values` as text; None: NULL."""

    name: str
    values: tuple[str | None, ...]


def declare(text: str, words: Sequence[Token]) -> Declare | None:
    at, hold, binary = 2, False, False
    name = _name(words, 1)
    while at < len(words) and words[at].word in ("BINARY", "ASENSITIVE", "INSENSITIVE", "NO", "SCROLL"):
        binary = binary or words[at].word == "BINARY"
        at += 1
    at = _expected(words, at, "CURSOR")
    if at < len(words) and words[at].word in ("WITH", "WITHOUT"):
        hold = words[at].word == "WITH"
        at = _expected(words, at + 1, "HOLD")
    at = _expected(words, at, "FOR")
    return Declare(name, *_rest(text, words, at), hold=hold, binary=binary)


def fetch(text: str, words: Sequence[Token]) -> Fetch | None:  # noqa: ARG001
    move = words[0].word == "MOVE"
    at, sign = 1, 1
    if at < len(words) and words[at].word in ("FROM", "IN"):
        return Fetch(_last_name(words, at + 1), 1, move=move)
    word = words[at].word if at < len(words) else ""
    if word in ("BACKWARD", "PRIOR", "FIRST", "LAST", "ABSOLUTE"):
        raise BackwardRefused("cursor can only scan forward", hint="fetch rows in their order")
    relative = word == "RELATIVE"
    count, explicit = 1, False
    if word in ("NEXT", "FORWARD", "RELATIVE"):
        at, explicit = at + 1, True
    if at < len(words) and words[at].text in "+-" and words[at].kind == "symbol":
        sign, at = (-1 if words[at].text == "-" else 1), at + 1
    if at < len(words) and words[at].kind == "number" and words[at].text.isdecimal():
        count, at, explicit = sign * int(words[at].text), at + 1, True
    elif at < len(words) and words[at].word == "ALL" and (explicit or len(words) > at + 1):
        count, at, explicit = ALL, at + 1, True
    if (count < 0 and count != ALL) or sign < 0:
        raise BackwardRefused("cursor can only scan forward", hint="fetch rows in their order")
    if explicit and at < len(words) and words[at].word in ("FROM", "IN"):
        at += 1
    name = _last_name(words, at)
    return (
        Fetch(name, 1, skip=count - 1, move=move) if relative and count > 0 else Fetch(name, count, move=move)
    )


def prepare(text: str, words: Sequence[Token]) -> Prepare | None:
    if len(words) > 1 and words[1].word == "TRANSACTION":
        raise FeatureRefused("two-phase transactions are not supported")
    name, at = _name(words, 1), 2
    types: list[ColumnType | None] = []
    if at < len(words) and words[at].text == "(":
        end = next((place for place in range(at, len(words)) if words[place].word == "AS"), len(words))
        types = [_type(text[first.start : last.stop]) for first, last in _items(words[at + 1 : end - 1])]
        at = end
    at = _expected(words, at, "AS")
    return Prepare(name, tuple(types), *_rest(text, words, at))


def execute(text: str, words: Sequence[Token]) -> ExecutePrepared | None:  # noqa: ARG001
    name = _name(words, 1)
    if len(words) == 2:
        return ExecutePrepared(name, ())
    if words[2].text != "(" or words[-1].text != ")":
        raise near(words, 2)
    inside = words[3:-1]
    values = [_constant(inside, first, last) for first, last in _places(inside)]
    return ExecutePrepared(name, tuple(values))


def _constant(words: Sequence[Token], first: int, last: int) -> str | None:
    """A literal, with a sign or a cast to a type that the statement has anyway."""
    word, sign = words[first], ""
    if word.kind == "symbol" and word.text in "+-" and first < last:
        sign, word = word.text.replace("+", ""), words[first + 1]
    rest = words[first + (2 if sign or words[first].text == "+" else 1) : last + 1]
    if rest and rest[0].text not in ("::", ":"):
        raise FeatureRefused("the values of EXECUTE are constants here")
    if word.kind in ("string", "number"):
        return sign + word.value
    if word.word in ("NULL", "TRUE", "FALSE"):
        return None if word.word == "NULL" else word.word.lower()
    raise FeatureRefused("the values of EXECUTE are constants here")


def _items(words: Sequence[Token]) -> list[tuple[Token, Token]]:
    return [(words[first], words[last]) for first, last in _places(words)]


def _places(words: Sequence[Token]) -> list[tuple[int, int]]:
    """First and last of what stands between commas outside of parentheses."""
    found, first, depth = [], 0, 0
    for at, word in enumerate(words):
        depth += {"(": 1, ")": -1, "[": 1, "]": -1}.get(word.text, 0) if word.kind == "symbol" else 0
        if word.text == "," and not depth:
            found.append((first, at - 1))
            first = at + 1
    found += [(first, len(words) - 1)] if words else []
    if any(last < start for start, last in found):
        raise SyntaxRefused('syntax error at or near ","')
    return found


_SPELLED = {
    "bigint": "int8", "boolean": "bool", "character varying": "varchar", "decimal": "numeric",
    "double precision": "float8", "int": "int4", "integer": "int4", "real": "float4", "smallint": "int2",
    "string": "text", "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp",
}  # fmt: skip


def _type(text: str) -> ColumnType | None:
    name = " ".join(text.lower().partition("(")[0].removesuffix("[]").split())
    known = BY_NAME.get(_SPELLED.get(name, name))
    return ColumnType(known, text.rstrip().endswith("[]")) if known is not None else None


def _rest(text: str, words: Sequence[Token], at: int) -> tuple[str, int]:
    if at >= len(words):
        raise near(words, at)
    return text[words[at].start : words[-1].stop], words[at].start


def _expected(words: Sequence[Token], at: int, word: str) -> int:
    if at >= len(words) or words[at].word != word:
        raise near(words, at)
    return at + 1


def _name(words: Sequence[Token], at: int) -> str:
    if at >= len(words) or words[at].kind not in ("word", "quoted"):
        raise near(words, at)
    return words[at].name


def _last_name(words: Sequence[Token], at: int) -> str:
    if len(words) > at + 1:
        raise near(words, at + 1)
    return _name(words, at)


_KNOWN = {"DECLARE": declare, "FETCH": fetch, "MOVE": fetch, "PREPARE": prepare, "EXECUTE": execute}
CursorStatement = Declare | Fetch | Prepare | ExecutePrepared


def cursor_statement(text: str) -> CursorStatement | None:
    """None: it is something else. Errors: SyntaxRefused, BackwardRefused, FeatureRefused."""
    recognize = _KNOWN.get(first_word(text))
    return recognize(text, tuple(tokens(text))) if recognize is not None else None
