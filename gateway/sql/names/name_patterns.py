"""Conditions on the names of columns: what stands in COLUMNS(...) and behind `* LIKE`.

They are decided here, on names that the principal may see, never by the engine. Patterns are RE2's, as in DuckDB: Arrow
brings the same library, whose time is linear in the text.
"""

import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from gateway.errors import SyntaxNotSupported, SyntaxRefused


def matches(pattern: str, name: str) -> bool:
    """Whether the regular expression is found in the name. Raises SyntaxRefused for one that is malformed."""
    return bool(_arrow(pc.match_substring_regex, name, pattern=pattern))


def named_by(pattern: str, template: str, name: str) -> str:
    r"""`COLUMNS('(.*)_id') AS '\1'`: the alias, with what the pattern found in the name; `\0` is the name."""
    whole = f"(?s)^.*?(?:{pattern}).*$"
    parts = template.split(r"\0")
    return name.join(
        str(_arrow(pc.replace_substring_regex, name, pattern=whole, replacement=part)) for part in parts
    )


def _arrow(function: "Callable[..., pa.Array[pa.Scalar[pa.DataType]]]", name: str, **options: str) -> object:
    try:
        return function(pa.array([name]), **options)[0].as_py()
    except pa.ArrowInvalid as error:
        raise SyntaxRefused("COLUMNS has a malformed regular expression") from error


def holds(condition: exp.Expr, argument: str, name: str) -> bool:
    """Whether a condition over `argument`, the name of a column, holds. Raises SyntaxNotSupported."""
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        return holds(condition.left, argument, name) and holds(condition.right, argument, name)
    if isinstance(condition, exp.Or):
        return holds(condition.left, argument, name) or holds(condition.right, argument, name)
    if isinstance(condition, exp.Not):
        return not holds(condition.this, argument, name)
    if isinstance(condition, exp.In):
        return _text(condition.this, argument, name) in [
            _text(e, argument, name) for e in condition.expressions
        ]
    test = TESTS.get(type(condition))
    if test is None or set(condition.args) - {"this", "expression", "negate"} - IGNORED.get(
        type(condition), set()
    ):
        raise SyntaxNotSupported(
            "COLUMNS knows conditions with =, LIKE, SIMILAR TO, IN and the like over names only"
        )
    found = test(_text(condition.this, argument, name), _text(condition.expression, argument, name))
    return found is not bool(condition.args.get("negate"))


def _text(node: exp.Expr, argument: str, name: str) -> str:
    node = node.unnest()
    if isinstance(node, exp.Literal) and node.is_string:
        return str(node.this)
    if isinstance(node, exp.Lower):
        return _text(node.this, argument, name).lower()
    if isinstance(node, exp.Upper):
        return _text(node.this, argument, name).upper()
    if isinstance(node, exp.Identifier | exp.Star) and node.name == argument:
        return name
    raise SyntaxNotSupported("COLUMNS compares the name of a column with texts only")


def _like(text: str, pattern: str) -> bool:
    return matches(rf"(?s)\A{_wildcards(pattern, {'%': '.*', '_': '.'})}\z", text)


def _glob(text: str, pattern: str) -> bool:
    if set(pattern) & {"[", "]", "\\"}:
        raise SyntaxNotSupported("GLOB over names of columns knows * and ? only")
    return matches(rf"(?s)\A{_wildcards(pattern, {'*': '.*', '?': '.'})}\z", text)


def _wildcards(pattern: str, meanings: Mapping[str, str]) -> str:
    return "".join(meanings.get(character) or re.escape(character) for character in pattern)


TESTS: dict[type[exp.Expr], Callable[[str, str], bool]] = {
    exp.EQ: lambda text, other: text == other,
    exp.NEQ: lambda text, other: text != other,
    exp.Like: _like,
    exp.ILike: lambda text, pattern: _like(text.lower(), pattern.lower()),
    exp.Glob: _glob,
    exp.SimilarTo: lambda text, pattern: matches(rf"\A(?:{pattern})\z", text),
    exp.RegexpLike: lambda text, pattern: matches(pattern, text),
    exp.RegexpFullMatch: lambda text, pattern: matches(rf"\A(?:{pattern})\z", text),
    exp.StartsWith: lambda text, start: text.startswith(start),
    exp.EndsWith: lambda text, end: text.endswith(end),
    exp.Contains: lambda text, part: part in text,
}
IGNORED: dict[type[exp.Expr], set[str]] = {exp.RegexpLike: {"full_match"}, exp.Contains: {"json_scope"}}
