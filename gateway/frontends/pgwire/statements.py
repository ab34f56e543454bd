"""Splitting a query text into statements, and into tokens to recognize a session statement by.

PostgreSQL's and DuckDB's lexical rules: '' and "" double their quote, E'' knows backslashes, $tag$ has no escapes,
block comments nest. A token that never ends reaches to the end of the text; the parser refuses it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import SyntaxRefused

_TOKEN = re.compile(
    r"""
      (?P<space> [\s\u200b\ufeff]+ | --[^\n]* )
    | (?P<comment> /\* )
    | (?P<string> [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z|\\\Z) | '(?:[^']|'')*(?:'|\Z) )
    | (?P<quoted> "(?:[^"]|"")*(?:"|\Z) )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<parameter> \$\d{1,9} )
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | (?P<number> \.?\d[\w.]* )
    | (?P<end> ; )
    | (?P<symbol> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is word, quoted, string, number, parameter, symbol or end. `start` and `stop` count characters."""

    kind: str
    text: str
    start: int
    stop: int

    @property
    def word(self) -> str:
        """An unquoted word in upper case; empty for anything else."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """What an identifier names, as PostgreSQL reads it; empty for anything else."""
        return self.value if self.kind == "quoted" else self.text.lower() if self.kind == "word" else ""

    @property
    def value(self) -> str:
        """What the token stands for: quotes removed; unquoted words as written."""
        if self.kind == "quoted":
            return self.text[1:-1].replace('""', '"')
        if self.kind != "string":
            return self.text
        if self.text.startswith("$"):
            tag = self.text.index("$", 1) + 1
            return self.text[tag:-tag]
        if self.text[0] in "eE":
            return re.sub(r"\\(.)", r"\1", self.text[2:-1], flags=re.DOTALL).replace("''", "'")
        return self.text[1:-1].replace("''", "'")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon. `start` is its first character's place in the whole text, from 0;
    `parameters` the highest `$n` in it."""

    text: str
    start: int = 0
    parameters: int = 0


Span = tuple[str, int, int]
"""A token's kind, start and stop."""


def tokens(text: str) -> Iterator[Token]:
    """Everything but white space and comments."""
    return (Token(kind, text[start:stop], start, stop) for kind, start, stop in _spans(text))


def _spans(text: str) -> Iterator[Span]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        assert match is not None
        kind, stop = str(match.lastgroup), match.end()
        if kind == "comment":
            stop = _comment_end(text, at)
        elif kind == "dollar":
            closing = text.find(match[0], stop)
            kind, stop = "string", len(text) if closing < 0 else closing + len(match[0])
        if kind not in ("space", "comment"):
            yield kind, at, stop
        at = stop


def outside_brackets(words: Iterable[Token]) -> Iterator[Token]:
    """Those that stand in no parentheses or brackets."""
    depth = 0
    for word in words:
        edge = {"(": 1, ")": -1, "[": 1, "]": -1}.get(word.text, 0) if word.kind == "symbol" else 0
        depth += edge
        if not depth and not edge:
            yield word


def first_word(text: str) -> str:
    """In upper case; empty if the text begins with anything else."""
    first = next(tokens(text), None)
    return first.word if first is not None else ""


def near(words: Sequence[Token], at: int) -> SyntaxRefused:
    """What is wrong with the token at a place of a statement, or with its end there."""
    if not 0 <= at < len(words):
        return SyntaxRefused("syntax error at end of input")
    return SyntaxRefused(f'syntax error at or near "{words[at].text}"', position=words[at].start + 1)


def split(text: str) -> tuple[Statement, ...]:
    """The statements of a text, empty ones left out."""
    found: list[Statement] = []
    start, stop, parameters = -1, 0, 0
    for kind, begin, end in _spans(text):
        if kind == "end":
            found += [Statement(text[start:stop], start, parameters)] if start >= 0 else []
            start, parameters = -1, 0
            continue
        start, stop = begin if start < 0 else start, end
        if kind == "parameter":
            parameters = max(parameters, int(text[begin + 1 : end]))
    return (*found, Statement(text[start:stop], start, parameters)) if start >= 0 else tuple(found)


def _comment_end(text: str, start: int) -> int:
    depth, at = 1, start + 2
    while depth:
        edge = _COMMENT_EDGE.search(text, at)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at
