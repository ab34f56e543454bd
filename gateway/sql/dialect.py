"""DuckDB's SQL as the gateway reads and writes it."""

import logging
from collections.abc import Callable

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.generator import Generator
from sqlglot.generators.duckdb import DuckDBGenerator
from sqlglot.parsers.duckdb import DuckDBParser

from gateway.errors import StatementTooComplex, SyntaxNotSupported

DUCKDB = Dialect.get_or_raise("duckdb")
# A subscript is what is written. sqlglot takes one away from those that it knows to be whole numbers when it reads, and
# adds one when it writes, when it may know more: `tags[n]` would be the item after the one that was asked for.
type(DUCKDB).INDEX_OFFSET = 0
UNSIZED_DECIMAL = (38, 10)
"""Digits, and those of them after the point, of a numeric that names none."""


def sized(kind: exp.DataType) -> exp.DataType:
    """Changes the node: a numeric without a size gets `UNSIZED_DECIMAL`."""
    if kind.this is exp.DType.DECIMAL and not kind.expressions:
        kind.set("expressions", [exp.DataTypeParam(this=exp.Literal.number(n)) for n in UNSIZED_DECIMAL])
    return kind


# DuckDB's own default, three digits after the point, would round values without a word, and the parser writes it out
# where it stands alone. The parser is compiled: its table is changed in place, since no class can inherit from it.
DuckDBParser.TYPE_CONVERTERS[exp.DType.DECIMAL] = sized

WRITTEN = "written"
"""Key in a function's meta, of the parser and the generator: the name it was called by; many names are one node."""
DUCKDB.ORIGINAL_NAME_META_KEY = WRITTEN


def _with_two_arguments(name: str) -> Callable[..., exp.Expr]:
    """Further arguments would be dropped without a word: the call stays what it is, and is decided by its name."""
    build = DuckDBParser.FUNCTIONS[name]

    def built(arguments: list[exp.Expr]) -> exp.Expr:
        if len(arguments) == 2:
            found: exp.Expr = build(arguments)
            return found
        return exp.Anonymous(this=name.lower(), expressions=arguments)

    return built


def _by_name(name: str) -> Callable[..., exp.Expr]:
    return lambda arguments: exp.Anonymous(this=name.lower(), expressions=arguments)


for _name in ("DATE_TRUNC", "DATETRUNC"):
    DuckDBParser.FUNCTIONS[_name] = _with_two_arguments(_name)
for _name in (
    "JSON_EXTRACT_PATH", "JSON_EXTRACT_PATH_TEXT", "JSONB_EXTRACT_PATH", "JSONB_EXTRACT_PATH_TEXT", "ENCODE", "DECODE",
    "ARRAY_REMOVE", "REGEXP_COUNT", "REGEXP_SUBSTR", "STRING_TO_ARRAY",
):  # fmt: skip
    DuckDBParser.FUNCTIONS[_name] = _by_name(_name)


def _extract(generator: Generator, node: exp.Extract) -> str:
    """Of a time with a zone too: the engine's zone is UTC, always."""
    return f"EXTRACT({generator.sql(node, 'this')} FROM {generator.sql(node, 'expression')})"


def _within_group(generator: DuckDBGenerator, node: exp.WithinGroup) -> str:
    """A percentile whose fraction ends in a bracket too, which sqlglot would take off."""
    share, order = node.this, node.expression
    if not isinstance(share, exp.PercentileCont | exp.PercentileDisc) or not isinstance(order, exp.Order):
        return str(generator.withingroup_sql(node))
    name = "QUANTILE_CONT" if isinstance(share, exp.PercentileCont) else "QUANTILE_DISC"
    key = generator.sql(order.expressions[0], "this")
    return f"{name}({key}, {generator.sql(share, 'this')}{generator.sql(order)})"


DuckDBGenerator.TRANSFORMS[exp.Extract] = _extract
DuckDBGenerator.TRANSFORMS[exp.WithinGroup] = _within_group

WRITING = {name: Dialect.get_or_raise(name) for name in ("duckdb", "postgres", "sqlite")}
"""By name, since looking one up makes another."""

# sqlglot logs the consumer's text when it meets a statement it does not know.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


def generate(tree: exp.Expr, dialect: str = "duckdb", *, consume: bool = False) -> str:
    """SQL text of a tree: identifiers quoted, comments dropped. `consume`: the tree is not used afterwards.

    Raises SyntaxNotSupported where the dialect has no equal: sqlglot would otherwise drop the part silently.
    """
    try:
        return WRITING[dialect].generate(  # as `tree.sql` does, but for an import at each call
            tree,
            copy=not consume,
            identify=True,
            comments=False,
            unsupported_level=ErrorLevel.RAISE,
        )
    except RecursionError as error:
        raise StatementTooComplex("the statement nests deeper than limits.nesting") from error
    except (SqlglotError, ValueError, TypeError, AttributeError, LookupError) as error:
        # Besides what it calls unsupported, sqlglot raises plain Python errors on arguments it did not expect.
        raise SyntaxNotSupported("this statement uses syntax that is not supported") from error


def quoted(name: str) -> exp.Identifier:
    return exp.Identifier(this=name, quoted=True)
