"""A text in sqlglot's tokens."""

import re
from bisect import bisect_left

from sqlglot.tokenizer_core import Token

from gateway.sql.dialect import DUCKDB
from gateway.sql.lexing import coarse_spans

_ADJACENT = re.compile(r"\$\d+[^\s$]+\$|\$\d+\$")
"""What sqlglot takes for the tag of a dollar-quoted string: `$1,$2`."""


def tokenized(text: str) -> list[Token]:
    """Errors: TokenError."""
    if not _ADJACENT.search(text):
        return _read(text)
    ends = [stop for kind, _, stop in coarse_spans(text) if kind == "parameter"]
    spaced = "".join(text[start:end] + " " for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    tokens = _read(spaced)
    inserted = 0
    for token in tokens:
        while inserted < len(ends) and token.start > ends[inserted] + inserted:
            inserted += 1
        token.start -= inserted
        token.end -= inserted
        line = text.rfind("\n", 0, token.start) + 1
        token.col -= inserted - bisect_left(ends, line, hi=inserted)
    return tokens


def _read(text: str) -> list[Token]:
    """Something must follow a doubled quote: sqlglot looks for the end of `$1 = ''` behind the text, as if `$` began a
    string, and gives up."""
    return list(DUCKDB.tokenize(text + "\n"))
