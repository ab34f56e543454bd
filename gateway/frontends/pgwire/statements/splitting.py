"""Splitting a query text into statements, and into tokens to recognize a session statement by."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gateway.errors import SyntaxRefused
from gateway.sql.lexing import coarse_spans, spans
from gateway.sql.spellings.escapes import unescaped


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
            return unescaped(self.text[2:-1])
        return self.text[1:-1].replace("''", "'")


NUMBER_DIGITS = 10
"""Of a parameter's number; with more it is as much too great."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement without its semicolon. `start` is its first character's place in the whole text, from 0;
    `parameters` the highest `$n` in it."""

    text: str
    start: int = 0
    parameters: int = 0


def tokens(text: str) -> Iterator[Token]:
    """Everything but white space and comments."""
    return (Token(kind, text[start:stop], start, stop) for kind, start, stop in spans(text))


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
    for kind, begin, end in coarse_spans(text):
        if kind == "end":
            found += [Statement(text[start:stop], start, parameters)] if start >= 0 else []
            start, parameters = -1, 0
            continue
        start, stop = begin if start < 0 else start, end
        if kind == "parameter":
            parameters = max(parameters, int(text[begin + 1 : min(end, begin + 1 + NUMBER_DIGITS)]))
    return (*found, Statement(text[start:stop], start, parameters)) if start >= 0 else tuple(found)
