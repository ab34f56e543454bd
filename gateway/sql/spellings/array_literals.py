"""PostgreSQL's way to write a list as a text: `{a,"b c",NULL}`, nested, perhaps with bounds (`[0:1]={a,b}`)."""

import re
from collections.abc import Iterator

from sqlglot import exp

from gateway.sql.nodes import Nodes
from gateway.sql.totality import FAMILIES, T, is_constant

MAX_DIMENSIONS = 6
BESIDE_LISTS = (
    exp.EQ,
    exp.NEQ,
    exp.LT,
    exp.LTE,
    exp.GT,
    exp.GTE,
    exp.ArrayContainsAll,
    exp.ArrayContainedBy,
    exp.ArrayOverlaps,
)
_WHOLE, _TEXTUAL = FAMILIES[0], FAMILIES[2]
Listed = list["str | Listed | None"]
_BOUNDS = re.compile(r"\A\s*(?:\[[\d:+-]+\])+\s*=\s*")
_TOKEN = re.compile(
    r'\s*(?:(?P<mark>[{},])|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^{},"\\]+(?:\\.[^{},"\\]*)*))\s*',
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def listed(text: str) -> Listed | None:
    """The items as texts; None: it is no such text."""
    body = _BOUNDS.sub("", text)
    root: Listed = []
    stack = [root]
    at = 0
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None or (len(stack) == 1 and match["mark"] != "{") or len(stack) > MAX_DIMENSIONS + 1:
            return None
        _take(match, stack)
        at = match.end()
    if len(stack) != 1 or len(root) != 1 or not isinstance(root[0], list):
        return None
    return root[0]


def _take(match: re.Match[str], stack: list[Listed]) -> None:
    if match["mark"] == "{":
        inner: Listed = []
        stack[-1].append(inner)
        stack.append(inner)
    elif match["mark"] == "}":
        stack.pop()
    elif match["quoted"] is not None:
        stack[-1].append(_ESCAPE.sub(r"\1", match["quoted"]))
    elif match["plain"] is not None:
        plain = match["plain"].strip()
        stack[-1].append(None if plain.upper() == "NULL" else _ESCAPE.sub(r"\1", plain))


def as_list(text: exp.Expr, kind: exp.DataType) -> exp.Cast | None:
    """A literal as a value of a list's type. None: it is no text of a list."""
    found = listed(text.name) if isinstance(text, exp.Literal) and text.is_string else None
    return None if found is None else exp.Cast(this=_node(found), to=kind.copy())


def _node(value: "str | Listed | None") -> exp.Expr:
    if value is None:
        return exp.Null()
    if isinstance(value, str):
        return exp.Literal.string(value)
    return exp.Array(expressions=[_node(item) for item in value])


def type_lists(nodes: Nodes) -> None:
    """Make the lists that they are of texts beside lists, `tags @> '{a,b}'`, and of those that ANY takes, `id = ANY
    ('{1,2}')`, where each item surely fits. Changes their tree."""
    for node in nodes.of_any(BESIDE_LISTS):
        for text, kind in _beside(node.this, node.expression):
            made = as_list(text, kind)
            if made is not None and all(
                _fits(item, kind.expressions[0]) for item in made.find_all(exp.Literal)
            ):
                made.type = kind
                text.replace(made)


def _beside(left: exp.Expr, right: exp.Expr) -> Iterator[tuple[exp.Expr, exp.DataType]]:
    """Where a text may be a list, and of which type."""
    for one, other in ((left, right), (right, left)):
        kind = other.type
        if kind is not None and kind.this in (T.ARRAY, T.LIST):
            yield one.unnest(), kind
        if kind is not None and (taken := _taken_by_any(one)) is not None:
            yield taken.unnest(), exp.DataType(this=T.ARRAY, expressions=[kind.copy()], nested=True)


def _taken_by_any(node: exp.Expr) -> exp.Expr | None:
    """What ANY or ALL takes."""
    taken: exp.Expr | None = None
    if isinstance(node, exp.Any):
        taken = node.this
    elif isinstance(node, exp.Anonymous) and str(node.this).lower() == "all" and len(node.expressions) == 1:
        taken = node.expressions[0]
    return taken


def _fits(item: exp.Literal, kind: exp.DataType) -> bool:
    if kind.this in (T.ARRAY, T.LIST):
        return _fits(item, kind.expressions[0])
    if kind.this in _WHOLE:
        return kind.this is not T.DECIMAL and re.fullmatch(r"[+-]?\d{1,18}", item.this) is not None
    return kind.this in _TEXTUAL or is_constant(exp.Cast(this=item.copy(), to=kind.copy()))
