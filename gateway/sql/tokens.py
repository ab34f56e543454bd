"""A text in sqlglot's tokens."""

import re
from bisect import bisect_left
from collections.abc import Iterator

from sqlglot.tokenizer_core import Token

from gateway.sql.dialect import DUCKDB

_ADJACENT = re.compile(r"\$\d+[^\s$]+\$|\$\d+\$")
"""What sqlglot takes for the tag of a dollar-quoted string: `$1,$2`."""
_PARTS = re.compile(
    r"""
      (?P<skipped> [eE]'(?:[^'\\]|\\.|'')*(?:'|\Z) | '(?:[^']|'')*(?:'|\Z) | "(?:[^"]|"")*(?:"|\Z) | --[^\n]*
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?(?:\$(?P=tag)\$|\Z) | [^\W\d][\w$]* )
    | (?P<comment> /\* )
    | (?P<parameter> \$\d+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def tokenized(text: str) -> list[Token]:
    """Errors: TokenError."""
    if not _ADJACENT.search(text):
        return list(DUCKDB.tokenize(text))
    ends = list(_ends_of_parameters(text))
    spaced = "".join(text[start:end] + " " for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    tokens = list(DUCKDB.tokenize(spaced))
    inserted = 0
    for token in tokens:
        while inserted < len(ends) and token.start > ends[inserted] + inserted:
            inserted += 1
        token.start -= inserted
        token.end -= inserted
        line = text.rfind("\n", 0, token.start) + 1
        token.col -= inserted - bisect_left(ends, line, hi=inserted)
    return tokens


def _ends_of_parameters(text: str) -> Iterator[int]:
    """Outside of strings, names and comments."""
    at = 0
    while (match := _PARTS.search(text, at)) is not None:
        at = match.end()
        if match["comment"]:
            at = _comment_end(text, at)
        elif match["parameter"]:
            yield at


def _comment_end(text: str, at: int) -> int:
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(text, at)) is not None:
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at if not depth else len(text)
