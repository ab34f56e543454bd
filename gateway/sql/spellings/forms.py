"""Forms that mean the same as others the gateway knows, put in the place of them as soon as they are parsed."""

from collections.abc import Callable, Mapping

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.dialect import quoted
from gateway.sql.names.naming import CALLED
from gateway.sql.spellings.char_formats import char_of, strftime_of
from gateway.sql.spellings.first_rows import keep_ties
from gateway.sql.spellings.from_clause import respell_sources
from gateway.sql.spellings.interval_functions import JUSTIFIED
from gateway.sql.spellings.json_functions import KEY_TESTS, changed, deleted, key_test
from gateway.sql.spellings.names import BY_NODE, in_order
from gateway.sql.spellings.number_functions import DIV, THRESHOLDS, WIDTH_BUCKET, number_of
from gateway.sql.spellings.pattern_functions import named
from gateway.sql.spellings.text_formats import QUOTING, formatted
from gateway.sql.spellings.word_borders import WITH_PATTERN, write_borders
from gateway.sql.templates import written

TO_DATE = 2
"""Arguments of `to_date`."""


def respell(tree: exp.Expr) -> None:
    """Changes the tree below its root. Raises SyntaxNotSupported."""
    respell_sources(tree)
    found = list(tree.find_all(*_BY_NODE, *WITH_PATTERN))
    for node in found:
        if isinstance(node, WITH_PATTERN):
            write_borders(node)
    for node in reversed(found):
        made = _respelled(node)
        if made is not None:
            node.replace(made)
    if any(isinstance(node, exp.Fetch) for node in found):
        keep_ties(tree)


def _respelled(node: exp.Expr) -> exp.Expr | None:
    """What stands in DuckDB for a node; None: the node itself."""
    whole = node.args.get("this") or isinstance(node, exp.MakeInterval)
    if isinstance(node.parent, exp.Dot) or (isinstance(node, exp.Func) and not whole):
        return None
    find = _BY_NODE.get(type(node))  # none for a class derived from one that is listed
    found = find(node) if find is not None else None
    called = node.name.lower() if isinstance(node, exp.Anonymous) else node.meta_get(CALLED)
    called = called or ("substring" if isinstance(node, exp.Substring) else None)
    called = called or ("initcap" if isinstance(node, exp.Initcap) else None)
    if found is not None and called:
        found.meta[CALLED] = called
    return found


def _inside(node: exp.Expr) -> exp.Expr | None:
    """`json_agg(...) FILTER` and `OVER`: of the list that it is made of."""
    made = node.this
    listed = made.find(exp.ArrayAgg) if made.meta_get(CALLED) in ("json_agg", "jsonb_agg") else None
    if listed is None:
        return None
    listed = listed.parent if isinstance(listed.parent, exp.Filter) else listed
    part = type(node)(**{**node.args, "this": listed.copy()})
    listed.replace(part.copy())
    return named(made.copy(), str(made.meta_get(CALLED)))


def _comprehension(node: exp.Expr) -> None:
    """`[f(x) FOR x IN list IF g(x)]` is list_transform(list_filter(list, lambda x: g(x)), lambda x: f(x)), without the
    brackets around it."""
    condition, position, items = node.args.get("condition"), node.args.get("position"), node.args["iterator"]
    names = [node.expression, position] if position else [node.expression]
    if condition is not None:
        if position is not None:
            raise SyntaxNotSupported("a list comprehension with both a position and IF is not supported")
        items = exp.ArrayFilter(this=items, expression=_lambda(condition, names))
    whole = node.parent
    if not isinstance(whole, exp.Array) or len(whole.expressions) != 1:
        raise SyntaxNotSupported("a list comprehension stands alone in its brackets")
    whole.replace(exp.Transform(this=items, expression=_lambda(node.this, names)))


def _lambda(body: exp.Expr, names: list[exp.Expr]) -> exp.Lambda:
    holder = exp.Paren(this=body)
    arguments = {name.name.lower() for name in names}
    for column in list(holder.find_all(exp.Column)):
        first, *rest = column.parts
        if first.name.lower() in arguments:
            column.replace(
                exp.Dot.build([first.copy(), *(part.copy() for part in rest)]) if rest else first.copy()
            )
    return exp.Lambda(this=holder.this, expressions=[name.copy() for name in names])


def _to_char(node: exp.Expr) -> exp.Expr:
    made = written(char_of(node.args.get("format")), [node.this])
    in_list = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
    return exp.Alias(this=made, alias=quoted("to_char")) if in_list else made


def _to_timestamp(node: exp.Expr) -> exp.Expr | None:
    return _of_text(node.this, node.args.get("scale"), "TIMESTAMPTZ", "to_timestamp")


def _call(node: exp.Expr) -> exp.Expr | None:
    if node.name.lower() == "to_date" and len(node.expressions) == TO_DATE:
        value, pattern = node.expressions
        return _of_text(value, pattern, "DATE", "to_date")
    if node.name.lower() == "jsonb_set":
        return changed(node.expressions)
    template = _CALLS.get((node.name.lower(), len(node.expressions)))
    return written(template, node.expressions) if template else BY_NODE[exp.Anonymous](node)


def _of_text(value: exp.Expr, pattern: exp.Expr | None, kind: str, called: str) -> exp.Expr | None:
    """`to_date` and `to_timestamp` of a text and a pattern."""
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        return None
    arguments = [value, exp.Literal.string(strftime_of(pattern.this))]
    made = written(f"CAST(strptime($1, $2) AS {kind})", arguments)
    made.meta[CALLED] = called
    return made


def _sampled(node: exp.Expr) -> None:
    """`BERNOULLI (10)` means per cent. SYSTEM takes or leaves whole blocks, whose borders depend on rows that the
    principal may not see."""
    method = str(node.args.get("method")).upper()
    if method == "SYSTEM":
        node.set("method", exp.Var(this="BERNOULLI"))
    if method in ("SYSTEM", "BERNOULLI") and node.args.get("size"):
        node.set("percent", node.args["size"].pop())


def _width_bucket(node: exp.Expr) -> exp.Expr | None:
    arguments = [node.args.get(key) for key in ("this", "min_value", "max_value", "num_buckets")]
    given = [argument for argument in arguments if argument is not None]
    template = {2: THRESHOLDS, 4: WIDTH_BUCKET}.get(len(given))
    return None if template is None else written(template, given)


_CALLS: Mapping[tuple[str, int], str] = {
    ("div", 2): DIV,
    **{(name, 1): template for name, template in QUOTING.items()},
}
"""Templates by name and number of arguments."""
_BY_NODE: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr | None]] = {
    **BY_NODE,
    exp.Anonymous: _call,
    **dict.fromkeys((exp.ArrayAgg, exp.GroupConcat), lambda node: node.set("this", in_order(node.this))),
    exp.Comprehension: _comprehension,
    **dict.fromkeys((exp.Filter, exp.Window), _inside),
    exp.Format: lambda node: formatted(node.this, node.expressions),
    **dict.fromkeys(JUSTIFIED, lambda node: written(JUSTIFIED[type(node)], [node.this])),
    **dict.fromkeys(KEY_TESTS, key_test),
    exp.JSONBDeleteAtPath: deleted,
    exp.TableSample: _sampled,
    exp.ToChar: _to_char,
    exp.ToNumber: lambda node: written(number_of(node.args.get("format")), [node.this]),
    exp.UnixToTime: _to_timestamp,
    exp.WidthBucket: _width_bucket,
}
