"""Names of result columns, as PostgreSQL gives them.

Rule: PostgreSQL's FigureColname (parse_target.c): a column's own name, a function's name, the name of a cast's
argument or else of its type, `case`, `exists`, `array`, `row`, a scalar subquery's column; everything else `?column?`.
"""

import re

from sqlglot import exp

from gateway.sql.names.scopes import USE, Scopes, ctes_in_sight

UNNAMED = "?column?"
CALLED = "called"
"""Key in a function's meta: the name it was called by."""

TYPE_NAMES = {
    "INT": "int4", "BIGINT": "int8", "SMALLINT": "int2", "DOUBLE": "float8", "FLOAT": "float4", "BOOLEAN": "bool",
    "DECIMAL": "numeric", "TEXT": "text", "VARCHAR": "varchar", "BLOB": "bytea", "VARBINARY": "bytea", "DATE": "date",
    "TIME": "time", "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz", "INTERVAL": "interval", "UUID": "uuid",
    "JSON": "json", "JSONB": "jsonb", "ARRAY": "array", "LIST": "array", "TIMESTAMPNTZ": "timestamp", "CHAR": "bpchar",
    "NCHAR": "bpchar", "BPCHAR": "bpchar",
}  # fmt: skip

SPELLED: dict[type[exp.Expr], str] = {
    exp.If: "case",
    exp.Exists: "exists",
    exp.Array: "array",
    exp.Struct: "row",
    exp.Tuple: "row",
    exp.Extract: "extract",
    exp.Substring: "substring",
    exp.StrPosition: "position",
    exp.AtTimeZone: "timezone",
    exp.CurrentTimestamp: "current_timestamp",
    exp.CurrentUser: "current_user",
    exp.GroupConcat: "string_agg",
    exp.RegexpLike: UNNAMED,
    exp.StartsWith: UNNAMED,
    **dict.fromkeys((exp.Abs, exp.Cbrt, exp.Sqrt), UNNAMED),
}
"""Of forms that are no calls of a name."""


def result_name(node: exp.Expr) -> str:
    """The name PostgreSQL would give to this item of a SELECT list."""
    return _figured(node)[0]


def _figured(node: exp.Expr) -> tuple[str, bool]:
    """The name, and whether it stands against what is around it: that of a cast's type, or `case`, gives way."""
    called = node.meta_get(CALLED)
    node = _passed(node) if called is None else node
    called = called or node.meta_get(CALLED)
    if called is not None:
        return str(called), not isinstance(node, exp.Cast) or called != type_name(node.to)
    if isinstance(node, exp.Cast):
        name, stands = _figured(node.this)
        return (name, True) if stands else (type_name(node.to), False)
    if isinstance(node, exp.Interval):
        return "interval", False
    if isinstance(node, exp.Case):
        name, stands = _figured(node.args.get("default") or exp.Null())
        return (name, True) if stands else ("case", False)
    name = _own_name(node)
    return name, name != UNNAMED


def _passed(node: exp.Expr) -> exp.Expr:
    """What is within brackets, windows, filters and subscripts."""
    while isinstance(node, PASSED) or (isinstance(node, exp.Subquery) and node.this.selects):
        node = node.this.selects[0] if isinstance(node, exp.Subquery) else node.this
    return node


def type_name(kind: exp.DataType) -> str:
    """As PostgreSQL calls it; of a list its items'."""
    if kind.this in (exp.DType.ARRAY, exp.DType.LIST) and kind.expressions:
        return type_name(kind.expressions[0])
    name = str(kind.args.get("kind") or kind.this.name)
    return TYPE_NAMES.get(name, name.lower())


PASSED = (
    exp.Paren, exp.Window, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Collate, exp.Bracket,
)  # fmt: skip


def _own_name(node: exp.Expr) -> str:
    if isinstance(node, exp.Alias):
        return node.alias if node.args["alias"].args.get("quoted") else str(node.alias).lower()
    if isinstance(node, exp.Column):
        return str(node.name)
    if isinstance(node, exp.Dot):
        return (
            result_name(node.expression)
            if isinstance(node.expression, exp.Func)
            else str(node.expression.name)
        )
    return _function_name(node)


def _function_name(node: exp.Expr) -> str:
    if isinstance(node, exp.Trim):
        return {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position")).upper(), "btrim")
    if type(node) in SPELLED:
        return SPELLED[type(node)]
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.Func) and not isinstance(
        node, exp.Binary | exp.Connector | exp.RegexpILike | exp.Pow
    ):
        return node.sql_name().lower()
    return UNNAMED


def output_names(tree: exp.Expr, scopes: Scopes) -> tuple[str, ...]:
    """The SELECT whose list names the result: of a set operation its leftmost, and BY NAME what the other adds."""
    if isinstance(tree, exp.Subquery):
        return output_names(tree.this, scopes)
    if not isinstance(tree, exp.SetOperation):
        items = tree.selects if isinstance(tree, exp.Query) else ()
        return tuple(_output_name(item, scopes) for item in items)
    names = output_names(tree.left, scopes)
    if not tree.args.get("by_name"):
        return names
    taken = {name.lower() for name in names}
    return names + tuple(name for name in output_names(tree.right, scopes) if name.lower() not in taken)


def _output_name(item: exp.Expr, scopes: Scopes) -> str:
    """As the text spells it, unless a list of columns renamed it since; else as its source spells the column."""
    named = item.meta_get("named")
    if named and str(item.meta_get("alias")).lower() == item.alias.lower():
        return str(named)
    inner = item.this if isinstance(item, exp.Alias) else item
    name = item.alias_or_name
    if isinstance(inner, exp.Column) and inner.name.lower() == name.lower():
        name = _handed_up(inner, scopes)
    values = re.fullmatch(r"_col_(\d+)", name)
    return f"column{int(values[1]) + 1}" if values else name or UNNAMED


def _handed_up(column: exp.Column, scopes: Scopes) -> str:
    """The name that the query in FROM, or the CTE, gives to the column."""
    source = scopes.source(column)
    if isinstance(source, exp.Table) and source.meta_get(USE) is None:
        ctes = ctes_in_sight(source)
        source = next((cte for cte in ctes if cte.alias.lower() == source.name.lower()), None)
    if not isinstance(source, exp.Subquery | exp.CTE) or source.alias_column_names:
        return str(column.name)
    select = source.this
    found = scopes.items(select).get(column.name.lower()) if isinstance(select, exp.Select) else None
    return column.name if found is None else _output_name(found, scopes)
