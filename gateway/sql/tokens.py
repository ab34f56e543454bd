"""A text in sqlglot's tokens."""

import re

from sqlglot.tokenizer_core import Token

from gateway.sql.dialect import DUCKDB
from gateway.sql.lexing import coarse_spans

_ADJACENT = re.compile(r"\$\d+[^\s$]+\$|\$\d+\$")
"""What sqlglot takes for the tag of a dollar-quoted string: `$1,$2`."""


def tokenized(text: str) -> list[Token]:
    """Errors: TokenError.

    Behind every `$` sqlglot looks for the end of a string first, and goes back if there is none. On its way it takes
    what stands between parameters for a tag, counts lines twice, and gives up if the text ends with a doubled quote.
    """
    if "$" not in text:
        return list(DUCKDB.tokenize(text))
    ends = _parameter_ends(text) if _ADJACENT.search(text) else []
    spaced = "".join(text[start:end] + " " for start, end in zip([0, *ends], [*ends, len(text)], strict=True))
    tokens = list(DUCKDB.tokenize(spaced))
    inserted, line, counted = 0, 1, 0
    for token in tokens:
        while inserted < len(ends) and token.start > ends[inserted] + inserted:
            inserted += 1
        token.start -= inserted
        token.end -= inserted
        line += text.count("\n", counted, token.end)
        counted = token.end
        token.line, token.col = line, token.end - text.rfind("\n", 0, token.end)
    return tokens


def _parameter_ends(text: str) -> list[int]:
    return [stop for kind, _, stop in coarse_spans(text) if kind == "parameter"]
