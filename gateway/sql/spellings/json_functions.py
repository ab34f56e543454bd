"""PostgreSQL's operators and functions of jsonb, in DuckDB's functions. Source: PostgreSQL's manual, 8.14.3 and 9.16.

What is asked of a value in more than one place is bound by a lambda, so that the value stands there once.
"""

import json
import re
from collections.abc import Mapping, Sequence

from sqlglot import exp

from gateway.errors import StatementTooComplex, SyntaxNotSupported
from gateway.sql.literals import cast, is_null
from gateway.sql.names.naming import CALLED
from gateway.sql.spellings.array_literals import as_list
from gateway.sql.templates import text_literal, written
from gateway.sql.totality import kind_of

JSON = (exp.DType.JSON, exp.DType.JSONB)
MAKE_JSON = (exp.JSONArray, exp.JSONObject, exp.JSONExtract, exp.ParseJSON, exp.JSONStripNulls)
CALLS_MAKE_JSON = frozenset("json_array json_object json_group_object to_json json_remove json_set".split())
MOST_PARTS, DEEPEST = 100, 10
"""Of a value that another is asked for: each part is a test of its own."""
EXACT_IN_DOUBLE = 2**53
_VALUE = '"#value"'
_ITEMS = "CAST(json_extract({0}, '$[*]') AS JSON[])"
"""In a cast: DuckDB takes `value -> path` before a lambda for one."""
_MAP = "CAST({0} AS MAP(VARCHAR, JSON))"
_TEXT_OF_ITEM = "CASE WHEN json_type(\"#item\") = 'VARCHAR' THEN json_extract_string(\"#item\", '$') END"
_TOP_KEYS = f"""
CASE json_type("#value") WHEN 'OBJECT' THEN json_keys("#value")
WHEN 'ARRAY' THEN list_transform({_ITEMS.format(_VALUE)}, lambda "#item": {_TEXT_OF_ITEM})
WHEN 'VARCHAR' THEN [json_extract_string("#value", '$')] ELSE [] END
"""
KEY_TESTS: Mapping[type[exp.Expr], str] = {
    exp.JSONBContainsTopKey: "list_contains",
    exp.JSONBExists: "list_contains",
    exp.JSONBContainsAnyTopKeys: "list_has_any",
    exp.JSONBContainsAllTopKeys: "list_has_all",
}
"""`?`, `?|` and `?&`: what they ask of the list of keys, or of texts, on the uppermost level."""
_LEFT, _RIGHT = '"#two"[1]', '"#two"[2]'


def _as_list(value: str) -> str:
    return f"CASE json_type({value}) WHEN 'ARRAY' THEN {_ITEMS.format(value)} ELSE [{value}] END"


_OF_TWO = 'list_extract(list_transform([[{0}, {1}]], lambda "#two": {2}), 1)'
JOINED = _OF_TWO.format(
    "$1",
    "$2",
    f"""
CASE WHEN {_LEFT} IS NULL OR {_RIGHT} IS NULL THEN NULL
WHEN json_type({_LEFT}) = 'OBJECT' AND json_type({_RIGHT}) = 'OBJECT'
THEN to_json(map_concat({_MAP.format(_LEFT)}, {_MAP.format(_RIGHT)}))
ELSE to_json(list_concat({_as_list(_LEFT)}, {_as_list(_RIGHT)})) END
""",
)
"""Of two objects one with the keys of both; anything else is joined as lists."""
_WITHOUT = """
list_extract(list_transform([$1], lambda "#value": CASE json_type("#value")
WHEN 'OBJECT' THEN to_json(map_from_entries(list_filter(map_entries({map}), lambda "#entry": NOT {key})))
WHEN 'ARRAY' THEN to_json(list_filter({items}, lambda "#item": coalesce(NOT {item}, true)))
END), 1)
"""


def _without(test: str) -> str:
    return _WITHOUT.format(
        map=_MAP.format(_VALUE),
        items=_ITEMS.format(_VALUE),
        key=test.format("struct_extract(\"#entry\", 'key')"),
        item=test.format(_TEXT_OF_ITEM),
    )


WITHOUT_KEY = _without("({0} = $2)")
WITHOUT_KEYS = _without("list_contains($2, {0})")
WITHOUT_PLACE = f"""
list_extract(list_transform([$1], lambda "#value":
to_json(list_filter({_ITEMS.format(_VALUE)}, lambda "#item", "#at":
"#at" <> CASE WHEN $2 < 0 THEN json_array_length("#value") + $2 + 1 ELSE $2 + 1 END))), 1)
"""
_SET = 'json_{verb}("#two"[1], {path}, "#two"[2])'
_SET_BELOW = 'CASE WHEN json_exists("#two"[1], {parent}) THEN {made} ELSE "#two"[1] END'


def key_test(node: exp.Expr) -> exp.Expr | None:
    """`jsonb ? 'key'` and its kind."""
    wanted = node.args.get("path") or node.args.get("expression")
    if wanted is None:
        return None
    if wanted.is_string and KEY_TESTS[type(node)] != "list_contains":
        wanted = as_list(wanted, exp.DataType.build("TEXT[]")) or wanted
    test = f'CASE WHEN "#value" IS NOT NULL THEN {KEY_TESTS[type(node)]}({_TOP_KEYS}, $2) END'
    made = written(
        f'list_extract(list_transform([CAST($1 AS JSON)], lambda "#value": {test}), 1)', [node.this, wanted]
    )
    return _unnamed(made)


def deleted(node: exp.Expr) -> exp.Expr:
    """`jsonb #- '{a,b}'`."""
    path = _path(_keys(node.expression))
    return _unnamed(written(f"CAST(json_remove(CAST($1 AS JSON), {path}) AS JSONB)", [node.this]))


def changed(arguments: Sequence[exp.Expr]) -> exp.Expr | None:
    """`jsonb_set(value, path, new, create)`: only where what the last key stands in is there."""
    create = arguments[3] if len(arguments) == 4 else exp.true()
    if not isinstance(create, exp.Boolean) or len(arguments) not in (3, 4):
        return None
    keys = _keys(arguments[1])
    made = _SET.format(verb="set" if create.this else "replace", path=_path(keys))
    if len(keys) > 1:
        made = _SET_BELOW.format(parent=_path(keys[:-1]), made=made)
    both = f"CASE WHEN {_LEFT} IS NOT NULL AND {_RIGHT} IS NOT NULL THEN {made} END"
    template = _OF_TWO.format("CAST($1 AS JSON)", "CAST($2 AS JSON)", both)
    return written(f"CAST({template} AS JSONB)", [arguments[0], arguments[2]])


def contains(whole: exp.Expr, part: exp.Expr) -> exp.Expr:
    """`whole @> part`, where the part is written out. Raises SyntaxNotSupported, StatementTooComplex."""
    if is_null(part):
        return cast(exp.Null(), "BOOLEAN")
    text = part.unnest()
    while isinstance(text, exp.Cast):
        text = text.this.unnest()
    if not text.is_string:
        raise SyntaxNotSupported("@> and <@ of jsonb need the value that is contained written out")
    try:
        wanted = json.loads(text.name)
    except (ValueError, RecursionError) as error:
        raise SyntaxNotSupported("invalid input syntax for type json") from error
    if _parts(wanted) > MOST_PARTS:
        raise StatementTooComplex(f"a value with more than {MOST_PARTS} parts is not supported in @> and <@")
    test = _holds(_VALUE, wanted, 0)
    if not isinstance(wanted, dict | list):
        test = f"({test} OR {_holds(_VALUE, [wanted], 0)})"
    test = f'CASE WHEN "#value" IS NOT NULL THEN coalesce({test}, false) END'
    return written(f'list_extract(list_transform([CAST($1 AS JSON)], lambda "#value": {test}), 1)', [whole])


def _parts(wanted: object, level: int = 0) -> int:
    if level > DEEPEST:
        raise StatementTooComplex(f"a value deeper than {DEEPEST} levels is not supported in @> and <@")
    items = wanted.values() if isinstance(wanted, dict) else wanted if isinstance(wanted, list) else ()
    return 1 + sum(_parts(item, level + 1) for item in items)


def _holds(value: str, wanted: object, level: int) -> str:
    """The test in SQL whether a value, by its name in SQL, contains what is wanted; NULL is as good as false."""
    inner = f'"#part {level}"'
    if isinstance(wanted, dict):
        tests = [
            f"list_extract(list_transform([json_extract({value}, {_path([key])})],"
            f" lambda {inner}: {_holds(inner, item, level + 1)}), 1)"
            for key, item in wanted.items()
        ]
        return " AND ".join([f"(json_type({value}) = 'OBJECT')", *tests])
    if isinstance(wanted, list):
        tests = [
            f"(len(list_filter({_ITEMS.format(value)},"
            f" lambda {inner}: coalesce({_holds(inner, item, level + 1)}, false))) > 0)"
            for item in wanted
        ]
        return " AND ".join([f"(json_type({value}) = 'ARRAY')", *tests])
    if isinstance(wanted, str):
        return (
            f"(json_type({value}) = 'VARCHAR' AND json_extract_string({value}, '$') = {text_literal(wanted)})"
        )
    if wanted is None:
        return f"(json_type({value}) = 'NULL')"
    if isinstance(wanted, bool):
        return f"(json_type({value}) = 'BOOLEAN' AND CAST({value} AS TEXT) = '{str(wanted).lower()}')"
    return _is_number(value, wanted)


def _is_number(value: str, wanted: object) -> str:
    if not isinstance(wanted, int | float) or not abs(wanted) < EXACT_IN_DOUBLE:
        raise SyntaxNotSupported("a number as large as this is not supported in @> and <@ of jsonb")
    kinds = "'DOUBLE', 'BIGINT', 'UBIGINT', 'HUGEINT'"
    return f"(json_type({value}) IN ({kinds}) AND TRY_CAST({value} AS DOUBLE) = CAST('{wanted!r}' AS DOUBLE))"


def is_json(node: exp.Expr, levels: int = DEEPEST) -> bool:
    """Of a typed tree, whose operators may not have been written out yet: so many levels of them are looked at."""
    node = node.unnest()
    if isinstance(node, exp.DPipe | exp.Sub) and levels:
        sides = (node.left, node.right) if isinstance(node, exp.DPipe) else (node.left,)
        return any(is_json(side, levels - 1) for side in sides)
    called = node.name.lower() if isinstance(node, exp.Anonymous) else ""
    return kind_of(node) in JSON or isinstance(node, MAKE_JSON) or called in CALLS_MAKE_JSON


def _keys(path: exp.Expr) -> list[str]:
    """Of a path of keys that is written out, as `'{a,b}'` or a list. A digit is a place in a list, or a key: only the
    value tells. Raises SyntaxNotSupported."""
    path = path.unnest()
    keys: list[str] = []
    if path.is_string and re.fullmatch(r"\{[^{}\"\\]+\}", path.name):
        keys = [key.strip() for key in path.name[1:-1].split(",")]
    elif isinstance(path, exp.Array) and all(key.is_string for key in path.expressions):
        keys = [key.name for key in path.expressions]
    if not keys or any(not key or key.lstrip("-").isdigit() for key in keys):
        raise SyntaxNotSupported("a path in jsonb must be written out, and be one of keys: '{a,b}'")
    return keys


def _path(keys: Sequence[str]) -> str:
    if any('"' in key or "\\" in key or "\0" in key for key in keys):
        raise SyntaxNotSupported("a key with a quotation mark or a backslash is not supported in jsonb")
    return text_literal("$" + "".join(f'."{key}"' for key in keys))


def _unnamed(node: exp.Expr) -> exp.Expr:
    node.meta[CALLED] = "?column?"
    return node
