"""DECLARE, FETCH and MOVE, PREPARE and EXECUTE as statements: what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gateway.errors import SyntaxRefused
from gateway.frontends.pgwire.refusals import FeatureRefused
from gateway.frontends.pgwire.statements.splitting import Token, first_word, near, tokens
from gateway.frontends.pgwire.types import BY_NAME, ColumnType

Direction = Literal["forward", "backward", "absolute", "relative"]


@dataclass(frozen=True, slots=True)
class Declare:
    """`query` begins at `start` of the statement."""

    name: str
    query: str
    start: int
    hold: bool = False
    binary: bool = False
    scroll: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """`count` rows from where the cursor is (None: all there are), or the one row that is at `count`, or so far away.
    `move`: without showing them."""

    name: str
    count: int | None = 1
    direction: Direction = "forward"
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
    """`values` as text, None for NULL; or `written`, expressions that have to be evaluated first."""

    name: str
    values: tuple[str | None, ...] = ()
    written: str = ""


def declare(text: str, words: Sequence[Token]) -> Declare | None:
    at, hold = 2, False
    name = _name(words, 1)
    options = []
    while at < len(words) and words[at].word in ("BINARY", "ASENSITIVE", "INSENSITIVE", "NO", "SCROLL"):
        options.append(words[at].word)
        at += 1
    scroll = "SCROLL" in options and "NO" not in options
    at = _expected(words, at, "CURSOR")
    if at < len(words) and words[at].word in ("WITH", "WITHOUT"):
        hold = words[at].word == "WITH"
        at = _expected(words, at + 1, "HOLD")
    at = _expected(words, at, "FOR")
    return Declare(name, *_rest(text, words, at), hold=hold, binary="BINARY" in options, scroll=scroll)


def fetch(text: str, words: Sequence[Token]) -> Fetch | None:  # noqa: ARG001
    direction, count, at = _motion(words)
    if len(words) > at + 1 and words[at].word in ("FROM", "IN"):
        at += 1
    return Fetch(_last_name(words, at), count, direction, move=words[0].word == "MOVE")


_ONE: dict[str, tuple[Direction, int]] = {
    "NEXT": ("forward", 1), "PRIOR": ("backward", 1), "FIRST": ("absolute", 1), "LAST": ("absolute", -1),
}  # fmt: skip
_DIRECTIONS: dict[str, Direction] = {
    "FORWARD": "forward", "BACKWARD": "backward", "ABSOLUTE": "absolute", "RELATIVE": "relative",
}  # fmt: skip


def _motion(words: Sequence[Token]) -> tuple[Direction, int | None, int]:
    """Where to, how far, and the place of what follows. A single word is the cursor's name, whatever it is."""
    if len(words) <= 2:
        return "forward", 1, 1
    if words[1].word in _ONE:
        return *_ONE[words[1].word], 2
    direction = _DIRECTIONS.get(words[1].word, "forward")
    at = 2 if words[1].word in _DIRECTIONS else 1
    to_row = direction in ("absolute", "relative")
    if words[at].word == "ALL" and not to_row:
        return direction, None, at + 1
    count, after = _whole_number(words, at)
    if to_row and after == at:
        raise near(words, at)
    if count < 0 and not to_row:
        return ("forward" if direction == "backward" else "backward"), -count, after
    return direction, count, after


def _whole_number(words: Sequence[Token], at: int) -> tuple[int, int]:
    """The number that stands there, with its sign, and the place after it; 1 if there is none."""
    signed = words[at].kind == "symbol" and words[at].text in "+-"
    number = at + signed
    if number < len(words) and words[number].kind == "number" and words[number].text.isdecimal():
        return int(words[number].text) * (-1 if words[at].text == "-" else 1), number + 1
    return 1, at


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


def execute(text: str, words: Sequence[Token]) -> ExecutePrepared | None:
    name = _name(words, 1)
    if len(words) == 2:
        return ExecutePrepared(name, ())
    if words[2].text != "(" or words[-1].text != ")":
        raise near(words, 2)
    inside = words[3:-1]
    places = _places(inside)
    if all(_is_constant(inside[first : last + 1]) for first, last in places):
        return ExecutePrepared(name, tuple(_constant(inside[first : last + 1]) for first, last in places))
    return ExecutePrepared(name, written=text[words[2].stop : words[-1].start])


def _is_constant(words: Sequence[Token]) -> bool:
    """A literal, with a sign or with a cast, which is to the type that the statement has there anyway."""
    signed = words[0].kind == "symbol" and words[0].text in "+-" and len(words) > 1
    word, rest = words[signed], words[1 + signed :]
    literal = word.kind in ("string", "number") or word.word in ("NULL", "TRUE", "FALSE")
    symbols = [each.text for each in rest if each.kind == "symbol" and each.text not in "(,)[]"]
    return literal and symbols in ([], ["::"], [":", ":"]) and (not rest or rest[0].text in ("::", ":"))


def _constant(words: Sequence[Token]) -> str | None:
    signed = words[0].kind == "symbol"
    word = words[signed]
    if word.kind == "word":
        return None if word.word == "NULL" else word.word.lower()
    return ("-" if signed and words[0].text == "-" else "") + word.value


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
    """None: it is something else. Errors: SyntaxRefused, FeatureRefused."""
    recognize = _KNOWN.get(first_word(text))
    return recognize(text, tuple(tokens(text))) if recognize is not None else None
