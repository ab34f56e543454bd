"""COPY ... TO STDOUT: what the statement says."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.errors import SyntaxRefused, WriteRefused
from gateway.frontends.pgwire.encode import BINARY, TEXT
from gateway.frontends.pgwire.splitting import Token, first_word, near, tokens

_FORMATS = ("text", "csv", "binary")


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


# --- the statement ---------------------------------------------------------------------------------------


def copy_to(text: str) -> CopyTo | None:
    """None: it is no COPY. Errors: WriteRefused for one into a relation, SyntaxRefused."""
    if first_word(text) != "COPY":
        return None
    words = tuple(tokens(text))
    at = 2 if len(words) > 1 and words[1].word == "BINARY" else 1
    source, at = _source(text, words, at)
    end = words[at].word if at < len(words) else ""
    if end == "FROM":
        raise WriteRefused("cannot execute COPY FROM in a read-only transaction")
    if end != "TO":
        raise near(words, at)
    if at + 1 >= len(words) or words[at + 1].word not in ("STDOUT", "STDIN"):
        raise WriteRefused("COPY TO a file or a program is not possible here, only TO STDOUT")
    found = replace(source, format="binary") if words[1].word == "BINARY" else source
    return _with_options(found, words, at + 2)


def _source(text: str, words: Sequence[Token], at: int) -> tuple[CopyTo, int]:
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        start, stop = words[at].stop, words[end].start
        return CopyTo(text[start:stop], start), end + 1
    begin = at
    while at < len(words) and (words[at].kind in ("word", "quoted") or words[at].text == "."):
        if words[at].word in ("TO", "FROM"):
            break
        at += 1
    if at == begin:
        raise near(words, at)
    name = text[words[begin].start : words[at - 1].stop]
    columns = "*"
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        columns, at = text[words[at].stop : words[end].start], end + 1
    return CopyTo(f"SELECT {columns} FROM {name}", 0), at


def _closing(words: Sequence[Token], at: int) -> int:
    depth = 0
    for place in range(at, len(words)):
        depth += {"(": 1, ")": -1}.get(words[place].text, 0) if words[place].kind == "symbol" else 0
        if not depth:
            return place
    raise near(words, len(words))


def _with_options(found: CopyTo, words: Sequence[Token], at: int) -> CopyTo:
    if at < len(words) and words[at].word == "WITH":
        at += 1
    if at < len(words) and words[at].text == "(":
        end = _closing(words, at)
        return _listed(found, words[at + 1 : end])
    return _legacy(found, words[at:])


def _listed(found: CopyTo, words: Sequence[Token]) -> CopyTo:
    """`(FORMAT csv, HEADER true, FORCE_QUOTE (a, b))`."""
    at = 0
    while at < len(words):
        name, at = words[at].text.lower(), at + 1
        end = at
        while end < len(words) and words[end].text != ",":
            end = _closing(words, end) + 1 if words[end].text == "(" else end + 1
        found = _set(found, name, words[at:end], words[at - 1])
        at = end + 1
    return found


def _legacy(found: CopyTo, words: Sequence[Token]) -> CopyTo:
    """`CSV HEADER DELIMITER AS ';' FORCE QUOTE a, b`."""
    at = 0
    while at < len(words):
        name, at = words[at].word.lower(), at + 1
        if name in ("csv", "binary"):
            found = replace(found, format=name)
        elif name == "header":
            found = replace(found, header=True)
        elif name == "force" and at < len(words) and words[at].word == "QUOTE":
            found, at = _set(found, "force_quote", words[at + 1 :], words[at]), len(words)
        elif name in ("delimiter", "delimiters", "null", "quote", "escape", "encoding"):
            at += at < len(words) and words[at].word == "AS"
            found = _set(found, name.rstrip("s"), words[at : at + 1], words[at - 1])
            at += 1
        else:
            raise near(words, at - 1)
    return found


def _set(found: CopyTo, name: str, value: Sequence[Token], near: Token) -> CopyTo:
    text = value[0].value if value else ""
    match name:
        case "format" if text.lower() in _FORMATS:
            return replace(found, format=text.lower())
        case "header":
            return replace(found, header=text.lower() not in ("false", "off", "0"))
        case "delimiter" if _is_mark(text):
            return replace(found, delimiter=text)
        case "quote" if _is_mark(text):
            return replace(found, quote=text)
        case "escape" if _is_mark(text):
            return replace(found, escape=text)
        case "null" if not set(text) & set("\r\n"):
            return replace(found, null=text)
        case "encoding" if text.lower().replace("-", "") in ("utf8", "unicode"):
            return found
        case "force_quote":
            names = tuple(word.value for word in value if word.kind in ("word", "quoted"))
            return replace(found, forced=None if text == "*" else names)
    raise SyntaxRefused(
        f'option "{name}" of COPY is not possible here, or not with this value', position=near.start + 1
    )


def _is_mark(text: str) -> bool:
    return len(text.encode()) == 1 and text not in "\r\n"
