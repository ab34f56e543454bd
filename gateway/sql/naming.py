"""Names of result columns, as PostgreSQL gives them.

Rule: PostgreSQL's FigureColname (parse_target.c): a column's own name, a function's name, the name of a cast's
argument or else of its type, `case`, `exists`, `array`, `row`, a scalar subquery's column; everything else `?column?`.
"""

import re

from sqlglot import exp

from gateway.sql.scopes import USE, Scopes, ctes_in_sight

UNNAMED = "?column?"

TYPE_NAMES = {
    "INT": "int4", "BIGINT": "int8", "SMALLINT": "int2", "DOUBLE": "float8", "FLOAT": "float4", "BOOLEAN": "bool",
    "DECIMAL": "numeric", "TEXT": "text", "VARCHAR": "varchar", "BLOB": "bytea", "VARBINARY": "bytea", "DATE": "date",
    "TIME": "time", "TIMESTAMP": "timestamp", "TIMESTAMPTZ": "timestamptz", "INTERVAL": "interval", "UUID": "uuid",
    "JSON": "json", "JSONB": "jsonb", "ARRAY": "array", "LIST": "array",
}  # fmt: skip

SPELLED: dict[type[exp.Expr], str] = {
    exp.Case: "case",
    exp.If: "case",
    exp.Exists: "exists",
    exp.Array: "array",
    exp.Struct: "row",
    exp.Extract: "extract",
    exp.Substring: "substring",
    exp.Trim: "btrim",
    exp.StrPosition: "position",
    exp.CurrentTimestamp: "now",
    exp.CurrentVersion: "version",
    exp.CurrentUser: "current_user",
    exp.GroupConcat: "string_agg",
    exp.LogicalAnd: "bool_and",
    exp.LogicalOr: "bool_or",
    exp.Explode: "unnest",
    exp.TimestampTrunc: "date_trunc",
    exp.DateTrunc: "date_trunc",
    exp.TimeToStr: "strftime",
    exp.Pow: "pow",
    exp.GenerateSeries: "generate_series",
    exp.RegexpLike: "regexp_matches",
}


def result_name(node: exp.Expr) -> str:
    """The name PostgreSQL would give to this item of a SELECT list."""
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
    if isinstance(
        node, exp.Paren | exp.Window | exp.Filter | exp.WithinGroup | exp.IgnoreNulls | exp.Collate
    ):
        return result_name(node.this)
    if isinstance(node, exp.Cast):
        inner = result_name(node.this)
        return TYPE_NAMES.get(node.to.this.name, node.to.this.name.lower()) if inner == UNNAMED else inner
    if isinstance(node, exp.Subquery):
        return result_name(node.this.selects[0]) if node.this.selects else UNNAMED
    return _function_name(node)


def _function_name(node: exp.Expr) -> str:
    if type(node) in SPELLED:
        return SPELLED[type(node)]
    if isinstance(node, exp.Anonymous):
        return str(node.this).lower()
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary | exp.Connector):
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
    """As the text spells it; else as the base table, or the query in FROM, spells the column."""
    named = item.meta_get("named")
    if named:
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
