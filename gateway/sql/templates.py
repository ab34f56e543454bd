"""Expressions written as SQL, over arguments: `written("nullif($1, $2)", [first, second])`."""

from functools import lru_cache

from sqlglot import exp

from gateway.sql.dialect import DUCKDB


def text_literal(text: str) -> str:
    """How a text stands in a template."""
    return exp.Literal.string(text).sql(DUCKDB)


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
