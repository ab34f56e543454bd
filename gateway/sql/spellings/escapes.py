"""The escapes of `E'...'`. Source: PostgreSQL's manual, 4.1.2.2."""

import re

from gateway.errors import SyntaxNotSupported, SyntaxRefused

ESCAPE = re.compile(
    r"""\\(?:u(?P<four>[0-9A-Fa-f]{4})|U(?P<eight>[0-9A-Fa-f]{8})|x(?P<byte>[0-9A-Fa-f]{1,2})|(?P<octal>[0-7]{1,3})
        |(?P<other>.))|''""",
    re.VERBOSE | re.DOTALL,
)
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


def unescaped(body: str) -> str:
    """What is meant by what stands between the quotes. Raises SyntaxRefused, SyntaxNotSupported."""
    return known_text(ESCAPE.sub(_escaped, body))


def known_text(text: str) -> str:
    """The text, if every character of it is one. Raises SyntaxRefused."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise SyntaxRefused("invalid Unicode escape value")
    return text


def _escaped(match: "re.Match[str]") -> str:
    if match["other"] is not None:
        if match["other"] in "uU":
            raise SyntaxRefused("invalid Unicode escape")
        return LETTERS.get(match["other"], match["other"])
    if match[0] == "''":
        return "'"
    number = match["four"] or match["eight"] or match["byte"]
    code = int(number, 16) if number else int(match["octal"], 8)
    if code > 0x10FFFF or (code > 0x7F and not (match["four"] or match["eight"])):
        raise SyntaxNotSupported(
            "an escape of a byte beside one by \\u is not supported: write the characters"
        )
    return chr(code)
