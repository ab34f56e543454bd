"""Functions in FROM as PostgreSQL has them: a function's alias names its only column too."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.sql.spellings.intervals import PLAIN
from gateway.sql.templates import written

ELEMENTS: Mapping[str, tuple[str, str]] = {
    "json_array_elements": ("json_extract($1, '$[*]')", "value"),
    "jsonb_array_elements": ("CAST(json_extract($1, '$[*]') AS JSONB[])", "value"),
    "json_array_elements_text": ("json_extract_string($1, '$[*]')", "value"),
    "jsonb_array_elements_text": ("json_extract_string($1, '$[*]')", "value"),
    "json_object_keys": ("json_keys($1)", "json_object_keys"),
    "jsonb_object_keys": ("json_keys($1)", "jsonb_object_keys"),
    "string_to_table": ("string_split($1, $2)", "string_to_table"),
    "regexp_split_to_table": ("regexp_split_to_array($1, $2)", "regexp_split_to_table"),
}
"""What makes a row of each item: the list, and what the column is called where nothing else is said."""
ENTRIES: Mapping[str, str] = {
    "json_each": "value", "json_each_text": "json_extract_string(value, '$')",
    "jsonb_each": "CAST(value AS JSONB)", "jsonb_each_text": "json_extract_string(value, '$')",
}  # fmt: skip
"""What makes a row of each key and its value: the value, as the function gives it."""
RECORDS: Mapping[str, str] = {
    "json_to_record": "[CAST($1 AS JSON)]", "jsonb_to_record": "[CAST($1 AS JSON)]",
    "json_to_recordset": "json_extract($1, '$[*]')", "jsonb_to_recordset": "json_extract($1, '$[*]')",
}  # fmt: skip
"""What makes a row of each object, in columns that the alias names with their types: the list of the objects."""
ORDINALITY = "ordinality"
CASTS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.DATE)


def respell_sources(tree: exp.Expr) -> None:
    """Changes the tree below its root."""
    for node in list(tree.find_all(exp.Table, exp.Lateral)):
        node.args.pop("only", None)  # nothing inherits from a relation
        _unnested(node)
    for node in list(tree.find_all(exp.Table, exp.Lateral, exp.Unnest)):
        rows = _rows_of(node)
        if rows is not None:
            _put_query(node, *rows)
    for series in list(tree.find_all(exp.GenerateSeries)):
        _typed(series)
    for node in list(tree.find_all(exp.Table, exp.Lateral, exp.Unnest)):
        if _is_function(node):
            _name_columns(node)
    _name_values(tree)


def _called(node: exp.Expr) -> str:
    """The function's name; '': it is none, or that of another schema."""
    own = node.text("db").lower() in ("", "pg_catalog") and not node.args.get("catalog")
    return node.this.name.lower() if own and isinstance(node.this, exp.Anonymous) else ""


def _unnested(node: exp.Expr) -> None:
    call, name = node.this, _called(node)
    if name not in ELEMENTS:
        return
    template, column = ELEMENTS[name]
    if max(int(place) for place in "12" if f"${place}" in template) != len(call.expressions):
        return
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name))
    numbered = bool(node.args.get("ordinality"))
    if not alias.columns:
        names = [column if column == "value" else alias.name, *([ORDINALITY] if numbered else [])]
        alias.set("columns", [exp.to_identifier(each) for each in names])
        if column == "value":
            _mean_the_value(node, alias)
    made = exp.Unnest(expressions=[written(template, call.expressions)])
    if isinstance(node, exp.Lateral):
        node.set("this", made)
        node.set("alias", alias)
        return
    if numbered:
        made.set("offset", alias.columns[-1])
        alias.set("columns", alias.columns[:-1])
    made.set("alias", alias)
    for key in ("joins", "laterals"):
        made.set(key, node.args.get(key))
    node.replace(made)


def _rows_of(node: exp.Expr) -> tuple[exp.Select, list[str]] | None:
    """The query, and the names of its columns, that a function in FROM stands for; None: it is none of these."""
    if node.args.get("ordinality") or node.args.get("offset"):
        return None
    name = _called(node)
    if name in ENTRIES and len(node.this.expressions) == 1:
        entries = written("map_entries(CAST(CAST($1 AS JSON) AS MAP(VARCHAR, JSON)))", node.this.expressions)
        item = "struct_extract(entry, '{0}')".format
        value = ENTRIES[name].replace("value", item("value"))
        query = exp.select(written(item("key"), []), written(value, []))
        rows = exp.select(exp.alias_(exp.Explode(this=entries), "entry")).subquery("#entries")
        return query.from_(rows), ["key", "value"]
    if name in RECORDS and len(node.this.expressions) == 1:
        return _records(RECORDS[name], node)
    inner = node.this if isinstance(node, exp.Lateral) else node
    if isinstance(inner, exp.Unnest) and len(inner.expressions) > 1:
        return exp.select(*(exp.Explode(this=each.copy()) for each in inner.expressions)), []
    return None


def _records(items: str, node: exp.Expr) -> tuple[exp.Select, list[str]] | None:
    """`AS t(a integer, b text)`: a column of each key, in the type that is written beside it."""
    columns = node.args["alias"].columns if node.args.get("alias") else []
    if not columns or not all(isinstance(each, exp.ColumnDef) and each.args.get("kind") for each in columns):
        return None
    values = []
    for column in columns:
        of_json = column.args["kind"].this in (exp.DType.JSON, exp.DType.JSONB)
        path = exp.Literal.string('$."' + column.name.replace('"', "") + '"')
        value = written(f"json_extract{'' if of_json else '_string'}(item, $1)", [path])
        values.append(exp.Cast(this=value, to=column.args["kind"].copy()))
    rows = exp.select(exp.alias_(exp.Explode(this=written(items, node.this.expressions)), "item"))
    return exp.select(*values).from_(rows.subquery("#items")), [column.name for column in columns]


def _put_query(node: exp.Expr, query: exp.Select, columns: list[str]) -> None:
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(_called(node) or "unnest"))
    names = [each.name for each in alias.columns] or columns
    if len(names) != len(query.expressions):
        return
    items = zip(query.expressions, names, strict=True)
    query.set("expressions", [exp.alias_(item, name, quoted=True) for item, name in items])
    alias.set("columns", None)
    made = exp.Lateral(this=exp.Subquery(this=query), alias=alias)
    node.replace(made if isinstance(node.parent, exp.Join) else exp.Subquery(this=query, alias=alias))


def _mean_the_value(node: exp.Expr, alias: exp.TableAlias) -> None:
    """The alias alone stands for the item too."""
    select = node.find_ancestor(exp.Select)
    for column in list(select.find_all(exp.Column)) if select is not None else ():
        if column.name.lower() == alias.name.lower() and not column.args.get("table"):
            value = exp.Column(this=exp.to_identifier("value"), table=alias.this.copy())
            listed = isinstance(column.parent, exp.Select) and column.arg_key == "expressions"
            column.replace(exp.Alias(this=value, alias=alias.this.copy()) if listed else value)


def _is_function(node: exp.Expr) -> bool:
    inner = node.this if isinstance(node, exp.Table | exp.Lateral) else node
    function = isinstance(inner, exp.GenerateSeries) and not inner.args.get("is_end_exclusive")
    return function or (isinstance(inner, exp.Unnest) and len(inner.expressions) == 1)


def _name_columns(node: exp.Expr) -> None:
    """`FROM generate_series(1, 3) AS n`: the column is n; that of a row's number has a name of its own."""
    alias, numbered = node.args.get("alias"), node.args.get("ordinality") or node.args.get("offset") is True
    if isinstance(node, exp.Unnest) and numbered and not isinstance(node.parent, exp.Lateral):
        alias = alias or exp.TableAlias(this=exp.to_identifier("unnest"))
        node.set("alias", alias)
        node.set("offset", exp.to_identifier(ORDINALITY))
    elif not isinstance(alias, exp.TableAlias) or alias.columns or alias.this is None:
        return
    names = [alias.this.copy()]
    if node.args.get("ordinality"):
        names.append(exp.to_identifier(ORDINALITY))
    alias.set("columns", names)


def _name_values(tree: exp.Expr) -> None:
    """`FROM (VALUES ...) AS t`: column1, column2, where they are asked for by these names."""
    asked = {
        column.name.lower() for column in tree.find_all(exp.Column) if column.name[:6].lower() == "column"
    }
    for values in tree.find_all(exp.Values) if asked else ():
        alias, rows = values.args.get("alias"), values.expressions
        if isinstance(alias, exp.TableAlias) and not alias.columns and isinstance(rows[0], exp.Tuple):
            names = [f"column{place}" for place in range(1, len(rows[0].expressions) + 1)]
            if not asked.isdisjoint(names):
                alias.set("columns", [exp.to_identifier(name) for name in names])


def _typed(series: exp.GenerateSeries) -> None:
    """Bounds that are bare texts are of the other bound's type, and steps are intervals."""
    start, end, step = (series.args.get(key) for key in ("start", "end", "step"))
    kinds = [each.to for each in (start, end) if isinstance(each, exp.Cast) and each.to.this in CASTS]
    for key, bound in (("start", start), ("end", end)) if kinds else ():
        if isinstance(bound, exp.Literal) and bound.is_string:
            series.set(key, exp.Cast(this=bound.copy(), to=kinds[0].copy()))
    if isinstance(step, exp.Literal) and step.is_string and PLAIN.fullmatch(step.name):
        number, _, unit = step.name.strip().partition(" ")
        if unit.strip().isalpha():
            word = unit.strip().upper().removesuffix("S")
            series.set("step", exp.Interval(this=exp.Literal.string(number), unit=exp.Var(this=word)))
