"""DuckDB's SQL as the gateway reads and writes it."""

import logging

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError
from sqlglot.parsers.duckdb import DuckDBParser

from gateway.errors import StatementTooComplex, SyntaxNotSupported

DUCKDB = Dialect.get_or_raise("duckdb")
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

# sqlglot logs the consumer's text when it meets a statement it does not know.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)


def generate(tree: exp.Expr, dialect: str = "duckdb", *, consume: bool = False) -> str:
    """SQL text of a tree: identifiers quoted, comments dropped. `consume`: the tree is not used afterwards.

    Raises SyntaxNotSupported where the dialect has no equal: sqlglot would otherwise drop the part silently.
    """
    try:
        return tree.sql(
            dialect=dialect,
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
