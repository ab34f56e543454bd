"""What texts of one kind share: all but the values of some literals. The key of a plan that serves them all.

A *slot* is a literal that is a whole operand of a comparison, IN list or BETWEEN in a WHERE, a HAVING or a join's ON;
so is what is put in the place of a parameter that stands nowhere else.
All else of a text stands in the key as it is written: other literals (LIMIT, intervals, patterns, casts, positions,
arguments), names, white space and comments. So two texts with one key differ in slots only, and of each slot the key
holds all that a step may decide by: its class, and which other literal of the text it equals.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlglot.errors import SqlglotError
from sqlglot.tokenizer_core import Token, TokenType

from gateway.settings import Limits
from gateway.sql.tokens import tokenized
from gateway.sql.totality import RANGES, T, fits

LITERALS = {TokenType.STRING, TokenType.NUMBER}
OPERANDS = {*LITERALS, TokenType.PLACEHOLDER}
COMPARING = {TokenType.EQ, TokenType.NEQ, TokenType.LT, TokenType.LTE, TokenType.GT, TokenType.GTE}
CONNECTING = {TokenType.WHERE, TokenType.ON, TokenType.HAVING, TokenType.AND, TokenType.OR, TokenType.NOT}
CLAUSES = {TokenType.WHERE: True, TokenType.HAVING: True} | dict.fromkeys(
    (
        TokenType.SELECT, TokenType.FROM, TokenType.JOIN, TokenType.USING, TokenType.GROUP_BY, TokenType.QUALIFY,
        TokenType.WINDOW, TokenType.ORDER_BY, TokenType.LIMIT, TokenType.OFFSET, TokenType.FETCH, TokenType.UNION,
        TokenType.EXCEPT, TokenType.INTERSECT, TokenType.WITH, TokenType.VALUES,
    ),
    False,
)  # fmt: skip
"""What begins a clause, and whether its literals may be slots. (So may those of an ON after a JOIN.)"""

DECIDING = {TokenType.PIVOT, TokenType.UNPIVOT, TokenType.RECURSIVE}
"""What makes values of its conditions into columns, or steps of a bound: a text with one has no slots."""

ENDING = {
    TokenType.AND, TokenType.OR, TokenType.R_PAREN, TokenType.SEMICOLON, TokenType.WHERE, TokenType.GROUP_BY,
    TokenType.HAVING, TokenType.ORDER_BY, TokenType.LIMIT, TokenType.OFFSET, TokenType.UNION, TokenType.EXCEPT,
    TokenType.INTERSECT, TokenType.JOIN, TokenType.INNER, TokenType.LEFT, TokenType.RIGHT, TokenType.FULL,
    TokenType.CROSS,
}  # fmt: skip
"""What may follow an operand that ends there: nothing that binds tighter than a comparison."""

NOTED = {TokenType.AND, TokenType.BETWEEN, TokenType.ON, *CLAUSES}
QUERIES = {TokenType.SELECT, TokenType.WITH, TokenType.FROM, TokenType.VALUES}
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
PLACE = re.compile(r"[0-9]{1,9}")
LONGEST_NUMBER = 100
"""Digits: Python refuses to read numbers of some thousands, and so does the parser, in its own words."""
TYPES = (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ, T.UUID)
"""What a text may be written out as (`coercion`)."""
SHORTEST = len("2026-01-01")


@dataclass(frozen=True, slots=True)
class Slot:
    """A literal: its value as the tokenizer reads it."""

    value: str
    is_text: bool

    @property
    def sql(self) -> str:
        """As every dialect writes it, if it is `plain`."""
        return "'" + self.value.replace("'", "''") + "'" if self.is_text else self.value

    @property
    def beginning(self) -> str:
        """Of a text, the pattern of those that begin with it."""
        return f"{self.sql[:-1]}%'"

    @property
    def plain(self) -> bool:
        """Whether all dialects write the value alike: no slot is one that is not."""
        if self.is_text:
            return self.value.isprintable() and "\\" not in self.value
        return len(self.value) <= LONGEST_NUMBER and NUMBER.fullmatch(self.value) is not None

    @property
    def kind(self) -> str:
        """Of a number its digits before and after the point and how many integer types hold it; of a text which types
        it fits, and whether it is empty or holds a pattern's characters."""
        if not self.is_text:
            whole, point, fraction = self.value.partition(".")
            holding = "" if point else sum(int(whole) < end for end in RANGES.values())
            return f"n{len(whole)}{point}{len(fraction)}i{holding}"
        long_enough = len(self.value) >= SHORTEST
        kinds = "".join(
            str(number) for number, kind in enumerate(TYPES) if long_enough and fits(self.value, kind)
        )
        return f"t{kinds}e{not self.value:d}{'%' in self.value:d}{'_' in self.value:d}"


@dataclass(frozen=True, slots=True)
class Shape:
    """`literals` are all of the text, in order, each once; `asks`: it has parameters, of which `parameters` are the
    numbers of those that stand in places of slots only."""

    key: str
    slots: tuple[Slot, ...]
    literals: tuple[Slot, ...] = ()
    parameters: frozenset[int] = frozenset()
    asks: bool = False


def shape(text: str, limits: Limits) -> Shape | None:
    """None: the text cannot be read, or is one that `parse_query` refuses for its length or a NUL character."""
    if "\0" in text or len(text.encode("utf-8", "surrogatepass")) > limits.text_bytes:
        return None
    try:
        tokens = list(_operands_whole(tokenized(text)))
    except (SqlglotError, ValueError):
        return None
    operands = _operands(tokens)
    literals = dict.fromkeys(_slot(token) for token in tokens if token.token_type in LITERALS)
    places = [token for token in tokens if token.token_type is TokenType.PLACEHOLDER]
    slots = [token for token in operands if token.token_type in LITERALS and _slot(token).plain]
    return Shape(
        _key(text, slots, {literal: number for number, literal in enumerate(literals)}),
        tuple(map(_slot, slots)),
        tuple(literals),
        _only_operands(places, operands),
        asks=bool(places) or any(token.token_type is TokenType.PARAMETER for token in tokens),
    )


def _operands_whole(tokens: Sequence[Token]) -> Iterator[Token]:
    """`$1` as one token, with its number as its text, as `?` gets one."""
    count, whole = 0, -1
    for number, token in enumerate(tokens):
        after = tokens[number + 1] if number + 1 < len(tokens) else None
        if number == whole:
            continue
        if token.token_type is TokenType.PLACEHOLDER:
            count += 1
            yield Token(TokenType.PLACEHOLDER, str(count), start=token.start, end=token.end)
        elif token.token_type is TokenType.PARAMETER and after is not None and PLACE.fullmatch(after.text):
            whole = number + 1
            yield Token(TokenType.PLACEHOLDER, after.text, start=token.start, end=after.end)
        else:
            yield token


def _only_operands(places: Sequence[Token], operands: Sequence[Token]) -> frozenset[int]:
    whole = {token.start for token in operands}
    others = {int(token.text) for token in places if token.start not in whole}
    return frozenset(int(token.text) for token in places) - others


def _slot(token: Token) -> Slot:
    return Slot(token.text, token.token_type is TokenType.STRING)


def _key(text: str, slots: Sequence[Token], literals: Mapping[Slot, int]) -> str:
    """The text between slots, and each slot's kind and which literal it is; NUL, which no text holds, between all of
    them."""
    parts, end = [], 0
    for token in slots:
        slot = _slot(token)
        parts += [text[end : token.start], f"{slot.kind}={literals[slot]}"]
        end = token.end + 1
    return "\0".join((*parts, text[end:]))


@dataclass(slots=True)
class _Bracket:
    """What is known inside of a bracket, up to the token at hand.

    `is_query`: clauses stand in it. `may`: literals may be slots here. `is_list`: it is IN's. `joins`: a JOIN waits for
    its ON. `between`: a BETWEEN waits for its AND. `closing`: the number of the last token that was such an AND.
    """

    is_query: bool
    may: bool
    is_list: bool = False
    joins: bool = False
    between: bool = False
    closing: int = -1

    def pass_by(self, kind: TokenType, number: int) -> None:
        if kind is TokenType.AND and self.between:
            self.between, self.closing = False, number
        elif kind is TokenType.BETWEEN:
            self.between = True
        elif self.is_query and kind is TokenType.ON:
            self.may, self.joins = self.joins, False
        elif self.is_query and kind in CLAUSES:
            self.may, self.joins, self.between = CLAUSES[kind], kind is TokenType.JOIN, False


def _operands(tokens: Sequence[Token]) -> list[Token]:
    """The literals and parameters in places of slots."""
    kinds = [None, *(token.token_type for token in tokens), None]
    if not DECIDING.isdisjoint(kinds):
        return []
    found = []
    stack = [_Bracket(is_query=True, may=False)]
    for number, kind in enumerate(kinds):
        inside = stack[-1]
        if kind in OPERANDS:
            if inside.may and _is_operand(inside, kinds, number):
                found.append(tokens[number - 1])
        elif kind is TokenType.L_PAREN:
            stack.append(_bracket(inside, kinds[number - 1], kinds[number + 1]))
        elif kind is TokenType.R_PAREN and len(stack) > 1:
            stack.pop()
        elif kind in NOTED:
            inside.pass_by(kind, number)
    return found


def _bracket(outside: _Bracket, before: TokenType | None, after: TokenType | None) -> _Bracket:
    if after in QUERIES:
        return _Bracket(is_query=True, may=False)
    if before is TokenType.IN:
        return _Bracket(is_query=False, may=outside.may, is_list=True)
    groups = before in CONNECTING or before in COMPARING or before is TokenType.L_PAREN
    return _Bracket(is_query=False, may=outside.may and groups)


def _is_operand(inside: _Bracket, kinds: Sequence[TokenType | None], number: int) -> bool:
    """Whether the literal, with a sign before it, is a whole operand."""
    signed = kinds[number] is TokenType.NUMBER and kinds[number - 1] is TokenType.DASH
    first = number - 2 if signed else number - 1
    before, after = kinds[first], kinds[number + 1]
    if inside.is_list:
        return before in (TokenType.L_PAREN, TokenType.COMMA) and after in (
            TokenType.COMMA,
            TokenType.R_PAREN,
        )
    if before is TokenType.BETWEEN:
        return after is TokenType.AND
    if before in COMPARING or first == inside.closing:
        return after is None or after in ENDING
    return (before in CONNECTING or before is TokenType.L_PAREN) and after in COMPARING


@dataclass(frozen=True, slots=True)
class Template:
    """SQL in pieces: between each two of `pieces` stands the literal of the slot that `numbers` names, or for `~number`
    the pattern of its beginning."""

    pieces: tuple[str, ...]
    numbers: tuple[int, ...]

    def filled(self, slots: Sequence[Slot]) -> str:
        values = (written(number, slots) for number in self.numbers)
        return "".join(piece + value for piece, value in zip(self.pieces, (*values, ""), strict=True))


def written(number: int, slots: Sequence[Slot]) -> str:
    """What a template's number stands for."""
    return slots[number].sql if number >= 0 else slots[~number].beginning
