"""Aggregates that DuckDB has as macros: those take no order, and what fails in them is out of reach."""

from collections.abc import Callable, Collection, Mapping

from sqlglot import exp

from gateway.sql.nodes import copied


def write_out(tree: exp.Expr, names: Collection[str]) -> None:
    """Changes a tree below its root: what the macros of these names stand for."""
    for macro in list(tree.find_all(exp.Anonymous)):
        name = macro.name.lower()
        if name in names and macro.parent is not None:
            _put(macro, *MACROS[name](*macro.expressions))


def _put(node: exp.Expr, aggregate: exp.Expr, whole: exp.Expr) -> None:
    """What DuckDB has as a macro, which takes no order. `aggregate` is the part of the whole that has its OVER."""
    window = node.parent
    if isinstance(window, exp.Window) and window.this is node:
        same = copied(window)
        same.set("this", aggregate.copy())
        aggregate.replace(same)
        node = window
    whole.type = node.type
    node.replace(whole)


def _json_array(value: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    listed = exp.ArrayAgg(this=copied(value))
    return listed, exp.Anonymous(this="to_json", expressions=[listed])


def _json_object(key: exp.Expr, value: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """With an error for a key that is NULL, and null for such a value."""
    text = exp.cast(copied(key), "VARCHAR")
    # `error` can be in no TRY; what is no JSON raises the same kind of error.
    broken = [exp.Literal.string("{"), exp.Literal.string("$.key")]
    missing = exp.Anonymous(this="json_extract_string", expressions=broken)
    name = exp.Case(ifs=[exp.If(this=exp.Is(this=copied(key), expression=exp.null()), true=missing)])
    name.set("default", exp.cast(_json(text), "VARCHAR"))
    given = exp.Coalesce(
        this=exp.cast(_json(copied(value)), "VARCHAR"), expressions=[exp.Literal.string("null")]
    )
    pair = exp.DPipe(this=exp.DPipe(this=name, expression=exp.Literal.string(":")), expression=given)
    joined = exp.GroupConcat(this=pair, separator=exp.Literal.string(","))
    opened = exp.DPipe(this=exp.Literal.string("{"), expression=joined)
    return joined, exp.cast(exp.DPipe(this=opened, expression=exp.Literal.string("}")), "JSON")


def _json(value: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="to_json", expressions=[value])


MACROS: Mapping[str, Callable[..., tuple[exp.Expr, exp.Expr]]] = {
    "json_group_array": _json_array,
    "json_group_object": _json_object,
}
