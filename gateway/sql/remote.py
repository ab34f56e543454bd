"""What a source's own SQL may be asked, because it means the same there as in DuckDB (execution.md, mechanism 6).

One allow-list per dialect; whatever is not listed stays in the engine.
"""

from collections.abc import Callable

from sqlglot import exp

from gateway.sql.dialect import generate, quoted
from gateway.sql.totality import (
    COMPARISONS,
    FAMILIES,
    T,
    is_constant,
    is_valid_pattern,
    kind_of,
    one_family,
    operands_of,
)

TEXT_FAMILY = next(family for family in FAMILIES if T.TEXT in family)
ORDERINGS = (exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between)

SHAPES = (
    exp.Select, exp.From, exp.Table, exp.TableAlias, exp.Where, exp.Alias, exp.Identifier, exp.Subquery, exp.Join,
    exp.Column, exp.Paren, exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.DataType, exp.DataTypeParam, exp.Tuple,
)  # fmt: skip
CLAUSES = {"expressions", "from_", "joins", "where"}

POSTGRES_FUNCTIONS = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.DPipe, exp.Length)

WIDENINGS = {
    (T.SMALLINT, T.INT), (T.SMALLINT, T.BIGINT), (T.INT, T.BIGINT), (T.VARCHAR, T.TEXT), (T.TEXT, T.VARCHAR),
    (T.DATE, T.DATE),
}  # fmt: skip

# Native types whose comparison with a constant PostgreSQL and DuckDB read alike.
POSTGRES_TYPES = ("int2", "int4", "int8", "smallint", "integer", "bigint", "numeric", "decimal", "text", "varchar",
                  "character varying", "bool", "boolean", "date", "timestamp", "timestamptz", "uuid")  # fmt: skip
SQLITE_TYPES = ("VARCHAR", "BIGINT")
SQLITE_TEXTS = ("CHAR", "CLOB", "TEXT")


def same_meaning(native_type: str, engine_type: str, dialect: str) -> bool:
    """Whether values of a source's column may take part in expressions at the source."""
    if dialect == "sqlite":
        # By affinity (sqlite.org/datatype3.html): others hold numbers and texts side by side, and compare as either.
        native = native_type.upper()
        return engine_type in SQLITE_TYPES and ("INT" in native or any(w in native for w in SQLITE_TEXTS))
    base = native_type.lower().split("(", 1)[0].strip()
    return base in POSTGRES_TYPES or base in ("timestamp without time zone", "timestamp with time zone")


def not_pushable(tree: exp.Expr, dialect: str) -> str | None:
    """Why the source may not be asked this; None: it may. The reason names the kind of expression only."""
    for node in tree.walk(prune=is_constant):
        if isinstance(node, exp.Select) and {key for key, value in node.args.items() if value} - CLAUSES:
            return "it groups, orders, limits or removes duplicates"
        if isinstance(node, exp.Join) and (node.method or node.args.get("using")):
            return "it has a join that the source does not know"
        if not _means_the_same(node, dialect):
            return f"{type(node).__name__.lower()} may mean something else at the source"
    return None


def _means_the_same(node: exp.Expr, dialect: str) -> bool:
    if is_constant(node):
        return dialect != "sqlite" or _is_sqlite_value(node.unnest())
    if isinstance(node, SHAPES):
        return True
    if isinstance(node, COMPARISONS):
        return one_family(*operands_of(node))
    return dialect == "postgres" and _is_shared_with_postgres(node)


def _is_sqlite_value(node: exp.Expr) -> bool:
    """SQLite has neither booleans nor dates nor exact fractions: it would compare numbers and texts, rounded."""
    node = node.this if isinstance(node, exp.Neg) else node
    return isinstance(node, exp.Null) or (
        isinstance(node, exp.Literal) and (node.is_string or (node.is_int and int(node.this) < 2**63))
    )


def _is_shared_with_postgres(node: exp.Expr) -> bool:
    if isinstance(node, POSTGRES_FUNCTIONS):
        return True
    if isinstance(node, exp.Left | exp.Right):
        return isinstance(node.expression, exp.Literal) and node.expression.is_int
    if isinstance(node, exp.StrPosition):
        return isinstance(node.args.get("substr"), exp.Literal)
    if isinstance(node, exp.SplitPart):
        index = node.args.get("part_index")
        return isinstance(index, exp.Literal) and index.is_int and int(index.this) >= 1
    if isinstance(node, exp.TimestampTrunc):
        return kind_of(node.this) in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ)
    if isinstance(node, exp.Cast | exp.TryCast):
        return _is_widening(node)
    return isinstance(node, exp.Like) and is_valid_pattern(node.expression)


def _is_widening(node: exp.Cast | exp.TryCast) -> bool:
    source, target = kind_of(node.this), node.to.this
    if isinstance(node.this, exp.TimestampTrunc):
        return target in (T.DATE, T.TIMESTAMP, T.TIMESTAMPTZ)
    return (source == target and source is not T.DECIMAL) or (source, target) in WIDENINGS


def remote_text(tree: exp.Select, dialect: str) -> str:
    """SQL in the source's dialect of a tree that `not_pushable` let pass. The tree is used up."""
    for table in tree.find_all(exp.Table):
        table.set("catalog", None)
    for attempt in list(tree.find_all(exp.TryCast)):
        attempt.replace(exp.Cast(this=attempt.this, to=attempt.to))
    for comparison in tree.find_all(*COMPARISONS):
        COLLATORS[dialect](comparison)
    return generate(tree, dialect, consume=True)


def _bytewise_order(comparison: exp.Expr) -> None:
    """PostgreSQL orders text by the database's collation, DuckDB by bytes."""
    if isinstance(comparison, ORDERINGS) and kind_of(comparison.this) in TEXT_FAMILY:
        comparison.set("this", exp.Collate(this=comparison.this, expression=quoted("C")))


def _bytewise(comparison: exp.Expr) -> None:
    """A SQLite column may be declared with a collation that ignores case, which `=` would then follow."""
    if kind_of(comparison.this) in TEXT_FAMILY:
        comparison.set("this", exp.Collate(this=comparison.this, expression=exp.Var(this="BINARY")))


COLLATORS: dict[str, Callable[[exp.Expr], None]] = {"postgres": _bytewise_order, "sqlite": _bytewise}
