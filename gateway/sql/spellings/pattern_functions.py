"""PostgreSQL's functions and operators of patterns, in DuckDB's functions. What a pattern means is RE2's."""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.sql.names.naming import CALLED
from gateway.sql.templates import written

MOST_PATTERNS = 100
_GROUP = re.compile(r"(?<!\\)(?:\\\\)*\((?!\?)")
_LOOKS_BACK = re.compile(r"\^|\\[AbBmMyY<>]")
"""A pattern that asks what stands before it: what begins further on is another text to it."""
_STANDARD = {"%": ".*", "_": "."}


def named(node: exp.Expr, called: str) -> exp.Expr:
    node.meta[CALLED] = called
    return node


def _flagged(pattern: str, flags: str) -> str:
    return f"(?{flags}){pattern}" if flags else pattern


def _matched(arguments: list[exp.Expr]) -> exp.Expr | None:
    """`regexp_match`."""
    if len(arguments) not in (2, 3) or not all(each.is_string for each in arguments[1:]):
        return None
    return _first_match(arguments[0], arguments[1].name, arguments[2].name if len(arguments) == 3 else "")


def _found(arguments: list[exp.Expr], given: int, group: int = 0) -> exp.Expr | None:
    """All matches, `text, pattern, start, ..., flags` of which `given` stand before the flags; None: not as PostgreSQL
    finds them."""
    if len(arguments) == 2 and not group:
        return written("regexp_extract_all($1, $2)", arguments)
    flags = arguments[given].name if len(arguments) > given else ""
    start = arguments[2] if len(arguments) > 2 else exp.Literal.number(1)
    whole = arguments[1].is_string and _is_place(start) and all(map(_is_place, arguments[2:given]))
    if not whole or flags not in ("", "i") or (start.name != "1" and _LOOKS_BACK.search(arguments[1].name)):
        return None
    pattern = exp.Literal.string(_flagged(arguments[1].name, flags))
    if start.name == "1":
        return written(f"regexp_extract_all($1, $2, {group})", [arguments[0], pattern])
    return written(f"regexp_extract_all(substring($1, $3), $2, {group})", [arguments[0], pattern, start])


def _is_place(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_int and 0 < int(node.name) < 2**31


def _count(arguments: list[exp.Expr]) -> exp.Expr | None:
    """`regexp_count(text, pattern, start, flags)`."""
    found = _found(arguments, 3) if 2 <= len(arguments) <= 4 else None
    return None if found is None else written("len($1)", [found])


def _part(arguments: list[exp.Expr]) -> exp.Expr | None:
    """`regexp_substr(text, pattern, start, which, flags, group)`."""
    group = arguments[5] if len(arguments) == 6 else exp.Literal.number(0)
    if not 2 <= len(arguments) <= 6 or not (
        isinstance(group, exp.Literal) and group.is_int and int(group.name) < 10
    ):
        return None
    found = _found(arguments, 4, int(group.name))
    which = arguments[3] if len(arguments) > 3 else exp.Literal.number(1)
    return None if found is None else written("list_extract($1, $2)", [found, which])


def _first_match(text: exp.Expr, pattern: str, flags: str) -> exp.Expr | None:
    """What the groups of a pattern hold, or the whole match. A group that may be left out cannot tell itself from an
    empty one."""
    groups = len(_GROUP.findall(pattern))
    if flags not in ("", "i") or (groups and re.search(r"\)[?*|{]|\|", pattern)):
        return None
    flagged = exp.Literal.string(_flagged(pattern, flags))
    places = range(1, groups + 1) if groups else (0,)
    found = ", ".join(f'regexp_extract("#text", $2, {place})' for place in places)
    matched = f'CASE WHEN regexp_matches("#text", $2) THEN [{found}] END'
    return written(f'list_extract(list_transform([$1], lambda "#text": {matched}), 1)', [text, flagged])


def _place(node: exp.Expr) -> exp.Expr | None:
    """`regexp_instr(text, 'pattern')`: what stands before the first match, and one."""
    pattern = node.args.get("expression")
    if pattern is None or not pattern.is_string or len(node.args) > len(("this", "expression")):
        return None
    before = exp.Literal.string(f"(?s)^(.*?)(?:{pattern.name})")
    matched = (
        'CASE WHEN regexp_matches("#text", $2) THEN length(regexp_extract("#text", $3, 1)) + 1 ELSE 0 END'
    )
    known = f'CASE WHEN "#text" IS NOT NULL THEN {matched} END'
    return written(
        f'list_extract(list_transform([CAST($1 AS TEXT)], lambda "#text": {known}), 1)',
        [node.this, pattern, before],
    )


def _all_matches(node: exp.Expr) -> exp.Expr | None:
    """`regexp_matches(text, 'pattern', 'g')`: a row for each match, of the whole or of its one group. Without the flag
    it is DuckDB's test."""
    flag, pattern = node.args.get("flag"), node.expression
    if flag is None or flag.name not in ("g", "gi", "ig") or not pattern.is_string:
        return None
    groups = len(_GROUP.findall(pattern.name))
    if groups > 1:
        return None
    text = _flagged(pattern.name, "i" if "i" in flag.name else "")
    found = f'list_transform(regexp_extract_all($1, $2, {groups}), lambda "#match": ["#match"])'
    return named(written(f"unnest({found})", [node.this, exp.Literal.string(text)]), "regexp_matches")


def _like_listed(node: exp.Expr) -> exp.Expr | None:
    """`x LIKE ANY (ARRAY['a%', 'b%'])` of a column or a literal: one LIKE or another. ALL: one and another."""
    quantified = node.expression
    listed = quantified.this.unnest() if isinstance(quantified, exp.Any | exp.All) else None
    if not isinstance(listed, exp.Array) or not isinstance(node.this, exp.Column | exp.Literal):
        return None
    if not 0 < len(listed.expressions) <= MOST_PATTERNS or node.args.get("negate"):
        return None
    tests = [type(node)(this=node.this.copy(), expression=each.copy()) for each in listed.expressions]
    joined = exp.or_ if isinstance(quantified, exp.Any) else exp.and_
    return exp.paren(joined(*tests, copy=False), copy=False) if len(tests) > 1 else tests[0]


def _similar(node: exp.Expr) -> exp.Expr | None:
    """A pattern with `%`, which is nothing to a regular expression: as the standard has it, of the whole text."""
    pattern = node.expression.name if node.expression.is_string else ""
    if "%" not in pattern or "[" in pattern or "\\" in pattern or isinstance(node.this, exp.Star):
        return None
    wholly = re.sub(r"[.^$%_]", lambda found: _STANDARD.get(found[0], "\\" + found[0]), pattern)
    return written("regexp_full_match($1, $2)", [node.this, exp.Literal.string(f"(?s)(?:{wholly})")])


def _substring(node: exp.Expr) -> exp.Expr | None:
    """`substring(text FROM 'pattern')`: the first match, or what its first brackets hold."""
    start = node.args.get("start")
    if start is None or not start.is_string or node.args.get("length") is not None:
        return None
    group = 1 if re.search(r"(?<!\\)\((?!\?)", start.name) else 0
    return written(f"list_extract(regexp_extract_all($1, $2, {group}), 1)", [node.this, start])


CALLS: Mapping[str, Callable[[list[exp.Expr]], exp.Expr | None]] = {
    "regexp_count": _count,
    "regexp_match": _matched,
    "regexp_substr": _part,
}
"""By name, from the arguments."""
PATTERNS: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.ILike: _like_listed,
    exp.Like: _like_listed,
    exp.RegexpInstr: _place,
    exp.RegexpLike: _all_matches,
    exp.SimilarTo: _similar,
    exp.Substring: _substring,
}
"""By class of node."""
