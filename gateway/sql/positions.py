"""Where the text of a statement says a name, for those who are shown the place of a mistake."""

from collections.abc import Sequence

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gateway.sql.tokens import tokenized

VALUES = (TokenType.STRING, TokenType.NUMBER)


def position_of(name: Sequence[str], text: str) -> int | None:
    """The place, from 1, where the parts of a name begin, with what stands before them and a dot; None: nowhere, or in
    several places."""
    try:
        tokens = tokenized(text)
    except SqlglotError:
        return None
    wanted = [part.lower() for part in name]
    length = 2 * len(wanted) - 1
    found = [at for at in range(len(tokens)) if wanted and _says(tokens[at : at + length], wanted)]
    if len(found) != 1:
        return None
    at = found[0]
    while at > 1 and tokens[at - 1].token_type is TokenType.DOT:
        at -= 2
    return int(tokens[at].start) + 1


def _says(tokens: Sequence[Token], wanted: Sequence[str]) -> bool:
    """`a.b`: each part, and the dots in between."""
    parts, dots = tokens[::2], tokens[1::2]
    return [_name(token) for token in parts] == list(wanted) and all(
        token.token_type is TokenType.DOT for token in dots
    )


def _name(token: Token) -> str:
    return "" if token.token_type in VALUES else str(token.text).lower()
