r"""`\m`, `\M`, `\y`, `\Y` and `\Z` of PostgreSQL's patterns, in RE2's words. Source: PostgreSQL's manual, 9.7.3.5.

RE2 has one sign for a word's beginning and its end, `\b`; it means either where a letter stands beside it. Its words
are of ASCII letters, digits and `_`. None of the five is anything to RE2, so no pattern of DuckDB's is read otherwise.
"""

import re

from sqlglot import exp

from gateway.errors import SyntaxNotSupported

_PARTS = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|.", re.DOTALL)
"""An escape, a class in brackets, or one character."""
_ONE = r"(?:\w|\\[wd]|\[(?:\w-\w|\w)+\]|\[\[:(?:alnum|alpha|digit|lower|upper):\]\])"
_WORD = re.compile(_ONE)
_SURE = re.compile(_ONE + r"(?![*?]|\{[^1-9])")
_OPENING = re.compile(r"\(\?[:i]*:|\(")
_SAME = {r"\y": r"\b", r"\Y": r"\B", r"\Z": r"\z"}
_BORDERS = re.compile(r"\\[mMyYZ]")
CALLED = frozenset(
    "regexp_match regexp_split_to_array regexp_split_to_table regexp_count regexp_substr".split()
)
"""Functions that the parser knows by their names only; the pattern is their second argument."""
WITH_PATTERN = (
    exp.Anonymous, exp.RegexpLike, exp.RegexpILike, exp.RegexpReplace, exp.RegexpInstr, exp.RegexpExtract,
    exp.RegexpExtractAll, exp.RegexpFullMatch, exp.RegexpSplit, exp.Substring,
)  # fmt: skip


def write_borders(node: exp.Expr) -> None:
    """Of a node that may have a pattern, where it is written out. Changes it; raises SyntaxNotSupported."""
    if isinstance(node, exp.Anonymous):
        pattern = node.expressions[1] if node.name.lower() in CALLED and len(node.expressions) > 1 else None
    else:
        pattern = node.args.get("start" if isinstance(node, exp.Substring) else "expression")
    if isinstance(pattern, exp.Literal) and pattern.is_string and _BORDERS.search(pattern.name):
        pattern.replace(exp.Literal.string(_respelled(pattern.name)))


def _respelled(pattern: str) -> str:
    parts = _PARTS.findall(pattern)
    made = []
    for at, part in enumerate(parts):
        if (part == r"\m" and not _begins(parts[at + 1 :])) or (part == r"\M" and not _ends(parts[:at])):
            raise SyntaxNotSupported(
                rf"{part} needs a letter, a digit or _ beside it: \y is any border of a word"
            )
        made.append(r"\b" if part in (r"\m", r"\M") else _SAME.get(part, part))
    return "".join(made)


def _begins(parts: list[str]) -> bool:
    """Whether what follows begins with a part of a word, in each of its alternatives."""
    whole = rest = "".join(parts)
    while opening := _OPENING.match(rest):
        rest = rest[opening.end() :]
    alternatives = [rest] if rest == whole else rest.split("|")
    maybe_empty = rest != whole and re.search(r"\)[*?{]", rest)
    return not maybe_empty and all(_SURE.match(each) for each in alternatives)


def _ends(parts: list[str]) -> bool:
    """Whether what stands before ends with a part of a word, in each of its alternatives."""
    if not parts:
        return False
    last, before = parts[-1], parts[:-1]
    if last == "+":
        return _ends(before)
    if last == "}" and "{" in before:
        opened = len(before) - 1 - before[::-1].index("{")
        return before[opened + 1 : opened + 2] != ["0"] and _ends(before[:opened])
    if last in ("?", "*") and before and _WORD.fullmatch(before[-1]):
        return _ends(before[:-1])
    if last != ")":
        return bool(_WORD.fullmatch(last))
    opened = max((at for at, part in enumerate(before) if part == "("), default=0)
    inside = before[opened + 1 :]
    if ")" in inside:
        return False
    ends = [at for at, part in enumerate(inside) if part == "|"] + [len(inside)]
    return all(at > 0 and _WORD.fullmatch(inside[at - 1]) for at in ends)
