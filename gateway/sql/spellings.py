"""Forms that mean the same as others the gateway knows, put in the place of them as soon as they are parsed."""

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.char_formats import char_of, strftime_of
from gateway.sql.dialect import quoted
from gateway.sql.from_spellings import respell_sources
from gateway.sql.naming import CALLED
from gateway.sql.postgres_spellings import NODES, respelled, written

_RESPELLED: tuple[type[exp.Expr], ...] = (
    exp.Comprehension,
    exp.ToChar,
    exp.TableSample,
    exp.UnixToTime,
    *NODES,
)


def respell(tree: exp.Expr) -> None:
    """Changes the tree below its root. Raises SyntaxNotSupported."""
    respell_sources(tree)
    for node in reversed(list(tree.find_all(*_RESPELLED))):
        made = respelled(node)
        if made is not None:
            node.replace(made)
        elif isinstance(node, exp.Comprehension):
            _comprehension(node)
        elif isinstance(node, exp.ToChar):
            _to_char(node)
        elif isinstance(node, exp.UnixToTime | exp.Anonymous):
            _from_text(node)
        elif isinstance(node, exp.TableSample) and str(node.args.get("method")).upper() == "SYSTEM":
            # It takes or leaves whole blocks, whose borders depend on rows that the principal may not see.
            node.set("method", exp.Var(this="BERNOULLI"))


def _comprehension(node: exp.Comprehension) -> None:
    """`[f(x) FOR x IN list IF g(x)]` is list_transform(list_filter(list, lambda x: g(x)), lambda x: f(x))."""
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


def _to_char(node: exp.ToChar) -> None:
    made = written(char_of(node.args.get("format")), [node.this])
    in_list = isinstance(node.parent, exp.Select) and node.arg_key == "expressions"
    node.replace(exp.Alias(this=made, alias=quoted("to_char")) if in_list else made)


def _from_text(node: exp.Expr) -> None:
    """`to_date` and `to_timestamp` of a text and a pattern."""
    if isinstance(node, exp.Anonymous) and node.name.lower() != "to_date":
        return
    value, pattern = (*node.expressions, None, None)[:2] if isinstance(node, exp.Anonymous) else (
        node.this, node.args.get("scale"))  # fmt: skip
    if value is None or not isinstance(pattern, exp.Literal) or not pattern.is_string:
        return
    kind = "DATE" if isinstance(node, exp.Anonymous) else "TIMESTAMPTZ"
    arguments = [value, exp.Literal.string(strftime_of(pattern.this))]
    made = written(f"CAST(strptime($1, $2) AS {kind})", arguments)
    made.meta[CALLED] = "to_date" if kind == "DATE" else "to_timestamp"
    node.replace(made)
