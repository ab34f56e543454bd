"""`0x1F` and `0o17`: whole numbers not written in tens, which the tokenizer takes for a zero and a name.

`0b1` stays refused: the attack corpus has it among what two parsers read differently.
"""

import re
from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

_DIGITS = re.compile(r"x(_?[0-9a-f])+|o(_?[0-7])+", re.IGNORECASE)
_BASES = {"x": 16, "o": 8}
_LONGEST = 50
"""Characters: more than 128 bits are no number of the engine's."""


def whole_numbers(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with each such number as one, in tens."""
    found: list[Token] = []
    for token in tokens:
        whole = _whole(found[-1], token) if found else None
        if whole is None:
            found.append(token)
        else:
            found[-1] = whole
    return found


def _whole(zero: Token, digits: Token) -> Token | None:
    if zero.token_type is not TokenType.NUMBER or zero.text != "0" or zero.end + 1 != digits.start:
        return None
    match = _DIGITS.fullmatch(digits.text) if len(digits.text) <= _LONGEST else None
    if match is None:
        return None
    number = int(digits.text[1:], _BASES[digits.text[0].lower()])
    return Token(TokenType.NUMBER, str(number), zero.line, digits.col, zero.start, digits.end)
