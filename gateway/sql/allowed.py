"""What a statement may be made of. Whatever is not listed here is refused (governance.md, "Closed by construction")."""

from collections.abc import Callable
from itertools import pairwise

from sqlglot import exp
from sqlglot.tokenizer_core import TokenType

from gateway.errors import LimitExceeded, Refused, SyntaxNotSupported, UndefinedFunction
from gateway.settings import Limits
from gateway.sql.dialect import DUCKDB, generate
from gateway.sql.function_nodes import FUNCTION_NODES
from gateway.sql.functions import ALLOWED, SESSION_FUNCTIONS, TABLE_FUNCTIONS

CLAUSES: tuple[type[exp.Expr], ...] = (
    exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Subquery, exp.With, exp.CTE, exp.TableAlias, exp.Table,
    exp.From, exp.Join, exp.Lateral, exp.Unnest, exp.Values, exp.Where, exp.Group, exp.GroupingSets, exp.Cube,
    exp.Rollup, exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Limit, exp.Offset, exp.Fetch, exp.Distinct,
    exp.Window, exp.WindowSpec, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.TableColumn,
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
    exp.Like, exp.ILike, exp.SimilarTo, exp.Escape, exp.Is, exp.In, exp.Between, exp.Any, exp.All,
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
    for node in tree.walk():
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
            raise UndefinedFunction(f"function {name[:60]} does not exist or is not supported")


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
        return UndefinedFunction(f"function {node.sql_name().lower()} does not exist or is not supported")
    return SyntaxNotSupported(f"{type(node).__name__.upper()} is not supported")


def _check_table(node: exp.Expr, _limits: Limits) -> None:
    for key, value in node.args.items():
        if value and key not in {"this", "db", "catalog", "alias", "joins", "laterals", "ordinality"}:
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


def _check_anonymous(node: exp.Expr, _limits: Limits) -> None:
    if not isinstance(node.this, str) or not node.this.isidentifier():
        raise UndefinedFunction(f"function {str(node.this)[:60]} does not exist or is not supported")


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


def _check_generator(node: exp.Expr, limits: Limits) -> None:
    """Rows a series makes are counted before anything runs, so its bounds must be written as whole numbers."""
    if not isinstance(node.parent, exp.Table | exp.Lateral):
        raise UndefinedFunction("generate_series and range may stand in FROM only")
    start, end, step = (_whole_number(node.args.get(key), default) for key, default in
                        (("start", 0), ("end", None), ("step", 1)))  # fmt: skip
    if start is None or end is None or not step:
        raise SyntaxNotSupported("the bounds of a series must be whole numbers")
    if abs(end - start) // abs(step) + 1 > limits.generated_rows:
        raise LimitExceeded(f"a series has more rows than limits.generated_rows ({limits.generated_rows:,})")


def _whole_number(node: exp.Expr | None, default: int | None) -> int | None:
    if node is None:
        return default
    sign = 1
    while isinstance(node, exp.Neg | exp.Paren):
        sign = -sign if isinstance(node, exp.Neg) else sign
        node = node.this
    return sign * int(node.this) if isinstance(node, exp.Literal) and node.is_int else None


def _check_with(node: exp.Expr, _limits: Limits) -> None:
    if node.args.get("recursive") and any(_refers_to_itself(cte) for cte in node.expressions):
        raise SyntaxNotSupported("a CTE that refers to itself is not supported")


def _refers_to_itself(cte: exp.CTE) -> bool:
    return any(
        table.name.lower() == cte.alias.lower() and not table.db for table in cte.this.find_all(exp.Table)
    )


CHECKS: dict[type[exp.Expr], Callable[[exp.Expr, Limits], None]] = {
    exp.Table: _check_table,
    exp.Anonymous: _check_anonymous,
    exp.AnonymousAggFunc: _check_anonymous,
    exp.CombinedAggFunc: _check_anonymous,
    exp.ParameterizedAgg: _check_anonymous,
    exp.Dot: _check_dot,
    exp.DataType: _check_type,
    exp.GenerateSeries: _check_generator,
    exp.With: _check_with,
}
