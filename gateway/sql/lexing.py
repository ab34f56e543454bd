"""Where the words of a query text begin and end, told without the parser's tokenizer.

PostgreSQL's and DuckDB's lexical rules: '' and "" double their quote, E'' knows backslashes, $tag$ has no escapes,
block comments nest. A word that never ends reaches to the end of the text; the parser refuses it.

The tokenizer keeps all other threads waiting until it has read the whole text. This here lets them in.
"""

import re
from collections.abc import Iterator

_TOKEN = re.compile(
    r"""
      (?P<space> [\s\u200b\ufeff]+ | --[^\n]* )
    | (?P<comment> /\* )
    | (?P<string> [eE]'(?:[^'\\]++|\\.|'')*+(?:'|\Z|\\\Z) | '(?:[^']++|'')*+(?:'|\Z) )
    | (?P<quoted> "(?:[^"]++|"")*+(?:"|\Z) )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<parameter> \$\d+ )
    | (?P<dollar> \$(?:[^\W\d]\w*)?\$ )
    | (?P<number> \.?\d[\w.]* )
    | (?P<end> ; )
    | (?P<symbol> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_PLAIN = re.compile(
    r"""
      (?!\ ) (?:
        (?![eE]') [^\W\d][\w$]*+ | \.?\d[\w.]*+ | '(?:[^']++|'')*+' | "(?:[^"]++|"")*+" | [,()=<>+*|.:\[\] ]
      ){1,1000}+
    """,
    re.VERBOSE,
)
"""Words, numbers, closed strings and what stands between them, without an end of a statement or a parameter."""
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_ALONE = frozenset(",()[];")
_OPERATORS = frozenset("+-*/<>=!|&^%~:.")
_SIGNS = frozenset("+-")

Span = tuple[str, int, int]
"""A word's kind (word, quoted, string, number, parameter, symbol or end), its start and its stop, in characters."""


def spans(text: str) -> Iterator[Span]:
    """Everything but white space and comments."""
    at = 0
    while at < len(text):
        kind, stop = _span(text, at)
        if kind not in ("space", "comment"):
            yield kind, at, stop
        at = stop


def coarse_spans(text: str) -> Iterator[Span]:
    """As `spans`, but with many words, numbers, strings and symbols as one, of the kind `plain`."""
    at = 0
    while at < len(text):
        plain = _PLAIN.match(text, at)
        if plain is not None:
            yield "plain", at, at + len(plain[0].rstrip(" "))
            at = plain.end()
            continue
        kind, stop = _span(text, at)
        if kind not in ("space", "comment"):
            yield kind, at, stop
        at = stop


def has_more_tokens(text: str, most: int) -> bool:
    """Whether the tokenizer would surely find more than `most` tokens. False: it may all the same.

    A comma or a bracket is a token, and an operator is at least one; of the others two may be one (`GROUP BY`, `1e-5`).
    """
    count, before = 0.0, -1
    for kind, start, stop in spans(text) if len(text) > most else ():
        mark = text[start] if kind in ("symbol", "end") else ""
        if mark in _OPERATORS:
            goes_on = before == start and (
                text[start - 1] in _OPERATORS or (mark in _SIGNS and text[start - 1] in "eE")
            )
            count += 0.0 if goes_on else 1.0
        else:
            count += 1.0 if mark in _ALONE else 0.0 if mark else 0.5
        before = stop
        if count > most:
            return True
    return False


def _span(text: str, at: int) -> tuple[str, int]:
    """The kind of what begins there, and where it ends."""
    match = _TOKEN.match(text, at)
    assert match is not None
    kind, stop = str(match.lastgroup), match.end()
    if kind == "comment":
        return kind, _comment_end(text, at)
    if kind == "dollar":
        closing = text.find(match[0], stop)
        return "string", len(text) if closing < 0 else closing + len(match[0])
    return kind, stop


def _comment_end(text: str, start: int) -> int:
    depth, at = 1, start + 2
    while depth:
        edge = _COMMENT_EDGE.search(text, at)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at
