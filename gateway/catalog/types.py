"""Type names: what a contract says in DuckDB's own spelling, and what may stand for what without a loss."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import pyarrow as pa
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from gateway.documents import did_you_mean
from gateway.errors import MeshgateError
from gateway.sql.dialect import generate, quoted
from gateway.sql.names.presented import of_type


class DescribedColumn(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def type(self) -> str: ...


class Typer(Protocol):
    """Says what a SELECT's columns are, by binding only: the `describe` of an engine."""

    def describe(self, sql: str, inputs: Mapping[str, pa.Schema]) -> Sequence[DescribedColumn]:
        """Raises MeshgateError; what the engine said is its cause."""
        ...


T = exp.DataType.Type
_WRITTEN = re.compile(r"""[\w ,()\[\]'"]{1,1000}""")
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_NUMERIC = "DECIMAL(38, 10)"
_SYNONYMS = {
    "serial": "integer", "bigserial": "bigint", "smallserial": "smallint", "citext": "text", "name": "text",
    "string": "text", "numeric": _NUMERIC, "decimal": _NUMERIC, "dec": _NUMERIC,
}  # fmt: skip
_WITHOUT_SIZE = {
    T.TEXT, T.VARCHAR, T.CHAR, T.NCHAR, T.NVARCHAR, T.BPCHAR, T.TIME, T.TIMETZ, T.TIMESTAMP, T.TIMESTAMPNTZ,
    T.TIMESTAMPTZ, T.DATETIME,
}  # fmt: skip
_KNOWN = (
    "boolean", "smallint", "integer", "bigint", "hugeint", "real", "double", "decimal", "numeric", "text",
    "varchar", "bytea", "blob", "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json",
)  # fmt: skip
_DIGITS = {
    "TINYINT": 3, "UTINYINT": 3, "SMALLINT": 5, "USMALLINT": 5, "INTEGER": 10, "UINTEGER": 10, "BIGINT": 19,
    "UBIGINT": 20,
}  # fmt: skip
_WIDER: Mapping[str, frozenset[str]] = {
    "TINYINT": frozenset({"SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"}),
    "SMALLINT": frozenset({"INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE"}),
    "INTEGER": frozenset({"BIGINT", "HUGEINT", "DOUBLE"}),
    "BIGINT": frozenset({"HUGEINT"}),
    "UTINYINT": frozenset(
        {"SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "USMALLINT", "UINTEGER", "UBIGINT"}
    ),
    "USMALLINT": frozenset({"INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "UINTEGER", "UBIGINT"}),
    "UINTEGER": frozenset({"BIGINT", "HUGEINT", "DOUBLE", "UBIGINT"}),
    "UBIGINT": frozenset({"HUGEINT"}),
    "FLOAT": frozenset({"DOUBLE"}),
    "TIMESTAMP_S": frozenset({"TIMESTAMP_MS", "TIMESTAMP"}),
    "TIMESTAMP_MS": frozenset({"TIMESTAMP"}),
    "JSON": frozenset({"VARCHAR"}),
}
"""Every value of the key's type is a value of each of these. A DATE is no TIMESTAMP: its range is larger."""


def widens(source: str, target: str) -> bool:
    """Whether every value of `source` is, unchanged, a value of `target`. Both are DuckDB's names."""
    if source == target:
        return True
    if source.endswith("[]") and target.endswith("[]"):
        return widens(source[:-2], target[:-2])
    if source.startswith("ENUM(") and target == "VARCHAR":
        return True
    wide = _DECIMAL.fullmatch(target)
    if not wide:
        return target in _WIDER.get(source, frozenset())
    precision, scale = map(int, wide.groups())
    narrow = _DECIMAL.fullmatch(source)
    if narrow:
        return int(narrow[2]) <= scale and int(narrow[1]) - int(narrow[2]) <= precision - scale
    return precision - scale >= _DIGITS.get(source, 39)


def normalized(written: Iterable[str], typer: Typer) -> Mapping[str, str]:
    """DuckDB's own names of the types that contracts name; what is no type is left out."""
    spelled = {text: spelling for text in dict.fromkeys(written) if (spelling := _spelling(text))}
    names = dict(zip(spelled, _described(list(spelled.values()), typer), strict=True))
    return {text: name for text, name in names.items() if name}


def unknown_type(written: str) -> str:
    near = did_you_mean(written.partition("(")[0].strip(), _KNOWN)
    return f"{written!r} is no type of DuckDB or PostgreSQL that this gateway knows{near}"


def _spelling(written: str) -> str | None:
    """DuckDB SQL of a type in DuckDB's or PostgreSQL's words: of a type only, whatever the text holds."""
    text = _SYNONYMS.get(written.strip().lower(), written.strip())
    if not _WRITTEN.fullmatch(text):
        return None
    for dialect in ("duckdb", "postgres"):
        try:
            tree = parse_one(f"CAST(NULL AS {text})", dialect=dialect)
        except SqlglotError:
            continue
        if isinstance(tree, exp.Cast) and isinstance(tree.this, exp.Null):
            return generate(tree.to.transform(_exact))
    return None


def _exact(node: exp.Expr) -> exp.Expr:
    """A numeric without precision has 38 digits, 10 after the point; sizes of texts and times are dropped."""
    if isinstance(node, exp.DataType):
        if node.this in (T.DECIMAL, T.BIGDECIMAL) and not node.expressions:
            return exp.DataType.build(_NUMERIC, dialect="duckdb")
        if node.this in _WITHOUT_SIZE and node.expressions:
            return exp.DataType(this=node.this)
    return node


def declared(written: str) -> str:
    """PostgreSQL's name of a contract's type, where DuckDB's says less: of texts with a size, `jsonb`, numerics without
    one."""
    if not _WRITTEN.fullmatch(written):
        return ""
    try:
        tree = parse_one(f"CAST(NULL AS {written})", dialect="postgres")
    except SqlglotError:
        return ""
    return of_type(tree.to) if isinstance(tree, exp.Cast) else ""


def _described(spellings: Sequence[str], typer: Typer) -> list[str | None]:
    if not spellings:
        return []
    items = ", ".join(f'CAST(NULL AS {text}) AS "{number}"' for number, text in enumerate(spellings))
    try:
        return [column.type for column in typer.describe(f"SELECT {items}", {})]
    except MeshgateError:
        if len(spellings) == 1:
            return [None]
    half = len(spellings) // 2
    return _described(spellings[:half], typer) + _described(spellings[half:], typer)


def empty_select(columns: Mapping[str, str]) -> str:
    """SQL of a relation with these columns (name -> DuckDB type) and no rows."""
    items = ", ".join(f"CAST(NULL AS {kind}) AS {generate(quoted(name))}" for name, kind in columns.items())
    return f"SELECT {items} WHERE FALSE"
