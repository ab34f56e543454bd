"""PostgreSQL's spellings of what DuckDB has by another name. A name that DuckDB has too keeps DuckDB's meaning."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from sqlglot import exp

from gateway.sql.array_literals import as_list
from gateway.sql.dialect import DUCKDB
from gateway.sql.naming import CALLED, type_name

TEMPLATES: Mapping[tuple[str, int], str] = {
    ("array_remove", 2): 'list_filter($1, lambda "#item": "#item" IS DISTINCT FROM $2)',
    ("array_replace", 3):
        'list_transform($1, lambda "#item": CASE WHEN "#item" IS NOT DISTINCT FROM $2 THEN $3 ELSE "#item" END)',
    ("btrim", 1): "trim($1)",
    ("btrim", 2): "trim($1, $2)",
    ("every", 1): "bool_and($1)",
    ("initcap", 1): "array_to_string(list_transform(regexp_extract_all(lower($1), '[\\pL\\pN]+|[^\\pL\\pN]+'),"
                    ' lambda "#word": upper(left("#word", 1)) || substring("#word", 2)), \'\')',
    ("json_agg", 1): "to_json(array_agg($1))",
    ("jsonb_agg", 1): "to_json(array_agg($1))",
    ("json_object_agg", 2): "json_group_object($1, $2)",
    ("jsonb_object_agg", 2): "json_group_object($1, $2)",
    ("regexp_count", 2): "len(regexp_extract_all($1, $2))",
    ("regexp_substr", 2): "list_extract(regexp_extract_all($1, $2), 1)",
    ("to_hex", 1): "lower((hex($1)))",
}  # fmt: skip
"""By name and number of arguments; each argument stands there once, or texts would grow with every level."""

RENAMED = {
    "json_build_array": "json_array",
    "jsonb_build_array": "json_array",
    "json_build_object": "json_object",
    "jsonb_build_object": "json_object",
}
CODINGS = {
    ("encode", "hex"): "lower((hex($1)))", ("encode", "base64"): "to_base64($1)",
    ("decode", "hex"): "unhex($1)", ("decode", "base64"): "from_base64($1)",
}  # fmt: skip
UNITS = {
    "MIN": "MINUTE", "MINS": "MINUTE", "SEC": "SECOND", "SECS": "SECOND", "HR": "HOUR", "HRS": "HOUR", "MON": "MONTH",
    "MONS": "MONTH", "YR": "YEAR", "YRS": "YEAR", "H": "HOUR", "M": "MINUTE", "S": "SECOND", "D": "DAY", "W": "WEEK",
    "Y": "YEAR",
}  # fmt: skip
PATHS = {
    "json_extract_path": "json_extract", "json_extract_path_text": "json_extract_string",
    "jsonb_extract_path": "json_extract", "jsonb_extract_path_text": "json_extract_string",
}  # fmt: skip
WORDS = frozenset({"current_schema", "current_role"})
"""Functions without brackets, which the parser takes for columns."""


def respelled(node: exp.Expr) -> exp.Expr | None:
    """What stands in DuckDB for a node; None: the node itself."""
    if isinstance(node.parent, exp.Dot) or (isinstance(node, exp.Func) and not node.args.get("this")):
        return None
    find = _BY_NODE.get(type(node))
    found = find(node) if find is not None else None
    called = node.name.lower() if isinstance(node, exp.Anonymous) else node.meta_get(CALLED)
    called = called or ("substring" if isinstance(node, exp.Substring) else None)
    called = called or ("initcap" if isinstance(node, exp.Initcap) else None)
    if found is not None and called:
        found.meta[CALLED] = called
    return found


def _call(node: exp.Expr) -> exp.Expr | None:
    name, arguments = str(node.this).lower(), node.expressions
    if name in RENAMED:
        return exp.Anonymous(this=RENAMED[name], expressions=arguments)
    if name in PATHS and len(arguments) > 1 and all(key.is_string for key in arguments[1:]):
        return _at_path(PATHS[name], arguments[0], [key.name for key in arguments[1:]])
    if len(arguments) == 2 and arguments[1].is_string and (name, arguments[1].name.lower()) in CODINGS:
        return written(CODINGS[name, arguments[1].name.lower()], arguments[:1])
    template = TEMPLATES.get((name, len(arguments)))
    return None if template is None else written(template, arguments)


def written(template: str, arguments: list[exp.Expr]) -> exp.Expr:
    """The template's expression, over copies of the arguments."""
    tree = exp.Paren(this=_parsed(template).copy())
    for place in list(tree.find_all(exp.Placeholder)):
        place.replace(arguments[int(place.name) - 1].copy())
    made: exp.Expr = tree.this
    return made.pop()


@lru_cache(maxsize=100)
def _parsed(template: str) -> exp.Expr:
    select = DUCKDB.parse(f"SELECT {template}")[0]
    assert isinstance(select, exp.Select)
    for node in select.walk():
        node._meta = None  # noqa: SLF001  as of all that is parsed (`syntax.py`)
    found: exp.Expr = select.expressions[0]
    return found


def _at_path(function: str, value: exp.Expr, keys: list[str]) -> exp.Expr | None:
    """A digit is a place in a list, or a key: only the value tells."""
    if any(not key or key.isdigit() or '"' in key or "\\" in key or key.startswith("-") for key in keys):
        return None
    path = "$" + "".join(f'."{key}"' for key in keys)
    return written(f"{function}($1, $2)", [value, exp.Literal.string(path)])


def _json_operator(node: exp.Expr) -> exp.Expr | None:
    """`#>` and `#>>`."""
    path = node.expression.name if node.expression.is_string else ""
    if not re.fullmatch(r"\{[^{}\"\\]+\}", path):
        return None
    function = "json_extract_string" if isinstance(node, exp.JSONBExtractScalar) else "json_extract"
    return _at_path(function, node.this, [key.strip() for key in path[1:-1].split(",")])


def _cast(node: exp.Expr) -> exp.Expr | None:
    """Texts of bytes and of lists are written otherwise. Strings that are no such texts stay as they are."""
    text = node.this.name if node.this.is_string else ""
    kind = node.args["to"].this
    if kind in (exp.DType.VARBINARY, exp.DType.BLOB) and re.fullmatch(r"\\x([0-9A-Fa-f]{2})+", text):
        made = written("CAST($1 AS BLOB)", [exp.Literal.string(re.sub("..", r"\\x\g<0>", text[2:]))])
    elif kind in (exp.DType.ARRAY, exp.DType.LIST) and (found := as_list(node.this, node.args["to"])):
        made = found
    else:
        return None
    made.meta[CALLED] = type_name(node.args["to"])
    return made


def _substring(node: exp.Expr) -> exp.Expr | None:
    """`substring(text FROM 'pattern')`: the first match, or what its first brackets hold."""
    start = node.args.get("start")
    if start is None or not start.is_string or node.args.get("length") is not None:
        return None
    group = 1 if re.search(r"(?<!\\)\((?!\?)", start.name) else 0
    return written(f"list_extract(regexp_extract_all($1, $2, {group}), 1)", [node.this, start])


def _interval(node: exp.Expr) -> exp.Expr | None:
    unit = node.args.get("unit")
    full = UNITS.get(unit.name.upper()) if isinstance(unit, exp.Var) else None
    return None if full is None else exp.Interval(this=node.this.copy(), unit=exp.Var(this=full))


def _fetch(node: exp.Expr) -> exp.Expr | None:
    """`FETCH FIRST n ROWS ONLY` is LIMIT n."""
    options = node.args.get("limit_options")
    if options is not None and (options.args.get("percent") or options.args.get("with_ties")):
        return None
    return exp.Limit(expression=(node.args.get("count") or exp.Literal.number(1)).copy())


def _word(node: exp.Expr) -> exp.Expr | None:
    plain = not node.args.get("table") and not node.this.args.get("quoted")
    return exp.Anonymous(this=node.name.lower()) if plain and node.name.lower() in WORDS else None


def _array_length(node: exp.Expr) -> exp.Expr | None:
    """Of an empty list NULL, where the dimension is named."""
    dimension = node.args.get("expression")
    if dimension is None or dimension.name != "1":
        return None
    return written("nullif(len($1), 0)", [node.this])


_BY_NODE: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Anonymous: _call,
    exp.ArraySize: _array_length,
    exp.Cast: _cast,
    exp.Column: _word,
    exp.Fetch: _fetch,
    exp.Hex: lambda node: written(TEMPLATES["to_hex", 1], [node.this]) if _called(node) == "to_hex" else None,
    exp.Initcap: lambda node: written(TEMPLATES["initcap", 1], [node.this]),
    exp.Interval: _interval,
    exp.JSONBExtract: _json_operator,
    exp.JSONBExtractScalar: _json_operator,
    exp.Substring: _substring,
}
NODES = tuple(_BY_NODE)


def _called(node: exp.Expr) -> str:
    return str(node.meta_get(CALLED) or "")
