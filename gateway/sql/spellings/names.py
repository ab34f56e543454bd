"""PostgreSQL's spellings of what DuckDB has by another name. A name that DuckDB has too keeps DuckDB's meaning."""

import re
from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.sql.names.naming import CALLED, result_name
from gateway.sql.spellings.array_literals import as_list
from gateway.sql.spellings.first_rows import first_rows
from gateway.sql.spellings.intervals import PLAIN, in_parts
from gateway.sql.spellings.pattern_functions import CALLS, PATTERNS, named
from gateway.sql.templates import written

_JSON_TYPE = (
    "CASE json_type($1) WHEN 'OBJECT' THEN 'object' WHEN 'ARRAY' THEN 'array' WHEN 'VARCHAR' THEN 'string'"
    " WHEN 'BOOLEAN' THEN 'boolean' WHEN 'NULL' THEN 'null' WHEN 'DOUBLE' THEN 'number' WHEN 'BIGINT' THEN 'number'"
    " WHEN 'UBIGINT' THEN 'number' WHEN 'HUGEINT' THEN 'number' END"
)
TEMPLATES: Mapping[tuple[str, int], str] = {
    ("array_lower", 2): "nullif(least(len($1), $2), 0)",
    ("array_positions", 2):
        'list_filter(list_transform($1, lambda "#item", "#at": CASE WHEN "#item" IS NOT DISTINCT FROM $2 THEN "#at"'
        ' END), lambda "#found": "#found" IS NOT NULL)',
    ("array_remove", 2): 'list_filter($1, lambda "#item": "#item" IS DISTINCT FROM $2)',
    ("array_replace", 3):
        'list_transform($1, lambda "#item": CASE WHEN "#item" IS NOT DISTINCT FROM $2 THEN $3 ELSE "#item" END)',
    ("array_upper", 2): "nullif(len($1), 0 * $2)",
    ("btrim", 1): "trim($1)",
    ("btrim", 2): "trim($1, $2)",
    ("every", 1): "bool_and($1)",
    ("initcap", 1): "array_to_string(list_transform(regexp_extract_all(lower($1), '[\\pL\\pN]+|[^\\pL\\pN]+'),"
                    ' lambda "#word": upper(left("#word", 1)) || substring("#word", 2)), \'\')',
    ("json_agg", 1): "to_json(array_agg($1))",
    ("json_array_elements", 1): "unnest(json_extract($1, '$[*]'))",
    ("json_array_elements_text", 1): "unnest(json_extract_string($1, '$[*]'))",
    ("json_object_keys", 1): "unnest(json_keys($1))",
    ("json_typeof", 1): _JSON_TYPE,
    ("jsonb_array_elements", 1): "unnest(json_extract($1, '$[*]'))",
    ("jsonb_array_elements_text", 1): "unnest(json_extract_string($1, '$[*]'))",
    ("jsonb_object_keys", 1): "unnest(json_keys($1))",
    ("jsonb_typeof", 1): _JSON_TYPE,
    ("jsonb_agg", 1): "to_json(array_agg($1))",
    ("json_object_agg", 2): "json_group_object($1, $2)",
    ("jsonb_object_agg", 2): "json_group_object($1, $2)",
    ("regexp_split_to_table", 2): "unnest(regexp_split_to_array($1, $2))",
    ("string_to_array", 2):
        'list_extract(list_transform([$1], lambda "#text": CASE WHEN "#text" = \'\' THEN [] ELSE'
        ' string_split("#text", $2) END), 1)',
    ("string_to_array", 3): 'list_transform(string_split($1, $2), lambda "#text": nullif("#text", $3))',
    ("string_to_table", 2): "unnest(string_split($1, $2))",
    ("trim_array", 2): "list_slice($1, 1, -$2 - 1)",
    ("to_hex", 1): "lower((hex($1)))",
}  # fmt: skip
"""By name and number of arguments; each argument stands there once, or texts would grow with every level."""

RENAMED = {
    "json_build_array": "json_array",
    "jsonb_build_array": "json_array",
    "json_build_object": "json_object",
    "jsonb_array_length": "json_array_length",
    "jsonb_build_object": "json_object",
    "jsonb_pretty": "json_pretty",
    "jsonb_strip_nulls": "json_strip_nulls",
    "to_jsonb": "to_json",
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
TRUTHS = {
    **dict.fromkeys("t tr tru true y ye yes on 1".split(), True),
    **dict.fromkeys("f fa fal fals false n no of off 0".split(), False),
}  # fmt: skip
MOMENTS = (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ)
SPOKEN = {
    "now": "current_timestamp", "today": "current_date", "tomorrow": "(current_date + 1)",
    "yesterday": "(current_date - 1)",
}  # fmt: skip
COUNTED = ("num_nulls", "num_nonnulls")
PARTS = ("years", "months", "weeks", "days", "hours", "mins", "secs")
FULL = {"mins": "minutes"}
MONTHS = {
    name: month
    for month, names in enumerate(
        "jan january,feb february,mar march,apr april,may,jun june,jul july,aug august,sep sept september,oct october,"
        "nov november,dec december".split(","),
        start=1,
    )
    for name in names.split()
}
PATHS = {
    "json_extract_path": "json_extract", "json_extract_path_text": "json_extract_string",
    "jsonb_extract_path": "json_extract", "jsonb_extract_path_text": "json_extract_string",
}  # fmt: skip
_SPANS = 'list_extract("#spans", 1)', 'list_extract("#spans", 2)'
(_FIRST, _ENDS_FIRST), (_SECOND, _ENDS_SECOND) = (
    (f"list_min({span})", f"CASE WHEN list_count({span}) = 2 THEN list_max({span}) END") for span in _SPANS
)
_UNSURE = f"({_ENDS_FIRST}) IS NULL OR ({_ENDS_SECOND}) IS NULL THEN NULL"
OVERLAPS = (
    'list_extract(list_transform([[[$1, $2], [$3, $4]]], lambda "#spans": CASE'
    f" WHEN {_FIRST} > {_SECOND} THEN CASE WHEN {_FIRST} < ({_ENDS_SECOND}) THEN true WHEN {_UNSURE} ELSE false END"
    f" WHEN {_FIRST} < {_SECOND} THEN CASE WHEN {_SECOND} < ({_ENDS_FIRST}) THEN true WHEN {_UNSURE} ELSE false END"
    f" WHEN {_FIRST} = {_SECOND} THEN CASE WHEN {_UNSURE} ELSE true END END), 1)"
)
"""Half-open spans; one that is an instant begins there. Where an end is NULL, the other is the beginning."""
WORDS = frozenset({"current_schema", "current_role"})
"""Functions without brackets, which the parser takes for columns."""


def _call(node: exp.Expr) -> exp.Expr | None:
    name, arguments = str(node.this).lower(), node.expressions
    if name in RENAMED:
        return exp.Anonymous(this=RENAMED[name], expressions=arguments)
    if name in COUNTED and arguments:
        return _counted(arguments, null=name == "num_nulls")
    if name in CALLS:
        return CALLS[name](arguments)
    if name == "date_trunc" and len(arguments) == 3 and arguments[2].is_string:
        return written("timezone($3, date_trunc($1, timezone($3, $2)))", arguments)
    if name in PATHS and len(arguments) > 1 and all(key.is_string for key in arguments[1:]):
        return _at_path(PATHS[name], arguments[0], [key.name for key in arguments[1:]])
    if len(arguments) == 2 and arguments[1].is_string and (name, arguments[1].name.lower()) in CODINGS:
        return written(CODINGS[name, arguments[1].name.lower()], arguments[:1])
    if name == "array_fill" and len(arguments) == 2:
        return _filled(*arguments)
    if name in ("json_agg", "jsonb_agg"):
        arguments = [in_order(each) for each in arguments]
    template = TEMPLATES.get((name, len(arguments)))
    return None if template is None else written(template, arguments)


def in_order(given: exp.Expr) -> exp.Expr:
    """What an aggregate puts together of values that differ: in their order, as PostgreSQL, which sorts to tell them
    apart."""
    if not isinstance(given, exp.Distinct) or len(given.expressions) != 1:
        return given
    key = exp.Ordered(this=given.expressions[0].copy(), nulls_first=False)
    return exp.Order(this=given.copy(), expressions=[key])


def _filled(value: exp.Expr, sizes: exp.Expr) -> exp.Expr | None:
    """`array_fill(value, ARRAY[size])`."""
    if not isinstance(sizes, exp.Array) or len(sizes.expressions) != 1:
        return None
    return written('list_transform(range(0, $2), lambda "#at": $1)', [value, sizes.expressions[0]])


def _counted(arguments: list[exp.Expr], *, null: bool) -> exp.Expr:
    tests = ", ".join(f"(${place} IS {'' if null else 'NOT '}NULL)" for place in range(1, len(arguments) + 1))
    return written(f'len(list_filter([{tests}], lambda "#is": "#is"))', arguments)


def _interval_of(node: exp.Expr) -> exp.Expr | None:
    """`make_interval`: its parts in order, or by name."""
    parts: dict[str, exp.Expr] = {}
    for place, key in enumerate(("year", "month", "week", "day", "hour", "minute", "second")):
        value = node.args.get(key)
        if isinstance(value, exp.Kwarg):
            parts[value.this.name.lower()] = value.expression
        elif value is not None:
            parts[PARTS[place]] = value
    if not parts or not parts.keys() <= {*PARTS}:
        return None
    made = [
        f"to_seconds(CAST(${at} AS DOUBLE))"
        if name == "secs"
        else f"to_{FULL.get(name, name)}(CAST(${at} AS INTEGER))"
        for at, name in enumerate(parts, start=1)
    ]
    return named(written(f"({' + '.join(made)})", list(parts.values())), "make_interval")


def _overlaps(node: exp.Expr) -> exp.Expr | None:
    """Two spans of time, each two instants in any order, or one and an interval."""
    ends: list[exp.Expr] = []
    for span in (node.this, node.expression):
        if not isinstance(span, exp.Tuple) or len(span.expressions) != 2:
            return None
        start, end = span.expressions
        if isinstance(end, exp.Interval) or (isinstance(end, exp.Cast) and end.to.this is exp.DType.INTERVAL):
            end = exp.Add(this=start.copy(), expression=end.copy())
        ends += [start, end]
    return named(written(OVERLAPS, ends), "overlaps")


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
    """Sizes of texts, which the engine does not know, and texts of bytes, lists and intervals, which are written
    otherwise. Strings that are no such texts stay as they are."""
    made = _sized(node) or _unknown(node) or (_from_text(node) if node.this.is_string else None)
    if made is not None:
        made.meta[CALLED] = result_name(node)
    return made


def _sized(node: exp.Expr) -> exp.Expr | None:
    """`varchar(n)` cuts what is longer; so does `char(n)`, whose blanks at the end are not part of the value."""
    kind = node.args["to"]
    padded = kind.this in (exp.DType.CHAR, exp.DType.NCHAR)
    if kind.this not in (exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.NCHAR) or not (
        kind.expressions or padded
    ):
        return None
    size = kind.expressions[0].this.copy() if kind.expressions else exp.Literal.number(1)
    cut = "rtrim(left(CAST($1 AS TEXT), $2))" if padded else "left(CAST($1 AS TEXT), $2)"
    return _like(node, written(cut, [node.this, size]))


def _unknown(node: exp.Expr) -> exp.Expr | None:
    """Types that the engine has no equal of by their names."""
    kind = node.args["to"]
    name = str(kind.args.get("kind") or "").lower() if kind.this is exp.DType.USERDEFINED else ""
    template = {"name": "left(CAST($1 AS TEXT), 63)", "oid": "CAST(CAST($1 AS UINTEGER) AS BIGINT)"}.get(name)
    return None if template is None else written(template, [node.this])


def _from_text(node: exp.Expr) -> exp.Expr | None:
    text, kind = node.this.name, node.args["to"].this
    if kind in (exp.DType.VARBINARY, exp.DType.BLOB) and re.fullmatch(r"\\x([0-9A-Fa-f]{2})+", text):
        return written("CAST($1 AS BLOB)", [exp.Literal.string(re.sub("..", r"\\x\g<0>", text[2:]))])
    if kind in (exp.DType.ARRAY, exp.DType.LIST):
        return as_list(node.this, node.args["to"])
    if kind is exp.DType.BOOLEAN and text.strip().lower() in TRUTHS:
        return _like(node, exp.Boolean(this=TRUTHS[text.strip().lower()]))
    if kind in MOMENTS and (spoken := SPOKEN.get(text.strip().lower())):
        return _like(node, written(spoken, []))
    if kind is exp.DType.DATE and (day := _day(text)):
        return _like(node, exp.Literal.string(day))
    if kind is exp.DType.INTERVAL and not PLAIN.fullmatch(text):
        parts = in_parts(text)
        return None if parts is None else _like(node, exp.Literal.string(parts))
    return None


def _day(text: str) -> str | None:
    """A day that is written without hyphens, or with the name of its month; None: it is something else."""
    if re.fullmatch(r"\d{8}", text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    parts = re.fullmatch(
        r"(?i)(\d{1,2})[ -]([a-z]{3,9})[ -](\d{4})|([a-z]{3,9}) (\d{1,2}),? (\d{4})", text.strip()
    )
    if parts is None:
        return None
    day, name, year = parts.group(1, 2, 3) if parts[1] else parts.group(5, 4, 6)
    month = MONTHS.get(name.lower())
    return None if month is None else f"{year}-{month:02}-{int(day):02}"


def _like(node: exp.Expr, value: exp.Expr) -> exp.Expr:
    """The same cast, of something else."""
    return type(node)(this=value, to=node.args["to"].copy())


def _interval(node: exp.Expr) -> exp.Expr | None:
    unit = node.args.get("unit")
    full = UNITS.get(unit.name.upper()) if isinstance(unit, exp.Var) else None
    return None if full is None else exp.Interval(this=node.this.copy(), unit=exp.Var(this=full))


def _word(node: exp.Expr) -> exp.Expr | None:
    """`user` may be a column's name too, where there are columns."""
    name = node.name.lower() if not node.args.get("table") and not node.this.args.get("quoted") else ""
    if name == "user":
        select = node.find_ancestor(exp.Select)
        return None if select is None or select.args.get("from_") else named(exp.CurrentUser(), name)
    return exp.Anonymous(this=name) if name in WORDS else None


def _array_length(node: exp.Expr) -> exp.Expr | None:
    """Of an empty list NULL, where the dimension is named."""
    dimension = node.args.get("expression")
    template = {"1": "nullif(len($1), 0)", "2": "nullif(len(list_extract($1, 1)), 0)"}
    return (
        written(template[dimension.name], [node.this])
        if dimension is not None and dimension.name in template
        else None
    )


BY_NODE: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    exp.Anonymous: _call,
    exp.ArraySize: _array_length,
    exp.Cast: _cast,
    exp.TryCast: _cast,
    exp.Column: _word,
    exp.Fetch: first_rows,
    exp.Hex: lambda node: written(TEMPLATES["to_hex", 1], [node.this]) if _called(node) == "to_hex" else None,
    exp.Initcap: lambda node: written(TEMPLATES["initcap", 1], [node.this]),
    exp.Interval: _interval,
    exp.MakeInterval: _interval_of,
    exp.Overlaps: _overlaps,
    exp.JSONBExtract: _json_operator,
    exp.JSONBExtractScalar: _json_operator,
    **PATTERNS,
}
"""What stands in DuckDB for a node of a class; None: the node itself."""


def _called(node: exp.Expr) -> str:
    return str(node.meta_get(CALLED) or "")
