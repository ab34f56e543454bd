"""What a statement may be made of. Whatever is not listed here is refused (governance.md, "Closed by construction")."""

from collections.abc import Callable
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from gateway.errors import LimitExceeded, Refused, SyntaxNotSupported, UndefinedFunction
from gateway.settings import Limits
from gateway.sql.allowed.functions import (
    AGGREGATES,
    ALLOWED,
    LIST_AGGREGATES,
    SESSION_FUNCTIONS,
    SIZED,
    TABLE_FUNCTIONS,
)
from gateway.sql.allowed.nodes import FUNCTION_NODES
from gateway.sql.bounds.series import length
from gateway.sql.dialect import DUCKDB, generate
from gateway.sql.names.undefined import undefined_function
from gateway.sql.nodes import everything

CLAUSES: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE, exp.TableAlias, exp.Table,
    exp.From, exp.Join, exp.Lateral, exp.Unnest, exp.Values, exp.Where, exp.Group, exp.GroupingSets, exp.Cube,
    exp.Rollup, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.Distinct,
    exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.TableColumn,
    exp.Pivot, exp.PivotAlias, exp.UnpivotColumns, exp.Columns, exp.TableSample,
)  # fmt: skip

VALUES: tuple[type[exp.Expr], ...] = (
    exp.Column, exp.Identifier, exp.Star, exp.Alias, exp.PropertyEQ, exp.Literal, exp.Boolean, exp.Null, exp.Paren,
    exp.Tuple, exp.Placeholder, exp.Parameter, exp.Interval, exp.IntervalSpan, exp.Var, exp.DataType, exp.DataTypeParam,
    exp.Bracket, exp.Slice, exp.Lambda, exp.Dot, exp.RawString, exp.UnicodeString, exp.ByteString,
    exp.ColumnDef, exp.Kwarg,
    exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript, exp.JSONPathWildcard,
)  # fmt: skip

OPERATORS: tuple[type[exp.Expr], ...] = (
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Like, exp.ILike, exp.Glob, exp.SimilarTo, exp.Escape, exp.Is, exp.In, exp.Between, exp.Any, exp.All,
    exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg,
    exp.BitwiseAnd, exp.BitwiseOr, exp.BitwiseXor, exp.BitwiseNot, exp.BitwiseLeftShift, exp.BitwiseRightShift,
    exp.DPipe, exp.Collate, exp.AtTimeZone, exp.Case, exp.ArrayContainsAll, exp.ArrayOverlaps,
)  # fmt: skip

NODES = frozenset(CLAUSES + VALUES + OPERATORS)

# Nodes that are written as words of the grammar, or as a call of their own name, whatever they hold: a tree of nothing
# else need not be written out to know what it calls.
PLAINLY_WRITTEN: frozenset[type[exp.Expr]] = frozenset([
    exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE, exp.TableAlias, exp.Table,
    exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Distinct,
    exp.Column, exp.Identifier, exp.Star, exp.Alias, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Tuple,
    exp.Placeholder, exp.Interval, exp.Var, exp.DataType,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Like, exp.ILike, exp.Is, exp.In,
    exp.Between, exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg, exp.DPipe, exp.Case, exp.If, exp.Exists,
    exp.Cast, exp.Count, exp.Sum, exp.Avg, exp.Min, exp.Max, exp.Coalesce,
])  # fmt: skip

# Words that stand before a bracket in generated SQL without being a function.
GRAMMAR = frozenset(
    """
all and any array as asc between by case collate cross cube desc distinct else escape except exclude exists
extract fetch filter first following from full group groups having in inner intersect interval is join last
lateral left like ilike limit materialized map natural not nulls offset on or order outer over partition
preceding qualify range recursive replace right rollup row rows select semi anti asof sets set similar some
struct then to union unnest using values when where window with within decimal varchar text char bpchar
numeric time timestamp grouping end all lambda positional ignore respect current unbounded rename
pivot unpivot for nulls columns glob sample reservoir bernoulli
""".split()
) | {"grouping sets", "similar to", "order by", "group by", "partition by"}

TYPES = frozenset(
    getattr(exp.DataType.Type, name)
    for name in """
BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT UINT128 FLOAT DOUBLE DECIMAL
BIGDECIMAL TEXT VARCHAR CHAR NCHAR NVARCHAR BPCHAR BLOB VARBINARY BINARY DATE TIME TIMETZ TIMESTAMP
TIMESTAMPTZ TIMESTAMPNTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS DATETIME INTERVAL UUID JSON JSONB ARRAY LIST
STRUCT MAP BIT
""".split()
    if hasattr(exp.DataType.Type, name)
)


def check_allowed(tree: exp.Expr, limits: Limits) -> None:
    """Raise SyntaxNotSupported, UndefinedFunction or LimitExceeded at the first thing that is not known to be safe."""
    plain = True
    for node in everything(tree):
        kind = type(node)
        if kind not in NODES and kind not in FUNCTION_NODES:
            raise _unknown(node)
        plain = plain and kind in PLAINLY_WRITTEN
        check = CHECKS.get(kind)
        if check:
            check(node, limits)
    if not plain:
        check_calls(tree)


def check_calls(tree: exp.Expr) -> None:
    """Raise UndefinedFunction for a call, in the SQL that would be generated, of what is not listed."""
    for name in sorted(functions_of(tree)):
        if name not in ALLOWED and name not in TABLE_FUNCTIONS and name not in SESSION_FUNCTIONS:
            raise undefined_function(name[:60])


def functions_of(tree: exp.Expr) -> frozenset[str]:
    """Names before a bracket in the SQL that would be generated: what an engine would really call."""
    tokens = DUCKDB.tokenize(generate(tree))
    called = (
        first.text.lower()
        for first, second in pairwise(tokens)
        if second.token_type is TokenType.L_PAREN
        and first.token_type is not TokenType.IDENTIFIER
        and (first.text[:1].isalpha() or first.text[:1] == "_")
    )
    return frozenset(called) - GRAMMAR


def _unknown(node: exp.Expr) -> Refused:
    if isinstance(node, exp.Func) and not isinstance(node, exp.Binary):
        return undefined_function(node.sql_name().lower())
    return SyntaxNotSupported(f"{type(node).__name__.upper()} is not supported")


MAX_PADDED = 10_000
TABLE_PARTS = frozenset("this db catalog alias joins laterals ordinality pivots sample".split())


def _check_table(node: exp.Expr, _limits: Limits) -> None:
    for key, value in node.args.items():
        if value and key not in TABLE_PARTS:
            raise SyntaxNotSupported(f"{key.upper().replace('_', ' ')} in FROM is not supported")
    if isinstance(node.this, exp.Literal):
        raise SyntaxNotSupported("a text cannot stand in FROM")
    if isinstance(node.this, exp.Func):
        name = (
            node.this.name.lower() if isinstance(node.this, exp.Anonymous) else node.this.sql_name().lower()
        )
        if name not in TABLE_FUNCTIONS:
            raise UndefinedFunction(f"table function {name[:60]} does not exist or is not supported")
    elif not isinstance(node.this, exp.Identifier):
        raise SyntaxNotSupported("only relations of the catalog may stand in FROM")


def _check_cte(node: exp.Expr, _limits: Limits) -> None:
    """`WITH x AS (checkpoint)`: a word alone is a column to the parser."""
    if not isinstance(node.this, exp.Query | exp.Values | exp.Pivot):
        raise SyntaxNotSupported(f'the CTE "{node.alias[:60]}" must be a query')


def _check_pivot(node: exp.Expr, _limits: Limits) -> None:
    group = node.args.get("group")
    if node.args.get("default_on_null") or (
        group and {k for k, v in group.args.items() if v} != {"expressions"}
    ):
        raise SyntaxNotSupported("this form of PIVOT is not supported")
    turned = node.args.get("fields") or node.expressions
    if not node.args.get("unpivot") and not all(isinstance(field, exp.In) for field in turned):
        raise SyntaxNotSupported("PIVOT needs the values that become columns: ON column IN (value, ...)")


def _check_sample(node: exp.Expr, limits: Limits) -> None:
    """A number of rows is the memory that the sample takes, whatever its source."""
    if node.args.get("seed"):
        raise SyntaxNotSupported(
            "a seed is not supported: in which order rows arrive is not the same every time"
        )
    method, size = node.args.get("method"), node.args.get("size") or node.args.get("percent")
    known = method is not None and method.name.upper() in ("RESERVOIR", "BERNOULLI")
    if not known or not isinstance(size, exp.Literal) or size.is_string:
        raise SyntaxNotSupported("this form of sampling is not supported: 10%, 10 ROWS, bernoulli(10%) are")
    if node.args.get("size") and (not size.is_int or int(size.this) > limits.generated_rows):
        raise LimitExceeded(f"a sample has more rows than limits.generated_rows ({limits.generated_rows:,})")


def _check_anonymous(node: exp.Expr, _limits: Limits) -> None:
    if not isinstance(node.this, str) or not node.this.isidentifier():
        raise undefined_function(str(node.this)[:60])
    if node.this.lower() in SIZED:
        raise SyntaxNotSupported(f"this form of {node.this.lower()} is not supported")
    if node.this.lower() in LIST_AGGREGATES:
        named = node.expressions[1] if len(node.expressions) > 1 else None
        if not isinstance(named, exp.Literal) or str(named.this).lower() not in AGGREGATES:
            raise UndefinedFunction(f"{node.this.lower()} needs the name of an aggregate, written out")


def _check_dot(node: exp.Expr, _limits: Limits) -> None:
    """`a.b.c` of structs; a function behind a dot only where it is pg_catalog's."""
    right = node.args.get("expression")
    if isinstance(right, exp.Func):
        if node.this.name.lower() != "pg_catalog" or not isinstance(
            node.this, exp.Identifier | exp.Column | exp.Var
        ):
            raise SyntaxNotSupported("calling a function with a dot is not supported")
    elif not isinstance(right, exp.Identifier | exp.Star):
        raise SyntaxNotSupported("this use of a dot is not supported")


def _check_type(node: exp.Expr, _limits: Limits) -> None:
    assert isinstance(node, exp.DataType)
    if node.this not in TYPES:
        raise SyntaxNotSupported("this type name is not supported")


def _check_series(node: exp.Expr, limits: Limits) -> None:
    """In FROM a series makes rows; elsewhere a list, for each row, as long as a list that is written out may be."""
    assert isinstance(node, exp.GenerateSeries)
    if not isinstance(node.parent, exp.Table | exp.Lateral) and node.find_ancestor(exp.Lambda) is not None:
        raise SyntaxNotSupported("a series inside of a lambda is not supported")
    check_length(node, limits)


def check_length(series: exp.GenerateSeries, limits: Limits, *, bound: bool = False) -> None:
    """`bound`: its parameters have their values; before, one that asks for them is not held against the limits."""
    in_from = isinstance(series.parent, exp.Table | exp.Lateral)
    items = length(series)
    if items is None and not bound and series.find(exp.Placeholder):
        return
    if items is None:
        raise SyntaxNotSupported(
            "the bounds of a series must be written out: numbers, or dates and an interval"
        )
    most, limit = (limits.generated_rows, "generated_rows") if in_from else (limits.in_list, "in_list")
    if items > most:
        raise LimitExceeded(f"a series has more items than limits.{limit} ({most:,})")


def _check_padding(node: exp.Expr, _limits: Limits) -> None:
    size = node.expression
    if not isinstance(size, exp.Literal) or not size.is_int or int(size.this) > MAX_PADDED:
        raise SyntaxNotSupported(f"lpad and rpad need their length written out, at most {MAX_PADDED:,}")


def _check_repeat(node: exp.Expr, _limits: Limits) -> None:
    text, times = node.this, node.args.get("times")
    if not (
        isinstance(text, exp.Literal) and isinstance(times, exp.Literal) and text.is_string and times.is_int
    ):
        raise SyntaxNotSupported("repeat needs its text and its number written out")
    if len(text.this) * int(times.this) > MAX_PADDED:
        raise SyntaxNotSupported(f"repeat makes at most {MAX_PADDED:,} characters")


CHECKS: dict[type[exp.Expr], Callable[[exp.Expr, Limits], None]] = {
    exp.Table: _check_table,
    exp.Anonymous: _check_anonymous,
    exp.AnonymousAggFunc: _check_anonymous,
    exp.CombinedAggFunc: _check_anonymous,
    exp.ParameterizedAgg: _check_anonymous,
    exp.Dot: _check_dot,
    exp.DataType: _check_type,
    exp.GenerateSeries: _check_series,
    exp.Pad: _check_padding,
    exp.Repeat: _check_repeat,
    exp.CTE: _check_cte,
    exp.Pivot: _check_pivot,
    exp.TableSample: _check_sample,
}
