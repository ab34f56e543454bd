"""The options of COPY ... TO STDOUT, in both of their spellings. Source: PostgreSQL's manual, COPY."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gateway.errors import InvalidParameterValue, SyntaxRefused
from gateway.frontends.pgwire.encoding.batches import BINARY, TEXT
from gateway.frontends.pgwire.refusals import FeatureRefused
from gateway.frontends.pgwire.statements.splitting import Token, near

Option = tuple[str, Sequence[Token], Token]
"""Its name, the words of its value, and the word to point at."""
_FORMATS = ("text", "csv", "binary")
_OF_CSV = ("quote", "escape", "force_quote")
_NOT_OF_BINARY = ("delimiter", "null", "header")
_MEANING = frozenset("\\.abcdefghijklmnopqrstuvwxyz0123456789")
"""Characters that stand for others in the text format, behind a backslash."""


@dataclass(frozen=True, slots=True)
class CopyTo:
    """`query`: its SELECT, at `start` in the statement. `null`, `delimiter`: None where the format's own.

    `forced`: columns that CSV quotes always; None: all of them.
    """

    query: str
    start: int
    format: str = "text"
    header: bool = False
    delimiter: str | None = None
    null: str | None = None
    quote: str = '"'
    escape: str | None = None
    forced: tuple[str, ...] | None = ()

    @property
    def codes(self) -> tuple[int, ...]:
        return (BINARY if self.format == "binary" else TEXT,)


def with_options(found: CopyTo, words: Sequence[Token], at: int) -> CopyTo:
    """Errors: SyntaxRefused, FeatureRefused, InvalidParameterValue for what could not be read back."""
    if at < len(words) and words[at].word == "WITH":
        at += 1
    if at < len(words) and words[at].text == "(":
        options = [*_listed(words[at + 1 : closing(words, at)])]
    else:
        options = [*_legacy(words[at:])]
    names = [name for name, _, _ in options]
    for place, (name, value, shown) in enumerate(options):
        if name in names[:place] or (name == "format" and found.format == "binary"):
            raise SyntaxRefused("conflicting or redundant options", position=shown.start + 1)
        found = _set(found, name, value, shown)
    _check(found, names)
    return found


def _listed(words: Sequence[Token]) -> Iterator[Option]:
    """`(FORMAT csv, HEADER true, FORCE_QUOTE (a, b))`."""
    at = 0
    while at < len(words):
        begin = end = at + 1
        while end < len(words) and words[end].text != ",":
            end = closing(words, end) + 1 if words[end].text == "(" else end + 1
        yield words[at].text.lower(), words[begin:end], words[at]
        if end == len(words) - 1:
            raise near(words, end)
        at = end + 1


def _legacy(words: Sequence[Token]) -> Iterator[Option]:
    """`CSV HEADER DELIMITER AS ';' FORCE QUOTE a, b`."""
    at = 0
    while at < len(words):
        name, shown, at = words[at].word.lower(), words[at], at + 1
        if name in ("csv", "binary"):
            yield "format", (shown,), shown
        elif name == "header":
            yield name, (), shown
        elif name == "force" and at < len(words) and words[at].word == "QUOTE":
            yield "force_quote", words[at + 1 :], words[at]
            return
        elif name in ("delimiter", "delimiters", "null", "quote", "escape", "encoding"):
            at += at < len(words) and words[at].word == "AS"
            yield name.rstrip("s"), words[at : at + 1], shown
            at += 1
        else:
            raise near(words, at - 1)


def _set(found: CopyTo, name: str, value: Sequence[Token], near: Token) -> CopyTo:
    text = value[0].value if value else ""
    match name:
        case "format":
            if text.lower() not in _FORMATS:
                raise InvalidParameterValue(f'COPY format "{text}" not recognized')
            return replace(found, format=text.lower())
        case "header" if text.lower() in ("", "true", "on", "1", "false", "off", "0"):
            return replace(found, header=text.lower() not in ("false", "off", "0"))
        case "delimiter":
            return replace(found, delimiter=_mark(name, text))
        case "quote":
            return replace(found, quote=_mark(name, text))
        case "escape":
            return replace(found, escape=_mark(name, text))
        case "null":
            if set(text) & set("\r\n"):
                raise InvalidParameterValue("COPY null representation cannot use newline or carriage return")
            return replace(found, null=text)
        case "encoding" if text.lower().replace("-", "") in ("utf8", "unicode"):
            return found
        case "force_quote":
            names = tuple(word.value for word in value if word.kind in ("word", "quoted"))
            return replace(found, forced=None if text == "*" else names)
    raise SyntaxRefused(
        f'option "{name}" of COPY is not possible here, or not with this value', position=near.start + 1
    )


def _mark(name: str, text: str) -> str:
    if len(text.encode()) != 1:
        raise FeatureRefused(f"COPY {name} must be a single one-byte character")
    if text in "\r\n":
        raise InvalidParameterValue(f"COPY {name} cannot be newline or carriage return")
    return text


def _check(found: CopyTo, names: Sequence[str]) -> None:
    """What one option makes of another."""
    csv = found.format == "csv"
    for name in names:
        if found.format == "binary" and name in _NOT_OF_BINARY:
            raise SyntaxRefused(f"cannot specify {name.upper()} in BINARY mode")
        if not csv and name in _OF_CSV:
            raise FeatureRefused(f"COPY {name.upper()} requires CSV mode")
    delimiter = found.delimiter or ("," if csv else "\t")
    null = found.null if found.null is not None else "" if csv else "\\N"
    if not csv and delimiter in _MEANING:
        raise InvalidParameterValue(f'COPY delimiter cannot be "{delimiter}"')
    if csv and delimiter == found.quote:
        raise InvalidParameterValue("COPY delimiter and quote must be different")
    if delimiter in null:
        raise InvalidParameterValue("COPY delimiter character must not appear in the NULL specification")
    if csv and found.quote in null:
        raise InvalidParameterValue("CSV quote character must not appear in the NULL specification")


def closing(words: Sequence[Token], at: int) -> int:
    """Where the bracket that opens at `at` closes."""
    depth = 0
    for place in range(at, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place].text, 0) if words[place].kind == "symbol" else 0
        if not depth:
            return place
    raise near(words, len(words))
