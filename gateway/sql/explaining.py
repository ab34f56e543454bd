"""EXPLAIN, told apart from queries before the parser sees it, which takes it for a command it does not know.

PostgreSQL's options, as its clients send them: those about costs and times are taken and say nothing here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from gateway.errors import InvalidParameterValue, SyntaxNotSupported, SyntaxRefused

About = Literal["plan", "policy"]
Layout = Literal["text", "json", "xml"]

_SPACE = r"(?:\s|--[^\n]*(?:\n|\Z)|/\*(?:[^*]|\*(?!/))*+\*/)*+"
_BLANK = re.compile(_SPACE)
_EXPLAIN = re.compile(rf"{_SPACE}EXPLAIN\b", re.IGNORECASE)
_WORD = re.compile(rf"{_SPACE}([A-Za-z_]+)")
_OPEN = re.compile(
    rf"{_SPACE}\({_SPACE}(?!(?:SELECT|WITH|VALUES|FROM|TABLE|PIVOT|UNPIVOT)\b|\()", re.IGNORECASE
)
_OPTION = re.compile(rf"{_SPACE}([A-Za-z_]+)(?:{_SPACE}([\w.+-]+|'[^']*'))?{_SPACE}([,)])")

TRUE, FALSE = ("", "true", "on", "1"), ("false", "off", "0")
SILENT = frozenset("verbose costs settings generic_plan buffers wal timing summary memory serialize".split())
ANALYZED = frozenset({"analyze", "analyse"})
NO_ANALYZE = "EXPLAIN ANALYZE is not supported: it would count what row filters hide"
ASK_OPERATOR = (
    "EXPLAIN shows the plan, EXPLAIN (POLICY) the rules. Counts are for operators: meshgate explain."
)


@dataclass(frozen=True, slots=True)
class Explain:
    """`query` is the text that is explained, behind as much white space as stood before it."""

    about: About
    layout: Layout
    query: str


def explain_statement(text: str) -> Explain | None:
    """None: it is no EXPLAIN. Raises SyntaxRefused, InvalidParameterValue, SyntaxNotSupported for its options."""
    start = _EXPLAIN.match(text)
    if start is None:
        return None
    options, end = _listed(text, start.end()) if _OPEN.match(text, start.end()) else _bare(text, start.end())
    about: About = "plan"
    layout: Layout = "text"
    for name, value in options:
        if name in ANALYZED and _is_on(name, value):
            raise SyntaxNotSupported(NO_ANALYZE, hint=ASK_OPERATOR)
        if name == "policy" and _is_on(name, value):
            about = "policy"
        elif name == "format":
            layout = _layout(value)
        elif name not in SILENT | ANALYZED | {"policy"}:
            raise SyntaxRefused(f'unrecognized EXPLAIN option "{name[:60]}"')
    return Explain(about, layout, re.sub(r"[^\n]", " ", text[:end]) + text[end:])


def _listed(text: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """The options in brackets, and where they end."""
    found, last = [], ""
    at = text.index("(", _leading(text, at)) + 1
    while last != ")":
        option = _OPTION.match(text, at)
        if option is None:
            raise SyntaxRefused("syntax error in the options of EXPLAIN", position=at + 1)
        found.append((option[1].lower(), (option[2] or "").strip("'").lower()))
        at, last = option.end(), option[3]
    return found, at


def _leading(text: str, at: int) -> int:
    """Where the first character that is neither white space nor comment stands."""
    space = _BLANK.match(text, at)
    return space.end() if space is not None else at


def _bare(text: str, at: int) -> tuple[list[tuple[str, str]], int]:
    """ANALYZE and VERBOSE without brackets, and where they end."""
    found = []
    for word in _words(text, at):
        if word[1].lower() not in {"verbose", *ANALYZED}:
            break
        found.append((word[1].lower(), ""))
        at = word.end()
    return found, at


def _words(text: str, at: int) -> Iterator[re.Match[str]]:
    word = _WORD.match(text, at)
    while word is not None:
        yield word
        word = _WORD.match(text, word.end())


def _is_on(name: str, value: str) -> bool:
    if value not in TRUE + FALSE:
        raise SyntaxRefused(f"{name} requires a Boolean value")
    return value in TRUE


def _layout(value: str) -> Layout:
    match value:
        case "text" | "json" | "xml":
            return value
        case "yaml":
            raise SyntaxNotSupported("EXPLAIN answers in the formats text, json and xml")
        case _:
            raise InvalidParameterValue(f'unrecognized value for EXPLAIN option "format": "{value[:60]}"')
