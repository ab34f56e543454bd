"""Functions in FROM as PostgreSQL has them: a function's alias names its only column too."""

from collections.abc import Mapping

from sqlglot import exp

from gateway.sql.intervals import PLAIN
from gateway.sql.postgres_spellings import written

ELEMENTS: Mapping[str, tuple[str, str]] = {
    "json_array_elements": ("json_extract($1, '$[*]')", "value"),
    "jsonb_array_elements": ("json_extract($1, '$[*]')", "value"),
    "json_array_elements_text": ("json_extract_string($1, '$[*]')", "value"),
    "jsonb_array_elements_text": ("json_extract_string($1, '$[*]')", "value"),
    "json_object_keys": ("json_keys($1)", "json_object_keys"),
    "jsonb_object_keys": ("json_keys($1)", "jsonb_object_keys"),
    "string_to_table": ("string_split($1, $2)", "string_to_table"),
    "regexp_split_to_table": ("regexp_split_to_array($1, $2)", "regexp_split_to_table"),
}
"""What makes a row of each item: the list, and what the column is called where nothing else is said."""
CASTS = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ, exp.DType.TIMESTAMPTZ, exp.DType.DATE)


def respell_sources(tree: exp.Expr) -> None:
    """Changes the tree below its root."""
    for node in list(tree.find_all(exp.Table, exp.Lateral, exp.Unnest)):
        if isinstance(node, exp.Table | exp.Lateral):
            _unnested(node)
    for series in list(tree.find_all(exp.GenerateSeries)):
        _typed(series)
    for node in list(tree.find_all(exp.Table, exp.Lateral, exp.Unnest)):
        if _is_function(node):
            _name_column(node)


def _unnested(node: exp.Expr) -> None:
    call = node.this
    name = call.name.lower() if isinstance(call, exp.Anonymous) else ""
    if name not in ELEMENTS or node.args.get("ordinality"):
        return
    template, column = ELEMENTS[name]
    if max(int(place) for place in "12" if f"${place}" in template) != len(call.expressions):
        return
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name))
    if not alias.columns:
        alias.set("columns", [exp.to_identifier(column if column == "value" else alias.name)])
        if column == "value":
            _mean_the_value(node, alias)
    made = exp.Unnest(expressions=[written(template, call.expressions)], offset=False)
    if isinstance(node, exp.Lateral):
        node.set("this", made)
        node.set("alias", alias)
        return
    made.set("alias", alias)
    for key in ("joins", "laterals"):
        made.set(key, node.args.get(key))
    node.replace(made)


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


def _name_column(node: exp.Expr) -> None:
    """`FROM generate_series(1, 3) AS n`: the column is n. With its name for a row's number, the two stay apart."""
    alias = node.args.get("alias")
    if not isinstance(alias, exp.TableAlias) or alias.columns or alias.this is None:
        return
    if node.args.get("ordinality") or node.args.get("offset"):
        return
    alias.set("columns", [alias.this.copy()])


def _typed(series: exp.GenerateSeries) -> None:
    """Bounds and steps that are bare texts are of the other bound's type."""
    start, end, step = (series.args.get(key) for key in ("start", "end", "step"))
    kinds = [each.to for each in (start, end) if isinstance(each, exp.Cast) and each.to.this in CASTS]
    if not kinds:
        return
    for key, bound in (("start", start), ("end", end)):
        if isinstance(bound, exp.Literal) and bound.is_string:
            series.set(key, exp.Cast(this=bound.copy(), to=kinds[0].copy()))
    if isinstance(step, exp.Literal) and step.is_string and PLAIN.fullmatch(step.name):
        number, _, unit = step.name.strip().partition(" ")
        if unit.strip().isalpha():
            word = unit.strip().upper().removesuffix("S")
            series.set("step", exp.Interval(this=exp.Literal.string(number), unit=exp.Var(this=word)))
