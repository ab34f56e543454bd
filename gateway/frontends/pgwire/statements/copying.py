"""COPY ... TO STDOUT: what the statement says."""

from collections.abc import Sequence
from dataclasses import replace

from gateway.errors import WriteRefused
from gateway.frontends.pgwire.statements.copy_options import CopyTo, closing, with_options
from gateway.frontends.pgwire.statements.splitting import Token, first_word, near, tokens


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
    return with_options(found, words, at + 2)


def _source(text: str, words: Sequence[Token], at: int) -> tuple[CopyTo, int]:
    if at < len(words) and words[at].text == "(":
        end = closing(words, at)
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
        end = closing(words, at)
        columns, at = text[words[at].stop : words[end].start], end + 1
    return CopyTo(f"SELECT {columns} FROM {name}", 0), at
