"""PostgreSQL's words that the parser would read otherwise, or in part: put right among the tokens."""

import re
from collections.abc import Sequence
from itertools import pairwise

from sqlglot import exp
from sqlglot.parser import binary_range_parser
from sqlglot.parsers.duckdb import DuckDBParser
from sqlglot.tokenizer_core import Token, TokenType

from gateway.errors import SyntaxRefused
from gateway.sql.spellings.escapes import known_text, unescaped
from gateway.sql.spellings.intervals import PLAIN, in_parts
from gateway.sql.spellings.whole_numbers import whole_numbers

# The parser is compiled: its tables are changed in place.
DuckDBParser.BITWISE[TokenType.HASH] = exp.BitwiseXor
# `a || b ? 'key'` asks what is joined, as in PostgreSQL; sqlglot would ask b alone.
del DuckDBParser.COLUMN_OPERATORS[TokenType.PLACEHOLDER]
DuckDBParser.RANGE_PARSERS[TokenType.PLACEHOLDER] = binary_range_parser(exp.JSONBContainsTopKey)

TYPES = {
    "varchar": TokenType.VARCHAR, "char": TokenType.CHAR, "bpchar": TokenType.BPCHAR, "float": TokenType.DOUBLE,
}  # fmt: skip
"""Types whose size would be dropped, and `float`, which has eight bytes."""
MOMENTS = (TokenType.DATE, TokenType.TIME, TokenType.TIMESTAMPNTZ, TokenType.TIMESTAMPTZ)
FIELDS = frozenset("YEAR MONTH DAY HOUR MINUTE SECOND WEEK QUARTER MILLISECOND MICROSECOND".split())
FOR_READING = ["FOR", "READ", "ONLY"]
"""Behind the query of a cursor, as libpqxx writes it: nothing here writes."""
BEFORE_ARGUMENTS = (TokenType.L_PAREN, TokenType.COMMA)
OPERATORS = {
    (TokenType.PLACEHOLDER, TokenType.PIPE): TokenType.QMARK_PIPE,
    (TokenType.PLACEHOLDER, TokenType.AMP): TokenType.QMARK_AMP,
    (TokenType.HASH, TokenType.DASH): TokenType.HASH_DASH,
    (TokenType.PIPE, TokenType.SLASH): TokenType.PIPE_SLASH,
    (TokenType.DPIPE, TokenType.SLASH): TokenType.DPIPE_SLASH,
}
"""Of jsonb: `?|`, `?&` and `#-`. Of numbers: the roots `|/` and `||/`."""
BY_NUMBER = re.compile(r"(?<!\\)(?:\\\\)*\\[uU]")
UNICODE = re.compile(r"\\(?:([0-9A-Fa-f]{4})|\+([0-9A-Fa-f]{6})|(\\))")


def respelled(tokens: Sequence[Token], text: str) -> list[Token]:
    """Raises SyntaxNotSupported, SyntaxRefused."""
    found = [_one(token, text) for token in whole_numbers(tokens)]
    if [token.text.upper() for token in found[-3:]] == FOR_READING:
        del found[-3:]
    for at in range(len(found) - 2, -1, -1):
        kind, following = found[at].token_type, found[at + 1]
        if kind is TokenType.INTERVAL and following.token_type is TokenType.STRING:
            found[at:] = _interval(found[at:])
        elif kind in MOMENTS and _is_cast_on(found[at + 1 : at + 3]):
            found[at : at + 2] = [following, _at(found[at], TokenType.DCOLON, "::"), found[at]]
        elif (operator := OPERATORS.get((kind, following.token_type))) and found[
            at
        ].end + 1 == following.start:
            found[at : at + 2] = [_at(found[at], operator, found[at].text + following.text)]
        elif at and found[at - 1].token_type in BEFORE_ARGUMENTS and _is_item_of_json(found[at : at + 3]):
            item = found[at : at + 3]
            found[at : at + 3] = [
                _at(item[0], TokenType.L_PAREN, "("),
                *item,
                _at(item[2], TokenType.R_PAREN, ")"),
            ]
        elif found[at].text.upper() == "OPERATOR" and following.token_type is TokenType.L_PAREN:
            found[at:] = _operator(found[at:])
        elif found[at].text.lower() == "pg_catalog" and following.token_type is TokenType.DOT:
            of_type = at > 0 and found[at - 1].token_type in (TokenType.DCOLON, TokenType.ALIAS)
            called = at + 3 < len(found) and found[at + 3].token_type is TokenType.L_PAREN
            found[at : at + 2] = [] if of_type or called else found[at : at + 2]
        elif kind is TokenType.DIV and following.token_type is TokenType.L_PAREN and found[at].text.isalpha():
            found[at] = _at(found[at], TokenType.VAR, found[at].text)
        elif found[at].text.upper() == "U" and _is_unicode(found[at : at + 3]):
            found[at : at + 3] = [_at(found[at + 2], TokenType.STRING, _unicode(found[at + 2].text))]
        elif (
            kind is TokenType.DOUBLE
            and following.token_type is TokenType.L_PAREN
            and found[at].text.lower() == "float"
        ):
            found[at] = _at(found[at], TokenType.FLOAT, found[at].text)  # `float(24)` has four
    return found


def _at(place: Token, kind: TokenType, text: str) -> Token:
    return Token(kind, text, place.line, place.col, place.start, place.end)


def _one(token: Token, text: str) -> Token:
    if token.token_type in (TokenType.TEXT, TokenType.FLOAT) and token.text.lower() in TYPES:
        return _at(token, TYPES[token.text.lower()], token.text)
    written = text[token.start : token.end + 1]
    if written[:2] in ("e'", "E'") and BY_NUMBER.search(written):
        return _at(token, TokenType.STRING, unescaped(written[2:-1]))
    return token


def _is_cast_on(tokens: Sequence[Token]) -> bool:
    """`date '...'::text`: the parser would take the text for what is cast first."""
    return [token.token_type for token in tokens] == [TokenType.STRING, TokenType.DCOLON]


def _is_item_of_json(tokens: Sequence[Token]) -> bool:
    """`f(profile -> 'age')`: the parser would take it for a function of `profile`, which gives a text."""
    first, *rest = (token.token_type for token in tokens)
    return (
        first in (TokenType.VAR, TokenType.IDENTIFIER)
        and rest[:1] == [TokenType.ARROW]
        and rest[1:] in ([TokenType.STRING], [TokenType.NUMBER])
    )


def _is_unicode(tokens: Sequence[Token]) -> bool:
    """`U&'...'`, nothing in between."""
    kinds = [token.token_type for token in tokens]
    glued = all(left.end + 1 == right.start for left, right in pairwise(tokens))
    return kinds[1:] == [TokenType.AMP, TokenType.STRING] and glued


def _unicode(text: str) -> str:
    if UNICODE.sub("", text).count("\\"):
        raise SyntaxRefused("invalid Unicode escape")
    return known_text(
        UNICODE.sub(lambda match: match[3] or chr(int(match[1] or match[2], 16) & 0x1FFFFF), text)
    )


def _operator(tokens: list[Token]) -> list[Token]:
    """`OPERATOR(pg_catalog.=)` as the operator itself."""
    named = [token.text.lower() for token in tokens[2:4]] == ["pg_catalog", "."]
    end = next(
        (at for at in range(5, 8) if tokens[at : at + 1] and tokens[at].token_type is TokenType.R_PAREN), None
    )
    return tokens if end is None or not named else [*tokens[4:end], *tokens[end + 1 :]]


def _interval(tokens: list[Token]) -> list[Token]:
    """`INTERVAL '1 day 02:00'` as a cast of its text: the parser would keep the first part only. So is a text that is
    no interval, for the engine to say so."""
    word, text, *rest = tokens
    parts = None if PLAIN.fullmatch(text.text) else in_parts(text.text)
    if parts is None and (PLAIN.fullmatch(text.text) or (rest and rest[0].text.upper() in FIELDS)):
        return tokens
    if len(rest) > 2 and rest[1].text.upper() == "TO":  # YEAR TO MONTH
        rest = rest[3:]
    return [_at(text, TokenType.STRING, parts or text.text), _at(word, TokenType.DCOLON, "::"), word, *rest]
